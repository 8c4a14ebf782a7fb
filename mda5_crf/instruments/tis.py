"""ACR/EULAR 2016 Total Improvement Score for adult dermatomyositis and polymyositis.

Sources: PMC5577002 table 3 (bands, points), Scholars@Duke abstract 1252451 (adult thresholds), the
NIEHS IMACS response-criteria page and its calculator note (inputs).
UNVERIFIED: the ranges of the enzymes (15, 6 and 3 times the upper limit of normal), the order on a
tie, and the rule for missing data; no readable page states them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.exact import HUNDRED, ZERO, exact, total

Measures = Mapping[str, Decimal | None]
Category = Literal["NO RESPONSE", "MINIMAL", "MODERATE", "MAJOR", "NOT EVALUABLE"]

COMPONENTS = ("phga", "ptga", "mmt", "haq", "enzyme", "extra")
"""The six core set measures, in the order of the publication."""

ENZYME_RANGES: dict[str, Decimal] = {
    "ck": Decimal(15),
    "aldolase": Decimal(6),
    "ldh": Decimal(3),
    "ast": Decimal(3),
    "alt": Decimal(3),
}
"""Range of each enzyme in multiples of its upper limit (UNVERIFIED), in the order that decides a tie."""

_VAS = Decimal(10)
_HAQ = Decimal(3)

# The lower edges of the bands, in percent. An edge belongs to the band below it.
_EDGES = (Decimal(5), Decimal(15), Decimal(25), Decimal(40))
_MMT_EDGES = (Decimal(2), Decimal(10), Decimal(20), Decimal(30))


def _points(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


_POINTS: dict[str, tuple[Decimal, ...]] = {
    "phga": _points("0", "7.5", "15", "17.5", "20"),
    "ptga": _points("0", "2.5", "5", "7.5", "10"),
    "mmt": _points("0", "10", "20", "27.5", "32.5"),
    "haq": _points("0", "5", "7.5", "7.5", "10"),
    "enzyme": _points("0", "2.5", "5", "7.5", "7.5"),
    "extra": _points("0", "7.5", "12.5", "15", "20"),
}

_THRESHOLDS: tuple[tuple[Decimal, Category], ...] = (
    (Decimal(60), "MAJOR"),
    (Decimal(40), "MODERATE"),
    (Decimal(20), "MINIMAL"),
)


@dataclass(frozen=True, slots=True)
class TIS:
    """A Total Improvement Score and how it came about.

    ``total`` 0–100 in steps of 2.5, None when any of the six measures is missing; ``category`` then
    is NOT EVALUABLE. ``percent`` (improvement in % of the range of the scale, negative = worse) and
    ``points`` hold the measures that could be computed, ``components`` their number (0–6),
    ``missing`` the names of the others. ``enzyme`` is the one chosen at baseline.
    """

    total: Decimal | None
    category: Category
    enzyme: str | None
    components: int
    missing: tuple[str, ...]
    percent: Mapping[str, Decimal] = field(default_factory=dict)
    points: Mapping[str, Decimal] = field(default_factory=dict)


@exact
def total_improvement_score(
    *, baseline: Measures, followup: Measures, uln: Measures, mmt_maximum: Decimal | None = Decimal(150)
) -> TIS:
    """Score the change from ``baseline`` to ``followup``.

    Keys of both: phga, ptga, extra (VAS, 0–10 cm), mmt (0 to ``mmt_maximum``, 150 for both sides or
    80 for one), haq (0–3), and ck, aldolase, ldh, ast, alt in the same unit at both visits. ``uln``:
    the upper limits of the laboratory at baseline, same keys and unit as the enzymes.

    Missing: a key that is absent or None at either visit leaves that measure out; the others still
    show their points. An enzyme without baseline value or limit takes no part in the choice; the one
    chosen at baseline is never replaced at follow-up. An improvement on a band's edge counts in the
    milder band; worsening is 0 points.
    """
    enzyme, enzyme_range = _most_abnormal(baseline, uln) or (None, None)
    scales = {
        "phga": _VAS,
        "ptga": _VAS,
        "mmt": mmt_maximum,
        "haq": _HAQ,
        "enzyme": enzyme_range,
        "extra": _VAS,
    }
    percent: dict[str, Decimal] = {}
    for component in COMPONENTS:
        measure = enzyme or "" if component == "enzyme" else component
        before, after = baseline.get(measure), followup.get(measure)
        if component == "mmt":  # the one measure that rises when a patient improves
            before, after = after, before
        change = _improvement(before, after, scales[component])
        if change is not None:
            percent[component] = change
    points = {component: _band(component, change) for component, change in percent.items()}
    missing = tuple(component for component in COMPONENTS if component not in percent)
    score = None if missing else total(list(points.values()))
    return TIS(score, _category(score), enzyme, len(percent), missing, percent, points)


def _most_abnormal(baseline: Measures, uln: Measures) -> tuple[str, Decimal] | None:
    """The enzyme with the highest multiple of its limit, and its range in its own unit."""
    chosen, worst = None, ZERO
    for enzyme, multiples in ENZYME_RANGES.items():
        value, limit = baseline.get(enzyme), uln.get(enzyme)
        if value is None or limit is None or limit <= 0:
            continue
        if chosen is None or value / limit > worst:
            chosen, worst = (enzyme, multiples * limit), value / limit
    return chosen


def _improvement(before: Decimal | None, after: Decimal | None, scale: Decimal | None) -> Decimal | None:
    if before is None or after is None or scale is None or scale <= 0:
        return None
    return HUNDRED * (before - after) / scale


def _band(component: str, percent: Decimal) -> Decimal:
    edges = _MMT_EDGES if component == "mmt" else _EDGES
    return _POINTS[component][sum(percent > edge for edge in edges)]


def _category(score: Decimal | None) -> Category:
    if score is None:
        return "NOT EVALUABLE"
    return next((name for limit, name in _THRESHOLDS if score >= limit), "NO RESPONSE")
