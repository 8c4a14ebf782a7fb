"""A new key for the database: whoever was taken out of ``keys.json`` opens nothing written from now on.

The parts in which ``OpenVault.renew_key`` does it, in this order; after a kill anywhere, one of the two
generations opens with what stands in ``keys.json``, and the next log-in finishes or clears away the rest:

    1  backup under the old key
    2  ``study.db.new``: a copy under the new key, of the new generation, all pages and heads checked
    3  ``keys.json`` with grants of both generations
    4  ``study.db`` closed (its log is empty then), ``study.db.new`` renamed over it: one rename, no moment
       without a database
    5  ``keys.json`` with grants of the new generation only
    6  backup under the new key; the backups under old keys are destroyed

Grants go to the public keys that the *journal* names, never to those of the file: whoever can write the
folder could otherwise have the new key encrypted to a key of his own.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import Certificate, SigningKey, random_bytes
from mda5_crf.db import read, recovery
from mda5_crf.db.accounts import Register
from mda5_crf.db.backup import FOLDER, pages_whole
from mda5_crf.db.files import sync_folder, trouble
from mda5_crf.db.keysfile import RECOVERY, Grant, KeysFile, Public, Slot, recovery_grants
from mda5_crf.db.slots import DATABASE_KEY_BYTES, grant_to
from mda5_crf.db.store import Store
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.unlock import DATABASE, STUDY_KEY
from mda5_crf.db.vaultmeta import (
    PAGE_KEY_BYTES,
    read_device_keys,
    read_meta,
    write_device_keys,
    write_meta,
)
from mda5_crf.errors import StoreError

NEW: Final = f"{DATABASE}.new"
_ASIDE: Final = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Granted:
    """``keys.json`` with grants of both generations; ``swapped``: log-ins whose public keys in the file were
    not those of the journal (theirs were put back).
    """

    file: KeysFile
    swapped: tuple[str, ...] = ()


def grant_anew(
    file: KeysFile,
    register: Register,
    gen: int,
    key: bytes,
    by: tuple[str, SigningKey],
    *,
    leaving: Collection[str] = (),
    without_data: Collection[str] = (),
) -> Granted:
    """The file with a grant of the new key for everybody who is active and holds the present one.

    ``leaving`` log-ins lose their slot, ``without_data`` keep it without any grant of the database key. The
    recovery sheets go on opening the vault when their set is the one the journal names, unless RECOVERY is
    among ``leaving``.
    Who is no longer active in the journal, or was never certified, loses the slot too.
    """
    slots: list[Slot] = []
    swapped: list[str] = []
    for slot in file.slots:
        certificate = register.of_login(slot.login)
        if slot.login in leaving or certificate is None or certificate.person in register.disabled:
            continue
        own = _of_journal(slot, certificate)
        if own is not slot:
            swapped.append(slot.login)
        holds = any(grant.key == STUDY_KEY for grant in slot.grants)
        if holds and slot.login not in without_data:
            own = replace(own, grants=(*own.grants, grant_to(file.vault, own, STUDY_KEY, gen, key, *by)))
        elif holds:
            own = replace(own, grants=tuple(g for g in own.grants if g.key != STUDY_KEY))
        slots.append(own)
    kept = None
    if file.recovery is not None and RECOVERY not in leaving:
        kept = _recovery_of_journal(file.recovery, register)
        if kept != file.recovery:
            swapped.append(RECOVERY)
        if kept is not None:
            kept = recovery.granted(file.vault, kept, (STUDY_KEY, gen, key), by)
    # Of those who keep no longer, no card is left: who was ended could be believed by somebody long away.
    keepers = set(register.keepers().items())
    cards = tuple(card for card in file.certs if (card.login, card.sign) in keepers)
    return Granted(replace(file, slots=tuple(slots), recovery=kept, certs=cards), tuple(swapped))


def _recovery_of_journal(slot: Mapping[str, Any], register: Register) -> dict[str, Any] | None:
    """The recovery slot with the public keys of the set that the journal names; None when it names none."""
    pinned = register.recovery
    if pinned is None or slot["kdf"]["set"] != pinned.number:
        return None
    return dict(slot) if slot["public"] == pinned.as_json() else {**slot, "public": pinned.as_json()}


def _of_journal(slot: Slot, certificate: Certificate) -> Slot:
    public = Public(certificate.box, certificate.author, certificate.sign)
    return slot if slot.public == public else replace(slot, public=public)


def only(file: KeysFile, gen: int) -> KeysFile:
    """The file without grants of the database key of other generations than ``gen``."""

    def kept(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
        return tuple(grant for grant in grants if grant.key != STUDY_KEY or grant.gen == gen)

    slots = tuple(replace(slot, grants=kept(slot.grants)) for slot in file.slots)
    sheets = file.recovery
    if sheets is not None:
        sheets = recovery.with_grants(sheets, kept(recovery_grants(sheets)))
    return replace(file, slots=slots, recovery=sheets, gen=gen)


def new_key() -> bytearray:
    """32 random bytes for the next generation."""
    return bytearray(random_bytes(DATABASE_KEY_BYTES))


def build(store: AnyStore, key: bytes, gen: int, write: Callable[[Store], None]) -> Path:
    """Part 2: the copy under the new key, opened, moved to its generation, written into, checked, closed.

    ``write`` adds the record of the renewal. Raises StoreError; then no copy is left.
    """
    assert isinstance(store, Store)  # on a server the key is renewed in place
    place = store.path.with_name(NEW)
    clear(store.path.parent)
    try:
        store.copy_to(place, key)
        copy = Store.open(place, key)
        try:
            if read.heads(copy) != read.heads(store):
                raise StoreError("store.damaged", place=place.name)
            keys = read_device_keys(copy)
            pages = {**keys.page_keys, gen: random_bytes(PAGE_KEY_BYTES)}
            with copy.transaction() as tx:
                write_meta(copy, tx, replace(read_meta(copy), gen=gen))
                write_device_keys(copy, tx, replace(keys, page_keys=pages))
            write(copy)
            if not copy.checkpoint() or not pages_whole(copy):
                raise StoreError("store.damaged", place=place.name)
        finally:
            copy.close()
        if _log(place):
            raise StoreError("store.damaged", place=place.name)
        sync_folder(place.parent)
    except OSError as error:
        clear(store.path.parent)
        raise trouble(error, place) from None
    except StoreError:
        clear(store.path.parent)
        raise
    return place


def move_in(folder: Path) -> None:
    """Part 4: the new file over the old one. Both must be closed. Raises StoreError; then nothing moved."""
    target = folder / DATABASE
    try:
        if _log(target) or _log(folder / NEW):
            # A log of the old file beside the new one would be read as the new one's.
            raise StoreError("store.vault_in_use_here", place=target.name)
        for tail in _ASIDE[1:]:
            target.with_name(target.name + tail).unlink(missing_ok=True)
        (folder / NEW).replace(target)
        sync_folder(folder)
    except OSError as error:
        raise trouble(error, target) from None


def clear(folder: Path) -> bool:
    """Remove what a renewal that did not come to its end left; True when there was something."""
    found = False
    for tail in _ASIDE:
        path = folder / f"{NEW}{tail}"
        with contextlib.suppress(OSError):
            found |= path.exists()
            path.unlink(missing_ok=True)
    return found


def drop_old_backups(folder: Path, keep: Path) -> None:
    """Part 6: remove all backups but ``keep``: those under an old key open for whoever was removed."""
    place = folder / FOLDER
    for path in place.iterdir() if place.is_dir() else ():
        if path != keep:
            shutil.rmtree(path, ignore_errors=True)


def _log(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0
