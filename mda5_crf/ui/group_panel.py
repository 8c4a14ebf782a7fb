"""Laboratory analytes × what is asked of each: result with unit, limits, position, grade, significance."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import Item, ItemGroup
from mda5_crf.text import Text
from mda5_crf.ui.building import Builder
from mda5_crf.ui.field import Field
from mda5_crf.ui.group_grid import GroupGrid


class GroupPanel(GroupGrid):
    """A grid whose row headings name the unit of the result; another unit typed shows in the cell.

    Where one row has results in several units (per cent and cells per microlitre), the column headings name
    them instead.
    """

    HEAD_EMS = 16.0

    def __init__(self, parent: QWidget, builder: Builder, group: ItemGroup) -> None:
        self._in_columns = _in_columns(group)
        super().__init__(parent, builder, group)
        for axis, column in zip(self.axes, self.columns, strict=False):
            unit = self._in_columns.get(axis.code)
            if unit:
                english, chinese = axis.text.en, axis.text.zh
                column.heading = Text(
                    english if unit in english else f"{english} ({unit})",
                    chinese if unit in chinese else f"{chinese}（{unit}）",
                )

    def add_item(self, item: Item) -> Field:
        """Make the cell; the first item with a unit names it in the heading."""
        cell = super().add_item(item)
        row = self.row_of(cell)
        if item.unit and not row.note and not self._in_columns:
            row.note = item.unit
        return cell


def _in_columns(group: ItemGroup) -> dict[str, str]:
    """Column → unit, where every column with units has one and rows have more than one; else empty."""
    columns: dict[str, set[str]] = {}
    rows: dict[str, set[str]] = {}
    for item in group.items:
        if item.unit and item.row and item.column:
            columns.setdefault(item.column, set()).add(item.unit)
            rows.setdefault(item.row, set()).add(item.unit)
    differ = any(len(units) > 1 for units in rows.values())
    if not differ or any(len(units) > 1 for units in columns.values()):
        return {}
    return {column: next(iter(units)) for column, units in columns.items()}
