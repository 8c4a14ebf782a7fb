"""The window's shortcuts in inputs that would take them for themselves."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class OwnKeys(QObject):
    """Keeps our shortcuts ours: a QLineEdit would take Ctrl+U, Ctrl+Home or Ctrl+Delete for itself.

    Sits on the widget that has the keyboard, and on no other.
    """

    def __init__(self, parent: QObject, actions: Iterable[QAction]) -> None:
        super().__init__(parent)
        self._keys = {key[0].toCombined() for a in actions for key in a.shortcuts()}  # type: ignore[index]  # the stubs lack it
        self._at: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._at is not None and isValid(self._at):
            self._at.removeEventFilter(self)
        self._at = new
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say for each of our keys that the widget does not want it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ours = event.keyCombination().toCombined() in self._keys
            if ours:
                event.ignore()
            return ours
        return False
