"""A copy becomes a vault again: in a new folder, as a new device, with what is missing said.

Nothing is overwritten. The copy is brought into a building folder beside the target, opened with the person's
own password, compared with its manifest and with every witness at hand, and registered as a **new device**
whose ``device`` record names the one it continues (``parent``): two folders that go on under one id would
fork the chain, and everything entered in one of them would be refused by the centre. Only then it is renamed
to the target; killed anywhere before, nothing stands there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import BoxSecret, SigningKey, random_id, same
from mda5_crf.db.attempts import utc_now
from mda5_crf.db.backup import KEYS, PEOPLE, sync_file
from mda5_crf.db.files import sync_folder, trouble, write_whole
from mda5_crf.db.founding import check_place, move_in
from mda5_crf.db.journal import Journal
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.manifest import Copied, check_files, read_manifest
from mda5_crf.db.openvault import OpenVault, enter
from mda5_crf.db.records import Draft
from mda5_crf.db.unlock import DATABASE, check_password_of
from mda5_crf.db.vaultmeta import DeviceKeys, new_device_id, write_device_keys, write_meta
from mda5_crf.errors import StoreError

Heads = Mapping[str, tuple[int, str]]
Lost = Mapping[str, tuple[int, int, str]]
"""Device → first and last number of what is missing, and the hash the witness had of the last."""
RESTORED, COPIED = "restored", "copied"
_TAIL: Final = ".restoring"
_STEPS: Final = 5

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


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

    @property
    def missing(self) -> int:
        """How many records are known to be missing."""
        return sum(last - first + 1 for first, last, _ in self.lost.values())


def bring(copy: Path, target: Path) -> Copied | None:
    """Copy the files of a backup into the empty folder ``target``, compared with the manifest.

    Returns the manifest, None where an earlier version made none. Raises StoreError naming what is missing or
    differs; ``copy`` is only read.
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
    try:
        for name in (DATABASE, KEYS, *PEOPLE):
            if (copy / name).is_file():
                shutil.copyfile(copy / name, target / name)
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
    prove: Callable[[OpenVault], Sequence[str]],
    redact: Callable[[OpenVault], int],
    witnesses: Heads | None = None,
    clock: Callable[[], datetime] = utc_now,
    progress: Progress = _nobody,
) -> Restored:
    """See the module text. ``who`` and ``second`` are (log-in, password) of the two persons.

    ``may`` is given the opened vault and the second person's id and raises PermissionDenied; ``prove``
    returns the codes of what verify finds; ``redact`` takes out what is known to have been redacted since,
    and says how many. Raises PermissionDenied, InputRefused, LoginRefused, StoreError and what ``progress``
    raises; then ``target`` is as it was.
    """
    check_place(target)
    building = target.with_name(f"{target.name}.{random_id(4)}{_TAIL}")
    try:
        building.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise trouble(error, target) from None
    try:
        progress(0, _STEPS)
        manifest = bring(copy, building)
        progress(1, _STEPS)
        with open_copy(building, manifest, *who, clock) as vault:
            helper = vault.second_person(second)
            may(vault, helper)
            progress(2, _STEPS)
            troubles = tuple(prove(vault))
            progress(3, _STEPS)
            done = _settle(vault, copy.name, manifest, helper, dict(witnesses or {}), troubles)
            done = replace(done, folder=target, redacted=redact(vault))
            progress(4, _STEPS)
        write_whole(building / "vault.lock", b"")
        move_in(building, target)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        raise trouble(error, target) from None
    except BaseException:
        # Refused, cancelled or interrupted: half a vault must not look like one. It goes on its way.
        shutil.rmtree(building, ignore_errors=True)
        raise
    return done


def _settle(
    vault: OpenVault,
    name: str,
    manifest: Copied | None,
    second: str,
    witnesses: Heads,
    troubles: tuple[str, ...],
) -> Restored:
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
        "second": second,
        "troubles": list(troubles),
    }
    device = become_new_device(vault, content)
    return Restored(
        vault.folder, device, parent, sum(seq for seq, _ in here.values()),
        None if manifest is None else manifest.made, lost, forked, content["witnessed"], troubles=troubles,
    )  # fmt: skip


def become_new_device(vault: OpenVault, content: dict[str, Any]) -> str:
    """Go on in a chain of one's own: new id and keys, ``device`` record with its parent, ``restore`` record.

    The page keys stay, so that pages printed before remain checkable. All of it in one transaction. Returns
    the new id. Raises StoreError; then the vault is the device it was.
    """
    meta = replace(vault.meta, device=new_device_id())
    keys = DeviceKeys(SigningKey.generate(), BoxSecret.generate(), dict(vault.device_keys.page_keys))
    register = vault.register()
    identity = replace(vault.identity, device=meta.device)
    journal = Journal(vault.store, identity, meta.zone)
    registration = {
        "device": meta.device,
        "name": meta.name,
        "site": meta.site,
        "sign": keys.sign.public.text,
        "box": keys.box.public.text,
        "parent": vault.meta.device,
        "authority": register.authority.text,
        "vault": meta.vault,
    }
    with journal.begin() as tx:
        drafts = [Draft("device", "", registration), Draft("restore", "", content)]
        journal.write(tx, drafts, vault.now())
        write_meta(vault.store, tx, meta)
        write_device_keys(vault.store, tx, keys)
    vault.continue_as(meta, keys, identity, journal)
    return meta.device
