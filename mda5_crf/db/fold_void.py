"""Folding of what was entered at the wrong place.

    void      {state "void", upto {device: number}, moved_to path or "", moved_from path or "", reason
              {code, text}, second}
    unvoid    {voids [ids of void records of the same key], reason {code, text}, second}

A place that was made by a record of its own (a participant, a repeat of a visit or of a form, a log row) is
void for good and with all that is ever said about it. Any other place (a scheduled visit, a single form)
is wanted again, by the right values: there ``upto`` says how far each chain was known when it was voided, and
what lies in the place and came later is not void. So two PCs agree on it in whatever order they hear of it.
"""

from __future__ import annotations

from typing import Any

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.consents import ConsentRefused, read_consent
from mda5_crf.db.fold_common import Unfoldable, key_of, stamp_row, text
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.tx import Tables

_MOST = 2**53


def fold_void(tx: Tables, record: AuditRecord) -> None:
    """``void``: what stands at the key counts nowhere."""
    key_of(record, "subject", "event", "form", "group")
    data = _of_two(record)
    upto = data.get("upto")
    if not isinstance(upto, dict) or not all(type(n) is int and 0 < n < _MOST for n in upto.values()):
        raise Unfoldable("aside_shape")
    row = {
        "key": record.key, **stamp_row(record), "upto": canon(upto).decode("utf-8"),
        "moved_to": text(data, "moved_to", ""),
    }  # fmt: skip
    tx.insert(schema.voided, row)


def fold_unvoid(tx: Tables, record: AuditRecord) -> None:
    """``unvoid``: those voids of the same key count no longer."""
    key_of(record, "subject", "event", "form", "group")
    named = _of_two(record).get("voids")
    places = (
        [split_id(one) if isinstance(one, str) else None for one in named] if isinstance(named, list) else []
    )
    if not places or not all(places):
        raise Unfoldable("aside_shape")
    for device, seq in filter(None, places):
        row = {
            "device": device,
            "seq": seq,
            "key": record.key,
            "by_device": record.device,
            "by_seq": record.seq,
        }
        tx.put(schema.voided_end, row)


def _of_two(record: AuditRecord) -> dict[str, Any]:
    data = record.data
    try:
        read_consent(data)
    except ConsentRefused:
        raise Unfoldable("aside_shape") from None
    return data
