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
from datetime import datetime, timedelta
from typing import Final

from mda5_crf.text import Text, message

TOLERANCE: Final = timedelta(minutes=2)
"""Clocks that are kept right by the network step by less."""
BEHIND, JUMPED = "behind", "jumped"
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
    ) -> None:
        """``latest`` is the latest time seen before; without ``steady`` only a clock behind it is noticed."""
        self._wall = wall
        self._steady = steady
        self._anchor: tuple[datetime, float] | None = None
        self._ahead = False
        self._behind = False
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
        self._behind = behind
        if self._ahead and wall - latest <= TOLERANCE:
            self._ahead = False
        if not self._ahead:
            latest = max(latest, wall)
        self.latest = latest
        return max(latest, wall)

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
        if self.wall is None or self.latest is None or not (self._behind or self._ahead):
            return None
        code = "clock.behind" if self._behind else "clock.ahead"
        latest = self.latest.astimezone(self.wall.tzinfo)
        return message(code, wall=self.wall.strftime(_MINUTES), latest=latest.strftime(_MINUTES))
