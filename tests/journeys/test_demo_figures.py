"""The demonstration's tables beside the trial's publication and an independent library."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mda5_crf.services.figurecases import Case, cases
from mda5_crf.services.figuremodel import Figures
from mda5_crf.services.figureplan import plan_of
from mda5_crf.services.figuresurvival import followed
from mda5_crf.services.session import Session
from mda5_crf.services.studyfigures import study_figures
from tests.journeys.test_demo import demo, opened

__all__ = ["demo", "opened"]

stats = pytest.importorskip("scipy.stats")


@pytest.fixture(scope="module")
def everybody(opened: Session) -> list[Case]:
    return list(cases(opened, plan_of(opened.study)))


@pytest.fixture(scope="module")
def figures(opened: Session) -> Figures:
    return study_figures(opened)


def test_responders_and_quartiles_are_those_of_the_publication(figures: Figures) -> None:
    found = figures.section("response")
    responders, observed = found.facts["responders"], found.facts["observed"]
    assert (responders["count"], responders["of"]) == (10, 15)
    assert (observed["count"], observed["of"]) == (10, 14)
    theirs = stats.binomtest(10, 14).proportion_ci(0.95, "exact")
    assert float(observed["low"]) == pytest.approx(theirs.low)
    assert float(observed["high"]) == pytest.approx(theirs.high)
    assert any("43.750 (41.875–59.375)" in note.en for grid in found.grids for note in grid.notes)


def test_survival_and_tests_equal_the_library(figures: Figures, everybody: list[Case]) -> None:
    found = figures
    counted = followed(everybody).cases
    data = stats.CensoredData(
        uncensored=[float(day) for day, died in counted if died],
        right=[float(day) for day, died in counted if not died],
    )
    curve = stats.ecdf(data).sf
    for step in found.section("survival").facts["steps"]:
        assert float(step["survival"]) == pytest.approx(float(curve.evaluate(step["day"])))
    assert found.section("survival").facts["deaths"] == 2
    for name in ("FVCPP", "DLCOPP", "FERRITIN", "CD8"):
        pairs = [(case.number(name), case.number(name, "W24")) for case in everybody]
        both = [(a, b) for a, b in pairs if isinstance(a, Decimal) and isinstance(b, Decimal)]
        facts = found.section("secondary").facts[name]["W24"]
        assert facts["pairs"] == len(both) == 14
        test = stats.ttest_rel([float(b) for _, b in both], [float(a) for a, _ in both])
        assert facts["p_paired_t"] == pytest.approx(float(test.pvalue))


def test_every_picture_and_table_is_whole(figures: Figures) -> None:
    assert sum(section.name.startswith("course-") for section in figures.sections) == 15
    for section in figures.sections:
        for grid in section.grids:
            assert all(len(row) == len(grid.columns) for row in grid.rows), grid.name
            assert not grid.shares or sum(grid.shares) == pytest.approx(1), grid.name
        for picture in section.pictures:
            spots = [spot for stroke in picture.strokes for spot in stroke.points]
            spots += [(mark.x, mark.y) for mark in picture.marks]
            assert all(-1e-9 <= x <= 1 + 1e-9 and -1e-9 <= y <= 1 + 1e-9 for x, y in spots), picture.name
