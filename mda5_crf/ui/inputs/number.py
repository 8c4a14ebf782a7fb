"""Numbers, with the unit beside them. No validator and no spin box.

A validator drops full-width digits typed with a Chinese input method without a word, and the wheel changes
a spin box that somebody only scrolled past. What was typed is read on commit instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from mda5_crf.ui.inputs.base import Entered
from mda5_crf.ui.inputs.line import LineInput


class NumberInput(LineInput):
    """A number as typed (``<5`` and ``2.1 mg/dL`` too) and its unit.

    ``units`` are all the units it may stand in, the item's own first; with more than one F9 opens them.
    """

    def __init__(
        self, parent: QWidget, ems: float, units: Sequence[str] = (), *, table: bool = False
    ) -> None:
        super().__init__(parent, ems, table=table)
        self.units = tuple(units)
        self.blank_unit = ""
        self.unit = self._own_unit()
        self.saved = Entered("", self.unit)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def entered(self) -> Entered:
        """The text, and the unit shown beside it; a blank number has no unit to speak of."""
        text = self.text()
        return Entered(text, self.unit if text else self._own_unit())

    def show_saved(self, text: str, unit: str = "") -> None:
        """As for all inputs; no unit means the item's own."""
        super().show_saved(text, unit or self._own_unit())

    def _display(self, saved: Entered) -> None:
        super()._display(saved)
        own = self._own_unit()
        unit = (saved.unit or own) if saved.text else (self.blank_unit or own)
        if unit != self.unit:
            self.unit = unit
            self.listener.input_edited()

    def _own_unit(self) -> str:
        return self.units[0] if self.units else ""

    def set_blank_unit(self, unit: str) -> None:
        """Show ``unit`` beside the empty field: it is that of the number typed next. "" = the item's own.

        A number that stands here keeps its unit, and so does a field that cannot stand in ``unit``.
        """
        self.blank_unit = unit if unit in self.units else ""
        if not self.text():
            self.unit = self.blank_unit or self._own_unit()
            self.listener.input_edited()

    def beside(self) -> str:
        """The unit, where it is not the item's own."""
        return self.unit if self.unit != self._own_unit() else ""

    def choose_unit(self, unit: str) -> None:
        """Take ``unit`` for the number that stands here; committed with it, like the number itself."""
        self.unit = unit
        self.listener.input_edited()

    def open_choices(self) -> bool:
        """The list of units, when there are several."""
        if len(self.units) < 2 or self.locked:
            return False
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for unit in self.units:
            action = menu.addAction(unit.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(unit == self.unit)
            action.triggered.connect(lambda _checked=False, chosen=unit: self.choose_unit(chosen))
        menu.popup(self.mapToGlobal(QPoint(self.width(), self.height())))
        return True
