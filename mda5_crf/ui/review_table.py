"""A table of what would become of each line of a file: arrows move, Space accepts or not, Tab leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mda5_crf.text import Text
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import speak
from mda5_crf.ui.spoken import pale_choice, tip
from mda5_crf.ui.theme import em, icon_size

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_CHECKED, _UNCHECKED = int(Qt.CheckState.Checked.value), int(Qt.CheckState.Unchecked.value)


@dataclass(slots=True)
class ReviewRow:
    """One line. ``takeable``: whether it can be accepted; ``about``: what the page knows it by."""

    cells: tuple[Text, ...]
    about: object
    glyph: Glyph | None
    takeable: bool
    taken: bool
    why: Text | None = None


class ReviewModel(QAbstractTableModel):
    """The lines in their order; the first column has the tick."""

    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[ReviewRow] = []
        self.heads: tuple[Text, ...] = ()

    def show(self, heads: Sequence[Text], rows: Sequence[ReviewRow]) -> None:
        """Take other lines."""
        self.beginResetModel()
        self.heads, self.rows = tuple(heads), list(rows)
        self.endResetModel()

    def respoken(self) -> None:
        """The window speaks another language."""
        self.beginResetModel()
        self.endResetModel()

    def tick(self, places: Sequence[int], *, on: bool) -> None:
        """Accept these lines, or do not; what cannot be taken stays as it is."""
        for place in places:
            row = self.rows[place]
            row.taken = on and row.takeable
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticked.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many lines."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """The headings."""
        if orientation is Qt.Orientation.Horizontal and section < len(self.heads):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return speak(self.heads[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Words, tick, sign."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        words = speak(row.cells[index.column()])
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(words.split())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{speak(self.heads[index.column()])}: {words}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(words if row.why is None else f"{words}\n{speak(row.why)}")
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and row.takeable:
            return _CHECKED if row.taken else _UNCHECKED
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1 and row.glyph is not None:
            return icon(row.glyph)
        return None


class ReviewTable(QTableView):
    """See the module text. ``widths``: ems of the columns, 0 takes what is left."""

    moved = Signal(int)

    def __init__(self, parent: QWidget, widths: Sequence[float]) -> None:
        super().__init__(parent)
        self._widths = tuple(widths)
        self.lines = ReviewModel(self)
        self.setModel(self.lines)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().setVisible(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pale_choice(self)
        self.selectionModel().currentRowChanged.connect(lambda now, _: self.moved.emit(now.row()))

    @property
    def current(self) -> ReviewRow | None:
        """The line that is chosen."""
        row = self.currentIndex().row()
        return self.lines.rows[row] if 0 <= row < len(self.lines.rows) else None

    def show_rows(self, heads: Sequence[Text], rows: Sequence[ReviewRow]) -> None:
        """Show other lines; the place stays."""
        place = max(self.currentIndex().row(), 0)
        self.lines.show(heads, rows)
        self.rescale()
        if rows:
            self.selectRow(min(place, len(rows) - 1))
        self.moved.emit(self.currentIndex().row())

    def respoken(self) -> None:
        """The window speaks another language."""
        place = self.currentIndex().row()
        self.lines.respoken()
        if 0 <= place < len(self.lines.rows):
            self.selectRow(place)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit, head = em(self), self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(max(self.fontMetrics().height() + unit // 2, 24))
        head.setFixedHeight(self.fontMetrics().height() + unit * 2 // 3)
        self.setIconSize(QSize(icon_size(self), icon_size(self)))
        fixed = round(sum(self._widths) * unit)
        free = max(self.viewport().width() - fixed, unit * 8)
        wide = max(self._widths.count(0), 1)
        for column, width in enumerate(self._widths[: self.lines.columnCount()]):
            self.setColumnWidth(column, round(width * unit) if width else free // wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The widest column takes what is left."""
        super().resizeEvent(event)
        self.rescale()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def minimumSizeHint(self) -> QSize:
        """What can be given when the window is low."""
        return QSize(em(self) * 16, em(self) * 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks; Esc is for the page."""
        row = self.currentIndex().row()
        if event.key() == Qt.Key.Key_Space and row >= 0:
            self.lines.tick([row], on=not self.lines.rows[row].taken)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a tick sets it, or takes it away."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == 0:
            self.lines.tick([index.row()], on=not self.lines.rows[index.row()].taken)
