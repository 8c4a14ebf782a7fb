"""Five sites and a centre with real vaults, the files between them, and everything that befalls files.

Six PCs of wards (two stand in one ward) and the centre, made once in a run and copied for each history. The
post here is no mock: files are made and taken by the program; only what people and sticks do to them
between is played: they are dropped, come twice or late, lose their end, get a bit turned, go to another
PC, are signed by a stranger, or claim a later version. What is known to have happened is kept beside, so
that what the vaults say of it can be held against it.
"""

from __future__ import annotations

import shutil
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest

from mda5_crf.crypto import SigningKey
from mda5_crf.db import projection, read, rows
from mda5_crf.db.rows import LAST_SEQ
from mda5_crf.db.vault import create_vault
from mda5_crf.errors import BundleError, InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import instudy
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices, inviting, joining
from mda5_crf.sync.envelope import SIGNATURE, VERSION, Header
from mda5_crf.sync.gaps import standings
from mda5_crf.sync.receiving import Came, receive
from mda5_crf.sync.registry import Registry
from mda5_crf.text import catalogue
from tests.once import built_once, loaded, one_salt_each
from tests.unit.sync.forging import sealed
from tests.vaults import PEOPLE, enter, password
from tests.wards import Clock, trial

CENTRE: Final = "centre"
PCS: Final[Mapping[str, tuple[str, str, str]]] = {
    "bed": ("01", "Ward 3 bed side", "i01"),
    "office": ("01", "Ward 3 office", "i01"),
    "two": ("02", "Ward 9", "i01"),
    "three": ("03", "Ward 12", "i01"),
    "four": ("04", "Clinic", "i01"),
    "five": ("05", "Ward 1 north", "i01"),
    CENTRE: ("00", "Coordinating centre", "d02"),
}
"""PC → its site, its name, who founded its vault."""
WARDS: Final = tuple(pc for pc in PCS if pc != CENTRE)
PARTNERS: Final = {"bed": "office", "office": "bed"}
MONITOR: Final = ("n07", password("n07"))
"""Log-in and password of the monitor, whose desk is at the centre."""
KEEPER: Final = ("a03", password("a03"))
SKEW: Final = {"office": timedelta(minutes=-47), "four": timedelta(minutes=95)}
"""How wrong the clocks of some PCs are."""
ROOM: Final = 512 << 20
"""Bytes that must be free in memory for files: a history takes less than a tenth of it."""
_PASSED_OVER: Final = catalogue("joining")["passed_over"][0].partition("}")[2].partition("{")[0]
"""Words that are said of records of a PC that is believed no longer."""
_START: Final = struct.Struct(">8sHI")


class Ticking(Clock):
    """Goes on by itself, a little with each look at it: no two acts have one time."""

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Skewed(Clock):
    """The same, wrong by as much as ever."""

    def __init__(self, right: Clock, wrong: timedelta) -> None:
        super().__init__(right.now)
        self._right, self._wrong = right, wrong

    def __call__(self) -> datetime:
        return self._right() + self._wrong


# -- the vaults to copy from -------------------------------------------------------------------------------


def built() -> Path:
    """The folders of all PCs; nobody may change them. The second PC of ward 3 is known to its first alone."""
    return built_once("mailworld", _build)


def _build(base: Path) -> None:
    base.mkdir()
    clock = Ticking()
    with one_salt_each():
        centre = _founded(base / CENTRE, CENTRE, clock)
        _admit(centre, "n07", "d02", "monitor")
        _admit(centre, "a03", "d02")
        sessions = {CENTRE: centre}
        for pc in WARDS:
            alone = pc == "office"
            sessions[pc] = _founded(base / pc, pc, clock) if alone else _joined(base, pc, centre, clock)
            _admit(sessions[pc], "n07", "i01")
    _befriend(sessions["bed"], sessions["office"])
    for pc in WARDS:
        if pc != "office":
            vital = ItemKey(sessions[pc].enrol().identity, "BL", form="VS", group="HEADER", item="VSPERF")
            sessions[pc].entry(vital.form_key()).set_value(vital, "Y")
    stick = base / "stick"
    stick.mkdir()
    pairs = [(pc, CENTRE) for pc in WARDS if pc != "office"]
    pairs += [(CENTRE, pc) for pc, _ in pairs] + [("bed", "office"), ("office", "bed")]
    for sender, receiver in pairs:
        bundles.take(sessions[receiver], bundles.make(sessions[sender], sessions[receiver].device, stick))
    for session in sessions.values():
        session.vault.close()
    shutil.rmtree(stick)
    for pc in PCS:
        shutil.rmtree(base / pc / "backups", ignore_errors=True)


def _founded(folder: Path, pc: str, clock: Clock) -> Session:
    site, title, login = PCS[pc]
    name, role, word = PEOPLE[login]
    vault = create_vault(
        folder, study_oid=trial().oid, definition=(trial().hash, trial().source), site=site,
        name=title, person=(login, name, role), password=word, version=trial().version,
        zone=trial().timezone, clock=clock,
    )  # fmt: skip
    return Session(vault, trial(), clock)


def _admit(session: Session, login: str, keeper: str, role: str = "") -> None:
    name, usual, word = PEOPLE[login]
    session.add_person(login, name, role or usual, word, own_password=password(keeper))


def _joined(base: Path, pc: str, centre: Session, clock: Clock) -> Session:
    """A PC by the centre's invitation; the two halves of the phrase are read aloud."""
    site, title, login = PCS[pc]
    name, role, word = PEOPLE[login]
    own = password("d02")
    _, invitation = inviting.invite(centre, site, title, own_password=own)
    said = {"login": login, "person": name, "role": role, "password": word}
    ward = joining.join(base / pc, invitation, **said, clock=clock)
    known = joining.state(ward)
    assert known is not None
    inviting.approve(
        centre, known.request, joining.words_for_centre(ward).words, own_password=own, second=KEEPER
    )
    joining.confirm(ward, inviting.words_for_ward(centre, known.request).words, own_password=word)
    return ward


def _befriend(one: Session, other: Session) -> None:
    for here, there in ((one, other), (other, one)):
        devices.add_card(here, devices.card(there), own_password=password(here.person.login))


# -- what is known beside the vaults -----------------------------------------------------------------------


@dataclass
class Letter:
    """A file that was made. ``record`` says so in its sender's chain, ``upto`` is how far of that chain it
    holds; ``taken``: its receiver took it.
    """

    file: Path
    sender: str
    receiver: str
    number: int
    record: str
    upto: int
    taken: bool = False
    proved: bool = False
    """It came damaged behind its signature: the receiver knows that it exists."""


@dataclass(frozen=True)
class Written:
    """A record as it was when it was written."""

    hash: str
    kind: str
    key: str
    content: bytes | None


@dataclass
class Kept:
    """All that can be different in a vault: ends of chains, projections, what was set aside."""

    heads: dict[str, tuple[int, str]]
    dump: dict[str, list[tuple[Any, ...]]]
    aside: tuple[Any, ...]


@dataclass
class World:
    """The PCs of one history, opened when first asked for."""

    base: Path
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    turned_down: Counter[str] = field(default_factory=Counter)
    clock: Clock = field(default_factory=Ticking)
    open: dict[str, Session] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    written: dict[str, dict[int, Written]] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)
    _files: int = 0

    # -- PCs and people

    def at(self, pc: str, login: str = "") -> Session:
        """The session at a PC; by another ``login`` than now it is opened anew, as after a log-out."""
        session = self.open.get(pc)
        if session is not None and login not in ("", session.person.login):
            self.leave(pc)
            session = None
        if session is None:
            folder = self.base / pc
            if not folder.exists():
                shutil.copytree(built() / pc, folder)
                login = login or PCS[pc][2]
            vault = enter(folder, login or PCS[pc][2], self.clock_of(pc))
            session = Session(vault, instudy.in_force(vault, self.clock_of(pc)), self.clock_of(pc))
            self.open[pc] = session
            self.devices[pc] = session.device
            self.note(pc)
        return session

    @property
    def centre(self) -> Session:
        """The centre in the hands of its data manager."""
        return self.at(CENTRE, "d02")

    @property
    def in_use(self) -> tuple[str, ...]:
        """The PCs at which something happened, in a fixed order."""
        return tuple(pc for pc in PCS if pc in self.devices)

    def clock_of(self, pc: str) -> Clock:
        """The clock of a PC: the world's, wrong by as much as ever."""
        return Skewed(self.clock, SKEW.get(pc, timedelta()))

    def leave(self, *pcs: str) -> None:
        """Close PCs; without a name all."""
        for pc in pcs or tuple(self.open):
            self.note(pc)
            self.open.pop(pc).vault.close()

    def note(self, pc: str) -> None:
        """Remember what was written at a PC since the last time."""
        session, known = self.open[pc], self.written.setdefault(pc, {})
        with session.vault.store.read() as tx:
            for one in rows.chain(tx, session.device, after=max(known, default=0)):
                known[one.seq] = Written(one.hash, one.kind, one.key, one.content)

    def kept(self, pc: str) -> Kept:
        """The vault as it is now."""
        session = self.at(pc)
        with session.vault.store.read() as tx:
            return Kept(session.vault.journal.heads(tx), projection.dump(tx), read.aside(session.vault.store))

    # -- files

    def make(self, sender: str, receiver: str, *, everything: bool = False) -> Letter | None:
        """The next bundle; None where the sender may not send to that PC any more, or not yet."""
        device = self.at(receiver).device
        try:
            file = bundles.make(self.at(sender), device, self.base / "stick", everything)
        except InputRefused as problem:
            if problem.code not in ("sync.peer_unknown", "joining.peer_revoked"):
                raise
            self.counts["not sent"] += 1
            return None
        self.note(sender)
        session = self.at(sender)
        seq = session.vault.journal.vector()[session.device]
        made = session.vault.journal.get(f"{session.device}:{seq}")
        assert made is not None and made.kind == "bundle" and made.data["direction"] == "out"
        letter = Letter(file, sender, receiver, made.data["number"], made.id, made.data["to"][made.device])
        self.letters.append(letter)
        self.counts["bundles made"] += 1
        return letter

    def hand(self, letter: Letter) -> Came:
        """The whole file arrives at the PC that it is for, for the first time or again."""
        pc = letter.receiver
        before = self.kept(pc)
        (came,) = receive(self.at(pc), [letter.file])
        self.note(pc)
        if came.report is None:
            self._refused(pc, before, came)
            return came
        if came.report.already:
            assert letter.taken, "known, and never taken"
            assert self.kept(pc) == before, "a file that was known changed something"
            self.counts["repeated bundles"] += 1
            return came
        assert not letter.taken, "the same file was taken twice"
        letter.taken = True
        self.counts["bundles taken"] += 1
        self.counts["records taken"] += came.report.new
        self.counts["conflicts"] += came.report.conflicts
        self.counts["set aside"] += came.report.set_aside
        self.counts["passed over"] += sum(_PASSED_OVER in note.en for note in came.report.notes)
        return came

    def bad(self, letter: Letter, data: bytes, *codes: str, to: str = "") -> Came:
        """Something arrives that is no whole bundle for that PC: refused (with one of ``codes``, where the
        reason is sure), and nothing is different there but one line of its own ledger.
        """
        pc = to or letter.receiver
        self._files += 1
        file = self.base / "stick" / f"bad-{self._files}.mda5b"
        file.write_bytes(data)
        before = self.kept(pc)
        (came,) = receive(self.at(pc), [file])
        self.note(pc)
        assert came.report is None, "a bad file was taken"
        self._refused(pc, before, came)
        assert came.problem is not None
        assert not codes or came.problem.code in codes, came.problem.code
        front = len(front_of(letter.file.read_bytes()))
        if pc == letter.receiver and data[:front] == letter.file.read_bytes()[:front]:
            # Its beginning is whole and signed: the receiver knows that there is such a bundle.
            letter.proved |= self.believes(pc, letter.sender)
        return came

    def _refused(self, pc: str, before: Kept, came: Came) -> None:
        assert isinstance(came.problem, BundleError)
        self.refusals[came.problem.code] += 1
        self.counts["refusals"] += 1
        after, own = self.kept(pc), self.at(pc).device
        ends = dict(after.heads)
        before_last = before.heads[own][0]
        del ends[own]
        assert ends == {device: end for device, end in before.heads.items() if device != own}
        assert after.aside == before.aside
        new = self.at(pc).vault.journal.above({**dict.fromkeys(after.heads, LAST_SEQ), own: before_last})
        # A clock that is wrong is noted with whatever is written next.
        told, clocks = [], 0
        for one in new:
            told += [] if one.kind == "clock" else [(one.kind, one.data.get("direction"))]
            clocks += one.kind == "clock"
        assert told in ([], [("bundle", "refused")])
        grown = {"passage": len(told), "login": clocks}
        for table, lines in after.dump.items():
            assert len(lines) - len(before.dump[table]) == grown.get(table, 0), table
            assert set(before.dump[table]) <= set(lines), table

    # -- what must be named

    def gaps(self, pc: str) -> dict[tuple[str, int], bool]:
        """What never arrived at a PC although it must know of it: (sender, number)."""
        session = self.at(pc)
        expected: dict[tuple[str, int], bool] = {}
        for sender in self.in_use:
            sent = [one for one in self.letters if (one.sender, one.receiver) == (sender, pc)]
            known = [one.number for one in sent if one.taken or one.proved or self._told(session, one)]
            for one in sent:
                if not one.taken and one.number <= max(known, default=0):
                    expected[sender, one.number] = True
        return expected

    @staticmethod
    def _told(session: Session, letter: Letter) -> bool:
        """Whether the sender's own chain, as it came here, says that the file was made."""
        record = session.vault.journal.get(letter.record)
        return record is not None and record.content is not None

    def named_gaps(self, pc: str) -> dict[tuple[str, int], bool]:
        """What a PC itself says never arrived."""
        names = {device: name for name, device in self.devices.items()}
        return {
            (names[gap.device], gap.number): bool(gap.since)
            for one in standings(self.at(pc))
            for gap in one.gaps
        }

    def believes(self, pc: str, other: str) -> bool:
        """Whether a PC exchanges bundles with another one now."""
        peer = Registry.read(self.at(pc)).peers.get(self.devices.get(other, ""))
        return peer is not None and peer.approved


# -- what befalls files ------------------------------------------------------------------------------------


def cut(data: bytes, where: int) -> bytes:
    """A file whose end is missing: at least one byte, at most all but the first of it."""
    return data[: 1 + where % (len(data) - 1)]


def turned(data: bytes, where: int) -> bytes:
    """One bit of it is another one."""
    place, bit = where // 8 % len(data), where % 8
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def front_of(data: bytes) -> bytes:
    """Everything before the body: header and signature."""
    _, _, length = _START.unpack_from(data)
    return data[: _START.size + length + SIGNATURE]


def parts(data: bytes) -> tuple[Header, bytes]:
    """Header and body of a bundle."""
    front = front_of(data)
    return Header.from_bytes(front[_START.size : -SIGNATURE]), data[len(front) :]


def by_a_stranger(data: bytes) -> bytes:
    """The same, signed by a key that nobody knows."""
    header, body = parts(data)
    return sealed(header, body, SigningKey.generate())


def of_a_later_version(data: bytes, key: SigningKey, *, reader: bool) -> bytes:
    """The same as a program of the future would make it, rightly signed: another file, or another body."""
    header, body = parts(data)
    if reader:
        return sealed(replace(header, reader=99), body, key)
    return sealed(header, body, key, version=VERSION + 1)


@contextmanager
def world(shared: Path = Path("/dev/shm")) -> Iterator[World]:
    """Fresh copies. In memory where the machine has a place for files there: what a disk does to files is
    tested elsewhere, and here it would cost half of the time.
    """
    place = str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > ROOM else None
    with (
        TemporaryDirectory(prefix="mda5-crf-mail-", dir=place) as folder,
        pytest.MonkeyPatch.context() as now,
    ):
        base = Path(folder)
        (base / "settings").mkdir()
        (base / "stick").mkdir()
        # Copies of one vault have one identity: each history has PCs of its own, which saw no other one.
        now.setenv("MDA5_CRF_CONFIG", str(base / "settings"))
        now.setattr("mda5_crf.sync.amendments.load_source", loaded)
        now.setattr("mda5_crf.services.overlays.load_source", loaded)
        whole = World(base)
        try:
            yield whole
        finally:
            for session in whole.open.values():
                session.vault.close()
