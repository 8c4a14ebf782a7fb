"""The two kinds of store, so that one test can be about both: a file, and a database on a server.

A test, or a fixture, that asks for ``store_kind`` runs for both; with ``@FILE_ONLY`` for files alone. Inside,
a store is made with :func:`create` and opened again with :func:`reopen`, by a path that names it.
"""

# ruff: noqa: ANN401 - drivers without types
from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db.pgstore import PgStore
from mda5_crf.db.store import Store
from mda5_crf.db.storebase import AnyStore
from tests.pgserver import Server, the_server

FILE_ONLY = pytest.mark.parametrize("store_kind", ["file"], indirect=True)


class Kind(ABC):
    """How stores of one kind are made."""

    on_server = False

    @abstractmethod
    def create(self, path: Path, key: bytes) -> AnyStore:
        """A new store that ``path`` names."""

    @abstractmethod
    def open(self, path: Path, key: bytes, **how: Any) -> AnyStore:
        """The store of that name again."""

    @abstractmethod
    def raw(self, store: AnyStore) -> Any:
        """A connection past the program, to its tables, with no trigger in the way once it is dropped."""

    @abstractmethod
    def copy_aside(self, path: Path) -> None:
        """Copy a closed store."""

    @abstractmethod
    def put_back(self, path: Path) -> None:
        """Put the copy in its place."""

    def end_of_test(self) -> None:  # noqa: B027 - files go with their folder
        """Give back what only the test that ends had."""


class FileKind(Kind):
    """SQLCipher."""

    def create(self, path: Path, key: bytes) -> AnyStore:
        return Store.create(path, key)

    def open(self, path: Path, key: bytes, **how: Any) -> AnyStore:
        return Store.open(path, key, **how)

    def raw(self, store: AnyStore) -> Any:
        return store.raw()

    def copy_aside(self, path: Path) -> None:
        shutil.copyfile(path, path.with_suffix(".aside"))

    def put_back(self, path: Path) -> None:
        path.with_suffix(".aside").replace(path)


class ServerKind(Kind):
    """PostgreSQL, as a person who may no more than work with the journal."""

    on_server = True

    def __init__(self, server: Server) -> None:
        self.server = server
        self._databases: dict[Path, str] = {}
        self._stores: list[tuple[Path, Lent]] = []
        self._spoiled: set[str] = set()

    def create(self, path: Path, key: bytes) -> AnyStore:
        assert path not in self._databases, "made already"
        self._databases[path] = self.server.database()
        return self.open(path, key)

    def open(self, path: Path, key: bytes, **how: Any) -> AnyStore:
        store = Lent.open(self.server.address(self._databases[path]), key, **how)
        self._stores.append((path, store))
        return store

    def raw(self, store: AnyStore) -> Any:
        database = self.database(store)
        self._spoiled.add(database)
        return self.server.connect(database)

    def copy_aside(self, path: Path) -> None:
        self._databases[path.with_suffix(".aside")] = self.server.copy(self._databases[path])

    def put_back(self, path: Path) -> None:
        aside = path.with_suffix(".aside")
        self._databases[path], self._databases[aside] = self._databases[aside], self._databases[path]

    def database(self, store: AnyStore) -> str:
        """The name of its database."""
        return next(self._databases[path] for path, one in self._stores if one is store)

    def end_of_test(self) -> None:
        """A store that is still open belongs to more tests than this one."""
        used = {path for path, store in self._stores if store.is_open}
        for path in set(self._databases) - used:
            name = self._databases.pop(path)
            if name in self._spoiled:
                self.server.drop(name)
            else:
                self.server.give_back(name)
        self._stores = [(path, store) for path, store in self._stores if path in used]


class Lent(PgStore):
    """A store that says whether it was closed."""

    is_open = True

    def close(self) -> None:
        super().close()
        self.is_open = False


class _Now:
    kind: Kind = FileKind()


def kind() -> Kind:
    """The kind that the running test is about."""
    return _Now.kind


@contextmanager
def using(name: str) -> Iterator[Kind]:
    """Stores of this kind, "file" or "server", until the block ends."""
    before, _Now.kind = _Now.kind, ServerKind(the_server()) if name == "server" else FileKind()
    try:
        yield _Now.kind
    finally:
        _Now.kind.end_of_test()
        _Now.kind = before


def create(path: Path, key: bytes) -> AnyStore:
    """A new store of the present kind."""
    return _Now.kind.create(path, key)


def reopen(path: Path, key: bytes, **how: Any) -> AnyStore:
    """It again."""
    return _Now.kind.open(path, key, **how)


@pytest.fixture(scope="module", params=["file", "server"])
def store_kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    """Each test of a module twice."""
    with using(request.param) as made:
        yield made


@pytest.fixture(autouse=True)
def databases_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test; one that did not ask for a kind is about files, whatever ran before it."""
    if "store_kind" in request.fixturenames:
        yield
        _Now.kind.end_of_test()
        return
    with using("file"):
        yield
