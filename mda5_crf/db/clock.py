"""Time: what the wall says, and the order that does not depend on it.

Order comes from the chains and from ``clock``, a Lamport clock: one more than the highest number
known. The wall clock is written down for people, as UTC with the zone's name and offset beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# A foreign clock this far above everything known would win every conflict for ever: set aside.
MAX_CLOCK_LEAD: Final = 1_000_000
JUMP: Final = timedelta(minutes=10)


def utc_now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=16)
def zone_info(zone: str) -> ZoneInfo:
    """The zone of that IANA name. Raises zoneinfo.ZoneInfoNotFoundError (a KeyError)."""
    return ZoneInfo(zone)


def stamp(at: datetime, zone: str) -> tuple[str, str]:
    """``at`` (aware) as recorded: ``2026-11-23T04:31:20.123Z`` and ``Asia/Shanghai +08:00``."""
    # Both end in an offset, "+00:00" and the zone's: cheaper to cut than to format.
    utc = at.astimezone(UTC).isoformat(timespec="milliseconds")
    there = at.astimezone(zone_info(zone)).isoformat(timespec="minutes")
    return f"{utc[:-6]}Z", f"{zone} {there[16:22]}"


def read_at(at: str) -> datetime:
    """The UTC time of a record. Raises ValueError for text that :func:`stamp` did not write."""
    if len(at) != 24 or at[10] != "T" or at[19] != "." or at[23] != "Z":
        raise ValueError("not a time of a record")
    return datetime.fromisoformat(at)


@lru_cache(maxsize=1024)
def local(at: str, zone: str) -> datetime:
    """A record's time as its author's wall clock showed it (fixed offset). Raises ValueError."""
    _, _, offset = zone.rpartition(" ")
    sign = -1 if offset.startswith("-") else 1
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    return read_at(at).astimezone(timezone(sign * timedelta(hours=hours, minutes=minutes)))


@dataclass(slots=True)
class ClockWatch:
    """Notices a wall clock that cannot be right. It flags; entry goes on.

    ``earliest`` is the build date or the newest bundle's making, whichever is later; ``last`` the time
    of the newest own record; ``monotonic`` counts seconds since some start.
    """

    earliest: datetime | None = None
    last: datetime | None = None
    monotonic: Callable[[], float] = time.monotonic
    _anchor: tuple[datetime, float] | None = None

    def judge(self, now: datetime) -> str:
        """Look at the clock: "" when nothing is odd, else "before_last", "jumped" or "too_early"."""
        ticks = self.monotonic()
        flag = ""
        if self.earliest is not None and now < self.earliest:
            flag = "too_early"
        elif self.last is not None and now < self.last:
            flag = "before_last"
        elif self._anchor is not None:
            expected = self._anchor[0] + timedelta(seconds=ticks - self._anchor[1])
            if abs(now - expected) > JUMP:
                flag = "jumped"
        self._anchor = (now, ticks)
        self.last = now if self.last is None else max(self.last, now)
        return flag
