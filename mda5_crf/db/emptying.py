"""Taking the content of redacted records out of this copy of the vault: tables, pages, log, old copies.

Done in two steps. :func:`empty` belongs to the transaction in which the redaction, or the record that it
names, came in: content and salt become NULL, projections are folded anew, and a mark says that the file is
still to be cleaned. :func:`clean` follows at once, or after a kill when the vault is next opened: it moves
the write-ahead log into the file and cuts it (freed space is overwritten: ``secure_delete``), takes away the
bundles in the outbox, makes one fresh backup and destroys those that still hold the content.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import exists, select

from mda5_crf.db import drafts, redaction, rows, schema
from mda5_crf.db.files import trouble
from mda5_crf.db.projection import rebuild
from mda5_crf.db.rekey import drop_old_backups
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.errors import StoreError

OUTBOX: Final = "outbox"
_MARK: Final = "redaction_cleaning"
_SUFFIX: Final = ".mda5b"
_a: Final = schema.audit_record.c
_r: Final = schema.redaction.c
# As a question about each redaction: a join would read the whole journal to answer it.
_FULL: Final = Statement(
    select(_r.device, _r.seq).where(
        exists().where(_a.device == _r.device, _a.seq == _r.seq, _a.content.is_not(None))
    )
)
_REDACTIONS: Final = Statement(select(schema.audit_record).where(_a.kind == "redaction", rows.STANDS))


def named_and_full(tx: Tx) -> frozenset[tuple[str, int]]:
    """The records that some redaction names and whose content is still here."""
    return frozenset((device, seq) for device, seq in tx.run(_FULL, {}))


def empty(store: AnyStore, tx: Tx, trust: Callable[[], Trust]) -> tuple[str, ...]:
    """Empty every record that a lawful redaction names, and fold anew; returns their ids.

    ``trust`` gives the keys that count; asked only when there is something to judge. Part of the transaction
    that brought redaction or record.
    """
    waiting = named_and_full(tx)
    if not waiting:
        return ()
    known, find = trust(), partial(rows.get_record, tx)
    lawful: set[tuple[str, int]] = set()
    for row in tx.run(_REDACTIONS, {}):
        record = rows.row_record(row)
        if record.content is not None and redaction.fault(record, known, find) is None:
            lawful |= set(redaction.Redaction.read(record.data).records)
    emptied = sorted(waiting & lawful)
    for device, seq in emptied:
        store.empty_record(tx, device, seq)
    if emptied:
        rebuild(tx)
        drafts.purge_redacted(tx)
        tx.delete(schema.status_cache)
        _drop_proposals(tx, {f"{device}:{seq}" for device, seq in emptied})
        store.set_meta(tx, _MARK, b"1")
    return tuple(f"{device}:{seq}" for device, seq in emptied)


def _drop_proposals(tx: Tx, emptied: set[str]) -> None:
    for row in tx.find(schema.proposal):
        if emptied & set(rows.content_of(row).get("records", ())):
            tx.delete(schema.proposal, id=row["id"])


def unclean(store: AnyStore) -> bool:
    """Whether content was emptied and the file not yet cleaned of it."""
    return bool(store.meta(_MARK))


def clean(store: AnyStore, folder: Path, back_up: Callable[[], Path]) -> None:
    """Take the emptied content out of log, outbox and backups. May be called again after any failure.

    ``back_up`` makes a fresh copy. Raises StoreError; then the mark stays, and the next opening goes on.
    """
    if not store.checkpoint():
        raise StoreError("store.vault_in_use_here", place=store.place)
    outbox = folder / OUTBOX
    try:
        for path in outbox.glob(f"*{_SUFFIX}") if outbox.is_dir() else ():
            path.unlink(missing_ok=True)
    except OSError as error:
        raise trouble(error, outbox) from None
    kept = back_up()
    drop_old_backups(folder, kept)
    if any(path != kept and path.is_dir() for path in kept.parent.iterdir()):
        raise StoreError("trace.backup_stays", place=kept.parent.name)
    with store.transaction() as tx:
        tx.delete(schema.meta, name=_MARK)
