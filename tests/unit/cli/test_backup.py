"""``backup``, ``restore`` and ``drill`` as typed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commandline import act, call, remembered_keys
from tests.signward import built_signing
from tests.vaults import password


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))


@pytest.fixture
def second(tmp_path: Path) -> tuple[str, ...]:
    file = tmp_path / "second.txt"
    file.write_text(password("d02"))
    return ("--second", "d02", "--second-password-file", str(file))


@pytest.mark.requirement("FDA-2", "E6-11")
def test_from_the_first_copy_to_the_restored_vault(
    vault: Path, tmp_path: Path, second: tuple[str, ...]
) -> None:
    act("drill", vault).refused(1, "no copy")
    stick = tmp_path / "stick"
    stick.mkdir()
    assert "stick" in act("backup", vault, "place", stick, "--hours", 12).good().out
    made = act("backup", vault, "--json").good().json()
    assert made["second"] == "same_disk"
    act("enrol", vault).good()
    listed = act("backup", vault, "copies", "--json").good().json()
    assert {copy["state"] for copy in listed["copies"]} == {"good"}
    assert listed["since_last"]["records"] == 1
    for language in ("en", "zh"):
        assert made["name"] in act("backup", "copies", vault, "--language", language).good().out
    assert "whole" in act("backup", vault, "check").good().out
    assert act("drill", vault, "--json").good().json()["passed"]
    assert "Drill passed" in act("drill", vault, "--backup", made["path"]).good().out
    done = act("restore", made["path"], tmp_path / "new.mda5", *second).good()
    assert "Missing: " in done.out
    assert "new device" in done.out
    act("restore", made["path"], tmp_path / "new.mda5", *second).refused(3, "exists already")
    act("restore", made["path"], tmp_path / "other.mda5").refused(2)
    assert act("verify", tmp_path / "new.mda5", "--json").good().json()["troubles"] == []
    assert "No second place" in act("backup", vault, "place", "none").good().out


def test_a_damaged_copy_ends_with_1(vault: Path) -> None:
    made = act("backup", vault, "--json").good().json()
    (Path(made["path"]) / "keys.json").unlink()
    done = act("backup", vault, "check")
    assert done.status == 1
    assert "keys.json" in done.err or "not what was written" in done.err
    failed = act("drill", vault, "--backup", made["path"])
    assert failed.status == 1
    assert "Drill failed" in failed.out


def test_moved_or_copied(vault: Path, tmp_path: Path, second: tuple[str, ...]) -> None:
    assert "moved" in act("backup", vault, "moved").good().out
    act("backup", vault, "copied").refused(2)
    assert "new device" in act("backup", vault, "copied", *second).good().out
    call("restore", vault / "nothing", tmp_path / "x", "--user", "i01", *second, secret="x").refused(3)
