"""Up to seven coded answers, all in sight: a row or a column of buttons, each with its number.

Nothing is pre-selected, a chosen answer can be cleared, and the wheel changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from mda5_crf.study.model import CodeList
from mda5_crf.ui.inputs import advance
from mda5_crf.ui.inputs.base import Entered, FieldInput, Step, step_of
from mda5_crf.ui.inputs.codes import by_code, next_by_letter, number_of
from mda5_crf.ui.inputs.options import TARGET, RadioOption, TickOption
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.theme import em

IN_SIGHT = 7
"""Longer lists are opened with F9 instead."""


def fold(text: str, room: int, wide: Callable[[str], int]) -> str:
    """``text`` on lines of at most ``room`` by the measure ``wide``: broken at spaces, Chinese anywhere."""
    if wide(text) <= room:
        return text
    lines, line = [], ""
    for part in re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+", text):
        if line.strip() and wide((line + part).rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += part
    return "\n".join([*lines, line.rstrip()])


class OptionsInput(FieldInput, QWidget):
    """Buttons laid out in a row when they fit, else in a column. Subclasses say what a press means."""

    ticks = False
    flow = False
    """Break into several rows instead of a column (the reason strip, where space is dear)."""

    def __init__(self, parent: QWidget, codelist: CodeList) -> None:
        super().__init__(parent)
        self.codelist = codelist
        kind = TickOption if self.ticks else RadioOption
        self._buttons: tuple[QAbstractButton, ...] = tuple(
            kind(self, place, self) for place in range(len(codelist.values))
        )
        self._labels = [""] * len(self._buttons)
        self._sizes: dict[tuple[str, int, int], tuple[str, QSize]] = {}
        self._heights: dict[tuple[int, int], int] = {}
        self._text = ""
        self._name = ""
        self._typed = ""
        self.retranslate()
        self._refresh()

    def entered(self) -> Entered:
        """The code chosen (or what was stored and is no code of the list)."""
        return Entered(self._text)

    def _display(self, saved: Entered) -> None:
        self._text = saved.text
        self._refresh()

    def options(self) -> tuple[QAbstractButton, ...]:
        """All buttons."""
        return self._buttons

    def _is_on(self, code: str) -> bool:
        return code == self._text

    def _refresh(self) -> None:
        stop = self._stop()
        for place, (button, value) in enumerate(zip(self._buttons, self.codelist.values, strict=True)):
            on = self._is_on(value.code)
            if button.isChecked() != on:
                button.setChecked(on)
            # One stop of Tab for the whole group: the chosen answer, else the first.
            policy = Qt.FocusPolicy.StrongFocus if place == stop else Qt.FocusPolicy.ClickFocus
            if button.focusPolicy() != policy:
                button.setFocusPolicy(policy)

    def _stop(self) -> int:
        on = [i for i, value in enumerate(self.codelist.values) if self._is_on(value.code)]
        return on[0] if on else 0

    def focus_target(self) -> QWidget:
        """The chosen button, else the first."""
        return self._buttons[self._stop()]

    def focus_widgets(self) -> tuple[QWidget, ...]:
        """All buttons."""
        return self._buttons

    def set_names(self, name: str, description: str) -> None:
        """Each button is named after question and answer."""
        self._name = name
        for button, value in zip(self._buttons, self.codelist.values, strict=True):
            button.setAccessibleName(f"{name}: {speak(value.text)}")
            button.setAccessibleDescription(description)

    def retranslate(self) -> None:
        """The answers in the window's language."""
        self._heights.clear()
        coded = by_code(self.codelist)
        for place, (button, value) in enumerate(zip(self._buttons, self.codelist.values, strict=True)):
            words = value.text.in_(language())
            number = number_of(self.codelist, place)
            alone = len(self._buttons) == 1 or (coded and words == number)
            self._labels[place] = (words if alone else f"{number}  {words}").replace("&", "&&")
            button.setText(self._labels[place])
        self.updateGeometry()
        self._place_buttons()

    # -- geometry

    def wanted_width(self) -> int:
        """All there is."""
        return 0

    def height_for(self, width: int) -> int:
        """One line in a row, else one line for each answer."""
        wanted = (width, self.fontMetrics().height())
        known = self._heights.get(wanted)
        if known is None:
            known = self._heights[wanted] = self._lay(width, place=False)
        return known

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons."""
        self._place_buttons()

    def _place_buttons(self) -> None:
        self._lay(self.width(), place=True)

    def _lay(self, width: int, *, place: bool) -> int:
        gap = em(self)
        sizes = [self._size(number, width, place=place) for number in range(len(self._buttons))]
        breaks = self.flow or sum(size.width() + gap for size in sizes) - gap <= width
        x, y, high = 0, 0, 0
        for button, size in zip(self._buttons, sizes, strict=True):
            if x and (not breaks or x + size.width() > width):
                x, y, high = 0, y + high, 0
            high = max(high, size.height())
            if place:
                button.setGeometry(x, y, min(size.width(), max(width, gap)), size.height())
            x += size.width() + gap
        return y + high

    def _size(self, number: int, width: int, *, place: bool) -> QSize:
        """How large a button is; words too long for ``width`` go on in another line."""
        button, label = self._buttons[number], self._labels[number]
        metrics = self.fontMetrics()
        known = self._sizes.get((label, width, metrics.height()))
        if known is None:
            beside = button.sizeHint().width() - metrics.size(0, button.text()).width()
            text = fold(label, max(width - beside, 6 * em(self)), metrics.horizontalAdvance)
            wide = metrics.size(0, text).width() + beside
            # Not the button's own hint: it is that of the words as they are broken now.
            high = max(metrics.height() + text.count("\n") * metrics.lineSpacing() + 4, TARGET)
            known = self._sizes[label, width, metrics.height()] = (text, QSize(wide, high))
        text, size = known
        if place and button.text() != text:
            button.setText(text)
        return size

    # -- what the buttons ask

    def option_key(self, event: QKeyEvent, place: int) -> bool:
        """Enter moves on, Esc puts back, the rest chooses."""
        if event.key() == Qt.Key.Key_Escape and self.dirty:
            self.restore()
            self._follow_focus()
            return True
        step = step_of(event)
        if step in (Step.ENTER, Step.PREVIOUS):
            self._typed = ""
            return self.listener.input_step(step)
        if step is not None:
            return self._arrow(step, place)
        if self.locked:
            return False
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._choose("")
            return True
        text = event.text()
        if len(text) != 1 or not text.isalnum() or not self._type(text):
            return False
        self._went_on(event)
        return True

    def _went_on(self, event: QKeyEvent) -> None:
        """Where the preference is on, a complete code goes on (one answer out of several only)."""

    def _arrow(self, step: Step, place: int) -> bool:
        by = 1 if step in (Step.DOWN, Step.RIGHT) else -1
        to = place + by
        if not 0 <= to < len(self._buttons):
            return True
        nothing = not any(button.isChecked() for button in self._buttons)
        self._move_choice(place if nothing else to)
        return True

    def _move_choice(self, to: int) -> None:
        if not self.locked:
            self._choose(self.codelist.values[to].code)

    def _type(self, character: str) -> bool:
        if character.isdigit():
            # "1" then "0" is 10 where the list has it; otherwise the new digit counts alone.
            codes = [number_of(self.codelist, i) for i in range(len(self._buttons))]
            self._typed = self._typed + character if self._typed + character in codes else character
            if self._typed not in codes:
                return False
            self._choose(self.codelist.values[codes.index(self._typed)].code)
            return True
        code = next_by_letter(self.codelist, character, self._text)
        if code is not None:
            self._choose(code)
        return code is not None

    def _choose(self, code: str) -> None:
        self._text = code
        self._refresh()
        self._follow_focus()

    def _follow_focus(self) -> None:
        target = self.focus_target()
        if any(b.hasFocus() for b in self._buttons) and not target.hasFocus():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def option_clicked(self, place: int) -> None:
        """A click chooses and commits; Space chooses."""
        if self.locked:
            return
        self._choose(self.codelist.values[place].code)
        self.listener.input_chosen()

    def option_focused(self) -> None:
        """One of the buttons has the keyboard."""
        self.listener.input_focused()

    def option_left(self) -> None:
        """The keyboard left."""
        self._typed = ""
        self.listener.input_left()

    def option_tab(self, forward: bool) -> bool:
        """Tab leaves the group."""
        return self.listener.input_step(Step.NEXT if forward else Step.PREVIOUS)

    def option_menu(self, event: QContextMenuEvent) -> None:
        """Clear, for those who use the mouse."""
        if self.locked or not self._text:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(say("form.clear_answer")).triggered.connect(self._clear_by_mouse)
        menu.popup(event.globalPos())

    def _clear_by_mouse(self) -> None:
        self._choose("")
        self.listener.input_chosen()


class ChoiceInput(OptionsInput):
    """One answer out of two to seven."""

    def _went_on(self, event: QKeyEvent) -> None:
        numbers = [number_of(self.codelist, place) for place in range(len(self._buttons))]
        if advance.goes_on(event, self._typed, numbers):
            self._typed = ""
            self.listener.input_step(Step.NEXT)


class TickInput(OptionsInput):
    """One box: ticked or not. Space, number or letter ticks; again, or Delete, takes the tick away."""

    ticks = True

    def option_clicked(self, place: int) -> None:
        """Tick or take the tick away, and commit."""
        if self.locked:
            return
        code = self.codelist.values[place].code
        self._choose("" if self._text == code else code)
        self.listener.input_chosen()

    def _arrow(self, step: Step, place: int) -> bool:
        return self.listener.input_step(step)
