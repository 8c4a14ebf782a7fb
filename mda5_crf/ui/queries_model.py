"""The list of queries as a table model, and the table: arrows move, Enter opens the field, Tab leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mda5_crf.services.queries import MANUAL
from mda5_crf.services.queryboard import COLUMNS, QueryLine
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import pale_choice, tip
from mda5_crf.ui.theme import em

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SPOKEN = (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole))
_WIDTHS = (6.5, 13.0, 7.0, 4.0, 0.0, 8.0)
"""Ems of the columns; 0 takes what is left."""
_WHO, _PLACE = COLUMNS.index("who"), COLUMNS.index("place")
_LEAST_EMS = 48
"""Below so many ems who asked gives way to the question; the thread says it."""


class QueryModel(QAbstractTableModel):
    """``lines`` are those shown, in their order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[QueryLine] = []

    def show(self, lines: Sequence[QueryLine]) -> None:
        """Take other lines."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def respoken(self) -> None:
        """The window speaks another language."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """See ``COLUMNS`` of the list."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:  # noqa: ANN401 - Qt's signature
        """What a column says."""
        if orientation == Qt.Orientation.Horizontal and role in _SPOKEN:
            return say(f"queries.column_{COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """Words, glyph of the state, tooltip with all of it."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        column = COLUMNS[index.column()]
        if role == int(Qt.ItemDataRole.DisplayRole) and column == "days" and line.overdue:
            return say("queries.overdue_mark", days=line.days)
        if role in _SPOKEN:
            return self.words(line, column)
        if role == int(Qt.ItemDataRole.DecorationRole) and column == "state":
            return icon(Glyph.OPEN_QUERY if line.query.is_open else Glyph.CONFIRMED)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return tip(self.words(line, column))
        return None

    @staticmethod
    def words(line: QueryLine, column: str) -> str:
        """What stands in one cell."""
        query = line.query
        if column == "subject":
            return line.subjid
        if column == "place":
            return speak(line.place)
        if column == "state":
            return say(f"entry.state_{query.state}")
        if column == "days":
            return say("queries.overdue", days=line.days) if line.overdue else str(line.days)
        if column == "question":
            return " ".join(speak(query.text).split())
        return query.person if query.source == MANUAL else query.check or say("queries.by_program")

    def row_of(self, wanted: tuple[str, object]) -> int:
        """The row of a query by id and key; -1 when it is not shown."""
        return next(
            (row for row, one in enumerate(self.lines) if (one.query.id, one.query.key) == wanted), -1
        )


class QueryTable(QTableView):
    """Several lines can be chosen with Shift and the arrows, to answer them together."""

    entered = Signal()
    """Enter: to the field."""

    def __init__(self, parent: QWidget, model: QueryModel) -> None:
        super().__init__(parent)
        self.setModel(model)
        pale_choice(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def rows(self) -> list[int]:
        """The chosen rows, from the top."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def pick(self, row: int) -> None:
        """Choose one row and no other, whatever keys are held down just now."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), flags.ClearAndSelect | flags.Rows)

    def pick_also(self, rows: Sequence[int]) -> None:
        """Choose these rows beside what is chosen; those below 0 are not shown."""
        flags = QItemSelectionModel.SelectionFlag
        for row in (one for one in rows if one >= 0):
            self.selectionModel().select(self.model().index(row, 0), flags.Select | flags.Rows)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.verticalHeader().setDefaultSectionSize(max(self.fontMetrics().height() + unit // 2, 24))
        header = self.horizontalHeader()
        for place, wide in enumerate(_WIDTHS):
            fixed = QHeaderView.ResizeMode.Interactive if wide else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, fixed)
            if wide:
                self.setColumnWidth(place, round(wide * unit))
        self.setIconSize(QSize(unit, unit))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the thread says too gives way first."""
        super().resizeEvent(event)
        wide, unit = self.viewport().width(), em(self)
        self.setColumnHidden(_WHO, wide < _LEAST_EMS * unit)
        self.setColumnWidth(_PLACE, min(round(_WIDTHS[_PLACE] * unit), wide // 4))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Esc is the page's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
