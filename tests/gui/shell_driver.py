"""The window in the hands of a user: keys into whatever has the keyboard, and what can be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session, create
from mda5_crf.ui import language
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.work_pages import WorkArea
from tests.looks import dress
from tests.once import built_once, one_salt_each

LOGIN, PASSWORD = "wang", "lantern-orchard-pebble-quiet-maple-river"
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
PLAIN = Qt.KeyboardModifier.NoModifier


def make_vault(folder: Path) -> Path:
    """A vault of site 01 with one investigator and no participants: a copy of the one of this run."""
    with one_salt_each():
        return Path(shutil.copytree(built_once("window.mda5", _make_vault), folder))


def _make_vault(folder: Path) -> None:
    create(
        folder,
        site="01",
        name="Ward 3",
        login=LOGIN,
        person="Dr Wang",
        role="investigator",
        password=PASSWORD,
    ).close()


def settle() -> None:
    """Let the window do what it has put off."""
    for _ in range(3):
        QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Desk:
    """See the module text."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window

    @property
    def work(self) -> WorkArea:
        assert self.window.work is not None
        return self.window.work

    @property
    def session(self) -> Session:
        return self.work.session

    @property
    def page(self) -> FormPage:
        assert self.work.page is not None
        return self.work.page

    def at(self) -> QWidget:
        """What has the keyboard."""
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def type(self, text: str) -> Desk:
        QTest.keyClicks(self.at(), text)
        return self

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, times: int = 1) -> Desk:
        for _ in range(times):
            QTest.keyClick(self.at(), key, modifiers)
        settle()
        return self

    def log_in(self, password: str = PASSWORD) -> None:
        """Type log-in and password and press Enter; waits for the answer."""
        self.window.login.user.setText(LOGIN)
        self.window.login.password.setFocus()
        self.type(password).press(Qt.Key.Key_Return)
        self.qtbot.waitUntil(self.answered, timeout=20_000)
        settle()

    def answered(self) -> bool:
        return self.window.work is not None or self.window.banner.text is not None

    def enrol(self, number: str = "") -> str:
        """Ctrl+N, Enter; returns the participant's identity."""
        before = {s.identity for s in self.session.subjects()}
        self.press(Qt.Key.Key_N, CTRL)
        if number:
            self.type(number)
        self.press(Qt.Key.Key_Return)
        (new,) = [s.identity for s in self.session.subjects() if s.identity not in before]
        return new

    def key(self, subject: str, event: str, form: str, item: str = "") -> ItemKey:
        found = self.session.study.forms[form].items.get(item)
        return ItemKey(subject, event, "", form, "", found.group if found else "", "", item)

    def open(self, subject: str, event: str, form: str) -> FormPage:
        assert self.work.open_form(self.key(subject, event, form))
        settle()
        return self.page

    def vitals(self, subject: str, event: str = "SCR") -> FormPage:
        """The form of vital signs with its first question answered yes, which opens the others."""
        page = self.open(subject, event, "VS")
        self.enter("VSPERF", "1")
        return page

    def enter(self, item: str, text: str) -> Desk:
        """Go to an item of the form on screen, type and press Enter."""
        key = self.page.entry.key
        assert self.page.go_to(self.key(key.subject, key.event, key.form, item)), item
        return self.type(text).press(Qt.Key.Key_Return)

    def stored(self, item: str) -> str:
        """What the journal holds for an item of the form on screen."""
        key = self.page.entry.key
        entry = self.session.data(key.subject).get(self.key(key.subject, key.event, key.form, item))
        return entry.text if entry is not None else ""


def prepared(qapp: QApplication) -> None:
    """English, normal size, our look."""
    dress(qapp)
    language.set_language("en")


def at_desk(qtbot: QtBot, window: MainWindow) -> Desk:
    """Show ``window`` and give it the keyboard."""
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    settle()
    return Desk(qtbot, window)


def put_away(window: MainWindow) -> None:
    """Close for good."""
    window.close()
    window.close()
    window.deleteLater()
    settle()


def copied_desk(
    qtbot: QtBot,
    qapp: QApplication,
    vault: Path,
    folder: Path,
    *,
    login: tuple[str, str] = (LOGIN, PASSWORD),
    size: tuple[int, int] = (1093, 614),
) -> Iterator[Desk]:
    """A logged-in window for one test, on a copy of ``vault`` in ``folder``."""
    prepared(qapp)
    shutil.copytree(vault, folder)
    window = MainWindow(str(folder))
    window.enter(Session.open(folder, *login))
    window.resize(*size)
    yield at_desk(qtbot, window)
    prepared(qapp)
    put_away(window)


def one_desk(qapp: QApplication, vault: Path, pages: Iterable[str] = ()) -> Iterator[Callable[[QtBot], Desk]]:
    """A logged-in window for all tests of a module: a log-in costs half a second.

    ``pages``: commands of pages beside the forms that are opened once, so that what they make is there before
    the first test.
    """
    prepared(qapp)
    window = MainWindow(str(vault))
    window.enter(Session.open(vault, LOGIN, PASSWORD))
    window.show()
    settle()
    assert window.work is not None
    for command in pages:
        window.work.office.open(command)
    for box in window.findChildren(QComboBox):
        box.view()  # makes its pop-up now, so that no test seems to leave it behind
    kept = QApplication.topLevelWidgets()  # held, so that they are the same objects for every test
    yield lambda qtbot: at_desk(qtbot, window)
    put_away(window)
    del kept
