"""One transaction, and the few shapes of statement the journal and its projections need.

Statements are written with SQLAlchemy, compiled once per dialect and run on the connection's own
cursor: compiling and wrapping cost more than the encrypted write they would stand around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, bindparam, delete, insert, select
from sqlalchemy.engine import Dialect

Row = dict[str, Any]
_CONSTANT: Final = (int, str, bytes)
_IN_SIZES: Final = (1, 20, 400)
_IN_MOST: Final = _IN_SIZES[-1]


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

    def order(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
        """SQL text, and the names of its places in order; None where the driver takes them by name."""
        sql, order, _ = self._compiled_for(dialect)
        return sql, order

    def bound(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Any]:
        """SQL text, and ``values`` as the driver takes them: in order, or by name."""
        sql, order, constants = self._compiled_for(dialect)
        if constants:
            values = {**constants, **values}
        return sql, values if order is None else tuple([values[name] for name in order])

    def _compiled_for(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None, Row]:
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._clause.compile(dialect=dialect, column_keys=self._columns)
            order = tuple(compiled.positiontup or ()) if compiled.positional else None
            # What has no value of its own is a place to be filled.
            constants = {n: value for n, value in compiled.params.items() if type(value) in _CONSTANT}
            found = self._compiled[dialect.name] = (str(compiled), order, constants)
        return found

    def bound_many(self, dialect: Dialect, rows: Sequence[Mapping[str, Any]]) -> tuple[str, Sequence[Any]]:
        """The same for many rows at once (at least one)."""
        sql, _ = self.bound(dialect, rows[0])
        _, order, constants = self._compiled[dialect.name]
        if order is None or constants or len(order) < 2:
            return sql, [self.bound(dialect, row)[1] for row in rows]
        return sql, list(map(itemgetter(*order), rows))


@lru_cache(maxsize=1024)
def _find_in(table: Table, name: str, names: tuple[str, ...], count: int) -> Statement:
    places: list[Any] = [bindparam(f"in_{index}") for index in range(count)]
    wanted = [table.c[column] == bindparam(column) for column in names]
    return Statement(select(table).where(*wanted, table.c[name].in_(places)))


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
    _cursor: Any  # the drivers have no types in common

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        raw = connection.connection.dbapi_connection
        assert raw is not None  # an open SQLAlchemy connection always has one
        self._cursor = raw.cursor()

    def end(self) -> None:
        """The transaction is over: what still reads from it stops."""

    def run(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """Execute and return all rows as tuples (none for a write)."""
        self._cursor.execute(*statement.bound(self.dialect, values))
        return list(self._cursor.fetchall()) if self._cursor.description else []

    def change(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """Execute a write and return how many rows it touched."""
        self._cursor.execute(*statement.bound(self.dialect, values))
        return int(self._cursor.rowcount)

    def each(self, statement: Statement, values: Mapping[str, Any], at_once: int = 1000) -> Iterable[Any]:
        """Execute and yield rows one by one, on a cursor of its own; ``at_once`` of them are held."""
        raw = self.connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute(*statement.bound(self.dialect, values))
        try:
            while rows := cursor.fetchmany(at_once):
                yield from rows
        finally:
            cursor.close()

    def insert(self, table: Table, row: Row) -> None:
        """Add one row; every column must be given."""
        self.run(_insert(table), row)

    def insert_many(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows, in one go; every column of each must be given."""
        self._many(_insert(table), rows)

    def insert_rows(self, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """The same of tuples: the values of the columns ``names``, which are all of the table."""
        if not rows:
            return
        sql, order = _insert(table).order(self.dialect)
        if order == tuple(names):
            self._cursor.executemany(sql, rows)
        else:
            self.insert_many(table, [dict(zip(names, row, strict=True)) for row in rows])

    def delete_keys(self, table: Table, keys: Sequence[Row]) -> None:
        """Remove the rows with these primary keys, in one go; other columns in ``keys`` do not count."""
        self._many(_delete(table, key_names(table)), keys)

    def find_in(
        self,
        table: Table,
        name: str,
        values: Sequence[Any],
        **where: Any,  # noqa: ANN401 - column values
    ) -> Iterator[Row]:
        """The rows whose column ``name`` is one of ``values`` and that equal ``where``, as dicts."""
        names, fixed = _names(table), tuple(where)
        for start in range(0, len(values), _IN_MOST):
            some = values[start : start + _IN_MOST]
            # A few lengths only: each is a statement of its own.
            count = next(size for size in _IN_SIZES if size >= len(some))
            padded = {f"in_{i}": some[min(i, len(some) - 1)] for i in range(count)}
            for row in self.run(_find_in(table, name, fixed, count), {**where, **padded}):
                yield dict(zip(names, row, strict=True))

    def _many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._cursor.executemany(*statement.bound_many(self.dialect, rows))

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
