"""Functions over the rows of a log, or over listed values. One unknown makes the result unknown.

With ``known=True`` blanks are left out instead: the sum of those that are there, the first that is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from mda5_crf.study import logic, operand
from mda5_crf.study.functions import over
from mda5_crf.study.operand import ZERO, Interval, Number, Operand, is_number


def _numbers(values: Iterable[Operand], known: bool) -> list[Number] | None:
    """The numbers; None as soon as one is unknown, unless only the ``known`` ones are asked for."""
    result: list[Number] = []
    for value in values:
        if isinstance(value, Decimal | Interval):
            result.append(value)
        elif not known or value is not None:
            return None
    return result


def total(values: Iterable[Operand], known: bool) -> Operand:
    """The sum; 0 of nothing."""
    numbers = _numbers(values, known)
    if numbers is None:
        return None
    result: Number | None = ZERO
    for number in numbers:
        result = None if result is None else operand.add(result, number)
    return result


def mean(values: Iterable[Operand], known: bool) -> Operand:
    """The arithmetic mean; unknown of nothing."""
    numbers = _numbers(values, known)
    if not numbers:
        return None
    whole = total(numbers, False)
    return over(whole, Decimal(len(numbers))) if is_number(whole) else None


def _extreme(values: Iterable[Operand], known: bool, before: logic.Relation) -> Operand:
    best: Operand = None
    empty = True
    for value in values:
        if value is None:
            if known:
                continue
            return None
        if empty:
            best, empty = value, False
            continue
        decided = before(value, best)
        if decided is None:
            return None
        if decided:
            best = value
    return best


def smallest(values: Iterable[Operand], known: bool) -> Operand:
    """The smallest number or earliest date; unknown of nothing or when undecided."""
    return _extreme(values, known, logic.at_most)


def largest(values: Iterable[Operand], known: bool) -> Operand:
    """The largest number or latest date; unknown of nothing or when undecided."""
    return _extreme(values, known, logic.at_least)


def count_true(values: Iterable[Operand], known: bool) -> Operand:
    """How many are true; one that is unknown makes the count unknown, unless only ``known`` ones count."""
    count = 0
    unknown = 0
    for value in values:
        if value is True:
            count += 1
        elif value is not False:
            unknown += 1
    if unknown and not known:
        return Interval(Decimal(count), Decimal(count + unknown))
    return Decimal(count)


def any_true(values: Iterable[Operand], known: bool) -> Operand:
    """Kleene's *or*: true as soon as one is."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False and not known:
            result = None
    return result


def all_true(values: Iterable[Operand], known: bool) -> Operand:
    """Kleene's *and*: false as soon as one is."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True and not known:
            result = None
    return result


def first(values: Iterable[Operand], known: bool) -> Operand:
    """The value in the first row (with ``known=True``: in the first row that has one)."""
    for value in values:
        if value is not None or not known:
            return value
    return None


def last(values: Iterable[Operand], known: bool) -> Operand:
    """The value in the last row (with ``known=True``: in the last row that has one)."""
    result: Operand = None
    for value in values:
        if value is not None or not known:
            result = value
    return result


AGGREGATES: dict[str, Callable[[Iterable[Operand], bool], Operand]] = {
    "sum": total,
    "mean": mean,
    "min": smallest,
    "max": largest,
    "count": count_true,
    "any": any_true,
    "all": all_true,
    "first": first,
    "last": last,
}
ROWS_ONLY = frozenset({"any", "all", "first", "last"})
