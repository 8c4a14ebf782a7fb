"""The vault as it stood at a past moment: a prefix of the journal, folded into a database in plain memory.

What is folded is chosen by a vector of heads (device → number): which records this vault had then. The very
``fold`` of the vault makes the projections, so whatever reads the vault reads this too. Nothing of it is ever
written to a disk, it takes no writes, and it holds no key: who asks for one is refused.

What was emptied by a redaction since is gone here as well, and a record of another PC is judged as it was
judged then: what was set aside and judged again since is set aside in what was before that.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from sqlalchemy import and_, bindparam, create_engine, func, insert, or_, select
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from mda5_crf.crypto import parse_canon
from mda5_crf.db import clock, posts, projection, read, rows, schema
from mda5_crf.db.accounts import Register
from mda5_crf.db.clock import ClockWatch
from mda5_crf.db.journal import Journal
from mda5_crf.db.read_audit import CLOCK, DEVICE, KIND, SEQ
from mda5_crf.db.records import split_id
from mda5_crf.db.store import CACHED_STATEMENTS, Store
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement, Tx
from mda5_crf.db.vault import OpenVault
from mda5_crf.errors import StoreError

Row = tuple[Any, ...]
"""A row of ``audit_record`` in column order."""
Vector = Mapping[str, int]
"""How far each chain is known: device → number of its last record."""

_a: Final = schema.audit_record.c
_TIMES: Final = Statement(
    select(_a.seq, _a.at).where(_a.device == bindparam("d"), _a.seq <= bindparam("upto")).order_by(_a.seq)
)
_UNTIL: Final = Statement(
    select(func.max(_a.seq)).where(_a.device == bindparam("d"), _a.clock <= bindparam("c"))
)
_OF_VAULT: Final = Statement(select(schema.audit_record).where(_a.key == ""))
_OF_ONE: Final = Statement(
    select(schema.audit_record).where(
        or_(_a.key == bindparam("k"), and_(_a.key >= bindparam("low"), _a.key < bindparam("high")))
    )
)


# -- which records: what this vault knew ---------------------------------------------------------------


def known_with(tx: Tx, device: str, seq: int) -> dict[str, int]:
    """What the PC ``device`` knew when it wrote its record ``seq``: its own chain and what it had taken in.

    Every bundle taken in is a record of the taker, which names how far each chain went then; so is a restore.
    """
    found = {device: seq}
    # PCs that work in one database know of each other at once, in the order of the one clock there.
    others = together(tx, device) - {device}
    last = rows.get_record(tx, device, seq) if others else None
    if last is not None:
        for other in others:
            upto = tx.run(_UNTIL, {"d": other, "c": last.clock})[0][0]
            if upto is not None:
                found[other] = int(upto)
    passages = [
        row
        for one, upto in sorted(found.items())
        for row in tx.find(schema.passage, device=one)
        if row["seq"] <= upto
    ]
    for row in passages:
        if row["kind"] in ("bundle", "restore"):
            for other, upto in _taken(tx, row["kind"], rows.content_of(row)).items():
                if other != device and other not in others:
                    found[other] = max(found.get(other, 0), upto)
    return found


def together(tx: Tx, device: str) -> frozenset[str]:
    """The devices that work in one database with ``device``, itself included."""
    return posts.house(tx, device)


def _taken(tx: Tx, kind: str, content: Mapping[str, Any]) -> Mapping[str, int]:
    """How far chains are known by one record of a bundle or restore."""
    if kind == "bundle":
        return content.get("to") or {} if content.get("direction") in ("in", "archive") else {}
    if "heads" in content:
        return {device: seq for device, (seq, _) in content["heads"].items()}
    # A copy of a folder: it has all that the PC had whose folder was copied.
    parent = rows.last_record(tx, str(content.get("parent", "")))
    return {} if parent is None else known_with(tx, parent.device, parent.seq)


def last_at(tx: Tx, device: str, at: datetime, upto: int = rows.LAST_SEQ) -> int:
    """The last record of a chain that was written by ``at``; 0 when there is none.

    A chain tells its order, a clock need not: times that do not fit the order in which most of the chain's
    times go up (a PC whose battery was empty, a clock that ran a year ahead) are not believed.
    """
    found = tx.run(_TIMES, {"d": device, "upto": upto})
    believed = rising([time for _, time in found])
    wanted = clock.stamp(at, "UTC")[0]
    place = bisect_right(believed, wanted, key=lambda index: found[index][1])
    if place == len(believed):
        # Nothing that is believed is later: all there is, what lies after it too.
        return int(found[-1][0]) if found else 0
    # What lies before the first believed later one was written before it, whatever its clock said.
    return int(found[believed[place]][0]) - 1 if place else 0


def rising(times: list[str]) -> list[int]:
    """The places of the longest run of ``times`` that never goes back."""
    tails: list[str] = []
    ends: list[int] = []
    before: list[int] = []
    for index, time in enumerate(times):
        place = bisect_right(tails, time)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1], ends[place : place + 1] = [time], [index]
    found, index = [], ends[-1] if ends else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]


def parent_of(tx: Tx, device: str) -> tuple[str, int] | None:
    """The chain that a restored or copied vault goes on from, and how far it went; None for a first one."""
    for row in tx.find(schema.passage, device=device, kind="restore"):
        content = rows.content_of(row)
        parent = str(content.get("parent", ""))
        upto = _taken(tx, "restore", content).get(parent, 0)
        if upto:
            return parent, upto
    return None


# -- the database in memory ----------------------------------------------------------------------------


def refuse() -> NoReturn:
    """Raises StoreError: a past moment takes no writes."""
    raise StoreError("asof.read_only")


class PastStore(Store):
    """A database in plain memory. Made and filled by :func:`past_store`; after that it takes no writes."""

    def __init__(self) -> None:
        # Not Store.__init__: there is no file and no key.
        self.path = Path("past.db")
        self._key = bytearray()
        self._lock = threading.RLock()
        self._writer = None
        self.journal_version = 0
        self._raw = dbapi2.connect(
            ":memory:", check_same_thread=False, isolation_level=None, cached_statements=CACHED_STATEMENTS
        )
        # One connection for all, and no transactions: nothing changes, so every reading is consistent.
        self.engine = create_engine(
            "sqlite+pysqlite://", module=dbapi2, creator=lambda: self._raw, poolclass=StaticPool,
            hide_parameters=True,
        )  # fmt: skip
        for setting in ("cipher_log_level=NONE", "temp_store=MEMORY", "trusted_schema=OFF"):
            self._raw.execute(f"PRAGMA {setting}").fetchall()
        self.ends: Mapping[str, tuple[int, str]] = {}

    def transaction(self) -> NoReturn:
        """Refused: raises StoreError."""
        refuse()

    def raw(self) -> Any:  # noqa: ANN401 - as Store
        """Refused: a connection of one's own could be written through."""
        refuse()

    def fill(self, source: Tx, vector: Vector, subjects: Collection[str] | None) -> None:
        """Copy what was known, fold it, and refuse every write from then on. Called once."""
        aside = frozenset((row["device"], row["seq"]) for row in source.find(schema.quarantine))
        found = sorted(_wanted(source, vector, subjects), key=lambda row: (row[CLOCK], row[DEVICE], row[SEQ]))
        schema.ALL.create_all(self.engine, checkfirst=False)
        with self.engine.connect() as connection:
            tx = Tx(connection)
            self._raw.execute("BEGIN")
            self._raw.executemany(
                str(insert(schema.audit_record).compile(dialect=self.engine.dialect)), found
            )
            for row in source.find(schema.definition):
                tx.insert(schema.definition, row)
            for row in source.find(schema.quarantine):
                if row["seq"] <= vector.get(row["device"], 0):
                    tx.insert(schema.quarantine, row)
            later = dict(_let_go_later(source, vector))
            for (device, seq), (en, zh) in later.items():
                if seq <= vector.get(device, 0):
                    tx.insert(schema.quarantine, {"device": device, "seq": seq, "en": en, "zh": zh})
            projection.fold_all(tx, map(rows.row_record, found), aside.union(later))
            self._redacted_since(source, tx)
            self._raw.execute("COMMIT")
        self._raw.execute("PRAGMA query_only=ON").fetchall()
        for device, upto in vector.items():
            last = rows.get_record(source, device, upto)
            if last is not None:
                self.ends = {**self.ends, device: (last.seq, last.hash)}

    def _redacted_since(self, source: Tx, tx: Tx) -> None:
        """What a later redaction emptied is empty here too, and shown with the record that emptied it."""
        for row in source.find(schema.redaction):
            if tx.one(schema.redaction, device=row["device"], seq=row["seq"]) is None:
                record = rows.get_record(tx, row["device"], row["seq"])
                if record is not None and record.content is None:
                    tx.insert(schema.redaction, row)

    def close(self) -> None:
        """Give the memory back. May be called twice."""
        self.engine.dispose()
        self._raw.close()


def past_store(source: AnyStore, vector: Vector, subjects: Collection[str] | None) -> PastStore:
    """The records of ``vector`` about ``subjects`` (None = all) and about the vault itself, folded.

    Raises StoreError.
    """
    store = PastStore()
    try:
        with source.read() as tx:
            store.fill(tx, vector, subjects)
    except BaseException:
        # Whatever happened, an interrupt too: patient data do not stay in memory.
        store.close()
        raise
    return store


def _let_go_later(source: Tx, vector: Vector) -> Iterator[tuple[tuple[str, int], tuple[str, str]]]:
    """What was set aside then and was judged again since, with the reason it was set aside for."""
    meta = source.one(schema.meta, name="vault")
    facts = parse_canon(bytes(meta["value"])) if meta is not None else {}
    own = read.ancestors(source, str(facts.get("device", ""))) if isinstance(facts, dict) else frozenset()
    for row in source.find(schema.passage, kind="released"):
        if row["device"] not in own or row["seq"] <= vector.get(row["device"], 0):
            continue
        content = rows.content_of(row)
        for name, why in zip(content["records"], content["reasons"], strict=True):
            place = split_id(str(name))
            if place is not None:
                yield place, (str(why["en"]), str(why["zh"]))


def _wanted(source: Tx, vector: Vector, subjects: Collection[str] | None) -> Iterable[Row]:
    if subjects is None:
        for device, upto in vector.items():
            yield from source.each(rows.CHAIN, {"d": device, "after": 0, "upto": upto})
        return
    for row in source.each(_OF_VAULT, {}):
        other = row[KIND] == "subject" and f"{row[DEVICE]}:{row[SEQ]}" not in subjects
        if row[SEQ] <= vector.get(row[DEVICE], 0) and not other:
            yield row
    for subject in subjects:
        for row in source.each(_OF_ONE, rows.below(subject)):
            if row[SEQ] <= vector.get(row[DEVICE], 0):
                yield row


# -- the vault -----------------------------------------------------------------------------------------


class PastJournal(Journal):
    """The journal up to the moment. ``heads`` are ends of whole chains, whose records need not be here."""

    def __init__(self, store: PastStore, zone: str, ends: Mapping[str, tuple[int, str]]) -> None:
        # Not Journal.__init__: there is nobody who writes.
        self.store = store
        self.zone = zone
        self.watch = ClockWatch()
        self.clock_warning = None
        self._ends = dict(ends)

    def begin(self) -> NoReturn:
        """Refused: raises StoreError."""
        refuse()

    def heads(self, tx: Tx | None = None) -> dict[str, tuple[int, str]]:  # noqa: ARG002 - as Journal
        """The end of every chain as it was then: device → (number, hash)."""
        return dict(self._ends)


class PastVault(OpenVault):
    """An open vault without keys. Whatever needs one, or the folder, is refused: raises StoreError."""

    def __init__(self, base: OpenVault, store: PastStore, at: datetime, device: str) -> None:
        """``device``: the PC whose state this is, one of the chains of the moment."""
        # Not OpenVault.__init__: nothing is unlocked, and no lock is taken.
        self.store = store
        self.meta = replace(base.meta, device=device)
        self.station = device
        self.notices = ()
        self._clock = lambda: at
        self._open = True
        self._certificate = base.certificate
        self._authority = base.register().authority
        self.journal = PastJournal(store, base.meta.zone, store.ends)

    def __getattr__(self, name: str) -> NoReturn:
        """Keys, folder and lock are not here."""
        if name.startswith("__"):
            raise AttributeError(name)
        refuse()

    @property
    def login(self) -> str:
        """The log-in of the person at the keyboard."""
        return self._certificate.login

    def register(self) -> Register:
        """The persons of this vault as they were then."""
        return Register.read(self.store, self.meta.vault, self._authority)

    def close(self) -> dict[str, tuple[int, str]]:
        """Give the memory back; nothing is noted anywhere. May be called twice."""
        self.store.close()
        return {}


def past_vault(
    base: OpenVault, vector: Vector, at: datetime, device: str, subjects: Collection[str] | None
) -> PastVault:
    """The vault as ``device`` knew it at ``vector``, with the records of ``subjects`` (None = all).

    Raises StoreError.
    """
    store = past_store(base.store, vector, subjects)
    return PastVault(base, store, at, device)
