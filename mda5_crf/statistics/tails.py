"""Tails of the normal and the t distribution, in binary floats: see the package for why that is right here.

The t tail is the regularised incomplete beta function, by its continued fraction (Abramowitz & Stegun 26.5.8,
26.7.1) evaluated with Lentz's method.
"""

from __future__ import annotations

import math
from decimal import Decimal
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
_TINY: Final = 1e-300
_MOST: Final = 500


def normal_two_sided(z: Decimal) -> float:
    """P(|Z| ≥ |z|)."""
    return math.erfc(abs(float(z)) / math.sqrt(2.0))


def normal_quantile(level: Decimal) -> Decimal:
    """The z with P(|Z| ≤ z) = ``level``: 1.95996… for 0.95."""
    return Decimal(repr(_NORMAL.inv_cdf((1.0 + float(level)) / 2.0)))


def t_two_sided(t: Decimal, df: int) -> float:
    """P(|T| ≥ |t|) with ``df`` ≥ 1 degrees of freedom."""
    square = float(t) ** 2
    return _beta(df / (df + square), df / 2.0, 0.5)


def t_quantile(level: Decimal, df: int) -> Decimal:
    """The t with P(|T| ≤ t) = ``level``."""
    tail = 1.0 - float(level)
    low, high = 0.0, 1.0
    while t_two_sided(Decimal(repr(high)), df) > tail:
        low, high = high, high * 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        if t_two_sided(Decimal(repr(middle)), df) > tail:
            low = middle
        else:
            high = middle
    return Decimal(repr((low + high) / 2.0))


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1."""
    if x in (0.0, 1.0):
        return x
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _beta(1.0 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    above, below = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    below = 1.0 / (below or _TINY)
    found = below
    for step in range(1, _MOST):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        change = 1.0
        for term in (even, odd):
            below = 1.0 / ((1.0 + term * below) or _TINY)
            above = (1.0 + term / above) or _TINY
            change = above * below
            found *= change
        if abs(change - 1.0) < 1e-15:
            break
    return front * found / a
