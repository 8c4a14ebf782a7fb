"""Taking in records of other devices: chains continue, hashes and seals fit, or nothing is written.

What is whole but may not stand (a right is lacking, a kind is unknown) is kept and set aside with a
reason: stored, so that the chain stays gapless, but not folded.

Records are judged as they come, from what memory knows. They are written and folded many at a time (module
``bulk``): a bundle may hold millions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sqlalchemy import bindparam, select

from mda5_crf.db import (
    amendacts,
    bulk,
    clock,
    consents,
    delegations,
    esign,
    lockacts,
    overlays,
    posts,
    redaction,
    rows,
    schema,
)
from mda5_crf.db.chain import ChainError, Head, require_next
from mda5_crf.db.projection import Unfoldable, fold
from mda5_crf.db.records import VERSION, AuditRecord, Seal
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Statement, Tables, Tx
from mda5_crf.text import Text, message

# Given a record and the roles its author held there and then: why it is set aside, or None.
Judge = Callable[[AuditRecord, frozenset[str]], Text | None]

_SIGNED: Final[Mapping[str, Callable[[AuditRecord, Trust], Text | None]]] = {
    "signature": esign.fault,
    "lock": lockacts.fault,
    "delegation": delegations.fault,
    "amendment": amendacts.fault,
    "site-approval": amendacts.fault,
    "overlay": overlays.fault,
}
_KEY_KINDS: Final = frozenset({"device", "certificate", "user"})
_PLAIN: Final = frozenset(
    "value missing confirm status row event form strike subject query view verify endorse signature"
    " login logout second second-row second-resolved print export bundle".split()
)
"""The commonest kinds: judged by themselves and by what memory knows, never by a look at the tables."""
_a: Final = schema.audit_record.c
_HASHES: Final = Statement(
    select(_a.seq, _a.hash)
    .where(_a.device == bindparam("d"), _a.seq >= bindparam("s"))
    .order_by(_a.seq)
    .limit(bindparam("n"))
)


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
    last: int
    hash: str
    person: str
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
    _waiting: list[tuple[AuditRecord, Text | None]] = field(default_factory=list)
    _heavy: int = 0
    _present: dict[int, str] = field(default_factory=dict)
    _present_of: str = ""

    def head(self, device: str) -> Head | None:
        """The end of a device's chain here, as far as taken in."""
        if device not in self.heads:
            last = rows.last_record(self.tx, device)
            self.heads[device] = None if last is None else Head.of(last)
        return self.heads[device]

    def take(self, record: AuditRecord, *, computed: bool = False) -> None:
        """Take the next record, device by device and oldest first. Raises ChainError.

        ``computed``: its hashes were computed from what it says, and need not be checked.
        """
        if self.study and record.study != self.study:
            raise ChainError("store.chain_study", record.device, record.seq)
        head = self.head(record.device)
        if head is not None and record.seq <= head.seq:
            self._compare(record)
            return
        if record.device == self.known.device:
            # Others know more of this device than it knows itself: this folder is an older copy.
            raise ChainError("store.chain_own_newer", record.device, record.seq)
        require_next(head, record, computed=computed)
        highest = max(record.clock, head.clock if head else 0)
        self._note_run(head, record, highest)
        self.heads[record.device] = Head(record.seq, record.hash, highest, record.person)
        self.new += 1
        if record.content is None:
            # Emptied by a redaction before it came, or withheld from this receiver.
            counted = self.stubs if record.withheld else self.emptied
            counted[record.device] = counted.get(record.device, 0) + 1
        if record.kind not in _PLAIN:
            self._write()  # judging it may ask for what the records before it say
        self._waiting.append((record, self._reason(head, record)))
        self._heavy += bulk.weight(record)
        if len(self._waiting) >= bulk.SIZE or self._heavy >= bulk.WEIGHT:
            self._write()

    def _compare(self, record: AuditRecord) -> None:
        if record.device != self._present_of or record.seq not in self._present:
            self._write()  # it may be one of those that wait
            found = self.tx.run(_HASHES, {"d": record.device, "s": record.seq, "n": bulk.SIZE})
            self._present, self._present_of = dict(found), record.device
        if self._present.get(record.seq) != record.hash:
            raise ChainError("store.chain_fork", record.device, record.seq)
        self.present += 1

    def _note_run(self, head: Head | None, record: AuditRecord, highest: int) -> None:
        runs = self.runs.setdefault(record.device, [])
        if head is not None and head.person == record.person and runs:
            run = runs[-1]
            run.last, run.hash, run.clock = record.seq, record.hash, highest
            return
        first = record.seq
        if head is not None and head.person == record.person:
            first = rows.run_until(self.tx, record.device, head.seq) or first
        runs.append(_Run(first, record.seq, record.hash, record.person, highest))

    def _write(self) -> None:
        """Write and fold the records that wait."""
        waiting, self._waiting, self._heavy = self._waiting, [], 0
        if not waiting:
            return
        self.tx.insert_many(schema.audit_record, [rows.record_row(record) for record, _ in waiting])
        batch = bulk.Batch(self.tx)
        bulk.fetch_for(batch, [record for record, reason in waiting if reason is None])
        aside = []
        for record, judged in waiting:
            reason = self._fold(batch, record) if judged is None else judged
            if reason is not None:
                self.aside.append((record.id, reason))
                aside.append({"device": record.device, "seq": record.seq, "en": reason.en, "zh": reason.zh})
        batch.flush()
        self.tx.insert_many(schema.quarantine, aside)

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

    def again(self, record: AuditRecord, highest: int) -> Text | None:
        """Judge a record once more that was set aside, and fold it when its reason has gone.

        ``highest`` is the highest clock before it in its chain. Returns why it stays set aside, or None.
        """
        reason = self._reason(Head(record.seq - 1, record.prev, highest, record.person), record)
        return self._fold(self.tx, record) if reason is None else reason

    def _fold(self, tables: Tables, record: AuditRecord) -> Text | None:
        try:
            fold(tables, record)
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
        self._write()
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
                found = given.get((device, run.first, run.last))
                if (
                    found is None
                    or found.person != run.person
                    or self.trust.judge_seal(run.person, device, run.clock, run.hash, found.signature)
                ):
                    raise ChainError("store.chain_unsealed", device, run.last, first=run.first)
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
    for device, post in posts.of_devices(tx).items():
        trust.learn_post(device, post)
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
