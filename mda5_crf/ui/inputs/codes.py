"""How typed characters find a coded answer. Pure: no widgets.

Whole-number codes are typed as codes, never by position (a 0–3 list answers "0" with 0). Lists of words
take the word, its number on screen, the beginning of code or label, or the pinyin initials of the Chinese
label; what fits two answers fits none and stays as typed.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from mda5_crf.study.model import CodeList, CodeValue

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

_TICKS = frozenset("xX✓√☑✔+1yY是")


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


def folded(text: str) -> str:
    """Half-width, trimmed, without case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def by_code(codelist: CodeList) -> bool:
    """Whether the number beside an answer is its code (else its position, from 1)."""
    return codelist.integers or all(value.code.isdigit() for value in codelist.values)


def number_of(codelist: CodeList, place: int) -> str:
    """The number shown beside the answer at ``place`` (from 0)."""
    return codelist.values[place].code if by_code(codelist) else str(place + 1)


def resolve(codelist: CodeList, typed: str) -> str:
    """The code that ``typed`` means, else ``typed`` itself, untouched."""
    wanted = folded(typed)
    if not wanted:
        return ""
    values = codelist.values
    if len(values) == 1 and typed.strip() in _TICKS:
        return values[0].code
    for value in values:
        if folded(value.code) == wanted:
            return value.code
    if by_code(codelist):
        labelled = [v for v in values if wanted in (folded(v.text.en), folded(v.text.zh))]
        return labelled[0].code if len(labelled) == 1 else typed
    for place, value in enumerate(values):
        if wanted == str(place + 1) or wanted in (folded(value.text.en), folded(value.text.zh)):
            return value.code
    found = [value for value in values if _begins(value, wanted)]
    return found[0].code if len(found) == 1 else typed


def matches(value: CodeValue, wanted: str) -> bool:
    """Whether ``value`` stays in a list filtered by ``wanted`` (folded): code, English, Chinese, initials."""
    return (
        wanted in folded(value.code)
        or wanted in folded(value.text.en)
        or wanted in value.text.zh
        or wanted in pinyin_initials(value.text.zh)
    )


def next_by_letter(codelist: CodeList, letter: str, current: str) -> str | None:
    """The answer ``letter`` chooses: the next after ``current`` that begins with it, None for none."""
    wanted = folded(letter)
    if not wanted:
        return None
    codes = [v.code for v in codelist.values if _begins(v, wanted)]
    if not codes:
        return None
    # Codes win over labels: in a Y/N list "n" is N, whatever the labels begin with.
    exact = [code for code in codes if folded(code) == wanted]
    if exact:
        return exact[0]
    return codes[(codes.index(current) + 1) % len(codes)] if current in codes else codes[0]


def _begins(value: CodeValue, wanted: str) -> bool:
    return (
        folded(value.code).startswith(wanted)
        or folded(value.text.en).startswith(wanted)
        or value.text.zh.startswith(wanted)
        or pinyin_initials(value.text.zh).startswith(wanted)
    )
