"""A pasted block as a table: what each cell of it becomes, under the question its column goes to."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont

from mda5_crf.services.pasting import LEFT_OUT, Fate, PasteCell, PastePlan
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import tip
from mda5_crf.ui.theme import FILL, SECONDARY, high_contrast, ink

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LONGEST = 80


class PasteModel(QAbstractTableModel):
    """Rows are the lines of the block, columns its columns."""

    def __init__(self) -> None:
        super().__init__()
        self.plan: PastePlan | None = None
        self._cells: dict[tuple[int, int], PasteCell] = {}
        self._noticed: dict[tuple[int, int], str] = {}

    def tell(self, plan: PastePlan) -> None:
        """Show another plan; of the same block, what is chosen stays chosen."""
        same = self.plan is not None and self.plan.lines is plan.lines
        if not same:
            self.beginResetModel()
        self.plan = plan
        self._cells = {(cell.line, cell.column): cell for cell in plan.cells}
        self._noticed = {(n.cell.line, n.cell.column): speak(n.finding.message) for n in plan.notices}
        if not same:
            self.endResetModel()
        else:
            self.spoken()

    def spoken(self) -> None:
        """All words may have changed."""
        rows, columns = self.rowCount(), self.columnCount()
        if rows and columns:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, columns - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, columns - 1)

    # -- Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Lines."""
        return 0 if parent.isValid() or self.plan is None else len(self.plan.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns."""
        return 0 if parent.isValid() or self.plan is None else len(self.plan.lines[0])

    def heading(self, column: int) -> str:
        """Where a column goes."""
        assert self.plan is not None
        place = self.plan.columns[column] if column < len(self.plan.columns) else LEFT_OUT
        if self.plan.rows_named and column == 0:
            return say("paste.names_rows")
        choice = self.plan.choices.get(place)
        return speak(choice) if choice is not None else say("paste.nowhere")

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """The letter a spreadsheet gives the column, and where it goes; the number of the line."""
        if self.plan is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        spoken = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        )
        if role not in spoken:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        return f"{letters(section + 1)} → {self.heading(section)}"

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """What stands in the cell, and what becomes of it."""
        cell = self._cells.get((index.row() + 1, index.column() + 1))
        if not index.isValid() or cell is None:
            return None
        left = cell.fate is Fate.LEFT
        heading = cell.fate is Fate.HEADING
        if role == Qt.ItemDataRole.DisplayRole:
            words = " ".join(cell.typed.split())[:_LONGEST]
            return f"{words}  = {cell.read_as}" if cell.read_as and not left else words
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.words_of(cell))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.heading(index.column())}: {cell.typed}. {self.words_of(cell)}"
        if role == Qt.ItemDataRole.FontRole and left:
            font = QFont()
            font.setStrikeOut(True)
            return font
        if role == Qt.ItemDataRole.FontRole and heading:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and left and not high_contrast():
            return QBrush(ink(SECONDARY))
        if role == Qt.ItemDataRole.BackgroundRole and (left or heading) and not high_contrast():
            return QBrush(ink(FILL))
        return None

    def words_of(self, cell: PasteCell) -> str:
        """What becomes of a cell, in words."""
        said = speak(cell.why) if cell.why is not None else self._noticed.get((cell.line, cell.column), "")
        fate = say(f"paste.fate_{cell.fate}")
        return say("paste.said", fate=fate, words=said) if said else fate

    def _picture(self, cell: PasteCell) -> object:
        if cell.fate is Fate.MARKED:
            return icon(Glyph.CROSS)
        if cell.fate is Fate.TAKEN and (cell.line, cell.column) in self._noticed:
            return icon(Glyph.WARNING)
        return None


def letters(number: int) -> str:
    """The letters a spreadsheet gives a column: 1 → A, 27 → AA."""
    made = ""
    while number:
        number, place = divmod(number - 1, 26)
        made = chr(ord("A") + place) + made
    return made
