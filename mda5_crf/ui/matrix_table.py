"""The table of the matrix: how a cell is drawn, and what the glyphs mean."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from mda5_crf.services.changes import Cell
from mda5_crf.ui.icons import STATUS_GLYPHS, Glyph, pixmap
from mda5_crf.ui.language import say
from mda5_crf.ui.matrix_model import CELL_ROLE
from mda5_crf.ui.spoken import Spoken
from mda5_crf.ui.theme import ERROR, QUERY, SECONDARY, SOFT, em, ink, paint_focus

LEGEND = ("not_started", "in_progress", "complete", "query", "signed", "locked", "not_done", "closed")


class CellDelegate(QStyledItemDelegate):
    """One glyph, the count of open queries beside it, and a word below: closed, overdue, due, to sign."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it; the chosen cell has the focus frame, so that the glyph keeps its colours."""
        cell = index.data(CELL_ROLE)
        rect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        widget = option.widget
        painter.save()
        if isinstance(cell, Cell) and cell.status in STATUS_GLYPHS:
            size = em(widget) * 5 // 4
            count = str(cell.queries) if cell.queries else ""
            wide = size + (painter.fontMetrics().horizontalAdvance(count) + size // 4 if count else 0)
            left = rect.center().x() - wide // 2
            line = painter.fontMetrics().height()
            below, colour = _below(cell)
            high = size + (line if below else 0)
            top = rect.center().y() - high // 2
            picture = pixmap(STATUS_GLYPHS[cell.status], size, widget.devicePixelRatioF())
            painter.drawPixmap(left, top, picture)
            if count:
                painter.setPen(ink(QUERY))
                painter.drawText(
                    left + size + size // 4, top, wide, size, int(Qt.AlignmentFlag.AlignVCenter), count
                )
            if below:
                painter.setPen(ink(colour))
                painter.drawText(
                    rect.left(),
                    top + size,
                    rect.width(),
                    line,
                    int(Qt.AlignmentFlag.AlignHCenter),
                    below,
                )
        if chosen and widget.hasFocus():
            paint_focus(painter, rect.adjusted(3, 3, -3, -3))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the glyph and the word below it."""
        return QSize(5 * em(option.widget), 3 * em(option.widget))


def _below(cell: Cell) -> tuple[str, str]:
    """The word below the glyph of a cell, and its colour; the first that applies."""
    if cell.closed is not None:
        return say("ui.closed"), SECONDARY
    if cell.overdue:
        return say("worklist.overdue"), ERROR
    if cell.closes is not None:
        return say("worklist.closes", day=f"{cell.closes:%m-%d}"), SOFT
    if cell.due:
        return say("ui.due"), SECONDARY
    return (say("worklist.to_sign"), SECONDARY) if cell.unsigned else ("", SECONDARY)


class MatrixTable(QTableView):
    """Arrows move, Enter opens, a typed character goes to the search."""

    opened = Signal()
    typed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        words = event.text()
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif plain and words and words.isprintable() and not words.isspace():
            self.typed.emit(words)
        else:
            super().keyPressEvent(event)


class Legend(Spoken, QWidget):
    """What the glyphs mean, in words: on as many lines as it takes, so that it never widens the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = [(status, QLabel(self), QLabel(self)) for status in LEGEND]
        self.retranslate()
        self.rescale()

    def retranslate(self) -> None:
        """Speak the window's language."""
        for status, _, words in self._parts:
            words.setText(say(f"entry.status_{status}"))
        self._place()

    def rescale(self) -> None:
        """Glyphs as large as the type."""
        for status, picture, words in self._parts:
            picture.setPixmap(
                pixmap(STATUS_GLYPHS.get(status, Glyph.NOT_STARTED), em(self), self.devicePixelRatioF())
            )
            own = words.palette()
            own.setColor(words.foregroundRole(), QColor(ink(SECONDARY)))
            words.setPalette(own)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        unit = em(self)
        line = max(self.fontMetrics().height(), unit) + unit // 4
        x, y = 0, 0
        for _, picture, words in self._parts:
            wide = words.sizeHint().width()
            if x and x + 2 * unit + wide > self.width():
                x, y = 0, y + line
            picture.setGeometry(x, y, unit, line)
            words.setGeometry(x + unit * 3 // 2, y, wide, line)
            x += unit * 5 // 2 + wide
        self.setFixedHeight(y + line)
