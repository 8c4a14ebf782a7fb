"""What every open database does, whether it is an encrypted file or a database on a server.

``store.Store`` is the file, ``pgstore.PgStore`` the server. Whoever reads or writes a journal takes an
:class:`AnyStore`; only what is about a file (copies, pages, its key) asks for a ``Store``.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Engine, bindparam, update

from mda5_crf.crypto import hkdf, keyed_hash
from mda5_crf.db import schema
from mda5_crf.db.failures import DATABASE_ERRORS
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.errors import StoreError

KEY_BYTES: Final = 32
_a: Final = schema.audit_record.c
_EMPTY: Final = Statement(
    update(schema.audit_record).where(_a.device == bindparam("d"), _a.seq == bindparam("s")),
    ["content", "salt"],
)


class AnyStore(ABC):
    """An open database. Threads may read side by side; writes take turns."""

    engine: Engine
    on_server: ClassVar[bool] = False
    """Whether other programs may write to it at the same time, and there is no file."""

    def __init__(self, key: bytes) -> None:
        """``key`` belongs to the vault: 32 bytes, or none when nothing is done that needs it."""
        if key and len(key) != KEY_BYTES:
            raise ValueError("the key of a store has 32 bytes")
        self._key = bytearray(key)
        self._lock = threading.RLock()
        self._in_transaction = False
        self._writer: Connection | None = None

    # -- what the two kinds do differently -------------------------------------------------------------

    @property
    @abstractmethod
    def place(self) -> str:
        """Its name for people: of a file the name without the path, of a server the address."""

    @property
    @abstractmethod
    def journal_version(self) -> int:
        """Grows with every write to the journal. Inside a transaction: the version that it follows."""

    @abstractmethod
    def journal_changed(self, tx: Tx) -> int:
        """Say that ``tx`` wrote the journal; returns the version that holds once it is committed."""

    @abstractmethod
    def failure(self, error: BaseException) -> StoreError:
        """The sentence for one of DATABASE_ERRORS that this database raised."""

    @abstractmethod
    def _connect_writer(self) -> Connection:
        """The connection that transactions use."""

    @abstractmethod
    def _begin_writing(self, connection: Connection) -> Tx:
        """Begin on it, with the place in the row of writers taken."""

    @abstractmethod
    def _begin_reading(self) -> AbstractContextManager[Tx]:
        """A transaction that sees one state and writes nothing."""

    @abstractmethod
    def secret(self, name: str) -> bytes | None:
        """A secret of this vault, or None. Raises StoreError when the key does not open it."""

    @abstractmethod
    def set_secret(self, tx: Tx, name: str, value: bytes) -> None:
        """Write a secret, so that only a holder of the vault's key reads it."""

    @abstractmethod
    def use_key(self, key: bytes) -> None:
        """Another key for secrets from now on, where the key opens no file. Raises StoreError."""

    def _committed(self) -> None:  # noqa: B027 - only some want to know
        """The transaction is on the disk."""

    # -- transactions ----------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Write: all of it or nothing. When the block ends without error the data are on the disk.

        The only place that commits. Raises StoreError; transactions do not nest.
        """
        with self._lock:
            if self._in_transaction:
                raise RuntimeError("transactions do not nest")
            self._in_transaction = True
            try:
                with self._writing() as tx:
                    yield tx
                self._committed()
            except DATABASE_ERRORS as error:
                self._drop_writer()
                raise self.failure(error) from None
            finally:
                self._in_transaction = False

    @contextmanager
    def _writing(self) -> Iterator[Tx]:
        if self._writer is None:
            self._writer = self._connect_writer()
        with self._writer.begin():
            tx = self._begin_writing(self._writer)
            try:
                yield tx
            finally:
                tx.end()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Read one consistent state. Raises StoreError."""
        try:
            with self._begin_reading() as tx:
                try:
                    yield tx
                finally:
                    tx.end()
        except DATABASE_ERRORS as error:
            raise self.failure(error) from None

    def upgrading(self) -> AbstractContextManager[Tx]:
        """A transaction that may change tables. Raises StoreError."""
        return self.transaction()

    def _drop_writer(self) -> None:
        """After a failure the next transaction starts on a fresh connection."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.invalidate()
            writer.close()

    def close(self) -> None:
        """Close all connections and forget the key. May be called twice."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self.engine.dispose()
            for index in range(len(self._key)):
                self._key[index] = 0

    # -- small things ----------------------------------------------------------------------------------

    def meta(self, name: str) -> bytes | None:
        """A fact about this database, or None."""
        with self.read() as tx:
            row = tx.one(schema.meta, name=name)
        return None if row is None else bytes(row["value"])

    def set_meta(self, tx: Tx, name: str, value: bytes) -> None:
        """Write a fact about this database."""
        tx.put(schema.meta, {"name": name, "value": value})

    def empty_record(self, tx: Tx, device: str, seq: int) -> None:
        """Take content and salt out of a record that a redaction names; the database refuses any other."""
        tx.run(_EMPTY, {"d": device, "s": seq, "content": None, "salt": None})

    def keyed_mac(self, data: bytes) -> bytes:
        """32 bytes over ``data`` that only a holder of the vault's key can make: seals of copies."""
        if not self._key:
            raise StoreError("pgstore.no_key", place=self.place)
        return keyed_hash(hkdf(bytes(self._key), "backup"), data)

    # -- what only a file has --------------------------------------------------------------------------

    def raw(self) -> Any:  # noqa: ANN401 - the driver has no types
        """A connection of one's own to the file. Raises StoreError where there is none."""
        raise StoreError("pgstore.not_a_file", place=self.place)

    def checkpoint(self, wait: int = 1000) -> bool:  # noqa: ARG002 - as Store
        """Move what was written into the file; False when readers do not end within ``wait`` ms."""
        return True

    def copy_to(
        self,
        path: Path,  # noqa: ARG002 - as Store
        key: bytes | None = None,  # noqa: ARG002
        *,
        progress: Callable[[int, int], None] | None = None,  # noqa: ARG002
    ) -> None:
        """Copy the file. Raises StoreError where there is none."""
        raise StoreError("pgstore.not_a_file", place=self.place)

    def twin(self, path: Path) -> AnyStore:  # noqa: ARG002 - as Store
        """A copy made by :meth:`copy_to`, opened as it is. Raises StoreError where there is none."""
        raise StoreError("pgstore.not_a_file", place=self.place)
