"""Records and seals as rows of the database, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import and_, bindparam, delete, exists, not_, or_, select, update

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.records import AuditRecord, Seal
from mda5_crf.db.tx import Row, Statement, Tx

_a: Final = schema.audit_record.c
COLUMNS: Final = tuple(column.name for column in schema.audit_record.columns)
_NAMES: Final = tuple(name for name in COLUMNS if name != "replaces")
_values: Final = attrgetter(*_NAMES)

ONE: Final = Statement(
    select(schema.audit_record).where(_a.device == bindparam("d"), _a.seq == bindparam("s"))
)
CHAIN: Final = Statement(
    select(schema.audit_record)
    .where(_a.device == bindparam("d"), _a.seq > bindparam("after"), _a.seq <= bindparam("upto"))
    .order_by(_a.seq)
)
LAST: Final = Statement(
    select(schema.audit_record).where(_a.device == bindparam("d")).order_by(_a.seq.desc()).limit(1)
)
# "0" follows "/" in code point order: the range holds everything below the path and nothing beside it.
_BELOW: Final = or_(_a.key == bindparam("k"), and_(_a.key >= bindparam("low"), _a.key < bindparam("high")))
BELOW: Final = Statement(select(schema.audit_record).where(_BELOW).order_by(_a.clock, _a.device, _a.seq))
# What was set aside is in the journal, but it is no entry.
STANDS: Final = not_(
    exists().where(schema.quarantine.c.device == _a.device, schema.quarantine.c.seq == _a.seq)
)
STANDING_BELOW: Final = Statement(
    # The "" of a stub is no key.
    select(schema.audit_record)
    .where(_BELOW, _a.key_salt.is_not(None), STANDS)
    .order_by(_a.clock, _a.device, _a.seq)
)
ALL: Final = Statement(select(schema.audit_record).order_by(_a.clock, _a.device, _a.seq))
_NEXT_DEVICE: Final = Statement(
    select(_a.device).where(_a.device > bindparam("d")).order_by(_a.device).limit(1)
)
LAST_SEQ: Final = 2**53


def record_row(record: AuditRecord) -> Row:
    """The row of a record."""
    row: Row = dict(zip(_NAMES, _values(record), strict=True))
    row["replaces"] = canon(record.replaces).decode("utf-8") if record.replaces else "[]"
    return row


def row_record(row: tuple[Any, ...]) -> AuditRecord:
    """The record of a row of ``audit_record``. Raises ValueError or TypeError for a row of another shape."""
    (device, seq, prev, own, v, study, kind, key, key_hash, key_salt, content_hash, salt, content, replaces,
     person, at, zone, clock, definition) = row  # fmt: skip
    return AuditRecord(
        device, seq, prev, own, v, study, kind, key, key_hash, None if key_salt is None else bytes(key_salt),
        content_hash, None if salt is None else bytes(salt), None if content is None else bytes(content),
        () if replaces == "[]" else tuple(json.loads(replaces)),
        person, at, zone, clock, definition,
    )  # fmt: skip


def devices(tx: Tx) -> list[str]:
    """All devices that have records, sorted; one step in the key per device."""
    found: list[str] = []
    rows = tx.run(_NEXT_DEVICE, {"d": ""})
    while rows:
        found.append(rows[0][0])
        rows = tx.run(_NEXT_DEVICE, {"d": found[-1]})
    return found


def devices_by_birth(tx: Tx) -> list[str]:
    """The same, each after those that wrote before it began.

    The chain that says who somebody is comes before the chains of workstations in which that person writes.
    """
    firsts = ((get_record(tx, device, 1), device) for device in devices(tx))
    return [device for _, device in sorted((one.clock if one else 0, device) for one, device in firsts)]


def last_record(tx: Tx, device: str) -> AuditRecord | None:
    """The newest record of a device's chain."""
    rows = tx.run(LAST, {"d": device})
    return row_record(rows[0]) if rows else None


def heads(tx: Tx) -> dict[str, tuple[int, str]]:
    """The end of every chain: device → (number, hash)."""
    ends = [last_record(tx, device) for device in devices(tx)]
    return {end.device: (end.seq, end.hash) for end in ends if end is not None}


def get_record(tx: Tx, device: str, seq: int) -> AuditRecord | None:
    """One record by its identity."""
    rows = tx.run(ONE, {"d": device, "s": seq})
    return row_record(rows[0]) if rows else None


def chain(tx: Tx, device: str, after: int = 0, upto: int = LAST_SEQ) -> Iterable[AuditRecord]:
    """The records of one device, oldest first, as a stream."""
    for row in tx.each(CHAIN, {"d": device, "after": after, "upto": upto}):
        yield row_record(row)


def below(key: str) -> Row:
    """The places of BELOW for a key: itself and everything under it."""
    return {"k": key, "low": f"{key}/", "high": f"{key}0"}


def put_seal(tx: Tx, seal: Seal, *, new: bool = False) -> None:
    """Write a run's seal over the one it had; ``new`` says that it had none."""
    row = {
        "device": seal.device, "first": seal.first, "last": seal.last, "person": seal.person,
        "signature": seal.signature,
    }  # fmt: skip
    if new or not tx.change(_MOVE_SEAL, {**row, "d": seal.device, "f": seal.first}):
        tx.insert(schema.seal, row)


def run_until(tx: Tx, device: str, last: int) -> int | None:
    """Where the run begins whose seal covers the record ``last`` and none after it; None without one."""
    found = tx.run(_RUN_OF, {"d": device, "s": last})
    return int(found[0][0]) if found and found[0][1] == last else None


def row_seal(row: Row) -> Seal:
    """The seal of a row."""
    return Seal(row["device"], row["first"], row["last"], row["person"], bytes(row["signature"]))


def tuple_seal(row: tuple[Any, ...]) -> Seal:
    """The seal of a row read in column order."""
    device, first, last, person, signature = row
    return Seal(device, first, last, person, bytes(signature))


def content_of(row: Row) -> dict[str, Any]:
    """The content that a projection keeps whole."""
    found: dict[str, Any] = json.loads(row["content"] or "{}")
    return found


def highest_clock(tx: Tx) -> int:
    """The highest Lamport clock known. Records set aside do not count: one of them may be far ahead."""
    highest = 0
    for device in devices(tx):
        aside = {row["seq"] for row in tx.find(schema.quarantine, device=device)}
        for row in tx.each(_CHAIN_DOWN, {"d": device}):
            # Clocks grow along a chain, so the newest record that was not set aside has the highest.
            if row[1] not in aside:
                highest = max(highest, row[0])
                break
    return highest


_CHAIN_DOWN: Final = Statement(
    select(_a.clock, _a.seq).where(_a.device == bindparam("d")).order_by(_a.seq.desc())
)
_MOVE_SEAL: Final = Statement(
    update(schema.seal).where(schema.seal.c.device == bindparam("d"), schema.seal.c.first == bindparam("f")),
    ["last", "person", "signature"],
)
_RUN_OF: Final = Statement(
    select(schema.seal.c.first, schema.seal.c.last)
    .where(schema.seal.c.device == bindparam("d"), schema.seal.c.first <= bindparam("s"))
    .order_by(schema.seal.c.first.desc())
    .limit(1)
)
_DROP_STATUS: Final = Statement(
    delete(schema.status_cache).where(
        or_(
            schema.status_cache.c.key == bindparam("k"),
            and_(
                schema.status_cache.c.key >= bindparam("low"), schema.status_cache.c.key < bindparam("high")
            ),
        )
    )
)


def drop_status(tx: Tx, key: str) -> None:
    """Forget cached statuses of a key and everything below it."""
    tx.run(_DROP_STATUS, below(key))
