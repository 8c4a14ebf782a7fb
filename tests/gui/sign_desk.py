"""A window over the small definition of signatures, for one of the ward's people."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.services.session import Session
from mda5_crf.study.model import Study
from mda5_crf.ui import language
from mda5_crf.ui.main_window import MainWindow
from tests.gui.shell_driver import Desk, at_desk, prepared, put_away
from tests.scenario import OpenForm, Ward
from tests.signward import built_signing, definition
from tests.vaults import FOUNDER, enter
from tests.wards import Clock


class SignDesk(Desk):
    """A desk with one enrolled participant, who may be filled through services before a form is opened."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        super().__init__(qtbot, window)
        subjects = self.session.subjects()
        self.ward = Ward(self.session, subjects[0].identity if subjects else "")

    def show(self, form: OpenForm) -> OpenForm:
        assert self.work.open_form(form.entry.key)
        return form

    def idle(self) -> None:
        """Wait until the key is derived and the signature made, or refused."""
        self.qtbot.waitUntil(lambda: not self.work.busy, timeout=20_000)

    def go(self, form: OpenForm, item: str, text: str) -> Desk:
        """Type into an item of the form on screen; nothing is pressed."""
        assert self.page.go_to(form.key(item)), item
        return self.type(text)

    def speak(self, tongue: str) -> None:
        language.set_language("zh" if tongue == "zh" else "en")


Enter = Callable[..., SignDesk]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))


@pytest.fixture
def entered(qtbot: QtBot, qapp: QApplication, folder: Path) -> Iterator[Enter]:
    """``entered("n07")`` logs in as that person; one window at a time."""
    prepared(qapp)
    windows: list[MainWindow] = []

    def make(login: str = FOUNDER, study: Study | None = None) -> SignDesk:
        for old in windows:
            put_away(old)
        windows[:] = [MainWindow(str(folder))]
        windows[0].enter(Session(enter(folder, login), study or definition(), Clock()))
        at_desk(qtbot, windows[0])
        return SignDesk(qtbot, windows[0])

    yield make
    language.set_language("en")
    for window in windows:
        put_away(window)


@pytest.fixture
def desk(entered: Enter) -> SignDesk:
    """An investigator, with one participant."""
    desk = entered()
    desk.ward.enrol()
    return desk


ENTER = Qt.Key.Key_Return
