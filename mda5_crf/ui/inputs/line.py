"""One line of text: the base of number, date, time, code and short text, and of every table cell."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from mda5_crf.ui.ime import Composition
from mda5_crf.ui.inputs.base import Entered, FieldInput, Step, is_passing, step_of
from mda5_crf.ui.theme import em


class LineInput(FieldInput, QLineEdit):
    """A QLineEdit without validator and without maximum length: whatever is typed can be stood by.

    ``ems`` is the width in em, 0 for all there is. ``words`` lets an input method in; numbers, dates and
    codes keep it out, so that a Chinese mode cannot turn ``.`` into ``。``. ``table`` makes Left and Right
    leave the cell when the cursor is at the edge of the text or all of it is selected.
    """

    def __init__(self, parent: QWidget, ems: float, *, words: bool = False, table: bool = False) -> None:
        super().__init__(parent)
        self._ems = ems
        self._table = table
        self.composition = Composition()
        if not words:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)

    def entered(self) -> Entered:
        """The text as it stands."""
        return Entered(self.text())

    def _display(self, saved: Entered) -> None:
        # A composing field is never written to: show_saved asks ``dirty`` first, and this is the second lock.
        if not self.composing and self.text() != saved.text:
            self.setText(saved.text)

    def restore(self) -> None:
        """Put back the committed answer and select it."""
        super().restore()
        self.selectAll()

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
        """Its width in em, in pixels."""
        return round(self._ems * em(self))

    # -- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and arrows move, Esc puts back; while composing every key is the input method's."""
        if self.composing or not self._own_key(event):
            super().keyPressEvent(event)

    def _own_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self.dirty:
            self.restore()
            return True
        if event.matches(QKeySequence.StandardKey.Paste) and not self.locked and self.listener.input_pasted():
            return True
        step = step_of(event)
        if step is None or (step in (Step.LEFT, Step.RIGHT) and not self._at_edge(step)):
            return False
        return self.listener.input_step(step)

    def _at_edge(self, step: Step) -> bool:
        if not self._table:
            return False
        if self.hasSelectedText():
            return len(self.selectedText()) == len(self.text())
        return self.cursorPosition() == (0 if step is Step.LEFT else len(self.text()))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Keep track of the composition."""
        self.composition.follow(event)
        super().inputMethodEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab and Shift+Tab: commit first, so that what the answer opens is the next field."""
        if not self.isVisible():
            return bool(super().focusNextPrevChild(next))  # Qt moves the keyboard off what was just hidden
        if self.listener.input_step(Step.NEXT if next else Step.PREVIOUS):
            return True
        return bool(super().focusNextPrevChild(next))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all when the keyboard brought us here: typing replaces the answer."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and not is_passing(event.reason()):
            self.selectAll()
        self.listener.input_focused()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit, unless the keyboard only went to a menu or to another program."""
        self.finish_composition()
        super().focusOutEvent(event)
        if not is_passing(event.reason()):
            self.deselect()
            self.listener.input_left()
