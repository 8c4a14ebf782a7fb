"""Walking one device's chain: every hash, every link, every run; and naming what was done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from mda5_crf.db.chain import starts_chain
from mda5_crf.db.records import AuditRecord, Seal, opens
from mda5_crf.db.rows import row_record
from mda5_crf.db.troubles import Trouble, trouble
from mda5_crf.db.trust import FALSE, RETIRED, UNKNOWN, Trust

# How many broken rows are compared with each other for having been exchanged or moved.
_COMPARED: Final = 200
_TEXTS: Final = (str, int, str, str, int, str, str, str, str)
_REST: Final = (str, str, str, str, int, str)
_BYTES: Final = (bytes, type(None))
_SHAPES: Final = frozenset(
    (*_TEXTS, key_salt, str, salt, content, *_REST)
    for key_salt in _BYTES
    for salt in _BYTES
    for content in _BYTES
)


@dataclass(slots=True)
class Run:
    """Consecutive records of one person; ``last`` is the last record of the run."""

    first: int
    person: str
    last: int
    clock: int
    hash: str
    doubtful: bool = False  # whether its seal is a trouble: then nobody is known to have written it


@dataclass(slots=True)
class Chain:
    """What a walk over one device's records found."""

    device: str
    troubles: list[Trouble] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    missed: int = 0
    clock: int = 0
    expected: int = 1
    doubtful: bool = False  # whether the row before was broken, so that nothing can be said of the link to it
    last: AuditRecord | None = None
    broken: list[AuditRecord] = field(default_factory=list)
    rekeyed: list[AuditRecord] = field(default_factory=list)
    recontented: list[AuditRecord] = field(default_factory=list)

    def place(self, seq: int, upto: int | None = None) -> str:
        """``device:seq`` or ``device:first-last``."""
        return f"{self.device}:{seq}" if upto is None or upto == seq else f"{self.device}:{seq}-{upto}"

    def take(self, row: tuple[Any, ...]) -> AuditRecord | None:
        """Look at the next row; the record, when it is whole enough to be read."""
        record = readable(row)
        if record is None:
            self.miss(row[1])
            return None
        fault = record.fault()
        if fault == "hash":
            self.broken.append(record)
        elif fault == "key":
            self.rekeyed.append(record)
        elif fault == "content":
            self.recontented.append(record)
        self._link(record, whole=fault != "hash")
        self._run(record, whole=fault != "hash")
        self.last = record
        return record if not fault else None

    def miss(self, seq: int) -> None:
        """Note a row that cannot be read."""
        self.troubles.append(trouble("row_unreadable", self.place(seq)))
        self.expected, self.doubtful = seq + 1, True

    def _link(self, record: AuditRecord, *, whole: bool) -> None:
        last, expected, doubtful = self.last, self.expected, self.doubtful
        self.expected, self.doubtful = record.seq + 1, not whole
        if record.seq > expected:
            self.gaps.append((expected, record.seq - 1))
            count = record.seq - expected
            self.troubles.append(trouble("row_dropped", self.place(expected, record.seq - 1), count=count))
        elif doubtful or not whole:
            return
        elif last is None:
            if not starts_chain(record):
                self.troubles.append(trouble("chain_start", self.place(record.seq)))
        elif record.prev != last.hash:
            self.troubles.append(trouble("chain_broken", self.place(record.seq)))
        elif record.clock <= last.clock:
            self.troubles.append(trouble("clock_backwards", self.place(record.seq)))

    def _run(self, record: AuditRecord, *, whole: bool) -> None:
        # The highest clock so far: a retired key cannot be used by turning the clock back. Who wrote a broken
        # row, and when, is not known; it counts to the run it stands in.
        self.clock = max(self.clock, record.clock) if whole else self.clock
        if self.runs and (self.runs[-1].person == record.person or not whole):
            run = self.runs[-1]
            run.last, run.hash, run.clock = record.seq, record.hash, self.clock
        else:
            self.runs.append(Run(record.seq, record.person, record.seq, self.clock, record.hash))

    def finish(self) -> None:
        """Name what happened to the rows that do not match their hashes."""
        names = _moved(self.broken)
        named: set[int] = set()
        for record in self.broken:
            if record.seq in named:
                continue
            lawful = names.get(record.seq)
            if lawful is None:
                continue
            if names.get(lawful) == record.seq:
                named |= {record.seq, lawful}
                self.troubles.append(
                    trouble("rows_swapped", f"{self.place(record.seq)} {self.place(lawful)}")
                )
            elif lawful == record.seq - 1 and lawful not in names:
                # This row and all after it were moved down by one to make room.
                named |= {lawful, *(seq for seq, was in names.items() if was == seq - 1)}
                self.troubles.append(trouble("row_inserted", self.place(lawful)))
            elif lawful == record.seq + 1:
                named |= {seq for seq, was in names.items() if was == seq + 1}
                self.troubles.append(trouble("row_dropped", self.place(record.seq), count=1))
        self._name_openings(self.rekeyed, _key_opens, "key_edited")
        self._name_openings(self.recontented, _content_opens, "content_edited")
        for record in self.broken:
            if record.seq not in named:
                self.troubles.append(trouble("row_edited", self.place(record.seq)))

    def _name_openings(
        self, wrong: list[AuditRecord], opened: Callable[[AuditRecord, AuditRecord], bool], code: str
    ) -> None:
        """Keys or contents that do not open their hashes: exchanged with each other, or edited (``code``)."""
        left = list(wrong)
        while left:
            record = left.pop(0)
            near = islice(left, _COMPARED)
            other = next((one for one in near if opened(record, one) and opened(one, record)), None)
            if other is None:
                self.troubles.append(trouble(code, self.place(record.seq)))
            else:
                left.remove(other)
                self.troubles.append(
                    trouble("rows_swapped", f"{self.place(record.seq)} {self.place(other.seq)}")
                )

    def check_seals(self, seals: Iterable[Seal], trust: Trust) -> None:
        """Every run must carry its author's seal, and every seal must belong to a run."""
        left = {seal.first: seal for seal in seals}
        end = self.last.seq if self.last is not None else 0
        for run in self.runs:
            seal = left.pop(run.first, None) or self._around(run, left)
            named = len(self.troubles)
            if seal is None:
                self.troubles.append(trouble("seal_dropped", self.place(run.first, run.last)))
            else:
                self._check_seal(run, seal, trust, end)
            run.doubtful = len(self.troubles) > named
        for seal in left.values():
            code = "tail_cut" if seal.first > end else "seal_surplus"
            self._seal_trouble(code, seal)

    def _around(self, run: Run, left: dict[int, Seal]) -> Seal | None:
        """The seal of a run whose first records are gone."""
        for first, last in self.gaps:
            if last == run.first - 1:
                for start in range(last, max(first, last - 1000) - 1, -1):
                    if start in left and left[start].person == run.person:
                        return left.pop(start)
        return None

    def _check_seal(self, run: Run, seal: Seal, trust: Trust, end: int) -> None:
        if seal.last > run.last:
            if run.last == end:
                self._seal_trouble("tail_cut", seal)
            elif not any(first <= seal.last <= last for first, last in self.gaps):
                self.troubles.append(trouble("seal_false", self.place(run.first, run.last)))
            return
        if seal.last < run.last:
            self.troubles.append(trouble("row_inserted", self.place(seal.last + 1, run.last)))
            return
        answer = trust.judge_seal(run.person, self.device, run.clock, run.hash, seal.signature)
        if seal.person != run.person:
            answer = FALSE
        if answer:
            code = {FALSE: "seal_false", RETIRED: "seal_retired", UNKNOWN: "author_unknown"}[answer]
            self.troubles.append(trouble(code, self.place(run.first, run.last)))

    def _seal_trouble(self, code: str, seal: Seal) -> None:
        more: dict[str, object] = {}
        if code == "tail_cut":
            more = {"witness": trouble("witness_seal", "").text, "seq": seal.last}
        self.troubles.append(trouble(code, self.place(seal.first, seal.last), **more))


def readable(row: tuple[Any, ...]) -> AuditRecord | None:
    """The record of a row, or None when the row has another shape (SQLite stores any type anywhere)."""
    if tuple(map(type, row)) not in _SHAPES:
        return None
    try:
        record = row_record(row)
    except ValueError:
        return None
    if record.content is not None and record.content[:1] != b"{":
        return None
    return record if all(type(one) is str for one in record.replaces) else None


def _moved(broken: list[AuditRecord]) -> dict[int, int]:
    """Row number → the number under which the row's own hash would be right."""
    numbers = [record.seq for record in broken[:_COMPARED]]
    found = {}
    for record in broken:
        near = (record.seq - 1, record.seq + 1)
        for seq in (*near, *(number for number in numbers if number not in near)):
            if seq > 0 and replace(record, seq=seq).fault() != "hash":
                found[record.seq] = seq
                break
    return found


def _key_opens(record: AuditRecord, other: AuditRecord) -> bool:
    """Whether the key of ``record`` is the one that the line of ``other`` holds."""
    return opens(record.key_salt, record.key.encode("utf-8"), other.key_hash)


def _content_opens(record: AuditRecord, other: AuditRecord) -> bool:
    return opens(record.salt, record.content, other.content_hash)
