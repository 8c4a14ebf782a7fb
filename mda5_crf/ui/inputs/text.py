"""Words. Short ones on one line, long ones in a box where Enter is a new line and Tab moves on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mda5_crf.ui.ime import Composition
from mda5_crf.ui.inputs.base import Entered, FieldInput, Step, is_passing
from mda5_crf.ui.inputs.line import LineInput

LONG = 200
"""Texts of more code points than this, or of no limit, get the box."""


class TextInput(LineInput):
    """Words on one line; input methods welcome."""

    def __init__(self, parent: QWidget, ems: float, *, table: bool = False) -> None:
        super().__init__(parent, ems, words=True, table=table)


class LongTextInput(FieldInput, QPlainTextEdit):
    """A box of three lines. Plain text, no maximum: the length is judged at commit, in code points."""

    LINES = 3

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.composition = Composition()
        self.setTabChangesFocus(True)

    def entered(self) -> Entered:
        """The text as it stands."""
        return Entered(self.toPlainText())

    def _display(self, saved: Entered) -> None:
        if not self.composing and self.toPlainText() != saved.text:
            self.setPlainText(saved.text)

    @property
    def composing(self) -> bool:
        """Whether an input method is composing in here."""
        return self.composition.active

    def finish_composition(self) -> None:
        """End what an input method composes; its characters become text."""
        self.composition.finish(self)

    def set_locked(self, locked: bool) -> None:
        """Make read-only, or not."""
        super().set_locked(locked)
        self.setReadOnly(locked)

    def wanted_width(self) -> int:
        """All there is."""
        return 0

    def height_for(self, width: int) -> int:
        """Three lines and the frame."""
        return self.fontMetrics().lineSpacing() * self.LINES + 2 * self.frameWidth() + 8

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter goes back, Esc puts back; Enter is a new line."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.composing and enter:
            return  # Enter ends the composition; it is no new line
        if not self.composing:
            if event.key() == Qt.Key.Key_Escape and self.dirty:
                self.restore()
                return
            if enter and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
                self.listener.input_step(Step.PREVIOUS)
                return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Keep track of the composition."""
        self.composition.follow(event)
        super().inputMethodEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab and Shift+Tab: commit first."""
        if not self.isVisible():
            return bool(super().focusNextPrevChild(next))  # Qt moves the keyboard off what was just hidden
        if self.listener.input_step(Step.NEXT if next else Step.PREVIOUS):
            return True
        return bool(super().focusNextPrevChild(next))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the field."""
        super().focusInEvent(event)
        self.listener.input_focused()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit, unless the keyboard only went to a menu or to another program."""
        self.finish_composition()
        super().focusOutEvent(event)
        if not is_passing(event.reason()):
            self.listener.input_left()
