"""The vaults this PC remembers, and those just found on a stick: Enter opens, Delete forgets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from mda5_crf.ui.language import say
from mda5_crf.ui.spoken import Spoken, name, pale_choice

_SHOWN, _FEW = 6, 2


@dataclass(slots=True)
class Line:
    """One vault: its folder, its name ("" = not known), whether it is there, whether a search found it."""

    folder: str
    title: str = ""
    there: bool = True
    found: bool = False


class VaultList(Spoken, QListWidget):
    """See the module text."""

    chosen = Signal(str)
    """Folder: somebody pressed Enter."""
    forgotten = Signal(str)
    """Folder of a remembered vault: somebody pressed Delete."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        pale_choice(self)
        self.itemDoubleClicked.connect(lambda _item: self._choose())

    def show_lines(self, lines: list[Line]) -> None:
        """Show these; what was chosen stays chosen where it is still there."""
        row = max(self.currentRow(), 0)
        kept = self.lines[row].folder if row < len(self.lines) else ""
        self.lines = lines
        self.clear()
        for line in lines:
            item = QListWidgetItem(self)
            item.setToolTip(line.folder)
        folders = [line.folder for line in lines]
        if lines:
            self.setCurrentRow(folders.index(kept) if kept in folders else min(row, len(lines) - 1))
        self.retranslate()
        self.rescale()

    def go_to(self, folder: str) -> None:
        """Choose the line of ``folder``."""
        folders = [line.folder for line in self.lines]
        if folder in folders:
            self.setCurrentRow(folders.index(folder))

    def retranslate(self) -> None:
        """Speak the window's language."""
        for row, line in enumerate(self.lines):
            words = say("start.vault_line", name=line.title or Path(line.folder).name, folder=line.folder)
            if not line.there:
                words = say("start.vault_away", line=words)
            elif line.found:
                words = say("start.vault_found", line=words)
            item = self.item(row)
            item.setText(words)
            tone = self.palette().placeholderText() if not line.there else self.palette().text()
            item.setForeground(tone)
        name(self, say("start.vaults"))

    def rescale(self) -> None:
        """As high as what stands in it, up to a few lines; fewer where there is no room."""
        row, frame = max(self.sizeHintForRow(0), self.fontMetrics().height()), 2 * self.frameWidth() + 2
        lines = min(max(len(self.lines), 1), _SHOWN)
        self.setMinimumHeight(min(lines, _FEW) * row + frame)
        self.setMaximumHeight(lines * row + frame)

    def sizeHint(self) -> QSize:
        """All lines, up to a few."""
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete forgets what is remembered."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif event.key() == Qt.Key.Key_Delete:
            row = self.currentRow()
            if 0 <= row < len(self.lines) and not self.lines[row].found:
                self.forgotten.emit(self.lines[row].folder)
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        row = self.currentRow()
        if 0 <= row < len(self.lines):
            self.chosen.emit(self.lines[row].folder)
