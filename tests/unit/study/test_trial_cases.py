"""The trial's definition against everything that is kept beside it: every check, every limit, every text."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from mda5_crf.study import case_ranges, mutate_run
from mda5_crf.study.case_files import read_folder
from mda5_crf.study.cases_prove import Played, Proof, play, prove
from mda5_crf.study.load import load
from mda5_crf.study.model import Study

DEFINITION = Path(
    os.environ.get("MDA5_CRF_TEST_DEFINITION")
    or Path(__file__).parents[3] / "resources" / "study" / "nct04966884"
)
"""The definition under test; the variable names another one that is being written."""

SAMPLE = 400
"""Mutants of a short run; always the same ones."""


@lru_cache(maxsize=1)
def study() -> Study:
    """The definition, read once."""
    return load(DEFINITION)


@lru_cache(maxsize=1)
def proof() -> Proof:
    """Everything proved, once."""
    return prove(study(), DEFINITION, played())


@lru_cache(maxsize=1)
def played() -> Played:
    """All scenes, played once."""
    return play(study(), DEFINITION)


def test_cases_are_kept() -> None:
    files, problems = read_folder(DEFINITION)
    assert problems == []
    assert {name.removeprefix("cases/").removesuffix(".toml") for name in files} <= set(study().forms)
    assert proof().has_cases, "there are no cases beside the definition"


def test_every_check_fires_and_holds_where_its_scenes_say() -> None:
    assert [problem.in_("en") for problem in proof().problems if problem.file.startswith("cases/")] == []
    assert proof().checks == proof().wanted > 400
    assert proof().scenes > 2 * proof().wanted


def test_every_limit_agrees_with_the_trial_reference() -> None:
    assert (DEFINITION / "cases" / "ranges.toml").exists()
    found = case_ranges.prove(study(), DEFINITION)
    assert [problem.in_("en") for problem in found.problems] == []
    assert found.ranges > 550
    assert found.edges > 1300


def test_no_text_has_changed_in_one_language_alone_and_no_oid_is_gone() -> None:
    locks = [problem.in_("en") for problem in proof().problems if not problem.file.startswith("cases/")]
    assert locks == []
    assert (DEFINITION / "parity.lock").exists(), "nobody has approved the texts: study approve"
    assert (DEFINITION / "oids.lock").exists()


def test_no_scene_is_idle(times: Callable[[int, int], int], capsys: pytest.CaptureFixture[str]) -> None:
    """Changing an operator, a number, a code, an and or an or of any check breaks a scene of it."""
    most = times(SAMPLE, 0) or None
    found = mutate_run.survivors(played().report, most, "sample")
    with capsys.disabled():
        print(f"\n  {found.tried} mutants played, {found.survived} survived")
    assert [problem.in_("en") for problem in found.notes.problems({})] == []
    assert found.tried > (SAMPLE * 9 // 10 if most else 5 * SAMPLE)
