"""Reading typed dates and times. What could mean two days is not read: it stays as typed.

Dates: 20260823, 2026-8-23, 2026/8/23, 2026.8.23, 2026年8月23日, 23-Aug-2026, Aug 23, 2026; parts of dates
2026, 2026-08, Aug 2026, 2026-UN-23, UN-08-2026, 2026---23; 99 as day or month and 9999 as year mean unknown.
Six digits are no date (260823 and 201208 have two readings each), nor is 08/09/2026.

Times: 0830, 830, 8:30, 8时30分, 8点半, 下午8点30分, 8:30 pm. Not read: 8点 (which minute?), 24:00 (which
day?), 上午12:30 and 晚上12:30 (which half of the day?).
"""

from __future__ import annotations

import re
from datetime import date, datetime

from mda5_crf.study.dates import AnyDate, PartialDate
from mda5_crf.study.folding import decimal_points, narrow

_MONTHS = ("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER",
           "NOVEMBER", "DECEMBER")  # fmt: skip
_UNKNOWN = ("UN", "UNK")
_PART = r"([0-9]{1,2}|UNK?)"
_ISO_GAP = re.compile(r"([0-9]{4})---([0-9]{1,2})")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})(?:-{_PART}(?:-{_PART})?)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2}|UN)([0-9]{2}|UN)")
_DAY_FIRST = re.compile(rf"{_PART}-?(UNK?|[A-Z]{{3,9}})-?([0-9]{{4}})")
_MONTH_FIRST = re.compile(r"([A-Z]{3,9})-?(?:([0-9]{1,2})-)?([0-9]{4})")
_YEAR_NAMED = re.compile(r"([0-9]{4})-?([A-Z]{3,9})(?:-?([0-9]{1,2}|UNK?))?")
_DAY_UNKNOWN = re.compile(r"(UNK?)-([0-9]{1,2})-([0-9]{4})")
_BLANK = r"(?:UNK?|99)"
_NO_YEAR = re.compile(rf"(?:{_BLANK}-{_BLANK}-)?(?:UNKN?|UN|9999)(?:-{_BLANK}-{_BLANK})?|99999999")
_TIME = re.compile(r"([0-9]{1,2})\s*(?::|\.|H|时|点)\s*([0-9]{2})(?::00|\s*分)?|([0-9]{1,2})([0-9]{2})")
_SPOKEN = re.compile(r"([0-9]{1,2})\s*[时点](整|半)")
_HALF_DAY = re.compile(r"(凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*(.*?)\s*(AM|PM|A\.M\.|P\.M\.)?", re.DOTALL)
_BEFORE_NOON = ("凌晨", "早上", "上午")
_BETWEEN = re.compile(r"[T ]+|,\s*|(?<=日)|(?<=号)")


def _written(text: str) -> str:
    """Upper case, one kind of separator, no 年月日."""
    plain = narrow(text).upper()
    if not plain.isascii():
        plain = decimal_points(plain)
        plain = re.sub(r"[年月]\s*", "-", re.sub(r"[日号。]", "", plain)).strip("- ")
    if _ISO_GAP.fullmatch(plain):
        return plain
    return re.sub(r"\s*[-/.]\s*|\s+|,\s*", "-", plain)


def read_date(text: str) -> AnyDate | None:
    """The complete or partial date a text stands for; None when it is none, or not of the calendar."""
    parts = date_parts(text)
    if parts is None:
        return None
    year, month, day = parts
    try:
        if month is not None and day is not None:
            return date(year, month, day)
        found = PartialDate(year, month, day)
        found.earliest()
    except ValueError:
        return None
    return found


def date_parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day as typed, also when there is no such day; None when the text is no date."""
    plain = _written(text)
    gap = _ISO_GAP.fullmatch(plain)
    if gap is not None:
        return _known(gap[1], "UN", gap[2])
    match = _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if match is not None:
        return _known(match[1], match[2] or "UN", match[3] or "UN")
    match = _DAY_FIRST.fullmatch(plain) or _DAY_UNKNOWN.fullmatch(plain)
    if match is not None:
        return _known(match[3], match[2], match[1])
    match = _MONTH_FIRST.fullmatch(plain)
    if match is not None:
        return _named(match[3], match[1], match[2] or "UN")
    match = _YEAR_NAMED.fullmatch(plain)
    return None if match is None else _named(match[1], match[2], match[3] or "UN")


def _named(year: str, month: str, day: str) -> tuple[int, int | None, int | None] | None:
    """As :func:`_known`, for a month that must have its name."""
    return None if month in _UNKNOWN else _known(year, month, day)


def _known(year: str, month: str, day: str) -> tuple[int, int | None, int | None] | None:
    if year in ("9999", "0000"):
        return None
    if month.isalpha() and month not in _UNKNOWN:
        named = [index for index, name in enumerate(_MONTHS, start=1) if name.startswith(month)]
        if len(named) != 1:
            return None
        return int(year), named[0], _unless_unknown(day)
    return int(year), _unless_unknown(month), _unless_unknown(day)


def _unless_unknown(part: str) -> int | None:
    return None if part in _UNKNOWN or part == "99" else int(part)


def is_unknown_date(text: str) -> bool:
    """True for ``UN-UN-UNKN``, ``9999`` and their like: nothing of the date is known."""
    return bool(text.strip()) and _NO_YEAR.fullmatch(_written(text)) is not None


def read_time(text: str) -> str | None:
    """``HH:MM`` of a time of day (24 hours); None when it is none. Seconds other than 00 are not read."""
    whole = _HALF_DAY.fullmatch(narrow(text).upper())
    if whole is None or (whole[1] and whole[3]):
        return None
    match, spoken = _TIME.fullmatch(whole[2]), _SPOKEN.fullmatch(whole[2])
    if match is not None:
        typed, minute = int(match[1] or match[3]), int(match[2] or match[4])
    elif spoken is not None:
        typed, minute = int(spoken[1]), 30 if spoken[2] == "半" else 0
    else:
        return None
    hour = _of_day(typed, whole[1] or (whole[3] or "").replace(".", ""))
    return f"{hour:02}:{minute:02}" if hour is not None and hour < 24 and minute < 60 else None


def _of_day(hour: int, half: str) -> int | None:
    """The hour of 24 that an hour of that half of the day is; None when it could be two, or none."""
    if not half:
        return hour
    if half in ("AM", "PM"):
        if not 0 < hour <= 12:
            return None
        return hour % 12 + (12 if half == "PM" else 0)
    if half in _BEFORE_NOON:
        return hour if hour < 12 else None
    if half == "中午":
        return {11: 11, 12: 12, 1: 13}.get(hour)
    if hour == 12 and half == "下午":
        return 12
    return hour + 12 if 0 < hour < 12 else hour if hour > 12 else None


def read_datetime(text: str) -> datetime | date | None:
    """A complete date with its time, or the date alone when only that is known; None otherwise."""
    plain = narrow(text)
    whole = read_date(plain)
    if whole is not None:
        return whole if isinstance(whole, date) else None
    if re.fullmatch(r"[0-9]{12}", plain):
        plain = f"{plain[:8]} {plain[8:]}"
    for gap in _BETWEEN.finditer(plain):
        day, time = read_date(plain[: gap.start()]), read_time(plain[gap.end() :])
        if isinstance(day, date) and time is not None:
            hour, minute = time.split(":")
            return datetime(day.year, day.month, day.day, int(hour), int(minute))  # noqa: DTZ001 - site's local time
    return None


def iso(value: AnyDate) -> str:
    """ISO 8601 of a date, a partial date or a date-time (to the minute)."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
