"""Cancelling a bundle: at every step of making and taking, everything is as it was before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mda5_crf.errors import Cancelled
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles
from tests.unit.sync.synckit import A, C, World, enter_value, item


class Steps:
    """Counts what it is told; raises Cancelled at one step."""

    def __init__(self, at: int = -1) -> None:
        self.at = at
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        if len(self.told) == self.at:
            raise Cancelled
        self.told.append((done, total))


@pytest.fixture
def full(world: World) -> World:
    """A ward with enough records for several steps."""
    subject = world[A].enrol()
    for number in range(60, 180):
        enter_value(world[A], item(subject.identity), str(number))
    return world


def state(session: Session) -> tuple[object, list[str]]:
    """Chains and files of a vault."""
    backups = session.vault.folder / "backups"
    files = sorted(p.name for p in backups.iterdir()) if backups.is_dir() else []
    return session.vault.journal.heads(), files


def every_step(act: Callable[[Steps], object]) -> int:
    """How many steps it has, the last included."""
    steps = Steps()
    act(steps)
    return len(steps.told)


def test_progress_counts_up_to_all(full: World) -> None:
    steps = Steps()
    file = bundles.make(full[A], full[C].device, full.stick, progress=steps)
    counted = [done for done, total in steps.told if total]
    totals = {total for _, total in steps.told if total}
    assert len(totals) == 1 and counted == sorted(counted) and counted[-1] == totals.pop()
    steps = Steps()
    bundles.take(full[C], file, steps)
    counted = [done for done, _ in steps.told]
    assert len(counted) > 3 and counted == sorted(counted)
    assert counted[-1] == steps.told[-1][1], "both readings are the whole work"


def test_making_cancelled_at_any_step_leaves_no_file_and_no_record(full: World) -> None:
    before, at = state(full[A]), 0
    while True:
        try:
            bundles.make(full[A], full[C].device, full.stick, progress=Steps(at))
            break
        except Cancelled:
            assert not list(full.stick.iterdir()), at
            assert state(full[A]) == before, at
            at += 1
    assert at >= 4
    (file,) = full.stick.iterdir()
    assert file.name.endswith("_0001.mda5b"), "no number is lost by cancelling"


def test_taking_cancelled_at_any_step_leaves_the_vault_unchanged(full: World) -> None:
    file: Path = bundles.make(full[A], full[C].device, full.stick)
    before, at = state(full[C]), 0
    while True:
        try:
            report = bundles.take(full[C], file, Steps(at))
            break
        except Cancelled:
            assert state(full[C]) == before, at
            assert not full[C].subjects(), at
            at += 1
    assert at >= 4
    assert report.new and len(full[C].subjects()) == 1
    assert not full[C].verify().troubles


def test_looking_can_be_cancelled_too(full: World) -> None:
    file = bundles.make(full[A], full[C].device, full.stick)
    before = state(full[C])
    with pytest.raises(Cancelled):
        bundles.plan(full[C], file, Steps(2))
    assert state(full[C]) == before
