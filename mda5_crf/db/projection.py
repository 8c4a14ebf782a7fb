"""Projections: the journal folded up. ``fold`` is their only writer.

The same function serves the record just entered, a bundle taken in and a rebuild of everything. It
depends on the set of records, not on their order: a record may arrive before what it supersedes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from mda5_crf.db import bulk, rows, schema
from mda5_crf.db.amendacts import fold_amended
from mda5_crf.db.fold_coding import fold_coding, fold_mapping
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.fold_import import fold_frame, fold_import
from mda5_crf.db.fold_items import fold_confirm, fold_mark, fold_pin, fold_value
from mda5_crf.db.fold_joining import fold_invitation, fold_joining, fold_revocation
from mda5_crf.db.fold_keys import fold_identities, fold_recovery
from mda5_crf.db.fold_locks import fold_endorse, fold_lock
from mda5_crf.db.fold_people import (
    fold_certificate,
    fold_definition,
    fold_delegation,
    fold_device,
    fold_login,
    fold_passage,
    fold_peer,
    fold_redaction,
    fold_rekey,
    fold_user,
    fold_view,
)
from mda5_crf.db.fold_queries import fold_query
from mda5_crf.db.fold_second import fold_second, fold_second_resolved, fold_second_row
from mda5_crf.db.fold_signatures import fold_signature
from mda5_crf.db.fold_site import fold_clock, fold_reference
from mda5_crf.db.fold_structure import (
    fold_event,
    fold_form,
    fold_row,
    fold_status,
    fold_strike,
    fold_subject,
)
from mda5_crf.db.fold_void import fold_unvoid, fold_void
from mda5_crf.db.overlays import fold_overlay
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables, Tx

__all__ = ["KINDS", "Unfoldable", "dump", "fold", "rebuild"]

_Fold = Callable[[Tables, AuditRecord], None]

_FOLDS: Final[Mapping[str, _Fold]] = {
    "definition": fold_definition,
    "amendment": fold_amended,
    "site-approval": fold_amended,
    "device": fold_device,
    "certificate": fold_certificate,
    "user": fold_user,
    "delegation": fold_delegation,
    "overlay": fold_overlay,
    "peer": fold_peer,
    "invitation": fold_invitation,
    "joining": fold_joining,
    "revocation": fold_revocation,
    "login": fold_login,
    "logout": fold_login,
    "password": fold_login,
    "clock": fold_clock,
    "reference": fold_reference,
    "subject": fold_subject,
    "event": fold_event,
    "form": fold_form,
    "row": fold_row,
    "strike": fold_strike,
    "value": fold_value,
    "missing": fold_value,
    "confirm": fold_confirm,
    "status": fold_status,
    "pin": fold_pin,
    "query": fold_query,
    "signature": fold_signature,
    "second": fold_second,
    "second-row": fold_second_row,
    "second-resolved": fold_second_resolved,
    "verify": fold_mark,
    "lock": fold_lock,
    "endorse": fold_endorse,
    "review": fold_mark,
    "print": fold_passage,
    "export": fold_passage,
    "import": fold_import,
    "frame": fold_frame,
    "trail-review": fold_passage,
    "released": fold_passage,
    "view": fold_view,
    "rekey": fold_rekey,
    "recovery": fold_recovery,
    "identities": fold_identities,
    "bundle": fold_passage,
    "backup": fold_passage,
    "restore": fold_passage,
    "drill": fold_passage,
    "redaction": fold_redaction,
    "void": fold_void,
    "unvoid": fold_unvoid,
    "coding": fold_coding,
    "mapping": fold_mapping,
}
KINDS: Final = frozenset(_FOLDS)
# Redacted, these still say something: which record stands, and what it took the place of.
_FOLD_REDACTED: Final = frozenset(
    {
        "value",
        "missing",
        "row",
        "verify",
        "lock",
        "review",
        "login",
        "logout",
        "password",
        "print",
        "export",
        "bundle",
        "trail-review",
    }
)


_MANY: Final = 50
"""Records written in one go from which on it is faster to fold them in memory."""


def fold(tx: Tables, record: AuditRecord) -> None:
    """Bring the projections up to date with one more record. Each record is folded once.

    A stub says nothing and is not folded: what it is about is not known.
    Raises Unfoldable for an unknown kind or a content of another shape; then nothing was written.
    """
    folder = _FOLDS.get(record.kind)
    if folder is None:
        raise Unfoldable("aside_kind")
    if record.withheld or (record.content is None and record.kind not in _FOLD_REDACTED):
        return
    folder(tx, record)


def fold_new(tx: Tx, records: Sequence[AuditRecord]) -> None:
    """Write records of one's own and fold them. Raises Unfoldable; then the transaction must be undone."""
    tx.insert_many(schema.audit_record, [rows.record_row(record) for record in records])
    fold_many(tx, records)


def fold_many(tx: Tx, records: Sequence[AuditRecord]) -> None:
    """Fold records that are in the journal. Raises Unfoldable; then the transaction must be undone."""
    if len(records) < _MANY:
        for record in records:
            fold(tx, record)
        return
    batch = bulk.Batch(tx)
    bulk.fetch_for(batch, records)
    for record in records:
        fold(batch, record)
    batch.flush()


def fold_all(tx: Tables, records: Iterable[AuditRecord], aside: frozenset[tuple[str, int]]) -> list[str]:
    """Fold all but those set ``aside``; return the ids that could not be folded."""
    failed = []
    for record in records:
        if (record.device, record.seq) not in aside:
            try:
                fold(tx, record)
            except Unfoldable:
                failed.append(record.id)
    return failed


def rebuild(tx: Tx) -> list[str]:
    """Empty all projections and fold the whole journal; return the ids that could not be folded."""
    for table in schema.PROJECTIONS:
        tx.delete(table)
    aside = frozenset((row["device"], row["seq"]) for row in tx.find(schema.quarantine))
    everything = (rows.row_record(row) for row in tx.each(rows.ALL, {}))
    failed: list[str] = []
    for records in bulk.portions(everything):
        batch = bulk.Batch(tx)
        bulk.fetch_for(batch, records)
        failed += fold_all(batch, records, aside)
        batch.flush()
    return failed


def dump(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
    """All projections as sorted rows by table, for comparing two ways of getting them."""
    return {table.name: sorted(tuple(row.values()) for row in tx.find(table)) for table in schema.PROJECTIONS}
