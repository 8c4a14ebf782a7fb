"""Projections in plain memory: where ``verify`` folds the journal a second time, without any SQL."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Table

from mda5_crf.db import schema
from mda5_crf.db.tx import Row, key_names

_Bucket = dict[tuple[Any, ...], Row]


class Duplicate(ValueError):
    """A second row under one key: something no lawful journal folds to."""


class Memory:
    """The tables of the projections as dicts; does what ``projection.fold`` asks of a transaction.

    Rows lie in buckets by the first column of their primary key, which every search names.
    """

    def __init__(self) -> None:
        self._tables: dict[str, dict[Any, _Bucket]] = {table.name: {} for table in schema.PROJECTIONS}

    def insert(self, table: Table, row: Row) -> None:
        """Add one row. Raises Duplicate."""
        key = tuple([row[name] for name in key_names(table)])
        bucket = self._tables[table.name].setdefault(key[0], {})
        if key in bucket:
            raise Duplicate(table.name)
        bucket[key] = dict(row)

    def put(self, table: Table, row: Row) -> None:
        """Insert, or replace the row with the same primary key."""
        key = tuple([row[name] for name in key_names(table)])
        self._tables[table.name].setdefault(key[0], {})[key] = dict(row)

    def delete(self, table: Table, **where: Any) -> None:  # noqa: ANN401 - column values
        """Remove the rows that equal ``where``, which names the first column of the key."""
        names = key_names(table)
        bucket = self._tables[table.name].get(where[names[0]])
        if not bucket:
            return
        for key, row in list(bucket.items()):
            if all(row[name] == value for name, value in where.items()):
                del bucket[key]

    def find(self, table: Table, **where: Any) -> list[Row]:  # noqa: ANN401 - column values
        """All rows that equal ``where``, which names the first column of the key."""
        names = key_names(table)
        bucket = self._tables[table.name].get(where[names[0]])
        if not bucket:
            return []
        if len(where) == len(names) and all(name in where for name in names):
            row = bucket.get(tuple([where[name] for name in names]))
            return [] if row is None else [row]
        return [row for row in bucket.values() if all(row[name] == value for name, value in where.items())]

    def one(self, table: Table, **where: Any) -> Row | None:  # noqa: ANN401 - column values
        """The first row that equals ``where``, or None."""
        found = self.find(table, **where)
        return found[0] if found else None

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All tables as sorted rows, like ``projection.dump``."""
        return {
            table.name: sorted(
                tuple([row[name] for name in _columns(table)])
                for bucket in self._tables[table.name].values()
                for row in bucket.values()
            )
            for table in schema.PROJECTIONS
        }


@lru_cache(maxsize=64)
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)
