"""Folding many records at once: the tables as memory sees them, written back in a few large statements.

:class:`Batch` does what ``projection.fold`` asks of a transaction. It fetches the rows that a fold asks for,
keeps every change, and :meth:`Batch.flush` writes what became of them. So there is one set of folds for a
record just typed, a bundle of a million and a rebuild.

Rows lie in groups: those whose key begins alike, as folds ask for them. A group is fetched whole when it is
first asked for, or beforehand with many others (:meth:`Batch.fetch`), which is only a matter of speed. What
does not name a group goes to the database itself, after everything before it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Table

from mda5_crf.db import schema
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Row, Tx, key_names

SIZE: Final = 4000
"""Records folded between two writings: the memory an intake takes, some MB, against statements saved."""
WEIGHT: Final = 8 << 20
"""Bytes of contents from which on fewer are."""
_Key = tuple[Any, ...]


def weight(record: AuditRecord) -> int:
    """About how many bytes a record takes beside its fields of fixed length."""
    return len(record.key) + len(record.content or b"")


def portions(records: Iterable[AuditRecord]) -> Iterator[list[AuditRecord]]:
    """Records in lists to be folded together."""
    some: list[AuditRecord] = []
    heavy = 0
    for record in records:
        some.append(record)
        heavy += weight(record)
        if len(some) >= SIZE or heavy >= WEIGHT:
            yield some
            some, heavy = [], 0
    if some:
        yield some


class Batch:
    """The projections over a transaction, with what was not yet written."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._tables: dict[str, _Table] = {}

    def insert(self, table: Table, row: Row) -> None:
        """Add one row; every column must be given."""
        self._of(table).insert(row)

    def put(self, table: Table, row: Row) -> None:
        """Insert ``row``, or replace the row with the same primary key."""
        self._of(table).put(row)

    def delete(self, table: Table, **where: Any) -> None:  # noqa: ANN401 - column values
        """Remove the rows that equal ``where``."""
        held = self._of(table)
        group = held.group(where)
        if group is None:
            self.flush()
            self._tx.delete(table, **where)
            return
        self._require(held, group)
        for key, row in list(held.groups[group].items()):
            if _equals(row, where):
                held.remove(group, key)

    def find(self, table: Table, **where: Any) -> list[Row]:  # noqa: ANN401 - column values
        """All rows that equal ``where``."""
        held = self._of(table)
        group = held.group(where)
        if group is None:
            self.flush()
            return self._tx.find(table, **where)
        self._require(held, group)
        found = held.groups[group]
        if len(where) == len(held.grouping):
            return list(found.values())
        return [row for row in found.values() if _equals(row, where)]

    def one(self, table: Table, **where: Any) -> Row | None:  # noqa: ANN401 - column values
        """The first row that equals ``where``, or None."""
        found = self.find(table, **where)
        return found[0] if found else None

    def fetch(self, table: Table, groups: Iterable[_Key]) -> None:
        """Fetch many groups at once."""
        held = self._of(table)
        wanted = [group for group in groups if group not in held.fetched]
        held.begin(wanted)
        first, *others = held.grouping
        if not others:
            sought = {(): [group[0] for group in wanted]}
        else:
            sought = {}
            for group in wanted:
                sought.setdefault(group[:1], []).append(group[1])
        for start, values in sought.items():
            where: Row = dict(zip((first,), start, strict=False))
            name = others[0] if others else first
            for row in self._tx.find_in(table, name, sorted(set(values)), **where):
                held.fill(row)

    def flush(self) -> None:
        """Write what changed, and forget everything."""
        for held in self._tables.values():
            held.write(self._tx)
        self._tables = {}

    def _of(self, table: Table) -> _Table:
        held = self._tables.get(table.name)
        if held is None:
            held = self._tables[table.name] = _Table(table)
        return held

    def _require(self, held: _Table, group: _Key) -> None:
        if group not in held.fetched:
            held.begin([group])
            for row in self._tx.find(held.table, **dict(zip(held.grouping, group, strict=True))):
                held.fill(row)


class _Table:
    """One table: groups of rows by primary key, and what is to be written."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.key = key_names(table)
        self.grouping = _grouping(table)
        self._alone = self.grouping[0] if len(self.grouping) == 1 else ""
        self.groups: dict[_Key, dict[_Key, Row]] = {}
        self.fetched: set[_Key] = set()
        # By primary key: rows to be removed first, rows to be added then.
        self._old: dict[_Key, Row] = {}
        self._new: dict[_Key, Row] = {}

    def group(self, where: Row) -> _Key | None:
        """The group that ``where`` names, or None."""
        if self._alone:
            found = where.get(self._alone)
            return None if found is None else (found,)
        try:
            return tuple([where[name] for name in self.grouping])
        except KeyError:
            return None

    def begin(self, groups: Iterable[_Key]) -> None:
        """These groups are being fetched: what was added to them before stays."""
        for group in groups:
            self.fetched.add(group)
            self.groups.setdefault(group, {})

    def fill(self, row: Row) -> None:
        """A row of the database, unless it was already replaced here."""
        group, key = self._place(row)
        if key not in self._old and group in self.fetched:
            self.groups[group].setdefault(key, row)

    def insert(self, row: Row) -> None:
        group, key = self._place(row)
        self.groups.setdefault(group, {})[key] = row
        self._new[key] = row

    def put(self, row: Row) -> None:
        group, key = self._place(row)
        present = self.groups.setdefault(group, {}).get(key)
        if key not in self._new and (present is not None or group not in self.fetched):
            self._old[key] = row
        self.groups[group][key] = row
        self._new[key] = row

    def remove(self, group: _Key, key: _Key) -> None:
        """Remove a row of a fetched group."""
        row = self.groups[group].pop(key)
        if self._new.pop(key, None) is None:
            self._old[key] = row

    def write(self, tx: Tx) -> None:
        """Write what changed."""
        tx.delete_keys(self.table, list(self._old.values()))
        tx.insert_many(self.table, list(self._new.values()))

    def _place(self, row: Row) -> tuple[_Key, _Key]:
        key = tuple([row[name] for name in self.key])
        return key[: len(self.grouping)], key


@lru_cache(maxsize=256)
def _grouping(table: Table) -> tuple[str, ...]:
    """The columns that make a group: the first of the key; all of it where that names a device, which has far
    too many rows to be fetched together.
    """
    names = key_names(table)
    return names if names[0] in ("device", "by_device") else names[:1]


def _equals(row: Row, where: Row) -> bool:
    return all(row[name] == value for name, value in where.items())


_BY_KEY: Final = {
    "value": schema.item_data, "missing": schema.item_data, "status": schema.form_status,
    "confirm": schema.confirmation, "strike": schema.strike,
}  # fmt: skip


def fetch_for(batch: Batch, records: Sequence[AuditRecord]) -> None:
    """Fetch beforehand what the folds of the commonest kinds will ask for. A guess only costs time."""
    wanted: dict[Table, set[_Key]] = {}

    def want(table: Table, *group: Any) -> None:  # noqa: ANN401 - values of a key
        wanted.setdefault(table, set()).add(group)

    for record in records:
        if record.withheld:
            continue
        table = _BY_KEY.get(record.kind)
        if table is not None:
            want(table, record.key)
        if table is schema.item_data:
            want(schema.superseded, record.device, record.seq, record.key)
            want(schema.form_pin, _form_of(record.key))
        elif record.kind == "query":
            number = record.data.get("id")
            if isinstance(number, str):
                want(schema.query_event, number)
                want(schema.query, number)
    for table, groups in wanted.items():
        batch.fetch(table, groups)


def _form_of(key: str) -> str:
    """The form that an item's key lies in: participant, visit and form of it."""
    return "/".join(key.split("/", 3)[:3])
