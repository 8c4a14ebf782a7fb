"""A centre's vault in a database on a PostgreSQL server, for several people at once.

There is no folder, so what lies beside the database elsewhere are rows of the table ``meta``:

    keys.json, keys.json.1    the key file and the one before it, the very bytes of a folder's
    attempts.json             failed log-ins
    device, page_keys         secrets of the vault, and ``station:ID`` of each workstation: wrapped under the
                              database key (``PgStore.set_secret``)

The data columns are not encrypted: set-based folding needs them. The database key therefore opens no file.
It is granted through the same slots all the same, and what it opens are those secrets, so that an
administrator of the server can sign nothing as the centre's device and make no page that proves itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from mda5_crf.db import attempts, schema
from mda5_crf.db.attempts import Attempts
from mda5_crf.db.failures import DATABASE_ERRORS
from mda5_crf.db.files import trouble
from mda5_crf.db.keysfile import FILE_NAME, MAX_BYTES, PREVIOUS_NAME, KeysFile, parse_keys
from mda5_crf.db.pgaddress import read_address
from mda5_crf.db.pgstore import PgStore
from mda5_crf.db.place import Lock, Place
from mda5_crf.db.store import Store
from mda5_crf.db.transfer import Progress, copy_out
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError
from mda5_crf.settings import config_directory

_CENTRES: Final = "centres"
# Any number does that no other program of the database uses.
_TURN: Final = "SELECT pg_try_advisory_xact_lock(5012396611)"


class CentreStore(PgStore):
    """The database of a vault on a server. It can be copied: into an ordinary encrypted file."""

    def copy_to(
        self, path: Path, key: bytes | None = None, *, progress: Progress | None = None, **_: object
    ) -> None:
        """See Store: the truth of one moment, folded anew. Raises StoreError."""
        copy_out(self, path, bytes(self._key) if key is None else key, progress or (lambda *_: None))

    def twin(self, path: Path) -> Store:
        """See Store."""
        return Store.open(path, bytes(self._key), upgrade=False)


class _Open:
    """No lock: several people have the vault open at once, and the journal makes writers take turns."""

    def name_holder(self, login: str) -> None:
        """See Lock."""

    def release(self) -> None:
        """See Lock."""


class ServerPlace(Place):
    """See the module text."""

    shared = True

    def __init__(self, word: str) -> None:
        """``word``: an address. Raises InputRefused for one that says too much or too little."""
        self._address = read_address(word)
        super().__init__(word, str(self._address))
        self._opened: CentreStore | None = None

    @property
    def folder(self) -> Path:
        """See Place: in the settings of this person on this PC."""
        folder = config_directory() / _CENTRES / self.read_keys().vault
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise trouble(error, folder) from None
        return folder

    def _store(self) -> CentreStore:
        if self._opened is None:
            self._opened = self._connect()
        return self._opened

    def _connect(self, key: bytes = b"") -> CentreStore:
        store = CentreStore.open(self._address, key)
        assert isinstance(store, CentreStore)  # ``open`` makes what it is asked of
        return store

    def require_vault(self) -> None:
        """See Place."""
        if self._store().meta("vault") is None:
            raise StoreError("shared.no_vault", place=self.name)

    def require_free(self) -> None:
        """See Place."""
        if self._store().meta("vault") is not None:
            raise StoreError("store.vault_exists", place=self.name)

    def lock(self) -> Lock:
        """See Place."""
        return _Open()

    def read_keys(self) -> KeysFile:
        """See Place."""
        data = self._store().meta(FILE_NAME)
        if data is None:
            raise StoreError("shared.no_vault", place=self.name)
        return parse_keys(data, self.name)

    def write_keys(self, file: KeysFile, tx: Tx | None = None) -> None:
        """See Place. Refused when the file there is not the one that ``file`` follows."""
        if tx is None:
            with self._store().transaction() as own:
                self.write_keys(file, own)
            return
        data = file.to_bytes()
        if len(data) > MAX_BYTES:
            raise StoreError("store.key_file_too_large", vault=self.name)
        present = tx.one(schema.meta, name=FILE_NAME)
        if present is not None:
            before = bytes(present["value"])
            founded = tx.one(schema.meta, name="vault") is not None
            if founded and parse_keys(before, self.name).write != file.write - 1:
                raise StoreError("shared.keys_changed", place=self.name)
            tx.put(schema.meta, {"name": PREVIOUS_NAME, "value": before})
        tx.put(schema.meta, {"name": FILE_NAME, "value": data})

    def attempts(self, clock: Callable[[], datetime]) -> Attempts:
        """See Place."""
        counted = ServerAttempts(self._store(), clock)
        counted.take(self._store().meta(attempts.FILE_NAME))
        return counted

    def create_store(self, key: bytes) -> CentreStore:
        """See Place: the tables are there already."""
        return self._connect(key)

    def open_store(self, key: bytes) -> CentreStore:
        """See Place."""
        store = self._connect(key)
        try:
            store.secret("device")
        except StoreError:
            store.close()
            raise
        return store

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """See Place: by a lock of the server, which drops it when this program ends, however it ends."""
        store = self._store()
        try:
            with store.engine.connect() as connection, connection.begin():
                if not connection.exec_driver_sql(_TURN).scalar_one():
                    raise StoreError("shared.post_busy", place=self.name)
                yield
        except DATABASE_ERRORS as error:
            raise store.failure(error) from None

    def close(self) -> None:
        """See Place."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


class ServerAttempts(Attempts):
    """Failed log-ins in a row of the database: those at all PCs count together."""

    def __init__(self, store: CentreStore, clock: Callable[[], datetime]) -> None:
        """Begin with none; :meth:`take` reads."""
        super().__init__(Path(attempts.FILE_NAME), clock)
        self._store = store
        self._tx: Tx | None = None

    def failed(self, login: str) -> None:
        """See Attempts. Raises StoreError."""
        with self._store.transaction() as tx:
            row = tx.one(schema.meta, name=attempts.FILE_NAME)
            self.take(None if row is None else bytes(row["value"]))
            self._tx = tx
            try:
                super().failed(login)
            finally:
                self._tx = None

    def save(self, data: bytes) -> None:
        """See Attempts."""
        assert self._tx is not None  # only :meth:`failed` saves
        self._store.set_meta(self._tx, attempts.FILE_NAME, data)

    def clear(self) -> None:
        """See Attempts. Raises StoreError."""
        if not self.as_json():
            return
        self._by_login.clear()
        with self._store.transaction() as tx:
            tx.delete(schema.meta, name=attempts.FILE_NAME)
