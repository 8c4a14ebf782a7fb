"""Which signatures stand under what, and what has become of each.

A signature counts when its author's certified key made it, when the records that it names are here and
make up the manifest it names, and when they still are all that stands in its scope. The first two never
change and are proved once (:class:`Proofs`); the last is compared by the identities of records alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from mda5_crf.crypto import Certificate, CertificateRefused
from mda5_crf.db import clock, esign, read, rows, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.esign import Listed, Signature
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Row, Statement, Tx
from mda5_crf.db.verify_rights import Rights
from mda5_crf.db.voids import voids_of
from mda5_crf.itemkey import ItemKey

VALID: Final = "valid"
VOID: Final = "void"  # something in its scope is other than it was
UNCONFIRMED: Final = "unconfirmed"  # by a key of that person that nobody entitled has certified
FALSE: Final = "false"  # by no key of that person, by no right, or made for another form, vault or time
INCOMPLETE: Final = "incomplete"  # not everything that was signed is here

_a: Final = schema.audit_record.c
_NAMED: Final = Statement(
    select(_a.seq, _a.kind, _a.key, _a.key_salt, _a.hash)
    .where(_a.device == bindparam("d"), _a.seq >= bindparam("first"), _a.seq <= bindparam("last"))
    .order_by(_a.seq)
)


Place = tuple[str, int]
Named = Mapping[Place, tuple[str, str, str]]
"""Records by device and number: key, kind and hash."""


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature and what has become of it. ``key`` is its scope, ``name`` as printed, ``at`` in UTC.

    ``differs``: of a void one the keys that are other than signed. ``certified_by``: of an unconfirmed one
    the id of who recorded the certificate. ``redacted``: the content of something signed was emptied since.
    ``computed``: what the program had computed, keys without the scope; None = only its hash is known.
    """

    record: str
    key: ItemKey
    meaning: str
    person: str
    name: str
    at: datetime
    zone: str
    definition: str
    program: str
    state: str
    differs: tuple[ItemKey, ...] = ()
    certified_by: str = ""
    redacted: bool = False
    computed: tuple[tuple[str, str], ...] | None = ()

    @property
    def scope(self) -> str:
        """The path of the key."""
        return self.key.path()


@dataclass(slots=True)
class Proofs:
    """What was proved of signatures, so that it is proved once; to be forgotten when a bundle was taken.

    ``trust`` gives the keys that count; it is asked only when there is something to prove. ``judge`` says of
    kind, content and the author's roles then and there why a record should not be.
    """

    trust: Callable[[Tx], Trust]
    judge: Rights
    _known: dict[str, _Proof] = field(default_factory=dict)

    def forget(self) -> None:
        """Prove everything again when it is next asked for."""
        self._known.clear()

    def read(self, store: AnyStore, below: str, covering: str = "") -> tuple[SignatureRow, ...]:
        """The signatures under ``below`` (a path) and what lies below it, oldest first.

        With ``covering`` (a path) only those whose scope it lies in.
        """
        with store.read() as tx:
            found = [
                row
                for row in read.find_below(tx, schema.signature, below)
                if not covering or esign.within(covering, row["key"])
            ]
            self._prove(tx, found)
            return tuple(self._row(tx, row) for row in sorted(found, key=row_stamp))

    def _prove(self, tx: Tx, found: Iterable[Row]) -> None:
        missing = [row for row in found if _id(row) not in self._known]
        if missing:
            trust = self.trust(tx)
            for row in missing:
                self._known[_id(row)] = _proved(tx, trust, self.judge, row)

    def _row(self, tx: Tx, row: Row) -> SignatureRow:
        proof = self._known[_id(row)]
        state: str = proof.state
        differs: tuple[ItemKey, ...] = ()
        standing = standing_places(tx, row["key"])
        if state == VALID:
            differs = differing(proof.listed, standing)
            state = VOID if differs else VALID
        record, signature = proof.record, proof.signature
        redacted = any(standing[one].absent for one in proof.listed if one in standing)
        return SignatureRow(
            record.id, parse_key(record.key), signature.meaning, record.person, signature.name,
            read_at(record.at), record.zone, record.definition, signature.program, state, differs,
            proof.certified_by, redacted, signature.computed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Proof:
    record: AuditRecord
    signature: Signature
    state: str
    listed: Mapping[Place, tuple[str, str]]
    certified_by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A record that stands in a scope: its key and kind; ``absent``: its content was redacted."""

    key: str
    kind: str
    absent: bool = False


def standing_in(store: AnyStore, scope: str) -> tuple[Listed, ...]:
    """Everything that stands in ``scope`` (a path) now, as a signature lists it."""
    with store.read() as tx:
        found = []
        for device, seq in standing_places(tx, scope):
            record = rows.get_record(tx, device, seq)
            assert record is not None  # projections are folded from records
            found.append((record.key, device, seq, record.hash))
    return tuple(sorted(found))


def differing(
    listed: Mapping[Place, tuple[str, str]], standing: Mapping[Place, Standing]
) -> tuple[ItemKey, ...]:
    """The keys at which what stands is other than what was signed, in order; see :mod:`esign` on kinds."""
    gone = {key for one, (key, kind) in listed.items() if kind in esign.VOIDING and one not in standing}
    come = {one.key for place, one in standing.items() if one.kind in esign.VOIDING and place not in listed}
    return tuple(sorted(parse_key(key) for key in gone | come))


def listed_of(tx: Tx, signature: Signature) -> Named | None:
    """The records that a signature names, as (key, kind, hash); None when one of them is not here whole."""
    found = {}
    for device, runs in signature.records.items():
        for first, last in runs:
            here = tx.run(_NAMED, {"d": device, "first": first, "last": last})
            if len(here) != last - first + 1 or any(salt is None for _, _, _, salt, _ in here):
                return None
            found.update({(device, seq): (key, kind, own) for seq, kind, key, _, own in here})
    return found


def signed_record(store: AnyStore, signature: str, key: str) -> AuditRecord | None:
    """The record about ``key`` (a path) that the signature record ``signature`` (an id) covers, or None."""
    place = split_id(signature)
    with store.read() as tx:
        record = None if place is None else rows.get_record(tx, *place)
        if record is None or record.content is None:
            return None
        listed = listed_of(tx, Signature.read(record.data)) or {}
        found = sorted(one for one, (about, kind, _) in listed.items() if about == key and kind != "confirm")
        return rows.get_record(tx, *found[-1]) if found else None


def fits(record: AuditRecord, signature: Signature, vault: str, listed: Named) -> bool:
    """Whether ``listed`` make up the manifest that the record names, in its place and at its time."""
    if not all(esign.within(key, record.key) and kind in esign.LISTED for key, kind, _ in listed.values()):
        return False
    items = [(key, device, seq, own) for (device, seq), (key, _, own) in listed.items()]
    return esign.rebuilt(record, signature, vault, items) == signature.manifest


# -- inside --------------------------------------------------------------------------------------------


def _id(row: Row) -> str:
    return f"{row['device']}:{row['seq']}"


def _proved(tx: Tx, trust: Trust, judge: Rights, row: Row) -> _Proof:
    record = rows.get_record(tx, row["device"], row["seq"])
    assert record is not None  # projections are folded from records
    signature = Signature.read(record.data)
    by, state = "", VALID
    listed = listed_of(tx, signature)
    if not esign.by_author(record, signature, trust):
        by = _certifier(tx, record, signature)
        state = UNCONFIRMED if by else FALSE
    elif esign.fault(record, trust) or judge(record.kind, record.data, _roles(record, trust)):
        state = FALSE
    elif listed is None:
        state = INCOMPLETE
    elif not fits(record, signature, trust.vault_of(record.device), listed):
        state = FALSE
    named = {place: (key, kind) for place, (key, kind, _) in (listed or {}).items()}
    return _Proof(record, signature, state, named, by)


def _roles(record: AuditRecord, trust: Trust) -> frozenset[str]:
    day = clock.local(record.at, record.zone).date().isoformat()
    return trust.roles(record.device, record.person, record.clock, day)


def _certifier(tx: Tx, record: AuditRecord, signature: Signature) -> str:
    """Who recorded a certificate, lawful or not, whose key made the signature; "" when there is none."""
    signed = esign.signed_part(signature.batch)
    for row in tx.find(schema.certificate, person=record.person):
        try:
            key = Certificate.from_json(rows.content_of(row)).sign
        except CertificateRefused:
            continue
        if key.accepts(esign.CONTEXT, signed, signature.signature):
            author = rows.get_record(tx, row["device"], row["seq"])
            return "" if author is None else author.person
    return ""


def standing_places(tx: Tx, scope: str) -> dict[Place, Standing]:
    """What stands in a scope, from the projections: see the kinds in :mod:`esign`."""
    found: dict[Place, Standing] = {}
    voids = voids_of(tx, scope.partition("/")[0])

    def note(row: Row, kind: str, key: str | None = None, **more: Any) -> None:  # noqa: ANN401
        about = row["key"] if key is None else key
        if esign.within(about, scope) and not (voids and voids.covers(row["key"], row["device"], row["seq"])):
            found[row["device"], row["seq"]] = Standing(about, kind, **more)

    for row in read.find_below(tx, schema.item_data, scope):
        note(row, "missing" if row["missing"] else "value", absent=bool(row["absent"]))
    for row in read.find_below(tx, schema.instance, scope):
        note(row, row["level"], row["parent"])
    for row in read.find_below(tx, schema.strike, scope):
        note(row, "strike")
    for row in read.find_below(tx, schema.form_status, scope):
        note(row, "status")
    for row in read.find_below(tx, schema.form_pin, scope):
        if row["explicit"]:
            note(row, "pin")
    for row in read.find_below(tx, schema.confirmation, scope):
        note(row, "confirm")
    return found
