"""Proof of the record from first principles: nothing that was computed is believed.

Every hash is computed anew, every link and seal checked, every certificate judged, and the projections
are compared with a second folding of the journal in memory. Rights are judged again, record by record, by
the question that the program asked when the record was made. Whoever holds the key can write anything
into the file; what he cannot do is write it so that all of this still fits. Only a witness from outside
can tell that the end of a chain was cut off or written anew by its own author.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from mda5_crf.crypto import CanonError, file_hash, parse_canon
from mda5_crf.db import (
    amendacts,
    consents,
    delegations,
    migrate,
    overlays,
    projection,
    redaction,
    rows,
    schema,
)
from mda5_crf.db.failures import DATABASE_ERRORS, from_database
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.memory import Memory
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.troubles import Trouble, trouble
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.db.verify_chain import Chain
from mda5_crf.db.verify_rights import Rights, check_rights
from mda5_crf.db.verify_signatures import check_locks, check_signatures
from mda5_crf.text import Text, message

__all__ = ["Proved", "Trouble", "Witness", "prove", "verify"]

Heads = Mapping[str, tuple[int, str]]
_HOW_MANY: Final = Statement(select(func.count()).select_from(schema.audit_record))
_a: Final = schema.audit_record.c
_NUMBERS: Final = Statement(
    select(_a.seq)
    .where(_a.device == bindparam("d"), _a.seq > bindparam("after"), _a.seq <= bindparam("upto"))
    .order_by(_a.seq)
)
_KEPT: Final = frozenset(
    {"device", "certificate", "user", "bundle", "redaction", "definition", "signature", "lock"}
    | {"void", "unvoid", "clock", "restore"}
    | {"delegation", "overlay", "amendment", "site-approval", "released"}
)
_COUNTED: Final = frozenset({"certificate", "definition", "redaction", "signature"})
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Witness:
    """Chain heads that were noted outside the vault, and what noted them ("receipt of 2026-11-23")."""

    name: Text
    heads: Heads


@dataclass(frozen=True, slots=True)
class Proved:
    """What is wrong, and how much was looked at: records, chains, seals, certificates … → their number."""

    troubles: list[Trouble]
    checked: Mapping[str, int]


def verify(
    store: AnyStore,
    witnesses: Heads | Sequence[Witness] = (),
    *,
    device: str | None = None,
    authorities: frozenset[str] | None = None,
    judge: Rights | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Trouble]:
    """Everything that is wrong with the record; an empty list when nothing is. See :func:`prove`."""
    return prove(
        store, witnesses, device=device, authorities=authorities, judge=judge, progress=progress
    ).troubles


def prove(
    store: AnyStore,
    witnesses: Heads | Sequence[Witness] = (),
    *,
    device: str | None = None,
    authorities: frozenset[str] | None = None,
    judge: Rights | None = None,
    progress: Callable[[int], None] | None = None,
) -> Proved:
    """Everything that is wrong with the record, and what was looked at.

    ``witnesses`` are heads (device → number, hash), or several named sets of them. ``device`` is this
    vault's own device (default: as the file says); ``authorities`` whom to believe (default: whom each
    device was registered under). ``judge`` says of kind, content and the author's roles then and there why a
    record should not have been written (default: rights are not judged). ``progress`` is told the number of
    records read so far.
    Raises StoreError when the file cannot be read.
    """
    known = [Witness(message("verify.witness"), witnesses)] if isinstance(witnesses, Mapping) else witnesses
    proof = _Proof(Trust(authorities), known, progress)
    proof.troubles += _pages(store, proof.checked)
    try:
        with store.read() as tx:
            copy = Memory()
            proof.walk(tx, copy)
            proof.check_keys()
            proof.check_seals(tx)
            proof.check_redactions(tx, _own_devices(tx, device))
            proof.check_consents()
            proof.check_delegations()
            proof.check_overlays()
            proof.check_amendments()
            proof.check_signatures(tx)
            if judge is not None:
                proof.check_rights(tx, judge)
            proof.check_witnesses(tx)
            proof.check_aside(tx, _own_devices(tx, device))
            proof.check_definitions(tx)
            proof.check_triggers(tx)
            if not proof.rows_wrong:
                proof.check_projections(tx, copy)
    except DATABASE_ERRORS as error:
        raise store.failure(error) from None
    return Proved(proof.troubles, proof.checked)


@dataclass(slots=True)
class _Proof:
    trust: Trust
    witnesses: Sequence[Witness]
    progress: Callable[[int], None] | None
    troubles: list[Trouble] = field(default_factory=list)
    chains: dict[str, Chain] = field(default_factory=dict)
    kept: list[AuditRecord] = field(default_factory=list)
    aside: frozenset[tuple[str, int]] = frozenset()
    absent: list[AuditRecord] = field(default_factory=list)
    rows_wrong: bool = False
    checked: Counter[str] = field(default_factory=Counter)

    def walk(self, tx: Tx, copy: Memory) -> None:
        """Read every record once: chain by chain, folding into the copy on the way."""
        self.aside = frozenset((row["device"], row["seq"]) for row in tx.find(schema.quarantine))
        study, count = "", 0
        for device in rows.devices(tx):
            chain = self.chains[device] = Chain(device)
            for row in self._rows(tx, chain):
                record = chain.take(row)
                count += 1
                if self.progress is not None and not count % 1000:
                    self.progress(count)
                if record is None:
                    continue
                study = study or record.study
                if record.study != study:
                    chain.troubles.append(trouble("other_study", record.id))
                self._keep(record)
                self._fold(copy, record, chain)
            chain.finish()
            # A clock far ahead is why a record may be set aside; no trouble then.
            for found in chain.troubles:
                if found.code != "clock_backwards" or split_id(found.place) not in self.aside:
                    self.troubles.append(found)
            chain.troubles.clear()
        if count + sum(chain.missed for chain in self.chains.values()) != tx.run(_HOW_MANY, {})[0][0]:
            # SQLite sorts other types before and after numbers: rows that no number finds.
            self.troubles.append(trouble("row_unreadable", schema.audit_record.name))
        self.rows_wrong = bool(self.troubles)
        self.checked.update(records=count, chains=len(self.chains))
        self.checked.update(f"{record.kind}s" for record in self.kept if record.kind in _COUNTED)

    @staticmethod
    def _rows(tx: Tx, chain: Chain) -> Iterator[tuple[Any, ...]]:
        """The rows of a chain; the ones that cannot even be fetched are named and passed over."""
        place = {"d": chain.device, "after": -rows.LAST_SEQ, "upto": rows.LAST_SEQ}
        try:
            for row in tx.each(rows.CHAIN, place):
                place["after"] = row[1]
                yield row
        except DATABASE_ERRORS as error:
            if from_database(error):
                raise
        else:
            return
        # Not the database but the driver gave up: bytes in a text that are no text. So row by row.
        for (seq,) in tx.run(_NUMBERS, place):
            try:
                yield tx.run(rows.ONE, {"d": chain.device, "s": seq})[0]
            except DATABASE_ERRORS:
                chain.miss(seq)
                chain.missed += 1

    def _keep(self, record: AuditRecord) -> None:
        if record.content is None:
            self.absent.append(record)
        elif record.kind in _KEPT:
            self.kept.append(record)

    def _fold(self, copy: Memory, record: AuditRecord, chain: Chain) -> None:
        if (record.device, record.seq) in self.aside:
            return
        try:
            projection.fold(copy, record)
        except Unfoldable:
            if record.kind == "redaction":
                return  # see check_redactions
            chain.troubles.append(trouble("aside_released", record.id))
        except (ValueError, RecursionError):
            # No JSON inside, though hashed: the program never writes such a record.
            chain.troubles.append(trouble("row_unreadable", record.id))

    def check_keys(self) -> None:
        """Judge registrations and certificates in the order of their clocks."""
        for record in sorted(self.kept, key=lambda one: one.stamp):
            if (record.device, record.seq) not in self.aside and not self.trust.learn(record):
                code = "account_false" if record.kind == "user" else "certificate_false"
                self.troubles.append(trouble(code, record.id))

    def check_seals(self, tx: Tx) -> None:
        """Every run of every chain."""
        seals = [rows.row_seal(row) for row in tx.find(schema.seal)]
        self.checked["seals"] = len(seals)
        for device in {seal.device for seal in seals} - set(self.chains):
            self.chains[device] = Chain(device)
        for device, chain in sorted(self.chains.items()):
            chain.check_seals([seal for seal in seals if seal.device == device], self.trust)
            self.troubles += chain.troubles

    def check_rights(self, tx: Tx, judge: Rights) -> None:
        """Every record was its author's to write."""
        self.checked["rights"] = self.checked["records"] - len(self.aside)
        for device in rows.devices(tx):
            aside = {seq for other, seq in self.aside if other == device}
            found = self._rows(tx, Chain(device))
            self.troubles += check_rights(self.chains[device], found, self.trust, judge, aside)

    def check_redactions(self, tx: Tx, own: frozenset[str]) -> None:
        """Every redaction is by two persons who might, and says so of the very records it names.

        What a foreign one names may still be on its way; nothing is emptied before it can be judged.
        """
        for record in self.kept:
            if record.kind == "redaction" and (record.device, record.seq) not in self.aside:
                find = partial(rows.get_record, tx)
                fault = redaction.fault(record, self.trust, find)
                waits = record.device not in own and redaction.pending(record, self.trust, find)
                if fault is not None and not waits:
                    self.troubles.append(Trouble("redaction_false", record.id, fault))

    def check_delegations(self) -> None:
        """Every sheet of duties is by somebody who might delegate, and signed by him."""
        for record in self.kept:
            if record.kind == "delegation" and (record.device, record.seq) not in self.aside:
                fault = delegations.fault(record, self.trust)
                if fault is not None:
                    self.troubles.append(Trouble("delegation_false", record.id, fault))

    def check_overlays(self) -> None:
        """Every overlay is by a data manager, who signed it."""
        for record in self.kept:
            if record.kind == "overlay" and (record.device, record.seq) not in self.aside:
                fault = overlays.fault(record, self.trust)
                if fault is not None:
                    self.troubles.append(Trouble("overlay_false", record.id, fault))

    def check_consents(self) -> None:
        """Every act of two persons was signed by the second one too."""
        for record in self.kept:
            lawful = (record.device, record.seq) in self.aside or record.kind not in consents.KINDS
            two = not lawful and consents.takes_two(record.kind, record.data)
            fault = consents.fault(record, self.trust) if two else None
            if fault is not None:
                self.troubles.append(Trouble("consent_false", record.id, fault))

    def check_signatures(self, tx: Tx) -> None:
        """Every electronic signature is its author's, and for the very records it names."""
        signed = [
            one for one in self.kept if one.kind == "signature" and (one.device, one.seq) not in self.aside
        ]
        self.troubles += check_signatures(tx, signed, self.trust)
        locks = [one for one in self.kept if one.kind == "lock" and (one.device, one.seq) not in self.aside]
        self.troubles += check_locks(locks, self.trust)

    def check_amendments(self) -> None:
        """Every amendment is the authority's, every approval a principal investigator's own."""
        for record in self.kept:
            aside = (record.device, record.seq) in self.aside
            if record.kind in (amendacts.AMENDMENT, amendacts.APPROVAL) and not aside:
                fault = amendacts.fault(record, self.trust)
                if fault is not None:
                    self.troubles.append(Trouble("amendment_false", record.id, fault))

    def check_witnesses(self, tx: Tx) -> None:
        """Compare with what was noted outside."""
        for witness in self.witnesses:
            for device, (seq, noted) in sorted(witness.heads.items()):
                chain = self.chains.get(device)
                last = chain.last.seq if chain is not None and chain.last is not None else 0
                found = rows.get_record(tx, device, seq)
                code = ""
                if not last:
                    code = "device_gone"
                elif last < seq:
                    code = "tail_cut"
                elif found is not None and found.hash != noted:
                    code = "rewritten"
                if code:
                    place = f"{device}:{seq}" if code == "rewritten" else f"{device}:{last + 1}-{seq}"
                    self.troubles.append(trouble(code, place, witness=witness.name, seq=seq))

    def check_aside(self, tx: Tx, own: frozenset[str]) -> None:
        """What is set aside or absent must have been so when a bundle brought it."""
        named: set[tuple[str, int] | None] = set()
        released: set[tuple[str, int] | None] = set()
        stubs: Counter[str] = Counter()
        emptied: Counter[str] = Counter()
        redacted = {(row["device"], row["seq"]) for row in tx.find(schema.redaction)}
        for record in self.kept:
            if record.kind == "bundle" and record.device in own:
                data = record.data
                places = {split_id(str(one)) for one in data.get("aside", ())}
                # What a device wrote itself came in no bundle: nobody sets it aside.
                named |= {place for place in places if place is not None and place[0] != record.device}
                stubs.update({str(k): int(v) for k, v in dict(data.get("stubs", {})).items()})
                emptied.update({str(k): int(v) for k, v in dict(data.get("emptied", {})).items()})
            elif record.kind == "released" and record.device in own:
                # Judged again: it counts from then on and must not be set aside again. What it says, and who
                # may have written it, is proved with all that counts.
                released |= {split_id(str(one)) for one in record.data.get("records", ())}
        named -= released
        for device, seq in sorted(self.aside - named):
            self.troubles.append(trouble("aside_unrecorded", f"{device}:{seq}"))
        for place in sorted(named - self.aside - {None}, key=str):
            assert place is not None
            self.troubles.append(trouble("aside_released", f"{place[0]}:{place[1]}"))
        # A redaction empties the content; it never takes the key away. What came without content may be named
        # by a redaction that is still on its way.
        unexplained = [r for r in self.absent if r.withheld or (r.device, r.seq) not in redacted]
        missing = Counter(record.device for record in unexplained if record.withheld)
        gone = Counter(record.device for record in unexplained if not record.withheld)
        for record in unexplained:
            if record.device in own:
                self.troubles.append(trouble("content_absent", record.id))
        for device in sorted({*missing, *gone} - own):
            known = stubs[device] + emptied[device]
            if missing[device] not in (0, stubs[device]) or gone[device] > emptied[device]:
                count = missing[device] + gone[device]
                self.troubles.append(trouble("stubs_differ", device, count=count, recorded=known))

    def check_definitions(self, tx: Tx) -> None:
        """Every definition that came into force is stored, under its own hash."""
        stored = set()
        for row in tx.find(schema.definition):
            stored.add(row["hash"])
            if file_hash(bytes(row["source"])) != row["hash"]:
                self.troubles.append(trouble("definition_edited", row["hash"]))
        for record in self.kept:
            lawful = (record.device, record.seq) not in self.aside
            if record.kind not in ("definition", amendacts.AMENDMENT) or not lawful:
                continue
            if record.data.get("hash") not in stored:
                self.troubles.append(trouble("definition_missing", record.id))

    def check_triggers(self, tx: Tx) -> None:
        """The journal's protection is in place, and nothing else reacts to writes."""
        present, lawful = migrate.present_triggers(tx), migrate.lawful_triggers(tx)
        self.checked["triggers"] = len(lawful)
        for name, sql in lawful.items():
            if present.pop(name, None) != sql:
                self.troubles.append(trouble("trigger_dropped", name, name=name))
        for name in present:
            self.troubles.append(trouble("trigger_added", name, name=name))

    def check_projections(self, tx: Tx, copy: Memory) -> None:
        """Projections = journal folded anew."""
        lawful, present = copy.dump(), projection.dump(tx)
        self.checked["projections"] = sum(map(len, present.values()))
        for table in schema.PROJECTIONS:
            width = len(table.primary_key.columns)
            wrong = set(lawful[table.name]) ^ set(present[table.name])
            for place in sorted({":".join(map(str, row[:width])) for row in wrong})[:_MOST]:
                self.troubles.append(trouble("projection_edited", f"{table.name} {place}"))


def _pages(store: AnyStore, checked: Counter[str]) -> list[Trouble]:
    """The pages themselves: their check values, and the inner order of the trees."""
    if store.on_server:
        return []  # the server looks at its pages itself
    # The check reads the file alone; what is still in the write-ahead log would give false alarm.
    if not store.checkpoint():
        return [trouble("busy", store.place)]
    raw = store.raw()
    try:
        checked["pages"] = raw.execute("PRAGMA page_count").fetchone()[0]
        damaged = raw.execute("PRAGMA cipher_integrity_check").fetchall()
        if not damaged:
            damaged = [row for row in raw.execute("PRAGMA integrity_check(20)").fetchall() if row[0] != "ok"]
    except DATABASE_ERRORS as error:
        failure = store.failure(error)
        if failure.code != "store.damaged":
            raise failure from None
        damaged = [failure.code]  # so far gone that the check itself cannot go on
    finally:
        raw.close()
    return [trouble("page_damaged", store.place)] if damaged else []


def _own_devices(tx: Tx, device: str | None) -> frozenset[str]:
    """The vault's device and those it continues; every device when the file does not say."""
    if device is None:
        row = tx.one(schema.meta, name="vault")
        try:
            facts = parse_canon(bytes(row["value"])) if row is not None else {}
        except CanonError:
            facts = {}
        device = facts.get("device") if isinstance(facts, dict) else None
    if not isinstance(device, str):
        return frozenset(rows.devices(tx))
    parents = {row["id"]: row["parent"] for row in tx.find(schema.device)}
    own: set[str] = set()
    while device and device not in own:
        own.add(device)
        device = parents.get(device, "")
    return frozenset(own)
