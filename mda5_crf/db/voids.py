"""What counts nowhere because it was entered at the wrong place. Every reader of projections asks here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, or_, select

from mda5_crf.db import rows, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.fold_common import parse_key
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Row, Statement, Tx
from mda5_crf.itemkey import ItemKey

_v: Final = schema.voided.c
_BELOW: Final = Statement(
    select(schema.voided).where(
        or_(_v.key == bindparam("k"), and_(_v.key >= bindparam("low"), _v.key < bindparam("high")))
    )
)
_NAMES: Final = [column.name for column in schema.voided.columns]


@dataclass(frozen=True, slots=True)
class VoidRow:
    """A void that stands, or stood. ``ended``: the id of the record that restored the place, or ""."""

    key: ItemKey
    record: str
    person: str
    at: datetime
    moved_to: str
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Voids:
    """The standing voids of a participant or of everybody."""

    cuts: Sequence[tuple[str, dict[str, int] | None]] = ()

    def __bool__(self) -> bool:
        return bool(self.cuts)

    def covers(self, key: str, device: str, seq: int) -> bool:
        """Whether the record ``device:seq`` about ``key`` is void."""
        return any(
            (key == scope or key.startswith(f"{scope}/")) and (upto is None or seq <= upto.get(device, 0))
            for scope, upto in self.cuts
        )

    def without(self, found: Iterable[Row]) -> list[Row]:
        """The rows (key, device, seq) that are not void."""
        if not self.cuts:
            return list(found)
        return [row for row in found if not self.covers(row["key"], row["device"], row["seq"])]

    def place(self, key: str) -> bool:
        """Whether the place ``key`` itself is void for good."""
        return any(
            upto is None and (key == scope or key.startswith(f"{scope}/")) for scope, upto in self.cuts
        )


def voids_of(tx: Tx, subject: str = "") -> Voids:
    """The standing voids about one participant, or about everybody."""
    if subject:
        found = [dict(zip(_NAMES, row, strict=True)) for row in tx.run(_BELOW, rows.below(subject))]
    else:
        found = tx.find(schema.voided)
    if not found:
        return _NONE
    ended = _ended(tx)
    return Voids(
        [
            (row["key"], None if is_own(parse_key(row["key"])) else json.loads(row["upto"]))
            for row in found
            if (row["key"], row["device"], row["seq"]) not in ended
        ]
    )


def still_differs(tx: Tx, key: str, voids: Voids) -> bool:
    """Whether what is left of the values in conflict at ``key`` is not the same."""
    heads = voids.without(tx.find(schema.item_data, key=key))
    return len({(head["text"], head["unit"], head["missing"]) for head in heads if not head["absent"]}) > 1


def is_own(key: ItemKey) -> bool:
    """Whether the place was made by a record of its own, so that nothing right can ever stand there."""
    if key.group:
        return bool(key.group_repeat)
    if key.form:
        return bool(key.form_repeat)
    return bool(key.event_repeat) or not key.event


def listed(store: AnyStore, subject: str = "") -> tuple[VoidRow, ...]:
    """All voids of a participant or of everybody, ended ones too, oldest first."""
    with store.read() as tx:
        found = tx.find(schema.voided)
        ended = _ended(tx)
    found.sort(key=lambda row: (row["clock"], row["device"], row["seq"]))
    return tuple(
        VoidRow(
            parse_key(row["key"]), f"{row['device']}:{row['seq']}", row["person"], read_at(row["at"]),
            row["moved_to"], ended.get((row["key"], row["device"], row["seq"]), ""),
        )
        for row in found
        if not subject or row["key"].partition("/")[0] == subject
    )  # fmt: skip


def _ended(tx: Tx) -> dict[tuple[str, str, int], str]:
    return {
        (row["key"], row["device"], row["seq"]): f"{row['by_device']}:{row['by_seq']}"
        for row in tx.find(schema.voided_end)
    }


_NONE: Final = Voids()
