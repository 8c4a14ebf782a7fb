"""What was taken from files of other systems: the imports, the trees around the answers, the answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, or_, select, text

from mda5_crf.db import rarekinds, read, rows, schema
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.db.voids import voids_of

IMPORT: Final = "import"
FRAME: Final = "frame"
_a: Final = schema.audit_record.c
_ORDER: Final = (_a.clock, _a.device, _a.seq)
_AT: Final = Statement(
    select(schema.audit_record)
    .where(_a.key == bindparam("k"), _a.kind == bindparam("kind"), rows.STANDS)
    .order_by(*_ORDER)
)
_RARE: Final = Statement(
    select(schema.audit_record)
    .where(_a.kind == bindparam("kind"), rarekinds.RARE, rows.STANDS)
    .order_by(*_ORDER)
)


def imports(tx: Tx) -> Iterator[AuditRecord]:
    """Every ``import`` record that stands, oldest first: imports, and what of their files is about nobody."""
    for row in tx.each(_RARE, {"kind": IMPORT}):
        yield rows.row_record(row)


def frames(tx: Tx, subject: str) -> list[AuditRecord]:
    """The ``frame`` records of a participant that none replaced, oldest first."""
    found = [rows.row_record(row) for row in tx.each(_AT, {"k": subject, "kind": FRAME})]
    replaced = {one for record in found for one in record.replaces}
    return [record for record in found if record.id not in replaced and record.content is not None]


def answers(tx: Tx, key: str) -> list[AuditRecord]:
    """Every answer an item ever had, oldest first."""
    return [
        rows.row_record(row)
        for kind in ("value", "missing")
        for row in tx.each(_AT, {"k": key, "kind": kind})
    ]


_SAID: Final = Statement(
    select(_a.device, _a.seq, _a.kind, _a.key, _a.content)
    .where(
        or_(_a.key == bindparam("k"), and_(_a.key >= bindparam("low"), _a.key < bindparam("high"))),
        text("kind IN ('value', 'event', 'form', 'row', 'strike')"), rows.STANDS,
    )
    .order_by(*_ORDER)
)  # fmt: skip
_PORTION: Final = 2000


def said(tx: Tx, subject: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Every answer, repeat, row and strike of a participant by logical time: (record, kind, key, content)."""
    found = tx.run(_SAID, rows.below(subject))
    for start in range(0, len(found), _PORTION):
        some = found[start : start + _PORTION]
        # Read together: what reads JSON is asked once, not for each of many short contents.
        contents = json.loads(b"[" + b",".join([row[4] or b"{}" for row in some]) + b"]")
        for (device, seq, kind, key, _), data in zip(some, contents, strict=True):
            yield f"{device}:{seq}", kind, key, data


_i: Final = schema.item_data.c
_HEADS: Final = Statement(
    select(_i.key, _i.clock, _i.device, _i.seq, _i.text, _i.unit, _i.missing).where(
        and_(_i.key >= bindparam("low"), _i.key < bindparam("high"))
    )
)


def standing(store: AnyStore, subject: str) -> list[tuple[str, str, str, str, str]]:
    """What ``read.subject_entries`` tells, as texts: (path, text, unit, missing, record), in no order."""
    with store.read() as tx:
        voids, found = voids_of(tx, subject), tx.run(_HEADS, rows.below(subject))
    if voids:
        told = read.subject_entries(store, subject)
        return [(one.key.path(), one.text, one.unit, one.missing, one.record) for one in told]
    heads: dict[str, tuple[Any, ...]] = {}
    for row in found:
        held = heads.get(row[0])
        if held is None or held[1:4] < row[1:4]:
            heads[row[0]] = row
    return [(row[0], row[4], row[5], row[6], f"{row[2]}:{row[3]}") for row in heads.values()]


_TREES: Final = Statement(
    select(_a.device, _a.seq)
    .where(text("kind IN ('frame', 'import')"), rarekinds.RARE, rows.STANDS)
    .order_by(*_ORDER)
)
_REPLACING: Final = Statement(
    select(_a.replaces).where(text("kind = 'frame' AND replaces <> '[]'"), rarekinds.RARE, rows.STANDS)
)


def trees(tx: Tx) -> Iterator[AuditRecord]:
    """Every part of a tree that stands, in the order in which the files had them."""
    replaced = {one for row in tx.each(_REPLACING, {}) for one in json.loads(row[0])}
    # Put in order by their names alone: the database would hold all of their contents to do it.
    for device, seq in tx.each(_TREES, {}):
        record = rows.get_record(tx, device, seq)
        if record is None or record.content is None or record.id in replaced:
            continue
        if "nodes" in record.data:
            yield record


_FRAMED: Final = Statement(
    select(_a.key).where(text("kind = 'frame'"), rarekinds.RARE, rows.STANDS).distinct()
)


def framed(tx: Tx) -> set[str]:
    """The participants that a file had."""
    return {row[0] for row in tx.each(_FRAMED, {})}


def written(tx: Tx, kinds: Iterable[str]) -> int:
    """How many records of these kinds stand."""
    wanted = (
        select(func.count()).select_from(schema.audit_record).where(_a.kind.in_(sorted(kinds)), rows.STANDS)
    )
    return int(tx.connection.execute(wanted).scalar_one())
