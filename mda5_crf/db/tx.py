"""One transaction, and the few shapes of statement the journal and its projections need.

Statements are written with SQLAlchemy, compiled once per dialect and run on the connection's own
cursor: compiling and wrapping cost more than the encrypted write they would stand around.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, bindparam, delete, insert, select
from sqlalchemy.engine import Dialect

Row = dict[str, Any]


class Tables(Protocol):
    """What folding needs of a transaction: a database's, or plain memory's."""

    def insert(self, table: Table, row: Row) -> None:
        """Add one row; every column must be given."""

    def put(self, table: Table, row: Row) -> None:
        """Insert ``row``, or replace the row with the same primary key."""

    def delete(self, table: Table, **where: Any) -> None:  # noqa: ANN401 - column values
        """Remove the rows that equal ``where``."""

    def find(self, table: Table, **where: Any) -> list[Row]:  # noqa: ANN401 - column values
        """All rows that equal ``where``."""

    def one(self, table: Table, **where: Any) -> Row | None:  # noqa: ANN401 - column values
        """The first row that equals ``where``, or None."""


Clause = Select[Any] | Insert | Delete | Update


class Statement:
    """A compiled statement with named places."""

    __slots__ = ("_clause", "_columns", "_compiled")

    def __init__(self, clause: Clause, columns: Sequence[str] | None = None) -> None:
        """``columns`` are those an INSERT fills or an UPDATE sets, with places of their own name."""
        self._clause = clause
        self._columns = columns
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, Row]] = {}

    def bound(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Any]:
        """SQL text, and ``values`` as the driver takes them: in order, or by name."""
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._clause.compile(dialect=dialect, column_keys=self._columns)
            order = tuple(compiled.positiontup or ()) if compiled.positional else None
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            found = self._compiled[dialect.name] = (str(compiled), order, constants)
        sql, order, constants = found
        if constants:
            values = {**constants, **values}
        return sql, values if order is None else tuple([values[name] for name in order])


@lru_cache(maxsize=256)
def _insert(table: Table) -> Statement:
    return Statement(insert(table), [column.name for column in table.columns])


@lru_cache(maxsize=256)
def _delete(table: Table, names: tuple[str, ...]) -> Statement:
    return Statement(delete(table).where(*(table.c[name] == bindparam(name) for name in names)))


@lru_cache(maxsize=256)
def _find(table: Table, names: tuple[str, ...]) -> Statement:
    return Statement(select(table).where(*(table.c[name] == bindparam(name) for name in names)))


@lru_cache(maxsize=256)
def key_names(table: Table) -> tuple[str, ...]:
    """The columns of the primary key, in order."""
    return tuple(column.name for column in table.primary_key.columns)


@lru_cache(maxsize=256)
def _names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


class Tx:
    """A transaction under way. Made only by ``Store.transaction`` (writes) and ``Store.read``."""

    __slots__ = ("_cursor", "connection", "dialect")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        raw = connection.connection.dbapi_connection
        assert raw is not None  # an open SQLAlchemy connection always has one
        self._cursor = raw.cursor()

    def run(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """Execute and return all rows as tuples (none for a write)."""
        self._cursor.execute(*statement.bound(self.dialect, values))
        return list(self._cursor.fetchall()) if self._cursor.description else []

    def change(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """Execute a write and return how many rows it touched."""
        self._cursor.execute(*statement.bound(self.dialect, values))
        return int(self._cursor.rowcount)

    def each(self, statement: Statement, values: Mapping[str, Any]) -> Iterable[Any]:
        """Execute and yield rows one by one, on a cursor of its own."""
        raw = self.connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute(*statement.bound(self.dialect, values))
        try:
            while rows := cursor.fetchmany(1000):
                yield from rows
        finally:
            cursor.close()

    def insert(self, table: Table, row: Row) -> None:
        """Add one row; every column must be given."""
        self.run(_insert(table), row)

    def delete(self, table: Table, **where: Any) -> None:  # noqa: ANN401 - column values
        """Remove the rows that equal ``where``."""
        self.run(_delete(table, tuple(where)), where)

    def put(self, table: Table, row: Row) -> None:
        """Insert ``row``, or replace the row with the same primary key."""
        self.run(_delete(table, key_names(table)), row)
        self.run(_insert(table), row)

    def find(self, table: Table, **where: Any) -> list[Row]:  # noqa: ANN401 - column values
        """All rows that equal ``where``, as dicts."""
        names = _names(table)
        return [dict(zip(names, row, strict=True)) for row in self.run(_find(table, tuple(where)), where)]

    def one(self, table: Table, **where: Any) -> Row | None:  # noqa: ANN401 - column values
        """The first row that equals ``where``, or None."""
        found = self.find(table, **where)
        return found[0] if found else None
