"""Bohan and Peter criteria of polymyositis and dermatomyositis.

Sources: PMC5857275 table 1, PMC4386581 table 1, Hindawi 509354 table 1, Clinical Sarcoma table 1 (the
same logic in all). What "not done" means is a design choice of this build. Other causes (infection,
toxin, dystrophy, metabolic disease, overlap) are excluded by a physician, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mda5_crf.instruments.codes import NOT_DONE, YES, finding

Class = Literal["DEFINITE", "PROBABLE", "POSSIBLE", "NOT MET", "INSUFFICIENT"]

# Classes by the number of items 1–4 present (0, 1, 2, 3, 4).
_DERMATOMYOSITIS: tuple[Class, ...] = ("NOT MET", "POSSIBLE", "PROBABLE", "DEFINITE", "DEFINITE")
_POLYMYOSITIS: tuple[Class, ...] = ("NOT MET", "NOT MET", "POSSIBLE", "PROBABLE", "DEFINITE")


@dataclass(frozen=True, slots=True)
class BohanPeter:
    """The class of each disease, and ``category``: the one that counts for the trial (dermatomyositis).

    ``count`` = how many of items 1–4 (weakness, enzymes, electromyogram, biopsy) are present, 0–4.
    All None when an item has no answer.
    """

    dermatomyositis: Class | None
    polymyositis: Class | None
    count: int | None
    category: Class | None


def bohan_peter(
    *, weak: str | None, enz: str | None, emg: str | None, bx: str | None, rash: str | None
) -> BohanPeter:
    """Classify by symmetric proximal weakness, raised muscle enzymes, EMG, biopsy and typical rash.

    Each "Y", "N" or "ND" (not done). Not done counts as absent; a class that is NOT MET and would be
    met were every "not done" present is INSUFFICIENT instead. For polymyositis a rash that was not
    looked for stays absent in that question, because polymyositis is the class without rash. Any item
    without answer (None) gives None everywhere. Raises ValueError for another code.
    """
    four = [finding(name, code) for name, code in (("weak", weak), ("enz", enz), ("emg", emg), ("bx", bx))]
    if finding("rash", rash) is None or None in four:
        return BohanPeter(None, None, None, None)
    present = four.count(YES)
    possible = present + four.count(NOT_DONE)
    dermatomyositis = _class(
        _DERMATOMYOSITIS,
        present if rash == YES else 0,
        possible if rash in (YES, NOT_DONE) else 0,
    )
    polymyositis = _class(_POLYMYOSITIS, 0 if rash == YES else present, 0 if rash == YES else possible)
    return BohanPeter(dermatomyositis, polymyositis, present, dermatomyositis)


def _class(classes: tuple[Class, ...], present: int, possible: int) -> Class:
    if classes[present] == "NOT MET" and classes[possible] != "NOT MET":
        return "INSUFFICIENT"
    return classes[present]
