"""What a password must be. Offered first is one that the program draws; then there are no rules.

An own password has at least twelve characters and is refused when little is left of it after common
words, rows of keys, counting, years and repeats are taken away, or when it holds what anybody at the
hospital could guess: log-in, name, hospital, study. There are no rules of composition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from mda5_crf.crypto import draw_digits, draw_words, normal_password, word_list
from mda5_crf.errors import InputRefused

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256
MIN_DIGITS: Final = 18
_LEAST_LEFT: Final = 6
_LEAST_DIFFERENT: Final = 5
# What guessing programs try first, folded to small letters; digits inside are handled apart.
_COMMON: Final = (
    "password passwort passwd passw0rd pass admin administrator root user guest login welcome letmein "
    "changeme default secret master access trustno qwerty qwertz azerty asdf zxcv qazwsx iloveyou woaini "
    "woaiwojia aini dragon monkey football baseball sunshine princess shadow superman batman michael "
    "jennifer charlie michelle daniel jessica computer internet samsung google summer winter spring autumn "
    "hello test temp hospital yiyuan doctor nurse medicine medical clinic clinical patient trial study "
    "research ward beijing shanghai guangzhou china zhongguo mima abc xyz aaa"
).split()
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "01234567890",
    "!@#$%^&*()_+",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qawsedrftgyhujikolp",
)
# Two readings, because 1 stands for l as well as for i.
_LOOKALIKES: Final = (
    str.maketrans("0134578@$!|", "oleastbasil"),
    str.maketrans("0134578@$!|", "oieastbasil"),
)
_STUDY_WORDS: Final = (
    "nct04966884",
    "04966884",
    "mda5",
    "tofacitinib",
    "dermatomyositis",
    "托法替布",
    "皮肌炎",
)
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def propose_password(digits: bool = False) -> str:
    """A password to offer: six words joined by hyphens, or 18 digits. About 60 bits either way."""
    while True:
        drawn = draw_digits() if digits else draw_words()
        if not _too_common(drawn):  # once in many million draws: do not offer what we would refuse
            return drawn


def check_password(password: str, login: str = "", name: str = "", words: Iterable[str] = ()) -> None:
    """Raise InputRefused, saying why, unless ``password`` may protect an account.

    ``name`` is the person's full name, ``words`` the names of hospital, site and vault. The exception
    never holds the password.
    """
    text = normal_password(password)
    if any(unicodedata.category(letter) in _REFUSED_CATEGORIES for letter in text):
        raise InputRefused("store.password_characters")
    if len(text) < MIN_LENGTH:
        raise InputRefused("store.password_too_short", count=MIN_LENGTH)
    if len(text) > MAX_LENGTH:
        raise InputRefused("store.password_too_long", count=MAX_LENGTH)
    if text != text.strip():
        raise InputRefused("store.password_edge_space")
    if text.isdigit() and len(text) < MIN_DIGITS:
        raise InputRefused("store.password_digits_too_few", count=MIN_DIGITS)
    if _too_common(text):
        raise InputRefused("store.password_common")
    if not _drawn(text) and _holds(text, (login, *_parts(name), *_parts(*words), *_STUDY_WORDS)):
        raise InputRefused("store.password_personal")


def _drawn(text: str) -> bool:
    """Whether this looks like what the program draws: then a short log-in inside it is chance."""
    parts = text.split("-")
    listed = frozenset(word_list())
    return (len(parts) >= 6 and all(part in listed for part in parts)) or (text.isdigit() and len(text) >= 18)


def _parts(*texts: str) -> list[str]:
    return [part for text in texts for part in re.split(r"[\s,.;:/()·_\-]+", normal_password(text))]


def _holds(text: str, words: Iterable[str]) -> bool:
    folded = text.casefold()
    plain = " ".join(folded.translate(table) for table in _LOOKALIKES)
    for word in words:
        small = normal_password(word).casefold()
        # Two Chinese characters are a name; two Latin letters are found in every password.
        if len(small) >= (2 if not small.isascii() else 3) and (
            small in folded or (small.isalpha() and small in plain)
        ):
            return True
    return False


def _too_common(text: str) -> bool:
    """Whether fewer than six characters, or fewer than five different ones, are left of it."""
    left = _without_runs(text.casefold())
    left = re.sub(r"(?:19|20)\d\d", "", left)
    left = re.sub(r"(.{1,6}?)\1{2,}", r"\1", left)
    if text.isdigit():
        return _little(left)
    left = re.sub(r"\d+$|^\d+", "", left)
    return any(_little(_without_words(left.translate(table))) for table in _LOOKALIKES)


def _little(left: str) -> bool:
    return len(left) < _LEAST_LEFT or len(set(left)) < _LEAST_DIFFERENT


def _without_words(text: str) -> str:
    for word in sorted(_COMMON, key=len, reverse=True):
        text = text.replace(word, "")
    return re.sub(r"[\W_]+", "", text)


def _without_runs(text: str) -> str:
    """Take away every stretch of four or more that runs along a row of keys or counts, either way."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    kept, place = [], 0
    while place < len(text):
        longest = 0
        for row in rows:
            size = 4
            while place + size <= len(text) and text[place : place + size] in row:
                longest = max(longest, size)
                size += 1
        if longest:
            place += longest
        else:
            kept.append(text[place])
            place += 1
    return "".join(kept)
