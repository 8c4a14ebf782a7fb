"""The list that F9 opens under an input: a filter line, and what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mda5_crf.ui.inputs.codes import folded
from mda5_crf.ui.language import say
from mda5_crf.ui.theme import em


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list: what is taken, how it reads, and whether it stays for a folded filter."""

    value: str
    words: str
    fits: Callable[[str], bool]


class ListPopup(QWidget):
    """Typing filters, Up and Down move, Enter takes, Esc closes. ``take`` gets the value."""

    ROWS = 10

    def __init__(
        self, owner: QLineEdit, offers: Sequence[Offer], current: str, take: Callable[[str], None]
    ) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._owner = owner
        self._offers = offers
        self._taken = take
        self._composed = ""
        self.filter = QLineEdit(self)
        self.filter.setAccessibleName(say("form.filter_list"))
        self.filter.textChanged.connect(self._show_matching)
        self.filter.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName(say("form.answers"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._take)
        for offer in offers:
            item = QListWidgetItem(offer.words)
            item.setData(Qt.ItemDataRole.UserRole, offer.value)
            self.list.addItem(item)
            if offer.value == current:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.list)

    def popup(self) -> None:
        """Show under the input."""
        rows = min(self.list.count(), self.ROWS)
        height = (
            self.list.sizeHintForRow(0) * rows + 2 * self.list.frameWidth() + self.filter.sizeHint().height()
        )
        width = max(self._owner.width(), self.list.sizeHintForColumn(0) + 3 * em(self))
        self.resize(width, height + 4)
        self.move(self._owner.mapToGlobal(QPoint(0, self._owner.height())))
        self.show()
        self.filter.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show_matching(self, text: str) -> None:
        wanted = folded(text)
        first = -1
        for row, offer in enumerate(self._offers):
            hidden = not offer.fits(wanted)
            self.list.item(row).setHidden(hidden)
            if first < 0 and not hidden:
                first = row
        self.list.setCurrentRow(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, Down and Enter in the filter line act on the list; what is being composed filters already."""
        if isinstance(event, QInputMethodEvent):
            self._composed = event.preeditString()
            self._show_matching(self.filter.text() + event.commitString() + self._composed)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not self._composed:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                item = self.list.currentItem()
                if item is not None:
                    self._take(item)
                return True
        return super().eventFilter(watched, event)

    def _move(self, by: int) -> None:
        row = self.list.currentRow() + by
        while 0 <= row < self.list.count():
            if not self.list.item(row).isHidden():
                self.list.setCurrentRow(row)
                return
            row += by

    def _take(self, item: QListWidgetItem) -> None:
        value = str(item.data(Qt.ItemDataRole.UserRole))
        self.close()
        self._owner.setFocus(Qt.FocusReason.PopupFocusReason)
        self._taken(value)
