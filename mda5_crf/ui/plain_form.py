"""A few labelled fields in a column: log-in, new vault, demonstration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mda5_crf.text import Text, message
from mda5_crf.ui.language import say
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import em, paper

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QComboBox


class PlainForm(Spoken, QWidget):
    """A white card in the middle of the page. Subclasses add fields in their constructor, in tab order."""

    def __init__(self, parent: QWidget, title: str, width: int = 44) -> None:
        super().__init__(parent)
        self._width = width
        self._title_code = title
        self._labels: list[tuple[QLabel, QWidget, str]] = []
        self._buttons: list[tuple[QPushButton, str]] = []
        self._choices: list[QComboBox] = []
        self._browse: list[tuple[QPushButton, str]] = []
        self._card = QWidget(self)
        paper(self._card)
        self._title = QLabel(self._card)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.box = QVBoxLayout(self._card)
        self.rows = QFormLayout()
        self.rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.foot = QHBoxLayout()
        self.box.addWidget(self._title)
        self.box.addLayout(self.rows)
        self.box.addLayout(self.foot)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)

    # -- parts

    def line(self, code: str, *, secret: bool = False, words: bool = False) -> QLineEdit:
        """A line to type into. ``words`` lets an input method in; ``secret`` shows dots."""
        made = QLineEdit(self._card)
        if secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
        if not words:
            made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.field(code, made)
        return made

    def folder(self, code: str) -> QLineEdit:
        """A line for a folder, with a button that opens the system's own dialog."""
        return self._browsed(code, self._choose_folder)

    def file(self, code: str, kinds: str, *, save: bool = False) -> QLineEdit:
        """A line for a file, with such a button; ``kinds`` is the code of what the dialog offers."""
        return self._browsed(code, lambda line: self._choose_file(line, kinds, save=save))

    def _browsed(self, code: str, choose: Callable[[QLineEdit], None]) -> QLineEdit:
        made = QLineEdit(self._card)
        made.setMinimumHeight(24)
        browse = button(self._card)
        browse.clicked.connect(lambda: choose(made))
        row = QHBoxLayout()
        row.addWidget(made, 1)
        row.addWidget(browse)
        label = QLabel(self._card)
        label.setBuddy(made)
        self._labels.append((label, made, code))
        self._browse.append((browse, code))
        self.rows.addRow(label, row)
        return made

    def choice(self, code: str, answers: list[tuple[str, str]]) -> QComboBox:
        """A list: pairs of value and message code."""
        from PySide6.QtWidgets import (
            QComboBox,
        )  # every class that is touched before the first paint costs time

        made = QComboBox(self._card)
        for value, words in answers:
            made.addItem(say(words), (value, words))
        self.field(code, made)
        self._choices.append(made)
        return made

    def field(self, code: str, widget: QWidget) -> None:
        """Any widget with a label before it."""
        widget.setMinimumHeight(24)
        label = QLabel(self._card)
        label.setBuddy(widget)
        self._labels.append((label, widget, code))
        self.rows.addRow(label, widget)

    def press(self, code: str, act: Callable[[], None], *, where: QHBoxLayout | None = None) -> QPushButton:
        """A button in the foot of the card."""
        made = button(self._card)
        made.clicked.connect(act)
        self._buttons.append((made, code))
        (where if where is not None else self.foot).addWidget(made)
        return made

    def missing(self) -> tuple[QLineEdit, Text] | None:
        """The first empty line, with the sentence that says so; None when all are filled."""
        for _, widget, code in self._labels:
            if isinstance(widget, QLineEdit) and widget.isEnabled() and not widget.text().strip():
                return widget, message("ui.fill_in", field=message(code))
        return None

    def set_busy(self, busy: bool) -> None:
        """While work goes on nothing can be pressed twice."""
        for made, _ in self._buttons:
            made.setEnabled(not busy)

    def _choose_folder(self, line: QLineEdit) -> None:
        from PySide6.QtWidgets import QFileDialog

        chosen = QFileDialog.getExistingDirectory(self, say("ui.choose_folder"), line.text())
        if chosen:
            line.setText(chosen)

    def _choose_file(self, line: QLineEdit, kinds: str, *, save: bool) -> None:
        from PySide6.QtWidgets import QFileDialog

        ask = QFileDialog.getSaveFileName if save else QFileDialog.getOpenFileName
        chosen, _ = ask(self, say("ui.choose_file"), line.text(), say(kinds))
        if chosen:
            line.setText(chosen)
            line.editingFinished.emit()

    # -- language and size

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._title.setText(say(self._title_code))
        for label, widget, code in self._labels:
            label.setText(say(code))
            name(widget, say(code))
        for choice in self._choices:
            for index in range(choice.count()):
                choice.setItemText(index, say(choice.itemData(index)[1]))
        for made, code in self._buttons:
            made.setText(say(code))
            name(made, say(code).rstrip(" …"))
        for made, code in self._browse:
            made.setText(say("ui.browse"))
            name(made, say("ui.browse_for", field=message(code)))

    def rescale(self) -> None:
        """Distances and the title's type from the type size."""
        unit = em(self)
        self._fit()
        self.box.setContentsMargins(2 * unit, 2 * unit, 2 * unit, 2 * unit)
        self.box.setSpacing(unit)
        self.rows.setVerticalSpacing(unit // 2)
        for made, _ in (*self._buttons, *self._browse):  # never squeezed below their words
            made.setMinimumHeight(max(24, self.fontMetrics().height() + unit // 2))
        font = self.font()
        font.setPointSizeF(self.font().pointSizeF() * 1.4)
        font.setBold(True)
        self._title.setFont(font)

    def _fit(self) -> None:
        self._card.setFixedWidth(min(self._width * em(self), max(self.width() - 2 * em(self), 20 * em(self))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As wide as it likes, where there is room."""
        super().resizeEvent(event)
        self._fit()
