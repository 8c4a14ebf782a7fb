"""The buttons of a choice: radio buttons or tick boxes that hand their keys to the group."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QRadioButton, QWidget

from mda5_crf.ui.inputs.base import is_passing

TARGET = 24
"""The least height and width of something to click, in pixels."""


class OptionGroup(Protocol):
    """What a button asks of the input it belongs to."""

    def option_key(self, event: QKeyEvent, place: int) -> bool:
        """A key on the button at ``place``; True when used."""

    def option_clicked(self, place: int) -> None:
        """A click or Space on the button at ``place``."""

    def option_focused(self) -> None:
        """One of the buttons has the keyboard."""

    def option_left(self) -> None:
        """None of the buttons has it any more."""

    def option_tab(self, forward: bool) -> bool:
        """Tab; True when it was dealt with."""

    def option_menu(self, event: QContextMenuEvent) -> None:
        """Right click."""

    def options(self) -> tuple[QAbstractButton, ...]:
        """All buttons of the group."""


class RadioOption(QRadioButton):
    """One answer of several. A second click does not clear it (a double click would); Delete does."""

    def __init__(self, group: OptionGroup, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._group = group
        self._place = place

    def setChecked(self, on: bool) -> None:
        """Choose it, or not. Qt refuses to clear one of several that exclude each other; screen readers call
        only those radio buttons.
        """
        self.setAutoExclusive(False)
        super().setChecked(on)
        self.setAutoExclusive(True)

    def nextCheckState(self) -> None:
        """A click asks the group."""
        self._group.option_clicked(self._place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are the group's."""
        if not self._group.option_key(event, self._place):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the group."""
        super().focusInEvent(event)
        self._group.option_focused()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the group when the keyboard left all of it."""
        super().focusOutEvent(event)
        if not is_passing(event.reason()) and QApplication.focusWidget() not in self._group.options():
            self._group.option_left()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab leaves the group as a whole."""
        # Qt also calls this to move the keyboard off what was just hidden: no step of anybody.
        return (self.isVisible() and self._group.option_tab(next)) or bool(super().focusNextPrevChild(next))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to clear the answer."""
        self._group.option_menu(event)

    def sizeHint(self) -> QSize:
        """At least a comfortable target."""
        return super().sizeHint().expandedTo(QSize(TARGET, TARGET))


class TickOption(QCheckBox):
    """One tick box."""

    def __init__(self, group: OptionGroup, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._group = group
        self._place = place

    def nextCheckState(self) -> None:
        """A click asks the group."""
        self._group.option_clicked(self._place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are the group's."""
        if not self._group.option_key(event, self._place):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the group."""
        super().focusInEvent(event)
        self._group.option_focused()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the group when the keyboard left all of it."""
        super().focusOutEvent(event)
        if not is_passing(event.reason()) and QApplication.focusWidget() not in self._group.options():
            self._group.option_left()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab leaves the group as a whole."""
        # Qt also calls this to move the keyboard off what was just hidden: no step of anybody.
        return (self.isVisible() and self._group.option_tab(next)) or bool(super().focusNextPrevChild(next))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to clear the answer."""
        self._group.option_menu(event)

    def sizeHint(self) -> QSize:
        """At least a comfortable target."""
        return super().sizeHint().expandedTo(QSize(TARGET, TARGET))
