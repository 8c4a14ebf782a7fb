"""The strips of everyday work: enrol, put a question, go to an item."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import em

_ROWS = 6


class AskStrip(Strip):
    """One line of text, a button that does it, a button that does not. ``act`` may refuse with a CrfError."""

    about: ItemKey | None = None
    """The item or form that a question is written about: by this it is found again after a lock."""

    def __init__(
        self,
        parent: QWidget,
        question: Text,
        do: Text,
        act: Callable[[str], object],
        *,
        text: str = "",
        words: bool = True,
    ) -> None:
        super().__init__(parent)
        self._act = act
        self.line = QLineEdit(text, self)
        self.line.setMinimumHeight(24)
        self.line.returnPressed.connect(self.accept)
        if not words:
            self.line.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.label(question, self.line)
        self.row.addWidget(self.line, 1)
        self.ok = self.press(do)
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the line, all of it selected."""
        self.line.setFocus()
        self.line.selectAll()

    def accept(self) -> None:
        """Do it; a refusal is said here and what was typed stays."""
        try:
            self._act(self.line.text())
        except CrfError as problem:
            self.complain(problem)
            self.line.setFocus()
            return
        self.close_strip()


class GoToStrip(Strip):
    """Items of this form by name, number or words of the question."""

    def __init__(
        self,
        parent: QWidget,
        find: Callable[[str], tuple[tuple[ItemKey, str], ...]],
        go: Callable[[ItemKey], bool],
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._go = go
        self._keys: list[ItemKey] = []
        self.line = QLineEdit(self)
        self.line.setMinimumHeight(24)
        self.line.textChanged.connect(self._search)
        self.line.returnPressed.connect(self.accept)
        self.line.installEventFilter(self)
        self.found = QListWidget(self)
        self.found.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.found.itemClicked.connect(lambda _item: self.accept())
        self.label(message("ui.go_to_hint"), self.line)
        self.row.addWidget(self.line, 1)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.box.addWidget(self.found)
        self.retranslate()
        self.rescale()
        self._search("")

    def take_focus(self) -> None:
        """To the line."""
        self.line.setFocus()

    def _search(self, words: str) -> None:
        self.found.clear()
        hits = self._find(words)
        self._keys = [key for key, _ in hits]
        for key, label in hits:
            self.found.addItem(QListWidgetItem(f"{label}   {key.item}"))
        if hits:
            self.found.setCurrentRow(0)

    def accept(self) -> None:
        """Go to the chosen item."""
        row = self.found.currentRow()
        if 0 <= row < len(self._keys):
            key = self._keys[row]
            self.close_strip()
            self._go(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down in the line choose in the list."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and self._keys:
                self.found.setCurrentRow((self.found.currentRow() + step) % len(self._keys))
                return True
        return False

    def retranslate(self) -> None:
        """Speak the window's language; what was looked for stays."""
        super().retranslate()
        name(self.found, say("ui.go_to_title"))
        for row, (key, label) in enumerate(self._find(self.line.text()) if self._keys else ()):
            item = self.found.item(row)
            if item is not None and key == self._keys[row]:
                item.setText(f"{label}   {key.item}")

    def rescale(self) -> None:
        """A few lines high; fewer where the window is low and the type large."""
        super().rescale()
        line = self.fontMetrics().height()
        self.found.setMinimumHeight(min(3, _ROWS) * line + em(self))
        self.found.setMaximumHeight(_ROWS * line + em(self))


class AddVisitStrip(Strip):
    """Which visit is added; Enter adds it. A visit cannot be taken away again, so it is asked for once."""

    def __init__(
        self, parent: QWidget, question: Text, visits: list[tuple[str, Text]], act: Callable[[str], object]
    ) -> None:
        super().__init__(parent)
        self._visits = visits
        self._act = act
        self.visit = QComboBox(self)
        self.visit.setMinimumHeight(24)
        for oid, _ in visits:
            self.visit.addItem("", oid)
        self.label(question, self.visit)
        self.row.addWidget(self.visit)
        self.ok = self.press(message("ui.add"))
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.row.addStretch(1)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the button: Enter adds."""
        self.ok.setFocus()

    def accept(self) -> None:
        """Add it; a refusal is said here."""
        try:
            self._act(str(self.visit.currentData()))
        except CrfError as problem:
            self.complain(problem)
            return
        self.close_strip()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for place, (_, label) in enumerate(self._visits):
            self.visit.setItemText(place, speak(label))
