"""Taking a bundle: look at all of it, then let it in in one transaction, or not at all."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import clock, rows, schema
from mda5_crf.db.backup import back_up
from mda5_crf.db.chain import ChainError
from mda5_crf.db.intake import Ingested, Intake
from mda5_crf.db.records import AuditRecord, Draft, Seal
from mda5_crf.db.store import Store
from mda5_crf.db.tx import Tx
from mda5_crf.errors import BundleError, Cancelled
from mda5_crf.services import lockclash, loginclash, redacting
from mda5_crf.services.access import Action
from mda5_crf.services.backups import Copy
from mda5_crf.services.recentcopy import recent
from mda5_crf.sync import amendments, rejudging, revocation
from mda5_crf.sync.envelope import Envelope, open_envelope
from mda5_crf.sync.gaps import first_missing
from mda5_crf.sync.holding import GAP, HEADS, IMPERSONATED, HeldBack, Holding, held_back, of_chain
from mda5_crf.sync.judging import Judge
from mda5_crf.sync.ledger import IN, Ledger, local_minutes, made_at
from mda5_crf.sync.manifest import Manifest
from mda5_crf.sync.preview import describe
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.report import Report
from mda5_crf.sync.revoked import Cut
from mda5_crf.sync.unpacking import unpack
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

# How many ids of records set aside one record of the journal names.
_NAMED: Final = 1000
_TOLD_EVERY: Final = 100
# Participants of one bundle that are remembered one by one.
_MANY: Final = 10_000
SMALL: Final = 1000
"""Up to so many new records need no new copy of a large database that has a copy of the last day."""
LARGE: Final = 32 << 20
"""Bytes of a database file that is not copied in a moment."""

Progress = Callable[[int, int], None]
"""How many records of how many were read; both readings of a bundle count. What it raises ends the work."""


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def plan(session: Session, file: Path, progress: Progress = _nobody) -> Report:
    """What :func:`take` would do, without doing it. Raises the same."""
    session.require(Action.BUNDLE)
    with session.vault.place.exclusively(), _opened(session, file, progress) as arrival:
        arrival.survey()
        return arrival.let_in(keep=False)


def take(session: Session, file: Path, progress: Progress = _nobody) -> Report:
    """Take a bundle in: all of it or nothing; what may not stand is kept and set aside.

    Before anything is written the whole file is read and the database copied to ``backups/``; where few
    records (SMALL) come into a large database (LARGE), a whole copy of the last day will do. A file that was
    taken before changes nothing and is not recorded again. Cancelled by ``progress``, nothing was written and
    the copy is gone; once the last record is read it is too late to cancel. Raises PermissionDenied,
    BundleError (nothing was written), StoreError.

    A vault on a server is not copied: one transaction takes all of it or nothing, and the copies of a server
    are its administrator's.
    """
    session.require(Action.BUNDLE)
    with session.vault.place.exclusively(), _opened(session, file, progress) as arrival:
        new = arrival.survey()
        about = arrival.about
        if arrival.known_whole or (arrival.already is not None and not new):
            return arrival.let_in(keep=False)
        clashes, logins = lockclash.standing(session, about), loginclash.standing(session)
        copied = not session.vault.place.shared
        relied = recent(session) if copied and new <= SMALL and _is_large(session) else None
        backup = None if relied is None else relied.path
        if new and copied and relied is None:
            stamp = session.now().strftime("%Y%m%dT%H%M%S%f")
            backup = back_up(session.vault.store, session.vault.folder, f"take_{stamp}")
        try:
            report = arrival.let_in(keep=True)
        except (Cancelled, BundleError):
            # Nothing was written: a copy of every bad file would push out those that are worth keeping.
            if backup is not None and relied is None:
                shutil.rmtree(backup, ignore_errors=True)
            raise
    session.refresh()
    about = None if about is None else about | arrival.answered()
    report = report.with_notes(lockclash.told(session, clashes, about) + loginclash.told(session, logins))
    if relied is not None:
        report = report.with_notes((_relied_on(session, relied),))
    # The content that was emptied stands in the copy that was just made, too.
    redacting.clean(session)
    return report.with_backup(backup if backup is not None and backup.exists() else None)


def _is_large(session: Session) -> bool:
    store = session.vault.store
    return isinstance(store, Store) and store.path.stat().st_size > LARGE


def _relied_on(session: Session, copy: Copy) -> Text:
    return message("taking.relied_on", name=copy.name, at=local_minutes(session, copy.made))


@contextmanager
def _opened(session: Session, path: Path, progress: Progress) -> Iterator[_Arrival]:
    registry = Registry.read(session)
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            envelope = open_envelope(file, size, registry)
            ledger = Ledger.read(session, envelope.header.sender)
            yield _Arrival(session, registry, envelope, ledger, progress)
    except OSError:
        raise BundleError("sync.file_unreadable", file=path.name) from None


class _Arrival:
    """A file whose outside is in order, and what this vault knows of its sender."""

    def __init__(
        self,
        session: Session,
        registry: Registry,
        envelope: Envelope,
        ledger: Ledger,
        progress: Progress = _nobody,
    ) -> None:
        self._progress = progress
        self._read, self._expected = 0, 0
        self._session = session
        self._registry = self._believed = registry
        self._cut = Cut(session.vault.journal.heads())
        self._envelope = envelope
        self._ledger = ledger
        header = envelope.header
        self.already = ledger.taken_before(
            header.sender, envelope.sender.name, (header.number, envelope.sha256, header.prev)
        )
        self.held: dict[str, HeldBack] = {}
        self.about: frozenset[str] | None = None
        """The participants that new records are about, once surveyed; None: it may be all."""

    def survey(self) -> int:
        """Read everything, touch nothing; return how many records are new. Raises BundleError."""
        survey = _Survey(self, self._session.vault.journal.heads())
        unpack(self._envelope, self._session.vault.device_keys.box, survey, hashes=False)
        self.about = None if survey.about_all else frozenset(survey.about)
        return survey.new

    @property
    def known_whole(self) -> bool:
        """Whether this very file was taken before and nothing of it was held back."""
        return self.already is not None and not self.already.blocked

    def hold(self, found: Holding) -> None:
        """Leave a PC of this bundle out from now on."""
        if found.device in self.held:  # it was left out: then it is not of that PC alone
            raise found.error
        every = Ledger.read(self._session).passages
        sender, number = self._envelope.sender.name, self._envelope.header.number
        self.held[found.device] = held_back(found, self._believed, sender, number, every)

    def begin(self, manifest: Manifest) -> tuple[Registry, Draft | None, tuple[Text, ...]]:
        """A reading begins (two of them are the whole work): whom to believe, as the bundle tells too."""
        self._expected = 2 * manifest.records
        known = revocation.learn(self._session, self._registry, manifest.revocations)
        self._believed = known[0]
        # The list may name the very PC that brings it.
        self._believed.sender(self._envelope.header.sender)
        return known

    def count(self) -> None:
        """One more record was read. Raises what ``progress`` raises."""
        if self._read % _TOLD_EVERY == 0:
            self._progress(self._read, self._expected)
        self._read += 1

    def let_in(self, *, keep: bool) -> Report:
        """Take the records in and report; unless ``keep`` everything is undone at the end.

        A PC whose part does not fit is found by trying: all is undone and tried once more without it.
        """
        journal = self._session.vault.journal
        while True:
            try:
                with journal.begin() as tx:
                    report = self._within(tx)
                    if not keep or (self.already is not None and not report.new):
                        raise _Undo(report)
                break
            except _Undo as undo:
                return undo.report
            except ChainError as error:
                found = of_chain(error)
                if found is None:
                    raise
                self.hold(found)
            except Holding as problem:
                self.hold(problem)
            self._read = self._expected // 2
        made = clock.read_at(self._envelope.header.made)
        watch = journal.watch
        watch.earliest = made if watch.earliest is None else max(watch.earliest, made)
        return report

    def _within(self, tx: Tx) -> Report:
        session, journal = self._session, self._session.vault.journal
        before = journal.heads(tx)
        conflicts = _conflicts(tx)
        taking = _Taking(self, tx)
        unpack(self._envelope, session.vault.device_keys.box, taking)
        self._progress(self._read, self._expected)  # the last moment to cancel
        assert taking.intake is not None  # unpack refuses a body without manifest
        assert taking.manifest is not None
        result = journal.end_intake(taking.intake, taking.seals)
        if self.held and not result.new and self.already is None:
            raise next(iter(self.held.values())).error
        # What came may be what something set aside was waiting for.
        again, released = rejudging.at_take(session, tx, self._believed)
        result = replace(result, aside=tuple(one for one in result.aside if one[0] not in again))
        # A redaction may have come, or what an earlier one names.
        redacting.apply(session, tx)
        have, notes = self._receipt(tx, taking.manifest)
        notes += taking.notes
        differing = _conflicts(tx) - conflicts
        details = describe(session, tx, before, result.subjects, differing)
        report = replace(self._report(result, taking, notes, len(differing)), details=details)
        drafts = [*taking.drafts, *self._notes(taking.manifest, result, have, report), *released]
        journal.write(tx, drafts, session.now())
        self._check(tx, before, taking.manifest, result.new + len(drafts))
        return report

    def open_intake(self, tx: Tx, manifest: Manifest) -> Intake:
        """Ready the journal for the records that the manifest announces."""
        session, believed = self._session, self._believed
        judge = Judge(tx, believed, session.study.hash, session.study.subject_pattern)
        return session.vault.journal.intake(tx, manifest.records, judge, authorities=believed.authorities())

    def keep_definition(self, tx: Tx, hashed: str, source: bytes) -> Text | None:
        """Keep the source of a study definition; why not, when it is refused."""
        return amendments.incoming(self._session, tx, hashed, source, self._envelope.sender)

    def gap(self, record: AuditRecord, expected: int) -> None:
        """A chain goes on beyond what is here: it waits."""
        pc, name = self.name_of(record.device), self._envelope.sender.name
        problem = BundleError(GAP, device=pc, expected=expected, seq=record.seq, name=name)
        self.hold(Holding(record.device, problem))

    def check_device(self, record: AuditRecord) -> None:
        """The first record of a chain must register the very keys whose fingerprint was compared."""
        peer = self._believed.peers.get(record.device)
        if peer is None:
            return
        data, card = record.data, peer.card
        lawful = (card.sign.text, card.authority.text, card.site)
        if (data.get("sign"), data.get("authority"), data.get("site")) != lawful:
            problem = BundleError(IMPERSONATED, name=self._envelope.sender.name, device=peer.name)
            raise problem if record.device == self._envelope.header.sender else Holding(peer.device, problem)

    def accepts(self, device: str, seq: int = 1) -> bool:
        """Whether records of this device, up to this one, are taken in at all."""
        return self._believed.accepts(device, seq)

    def welcome(self, record: AuditRecord) -> None:
        """The first record of a chain: perhaps of a workstation of the sender's vault."""
        self._believed.welcome(record)

    def lets_in(self, device: str, seq: int) -> bool:
        """The same in the second reading: of a revoked PC only what a seal in this bundle proves."""
        if device in self.held:
            return False
        return self.accepts(device, seq) and self._cut.takes(device, seq, self.limit(device))

    def limit(self, device: str) -> int | None:
        """The last record of a revoked PC that is accepted; None for any other."""
        return None if device in self._believed.lineage else self._believed.limits.get(device)

    def note_seal(self, seal: Seal) -> None:
        """A seal of the bundle was read."""
        self._cut.note(seal.device, seal.last, self.limit(seal.device))

    def name_of(self, device: str) -> str:
        """What people call a device."""
        return self._believed.name_of(device)

    def answered(self) -> frozenset[str]:
        """Participants with a lock that the sender says only now to have. To be asked after the taking."""
        session, sender = self._session, self._envelope.header.sender
        now = Ledger.read(session, sender).known(sender)
        return frozenset(lockclash.confirmed(session, self._ledger.known(sender), now))

    # -- what is said about it -------------------------------------------------------------------------

    def _report(self, result: Ingested, taking: _Taking, notes: list[Text], conflicts: int) -> Report:
        header, sender = self._envelope.header, self._envelope.sender
        assert taking.manifest is not None
        if taking.manifest.definition != self._session.study.hash:
            notes.append(message("sync.line_definition"))
        for device in [one for one in taking.passed_over if self.limit(one) is not None]:
            count = taking.passed_over.pop(device)
            notes.append(message("joining.passed_over", count=count, name=self.name_of(device)))
        taken = {p.number for p in self._ledger.taken(header.sender)}
        return Report(
            sender=sender.name, device=header.sender, site=sender.site, number=header.number,
            made=made_at(self._session, header.made), new=result.new, known=result.known, aside=result.aside,
            conflicts=conflicts, subjects=len(result.subjects),
            missing=first_missing(taken, header.number),
            confirmed=self._confirmed(taking.manifest), passed_over=dict(taking.passed_over),
            already=self._already(result.new),
            notes=tuple(notes), held=tuple(self.held.values()),
        )  # fmt: skip

    def _already(self, new: int) -> str:
        """When this very file was taken; "" for a file of which some was held back and can come in now."""
        if self.already is None or (new and not self.known_whole):
            return ""
        return local_minutes(self._session, self.already.at)

    def _confirmed(self, manifest: Manifest) -> tuple[int, ...]:
        """Own bundles that the sender took: number and content must be those of a bundle made here."""
        own = {p.number: p.sha256 for p in self._ledger.sent(manifest.sender)}
        return tuple(sorted(number for number, sha256 in manifest.receipts if own.get(number) == sha256))

    def _receipt(self, tx: Tx, manifest: Manifest) -> tuple[dict[str, int], list[Text]]:
        """What the sender says it has, as far as it can be true; and a word where it cannot."""
        have, notes = {}, []
        own = self._session.device
        for device, (seq, hashed) in manifest.have.items():
            record = rows.get_record(tx, device, seq)
            if (record is None and device != own) or (record is not None and record.hash == hashed):
                # Of other PCs the sender may well have more than is here.
                have[device] = seq
            elif device == own:
                name = self._envelope.sender.name
                code = "sync.line_own_differs" if record else "sync.line_own_newer"
                notes.append(message(code, name=name, seq=seq))
        return have, notes

    def _notes(
        self, manifest: Manifest, result: Ingested, have: Mapping[str, int], report: Report
    ) -> list[Draft]:
        """The journal's records of this taking; many ids set aside fill several."""
        aside = [one for one, _ in result.aside]
        content: dict[str, Any] = {
            "direction": IN, "number": manifest.number, "peer": manifest.sender,
            "sha256": self._envelope.sha256, "prev": manifest.prev, "made": manifest.made,
            "new": result.new, "known": result.known,
            "from": dict(manifest.base),
            "to": {one: seq for one, (seq, _) in manifest.heads.items() if one not in self.held},
            **({"blocked": [dict(one.facts) for one in self.held.values()]} if self.held else {}),
            "have": dict(have), "receipts": list(report.confirmed), "aside": aside[:_NAMED],
            "stubs": dict(result.stubs), **({"emptied": dict(result.emptied)} if result.emptied else {}),
        }  # fmt: skip
        drafts = [Draft("bundle", "", content, definition=self._session.study.hash)]
        for start in range(_NAMED, len(aside), _NAMED):
            part = {
                "direction": IN, "number": manifest.number, "peer": manifest.sender,
                "sha256": self._envelope.sha256, "part": start // _NAMED,
                "aside": aside[start : start + _NAMED],
            }  # fmt: skip
            drafts.append(Draft("bundle", "", part, definition=self._session.study.hash))
        return drafts

    def _check(self, tx: Tx, before: Mapping[str, tuple[int, str]], manifest: Manifest, written: int) -> None:
        """Nothing lost, nothing twice, every chain where the sender says it ends. Raises BundleError."""
        after = self._session.vault.journal.heads(tx)
        grown = sum(seq for seq, _ in after.values()) - sum(seq for seq, _ in before.values())
        problem = BundleError(HEADS, name=self._envelope.sender.name)
        for device, (seq, hashed) in manifest.heads.items():
            record = rows.get_record(tx, device, seq)
            if self.lets_in(device, seq) and (record is None or record.hash != hashed):
                raise Holding(device, problem)
        if grown != written:
            raise problem


def _conflicts(tx: Tx) -> frozenset[tuple[str, str]]:
    return frozenset((row["key"], row["query"]) for row in tx.find(schema.conflict))


class _Undo(Exception):
    """No error: the way out of a transaction that is not kept."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class _Survey:
    """First reading: does every chain continue what is here?"""

    def __init__(
        self,
        arrival: _Arrival,
        heads: Mapping[str, tuple[int, str]],
    ) -> None:
        self._arrival = arrival
        self._ends = {device: seq for device, (seq, _) in heads.items()}
        self.new = 0
        self.about: set[str] = set()
        self.about_all = False

    def on_manifest(self, manifest: Manifest) -> None:
        """Nothing to compare yet."""
        self._arrival.begin(manifest)

    def on_definition(self, hashed: str, source: bytes) -> None:
        """Definitions are looked at when they are taken."""

    def on_record(self, record: AuditRecord, *, computed: bool) -> None:  # noqa: ARG002 - hashes are not yet asked for
        self._arrival.count()
        if record.seq == 1:
            self._arrival.welcome(record)
        end = self._ends.get(record.device, 0)
        if record.seq <= end or not self._arrival.accepts(record.device, record.seq):
            return
        if record.device in self._arrival.held:
            return
        if record.seq > end + 1:
            self._arrival.gap(record, end + 1)
            return
        self._ends[record.device] = record.seq
        self.new += 1
        if record.key:
            self.about.add(record.key.partition("/")[0])
        if len(self.about) > _MANY or (not record.key and record.kind == "lock"):
            self.about_all = True
            self.about.clear()

    def on_seal(self, seal: Seal) -> None:
        """Seals are checked when the records are in; here they say how far a revoked PC is believed."""
        self._arrival.note_seal(seal)


@dataclass(slots=True)
class _Taking:
    """Second reading: into the journal."""

    arrival: _Arrival
    tx: Tx
    manifest: Manifest | None = None
    intake: Intake | None = None
    seals: list[Seal] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    notes: list[Text] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def on_manifest(self, manifest: Manifest) -> None:
        self.manifest = manifest
        _, draft, notes = self.arrival.begin(manifest)
        self.notes += notes
        self.drafts += [] if draft is None else [draft]
        self.intake = self.arrival.open_intake(self.tx, manifest)

    def on_definition(self, hashed: str, source: bytes) -> None:
        reason = self.arrival.keep_definition(self.tx, hashed, source)
        if reason is not None:
            self.notes.append(reason)

    def on_record(self, record: AuditRecord, *, computed: bool) -> None:
        assert self.intake is not None  # the manifest comes first
        self.arrival.count()
        if record.seq == 1:
            self.arrival.welcome(record)
        if record.device in self.arrival.held:
            return
        if not self.arrival.lets_in(record.device, record.seq):
            self.passed_over[record.device] += 1
            return
        if record.seq == 1:
            self.arrival.check_device(record)
        self.intake.take(record, computed=computed)

    def on_seal(self, seal: Seal) -> None:
        if self.arrival.lets_in(seal.device, seal.last):
            self.seals.append(seal)
