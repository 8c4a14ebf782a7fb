"""What the program calculates: shown, never typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import CodeList
from mda5_crf.ui.inputs.base import Entered
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.language import speak
from mda5_crf.ui.theme import FILL, high_contrast


class ComputedInput(LineInput):
    """A read-only line on the grey fill. Not a stop of Tab; a click (to copy, for the history) reaches it.

    A coded result speaks the words of its ``codelist``.
    """

    def __init__(
        self,
        parent: QWidget,
        ems: float,
        codelist: CodeList | None = None,
        *,
        right: bool = True,
        table: bool = False,
    ) -> None:
        super().__init__(parent, ems, table=table)
        self.codelist = codelist
        self.locked = True
        self.setReadOnly(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        if right:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if not high_contrast():
            own = self.palette()
            own.setColor(QPalette.ColorRole.Base, QColor(FILL))
            self.setPalette(own)

    def set_locked(self, locked: bool) -> None:
        """Always read-only."""

    def retranslate(self) -> None:
        """A coded result in the window's language."""
        self._display(self.saved)

    def _display(self, saved: Entered) -> None:
        value = self.codelist.by_code.get(saved.text) if self.codelist else None
        words = speak(value.text) if value else saved.text
        if self.text() != words:
            self.setText(words)
            self.setCursorPosition(0)
