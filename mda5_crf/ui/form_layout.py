"""Builds the blocks of a form: headings, rows, tables, logs. Created in definition order, Tab's order too."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import ItemGroup, Layout
from mda5_crf.ui.building import Builder
from mda5_crf.ui.cell_table import CellTable
from mda5_crf.ui.describing import legend
from mda5_crf.ui.field import Field
from mda5_crf.ui.group_grid import GroupGrid
from mda5_crf.ui.group_log import AddRow, GroupLog
from mda5_crf.ui.group_panel import GroupPanel
from mda5_crf.ui.group_rows import GroupRows
from mda5_crf.ui.inputs import Step
from mda5_crf.ui.language import speak
from mda5_crf.ui.notice import Legend
from mda5_crf.ui.stack import Heading, Stack

Stop = Field | AddRow


@dataclass(slots=True)
class Section:
    """One ItemGroup on the page. ``table`` and ``rows`` are what it has of each."""

    group: ItemGroup
    heading: Heading
    fields: list[Field] = field(default_factory=list)
    table: GroupGrid | GroupLog | None = None
    rows: GroupRows | None = None
    adder: AddRow | None = None
    legend: Legend | None = None

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
        if self.adder is not None and isinstance(self.table, GroupLog):
            # The column headings of a log without rows explain nothing; its button stays.
            changed |= self.table.set_shown(any(row.shown for row in self.table.rows))
        there = [block for block in (self.rows, self.table, self.adder) if block is not None]
        return self.heading.set_shown(any(block.shown for block in there)) or changed

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.heading.setText(speak(self.group.title))
        for block in (self.legend, self.rows, self.table, self.adder):
            if block is not None:
                block.retranslate()
        if self.table is not None:
            self.table.setAccessibleName(speak(self.group.title))


class SectionBuilder:
    """Makes the sections of a form on ``body``."""

    def __init__(self, body: QWidget, builder: Builder, stack: Stack) -> None:
        self._body = body
        self._builder = builder
        self._stack = stack

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
        log = section.table = GroupLog(self._body, self._builder, section.group)
        self._stack.add(log)
        section.adder = AddRow(self._body, log, self._from_button)
        self._stack.add(section.adder)

    def _from_button(self, button: AddRow, step: Step) -> bool:
        move = getattr(self._builder.owner, "step_from", None)
        return bool(move(button, step)) if move is not None else False

    @staticmethod
    def _take(section: Section, made: Field | None) -> None:
        if made is not None:
            section.fields.append(made)


def in_table(one: Field) -> bool:
    """Whether a field is a cell."""
    return isinstance(one.host, CellTable)


def stops_of(sections: list[Section], order: dict[ItemKey, int]) -> list[Stop]:
    """Everything Enter and Tab may stop at, in definition order; the button of a log behind its rows."""
    found: list[Stop] = []
    for section in sections:
        fields: list[Field] = sorted(section.fields, key=lambda one: order.get(one.key, len(order)))
        found += fields
        if section.adder is not None:
            found.append(section.adder)
    return found
