"""Failures of the database put into words, by SQLite's result code or PostgreSQL's SQLSTATE; never a value in
them: what a driver says quotes values, so its text is never shown, and nothing is chained to it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import sqlalchemy.exc
from sqlcipher3 import dbapi2

from mda5_crf.errors import StoreError


class ServerFailed(Exception):
    """A server refused or went away. ``state`` is its SQLSTATE, or a word of :func:`state_of`."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


DATABASE_ERRORS: Final = (dbapi2.Error, sqlalchemy.exc.DBAPIError, ServerFailed)

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


# SQLSTATE: the whole code, else its class (postgresql.org/docs/15/errcodes-appendix.html).
_BY_STATE: Final = {
    "08": "server_away",
    "22": "failed",
    "23": "row_refused",
    "25006": "read_only",
    "28": "login_refused",
    "3D": "no_database",
    "3F": "not_prepared",
    "40": "crossed",
    "42501": "may_not",
    "42P01": "not_prepared",
    "53": "no_memory",
    "53100": "disk_full",
    "53300": "too_many",
    "54": "failed",
    "55P03": "busy",
    "57": "shut_down",
    "57P03": "server_away",
    "58": "damaged",
    "XX001": "damaged",
    "XX002": "damaged",
}
# What libpq says of a failed connection, where the server's code is not handed on.
_SAID: Final = (
    ("53300", ("too many", "connection slots")),
    ("57P03", ("starting up", "shutting down", "recovery mode")),
    ("42501", ("permission denied",)),
    ("28000", ("password", "authentication", "pg_hba", 'role "')),
    ("3D000", ('database "',)),
    ("tls", ("certificate", "ssl", "tls")),
)
_PASSING: Final = frozenset({"08", "57P01", "57P02", "57P03", "40001", "40P01"})


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


def from_database(error: BaseException) -> bool:
    """Whether the database itself raised it, not its driver that could not read a row."""
    return isinstance(error, ServerFailed) or hasattr(error, "sqlite_errorcode")


def state_of(error: BaseException) -> str:
    """The SQLSTATE of an error of psycopg; for a failed connection "08001", or what libpq's words mean."""
    original = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    if isinstance(original, ServerFailed):
        return original.state
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        return state
    said = str(original).lower()  # only to choose a sentence of our own
    if "connection failed" not in said and "connection is bad" not in said:
        lost = {one.__name__ for one in type(original).__mro__} & {"OperationalError", "InterfaceError"}
        return "08006" if lost else "22000"
    return next((code for code, words in _SAID if any(word in said for word in words)), "08001")


def passing(error: BaseException) -> bool:
    """Whether the same may well succeed a moment later on a fresh connection."""
    state = state_of(error)
    return state in _PASSING or state[:2] in _PASSING


def server_error(error: BaseException, place: str) -> StoreError:
    """The sentence for an error of a server at ``place``, its address as people see it."""
    state = state_of(error)
    if state == "tls":
        return StoreError("pgstore.tls_failed", place=place)
    name = _BY_STATE.get(state) or _BY_STATE.get(state[:2], "failed")
    if name == "row_refused":
        return Collision("pgstore.row_refused", place=place)
    if name == "failed":
        return StoreError("pgstore.failed", place=place, number=state)
    return StoreError(f"pgstore.{name}", place=place)


def _full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _INDEX_BYTES
    except OSError:
        return False
