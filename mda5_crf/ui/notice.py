"""Quiet lines between the questions: why nothing can be entered, the form's note, what codes mean."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.text import Text
from mda5_crf.ui.language import speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import Tone, em


class Notice(Shown, QWidget):
    """Up to two lines; hidden when there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = (MessageLabel(self), MessageLabel(self))

    def tell(self, locked: Text | None, note: Text | None) -> None:
        """Say why the form is read-only and what the form notes; None for neither."""
        for line, text, tone in zip(self._lines, (locked, note), (Tone.QUERY, Tone.QUIET), strict=True):
            line.say(speak(text) if text is not None else "", tone)
            line.setVisible(text is not None)
        self.set_shown(locked is not None or note is not None)

    def height_for(self, width: int) -> int:
        """Its lines."""
        return self._lay(width, place=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the lines."""
        self._lay(self.width(), place=True)

    def _lay(self, width: int, *, place: bool) -> int:
        y = em(self) // 2
        for line in self._lines:
            if line.text():
                high = line.height_for(width)
                if place:
                    line.setGeometry(0, y, width, high)
                y += high
        return y


class Legend(Shown, QWidget):
    """What the codes typed into a table mean; above it, one line for each list of answers."""

    def __init__(self, parent: QWidget, words: Text) -> None:
        super().__init__(parent)
        self._words = words
        self._line = MessageLabel(self)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._line.say(speak(self._words), Tone.QUIET)

    def height_for(self, width: int) -> int:
        """Its wrapped words and air."""
        return self._line.height_for(width - em(self)) + em(self) // 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the words."""
        self._line.setGeometry(
            em(self) // 2, em(self) // 4, self.width() - em(self), self.height() - em(self) // 4
        )
