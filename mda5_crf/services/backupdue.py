"""When a copy of the vault is due, what would be lost without one, and what is said of it at log-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read, read_since
from mda5_crf.db.manifest import Copied, read_manifest
from mda5_crf.services.access import Action
from mda5_crf.services.backups import SECOND, copies, plan_of, same_disk, second_folder
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_OWN_KINDS: Final = frozenset({"backup", "drill", "login", "logout", "view"})


@dataclass(frozen=True, slots=True)
class Exposure:
    """What would be lost with the vault if it were lost now: since when (UTC, None = never copied), how many
    records, over how many minutes.
    """

    since: datetime | None
    records: int
    minutes: int


def exposure(session: Session, *, elsewhere: bool = False) -> Exposure:
    """What was recorded since the newest good copy (``elsewhere``: on another disk).

    Log-ins and the copies themselves do not count.
    """
    last = _last(session, elsewhere=elsewhere)
    vector = {} if last is None else {device: seq for device, (seq, _) in last.heads.items()}
    count, first = read_since.recorded(session.vault.store, vector, _OWN_KINDS)
    minutes = 0 if first is None else max(int((session.trusted_now() - first).total_seconds()) // 60, 0)
    return Exposure(None if last is None else last.made, count, minutes)


def exposure_words(exposed: Exposure, *, elsewhere: bool = False) -> Text:
    """What would be lost, in words; minutes up to two hours, then hours, then days."""
    minutes, away = exposed.minutes, "_away" if elsewhere else ""
    if not exposed.records:
        return message(f"backup.exposure_none{away}")
    if minutes == 1:
        over = message("backup.over_minute")
    elif minutes < 120:
        over = message("backup.over_minutes", count=minutes)
    elif minutes < 2880:
        over = message("backup.over_hours", count=minutes // 60)
    else:
        over = message("backup.over_days", count=minutes // 1440)
    entries = message(
        "backup.entries_one" if exposed.records == 1 else "backup.entries", count=exposed.records
    )
    return message(f"backup.exposure{away}", entries=entries, over=over)


def _last(session: Session, *, elsewhere: bool) -> Copied | None:
    folder = second_folder(session)
    if elsewhere and folder is not None and same_disk(session, folder):
        return None
    for copy in copies(session):
        if copy.state == "good" and (copy.where == SECOND or not elsewhere):
            return read_manifest(copy.path)
    return None


def due(session: Session) -> bool:
    """Whether a copy by schedule is due: the last is older than the plan says, and something was recorded
    since. Never for a demonstration, nor for a person without the right.
    """
    if session.demo or not session.may(Action.BACK_UP):
        return False
    old = exposure(session)
    limit = timedelta(hours=plan_of(session).hours)
    if not old.records:
        return False
    if old.since is None:
        return timedelta(minutes=old.minutes) >= limit
    return session.trusted_now() - old.since >= limit


def last_elsewhere(session: Session) -> datetime | None:
    """When the last copy was put on another disk, by the log, whether that disk is there now or not (UTC)."""
    for row in reversed(read.passages(session.vault.store, "backup")):
        if row.content.get("act") == "made" and row.content.get("second") == "good":
            return row.at
    return None


def warning(session: Session) -> Text | None:
    """What a person should be told at log-in: nothing lies on another disk, or what lies there is old."""
    if session.demo or not session.may(Action.BACK_UP):
        return None
    plan, last = plan_of(session), last_elsewhere(session)
    folder = second_folder(session, plan)
    begun = _begun(session)
    age = session.trusted_now() - (last or begun)
    if age < timedelta(days=plan.days):
        return None
    if folder is not None and same_disk(session, folder):
        return message("backup.warn_same_disk", days=age.days)
    if last is None:
        return message("backup.warn_never" if folder is None else "backup.warn_never_there", days=age.days)
    return message("backup.warn_old", days=age.days)


def _begun(session: Session) -> datetime:
    """When this vault was founded or restored."""
    return next((d.at for d in read.devices(session.vault.store) if d.id == session.device), session.now())
