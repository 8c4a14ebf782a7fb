"""Copies of the vault: where they lie, making and checking them, and the log of it (``backupdue.py``: when).

A copy lies in ``backups/`` of the vault and, where a person has named one, in a folder on another disk or
stick. What protects against the loss of the PC is only a copy on another disk: that is what is warned of.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import CanonError, canon, parse_canon, same
from mda5_crf.db import backup, read, schema
from mda5_crf.db.files import sync_folder, trouble
from mda5_crf.db.manifest import MANIFEST, Copied, check_files, hash_of, read_manifest
from mda5_crf.db.records import Draft
from mda5_crf.db.rotation import expired
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.services import access, peers
from mda5_crf.services.access import Action
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

HERE, SECOND, OTHER = "here", "second", "other"
AUTO, HAND = "auto", "hand"
STEPS: Final = ("take", "key", "migrate", "restore", "redact", "move", "definition")
"""Risky steps; each is the class of the copy made before it."""
HOURS, DAYS = 24, 7
_HOURS: Final = (1, 24 * 31)
_DAYS: Final = (1, 90)
_SETTINGS: Final = "backup"
_STALE: Final = "backup_stale"
_ALL: Final = 1_000_000

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What persons have set for this vault: a copy every ``hours``, a warning after ``days`` without a copy
    on another disk, and the folder there ("" = none).
    """

    hours: int = HOURS
    days: int = DAYS
    place: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. ``where`` HERE, SECOND or OTHER (a folder somebody named), ``state`` "good", "older_key",
    "unproved" (made by a version without manifests) or the code of what is wrong; times in UTC; ``records``
    of all chains.
    """

    path: Path
    where: str
    made: datetime
    reason: str
    size: int
    records: int
    state: str

    @property
    def name(self) -> str:
        """The copy's folder."""
        return self.path.name

    @property
    def good(self) -> bool:
        """Whether this vault's persons can open it, as far as its manifest says."""
        return self.state in ("good", "unproved")


# -- what is set ---------------------------------------------------------------------------------------


def plan_of(session: Session) -> Plan:
    """What is set; what was never set is as :class:`Plan` says."""
    try:
        facts = parse_canon(session.vault.store.meta(_SETTINGS) or b"{}")
        return Plan(int(facts.get("hours", HOURS)), int(facts.get("days", DAYS)), str(facts.get("place", "")))
    except (CanonError, AttributeError, TypeError, ValueError):
        return Plan()


def set_plan(session: Session, plan: Plan) -> None:
    """Keep ``plan`` inside the vault. Raises PermissionDenied, InputRefused, StoreError.

    The place must be a folder that is there, outside the vault; it is not written into the journal (a path
    often names a person).
    """
    session.require(Action.BACK_UP)
    if not _HOURS[0] <= plan.hours <= _HOURS[1] or not _DAYS[0] <= plan.days <= _DAYS[1]:
        raise InputRefused("backup.plan_range", hours=_HOURS[1], days=_DAYS[1])
    if plan.place:
        place, vault = Path(plan.place), session.vault.folder
        if not place.is_dir():
            raise InputRefused("backup.place_missing", place=place.name or plan.place)
        if vault.resolve() in (place.resolve(), *place.resolve().parents):
            raise InputRefused("backup.place_inside")
    facts = {"hours": plan.hours, "days": plan.days, "place": plan.place}
    about = {"act": "plan", "hours": plan.hours, "days": plan.days, "second": bool(plan.place)}
    session.vault.journal.append(
        [Draft("backup", "", about, definition=session.study.hash)],
        at=session.now(),
        also=lambda tx: session.vault.store.set_meta(tx, _SETTINGS, canon(facts)),
    )


def second_folder(session: Session, plan: Plan | None = None) -> Path | None:
    """Where this vault's copies lie at the second place; None when none is set."""
    place = (plan or plan_of(session)).place
    return Path(place) / f"mda5-crf-{session.vault.meta.vault[:8]}" if place else None


def same_disk(session: Session, place: Path) -> bool:
    """Whether ``place`` lies on the disk of the vault and is lost with it. False when it is not there."""
    try:
        return place.stat().st_dev == session.vault.folder.stat().st_dev
    except OSError:
        return False


# -- making --------------------------------------------------------------------------------------------


def make(session: Session, reason: str = HAND, progress: Progress = _nobody) -> Copy:
    """A copy now, here and at the second place, opened and compared, and recorded.

    That the second place is not there is no failure: the record says so. Raises PermissionDenied, StoreError
    and what ``progress`` raises; then there is no new copy.
    """
    session.require(Action.BACK_UP)
    vault = session.vault
    name, now = _name(session, reason)
    place = backup.back_up(vault.store, vault.folder, name, reason=reason, now=now, progress=progress)
    made = _copy(session, place, HERE)
    second = _carry(session, place)
    content = {
        "act": "made",
        "name": name,
        "reason": reason,
        "records": made.records,
        "bytes": made.size,
        "second": second,
        "sha256": hash_of(place / MANIFEST),
    }
    session.append([Draft("backup", "", content)])
    return made


def before(session: Session, step: str, *, thin: bool = True) -> Path:
    """A copy before a risky step (one of STEPS), opened and compared; whoever may take the step needs no
    right to back up. ``thin``: older ones of that class go. Raises StoreError: then it must not be taken.
    """
    if step not in STEPS:
        raise ValueError("not one of the steps")
    name, now = _name(session, step)
    kept = backup.KEPT if thin else _ALL
    return backup.back_up(session.vault.store, session.vault.folder, name, kept, now=now)


def _name(session: Session, kind: str) -> tuple[str, datetime]:
    """A name that no copy has, also where the clock stands still or was set back, and the time in UTC."""
    now = stamp = session.now().astimezone(UTC)
    while (session.vault.folder / backup.FOLDER / f"{kind}_{stamp:%Y%m%dT%H%M%S%fZ}").exists():
        stamp += timedelta(microseconds=1)
    return f"{kind}_{stamp:%Y%m%dT%H%M%S%fZ}", now


def _carry(session: Session, place: Path) -> str:
    """Copy a copy to the second place; what became of it, as a code."""
    folder = second_folder(session)
    if folder is None:
        return "none"
    if not folder.parent.is_dir():
        return "absent"
    target = folder / place.name
    part = target.with_name(target.name + backup.PART)
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        backup.clear_parts(folder)
        shutil.copytree(place, part)
        manifest = read_manifest(part)
        for path in part.iterdir():
            backup.sync_file(path)
        if manifest is not None:
            check_files(part, manifest)
        part.rename(target)
        sync_folder(folder)
    except (OSError, StoreError):
        shutil.rmtree(part, ignore_errors=True)
        return "failed"
    if session.vault.store.meta(_STALE):
        _drop_stale(session, folder, place.name)
    _tidy(session, folder, place.name.partition("_")[0])
    return "same_disk" if same_disk(session, folder) else "good"


def after_redaction(session: Session, fresh: Path) -> None:
    """Content was taken back: ``fresh``, a copy without it, replaces all copies at the second place.

    Where that is not there now, or cannot be written, it is done with the next copy that gets there.
    Raises StoreError.
    """
    if second_folder(session) is None:
        return
    with session.vault.store.transaction() as tx:
        session.vault.store.set_meta(tx, _STALE, b"1")
    _carry(session, fresh)


def stale(session: Session) -> bool:
    """Whether copies at the second place still hold what was taken back here."""
    return bool(session.vault.store.meta(_STALE))


def _drop_stale(session: Session, folder: Path, fresh: str) -> None:
    """Remove this vault's copies but the fresh one; what cannot be removed is tried again next time."""
    left = False
    for name in backup.copies(folder):
        if name != fresh and _is_own(session, folder / name):
            shutil.rmtree(folder / name, ignore_errors=True)
            left = left or (folder / name).exists()
    if not left:
        with session.vault.store.transaction() as tx:
            tx.delete(schema.meta, name=_STALE)


def _is_own(session: Session, place: Path) -> bool:
    """Whether a copy at the second place is of this vault. The folder bears the vault's number; a copy that
    says that it is of another one stays.
    """
    try:
        manifest = read_manifest(place)
    except StoreError:
        return True  # damaged: whoever mends it would find what was taken back
    return manifest is None or manifest.vault == session.vault.meta.vault


def _tidy(session: Session, folder: Path, kind: str) -> None:
    """Copies at the second place: thinned out as here, and none under a key that was renewed."""
    names = backup.copies(folder)
    old = set(expired(names, kind, backup.KEPT))
    for name in names:
        try:
            manifest = read_manifest(folder / name)
        except StoreError:
            continue
        own = manifest is not None and manifest.vault == session.vault.meta.vault
        if own and (name in old or (manifest is not None and manifest.gen < session.vault.meta.gen)):
            shutil.rmtree(folder / name, ignore_errors=True)


# -- looking -------------------------------------------------------------------------------------------


def copies(session: Session) -> tuple[Copy, ...]:
    """All copies of this vault that can be reached now, the newest first."""
    found = [
        copy
        for where, folder in ((HERE, session.vault.folder / backup.FOLDER), (SECOND, second_folder(session)))
        if folder is not None
        for name in backup.copies(folder)
        if (copy := copy_or_none(session, folder / name, where)) is not None
    ]
    return tuple(sorted(found, key=lambda copy: (copy.made, copy.name, copy.where), reverse=True))


def copy_at(session: Session, folder: Path) -> Copy:
    """The copy in ``folder``, wherever that is. Raises StoreError when there is none."""
    for copy in copies(session):
        if copy.path.resolve() == folder.resolve():
            return copy
    if not (folder / "study.db").is_file() and not (folder / MANIFEST).is_file():
        raise StoreError("backup.not_there", place=folder.name or str(folder))
    try:
        return _copy(session, folder, OTHER)
    except OSError as error:
        raise trouble(error, folder) from None


def copy_or_none(session: Session, path: Path, where: str) -> Copy | None:
    """The copy at ``path``, as it stands; None where it cannot be read."""
    try:
        return _copy(session, path, where)
    except OSError:
        return None


def _copy(session: Session, path: Path, where: str) -> Copy:
    try:
        manifest = read_manifest(path)
    except StoreError as error:
        return Copy(path, where, _time_of(path), path.name.partition("_")[0], 0, 0, error.code)
    if manifest is None:
        size = sum(one.stat().st_size for one in path.iterdir() if one.is_file())
        return Copy(path, where, _time_of(path), path.name.partition("_")[0], size, 0, "unproved")
    state = "good"
    if manifest.vault != session.vault.meta.vault:
        state = "backup.of_other_vault"
    elif manifest.gen != session.vault.meta.gen:
        state = "older_key"
    elif not same(session.vault.store.keyed_mac(manifest.body), manifest.mac):
        state = "backup.manifest_false"
    elif any(not _has_size(path / name, size) for name, (size, _) in manifest.files.items()):
        state = "backup.file_differs"
    return Copy(path, where, manifest.made, manifest.reason, manifest.size, manifest.records, state)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _time_of(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def check(session: Session, copy: Copy) -> tuple[Text, ...]:
    """Read all of a copy: files against the manifest, pages, ends of the chains; and verify from first
    principles. What is wrong, in words; nothing when it is whole. Writes nothing of the copy.

    Raises PermissionDenied.
    """
    session.require(Action.BACK_UP)
    try:
        manifest = read_manifest(copy.path)
        if manifest is not None:
            check_files(copy.path, manifest)
            if copy.state not in ("good", "older_key"):
                return (message(copy.state, place=copy.name, file=""),)
        if copy.state == "older_key":
            return ()
        return _verify(session, copy, manifest)
    except StoreError as error:
        return (error.text,)


def _verify(session: Session, copy: Copy, manifest: Copied | None) -> tuple[Text, ...]:
    """On a copy of the copy: SQLite writes beside a file it opens."""
    scratch = session.vault.folder / backup.FOLDER / f"check{backup.PART}"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        scratch.mkdir(parents=True, mode=0o700)
        shutil.copyfile(copy.path / "study.db", scratch / "study.db")
        store = session.vault.store.twin(scratch / "study.db")
        try:
            heads = read.heads(store)
            if manifest is not None and heads != dict(manifest.heads):
                return (message("backup.manifest_false", place=copy.name),)
            believed = peers.authorities(session.vault)
            found = verify(store, heads, authorities=believed, judge=access.judge)
            return tuple(one.text for one in found)
        finally:
            store.close()
    except OSError as error:
        return (trouble(error, copy.path).text,)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def why(copy: Copy) -> Text:
    """Why a copy was made, in words."""
    known = copy.reason in (AUTO, HAND, *STEPS)
    return message(f"backup.why_{copy.reason}" if known else "backup.why_other")


def state_words(copy: Copy) -> Text:
    """How a copy stands, in a word or two."""
    known = copy.state in ("good", "unproved", "older_key")
    return message(f"backup.state_{copy.state}" if known else "backup.state_bad")


def log(session: Session) -> tuple[tuple[datetime, str, dict[str, object]], ...]:
    """Copies, restores and drills as the journal has them, newest first: time, kind, content."""
    session.require(Action.BACK_UP)
    rows = [
        (row.at, row.kind, dict(row.content))
        for kind in ("backup", "restore", "drill")
        for row in read.passages(session.vault.store, kind)
    ]
    # Of the same minute the later one first: sorting keeps their order, so the whole is turned round.
    rows.sort(key=lambda row: row[0])
    return tuple(reversed(rows))
