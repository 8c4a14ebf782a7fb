"""The truth of one vault into another database: from a server into a file (a copy), from a file to a server.

Rows of the journal, its seals, the definitions and what was set aside are written as they are, byte by byte;
projections are folded anew from them. Secrets are unwrapped on one side and wrapped on the other, under the
same key of the vault. What is half-typed stays behind: it belongs to a sitting, not to the record.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, func, select

from mda5_crf.crypto import canon
from mda5_crf.db import projection, rows, schema
from mda5_crf.db.files import trouble
from mda5_crf.db.keysfile import FILE_NAME
from mda5_crf.db.store import Store
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.db.vaultmeta import (
    read_device_keys,
    read_keys_count,
    read_meta,
    write_device_keys,
    write_keys_count,
    write_meta,
)
from mda5_crf.errors import StoreError

TRUTH: Final = (schema.audit_record, schema.seal, schema.definition, schema.quarantine, schema.proposal)
_BATCH: Final = 2000
_ROOM: Final = 1 << 20
_HOMES: Final = "homes"
_ALL: Final = {table: Statement(select(table).order_by(*table.primary_key.columns)) for table in TRUTH}
_COUNT: Final = Statement(select(func.count()).select_from(schema.audit_record))
# What a record needs in a file beside its own bytes: its row, its place in the indexes, what is folded of it.
_ABOUT: Final = 2048

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def copy_out(source: AnyStore, path: Path, key: bytes, progress: Progress = _nobody) -> None:
    """Write the vault on a server into an ordinary encrypted file, of one moment.

    Together with its key file it opens like any vault's folder. ``progress`` is told records of how many;
    what it raises ends the work. Raises StoreError; replaces no file.
    """
    if path.exists():
        raise StoreError("store.exists_already", place=path.name)
    with source.read() as tx:
        total = int(tx.run(_COUNT, {})[0][0])
        _require_room(path, total)
        made = Store.create(path, key)
        try:
            with made.transaction() as out:
                _rows(tx, out, total, progress)
                _facts(source, made, out)
                # Whoever opens this beside the server is asked whether it was moved or is a copy.
                home = {"path": source.place, "volume": "", "node": ""}
                made.set_meta(out, _HOMES, canon([home]))
                projection.rebuild(out)
            if not made.checkpoint():
                raise StoreError("store.damaged", place=path.name)
        finally:
            made.close()


def copy_in(source: AnyStore, target: AnyStore, out: Tx, keys: bytes, progress: Progress = _nobody) -> None:
    """Bring the vault of a file to an empty database on a server, inside the transaction ``out``.

    ``keys`` are the bytes of its key file. Raises StoreError: there is a vault already, or what came there is
    not what is here; and what ``progress`` raises.
    """
    if out.find(schema.device) or out.one(schema.meta, name=FILE_NAME) is not None:
        raise StoreError("store.vault_exists", place=target.place)
    with source.read() as tx:
        _rows(tx, out, int(tx.run(_COUNT, {})[0][0]), progress)
        _facts(source, target, out)
        target.set_meta(out, FILE_NAME, keys)
        projection.rebuild(out)
        if rows.heads(out) != rows.heads(tx) or projection.dump(out) != projection.dump(tx):
            raise StoreError("shared.not_equal", place=target.place)


def _rows(source: Tx, target: Tx, total: int, progress: Progress) -> None:
    done = 0
    for table in TRUTH:
        for batch in _batches(source, table):
            target.insert_many(table, batch)
            if table is schema.audit_record:
                done += len(batch)
                progress(done, total)


def _batches(source: Tx, table: Table) -> Iterator[list[dict[str, Any]]]:
    names = [column.name for column in table.columns]
    found = iter(source.each(_ALL[table], {}))
    while batch := [dict(zip(names, row, strict=True)) for row in islice(found, _BATCH)]:
        yield batch


def _facts(source: AnyStore, target: AnyStore, out: Tx) -> None:
    write_meta(target, out, read_meta(source))
    write_device_keys(target, out, read_device_keys(source))
    write_keys_count(target, out, read_keys_count(source))


def _require_room(path: Path, records: int) -> None:
    try:
        if shutil.disk_usage(path.parent).free < records * _ABOUT + _ROOM:
            raise StoreError("store.vault_disk_full", place=path.name)
    except OSError as error:
        raise trouble(error, path) from None
