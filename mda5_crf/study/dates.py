"""Dates as people know them: complete, or with the day or the month unknown.

A partial date stands for every day it may be; a comparison is decided only when all of them agree.
Written as ISO 8601 with decreasing precision: ``2022``, ``2022-03``, and ``2022---15`` when the month
is unknown and the day is not (domain reference, "Partial and imputed dates").
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which only the year, the year and month, or the year and day are known."""

    year: int
    month: int | None = None
    day: int | None = None

    def earliest(self) -> date:
        """The first day this may be."""
        month = 1 if self.month is None else self.month
        return date(self.year, month, 1 if self.day is None else self.day)

    def latest(self) -> date:
        """The last day this may be."""
        month = 12 if self.month is None else self.month
        day = calendar.monthrange(self.year, month)[1] if self.day is None else self.day
        return date(self.year, month, day)

    def middle(self) -> date:
        """The day taken for it where one is needed: a missing day is the 15th, a missing month June."""
        month = 6 if self.month is None else self.month
        day = 15 if self.day is None else self.day
        return date(self.year, month, min(day, calendar.monthrange(self.year, month)[1]))

    def may_be(self, other: date | PartialDate) -> bool:
        """True when some completion of both is the same day."""
        return (
            self.year == other.year
            and (self.month is None or other.month is None or self.month == other.month)
            and (self.day is None or other.day is None or self.day == other.day)
            and self.earliest() <= latest(other)
            and earliest(other) <= self.latest()
        )

    def __str__(self) -> str:
        if self.month is not None:
            return f"{self.year:04}-{self.month:02}"
        return f"{self.year:04}" if self.day is None else f"{self.year:04}---{self.day:02}"


AnyDate = date | PartialDate


def earliest(value: AnyDate) -> date:
    """The first day ``value`` may be; the day of a date-time."""
    if isinstance(value, PartialDate):
        return value.earliest()
    return value.date() if isinstance(value, datetime) else value


def latest(value: AnyDate) -> date:
    """The last day ``value`` may be; the day of a date-time."""
    if isinstance(value, PartialDate):
        return value.latest()
    return value.date() if isinstance(value, datetime) else value


def days_between(start: date, end: date) -> int:
    """Days from ``start`` to ``end``; negative when ``end`` is earlier."""
    return (end - start).days


def months_between(start: date, end: date) -> int:
    """Completed calendar months from ``start`` to ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def years_between(start: date, end: date) -> int:
    """Completed years from ``start`` to ``end``, as an age is counted (29 February counts on 28)."""
    months = months_between(start, end)
    return months // 12 if months >= 0 else -(-months // 12)


def add_days(start: date, days: int) -> date | None:
    """The day ``days`` later; None beyond the calendar."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def add_months(start: date, months: int) -> date:
    """The same day ``months`` later, or the last day of a shorter month. Clipped to the calendar's ends."""
    index = min(max(start.year * 12 + start.month - 1 + months, 12), 9999 * 12 + 11)
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
