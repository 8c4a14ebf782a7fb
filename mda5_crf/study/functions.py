"""The functions of the expression language that need only their operands. Unknown in, unknown out.

An argument of another kind than the function works on makes the result unknown, never an error: what
was typed must not be able to stop a form.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal

from mda5_crf.study import operand
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
from mda5_crf.study.operand import Interval, Operand

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


def day_of(moment: Operand) -> Operand:
    """The day of a date-time; a date is its own day."""
    if isinstance(moment, datetime):
        return moment.date()
    return moment if isinstance(moment, date | PartialDate) else None


def moment(day: Operand, time: Operand) -> Operand:
    """A complete date with a time ``HH:MM``."""
    if not isinstance(day, date) or isinstance(day, datetime) or not isinstance(time, str):
        return None
    try:
        at = clock.fromisoformat(time)
    except ValueError:
        return None
    return datetime.combine(day, at)


def middle_of(day: Operand) -> Operand:
    """The day taken for a partial date: a missing day is the 15th, a missing month June. A date is itself."""
    return day.middle() if isinstance(day, PartialDate) else day_of(day)


def days_covered(start: Operand, end: Operand, low: Operand, high: Operand) -> Operand:
    """Days of [start, end] within [low, high], all inclusive; at least 0.

    Partial dates give the interval of all that is possible.
    """
    if (
        not isinstance(start, date | PartialDate)
        or not isinstance(end, date | PartialDate)
        or not isinstance(low, date | PartialDate)
        or not isinstance(high, date | PartialDate)
    ):
        return None
    most = _common(earliest(start), latest(end), earliest(low), latest(high))
    least = _common(latest(start), earliest(end), latest(low), earliest(high))
    return operand.interval(Decimal(least), Decimal(most))


def _common(start: date, end: date, low: date, high: date) -> int:
    return max((min(end, high) - max(start, low)).days + 1, 0)


# -- numbers and texts ---------------------------------------------------------------------------


def rounded(value: Operand, decimals: Operand) -> Operand:
    """``value`` with 0–30 decimals, half away from 0."""
    if (
        not isinstance(decimals, Decimal)
        or decimals != decimals.to_integral_value()
        or not 0 <= decimals <= 30
    ):
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
    "day_of": (1, 1, day_of),
    "moment": (2, 2, moment),
    "middle_of": (1, 1, middle_of),
    "days_covered": (4, 4, days_covered),
    "add_days": (2, 2, later_days),
    "add_months": (2, 2, later_months),
    "round_": (2, 2, rounded),
    "abs": (1, 1, absolute),
    "sqrt": (1, 1, square_root),
    "length": (1, 1, length),
    "at_limit": (1, 1, at_limit),
}
