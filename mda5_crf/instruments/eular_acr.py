"""EULAR/ACR 2017 classification of adult and juvenile idiopathic inflammatory myopathies (IIM).

Sources: RMD Open 137083 table 1, rheumatologytt.com, ARD 2017;76:1955, imm.ki.se (calculator
instructions). One web mirror shows the two columns of points swapped. UNVERIFIED: the formula of the
probability (recalled; it fits the published cut-offs) and the tree that gives the subgroup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.codes import YES, finding
from mda5_crf.instruments.exact import ONE, exact, total

Category = Literal["DEFINITE", "PROBABLE", "POSSIBLE", "NOT IIM", "NOT EVALUABLE"]

ITEMS = (
    "weak_upper",
    "weak_lower",
    "neck_flex",
    "leg_prox",
    "heliotrope",
    "gottron_papules",
    "gottron_sign",
    "dysphagia",
    "jo1",
    "enzymes",
    "bx_endomysial",
    "bx_perimysial",
    "bx_perifasc_atrophy",
    "bx_rimmed",
)
_SKIN = ("heliotrope", "gottron_papules", "gottron_sign")
_WEAKNESS = ("weak_upper", "weak_lower", "neck_flex", "leg_prox")
_ADULT, _FORTY = 18, 40
"""Age at first symptom from which adults, and adults of the older group, are counted."""


def _numbers(text: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, text.split()))


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the table: points of the two age groups and of the items, cut-offs, and formula."""

    ages: tuple[Decimal, ...]
    items: Mapping[str, Decimal]
    cutoffs: tuple[Decimal, ...]
    centre: Decimal


# In the order of ITEMS; without biopsy the last four do not exist. Cut-offs: definite, probable, possible.
_WITHOUT = _Column(
    _numbers("1.3 2.1"),
    dict(zip(ITEMS, _numbers("0.7 0.8 1.9 0.9 3.1 2.1 3.3 0.7 3.9 1.3"), strict=False)),
    _numbers("7.5 5.5 5.3"),
    Decimal("5.33"),
)
_WITH = _Column(
    _numbers("1.5 2.2"),
    dict(zip(ITEMS, _numbers("0.7 0.5 1.6 1.2 3.2 2.7 3.7 0.6 3.8 1.4 1.7 1.2 1.9 3.1"), strict=True)),
    _numbers("8.7 6.7 6.5"),
    Decimal("6.49"),
)
_CATEGORIES: tuple[Category, ...] = ("DEFINITE", "PROBABLE", "POSSIBLE")


@dataclass(frozen=True, slots=True)
class EularAcr:
    """``score`` (1.3 and more), ``probability`` of IIM 0–1 (UNVERIFIED formula), and ``category``.

    NOT EVALUABLE: no skin item and no biopsy; score and probability are still shown. ``subgroup``
    "DM" or "ADM" (amyopathic) of a probable or definite case with a skin item, else None. ``points``:
    what each item that is present, and ``age``, adds. All None when an answer is missing or the age
    at first symptom is below 18.
    """

    score: Decimal | None
    probability: Decimal | None
    category: Category | None
    subgroup: Literal["DM", "ADM"] | None
    points: Mapping[str, Decimal] = field(default_factory=dict)


@exact
def eular_acr_2017(
    *,
    age: Decimal | None,
    weak_upper: str | None,
    weak_lower: str | None,
    neck_flex: str | None,
    leg_prox: str | None,
    heliotrope: str | None,
    gottron_papules: str | None,
    gottron_sign: str | None,
    dysphagia: str | None,
    jo1: str | None,
    enzymes: str | None,
    biopsy: str | None,
    bx_endomysial: str | None = None,
    bx_perimysial: str | None = None,
    bx_perifasc_atrophy: str | None = None,
    bx_rimmed: str | None = None,
) -> EularAcr:
    """Classify by ``age`` at first symptom (whole years) and findings "Y", "N" or "ND" (not done).

    A finding not done counts as absent (design choice). ``biopsy`` "Y" takes the column of points
    with biopsy and needs the four ``bx_`` findings; otherwise they are not read. The score, not the
    probability, decides the category; a score on a cut-off reaches it. Raises ValueError for another
    code.
    """
    answers = {
        "weak_upper": weak_upper,
        "weak_lower": weak_lower,
        "neck_flex": neck_flex,
        "leg_prox": leg_prox,
        "heliotrope": heliotrope,
        "gottron_papules": gottron_papules,
        "gottron_sign": gottron_sign,
        "dysphagia": dysphagia,
        "jo1": jo1,
        "enzymes": enzymes,
        "bx_endomysial": bx_endomysial,
        "bx_perimysial": bx_perimysial,
        "bx_perifasc_atrophy": bx_perifasc_atrophy,
        "bx_rimmed": bx_rimmed,
    }
    found = {name: finding(name, code) for name, code in answers.items()}
    column = _WITH if finding("biopsy", biopsy) == YES else _WITHOUT
    if age is None or age < _ADULT or biopsy is None or any(found[name] is None for name in column.items):
        return EularAcr(None, None, None, None)
    points = {"age": column.ages[age >= _FORTY]}
    points |= {name: worth for name, worth in column.items.items() if found[name] == YES}
    score = total([*points.values()])
    probability = ONE / (ONE + (column.centre - score).exp())
    skin = any(name in points for name in _SKIN)
    if not skin and column is _WITHOUT:
        return EularAcr(score, probability, "NOT EVALUABLE", None, points)
    category = _category(score, column)
    subgroup: Literal["DM", "ADM"] | None = None
    if skin and category in ("DEFINITE", "PROBABLE"):
        subgroup = "DM" if any(name in points for name in _WEAKNESS) else "ADM"
    return EularAcr(score, probability, category, subgroup, points)


def _category(score: Decimal, column: _Column) -> Category:
    reached = zip(column.cutoffs, _CATEGORIES, strict=True)
    return next((name for cutoff, name in reached if score >= cutoff), "NOT IIM")
