"""One encrypted SQLite file: opening it, and the only place that commits.

The file is SQLCipher with a raw 256-bit key. Connections are set up here and nowhere else; the order
of the settings matters (docs/architecture.md, "The file").
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from mda5_crf.db import migrate, schema
from mda5_crf.db.failures import DATABASE_ERRORS, store_error
from mda5_crf.db.files import trouble
from mda5_crf.db.storebase import KEY_BYTES, AnyStore
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError

# The driver's cache drops the newest statement when it is full, so a full one is no cache at all: every
# statement is prepared anew (measured: 130 instead of 9 µs). Making the tables alone takes over 100.
CACHED_STATEMENTS: Final = 1000
_PAGE: Final = 4096
# Pages copied between two looks at who may have cancelled: 4 MiB.
_STEP: Final = 1024
# What a copy needs beside its pages: its log, the log's index, key file and manifest.
_COPY_ROOM: Final = 128 * 1024
_WRITES: Final = "mda5_writes"
_AFTER_KEY: Final = (
    "PRAGMA cipher_compatibility=4",
    "SELECT count(*) FROM sqlite_schema",  # a wrong key shows here
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # without it INSERT OR REPLACE passes the delete trigger
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
)


def connect(path: Path, key: bytes | bytearray) -> Any:  # noqa: ANN401 - the driver has no types
    """A driver connection in autocommit mode with all settings. Raises the driver's errors."""
    raw = dbapi2.connect(
        str(path), check_same_thread=False, isolation_level=None, cached_statements=CACHED_STATEMENTS
    )
    try:
        raw.execute("PRAGMA cipher_log_level=NONE").fetchall()
        # Off: wiping every buffer of SQLite makes each statement five to eight times slower, while the same
        # values stand in Python's memory anyway. See docs/architecture.md.
        raw.execute("PRAGMA cipher_memory_security=OFF").fetchall()
        # As a script: those are not kept in the driver's cache of statements.
        raw.executescript(f"PRAGMA key=\"x'{key.hex()}'\";")
        for setting in _AFTER_KEY:
            raw.execute(setting).fetchall()
    except BaseException:
        # Whatever stopped it, an interrupt too: no half-set connection may stay open with the key in it.
        raw.close()
        raise
    return raw


class Store(AnyStore):
    """An open file. Threads may read side by side; writes take turns."""

    journal_version = 0

    def __init__(self, path: Path, key: bytes) -> None:
        """Use :meth:`create` or :meth:`open`."""
        if len(key) != KEY_BYTES:
            raise ValueError("the key of a store has 32 bytes")
        super().__init__(key)
        self.path = path
        self._changed = False
        self.journal_version = 0  # grows with every write to the journal through this store
        self.engine = self._engine()

    @classmethod
    def create(cls, path: Path, key: bytes) -> Store:
        """Make a new, empty database from the present schema. Raises StoreError; never replaces a file."""
        if path.exists():
            raise StoreError("store.exists_already", place=path.name)
        store = cls(path, key)
        try:
            with store.transaction() as tx:
                schema.ALL.create_all(tx.connection)
                migrate.create_triggers(tx)
                migrate.stamp_all(tx)
        except StoreError:
            store.close()
            raise
        return store

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        *,
        upgrade: bool = True,
        before_upgrade: Callable[[Store], object] | None = None,
    ) -> Store:
        """Open and, when it is of an older version, migrate. Raises StoreError with cause and remedy.

        ``before_upgrade`` is called with the opened store when there is something to migrate: a copy is made
        then. Without ``upgrade`` an older file is opened as it is, to be looked at.
        """
        try:
            size = path.stat().st_size
        except OSError:
            raise StoreError("store.missing", place=path.name) from None
        if size < _PAGE:
            # SQLite takes a file of less than a page for a new database: that would hide the loss.
            raise StoreError("store.not_readable", place=path.name)
        store = cls(path, key)
        try:
            store._check_length()
            missing = migrate.missing(store)
            if missing and upgrade:
                if before_upgrade is not None:
                    before_upgrade(store)
                migrate.bring_up(store)
        except StoreError:
            store.close()
            raise
        return store

    @property
    def place(self) -> str:
        """The file's name."""
        return self.path.name

    def failure(self, error: BaseException) -> StoreError:
        """See AnyStore."""
        return store_error(error, self.path)

    # -- transactions ----------------------------------------------------------------------------------

    def _connect_writer(self) -> Connection:
        return self.engine.connect().execution_options(**{_WRITES: True})

    def _begin_writing(self, connection: Connection) -> Tx:
        self._changed = False
        return Tx(connection)

    @contextmanager
    def _begin_reading(self) -> Iterator[Tx]:
        with self.engine.connect() as connection, connection.begin():
            yield Tx(connection)

    def journal_changed(self, tx: Tx) -> int:  # noqa: ARG002 - as AnyStore
        """See AnyStore."""
        self._changed = True
        return self.journal_version + 1

    def _committed(self) -> None:
        if self._changed:
            self.journal_version += 1

    # -- the file --------------------------------------------------------------------------------------

    def secret(self, name: str) -> bytes | None:
        """See AnyStore: the file is encrypted as a whole, so it lies there as it is."""
        return self.meta(name)

    def set_secret(self, tx: Tx, name: str, value: bytes) -> None:
        """See AnyStore."""
        self.set_meta(tx, name, value)

    def use_key(self, key: bytes) -> None:  # noqa: ARG002 - as AnyStore
        """Refused: here the key opens the file."""
        raise StoreError("store.failed", place=self.place, number=0)

    def raw(self) -> Any:  # noqa: ANN401 - the driver has no types
        """A connection of one's own, outside the pool: for checks of the file. The caller closes it.

        Raises StoreError.
        """
        try:
            return connect(self.path, self._key)
        except DATABASE_ERRORS as error:
            raise store_error(error, self.path) from None

    def checkpoint(self, wait: int = 1000) -> bool:
        """Move the write-ahead log into the file; False when readers do not end within ``wait`` ms."""
        raw = self.raw()
        try:
            raw.execute(f"PRAGMA busy_timeout={int(wait)}").fetchall()
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except DATABASE_ERRORS as error:
            raise store_error(error, self.path) from None
        finally:
            raw.close()
        return not busy

    def copy_to(
        self, path: Path, key: bytes | None = None, *, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Write an encrypted copy under ``key`` (default: the same). Raises StoreError; replaces no file.

        ``progress`` is told pages done and of how many; what it raises goes on its way.
        """
        if path.exists():
            raise StoreError("store.exists_already", place=path.name)
        self._require_room(path)
        source = self.raw()
        try:
            target = connect(path, self._key if key is None else key)
            try:
                _copy(source, target, progress)
                target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                target.close()
        except DATABASE_ERRORS as error:
            raise store_error(error, path) from None
        finally:
            source.close()

    def twin(self, path: Path) -> Store:
        """A copy made by :meth:`copy_to` under the same key, opened as it is. Raises StoreError."""
        return Store.open(path, bytes(self._key), upgrade=False)

    # -- inside ----------------------------------------------------------------------------------------

    def _engine(self) -> Engine:
        engine = create_engine(
            "sqlite+pysqlite://",
            module=dbapi2,
            creator=lambda: connect(self.path, self._key),
            poolclass=QueuePool,
            hide_parameters=True,
        )
        event.listen(engine, "begin", _begin)
        return engine

    def _require_room(self, path: Path) -> None:
        """Refuse a copy that cannot fit: SQLite tries for seconds and names no cause. Raises StoreError."""
        wal = self.path.with_name(self.path.name + "-wal")
        try:
            needed = self.path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
            if shutil.disk_usage(path.parent).free < needed + _COPY_ROOM:
                raise StoreError("store.vault_disk_full", place=path.name)
        except OSError as error:
            raise trouble(error, path) from None

    def _check_length(self) -> None:
        """Notice a file that lost its end, which SQLite sees only when it needs the missing page."""
        raw = self.raw()
        try:
            pages, size = (
                int(raw.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
            )
            wal = self.path.with_name(self.path.name + "-wal")
            if self.path.stat().st_size < pages * size and not (wal.exists() and wal.stat().st_size):
                raise StoreError("store.damaged", place=self.path.name)
        except DATABASE_ERRORS as error:
            raise store_error(error, self.path) from None
        finally:
            raw.close()


def _copy(source: Any, target: Any, progress: Callable[[int, int], None] | None) -> None:  # noqa: ANN401
    if progress is None:
        source.backup(target)
        return

    def step(_status: int, left: int, total: int) -> None:
        progress(total - left, total)

    source.backup(target, pages=_STEP, progress=step)


def _begin(connection: Connection) -> None:
    # The driver starts no transactions of its own (isolation_level=None). A writer takes its lock at
    # once: a reader that turns writer later could be refused half-way.
    raw = connection.connection.dbapi_connection
    assert raw is not None  # an open SQLAlchemy connection always has one
    raw.cursor().execute("BEGIN IMMEDIATE" if _WRITES in connection.get_execution_options() else "BEGIN")
