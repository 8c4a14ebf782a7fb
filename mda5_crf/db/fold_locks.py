"""Folding of locks and of endorsements. None supersedes another: what holds follows from all of them.

A lock whose content was redacted still locks: emptying a reason must open nothing.
"""

from __future__ import annotations

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, stamp_row, text
from mda5_crf.db.lockacts import LOCKED, LockAct, LockRefused
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Tables


def fold_lock(tx: Tables, record: AuditRecord) -> None:
    """``lock``: one more freezing, locking or its end, of a form, visit, participant or the study."""
    if record.key:
        key_of(record, "form", "event", "subject")
    act = LockAct(LOCKED)
    if record.content is not None:
        try:
            act = LockAct.read(record.data, record.person)
        except LockRefused:
            raise Unfoldable("aside_shape") from None
    row = {
        "key": record.key, "state": act.state, "reason": act.reason, "second": act.second,
        "seen": "" if act.seen is None else canon(act.seen).decode("utf-8"),
        "counts": "" if act.counts is None else canon(act.counts).decode("utf-8"),
    }  # fmt: skip
    tx.insert(schema.lock_act, {**row, **stamp_row(record)})


def fold_endorse(tx: Tables, record: AuditRecord) -> None:
    """``endorse``: an investigator stands for the answer that these records of an item give."""
    key_of(record, "item")
    named = record.data.get("records")
    if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
        raise Unfoldable("aside_shape")
    if not all(split_id(one) for one in named):
        raise Unfoldable("aside_shape")
    text(record.data, "note", "")
    row = {"key": record.key, "records": canon(sorted(named)).decode("utf-8"), **stamp_row(record)}
    tx.insert(schema.endorsement, row)
