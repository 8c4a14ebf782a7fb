"""The first letters of the pinyin of Chinese characters, for finding a word by what is quick to type."""

from __future__ import annotations

from functools import lru_cache

# Where each pinyin initial begins among the first-level characters of GB 2312, which stand in pinyin order.
_INITIALS = (
    (0xB0A1, "a"),
    (0xB0C5, "b"),
    (0xB2C1, "c"),
    (0xB4EE, "d"),
    (0xB6EA, "e"),
    (0xB7A2, "f"),
    (0xB8C1, "g"),
    (0xB9FE, "h"),
    (0xBBF7, "j"),
    (0xBFA6, "k"),
    (0xC0AC, "l"),
    (0xC2E8, "m"),
    (0xC4C3, "n"),
    (0xC5B6, "o"),
    (0xC5BE, "p"),
    (0xC6DA, "q"),
    (0xC8BB, "r"),
    (0xC8F6, "s"),
    (0xCBFA, "t"),
    (0xCDDA, "w"),
    (0xCEF4, "x"),
    (0xD1B9, "y"),
    (0xD4D1, "z"),
)
_LAST = 0xD7F9


@lru_cache(maxsize=2048)
def pinyin_initials(text: str) -> str:
    """``初治`` → ``cz``. Latin letters and digits stay; characters outside GB 2312 level 1 are left out."""
    found: list[str] = []
    for character in text:
        if character.isascii():
            if character.isalnum():
                found.append(character.lower())
            continue
        try:
            pair = character.encode("gb2312")
        except UnicodeEncodeError:
            continue
        place = int.from_bytes(pair, "big")
        if _INITIALS[0][0] <= place <= _LAST:
            found.append(next(letter for start, letter in reversed(_INITIALS) if place >= start))
    return "".join(found)
