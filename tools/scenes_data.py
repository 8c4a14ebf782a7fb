"""Scenes of what the data show, of patterns and of the check of the installation (``tools/scenes.py``)."""

from __future__ import annotations

from mda5_crf.jobs import selfcheck
from mda5_crf.ui.figures_page import FiguresPage
from mda5_crf.ui.listing_page import ListingPage
from mda5_crf.ui.patterns_page import PatternsPage
from mda5_crf.ui.selfcheck_page import SelfcheckPage
from tools.stage import Scenes, Stage

SCENES = Scenes()
scene = SCENES.named
_QUICK = ("version", "disk", "printer")


@scene("page-figures")
def _figures(stage: Stage) -> None:
    stage.enter()
    stage.run("figures")
    page = _page(stage)
    stage.wait(lambda: page.figures is not None)


@scene("page-figures-response")
def _response(stage: Stage) -> None:
    _page(stage).choose("response")


@scene("page-figures-safety")
def _safety(stage: Stage) -> None:
    _page(stage).choose("safety")


@scene("page-figures-course")
def _course(stage: Stage) -> None:
    page = _page(stage)
    page.show_course(page.who.itemText(0))


@scene("page-figures-save")
def _save(stage: Stage) -> None:
    _page(stage).ask_print()


@scene("page-listing")
def _listing(stage: Stage) -> None:
    stage.run("listing")
    page = _list(stage)
    page.where.setText("AETERM~a")
    page.look()
    stage.wait(lambda: page.whole is not None)


@scene("page-listing-columns")
def _columns(stage: Stage) -> None:
    stage.click("pick")


@scene("page-listing-save")
def _sheet(stage: Stage) -> None:
    """Asks for a file, while a filter that names nothing is refused."""
    page = _list(stage)
    page.ask_sheet()
    page.where.setText("NOTHING=1")
    page.look()


@scene("page-patterns")
def _patterns(stage: Stage) -> None:
    stage.run("patterns")
    page = stage.work.office.page
    assert isinstance(page, PatternsPage)
    stage.wait(lambda: page.seen is not None)


@scene("page-patterns-save")
def _patterns_save(stage: Stage) -> None:
    stage.click("save")


@scene("page-selfcheck")
def _selfcheck(stage: Stage) -> None:
    """Three of the checks: all of them take half a minute."""
    stage.run("selfcheck")
    page = stage.work.office.page
    assert isinstance(page, SelfcheckPage)
    page.show_evidence(selfcheck.run(stage.session, only=_QUICK, printers=[]))


@scene("page-selfcheck-save")
def _evidence(stage: Stage) -> None:
    stage.click("save")


def _page(stage: Stage) -> FiguresPage:
    page = stage.work.office.page
    assert isinstance(page, FiguresPage)
    return page


def _list(stage: Stage) -> ListingPage:
    page = stage.work.office.page
    assert isinstance(page, ListingPage)
    return page
