"""Marks of source data verification as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mda5_crf.db import read
from mda5_crf.db.storebase import AnyStore
from mda5_crf.itemkey import ItemKey

_VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class SdvRow:
    """One item's mark. ``of`` is the record that was verified; ``heads``: all marks that stand there."""

    key: ItemKey
    of: str
    record: str
    name: str
    at: datetime
    heads: tuple[str, ...]


def sdv_rows(store: AnyStore, subject: str) -> dict[ItemKey, SdvRow]:
    """The items of a participant that are or were verified, with the newest mark of each.

    A mark that was taken back, or has no shape, is left out: the item stands as if nobody had looked.
    """
    names = {person.person: person.name for person in read.persons(store)}
    heads: dict[ItemKey, list[read.MarkRow]] = {}
    for mark in read.marks(store, subject):
        if mark.kind == "verify":
            heads.setdefault(mark.key, []).append(mark)
    found = {}
    for key, marks in heads.items():
        newest = marks[-1]
        of = newest.content.get("of")
        if newest.content.get("state") == _VERIFIED and isinstance(of, str):
            found[key] = SdvRow(
                key,
                of,
                newest.record,
                names.get(newest.person, newest.person),
                newest.at,
                tuple(mark.record for mark in marks),
            )
    return found
