"""Redactions that one person has proposed and signed: truth of this copy alone, until another confirms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mda5_crf.crypto import canon
from mda5_crf.db import clock, rows, schema
from mda5_crf.db.storebase import AnyStore


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal: ids of records, reason {code, text}, what still contains it, who, the signature, when."""

    id: str
    records: tuple[str, ...]
    reason: Mapping[str, str] = field(repr=False)
    left: tuple[str, ...] = field(repr=False)
    person: str
    signature: str
    at: datetime


def put(store: AnyStore, one: Proposed) -> None:
    """Keep a proposal. Raises StoreError."""
    content = {
        "records": list(one.records), "reason": dict(one.reason), "left": list(one.left),
        "sig": one.signature,
    }  # fmt: skip
    at, _ = clock.stamp(one.at, "UTC")
    row = {"id": one.id, "person": one.person, "at": at, "content": canon(content).decode("utf-8")}
    with store.transaction() as tx:
        tx.insert(schema.proposal, row)


def drop(store: AnyStore, proposal: str) -> None:
    """Forget a proposal. Raises StoreError."""
    with store.transaction() as tx:
        tx.delete(schema.proposal, id=proposal)


def listed(store: AnyStore) -> tuple[Proposed, ...]:
    """All proposals, oldest first."""
    with store.read() as tx:
        found = sorted(tx.find(schema.proposal), key=lambda row: (row["at"], row["id"]))
    return tuple(
        Proposed(
            row["id"], tuple(content["records"]), content["reason"], tuple(content["left"]), row["person"],
            content["sig"], clock.read_at(row["at"]),
        )
        for row in found
        for content in [rows.content_of(row)]
    )  # fmt: skip
