"""Laboratory analytes × what is asked of each: result with unit, limits, position, grade, significance."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import Item, ItemGroup
from mda5_crf.ui.building import Builder
from mda5_crf.ui.field import Field
from mda5_crf.ui.group_grid import GroupGrid


class GroupPanel(GroupGrid):
    """A grid whose row headings name the unit of the result; another unit typed shows in the cell."""

    HEAD_EMS = 16.0

    def __init__(self, parent: QWidget, builder: Builder, group: ItemGroup) -> None:
        super().__init__(parent, builder, group)

    def add_item(self, item: Item) -> Field:
        """Make the cell; the first item with a unit names it in the heading."""
        cell = super().add_item(item)
        row = self.row_of(cell)
        if item.unit and not row.note:
            row.note = item.unit
        return cell
