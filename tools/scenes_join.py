"""Scenes of PCs that join, are approved and revoked (``tools/scenes.py``)."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.ui.act_panel import ActPanel
from mda5_crf.ui.devices_page import DevicesPage
from mda5_crf.ui.join_page import JoinPage
from mda5_crf.ui.joining_page import JoiningPage
from tools import joining_kit
from tools.stage import Scenes, Stage

SCENES = Scenes()
scene = SCENES.named
_WRONG = "acid acne acquire adapt"


# ------------------------------------------------------------------ a new PC of a ward


@scene("start-page")
def _start_page(stage: Stage) -> None:
    stage.window.log_out()
    stage.window.doors.show_start()


@scene("join")
def _join(stage: Stage) -> None:
    stage.window.doors.show_join()


@scene("join-refused")
def _join_refused(stage: Stage) -> None:
    """A file that is no invitation."""
    _join_page(stage).offer(stage.vault / "keys.json")
    stage.wait(lambda: stage.window.banner.text is not None)


@scene("join-invited")
def _join_invited(stage: Stage) -> None:
    stage.window.banner.clear()
    page = _join_page(stage)
    page.offer(joining_kit.invitation(stage.vault.parent))
    stage.wait(lambda: not page.looking)
    page.suggest()


@scene("page-joining")
def _joining(stage: Stage) -> None:
    """It waits for its centre."""
    stage.window.enter(joining_kit.ward(stage.vault.parent))
    stage.run("joining")
    page = _joining_page(stage)
    stage.wait(lambda: not page.reading)
    stage.work.joins.refresh()


@scene("page-joining-words-differ")
def _joining_differ(stage: Stage) -> None:
    page = _joining_page(stage)
    page.heard.setText(_WRONG)
    page.own.setText(PASSWORD)
    page.confirm()
    stage.wait(page.confirm_button.isEnabled)


@scene("matrix-waits-for-centre")
def _matrix_waits(stage: Stage) -> None:
    stage.work.office.close()


# ------------------------------------------------------------------ the centre


@scene("page-pcs-centre")
def _pcs_centre(stage: Stage) -> None:
    stage.window.log_out()
    stage.window.enter(joining_kit.centre(stage.vault.parent))
    stage.run("devices")


@scene("page-pcs-invite")
def _pcs_invite(stage: Stage) -> None:
    _pcs(stage).start("invite")


@scene("page-pcs-request")
def _pcs_request(stage: Stage) -> None:
    _pcs(stage).start("request")


@scene("page-pcs-approve")
def _pcs_approve(stage: Stage) -> None:
    _pcs(stage).take(joining_kit.request(stage.vault.parent))


@scene("page-pcs-words-differ")
def _pcs_differ(stage: Stage) -> None:
    _type(stage, heard=_WRONG)
    stage.wait(lambda: _panel(stage).isEnabled())


@scene("page-pcs-read-aloud")
def _pcs_aloud(stage: Stage) -> None:
    page = _pcs(stage)
    _type(stage, heard=joining_kit.words_of_ward(stage.vault.parent))
    stage.wait(lambda: page.strip is not None)


@scene("page-pcs-revoke")
def _pcs_revoke(stage: Stage) -> None:
    page = _pcs(stage)
    page.leave()
    page.choose("Ward 3 east")
    page.start("revoke")


@scene("page-pcs-revoked")
def _pcs_revoked(stage: Stage) -> None:
    page = _pcs(stage)
    _type(stage, reason="Left on a train")
    stage.wait(lambda: page.panel is None)
    page.choose("Ward 3 east")


# ------------------------------------------------------------------ a ward that has joined


@scene("page-pcs-ward")
def _pcs_ward(stage: Stage) -> None:
    stage.window.log_out()
    stage.enter()
    stage.run("devices")


@scene("page-pcs-end")
def _pcs_end(stage: Stage) -> None:
    page = _pcs(stage)
    page.choose("Coordinating centre")
    page.start("end")


@scene("page-pcs-card")
def _pcs_card(stage: Stage) -> None:
    page = _pcs(stage)
    page.start("card")
    _type(stage, file=str(stage.vault.parent / "own.mda5card"))
    stage.wait(lambda: page.strip is not None)


@scene("page-pcs-add")
def _pcs_add(stage: Stage) -> None:
    _pcs(stage).take(joining_kit.card(stage.vault.parent))


# ------------------------------------------------------------------ what is on stage


def _join_page(stage: Stage) -> JoinPage:
    page = stage.window.pages.findChild(JoinPage)
    assert isinstance(page, JoinPage)
    return page


def _joining_page(stage: Stage) -> JoiningPage:
    page = stage.work.office.page
    assert isinstance(page, JoiningPage)
    return page


def _pcs(stage: Stage) -> DevicesPage:
    page = stage.work.office.page
    assert isinstance(page, DevicesPage)
    return page


def _panel(stage: Stage) -> ActPanel:
    panel = _pcs(stage).panel
    assert panel is not None
    return panel


def _type(stage: Stage, **typed: str) -> None:
    """Fill the panel, with both passwords, and do it."""
    panel = _panel(stage)
    for field, words in {**typed, "own": PASSWORD}.items():
        if field in panel.typed():
            line = panel.line(field)
            assert isinstance(line, QLineEdit)
            line.setText(words)
    if panel.second_person is not None:
        panel.second_person.login.setText(joining_kit.SECOND)
        panel.second_person.password.setText(PASSWORD)
    panel.accept()
    stage.settle()
