"""Scenes of answers, logs, courses and the lock: what the scenes before would be in the way of."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QMenu, QWidget

from mda5_crf.ui.side_panel import DEVIATIONS, QUERIES
from tools.stage import Scenes, Stage

SCENES = Scenes()
scene = SCENES.named


@scene("state-query-answered")
def _answered(stage: Stage) -> None:
    stage.open("IMACS", "BL")
    stage.go("PHGA")
    stage.work.open_side(QUERIES)


@scene("deviations")
def _deviations(stage: Stage) -> None:
    stage.open("VS", "W4")
    stage.run("deviations")
    stage.work.open_side(DEVIATIONS)


@scene("log-strike")
def _strike(stage: Stage) -> None:
    stage.open("EX")
    stage.run("strike_row")


@scene("log-new-row")
def _row(stage: Stage) -> None:
    stage.press("Esc")
    stage.open("CM")
    stage.run("add_row")


@scene("course")
def _course(stage: Stage) -> None:
    for other in QApplication.topLevelWidgets():
        if isinstance(other, QMenu):
            other.close()
    stage.press("Esc")
    stage.open("LBC", "W24")
    stage.page.moves.edge(last=False)
    field = next(f for f in stage.page.fields.values() if f.item.name.startswith("CK_LBORRES"))
    stage.page.go_to(field.key)
    stage.run("course")


@scene("work-list")
def _work_list(stage: Stage) -> None:
    stage.work.panes.show_side(False)
    stage.run("work_list")


@scene("rest-offer")
def _rest(stage: Stage) -> None:
    stage.fresh("CDASI", "BL")


@scene("guides")
def _guides(stage: Stage) -> QWidget | None:
    stage.run("guides")
    page = stage.window.helping.page
    assert page is not None
    page.search.setText("F8")
    return page


@scene("lock")
def _lock(stage: Stage) -> None:
    stage.run("lock")
