"""Typed dates and times, partial dates, and the arithmetic of days, months and years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mda5_crf.study import moments
from mda5_crf.study.dates import (
    PartialDate,
    add_days,
    add_months,
    earliest,
    latest,
    months_between,
    years_between,
)

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
WIDE = str.maketrans("0123456789-/.: ", "０１２３４５６７８９－／．：　")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "yesterday",
        "15-03-2022",  # day or month first?
        "03/04/2022",
        "22-3-5",
        "202203",  # year and month, or a day of 2020?
        "2022-13-01",
        "2022-02-30",
        "2022-00-10",
        "2022-1-2-3",
        "2022--03",
        "2022---32",
        "2022---00",
        "9999-01-01",
        "0000-01-01",
        "UN-UN-UNKN",
        "2022-JAN-",
        "15-ABC-2022",
        "15-JU-2022",  # June or July
        "2022⁹-01-01",
        "2022-03-15T09:30",
        "٢٠٢٢-٠٣-١٥",
        "1e3",
    ],
)
def test_what_is_no_date_or_could_be_two_is_not_read(text: str) -> None:
    assert moments.read_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "20260823",
        "2026-8-23",
        "2026-08-23",
        "2026/8/23",
        "2026.8.23",
        "2026 8 23",
        "2026年8月23日",
        "２０２６－０８－２３",
        "２０２６年８月２３日",
        "2026年08月23号",
        " 2026 - 08 - 23 ",
        "23-Aug-2026",
        "23 august 2026",
        "23AUG2026",
        "2026–8–23",
        "2026。8。23",
        "2026．8．23",
    ],
)
def test_every_way_to_type_a_day(text: str) -> None:
    assert moments.read_date(text) == date(2026, 8, 23)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2022", PartialDate(2022)),
        ("2022年", PartialDate(2022)),
        ("2022-UN-UN", PartialDate(2022)),
        ("UN-UN-2022", PartialDate(2022)),
        ("2022-99-99", PartialDate(2022)),
        ("2022-03", PartialDate(2022, 3)),
        ("2022年3月", PartialDate(2022, 3)),
        ("2022/3", PartialDate(2022, 3)),
        ("2022-03-UN", PartialDate(2022, 3)),
        ("2022-3-unk", PartialDate(2022, 3)),
        ("UN-03-2022", PartialDate(2022, 3)),
        ("UN-MAR-2022", PartialDate(2022, 3)),
        ("202203UN", PartialDate(2022, 3)),
        ("2022-03-99", PartialDate(2022, 3)),
        ("2022---15", PartialDate(2022, None, 15)),
        ("2022-UN-15", PartialDate(2022, None, 15)),
        ("15-UN-2022", PartialDate(2022, None, 15)),
        ("２０２２-UN-15", PartialDate(2022, None, 15)),
    ],
)
def test_parts_of_dates(text: str, expected: PartialDate) -> None:
    assert moments.read_date(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Aug 23, 2026", date(2026, 8, 23)),
        ("August 23 2026", date(2026, 8, 23)),
        ("2026 Aug 23", date(2026, 8, 23)),
        ("2026AUG23", date(2026, 8, 23)),
        ("AUG 2026", PartialDate(2026, 8)),
        ("aug-2026", PartialDate(2026, 8)),
        ("2026-Aug", PartialDate(2026, 8)),
        ("2026-AUG-UN", PartialDate(2026, 8)),
        ("UN/08/2026", PartialDate(2026, 8)),
        ("UN-AUG-2026", PartialDate(2026, 8)),
        ("2026年8月", PartialDate(2026, 8)),
        ("2026年 8月 23日", date(2026, 8, 23)),
    ],
)
def test_months_by_name_and_parts_unknown(text: str, expected: date | PartialDate) -> None:
    assert moments.read_date(text) == expected


@given(st.integers(1900, 2199), st.integers(1, 12), st.one_of(st.none(), st.integers(1, 31)))
def test_no_part_is_ever_invented(year: int, month: int, day: int | None) -> None:
    """Every way to leave the day open leaves it open, and a day that is typed is the day that is read."""
    if day is None:
        for text in (
            f"{year}-{month}",
            f"{year}年{month}月",
            f"{year}-{month:02}-UN",
            f"UN-{month:02}-{year}",
        ):
            assert moments.read_date(text) == PartialDate(year, month), text
        return
    found = moments.read_date(f"{year}{month:02}{day:02}")
    assert found is None or found == date(year, month, day)
    assert moments.read_date(f"{year % 100:02}{month:02}{day:02}") is None


@given(st.text("0123456789-/.年月日 UNKAugMr,", max_size=14))
def test_whatever_reads_as_a_date_is_written_as_it_reads(text: str) -> None:
    found = moments.read_date(text)
    if found is not None:
        assert moments.read_date(moments.iso(found)) == found


@pytest.mark.parametrize(
    "text", ["UN-UN-UNKN", "un-un-unk", "9999", "99999999", "UNK", "UN-UN-9999", "UNKN-UN-UN"]
)
def test_nothing_known_is_no_date_but_is_recognised(text: str) -> None:
    assert moments.read_date(text) is None
    assert moments.is_unknown_date(text)


@pytest.mark.parametrize("text", ["", "  ", "2022", "UNDONE", "99", "9999-01-01"])
def test_other_texts_are_not_taken_for_unknown_dates(text: str) -> None:
    assert not moments.is_unknown_date(text)


@given(DAYS, st.sampled_from(["-", "/", ".", " ", "年月日", ""]), st.booleans(), st.booleans())
def test_a_day_reads_back_however_it_is_typed(day: date, gap: str, padded: bool, wide: bool) -> None:
    month, number = (
        (f"{day.month:02}", f"{day.day:02}") if padded or not gap else (str(day.month), str(day.day))
    )
    text = f"{day.year}年{month}月{number}日" if gap == "年月日" else gap.join((str(day.year), month, number))
    assert moments.read_date(text.translate(WIDE) if wide else text) == day
    assert moments.read_date(moments.iso(day)) == day


@given(
    st.integers(1900, 2199),
    st.one_of(st.none(), st.integers(1, 12)),
    st.one_of(st.none(), st.integers(1, 31)),
)
def test_a_partial_date_is_written_as_it_is_read(year: int, month: int | None, day: int | None) -> None:
    assume(month is None or day is None)
    partial = PartialDate(year, month, day)
    assert moments.read_date(str(partial)) == partial
    assert partial.earliest() <= partial.latest()
    assert partial.may_be(partial.earliest()) and partial.may_be(partial.latest())


@pytest.mark.parametrize(
    "partial, first, last",
    [
        (PartialDate(2023, 2), date(2023, 2, 1), date(2023, 2, 28)),
        (PartialDate(2024, 2), date(2024, 2, 1), date(2024, 2, 29)),
        (PartialDate(2022, None, 15), date(2022, 1, 15), date(2022, 12, 15)),
        (PartialDate(2021), date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_earliest_and_latest_possible_day(partial: PartialDate, first: date, last: date) -> None:
    assert (earliest(partial), latest(partial)) == (first, last)


def test_two_partial_dates_may_be_one_day_only_when_every_known_part_agrees() -> None:
    assert PartialDate(2022, 3).may_be(PartialDate(2022, None, 15))
    assert not PartialDate(2022, 3).may_be(PartialDate(2023, 3))
    assert not PartialDate(2022, None, 15).may_be(date(2022, 4, 14))
    assert not PartialDate(2022, 3).may_be(date(2022, 4, 15))
    assert PartialDate(2022).may_be(date(2022, 4, 14))


@pytest.mark.parametrize(
    "text", ["", "24:00", "12:60", "9", "09:3", "9:30:15", "abc", "-1:00", "12345", "9:30pam", "⁹:30"]
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert moments.read_time(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "8点",
        "8时",
        "上午",
        "pm",
        "上午8点",
        "2400",
        "24时00分",
        "上午12:30",
        "凌晨12点30分",
        "晚上12点30分",
        "中午3:00",
        "下午0:30",
        "上午13:00",
        "0:30 pm",
        "13:00 pm",
        "上午8:30 am",
    ],
)
def test_a_time_that_could_be_two_or_lacks_its_minutes_is_not_read(text: str) -> None:
    assert moments.read_time(text) is None


@pytest.mark.parametrize(
    "text, time",
    [
        ("上午8:30", "08:30"),
        ("早上 8点30分", "08:30"),
        ("凌晨0:30", "00:30"),
        ("下午8点30分", "20:30"),
        ("晚上８：３０", "20:30"),
        ("下午12:30", "12:30"),
        ("下午15:30", "15:30"),
        ("中午12点30", "12:30"),
        ("中午1点半", "13:30"),
        ("中午11:30", "11:30"),
        ("8点半", "08:30"),
        ("8点整", "08:00"),
        ("傍晚6点半", "18:30"),
        ("8 点 30 分", "08:30"),
        ("下午0830", "20:30"),
        ("8:30 pm", "20:30"),
        ("8:30p.m.", "20:30"),
        ("12:30 AM", "00:30"),
        ("12:30pm", "12:30"),
        ("0000", "00:00"),
        ("2359", "23:59"),
    ],
)
def test_half_days_and_spoken_times(text: str, time: str) -> None:
    assert moments.read_time(text) == time


@given(st.integers(0, 23), st.integers(0, 59), st.booleans())
def test_a_time_reads_back_however_it_is_typed(hour: int, minute: int, wide: bool) -> None:
    written = f"{hour:02}:{minute:02}"
    for text in (written, written.replace(":", ""), f"{hour}:{minute:02}", f"{hour}时{minute:02}分"):
        assert moments.read_time(text.translate(WIDE) if wide else text) == written


@given(st.text("0123456789上下午晚:：点时分半整apm .", max_size=9))
def test_whatever_reads_as_a_time_is_one_and_reads_as_itself(text: str) -> None:
    found = moments.read_time(text)
    if found is not None:
        assert len(found) == 5 and found[:2] < "24" and found[3:] < "60" and moments.read_time(found) == found


@pytest.mark.parametrize(
    "text",
    ["0930", "930", "9:30", "09:30", "09：30", "９：３０", "9.30", "9h30", "9时30分", "9点30", "09:30:00"],
)
def test_every_way_to_type_a_time(text: str) -> None:
    assert moments.read_time(text) == "09:30"


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-23 09:30",
        "2026-08-23T09:30",
        "202608230930",
        "2026年8月23日 9:30",
        "2026年8月23日9:30",
        "20260823 0930",
    ],
)
def test_every_way_to_type_a_date_with_time(text: str) -> None:
    assert moments.read_datetime(text) == datetime(2026, 8, 23, 9, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["2026-08", "2026-08-23 25:00", "09:30", "2026-02-30 09:30", "", "2026-08 09:30"]
)
def test_what_is_no_date_with_time_is_not_read(text: str) -> None:
    assert moments.read_datetime(text) is None


def test_a_day_of_which_the_time_is_unknown_stays_a_day() -> None:
    assert moments.read_datetime("2026-08-23") == date(2026, 8, 23)


@pytest.mark.parametrize(
    "start, end, months, years",
    [
        (date(1980, 6, 15), date(2022, 6, 14), 503, 41),
        (date(1980, 6, 15), date(2022, 6, 15), 504, 42),
        (date(2022, 1, 31), date(2022, 2, 28), 1, 0),
        (date(2022, 1, 31), date(2022, 2, 27), 0, 0),
        (date(2020, 2, 29), date(2021, 2, 28), 12, 1),
        (date(2022, 6, 15), date(1980, 6, 15), -504, -42),
        (date(2022, 6, 15), date(2022, 6, 14), 0, 0),
    ],
)
def test_completed_months_and_years(start: date, end: date, months: int, years: int) -> None:
    assert (months_between(start, end), years_between(start, end)) == (months, years)


@given(DAYS, DAYS)
def test_completed_months_never_overshoot(start: date, end: date) -> None:
    assume(start <= end)
    months = months_between(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)
    assert months_between(end, start) == -months


@given(DAYS, st.integers(-2000, 2000))
def test_adding_days_is_exact(start: date, days: int) -> None:
    assert add_days(start, days) == start + timedelta(days=days)


def test_the_calendar_has_ends() -> None:
    assert add_days(date.max, 1) is None
    assert add_months(date(9999, 12, 31), 5) == date(9999, 12, 31)
    assert add_months(date(1, 1, 1), -5) == date(1, 1, 1)
