"""``docs/compliance.md`` is what the tests say, nothing that software must do is without one."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.text import catalogue
from tests.commandline import ROOT
from tools import compliance

AREAS = sorted(p.stem for p in (ROOT / "mda5_crf" / "text").glob("[a-z]*.py"))
TOML = """
[group.X]
title = "Rules"
[row.X-1]
kind = ["S"]
says = "It is kept."
does = "`db/journal.py`, `mda5-crf verify`"
[row.X-2]
kind = ["P"]
says = "It is filed."
site = "The site files it."
"""
GOOD = """
import pytest
pytestmark = pytest.mark.requirement("X-1")
class TestMore:
    @pytest.mark.requirement("X-1")
    def test_kept(self): ...
def test_too(): ...
def helper(): ...
"""


def test_the_table_is_what_the_tests_say(capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails: ``python tools/compliance.py`` names what is missing, ``--write`` renews the table."""
    status = compliance.main([])
    assert status == 0, capsys.readouterr().out


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with one statement of each kind and two tests."""
    for folder in ("docs", "tests", "mda5_crf/db", "mda5_crf/cli"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "mda5_crf/db/journal.py").touch()
    shutil.copy(ROOT / "mda5_crf/cli/parser.py", tmp_path / "mda5_crf/cli/parser.py")
    (tmp_path / "docs/requirements.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "tests/test_x.py").write_text(GOOD, encoding="utf-8")
    assert compliance.main(["--write"], tmp_path) == 0
    assert compliance.main([], tmp_path) == 0
    return tmp_path


def test_file_class_and_function_name_their_requirements(project: Path) -> None:
    assert compliance.proofs(project / "tests") == {
        "X-1": [compliance.Proof("test_x.py", "kept"), compliance.Proof("test_x.py", "too")]
    }
    text = (project / "docs/compliance.md").read_text(encoding="utf-8")
    assert "| X-1 | It is kept. | S | met |" in text and "`test_x.py`: `kept`, `too`" in text
    assert "| X-2 | It is filed. | P | site | *Site:* The site files it | – |" in text
    assert "2 statements, 1 for software: 1 met, 0 partly" in text


@pytest.mark.parametrize(
    "file,old,new,said",
    [
        ("tests/test_x.py", '"X-1"', '"X-2"', "X-1: no test proves it"),
        ("tests/test_x.py", '"X-1"', '"X-9"', "X-9: no such requirement, named by test_x.py"),
        ("docs/requirements.toml", "db/journal.py", "db/gone.py", "X-1: there is no db/gone.py"),
        ("docs/requirements.toml", "crf verify", "crf fly", "X-1: there is no command fly"),
        ("docs/requirements.toml", 'site = "The', 'sight = "The', "X-2: fields or kind not understood"),
        ("docs/requirements.toml", 'site = "The site files it."', "", "X-2: neither document nor act"),
        ("docs/requirements.toml", "does =", "na =", "X-1: not applicable, yet tests name it"),
        ("docs/requirements.toml", "does =", "later = 5\ndoes =", "X-1: a later step and what is missing"),
        ("docs/requirements.toml", "group.X", "group.Y", "X-1: of no group"),
        ("docs/requirements.toml", "It is kept", "It stays", "docs/compliance.md is stale"),
    ],
)
def test_what_is_missing_is_named(
    project: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    text = (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new), encoding="utf-8")
    capsys.readouterr()
    assert compliance.main([], project) == 1
    assert said in capsys.readouterr().out


def test_without_the_table_the_build_fails(project: Path) -> None:
    (project / "docs/compliance.md").unlink()
    assert compliance.main([], project) == 1


def test_a_requirement_named_by_a_computation_is_refused(project: Path) -> None:
    (project / "tests/test_y.py").write_text(GOOD.replace('"X-1"', "f(1)"), encoding="utf-8")
    with pytest.raises(SystemExit, match="plain text"):
        compliance.main([], project)


@pytest.mark.parametrize(
    "row,state",
    [
        ({"kind": ["S"]}, ""),
        ({"kind": ["S"], "later": 5}, "not yet: step 5"),
        ({"kind": ["S"], "na": "why"}, "not applicable"),
        ({"kind": ["D", "P"]}, "document"),
        ({"kind": ["P"]}, "site"),
    ],
)
def test_states_without_a_test(row: dict[str, Any], state: str) -> None:
    (made,) = compliance.rows_of({"row": {"X-1": {**row, "says": "It."}}}, {})
    assert made.state == state


def test_a_later_step_makes_a_tested_row_partly_met() -> None:
    found = {"X-1": [compliance.Proof("test_x.py", "kept")]}
    (made,) = compliance.rows_of({"row": {"X-1": {"kind": ["S"], "says": "It.", "later": 7}}}, found)
    assert made.state == "partly, rest: step 7"


@pytest.mark.requirement("CN-12")
@pytest.mark.parametrize("area", AREAS)
def test_people_in_the_trial_are_participants(area: str) -> None:
    """CN-12: 试验参与者 or 参与者, in every sentence of the program."""
    assert import_module(f"mda5_crf.text.{area}")
    assert [name for name, (_, chinese) in catalogue(area).items() if "受试者" in chinese] == []
