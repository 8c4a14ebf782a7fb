"""Several answers at once: a tick box for each."""

from __future__ import annotations

from mda5_crf.study.model import CodeList
from mda5_crf.ui.inputs.base import Entered, Step
from mda5_crf.ui.inputs.choice import OptionsInput
from mda5_crf.ui.inputs.codes import number_of

SEPARATOR = ","


def split_codes(text: str) -> list[str]:
    """The codes of a stored multiple answer, in stored order."""
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


def join_codes(codelist: CodeList, codes: list[str]) -> str:
    """Codes as stored: in the list's order, unknown ones kept behind."""
    known = [value.code for value in codelist.values if value.code in codes]
    return SEPARATOR.join(known + [code for code in codes if code not in known])


class MultiInput(OptionsInput):
    """Tick boxes in a row or a column. Digits tick and untick, arrows go from box to box, Space ticks."""

    ticks = True

    def _is_on(self, code: str) -> bool:
        return code in split_codes(self._text)

    def _stop(self) -> int:
        return self._at if hasattr(self, "_at") else 0

    def _toggle(self, code: str) -> None:
        codes = split_codes(self._text)
        codes = [c for c in codes if c != code] if code in codes else [*codes, code]
        self._text = join_codes(self.codelist, codes)
        self._refresh()

    def _go(self, place: int) -> None:
        self._at = place
        self._refresh()
        self._follow_focus()

    def _arrow(self, step: Step, place: int) -> bool:
        to = place + (1 if step in (Step.DOWN, Step.RIGHT) else -1)
        if 0 <= to < len(self._buttons):
            self._go(to)
        return True

    def _type(self, character: str) -> bool:
        numbers = [number_of(self.codelist, i) for i in range(len(self._buttons))]
        if character not in numbers:
            return False
        place = numbers.index(character)
        self._toggle(self.codelist.values[place].code)
        self._go(place)
        return True

    def option_clicked(self, place: int) -> None:
        """Tick or untick. Committed on leaving: ticking three boxes is one answer, not three."""
        if not self.locked:
            self._toggle(self.codelist.values[place].code)
            self._go(place)

    def entered(self) -> Entered:
        """The ticked codes."""
        return Entered(self._text)
