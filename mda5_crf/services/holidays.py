"""Working days in mainland China: weekends, public holidays, and the weekends that are worked instead.

The days come from ``resources/calendar/cn.toml``, one table for each year's notice of the State Council. Of a
year that has no table nothing is guessed: weekends alone are counted, and :meth:`Calendar.unknown` names it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from mda5_crf.settings import resource
from mda5_crf.text import Text

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """``off``: days off, with the holiday's name; ``worked``: Saturdays and Sundays that are worked.

    ``years`` are those whose notice is known.
    """

    off: Mapping[date, Text]
    worked: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether people are at work on ``day``."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def working_days(self, first: date, last: date) -> int:
        """How many days of work there are from ``first`` to ``last``, both counted; 0 when reversed."""
        return sum(self.is_working(first + n * _DAY) for n in range((last - first).days + 1))

    def last_working_day(self, window: tuple[date, date]) -> date | None:
        """The last day of work in a window (first and last day, both in it); None when it has none."""
        first, day = window
        while day >= first:
            if self.is_working(day):
                return day
            day -= _DAY
        return None

    def holiday(self, day: date) -> Text | None:
        """The public holiday for which ``day`` is off, None for any other day."""
        return self.off.get(day)

    def unknown(self, first: date, last: date) -> tuple[int, ...]:
        """The years from ``first`` to ``last`` of which no public holidays are known, in order."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self.years)


def calendar_of(table: Mapping[str, Any]) -> Calendar:
    """The calendar of a table as it stands in the file. Raises KeyError for what it lacks: our mistake."""
    off: dict[date, Text] = {}
    worked: set[date] = set()
    for year in table.values():
        for holiday in year["holidays"]:
            words = Text(holiday["en"], holiday["zh"])
            span = (holiday["last"] - holiday["first"]).days + 1
            off.update({holiday["first"] + n * _DAY: words for n in range(span)})
            worked.update(holiday["worked"])
    return Calendar(off, frozenset(worked), frozenset(int(year) for year in table))


@cache
def calendar() -> Calendar:
    """The calendar that comes with the program, read once."""
    return calendar_of(tomllib.loads(resource("calendar", "cn.toml").read_text(encoding="utf-8")))
