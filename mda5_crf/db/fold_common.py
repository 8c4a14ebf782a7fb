"""What every fold needs: order by stamp, supersession by id, strict reading of contents.

All of it is independent of the order in which records arrive: a row depends on the set of records
folded, never on their sequence. So each rule here is a maximum, a minimum or a union.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Table

from mda5_crf.db import schema
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Row, Tables
from mda5_crf.itemkey import ItemKey

parse_key = lru_cache(maxsize=65536)(ItemKey.parse)


class Unfoldable(ValueError):
    """A record that cannot be folded: ``code`` is ``aside_kind`` or ``aside_shape`` of the store's texts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text(data: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text of the content. Without ``default`` it must be there. Raises Unfoldable."""
    found = data.get(name, default)
    if not isinstance(found, str):
        raise Unfoldable("aside_shape")
    return found


def key_of(record: AuditRecord, *levels: str) -> ItemKey:
    """The record's key, when it addresses one of ``levels`` (names of ItemKey fields). Raises Unfoldable."""
    try:
        key: ItemKey = parse_key(record.key)
    except ValueError:
        raise Unfoldable("aside_shape") from None
    level = next((name for name in ("item", "group", "form", "event", "subject") if getattr(key, name)), "")
    if level not in levels:
        raise Unfoldable("aside_shape")
    return key


def stamp_row(record: AuditRecord) -> Row:
    """The columns of ``schema._stamp``."""
    return {
        "clock": record.clock, "device": record.device, "seq": record.seq, "person": record.person,
        "at": record.at,
    }  # fmt: skip


def row_stamp(row: Row) -> tuple[int, str, int]:
    """The place of a projected row in the total order."""
    return row["clock"], row["device"], row["seq"]


def newest(tx: Tables, table: Table, row: Row, **key: str) -> None:
    """A register: of all rows with this key the one with the highest stamp stands."""
    present = tx.one(table, **key)
    if present is None:
        tx.insert(table, {**key, **row})
    elif row_stamp(present) < row_stamp(row):
        tx.put(table, {**key, **row})


def supersede(tx: Tables, table: Table, record: AuditRecord) -> bool:
    """Take away the heads this record replaces; return whether the record is itself a head.

    Only records of the same key count, so nobody can clear another field by naming its record.
    """
    named = [split_id(replaced) for replaced in record.replaces]
    if not all(named):
        raise Unfoldable("aside_shape")
    for device, seq in filter(None, named):
        tx.put(schema.superseded, {"device": device, "seq": seq, "key": record.key})
        tx.delete(table, key=record.key, device=device, seq=seq)
    return tx.one(schema.superseded, device=record.device, seq=record.seq, key=record.key) is None
