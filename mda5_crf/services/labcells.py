"""What stands in one cell of a laboratory's sheet: results with flags, units, ranges, dates with times."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from mda5_crf.study.folding import narrow
from mda5_crf.study.moments import read_date, read_datetime

_FLAG: Final = re.compile(r"(.*?[0-9)+阴阳性])\s*(↑+|↓+|[HL]{1,2}|\*)", re.IGNORECASE | re.DOTALL)
_STARRED: Final = re.compile(r"(\*|↑+|↓+)\s*(.+)", re.DOTALL)
_POWER: Final = re.compile(r"10\s*[*E]\s*(?=[0-9])", re.IGNORECASE)
_SPAN: Final = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s*(?:-{1,2}|~|～|至|to)\s*([0-9]+(?:\.[0-9]+)?)(.*)", re.DOTALL
)
_BELOW: Final = re.compile(r"(?:<=?|≤)\s*([0-9]+(?:\.[0-9]+)?)(.*)", re.DOTALL)
_ABOVE: Final = re.compile(r"(?:>=?|≥)\s*([0-9]+(?:\.[0-9]+)?)(.*)", re.DOTALL)
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?")


def result(text: str) -> tuple[str, str]:
    """A result and the flag that stood with it: ``12.5 ↑`` → ``12.5``, ``↑``."""
    plain = text.strip()
    before = _STARRED.fullmatch(plain)
    if before is not None:
        plain, flag = before[2], before[1]
    else:
        flag = ""
    behind = _FLAG.fullmatch(plain)
    if behind is not None:
        return behind[1].strip(), flag or behind[2]
    return plain, flag


def unit(text: str) -> str:
    """A unit with powers of ten as the definition may write them: ``10*9/L``, ``10E9/L`` → ``10^9/L``."""
    return _POWER.sub("10^", text.strip())


def limits(text: str) -> tuple[str, str]:
    """Lower and upper limit of a range, "" for an open end; both "" for what is no such range."""
    plain = narrow(text).strip("()[] ")
    span = _SPAN.fullmatch(plain)
    if span is not None:
        return span[1], span[2]
    below, above = _BELOW.fullmatch(plain), _ABOVE.fullmatch(plain)
    if below is not None:
        return "", below[1]
    return (above[1], "") if above is not None else ("", "")


def moment(text: str) -> tuple[date | None, str]:
    """The day of a cell and the time behind it (``HH:MM``, "" for none or midnight, which sheets make up)."""
    plain = narrow(text).replace("T", " ")
    whole = read_date(plain)
    if isinstance(whole, date) and not isinstance(whole, datetime):
        return whole, ""
    day_part, _, rest = plain.partition(" ")
    day = read_date(day_part)
    clock = time(rest)
    if not isinstance(day, date) or not clock:
        found = read_datetime(plain)
        return (found.date(), f"{found:%H:%M}") if isinstance(found, datetime) else (None, "")
    return day, "" if clock == "00:00" else clock


def time(text: str) -> str:
    """``HH:MM`` of a cell, "" for what is no time of day."""
    found = _CLOCK.fullmatch(narrow(text))
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return ""
    return f"{int(found[1]):02}:{found[2]}"
