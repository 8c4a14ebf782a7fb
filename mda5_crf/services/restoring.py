"""Restoring a copy: who may, what is compared, redactions and ended accounts that it does not know of."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.db import backup, emptying, restoring, rows, schema
from mda5_crf.db.accounts import first_day
from mda5_crf.db.attempts import utc_now
from mda5_crf.db.backup import KEYS
from mda5_crf.db.files import trouble
from mda5_crf.db.manifest import Copied, check_files, read_manifest
from mda5_crf.db.place import check_place
from mda5_crf.db.records import Draft, split_id
from mda5_crf.db.redaction import fault
from mda5_crf.db.restoring import COPIED, Accounts, Restored, become_new_device, bring, open_copy
from mda5_crf.db.trust import Trust
from mda5_crf.db.unlock import DATABASE
from mda5_crf.db.vault import OpenVault
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.services import access, backups, peers, whereabouts
from mda5_crf.services.access import Action
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.backups import Copy
    from mda5_crf.services.session import Session

__all__ = [
    "Found", "Outside", "Present", "Restored", "check_target", "declare_copy", "lines", "look", "outside",
    "present_of", "restore", "restore_beside", "words",
]  # fmt: skip
Heads = Mapping[str, tuple[int, str]]
_OF_KEYS = ("device", "certificate", "user", "delegation")
_OTHER = "backup.of_other_vault"

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


# -- before -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A copy before it is restored. ``troubles``: what is wrong with it; ``lost``: what it lacks of the vault
    that is open, device → first and last number; ``strange``: it holds what that vault lacks, which was then
    itself put back, or another record under the same number.
    """

    copy: Copy
    troubles: tuple[Text, ...]
    lost: Mapping[str, tuple[int, int]]
    strange: bool

    @property
    def foreign(self) -> bool:
        """Whether it is of another vault (or of another study, which is another vault too)."""
        return self.copy.state == _OTHER

    @property
    def missing(self) -> int:
        """How many records would be missing."""
        return sum(last - first + 1 for first, last in self.lost.values())


def look(session: Session, path: Path) -> Found:
    """What the copy at ``path`` is, against the vault that is open: read wholly, nothing of it is written.

    ``path`` is its folder, or a file in it. Raises PermissionDenied, StoreError (no copy there).
    """
    session.require(Action.RESTORE)
    copy = backups.copy_at(session, path.parent if path.is_file() else path)
    heads: Heads = {}
    if copy.state in ("good", "older_key"):
        manifest = read_manifest(copy.path)
        heads = {} if manifest is None else manifest.heads
    here = session.vault.journal.heads()
    lost, forked = restoring.compared(heads, here) if heads else ({}, ())
    newer, _ = restoring.compared(here, heads)
    shorter = {device: (first, last) for device, (first, last, _) in lost.items()}
    return Found(copy, backups.check(session, copy), shorter, bool(forked or newer))


def words(found: Found, session: Session) -> tuple[Text, ...]:
    """What is said of a copy before it is restored, line by line."""
    copy = found.copy
    if found.foreign:
        return (message(_OTHER, place=copy.name), message("backup.other_vault_how"))
    made = f"{copy.made.astimezone(session.zone):%Y-%m-%d %H:%M}"
    days, hours = divmod(max(int((session.trusted_now() - copy.made).total_seconds()) // 3600, 0), 24)
    said = [
        message(
            "backup.found",
            name=copy.name,
            made=made,
            days=days,
            hours=hours,
            records=copy.records,
        ),
        *(message("backup.check_bad", name=copy.name, what=one) for one in found.troubles),
    ]
    if not found.troubles:
        older = copy.state == "older_key"
        said.append(message("backup.found_older_key") if older else message("backup.found_whole"))
    if copy.state == "unproved":
        said.append(message("backup.restored_unproved"))
    elif found.missing:
        said.append(message("backup.found_lacks", count=found.missing))
        said += [
            message("backup.found_chain", device=device, first=first, last=last)
            for device, (first, last) in sorted(found.lost.items())
        ]
    else:
        said.append(message("backup.found_all"))
    if found.strange:
        said.append(message("backup.drill_newer"))
    return tuple(said)


@dataclass(frozen=True, slots=True)
class Outside:
    """What can be said of a copy where no vault is open: its manifest, whose seal nobody could check yet.

    ``made`` in UTC, ``records`` 0 of a copy without manifest (``sealed`` False); ``more``: how many older
    copies lie beside it.
    """

    path: Path
    made: datetime
    records: int
    sealed: bool
    more: int

    def words(self) -> tuple[Text, ...]:
        """Said before two persons give their passwords; times as this PC counts them."""
        made = f"{self.made.astimezone():%Y-%m-%d %H:%M}"
        code = "backup.start_found" if self.sealed else "backup.start_found_bare"
        said = [message(code, name=self.path.name, made=made, records=self.records)]
        if self.more:
            said.append(message("backup.start_found_more", count=self.more))
        return tuple(said)


def outside(path: Path) -> Outside:
    """The copy at ``path``: its folder, a file in it, or a stick or folder that holds copies (the newest).

    Every file is compared with the manifest; nothing is written. Raises StoreError (none there, or damaged).
    """
    folder = path.parent if path.is_file() else path
    own = (folder / DATABASE).is_file() and not (folder / "vault.lock").exists()
    try:
        places = [folder] if own else _below(folder)
        found = [(*_made(place), place) for place in places]
    except OSError as error:
        raise trouble(error, folder) from None
    if not found:
        raise StoreError("backup.not_there", place=folder.name or str(folder))
    made, manifest, place = max(found, key=lambda one: (one[0], one[2].name))
    if manifest is not None:
        check_files(place, manifest)
    elif not (place / KEYS).is_file():
        raise StoreError("backup.keys_missing", file=KEYS, place=place.name)
    return Outside(
        place, made, 0 if manifest is None else manifest.records, manifest is not None, len(found) - 1
    )


def _below(folder: Path) -> list[Path]:
    """Copies in a folder, in the folders of vaults on a stick, and in a vault that may be damaged itself."""
    inside = [folder, folder / backup.FOLDER, *sorted(folder.glob("mda5-crf-*"))]
    named = [one / name for one in inside if one.is_dir() for name in backup.copies(one)]
    return [place for place in named if (place / DATABASE).is_file()]


def _made(place: Path) -> tuple[datetime, Copied | None]:
    """When a copy was made, by its manifest; of one without, by its file. Raises StoreError, OSError."""
    manifest = read_manifest(place)
    changed = datetime.fromtimestamp((place / DATABASE).stat().st_mtime, UTC)
    return (changed if manifest is None else manifest.made), manifest


# -- what the copy cannot know -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Present:
    """What the vault as it is now (or a newer copy) knows and an older copy cannot.

    ``people``: id → (active, serial of the certificate); ``redactions``: contents of the records.
    """

    heads: Heads = field(default_factory=dict)
    people: Mapping[str, tuple[bool, int]] = field(default_factory=dict)
    redactions: Sequence[dict[str, Any]] = ()


def present_of(vault: OpenVault) -> Present:
    """What ``vault`` knows now. Raises StoreError."""
    register = vault.register()
    people = {
        key.certificate.person: (key.certificate.person not in register.disabled, key.certificate.serial)
        for key in register.known
        if not key.end
    }
    redactions = [dict(one.data) for one in vault.journal.records(kinds=("redaction",), standing=True)]
    return Present(dict(vault.journal.heads()), people, redactions)


class _Since:
    """What happened after the copy was made, as far as somebody at hand knows it."""

    def __init__(
        self, known: Sequence[Path], present: Present | None, who: tuple[str, str], witnesses: Heads
    ) -> None:
        self._folders = known
        self._who = who
        self._noted = witnesses
        self.known: list[Present] = [] if present is None else [present]

    def may(self, vault: OpenVault, second: str) -> None:
        """Both are who they say; the first may restore, and neither's account was ended since."""
        self.known += [_present_in(folder, self._who, vault.folder) for folder in self._folders]
        day = first_day(vault.now(), vault.meta.zone)
        access.require(vault.certificate.roles(day), Action.RESTORE)
        helper = vault.register().of_person(second)
        if helper is None or not helper.roles(day):
            raise PermissionDenied("backup.restore_second")
        for one in (vault.identity.person, second):
            if not self._active(one):
                raise PermissionDenied("backup.restore_ended")

    def witnesses(self) -> Heads:
        """How far the chains had come, by everybody who knows: newer copies are witnesses too."""
        seen = dict(self._noted)
        for known in self.known:
            for device, head in known.heads.items():
                if device not in seen or seen[device][0] < head[0]:
                    seen[device] = head
        return seen

    def accounts(self, vault: OpenVault) -> Accounts | None:
        """What became of accounts since; None when nobody knows."""
        if not self.known:
            return None
        then = present_of(vault).people
        now = {person: serial for known in self.known for person, (_, serial) in known.people.items()}
        ended = [one for one, (active, _) in then.items() if active and not self._active(one)]
        changed = [
            one
            for one, (active, serial) in then.items()
            if active and one not in ended and now.get(one, 0) > serial
        ]
        unknown = [one for one in now if one not in then and self._active(one)]
        register = vault.register()
        named = {one: who.login for one in (*ended, *changed) if (who := register.of_person(one)) is not None}
        return Accounts(tuple(sorted(ended)), (), tuple(sorted(changed)), tuple(sorted(unknown)), named)

    def _active(self, person: str) -> bool:
        return all(known.people.get(person, (True, 0))[0] for known in self.known)

    def redact(self, vault: OpenVault) -> int:
        """Apply what newer copies say was redacted; how many records were emptied. Raises StoreError."""
        whereabouts.forget(vault)  # where the copied vault lay says nothing of this folder
        contents: dict[str, dict[str, Any]] = {}
        for known in self.known:
            for content in known.redactions:
                contents.setdefault(",".join(content["records"]), content)
        return sum(_apply(vault, content) for content in contents.values())

    def end(self, vault: OpenVault, since: Accounts) -> Accounts:
        """End anew what was ended since. Who is no keeper can only take the slots out of the folder.

        Raises LoginRefused, StoreError.
        """
        if not since.ended:
            return since
        register = vault.register()
        if vault.login in register.keepers():
            said = message("backup.ended_again")
            reason = f"{said.en} / {said.zh}"
            vault.end_accounts(since.ended, signer_password=self._who[1], reason=reason)
            return since
        vault.take_slots([since.logins[person] for person in since.ended])
        return replace(since, locked_out=since.ended)


def _present_in(folder: Path, who: tuple[str, str], beside: Path) -> Present:
    """What another copy (or the vault itself) knows. Raises StoreError, LoginRefused."""
    scratch = Path(tempfile.mkdtemp(prefix="known.", dir=beside))
    try:
        with open_copy(scratch, bring(folder, scratch, log=True), *who) as other:
            return present_of(other)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


# -- doing it ------------------------------------------------------------------------------------------


def restore(
    copy: Path,
    target: Path,
    who: tuple[str, str],
    second: tuple[str, str],
    *,
    witnesses: Heads | None = None,
    known: Sequence[Path] = (),
    present: Present | None = None,
    clock: Callable[[], datetime] = utc_now,
    progress: Progress = _nobody,
) -> Restored:
    """Make a vault of ``copy`` at ``target``, which must not be there yet; nothing is overwritten.

    ``who`` and ``second`` are log-ins and passwords of two persons of the copy, as they were then; the first
    must be an investigator, data manager or administrator. ``witnesses`` are chain heads noted elsewhere;
    those of this PC and of the person are compared anyway. ``known`` are folders of newer copies, or of the
    vault itself, for which ``present`` stands where it is open: what they know of redactions and of ended
    accounts is done here too. Raises PermissionDenied, InputRefused, LoginRefused, StoreError and what
    ``progress`` raises; then ``target`` is as it was.
    """
    since = _Since(known, present, who, witnesses or {})
    return restoring.restore(
        copy, target, who, second,
        may=since.may, prove=_prove, redact=since.redact, accounts=since.accounts, end=since.end,
        witnesses=since.witnesses, clock=clock, progress=progress,
    )  # fmt: skip


def restore_beside(
    session: Session,
    copy: Path,
    target: Path,
    own_password: str,
    second: tuple[str, str],
    progress: Progress = _nobody,
) -> Restored:
    """Restore a copy of the vault that is open, which stays as it is, after a copy of it as it is now.

    Passwords are those of the time of the copy. What this vault knows that the copy does not is done in the
    new folder too. Raises InputRefused (of another vault; a folder inside this one) and as :func:`restore`.
    """
    check_target(session, target)
    chosen = backups.copy_at(session, copy)
    if chosen.state == _OTHER:
        raise InputRefused(_OTHER, place=chosen.name)
    vault = session.vault
    # The copy that is chosen may be the oldest of its class: nothing is thinned out now.
    backups.before(session, "restore", thin=False)
    return restore(
        copy, target, (session.person.login, own_password), second,
        present=present_of(vault), clock=session.now, progress=progress,
    )  # fmt: skip


def check_target(session: Session, target: Path) -> None:
    """Raise InputRefused or StoreError unless something may be restored to ``target``, PermissionDenied."""
    session.require(Action.RESTORE)
    folder, wanted = session.vault.folder.resolve(), target.absolute().resolve()
    if folder in (wanted, *wanted.parents):
        raise InputRefused("backup.target_inside")
    check_place(wanted)


def _prove(vault: OpenVault, progress: Progress) -> Sequence[str]:
    """The codes of what verify finds, each once. Without witnesses: those are compared by themselves."""
    total = sum(seq for seq, _ in vault.journal.heads().values())
    found = verify(
        vault.store,
        authorities=peers.authorities(vault),
        judge=access.judge,
        progress=lambda done: progress(done, total),
    )
    return sorted({trouble.code for trouble in found})


def declare_copy(session: Session, second: tuple[str, str]) -> str:
    """Note that this folder is a copy of one that goes on elsewhere: from now on it is a device of its own.

    Returns the new device's id; bundles go to and come from nobody until the PCs are registered anew.
    Raises PermissionDenied, InputRefused, LoginRefused, StoreError.
    """
    session.require(Action.RESTORE)
    device = become_new_device(session.vault, {"act": COPIED, "parent": session.device}, second)
    session.refresh()
    return device


# -- redactions since ----------------------------------------------------------------------------------


def _apply(vault: OpenVault, content: dict[str, Any]) -> int:
    """Record a redaction anew in this device's chain (both signatures name no device) and empty what is here.

    One that is here already, names what is not here, or is by nobody entitled does nothing.
    """
    named = [place for one in content["records"] if (place := split_id(str(one))) is not None]
    trust = Trust(peers.authorities(vault))
    for record in sorted(vault.journal.records(kinds=_OF_KEYS), key=lambda one: one.stamp):
        trust.learn(record)
    with vault.journal.begin() as tx:
        here = [place for place in named if rows.get_record(tx, *place) is not None]
        done = {(row["device"], row["seq"]) for row in tx.find(schema.redaction)}
        if not here or set(here) <= done:
            return 0
        lawful = {**content, "records": [f"{device}:{seq}" for device, seq in named]}
        (record,) = vault.journal.write(tx, [Draft("redaction", "", lawful)], vault.now())
        if fault(record, trust, partial(rows.get_record, tx)) is not None:
            raise StoreError("backup.redaction_false")
        return len(emptying.empty(vault.store, tx, lambda: trust))


# -- what is said --------------------------------------------------------------------------------------


def lines(done: Restored) -> tuple[Text, ...]:
    """The report of a restore, line by line."""
    said = [message("backup.restored", place=done.folder.name, records=done.records, device=done.device)]
    if done.made is None:
        said.append(message("backup.restored_unproved"))
    for device, (first, last, _) in sorted(done.lost.items()):
        said.append(message("backup.lost", device=device, first=first, last=last, count=last - first + 1))
    for device in done.forked:
        said.append(message("backup.forked", device=device))
    if not done.lost and not done.forked:
        said.append(message("backup.nothing_lost" if done.witnessed else "backup.no_witness"))
    if done.redacted:
        said.append(message("backup.redacted", count=done.redacted))
    if done.troubles:
        said.append(message("backup.restored_troubles", codes=", ".join(done.troubles)))
    said += _account_lines(done)
    said.append(message("backup.new_device", device=done.device, parent=done.parent))
    return tuple(said)


def _account_lines(done: Restored) -> list[Text]:
    """What became of accounts; by log-ins, which the register of the restored vault knows."""
    since = done.accounts
    if since is None:
        return [message("backup.accounts_unknown")]
    if since == Accounts():
        return [message("backup.accounts_same")]
    said = []
    for code, persons in (
        ("ended", tuple(one for one in since.ended if one not in since.locked_out)),
        ("locked_out", since.locked_out),
        ("changed", since.changed),
    ):
        if persons:
            logins = ", ".join(since.logins.get(one, one) for one in persons)
            said.append(message(f"backup.accounts_{code}", logins=logins))
    if since.unknown:
        said.append(message("backup.accounts_admitted", count=len(since.unknown)))
    return said
