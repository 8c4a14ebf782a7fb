"""``move`` and ``move --undo`` at the command line: a plan first, two persons, nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline import Done, act
from tests.unit.cli.test_signing import enter, shown, vault
from tests.vaults import password

__all__ = ["vault"]


def moving(vault: Path, *words: str, second: str = "n07") -> Done:
    file = vault.parent / "second.txt"
    file.write_text(password(second), encoding="utf-8")
    return act(
        "move",
        vault,
        *words,
        "--reason",
        "OTHER:wrong visit",
        "--second",
        second,
        "--second-password-file",
        file,
    )


@pytest.mark.requirement("CN-3", "E6-8")
def test_a_move_and_back(vault: Path) -> None:
    enter(vault, "BL", "VS", "SYSBP=120")
    moving(vault, "01-001", "BL", "VS", "--undo").refused(1, "not void")
    moving(vault, "01-001", "BL", "VS", "--to", "01-001", "SCR").good()
    planned = act("move", vault, "01-001", "BL", "VS", "--undo", "--dry-run").good()
    assert "120" in planned.out
    assert [item["text"] for item in _given(vault, "SCR")] == ["120"], "a plan writes nothing"
    moving(vault, "01-001", "BL", "VS", "--undo", second="d02").refused(1, "investigator")
    assert moving(vault, "01-001", "BL", "VS", "--undo").good().out
    assert ([item["text"] for item in _given(vault, "BL")], _given(vault, "SCR")) == (["120"], [])
    moving(vault, "01-001", "BL", "VS", "--undo").refused(1, "not void")
    act("verify", vault).good()


def test_where_to_or_back_and_not_both(vault: Path) -> None:
    act("move", vault, "01-001", "BL", "VS").refused(2, "--to", "--undo")
    act("move", vault, "01-001", "BL", "VS", "--undo", "--to", "01-001", "SCR").refused(2, "--undo")


def _given(vault: Path, event: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = shown(vault, event, "VS")["items"]
    return [item for item in items if item.get("text")]
