"""The functions of the expression language that need only their operands. Unknown in, unknown out.

An argument of another kind than the function works on makes the result unknown, never an error: what
was typed must not be able to stop a form.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import import_module

from mda5_crf.study import logic, operand
from mda5_crf.study.dates import (
    PartialDate,
    add_days,
    add_months,
    days_between,
    earliest,
    latest,
    months_between,
    years_between,
)
from mda5_crf.study.operand import ZERO, Interval, Number, Operand, is_number

# -- arithmetic --------------------------------------------------------------------------------


def plus(left: Operand, right: Operand) -> Operand:
    """Sum of numbers; a date plus a number of days."""
    if isinstance(left, Decimal | Interval) and isinstance(right, Decimal | Interval):
        return operand.add(left, right)
    if isinstance(left, date) and isinstance(right, Decimal):
        return later_days(left, right)
    return later_days(right, left) if isinstance(right, date) and isinstance(left, Decimal) else None


def minus(left: Operand, right: Operand) -> Operand:
    """Difference of numbers; days between two dates (``left − right``); a date minus days."""
    if isinstance(left, Decimal | Interval) and isinstance(right, Decimal | Interval):
        return operand.subtract(left, right)
    if isinstance(left, date | PartialDate) and isinstance(right, date | PartialDate):
        return date_diff(right, left, "d")
    if isinstance(left, date) and isinstance(right, Decimal):
        return later_days(left, -right)
    return None


def times(left: Operand, right: Operand) -> Operand:
    """Product of numbers."""
    if isinstance(left, Decimal | Interval) and isinstance(right, Decimal | Interval):
        return operand.multiply(left, right)
    return None


def over(left: Operand, right: Operand) -> Operand:
    """Quotient of numbers; unknown when the divisor is or may be 0."""
    if isinstance(left, Decimal | Interval) and isinstance(right, Decimal | Interval):
        return operand.divide(left, right)
    return None


# -- dates -------------------------------------------------------------------------------------

_UNITS: dict[str, Callable[[date, date], int]] = {"d": days_between, "m": months_between, "y": years_between}


def date_diff(start: Operand, end: Operand, unit: Operand) -> Operand:
    """From ``start`` to ``end``: days "d", completed months "m" or years "y", hours "h" (both with times).

    Negative when ``end`` is earlier. Partial dates give the interval of all that is possible.
    """
    if not isinstance(start, date | PartialDate) or not isinstance(end, date | PartialDate):
        return None
    if unit == "h":
        if isinstance(start, datetime) and isinstance(end, datetime):
            return operand.CONTEXT.divide(Decimal(int((end - start).total_seconds())), Decimal(3600))
        return None
    count = _UNITS.get(unit) if isinstance(unit, str) else None
    if count is None:
        return None
    least = count(latest(start), earliest(end))
    most = count(earliest(start), latest(end))
    return operand.interval(Decimal(least), Decimal(most))


def age_in_years(birth: Operand, at: Operand) -> Operand:
    """Completed years at a day; an interval when a partial birth date does not decide."""
    return date_diff(birth, at, "y")


def later_days(start: Operand, days: Operand) -> Operand:
    """The date ``days`` later (whole days)."""
    if not isinstance(start, date) or not isinstance(days, Decimal) or days != days.to_integral_value():
        return None
    return add_days(start, int(days)) if abs(days) < 4_000_000 else None


def later_months(start: Operand, months: Operand) -> Operand:
    """The same day ``months`` later, or the last day of a shorter month."""
    if not isinstance(start, date) or not isinstance(months, Decimal) or months != months.to_integral_value():
        return None
    return add_months(start, int(months)) if abs(months) < 200_000 else None


# -- numbers and texts ---------------------------------------------------------------------------


def rounded(value: Operand, decimals: Operand) -> Operand:
    """``value`` with 0–30 decimals, half away from 0."""
    if not isinstance(decimals, Decimal) or decimals != decimals.to_integral_value() or not 0 <= decimals <= 30:
        return None
    places = int(decimals)
    if isinstance(value, Decimal):
        return operand.round_half_up(value, places)
    if isinstance(value, Interval):
        low = None if value.low is None else operand.round_half_up(value.low, places)
        high = None if value.high is None else operand.round_half_up(value.high, places)
        return operand.interval(low, high)
    return None


def absolute(value: Operand) -> Operand:
    """The distance from 0."""
    return operand.absolute(value) if isinstance(value, Decimal | Interval) else None


def square_root(value: Operand) -> Operand:
    """The square root; unknown below 0."""
    return operand.square_root(value) if isinstance(value, Decimal | Interval) else None


def length(value: Operand) -> Operand:
    """Characters (code points) of a text; how many codes of a multiple choice."""
    return Decimal(len(value)) if isinstance(value, str | tuple) else None


def at_limit(value: Operand) -> Operand:
    """The number itself, or the limit of ``<5`` and ``>2000``: for grading, which uses the limit."""
    if isinstance(value, Interval):
        if value.low is None:
            return value.high
        return value.low if value.high is None else None
    return value if isinstance(value, Decimal) else None


PLAIN: dict[str, tuple[int, int | None, Callable[..., Operand]]] = {
    "date_diff": (3, 3, date_diff),
    "age_in_years": (2, 2, age_in_years),
    "add_days": (2, 2, later_days),
    "add_months": (2, 2, later_months),
    "round_": (2, 2, rounded),
    "abs": (1, 1, absolute),
    "sqrt": (1, 1, square_root),
    "length": (1, 1, length),
    "at_limit": (1, 1, at_limit),
}

# -- over rows, or over listed values --------------------------------------------------------------


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

# -- formulas of mda5_crf.instruments --------------------------------------------------------------


@lru_cache(maxsize=1)
def scalar_instruments() -> frozenset[str]:
    """Names of the formulas that give one value: everything the package exports that is no score object."""
    package = import_module("mda5_crf.instruments")
    return frozenset(
        name
        for name in package.__all__
        if inspect.isfunction(function := getattr(package, name)) and _is_scalar(function)
    )


def _is_scalar(function: Callable[..., object]) -> bool:
    result = inspect.signature(function).return_annotation
    return isinstance(result, str) and {part.strip() for part in result.split("|")} <= _SCALARS


_SCALARS = {"Decimal", "int", "str", "bool", "None", "Grade", "datetime.date", "date"}


@lru_cache(maxsize=256)
def parameters(name: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """Of an instrument: all keywords, those it needs, and whether it takes any keyword.

    Raises AttributeError for a name the package does not export.
    """
    found = inspect.signature(getattr(import_module("mda5_crf.instruments"), name)).parameters.values()
    named = [parameter for parameter in found if parameter.kind is parameter.KEYWORD_ONLY]
    return (
        frozenset(parameter.name for parameter in named),
        frozenset(parameter.name for parameter in named if parameter.default is parameter.empty),
        any(parameter.kind is parameter.VAR_KEYWORD for parameter in found),
    )


def accepts(name: str, keywords: Iterable[str]) -> bool:
    """True when the instrument can be called with exactly these keywords."""
    names = set(keywords)
    allowed, needed, anything = parameters(name)
    return needed <= names and (anything or names <= allowed)


@lru_cache(maxsize=64)
def instrument(name: str) -> Callable[[tuple[str, ...], tuple[Operand, ...]], Operand]:
    """The formula as ``action(keywords, values)``, remembering what it has computed."""
    function = getattr(import_module("mda5_crf.instruments"), name)

    @lru_cache(maxsize=4096, typed=True)
    def action(keywords: tuple[str, ...], values: tuple[Operand, ...]) -> Operand:
        try:
            return as_operand(function(**dict(zip(keywords, map(plain_argument, values), strict=True))))
        except (ValueError, ArithmeticError):
            return None

    return action


def plain_argument(value: Operand) -> Operand:
    """What instruments understand: intervals and partial dates are unknown to them."""
    return None if isinstance(value, Interval | PartialDate) else value


def as_operand(value: object) -> Operand:
    """A result as an operand; whole numbers become decimals."""
    if value is None or isinstance(value, Decimal | bool | str | date):
        return value
    return Decimal(value) if isinstance(value, int) else None


def score(name: str, arguments: dict[str, object]) -> object:
    """Run a scored instrument; None when its inputs are outside what it scores."""
    try:
        result: object = getattr(import_module("mda5_crf.instruments"), name)(**arguments)
    except (ValueError, ArithmeticError):
        return None
    return result
