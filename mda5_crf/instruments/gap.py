"""GAP and ILD-GAP: gender, age and lung physiology as points, and the mortality seen with them.

Source: medicalalgorithms.com (points, ILD-GAP mortality), super-calculator (mortality of GAP stage I).
UNVERIFIED: mortality of GAP stages II and III. Design choice: a DLCO between 35 and 36 is 1 point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.codes import flag
from mda5_crf.instruments.exact import ZERO, exact, total

Stage = Literal["I", "II", "III"]

_SEX = {"F": ZERO, "M": Decimal(1)}
_UNABLE = Decimal(3)


def _row(text: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, text.split()))


# Lowest total of a stage, the stage, mortality in % after 1, 2 and 3 years.
_STAGES: tuple[tuple[int, Stage, tuple[Decimal, ...]], ...] = (
    (6, "III", _row("39.2 62.1 76.8")),
    (4, "II", _row("16.2 29.9 42.1")),
    (0, "I", _row("5.6 10.9 16.3")),
)
# Lowest total, mortality in % after 1 and 3 years.
_ILD_GAP: tuple[tuple[int, tuple[Decimal, ...]], ...] = (
    (6, _row("33.5 74.8")),
    (4, _row("18.2 49.2")),
    (2, _row("8.8 26.9")),
    (0, _row("3.1 10.2")),
)
SUBTYPES = {"CTD": 2, "NSIP": 2, "CHP": 2, "IPF": 0, "OTHER": 0}
"""ILD subtype → points taken off. Connective tissue disease, idiopathic NSIP and chronic
hypersensitivity pneumonitis: 2; idiopathic pulmonary fibrosis and all others: none."""


@dataclass(frozen=True, slots=True)
class GAP:
    """``total`` 0–8 and its ``stage``; mortality in % after 1, 2, 3 years (stages II, III UNVERIFIED).

    ``points`` holds sex, age, fvc and dlco as far as known. All others None when one is missing.
    """

    total: Decimal | None
    stage: Stage | None
    mortality_1y: Decimal | None
    mortality_2y: Decimal | None
    mortality_3y: Decimal | None
    points: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ILDGAP:
    """``total`` 0–8 after the subtype (never below 0), and mortality in % after 1 and 3 years."""

    total: Decimal | None
    mortality_1y: Decimal | None
    mortality_3y: Decimal | None


@exact
def gap(
    *,
    sex: str | None,
    age: Decimal | None,
    fvc_pp: Decimal | None,
    dlco_pp: Decimal | None,
    dlco_unable: str | bool | None = "N",
) -> GAP:
    """Points for ``sex`` ("F", "M"), ``age`` in whole years, FVC and DLCO in % of predicted.

    ``dlco_unable`` "Y" (or True): the participant could not perform the DLCO because of the lungs,
    which is 3 points whatever ``dlco_pp`` says. Not done for another reason is a missing value: no
    total. Another code of sex is a missing one. Raises ValueError for another code of ``dlco_unable``.
    """
    points = _points(sex, age, fvc_pp, dlco_pp, flag("dlco_unable", dlco_unable))
    if len(points) < len(_MEASURES):
        return GAP(None, None, None, None, None, points)
    score = total([*points.values()])
    stage, (one, two, three) = next((name, risk) for lowest, name, risk in _STAGES if score >= lowest)
    return GAP(score, stage, one, two, three, points)


@exact
def ild_gap(
    *,
    sex: str | None,
    age: Decimal | None,
    fvc_pp: Decimal | None,
    dlco_pp: Decimal | None,
    dlco_unable: str | bool | None = "N",
    subtype: str | None = "CTD",
) -> ILDGAP:
    """The points of :func:`gap` less those of the ILD ``subtype`` (a key of SUBTYPES; not below 0).

    None without a total or without subtype. Raises ValueError for another subtype.
    """
    if subtype is not None and subtype not in SUBTYPES:
        raise ValueError("ild_gap: no such subtype")
    score = gap(sex=sex, age=age, fvc_pp=fvc_pp, dlco_pp=dlco_pp, dlco_unable=dlco_unable).total
    if score is None or subtype is None:
        return ILDGAP(None, None, None)
    left = max(score - SUBTYPES[subtype], ZERO)
    return ILDGAP(left, *next(risk for lowest, risk in _ILD_GAP if left >= lowest))


_MEASURES = ("sex", "age", "fvc", "dlco")


def _points(
    sex: str | None,
    age: Decimal | None,
    fvc_pp: Decimal | None,
    dlco_pp: Decimal | None,
    unable: bool | None,
) -> dict[str, Decimal]:
    """Points of the measures that are known; printed limits belong to the side of the table."""
    points: dict[str, Decimal] = {}
    if sex in _SEX:
        points["sex"] = _SEX[sex]
    if age is not None:
        points["age"] = Decimal((age > 60) + (age > 65))
    if fvc_pp is not None:
        points["fvc"] = Decimal((fvc_pp <= 75) + (fvc_pp < 50))
    if unable:
        points["dlco"] = _UNABLE
    elif dlco_pp is not None:
        points["dlco"] = Decimal((dlco_pp <= 55) + (dlco_pp <= 35))
    return points
