"""A line listing as a table: cells are made when they come into sight, however many rows there are."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mda5_crf.services.linelistings import Line, LineListing
from mda5_crf.text import Text
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, pale_choice, tip
from mda5_crf.ui.theme import em

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_FIRST: Final = 1
"""Of the columns that say whose a row is, the participant stands left of the table, always in sight."""
_STATE: Final = 5
"""Where in a row's place its state stands, as a code."""
_ROW_STATES: Final = {"empty": "not_started", "incomplete": "in_progress"}
"""Rows of logs call two of their states otherwise than forms do."""
_WIDEST, _LEAST = 18, 4
"""Widest and narrowest column, in em."""
_MEASURED: Final = 40
_SPOKEN: Final = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)


class ListingModel(QAbstractTableModel):
    """See the module text. ``found`` is None before anything was listed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: LineListing | None = None
        self._heads: tuple[Text, ...] = ()

    def show(self, found: LineListing | None) -> None:
        """Show a listing."""
        self.beginResetModel()
        self.found = found
        self._heads = () if found is None else found.columns[_FIRST:]
        self.endResetModel()

    def line(self, row: int) -> Line | None:
        """A row, None beyond the end."""
        lines = () if self.found is None else self.found.lines
        return lines[row] if 0 <= row < len(lines) else None

    def words(self, row: int, column: int) -> str:
        """What stands in a cell, whole."""
        line = self.line(row)
        assert self.found is not None
        assert line is not None
        places = self.found.keys - _FIRST
        if column == places - 1:
            return say(f"entry.status_{_ROW_STATES.get(line.place[_STATE], line.place[_STATE])}")
        return line.place[column + _FIRST] if column < places else speak(line.cells[column - places].words)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows that passed the filter."""
        return 0 if parent.isValid() or self.found is None else len(self.found.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Site, visit, date, row, state, then the items."""
        return 0 if parent.isValid() else len(self._heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """A cell on one line; its tooltip says all of it."""
        if not index.isValid() or role not in _SPOKEN:
            return None
        words = self.words(index.row(), index.column())
        return " ".join(words.split()) if role == Qt.ItemDataRole.DisplayRole else tip(words)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """Headings above; left of each row whose it is."""
        if role not in _SPOKEN:
            return None
        if orientation == Qt.Orientation.Horizontal:
            words = speak(self._heads[section])
            return words if role == Qt.ItemDataRole.DisplayRole else tip(words)
        line = self.line(section)
        return "" if line is None else line.place[0]

    def respoken(self) -> None:
        """The language changed."""
        if self.found is not None and self._heads:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._heads) - 1)
            last = self.index(max(self.rowCount() - 1, 0), len(self._heads) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class ListingTable(Spoken, QTableView):
    """Enter opens the row."""

    entered = Signal()

    def __init__(self, parent: QWidget, model: ListingModel) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        pale_choice(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.doubleClicked.connect(lambda _index: self.entered.emit())
        model.modelReset.connect(self.fit)
        self.rescale()

    @property
    def line(self) -> Line | None:
        """The row in hand."""
        return self._model.line(self.currentIndex().row())

    def fit(self) -> None:
        """Columns as wide as their first rows, within limits; the tooltip says what was cut."""
        unit, metrics = em(self), self.fontMetrics()
        for column in range(self._model.columnCount()):
            said = [self._model.headerData(column, Qt.Orientation.Horizontal)]
            said += [self._model.words(row, column) for row in range(min(self._model.rowCount(), _MEASURED))]
            widest = max(metrics.horizontalAdvance(str(words)) for words in said)
            self.setColumnWidth(column, min(max(widest + unit, _LEAST * unit), _WIDEST * unit))
        if self._model.rowCount() and not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, 0))

    def rescale(self) -> None:
        """Distances from the type size."""
        self.verticalHeader().setDefaultSectionSize(max(self.fontMetrics().height() + em(self) // 2, 24))
        self.fit()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._model.respoken()
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Esc is the page's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
