"""A window over one of two vaults that join each other; the other vault lies beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.services.session import Session
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.read_aloud import ReadAloud
from tests.gui.shell_driver import Desk, at_desk, prepared, put_away, settle

PATIENCE = 20_000


@contextmanager
def window_at(qtbot: QtBot, qapp: QApplication, session: Session | None) -> Iterator[Desk]:
    """A window in which the person of ``session`` works, or nobody yet."""
    prepared(qapp)
    window = MainWindow("")
    window.resize(1093, 614)
    if session is not None:
        window.enter(session)
    window.show()
    for box in window.findChildren(QComboBox):
        box.view()  # makes its pop-up now, so that no test seems to leave it behind
    kept = QApplication.topLevelWidgets()
    try:
        yield at_desk(qtbot, window)
    finally:
        prepared(qapp)
        put_away(window)
        del kept


def until(desk: Desk, done: Callable[[], bool]) -> None:
    """Wait for what goes on in the background."""
    desk.qtbot.waitUntil(done, timeout=PATIENCE)
    settle()


def tab_to(desk: Desk, widget: QWidget, most: int = 40) -> None:
    """Tab, as often as it takes; a widget that the keyboard does not reach fails."""
    for _ in range(most):
        if desk.at() is widget:
            return
        desk.press(Qt.Key.Key_Tab)
    raise AssertionError(f"{widget} is not reached by Tab")


def over(desk: Desk, words: str) -> None:
    """Type over what stands in the line with the keyboard, and Enter."""
    line = desk.at()
    assert isinstance(line, QLineEdit), line
    line.selectAll()
    if not words.isascii() or "/" in words:  # typed letter by letter it would take a second
        line.setText(words)
    else:
        desk.type(words)
    desk.press(Qt.Key.Key_Return)


def names_of(page: QWidget) -> list[str]:
    """The accessible names of whatever takes the keyboard on a page."""
    return [
        widget.accessibleName()
        for kind in (QLineEdit, QPushButton, QComboBox, ReadAloud)
        for widget in page.findChildren(kind)
        if widget.isVisibleTo(page) and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]
