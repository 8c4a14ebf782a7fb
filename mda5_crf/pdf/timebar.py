"""Bars on a line of time: windows, target days, days on which something took place. Told apart by shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mda5_crf.pdf.fonts import REGULAR, width
from mda5_crf.pdf.ink import FAINT, HAIRLINE, SECOND, TEXT, TINY, Box, Ink, Rule, Shape, words

_BAR = "#c3cbd0"
_HEAD = 20.0  # height of the axis' heading
_APART = 6.0  # between the names of two months


@dataclass(frozen=True, slots=True)
class Axis:
    """Days from ``first`` to ``last`` on ``room`` points. ``off``: spans of public holidays."""

    first: date
    last: date
    today: date
    room: float
    off: Sequence[tuple[date, date]] = ()

    def at(self, day: date) -> float:
        """Where a day begins; days beyond an end stand at that end."""
        whole = max((self.last - self.first).days + 1, 1)
        part = min(max((day - self.first).days, 0), whole)
        return part * self.room / whole

    def heading(self) -> list[Ink]:
        """Months with their names as far as there is room, holidays as dark bands above."""
        inks: list[Ink] = []
        free = 0.0
        for month in self._months():
            x = self.at(month)
            inks.append(Rule(x, 8.0, x, _HEAD, FAINT, 0.5))
            name = month.strftime("%Y-%m")
            if x + 2.0 >= free and x + 2.0 + width(name, REGULAR, TINY) <= self.room:
                inks.append(words(x + 2.0, 16.0, name, size=TINY, colour=SECOND))
                free = x + 2.0 + width(name, REGULAR, TINY) + _APART
        for first, last in self.off:
            inks.append(
                Box(self.at(first), 1.0, max(self.at(last + _DAY) - self.at(first), 0.8), 4.0, "", TEXT)
            )
        return inks

    def _months(self) -> list[date]:
        month = self.first.replace(day=1)
        found = []
        while month <= self.last:
            if month >= self.first:
                found.append(month)
            month = (month + timedelta(days=32)).replace(day=1)
        return found

    def line(
        self,
        height: float,
        bars: Sequence[tuple[date, date]],
        targets: Sequence[date] = (),
        done: Sequence[date] = (),
    ) -> list[Ink]:
        """What stands on one line of the calendar, back to front."""
        inks: list[Ink] = [
            Rule(self.at(m), -2.0, self.at(m), height + 2.0, HAIRLINE, 0.3) for m in self._months()
        ]
        for first, last in bars:
            if last >= self.first and first <= self.last:
                wide = max(self.at(last + _DAY) - self.at(first), 1.5)
                inks.append(Box(self.at(first), height / 2 - 3.5, wide, 7.0, SECOND, _BAR))
        for day in targets:
            if self.first <= day <= self.last:
                x = self.at(day)
                inks.append(Rule(x, height / 2 - 5.0, x, height / 2 + 5.0, TEXT, 1.0))
        if self.first <= self.today <= self.last:
            x = self.at(self.today)
            inks.append(Shape(((x, -2.0), (x, height + 2.0)), TEXT, "", 0.6, False, (2.0, 1.5)))
        for day in done:
            if self.first <= day <= self.last:
                x, y = self.at(day), height / 2
                inks.append(
                    Shape(((x - 3.4, y), (x, y - 3.4), (x + 3.4, y), (x, y + 3.4)), "", TEXT, 0.0, True)
                )
        return inks


_DAY = timedelta(days=1)
HEAD = _HEAD
