"""Names of ours for names of others: capitals, digits and underscores, each only once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from typing import Final

_OTHER: Final = re.compile(r"[^A-Z0-9]+")
_CODE: Final = re.compile(r"-?[A-Za-z0-9][A-Za-z0-9 _./+()\-]{0,58}")
_NOT_CODE: Final = re.compile(r"[^A-Za-z0-9 _./+()\-]+")
_WORDS: Final = frozenset({"EVENT", "WINDOW_LO", "WINDOW_HI", "PREV", "D1"})


class Maker:
    """Makes names that were not given yet. ``joint`` stands for what a name may not have ("" = left out)."""

    def __init__(self, longest: int, joint: str, otherwise: str, taken: Iterable[str] = ()) -> None:
        self._longest = longest
        self._joint = joint
        self._otherwise = otherwise
        self._taken: set[str] = set(taken)

    def make(self, *wanted: str) -> str:
        """The first of ``wanted`` that gives a name; numbered when it is taken."""
        words = (self._word(one) for one in wanted)
        word = next((one for one in words if one), self._otherwise)
        made, number = word, 1
        while made in self._taken or made in _WORDS:
            number += 1
            tail = f"{self._joint}{number}"
            made = word[: self._longest - len(tail)].rstrip("_") + tail
        self._taken.add(made)
        return made

    def _word(self, wanted: str) -> str:
        folded = unicodedata.normalize("NFKD", wanted)
        letters = "".join(one for one in folded if not unicodedata.combining(one)).upper()
        if letters and sum(one.isascii() for one in letters) * 2 < len(letters):
            return ""  # mostly of another script: what is left would say nothing
        word = _OTHER.sub(self._joint, letters).strip("_")
        if word and not word[0].isalpha():
            word = self._otherwise[:1] + word
        return word[: self._longest].rstrip("_")


def codes(wanted: Iterable[str]) -> dict[str, str]:
    """Foreign code → ours: the same where ours may be so written and no other differs by capitals alone."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    for number, code in enumerate(wanted, 1):
        if code in made:
            continue
        ours = code if _CODE.fullmatch(code) and code == code.strip() else _code(code, number)
        ours = _free(ours, taken)
        taken.add(ours.casefold())
        made[code] = ours
    return made


def _code(code: str, number: int) -> str:
    folded = unicodedata.normalize("NFKD", code).encode("ascii", "ignore").decode()
    ours = _NOT_CODE.sub("_", folded).strip(" _")[:50].strip(" _")
    return ours if _CODE.fullmatch(ours) else f"V{number}"


def _free(code: str, taken: Container[str]) -> str:
    made, number = code, 1
    while made.casefold() in taken:
        number += 1
        made = f"{code[:52]}_{number}"
    return made
