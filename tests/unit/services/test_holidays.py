"""The calendar of public holidays: the file is sane, and days are counted right at the edges."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.services.holidays import calendar, calendar_of
from mda5_crf.settings import resource

TABLE = tomllib.loads(resource("calendar", "cn.toml").read_text(encoding="utf-8"))
HOLIDAYS = [(year, holiday) for year, table in TABLE.items() for holiday in table["holidays"]]
D = date.fromisoformat
DAYS = st.dates(date(2021, 12, 1), date(2028, 1, 31))


# -- the file


def test_every_year_names_its_notice_issued_the_year_before() -> None:
    assert list(TABLE) == ["2022", "2023", "2024", "2025", "2026"]
    for year, table in TABLE.items():
        assert table["issued"].year == int(year) - 1
        assert table["notice"].startswith(f"国办发明电〔{int(year) - 1}〕")


@pytest.mark.parametrize("year, holiday", HOLIDAYS)
def test_a_span_has_as_many_days_as_its_notice_says(year: str, holiday: dict[str, object]) -> None:
    first, last = holiday["first"], holiday["last"]
    assert isinstance(first, date) and isinstance(last, date)
    assert (last - first).days + 1 == holiday["days"]
    assert last.year == int(year) and first.year in (int(year), int(year) - 1)
    assert holiday["zh"] and holiday["en"]


def test_what_is_worked_instead_is_a_saturday_or_sunday_and_no_day_off() -> None:
    known = calendar()
    assert known.worked and all(day.weekday() >= 5 for day in known.worked)
    assert not known.worked & known.off.keys()


def test_days_off_make_up_for_days_worked() -> None:
    # Outside the statutory days every weekday off is paid for by a weekend worked, so over a year the
    # weekdays off exceed the weekends worked by the statutory holidays that fall on weekdays: 7 to 13.
    known = calendar()
    for year in sorted(known.years):
        off = sum(day.year == year and day.weekday() < 5 for day in known.off)
        worked = sum(day.year == year for day in known.worked)
        assert 7 <= off - worked <= 13, year


@pytest.mark.parametrize(
    "day, name",
    [("2022-02-01", "春节"), ("2023-06-22", "端午节"), ("2024-10-01", "国庆节"), ("2026-02-17", "春节")],
)
def test_the_festival_itself_is_off(day: str, name: str) -> None:
    found = calendar().holiday(D(day))
    assert found is not None and found.zh == name
    assert not calendar().is_working(D(day))
    assert calendar().holiday(D("2026-03-02")) is None


# -- counting


def test_spring_festival_2026() -> None:
    known = calendar()
    assert known.is_working(D("2026-02-14")), "the Saturday before is worked"
    assert known.working_days(D("2026-02-13"), D("2026-02-24")) == 3
    assert known.working_days(D("2026-02-15"), D("2026-02-23")) == 0
    assert known.last_working_day((D("2026-02-15"), D("2026-02-23"))) is None
    assert known.last_working_day((D("2026-02-10"), D("2026-02-23"))) == D("2026-02-14")
    assert known.last_working_day((D("2026-02-20"), D("2026-02-28"))) == D("2026-02-28"), "a Saturday worked"
    assert not known.is_working(D("2026-02-21")), "a Saturday in the festival"


def test_an_ordinary_week() -> None:
    known = calendar()
    assert known.working_days(D("2026-08-31"), D("2026-09-06")) == 5
    assert known.last_working_day((D("2026-08-31"), D("2026-09-06"))) == D("2026-09-04")
    assert known.working_days(D("2026-09-05"), D("2026-09-06")) == 0
    assert known.working_days(D("2026-09-01"), D("2026-09-01")) == 1
    assert known.working_days(D("2026-09-02"), D("2026-09-01")) == 0
    assert known.last_working_day((D("2026-09-02"), D("2026-09-01"))) is None


def test_new_year_2023_began_in_december() -> None:
    assert not calendar().is_working(D("2022-12-31"))
    assert calendar().working_days(D("2022-12-30"), D("2023-01-03")) == 2


def test_a_year_without_a_notice_counts_weekends_and_says_so() -> None:
    known = calendar()
    assert known.unknown(D("2026-12-28"), D("2027-01-04")) == (2027,)
    assert known.unknown(D("2026-12-28"), D("2026-12-31")) == ()
    assert known.unknown(D("2020-12-28"), D("2022-01-01")) == (2020, 2021)
    assert known.is_working(D("2027-10-01")), "a Friday like any other, as far as is known"


def test_a_table_may_be_empty() -> None:
    none = calendar_of({})
    assert none.unknown(D("2026-01-01"), D("2026-01-02")) == (2026,)
    assert none.is_working(D("2026-01-01")) and not none.is_working(D("2026-01-03"))


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_counts_add_up_and_the_last_working_day_is_one(first: date, some: int, more: int) -> None:
    known = calendar()
    middle, last = first + timedelta(days=some), first + timedelta(days=some + more + 1)
    parts = known.working_days(first, middle) + known.working_days(middle + timedelta(days=1), last)
    assert parts == known.working_days(first, last)
    day = known.last_working_day((first, last))
    if day is None:
        assert known.working_days(first, last) == 0
    else:
        assert first <= day <= last and known.is_working(day)
        assert known.working_days(day, last) == 1
