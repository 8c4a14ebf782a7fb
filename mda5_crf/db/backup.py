"""A copy of the database before something large is done to it: encrypted like it, opened and compared."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Final

from mda5_crf.db import read
from mda5_crf.db.failures import DATABASE_ERRORS, store_error
from mda5_crf.db.files import sync_folder, trouble
from mda5_crf.db.store import Store
from mda5_crf.errors import StoreError

FOLDER: Final = "backups"
KEPT: Final = 5
_KEYS: Final = "keys.json"


def back_up(store: Store, vault: Path, name: str, kept: int = KEPT) -> Path:
    """Copy database and key file into ``backups/<name>`` of the vault and check the copy; return its folder.

    Of the folders whose names begin alike (up to the first "_") the newest ``kept`` stay. Raises StoreError;
    then the vault is as it was and no half copy is left.
    """
    place = vault / FOLDER / name
    try:
        place.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise StoreError("store.exists_already", place=name) from None
    except OSError as error:
        raise trouble(error, place) from None
    try:
        copy = place / store.path.name
        store.copy_to(copy)
        _check(store, copy)
        with contextlib.suppress(FileNotFoundError):
            # Without the slots of keys.json no password opens the copy.
            shutil.copyfile(vault / _KEYS, place / _KEYS)
        sync_folder(place)
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise trouble(error, place) from None
    except StoreError:
        shutil.rmtree(place, ignore_errors=True)
        raise
    _rotate(vault / FOLDER, name.partition("_")[0] + "_", kept)
    return place


def _check(store: Store, copy: Path) -> None:
    """Open the copy with the store's own key, have its pages checked, and compare the ends of all chains."""
    other = store.twin(copy)
    try:
        whole = other.checkpoint() and pages_whole(other)
        if not whole or read.heads(other) != read.heads(store):
            raise StoreError("store.damaged", place=copy.name)
    finally:
        other.close()


def pages_whole(store: Store) -> bool:
    """Whether every page of the file carries its check value. Raises StoreError."""
    raw = store.raw()
    try:
        return not raw.execute("PRAGMA cipher_integrity_check").fetchall()
    except DATABASE_ERRORS as error:
        raise store_error(error, store.path) from None
    finally:
        raw.close()


def _rotate(folder: Path, prefix: str, kept: int) -> None:
    found = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.startswith(prefix))
    for path in found[:-kept]:
        shutil.rmtree(path, ignore_errors=True)
