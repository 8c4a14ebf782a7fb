"""The journal: the one way anything is written.

``append`` makes records of drafts, chains and seals them, folds them into the projections and returns
when all of it is on the disk; a crash before that leaves nothing of it. Records of other devices come
in through ``ingest`` (module ``intake``), in a transaction of the same kind.

What can be written can also travel: a bundle's line holds 256 KiB and a text in it 64 KiB, and there the
content stands as one text, in which every quote and backslash takes two bytes. So a content, and the key
with what the record replaces, have MAX_BYTES each. Nothing else bounds what a person may type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import and_, bindparam, or_, select

from mda5_crf.crypto import SigningKey, canon, seal
from mda5_crf.db import clock, rarekinds, rows, schema
from mda5_crf.db.chain import Head, first_prev
from mda5_crf.db.intake import Ingested, Intake, Judge, Known, open_intake
from mda5_crf.db.projection import fold
from mda5_crf.db.records import AuditRecord, Draft, Seal, make_record, split_id
from mda5_crf.db.store import Store
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.errors import InputRefused
from mda5_crf.text import Text, message

MAX_BYTES: Final = 60 * 1024
"""Canonical bytes of a record's content, and of its key with ``replaces``: 64 KiB less some room."""
_s: Final = schema.seal.c
_LAST_SEAL: Final = Statement(
    select(schema.seal).where(_s.device == bindparam("d")).order_by(_s.first.desc()).limit(1)
)
_SEALS: Final = Statement(
    select(schema.seal).where(_s.device == bindparam("d"), _s.last > bindparam("after")).order_by(_s.first)
)


class Author(Protocol):
    """Who writes, and where: the person at the keyboard with the own author key, and this device."""

    @property
    def study(self) -> str:
        """OID of the study."""

    @property
    def device(self) -> str:
        """Id of the device whose chain grows."""

    @property
    def person(self) -> str:
        """Id of the person."""

    @property
    def author(self) -> SigningKey:
        """The key that seals the person's records."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A plain :class:`Author`."""

    study: str
    device: str
    person: str
    author: SigningKey


@dataclass(frozen=True, slots=True)
class _State:
    """What the next record follows: the end of the own chain, the highest clock, the start of the run."""

    head: Head | None
    clock: int
    run: int


class Journal:
    """The journal of one open store, written by one person at one device."""

    def __init__(
        self, store: Store, identity: Author, zone: str, *, watch: clock.ClockWatch | None = None
    ) -> None:
        """``zone`` is the site's IANA zone name; ``watch`` looks at the wall clock at each append."""
        self.store = store
        self.identity = identity
        self.zone = zone
        self.watch = watch or clock.ClockWatch()
        self.clock_warning: Text | None = None
        self._state: _State | None = None
        self._version = -1
        clock.zone_info(zone)  # an unknown zone shows here, not at the first entry

    # -- writing ---------------------------------------------------------------------------------------

    def append(
        self,
        drafts: Sequence[Draft],
        at: datetime | None = None,
        also: Callable[[Tx], None] | None = None,
    ) -> tuple[AuditRecord, ...]:
        """Record ``drafts`` in one transaction and return them as records once they are on the disk.

        ``also`` may write caches of this machine (never projections) in the same transaction.
        Raises InputRefused for what is too long to travel, StoreError; then nothing of it was written.
        """
        with self.begin() as tx:
            records = self.write(tx, drafts, at)
            if also is not None:
                also(tx)
        return records

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """A transaction for :meth:`write` and :meth:`ingest`; commits at the end of the block."""
        changed = False
        try:
            with self.store.transaction() as tx:
                if self._state is None or self._version != self.store.journal_version:
                    self._state = self._load(tx)
                before = self._state
                yield tx
                changed = self._state is not before
        except BaseException:
            # Also when the commit itself failed: what memory says of the chain is then not on the disk, and
            # the next record must follow what is. Whatever it was, an interrupt too, goes on its way.
            self._state = None
            raise
        # Another journal over the same store (the next log-in) then knows that it must look again.
        if changed:
            self.store.journal_version += 1
        self._version = self.store.journal_version

    def write(self, tx: Tx, drafts: Sequence[Draft], at: datetime | None = None) -> tuple[AuditRecord, ...]:
        """Chain, insert, fold and seal ``drafts`` inside a transaction of :meth:`begin`.

        Raises InputRefused, before anything is written, when one of them is too long to travel.
        """
        state = self._state
        if state is None:
            raise RuntimeError("write outside a transaction of the journal")
        if not drafts:
            return ()
        now = clock.utc_now() if at is None else at
        flag = self.watch.judge(now)
        self.clock_warning = message(f"store.clock_{flag}") if flag else None
        stamp, zone = clock.stamp(now, self.zone)
        who = self.identity
        head, highest = state.head, state.clock
        records = []
        for draft in drafts:
            highest += 1
            seq, prev = (
                (head.seq + 1, head.hash)
                if head
                else (1, first_prev(who.study, who.device, dict(draft.content)))
            )
            record = make_record(
                draft, study=who.study, device=who.device, seq=seq, prev=prev, person=who.person,
                at=stamp, zone=zone, clock=highest,
            )  # fmt: skip
            _require_carriable(record)
            head = Head.of(record)
            records.append(record)
        for record in records:
            tx.insert(schema.audit_record, rows.record_row(record))
            fold(tx, record)
        assert head is not None  # there was at least one draft
        sealed = Seal(who.device, state.run, head.seq, who.person, seal(who.author, head.hash))
        rows.put_seal(tx, sealed, new=state.run == records[0].seq)
        self._state = _State(head, highest, state.run)
        return tuple(records)

    def ingest(
        self,
        tx: Tx,
        records: Iterator[AuditRecord] | Sequence[AuditRecord],
        seals: Sequence[Seal],
        judge: Judge | None = None,
        *,
        authorities: frozenset[str] | None = None,
        note: Draft | None = None,
    ) -> Ingested:
        """Take in records of other devices inside a transaction of :meth:`begin`; see module ``intake``.

        ``note`` is the ``bundle`` record about it. It is written last and names what was set aside, so
        that nobody can hide a record later by setting it aside with another tool.
        """
        records = list(records)
        intake = self.intake(tx, len(records), judge, authorities=authorities)
        for record in records:
            intake.take(record)
        result = self.end_intake(intake, seals)
        if note is not None:
            content = {**note.content, "aside": [one for one, _ in result.aside], "stubs": dict(result.stubs)}
            if result.emptied:
                content["emptied"] = dict(result.emptied)
            self.write(tx, [replace(note, content=content)])
        return result

    def intake(
        self, tx: Tx, expected: int, judge: Judge | None = None, *, authorities: frozenset[str] | None = None
    ) -> Intake:
        """The same for what comes as a stream: :meth:`Intake.take` each record, then :meth:`end_intake`."""
        if self._state is None:
            raise RuntimeError("ingest outside a transaction of the journal")
        return open_intake(tx, expected, judge, Known(self.identity.device, self._state.clock, authorities))

    def end_intake(self, intake: Intake, seals: Sequence[Seal]) -> Ingested:
        """Check the seals of what ``intake`` took; later records of this journal follow its clocks."""
        if self._state is None:
            raise RuntimeError("ingest outside a transaction of the journal")
        result = intake.finish(seals)
        self._state = replace(self._state, clock=max(self._state.clock, result.clock))
        return result

    # -- reading ---------------------------------------------------------------------------------------

    def get(self, record: str) -> AuditRecord | None:
        """One record by its id, or None."""
        named = split_id(record)
        if named is None:
            return None
        with self.store.read() as tx:
            return rows.get_record(tx, *named)

    def records(
        self,
        key_prefix: str = "",
        kinds: Sequence[str] = (),
        person: str | None = None,
        device: str | None = None,
        *,
        standing: bool = False,
    ) -> Iterator[AuditRecord]:
        """Records about a key and everything below it, by logical time; all conditions must hold.

        ``standing`` leaves out what was set aside.
        """
        a = schema.audit_record.c
        wanted = select(schema.audit_record).order_by(a.clock, a.device, a.seq)
        values: dict[str, Any] = {}
        if standing:
            wanted = wanted.where(rows.STANDS)
        if key_prefix:
            values = rows.below(key_prefix)
            wanted = wanted.where(
                or_(a.key == bindparam("k"), and_(a.key >= bindparam("low"), a.key < bindparam("high")))
            )
        if kinds:
            values |= {f"kind{i}": kind for i, kind in enumerate(kinds)}
            wanted = wanted.where(or_(*(a.kind == bindparam(f"kind{i}") for i in range(len(kinds)))))
            if not key_prefix and not set(kinds) & set(rarekinds.COMMON):
                wanted = wanted.where(rarekinds.RARE)  # says to the database that the index will do
        for name, value in (("person", person), ("device", device)):
            if value is not None:
                values[f"{name}_is"] = value
                wanted = wanted.where(a[name] == bindparam(f"{name}_is"))
        with self.store.read() as tx:
            for row in tx.each(Statement(wanted), values):
                yield rows.row_record(row)

    def heads(self, tx: Tx | None = None) -> dict[str, tuple[int, str]]:
        """The end of every chain: device → (number, hash)."""
        if tx is None:
            with self.store.read() as own:
                return self.heads(own)
        ends = [rows.last_record(tx, device) for device in rows.devices(tx)]
        return {end.device: (end.seq, end.hash) for end in ends if end is not None}

    def vector(self) -> dict[str, int]:
        """How far every chain is known: device → number."""
        return {device: seq for device, (seq, _) in self.heads().items()}

    def above(self, vector: Mapping[str, int], tx: Tx | None = None) -> Iterator[AuditRecord]:
        """Every record above ``vector`` (device → number, absent = 0), device by device, oldest first."""
        if tx is None:
            with self.store.read() as own:
                yield from self.above(vector, own)
            return
        for device in rows.devices(tx):
            yield from rows.chain(tx, device, after=vector.get(device, 0))

    def seals_above(self, vector: Mapping[str, int], tx: Tx | None = None) -> list[Seal]:
        """The seals that cover the records of :meth:`above`; read both in one transaction."""
        if tx is None:
            with self.store.read() as own:
                return self.seals_above(vector, own)
        found = []
        for device in rows.devices(tx):
            for row in tx.run(_SEALS, {"d": device, "after": vector.get(device, 0)}):
                found.append(rows.tuple_seal(row))
        return found

    # -- inside ----------------------------------------------------------------------------------------

    def _load(self, tx: Tx) -> _State:
        who = self.identity
        own = rows.last_record(tx, who.device)
        head = None if own is None else Head.of(own)
        last = tx.run(_LAST_SEAL, {"d": who.device})
        run = 1 if head is None else head.seq + 1
        if last and head is not None:
            newest = rows.tuple_seal(last[0])
            if newest.person == who.person and newest.last == head.seq:
                run = newest.first
        if own is not None and self.watch.last is None:
            self.watch.last = clock.read_at(own.at)
        return _State(head, rows.highest_clock(tx), run)


def _require_carriable(record: AuditRecord) -> None:
    """Raise InputRefused for a record that no bundle could carry; what was typed stays where it was typed."""
    place = len(record.key) + sum(map(len, record.replaces))
    # An id is ASCII; a letter of a key has at most six bytes in canonical form.
    long = place > MAX_BYTES // 6 and len(canon([record.key, *record.replaces])) > MAX_BYTES
    if long or len(record.content or b"") > MAX_BYTES:
        # A Chinese character has three bytes.
        raise InputRefused("record.too_long", most=MAX_BYTES // 3)
