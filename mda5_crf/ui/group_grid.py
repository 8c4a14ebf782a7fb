"""The same codes asked for many things: muscles × sides, activities × degrees of difficulty."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import Form, Item, ItemGroup
from mda5_crf.study.state import FormState
from mda5_crf.study.totals import ShownTotal, totals_of
from mda5_crf.ui.building import Builder, heading_ems
from mda5_crf.ui.cell_table import CellTable, Column, TableRow
from mda5_crf.ui.field import Field


class GroupGrid(CellTable):
    """Rows and columns are the definition's; an item without a place in it does not belong here."""

    HEAD_EMS = 20.0

    def __init__(self, parent: QWidget, builder: Builder, group: ItemGroup) -> None:
        super().__init__(parent)
        self.group = group
        self._builder = builder
        self.rows = [TableRow(axis.text) for axis in group.rows]
        self._row_codes = {axis.code: row for axis, row in zip(group.rows, self.rows, strict=True)}
        # A panel's template may have a column that none of this form's analytes uses.
        used = {item.column for item in group.items}
        self.axes = [axis for axis in group.columns if axis.code in used]
        self._columns = {axis.code: number for number, axis in enumerate(self.axes)}
        self.columns = [Column(axis.text, self._ems(axis.code)) for axis in self.axes]
        behind = next((total.text for total in group.totals if total.row and total.text), None)
        self._behind = behind is not None
        if behind is not None:
            self.columns.append(Column(behind, max(5.0, heading_ems(behind.en))))

    def _ems(self, column: str) -> float:
        text = next(axis.text for axis in self.group.columns if axis.code == column)
        cells = [self._builder.cell_ems(item) for item in self.group.items if item.column == column]
        return max([*cells, heading_ems(text.en)])

    def holds(self, item: Item) -> bool:
        """Whether ``item`` has a place in the table."""
        return item.row in self._row_codes and item.column in self._columns

    def add_item(self, item: Item) -> Field:
        """Make the cell of ``item``."""
        assert item.row is not None
        assert item.column is not None
        widget = self._builder.cell(self.body, item)
        cell = Field(self._builder.owner, self, self._builder.key_of(item), item, widget)
        self.place_cell(self._row_codes[item.row], self._columns[item.column], cell)
        return cell

    def tell_totals(self, form: Form, state: FormState) -> None:
        """Show the totals of rows, columns and the whole table."""
        if not self.group.totals:
            return
        columns: dict[int, ShownTotal] = {}
        whole: list[ShownTotal] = []
        for one in totals_of(form, self.group, state):
            if one.total.row in self._row_codes and self._behind:
                row = self._row_codes[one.total.row]
                if row.total != one.words:
                    row.total = one.words
                    self.update()
            elif one.total.column in self._columns:
                columns[self._columns[one.total.column]] = one
            else:
                whole.append(one)
        self.foot.tell(columns, tuple(whole))
        self.setAccessibleDescription(self.foot.words())

    def code_of_row(self, cell: Field) -> str:
        """The definition's code of the row a cell stands in."""
        row = self.row_of(cell)
        return next(code for code, known in self._row_codes.items() if known is row)

    def retranslate(self) -> None:
        """Speak the window's language."""
        for cell in self.fields():
            cell.input.retranslate()
            self.refresh_field(cell)
        self.setAccessibleDescription(self.foot.words())
        self.foot.update()
        self.update()
