"""A vault's folder copied and used twice: named where both meet, and nothing entered is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mda5_crf.db.verify import verify
from mda5_crf.services.restoring import declare_copy
from mda5_crf.services.session import Session
from tests.unit.sync.synckit import A, C, World, befriend, enter_value, item, shown, study, world
from tests.vaults import enter, password

__all__ = ["world"]


def opened(folder: Path) -> Session:
    return Session(enter(folder, "i01"), study())


@pytest.mark.alteration
@pytest.mark.requirement("P11-1", "CN-4")
def test_folder_copied_and_both_used(world: World, tmp_path: Path) -> None:
    """Both go on under one name: the centre names the fork, takes nothing of it, and each folder is whole."""
    subject = world[A].enrol().identity
    world.send(A, C)
    world.close(A)
    shutil.copytree(world.base / A, tmp_path / "copy")
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    with opened(tmp_path / "copy") as copy:
        enter_value(copy, item(subject), "125")
        world.open["copy"] = copy
        error = world.refused(C, world.make("copy", C))
        assert error.code in {"sync.fork", "sync.same_number", "sync.other_history"}
        assert "Ward 3 bed side" in error.in_("en") or "copy" in error.in_("en")
        assert (shown(copy, item(subject))[0], shown(world[A], item(subject))[0]) == ("125", "118")
        assert verify(copy.vault.store) == verify(world[A].vault.store) == []
        del world.open["copy"]


@pytest.mark.requirement("P11-1", "CN-4", "EMA-10")
def test_folder_copied_and_both_used_after_registering_anew(world: World, tmp_path: Path) -> None:
    """Declared a copy before it is used, a folder is a PC of its own: both go on and everything arrives."""
    world[A].add_person("d09", "Sun Li", "data_manager", "harbour-linen-63-pepper",
                        own_password=password("i01"))  # fmt: skip
    subject = world[A].enrol().identity
    world.send(A, C)
    world.close(A)
    shutil.copytree(world.base / A, tmp_path / "copy")
    with opened(tmp_path / "copy") as copy:
        old = copy.device
        assert declare_copy(copy, ("d09", "harbour-linen-63-pepper")) != old
        befriend(copy, world[C])
        enter_value(copy, item(subject), "125")
        enter_value(world[A], item(subject, "DIABP_VSORRES"), "70")
        world.open["copy"] = copy
        world.send("copy", C)
        world.send(A, C)
        centre = world[C]
        assert shown(centre, item(subject))[0] == "125"
        assert shown(centre, item(subject, "DIABP_VSORRES"))[0] == "70"
        assert verify(copy.vault.store) == verify(centre.vault.store) == []
        del world.open["copy"]
