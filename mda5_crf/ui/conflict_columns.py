"""The three-way compare: what stood there before, and each answer with who, where, when, why, by which way.

A row of facts is one line across all columns. Where the answers differ its heading says so with a sign and
in words for a screen reader, and a bar stands in front of each cell: nothing hangs on colour.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from mda5_crf.services.conflicts import Compare, fact
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import name, pale_choice, tip
from mda5_crf.ui.theme import BAR, QUERY, em, ink

_DIFFERS: Final = int(Qt.ItemDataRole.UserRole)
FACTS: Final = ("value", "who", "says", "reason", "when", "where", "way", "shown")
"""The rows, from the top."""
_COMPARED: Final = ("value", "who", "reason", "says")
"""Rows in which a difference tells something: place, time and way always differ."""


class CompareTable(QTableWidget):
    """See the module text. Read only; Tab passes through it once, arrows move inside."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._compare: Compare | None = None
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setItemDelegate(_Bars(self))
        pale_choice(self)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setSectionsClickable(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionsClickable(False)
        self.setCornerButtonEnabled(False)

    def show_compare(self, compare: Compare | None) -> None:
        """Show one conflict, None for none."""
        self._compare = compare
        self.clear()
        self.setRowCount(0 if compare is None else len(FACTS))
        self.setColumnCount(0 if compare is None else 1 + len(compare.conflict.sides))
        if compare is not None:
            self._fill(compare)
        self.fit()

    def _fill(self, compare: Compare) -> None:
        sides = compare.conflict.sides
        heads = [say("conflicts.column_before")]
        heads += [say("conflicts.column_side", number=at, name=one.vault) for at, one in enumerate(sides, 1)]
        for column, words in enumerate(heads):
            head = QTableWidgetItem(words)
            head.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            head.setToolTip(tip(words))
            self.setHorizontalHeaderItem(column, head)
        for row, what in enumerate(FACTS):
            told = [speak(fact(side, what)) for side in sides]
            differs = what in _COMPARED and len(set(told)) > 1
            if what == "shown":
                because = speak(compare.shown_because)
                told = [
                    f"{one} {because}" if side.shown else one for one, side in zip(told, sides, strict=True)
                ]
            label = say(f"conflicts.fact_{what}")
            self.setVerticalHeaderItem(row, QTableWidgetItem(f"≠ {label}" if differs else label))
            for column, words in enumerate([self._before(compare, what), *told]):
                self.setItem(row, column, self._cell(words, label, differs=differs and column > 0))

    def _cell(self, words: str, label: str, *, differs: bool) -> QTableWidgetItem:
        item = QTableWidgetItem(words)
        item.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        item.setData(_DIFFERS, differs)
        item.setToolTip(tip(words))
        said = say("conflicts.differs_spoken", fact=label, words=words) if differs else f"{label}: {words}"
        item.setData(int(Qt.ItemDataRole.AccessibleTextRole), said)
        return item

    @staticmethod
    def _before(compare: Compare, what: str) -> str:
        if compare.before:
            return "\n".join(filter(None, (speak(fact(one, what, judged=False)) for one in compare.before)))
        if what != "value":
            return ""
        return say("conflicts.before_apart" if compare.apart else "conflicts.before_empty")

    def fit(self) -> None:
        """Columns share the room, rows take what their words need."""
        if not self.columnCount():
            return
        self.verticalHeader().setMinimumWidth(5 * em(self))
        share = self.viewport().width() // self.columnCount()
        for column in range(self.columnCount()):
            self.setColumnWidth(column, share)
        self.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns go with the width."""
        super().resizeEvent(event)
        self.fit()

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("conflicts.table"))
        self.show_compare(self._compare)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and Enter are the page's, and so is Esc."""
        text = event.text()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape) or text.isdigit():
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Bars(QStyledItemDelegate):
    """A bar before what differs; the answers themselves in bold."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if not index.row():
            option.font.setBold(True)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        box = QRect(option.rect)
        option.rect = box.adjusted(2 * BAR, 0, 0, 0)
        super().paint(painter, option, index)
        if index.data(_DIFFERS):
            painter.fillRect(QRect(box.left(), box.top() + 2, BAR, box.height() - 4), ink(QUERY))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        option.rect = option.rect.adjusted(2 * BAR, 0, 0, 0)
        return super().sizeHint(option, index)
