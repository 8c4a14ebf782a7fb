"""What was noticed at an item, and on which values: each value leads to the form it stands on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.services.why import Reason, why
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name, pale_choice

_INDENT = "\N{EM SPACE}"


class WhyList(Spoken, QListWidget):
    """Hidden while there is nothing to explain. Enter on a value goes to it."""

    item_wanted = Signal(object)
    """ItemKey of a value somebody chose."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._reasons: tuple[Reason, ...] = ()
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pale_choice(self)
        self.itemActivated.connect(self._opened)
        self.hide()
        self.retranslate()

    def show_item(self, key: ItemKey | None) -> None:
        """Explain what is said of the item at ``key``; nothing for None."""
        reasons = why(self._session, key) if key is not None else ()
        if reasons != self._reasons:
            self._reasons = reasons
            self._fill()

    def _fill(self) -> None:
        self.clear()
        for reason in self._reasons:
            self._add(speak(reason.text), None)
            for told in reason.told:
                self._add(_INDENT + speak(told.text), told.key)
        if self.count():
            self.setCurrentRow(0)
        self.setVisible(bool(self._reasons))

    def _add(self, words: str, key: ItemKey | None) -> None:
        line = QListWidgetItem(words)
        line.setData(Qt.ItemDataRole.AccessibleTextRole, words.strip())
        line.setData(Qt.ItemDataRole.UserRole, key)
        if key is not None:
            line.setToolTip(say("course.keys"))
        self.addItem(line)

    def _opened(self, line: QListWidgetItem) -> None:
        key = line.data(Qt.ItemDataRole.UserRole)
        if key is not None:
            self.item_wanted.emit(ItemKey(*key))

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("course.why"))
        row = self.currentRow()
        self._fill()
        self.setCurrentRow(row)
