"""Repeating rows: doses, events, medications. Rows are struck out, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import ItemGroup
from mda5_crf.text import Text, both
from mda5_crf.ui.book_model import ROW_GLYPHS
from mda5_crf.ui.building import Builder, is_line_number
from mda5_crf.ui.cell_table import CellTable, Column, TableRow
from mda5_crf.ui.field import Field
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.inputs import Deaf, Step
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import Tone, em, paint_focus


class GroupLog(CellTable):
    """One table row for each row of the group, with its line number, which struck rows keep.

    ``sync`` makes the cells of new rows and takes those of struck rows away; nothing else is built anew.
    """

    def __init__(self, parent: QWidget, builder: Builder, group: ItemGroup) -> None:
        super().__init__(parent)
        self.group = group
        self._builder = builder
        self._row_of: dict[str, TableRow] = {}
        self._states: dict[str, str] = {}
        self._why: Callable[[str, str], str] = lambda _group, _row: ""
        self._numbers: dict[str, int] = {}
        self._items = tuple(item for item in group.items if not is_line_number(item))
        self.columns = [Column(item.label, builder.column_ems(item)) for item in self._items]

    def sync(
        self,
        lines: Sequence[str],
        struck: Mapping[str, Mapping[str, str]],
        states: Mapping[str, str],
        why: Callable[[str, str], str],
    ) -> tuple[list[Field], list[Field]]:
        """Follow the rows of the group.

        ``lines`` are the identities of all rows ever made, in order of creation; ``struck`` struck rows to be
        shown, with their words by item name. ``states`` says how each live row stands, ``why`` when and why a
        row of a group was struck. Returns the fields that are new and those that are gone.
        """
        self._why = why
        self._states = dict(states)
        new: list[Field] = []
        gone: list[Field] = []
        for identity in lines:
            if identity in states and identity not in self._row_of:
                new += self._add_row(identity)
        for identity, texts in struck.items():
            gone += self._strike(identity, texts)
        self.rows = []
        self._numbers = {identity: number for number, identity in enumerate(lines, 1)}
        for identity, number in self._numbers.items():
            if identity in states or identity in struck:
                row = self._row_of[identity]
                row.heading = both(number)
                self.rows.append(row)
        self._say_states()
        return new, gone

    def _say_states(self) -> None:
        """How each row stands, in words beside its number."""
        for identity, row in self._row_of.items():
            row.note = say("form.struck" if row.struck else f"form.row_{self._states.get(identity, 'empty')}")
            words = self._why(self.group.name, identity) if row.struck else ""
            if words:
                row.message = row.message or MessageLabel(self)
                row.message.say(words, Tone.QUIET)
                row.message.setVisible(row in self.rows)
                row.loud = True
        self.update()

    def _add_row(self, identity: str) -> list[Field]:
        row = self._row_of[identity] = TableRow(both(""))
        made = []
        for column, item in enumerate(self._items):
            widget = self._builder.cell(self.body, item)
            key = self._builder.key_of(item, identity)
            cell = Field(self._builder.owner, self, key, item, widget)
            self.place_cell(row, column, cell)
            widget.retranslate()
            if self.isVisible():
                widget.show()
            made.append(cell)
        return made

    def _strike(self, identity: str, texts: Mapping[str, str]) -> list[Field]:
        row = self._row_of.setdefault(identity, TableRow(both("")))
        if row.struck:
            return []
        row.struck = True
        row.struck_texts = {
            column: texts[item.name] for column, item in enumerate(self._items) if texts.get(item.name)
        }
        gone = list(row.cells.values())
        for cell in gone:
            self._places.pop(cell)
            widget = cell.input
            assert isinstance(widget, QWidget)
            widget.listener = Deaf()
            widget.clearFocus()
            widget.setVisible(False)
            widget.deleteLater()
        row.cells.clear()
        if row.message is not None:
            row.message.setVisible(False)
        row.loud = False
        return gone

    def number_of(self, key: ItemKey) -> int:
        """The number people use for the live row of ``key``, from 1; 0 for any other."""
        row = self._row_of.get(key.group_repeat)
        return 0 if row is None or row.struck else self._numbers.get(key.group_repeat, 0)

    def row_glyph(self, row: TableRow) -> Glyph | None:
        """Struck, finished, in progress, or not begun; the word for it stands beside the number."""
        if row.struck:
            return Glyph.NOT_DONE
        identity = next((one for one, known in self._row_of.items() if known is row), "")
        return ROW_GLYPHS[self._states.get(identity, "empty")]

    def is_last(self, cell: Field) -> bool:
        """Whether ``cell`` is the last one to be entered in the last live row, and the row is not empty."""
        rows = [row for row in self.rows if not row.struck]
        if not rows or self.row_of(cell) is not rows[-1]:
            return False
        stops = [c for c in rows[-1].cells.values() if c.stop]
        return bool(stops) and stops[-1] is cell and any(_answered(c) for c in stops)

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._say_states()
        for cell in self.fields():
            cell.input.retranslate()
            self.refresh_field(cell)
        self.update()


def _answered(cell: Field) -> bool:
    return cell.state is not None and bool(cell.state.value.text or cell.state.value.missing)


class AddRow(Shown, QWidget):
    """The button under a log, or where a form is to be added. A stop for Tab; Enter or a click adds."""

    def __init__(
        self, parent: QWidget, words: Text, full: Text, moved: Callable[[AddRow, Step], bool]
    ) -> None:
        """``words`` stand on the button, ``full`` is what a screen reader says."""
        super().__init__(parent)
        self._words, self._full = words, full
        self.button = _AddButton(self, lambda step: moved(self, step))
        self.retranslate()

    @property
    def stop(self) -> bool:
        """Whether Tab stops here."""
        return self.shown and self.button.isEnabled()

    def take_focus(self, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Give the keyboard to the button."""
        self.button.setFocus(reason)

    def focus_widgets(self) -> tuple[QWidget, ...]:
        """The button."""
        return (self.button,)

    def has_focus(self) -> bool:
        """Whether the button has the keyboard."""
        return self.button.hasFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.button.setText(speak(self._words).replace("&", "&&"))
        self.button.setAccessibleName(speak(self._full))

    def height_for(self, width: int) -> int:
        """The button and air around it."""
        return self.button.sizeHint().height() + em(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the button."""
        size = self.button.sizeHint()
        self.button.setGeometry(em(self), em(self) // 4, size.width() + em(self), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The focus frame."""
        if self.button.hasFocus():
            painter = QPainter(self)
            paint_focus(painter, QRect(self.button.mapTo(self, QPoint(0, 0)), self.button.size()))
            painter.end()


class _AddButton(QPushButton):
    def __init__(self, parent: QWidget, moved: Callable[[Step], bool]) -> None:
        super().__init__(parent)
        self._moved = moved

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._moved(Step.UP if event.key() == Qt.Key.Key_Up else Step.DOWN)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        if self.isVisible() and self._moved(Step.NEXT if next else Step.PREVIOUS):
            return True
        return bool(super().focusNextPrevChild(next))
