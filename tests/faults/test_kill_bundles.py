"""kill -9 at every stage of making, taking and joining: before or after, never between.

``test_kill_writes`` kills at steps spread over an act; here each stage that the act has is named, reached and
counted. After each kill the vault opens, is sound, and the act can be done as if nothing had been.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from mda5_crf.crypto import file_hash
from mda5_crf.db.journal import Journal
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused
from mda5_crf.services import access, founding
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, inviting, joining, making, packing, taking
from mda5_crf.sync.ledger import Ledger
from mda5_crf.sync.registry import Registry
from tests.commandline import remembered_keys
from tests.faults.stages import Spot, kill_at_every_stage
from tests.unit.sync.joinkit import (
    AT_CENTRE,
    AT_WARD,
    CENTRE,
    INVITATION,
    REQUEST,
    SECOND,
    WARD,
    joined,
)  # fmt: skip
from tests.unit.sync.joinkit import built as built_joining
from tests.unit.sync.synckit import PCS, A, C, World, enter_value, item, study, value, write
from tests.vaults import enter, password

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork; Windows ends processes its own way"),
    pytest.mark.requirement("E6-11", "FDA-2"),
]
VALUES = 60
OUT, FILE = "out", "bundle.mda5b"

MAKE = (
    Spot(making, "written", "its body being written"),
    Spot(packing, "_join", "its body whole, being put behind the header", "whole, not recorded"),
    Spot(making, "_record", "being recorded", "recorded, not in its place"),
    Spot(packing, "_move", "being moved to its place", "in its place, not returned"),
)
TAKE = (
    Spot(taking._Arrival, "survey", "first reading", "looked at, nothing begun"),
    Spot(taking, "back_up", "the copy being made", "the copy made, nothing written"),
    Spot(taking._Arrival, "_within", "second reading, records going in"),
    Spot(Journal, "end_intake", "records in, seals being checked", "sealed, judged again and described"),
    Spot(Journal, "write", "the own record being written", "all written, not committed"),
    Spot(Session, "refresh", "committed, the session being refreshed", "refreshed, not returned"),
)


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


def session(folder: Path, pc: str) -> Session:
    return Session(enter(folder / pc, PCS[pc][2]), study())


def sound(own: Session) -> None:
    assert verify(own.vault.store, judge=access.judge) == []
    assert not own.vault.notices


def no_leftovers(folder: Path) -> None:
    left = [p.name for p in folder.rglob("*") if p.name.endswith((".part", ".new", ".body"))]
    assert not left, left


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Session]]:
    """A ward with a bundle for the centre, as folders to copy; and the centre's PC, open, that only plans."""
    base = tmp_path_factory.mktemp("killed")
    stick = base / "stick"
    stick.mkdir()
    world = World(base / "open", stick)
    world.base.mkdir()
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    write(world[A], *[value(item(subject), str(number)) for number in range(VALUES)])
    folder = base / "world"
    file = world.make(A, C)
    world.close()
    shutil.copytree(world.base, folder)
    shutil.copy(file, folder / FILE)
    (folder / OUT).mkdir()
    centre = session(world.base, C)
    yield folder, centre
    centre.vault.close()


# -- make ------------------------------------------------------------------------------------------------


def make_a_bundle(folder: Path) -> Callable[[], object]:
    own = session(folder, A)
    peer = next(one for one in Registry.read(own).peers.values() if one.name == PCS[C][1])
    return lambda: bundles.make(own, peer.device, folder / OUT)


@pytest.mark.fault
def test_kill_in_make(pair: tuple[Path, Session], tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """No file, or a whole one whose number is recorded; no number ever means two files."""
    folder, centre = pair

    def check(place: Path, _stage: str) -> None:
        files = {file_hash(one.read_bytes()): one for one in (place / OUT).glob("*.mda5b")}
        assert len(files) <= 1
        with session(place, A) as own:
            sound(own)
            sent = Ledger.read(own, centre.device).sent(centre.device)
            assert len(sent) in (2, 3)
            assert set(files) <= {sent[2].sha256 for _ in sent[2:]}, "a file that is not recorded"
            for file in files.values():
                assert bundles.plan(centre, file).new == VALUES + 2  # with the records of two bundles
            again = bundles.make(own, centre.device, place / OUT)
            now = Ledger.read(own, centre.device).sent(centre.device)
            assert [one.number for one in now] == list(range(1, len(now) + 1))
            assert all(one.prev == before.sha256 for before, one in pairwise(now))
            assert file_hash(again.read_bytes()) == now[-1].sha256
            assert again not in files.values(), "a bundle was overwritten"
            report = bundles.plan(centre, again)
            assert report.new == VALUES + len(now) - 1
            assert report.missing == tuple(range(2, len(now)))
            sound(own)
        no_leftovers(place)

    found = kill_at_every_stage(make_a_bundle, folder, tmp_path / "life", MAKE, check, times(8, 100))
    assert all(found.values())


# -- take ------------------------------------------------------------------------------------------------


def take_a_bundle(folder: Path) -> Callable[[], object]:
    own = session(folder, C)
    return lambda: bundles.take(own, folder / FILE)


@pytest.mark.fault
def test_kill_in_take(pair: tuple[Path, Session], tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """All of a bundle is in, with the record that says so, or nothing; and it can be taken afterwards."""
    folder, centre = pair
    fell = {False: 0, True: 0}

    def check(place: Path, stage: str) -> None:
        with session(place, C) as own:
            sound(own)
            device = next(one.device for one in Registry.read(own).peers.values() if one.name == PCS[A][1])
            before = centre.vault.journal.vector()
            grown = own.vault.journal.vector()[device] - before[device]
            noted = [one.number for one in Ledger.read(own, device).taken(device)]
            assert (grown, noted) in ((0, [1]), (VALUES + 1, [1, 2])), (grown, noted)
            fell[bool(grown)] += 1
            if "not committed" in stage or "going in" in stage or "nothing" in stage:
                assert not grown
            if "refreshed" in stage:
                assert grown
            report = bundles.take(own, place / FILE)
            assert bool(report.already) is bool(grown)
            assert own.vault.journal.vector()[device] - before[device] == VALUES + 1
            assert [one.number for one in Ledger.read(own, device).taken(device)] == [1, 2]
            sound(own)
        no_leftovers(place / C)

    found = kill_at_every_stage(take_a_bundle, folder, tmp_path / "life", TAKE, check, times(12, 100))
    assert all(found.values()) and all(fell.values()), fell


# -- joining ---------------------------------------------------------------------------------------------

JOIN = (
    Spot(founding, "found", "the vault being founded", "founded, nothing asked"),
    Spot(joining, "ask", "asking", "asked, not returned"),
)
ANSWER = (Spot(Session, "append", "being recorded", "recorded, not returned"),)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with an invitation out, a ward that answered, and a ward whose request was approved."""
    folder = Path(shutil.copytree(built_joining(), tmp_path_factory.mktemp("joining") / "base"))
    with at(folder, WARD) as own:
        words = joining.words_for_centre(own).words
    (folder / "words").write_text(words)
    approved = Path(shutil.copytree(folder / CENTRE, folder / "approved.mda5"))
    with at(folder, approved.name) as centre:
        last = inviting.approve(
            centre, (folder / REQUEST).read_bytes(), words, own_password=password(AT_CENTRE), second=SECOND
        ).last.words
    (folder / "last").write_text(last)
    return folder


def at(folder: Path, name: str) -> Session:
    return Session(enter(folder / name, AT_WARD if name == WARD else AT_CENTRE), study())


def join_a_study(folder: Path) -> Callable[[], object]:
    data = (folder / INVITATION).read_bytes()
    return lambda: joined(folder / "new.mda5", data)


def approve_a_pc(folder: Path) -> Callable[[], object]:
    own, data = at(folder, CENTRE), (folder / REQUEST).read_bytes()
    words = (folder / "words").read_text()
    return lambda: inviting.approve(own, data, words, own_password=password(AT_CENTRE), second=SECOND)


def confirm_the_centre(folder: Path) -> Callable[[], object]:
    own, words = at(folder, WARD), (folder / "last").read_text()
    return lambda: joining.confirm(own, words, own_password=password(AT_WARD))


@pytest.mark.fault
def test_kill_in_join(files: Path, tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """No vault, or a whole one that asks the same again."""
    data = (files / INVITATION).read_bytes()

    def check(place: Path, stage: str) -> None:
        vault = place / "new.mda5"
        assert vault.exists() or not {"founded, nothing asked", "asking", "asked, not returned"} & {stage}
        own = Session(enter(vault, AT_WARD), study()) if vault.exists() else joined(vault, data)
        with own:
            known = joining.ask(own, data)
            assert known.waits and joining.ask(own, data) == known
            sound(own)
        assert not stage.startswith("the vault being") or not [*place.glob("new.mda5.*.new")], "half a vault"

    kill_at_every_stage(join_a_study, files, tmp_path / "life", JOIN, check, times(1, 40))


@pytest.mark.fault
def test_kill_in_approve(files: Path, tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """The PC is registered and its invitation used, or neither; words are used once."""

    def check(place: Path, stage: str) -> None:
        with at(place, CENTRE) as own:
            sound(own)
            (offer,), peers = inviting.offers(own), Registry.read(own).peers
            assert (offer.state, len(peers)) in (("made", 0), ("used", 1)), stage
            if peers:
                with pytest.raises(InputRefused, match="request_approved"):
                    approve_again(own, place)
                assert inviting.words_for_ward(own, (place / REQUEST).read_bytes()).words
            else:
                assert approve_again(own, place).last.words == (place / "last").read_text()
            sound(own)

    def approve_again(own: Session, place: Path) -> inviting.Approved:
        words, data = (place / "words").read_text(), (place / REQUEST).read_bytes()
        return inviting.approve(own, data, words, own_password=password(AT_CENTRE), second=SECOND)

    kill_at_every_stage(approve_a_pc, files, tmp_path / "life", ANSWER, check, times(1, 30))


@pytest.mark.fault
def test_kill_in_confirm(files: Path, tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """The ward believes the centre and says that it joined, or neither."""

    def check(place: Path, stage: str) -> None:
        with at(place, WARD) as own:
            sound(own)
            known, peers = joining.state(own), Registry.read(own).peers
            assert known is not None
            assert (known.state, len(peers)) in (("asked", 0), ("joined", 1)), stage
            if not peers:
                said = (place / "last").read_text()
                assert joining.confirm(own, said, own_password=password(AT_WARD)).approved
            sound(own)

    kill_at_every_stage(confirm_the_centre, files, tmp_path / "life", ANSWER, check, times(1, 30))
