"""Folding of what stands in items: values, missing codes, confirmations; and of marks on anything."""

from __future__ import annotations

from functools import lru_cache

from mda5_crf.crypto import canon, file_hash
from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, newest, row_stamp, stamp_row, supersede, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Row, Tables
from mda5_crf.itemkey import ItemKey


def fold_value(tx: Tables, record: AuditRecord) -> None:
    """``value`` and ``missing``: heads of an item, its conflict, the pin of its form."""
    form = _form_of(record)
    row: Row = {
        "key": record.key, "device": record.device, "seq": record.seq, "clock": record.clock,
        "person": record.person, "at": record.at, "text": "", "unit": "", "missing": "",
        "absent": int(record.content is None),
    }  # fmt: skip
    if record.content is not None:
        data = record.data
        row["unit"] = text(data, "unit", "")
        if record.kind == "missing":
            row["missing"] = text(data, "code")
            if not row["missing"]:
                raise Unfoldable("aside_shape")
        else:
            row["text"] = text(data, "text")
    before = len(tx.find(schema.item_data, key=record.key))
    if supersede(tx, schema.item_data, record):
        tx.insert(schema.item_data, row)
    if before:
        _fold_conflict(tx, record.key, before)
    _fold_first_entry(tx, form, record)


def _form_of(record: AuditRecord) -> str:
    """The path of the form that an item's key lies in. Raises Unfoldable for any other key.

    A row has many items and a form many rows: what was read once is not read again.
    """
    row, _, item = record.key.rpartition("/")
    form = form_of_row(row)
    if not form or not is_item(item):
        return key_of(record, "item").form_key().path()
    return form


@lru_cache(maxsize=4096)
def form_of_row(path: str) -> str:
    """The path of the form that a row lies in; "" for any other path."""
    try:
        key = ItemKey.parse(path)
    except ValueError:
        return ""
    return key.form_key().path() if key.group and not key.item else ""


@lru_cache(maxsize=16384)
def is_item(name: str) -> bool:
    """Whether it can be the name of an item."""
    try:
        return ItemKey.parse(f"s/e/f/g/{name}").item == name != ""
    except ValueError:
        return False


def conflict_id(records: list[str]) -> str:
    """The id of the query a conflict raises by itself: the same on every machine."""
    return file_hash(canon(sorted(records)))


def _fold_conflict(tx: Tables, key: str, before: int) -> None:
    heads = tx.find(schema.item_data, key=key)
    if before > 1:
        tx.delete(schema.conflict, key=key)
    # What was withheld or redacted cannot be compared and conflicts with nothing.
    said = {(head["text"], head["unit"], head["missing"]) for head in heads if not head["absent"]}
    if len(said) > 1:
        records = sorted(f"{head['device']}:{head['seq']}" for head in heads)
        row = {"key": key, "query": conflict_id(records), "records": canon(records).decode("ascii")}
        tx.insert(schema.conflict, row)


def _fold_first_entry(tx: Tables, form: str, record: AuditRecord) -> None:
    present = tx.one(schema.form_pin, key=form)
    if present is None or (not present["explicit"] and record.stamp < row_stamp(present)):
        pin = {"key": form, "definition": record.definition, "explicit": 0, **stamp_row(record)}
        (tx.insert if present is None else tx.put)(schema.form_pin, pin)


def fold_pin(tx: Tables, record: AuditRecord) -> None:
    """``pin``: moves a form instance to another version; the newest pin stands, over any first entry."""
    form = key_of(record, "form").path()
    pinned = text(record.data, "definition")
    present = tx.one(schema.form_pin, key=form)
    if present is None or not present["explicit"] or row_stamp(present) < record.stamp:
        tx.put(schema.form_pin, {"key": form, "definition": pinned, "explicit": 1, **stamp_row(record)})


def fold_confirm(tx: Tables, record: AuditRecord) -> None:
    """``confirm``: the value text that somebody confirmed against one check."""
    key_of(record, "item", "group", "form")
    data = record.data
    row = {"text": text(data, "text"), **stamp_row(record)}
    newest(tx, schema.confirmation, row, key=record.key, check_oid=text(data, "check"))


def fold_mark(tx: Tables, record: AuditRecord) -> None:
    """``verify``, ``review``: unsuperseded marks on a key."""
    key_of(record, "item", "group", "form", "event", "subject")
    if not supersede(tx, schema.mark, record):
        return
    content = "" if record.content is None else record.content.decode("utf-8")
    tx.insert(
        schema.mark,
        {
            "key": record.key, "device": record.device, "seq": record.seq, "clock": record.clock,
            "person": record.person, "at": record.at, "kind": record.kind, "content": content,
        },
    )  # fmt: skip
