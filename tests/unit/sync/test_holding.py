"""One PC's part of a bundle that does not fit is held back; the other PCs' parts go in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db.verify import verify
from mda5_crf.errors import BundleError
from mda5_crf.sync import bundles
from mda5_crf.sync.gaps import standings
from mda5_crf.sync.ledger import Ledger, ledger
from mda5_crf.sync.receiving import receive, summary
from tests.faults import counts
from tests.unit.sync.forging import Line, forged, put
from tests.unit.sync.synckit import (
    A,
    B,
    C,
    World,
    data_of,
    enter_value,
    everything_of,
    item,
    rebuilt_alike,
    shown,
)

Change = Callable[[list[Line]], list[Line]]


@pytest.fixture
def two(world: World) -> tuple[World, str, str]:
    """A carries what B entered to the centre, beside its own; the centre has heard of neither."""
    office = world[B].enrol().identity
    enter_value(world[B], item(office), "140")
    world.send(C, A)
    world.send(C, B)
    world.send(A, B)
    world.send(B, A)
    own = world[A].enrol().identity
    enter_value(world[A], item(own), "120")
    return world, own, office


def of(device: str, part: str, line: Line) -> bool:
    return bool(part in line and line[part]["device"] == device)


def gap(device: str) -> Change:
    """The last record but one is missing."""

    def change(lines: list[Line]) -> list[Line]:
        *_, gone, after = (n for n, line in enumerate(lines) if of(device, "record", line))
        lines[after]["record"]["prev"] = "ab" * 32
        del lines[gone]
        return lines

    return change


def unsealed(device: str) -> Change:
    def change(lines: list[Line]) -> list[Line]:
        last = [n for n, line in enumerate(lines) if of(device, "seal", line)][-1]
        del lines[last]
        return lines

    return change


def altered(device: str) -> Change:
    def change(lines: list[Line]) -> list[Line]:
        last = [line for line in lines if of(device, "record", line)][-1]
        last["record"]["clock"] += 1
        return lines

    return change


def other_end(device: str) -> Change:
    def change(lines: list[Line]) -> list[Line]:
        lines[0]["manifest"]["heads"][device]["hash"] = "cd" * 32
        return lines

    return change


FAULTS = {
    "sync.gap": gap, "store.chain_unsealed": unsealed, "store.chain_unsealed (altered)": altered,
    "sync.heads_differ": other_end,
}  # fmt: skip


def sound(world: World) -> bool:
    return verify(world[C].vault.store) == [] and rebuilt_alike(world[C])


@pytest.mark.requirement("CN-4", "P11-11")
@pytest.mark.alteration
@pytest.mark.parametrize("code", FAULTS)
def test_one_pc_is_held_back_and_the_others_go_in(two: tuple[World, str, str], code: str) -> None:
    """A carried one; then the sender's own, of another bundle. The next honest bundle brings both."""
    world, own, office = two
    tried = 0
    for bad, lost, kept in ((B, office, own), (A, own, office)):
        file = put(world.stick, forged(world[A], world[C], FAULTS[code](world[bad].device)), f"{bad}.mda5b")
        planned, before = bundles.plan(world[C], file), everything_of(world[C])
        assert everything_of(world[C]) == before
        report = bundles.take(world[C], file)
        (held,) = report.held
        assert (held.device, held.code) == (world[bad].device, code.partition(" ")[0])
        assert planned.held[0].words == held.words and planned.new == report.new > 0
        assert held.name in held.words.en and held.words in report.lines() and held.words.en != held.words.zh
        known = {one.identity for one in world[C].subjects()}
        assert kept in known and lost not in known
        assert world[bad].device not in world[C].vault.journal.heads() and sound(world)
        # It arrived, and is not confirmed: a receipt says that all of it came.
        assert Ledger.read(world[C]).receipts(world[A].device) == ()
        assert f"held back: {held.name}" in ledger(world[C])[-1].state.en
        (passage,) = Ledger.read(world[C]).taken(world[A].device)
        assert passage.blocked == (world[bad].device,) and world[bad].device not in passage.ends
        # The very file again changes nothing, and says so.
        count = len(Ledger.read(world[C]).passages)
        assert bundles.take(world[C], file).already and len(Ledger.read(world[C]).passages) == count
        tried += 1
        world.close(C)
        (world.base / C).rename(world.base / f"{C}-{bad}")  # a fresh centre for the second turn
    counts.alterations(f"one PC held back: {code}", tried=tried, found=tried)


@pytest.mark.requirement("CN-4")
def test_what_was_held_back_comes_by_itself(two: tuple[World, str, str]) -> None:
    """Answer and next bundle go by what is there, never by the number of a bundle."""
    world, _, office = two
    data = forged(world[A], world[C], gap(world[B].device))
    world.make(A, C)  # number 1 is used up by the honest program too; the centre gets the other file
    assert bundles.take(world[C], put(world.stick, data)).held
    world.send(C, A)
    file = world.make(A, C)
    with pytest.raises(BundleError) as caught:  # its number 1 was another file: named, as ever
        bundles.take(world[C], file)
    assert caught.value.code == "sync.other_history"
    report = world.send(B, C)  # by the other way it comes
    assert not report.held and shown(world[C], item(office)) == ("140", False)
    assert data_of(world[C], office) == data_of(world[A], office) and sound(world)


@pytest.mark.requirement("CN-4")
def test_a_part_that_waited_for_another_file_of_the_same_stick(world: World) -> None:
    """The centre was restored: A begins where the centre said it was. The lost bundle of B fills that."""
    subject = world[B].enrol().identity
    world.send(C, A)
    world.send(C, B)
    world.send(A, C)
    world.close(C)
    shutil.copytree(world.base / C, world.base / "old")
    enter_value(world[B], item(subject), "140")
    inbox = world.stick / "inbox"
    inbox.mkdir()
    lost = world.make(B, C)
    bundles.take(world[C], lost)
    world.send(C, A)
    world.close(C)
    (world.base / C).rename(world.base / "new")
    (world.base / "old").rename(world.base / C)  # what the centre took from B is lost
    enter_value(world[B], item(subject, "DIABP_VSORRES"), "85")
    world.send(B, A)
    own = world[A].enrol().identity
    late = world.make(A, C).rename(inbox / "a.mda5b")

    (alone,) = receive(world[C], [late])
    assert alone.report is not None and [one.code for one in alone.report.held] == ["sync.gap"]
    assert "held back" in alone.line().en and "未接收" in summary([alone])[1].zh
    assert {one.identity for one in world[C].subjects()} == {own}
    lost.rename(inbox / "b.mda5b")
    came = receive(world[C], [inbox])
    assert all(one.report is not None and not one.report.held for one in came)
    assert shown(world[C], item(subject, "DIABP_VSORRES")) == ("85", False) and sound(world)
    assert data_of(world[C], subject) == data_of(world[B], subject)
    again = bundles.take(world[C], inbox / "a.mda5b")
    assert again.already and not again.held and again.new == 0
    assert [number for number, _ in Ledger.read(world[C]).receipts(world[A].device)] == [1, 2]


def test_with_nothing_else_new_the_file_is_refused_as_a_whole(two: tuple[World, str, str]) -> None:
    world, own, _ = two
    world.send(A, C)
    enter_value(world[A], item(own, "DIABP_VSORRES"), "85")
    enter_value(world[A], item(own, "PULSE_VSORRES"), "70")
    for code, fault in FAULTS.items():
        error = world.refused(C, put(world.stick, forged(world[A], world[C], fault(world[A].device))))
        assert error.code == code.partition(" ")[0]


def test_a_hole_below_a_part_held_back_is_not_said_to_be_filled(two: tuple[World, str, str]) -> None:
    """A later bundle of which the sender's own part was held back has not brought what the lost one held."""
    world, _, _ = two
    world.make(A, C)
    file = put(world.stick, forged(world[A], world[C], gap(world[A].device)))
    assert [one.device for one in bundles.take(world[C], file).held] == [world[A].device]
    (stand,) = [one for one in standings(world[C]) if one.device == world[A].device]
    assert [one.number for one in stand.lost] == [1] and stand.taken == 2


def test_unknown_things_are_still_the_whole_files(world: World, tmp_path: Path) -> None:
    """What is wrong with the file, or with this vault, is no matter of one PC."""

    def other_study(lines: list[Line]) -> list[Line]:
        record: dict[str, Any] = [line for line in lines if "record" in line][-1]["record"]
        record["study"] = "NCT00000000"
        return lines

    world[A].enrol()
    error = world.refused(C, put(tmp_path, forged(world[A], world[C], other_study)))
    assert error.code == "store.chain_study"
