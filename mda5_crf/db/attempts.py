"""Failed log-ins: five are free, then a wait of 30 s that doubles up to 15 min.

``attempts.json`` is plain and can be deleted by whoever has the folder. It slows a person at the
keyboard; a copied folder is protected by the cost of Argon2id alone. Failures move into the journal
with the next log-in that succeeds. An unknown log-in is never written down: it may be a password
typed into the wrong field.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mda5_crf.db.files import read_bounded, write_whole

FILE_NAME: Final = "attempts.json"
FORMAT: Final = "mda5-crf-attempts/1"
MAX_BYTES: Final = 65536
FREE: Final = 5
FIRST_WAIT: Final = 30
LONGEST_WAIT: Final = 900
_MAX_LOGINS: Final = 200
UNKNOWN: Final = ""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Failures:
    count: int = 0
    first: str = ""
    last: str = ""


@dataclass(slots=True)
class Attempts:
    """The failures of one vault since the last success, by log-in."""

    path: Path
    clock: Clock = utc_now
    _by_login: dict[str, _Failures] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, clock: Clock = utc_now) -> Attempts:
        """Read the file; one that is missing, too large or not understood counts as empty."""
        attempts = cls(folder / FILE_NAME, clock)
        with contextlib.suppress(OSError):
            attempts.take(read_bounded(attempts.path, MAX_BYTES))
        return attempts

    def take(self, data: bytes | None) -> None:
        """Count what the bytes of the file say; what is not understood counts as nothing."""
        self._by_login.clear()
        try:
            known = json.loads(data) if data else None
        except (ValueError, RecursionError):
            return
        if isinstance(known, dict) and known.get("format") == FORMAT:
            self._take(known.get("failures"))

    def wait(self, login: str) -> int:
        """Seconds until ``login`` may be tried again; 0 = now.

        A clock that was set back lengthens no wait beyond its full length.
        """
        failures = self._by_login.get(login)
        if failures is None or failures.count < FREE:
            return 0
        full = min(LONGEST_WAIT, FIRST_WAIT << min(failures.count - FREE, 10))
        try:
            passed = (self.clock() - datetime.fromisoformat(failures.last)).total_seconds()
        except (ValueError, TypeError):
            return 0
        return max(0, min(full, int(full - passed + 0.999)))

    def failed(self, login: str) -> None:
        """Count one failure. Raises OSError when it cannot be written."""
        if login not in self._by_login and len(self._by_login) >= _MAX_LOGINS:
            login = UNKNOWN
        failures = self._by_login.setdefault(login, _Failures())
        failures.count = min(failures.count + 1, 1_000_000)
        failures.last = self.clock().isoformat(timespec="seconds")
        failures.first = failures.first or failures.last
        self.save(self.to_bytes())

    def to_bytes(self) -> bytes:
        """The file."""
        return json.dumps({"format": FORMAT, "failures": self.as_json()}, ensure_ascii=True).encode("ascii")

    def save(self, data: bytes) -> None:
        """Put the file in its place. Raises OSError."""
        write_whole(self.path, data)

    def as_json(self) -> list[dict[str, Any]]:
        """For the journal: one entry per log-in (``""`` = one that this vault does not know)."""
        return [
            {"login": login, "count": f.count, "first": f.first, "last": f.last}
            for login, f in sorted(self._by_login.items())
        ]

    def clear(self) -> None:
        """Forget all: they now stand in the journal. Raises OSError."""
        self._by_login.clear()
        self.path.unlink(missing_ok=True)

    def _take(self, failures: object) -> None:
        for entry in failures if isinstance(failures, list) else ():
            if not isinstance(entry, dict):
                continue
            login, count = entry.get("login"), entry.get("count")
            first, last = entry.get("first"), entry.get("last")
            if not isinstance(login, str) or type(count) is not int or not 0 < count <= 1_000_000:
                continue
            if (
                isinstance(first, str)
                and isinstance(last, str)
                and len(login) <= 32
                and len(first + last) <= 80
            ):
                self._by_login[login] = _Failures(count, first, last)
