"""Study days and visit windows, from the definition and day 1 alone."""

from __future__ import annotations

from datetime import date

from mda5_crf.instruments import study_day as _study_day
from mda5_crf.instruments import visit_window
from mda5_crf.study.dates import add_days
from mda5_crf.study.model import Study


def study_day(day: date, d1: date) -> int:
    """The study day of a date: 1 on ``d1``, −1 the day before. There is no day 0."""
    found = _study_day(date=day, d1=d1)
    assert found is not None  # both dates are given
    return found


def window(study: Study, event: str, d1: date | None) -> tuple[date, date] | None:
    """First and last date of an event's window; None when the event has none or day 1 is not known."""
    found = study.events.get(event)
    if found is None or found.window is None or d1 is None:
        return None
    return visit_window(low=found.window[0], high=found.window[1], d1=d1)


def planned(study: Study, event: str, d1: date | None) -> date | None:
    """The date of an event's target day; None when it has none or day 1 is not known."""
    found = study.events.get(event)
    if found is None or found.target is None or d1 is None:
        return None
    return add_days(d1, found.target - 1 if found.target > 0 else found.target)
