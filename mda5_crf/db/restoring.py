"""A copy becomes a vault again: in a new folder, as a new device, with what is missing said.

Nothing is overwritten. The copy is brought into a building folder beside the target, opened with the person's
own password, compared with its manifest and with every witness at hand, and registered as a **new device**
whose ``device`` record names the one it continues (``parent``): two folders that go on under one id would
fork the chain, and everything entered in one of them would be refused by the centre. Only then it is renamed
to the target; killed anywhere before, nothing stands there.

The second record of the new chain says what was restored and by whom; both persons answer for it, one by the
seal, the other by a signature (``consents``). Accounts that were ended after the copy was made come alive
again with it: where somebody knows of them they are ended anew, or at least lose their slots.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import BoxSecret, SigningKey, random_id, same
from mda5_crf.db import consents
from mda5_crf.db.attempts import utc_now
from mda5_crf.db.backup import KEYS, PEOPLE, sync_file
from mda5_crf.db.files import sync_folder, trouble, write_whole
from mda5_crf.db.founding import move_in
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.manifest import Copied, check_files, read_manifest
from mda5_crf.db.openvault import OpenVault, enter
from mda5_crf.db.place import check_place
from mda5_crf.db.records import Draft
from mda5_crf.db.unlock import DATABASE, check_password_of
from mda5_crf.db.vaultmeta import (
    DeviceKeys,
    VaultMeta,
    device_draft,
    new_device_id,
    write_device_keys,
    write_meta,
)
from mda5_crf.errors import StoreError

Heads = Mapping[str, tuple[int, str]]
Lost = Mapping[str, tuple[int, int, str]]
"""Device → first and last number of what is missing, and the hash the witness had of the last."""
RESTORED, COPIED = "restored", "copied"
TAIL: Final = ".restoring"
WAL: Final = f"{DATABASE}-wal"
STEPS: Final = 100
"""Parts of the whole as ``progress`` is told them; half of them are the copying."""
_COPYING, _OPENED, _PROVED, _SETTLED, _CLEANED = 50, 55, 85, 90, 95
_BLOCK: Final = 1024 * 1024
_SPARE: Final = 4 * 1024 * 1024

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What became of accounts since the copy, by ids of persons; made by who knows the vault as it is now.

    ``ended`` since, and active in the copy; ``locked_out``: no keeper was at hand, so they only lost their
    slots; ``changed``: newer keys or tasks than the copy has; ``unknown`` to the copy: admitted since.
    ``logins`` by id, of those whom the copy knows.
    """

    ended: tuple[str, ...] = ()
    locked_out: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    logins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. ``made``: when the copy was made (None: by a version without manifests)."""

    folder: Path
    device: str
    parent: str
    records: int
    made: datetime | None
    lost: Lost
    forked: tuple[str, ...]
    witnessed: int
    redacted: int = 0
    troubles: tuple[str, ...] = field(default=())
    accounts: Accounts | None = None

    @property
    def missing(self) -> int:
        """How many records are known to be missing."""
        return sum(last - first + 1 for first, last, _ in self.lost.values())


def bring(copy: Path, target: Path, progress: Progress = _nobody, *, log: bool = False) -> Copied | None:
    """Copy the files of a backup into the empty folder ``target``, compared with the manifest.

    ``progress`` is told bytes of how many. ``log``: ``copy`` may be a vault's own folder that was not closed,
    so its write-ahead log comes along. Returns the manifest, None where an earlier version made none. Raises
    StoreError naming what is missing or differs, and what ``progress`` raises; ``copy`` is only read.
    """
    if not copy.is_dir():
        raise StoreError("backup.not_there", place=copy.name)
    for name in (DATABASE, KEYS):
        if not (copy / name).is_file():
            raise StoreError(
                "backup.keys_missing" if name == KEYS else "backup.file_missing", file=name, place=copy.name
            )
    manifest = read_manifest(copy)
    if manifest is not None:
        check_files(copy, manifest)
    names = [name for name in (DATABASE, KEYS, *PEOPLE, *((WAL,) if log else ())) if (copy / name).is_file()]
    try:
        total, done = sum((copy / name).stat().st_size for name in names), 0
        if shutil.disk_usage(target).free < total + _SPARE:
            raise StoreError("backup.no_room", place=target.parent.name, size=-(-(total + _SPARE) // _BLOCK))
        for name in names:
            with (copy / name).open("rb") as source, (target / name).open("wb") as made:
                while block := source.read(_BLOCK):
                    made.write(block)
                    done += len(block)
                    progress(done, total)
            sync_file(target / name)
        sync_folder(target)
    except OSError as error:
        raise trouble(error, target) from None
    return manifest


def open_copy(
    folder: Path,
    manifest: Copied | None,
    login: str,
    password: str,
    clock: Callable[[], datetime] = utc_now,
) -> OpenVault:
    """Open what :func:`bring` brought, as the person, and compare it with its manifest.

    Raises LoginRefused, StoreError.
    """
    vault = enter(
        folder, clock, lambda attempts: check_password_of(read_keys(folder), login, password, attempts)
    )
    try:
        if manifest is not None:
            check_sealed(vault, manifest)
    except StoreError:
        vault.close()
        raise
    return vault


def check_sealed(vault: OpenVault, manifest: Copied) -> None:
    """The manifest was made by somebody who held this vault's key, and says what is here.

    Raises StoreError.
    """
    mac = vault.store.keyed_mac(manifest.body)
    heads = dict(vault.journal.heads())
    if not same(mac, manifest.mac) or manifest.vault != vault.meta.vault or heads != dict(manifest.heads):
        raise StoreError("backup.manifest_false", place=vault.folder.name)


def compared(here: Heads, witnesses: Heads) -> tuple[dict[str, tuple[int, int, str]], tuple[str, ...]]:
    """What witnesses had and ``here`` lacks; and devices whose record under the same number is another."""
    lost, forked = {}, []
    for device, (seq, head) in witnesses.items():
        last = here[device][0] if device in here else 0
        if last < seq:
            lost[device] = (last + 1, seq, head)
        elif last == seq and here[device][1] != head:
            forked.append(device)
    return lost, tuple(sorted(forked))


def restore(
    copy: Path,
    target: Path,
    who: tuple[str, str],
    second: tuple[str, str],
    *,
    may: Callable[[OpenVault, str], None],
    prove: Callable[[OpenVault, Progress], Sequence[str]],
    redact: Callable[[OpenVault], int],
    accounts: Callable[[OpenVault], Accounts | None],
    end: Callable[[OpenVault, Accounts], Accounts],
    witnesses: Callable[[], Heads],
    clock: Callable[[], datetime] = utc_now,
    progress: Progress = _nobody,
) -> Restored:
    """See the module text. ``who`` and ``second`` are (log-in, password) of the two persons.

    ``may`` is given the opened vault and the second person's id and raises PermissionDenied; ``prove``
    returns the codes of what verify finds; ``redact`` takes out what is known to have been redacted since,
    and says how many; ``accounts`` says what became of accounts since (None: nobody knows), ``end`` ends
    those that were ended; ``witnesses`` gives chain heads noted elsewhere. Raises PermissionDenied,
    InputRefused, LoginRefused, StoreError and what ``progress`` raises; then ``target`` is as it was.
    """
    check_place(target)
    building = target.with_name(f"{target.name}.{random_id(4)}{TAIL}")
    try:
        building.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise trouble(error, target) from None
    try:
        progress(0, STEPS)
        manifest = bring(copy, building, _part(progress, 0, _COPYING))
        with open_copy(building, manifest, *who, clock) as vault:
            may(vault, vault.second_person(second))
            progress(_OPENED, STEPS)
            troubles = tuple(prove(vault, _part(progress, _OPENED, _PROVED)))
            progress(_PROVED, STEPS)
            since = accounts(vault)
            ended = () if since is None else since.ended
            done = _settle(vault, copy.name, manifest, second, witnesses(), (troubles, ended))
            progress(_SETTLED, STEPS)
            done = replace(done, folder=target, redacted=redact(vault))
            done = replace(done, accounts=None if since is None else end(vault, since))
            progress(_CLEANED, STEPS)
        write_whole(building / "vault.lock", b"")
        progress(STEPS, STEPS)
        move_in(building, target)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        raise trouble(error, target) from None
    except BaseException:
        # Refused, cancelled or interrupted: half a vault must not look like one. It goes on its way.
        shutil.rmtree(building, ignore_errors=True)
        raise
    return done


def _part(progress: Progress, first: int, last: int) -> Progress:
    """``progress`` of a piece of the work, as parts ``first`` to ``last`` of the whole."""

    def tell(done: int, total: int) -> None:
        progress(first + (last - first) * min(done, total) // total if total else first, STEPS)

    return tell


def _settle(
    vault: OpenVault,
    name: str,
    manifest: Copied | None,
    second: tuple[str, str],
    witnesses: Heads,
    found: tuple[tuple[str, ...], tuple[str, ...]],
) -> Restored:
    troubles, ended = found
    known = {**vault.witnesses(), **witnesses}
    here = dict(vault.journal.heads())
    lost, forked = compared(here, known)
    parent = vault.meta.device
    content: dict[str, Any] = {
        "act": RESTORED,
        "parent": parent,
        "backup": name,
        "made": "" if manifest is None else manifest.made.isoformat(),
        "heads": {device: [seq, head] for device, (seq, head) in here.items()},
        "lost": {device: list(gone) for device, gone in lost.items()},
        "forked": list(forked),
        "witnessed": len(set(known) & set(here)),
        "troubles": list(troubles),
        "ended": list(ended),
    }
    device = become_new_device(vault, content, second)
    return Restored(
        vault.folder, device, parent, sum(seq for seq, _ in here.values()),
        None if manifest is None else manifest.made, lost, forked, content["witnessed"], troubles=troubles,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What a vault goes on as: its facts, keys and writer, and the first two records of its chain."""

    meta: VaultMeta
    keys: DeviceKeys
    identity: Identity
    drafts: tuple[Draft, Draft]


def become_new_device(vault: OpenVault, content: dict[str, Any], second: tuple[str, str]) -> str:
    """Go on in a chain of one's own: new id and keys, ``device`` record with its parent, ``restore`` record.

    ``second`` (log-in, password) signs what the latter says. The page keys stay, so that pages printed before
    remain checkable. All of it in one transaction. Returns the new id. Raises InputRefused, LoginRefused,
    StoreError; then the vault is the device it was.
    """
    new = new_device(vault, content, second)
    journal = Journal(vault.store, new.identity, new.meta.zone)
    with journal.begin() as tx:
        journal.write(tx, new.drafts, vault.now())
        write_meta(vault.store, tx, new.meta)
        write_device_keys(vault.store, tx, new.keys)
    vault.continue_as(new.meta, new.keys, new.identity, journal)
    return new.meta.device


def new_device(vault: OpenVault, content: dict[str, Any], second: tuple[str, str]) -> NewDevice:
    """What :func:`become_new_device` goes on as. Nothing is written."""
    meta = replace(vault.meta, device=new_device_id())
    keys = DeviceKeys(SigningKey.generate(), BoxSecret.generate(), dict(vault.device_keys.page_keys))
    register = vault.register()
    identity = replace(vault.identity, device=meta.device)
    registration = device_draft(meta, meta.device, keys, register.authority, parent=vault.meta.device)
    # The new device is part of what is signed: an agreement is to this restore, not to another of that copy.
    content = {**content, "device": meta.device}
    about = consents.signed_part(meta.vault, meta.study, "restore", "", identity.person, content)
    content[consents.SECOND] = consents.part(*vault.second_signs(second, consents.CONTEXT, about))
    return NewDevice(meta, keys, identity, (registration, Draft("restore", "", content)))
