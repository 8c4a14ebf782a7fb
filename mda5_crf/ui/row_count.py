"""The line above a log: how many rows, how many of them unfinished, how many go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from mda5_crf.study.model import ItemGroup
from mda5_crf.study.state import FormState
from mda5_crf.text import Text, message
from mda5_crf.ui.book_model import ONGOING
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.study.state import RowState


def rows_of(state: FormState, group: str) -> list[RowState]:
    """The live rows of one repeating group, in order."""
    return [row for row in state.rows if row.key.group == group]


def counted(state: FormState, group: ItemGroup) -> Text:
    """``5 rows, 2 incomplete, 1 ongoing``; what a log does not ask is not said."""
    rows = rows_of(state, group.name)
    unfinished = sum(row.status != "complete" for row in rows)
    words = message("form.rows_one" if len(rows) == 1 else "form.rows_many", count=len(rows))
    words = message("form.rows_unfinished", rows=words, count=unfinished)
    item = next((i for i in group.items if i.name.endswith(ONGOING)), None)
    if item is None:
        return words
    values = [state.items.get(row.key._replace(item=item.name)) for row in rows]
    going = sum(one is not None and one.relevant and one.value.text == "Y" for one in values)
    return message("form.rows_ongoing", rows=words, count=going)


class RowCount(Shown, QWidget):
    """The words, and the box that lists struck rows too where ``toggled`` is given and there are any."""

    def __init__(self, parent: QWidget, group: ItemGroup, toggled: Callable[[bool], None] | None) -> None:
        super().__init__(parent)
        self._group = group
        self._line = MessageLabel(self)
        self._said = message("form.rows_many", count=0)
        self._struck = 0
        self.box: QCheckBox | None = None
        if toggled is not None:
            self.box = QCheckBox(self)
            # Ctrl+Shift+S does the same from anywhere: Tab goes from the list on to the row.
            self.box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self.box.toggled.connect(toggled)
            self.box.setVisible(False)
        self.retranslate()

    @property
    def words(self) -> str:
        """What is said."""
        return self._line.text()

    def tell(self, state: FormState, struck: Sequence[object]) -> None:
        """Count anew. Hidden while the log has no rows at all."""
        self._said = counted(state, self._group)
        self._struck = len(struck)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._line.say(speak(self._said), Tone.QUIET)
        if self.box is not None:
            self.box.setText(say("form.show_struck", count=self._struck))
            self.box.setAccessibleName(say("form.show_struck_of", group=self._group.title))
            self.box.setVisible(self._struck > 0)
            self._lay()

    def height_for(self, width: int) -> int:
        """One line."""
        return max(self._line.height_for(width), 24) + em(self) // 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words at the left, the box at the right."""
        self._lay()

    def _lay(self) -> None:
        unit, high = em(self), self.height() - em(self) // 4
        wide = self.box.sizeHint().width() if self.box is not None and self._struck else 0
        self._line.setGeometry(unit // 2, 0, max(self.width() - wide - 2 * unit, 0), high)
        if self.box is not None:
            self.box.setGeometry(self.width() - wide - unit // 2, 0, wide, high)
