"""What the projections say about double entry, as frozen values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from mda5_crf.db import schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.fold_second import STRUCK
from mda5_crf.db.read import standing_below
from mda5_crf.db.storebase import AnyStore
from mda5_crf.itemkey import ItemKey


@dataclass(frozen=True, slots=True)
class SecondValue:
    """The second entry of one item; without ``text`` and ``missing`` it was cleared. ``of``: what it was
    compared with.
    """

    key: ItemKey
    text: str
    unit: str
    missing: str
    of: tuple[str, ...]
    record: str
    person: str
    at: datetime

    @property
    def blank(self) -> bool:
        """Whether nothing stands there."""
        return not (self.text or self.missing)


@dataclass(frozen=True, slots=True)
class SecondRow:
    """A row of a log as entered the second time. ``paired``: the first row that a person named, or ""."""

    key: ItemKey
    identity: str
    person: str
    struck: bool
    paired: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a difference ended. ``first`` and ``second`` were compared, ``stands`` is what stood afterwards."""

    key: ItemKey
    choice: str
    first: tuple[str, ...]
    second: str
    stands: tuple[str, ...]
    note: str
    record: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Second:
    """All of it below one key; rows and resolutions in order of creation."""

    values: dict[ItemKey, SecondValue]
    rows: tuple[SecondRow, ...]
    resolutions: tuple[Resolution, ...]

    @property
    def nothing(self) -> bool:
        """Whether nobody has entered anything a second time."""
        return not self.rows and all(value.blank for value in self.values.values())


def second(store: AnyStore, below: ItemKey) -> Second:
    """Second entries of a participant or of one form."""
    path = below.path()
    with store.read() as tx:
        values = standing_below(tx, schema.second_entry, path)
        # What lies below a row is found by its own key, of the row as of the log it is in.
        rows = sorted(standing_below(tx, schema.second_row, path), key=row_stamp)
        states = {row["key"]: row for row in standing_below(tx, schema.second_row_state, path)}
        resolved = sorted(standing_below(tx, schema.second_resolution, path), key=row_stamp)
    return Second(
        {
            parse_key(row["key"]): SecondValue(
                parse_key(row["key"]), row["text"], row["unit"], row["missing"],
                tuple(json.loads(row["compared"])), f"{row['device']}:{row['seq']}", row["person"],
                read_at(row["at"]),
            )
            for row in values
        },
        tuple(
            SecondRow(
                parse_key(row["key"]), row["identity"], row["person"],
                row["key"] in states and states[row["key"]]["state"] == STRUCK,
                states[row["key"]]["first"] if row["key"] in states else "",
            )
            for row in rows
        ),
        tuple(
            Resolution(
                parse_key(row["key"]), row["choice"], tuple(json.loads(row["first"])), row["second"],
                tuple(json.loads(row["stands"])), row["note"], f"{row['device']}:{row['seq']}", row["person"],
                read_at(row["at"]),
            )
            for row in resolved
        ),
    )  # fmt: skip


def begun(store: AnyStore) -> frozenset[ItemKey]:
    """The forms of all participants in which somebody entered something a second time."""
    with store.read() as tx:
        keys = {row["key"] for table in (schema.second_entry, schema.second_row) for row in tx.find(table)}
    return frozenset(parse_key(key).form_key() for key in keys)
