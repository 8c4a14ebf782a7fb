"""Manual muscle testing of eight muscles (MMT-8).

Sources: IMACS form 04 scoring sheet, IMACS grading note (0–10), registry text of NCT01813617 (0–80),
RMD Open 144716 (bilateral total 150).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.exact import exact, total

PAIRED = ("delt", "bicep", "gmax", "gmed", "quad", "wristex", "ankdf")
"""The seven muscles tested on both sides; the neck flexors are tested once."""


@dataclass(frozen=True, slots=True)
class MMT8:
    """``total150``: 15 muscles, 0–150. ``total80``: neck and one side, 0–80. 10 = full strength each."""

    total150: Decimal | None
    total80: Decimal | None


@exact
def mmt8(*, side: Literal["r", "l"] = "r", **grades: Decimal | None) -> MMT8:
    """Add up the grades 0–10 of ``neckflex`` and of ``delt_r``, ``delt_l``, … ``ankdf_l``.

    ``total80`` uses ``side`` (the right one unless stated). A muscle that was not tested (absent or
    None) makes every total it belongs to None: nothing is extrapolated. Raises TypeError for a
    keyword that names no muscle.
    """
    unknown = set(grades) - {"neckflex"} - {f"{muscle}_{s}" for muscle in PAIRED for s in "rl"}
    if unknown:
        raise TypeError(f"mmt8: no such muscle: {', '.join(sorted(unknown))}")
    neck = (grades.get("neckflex"),)
    right = tuple(grades.get(f"{muscle}_r") for muscle in PAIRED)
    left = tuple(grades.get(f"{muscle}_l") for muscle in PAIRED)
    return MMT8(_sum(neck + right + left), _sum(neck + (right if side == "r" else left)))


def _sum(grades: tuple[Decimal | None, ...]) -> Decimal | None:
    known = [grade for grade in grades if grade is not None]
    return total(known) if len(known) == len(grades) else None
