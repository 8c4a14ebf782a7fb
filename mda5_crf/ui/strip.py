"""A line or two above the action bar that asks for one thing: no window of its own, Esc puts it away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text
from mda5_crf.ui.language import speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import ACCENT, BAR, Tone, em, ink


class Strip(Spoken, QWidget):
    """Subclasses put widgets into ``row`` (and ``box`` below it) and give ``take_focus``."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._titles: list[tuple[QLabel | QPushButton, Text]] = []
        self._error: Text | None = None
        self._complaint = MessageLabel(self)
        self._complaint.hide()
        self.box = QVBoxLayout(self)
        self.row = QHBoxLayout()
        self.box.addLayout(self.row)
        self.box.addWidget(self._complaint)

    def label(self, text: Text, buddy: QWidget | None = None) -> QLabel:
        """Words in the row; ``buddy`` is named by them."""
        made = QLabel(self)
        made.setTextFormat(Qt.TextFormat.PlainText)
        if buddy is not None:
            made.setBuddy(buddy)
        self._titles.append((made, text))
        self.row.addWidget(made)
        return made

    def press(self, text: Text) -> QPushButton:
        """A button in the row."""
        made = button(self)
        self._titles.append((made, text))
        self.row.addWidget(made)
        return made

    def complain(self, problem: CrfError | Text) -> None:
        """Say under the row why it was not done; everything stays as it stands."""
        self._error = problem.text if isinstance(problem, CrfError) else problem
        self._complaint.setVisible(True)
        self.retranslate()

    @property
    def complaint(self) -> str:
        """What is said under the row, "" for nothing."""
        return speak(self._error) if self._error is not None else ""

    def take_focus(self) -> None:
        """Give the keyboard to what is asked for."""

    def close_strip(self) -> None:
        """Put it away."""
        self.closed.emit()

    def retranslate(self) -> None:
        """Speak the window's language."""
        for widget, text in self._titles:
            widget.setText(speak(text))
            if isinstance(widget, QPushButton):
                name(widget, speak(text).rstrip(" …"))
            elif widget.buddy() is not None:
                name(widget.buddy(), speak(text))
        if self._error is not None:
            self._complaint.say(speak(self._error), Tone.ERROR)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit // 2, unit // 2, unit // 2)
        self.box.setSpacing(unit // 3)
        self.row.setSpacing(unit // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the strip away; Enter on a button presses it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_strip()
            return
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """White, with a bar at the left."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        painter.fillRect(0, 0, BAR, self.height(), ink(ACCENT))
        painter.end()
