"""Copies of a vault: encrypted like it, opened and compared after writing, named by a manifest.

    backups/<class>_<time>/
        study.db      the database, through SQLite's own backup, under the same key
        keys.json     without its slots no password opens the copy
        people.db     the identification list as it lies there, when there is one
        backup.json   the manifest, canonical JSON, written last:

    {"format": "mda5-crf-backup/1", "vault", "device", "gen", "made" (UTC), "reason", "program", "definition",
     "records", "heads": {device: [number, hash]}, "files": [[name, bytes, SHA-256]], "mac"}

``mac`` is HMAC-SHA-256 under HKDF(database key, "backup") over the manifest without it: whoever can write the
folder can make no manifest that passes. It holds no name of a person, ward or participant.

A copy is made in a folder ending in ".part" and renamed when it has been checked: a copy that has its own
name is whole.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import mda5_crf
from mda5_crf.crypto import canon
from mda5_crf.db import read, schema
from mda5_crf.db.failures import DATABASE_ERRORS
from mda5_crf.db.files import sync_folder, trouble, write_whole
from mda5_crf.db.manifest import MANIFEST, Copied, hash_of
from mda5_crf.db.rotation import expired
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.vaultmeta import read_meta
from mda5_crf.errors import StoreError

FOLDER: Final = "backups"
DATABASE: Final = "study.db"
KEPT: Final = 5
KEYS: Final = "keys.json"
PEOPLE: Final = ("people.db", "people.db-wal")
PART: Final = ".part"

Progress = Callable[[int, int], None]
"""How many pages of how many are copied; what it raises ends the work, and no copy is left."""


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def back_up(
    store: AnyStore,
    vault: Path,
    name: str,
    kept: int = KEPT,
    *,
    reason: str = "",
    now: datetime | None = None,
    progress: Progress = _nobody,
) -> Path:
    """Copy database, key file and identification list into ``backups/<name>``; return the copy's folder.

    ``name`` begins with the class of the copy (up to the first "_"): copies made on a schedule and by hand
    are thinned out by age (``rotation``), of all others the newest ``kept`` of a class stay. ``reason`` is a
    code (default: the class). Raises StoreError; then the vault is as it was and no half copy is left.
    """
    kind = name.partition("_")[0]
    place = vault / FOLDER / name
    part = place.with_name(name + PART)
    try:
        if place.exists():
            raise StoreError("store.exists_already", place=name)
        if part.exists():
            shutil.rmtree(part)
        part.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise trouble(error, place) from None
    try:
        _fill(store, vault, part, reason or kind, now or datetime.now(UTC), progress)
        part.rename(place)
        sync_folder(place.parent)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise trouble(error, place) from None
    except BaseException:
        # Cancelled or interrupted: what is half done goes, whatever it was.
        shutil.rmtree(part, ignore_errors=True)
        raise
    clear_parts(vault / FOLDER)
    for old in expired(copies(vault / FOLDER), kind, kept):
        shutil.rmtree(vault / FOLDER / old, ignore_errors=True)
    return place


def _fill(store: AnyStore, vault: Path, part: Path, reason: str, now: datetime, progress: Progress) -> None:
    copy = part / DATABASE
    if progress is _nobody:
        store.copy_to(copy)
    else:
        store.copy_to(copy, progress=progress)
    heads = check_copy(store, copy)
    sync_file(copy)
    if store.on_server:
        write_whole(part / KEYS, store.meta(KEYS) or b"")
    for name in (KEYS, *PEOPLE):
        with contextlib.suppress(FileNotFoundError):
            write_whole(part / name, (vault / name).read_bytes())
    _write_manifest(store, part, heads, reason, now)


def _write_manifest(
    store: AnyStore, part: Path, heads: dict[str, tuple[int, str]], reason: str, now: datetime
) -> None:
    try:
        meta = read_meta(store)
        about = {"vault": meta.vault, "device": meta.device, "gen": meta.gen}
    except StoreError:
        about = {"vault": "", "device": "", "gen": 0}  # a database without a vault around it
    files = [[path.name, path.stat().st_size, hash_of(path)] for path in sorted(part.iterdir())]
    body: dict[str, Any] = {
        "format": Copied.FORMAT,
        **about,
        "made": now.astimezone(UTC).isoformat(timespec="seconds"),
        "reason": reason,
        "program": mda5_crf.__version__,
        "definition": read.definition_in_force(store),
        "records": sum(seq for seq, _ in heads.values()),
        "heads": {device: [seq, head] for device, (seq, head) in heads.items()},
        "files": files,
    }
    sealed = {**body, "mac": store.keyed_mac(canon(body)).hex()}
    write_whole(part / MANIFEST, canon(sealed))


def copies(folder: Path) -> list[str]:
    """The names of the copies in ``folder``; half ones, and what is no copy of ours, are not among them."""
    try:
        return sorted(
            path.name
            for path in folder.iterdir()
            if "_" in path.name and not path.name.endswith(PART) and path.is_dir()
        )
    except OSError:
        return []


def clear_parts(folder: Path) -> None:
    """Remove what copies that were cut off have left."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name.endswith(PART) and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)


def check_copy(store: AnyStore, copy: Path) -> dict[str, tuple[int, str]]:
    """Open the copy with the store's own key, have its pages checked, compare the ends of all chains.

    Returns those ends: records may be written while a copy is made, so they may lie behind the store's.
    Raises StoreError.
    """
    other = store.twin(copy)
    try:
        whole = other.checkpoint() and pages_whole(other)
        heads = read.heads(other)
        if not whole or not contained(store, heads):
            raise StoreError("store.damaged", place=copy.name)
    finally:
        other.close()
    return heads


def contained(store: AnyStore, heads: dict[str, tuple[int, str]]) -> bool:
    """Whether a copy with these ends has the store's chains, each up to a record that the store has too."""
    with store.read() as tx:
        for device, (seq, head) in heads.items():
            row = tx.one(schema.audit_record, device=device, seq=seq)
            if row is None or row["hash"] != head:
                return False
    return set(heads) == set(read.heads(store)) or not heads


def pages_whole(store: AnyStore) -> bool:
    """Whether every page of the file carries its check value. Raises StoreError."""
    raw = store.raw()
    try:
        return not raw.execute("PRAGMA cipher_integrity_check").fetchall()
    except DATABASE_ERRORS as error:
        raise store.failure(error) from None
    finally:
        raw.close()


def sync_file(path: Path) -> None:
    """Make what was written to ``path`` durable. Raises OSError."""
    import os

    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
