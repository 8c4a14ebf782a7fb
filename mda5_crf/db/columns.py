"""How the columns of the tables are made; one place for what SQLite and PostgreSQL say differently."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects import postgresql

metadata: Final = MetaData()

# SQLite compares text by bytes; PostgreSQL must be told to, or prefix ranges depend on its locale.
_Code: Final = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def code(name: str, *, primary: bool = False) -> Column[str]:
    """An identifier: compared and ranged by code point."""
    return Column(name, _Code, primary_key=primary, nullable=False)


def text(name: str) -> Column[str]:
    """A text that is only read."""
    return Column(name, Text, nullable=False)


def number(name: str, *, primary: bool = False) -> Column[int]:
    """A whole number of 64 bits."""
    # autoincrement=False: otherwise a lone integer key becomes a counter.
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=primary, nullable=False,
                  autoincrement=False)  # fmt: skip


def table(name: str, *columns: Column[Any] | Index) -> Table:
    """A table of :data:`metadata`, found by its key."""
    # A table whose rows are found by their key needs no second tree beside it (SQLite only).
    return Table(name, metadata, *columns, sqlite_with_rowid=False)


def stamp() -> tuple[Column[Any], ...]:
    """The record that a projected row comes from: its place in the total order, its author and time."""
    return (number("clock"), code("device"), number("seq"), code("person"), text("at"))
