"""What stands in the way of completing a form: on top, with one line for each thing, and a jump from each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mda5_crf.study.state import Finding
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import ACCENT, ERROR, ERROR_TINT, SOFT, SOFT_TINT, em, high_contrast, ink, paint_focus


class LinkButton(QPushButton):
    """A line of words that can be pressed; wraps, unlike an ordinary button."""

    def __init__(self, parent: QWidget, reveal: Callable[[QWidget], None]) -> None:
        super().__init__(parent)
        self.reveal = reveal

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels."""
        box = QRect(0, 0, max(width - em(self), 1), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextHideMnemonic)
        return max(self.fontMetrics().boundingRect(box, flags, self.text()).height() + 6, 24)

    def sizeHint(self) -> QSize:
        """The words on one line."""
        # Two more: the words are as wide as a fraction of a pixel, and would wrap for it.
        return QSize(
            self.fontMetrics().horizontalAdvance(self.text()) + em(self) + 2, self.height_for(100_000)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Underlined words in the colour of a link, and the focus frame."""
        painter = QPainter(self)
        font = self.font()
        font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(ink(ACCENT))
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter)
        half = em(self) // 2
        painter.drawText(self.rect().adjusted(half, 0, -half, 0), flags, self.text())
        if self.hasFocus():
            paint_focus(painter, self.rect().adjusted(4, 4, -4, -4))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses; Up and Down go from line to line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame, and be in sight."""
        super().focusInEvent(event)
        self.update()
        self.reveal(self)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One thing: the item in its own words, and what is said of it. ``can_query`` = may be put to query."""

    finding: Finding
    item: Text
    can_query: bool


class Summary(Shown, QWidget):
    """Hidden until :meth:`tell`. ``go`` gets a finding to jump to, ``query`` one to put to query, and
    ``reveal`` the line that has the keyboard, to bring it into view.
    """

    def __init__(
        self,
        parent: QWidget,
        go: Callable[[Finding], None],
        query: Callable[[Finding], None],
        reveal: Callable[[QWidget], None],
    ) -> None:
        super().__init__(parent)
        self._reveal = reveal
        self._go = go
        self._query = query
        self._lines: tuple[SummaryLine, ...] = ()
        self._rows: list[tuple[LinkButton, LinkButton | None]] = []
        self._notes: tuple[Text, ...] = ()
        self._blocking = False
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._note = QLabel(self)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        self.set_shown(False)

    def tell(self, lines: Sequence[SummaryLine], *, blocking: bool, notes: Sequence[Text] = ()) -> None:
        """Show ``lines``. ``blocking``: to be dealt with; else they become queries at the next Complete."""
        for old in self._rows:
            for button in old:
                if button is not None:
                    button.setVisible(False)
                    button.deleteLater()
        self._lines, self._blocking, self._notes = tuple(lines), blocking, tuple(notes)
        self._rows = [self._make(line) for line in self._lines]
        self.set_shown(bool(lines))
        self.retranslate()
        self._lay(self.width(), place=True)

    def _make(self, line: SummaryLine) -> tuple[LinkButton, LinkButton | None]:
        jump = LinkButton(self, self._reveal)
        jump.clicked.connect(lambda: self._go(line.finding))
        ask = None
        if line.can_query:
            ask = LinkButton(self, self._reveal)
            ask.clicked.connect(lambda: self._query(line.finding))
            ask.setVisible(True)
        jump.setVisible(True)
        return jump, ask

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._title.setText(speak(self.title()))
        self.setAccessibleName(speak(self.title()))
        for line, (jump, ask) in zip(self._lines, self._rows, strict=True):
            words = line.finding.message
            jump.setText(speak(words))
            jump.setAccessibleName(say("form.summary_go", item=line.item, words=words))
            if ask is not None:
                ask.setText(say("form.to_query"))
                ask.setAccessibleName(say("form.to_query_item", item=line.item, words=words))
        self._note.setText("\n".join(speak(note) for note in self._notes))

    def title(self) -> Text:
        """How many things there are to fix, or what becomes of the queries."""
        count = len(self._lines)
        base = "summary" if self._blocking else "summary_queries"
        return message(f"form.{base}_one") if count == 1 else message(f"form.{base}_many", count=count)

    def take_focus(self) -> None:
        """Give the keyboard to the first line."""
        if self._rows:
            self._rows[0][0].setFocus(Qt.FocusReason.TabFocusReason)

    def buttons(self) -> list[LinkButton]:
        """All buttons, top to bottom."""
        return [button for row in self._rows for button in row if button is not None]

    # -- geometry and painting

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels.

        Its own width again: new words or a new type size, of which no resize tells. Its lines are placed too.
        """
        return self._lay(width, place=width == self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the lines."""
        self._lay(self.width(), place=True)

    def _lay(self, width: int, *, place: bool) -> int:
        unit = em(self)
        left, inside = unit, max(width - 2 * unit, 1)
        y = unit // 2
        y += self._put_label(self._title, place, left, y, inside) + unit // 4
        for jump, ask in self._rows:
            side = ask.sizeHint().width() + unit if ask is not None else 0
            high = jump.height_for(inside - side)
            if place:
                jump.setGeometry(left, y, min(jump.sizeHint().width(), inside - side), high)
                if ask is not None:
                    ask.setGeometry(left + inside - ask.sizeHint().width(), y, ask.sizeHint().width(), high)
            y += high
        if self._notes:
            y += unit // 4 + self._put_label(self._note, place, left, y + unit // 4, inside)
        return y + unit // 2

    def _put_label(self, label: QLabel, place: bool, x: int, y: int, width: int) -> int:
        box = QRect(0, 0, width, 100_000)
        high = label.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), label.text()).height()
        if place:
            label.setGeometry(x, y, width, high)
        return high

    def paintEvent(self, event: QPaintEvent) -> None:
        """A tinted ground with a bar at the left."""
        painter = QPainter(self)
        if not high_contrast():
            painter.fillRect(self.rect(), ERROR_TINT if self._blocking else SOFT_TINT)
        painter.fillRect(0, 0, 4, self.height(), ink(ERROR if self._blocking else SOFT))
        painter.end()
