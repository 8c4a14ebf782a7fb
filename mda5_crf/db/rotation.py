"""Which copies of a vault have had their time.

Copies made on a schedule or by hand stay as the newest of a day for 7 days, of a week for 4 weeks, of a month
for 12 months; today's stay all, five at most. Of every other class (before a bundle, a new key, a restore …)
the newest five stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

DAYS, WEEKS, MONTHS = 7, 4, 12
TODAYS: Final = 5
THINNED: Final = frozenset({"auto", "hand"})
_DATE: Final = re.compile(r"^[a-z]+_(\d{4})(\d{2})(\d{2})T")


def expired(names: Sequence[str], kind: str, kept: int) -> list[str]:
    """The copies among ``names`` to be removed after one of class ``kind`` was made."""
    if kind not in THINNED:
        found = sorted(name for name in names if name.startswith(kind + "_"))
        return found[:-kept] if kept else found
    dated = sorted(
        ((day, name) for name in names if name.partition("_")[0] in THINNED and (day := _day(name))),
        key=lambda pair: pair[1].partition("_")[2],
        reverse=True,
    )
    keep: set[str] = set()
    if dated:
        keep |= {name for day, name in dated if day == dated[0][0]} - {
            name for _, name in [one for one in dated if one[0] == dated[0][0]][TODAYS:]
        }
    for count, period in ((DAYS, _of_day), (WEEKS, _of_week), (MONTHS, _of_month)):
        newest: dict[tuple[int, ...], str] = {}
        for day, name in dated:
            newest.setdefault(period(day), name)
        keep |= set(list(newest.values())[:count])
    return [name for _, name in dated if name not in keep]


def _day(name: str) -> date | None:
    found = _DATE.match(name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _of_day(day: date) -> tuple[int, ...]:
    return day.year, day.month, day.day


def _of_week(day: date) -> tuple[int, ...]:
    return day.isocalendar()[:2]


def _of_month(day: date) -> tuple[int, ...]:
    return day.year, day.month
