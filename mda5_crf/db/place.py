"""Where a vault lies, and what differs by that: its key file, failed log-ins, lock, database.

There are two kinds: a folder (``FolderPlace``), opened by one program at a time, and the database of a centre
on a PostgreSQL server (``pgplace.ServerPlace``), opened by several people at once. Whatever else is done with
a vault is the same for both and asks the place.

``place_of`` makes the place of a word as people give it: a path, or an address ``postgresql://…``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from mda5_crf.db.attempts import Attempts
from mda5_crf.db.files import trouble
from mda5_crf.db.keysfile import KeysFile, read_keys, write_keys
from mda5_crf.db.lockfile import VaultLock, on_network_share
from mda5_crf.db.pgaddress import SCHEMES
from mda5_crf.db.store import Store
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError

DATABASE: Final = "study.db"
OTHER_KEY: Final = "store.not_readable"
"""Code of the StoreError for a database that another key opens. (With a wrong key the first page cannot be
read, so SQLCipher calls the file no database.)
"""


class Lock(Protocol):
    """Held while a vault is open."""

    def name_holder(self, login: str) -> None:
        """Say who has the vault open, for the sentence to whoever comes second."""

    def release(self) -> None:
        """Give it back. May be called twice."""


class Place(ABC):
    """See the module text."""

    shared: bool = False
    """Whether several people may have the vault open at the same moment."""

    def __init__(self, word: str, name: str) -> None:
        """``word`` names the place again, ``name`` is for people; neither shows a secret."""
        self.word = word
        self.name = name

    @property
    @abstractmethod
    def folder(self) -> Path:
        """A folder of this PC for the vault: outbox, backups. Raises StoreError."""

    @abstractmethod
    def require_vault(self) -> None:
        """Raise StoreError unless a vault could be opened here, before anything is written."""

    @abstractmethod
    def require_free(self) -> None:
        """Raise StoreError unless a vault may be founded here."""

    @abstractmethod
    def lock(self) -> Lock:
        """Take the vault for this program. Raises StoreError."""

    @abstractmethod
    def read_keys(self) -> KeysFile:
        """The key file as it is now. Raises StoreError."""

    @abstractmethod
    def write_keys(self, file: KeysFile, tx: Tx | None = None) -> None:
        """Put ``file``, which follows the one that was read, in its place; the one before is kept.

        ``tx``: where the key file lies in the database, a transaction to write it in. Raises StoreError, also
        when somebody else has written it since.
        """

    @abstractmethod
    def attempts(self, clock: Callable[[], datetime]) -> Attempts:
        """The failed log-ins."""

    @abstractmethod
    def create_store(self, key: bytes) -> AnyStore:
        """An empty database for a new vault. Raises StoreError."""

    @abstractmethod
    def open_store(self, key: bytes) -> AnyStore:
        """Open the database. Raises StoreError, with the code OTHER_KEY when ``key`` is not its key."""

    def exclusively(self) -> AbstractContextManager[None]:
        """For acts that only one program may do at a time in the whole vault (a bundle is made or taken).

        Raises StoreError while somebody else does one.
        """
        return nullcontext()

    def close(self) -> None:  # noqa: B027 - a folder holds nothing
        """Give back what the place itself holds open. May be called twice."""


class FolderPlace(Place):
    """A folder on this PC or on a stick, for one program at a time."""

    def __init__(self, folder: Path) -> None:
        """The vault's own folder."""
        super().__init__(str(folder), folder.name)
        self._folder = folder

    @property
    def folder(self) -> Path:
        """See Place."""
        return self._folder

    def require_vault(self) -> None:
        """See Place."""
        if not self.folder.is_dir():
            raise StoreError("store.vault_missing", place=self.name)
        if on_network_share(self.folder):
            raise StoreError("store.vault_on_network", place=self.name)
        self.read_keys()  # before anything is written into a folder that is no vault

    def require_free(self) -> None:
        """See Place."""
        check_place(self.folder)

    def lock(self) -> Lock:
        """See Place."""
        return VaultLock(self.folder)

    def read_keys(self) -> KeysFile:
        """See Place."""
        return read_keys(self.folder)

    def write_keys(self, file: KeysFile, tx: Tx | None = None) -> None:  # noqa: ARG002 - as Place
        """See Place."""
        write_keys(self.folder, file)

    def attempts(self, clock: Callable[[], datetime]) -> Attempts:
        """See Place."""
        return Attempts.read(self.folder, clock)

    def create_store(self, key: bytes) -> Store:
        """See Place."""
        return Store.create(self.folder / DATABASE, key)

    def open_store(self, key: bytes) -> Store:
        """See Place."""
        path = self.folder / DATABASE
        try:
            return Store.open(path, key, before_upgrade=partial(_copy_first, self.folder))
        except StoreError as error:
            if error.code == OTHER_KEY and not path.stat().st_size:
                raise StoreError("store.damaged", place=path.name) from None
            raise


def place_of(word: Place | Path | str) -> Place:
    """The place that ``word`` names. Raises InputRefused for an address that says too much or too little."""
    if isinstance(word, Place):
        return word
    address = address_text(word)
    if not address:
        return FolderPlace(Path(word))
    from mda5_crf.db.pgplace import ServerPlace  # the driver is an extra of the installation

    return ServerPlace(address)


def address_text(word: Path | str) -> str:
    """The address that ``word`` is meant as, right or wrong; "" for a path.

    A path that was made of an address has lost one of its two slashes.
    """
    scheme, colon, rest = str(word).strip().replace("\\", "/").partition(":/")
    if not colon or scheme.lower() not in SCHEMES:
        return ""
    return f"{scheme.lower()}://{rest.removeprefix('/')}"


def check_place(folder: Path) -> None:
    """Raise StoreError unless a vault may be made at ``folder``: nothing there, and no network share."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreError("store.vault_exists", place=folder.name)
    except OSError as error:
        raise trouble(error, folder) from None
    if on_network_share(folder.parent):
        raise StoreError("store.vault_on_network", place=folder.name)


def _copy_first(folder: Path, store: Store) -> None:
    """A copy of the file as an earlier version wrote it, before it is brought up. Raises StoreError."""
    from mda5_crf.db.backup import back_up

    now = datetime.now(UTC)
    back_up(store, folder, f"migrate_{now:%Y%m%dT%H%M%S%fZ}", now=now)
