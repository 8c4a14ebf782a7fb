"""A log with many items to a row: a short table of all rows, and below it the chosen row.

A table of 29 columns cannot be read at a bedside. Only the chosen row has inputs; another one is built when
it is chosen, after everything in this one was committed. What a row says in the table is the engine's word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import ItemGroup, ItemType
from mda5_crf.ui.book_model import BookLine, BookModel
from mda5_crf.ui.book_table import BookTable
from mda5_crf.ui.building import Builder, is_line_number
from mda5_crf.ui.field import Field
from mda5_crf.ui.group_rows import GroupRows
from mda5_crf.ui.inputs import Deaf, Step
from mda5_crf.ui.inputs.choice import OptionsInput
from mda5_crf.ui.language import say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import ACCENT, BAR, Tone, em, ink, paint_focus

LONG_ROW = 8
"""Items people enter in a row; with more of them the row is opened below its table."""
WIDE_ROW = 50.0
"""Em: a table as wide as that has to be scrolled sideways on a ward screen."""


def is_book(group: ItemGroup, builder: Builder) -> bool:
    """Whether a repeating group is shown as a book."""
    asked = [item for item in group.items if not item.computed and item.type is not ItemType.LABEL]
    wide = sum(builder.column_ems(item) for item in group.items if not is_line_number(item))
    return group.repeating and (len(asked) > LONG_ROW or wide > WIDE_ROW)


class BookOwner(Protocol):
    """What a book asks of its page."""

    def book_focused(self) -> None:
        """The table of a book has the keyboard."""

    def book_pasted(self) -> None:
        """Ctrl+V in the table of a book."""

    def row_wanted(self, book: GroupBook, identity: str) -> bool:
        """Another row is to be opened; False when something in the open one has to wait."""


class GroupBook(Shown, QWidget):
    """See the module text. ``open_row`` is the identity of the row shown below, "" for none."""

    def __init__(
        self, parent: QWidget, builder: Builder, group: ItemGroup, owner: BookOwner,
        moved: Callable[[GroupBook, Step], bool],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.group = group
        self.open_row = ""
        self.fields: list[Field] = []
        self._builder = builder
        self._owner = owner
        self._visible = QRect()
        self._rows: GroupRows | None = None
        self._struck_words: Callable[[str], str] = lambda _identity: ""
        self.model = BookModel()
        self.table = BookTable(self, self.model, lambda step: moved(self, step))
        self.table.chosen.connect(self._chosen)
        self.table.entered.connect(self.enter)
        self.table.pasted.connect(owner.book_pasted)
        self.table.focus_changed.connect(self._focus_changed)
        self.head = Line(self)
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.head.setAutoFillBackground(True)
        self.head.setBackgroundRole(self.palette().ColorRole.AlternateBase)
        self._struck = MessageLabel(self)
        self._struck.setVisible(False)

    # -- rows

    @property
    def lines(self) -> list[BookLine]:
        """The rows listed."""
        return self.model.lines

    def tell(self, lines: list[BookLine], items: Sequence[object], struck: Callable[[str], str]) -> None:
        """List ``lines``; the open row stays the chosen one. ``struck`` gives the words of a struck row."""
        self._struck_words = struck
        self.table.blockSignals(True)
        self.model.show(lines, tuple(items))  # type: ignore[arg-type]
        place = self.model.place_of(self.open_row)
        if place >= 0:
            self.table.choose(place)
        self.table.blockSignals(False)
        self._speak_head()

    def first_choice(self) -> str:
        """The row to begin with: the first that is not finished, else the last."""
        live = [line for line in self.lines if not line.struck]
        left = [line for line in live if line.status != "complete"]
        return (left or live[-1:] or [BookLine("", "", (), "")])[0].identity

    def show_row(self, identity: str) -> tuple[list[Field], list[Field]]:
        """Open a listed row ("" = none). Returns the fields that are new and those that are gone."""
        gone, self.fields = self.fields, []
        for field in gone:
            field.input.listener = Deaf()
        self.open_row = identity
        place = self.model.place_of(identity)
        # Without a current row the table would choose one by itself when it gets the keyboard.
        self.table.blockSignals(True)
        if place >= 0:
            self.table.choose(place)
        self.table.blockSignals(False)
        rows, self._rows = self._rows, None
        if rows is not None:
            focused = rows.window().focusWidget()
            if focused is not None and rows.isAncestorOf(focused):
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            rows.setVisible(False)
            rows.deleteLater()
        if place >= 0 and not self.lines[place].struck:
            self._rows = GroupRows(self, self._builder, identity)
            made = [self._rows.add_item(item) for item in self.group.items if not is_line_number(item)]
            self.fields = [field for field in made if field is not None]
            for field in self.fields:
                # Twenty questions to a row: answers stand side by side as far as they go.
                if isinstance(field.input, OptionsInput):
                    field.input.flow = True
            self._rows.setVisible(True)
        self._speak_head()
        return self.fields, gone

    def _chosen(self, place: int) -> None:
        if not 0 <= place < len(self.lines):
            return
        identity = self.lines[place].identity
        if identity != self.open_row and not self._owner.row_wanted(self, identity):
            # Qt is still in the middle of choosing the other row.
            QTimer.singleShot(0, self, self._choose_open)

    def _focus_changed(self) -> None:
        self.update()
        if self.table.hasFocus():
            self._owner.book_focused()

    def _choose_open(self) -> None:
        place = self.model.place_of(self.open_row)
        if place >= 0:
            self.table.choose(place)

    def number_of(self, identity: str) -> int:
        """The number people use for a live row, from 1; 0 for any other."""
        place = self.model.place_of(identity)
        return int(self.lines[place].number) if place >= 0 and not self.lines[place].struck else 0

    def neighbour(self, by: int) -> str:
        """The identity of the row ``by`` places further on, "" at the edge."""
        place = self.model.place_of(self.open_row) + by
        return self.lines[place].identity if 0 <= place < len(self.lines) else ""

    def settle_shown(self, applies: bool) -> bool:
        """Shown where there are rows and the log ``applies``; True when that changed."""
        inside = self._rows is not None and self._rows.settle_shown()
        return self.set_shown(applies and bool(self.lines)) or inside

    # -- a stop of the keyboard

    @property
    def stop(self) -> bool:
        """Whether Tab stops at the table."""
        return self.shown and bool(self.lines)

    def take_focus(self, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Give the keyboard to the table."""
        self.table.setFocus(reason)

    def has_focus(self) -> bool:
        """Whether the table has the keyboard."""
        return self.table.hasFocus()

    def focus_widgets(self) -> tuple[QWidget, ...]:
        """The table."""
        return (self.table,)

    def enter(self) -> None:
        """Into the open row: its first question that waits for an answer, else its first."""
        stops = [field for field in self.fields if field.stop]
        waiting = [f for f in stops if f.state is not None and f.state.required and not _answered(f)]
        if stops:
            (waiting or stops)[0].take_focus()

    # -- words and geometry

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.table.setAccessibleName(say("form.rows_of", group=self.group.title))
        if self._rows is not None:
            self._rows.retranslate()
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
        self._speak_head()

    def _speak_head(self) -> None:
        place = self.model.place_of(self.open_row)
        line = self.lines[place] if place >= 0 else None
        self.head.setVisible(line is not None)
        self._struck.setVisible(line is not None and line.struck)
        if line is None:
            return
        words = say("form.row_number", number=line.number)
        if line.answers and line.answers[0]:
            words = f"{words} · {line.answers[0]}"
        self.head.setText(f"{words} · {say(f'form.row_{line.status}')}")
        if line.struck:
            self._struck.say(self._struck_words(line.identity), Tone.QUIET)

    def height_for(self, width: int) -> int:
        """Table, heading and the open row."""
        return self._lay(width, place=False)

    def arrange(self) -> None:
        """Place the parts again."""
        self._lay(self.width(), place=True)
        if self._rows is not None:
            self._rows.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        self.arrange()

    def _lay(self, width: int, *, place: bool) -> int:
        unit = em(self)
        edge = 4
        high = self.table.height_of()
        if place:
            self.table.setGeometry(edge, edge, width - 2 * edge, high)
            self.table.fit(width - 2 * edge)
        y = high + 2 * edge + unit // 2
        if self.model.place_of(self.open_row) < 0:
            return y
        head = self._head_height()
        if place:
            self._stick(y)
        y += head + unit // 4
        if self._rows is not None:
            inside = self._rows.height_for(width - BAR)
            if place:
                self._rows.setGeometry(BAR, y, width - BAR, inside)
        else:
            inside = self._struck.height_for(width - 3 * unit) + unit
            if place:
                self._struck.setGeometry(2 * unit, y, width - 3 * unit, inside)
        return y + inside + unit // 2

    def _head_height(self) -> int:
        return self.head.fontMetrics().height() + em(self) // 2

    def look_at(self, visible: QRect) -> None:
        """Which part of the book the page shows now: the heading of the open row stays in it."""
        self._visible = visible
        if self.model.place_of(self.open_row) >= 0:
            self._stick(self.table.geometry().bottom() + 5 + em(self) // 2)

    def _stick(self, place: int) -> None:
        high = self._head_height()
        y = min(max(self._visible.top(), place), max(self.height() - 3 * high, place))
        self.head.setContentsMargins(em(self), 0, em(self), 0)
        self.head.setGeometry(0, y, self.width(), high)
        self.head.raise_()

    @property
    def head_height(self) -> int:
        """How much of the view the heading of the open row may cover."""
        return self._head_height()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The focus frame of the table, and a bar along the open row."""
        painter = QPainter(self)
        top = self.table.geometry().bottom() + em(self)
        if self._rows is not None:
            painter.fillRect(0, top, BAR // 2, self.height() - top, ink(ACCENT))
        if self.table.hasFocus():
            paint_focus(painter, QRect(self.table.mapTo(self, QPoint(0, 0)), self.table.size()))
        painter.end()


def _answered(field: Field) -> bool:
    return field.state is not None and bool(field.state.value.text or field.state.value.missing)
