"""What two people read to each other when a PC joins: four words each, typed by the one who hears them.

A word may be said as its number in the list (0000 to 1023), for those who do not read Latin letters easily.
"""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mda5_crf.crypto import CostRefused, join_phrase, word_list
from mda5_crf.errors import InputRefused, StoreError

HALF: Final = 4
_SHORTEST: Final = 4  # letters: the first four of each word are unique
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Half:
    """Four words of a phrase, by their numbers in the list."""

    numbers: tuple[int, ...]

    @property
    def words(self) -> str:
        """``academic acid acne acquire``."""
        return " ".join(word_list()[number] for number in self.numbers)

    @property
    def digits(self) -> str:
        """``0000 0001 0002 0003``."""
        return " ".join(f"{number:0{_DIGITS}}" for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Phrase:
    """``first`` is read by the ward and typed at the centre, ``last`` the other way round."""

    first: Half
    last: Half


def phrase_of(invitation: str, request: str) -> Phrase:
    """The phrase of two files, by their SHA-256 in hex. Takes 0.3 s. Raises StoreError: memory is short."""
    numbers = _numbers(invitation, request)
    return Phrase(Half(numbers[:HALF]), Half(numbers[HALF:]))


@lru_cache(maxsize=16)
def _numbers(invitation: str, request: str) -> tuple[int, ...]:
    try:
        return join_phrase(invitation, request)
    except CostRefused:
        raise StoreError("store.key_memory_short") from None


def heard(text: str) -> Half:
    """Four words as typed: in any case, full width, cut to their first four letters, or as numbers.

    Raises InputRefused for another count, and for a word that is not in the list: that is a slip of the
    hand or the ear and counts as no try.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    parts = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in plain).split()
    numbers: list[int] = []
    for part in _apart(parts):
        number = _number(part)
        if number is None:
            near = difflib.get_close_matches(part, word_list(), n=2, cutoff=0.6)
            code = "joining.word_unknown_near" if near else "joining.word_unknown"
            raise InputRefused(code, place=len(numbers) + 1, near=", ".join(near))
        numbers.append(number)
    if len(numbers) != HALF:
        raise InputRefused("joining.word_count", count=len(numbers), needed=HALF)
    return Half(tuple(numbers))


def _apart(parts: list[str]) -> list[str]:
    """Numbers typed without blanks between them, taken apart: each has four digits."""
    found: list[str] = []
    for part in parts:
        if part.isdigit() and len(part) > _DIGITS and not len(part) % _DIGITS:
            found += [part[start : start + _DIGITS] for start in range(0, len(part), _DIGITS)]
        else:
            found.append(part)
    return found


def _number(part: str) -> int | None:
    """The number of a word, by its first four letters or more, or of a number of the list."""
    words = word_list()
    if part.isdigit():
        number = int(part[: _DIGITS + 1])
        return number if len(part) <= _DIGITS and number < len(words) else None
    found = [word for word in words if word.startswith(part)]
    return words.index(found[0]) if len(part) >= _SHORTEST and len(found) == 1 else None
