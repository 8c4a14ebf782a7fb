"""Coded answers on one line, and the list that F9 opens: filtered by code, English, Chinese or pinyin."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.inputs import advance
from mda5_crf.ui.inputs.base import Entered, Step
from mda5_crf.ui.inputs.codes import by_code, matches, number_of, resolve
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.inputs.popup import ListPopup, Offer
from mda5_crf.ui.language import say, speak

TICK = "✓"


class CodeInput(LineInput):
    """A code typed straight in. ``brief`` (table cells) shows the code, otherwise the answer's words.

    ``tick`` shows the one answer of its list as a tick: a tick box that happens to stand in a table.

    What fits no answer, or two, is kept as typed: the form says so after commit.
    """

    def __init__(
        self,
        parent: QWidget,
        codelist: CodeList,
        ems: float,
        *,
        brief: bool = False,
        tick: bool = False,
        table: bool = False,
    ) -> None:
        super().__init__(parent, ems, table=table)
        self.codelist = codelist
        self._brief = brief
        self._tick = tick
        self._code = ""
        if brief:
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        else:
            opener = self.addAction(icon(Glyph.LIST), QLineEdit.ActionPosition.TrailingPosition)
            opener.triggered.connect(self.open_choices)
            self._opener = opener

    def entered(self) -> Entered:
        """The code that the text means, else the text."""
        text = self.text()
        return Entered(self._code if text == self._words(self._code) else resolve(self.codelist, text))

    def _words(self, code: str) -> str:
        value = self.codelist.by_code.get(code)
        if value is None:
            return code
        if self._brief:
            return TICK if self._tick else code
        words = speak(value.text)
        return f"{code}  {words}" if by_code(self.codelist) and words != code else words

    def _display(self, saved: Entered) -> None:
        self._code = saved.text
        words = self._words(saved.text)
        if not self.composing and self.text() != words:
            self.setText(words)
            self.setCursorPosition(0)

    def retranslate(self) -> None:
        """Show the answer in the window's language; half-typed text stays."""
        if not self._brief:
            self._opener.setToolTip(say("form.open_list"))
        if self.entered() == self.saved:
            self._display(self.saved)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Where the preference is on, a complete code goes on."""
        super().keyPressEvent(event)
        typed = self.text()
        if self.locked or self.composing or not typed.isdigit() or not self.hasFocus():
            return
        numbers = [number_of(self.codelist, place) for place in range(len(self.codelist.values))]
        if advance.goes_on(event, typed, numbers):
            self.listener.input_step(Step.NEXT)

    def take(self, code: str) -> None:
        """An answer chosen in the list."""
        self._display(Entered(code))
        self.listener.input_chosen()

    def open_choices(self) -> bool:
        """The list."""
        if self.locked:
            return False
        ListPopup(self, self._offers(), self.entered().text, self.take).popup()
        return True

    def _offers(self) -> list[Offer]:
        return offers_of(self.codelist)


def offers_of(codelist: CodeList) -> list[Offer]:
    """The answers of a list as lines: number, words, and the code where the words do not say it."""
    found = []
    for place, value in enumerate(codelist.values):
        number, words = number_of(codelist, place), speak(value.text)
        line = words if words == number else f"{number}  {words}"
        if not by_code(codelist) and value.code.casefold() != words.casefold():
            line += f"  ({value.code})"
        found.append(Offer(value.code, line, partial(_fits, value, number)))
    return found


def _fits(value: CodeValue, number: str, wanted: str) -> bool:
    return matches(value, wanted) or number == wanted


__all__ = ["TICK", "CodeInput", "ListPopup", "offers_of"]
