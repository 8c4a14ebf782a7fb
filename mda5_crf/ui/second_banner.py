"""Above a form in second entry, never scrolled away: what this is, in words, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mda5_crf.services.second_book import OPEN, FormSecond, Standing
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import TEXT, em, ink

STRIPES = 3
"""Width of the hatched edge at the left, in em."""


def stage_words(book: FormSecond) -> Text:
    """How the double entry of a form stands: ``5 agree, 1 open difference, 2 entered only once``."""
    return message(
        "second.counts", agreed=book.agreed, resolved=book.resolved, open=book.open, once=book.once
    )


class SecondBanner(Spoken, QWidget):
    """Bold words beside a hatched edge: to be told from the ordinary form without any colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words: Text | None = None
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._title.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self._title)
        self.retranslate()
        self.rescale()

    def tell(self, book: FormSecond | None, *, whole: bool = False) -> None:
        """Say how far it is. Before the end was asked for (``whole``) only what was compared openly counts:
        neither how much there is to enter nor which rows have a partner is known to a blind person.
        """
        self.words = None
        if book is not None and book.begun:
            told = [one.standing for one in book.items.values() if whole or not one.key.group_repeat]
            self.words = message(
                "second.so_far",
                agreed=told.count(Standing.AGREES),
                resolved=told.count(Standing.RESOLVED),
                open=book.open if whole else sum(one in OPEN for one in told),
            )
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        if self.words is None:
            self._title.setText(say("second.banner_first"))
        else:
            self._title.setText(f"{say('second.banner')} · {speak(self.words)}")
        name(self, self._title.text())

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._layout.setContentsMargins((STRIPES + 1) * unit, unit // 3, unit, unit // 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hatching at the left, a double line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        unit, high = em(self), self.height()
        edge = QRect(0, 0, STRIPES * unit, high)
        painter.setClipRect(edge)
        painter.setPen(QPen(ink(TEXT), max(unit // 5, 2)))
        for x in range(-high, STRIPES * unit + high, max(unit // 2, 5)):
            painter.drawLine(x, high, x + high, 0)
        painter.setClipping(False)
        painter.setPen(QPen(ink(TEXT), 1))
        for y in (high - 1, high - 3):
            painter.drawLine(0, y, self.width(), y)
        painter.end()
