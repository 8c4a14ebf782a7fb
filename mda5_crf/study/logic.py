"""Three-valued comparison: true, false, or unknown when the values do not decide.

A blank side, values of different kinds, an interval or a partial date whose members disagree: all
unknown (None). Two texts compare by code point, so times ``HH:MM`` compare as times.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from mda5_crf.study.dates import PartialDate, earliest, latest
from mda5_crf.study.operand import Interval, Operand

Truth = bool | None
Relation = Callable[[Operand, Operand], Truth]
_PLAIN = frozenset({Decimal, str, date})
"""Two of one of these compare as Python compares them. A date with a time is of another class."""


def negated(value: Operand) -> Truth:
    """Kleene's *not*; anything that is not a truth value is unknown."""
    if value is True:
        return False
    return True if value is False else None


def equal(left: Operand, right: Operand) -> Truth:
    """``==``"""
    if left is None or right is None:
        return None
    kind = left.__class__
    if kind is right.__class__:
        if kind in _PLAIN:
            return left == right
        if kind is Interval:
            return None if _may_meet(left, right) else False
        if kind is PartialDate:
            return None if left.may_be(right) else False  # type: ignore[union-attr, arg-type]
        if kind is tuple:
            return set(left) == set(right)  # type: ignore[arg-type]
        return left == right
    return _equal_mixed(left, right)


def _equal_mixed(left: Operand, right: Operand) -> Truth:
    if isinstance(left, Interval) or isinstance(right, Interval):
        if isinstance(left, Decimal | Interval) and isinstance(right, Decimal | Interval):
            return None if _may_meet(left, right) else False
        return None
    if isinstance(left, date | PartialDate) and isinstance(right, date | PartialDate):
        if isinstance(left, PartialDate):
            return None if left.may_be(earliest(right)) else False
        if isinstance(right, PartialDate):
            return None if right.may_be(earliest(left)) else False
        return earliest(left) == earliest(right)
    pair = _as_numbers(left, right)
    return None if pair is None else pair[0] == pair[1]


def _may_meet(left: Operand, right: Operand) -> bool:
    return less(left, right) is not True and less(right, left) is not True


def different(left: Operand, right: Operand) -> Truth:
    """``!=``"""
    return negated(equal(left, right))


def less(left: Operand, right: Operand) -> Truth:
    """``<``"""
    if left.__class__ is right.__class__ and left.__class__ in _PLAIN:
        return left < right  # type: ignore[operator]
    return _order(left, right, strict=True)


def at_most(left: Operand, right: Operand) -> Truth:
    """``<=``"""
    if left.__class__ is right.__class__ and left.__class__ in _PLAIN:
        return left <= right  # type: ignore[operator]
    return _order(left, right, strict=False)


def greater(left: Operand, right: Operand) -> Truth:
    """``>``"""
    if left.__class__ is right.__class__ and left.__class__ in _PLAIN:
        return right < left  # type: ignore[operator]
    return _order(right, left, strict=True)


def at_least(left: Operand, right: Operand) -> Truth:
    """``>=``"""
    if left.__class__ is right.__class__ and left.__class__ in _PLAIN:
        return right <= left  # type: ignore[operator]
    return _order(right, left, strict=False)


def _order(left: Operand, right: Operand, *, strict: bool) -> Truth:
    if left is None or right is None:
        return None
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left < right if strict else left <= right
    if isinstance(left, str) and isinstance(right, str):
        return left < right if strict else left <= right
    if isinstance(left, date | PartialDate) and isinstance(right, date | PartialDate):
        return _dates(left, right, strict)
    if isinstance(left, Decimal | Interval) and isinstance(right, Decimal | Interval):
        return _intervals(left, right, strict)
    pair = _as_numbers(left, right)
    if pair is None:
        return None
    return pair[0] < pair[1] if strict else pair[0] <= pair[1]


def _dates(left: date | PartialDate, right: date | PartialDate, strict: bool) -> Truth:
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left < right if strict else left <= right
    if strict:
        if latest(left) < earliest(right):
            return True
        return False if earliest(left) >= latest(right) else None
    if latest(left) <= earliest(right):
        return True
    return False if earliest(left) > latest(right) else None


def _intervals(left: Decimal | Interval, right: Decimal | Interval, strict: bool) -> Truth:
    """Every number of ``left`` below (or at most) every number of ``right``: true; never so: false."""
    a = left if isinstance(left, Interval) else Interval(left, left)
    b = right if isinstance(right, Interval) else Interval(right, right)
    if a.high is not None and b.low is not None:
        if a.high < b.low:
            return True
        if a.high == b.low and (not strict or a.high_open or b.low_open):
            return True
    if a.low is not None and b.high is not None:
        if a.low > b.high:
            return False
        if a.low == b.high and (strict or a.low_open or b.high_open):
            return False
    return None


def _as_numbers(left: Operand, right: Operand) -> tuple[Decimal, Decimal] | None:
    """A number and the text of a number, as two numbers: integer codes may be written ``"2"``."""
    try:
        if isinstance(left, Decimal) and isinstance(right, str):
            return left, Decimal(right)
        if isinstance(left, str) and isinstance(right, Decimal):
            return Decimal(left), right
    except InvalidOperation:
        pass
    return None
