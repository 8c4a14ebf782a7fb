"""What an exchange file is made of: people, sites, definitions, participants and records, as typed frozen
values. Reads one state of the vault; nothing of it is changed, and of the records nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import esign, read, read_audit
from mda5_crf.db.clock import stamp
from mda5_crf.db.read_signatures import SignatureRow
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.tx import Tx
from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action, Role
from mda5_crf.services.archiveproof import Chains
from mda5_crf.services.audit import allowed_kinds
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
_TOLD_EVERY: Final = 500
# What these kinds say is about a participant's data; everything else is about what was done with them.
CLINICAL: Final = frozenset(
    {
        "subject", "event", "form", "row", "strike", "void", "unvoid", "value", "missing", "confirm",
        "status", "pin", "query", "verify", "endorse", "signature", "lock", "review",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One record. ``key`` is the place it is about (of a new repeat or row, that one), None for the vault.

    ``at`` is UTC as recorded (ISO 8601), ``zone`` name and offset. ``aside``: why it counts nowhere here;
    ``emptied``: the record that took its content away; ``withheld``: another site's, content not here.
    """

    record: str
    kind: str
    key: ItemKey | None
    data: Mapping[str, Any]
    person: str
    site: str
    device: str
    at: str
    zone: str
    clock: int
    definition: str
    hash: str
    replaces: tuple[str, ...]
    aside: Text | None
    emptied: str
    withheld: bool
    raw: AuditRecord | None = None
    """The record itself, for who writes all of it."""

    @property
    def clinical(self) -> bool:
        """Whether it says something about a participant's data."""
        return self.kind in CLINICAL and self.key is not None and self.aside is None and not self.withheld


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a certificate. ``certificate`` is its content as recorded."""

    id: str
    login: str
    name: str
    site: str
    investigator: bool
    sponsor: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that was in force here, and since when (UTC, ISO 8601)."""

    hash: str
    study: Study
    since: str


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant. ``name`` is the number people use, made unique where two stand under the same."""

    identity: str
    number: str
    name: str
    site: str
    voided: bool


class Feed:
    """See the module text. Raises PermissionDenied for who may not export, InputRefused for who is blind."""

    def __init__(self, session: Session) -> None:
        session.require(Action.EXPORT)
        session.require(Action.READ)
        allowed_kinds(session)
        self.session = session
        self._store = session.vault.store
        self._maker = session.audit.renderer()
        self._aside = read_audit.aside_reasons(self._store)
        self._emptied = read_audit.redacted(self._store)
        self.study = session.study
        self.meanings = esign.MEANINGS
        self.definitions = self._definitions()
        self._studies = {one.hash: one.study for one in self.definitions}
        self.participants = self._participants()
        self._left: set[str] = set()
        self._names = {one.identity: one for one in self.participants}
        self.people = tuple(
            Person(
                one.person, one.login, one.name, one.site, Role.INVESTIGATOR in one.roles,
                not {*one.roles}.isdisjoint({Role.MONITOR, Role.DATA_MANAGER}),
            )
            for one in read.persons(self._store)
        )  # fmt: skip
        devices = read.devices(self._store)
        self.sites = tuple(sorted({one.site for one in devices} | {one.site for one in self.participants}))

    def _definitions(self) -> tuple[Definition, ...]:
        session, found = self.session, []
        uses = read_audit.uses(self._store)
        if session.versions.many:
            told = session.versions.told.lawful.values()
            uses |= {one.hash: stamp(one.at, "UTC")[0] for one in told if one.hash not in uses}
        for hash_, since in uses.items():
            study = session.study
            if hash_ != session.definition.hash:
                source = read.definition_source(self._store, hash_)
                if source is None:
                    raise StoreError("entry.definition_missing", hash=hash_[:12])
                study = load_source(source)
            found.append(Definition(hash_, study, since))
        return tuple(found)

    def _participants(self) -> tuple[Participant, ...]:
        used: dict[str, int] = {}
        found = []
        for row in read.subjects(self._store):
            count = used[row.subjid] = used.get(row.subjid, 0) + 1
            name = row.subjid if count == 1 else f"{row.subjid}~{count}"
            found.append(Participant(row.identity, row.subjid, name, row.site, row.voided))
        return tuple(found)

    def study_of(self, hash_: str) -> Study:
        """The definition of that hash; that in force for one that was never in force here."""
        return self._studies.get(hash_, self.study)

    def participant(self, identity: str) -> Participant | None:
        """One participant, None for nobody known here."""
        return self._names.get(identity)

    def number(self, subject: str, identity: str) -> str | None:
        """The number people use for a repeat or row; None where there is none."""
        found = self._maker.places.line_of(subject, identity) if identity else None
        return None if found is None else str(found)

    def signatures(self, subject: str) -> tuple[SignatureRow, ...]:
        """The signatures about a participant that count, oldest first."""
        return self.session.signature_book.counting(subject)

    @property
    def head(self) -> str:
        """How far the own chain goes: ``device:number``."""
        device = self.session.device
        seq, _ = self.session.vault.journal.heads().get(device, (0, ""))
        return f"{device}:{seq}"

    # -- records ---------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """One state of the vault, for :meth:`of` and :meth:`others`."""
        with self._store.read() as tx:
            yield tx

    def of(self, tx: Tx, subject: str) -> Iterator[Fact]:
        """Everything about one participant that is about data, oldest first."""
        for row in read_audit.walk(tx, read_audit.Scan(key=subject, oldest_first=True)):
            if row[read_audit.KIND] in CLINICAL:
                fact = self._fact(read_audit.record(row))
                if fact.clinical and self._known(fact):
                    yield fact
                else:
                    self._left.add(fact.record)

    def others(self, tx: Tx, subjects: frozenset[str] | None, progress: Progress) -> Iterator[Fact]:
        """Every record that :meth:`of`, asked before, did not give, oldest first. ``subjects``: only those
        about one of these, None for all of the vault.
        """
        total = read.counts(self._store).records
        scan = read_audit.Scan(oldest_first=True)
        for looked, row in enumerate(read_audit.walk(tx, scan)):
            if not looked % _TOLD_EVERY:
                progress(min(looked, total), total)
            record = read_audit.record(row)
            if record.kind in CLINICAL and record.id not in self._left:
                subject = record.key.partition("/")[0] or record.id  # an enrolment is its participant
                if subject in self._names:
                    continue
            fact = self._fact(record)
            if subjects is None or (fact.key is not None and fact.key.subject in subjects):
                yield fact

    def chains(self, tx: Tx) -> Chains:
        """What proves the records of :meth:`of` and :meth:`others`."""
        return Chains.read(tx)

    def passing(self, wanted: AuditFilter, progress: Progress) -> Iterator[Fact]:
        """The records of the trail that pass, oldest first. Raises PermissionDenied."""
        for record, _ in self.session.audit.passing(wanted, progress):
            yield self._fact(record)

    def _fact(self, record: AuditRecord) -> Fact:
        identity = (record.device, record.seq)
        why = self._aside.get(identity)
        return Fact(
            record.id, record.kind, self._maker.places.place(record).key, record.data, record.person,
            self._maker.site_of(record.device), record.device, record.at, record.zone, record.clock,
            record.definition, record.hash, record.replaces,
            None if why is None else Text(*why),
            self._emptied.get(identity, "") if record.content is None else "", record.withheld, record,
        )  # fmt: skip

    def _known(self, fact: Fact) -> bool:
        return fact.key is not None and self.places(fact.key, fact.definition)

    def places(self, key: ItemKey, definition: str) -> bool:
        """Whether a place can be named by the definition it was written under: participant, visit, form,
        group and item are all there.
        """
        study = self.study_of(definition)
        if key.subject not in self._names:
            return False
        if key.event and key.event not in study.events:
            return False
        form = study.forms.get(key.form)
        if not key.form:
            return True
        if form is None:
            return False
        return (not key.group or any(one.name == key.group for one in form.groups)) and (
            not key.item or key.item in form.items
        )


def record_export(session: Session, content: Mapping[str, Any]) -> None:
    """Note that a file leaves the vault, before it does. Raises PermissionDenied, StoreError."""
    session.require(Action.EXPORT)
    session.append([Draft("export", "", content)])
