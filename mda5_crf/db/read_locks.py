"""What is frozen, locked and endorsed, as the projections have it.

What holds over a place is told by all acts over it in the order of their stamps: freezing never weakens a
lock, thawing ends a freezing alone, unlocking ends either. The study is a layer of its own: unlocking it
leaves participants locked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mda5_crf.db import read, rows, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.esign import VOIDING, within
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.lockacts import FROZEN, LOCKED, THAWED, UNLOCKED
from mda5_crf.db.read_signatures import standing_places
from mda5_crf.db.records import split_id
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Row
from mda5_crf.itemkey import ItemKey

OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class LockRow:
    """One act. ``scope`` is a path, "" for the study; ``second`` the id of an unlocking's second person."""

    record: str
    scope: str
    state: str
    reason: str
    person: str
    second: str
    at: datetime
    seen: Mapping[str, int] | None
    counts: Mapping[str, int] | None

    def covers(self, path: str) -> bool:
        """Whether the place ``path`` lies in its scope."""
        return not self.scope or within(path, self.scope)


@dataclass(frozen=True, slots=True)
class EndorsementRow:
    """An investigator's word for the answer that ``records`` gave to the item ``key``."""

    key: ItemKey
    record: str
    records: frozenset[str]
    person: str
    at: datetime


def lock_acts(store: AnyStore, subject: str = "") -> tuple[LockRow, ...]:
    """All acts about a participant, or with "" those about the whole study, oldest first."""
    with store.read() as tx:
        found = read.find_below(tx, schema.lock_act, subject) if subject else tx.find(schema.lock_act, key="")
    return tuple(_lock(row) for row in sorted(found, key=row_stamp))


def everything(store: AnyStore) -> tuple[LockRow, ...]:
    """All acts of the vault, oldest first: the history of its locks."""
    with store.read() as tx:
        return tuple(_lock(row) for row in sorted(tx.find(schema.lock_act), key=row_stamp))


def standing(acts: Iterable[LockRow], path: str) -> tuple[str, LockRow | None]:
    """The state of the place ``path`` after ``acts`` (in order, of one layer), and the act that made it."""
    state, by = OPEN, None
    for act in acts:
        if not act.covers(path):
            continue
        if act.state == LOCKED or (act.state == FROZEN and state != LOCKED):
            state, by = act.state, act
        elif (act.state == THAWED and state == FROZEN) or act.state == UNLOCKED:
            state, by = OPEN, act
    return state, by


def late(store: AnyStore, act: LockRow, scope: str, *, whole: bool = True) -> tuple[ItemKey, ...]:
    """Keys in ``scope`` where something stands that whoever made ``act`` had not seen, in order.

    ``whole`` asks for everything below the scope too, else for what is about the scope itself.
    """
    return tuple(sorted({key for key, _ in late_records(store, act, scope, whole=whole)}))


def late_records(
    store: AnyStore, act: LockRow, scope: str, *, whole: bool = True
) -> frozenset[tuple[ItemKey, str]]:
    """The same keys, each with the PCs (devices) in whose chains it was written."""
    if act.seen is None:
        return frozenset()
    with store.read() as tx:
        places = standing_places(tx, scope)
    return frozenset(
        (parse_key(one.key), device)
        for (device, seq), one in places.items()
        if one.kind in VOIDING and seq > act.seen.get(device, 0) and (whole or one.key == scope)
    )


def endorsements(store: AnyStore, below: str) -> tuple[EndorsementRow, ...]:
    """The endorsements of a participant, form or item (a path), oldest first."""
    with store.read() as tx:
        found = read.find_below(tx, schema.endorsement, below)
    return tuple(
        EndorsementRow(
            parse_key(row["key"]), _id(row), frozenset(json.loads(row["records"])), row["person"],
            read_at(row["at"]),
        )
        for row in sorted(found, key=row_stamp)
    )  # fmt: skip


def origin_of(store: AnyStore, record: str) -> str:
    """How the value of a record came in, as it says: "" when it was typed (or is not known any more)."""
    place = split_id(record)
    with store.read() as tx:
        found = None if place is None else rows.get_record(tx, *place)
    if found is None or found.content is None:
        return ""
    origin = found.data.get("origin", "")
    return origin if isinstance(origin, str) else ""


def _lock(row: Row) -> LockRow:
    return LockRow(
        _id(row), row["key"], row["state"], row["reason"], row["person"], row["second"], read_at(row["at"]),
        json.loads(row["seen"]) if row["seen"] else None,
        json.loads(row["counts"]) if row["counts"] else None,
    )  # fmt: skip


def _id(row: Row) -> str:
    return f"{row['device']}:{row['seq']}"
