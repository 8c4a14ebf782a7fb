"""A journal on a PostgreSQL server: the same tables, chains and triggers, for several people at once.

Writers take turns by one row, ``journal_lock``: whoever writes takes it first and keeps it to the end, so
nobody can hold one thing and wait for another, and no chain is ever written from two sides. That is also why
writers run at READ COMMITTED: each statement after the row was had sees everything that the writer before has
committed, where a snapshot taken before waiting would be stale and end in a serialization failure. Readers
run at REPEATABLE READ, read-only: one state from the first statement to the last, and nobody waits for them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import QueuePool

from mda5_crf.crypto import CanonError, WrapRefused, canon, forget, keyed_hash, parse_canon, unwrap, wrap
from mda5_crf.db import migrate, pgschema
from mda5_crf.db.failures import DATABASE_ERRORS, passing, server_error
from mda5_crf.db.pgaddress import Address, read_address
from mda5_crf.db.pgprepare import app_role, prepare
from mda5_crf.db.storebase import KEY_BYTES, AnyStore
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError

_TRIES: Final = 3
_TAKE: Final = "SELECT version FROM journal_lock FOR UPDATE"
_GROW: Final = "UPDATE journal_lock SET version = version + 1"
_VERSION: Final = "SELECT version FROM journal_lock"
# A program that stopped answering while it writes must not keep the others waiting for ever (milliseconds).
_IDLE: Final = "SET idle_in_transaction_session_timeout = 300000"
# Seconds for which a version read from the server is taken as the newest; the own writes count at once.
_FRESH: Final = 0.25
# A connection that rested longer than this (seconds) is asked whether it still lives.
_RESTED: Final = 5.0


class PgStore(AnyStore):
    """An open database on a server. Threads may read side by side; all writers everywhere take turns."""

    on_server = True

    def __init__(self, address: Address | str, key: bytes = b"") -> None:
        """Use :meth:`create` or :meth:`open`."""
        super().__init__(key)
        self.address = read_address(address) if isinstance(address, str) else address
        self._version = 0
        self._asked = 0.0
        self._pending = 0
        self.engine = self._engine()

    @classmethod
    def create(cls, address: Address | str, key: bytes = b"") -> Self:
        """Prepare an empty database and open it. Raises InputRefused, StoreError; never changes a journal."""
        prepare(address)
        return cls.open(address, key)

    @classmethod
    def open(
        cls,
        address: Address | str,
        key: bytes = b"",
        *,
        upgrade: bool = True,
        before_upgrade: Callable[[Self], object] | None = None,
    ) -> Self:
        """Open and, when it is of an older version, migrate, which only its owner may. See ``Store.open``.

        Raises InputRefused for an address that says too much or too little, StoreError in words.
        """
        store = cls(address, key)
        try:
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
        """The address, without anything secret."""
        return str(self.address)

    def failure(self, error: BaseException) -> StoreError:
        """See AnyStore."""
        return server_error(error, self.place)

    # -- versions --------------------------------------------------------------------------------------

    @property
    def journal_version(self) -> int:
        """See AnyStore. At most a quarter of a second old, never older than the own last write."""
        if not self._in_transaction and time.monotonic() - self._asked > _FRESH:
            with self.read() as tx:
                found = int(tx.connection.exec_driver_sql(_VERSION).scalar_one())
            self._version, self._asked = max(found, self._version), time.monotonic()
        return self._version

    def journal_changed(self, tx: Tx) -> int:
        """See AnyStore."""
        tx.connection.exec_driver_sql(_GROW)
        self._pending = self._version + 1
        return self._pending

    # -- transactions ----------------------------------------------------------------------------------

    def _connect_writer(self) -> Connection:
        return self._again(self._fresh_writer)

    def _fresh_writer(self) -> Connection:
        connection = self.engine.connect().execution_options(
            isolation_level="READ COMMITTED", postgresql_readonly=False
        )
        try:
            with connection.begin():
                connection.exec_driver_sql(_IDLE)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return connection

    @contextmanager
    def _writing(self) -> Iterator[Tx]:
        # The turn is taken here, where nothing has been done yet, so a connection that went stale over night
        # is made anew without anybody noticing.
        from mda5_crf.db.pgtx import PgTx

        connection = self._again(self._take_turn)
        transaction = connection.get_transaction()
        assert transaction is not None  # it has just been begun
        with transaction:
            tx = PgTx(connection)
            try:
                yield tx
            finally:
                tx.end()

    def _take_turn(self) -> Connection:
        if self._writer is None:
            self._writer = self._fresh_writer()
        try:
            self._writer.begin()
            self._version = int(self._writer.exec_driver_sql(_TAKE).scalar_one())
        except BaseException:
            self._drop_writer()
            raise
        self._pending = 0
        return self._writer

    def _begin_writing(self, connection: Connection) -> Tx:
        raise NotImplementedError  # :meth:`_writing` does both

    def _committed(self) -> None:
        if self._pending:
            self._version, self._asked, self._pending = self._pending, time.monotonic(), 0

    @contextmanager
    def _begin_reading(self) -> Iterator[Tx]:
        from mda5_crf.db.pgtx import PgTx

        with self._again(self.engine.connect) as connection, connection.begin():
            yield PgTx(connection)

    @staticmethod
    def _again(act: Callable[[], Connection]) -> Connection:
        """Do what has not written anything yet; once more when a moment later it may well succeed."""
        for attempt in range(1, _TRIES):
            try:
                return act()
            except DATABASE_ERRORS as error:
                if not passing(error):
                    raise
                time.sleep(0.1 * attempt)
        return act()

    @contextmanager
    def upgrading(self) -> Iterator[Tx]:
        """See AnyStore: as the owner of the tables, and with the grants renewed."""
        with self.transaction() as tx:
            run = tx.connection.exec_driver_sql
            owner = run(
                "SELECT tableowner FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"
            ).scalar_one()
            if not run("SELECT pg_has_role(%s, 'MEMBER')", (owner,)).scalar_one():
                raise StoreError("pgstore.upgrade_by_owner", place=self.place)
            role = app_role(tx.connection)
            run(f"SET LOCAL ROLE {pgschema.quoted(owner)}")
            yield tx
            pgschema.grant(tx, role)

    def empty_record(self, tx: Tx, device: str, seq: int) -> None:
        """See AnyStore: by the function that looks for the redaction itself."""
        tx.connection.exec_driver_sql("SELECT empty_record(%s, %s)", (device, seq))

    # -- secrets ---------------------------------------------------------------------------------------

    def secret(self, name: str) -> bytes | None:
        """See AnyStore: it lies there under the vault's key, which never comes to the server."""
        data = self.meta(name)
        if data is None:
            return None
        try:
            return unwrap(self._secrets_key(), parse_canon(data), self._bound(name))
        except (CanonError, WrapRefused):
            # The sentence for another key: whoever opens a vault then tries the key of the time before.
            raise StoreError("store.not_readable", place=self.place) from None

    def set_secret(self, tx: Tx, name: str, value: bytes) -> None:
        """See AnyStore."""
        self.set_meta(tx, name, canon(wrap(self._secrets_key(), value, self._bound(name))))

    def use_key(self, key: bytes) -> None:
        """See AnyStore."""
        if len(key) != KEY_BYTES:
            raise ValueError("the key of a store has 32 bytes")
        forget(self._key)
        self._key = bytearray(key)

    def _secrets_key(self) -> bytes:
        if not self._key:
            raise StoreError("pgstore.no_key", place=self.place)
        return keyed_hash(bytes(self._key), b"secrets in a database on a server")

    @staticmethod
    def _bound(name: str) -> bytes:
        return f"secret {name}".encode()

    # -- inside ----------------------------------------------------------------------------------------

    def _engine(self) -> Engine:
        return make_engine(self.address)


def make_engine(address: Address) -> Engine:
    """Connections to ``address``. Raises StoreError when the driver is not installed."""
    try:
        import psycopg

        from mda5_crf.db.pgtx import adapt
    except ImportError:
        raise StoreError("pgstore.driver_missing") from None

    # What it says quotes errors of the server, and those quote values.
    logging.getLogger("psycopg").disabled = True

    def connect() -> Any:  # noqa: ANN401 - SQLAlchemy takes any driver's connection
        connection = psycopg.connect(**address.libpq())  # type: ignore[arg-type] # text and numbers, by name
        adapt(connection)
        return connection

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        use_native_hstore=False,
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _wake)
    return engine.execution_options(postgresql_readonly=True)


def _note_rest(_: object, record: Any) -> None:  # noqa: ANN401 - a record of the pool
    record.info["rests"] = time.monotonic()


def _wake(connection: Any, record: Any, _: object) -> None:  # noqa: ANN401 - as the driver's
    """Ask a connection that rested long whether it lives; a dead one is replaced by the pool."""
    rests = record.info.get("rests")
    if rests is None or time.monotonic() - rests <= _RESTED:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        # Of whatever kind: the driver is not known here by name, and the pool makes a fresh connection.
        raise exc.DisconnectionError from error
