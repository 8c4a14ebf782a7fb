"""Participants × visits as a table model; filtering is done here, a thousand rows cost nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from mda5_crf.services.changes import Cell, Matrix, MatrixRow, SubjectSummary
from mda5_crf.study.model import Study
from mda5_crf.sync.delivery import Where
from mda5_crf.ui.language import say, speak

Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = int(Qt.ItemDataRole.UserRole)
READING = "reading"
"""The status of a cell of which nothing is known yet."""
_NOWHERE = QModelIndex()


class Filter(StrEnum):
    """What the list shows."""

    ALL = "all"
    MINE = "mine"
    QUERIES = "queries"
    DUE = "due"
    CLOSING = "closing"
    INCOMPLETE = "incomplete"
    UNSIGNED = "unsigned"
    UNSENT = "unsent"

    @property
    def words(self) -> str:
        """The filter as people choose it."""
        if self is Filter.UNSENT:
            return say("pcs.filter_unsent")
        own = self in (Filter.MINE, Filter.CLOSING, Filter.UNSIGNED)
        return say(f"worklist.filter_{self.value}" if own else f"ui.filter_{self.value}")


class _VoidCells(dict[str, Cell]):
    """The cells of somebody who is void: every visit says so."""

    def __missing__(self, event: str) -> Cell:
        return Cell("void")


class MatrixModel(QAbstractTableModel):
    """The rows that pass the filter and whose number contains what was typed."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study
        self._matrix = Matrix((), ())
        self.rows: list[MatrixRow] = []
        self.filter = Filter.ALL
        self.number = ""
        self.voids: dict[str, str] = {}
        """Participants (identities) who are void and shown all the same → the record of the void."""
        self._void_rows: list[MatrixRow] = []
        self._where: Mapping[tuple[str, str], Where] = {}
        self.mine: frozenset[str] = frozenset()
        """Participants (identities) with something for the person at the keyboard to do."""

    # -- content

    def show(self, matrix: Matrix) -> None:
        """Take a new matrix."""
        self._matrix = matrix
        self._choose()

    def show_voided(self, found: Sequence[tuple[SubjectSummary, str]]) -> None:
        """Participants who are void, to be shown behind the others; told before :meth:`show`."""
        self.voids = {subject.identity: record for subject, record in found}
        self._void_rows = [MatrixRow(subject, _VoidCells()) for subject, _ in found]

    def show_where(self, where: Mapping[tuple[str, str], Where]) -> None:
        """Participant and visit → where what is not confirmed at the centre is; said in the cells' words."""
        changed = where.keys() != self._where.keys()
        self._where = where
        if changed and self.filter is Filter.UNSENT:
            self._choose()

    def narrow(self, chosen: Filter, number: str) -> None:
        """Show only rows that pass ``chosen`` and whose participant number contains ``number``."""
        self.filter, self.number = chosen, number.strip()
        self._choose()

    def _choose(self) -> None:
        self.beginResetModel()
        rows = [*self._matrix.rows, *(self._void_rows if self.filter is Filter.ALL else ())]
        self.rows = [r for r in rows if self.number in r.subject.subjid and self._passes(r)]
        self.endResetModel()

    @property
    def nobody(self) -> bool:
        """Whether the vault has no participants at all."""
        return not self._matrix.rows

    @property
    def reading(self) -> bool:
        """Whether some participants are not known yet."""
        return any(cell.status == READING for row in self._matrix.rows for cell in row.cells.values())

    @property
    def events(self) -> tuple[str, ...]:
        """The columns."""
        return self._matrix.events

    def row_of(self, identity: str) -> int:
        """The row of a participant, -1 when it is not shown."""
        return next((i for i, row in enumerate(self.rows) if row.subject.identity == identity), -1)

    def cell(self, index: Index) -> Cell:
        """The cell at ``index``."""
        return self.rows[index.row()].cells[self.events[index.column()]]

    # -- Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Participants shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Visits."""
        return 0 if parent.isValid() else len(self.events)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The cell itself for the painter, and its words for tooltip and screen reader."""
        if not index.isValid():
            return None
        if role == CELL_ROLE:
            return self.cell(index)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(index)
        return None

    def words(self, index: Index) -> str:
        """The cell in a sentence: 01-007, Week 12: in progress, 2 open, due now."""
        cell = self.cell(index)
        event = self._study.events[self.events[index.column()]].name
        subjid = self.rows[index.row()].subject.subjid
        if cell.status == READING:
            return say("worklist.cell_reading", subject=subjid, event=event)
        status = say(f"entry.status_{cell.status}")
        words = say("ui.cell", subject=subjid, event=event, status=status)
        if cell.queries:
            words = say("ui.cell_queries", cell=words, count=cell.queries)
        if cell.closed is not None:
            words = say("ui.closed_because", cell=words, why=cell.closed)
        if cell.due:
            words = say("ui.cell_due", cell=words)
        if cell.overdue:
            words = say("worklist.cell_overdue", cell=words)
        if cell.closes is not None:
            words = say("worklist.cell_closing", cell=words, day=cell.closes.isoformat())
        if cell.unsigned:
            words = say("worklist.cell_unsigned", cell=words)
        where = self._where.get((self.rows[index.row()].subject.identity, self.events[index.column()]))
        return words if where is None else say("pcs.cell_where", cell=words, where=where.words)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """Visits above, participant numbers at the left."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        if orientation == Qt.Orientation.Horizontal:
            event = self._study.events[self.events[section]]
            if role == Qt.ItemDataRole.DisplayRole:
                return speak(event.name)
            if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                return f"{event.oid}: {speak(event.name)}"
            return None
        if role == Qt.ItemDataRole.FontRole and self.rows[section].subject.identity in self.voids:
            font = QFont()
            font.setStrikeOut(True)
            return font
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            subject = self.rows[section].subject
            if subject.identity in self.voids:
                return say("ui.void_number", subject=subject.subjid)
            return say("ui.duplicate_number", subject=subject.subjid) if subject.duplicate else subject.subjid
        return None

    def _passes(self, row: MatrixRow) -> bool:
        if self.filter is Filter.ALL:
            return True
        if self.filter is Filter.MINE:
            return row.subject.identity in self.mine
        if self.filter is Filter.UNSENT:
            return any(subject == row.subject.identity for subject, _ in self._where)
        return any(_fits(cell, self.filter) for cell in row.cells.values())


def _fits(cell: Cell, chosen: Filter) -> bool:
    if chosen is Filter.QUERIES:
        return bool(cell.queries)
    if chosen is Filter.DUE:
        return cell.due
    if chosen is Filter.CLOSING:
        return cell.closes is not None
    if chosen is Filter.UNSIGNED:
        return cell.unsigned
    return cell.status in ("in_progress", "query")
