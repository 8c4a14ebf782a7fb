"""``docs/compliance.md`` names tests that are there, and the words it promises are kept."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from mda5_crf.text import catalogue
from tests.commandline import ROOT

TABLE = (ROOT / "docs" / "compliance.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:unit|faults|journeys|gui)/[\w/]+\.py)`(?: \(((?:`\w+`(?:, )?)+))?", TABLE)
AREAS = sorted(p.stem for p in (ROOT / "mda5_crf" / "text").glob("[a-z]*.py"))


@pytest.mark.parametrize("file,names", sorted(set(NAMED)))
def test_every_named_test_is_there(file: str, names: str) -> None:
    source = (ROOT / "tests" / file).read_text(encoding="utf-8")
    for name in re.findall(r"`(\w+)`", names):
        assert f"def test_{name}(" in source, f"{file} has no test_{name}"


def test_the_table_names_tests_and_every_row_has_a_state() -> None:
    assert len(NAMED) > 40
    rows = [line.split("|") for line in TABLE.splitlines() if re.match(r"\| [A-Z0-9]+-\d+", line)]
    assert len(rows) > 60
    for row in rows:
        assert row[2].strip().startswith(("met", "partly", "not yet", "not applicable")), row[1]
        assert row[3].strip(), f"{row[1]} names neither place nor step"


@pytest.mark.parametrize("area", AREAS)
def test_people_in_the_trial_are_participants(area: str) -> None:
    """CN-12: 试验参与者 or 参与者, in every sentence of the program."""
    assert import_module(f"mda5_crf.text.{area}")
    assert [name for name, (_, chinese) in catalogue(area).items() if "受试者" in chinese] == []
