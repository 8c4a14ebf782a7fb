"""Folding of electronic signatures. None supersedes another: what has become of one follows from the journal.

Whether a signature counts is not folded: that hangs on certificates and on what stands in its scope now
(:mod:`mda5_crf.db.read_signatures`). Nobody can take a signature away by naming it in ``replaces``.
"""

from __future__ import annotations

from mda5_crf.db import schema
from mda5_crf.db.esign import Signature, SignatureRefused
from mda5_crf.db.fold_common import Unfoldable, key_of, stamp_row
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables


def fold_signature(tx: Tables, record: AuditRecord) -> None:
    """``signature``: one more signature under a form, a visit or a participant."""
    key_of(record, "form", "event", "subject")
    try:
        signature = Signature.read(record.data)
    except SignatureRefused:
        raise Unfoldable("aside_shape") from None
    row = {"key": record.key, "meaning": signature.meaning, "manifest": signature.manifest}
    tx.insert(schema.signature, {**row, **stamp_row(record)})
