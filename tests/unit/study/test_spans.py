"""Days covered, moments, the day of a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.functions import day_of, days_covered, moment
from mda5_crf.study.operand import Interval, Operand

D = date.fromisoformat
DAYS = st.dates(date(2022, 1, 1), date(2022, 3, 31))


@given(DAYS, DAYS, DAYS, DAYS)
def test_days_covered_counts_the_days_in_both(start: date, end: date, low: date, high: date) -> None:
    days = (start + timedelta(n) for n in range((end - start).days + 1))
    assert days_covered(start, end, low, high) == sum(low <= day <= high for day in days)


@given(DAYS, DAYS, DAYS, DAYS)
def test_a_partial_end_gives_all_that_is_possible(start: date, end: date, low: date, high: date) -> None:
    month = PartialDate(end.year, end.month)
    days = [month.earliest() + timedelta(n) for n in range((month.latest() - month.earliest()).days + 1)]
    possible = [days_covered(start, day, low, high) for day in days]
    found = days_covered(start, month, low, high)
    ends = (found.low, found.high) if isinstance(found, Interval) else (found, found)
    assert ends == (min(possible), max(possible))  # type: ignore[type-var]


def test_both_ends_count() -> None:
    assert days_covered(D("2022-01-01"), D("2022-01-01"), D("2022-01-01"), D("2022-01-01")) == 1
    assert days_covered(D("2022-01-01"), D("2022-01-05"), D("2022-01-06"), D("2022-01-09")) == 0
    assert days_covered(D("2022-01-05"), D("2022-01-01"), D("2022-01-01"), D("2022-01-09")) == 0


@pytest.mark.parametrize("hole", range(4))
def test_what_is_no_date_makes_it_unknown(hole: int) -> None:
    given: list[Operand] = [D("2022-01-01")] * 4
    for wrong in (None, Decimal(3), "2022-01-01"):
        given[hole] = wrong
        assert days_covered(*given) is None


def test_moments() -> None:
    assert moment(D("2022-01-01"), "09:30") == datetime(2022, 1, 1, 9, 30)  # noqa: DTZ001 - the site's time
    for day, time in (
        (D("2022-01-01"), None),
        (D("2022-01-01"), "25:00"),
        (D("2022-01-01"), Decimal(9)),
        (PartialDate(2022, 1), "09:30"),
        (datetime(2022, 1, 1, 1), "09:30"),  # noqa: DTZ001 - the site's time
        (None, "09:30"),
    ):
        assert moment(day, time) is None


def test_the_day_of_a_moment() -> None:
    assert day_of(datetime(2022, 1, 1, 23, 59)) == D("2022-01-01")  # noqa: DTZ001 - the site's time
    assert day_of(D("2022-01-01")) == D("2022-01-01")
    assert day_of(PartialDate(2022)) == PartialDate(2022)
    assert day_of("2022-01-01") is None
