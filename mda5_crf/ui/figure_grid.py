"""A table of the study's figures as high as its rows: the page scrolls, not the table.

Words wrap between blanks, Chinese anywhere; a column is never narrower than its longest word, and where
that is too much for the window the table scrolls sideways.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyle, QTableView, QWidget

from mda5_crf.services.figuremodel import Grid
from mda5_crf.text import Text
from mda5_crf.ui.language import speak
from mda5_crf.ui.spoken import Spoken, name, pale_choice, tip
from mda5_crf.ui.theme import em

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_WRAP: Final = int(Qt.TextFlag.TextWordWrap)
_ROOM: Final = 0.9
"""Room left and right of the words of a cell together, in em."""
_WIDEST: Final = 30
"""No column asks for more em than that while words can wrap."""
_MEASURED: Final = 60
"""Rows that a column's width is taken from."""


class GridModel(QAbstractTableModel):
    """The cells of a grid in the window's language."""

    def __init__(self, parent: QObject, grid: Grid) -> None:
        super().__init__(parent)
        self.grid = grid

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows of the grid."""
        return 0 if parent.isValid() else len(self.grid.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns of the grid."""
        return 0 if parent.isValid() else len(self.grid.columns)

    def text(self, row: int, column: int) -> Text | None:
        """A cell; bands have a first one alone."""
        cells = self.grid.rows[row]
        return cells[column] if column < len(cells) and (column == 0 or row not in self.grid.bands) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """What a cell shows."""
        if not index.isValid():
            return None
        text = self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if text is None else speak(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return None if text is None else tip(speak(text))
        if role == Qt.ItemDataRole.FontRole and index.row() in self.grid.bands:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """The headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return speak(self.grid.columns[section])
        return None

    def respoken(self) -> None:
        """The language changed."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(len(self.grid.columns) - 1, 0))
        if self.grid.rows:
            last = self.index(len(self.grid.rows) - 1, len(self.grid.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class GridTable(Spoken, QTableView):
    """See the module text."""

    moved = Signal(QRect)
    """Where the row in hand lies in this widget: to be brought into sight."""
    entered = Signal(int)
    """Enter on a row."""

    def __init__(self, parent: QWidget, grid: Grid) -> None:
        super().__init__(parent)
        self.grid = grid
        self._model = GridModel(self, grid)
        self.setModel(self._model)
        pale_choice(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(1)
        header.setDefaultAlignment(Qt.AlignmentFlag(_WRAP | int(Qt.AlignmentFlag.AlignLeft)))
        for row in grid.bands:
            self.setSpan(row, 0, 1, len(grid.columns))
        self._fitted = -1
        self.retranslate()

    # -- sizes -----------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Columns for the room there is, rows and the table as high as their words."""
        room = self.width() - 2 * self.frameWidth()
        if room <= 0:
            return
        self._fitted = room
        widths = self._widths(room)
        for column, wide in enumerate(widths):
            self.setColumnWidth(column, wide)
        metrics, unit = self.fontMetrics(), em(self)
        header = self.horizontalHeader()
        margin = header.style().pixelMetric(QStyle.PixelMetric.PM_HeaderMargin, None, header)
        high = 0
        for column, wide in enumerate(widths):
            box = QRect(0, 0, max(wide - 2 * margin, 1), 100_000)
            said = metrics.boundingRect(box, _WRAP, speak(self.grid.columns[column]))
            high = max(high, said.height())
        header.setFixedHeight(high + unit // 2)
        self.verticalHeader().setMinimumSectionSize(max(metrics.height() + unit // 3, 18))
        self.resizeRowsToContents()
        bar = self.horizontalScrollBar().sizeHint().height() if sum(widths) > room else 0
        rows = self.verticalHeader().length()
        self.setFixedHeight(header.height() + rows + bar + 2 * self.frameWidth())

    def _widths(self, room: int) -> list[int]:
        """What each column wants, or, where that is too much, its longest word and a share of the rest."""
        metrics, unit = self.fontMetrics(), em(self)
        pad = round(_ROOM * unit)
        least, wanted = [], []
        for column in range(len(self.grid.columns)):
            texts = [self.grid.columns[column]]
            for row in range(min(len(self.grid.rows), _MEASURED)):
                text = self._model.text(row, column)
                if text is not None and row not in self.grid.bands:
                    texts.append(text)
            said = [line for text in texts for line in speak(text).split("\n")]
            longest = max(_longest(metrics, line) for line in said)
            whole = max(metrics.horizontalAdvance(line) for line in said)
            least.append(longest + pad)
            wanted.append(max(min(whole, _WIDEST * unit), longest) + pad)
        spare = room - sum(wanted)
        if spare >= 0:
            return wanted
        spare = room - sum(least)
        if spare <= 0:
            return least
        more = [want - low for want, low in zip(wanted, least, strict=True)]
        return [low + spare * one // max(sum(more), 1) for low, one in zip(least, more, strict=True)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew when the width is another."""
        super().resizeEvent(event)
        if self.width() - 2 * self.frameWidth() != self._fitted:
            self.fit()

    # -- keyboard --------------------------------------------------------------------------------------

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Keep the row in hand in sight."""
        super().currentChanged(current, previous)
        if current.isValid():
            rect = self.visualRect(current)
            head = self.horizontalHeader().height()
            top = 0 if current.row() == 0 else rect.top() + head  # the first row brings its headings along
            self.moved.emit(QRect(0, top, 1, rect.bottom() + head - top))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the page's, with the row; Esc is the page's. At the ends the arrows scroll the page."""
        key, row = event.key(), self.currentIndex().row()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if row >= 0:
                self.entered.emit(row)
        elif (
            key in (Qt.Key.Key_Escape, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            or (key == Qt.Key.Key_Up and row <= 0)
            or (key == Qt.Key.Key_Down and row >= self._model.rowCount() - 1)
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    # -- words and sizes -------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, speak(self.grid.title))
        self._model.respoken()
        self.fit()

    def rescale(self) -> None:
        """Distances from the type size."""
        self.fit()


def _longest(metrics: QFontMetrics, words: str) -> int:
    """The widest piece that cannot be broken: a word of English, a sign of Chinese."""
    pieces: list[str] = []
    for word in words.split():
        pieces += [word] if word.isascii() else _signs(word)
    return max((metrics.horizontalAdvance(piece) for piece in pieces), default=0)


def _signs(word: str) -> list[str]:
    """A word with Chinese in it: each Chinese sign alone, and the runs of others between them."""
    pieces = [""]
    for sign in word:
        if sign >= "\u2e80":
            pieces += [sign, ""]
        else:
            pieces[-1] += sign
    return [piece for piece in pieces if piece]
