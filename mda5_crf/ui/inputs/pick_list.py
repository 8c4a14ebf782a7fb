"""Coded answers on one line, and the list that F9 opens: filtered by code, English, Chinese or pinyin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mda5_crf.study.model import CodeList
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.inputs.base import Entered
from mda5_crf.ui.inputs.codes import by_code, folded, matches, number_of, resolve
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.theme import em

TICK = "✓"


class CodeInput(LineInput):
    """A code typed straight in. ``brief`` (table cells) shows the code, otherwise the answer's words.

    ``tick`` shows the one answer of its list as a tick: a tick box that happens to stand in a table.

    What fits no answer, or two, is kept as typed: the form says so after commit.
    """

    def __init__(
        self,
        parent: QWidget,
        codelist: CodeList,
        ems: float,
        *,
        brief: bool = False,
        tick: bool = False,
        table: bool = False,
    ) -> None:
        super().__init__(parent, ems, table=table)
        self.codelist = codelist
        self._brief = brief
        self._tick = tick
        self._code = ""
        if brief:
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        else:
            opener = self.addAction(icon(Glyph.LIST), QLineEdit.ActionPosition.TrailingPosition)
            opener.triggered.connect(self.open_choices)
            self._opener = opener

    def entered(self) -> Entered:
        """The code that the text means, else the text."""
        text = self.text()
        return Entered(self._code if text == self._words(self._code) else resolve(self.codelist, text))

    def _words(self, code: str) -> str:
        value = self.codelist.by_code.get(code)
        if value is None:
            return code
        if self._brief:
            return TICK if self._tick else code
        words = speak(value.text)
        return f"{code}  {words}" if by_code(self.codelist) and words != code else words

    def _display(self, saved: Entered) -> None:
        self._code = saved.text
        words = self._words(saved.text)
        if not self.composing and self.text() != words:
            self.setText(words)
            self.setCursorPosition(0)

    def retranslate(self) -> None:
        """Show the answer in the window's language; half-typed text stays."""
        if not self._brief:
            self._opener.setToolTip(say("form.open_list"))
        if self.entered() == self.saved:
            self._display(self.saved)

    def take(self, code: str) -> None:
        """An answer chosen in the list."""
        self._display(Entered(code))
        self.listener.input_chosen()

    def open_choices(self) -> bool:
        """The list."""
        if self.locked:
            return False
        ListPopup(self).popup()
        return True


class ListPopup(QWidget):
    """A filter line over a list. Typing filters, Up and Down move, Enter takes, Esc closes."""

    ROWS = 10

    def __init__(self, owner: CodeInput) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._owner = owner
        self.filter = QLineEdit(self)
        self.filter.setAccessibleName(say("form.filter_list"))
        self.filter.textChanged.connect(self._show_matching)
        self.filter.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName(say("form.answers"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._take)
        self._fill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.list)

    def _fill(self) -> None:
        codelist = self._owner.codelist
        for place, value in enumerate(codelist.values):
            number, words = number_of(codelist, place), speak(value.text)
            line = words if words == number else f"{number}  {words}"
            if not by_code(codelist) and value.code.casefold() != words.casefold():
                line += f"  ({value.code})"
            item = QListWidgetItem(line)
            item.setData(Qt.ItemDataRole.UserRole, value.code)
            self.list.addItem(item)
            if value.code == self._owner.entered().text:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

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
        for row in range(self.list.count()):
            code = self.list.item(row).data(Qt.ItemDataRole.UserRole)
            number = number_of(self._owner.codelist, row)
            hidden = not (matches(self._owner.codelist.by_code[code], wanted) or number == wanted)
            self.list.item(row).setHidden(hidden)
            if first < 0 and not hidden:
                first = row
        self.list.setCurrentRow(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, Down and Enter in the filter line act on the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
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
        code = str(item.data(Qt.ItemDataRole.UserRole))
        self.close()
        self._owner.setFocus(Qt.FocusReason.PopupFocusReason)
        self._owner.take(code)
