"""Repeating rows: doses, events, medications. Rows are struck out, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import ItemGroup
from mda5_crf.text import both
from mda5_crf.ui.building import Builder, heading_ems
from mda5_crf.ui.cell_table import CellTable, Column, TableRow
from mda5_crf.ui.field import Field
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.inputs import Deaf, Step, make_cell
from mda5_crf.ui.language import say
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import em, paint_focus


class GroupLog(CellTable):
    """One table row for each row of the group, numbered in order of creation.

    ``sync`` makes the cells of new rows and takes those of struck rows away; nothing else is built anew.
    """

    def __init__(self, parent: QWidget, builder: Builder, group: ItemGroup) -> None:
        super().__init__(parent)
        self.group = group
        self._builder = builder
        self._row_of: dict[str, TableRow] = {}
        self.columns = [
            Column(item.label, max(builder.cell_ems(item), heading_ems(item.label.en)))
            for item in group.items
        ]

    def sync(
        self, live: Sequence[str], struck: Mapping[str, Mapping[str, str]]
    ) -> tuple[list[Field], list[Field]]:
        """Follow the rows of the group.

        ``live`` are the identities of live rows, ``struck`` those of struck rows with their texts by item
        name; both in order of creation. Returns the fields that are new and those that are gone.
        """
        new: list[Field] = []
        gone: list[Field] = []
        for identity in live:
            if identity not in self._row_of:
                new += self._add_row(identity)
        for identity, texts in struck.items():
            gone += self._strike(identity, texts)
        self.rows = [self._row_of[identity] for identity in in_order(live, struck)]
        # Numbers are for people and count what counts; a struck row has none.
        live_rows = [row for row in self.rows if not row.struck]
        for row in self.rows:
            row.heading = both("–" if row.struck else live_rows.index(row) + 1)
        return new, gone

    def _add_row(self, identity: str) -> list[Field]:
        row = self._row_of[identity] = TableRow(both(""))
        made = []
        for column, item in enumerate(self.group.items):
            widget = make_cell(self.body, self._builder.study, item, self._builder.today)
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
        row.note = say("form.struck")
        row.struck_texts = {
            column: texts[item.name] for column, item in enumerate(self.group.items) if texts.get(item.name)
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
        """The number people use for the row of ``key``, from 1."""
        row = self._row_of.get(key.group_repeat)
        live = [known for known in self.rows if not known.struck]
        return next((number for number, known in enumerate(live, 1) if known is row), 0)

    def row_glyph(self, row: TableRow) -> Glyph | None:
        """Struck, finished, or in progress."""
        if row.struck:
            return Glyph.NOT_DONE
        cells = [cell for cell in row.cells.values() if cell.shown and cell.state is not None]
        if any(cell.marking.needs_attention for cell in cells):
            return Glyph.IN_PROGRESS
        waiting = any(c.state and c.state.required and not _answered(c) for c in cells)
        return Glyph.IN_PROGRESS if waiting else Glyph.COMPLETE

    def is_last(self, cell: Field) -> bool:
        """Whether ``cell`` is the last one to be entered in the last live row, and the row is not empty."""
        rows = [row for row in self.rows if not row.struck]
        if not rows or self.row_of(cell) is not rows[-1]:
            return False
        stops = [c for c in rows[-1].cells.values() if c.stop]
        return bool(stops) and stops[-1] is cell and any(_answered(c) for c in stops)

    def retranslate(self) -> None:
        """Speak the window's language."""
        for row in self.rows:
            if row.struck:
                row.note = say("form.struck")
        for cell in self.fields():
            cell.input.retranslate()
            self.refresh_field(cell)
        self.update()


def _answered(cell: Field) -> bool:
    return cell.state is not None and bool(cell.state.value.text or cell.state.value.missing)


def in_order(live: Sequence[str], struck: Iterable[str]) -> list[str]:
    """Live rows in the order given, each struck row before the next row its own PC made."""
    order = list(live)
    for identity in sorted(struck, key=_creation):
        device, number = _creation(identity)
        later = (
            i
            for i, other in enumerate(order)
            if _creation(other)[0] == device and _creation(other)[1] > number
        )
        order.insert(next(later, len(order)), identity)
    return order


def _creation(identity: str) -> tuple[str, int]:
    device, _, number = identity.rpartition(":")
    return device, int(number) if number.isdigit() else 0


class AddRow(Shown, QWidget):
    """The button under a log. A stop of its own for Tab; Enter or a click adds a row."""

    def __init__(self, parent: QWidget, log: GroupLog, moved: Callable[[AddRow, Step], bool]) -> None:
        super().__init__(parent)
        self.log = log
        self.button = _AddButton(self, lambda step: moved(self, step))
        self.retranslate()

    @property
    def stop(self) -> bool:
        """Whether Tab stops here."""
        return self.shown and self.button.isEnabled()

    def take_focus(self, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Give the keyboard to the button."""
        self.button.setFocus(reason)

    def has_focus(self) -> bool:
        """Whether the button has the keyboard."""
        return self.button.hasFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.button.setText(say("form.add_row"))
        self.button.setAccessibleName(say("form.add_row_to", group=self.log.group.title))

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
