"""``lock``, ``endorse`` and signing more than one form from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commandline import Done, act
from tests.signward import built_signing
from tests.vaults import FOUNDER, password


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A ward's vault with two complete forms of 01-001, entered by the nurse."""
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    act("enrol", folder).good()
    ie = ("RFICDAT=2026-08-20", "IEDAT=2026-08-21", "IEYN=Y", "ENROLYN=Y")
    act("enter", folder, "01-001", "SCR", "IE", *ie, "--complete", login="n07").good()
    act("enter", folder, "01-001", "BL", "VS", "SYSBP=120", "--complete", login="n07").good()
    return folder


@pytest.fixture
def second(tmp_path: Path) -> tuple[str, ...]:
    """The investigator as second person."""
    file = tmp_path / "second"
    file.write_text(password(FOUNDER), encoding="utf-8")
    return "--second", FOUNDER, "--second-password-file", str(file)


def lock(folder: Path, *words: str) -> Done:
    return act("lock", *words[:1], folder, *words[1:], login="d02")


@pytest.mark.requirement("P11-7", "E6-10", "E6-17")
def test_endorse_sign_lock_and_unlock(vault: Path, second: tuple[str, ...]) -> None:
    listed = act("endorse", vault, "--json").good().json()
    assert [(one["item"], one["value"], one["person"]) for one in listed] == [("IE.IEYN", "Yes", "Zhang Wei")]
    assert "All criteria met?" in act("endorse", vault, "01-001", "SCR").good().out
    assert "No answer waits" in act("endorse", vault, "01-001", "BL").good().out
    assert "待研究者认可" in act("endorse", vault, "01-001", "BL", "--language", "zh").good().out
    act("endorse", vault, "--all", login="n07").refused(1, "endorse")
    assert "1 answer is endorsed" in act("endorse", vault, "--all").good().out
    lock(vault, "lock", "01-001", "BL", "VS").refused(1, "no valid signature")
    made = act("sign", vault, "01-001", "--all", "--json").good().json()
    assert {(one["form"], one["meaning"], one["state"]) for one in made} == {
        ("IE", "ELIGIBILITY", "valid"),
        ("VS", "REVIEWED", "valid"),
    }
    act("sign", vault, "01-001", "--all").refused(1, "Nothing here can be signed")
    assert "is locked" in lock(vault, "lock", "01-001", "BL", "VS").good().out
    act("enter", vault, "01-001", "BL", "VS", "SYSBP=121", "--reason", "TYPING", login="n07").refused(
        1, "Wang Fang locked this form"
    )
    state = lock(vault, "list", "01-001", "BL", "VS", "--json").good().json()
    assert [one["state"] for one in state] == ["locked"]
    lock(vault, "unlock", "01-001", "BL", "VS", "--reason", "late").refused(1, "second person")
    done = lock(vault, "unlock", "01-001", "BL", "VS", "--reason", "late", *second, "--json").good().json()
    assert done["state"] == "open" and done["reason"] == "late"
    history = lock(vault, "list", "01-001").good().out
    assert "Wang Fang unlocked 01-001 · Baseline · Vital signs, with Li Na: late" in history
    act("verify", vault).good()


def test_freezing_and_the_study(vault: Path) -> None:
    assert "已冻结" in lock(vault, "freeze", "01-001", "BL", "VS", "--language", "zh").good().out
    assert "frozen" in lock(vault, "list", "01-001", "BL").good().out
    lock(vault, "freeze").refused(1, "neither frozen nor locked")
    lock(vault, "thaw", "01-001", "BL", "VS", "--reason", "late sheet").good()
    assert "The study: open" in lock(vault, "list").good().out.replace("the study", "The study")
    act("lock", "freeze", vault, "01-001", login="n07").refused(1, "freeze")


@pytest.mark.requirement("EMA-9")
def test_a_casebook(vault: Path) -> None:
    act("sign", vault, "01-001", "--meaning", "APPROVED").refused(1, "not complete")
    act("enter", vault, "01-001", "BL", "SV", "SVSTDAT=2026-08-21", "--complete", login="n07").good()
    assert act("sign", vault, "01-001", "--meaning", "APPROVED").good().out.startswith("01-001 is signed")
