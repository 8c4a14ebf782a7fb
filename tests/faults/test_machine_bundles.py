"""The disk or the stick fails while a bundle is made or taken: all or nothing, and a sentence that helps."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mda5_crf.db.verify import verify
from mda5_crf.errors import CrfError, StoreError
from mda5_crf.services import access
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles
from mda5_crf.sync.ledger import Ledger
from tests.faults.test_machine_acts import POSIX, _quick, _room, says, small_disk
from tests.unit.sync.synckit import PCS, A, C, World, item, study, value, world, write
from tests.vaults import enter

__all__ = ["_quick", "small_disk", "world"]

VALUES = 300
pytestmark = [POSIX, pytest.mark.requirement("E6-11", "FDA-2")]
Disk = Callable[[int], Path]


def filled(world: World) -> str:
    """A participant at the ward with many values; whose id is returned."""
    subject = world[A].enrol().identity
    write(world[A], *[value(item(subject), f"{number} " * 40) for number in range(VALUES)])
    return subject


def sound(own: Session) -> None:
    assert verify(own.vault.store, judge=access.judge) == []
    left = [p.name for p in own.vault.folder.rglob("*") if p.name.endswith((".part", ".new", ".body"))]
    assert not left, left


@pytest.mark.fault
@pytest.mark.parametrize("leave", [0, 8 << 10, 128 << 10, 512 << 10])
def test_full_disk_while_taking(world: World, small_disk: Disk, leave: int) -> None:
    subject = filled(world)
    file = world.make(A, C)
    world.close(C)
    disk = small_disk(8 << 10)
    place = Path(shutil.copytree(world.base / C, disk / C))
    sender, said = world[A].device, None
    with Session(enter(place, PCS[C][2]), study()) as own:
        before = own.vault.journal.vector()
        filler = _room(disk, leave)
        try:
            bundles.take(own, file)
        except CrfError as problem:
            said = problem
            assert own.vault.journal.vector() == before
            assert not Ledger.read(own, sender).taken(sender)
        filler.unlink()
        assert said is None or any(word in said.in_("en") for word in ("full", "no room")), said
        assert said is not None or leave
        report = bundles.take(own, file)
        assert bool(report.already) is (said is None)
        assert len([*own.vault.journal.records(key_prefix=subject)]) == VALUES
        sound(own)


@pytest.mark.fault
@pytest.mark.parametrize("leave", [0, 4 << 10])
def test_full_stick_while_making(world: World, small_disk: Disk, leave: int) -> None:
    """No number is used for a bundle that is not on the stick, and nothing half stays there."""
    filled(world)
    world.send(A, C)
    stick = small_disk(64)
    filler = _room(stick, leave)
    with pytest.raises(StoreError) as refused:
        bundles.make(world[A], world[C].device, stick, everything=True)
    says(refused.value.text, ("no room", "Free some space"), ("\u7a7a\u95f4",))
    assert [one.name for one in stick.iterdir()] == ["filler"]
    assert len(Ledger.read(world[A]).sent(world[C].device)) == 1
    filler.unlink()
    assert bundles.plan(world[C], bundles.make(world[A], world[C].device, stick)).number == 2
    sound(world[A])


@pytest.mark.fault
def test_stick_that_may_only_be_read(world: World, small_disk: Disk) -> None:
    """Nothing is made on it and no number used; what lies on it is taken all the same."""
    filled(world)
    stick = small_disk(1024)
    file = bundles.make(world[A], world[C].device, stick)
    subprocess.run(["mount", "-o", "remount,ro", str(stick)], check=True)
    with pytest.raises(StoreError) as refused:
        bundles.make(world[A], world[C].device, stick)
    assert refused.value.in_("en") != refused.value.in_("zh")
    assert len(Ledger.read(world[A]).sent(world[C].device)) == 1
    assert bundles.take(world[C], file).new
    assert [one.name for one in stick.iterdir()] == [file.name]
    sound(world[A])
    sound(world[C])
