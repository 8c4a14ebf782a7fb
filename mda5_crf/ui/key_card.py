"""The keyboard card: every key of the program, from the same table the menus are made of; also on paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.text import Text, message
from mda5_crf.ui.actions import TABLE, Command
from mda5_crf.ui.key_rows import draw_card
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import em


def keys_of(command: Command) -> str:
    """The keys as they are printed on the card: ``Ctrl+PgUp``, two joined by a comma."""
    shown = []
    for key in command.keys:
        native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        shown.append(native if native and "…" not in key and key != "+" else key)
    return ", ".join(shown)


class KeyCard(Spoken, QDialog):
    """Does not stop work: it stands beside it until Esc."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        commands = [command for command in TABLE if command.keys]
        self._commands = commands
        self.table = QTableWidget(len(commands), 2, self)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._close = button(self)
        self._close.clicked.connect(self.close)
        self.pdf = button(self)
        self.pdf.clicked.connect(self.save)
        self._said = Line(self)
        self._written: Text | None = None
        foot = QHBoxLayout()
        foot.addWidget(self._said, 1)
        foot.addWidget(self.pdf)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addLayout(foot)
        self.retranslate()
        self.rescale()

    def save(self) -> None:
        """Ask for a file and write the card as a PDF, in the language of the window."""
        from PySide6.QtWidgets import QFileDialog

        offered = str(Path.home() / f"MDA5-CRF-{language()}.pdf")
        file, _ = QFileDialog.getSaveFileName(self, say("start.keys_pdf"), offered, say("ui.pdf_files"))
        if file:
            self.write(Path(file))

    def write(self, file: Path) -> None:
        """Write the card to ``file`` and say so; what cannot be written is said too."""
        try:
            file.write_bytes(draw_card(language()).data)
        except OSError:
            self._written = message("ui.cannot_write", file=file.name)
        else:
            self._written = message("start.keys_written", file=str(file))
        self.retranslate()

    def rescale(self) -> None:
        """As wide as its longest line; no higher than the window it stands beside."""
        unit, parent = em(self), self.parentWidget()
        most = parent.height() if parent is not None else 40 * unit
        self.resize(44 * unit, min(40 * unit, most))

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.setWindowTitle(say("ui.key_card_title"))
        name(self.table, say("ui.key_card_title"))
        self.table.setHorizontalHeaderLabels([say("ui.key"), say("ui.does")])
        for row, command in enumerate(self._commands):
            self.table.setItem(row, 0, QTableWidgetItem(keys_of(command)))
            self.table.setItem(row, 1, QTableWidgetItem(speak(command.title)))
        self.pdf.setText(say("start.keys_pdf"))
        name(self.pdf, say("start.keys_pdf").rstrip(" …"))
        self._said.say(speak(self._written) if self._written is not None else "")
        self._close.setText(say("ui.close"))
        name(self._close, say("ui.close"))
