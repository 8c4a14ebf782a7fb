"""Folding of double entry: what a second person entered, rows of the second entry, how differences ended.

Second entries stand in tables of their own and never touch an item: a record here supersedes no value. Of
two second entries of one item the one with the higher stamp stands. They are no data but a reading that is
compared with the data: whichever stands agrees, or is a difference that a person resolves.
"""

from __future__ import annotations

from typing import Any, Final

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, newest, stamp_row, text
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Tables

RESULTS: Final = frozenset({"same", "differs", "cleared", "row"})
CHOICES: Final = frozenset({"first", "second", "other"})
STRUCK, PAIRED = "struck", "paired"


def fold_second(tx: Tables, record: AuditRecord) -> None:
    """``second``: what a second person entered for an item, and the records it was compared with."""
    key_of(record, "item")
    data = record.data
    missing = text(data, "code", "")
    typed = text(data, "text", "")
    if (bool(missing) and bool(typed)) or text(data, "result") not in RESULTS:
        raise Unfoldable("aside_shape")
    row = {
        "text": typed, "unit": text(data, "unit", ""), "missing": missing, "compared": _ids(data, "of"),
        "result": text(data, "result"), **stamp_row(record),
    }  # fmt: skip
    newest(tx, schema.second_entry, row, key=record.key)


def fold_second_row(tx: Tables, record: AuditRecord) -> None:
    """``second-row``: on a log it makes a row of the second entry; on such a row, what became of it."""
    key = key_of(record, "group")
    if not key.group_repeat:
        row = {"key": f"{record.key}[{record.id}]", "parent": record.key, "identity": record.id}
        tx.insert(schema.second_row, {**row, **stamp_row(record)})
        return
    state, first = text(record.data, "state"), text(record.data, "first", "")
    if state not in (STRUCK, PAIRED) or (state == PAIRED) != bool(first):
        raise Unfoldable("aside_shape")
    newest(tx, schema.second_row_state, {"state": state, "first": first, **stamp_row(record)}, key=record.key)


def fold_second_resolved(tx: Tables, record: AuditRecord) -> None:
    """``second-resolved``: a person said which of two readings is right, or what becomes of a single row."""
    key_of(record, "item", "group")
    data = record.data
    second = text(data, "second", "")
    if text(data, "choice") not in CHOICES or (second and split_id(second) is None):
        raise Unfoldable("aside_shape")
    row = {
        "key": record.key, "choice": text(data, "choice"), "second": second, "first": _ids(data, "first"),
        "stands": _ids(data, "stands"), "note": text(data, "note", ""), **stamp_row(record),
    }  # fmt: skip
    tx.insert(schema.second_resolution, row)


def _ids(data: dict[str, Any], name: str) -> str:
    """A list of records' ids, as canonical JSON. Raises Unfoldable."""
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and split_id(one) for one in found):
        raise Unfoldable("aside_shape")
    return canon(found).decode("utf-8")
