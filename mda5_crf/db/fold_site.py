"""Folding of what a site says of itself: its reference data, and what was odd about its clock.

A row of reference data is identified by the record that created it. It ends by a later record that names it
in ``replaces``: struck out, or with another row in its place. Whether the later one was the same site's to
write is asked where rows are read (``read.references``): a fold may not depend on what came before.
"""

from __future__ import annotations

from typing import Final

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.consents import CORRECTED, ConsentRefused, read_consent
from mda5_crf.db.fold_common import Unfoldable, stamp_row, text
from mda5_crf.db.fold_people import fold_login
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Tables

REFERENCES: Final = ("laboratory", "range", "consent_version")
LIVE, STRUCK = "live", "struck"


def fold_reference(tx: Tables, record: AuditRecord) -> None:
    """``reference``: a row of one of the site's lists, a row in the place of another, or a strike."""
    data = record.data
    listed, state, row = text(data, "table"), text(data, "state"), data.get("row")
    before = text(data, "replaces", "")
    ended = split_id(before) if before else None
    if record.key or listed not in REFERENCES or state not in (LIVE, STRUCK) or bool(before) != bool(ended):
        raise Unfoldable("aside_shape")
    if state == STRUCK and ended is None:
        raise Unfoldable("aside_shape")
    stamp = stamp_row(record)
    if state == LIVE:
        if not isinstance(row, dict) or not row or not all(isinstance(cell, str) for cell in row.values()):
            raise Unfoldable("aside_shape")
        tx.insert(schema.reference, {"list": listed, "content": canon(row).decode("utf-8"), **stamp})
    if ended is not None:
        device, seq = ended
        tx.insert(
            schema.reference_end,
            {
                "device": device, "seq": seq, "by_device": record.device, "by_seq": record.seq,
                "clock": record.clock, "person": record.person, "at": record.at, "list": listed,
                "reason": text(data, "reason", ""),
            },
        )  # fmt: skip


def fold_clock(tx: Tables, record: AuditRecord) -> None:
    """``clock``: what the wall clock said, and the latest time seen before; kept beside the log-ins.

    With the flag ``corrected`` two persons declare the wall clock right.
    """
    data = record.data
    for name in ("flag", "wall", "latest"):
        text(data, name)
    if data["flag"] == CORRECTED:
        try:
            read_consent(data)
        except ConsentRefused:
            raise Unfoldable("aside_shape") from None
    fold_login(tx, record)
