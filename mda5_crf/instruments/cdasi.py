"""Cutaneous Dermatomyositis Disease Area and Severity Index (CDASI), version 2.

Sources: PMC2852630 (structure; three activity and two damage measures; range 100 and 32), public code
of the IMACS training application (grades, hand rule), PMC4878996 (cut-offs 14 and 19 of activity,
which do not agree with each other and are not computed). The instrument belongs to the University of
Pennsylvania (UNVERIFIED wording of its licence): see docs/licences.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from mda5_crf.instruments.codes import flag
from mda5_crf.instruments.exact import ZERO, exact, total

SITES = (
    "scalp",
    "malar",
    "periorb",
    "restface",
    "vneck",
    "postneck",
    "upback",
    "restback",
    "abdomen",
    "latthigh",
    "restleg",
    "arm",
    "mechhand",
    "dorshand",
    "gottnoth",
)
"""The fifteen body sites, in the order of the form."""

ACTIVITY = {"e": 3, "s": 2, "u": 1}
"""At every site: erythema, scale, erosion or ulcer, each with its highest grade."""

DAMAGE = {"p": 1, "c": 1}
"""At every site: poikiloderma, calcinosis."""

_OTHERS = {"hand_e": 3, "hand_u": 1, "hand_d": 2, "periung": 2, "alopec": 1}
_HIGHEST = {f"{site}_{part}": top for site in SITES for part, top in (ACTIVITY | DAMAGE).items()} | _OTHERS
_PAPULES = "hand_pap"

Code = Decimal | str | None


@dataclass(frozen=True, slots=True)
class CDASI:
    """``activity`` 0–100 and ``damage`` 0–32, higher is worse; None when any item is missing.

    ``points`` and ``damage_points``: what each site (and ``hand``; for activity also ``periung`` and
    ``alopec``) adds, where all its items are known. ``missing``: the items without an answer.
    """

    activity: Decimal | None
    damage: Decimal | None
    missing: tuple[str, ...]
    points: Mapping[str, Decimal] = field(default_factory=dict)
    damage_points: Mapping[str, Decimal] = field(default_factory=dict)


@exact
def cdasi(**codes: Code) -> CDASI:
    """Score the items ``scalp_e`` … ``gottnoth_c`` and those of the hands, nail folds and scalp hair.

    Of each site: ``_e`` erythema 0–3, ``_s`` scale 0–2, ``_u`` erosion or ulcer 0–1 (activity); ``_p``
    poikiloderma, ``_c`` calcinosis 0–1 (damage). ``hand_e`` (0–3; counts twice when ``hand_pap`` is
    "Y"), ``hand_u`` (0–1), ``periung`` (0–2) and ``alopec`` (0–1) are activity, ``hand_d`` (0–2) is
    damage. Any empty item makes both totals None. Raises TypeError for a keyword that is no scored
    item, ValueError for a grade or code that its item does not have.
    """
    unknown = set(codes) - set(_HIGHEST) - {_PAPULES}
    if unknown:
        raise TypeError(f"cdasi: no scored item: {', '.join(sorted(unknown))}")
    grades = {name: _grade(name, codes.get(name)) for name in _HIGHEST}
    papules = codes.get(_PAPULES)
    doubled = flag(_PAPULES, None if papules is None else str(papules))
    missing = tuple(name for name, grade in grades.items() if grade is None)
    if doubled is None:
        missing += (_PAPULES,)
    else:
        grades["hand_e"] = _times(grades["hand_e"], 2 if doubled else 1)
    active = {site: tuple(f"{site}_{part}" for part in ACTIVITY) for site in SITES} | {
        "hand": ("hand_e", "hand_u"),
        "periung": ("periung",),
        "alopec": ("alopec",),
    }
    damaged = {site: tuple(f"{site}_{part}" for part in DAMAGE) for site in SITES} | {"hand": ("hand_d",)}
    points = _points(active, grades)
    if doubled is None:
        points.pop("hand", None)
    damage_points = _points(damaged, grades)
    if missing:
        return CDASI(None, None, missing, points, damage_points)
    return CDASI(total([*points.values()]), total([*damage_points.values()]), (), points, damage_points)


def _grade(name: str, code: Code) -> Decimal | None:
    if code is None:
        return None
    if not isinstance(code, Decimal) or code != code.to_integral_value() or not 0 <= code <= _HIGHEST[name]:
        raise ValueError(f"cdasi: {name} is a whole grade from 0 to {_HIGHEST[name]}")
    return code


def _times(grade: Decimal | None, factor: int) -> Decimal | None:
    return None if grade is None else grade * factor


def _points(
    groups: Mapping[str, tuple[str, ...]], grades: Mapping[str, Decimal | None]
) -> dict[str, Decimal]:
    """Per group the sum of its grades, where none is missing."""
    points = {}
    for name, items in groups.items():
        known = [grade for grade in (grades[item] for item in items) if grade is not None]
        if len(known) == len(items):
            points[name] = sum(known, ZERO)
    return points
