"""The page of copies, the line that warns, and copies made by schedule and at the log-out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.services import backupdue, backups
from mda5_crf.services.session import Session
from mda5_crf.text import Language, message
from mda5_crf.ui.backup_page import BackupPage
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import MainWindow
from tests.gui.backup_desk import done, opened
from tests.gui.shell_driver import (
    LOGIN,
    PASSWORD,
    Desk,
    at_desk,
    copied_desk,
    make_vault,
    prepared,
    put_away,
    settle,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_vault(tmp_path_factory.mktemp("backups") / "ward.mda5")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, vault: Path, tmp_path: Path) -> Iterator[Desk]:
    yield from copied_desk(qtbot, qapp, vault, tmp_path / "ward.mda5")


@pytest.mark.requirement("FDA-2", "E6-11", "CN-7")
def test_backup_check_and_drill_by_keyboard(desk: Desk) -> None:
    page = opened(desk)
    assert desk.at() is page.buttons["make"]
    assert not page.buttons["drill"].isEnabled()
    desk.press(Qt.Key.Key_Return)
    assert "Copy made" in done(desk, page)
    assert page.table.topLevelItemCount() == 1
    page.buttons["check"].click()
    assert "whole" in done(desk, page)
    page.buttons["drill"].click()
    desk.type("wrong-password").press(Qt.Key.Key_Return)
    assert "password" in done(desk, page).lower()
    page.buttons["drill"].click()
    assert isinstance(desk.at(), QLineEdit)
    desk.type(PASSWORD).press(Qt.Key.Key_Return)
    assert "Drill passed" in done(desk, page)
    assert len(read.passages(desk.session.vault.store, "drill")) == 1
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.office.page is None


def test_second_place_is_set_and_refused_inside(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk)
    page.buttons["place"].click()
    desk.type(str(desk.session.vault.folder))
    panel = page.panel
    assert panel is not None
    panel.accept()
    assert "outside" in panel.complaint
    line = panel.line("place")
    assert isinstance(line, QLineEdit)
    line.setText(str(tmp_path))
    panel.accept()
    assert backups.plan_of(desk.session).place == str(tmp_path)
    assert "same disk" in page.result.text()
    page.make()
    done(desk, page)
    assert {copy.where for copy in page.copies} == {backups.HERE, backups.SECOND}


@pytest.mark.requirement("FDA-2")
def test_the_line_at_log_in_and_where_it_leads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.work.backups.isHidden()
    monkeypatch.setattr(backupdue, "warning", lambda _session: message("backup.warn_old", days=12))
    desk.work.backups.refresh()
    assert desk.work.backups.isVisible()
    assert "12 days" in desk.work.backups.words.text()
    set_language("zh")
    settle()
    assert "12 天" in desk.work.backups.words.text()
    desk.work.backups.go.click()
    assert isinstance(desk.work.office.page, BackupPage)


@pytest.mark.requirement("FDA-2")
def test_an_old_copy_and_one_on_the_same_disk_are_told_at_the_log_in(desk: Desk, tmp_path: Path) -> None:
    """A real folder on the disk of the vault, real copies, and a clock that goes on."""
    session = desk.session
    real = session._clock
    (tmp_path / "second").mkdir()
    backups.set_plan(session, backups.Plan(days=7, place=str(tmp_path / "second")))
    made = backups.make(session)
    assert {copy.where for copy in backups.copies(session)} == {backups.HERE, backups.SECOND}
    desk.work.backups.refresh()
    assert desk.work.backups.isHidden(), "the vault is young"
    session._clock = lambda: real() + timedelta(days=9)
    desk.work.backups.refresh()
    assert "same disk" in desk.work.backups.words.text()
    assert "9 days" in desk.work.backups.words.text()
    backups.set_plan(session, backups.Plan(days=7))
    desk.work.backups.refresh()
    assert "no copy of this vault has been put on another disk" in desk.work.backups.words.text()
    # What a copy on another disk leaves in the journal, ten days ago: this PC has only one disk.
    content = {**backups.log(session)[1][2], "act": "made", "name": made.name, "second": "good"}
    session._clock = real
    session.append([Draft("backup", "", content)])
    session._clock = lambda: real() + timedelta(days=6)
    desk.work.backups.refresh()
    assert desk.work.backups.isHidden()
    session._clock = lambda: real() + timedelta(days=10)
    desk.work.backups.refresh()
    assert "10 days old" in desk.work.backups.words.text()
    session._clock = real


def _day_later(desk: Desk) -> None:
    """A day goes by, and the clock of the session with it."""
    real = desk.session._clock
    desk.session._clock = lambda: real() + timedelta(hours=25)


def test_a_copy_is_made_by_schedule_without_holding_up_entry(desk: Desk) -> None:
    watch = desk.work.backups
    watch.look()
    assert not watch.running
    _day_later(desk)
    watch.look()
    assert watch.running
    subject = desk.enrol()
    desk.qtbot.waitUntil(lambda: not watch.running, timeout=20_000)
    (copy,) = backups.copies(desk.session)
    assert copy.reason == backups.AUTO
    assert backups.check(desk.session, copy) == ()
    assert desk.session.data(subject).subjid
    assert desk.session.verify().troubles == ()


@pytest.mark.parametrize("running", [False, True])
def test_at_log_out_a_copy_that_is_due_is_made(desk: Desk, running: bool) -> None:
    folder = desk.session.vault.folder / "backups"
    _day_later(desk)
    if running:
        desk.work.backups.look()
        assert desk.work.backups.running
    desk.window.log_out()
    names = [path.name for path in folder.iterdir()]
    assert len(names) == 1
    assert names[0].startswith("auto_")


def test_moved_or_copied_is_asked_in_the_line_and_answered_on_the_page(
    qtbot: QtBot, qapp: QApplication, vault: Path, tmp_path: Path
) -> None:
    prepared(qapp)
    first = Path(shutil.copytree(vault, tmp_path / "first.mda5"))
    Session.open(first, LOGIN, PASSWORD).close()
    second = Path(shutil.copytree(first, tmp_path / "second.mda5"))
    window = MainWindow(str(second))
    window.enter(Session.open(second, LOGIN, PASSWORD))
    desk = at_desk(qtbot, window)
    assert "moved" in desk.work.backups.words.text()
    page = opened(desk)
    assert page.buttons["moved"].isVisible()
    page.buttons["copied"].click()
    assert page.panel is not None
    page.panel.close_strip()
    page.buttons["moved"].click()
    settle()
    assert not page.buttons["moved"].isVisible()
    put_away(window)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_has_a_name_and_fits(
    desk: Desk, language: Language, measured: Callable[[BackupPage], list[str]]
) -> None:
    set_language(language)
    page = opened(desk)
    page.make()
    done(desk, page)
    page.guide()
    settle()
    assert measured(page) == []
    for widget in (page.table, page.facts, page.result, *page.buttons.values()):
        assert widget.accessibleName()


@pytest.fixture
def measured() -> Callable[[BackupPage], list[str]]:
    def look(page: BackupPage) -> list[str]:
        return [
            made.text()
            for made in page.buttons.values()
            if made.isVisible() and made.fontMetrics().horizontalAdvance(made.text()) > made.width() - 4
        ]

    return look
