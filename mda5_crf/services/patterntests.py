"""Tests behind the patterns: exact for small numbers, one-sided and pure. Results are chances, 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import erfc, exp, lgamma, log, pi, sqrt
from typing import Final

ENOUGH: Final = 5.0
"""The least expected count of the chi-square test; with less the exact test of the commonest digit stands."""
_LEAST: Final = 1e-12


def at_least(count: int, n: int, part: float) -> float:
    """The chance of ``count`` or more among ``n`` when each has the chance ``part`` (exact binomial tail)."""
    if count <= 0:
        return 1.0
    part = min(max(part, _LEAST), 1.0 - _LEAST)
    # From the far end, where the terms are small: sums of small numbers first.
    return min(1.0, sum(_term(k, n, part) for k in range(n, count - 1, -1)))


def _term(k: int, n: int, part: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(part) + (n - k) * log(1.0 - part))


def digits(counts: Sequence[int], expected: Sequence[float]) -> float:
    """The chance of terminal digits at least as uneven against ``expected`` (ten parts that add up to 1).

    Chi-square with nine degrees of freedom where every expected count is at least :data:`ENOUGH`; with fewer
    numbers the exact tail of each digit, the least of them times ten.
    """
    n = sum(counts)
    if not n:
        return 1.0
    if min(expected) * n >= ENOUGH:
        return chi_square_9(sum((c - n * e) ** 2 / (n * e) for c, e in zip(counts, expected, strict=True)))
    return min(1.0, 10 * min(at_least(c, n, e) for c, e in zip(counts, expected, strict=True)))


def chi_square_9(x: float) -> float:
    """The upper tail of the chi-square distribution with nine degrees of freedom, in closed form."""
    if x <= 0:
        return 1.0
    series = 1 + x / 3 + x**2 / 15 + x**3 / 105
    return min(1.0, erfc(sqrt(x / 2)) + sqrt(2 * x / pi) * exp(-x / 2) * series)


def shares(counts: Mapping[int, int]) -> tuple[float, ...]:
    """The parts of the ten digits, each seen once more than it was, so that none is impossible."""
    total = sum(counts.values()) + 10
    return tuple((counts.get(digit, 0) + 1) / total for digit in range(10))
