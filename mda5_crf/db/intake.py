"""Taking in records of other devices: chains continue, hashes and seals fit, or nothing is written.

What is whole but may not stand (a right is lacking, a kind is unknown) is kept and set aside with a
reason: stored, so that the chain stays gapless, but not folded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from mda5_crf.db import clock, consents, delegations, esign, lockacts, redaction, rows, schema
from mda5_crf.db.chain import ChainError, Head, require_next
from mda5_crf.db.projection import Unfoldable, fold
from mda5_crf.db.records import VERSION, AuditRecord, Seal
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tx
from mda5_crf.text import Text, message

# Given a record and the roles its author held there and then: why it is set aside, or None.
Judge = Callable[[AuditRecord, frozenset[str]], Text | None]

_SIGNED: Final[Mapping[str, Callable[[AuditRecord, Trust], Text | None]]] = {
    "signature": esign.fault,
    "lock": lockacts.fault,
    "delegation": delegations.fault,
}
_KEY_KINDS: Final = frozenset({"device", "certificate", "user"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the receiver knows: its own device, the highest clock, whom it believes (None = anybody)."""

    device: str
    clock: int
    authorities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the records: numbers, what was set aside (id, reason), touched participants, stubs.

    ``emptied``: how many of each device came without content, after a redaction.
    """

    new: int
    known: int
    aside: tuple[tuple[str, Text], ...]
    subjects: frozenset[str]
    stubs: Mapping[str, int]
    clock: int
    emptied: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """Consecutive new records of one person, perhaps continuing a run of an earlier bundle.

    ``clock`` is the highest of the chain so far: a key that was retired cannot be used by turning it back.
    """

    first: int
    last: AuditRecord
    clock: int


@dataclass(slots=True)
class Intake:
    """Records on their way in, one by one: :meth:`take` each, then :meth:`finish` with the seals.

    ``lead`` is the highest clock believed. Made by :func:`open_intake` inside a transaction; whatever it
    raises must roll that back.
    """

    tx: Tx
    judge: Judge | None
    known: Known
    trust: Trust
    lead: int
    study: str
    heads: dict[str, Head | None] = field(default_factory=dict)
    runs: dict[str, list[_Run]] = field(default_factory=dict)
    present: int = 0
    new: int = 0
    aside: list[tuple[str, Text]] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    stubs: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    clock: int = 0

    def head(self, device: str) -> Head | None:
        """The end of a device's chain here, as far as taken in."""
        if device not in self.heads:
            last = rows.last_record(self.tx, device)
            self.heads[device] = None if last is None else Head.of(last)
        return self.heads[device]

    def take(self, record: AuditRecord) -> None:
        """Take the next record, device by device and oldest first. Raises ChainError."""
        if self.study and record.study != self.study:
            raise ChainError("store.chain_study", record.device, record.seq)
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
        self.heads[record.device] = replace(
            Head.of(record), clock=max(record.clock, head.clock if head else 0)
        )
        self.new += 1
        if record.content is None:
            # Emptied by a redaction before it came, or withheld from this receiver.
            counted = self.stubs if record.withheld else self.emptied
            counted[record.device] = counted.get(record.device, 0) + 1
        reason = self._reason(head, record)
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
        runs = self.runs.setdefault(record.device, [])
        highest = max(record.clock, head.clock if head else 0)
        if head is None or head.person != record.person:
            runs.append(_Run(record.seq, record, highest))
        elif runs:
            runs[-1].last, runs[-1].clock = record, highest
        else:
            running = self.tx.find(schema.seal, device=record.device, last=head.seq)
            runs.append(_Run(running[0]["first"] if running else record.seq, record, highest))

    def _reason(self, head: Head | None, record: AuditRecord) -> Text | None:
        if record.clock > self.lead or (head is not None and record.clock <= head.clock):
            return message("store.aside_clock")
        if record.v != VERSION:
            return message("store.aside_kind")
        try:
            day = clock.local(record.at, record.zone).date().isoformat()
        except (ValueError, IndexError, OverflowError):
            return message("store.aside_shape")
        if record.kind in _KEY_KINDS and record.content is not None and not self.trust.learn(record):
            return message("store.aside_account" if record.kind == "user" else "store.aside_certificate")
        if record.kind == "redaction" and record.content is not None:
            find = partial(rows.get_record, self.tx)
            reason = redaction.fault(record, self.trust, find)
            # What it names may still be on its way: it stands, and empties nothing before it can be judged.
            if reason is not None and not redaction.pending(record, self.trust, find):
                return reason
        if record.kind in consents.KINDS and consents.takes_two(record.kind, record.data):
            reason = consents.fault(record, self.trust)
            if reason is not None:
                return reason
        if record.kind in _SIGNED and record.content is not None:
            reason = _SIGNED[record.kind](record, self.trust)
            if reason is not None:
                return reason
        if self.judge is None:
            return None
        return self.judge(record, self.trust.roles(record.device, record.person, record.clock, day))

    def _fold(self, record: AuditRecord) -> Text | None:
        try:
            fold(self.tx, record)
        except Unfoldable as error:
            return message(f"store.{error.code}")
        self.clock = max(self.clock, record.clock)
        if record.withheld:
            return None  # whom it is about is not known
        subject = record.key.partition("/")[0] or (record.id if record.kind == "subject" else "")
        if subject:
            self.subjects.add(subject)
        return None

    def finish(self, seals: Sequence[Seal]) -> Ingested:
        """Check and keep the seals of all runs taken; say what became of the records. Raises ChainError."""
        self._check_seals(seals)
        for subject in self.subjects:
            rows.drop_status(self.tx, subject)
        return Ingested(
            self.new, self.present, tuple(self.aside), frozenset(self.subjects), self.stubs, self.clock,
            self.emptied,
        )  # fmt: skip

    def _check_seals(self, seals: Sequence[Seal]) -> None:
        """Every run of new records must be sealed by its author, from its start to its end."""
        given = {(one.device, one.first, one.last): one for one in seals}
        for device, runs in self.runs.items():
            for run in runs:
                last = run.last
                found = given.get((device, run.first, last.seq))
                if (
                    found is None
                    or found.person != last.person
                    or self.trust.judge_seal(last.person, device, run.clock, last.hash, found.signature)
                ):
                    raise ChainError("store.chain_unsealed", device, last.seq, first=run.first)
                rows.put_seal(self.tx, found)


def open_intake(tx: Tx, expected: int, judge: Judge | None, known: Known) -> Intake:
    """Begin to take in ``expected`` records; their number bounds how far a foreign clock may be ahead."""
    lead = known.clock + expected + clock.MAX_CLOCK_LEAD
    return Intake(tx, judge, known, load_trust(tx, known.authorities), lead, _study(tx))


def load_trust(tx: Tx, authorities: frozenset[str] | None = None) -> Trust:
    """The keys that the journal knows, from its projections (``verify`` reads the journal itself)."""
    trust = Trust(authorities)
    for row in tx.find(schema.device):
        trust.learn_device(row["id"], row["authority"], row["vault"])
    for row in sorted(tx.find(schema.certificate), key=lambda r: (r["clock"], r["device"], r["seq"])):
        trust.learn_certificate(row["device"], row["clock"], rows.content_of(row))
    for row in sorted(tx.find(schema.person_state), key=lambda r: (r["clock"], r["device"], r["seq"])):
        trust.learn_account(row["person"], row["whom"], row["device"], row["clock"], row["state"])
    return trust


def _study(tx: Tx) -> str:
    for device in rows.devices(tx):
        first = rows.get_record(tx, device, 1)
        if first is not None:
            return first.study
    return ""
