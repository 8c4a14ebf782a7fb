"""Ichikado-type score of high-resolution computed tomography of the lungs.

Sources: pacs.de (grades, steps of 10 %), J Intensive Care 2021 s40560-021-00566-4 (use; cut-off 172).
That the six zones are averaged is inferred from the scale of the published values (UNVERIFIED).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from mda5_crf.instruments.exact import HUNDRED, ZERO, exact, total

ZONES = ("ru", "rm", "rl", "lu", "lm", "ll")
"""Right and left, each upper, middle and lower zone."""

GRADES = {"g": 2, "c": 3, "gt": 4, "ct": 5, "h": 6}
"""Ground glass, consolidation, both with traction bronchiectasis, honeycombing; normal lung is 1."""

Extents = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Ichikado:
    """``score`` 100 (normal) to 600: the mean of the six zones; None when one of them is.

    ``zones``: the score of each zone, 100–600. ``normal``: the percentage of normal lung in each.
    Both leave out a zone with an open percentage, or whose percentages exceed 100.
    """

    score: Decimal | None
    zones: Mapping[str, Decimal] = field(default_factory=dict)
    normal: Mapping[str, Decimal] = field(default_factory=dict)


@exact
def ichikado(
    *,
    ru: Extents | None,
    rm: Extents | None,
    rl: Extents | None,
    lu: Extents | None,
    lm: Extents | None,
    ll: Extents | None,
) -> Ichikado:
    """Score six zones, each with the percentages ``g``, ``c``, ``gt``, ``ct``, ``h`` (0–100).

    Normal lung is what they leave of 100. A percentage that is absent or None is unknown, not 0.
    Raises TypeError for another key, ValueError for a percentage outside 0–100.
    """
    zones: dict[str, Decimal] = {}
    normal: dict[str, Decimal] = {}
    for name, extents in zip(ZONES, (ru, rm, rl, lu, lm, ll), strict=True):
        known = _known(name, extents or {})
        rest = HUNDRED - total([*known.values()])
        if len(known) < len(GRADES) or rest < 0:
            continue
        normal[name] = rest
        zones[name] = rest + sum((known[key] * grade for key, grade in GRADES.items()), ZERO)
    complete = len(zones) == len(ZONES)
    return Ichikado(total([*zones.values()]) / len(ZONES) if complete else None, zones, normal)


def _known(zone: str, extents: Extents) -> dict[str, Decimal]:
    if set(extents) - set(GRADES):
        raise TypeError(f"ichikado: the keys of {zone} are g, c, gt, ct, h")
    known = {key: percent for key, percent in extents.items() if percent is not None}
    if any(not 0 <= percent <= HUNDRED for percent in known.values()):
        raise ValueError(f"ichikado: a percentage of {zone} lies outside 0–100")
    return known
