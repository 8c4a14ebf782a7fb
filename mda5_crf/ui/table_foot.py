"""The totals of a table in its last lines, which stay in view like its headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.study.totals import ShownTotal
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.theme import BAR, TEXT, em, ink

if TYPE_CHECKING:
    from mda5_crf.ui.cell_table import CellTable


class Foot(QWidget):
    """One line with the totals of columns, one with those of the whole table; as many as there are."""

    def __init__(self, table: CellTable) -> None:
        super().__init__(table)
        self._table = table
        self.columns: dict[int, ShownTotal] = {}
        self.whole: tuple[ShownTotal, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setVisible(False)

    def tell(self, columns: dict[int, ShownTotal], whole: tuple[ShownTotal, ...]) -> None:
        """What is known now."""
        if (columns, whole) != (self.columns, self.whole):
            self.columns, self.whole = columns, whole
            self.setVisible(bool(columns or whole))
            self.update()

    @property
    def high(self) -> int:
        """Pixels of its lines, 0 without totals."""
        lines = bool(self.columns) + bool(self.whole)
        return lines * self._line + em(self) // 4 if lines else 0

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + em(self) // 3

    def words(self) -> str:
        """All of it, for a screen reader."""
        return "; ".join(f"{speak(one.label)} {one.words}" for one in (*self.columns.values(), *self.whole))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines on their own ground, so that rows pass under them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().alternateBase())
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(ink(TEXT))
        left = BAR + em(self) * 3 // 4
        middle, y = Qt.AlignmentFlag.AlignVCenter, em(self) // 8
        if self.columns:
            head = QRect(left, y, self._table.head_width - left, self._line)
            painter.drawText(head, int(middle | Qt.AlignmentFlag.AlignLeft), say("form.total"))
            painter.save()
            painter.setClipRect(QRect(self._table.head_width, 0, self.width(), self.height()))
            for column, one in self.columns.items():
                x, width = self._table.place_of_column(column)
                painter.drawText(
                    QRect(x - em(self), y, width + 2 * em(self), self._line),
                    int(middle | Qt.AlignmentFlag.AlignHCenter),
                    one.words,
                )
            painter.restore()
            y += self._line
        if self.whole:
            words = "    ".join(f"{speak(one.label)}  {one.words}" for one in self.whole)
            room = QRect(left, y, self.width() - left, self._line)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), shown)
        painter.end()
