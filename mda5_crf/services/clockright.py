"""What is known of the PC's clock, and putting it right: two persons declare the wall clock to be right.

A clock that once ran far ahead has been *seen*: deadlines count from it for ever: nobody may gain time by
setting a clock back. Only an administrator with an investigator (or a second administrator) ends that, by a
record with a reason. No time of any record changes: order comes from the chains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mda5_crf.db import clock, read, read_site
from mda5_crf.db.consents import CORRECTED, SECOND
from mda5_crf.db.records import Draft
from mda5_crf.db.vault import OpenVault
from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class ClockNote:
    """Something that was recorded of the clock. ``flag``: behind, jumped, stale or corrected."""

    flag: str
    words: Text
    at: datetime
    wall: datetime
    latest: datetime
    person: str
    second: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock now. Times are aware; ``zone`` is the site's, with its offset. ``later``: own records whose
    time has not come yet.
    """

    wall: datetime
    zone: str
    seen: datetime | None
    earliest: datetime | None
    later: int
    warning: Text | None
    notes: tuple[ClockNote, ...]


def earliest(vault: OpenVault, built: datetime | None) -> datetime | None:
    """The time before which no right clock can be: the newest bundle's making, or the program's."""
    made = read_site.newest_made(vault.store, vault.meta.device)
    return max((one for one in (made, built) if one is not None), default=None)


def state(session: Session) -> ClockState:
    """What is known of the clock, newest note first. Anybody may look."""
    session.check_clock()
    store, device = session.vault.store, session.vault.station
    wall = session.now()
    there = wall.astimezone(session.zone)
    return ClockState(
        there, f"{session.vault.meta.zone} {there:%z}", session.clock_seen, session.clock_earliest,
        read_site.dated_after(store, device, wall), session.clock_warning, _notes(session),
    )  # fmt: skip


def correct(session: Session, reason: str, second: tuple[str, str]) -> str:
    """Declare that the PC's clock is right now; returns the id of the record.

    ``second`` is (log-in, password) of another person. Raises PermissionDenied, InputRefused, LoginRefused,
    StoreError.
    """
    from mda5_crf.services.wrongplace import consented

    session.require(Action.CORRECT_CLOCK)
    if not reason.strip():
        raise InputRefused("clock.reason_needed")
    wall, seen = session.now(), session.clock_seen
    content = {
        "flag": CORRECTED, "wall": _seconds(wall), "latest": _seconds(seen or wall),
        "reason": {"code": "CLOCK", "text": reason.strip()},
    }  # fmt: skip
    draft = consented(session, Draft("clock", "", content), second)
    records = session.append([draft])
    read_site.note_time(session.vault.store, wall, session.vault.station)
    session.clock_is_right()
    return records[0].id


def _seconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _notes(session: Session) -> tuple[ClockNote, ...]:
    names = {person.person: person.name for person in read.persons(session.vault.store)}
    found = []
    for row in reversed(read.clock_notes(session.vault.store)):
        content = row.content
        second, reason = content.get(SECOND), content.get("reason")
        other = str(second.get("person", "")) if isinstance(second, dict) else ""
        flag = str(content.get("flag", ""))
        known = flag if flag in ("behind", "jumped", "stale", CORRECTED) else "other"
        found.append(
            ClockNote(
                flag, message(f"clock.note_{known}"), row.at, _time(content, "wall", row.at),
                _time(content, "latest", row.at), names.get(row.person, row.person), names.get(other, other),
                str(reason.get("text", "")) if isinstance(reason, dict) else "",
            )
        )  # fmt: skip
    return tuple(found)


def _time(content: dict[str, object], name: str, instead: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(str(content.get(name, "")))
    except ValueError:
        return instead
    return found if found.tzinfo is not None else instead


def reset_watch(vault: OpenVault) -> None:
    """The journal's own watch begins anew."""
    vault.journal.watch = clock.ClockWatch()
    vault.journal.clock_warning = None
