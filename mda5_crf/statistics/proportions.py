"""Proportions with exact binomial intervals (Clopper & Pearson, Biometrika 1934;26:404–413)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from mda5_crf.statistics.exact import CONTEXT, ONE, TWO, ZERO, decimal

LEVEL: Final = Decimal("0.95")
_STEPS: Final = 80
"""Halvings of the interval 0–1: 2⁻⁸⁰ is less than any digit that is printed."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``n``. ``part`` and the ends of the interval lie in 0–1; all None when n is 0."""

    count: int
    n: int
    part: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def proportion(count: int, n: int, level: Decimal = LEVEL) -> Proportion:
    """``count`` of ``n`` with the two-sided exact interval. Raises ValueError unless 0 ≤ count ≤ n."""
    if not 0 <= count <= n:
        raise ValueError("a part cannot be more than the whole")
    if n == 0:
        return Proportion(0, 0)
    tail = CONTEXT.divide(CONTEXT.subtract(ONE, level), TWO)
    low = ZERO if count == 0 else _solve(n, count, n, tail, rising=True)
    high = ONE if count == n else _solve(n, 0, count, tail, rising=False)
    return Proportion(count, n, decimal(Fraction(count, n)), low, high)


def _solve(n: int, first: int, last: int, tail: Decimal, *, rising: bool) -> Decimal:
    """The probability at which ``first``–``last`` successes of ``n`` are as likely as ``tail``."""
    low, high = ZERO, ONE
    for _ in range(_STEPS):
        middle = CONTEXT.divide(CONTEXT.add(low, high), TWO)
        if (_likely(n, first, last, middle) < tail) == rising:
            low = middle
        else:
            high = middle
    return CONTEXT.divide(CONTEXT.add(low, high), TWO)


def _likely(n: int, first: int, last: int, part: Decimal) -> Decimal:
    """P(first ≤ successes ≤ last) of ``n`` tries; 0 < part < 1."""
    other = CONTEXT.subtract(ONE, part)
    odds = CONTEXT.divide(part, other)
    term = CONTEXT.multiply(
        CONTEXT.multiply(decimal(_choose(n, first)), CONTEXT.power(part, first)),
        CONTEXT.power(other, n - first),
    )
    found = term
    for count in range(first, last):
        term = CONTEXT.multiply(term, CONTEXT.multiply(odds, decimal(Fraction(n - count, count + 1))))
        found = CONTEXT.add(found, term)
    return found


def _choose(n: int, k: int) -> int:
    found = 1
    for step in range(1, k + 1):
        found = found * (n - step + 1) // step
    return found
