"""A few records come into a large database: a whole copy of the last day will do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.errors import Cancelled
from mda5_crf.services import recentcopy
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, taking
from tests.unit.sync.synckit import A, C, World


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every database counts as one that is not copied in a moment."""
    monkeypatch.setattr(taking, "LARGE", 0)


def copies(session: Session) -> list[str]:
    return sorted(path.name for path in (session.vault.folder / "backups").iterdir())


def first_copy(world: World) -> Path:
    """The centre knows PC A, and has a copy of that."""
    world[A].enrol()
    world.send(A, C)
    world[A].enrol()
    kept = world.send(A, C)
    assert kept.backup is not None and "less than a day old" not in words(kept.notes)
    return kept.backup


def words(notes: object) -> str:
    return str(notes)


def test_the_next_small_take_relies_on_the_copy_before(world: World) -> None:
    kept = first_copy(world)
    before = copies(world[C])
    world[A].enrol()
    report = world.send(A, C)
    assert report.new and report.backup == kept
    assert kept.name in words(report.notes) and "less than a day old" in words(report.notes)
    assert copies(world[C]) == before


def test_a_cancelled_take_leaves_the_copy_that_it_relied_on(world: World) -> None:
    kept = first_copy(world)
    world[A].enrol()
    file = world.make(A, C)

    def cancel(done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        bundles.take(world[C], file, cancel)
    assert kept.exists()


def take_again(world: World) -> bool:
    """Whether the next small take makes a copy of its own."""
    before = copies(world[C])
    world[A].enrol()
    report = world.send(A, C)
    assert report.backup is not None and report.backup.exists()
    return report.backup.name not in before


def test_a_copy_that_is_old_or_of_the_future_is_not_relied_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_copy(world)
    now = world[C].trusted_now()
    for days in (2, -1):
        monkeypatch.setattr(Session, "trusted_now", lambda _self, d=days: now + timedelta(days=d))
        assert recentcopy.recent(world[C]) is None
    monkeypatch.undo()
    assert recentcopy.recent(world[C]) is not None


def test_a_damaged_copy_is_not_relied_on(world: World) -> None:
    kept = first_copy(world)
    manifest = kept / "backup.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"take"', b'"tale"', 1))
    assert take_again(world)


def test_a_cut_copy_is_not_relied_on(world: World) -> None:
    kept = first_copy(world)
    database = kept / "study.db"
    database.write_bytes(database.read_bytes()[:-4096])
    assert take_again(world)


def test_many_records_or_a_small_database_get_a_copy_of_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_copy(world)
    monkeypatch.setattr(taking, "SMALL", 0)
    assert take_again(world)
    monkeypatch.setattr(taking, "SMALL", 1000)
    assert not take_again(world)
    monkeypatch.setattr(taking, "LARGE", 1 << 40)
    assert take_again(world)


def test_a_copy_that_has_not_heard_of_a_pc_is_not_relied_on(world: World) -> None:
    first_copy(world)
    assert not take_again(world)
    world["b"].enrol("01-050")
    world.send("b", C)
    assert take_again(world)
