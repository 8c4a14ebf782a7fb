"""Who only reads, and who monitors: on every page beside the forms nothing is offered that is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from mda5_crf.errors import PermissionDenied
from mda5_crf.services.access import Action
from mda5_crf.services.session import Session
from mda5_crf.ui.allowed import allowed
from mda5_crf.ui.office import PAGES
from mda5_crf.ui.progress import Tasks
from tests.commandline import remembered_keys
from tests.gui.shell_driver import LOGIN, PASSWORD, Desk, copied_desk, make_vault, settle
from tests.scenario import Ward

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
WORDS = "quiet-river-77-lantern"
PRINTING = frozenset({"print_many", "documents"})
"""Shown here; what they press goes to a printer or a folder."""
SLOW = frozenset({"selfcheck"})
"""Shown here; what its button begins takes a minute, and touches scratch vaults alone."""
CHANGING = (Action.ENTER, Action.SIGN, Action.LOCK, Action.REDACT, Action.WRONG_PLACE, Action.RESTORE)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_vault(tmp_path_factory.mktemp("lookers") / "ward.mda5")
    with remembered_keys(), Session.open(folder, LOGIN, PASSWORD) as session:
        for login, role in (("r05", "read_only"), ("m09", "monitor")):
            session.add_person(login, login, role, WORDS, own_password=PASSWORD)
        Ward(session, session.enrol().identity).open("SCR", "VS").enter("SYSBP_VSORRES", "121")
    return folder


@pytest.fixture(params=["r05", "m09"])
def desk(
    qtbot: QtBot, qapp: QApplication, vault: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    with remembered_keys():
        yield from copied_desk(
            qtbot, qapp, vault, tmp_path / "ward.mda5", login=(request.param, WORDS), size=(1366, 728)
        )


def running(desk: Desk) -> bool:
    """Whether anything goes on in the background."""
    return bool(Tasks.of(desk.work).running)


@pytest.mark.requirement("P11-8")
def test_no_page_offers_what_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    denied: list[str] = []
    real = Session.require

    def require(session: Session, action: Action) -> None:
        try:
            real(session, action)
        except PermissionDenied:
            denied.append(f"{where}: {action}")
            raise

    monkeypatch.setattr(Session, "require", require)
    for way in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, way, lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    where = ""
    for action in CHANGING:
        assert not desk.session.may(action)
    pressed = 0
    for command in sorted(set(PAGES) & allowed(desk.work)):
        where = command
        page = desk.work.office.open(command)
        assert page is not None
        settle()
        if command in PRINTING | SLOW:
            continue
        named = [one for one in page.findChildren(QAbstractButton) if one.text()]
        for made in [one for one in named if one.isVisible() and one.isEnabled()]:
            where = f"{command} {made.text()}"
            if isValid(made) and made.isVisible() and made.isEnabled():
                made.click()
                pressed += 1
                settle()
        desk.qtbot.waitUntil(lambda: not desk.work.busy and not running(desk), timeout=20_000)
    assert pressed > 3
    assert denied == []
    assert desk.session.verify().troubles == ()
