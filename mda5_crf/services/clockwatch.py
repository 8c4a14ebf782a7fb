"""A wall clock that may be wrong: what time it is at the earliest, and when the clock was changed.

Two witnesses that nobody sets: the counter of the running PC, and the latest time this vault has seen (its
newest record, and a heartbeat kept in the encrypted file). A clock that lies behind what was already seen,
or that jumps against the counter, is said and recorded; entry goes on. Deadlines count with the later of
the two, so that nobody gains time by setting a clock back. A clock that jumped ahead is not believed as
*seen*: once it is set right again, nothing stays of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from mda5_crf.text import Text, message

TOLERANCE: Final = timedelta(minutes=2)
"""Clocks that are kept right by the network step by less."""
BEHIND, JUMPED, STALE = "behind", "jumped", "stale"
BUILT: Final = datetime(2026, 8, 1, tzinfo=UTC)
"""This program did not exist before: no clock that is right shows an earlier time."""
_MINUTES: Final = "%Y-%m-%d %H:%M"


def steady_seconds() -> float:
    """Seconds of a counter that nobody sets and that goes on while the PC sleeps, if the system has one."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere the monotonic clock counts sleep already
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something to record: the flag, what the wall clock says, what was to be expected at least."""

    flag: str
    wall: datetime
    latest: datetime


class ClockWatch:
    """Looks at the wall clock whenever it is asked to. Times are aware; pure but for the two clocks."""

    def __init__(
        self,
        wall: Callable[[], datetime],
        latest: datetime | None = None,
        steady: Callable[[], float] | None = None,
        earliest: datetime | None = None,
    ) -> None:
        """``latest`` is the latest time seen before; without ``steady`` only a clock behind it is noticed.

        ``earliest``: when the newest bundle taken was made, or the program. A clock before that is said, but
        deadlines do not count from it: the other PC's clock may be the wrong one.
        """
        self._wall = wall
        self._steady = steady
        self._anchor: tuple[datetime, float] | None = None
        self._ahead = False
        self._behind = False
        self._stale = False
        self.earliest = earliest
        self.zone: tzinfo | None = None
        """The zone in which people are told times; None = that of the wall clock."""
        self.latest = latest
        self.wall = latest
        self.event: ClockEvent | None = None

    def look(self) -> datetime:
        """The time that counts, in the zone of the wall clock: the later of wall clock and latest seen.

        ``event`` is then what has just become odd, or None.
        """
        wall = self._wall()
        ticks = 0.0 if self._steady is None else self._steady()
        self.event = None
        if self._anchor is not None:
            self._advance(wall, ticks)
        self._anchor = (wall, ticks)
        self.wall = wall
        latest = wall if self.latest is None else self.latest
        behind = wall < latest - TOLERANCE
        if behind and not self._behind and self.event is None:
            self.event = ClockEvent(BEHIND, wall, latest)
        stale = self.earliest is not None and wall < self.earliest - TOLERANCE
        if stale and not self._stale and self.event is None and self.earliest is not None:
            self.event = ClockEvent(STALE, wall, self.earliest)
        self._behind, self._stale = behind, stale
        if self._ahead and wall - latest <= TOLERANCE:
            self._ahead = False
        if not self._ahead:
            latest = max(latest, wall)
        self.latest = latest
        return max(latest, wall)

    def put_right(self, earliest: datetime | None) -> None:
        """The wall clock was declared right: what was seen before counts no longer."""
        self.latest = self.wall = self._anchor = None
        self._ahead = self._behind = self._stale = False
        self.event = None
        self.earliest = earliest
        self.look()

    def _advance(self, wall: datetime, ticks: float) -> None:
        """Let the counter carry on what was seen, and compare the wall clock with it."""
        assert self._anchor is not None
        if self._steady is None:
            return
        passed = timedelta(seconds=max(0.0, ticks - self._anchor[1]))
        if self.latest is not None:
            self.latest += passed
        expected = self._anchor[0] + passed
        if abs(wall - expected) > TOLERANCE:
            self.event = ClockEvent(JUMPED, wall, expected)
            self._ahead = self._ahead or wall > expected

    @property
    def warning(self) -> Text | None:
        """What is odd now, in words: a clock behind what was seen, or ahead of the counter."""
        if self.wall is None or self.latest is None or not (self._behind or self._ahead or self._stale):
            return None
        code = "clock.behind" if self._behind else "clock.ahead" if self._ahead else "clock.stale"
        latest = self.earliest if code == "clock.stale" and self.earliest is not None else self.latest
        return message(code, wall=self._told(self.wall), latest=self._told(latest))

    def _told(self, at: datetime) -> str:
        """A time with the offset of its zone, so that nobody has to guess which wall it hung on."""
        assert self.wall is not None
        there = at.astimezone(self.zone or self.wall.tzinfo)
        return f"{there:{_MINUTES}} (UTC{there:%z})"
