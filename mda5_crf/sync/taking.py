"""Taking a bundle: look at all of it, then let it in in one transaction, or not at all."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import clock, rows, schema
from mda5_crf.db.backup import back_up
from mda5_crf.db.chain import ChainError
from mda5_crf.db.intake import Ingested, Intake
from mda5_crf.db.records import AuditRecord, Draft, Seal
from mda5_crf.db.tx import Tx
from mda5_crf.errors import BundleError, Cancelled
from mda5_crf.services import lockclash, redacting
from mda5_crf.services.access import Action
from mda5_crf.sync.envelope import Envelope, open_envelope
from mda5_crf.sync.judging import Judge
from mda5_crf.sync.ledger import IN, Ledger, Passage, local_minutes, made_at
from mda5_crf.sync.manifest import Manifest
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.report import Report
from mda5_crf.sync.unpacking import unpack
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

# How many ids of records set aside one record of the journal names.
_NAMED: Final = 1000
_TOLD_EVERY: Final = 100

Progress = Callable[[int, int], None]
"""How many records of how many were read; both readings of a bundle count. What it raises ends the work."""


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def plan(session: Session, file: Path, progress: Progress = _nobody) -> Report:
    """What :func:`take` would do, without doing it. Raises the same."""
    session.require(Action.BUNDLE)
    with _opened(session, file, progress) as arrival:
        arrival.survey()
        return arrival.let_in(keep=False)


def take(session: Session, file: Path, progress: Progress = _nobody) -> Report:
    """Take a bundle in: all of it or nothing; what may not stand is kept and set aside.

    Before anything is written the whole file is read and the database copied to ``backups/``. A file that was
    taken before changes nothing and is not recorded again. Cancelled by ``progress``, nothing was written and
    the copy is gone; once the last record is read it is too late to cancel. Raises PermissionDenied,
    BundleError (nothing was written), StoreError.
    """
    session.require(Action.BUNDLE)
    with _opened(session, file, progress) as arrival:
        new = arrival.survey()
        if arrival.already is not None:
            return arrival.let_in(keep=False)
        backup, clashes = None, lockclash.standing(session)
        if new:
            stamp = session.now().strftime("%Y%m%dT%H%M%S%f")
            backup = back_up(session.vault.store, session.vault.folder, f"take_{stamp}")
        try:
            report = arrival.let_in(keep=True)
        except Cancelled:
            if backup is not None:
                shutil.rmtree(backup, ignore_errors=True)
            raise
    session.refresh()
    report = report.with_notes(lockclash.told(session, clashes))
    # The content that was emptied stands in the copy that was just made, too.
    redacting.clean(session)
    return report.with_backup(backup if backup is not None and backup.exists() else None)


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
        self._registry = registry
        self._envelope = envelope
        self._ledger = ledger
        self.already = _taken_before(envelope, ledger)

    def survey(self) -> int:
        """Read everything, touch nothing; return how many records are new. Raises BundleError."""
        survey = _Survey(self, self._session.vault.journal.heads(), self._registry, self._envelope)
        unpack(self._envelope, self._session.vault.device_keys.box, survey)
        return survey.new

    def expect(self, manifest: Manifest) -> None:
        """A reading begins: two of them are the whole work."""
        self._expected = 2 * manifest.records

    def count(self) -> None:
        """One more record was read. Raises what ``progress`` raises."""
        if self._read % _TOLD_EVERY == 0:
            self._progress(self._read, self._expected)
        self._read += 1

    def let_in(self, *, keep: bool) -> Report:
        """Take the records in and report; unless ``keep`` everything is undone at the end."""
        journal = self._session.vault.journal
        try:
            with journal.begin() as tx:
                report = self._within(tx)
                if not keep:
                    raise _Undo(report)
        except _Undo as undo:
            return undo.report
        except ChainError as error:
            raise self._in_words(error) from None
        made = clock.read_at(self._envelope.header.made)
        watch = journal.watch
        watch.earliest = made if watch.earliest is None else max(watch.earliest, made)
        return report

    def _within(self, tx: Tx) -> Report:
        session, journal = self._session, self._session.vault.journal
        before = journal.heads(tx)
        conflicts = _conflicts(tx)
        pattern = session.study.subject_pattern
        taking = _Taking(self, tx, Judge(tx, self._registry, session.study.hash, pattern))
        unpack(self._envelope, session.vault.device_keys.box, taking)
        self._progress(self._read, self._expected)  # the last moment to cancel
        assert taking.intake is not None  # unpack refuses a body without manifest
        assert taking.manifest is not None
        result = journal.end_intake(taking.intake, taking.seals)
        # A redaction may have come, or what an earlier one names.
        redacting.apply(session, tx)
        have, notes = self._receipt(tx, taking.manifest)
        report = self._report(result, taking, notes, len(_conflicts(tx) - conflicts))
        drafts = self._notes(taking.manifest, result, have, report)
        journal.write(tx, drafts, session.now())
        self._check(tx, before, taking.manifest, result.new + len(drafts))
        return report

    def open_intake(self, tx: Tx, manifest: Manifest, judge: Judge) -> Intake:
        """Ready the journal for the records that the manifest announces."""
        authorities = self._registry.authorities()
        return self._session.vault.journal.intake(tx, manifest.records, judge, authorities=authorities)

    def check_device(self, record: AuditRecord) -> None:
        """The first record of a chain must register the very keys whose fingerprint was compared."""
        peer = self._registry.peers.get(record.device)
        if peer is None or record.seq != 1:
            return
        data, card = record.data, peer.card
        lawful = (card.sign.text, card.authority.text, card.site)
        if (data.get("sign"), data.get("authority"), data.get("site")) != lawful:
            raise BundleError("sync.impersonated", name=self._envelope.sender.name, device=peer.name)

    def accepts(self, device: str) -> bool:
        """Whether records of this device are taken in at all."""
        return self._registry.accepts(device)

    # -- what is said about it -------------------------------------------------------------------------

    def _report(self, result: Ingested, taking: _Taking, notes: list[Text], conflicts: int) -> Report:
        header, sender = self._envelope.header, self._envelope.sender
        assert taking.manifest is not None
        if taking.manifest.definition != self._session.study.hash:
            notes.append(message("sync.line_definition"))
        taken = {p.number for p in self._ledger.taken(header.sender)}
        return Report(
            sender=sender.name, device=header.sender, site=sender.site, number=header.number,
            made=made_at(self._session, header.made), new=result.new, known=result.known, aside=result.aside,
            conflicts=conflicts, subjects=len(result.subjects),
            missing=tuple(n for n in range(max(taken, default=0) + 1, header.number) if n not in taken),
            confirmed=self._confirmed(taking.manifest), passed_over=dict(taking.passed_over),
            already=local_minutes(self._session, self.already.at) if self.already else "", notes=tuple(notes),
        )  # fmt: skip

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
            "from": dict(manifest.base), "to": {device: seq for device, (seq, _) in manifest.heads.items()},
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
        fits = grown == written
        for device, (seq, hashed) in manifest.heads.items():
            record = rows.get_record(tx, device, seq)
            if self.accepts(device) and (record is None or record.hash != hashed):
                fits = False
        if not fits:
            raise BundleError("sync.heads_differ", name=self._envelope.sender.name)

    def _in_words(self, error: ChainError) -> BundleError:
        """A fork names both bundles; everything else says itself what to do."""
        if error.code != "store.chain_fork":
            return error
        names = [str(p.number) for p in self._ledger.taken(self._envelope.header.sender)]
        return BundleError(
            "sync.fork", device=self._registry.name_of(error.device), seq=error.seq,
            name=self._envelope.sender.name, number=self._envelope.header.number,
            others=", ".join(names) or "–",
        )  # fmt: skip


def _taken_before(envelope: Envelope, ledger: Ledger) -> Passage | None:
    """The passage of this very file, if it was taken. Raises BundleError for two files under one number."""
    header, name = envelope.header, envelope.sender.name
    for passage in ledger.taken(header.sender):
        if passage.number == header.number:
            if passage.sha256 != envelope.sha256:
                raise BundleError("sync.same_number", name=name, number=header.number)
            return passage
        before = passage.number == header.number - 1 and passage.sha256 != header.prev
        after = passage.number == header.number + 1 and passage.prev != envelope.sha256
        if before or after:
            raise BundleError("sync.other_history", name=name, number=header.number, other=passage.number)
    return None


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
        registry: Registry,
        envelope: Envelope,
    ) -> None:
        self._arrival = arrival
        self._ends = {device: seq for device, (seq, _) in heads.items()}
        self._registry = registry
        self._envelope = envelope
        self.new = 0

    def on_manifest(self, manifest: Manifest) -> None:
        """Nothing to compare yet."""
        self._arrival.expect(manifest)

    def on_record(self, record: AuditRecord) -> None:
        self._arrival.count()
        end = self._ends.get(record.device, 0)
        if record.seq <= end or not self._registry.accepts(record.device):
            return
        if record.seq > end + 1:
            raise BundleError(
                "sync.gap", device=self._registry.name_of(record.device), expected=end + 1, seq=record.seq,
                name=self._envelope.sender.name,
            )  # fmt: skip
        self._ends[record.device] = record.seq
        self.new += 1

    def on_seal(self, seal: Seal) -> None:
        """Seals are checked when the records are in."""


@dataclass(slots=True)
class _Taking:
    """Second reading: into the journal."""

    arrival: _Arrival
    tx: Tx
    judge: Judge
    manifest: Manifest | None = None
    intake: Intake | None = None
    seals: list[Seal] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)

    def on_manifest(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.intake = self.arrival.open_intake(self.tx, manifest, self.judge)

    def on_record(self, record: AuditRecord) -> None:
        assert self.intake is not None  # the manifest comes first
        self.arrival.count()
        if not self.arrival.accepts(record.device):
            self.passed_over[record.device] += 1
            return
        self.arrival.check_device(record)
        self.intake.take(record)

    def on_seal(self, seal: Seal) -> None:
        if self.arrival.accepts(seal.device):
            self.seals.append(seal)
