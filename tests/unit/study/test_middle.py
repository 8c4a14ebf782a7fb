"""The day taken for a partial date: a missing day is the 15th, a missing month June."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.functions import middle_of
from mda5_crf.study.operand import Operand

YEARS = st.integers(1900, 2199)


@pytest.mark.parametrize("value", [None, Decimal(2022), "2022-03-01", True, ("2022",)])
def test_what_is_no_date_has_no_middle(value: Operand) -> None:
    assert middle_of(value) is None


@pytest.mark.parametrize(
    "partial, day",
    [
        (PartialDate(2021, 11), date(2021, 11, 15)),
        (PartialDate(2021), date(2021, 6, 15)),
        (PartialDate(2021, None, 3), date(2021, 6, 3)),
        (PartialDate(2021, None, 31), date(2021, 6, 30)),
        (PartialDate(2024, 2), date(2024, 2, 15)),
    ],
)
def test_the_middle_of_a_partial_date(partial: PartialDate, day: date) -> None:
    assert middle_of(partial) == day


def test_a_complete_date_is_itself_and_a_time_its_day() -> None:
    assert middle_of(date(2022, 2, 28)) == date(2022, 2, 28)
    assert middle_of(datetime(2022, 2, 28, 9, 30)) == date(2022, 2, 28)  # noqa: DTZ001 - local time of the site


@given(year=YEARS, month=st.none() | st.integers(1, 12))
def test_the_middle_lies_between_the_ends(year: int, month: int | None) -> None:
    partial = PartialDate(year, month)
    assert partial.earliest() < partial.middle() < partial.latest()


@given(year=YEARS, day=st.integers(1, 31))
def test_a_known_day_without_month_stays_as_near_as_june_allows(year: int, day: int) -> None:
    assert PartialDate(year, None, day).middle() == date(year, 6, min(day, 30))
