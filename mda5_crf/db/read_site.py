"""What a site says of itself, as typed values: its lists, and the latest time this vault has seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import bindparam, func, select

from mda5_crf.db import clock, rows, schema
from mda5_crf.db.consents import CORRECTED
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Row, Statement
from mda5_crf.db.views import LastEntry, ReferenceRow

_LATEST: Final = "latest_time"
_a: Final = schema.audit_record.c
_AFTER: Final = Statement(
    select(func.count())
    .select_from(schema.audit_record)
    .where(_a.device == bindparam("d"), _a.at > bindparam("at"))
)


def references(store: AnyStore) -> tuple[ReferenceRow, ...]:
    """All rows of all lists, ended ones too, in order of creation.

    Only a record of the same site ends a row: nobody else has a say in a site's lists.
    """
    with store.read() as tx:
        created = sorted(tx.find(schema.reference), key=row_stamp)
        ends = sorted(tx.find(schema.reference_end), key=_end_stamp)
        sites = {row["id"]: str(row["site"]) for row in tx.find(schema.device)}
    ended: dict[tuple[str, int], Row] = {}
    for end in ends:
        owner = sites.get(end["device"])
        if owner is not None and owner == sites.get(end["by_device"]):
            ended.setdefault((end["device"], end["seq"]), end)
    return tuple(_reference(row, sites, ended.get((row["device"], row["seq"]))) for row in created)


def _end_stamp(row: Row) -> tuple[int, str, int]:
    return row["clock"], row["by_device"], row["by_seq"]


def _reference(row: Row, sites: dict[str, str], end: Row | None) -> ReferenceRow:
    found = ReferenceRow(
        f"{row['device']}:{row['seq']}", row["list"], rows.content_of(row), sites.get(row["device"], ""),
        row["person"], clock.read_at(row["at"]),
    )  # fmt: skip
    if end is None or end["list"] != row["list"]:
        return found
    return ReferenceRow(
        found.identity, found.table, found.row, found.site, found.person, found.at,
        f"{end['by_device']}:{end['by_seq']}", end["person"], clock.read_at(end["at"]), end["reason"],
    )  # fmt: skip


def latest_seen(store: AnyStore, device: str) -> datetime | None:
    """The latest time this vault has seen: of the newest own record and of the last :func:`note_time`.

    Records of other PCs do not count: their clocks may be wrong, and this one's would be blamed.
    """
    with store.read() as tx:
        last = rows.last_record(tx, device)
        noted = tx.one(schema.meta, name=_latest(store, device))
    seen = [] if last is None else [clock.read_at(last.at)]
    if noted is not None:
        seen.append(clock.read_at(bytes(noted["value"]).decode("ascii")))
    return max(seen, default=None)


def newest_made(store: AnyStore, device: str) -> datetime | None:
    """When the newest bundle was made that was taken here since the clock was last declared right, by its
    sender's clock; None when there is none.
    """
    with store.read() as tx:
        taken = tx.find(schema.passage, device=device, kind="bundle")
        notes = tx.find(schema.login, device=device, kind="clock")
    since = max((row["seq"] for row in notes if rows.content_of(row).get("flag") == CORRECTED), default=0)
    made = []
    for row in taken:
        content = rows.content_of(row)
        if row["seq"] > since and content.get("direction") == "in" and content.get("made"):
            made.append(clock.read_at(str(content["made"])))
    return max(made, default=None)


def dated_after(store: AnyStore, device: str, at: datetime) -> int:
    """How many records of ``device`` carry a later time than ``at``."""
    with store.read() as tx:
        found = tx.run(_AFTER, {"d": device, "at": clock.stamp(at, "UTC")[0]})
    return int(found[0][0])


def _latest(store: AnyStore, device: str) -> str:
    """Several PCs have several clocks: each keeps its own time, or one that is ahead blames all others."""
    return f"{_LATEST}:{device}" if store.on_server else _LATEST


def note_time(store: AnyStore, at: datetime, device: str = "") -> None:
    """Keep ``at`` as a time that has been at ``device``: the vault's own heartbeat. Raises StoreError."""
    with store.transaction() as tx:
        name = _latest(store, device)
        store.set_meta(tx, name, clock.stamp(at, "UTC")[0].encode("ascii"))


def entries_of_form(store: AnyStore, form: str) -> Iterator[LastEntry]:
    """What stands in every form ``form`` of every participant, newest first; missing codes left out."""
    with store.read() as tx:
        for key, text, unit, at in tx.each(_of_form(form), {}):
            yield LastEntry(parse_key(key), text, unit, clock.read_at(at))


@lru_cache(maxsize=64)
def _of_form(form: str) -> Statement:
    d = schema.item_data.c
    # Two PCs may have given one item two values; both are listed, the later one first.
    wanted = select(d.key, d.text, d.unit, d.at).where(
        d.key.contains(f"/{form}/", autoescape=True), d.text != ""
    )
    return Statement(wanted.order_by(d.clock.desc(), d.device.desc(), d.seq.desc()))
