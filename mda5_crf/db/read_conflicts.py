"""What stands in conflict, and which values were in conflict before: read from projections and records.

Every function depends on the set of records alone, so it says the same on every machine that has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from mda5_crf.db import rows, schema
from mda5_crf.db.fold_common import parse_key
from mda5_crf.db.read import find_below
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.db.voids import Voids, voids_of
from mda5_crf.itemkey import ItemKey

ANSWERS: Final = frozenset({"value", "missing"})
"""Kinds that answer an item: only these can be in conflict."""
_s: Final = schema.superseded.c
_MET: Final = Statement(select(_s.key).group_by(_s.key).having(func.min(_s.device) != func.max(_s.device)))


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """An open conflict. ``query`` names it: the hash of its heads' ids, so other heads are another conflict.

    ``heads`` are the answers that differ or stand beside them, the shown one first; ``all_heads`` the ids a
    new answer replaces (with those that are void); ``records`` every answer ever given at ``key``, by stamp.
    """

    key: ItemKey
    query: str
    heads: tuple[AuditRecord, ...]
    all_heads: tuple[str, ...]
    records: tuple[AuditRecord, ...]


def open_conflicts(store: AnyStore, subject: str = "", key: ItemKey | None = None) -> tuple[ConflictRow, ...]:
    """Conflicts that stand, of everybody, one participant or one item, by key."""
    with store.read() as tx:
        if key is not None:
            subject = key.subject
            found = tx.find(schema.conflict, key=key.path())
        else:
            found = find_below(tx, schema.conflict, subject) if subject else tx.find(schema.conflict)
        if not found:
            return ()
        voids = voids_of(tx, subject)
        made = [_conflict(tx, row["key"], row["query"], voids) for row in found]
    return tuple(sorted((one for one in made if one is not None), key=lambda one: one.key))


def _conflict(tx: Tx, key: str, query: str, voids: Voids) -> ConflictRow | None:
    standing = tx.find(schema.item_data, key=key)
    standing.sort(key=lambda row: (row["clock"], row["device"], row["seq"]), reverse=True)
    live = voids.without(standing)
    if len({(row["text"], row["unit"], row["missing"]) for row in live if not row["absent"]}) < 2:
        return None
    records = answers(tx, key)
    known = {record.id: record for record in records}
    ids = tuple(f"{row['device']}:{row['seq']}" for row in standing)
    heads = tuple(known[f"{row['device']}:{row['seq']}"] for row in live)
    return ConflictRow(parse_key(key), query, heads, ids, records)


def answers(tx: Tx, key: str) -> tuple[AuditRecord, ...]:
    """Every answer ever given to one item, by stamp; without what was set aside."""
    found = (rows.row_record(row) for row in tx.run(rows.STANDING_BELOW, rows.below(key)))
    return tuple(one for one in found if one.kind in ANSWERS and one.key == key)


def said(record: AuditRecord) -> tuple[str, str, str]:
    """What an answer says: text, unit, missing code; three empty texts for a cleared one."""
    data = record.data
    if record.kind == "missing":
        return "", "", str(data.get("code", ""))
    return str(data.get("text", "")), str(data.get("unit", "")), ""


# -- what both sides replaced --------------------------------------------------------------------------


def ancestors(records: Sequence[AuditRecord], of: Sequence[str]) -> tuple[AuditRecord, ...]:
    """The answers that every one of ``of`` (ids) took the place of, straight or by way of others: the last
    ones, by stamp. Empty when the sides have nothing in common.
    """
    known = {record.id: record for record in records}
    above = {record.id: _above(known, record.id) for record in records}
    common = set[str].intersection(*(above[one] for one in of)) if of else set()
    last = {one for one in common if not any(one in above[other] for other in common)}
    return tuple(record for record in records if record.id in last)


def _above(known: Mapping[str, AuditRecord], start: str) -> set[str]:
    found: set[str] = set()
    left = list(known[start].replaces)
    while left:
        one = left.pop()
        if one in known and one not in found:
            found.add(one)
            left += known[one].replaces
    return found


# -- what was in conflict ------------------------------------------------------------------------------


def keys_met(tx: Tx) -> frozenset[str]:
    """The keys at which answers of several devices were replaced: nowhere else can a conflict have ended."""
    return frozenset(str(row[0]) for row in tx.run(_MET, {}))


def settled(records: Sequence[AuditRecord], voids: Voids) -> dict[str, list[AuditRecord]]:
    """Of answers to one item: the id of each that was in a conflict → the answers that ended it, by stamp.

    An answer ended a conflict when it took the place of several that said different things. What is void,
    withheld or redacted contradicts nothing.
    """
    known = {record.id: record for record in records}
    found: dict[str, list[AuditRecord]] = defaultdict(list)
    for record in records:
        if len(record.replaces) < 2:
            continue
        before = [known[one] for one in record.replaces if one in known]
        before = [one for one in before if one.content is not None and not _void(one, voids)]
        if len({said(one) for one in before}) > 1:
            for one in before:
                found[one.id].append(record)
    return dict(found)


def _void(record: AuditRecord, voids: Voids) -> bool:
    named = split_id(record.id)
    return named is not None and voids.covers(record.key, *named)


def stands_alone(tx: Tx, key: str) -> bool:
    """Whether one answer alone stands at an item."""
    return len(tx.find(schema.item_data, key=key)) == 1


_i: Final = schema.instance.c
_ADDED: Final = Statement(
    select(_i.level, _i.parent, _i.name)
    .group_by(_i.level, _i.parent, _i.name)
    .having(func.min(_i.device) != func.max(_i.device))
)


def added_by_several(store: AnyStore) -> dict[str, list[tuple[str, ItemKey, str]]]:
    """Participant → the places where several devices added a row, or a repeat of a visit or form: level, what
    it was added to, and its name.
    """
    found: dict[str, list[tuple[str, ItemKey, str]]] = defaultdict(list)
    with store.read() as tx:
        for level, parent, name in tx.run(_ADDED, {}):
            key = parse_key(parent)
            found[key.subject].append((level, key, name))
    return dict(found)
