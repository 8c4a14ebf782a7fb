"""Questions one under the other: the usual section of a form."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import Item, ItemType
from mda5_crf.ui.building import Builder
from mda5_crf.ui.field import Field
from mda5_crf.ui.field_row import FieldRow, LabelRow
from mda5_crf.ui.stack import Shown, Stack


class GroupRows(Shown, QWidget):
    """One FieldRow for each item, in definition order; of one row of a log when ``repeat`` says which."""

    def __init__(self, parent: QWidget, builder: Builder, repeat: str = "") -> None:
        super().__init__(parent)
        self._builder = builder
        self._repeat = repeat
        self._stack = Stack()
        self._rows: list[FieldRow | LabelRow] = []

    def add_item(self, item: Item) -> Field | None:
        """Make the row of ``item``; None for a label, which is no field."""
        row: FieldRow | LabelRow
        if item.type is ItemType.LABEL:
            row = LabelRow(self, item)
            field = None
        else:
            row = FieldRow(self)
            widget = self._builder.input(row, item)
            field = Field(self._builder.owner, row, self._builder.key_of(item, self._repeat), item, widget)
            row.bind(field)
        self._rows.append(row)
        self._stack.add(row)
        return field

    @property
    def empty(self) -> bool:
        """Whether nothing of it shows."""
        return not any(row.shown for row in self._rows)

    def settle_shown(self) -> bool:
        """Show or hide the group after its rows; True when that changed."""
        return self.set_shown(not self.empty)

    def height_for(self, width: int) -> int:
        """Its rows together."""
        return self._stack.height_for(width)

    def arrange(self) -> None:
        """Place the rows again."""
        self._stack.arrange(self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the rows."""
        self.arrange()

    def retranslate(self) -> None:
        """Speak the window's language."""
        for row in self._rows:
            row.retranslate()
