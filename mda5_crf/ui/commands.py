"""Menus and shortcuts of the window, made from the table in ``actions``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget
from shiboken6 import isValid

from mda5_crf.ui.actions import MENUS, TABLE, Scope
from mda5_crf.ui.language import say, speak


class Commands(QObject):
    """One QAction for each command that the window or the form page does; ``run`` is called with its name."""

    def __init__(self, window: QMainWindow, run: Callable[[str], None]) -> None:
        super().__init__(window)
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {name: window.menuBar().addMenu("") for name in MENUS}
        for command in TABLE:
            if command.scope is Scope.FIELD:
                continue
            action = QAction(window)
            action.setObjectName(command.name)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(partial(_pressed, run, command.name))
            self.menus[command.menu].addAction(action)
            self.actions[command.name] = action
        self._guard = _Guard(self)
        self.retranslate()

    def allow(self, names: Collection[str]) -> None:
        """Enable exactly these commands."""
        for name, action in self.actions.items():
            action.setEnabled(name in names)

    def retranslate(self) -> None:
        """Speak the window's language."""
        for name, menu in self.menus.items():
            menu.setTitle(say(f"ui.menu_{name}"))
        for command in TABLE:
            if command.name in self.actions:
                self.actions[command.name].setText(speak(command.title).replace("&", "&&"))


def _pressed(run: Callable[[str], None], name: str, _checked: bool = False) -> None:
    run(name)


class _Guard(QObject):
    """Keeps our shortcuts ours: a QLineEdit would take Ctrl+U, Ctrl+Home or Ctrl+Delete for itself.

    Sits on the widget that has the keyboard, and on no other.
    """

    def __init__(self, commands: Commands) -> None:
        super().__init__(commands)
        self._keys = {key[0].toCombined() for a in commands.actions.values() for key in a.shortcuts()}
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
            if event.keyCombination().toCombined() in self._keys:
                event.ignore()
                return True
        return False
