"""Words that one person reads aloud to another: large, numbered, four in a row, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone, em, paint_focus

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent

IN_ROW: Final = 4
_LARGE, _LARGER = 1.5, 1.8


class ReadAloud(Spoken, QWidget):
    """Takes the keyboard, so that a screen reader says all words in order."""

    def __init__(self, parent: QWidget, title: str) -> None:
        """``title``: the code of what these words are."""
        super().__init__(parent)
        self._title = title
        self._pairs: list[tuple[str, str]] = []
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        for column in range(IN_ROW):
            self._grid.setColumnStretch(column, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.rescale()
        self.retranslate()

    @property
    def words(self) -> str:
        """All of them, with blanks between."""
        return " ".join(word for word, _ in self._pairs)

    def show_words(self, words: str, numbers: str = "") -> None:
        """Show ``words`` (with blanks between) and below each its number, where ``numbers`` are given."""
        parts, digits = words.split(), numbers.split()
        self._pairs = [(word, digits[at] if digits else "") for at, word in enumerate(parts)]
        while len(self._labels) < len(self._pairs):
            self._labels.append((self._label(), self._label()))
        self._fill()
        self.rescale()
        self.retranslate()

    def clear(self) -> None:
        """Show nothing any more."""
        self.show_words("")

    def _label(self) -> QLabel:
        made = QLabel(self)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return made

    def _fill(self) -> None:
        for at, (word, number) in enumerate(self._labels):
            there = at < len(self._pairs)
            said = self._pairs[at] if there else ("", "")
            row, column = 2 * (at // IN_ROW), at % IN_ROW
            for place, (label, text) in enumerate(((word, said[0]), (number, said[1]))):
                label.setText(text)
                label.setVisible(bool(text))
                self._grid.addWidget(label, row + place, column)

    def retranslate(self) -> None:
        """Speak the window's language; the words themselves are the same in both."""
        told = ", ".join(f"{word} {number}".strip() for word, number in self._pairs)
        name(self, f"{say(self._title)}: {told}" if told else say(self._title))

    def rescale(self) -> None:
        """Far larger than other type: they are read across a room, with a telephone in one hand."""
        unit = em(self)
        self._grid.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._grid.setVerticalSpacing(unit // 4)
        self._grid.setHorizontalSpacing(unit)
        for pair in self._labels:
            for label, factor in zip(pair, (_LARGER, _LARGE), strict=True):
                font = self.font()
                font.setPointSizeF(font.pointSizeF() * factor)
                font.setBold(factor is _LARGER)
                label.setFont(font)

    # -- Qt

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take it away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """White, and a frame while it has the keyboard."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if self.hasFocus():
            paint_focus(painter, self.rect().adjusted(4, 4, -4, -4))
        painter.end()


class ReadAloudStrip(Strip):
    """The words of one act below a list, until somebody puts them away."""

    def __init__(self, parent: QWidget, title: str, about: Text, words: str, numbers: str = "") -> None:
        """``title``: the code of what these words are; ``about``: what is to be done with them."""
        super().__init__(parent)
        head = self.label(message(title))
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        self.row.addStretch(1)
        self.done = self.press(message("pcs.read_done"))
        self.done.clicked.connect(self.close_strip)
        self._said = about
        self._about = MessageLabel(self)
        self.words = ReadAloud(self, title)
        self.words.show_words(words, numbers)
        self.box.addWidget(self._about)
        self.box.addWidget(self.words)
        QWidget.setTabOrder(self.words, self.done)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the words."""
        self.words.setFocus()

    def close_strip(self) -> None:
        """Put it away; the words do not stay."""
        self.words.clear()
        super().close_strip()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._about.say(speak(self._said), Tone.QUIET)
