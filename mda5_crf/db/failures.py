"""Failures of the database put into words, sorted by SQLite's result code; never a value in them."""

from __future__ import annotations

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
    26: "store.not_readable",
}
_CONSTRAINT: Final = 19


class Collision(StoreError):
    """The file refused a row: it is there already, or the journal was to be changed."""


def store_error(error: BaseException, place: str) -> StoreError:
    """The sentence for a database error; ``place`` is the file's or folder's name, not its path."""
    original = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    code = int(getattr(original, "sqlite_errorcode", 1) or 1) & 0xFF
    if code == _CONSTRAINT:
        return Collision("store.row_refused", place=place)
    if code in _BY_CODE:
        return StoreError(_BY_CODE[code], place=place)
    return StoreError("store.failed", place=place, number=code)
