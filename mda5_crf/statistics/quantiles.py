"""Quartiles by the (n + 1) × p rule, interpolated, as the trial's publication gives them.

Rule 6 of Hyndman & Fan (The American Statistician 1996;50:361–365), the rule of SPSS and Minitab.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from mda5_crf.statistics.exact import decimal, deviation, mean


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of numbers. ``n`` values; all else None of none, ``sd`` also of one."""

    n: int
    mean: Decimal | None = None
    sd: Decimal | None = None
    median: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None


def quantile(values: Sequence[Decimal], part: Fraction) -> Decimal:
    """The quantile for ``part`` (0–1) of at least one value; beyond the ends the least or greatest value."""
    ordered = [Fraction(value) for value in sorted(values)]
    place = part * (len(ordered) + 1)
    below = min(max(int(place), 1), len(ordered))
    above = min(below + 1, len(ordered))
    share = min(max(place - below, Fraction(0)), Fraction(1))
    return decimal(ordered[below - 1] + share * (ordered[above - 1] - ordered[below - 1]))


def summary(values: Sequence[Decimal]) -> Summary:
    """Number, mean, standard deviation, median, quartiles and range."""
    if not values:
        return Summary(0)
    return Summary(
        len(values), mean(values), deviation(values), quantile(values, Fraction(1, 2)),
        quantile(values, Fraction(1, 4)), quantile(values, Fraction(3, 4)), min(values), max(values),
    )  # fmt: skip
