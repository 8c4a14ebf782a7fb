"""The decimal arithmetic of this package: 40 digits, more than any table prints, the same on every PC."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

CONTEXT: Final = Context(prec=40, rounding=ROUND_HALF_EVEN)
ZERO, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)


def decimal(value: Fraction | int | Decimal) -> Decimal:
    """A fraction as a decimal with 40 digits."""
    if isinstance(value, Decimal):
        return value
    fraction = Fraction(value)
    return CONTEXT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def mean(values: Sequence[Decimal]) -> Decimal:
    """The arithmetic mean of at least one value."""
    return decimal(sum((Fraction(value) for value in values), Fraction(0)) / len(values))


def deviation(values: Sequence[Decimal]) -> Decimal | None:
    """The standard deviation with n − 1; None of fewer than two values."""
    if len(values) < 2:
        return None
    parts = [Fraction(value) for value in values]
    middle = sum(parts, Fraction(0)) / len(parts)
    return root(sum(((part - middle) ** 2 for part in parts), Fraction(0)) / (len(parts) - 1))


def root(value: Fraction | Decimal) -> Decimal:
    """The square root of what is not negative."""
    return CONTEXT.sqrt(decimal(value))
