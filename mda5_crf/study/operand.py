"""What an expression computes with, and the arithmetic of it: exact decimals and intervals.

``None`` is *unknown* everywhere: blank, missing, irrelevant, not computable. It is never 0.
A result below the detection limit (``<5``) is an interval, not a number: what it does not decide
stays unknown. Numbers have 34 significant digits, rounded half to even; floats never occur.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from mda5_crf.study.dates import PartialDate

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two ends; an end ``None`` is infinite, ``*_open`` leaves the end out."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        if self.low is None and self.high is not None:
            return f"{'<' if self.high_open else '<='}{plain(self.high)}"
        if self.high is None and self.low is not None:
            return f"{'>' if self.low_open else '>='}{plain(self.low)}"
        return (
            f"{'' if self.low is None else plain(self.low)}–{'' if self.high is None else plain(self.high)}"
        )


Operand = Decimal | Interval | date | PartialDate | str | bool | tuple[str, ...] | None
Number = Decimal | Interval


def interval(
    low: Decimal | None, high: Decimal | None, low_open: bool = False, high_open: bool = False
) -> Number:
    """The interval, or the number itself when both ends are the same."""
    if low is not None and low == high:
        return low
    return Interval(low, high, low_open, high_open)


def is_number(value: object) -> bool:
    """True for a decimal or an interval of decimals."""
    return value.__class__ is Decimal or value.__class__ is Interval


def _ends(value: Number) -> tuple[Decimal | None, Decimal | None, bool, bool]:
    if isinstance(value, Interval):
        return value.low, value.high, value.low_open, value.high_open
    return value, value, False, False


def add(left: Number, right: Number) -> Number | None:
    """Sum; None when it leaves the range of numbers."""
    try:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return CONTEXT.add(left, right)
        a_low, a_high, a_lo, a_ho = _ends(left)
        b_low, b_high, b_lo, b_ho = _ends(right)
        low = None if a_low is None or b_low is None else CONTEXT.add(a_low, b_low)
        high = None if a_high is None or b_high is None else CONTEXT.add(a_high, b_high)
        return Interval(low, high, a_lo or b_lo, a_ho or b_ho)
    except ArithmeticError:
        return None


def negate(value: Number) -> Number:
    """The number with the other sign; an interval is mirrored."""
    if isinstance(value, Decimal):
        return CONTEXT.minus(value)
    return Interval(
        None if value.high is None else CONTEXT.minus(value.high),
        None if value.low is None else CONTEXT.minus(value.low),
        value.high_open,
        value.low_open,
    )


def subtract(left: Number, right: Number) -> Number | None:
    """Difference; None when it leaves the range of numbers."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        try:
            return CONTEXT.subtract(left, right)
        except ArithmeticError:
            return None
    return add(left, negate(right))


def _scaled(value: Interval, factor: Decimal, by: Callable[[Decimal, Decimal], Decimal]) -> Interval:
    """Every number of ``value`` times (or divided by) one number other than 0; open ends stay open."""
    low = None if value.low is None else by(value.low, factor)
    high = None if value.high is None else by(value.high, factor)
    if factor > 0:
        return Interval(low, high, value.low_open, value.high_open)
    return Interval(high, low, value.high_open, value.low_open)


def multiply(left: Number, right: Number) -> Number | None:
    """Product. Two intervals give the closed hull, unknown when an infinite end meets another interval."""
    try:
        if isinstance(left, Decimal):
            if isinstance(right, Decimal):
                return CONTEXT.multiply(left, right)
            return _scaled(right, left, CONTEXT.multiply) if left else ZERO
        if isinstance(right, Decimal):
            return _scaled(left, right, CONTEXT.multiply) if right else ZERO
        return _hull(left, right, CONTEXT.multiply)
    except ArithmeticError:
        return None


def divide(left: Number, right: Number) -> Number | None:
    """Quotient; unknown when the divisor is 0 or may be."""
    try:
        if isinstance(right, Decimal):
            if not right:
                return None
            if isinstance(left, Decimal):
                return CONTEXT.divide(left, right)
            return _scaled(left, right, CONTEXT.divide)
        if right.low is None or right.high is None or right.low <= 0 <= right.high:
            return _over_ray(left, right)
        ends = left if isinstance(left, Interval) else Interval(left, left)
        return _hull(ends, right, CONTEXT.divide)
    except ArithmeticError:
        return None


def _over_ray(left: Number, right: Interval) -> Number | None:
    """A number divided by "more than x" (x > 0) or "less than x" (x < 0): between 0 and the edge."""
    if not isinstance(left, Decimal):
        return None
    edge = right.low if right.high is None else right.high
    if edge is None or (right.high is None) == (right.low is None) or not edge:
        return None
    if (right.high is None) != (edge > 0):
        return None
    if not left:
        return ZERO
    end = CONTEXT.divide(left, edge)
    return Interval(ZERO, end, True, False) if end > 0 else Interval(end, ZERO, False, True)


def _hull(left: Interval, right: Interval, by: Callable[[Decimal, Decimal], Decimal]) -> Number | None:
    ends = (left.low, left.high, right.low, right.high)
    if None in ends:
        return None
    products = [
        by(a, b)
        for a in (left.low, left.high)
        for b in (right.low, right.high)
        if a is not None and b is not None
    ]
    return Interval(min(products), max(products))


def power(base: Number, exponent: Decimal) -> Number | None:
    """``base ** exponent``; unknown when an interval reaches below 0, or beyond the numbers."""
    try:
        if isinstance(base, Decimal):
            found = CONTEXT.power(base, exponent)
            return found if found.is_finite() else None
        if base.low is None or base.low < 0 or exponent <= 0:
            return None
        low = CONTEXT.power(base.low, exponent)
        high = None if base.high is None else CONTEXT.power(base.high, exponent)
        return Interval(low, high, base.low_open, base.high_open)
    except ArithmeticError:
        return None


def absolute(value: Number) -> Number:
    """The distance from 0."""
    if isinstance(value, Decimal):
        return abs(value)
    if value.low is not None and value.low >= 0:
        return value
    if value.high is not None and value.high <= 0:
        return negate(value)
    ends = [abs(end) for end in (value.low, value.high) if end is not None]
    return Interval(ZERO, max(ends) if len(ends) == 2 else None)


def square_root(value: Number) -> Number | None:
    """The square root; unknown below 0."""
    return power(value, Decimal("0.5")) if isinstance(value, Interval) else _root(value)


def _root(value: Decimal) -> Decimal | None:
    return None if value < 0 else CONTEXT.sqrt(value)


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """``value`` with ``decimals`` places, half away from 0, as people round. For display and ``round_``."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)


_WIDE = Context(prec=6200, Emin=-6143, Emax=6144)


def plain(value: Decimal) -> str:
    """The digits without exponent and without trailing zeros after the point: ``0.50`` → ``0.5``."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
