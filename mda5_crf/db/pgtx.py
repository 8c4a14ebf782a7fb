"""One transaction on a PostgreSQL server: what ``tx.Tx`` does, with that driver's cursors.

Texts: PostgreSQL stores every character but U+0000, which somebody may well type or paste. On the way in it
becomes two characters, a noncharacter that no keyboard has and "0"; on the way out it is U+0000 again. Equal
texts stay equal, so nothing else needs to know of it. The content of a record is bytes and holds it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

import psycopg
from psycopg.adapt import Buffer, Dumper, Loader
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from mda5_crf.db.failures import ServerFailed, state_of
from mda5_crf.db.tx import Row, Statement, Tx, key_names

_MARK: Final = "\ufdd0"
_PIECE: Final = 1000
"""Rows that a stream has in memory at a time."""


def to_server(text: str) -> str:
    """``text`` as PostgreSQL can hold it."""
    if "\x00" not in text and _MARK not in text:
        return text
    return text.replace(_MARK, f"{_MARK}1").replace("\x00", f"{_MARK}0")


def from_server(text: str) -> str:
    """The text that :func:`to_server` was given. What it never makes is left as it is."""
    return text.replace(f"{_MARK}0", "\x00").replace(f"{_MARK}1", _MARK) if _MARK in text else text


class _Texts(Dumper):
    """No type is sent along: the server knows the column's."""

    def dump(self, obj: str) -> Buffer | None:
        """Driver's side of :func:`to_server`."""
        return to_server(obj).encode("utf-8")


class _Read(Loader):
    """Driver's side of :func:`from_server`."""

    def load(self, data: Buffer) -> str:
        """A text that came."""
        return from_server(str(data, "utf-8"))


def adapt(connection: psycopg.Connection[Any]) -> None:
    """Teach a connection how texts travel, and to keep statements prepared."""
    connection.adapters.register_dumper(str, _Texts)
    for name in ("text", "varchar"):
        connection.adapters.register_loader(name, _Read)
    connection.prepare_threshold = 2
    connection.prepared_max = 500


@lru_cache(maxsize=256)
def _put(table: Table) -> Statement:
    names, keys = [column.name for column in table.columns], key_names(table)
    wanted = insert(table)
    others = {name: wanted.excluded[name] for name in names if name not in keys}
    if not others:
        return Statement(wanted.on_conflict_do_nothing(index_elements=keys), names)
    return Statement(wanted.on_conflict_do_update(index_elements=keys, set_=others), names)


class PgTx(Tx):
    """A transaction under way on a server. Made only by ``PgStore``."""

    __slots__ = ("_open", "_streams")

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._open = True
        self._streams = 0

    def end(self) -> None:
        """See Tx: streams that were left half-read are gone with the transaction."""
        self._open = False

    def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a cursor
        """Run ``sql`` and return the cursor. Raises ServerFailed, which holds a code and never a text."""
        with spoken():
            return self._cursor.execute(sql, values)

    def run(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """See Tx."""
        try:
            self._cursor.execute(*statement.bound(self.dialect, values))
            return self._cursor.fetchall() if self._cursor.description else []
        except psycopg.Error as error:
            raise ServerFailed(state_of(error)) from None

    def change(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """See Tx."""
        try:
            self._cursor.execute(*statement.bound(self.dialect, values))
            return int(self._cursor.rowcount)
        except psycopg.Error as error:
            raise ServerFailed(state_of(error)) from None

    def each(self, statement: Statement, values: Mapping[str, Any], at_once: int = _PIECE) -> Iterable[Any]:
        """See Tx; the rows stay on the server until they are asked for."""
        self._streams += 1
        name = f"mda5_{self._streams}"
        raw: Any = self.connection.connection.dbapi_connection
        cursor = raw.cursor()
        sql, bound = statement.bound(self.dialect, values)
        with spoken():
            cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", bound, prepare=False)
        try:
            while self._open:
                with spoken():
                    cursor.execute(f"FETCH {at_once} FROM {name}", prepare=False)
                    rows = cursor.fetchall()
                yield from rows
                if len(rows) < at_once:
                    return
        finally:
            # A reader that stopped early may be thrown away when another transaction is under way here: the
            # server has forgotten the name then, and asking for it would break that one.
            if self._open and raw.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
                cursor.execute(f"CLOSE {name}", prepare=False)
            cursor.close()

    def _many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            bound = [statement.bound(self.dialect, row) for row in rows]
            with spoken():
                self._cursor.executemany(bound[0][0], [values for _, values in bound])

    def put(self, table: Table, row: Row) -> None:
        """See Tx."""
        self.run(_put(table), row)


@contextmanager
def spoken() -> Iterator[None]:
    """Turn the driver's errors, whose texts quote values, into ServerFailed."""
    try:
        yield
    except psycopg.Error as error:
        raise ServerFailed(state_of(error)) from None
