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
from functools import cache
from typing import Any, Final, Protocol

from sqlalchemy import and_, bindparam, or_, select

from mda5_crf.crypto import SigningKey, canon, seal
from mda5_crf.db import clock, rarekinds, rows, schema
from mda5_crf.db.chain import Head, first_prev
from mda5_crf.db.intake import Ingested, Intake, Judge, Known, open_intake
from mda5_crf.db.linking import CONTENT_AT, Linker, fold_first
from mda5_crf.db.projection import fold_many, fold_new
from mda5_crf.db.records import AuditRecord, Draft, Seal, make_record, split_id
from mda5_crf.db.storebase import AnyStore
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


OF_THE_VAULT: Final = frozenset(
    {"definition", "certificate", "user", "delegation", "password", "recovery", "identities", "rekey", "peer"}
    | {"bundle", "backup", "print", "export", "amendment", "site-approval", "overlay"}
    | {"invitation", "joining", "revocation"}
)
"""What a vault as a whole says: where it has several workstations, in the chain that other PCs know it by."""


@dataclass(frozen=True, slots=True)
class _End:
    """The end of one chain that grows here, and where the run of its author's records begins."""

    head: Head | None
    run: int


@dataclass(frozen=True, slots=True)
class _State:
    """What the next record follows: the ends of the own chains (by device), the highest clock."""

    ends: Mapping[str, _End]
    clock: int


class Journal:
    """The journal of one open store, written by one person at one device."""

    def __init__(
        self,
        store: AnyStore,
        identity: Author,
        zone: str,
        *,
        watch: clock.ClockWatch | None = None,
        post: Author | None = None,
        admitted: Callable[[], None] | None = None,
    ) -> None:
        """``zone`` is the site's IANA zone name; ``watch`` looks at the wall clock at each append.

        ``post``: the same person at the device that speaks for the whole vault, where that is another one.
        ``admitted`` is asked before anything is written after others wrote: what it raises ends the act.
        """
        self.store = store
        self.identity = identity
        self.post = identity if post is None else post
        self._admitted = admitted
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
        try:
            with self.store.transaction() as tx:
                version = self.store.journal_version
                if self._state is None or self._version != version:
                    if self._admitted is not None:
                        self._admitted()
                    self._state = self._load(tx)
                before = self._state
                yield tx
                # Another journal over the same database (the next log-in, a colleague) then knows that it
                # must look again.
                if self._state is not before:
                    version = self.store.journal_changed(tx)
        except BaseException:
            # Also when the commit itself failed: what memory says of the chain is then not on the disk, and
            # the next record must follow what is. Whatever it was, an interrupt too, goes on its way.
            self._state = None
            raise
        self._version = version

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
        ends, highest = dict(state.ends), state.clock
        records: list[AuditRecord] = []
        grown: dict[str, tuple[Author, int]] = {}
        for draft in drafts:
            highest += 1
            who = self.writer(draft.kind)
            head = ends[who.device].head
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
            ends[who.device] = replace(ends[who.device], head=Head.of(record))
            grown.setdefault(who.device, (who, seq))
            records.append(record)
        fold_new(tx, records)
        for device, (who, first) in grown.items():
            last, run = ends[device].head, ends[device].run
            assert last is not None  # it has just grown
            sealed = Seal(device, run, last.seq, who.person, seal(who.author, last.hash))
            rows.put_seal(tx, sealed, new=run == first)
        self._state = _State(ends, highest)
        return tuple(records)

    def write_many(self, tx: Tx, drafts: Sequence[Draft], at: datetime) -> int:
        """As :meth:`write`, for thousands of drafts at once (at least one). Returns the last one's number.

        Raises InputRefused, as that does.
        """
        state, who = self._state, self.identity
        head = None if state is None else state.ends[who.device].head
        if state is None or head is None or any(self.writer(draft.kind) is not who for draft in drafts):
            return self.write(tx, drafts, at)[-1].seq
        flag = self.watch.judge(at)
        self.clock_warning = message(f"store.clock_{flag}") if flag else None
        stamp, zone = clock.stamp(at, self.zone)
        linker = Linker(study=who.study, device=who.device, person=who.person, at=stamp, zone=zone)
        linked = linker.linked(drafts, head.seq, head.hash, state.clock)
        for draft, row in zip(drafts, linked, strict=True):
            _require_short(draft.key, draft.replaces, row[CONTENT_AT])
        tx.insert_rows(schema.audit_record, rows.COLUMNS, linked)
        fold_many(tx, fold_first(tx, drafts, linked))
        last, run = rows.row_record(linked[-1]), state.ends[who.device].run
        rows.put_seal(
            tx, Seal(who.device, run, last.seq, who.person, seal(who.author, last.hash)),
            new=run == head.seq + 1,
        )  # fmt: skip
        ends = {**state.ends, who.device: _End(Head.of(last), run)}
        self._state = _State(ends, state.clock + len(linked))
        return last.seq

    @property
    def version(self) -> int:
        """The version of the journal after the last transaction of this one."""
        return self._version

    def look_again(self, tx: Tx) -> None:
        """Inside a transaction of :meth:`begin`: rows of the journal were written past this one."""
        self._state = self._load(tx)

    def writer(self, kind: str) -> Author:
        """In whose chain a record of ``kind`` is written."""
        return self.post if kind in OF_THE_VAULT else self.identity

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
        return open_intake(tx, expected, judge, Known(self.post.device, self._state.clock, authorities))

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
        values: dict[str, Any] = rows.below(key_prefix) if key_prefix else {}
        values |= {f"kind{i}": kind for i, kind in enumerate(kinds)}
        values |= {f"{n}_is": v for n, v in (("person", person), ("device", device)) if v is not None}
        # Says to the database that the index of rare kinds will do.
        rare = bool(kinds) and not key_prefix and not set(kinds) & set(rarekinds.COMMON)
        wanted = _wanted(
            len(kinds), below=bool(key_prefix), rare=rare, person=person is not None,
            device=device is not None, standing=standing,
        )  # fmt: skip
        with self.store.read() as tx:
            for row in tx.each(wanted, values):
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
        for device in rows.devices_by_birth(tx):
            yield from rows.chain(tx, device, after=vector.get(device, 0))

    def seals_above(self, vector: Mapping[str, int], tx: Tx | None = None) -> list[Seal]:
        """The seals that cover the records of :meth:`above`; read both in one transaction."""
        if tx is None:
            with self.store.read() as own:
                return self.seals_above(vector, own)
        found = []
        for device in rows.devices_by_birth(tx):
            for row in tx.run(_SEALS, {"d": device, "after": vector.get(device, 0)}):
                found.append(rows.tuple_seal(row))
        return found

    # -- inside ----------------------------------------------------------------------------------------

    def _load(self, tx: Tx) -> _State:
        ends = {who.device: self._end(tx, who) for who in (self.identity, self.post)}
        return _State(ends, rows.highest_clock(tx))

    def _end(self, tx: Tx, who: Author) -> _End:
        own = rows.last_record(tx, who.device)
        head = None if own is None else Head.of(own)
        last = tx.run(_LAST_SEAL, {"d": who.device})
        run = 1 if head is None else head.seq + 1
        if last and head is not None:
            newest = rows.tuple_seal(last[0])
            if newest.person == who.person and newest.last == head.seq:
                run = newest.first
        if own is not None and self.watch.last is None and who is self.identity:
            self.watch.last = clock.read_at(own.at)
        return _End(head, run)


@cache
def _wanted(kinds: int, *, below: bool, rare: bool, person: bool, device: bool, standing: bool) -> Statement:
    """The statement of :meth:`Journal.records` for so many kinds and these conditions; compiled once each."""
    a = schema.audit_record.c
    wanted = select(schema.audit_record).order_by(a.clock, a.device, a.seq)
    if standing:
        wanted = wanted.where(rows.STANDS)
    if below:
        wanted = wanted.where(
            or_(a.key == bindparam("k"), and_(a.key >= bindparam("low"), a.key < bindparam("high")))
        )
    if kinds:
        wanted = wanted.where(or_(*(a.kind == bindparam(f"kind{i}") for i in range(kinds))))
    if rare:
        wanted = wanted.where(rarekinds.RARE)
    for name in (["person"] if person else []) + (["device"] if device else []):
        wanted = wanted.where(a[name] == bindparam(f"{name}_is"))
    return Statement(wanted)


def _require_carriable(record: AuditRecord) -> None:
    """Raise InputRefused for a record that no bundle could carry; what was typed stays where it was typed."""
    _require_short(record.key, record.replaces, record.content or b"")


def _require_short(key: str, replaces: Sequence[str], content: bytes) -> None:
    place = len(key) + sum(map(len, replaces))
    # An id is ASCII; a letter of a key has at most six bytes in canonical form.
    long = place > MAX_BYTES // 6 and len(canon([key, *replaces])) > MAX_BYTES
    if long or len(content) > MAX_BYTES:
        # A Chinese character has three bytes.
        raise InputRefused("record.too_long", most=MAX_BYTES // 3)
