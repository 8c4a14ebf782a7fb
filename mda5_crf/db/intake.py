"""Taking in records of other devices: chains continue, hashes and seals fit, or nothing is written.

What is whole but may not stand (a right is lacking, a kind is unknown) is kept and set aside with a
reason: stored, so that the chain stays gapless, but not folded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mda5_crf.db import clock, rows, schema
from mda5_crf.db.chain import ChainError, Head, require_next
from mda5_crf.db.projection import Unfoldable, fold
from mda5_crf.db.records import VERSION, AuditRecord, Seal
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tx
from mda5_crf.text import Text, message

# Given a record and the roles its author held there and then: why it is set aside, or None.
Judge = Callable[[AuditRecord, frozenset[str]], Text | None]

_KEY_KINDS: Final = frozenset({"device", "certificate", "user"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the receiver knows: its own device, the highest clock, whose authority it believes (None = any)."""

    device: str
    clock: int
    authorities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the records: numbers, what was set aside (id, reason), touched participants, stubs."""

    new: int
    known: int
    aside: tuple[tuple[str, Text], ...]
    subjects: frozenset[str]
    stubs: Mapping[str, int]
    clock: int


@dataclass(slots=True)
class _Intake:
    tx: Tx
    judge: Judge | None
    known: Known
    trust: Trust
    heads: dict[str, Head | None] = field(default_factory=dict)
    runs: dict[str, list[tuple[int, AuditRecord]]] = field(default_factory=dict)
    present: int = 0
    new: int = 0
    aside: list[tuple[str, Text]] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    stubs: dict[str, int] = field(default_factory=dict)
    clock: int = 0

    def head(self, device: str) -> Head | None:
        """The end of a device's chain here, as far as taken in."""
        if device not in self.heads:
            last = rows.last_record(self.tx, device)
            self.heads[device] = None if last is None else Head.of(last)
        return self.heads[device]

    def take(self, record: AuditRecord, lead: int) -> None:
        head = self.head(record.device)
        if head is not None and record.seq <= head.seq:
            self._compare(record)
            return
        if record.device == self.known.device:
            # Others know more of this device than it knows itself: this folder is an older copy.
            raise ChainError("store.chain_own_newer", record.device, record.seq)
        require_next(head, record)
        self._note_run(head, record)
        self.tx.insert(schema.audit_record, rows.record_row(record))
        self.heads[record.device] = Head.of(record)
        self.new += 1
        if record.content is None:
            self.stubs[record.device] = self.stubs.get(record.device, 0) + 1
        reason = self._reason(head, record, lead)
        if reason is None:
            reason = self._fold(record)
        if reason is not None:
            self.aside.append((record.id, reason))
            row = {"device": record.device, "seq": record.seq, "en": reason.en, "zh": reason.zh}
            self.tx.insert(schema.quarantine, row)

    def _compare(self, record: AuditRecord) -> None:
        present = rows.get_record(self.tx, record.device, record.seq)
        if present is None or present.hash != record.hash:
            raise ChainError("store.chain_fork", record.device, record.seq)
        self.present += 1

    def _note_run(self, head: Head | None, record: AuditRecord) -> None:
        """Keep the last record of every run of one person; a run may have begun before this bundle."""
        runs = self.runs.setdefault(record.device, [])
        if head is not None and head.person == record.person:
            if runs:
                runs[-1] = (runs[-1][0], record)
                return
            running = [row for row in self.tx.find(schema.seal, device=record.device, last=head.seq)]
            runs.append((running[0]["first"] if running else record.seq, record))
        else:
            runs.append((record.seq, record))

    def _reason(self, head: Head | None, record: AuditRecord, lead: int) -> Text | None:
        if record.clock > lead or (head is not None and record.clock <= head.clock):
            return message("store.aside_clock")
        if record.v != VERSION:
            return message("store.aside_kind")
        try:
            day = clock.local(record.at, record.zone).date().isoformat()
        except (ValueError, IndexError, OverflowError):
            return message("store.aside_shape")
        if record.kind in _KEY_KINDS and record.content is not None and not self.trust.learn(record):
            return message("store.aside_certificate")
        if self.judge is None:
            return None
        return self.judge(record, self.trust.roles(record.person, record.clock, day))

    def _fold(self, record: AuditRecord) -> Text | None:
        try:
            fold(self.tx, record)
        except Unfoldable as error:
            return message(f"store.{error.code}")
        self.clock = max(self.clock, record.clock)
        subject = record.key.partition("/")[0] or (record.id if record.kind == "subject" else "")
        if subject:
            self.subjects.add(subject)
        return None

    def check_seals(self, seals: Sequence[Seal]) -> None:
        """Every run of new records must be sealed by its author, from its start to its end."""
        given = {(one.device, one.first, one.last): one for one in seals}
        for device, runs in self.runs.items():
            for first, last in runs:
                found = given.get((device, first, last.seq))
                fits = found is not None and not self.trust.judge_seal(
                    last.person, device, last.clock, last.hash, found.signature
                )
                if not fits or found is None or found.person != last.person:
                    raise ChainError("store.chain_unsealed", device, last.seq, first=first)
                rows.put_seal(self.tx, found)


def take_in(
    tx: Tx, records: Iterable[AuditRecord], seals: Sequence[Seal], judge: Judge | None, known: Known
) -> Ingested:
    """Insert, judge and fold ``records`` (device by device, oldest first) and keep their ``seals``.

    Raises ChainError for a fork, a gap, an altered record, a missing or false seal, or records of this
    very device that it does not know; the caller's transaction then rolls back.
    """
    records = list(records)
    lead = known.clock + len(records) + clock.MAX_CLOCK_LEAD
    intake = _Intake(tx, judge, known, load_trust(tx, known.authorities))
    study = _study(tx)
    for record in records:
        if study and record.study != study:
            raise ChainError("store.chain_study", record.device, record.seq)
        intake.take(record, lead)
    intake.check_seals(seals)
    for subject in intake.subjects:
        rows.drop_status(tx, subject)
    return Ingested(
        intake.new, intake.present, tuple(intake.aside), frozenset(intake.subjects), intake.stubs, intake.clock
    )


def load_trust(tx: Tx, authorities: frozenset[str] | None = None) -> Trust:
    """The keys that the journal knows, from its projections (``verify`` reads the journal itself)."""
    trust = Trust(authorities)
    for row in tx.find(schema.device):
        trust.learn_device(row["id"], row["authority"])
    for row in sorted(tx.find(schema.certificate), key=lambda r: (r["clock"], r["device"], r["seq"])):
        trust.learn_certificate(row["device"], row["clock"], rows.content_of(row))
    for row in tx.find(schema.person_state):
        trust.learn_account(row["whom"], row["device"], row["clock"], row["state"])
    return trust


def _study(tx: Tx) -> str:
    for device in rows.devices(tx):
        first = rows.get_record(tx, device, 1)
        if first is not None:
            return first.study
    return ""
