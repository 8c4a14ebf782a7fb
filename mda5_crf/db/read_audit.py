"""The journal as a stream for people: newest or oldest first, from any place on, never loaded whole.

Clocks grow along a chain, so the total order is a merge of the devices' chains, each read by its primary key
in pieces: no index beside it, no sort, and a reader that stops early has read little. What lies below one key
is found by the index of keys instead. Records that were set aside, and stubs, are part of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, select

from mda5_crf.db import posts, rows, schema
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Statement, Tx

Raw = tuple[Any, ...]
"""A row of ``audit_record`` in column order."""
DEVICE, SEQ, KIND, KEY, PERSON, AT, CLOCK = 0, 1, 6, 7, 14, 15, 17
"""Places in it."""

_a: Final = schema.audit_record.c
_FIRST, _MOST = 64, 2048
_WIDE: Final = 8192
"""Rows in a piece at most when the database itself leaves out what does not pass."""
_DOWN: Final = Statement(
    select(schema.audit_record)
    .where(_a.device == bindparam("d"), _a.seq > bindparam("after"), _a.seq <= bindparam("upto"))
    .order_by(_a.seq.desc())
    .limit(bindparam("most"))
)
_UP: Final = Statement(
    select(schema.audit_record)
    .where(_a.device == bindparam("d"), _a.seq > bindparam("after"), _a.seq <= bindparam("upto"))
    .order_by(_a.seq)
    .limit(bindparam("most"))
)
_PASSES: Final = or_(
    # The last row of the piece stands for all that do not pass, so that a reader knows how far this is.
    _a.seq == bindparam("edge"),
    and_(
        or_(bindparam("who") == "", _a.person == bindparam("who")),
        or_(bindparam("kinds") == "", bindparam("kinds").like("%|" + _a.kind + "|%")),
        _a.at >= bindparam("since"),
        or_(bindparam("until") == "", _a.at < bindparam("until")),
    ),
)
_PIECE: Final = (
    select(schema.audit_record)
    .where(_a.device == bindparam("d"), _a.seq > bindparam("after"), _a.seq <= bindparam("upto"))
    .where(_PASSES)
)
_SOME_DOWN: Final = Statement(_PIECE.order_by(_a.seq.desc()))
_SOME_UP: Final = Statement(_PIECE.order_by(_a.seq))
_BEFORE: Final = Statement(
    select(schema.audit_record)
    .where(_a.key == bindparam("k"), _a.kind == bindparam("kind"), _a.clock < bindparam("clock"))
    .order_by(_a.clock.desc(), _a.device.desc(), _a.seq.desc())
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What is walked through. ``key`` "" = everything; ``spans``: device → (above, up to and with), None =
    all devices; ``seen``: device → the number that was looked at last, as a walk before this one left it.

    ``person``, ``kinds``, ``since`` and ``until`` (times of records; until is not included) leave rows out
    that need not be looked at; some of those come all the same, so whoever walks asks again.
    """

    key: str = ""
    spans: Mapping[str, tuple[int, int]] | None = None
    oldest_first: bool = False
    seen: Mapping[str, int] = field(default_factory=dict)
    person: str = ""
    kinds: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""

    @property
    def sifts(self) -> bool:
        """Whether the database can leave out rows."""
        return bool(self.person or self.kinds or self.since or self.until)


def walk(tx: Tx, scan: Scan) -> Iterator[Raw]:
    """Every row of the scan that was not seen, in the total order (clock, device, number)."""
    if scan.key:
        yield from _of_key(tx, scan)
        return
    devices = rows.devices(tx) if scan.spans is None else sorted(scan.spans)
    chains = [
        _sifted(tx, scan, device, *_bounds(scan, device))
        if scan.sifts
        else _chain(tx, device, *_bounds(scan, device), oldest_first=scan.oldest_first)
        for device in devices
    ]
    if len(chains) == 1:
        yield from chains[0]
    else:
        yield from heapq.merge(*chains, key=_stamp, reverse=not scan.oldest_first)


def _bounds(scan: Scan, device: str) -> tuple[int, int]:
    """Above which number and up to which one of ``device`` there is something to look at."""
    after, upto = (0, rows.LAST_SEQ) if scan.spans is None else scan.spans.get(device, (0, 0))
    seen = scan.seen.get(device)
    if seen is None:
        return after, upto
    return (max(after, seen), upto) if scan.oldest_first else (after, min(upto, seen - 1))


def _chain(tx: Tx, device: str, after: int, upto: int, *, oldest_first: bool) -> Iterator[Raw]:
    most = _FIRST
    while after < upto:
        found = tx.run(
            _UP if oldest_first else _DOWN, {"d": device, "after": after, "upto": upto, "most": most}
        )
        yield from found
        if len(found) < most:
            return
        if oldest_first:
            after = found[-1][SEQ]
        else:
            upto = found[-1][SEQ] - 1
        most = min(2 * most, _MOST)


def _sifted(tx: Tx, scan: Scan, device: str, after: int, upto: int) -> Iterator[Raw]:
    """As :func:`_chain`, piece by piece with the rows that may pass and the last one of each."""
    last = rows.last_record(tx, device)
    upto = min(upto, 0 if last is None else last.seq)
    wanted = {
        "d": device, "who": scan.person, "since": scan.since, "until": scan.until,
        "kinds": f"|{'|'.join(sorted(scan.kinds))}|" if scan.kinds else "",
    }  # fmt: skip
    most = _FIRST
    while after < upto:
        if scan.oldest_first:
            low, high = after, min(after + most, upto)
            yield from tx.run(_SOME_UP, {**wanted, "after": low, "upto": high, "edge": high})
            after = high
        else:
            low, high = max(after, upto - most), upto
            yield from tx.run(_SOME_DOWN, {**wanted, "after": low, "upto": high, "edge": low + 1})
            upto = low
        most = min(2 * most, _WIDE)


def _of_key(tx: Tx, scan: Scan) -> Iterator[Raw]:
    found = tx.run(rows.BELOW, rows.below(scan.key))
    named = split_id(scan.key)
    if named is not None:  # a participant: the enrolment itself has no key, its id became the identity
        found = [*tx.run(rows.ONE, {"d": named[0], "s": named[1]}), *found]
        found.sort(key=_stamp)
    for row in found if scan.oldest_first else reversed(found):
        after, upto = _bounds(scan, row[DEVICE])
        if after < row[SEQ] <= upto:
            yield row


def _stamp(row: Raw) -> tuple[int, str, int]:
    return row[CLOCK], row[DEVICE], row[SEQ]


def record(row: Raw) -> AuditRecord:
    """The record of a row."""
    return rows.row_record(row)


def before(tx: Tx, of: AuditRecord) -> Iterator[AuditRecord]:
    """Earlier records of the same kind under the same key, newest first."""
    for row in tx.each(_BEFORE, {"k": of.key, "kind": of.kind, "clock": of.clock}):
        yield rows.row_record(row)


@dataclass(frozen=True, slots=True)
class Carried:
    """One bundle: the numbers (above, up to) of each device it held. ``out``: made here or there, else taken.

    ``made`` and ``at`` are times of records: when it was made, and when that was recorded.
    """

    record: str
    device: str
    peer: str
    number: int
    out: bool
    made: str
    at: str
    spans: Mapping[str, tuple[int, int]]


def bundles(store: AnyStore) -> tuple[Carried, ...]:
    """All bundles that any chain here speaks of, oldest first. One of no readable shape is left out."""
    with store.read() as tx:
        found = tx.find(schema.passage, kind="bundle")
    made = []
    for row in sorted(found, key=lambda one: (one["clock"], one["device"], one["seq"])):
        data = rows.content_of(row)
        ends, base = data.get("to"), data.get("from")
        if data.get("part") or not isinstance(ends, dict) or not isinstance(base, dict):
            continue
        spans = {
            device: (base.get(device) or 0, upto) for device, upto in ends.items() if isinstance(upto, int)
        }
        made.append(
            Carried(
                f"{row['device']}:{row['seq']}",
                row["device"],
                str(data.get("peer", "")),
                int(data.get("number") or 0),
                data.get("direction") == "out",
                str(data.get("made") or row["at"]),
                row["at"],
                spans,
            )
        )
    return tuple(made)


def trust(store: AnyStore) -> Trust:
    """Who held which roles where and when, by the certificates in the journal. For showing, not for judging:
    every device's own registration is believed.
    """
    made = Trust()
    with store.read() as tx:
        for row in tx.find(schema.device):
            made.learn_device(row["id"], row["authority"], row["vault"])
        for device, post in posts.of_devices(tx).items():
            made.learn_post(device, post)
        found = sorted(tx.find(schema.certificate), key=lambda row: (row["clock"], row["device"], row["seq"]))
    for row in found:
        made.learn_certificate(row["device"], row["clock"], rows.content_of(row))
    return made


def versions(store: AnyStore) -> dict[str, str]:
    """Hash of a definition → its version."""
    with store.read() as tx:
        return {row["hash"]: row["version"] for row in tx.find(schema.definition_use)}


def uses(store: AnyStore) -> dict[str, str]:
    """Hash of a definition → when it first came into force (time of the record), oldest first."""
    with store.read() as tx:
        uses = tx.find(schema.definition_use)
    found = sorted(uses, key=lambda row: (row["clock"], row["device"], row["seq"]))
    first: dict[str, str] = {}
    for row in found:
        first.setdefault(row["hash"], row["at"])
    return first


def aside_reasons(store: AnyStore) -> dict[tuple[str, int], tuple[str, str]]:
    """(device, number) of what was set aside → why, in English and Chinese."""
    with store.read() as tx:
        return {(row["device"], row["seq"]): (row["en"], row["zh"]) for row in tx.find(schema.quarantine)}


def redacted(store: AnyStore) -> dict[tuple[str, int], str]:
    """(device, number) of what two persons emptied → the record that says so."""
    with store.read() as tx:
        found = tx.find(schema.redaction)
    return {(row["device"], row["seq"]): f"{row['by_device']}:{row['by_seq']}" for row in found}
