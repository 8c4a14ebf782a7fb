"""The keyboard card: every key of the program, from the same table the menus are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.ui.actions import TABLE, Command
from mda5_crf.ui.language import say, speak
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
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._close = button(self)
        self._close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        self.retranslate()
        unit = em(self)
        self.resize(44 * unit, 40 * unit)

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.setWindowTitle(say("ui.key_card_title"))
        name(self.table, say("ui.key_card_title"))
        self.table.setHorizontalHeaderLabels([say("ui.key"), say("ui.does")])
        for row, command in enumerate(self._commands):
            self.table.setItem(row, 0, QTableWidgetItem(keys_of(command)))
            self.table.setItem(row, 1, QTableWidgetItem(speak(command.title)))
        self.table.resizeColumnToContents(0)
        self._close.setText(say("ui.close"))
        name(self._close, say("ui.close"))
