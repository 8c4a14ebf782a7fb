"""``people.db``: names beside participants' numbers, under a key of its own, with a trail of its own.

A second SQLCipher file in the vault's folder. Nothing of it enters the journal, a bundle, an export or a log;
its trail keeps every value that was there before. After each write its log is emptied into the file, so that
a copy of the one file is whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mda5_crf.db.failures import DATABASE_ERRORS, store_error
from mda5_crf.db.files import sync_folder, trouble
from mda5_crf.db.store import connect
from mda5_crf.errors import StoreError, newer

FILE_NAME: Final = "people.db"
VERSION: Final = "1"
NEW_NAME: Final = f"{FILE_NAME}.new"
FIELDS: Final = ("name", "initials", "hospital", "phone", "idno", "note")
"""What is kept of a person; "initials" as the site writes them, "hospital" the hospital's number."""
_TAILS: Final = ("", "-wal", "-shm")
_PAGE: Final = 4096
_TABLES: Final = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE person (subject TEXT PRIMARY KEY, "
    + ", ".join(f"{field} TEXT NOT NULL" for field in FIELDS)
    + ")",
    "CREATE TABLE trail (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, person TEXT NOT NULL, act TEXT NOT NULL,"
    " subject TEXT NOT NULL, field TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,"
    " reason TEXT NOT NULL)",
    "CREATE TRIGGER trail_no_delete BEFORE DELETE ON trail"
    " BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END",
    "CREATE TRIGGER trail_no_update BEFORE UPDATE ON trail"
    " BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END",
)


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One line of the list's own trail. ``person`` is an id, ``at`` ISO in UTC; texts may be ""."""

    seq: int
    at: str
    person: str
    act: str
    subject: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""


def identities_files(folder: Path) -> tuple[Path, ...]:
    """The files of the identification list in a vault's folder: to be backed up as they are, encrypted.

    Empty where no list was begun.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return ()
    wal = path.with_name(f"{FILE_NAME}-wal")
    return (path, wal) if wal.is_file() and wal.stat().st_size else (path,)


class PeopleFile:
    """The open list. Made by :meth:`create` and :meth:`open`; :meth:`close` may be called twice."""

    def __init__(self, path: Path, raw: Any) -> None:  # noqa: ANN401 - the driver has no types
        self.path = path
        self._raw = raw
        self.is_open = True

    @classmethod
    def create(cls, path: Path, key: bytes, vault: str, gen: int) -> PeopleFile:
        """A new, empty list of the vault with that id. Raises StoreError; never replaces a file."""
        if path.exists():
            raise StoreError("store.exists_already", place=path.name)
        with _words(path):
            file = cls(path, connect(path, key))
            try:
                with file._write() as raw:
                    for sql in _TABLES:
                        raw.execute(sql)
                    facts = [("vault", vault), ("gen", str(gen)), ("version", VERSION)]
                    raw.executemany("INSERT INTO meta VALUES (?, ?)", facts)
            except BaseException:
                # Whatever it was: an empty list that nobody could open would be in the way of the next.
                file.close()
                path.unlink(missing_ok=True)
                raise
            return file

    @classmethod
    def open(cls, path: Path, key: bytes, vault: str) -> PeopleFile:
        """Open the list. Raises StoreError: missing, another key, damaged, of another vault, newer."""
        try:
            size = path.stat().st_size
        except OSError:
            raise StoreError("store.missing", place=path.name) from None
        if size < _PAGE:
            raise StoreError("store.not_readable", place=path.name)
        with _words(path):
            file = cls(path, connect(path, key))
        try:
            with _words(path):
                meta = dict(file._raw.execute("SELECT name, value FROM meta").fetchall())
            if (version := meta.get("version", "")) != VERSION and version.isdecimal():
                raise StoreError("store.people_newer", vault=path.name, **newer(version, VERSION))
            if version != VERSION or meta.get("vault") != vault:
                raise StoreError("store.vault_other", vault=path.name)
        except StoreError:
            file.close()
            raise
        return file

    @property
    def gen(self) -> int:
        """The generation of the key that the file is under."""
        with _words(self.path):
            row = self._ready().execute("SELECT value FROM meta WHERE name = 'gen'").fetchone()
        return int(row[0])

    def rows(self) -> dict[str, dict[str, str]]:
        """What is kept, by participant's identity."""
        with _words(self.path):
            found = self._ready().execute(f"SELECT subject, {', '.join(FIELDS)} FROM person").fetchall()  # noqa: S608
        return {row[0]: dict(zip(FIELDS, row[1:], strict=True)) for row in found}

    def trail(self) -> tuple[TrailRow, ...]:
        """Everything that was done with the list, oldest first."""
        with _words(self.path):
            found = self._ready().execute("SELECT * FROM trail ORDER BY seq").fetchall()
        return tuple(TrailRow(*row) for row in found)

    def put(self, subject: str, values: Mapping[str, str], *, by: str, at: str, reason: str) -> None:
        """Set fields of one participant; each that changes is a line of the trail. Raises StoreError."""
        before = self.rows().get(subject, dict.fromkeys(FIELDS, ""))
        after = {**before, **values}
        changed = [field for field in FIELDS if after[field] != before[field]]
        if not changed:
            return
        with self._write() as raw:
            places = ", ".join("?" * (len(FIELDS) + 1))
            raw.execute(
                f"INSERT OR REPLACE INTO person VALUES ({places})",  # noqa: S608 - question marks
                (subject, *(after[field] for field in FIELDS)),
            )
            for field in changed:
                _note(
                    raw, TrailRow(0, at, by, "changed", subject, field, before[field], after[field], reason)
                )

    def note(self, act: str, *, by: str, at: str, reason: str = "") -> None:
        """A line of the trail: somebody opened the list, printed it. Raises StoreError."""
        with self._write() as raw:
            _note(raw, TrailRow(0, at, by, act, reason=reason))

    def copy_under(self, path: Path, key: bytes, gen: int) -> None:
        """A copy under another key, checked. Raises StoreError; then none is left."""
        clear(path.parent)
        try:
            with _words(path):
                other = connect(path, key)
                try:
                    self._ready().backup(other)
                    other.execute("UPDATE meta SET value = ? WHERE name = 'gen'", (str(gen),))
                    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                    if other.execute("PRAGMA cipher_integrity_check").fetchall():
                        raise StoreError("store.damaged", place=path.name)
                finally:
                    other.close()
            sync_folder(path.parent)
        except OSError as error:
            clear(path.parent)
            raise trouble(error, path) from None
        except StoreError:
            clear(path.parent)
            raise

    def close(self) -> None:
        """Close the file; nothing of it stays in memory that this program could drop."""
        if self.is_open:
            self.is_open = False
            with contextlib.suppress(*DATABASE_ERRORS):
                self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._raw.close()

    def _ready(self) -> Any:  # noqa: ANN401 - the driver has no types
        if not self.is_open:
            raise StoreError("identities.closed")
        return self._raw

    @contextmanager
    def _write(self) -> Iterator[Any]:
        raw = self._ready()
        with _words(self.path):
            raw.execute("BEGIN IMMEDIATE")
            try:
                yield raw
                raw.execute("COMMIT")
            except BaseException:
                # Whatever stopped it: a name half written must not be committed by the next one.
                with contextlib.suppress(*DATABASE_ERRORS):
                    raw.execute("ROLLBACK")
                raise
            # What is committed stands in the log already; a checkpoint that fails loses nothing.
            with contextlib.suppress(*DATABASE_ERRORS):
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def move_in(folder: Path) -> None:
    """The copy under the new key over the old file; both closed. Raises StoreError; then nothing moved."""
    target = folder / FILE_NAME
    try:
        for tail in _TAILS[1:]:
            target.with_name(target.name + tail).unlink(missing_ok=True)
        (folder / NEW_NAME).replace(target)
        sync_folder(folder)
    except OSError as error:
        raise trouble(error, target) from None


def clear(folder: Path) -> None:
    """Remove what a renewal that did not come to its end left."""
    for tail in _TAILS:
        with contextlib.suppress(OSError):
            (folder / f"{NEW_NAME}{tail}").unlink(missing_ok=True)


def _note(raw: Any, row: TrailRow) -> None:  # noqa: ANN401 - the driver has no types
    raw.execute(
        "INSERT INTO trail (at, person, act, subject, field, before, after, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (row.at, row.person, row.act, row.subject, row.field, row.before, row.after, row.reason),
    )


@contextmanager
def _words(path: Path) -> Iterator[None]:
    """Failures of the database as sentences, without a value in them."""
    try:
        yield
    except DATABASE_ERRORS as error:
        raise store_error(error, path) from None
