"""The table of rows above the open row of a long log: arrows choose, Enter goes into the row."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mda5_crf.study.model import Item, ItemType
from mda5_crf.ui.book_model import BookModel
from mda5_crf.ui.building import heading_ems
from mda5_crf.ui.inputs import Step
from mda5_crf.ui.spoken import pale_choice
from mda5_crf.ui.theme import em

ROWS = 7
"""Rows seen at once; more scroll."""
_NUMBER_EMS, _STATUS_EMS, _FINDING_EMS, _WORDS_EMS = 3.5, 8.5, 5.0, 9.0


class BookTable(QTableView):
    """``moved`` is asked with Tab and the arrows at the edges; False leaves the key to Qt."""

    chosen = Signal(int)
    """The row that became the current one."""
    entered = Signal()
    """Enter: into the row."""
    pasted = Signal()
    """Ctrl+V: whatever is on the clipboard, as rows."""
    focus_changed = Signal()

    def __init__(self, parent: QWidget, model: BookModel, moved: Callable[[Step], bool]) -> None:
        super().__init__(parent)
        self._model = model
        self._moved = moved
        self.setModel(model)
        pale_choice(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selectionModel().currentRowChanged.connect(self._current_changed)

    def _current_changed(self, new: QModelIndex, _old: QModelIndex) -> None:
        if new.isValid():
            self.chosen.emit(new.row())

    def choose(self, row: int) -> None:
        """Make ``row`` the current one."""
        if row != self.currentIndex().row():
            self.setCurrentIndex(self._model.index(row, 0))

    # -- geometry

    @property
    def line_height(self) -> int:
        """Pixels of one row."""
        return max(self.fontMetrics().height() + em(self) // 2, 24)

    def height_of(self) -> int:
        """Pixels of heading and rows."""
        rows = min(max(len(self._model.lines), 1), ROWS)
        return self._head_height() + rows * self.line_height + 2 * self.frameWidth()

    def _head_height(self) -> int:
        return 2 * self.fontMetrics().height() + em(self) // 2

    def fit(self, width: int) -> None:
        """Share ``width`` among the columns; what does not fit is left out from the end."""
        unit, items = em(self), self._model.items
        self.verticalHeader().setDefaultSectionSize(self.line_height)
        self.horizontalHeader().setFixedHeight(self._head_height())
        wants = [_ems(item) for item in items]
        fixed = _NUMBER_EMS + _STATUS_EMS + _FINDING_EMS
        room = width / unit - fixed - 1.5
        shown = len(wants)
        while shown > 1 and sum(wants[:shown]) > room:
            shown -= 1
        texts = [i for i in range(shown) if _grows(items[i])] or list(range(shown))
        spare = max(room - sum(wants[:shown]), 0) / max(len(texts), 1)
        self.setColumnWidth(0, round(_NUMBER_EMS * unit))
        for place in range(len(items)):
            self.setColumnHidden(place + 1, place >= shown)
            self.setColumnWidth(place + 1, round((wants[place] + (spare if place in texts else 0)) * unit))
        self.setColumnWidth(self._model.status_column, round(_STATUS_EMS * unit))
        self.horizontalHeader().setSectionResizeMode(
            self._model.status_column + 1, QHeaderView.ResizeMode.Stretch
        )
        size = unit * 5 // 4
        self.setIconSize(QSize(size, size))

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row; Up and Down leave the table at its edges."""
        key, row = event.key(), self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit()
            return
        if (
            key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self.entered.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (key == Qt.Key.Key_Up and row <= 0):
            self._moved(Step.PREVIOUS)
        elif key == Qt.Key.Key_Down and row == len(self._model.lines) - 1:
            self._moved(Step.NEXT)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab goes on into the open row."""
        if self.isVisible() and self._moved(Step.NEXT if next else Step.PREVIOUS):
            return True
        return bool(super().focusNextPrevChild(next))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the book."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the book."""
        super().focusOutEvent(event)
        self.focus_changed.emit()


def _grows(item: Item) -> bool:
    return item.type in (ItemType.TEXT, ItemType.LINK)


def _ems(item: Item) -> float:
    # Headings take two lines.
    heading = max(len(item.label.zh) * 0.55, len(item.label.en) * 0.3, heading_ems(item.label.en)) + 1
    least = 7.5 if not _grows(item) else 9.0
    return min(max(heading, least), _WORDS_EMS if not _grows(item) else 10.0)
