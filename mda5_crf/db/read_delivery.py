"""Where records stand in their chains, seen from the places they are about. One query each, none by record.

What only passed by (a form was looked at, a page was printed) says nothing about a form and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import and_, bindparam, func, select

from mda5_crf.db import rows, schema
from mda5_crf.db.rows import LAST_SEQ
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement, Tx

_a: Final = schema.audit_record.c
_p: Final = schema.passage.c
_SAYS: Final = and_(_a.kind != "view", _a.kind != "print", _a.key != "")
_PART: Final = and_(_a.device == bindparam("d"), _a.seq > bindparam("after"), _a.seq <= bindparam("upto"))
_BY_KEY: Final = Statement(select(_a.key, func.max(_a.seq)).where(_PART, _SAYS).group_by(_a.key))
_BY_KIND: Final = Statement(select(_a.kind, func.count()).where(_PART).group_by(_a.kind))
_SPEAKING: Final = Statement(select(func.count()).where(_PART, _a.kind != "view"))
_END: Final = Statement(select(func.max(_a.seq)).where(_a.device == bindparam("d")))
# Answered from the index of keys alone: it holds device and number of each record.
_BELOW: Final = Statement(
    select(_a.device, func.max(_a.seq))
    .where(_a.key >= bindparam("low"), _a.key < bindparam("high"))
    .group_by(_a.device)
)
_EACH_BELOW: Final = Statement(
    select(_a.key, _a.device, func.max(_a.seq))
    .where(_a.key >= bindparam("low"), _a.key < bindparam("high"))
    .group_by(_a.key, _a.device)
)
_AT: Final = Statement(
    select(_a.device, func.max(_a.seq)).where(_a.key == bindparam("k"), _SAYS).group_by(_a.device)
)
_PEERS: Final = Statement(
    select(schema.peer.c.device, func.count(), func.max(schema.peer.c.seq))
    .where(schema.peer.c.device == bindparam("d"))
    .group_by(schema.peer.c.device)
)
_LAST_PASSAGE: Final = Statement(
    select(func.max(_p.seq)).where(_p.device == bindparam("d"), _p.kind == "bundle")
)


def newest_by_key(tx: Tx, device: str, after: int, upto: int = LAST_SEQ) -> Iterator[tuple[str, int]]:
    """Of the records ``after`` < number ≤ ``upto`` of a chain: each key they are about, and its newest."""
    yield from tx.each(_BY_KEY, {"d": device, "after": after, "upto": upto})


def kinds(tx: Tx, device: str, after: int, upto: int = LAST_SEQ) -> dict[str, int]:
    """How many records of which kind stand in that part of a chain."""
    return dict(tx.run(_BY_KIND, {"d": device, "after": after, "upto": upto}))


def speaking(store: AnyStore, device: str, after: int) -> int:
    """How many records after a number do more than note that somebody looked."""
    with store.read() as tx:
        return int(tx.run(_SPEAKING, {"d": device, "after": after, "upto": LAST_SEQ})[0][0])


def chain_end(tx: Tx, device: str) -> int:
    """The number of the newest record of a chain; 0 for none."""
    return int(tx.run(_END, {"d": device})[0][0] or 0)


def newest_below(store: AnyStore, key: str) -> dict[str, int]:
    """Device → its newest record about ``key`` (the path of a form) or anything below it."""
    places = rows.below(key)
    with store.read() as tx:
        found = {device: int(seq) for device, seq in tx.run(_AT, {"k": places["k"]})}
        for device, seq in tx.run(_BELOW, {"low": places["low"], "high": places["high"]}):
            found[device] = max(found.get(device, 0), int(seq))
    return found


def each_below(store: AnyStore, key: str) -> Iterator[tuple[str, str, int]]:
    """Of each key below ``key`` (a participant): key, device, its newest record there. By the index alone."""
    places = rows.below(key)
    with store.read() as tx:
        for found, device, seq in tx.each(_EACH_BELOW, {"low": places["low"], "high": places["high"]}):
            yield str(found), str(device), int(seq)


def last_bundle(tx: Tx, device: str) -> int:
    """The number of the newest record of a PC that speaks of a bundle; 0 for none."""
    return int(tx.run(_LAST_PASSAGE, {"d": device})[0][0] or 0)


def peer_stamp(tx: Tx, device: str) -> tuple[int, int]:
    """What changes when a PC registers another one, or ends that."""
    found = tx.run(_PEERS, {"d": device})
    return (int(found[0][1]), int(found[0][2])) if found else (0, 0)
