"""A tree of participants, visits and forms with what is said of each: arrows move, Space and Enter act."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from mda5_crf.ui.spoken import pale_choice, tip
from mda5_crf.ui.theme import em

ROLE = int(Qt.ItemDataRole.UserRole)


class RecordTree(QTreeWidget):
    """What a line is about stands in its data under :data:`ROLE`. Nothing in it can be edited."""

    spaced = Signal()
    entered = Signal()
    digit = Signal(int)

    def __init__(self, parent: QWidget, shares: Sequence[int]) -> None:
        """``shares``: of the width each column takes, as parts of their sum."""
        super().__init__(parent)
        self._shares = tuple(shares)
        self.setColumnCount(len(shares))
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        self.setExpandsOnDoubleClick(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(True)
        self.header().setSectionsMovable(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        pale_choice(self)
        self.itemDoubleClicked.connect(lambda *_: self.entered.emit())

    def line(
        self, parent: QTreeWidget | QTreeWidgetItem, cells: Sequence[str], about: object
    ) -> QTreeWidgetItem:
        """One more line; what does not fit into a cell is in its tip."""
        item = QTreeWidgetItem(parent, list(cells))
        item.setData(0, ROLE, about)
        for column, words in enumerate(cells):
            item.setToolTip(column, tip(words))
        return item

    @staticmethod
    def below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
        """The lines directly below another."""
        found = (item.child(at) for at in range(item.childCount()))
        return [one for one in found if one is not None]

    def tops(self) -> list[QTreeWidgetItem]:
        """The lines of the first level."""
        return self.below(self.invisibleRootItem())

    def about(self, item: QTreeWidgetItem | None = None) -> object:
        """What a line, or the one with the keyboard, is about; None for none."""
        found = self.currentItem() if item is None else item
        return None if found is None else found.data(0, ROLE)

    def keep_in_sight(self) -> None:
        """Scroll to the line with the keyboard: what stands below may just have taken its room."""
        item = self.currentItem()
        if item is not None:
            self.scrollToItem(item)

    def fit(self) -> None:
        """Columns by their shares of the room there is."""
        room, whole = self.viewport().width(), sum(self._shares)
        for column, share in enumerate(self._shares[:-1]):
            self.setColumnWidth(column, max(room * share // whole, 4 * em(self)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns go with the width."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the module; digits are for whoever numbers buttons."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        text = event.text()
        if key == Qt.Key.Key_Space and plain:
            self.spaced.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.entered.emit()
        elif plain and text.isascii() and text.isdigit() and text != "0":
            self.digit.emit(int(text))
        else:
            super().keyPressEvent(event)
