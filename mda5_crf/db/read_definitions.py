"""Which definitions are lawful here, what each site approved, and what forms are pinned to.

Read from the journal itself: such records are rare and are found through the index of rare kinds. What was
set aside says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, or_, select

from mda5_crf.db import rarekinds, rows, schema
from mda5_crf.db.amendacts import AMENDMENT, APPROVAL, Amendment, AmendRefused, Approval, rank
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.read import standing_below
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.itemkey import ItemKey

CENTRE: Final = "00"
FOUNDING: Final = "definition"
_a: Final = schema.audit_record.c
_TOLD: Final = Statement(
    select(schema.audit_record)
    .where(or_(*(_a.kind == kind for kind in (FOUNDING, AMENDMENT, APPROVAL))), rarekinds.RARE, rows.STANDS)
    .order_by(_a.clock, _a.device, _a.seq)
)


@dataclass(frozen=True, slots=True)
class Announced:
    """A definition that counts here: by a vault's founding, or by an amendment of the study's authority."""

    hash: str
    version: str
    record: str
    at: datetime
    person: str
    reason: str = ""
    amendment: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
    """One approval of a site; of two of one definition the later record stands."""

    definition: str
    site: str
    approved: date
    begins: date
    record: str
    at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal says of definitions. ``lawful``: by hash, in the order of versions; ``bases``: site →
    the definition its vaults began with; ``approvals``: (site, hash) → the approval that stands.
    """

    lawful: dict[str, Announced]
    bases: dict[str, str]
    approvals: dict[tuple[str, str], Approved]
    own: str
    """What this vault itself began with."""
    absent: dict[str, Announced] = field(default_factory=dict)
    """Announced by an amendment, while the source is not here."""

    def in_force(self, site: str, day: date) -> str:
        """The hash of the definition under which forms are begun at a site on a day."""
        found = [self.bases.get(site, self.own)]
        found += [
            one.definition
            for (where, hash_), one in self.approvals.items()
            if where == site and one.begins <= day and hash_ in self.lawful
        ]
        return max(found, key=self.rank)

    def newest(self) -> str:
        """The hash of the newest definition announced."""
        return max(self.lawful, key=self.rank, default=self.own)

    def rank(self, hash_: str) -> tuple[tuple[int, ...], bool]:
        """The place of a definition among the others; one that is not lawful here comes first."""
        one = self.lawful.get(hash_)
        return ((), False) if one is None else (rank(one.version), True)

    def since(self, site: str, hash_: str) -> date | None:
        """From which day a definition applies at a site; None from the beginning, or never."""
        one = self.approvals.get((site, hash_))
        return None if one is None else one.begins


def told(store: AnyStore, own: Iterable[str]) -> Told:
    """See :class:`Told`. ``own``: this vault's device and those it continues."""
    with store.read() as tx:
        return told_in(tx, frozenset(own))


def told_in(tx: Tx, own: frozenset[str]) -> Told:
    """The same inside a transaction."""
    sites = {row["id"]: row["site"] for row in tx.find(schema.device)}
    stored = {row[0] for row in tx.run(_HASHES, {})}
    found = [rows.row_record(row) for row in tx.each(_TOLD, {})]
    lawful: dict[str, Announced] = {}
    absent: dict[str, Announced] = {}
    founded: list[tuple[str, str]] = []
    began = ""
    for record in found:
        if record.kind == FOUNDING and record.content is not None:
            data = record.data
            hash_, version = str(data.get("hash")), str(data.get("version", ""))
            mine, site = record.device in own, sites.get(record.device, "")
            began = began or (hash_ if mine else "")
            if record.seq == _SECOND and hash_ in stored:
                founded.append((site, hash_))
            if (mine or (site == CENTRE and record.seq == _SECOND)) and hash_ in stored:
                lawful.setdefault(hash_, _announced(record, hash_, version))
        elif record.kind == AMENDMENT and record.content is not None:
            try:
                said = Amendment.read(record.data)
            except AmendRefused:
                continue
            # Only a centre's counts; who takes it in judges whose signature it bears, and verify.
            if sites.get(record.device) == CENTRE:
                where = lawful if said.hash in stored else absent
                where.setdefault(said.hash, _announced(record, said.hash, said.version, said.reason))
    approvals = _approvals(found, sites)
    order = sorted(lawful.values(), key=lambda one: (rank(one.version), one.at, one.hash))
    result = Told({one.hash: one for one in order}, {}, approvals, began, absent)
    for site, hash_ in founded:
        # A second PC of a site may have been founded with a version that the site has yet to approve.
        known = result.bases.get(site)
        if hash_ in lawful and (known is None or result.rank(hash_) < result.rank(known)):
            result.bases[site] = hash_
    return result


_SECOND: Final = 2
"""The number of a chain's first ``definition`` record: that of its founding."""
_HASHES: Final = Statement(select(schema.definition.c.hash))


_d: Final = schema.item_data.c
_ANSWERS: Final = Statement(select(_d.key, _d.text, _d.missing).where(_d.key.like(bindparam("item"))))


def versions_of(tx: Tx, device: str, before: int) -> list[str]:
    """The versions that a chain announced before its record ``before``."""
    found = (rows.row_record(row) for row in tx.each(_TOLD, {}))
    return [
        str(record.data.get("version", ""))
        for record in found
        if record.device == device and record.seq < before and record.kind != APPROVAL
    ]


def _announced(record: AuditRecord, hash_: str, version: str, reason: str = "") -> Announced:
    return Announced(hash_, version, record.id, record.when, record.person, reason, record.kind == AMENDMENT)


def _approvals(found: Iterable[AuditRecord], sites: dict[str, str]) -> dict[tuple[str, str], Approved]:
    approvals: dict[tuple[str, str], Approved] = {}
    for record in found:
        if record.kind != APPROVAL or record.content is None:
            continue
        try:
            said = Approval.read(record.data)
        except AmendRefused:
            continue
        if said.site == sites.get(record.device):
            approvals[said.site, said.definition] = Approved(
                said.definition, said.site, said.approved, said.begins, record.id, record.when, record.person
            )
    return approvals


def known_twice(store: AnyStore) -> bool:
    """Whether more than one definition is stored here. Cheap: asked at every opening."""
    with store.read() as tx:
        return len(tx.run(_HASHES, {})) > 1


def pins(store: AnyStore, subject: str) -> dict[ItemKey, str]:
    """Form → hash of the definition it is pinned to: by a move, its first entry, or its first status."""
    with store.read() as tx:
        pinned = standing_below(tx, schema.form_pin, subject)
        marked = standing_below(tx, schema.form_status, subject)
    found = {parse_key(row["key"]): row["definition"] for row in sorted(marked, key=row_stamp)}
    return {**found, **{parse_key(row["key"]): row["definition"] for row in pinned}}


def answered(store: AnyStore, oids: Iterable[str], code: str = "") -> int:
    """How many answers to items (``FORM.ITEM``) stand; of ``code`` those alone that are it, or name it."""
    items = {tuple(oid.split(".", 1)) for oid in oids}
    count = 0
    with store.read() as tx:
        for name in {name for _, name in items}:
            for key, text, missing in tx.each(_ANSWERS, {"item": f"%/{name}"}):
                place = parse_key(key)
                said = text or missing if not code else code in text.split(",")
                count += bool(said) and (place.form, place.item) in items
    return count


def announcing(tx: Tx) -> dict[str, list[tuple[str, int]]]:
    """Hash → the records (device, number) that announce it: whoever has one of them was sent its source."""
    found: dict[str, list[tuple[str, int]]] = {}
    for row in tx.each(_TOLD, {}):
        record = rows.row_record(row)
        name = {FOUNDING: "hash", AMENDMENT: "hash"}.get(record.kind)
        if name is not None and record.content is not None:
            found.setdefault(str(record.data.get(name)), []).append((record.device, record.seq))
    return found
