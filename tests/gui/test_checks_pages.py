"""The pages of the installation's check and of the patterns, by keyboard, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.errors import Cancelled
from mda5_crf.jobs import selfcheck
from mda5_crf.jobs.checkmodel import believed, read_file
from mda5_crf.jobs.checkpc import Pc
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.patterns_page import PatternsPage
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.selfcheck_page import SelfcheckPage
from mda5_crf.ui.trace_base import TracePage
from tests.gui.shell_driver import Desk, at_desk, settle
from tests.gui.shell_driver import put_away as close_window
from tests.scenario import Ward
from tests.wards import trial, ward, ward_folder

__all__ = ["ward", "ward_folder"]
PAGES: list[TracePage] = []


@pytest.fixture(autouse=True)
def put_away(qtbot: QtBot, ward: Ward) -> Iterator[None]:
    """Pages end before the session does."""
    set_language("en")
    yield
    for page in PAGES:
        page.stop()
    PAGES.clear()
    set_language("en")


def shown(qtbot: QtBot, page: TracePage) -> None:
    qtbot.addWidget(page)
    PAGES.append(page)
    page.resize(900, 640)
    page.show()
    page.refresh()
    page.take_focus()


def press(qtbot: QtBot, page: TracePage, key: Qt.Key = Qt.Key.Key_Space) -> None:
    focused = page.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def test_checked_and_saved(qtbot: QtBot, ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = selfcheck.run

    def quick(session: object, progress: object, **_: object) -> object:
        pc = Pc(trial(), tmp_path, printers=list)
        return real(ward.session, progress, pc=pc, only=("version", "disk", "printer"))  # type: ignore[arg-type]

    monkeypatch.setattr(selfcheck, "run", quick)
    page = SelfcheckPage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page)
    assert page.focusWidget() is page.start
    assert not page.save.isEnabled()
    press(qtbot, page)
    qtbot.waitUntil(lambda: page.evidence is not None)
    assert page.checks.topLevelItemCount() == 3
    assert "passed" in page.notice.text()
    set_language("zh")
    page.retranslate()
    assert "通过" in page.notice.text()
    page.save.setFocus()
    press(qtbot, page)
    assert page.panel is not None
    line = page.panel.findChild(QLineEdit)
    assert line is not None
    line.setText(str(tmp_path / "e.pdf"))
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil((tmp_path / "e.json").exists)
    assert believed(read_file((tmp_path / "e.json").read_bytes()), ward.session)[0]


def test_cancelled_it_says_so_and_can_begin_again(
    qtbot: QtBot, ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(_session: object, progress: object, **_: object) -> object:
        while True:
            progress(1, 13)  # type: ignore[operator]

    monkeypatch.setattr(selfcheck, "run", waits)
    page = SelfcheckPage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page)
    press(qtbot, page)
    told: list[object] = []
    page.told.connect(told.append)
    (task,) = Tasks.of(page).running
    task.cancel()
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], Cancelled)
    assert page.start.isEnabled()
    assert page.evidence is None


def test_patterns_are_looked_for_read_and_saved(qtbot: QtBot, ward: Ward, tmp_path: Path) -> None:
    ward.open("SCR", "VS").enter("SYSBP_VSORRES", "123")
    page = PatternsPage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page)
    qtbot.waitUntil(lambda: page.seen is not None)
    line = page.cases.topLevelItem(0)
    assert line is not None
    assert line.text(1) == ward.session.subjects()[0].subjid
    assert "never a proof" in page.notice.text()
    set_language("zh")
    page.retranslate()
    assert "绝不是证据" in page.notice.text()
    wanted: list[object] = []
    page.place_wanted.connect(wanted.append)
    page.open.click()
    assert wanted
    page.save.click()
    assert page.panel is not None
    file = page.panel.findChild(QLineEdit)
    assert file is not None
    file.setText(str(tmp_path / "p.pdf"))
    QTest.keyClick(file, Qt.Key.Key_Return)
    qtbot.waitUntil((tmp_path / "p.pdf").exists)


def test_the_installation_is_checked_from_the_start_page_without_a_vault(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = selfcheck.run, []

    def quick(session: object, progress: object, **_: object) -> object:
        asked.append(session)
        pc = Pc(trial(), tmp_path, printers=list)
        return real(None, progress, pc=pc, only=("version", "disk"))  # type: ignore[arg-type]

    monkeypatch.setattr(selfcheck, "run", quick)
    window = MainWindow("")
    desk = at_desk(qtbot, window)
    try:
        checked_before_the_log_in(desk, tmp_path)
        assert asked == [None]
    finally:
        close_window(window)


def checked_before_the_log_in(desk: Desk, tmp_path: Path) -> None:
    window = desk.window
    start = window.doors.start
    assert start is not None
    start.check_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    page = window.findChild(SelfcheckPage)
    assert page is not None and page.isVisible()
    assert desk.at() is page.start
    desk.press(Qt.Key.Key_Space)
    desk.qtbot.waitUntil(lambda: page.evidence is not None)
    assert page.checks.topLevelItemCount() == 2
    assert window.banner.text is not None
    page.save.setFocus()
    desk.press(Qt.Key.Key_Space)
    assert page.panel is not None
    line = page.panel.findChild(QLineEdit)
    assert line is not None
    line.setText(str(tmp_path / "before.pdf"))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil((tmp_path / "before.json").exists)
    good, words = believed(read_file((tmp_path / "before.json").read_bytes()), None)
    assert not good or "sign" in words.en
    desk.press(Qt.Key.Key_Escape)
    settle()
    assert window.pages.currentWidget() is start
    assert window.findChild(SelfcheckPage) is None
