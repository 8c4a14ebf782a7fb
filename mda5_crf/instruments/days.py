"""Study days and visit windows. There is no day 0: the day before day 1 is day −1."""

from __future__ import annotations

import datetime

_DAY = datetime.timedelta(days=1)


def study_day(*, date: datetime.date | None, d1: datetime.date | None) -> int | None:
    """The study day of ``date`` when ``d1`` is day 1: 1, 2, … from ``d1`` on, −1, −2, … before it.

    None when either date is missing.
    """
    if date is None or d1 is None:
        return None
    days = (date - d1).days
    return days + 1 if days >= 0 else days


def visit_window(
    *, low: int | None, high: int | None, d1: datetime.date | None
) -> tuple[datetime.date, datetime.date] | None:
    """First and last date of a window given as study days, both inclusive; −28 … 1 is 29 dates.

    None when an end or ``d1`` is missing. Raises ValueError for day 0 and for ``low`` after ``high``.
    """
    if low is None or high is None or d1 is None:
        return None
    if low > high:
        raise ValueError("visit window: it ends before it begins")
    return _date_of(low, d1), _date_of(high, d1)


def _date_of(day: int, d1: datetime.date) -> datetime.date:
    if day == 0:
        raise ValueError("visit window: there is no day 0")
    return d1 + (day - 1 if day > 0 else day) * _DAY
