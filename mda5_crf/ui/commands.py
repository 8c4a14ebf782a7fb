"""Menus and shortcuts of the window, made from the table in ``actions``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QMenu

from mda5_crf.text import Text
from mda5_crf.ui.actions import MENUS, TABLE, Scope
from mda5_crf.ui.language import say, speak

if TYPE_CHECKING:
    from mda5_crf.ui.own_keys import OwnKeys


class Commands(QObject):
    """One QAction for each command that the window or the form page does; ``run`` is called with its name."""

    def __init__(self, window: QMainWindow, run: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._run = run
        self._reasons: dict[str, Text] = {}
        self._refusing: dict[str, QShortcut] = {}
        self.actions: dict[str, QAction] = {}
        self._bar = window.menuBar()
        self.menus: dict[str, QMenu] = {name: self._bar.addMenu("") for name in MENUS}
        for command in TABLE:
            if command.scope is Scope.FIELD:
                continue
            action = QAction(window)
            action.setObjectName(command.name)
            action.setCheckable(command.checkable)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(partial(_pressed, run, command.name))
            self.menus[command.menu].addAction(action)
            self.actions[command.name] = action
        self._guard: OwnKeys | None = None
        self.retranslate()

    def guard(self) -> None:
        """Keep our keys ours in every input, from now on."""
        from mda5_crf.ui.own_keys import OwnKeys

        if self._guard is None:
            self._guard = OwnKeys(self, self.actions.values())

    def allow(self, names: Collection[str]) -> None:
        """Enable exactly these commands."""
        for name, action in self.actions.items():
            action.setEnabled(name in names)

    def show(self, name: str, shown: bool) -> None:
        """Whether a command stands in its menu at all."""
        self.actions[name].setVisible(shown)

    def explain(self, name: str, why: Text | None, *, possible: bool) -> None:
        """Whether a command can be given now. ``why`` not is said in the menu.

        Its key calls ``run`` all the same, which says it again, or finds that nothing is in the way any more.
        """
        self.actions[name].setEnabled(possible)
        if why is None or possible:
            self._reasons.pop(name, None)
        else:
            self._reasons[name] = why
        if name in self._reasons and name not in self._refusing:
            # The key of a disabled command is nobody's; then it is this one's.
            key = QShortcut(self.actions[name].shortcut(), self._window)
            key.activated.connect(partial(self._run, name))
            self._refusing[name] = key
            for menu in self.menus.values():
                if self.actions[name] in menu.actions():
                    menu.setToolTipsVisible(True)
        if name in self._refusing:
            self._refusing[name].setEnabled(name in self._reasons)
        self._say_why(name)

    def _say_why(self, name: str) -> None:
        why = self._reasons.get(name)
        words = speak(why) if why is not None else ""
        self.actions[name].setToolTip(words)
        self.actions[name].setStatusTip(words)

    def retranslate(self) -> None:
        """Speak the window's language."""
        for name, menu in self.menus.items():
            menu.setTitle(say(f"ui.menu_{name}"))
        for command in TABLE:
            if command.name in self.actions:
                self.actions[command.name].setText(speak(command.title).replace("&", "&&"))
        for name in self._reasons:
            self._say_why(name)


def _pressed(run: Callable[[str], None], name: str, _checked: bool = False) -> None:
    run(name)
