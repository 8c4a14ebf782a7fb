"""Failures of the database put into words, sorted by SQLite's result code; never a value in them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import sqlalchemy.exc
from sqlcipher3 import dbapi2

from mda5_crf.errors import StoreError

DATABASE_ERRORS: Final = (dbapi2.Error, sqlalchemy.exc.DBAPIError)

# Primary result codes (sqlite.org/rescode.html).
_BY_CODE: Final = {
    5: "store.locked",
    6: "store.locked",
    7: "store.no_memory",
    8: "store.read_only",
    10: "store.io_failed",
    11: "store.damaged",
    13: "store.disk_full",
    14: "store.cannot_open",
    15: "store.locked",  # the locks of the log could not be had in ten seconds
    26: "store.not_readable",
}
_IO: Final = 10
_CONSTRAINT: Final = 19
# What the index beside the write-ahead log asks for at once.
_INDEX_BYTES: Final = 32 * 1024


class Collision(StoreError):
    """The file refused a row: it is there already, or the journal was to be changed."""


def store_error(error: BaseException, place: str | Path) -> StoreError:
    """The sentence for a database error at ``place``: only the file's name is shown, never its path."""
    name = place if isinstance(place, str) else place.name
    original = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    code = int(getattr(original, "sqlite_errorcode", 1) or 1) & 0xFF
    if code == _CONSTRAINT:
        return Collision("store.row_refused", place=name)
    if code == _IO and isinstance(place, Path) and _full(place.parent):
        # The log's index file cannot grow: SQLite calls that a failure of the disk, people call it full.
        return StoreError("store.disk_full", place=name)
    if code in _BY_CODE:
        return StoreError(_BY_CODE[code], place=name)
    return StoreError("store.failed", place=name, number=code)


def _full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _INDEX_BYTES
    except OSError:
        return False
