"""What belongs to a person and is no record: half-typed text, and the place where the person was.

Both lie in ``study.db`` and nowhere else, so they are as secret as the data. They are of this copy of the
vault alone: no journal, no bundle and no projection knows them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, delete, select

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.tx import Statement, Tx

Look = Mapping[str, str | int]
"""How a place looked: small facts of the window by name."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Half-typed text. ``kind`` says what it was typed into, ``key`` where: the path of an item or form.

    ``base`` is the answer that stood committed in the field, ``cursor`` where the cursor stood in ``text``.
    """

    kind: str
    key: str
    text: str = field(repr=False)
    unit: str = ""
    cursor: int = 0
    base: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where somebody was: the paths of form and item, "" for none, and how it looked."""

    form: str
    item: str
    look: Look = field(repr=False)


_d: Final = schema.draft.c
_a: Final = schema.audit_record.c
_r: Final = schema.redaction.c
_act: Final = schema.audit_record.alias("act")
# Text typed before a redaction, about the key of a record that it names. Times of records sort as text.
_REDACTED: Final = Statement(
    select(_d.person, _d.kind, _d.key)
    .join(schema.audit_record, _a.key == _d.key)
    .join(schema.redaction, (_r.device == _a.device) & (_r.seq == _a.seq))
    .join(_act, (_act.c.device == _r.by_device) & (_act.c.seq == _r.by_seq))
    .where(_d.at <= _act.c.at)
)
_OF_KEY: Final = Statement(
    delete(schema.draft).where(
        _d.person == bindparam("p"), _d.kind == bindparam("kind"), _d.key == bindparam("k")
    )
)


def drafts(tx: Tx, person: str) -> tuple[DraftRow, ...]:
    """A person's half-typed texts, by kind and key."""
    found = sorted(tx.find(schema.draft, person=person), key=lambda row: (row["kind"], row["key"]))
    return tuple(
        DraftRow(row["kind"], row["key"], row["text"], row["unit"], row["cursor"], row["base"])
        for row in found
    )


def typed_at(tx: Tx, person: str, kind: str, key: str) -> str:
    """When half-typed text was typed, as records write times; "" when none waits there."""
    row = tx.one(schema.draft, person=person, kind=kind, key=key)
    return "" if row is None else str(row["at"])


def put_drafts(tx: Tx, person: str, rows: Sequence[DraftRow], at: str) -> None:
    """Make ``rows`` all the half-typed texts of a person; one that lay there like this keeps its time."""
    typed = {
        (row["kind"], row["key"], row["text"], row["unit"]): row["at"]
        for row in tx.find(schema.draft, person=person)
    }
    tx.delete(schema.draft, person=person)
    for row in rows:
        tx.insert(
            schema.draft,
            {
                "person": person, "kind": row.kind, "key": row.key, "text": row.text, "unit": row.unit,
                "cursor": row.cursor, "base": row.base,
                "at": typed.get((row.kind, row.key, row.text, row.unit), at),
            },
        )  # fmt: skip


def drop_draft(tx: Tx, person: str, kind: str, key: str) -> None:
    """Forget one half-typed text: it was committed."""
    tx.run(_OF_KEY, {"p": person, "kind": kind, "k": key})


def place(tx: Tx, person: str) -> PlaceRow | None:
    """Where the person was when the last session ended without a log-out."""
    row = tx.one(schema.place, person=person)
    if row is None:
        return None
    look = json.loads(row["look"])
    return PlaceRow(row["form"], row["item"], look)


def put_place(tx: Tx, person: str, row: PlaceRow, at: str) -> None:
    """Note where the person is."""
    look = canon(dict(row.look)).decode("utf-8")
    tx.put(schema.place, {"person": person, "form": row.form, "item": row.item, "look": look, "at": at})


def drop_place(tx: Tx, person: str) -> None:
    """The person logged out."""
    tx.delete(schema.place, person=person)


def forget_person(tx: Tx, person: str) -> None:
    """The account ended: nobody will come back to this."""
    tx.delete(schema.draft, person=person)
    tx.delete(schema.place, person=person)


def purge_redacted(tx: Tx) -> int:
    """Drop text typed about items before a record of theirs was redacted, whoever typed it; returns how many.

    What is typed after the redaction stays.
    """
    found = tx.run(_REDACTED, {})
    for person, kind, key in found:
        drop_draft(tx, person, kind, key)
    return len(found)
