"""Folding of acts on keys: sets of recovery sheets, and who may open the identification list."""

from __future__ import annotations

from typing import Final

from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables

_RECOVERY: Final = frozenset({"made", "used"})
IDENTITY_ACTS: Final = frozenset({"created", "granted", "revoked", "renewal-due", "renewed"})


def fold_recovery(tx: Tables, record: AuditRecord) -> None:
    """``recovery``: a set of sheets was made, or two sheets of one were used."""
    number = record.data.get("set")
    if text(record.data, "act") not in _RECOVERY or type(number) is not int or number < 1:
        raise Unfoldable("aside_shape")
    _note(tx, record)


def fold_identities(tx: Tables, record: AuditRecord) -> None:
    """``identities``: the list was begun, its key was given, taken away, renewed. It holds no name."""
    if text(record.data, "act") not in IDENTITY_ACTS:
        raise Unfoldable("aside_shape")
    _note(tx, record)


def _note(tx: Tables, record: AuditRecord) -> None:
    content = b"{}" if record.content is None else record.content
    tx.insert(
        schema.key_act,
        {
            "device": record.device, "seq": record.seq, "clock": record.clock, "person": record.person,
            "at": record.at, "kind": record.kind, "act": text(record.data, "act"),
            "content": content.decode("utf-8"),
        },
    )  # fmt: skip
