"""One amber line above every page, with a button that leads on; hidden while nothing has to be said."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mda5_crf.text import Text
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import BAR, SOFT, Tone, em, ink


class WarningLine(Spoken, QWidget):
    """See the module text."""

    wanted = Signal()
    """Somebody wants to see what it is about."""

    def __init__(self, parent: QWidget, title: str) -> None:
        """``title``: the code of the button's words."""
        super().__init__(parent)
        self._title = title
        self._warning: Text | None = None
        self.words = Line(self)
        self.go = button(self)
        self.go.clicked.connect(self.wanted)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.go)
        self.retranslate()
        self.rescale()
        self.hide()

    def warn(self, words: Text | None, title: str = "") -> None:
        """Say it, or nothing any more; ``title`` for another button."""
        self._warning = words
        self._title = title or self._title
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.words.say(speak(self._warning) if self._warning is not None else "")
        name(self.words, self.words.text())
        self.go.setText(say(self._title))
        name(self.go, say(self._title))
        self.setVisible(self._warning is not None)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._row.setContentsMargins(BAR + unit, unit // 4, unit // 2, unit // 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An amber ground and a bar at the left."""
        painter = QPainter(self)
        tint = Tone.SOFT.tint
        painter.fillRect(self.rect(), tint if tint is not None else self.palette().base())
        painter.fillRect(0, 0, BAR, self.height(), ink(SOFT))
        painter.end()
