"""Builds the blocks of a form: headings, rows, tables, logs. Created in definition order, Tab's order too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import ItemGroup, Layout
from mda5_crf.text import message
from mda5_crf.ui.building import Builder
from mda5_crf.ui.cell_table import CellTable
from mda5_crf.ui.describing import legend
from mda5_crf.ui.field import Field
from mda5_crf.ui.group_book import BookOwner, GroupBook, is_book
from mda5_crf.ui.group_grid import GroupGrid
from mda5_crf.ui.group_log import AddRow, GroupLog
from mda5_crf.ui.group_panel import GroupPanel
from mda5_crf.ui.group_rows import GroupRows
from mda5_crf.ui.inputs import Step
from mda5_crf.ui.language import speak
from mda5_crf.ui.notice import Legend
from mda5_crf.ui.row_count import RowCount
from mda5_crf.ui.stack import Heading, Stack

Stop = Field | AddRow | GroupBook


@dataclass(slots=True)
class Section:
    """One ItemGroup on the page. ``table``, ``book`` and ``rows`` are what it has of each.

    ``applies``: whether the gate of the whole group is open.
    """

    group: ItemGroup
    heading: Heading
    fields: list[Field] = field(default_factory=list)
    table: GroupGrid | GroupLog | None = None
    rows: GroupRows | None = None
    book: GroupBook | None = None
    count: RowCount | None = None
    adder: AddRow | None = None
    legend: Legend | None = None
    applies: bool = True

    def settle_shown(self) -> bool:
        """Show the heading only with something under it; True when that changed."""
        changed = False
        for part in (self.rows,):
            if part is not None:
                changed |= part.settle_shown()
        if isinstance(self.table, GroupGrid):
            changed |= self.table.set_shown(any(cell.shown for cell in self.table.fields()))
            if self.legend is not None:
                changed |= self.legend.set_shown(self.table.shown)
        if self.adder is not None:
            changed |= self._settle_log(self.adder)
        there = [block for block in (self.rows, self.table, self.book, self.adder) if block is not None]
        return self.heading.set_shown(any(block.shown for block in there)) or changed

    def _settle_log(self, adder: AddRow) -> bool:
        """A log whose gate is closed offers no row; the headings of a log without rows explain nothing."""
        changed = adder.set_shown(self.applies)
        if isinstance(self.table, GroupLog):
            changed |= self.table.set_shown(any(row.shown for row in self.table.rows))
        if self.book is not None:
            changed |= self.book.settle_shown(self.applies)
        listed = (self.table or self.book) is not None and any(
            block.shown for block in (self.table, self.book) if block is not None
        )
        if self.count is not None:
            changed |= self.count.set_shown(listed)
        return changed

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.heading.setText(speak(self.group.title))
        for block in (self.legend, self.count, self.rows, self.table, self.book, self.adder):
            if block is not None:
                block.retranslate()
        if self.table is not None:
            self.table.setAccessibleName(speak(self.group.title))


class SectionBuilder:
    """Makes the sections of a form on ``body``."""

    def __init__(
        self, body: QWidget, builder: Builder, stack: Stack, owner: BookOwner, struck: Callable[[bool], None]
    ) -> None:
        """``owner`` is asked when another row of a log is to be opened, ``struck`` when struck rows are to be
        listed or no longer.
        """
        self._body = body
        self._builder = builder
        self._stack = stack
        self._owner = owner
        self._struck = struck

    def build(self, group: ItemGroup) -> Section:
        """One group."""
        heading = Heading(self._body)
        self._stack.add(heading)
        section = Section(group, heading)
        if group.layout is Layout.LOG or group.repeating:
            self._log(section)
        elif group.layout in (Layout.GRID, Layout.PANEL):
            self._grid(section)
        else:
            section.rows = self._rows(section)
            for item in group.items:
                self._take(section, section.rows.add_item(item))
        return section

    def _rows(self, section: Section) -> GroupRows:
        rows = GroupRows(self._body, self._builder)
        self._stack.add(rows)
        return rows

    def _grid(self, section: Section) -> None:
        group = section.group
        words = legend(self._builder.study, group)
        if words is not None:
            section.legend = Legend(self._body, words)
            self._stack.add(section.legend)
        kind = GroupPanel if group.layout is Layout.PANEL else GroupGrid
        table = section.table = kind(self._body, self._builder, group)
        self._stack.add(table)
        for item in group.items:
            if table.holds(item):
                self._take(section, table.add_item(item))
            elif not (item.computed and group.layout is Layout.PANEL):
                # A computed item of a panel without a column is shown in the status line of its result.
                section.rows = section.rows or self._rows(section)
                self._take(section, section.rows.add_item(item))

    def _log(self, section: Section) -> None:
        group = section.group
        long = is_book(group, self._builder)
        section.count = RowCount(self._body, group, self._struck if long else None)
        self._stack.add(section.count)
        if long:
            section.book = GroupBook(self._body, self._builder, group, self._owner, self._from_stop)
            self._stack.add(section.book)
        else:
            section.table = GroupLog(self._body, self._builder, group)
            self._stack.add(section.table)
        full = message("form.add_row_to", group=group.title)
        section.adder = AddRow(self._body, message("form.add_row"), full, self._from_stop)
        self._stack.add(section.adder)

    def _from_stop(self, stop: AddRow | GroupBook, step: Step) -> bool:
        move = getattr(self._builder.owner, "step_from", None)
        return bool(move(stop, step)) if move is not None else False

    @staticmethod
    def _take(section: Section, made: Field | None) -> None:
        if made is not None:
            section.fields.append(made)


def in_table(one: Field) -> bool:
    """Whether a field is a cell."""
    return isinstance(one.host, CellTable)


def stops_of(sections: list[Section], order: dict[ItemKey, int]) -> list[Stop]:
    """Everything Enter and Tab may stop at, in definition order; the button of a log behind its rows, the
    table of a long log before its open row.
    """
    found: list[Stop] = []
    for section in sections:
        fields: list[Field] = sorted(section.fields, key=lambda one: order.get(one.key, len(order)))
        if section.book is not None:
            found.append(section.book)
        found += fields
        if section.adder is not None:
            found.append(section.adder)
    return found
