"""The rows of a long log as a short table: line number, a few telling answers, status, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from mda5_crf.study.model import Item, ItemGroup, ItemType
from mda5_crf.study.state import Finding
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MOST = 5
"""Answers shown of each row."""
LONGEST = 500
"""Longer texts tell nothing in a table."""
ROW_GLYPHS = {
    "empty": Glyph.NOT_STARTED,
    "incomplete": Glyph.IN_PROGRESS,
    "complete": Glyph.COMPLETE,
    "struck": Glyph.NOT_DONE,
}
_NAMES = (ItemType.TEXT, ItemType.LINK)
_DATES = (ItemType.DATE, ItemType.PARTIAL_DATE, ItemType.DATETIME)
_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)
ONGOING, GRADE, DOSE = "ONGO", "TOXGR", "DOSE"
"""How CDASH names, behind the two letters of the domain, "does it go on?", its grade and its dose."""
_FINDING_GLYPHS = {0: Glyph.CROSS, 1: Glyph.CROSS, 2: Glyph.WARNING, 3: Glyph.WARNING, 4: Glyph.NOTE}


@dataclass(frozen=True, slots=True)
class BookLine:
    """One row. ``number``: its line number; ``status`` as the engine says, or "struck"; ``finding`` is the
    first to look at, ``waiting`` how many there are with the open queries.
    """

    identity: str
    number: str
    answers: tuple[str, ...]
    status: str
    finding: Finding | None = None
    queries: int = 0
    waiting: int = 0

    @property
    def struck(self) -> bool:
        """Whether it was struck out."""
        return self.status == "struck"


def telling(group: ItemGroup, applies: Sequence[Item] = ()) -> tuple[Item, ...]:
    """The items that tell one row from another, the most telling first: what it is called, when it began,
    whether it goes on, how severe or how much; then required items that are always asked, those that
    ``applies`` to most rows of this log, and others that are always asked.
    """
    asked = [i for i in group.items if not i.computed and i.type is not ItemType.LABEL and _is_short(i)]
    wanted = [i for i in asked if i.required and (i.relevant is None or i in applies)]
    wanted += [i for i in asked if not i.required and i.relevant is None and i.type is not ItemType.MULTI]
    kinds = (_NAMES, _DATES)
    first = [next((i for i in wanted if i.type in kind), None) for kind in kinds]
    first.append(next((i for i in wanted if i.name.endswith(ONGOING)), None))
    first.append(next((i for i in wanted if i.type in _NUMBERS or i.name.endswith((GRADE, DOSE))), None))
    best = [item for item in first if item is not None]
    ranked = {item.name: item for item in [*best, *wanted]}
    return tuple(ranked.values())[:MOST]


def _is_short(item: Item) -> bool:
    return item.type is not ItemType.TEXT or (item.length is not None and item.length <= LONGEST)


class BookModel(QAbstractTableModel):
    """Columns: number, the telling items, status, findings."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[BookLine] = []
        self.items: tuple[Item, ...] = ()

    def show(self, lines: list[BookLine], items: tuple[Item, ...]) -> None:
        """Show ``lines``; the chosen row stays chosen unless rows came or went."""
        if items != self.items or [one.identity for one in lines] != [one.identity for one in self.lines]:
            self.beginResetModel()
            self.lines, self.items = lines, items
            self.endResetModel()
        elif lines != self.lines:
            self.lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, self.columnCount() - 1))

    def place_of(self, identity: str) -> int:
        """The row of ``identity``, -1 when it is not listed."""
        return next((i for i, line in enumerate(self.lines) if line.identity == identity), -1)

    @property
    def status_column(self) -> int:
        """The column that says how a row stands."""
        return len(self.items) + 1

    # -- Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Rows listed."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Number, answers, status, findings."""
        return 0 if parent.isValid() else len(self.items) + 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """The questions, in the window's language."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
                Qt.TextFlag.TextWordWrap
            )
        wanted = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        )
        if orientation is not Qt.Orientation.Horizontal or role not in wanted:
            return None
        if 0 < section <= len(self.items):
            return speak(self.items[section - 1].label)
        code = {0: "row_line", self.status_column: "row_status"}.get(section, "row_findings")
        return say(f"form.{code}")

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Words for the eye and the screen reader, marks beside them."""
        if not index.isValid():
            return None
        line, column = self.lines[index.row()], index.column()
        words = self._words(line, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            if column == self.status_column + 1 and line.finding is not None:
                words = f"{words}: {speak(line.finding.message)}"
            if role == Qt.ItemDataRole.ToolTipRole:
                return tip(words)
            return f"{self.headerData(column, Qt.Orientation.Horizontal)}: {words or say('form.nothing')}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(line, column)
        if role == Qt.ItemDataRole.FontRole and line.struck and column != self.status_column:
            font = QFont()
            font.setStrikeOut(True)
            return font
        return None

    def _words(self, line: BookLine, column: int) -> str:
        if column == 0:
            return line.number
        if column <= len(self.items):
            return line.answers[column - 1]
        if column == self.status_column:
            return say(f"form.row_{line.status}")
        return str(line.waiting) if line.waiting else ""

    def _picture(self, line: BookLine, column: int) -> object:
        if column == self.status_column:
            return icon(ROW_GLYPHS[line.status])
        if column == self.status_column + 1:
            if line.queries:
                return icon(Glyph.OPEN_QUERY)
            if line.finding is not None:
                confirmed = line.finding.confirmed
                return icon(Glyph.CONFIRMED if confirmed else _FINDING_GLYPHS[line.finding.rank])
        return None
