"""Three PCs of one ward and a centre, and what is entered at them without knowing of each other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import conflict_acts, conflicts
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.conflicts import Conflict
from mda5_crf.services.session import Session
from tests.once import built_once, one_salt_each
from tests.unit.sync import synckit
from tests.unit.sync.synckit import World, befriend, enter_value, found, item, study
from tests.vaults import enter

A, B, D, C = "a", "b", "d", "c"
WARD: Final = (A, B, D)
PCS: Final = {
    A: ("01", "Ward 3 bed side", "i01"),
    B: ("01", "Ward 3 office", "i01"),
    D: ("01", "Ward 3 night desk", "i01"),
    C: ("00", "Centre", "d02"),
}
WHY: Final = Reason("SOURCE_CORRECTED", "the chart says so")
PERFORMED, SYSTOLIC, PULSE, TEMPERATURE = "VSPERF", "SYSBP_VSORRES", "PULSE_VSORRES", "TEMP_VSORRES"


def built() -> Path:
    """The folders of all PCs; tests must not change them."""
    with one_salt_each():
        return built_once("conflicting", _build)


def _build(base: Path) -> None:
    base.mkdir()
    site, name, login = PCS[D]
    third = found(base / D, name, site, login)
    for pc in (A, B, C):
        shutil.copytree(synckit.built() / pc, base / pc)
        session = Session(enter(base / pc, PCS[pc][2]), study())
        befriend(third, session)
        session.vault.close()
    third.vault.close()


class Ward(World):
    """As the world of bundles, with a third PC of the ward."""

    def __getitem__(self, pc: str) -> Session:
        if pc not in self.open:
            if not (self.base / pc).exists():
                shutil.copytree(built() / pc, self.base / pc)
            self.open[pc] = Session(enter(self.base / pc, PCS[pc][2]), study())
        return self.open[pc]

    def carry(self, sender: str, receiver: str) -> None:
        """One file from one PC to another, whose session looks again."""
        self.send(sender, receiver)
        self[receiver].refresh()

    def swap(self, *pcs: str) -> None:
        """Everybody sends to everybody, so that all have heard what all had written."""
        for sender in pcs:
            for receiver in pcs:
                if sender != receiver:
                    self.carry(sender, receiver)

    def begun(self, *pcs: str) -> str:
        """A participant whom the PCs know, with vital signs that were measured; the identity."""
        subject = self[pcs[0]].enrol().identity
        enter_value(self[pcs[0]], item(subject, PERFORMED), "Y")
        for other in pcs[1:]:
            self.carry(pcs[0], other)
        return subject

    def differ(self, key: ItemKey, **said: str) -> None:
        """Each PC enters its own answer; nobody knows of the others."""
        for pc, text in said.items():
            enter_value(self[pc], key, text)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Fresh copies for one test."""
    yield from _opened(tmp_path)


@pytest.fixture(scope="module")
def old_ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """Copies shared by the tests of a module; each has a participant of its own."""
    yield from _opened(tmp_path_factory.mktemp("conflicting"))


def _opened(base: Path) -> Iterator[Ward]:
    (base / "stick").mkdir()
    made = Ward(base, base / "stick")
    yield made
    made.close()


def only(session: Session, subject: str) -> Conflict:
    """The one conflict of a participant."""
    (one,) = conflicts.listed(session, subject)
    return one


def settle(session: Session, subject: str, side: int = 1, why: Reason = WHY) -> Changes:
    """Decide the one conflict of a participant."""
    return conflict_acts.take(session, only(session, subject), side, why)
