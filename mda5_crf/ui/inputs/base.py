"""What every input has in common. An input shows and takes text; it knows nothing of rules.

``saved`` is the last committed answer. Text that differs from it is *uncommitted* and survives everything
(a language switch, a refresh of the form) until it is committed or put back with Esc.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class Entered(NamedTuple):
    """What stands in an input: the text, and the unit chosen for it ("" = the item's own)."""

    text: str
    unit: str = ""


class Step(Enum):
    """Where somebody asks to go. ENTER is NEXT, except that it adds a row at the end of a log."""

    NEXT = "next"
    ENTER = "enter"
    PREVIOUS = "previous"
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"


class Listener(Protocol):
    """Who hears an input. The page's Field in the program."""

    def input_focused(self) -> None:
        """The input has the keyboard now."""

    def input_left(self) -> None:
        """The keyboard went elsewhere: time to commit."""

    def input_chosen(self) -> None:
        """A deliberate choice with the mouse: commit now."""

    def input_edited(self) -> None:
        """Something beside the text changed (the unit): draw anew."""

    def input_pasted(self) -> bool:
        """Ctrl+V. True when somebody else takes what is on the clipboard (a block of cells in a table)."""

    def input_step(self, step: Step) -> bool:
        """Commit, then move. False = nothing there; the input may do its own thing with the key."""


class Deaf:
    """A listener that does nothing: an input before it has a field."""

    def input_focused(self) -> None:
        """Nothing."""

    def input_left(self) -> None:
        """Nothing."""

    def input_chosen(self) -> None:
        """Nothing."""

    def input_edited(self) -> None:
        """Nothing."""

    def input_pasted(self) -> bool:
        """Nobody else wants it."""
        return False

    def input_step(self, step: Step) -> bool:
        """Nothing is there."""
        return False


_DEAF = Deaf()


class FieldInput:
    """Mixed into a QWidget. Subclasses give ``entered``, ``_display`` and what differs from the defaults."""

    listener: Listener = _DEAF
    saved: Entered = Entered("")
    locked: bool = False

    def entered(self) -> Entered:
        """What stands in the input now, as it would be committed."""
        raise NotImplementedError

    def _display(self, saved: Entered) -> None:
        """Show ``saved``."""
        raise NotImplementedError

    @property
    def composing(self) -> bool:
        """Whether an input method is composing in here."""
        return False

    @property
    def dirty(self) -> bool:
        """Whether something stands here that is not committed."""
        return not self.locked and (self.composing or self.entered() != self.saved)

    def show_saved(self, text: str, unit: str = "") -> None:
        """Take note of the committed answer, and show it unless something uncommitted stands here."""
        new = Entered(text, unit)
        keep = self.dirty
        self.saved = new
        if not keep:
            self._display(new)

    def settle(self) -> None:
        """What stands here was committed; the next ``show_saved`` may replace it."""
        self.saved = self.entered()

    def restore(self) -> None:
        """Put back the committed answer (Esc)."""
        self._display(self.saved)

    def bring_back(self, entered: Entered) -> None:
        """Show what somebody had entered and not committed; it stays uncommitted."""
        self._display(entered)

    def finish_composition(self) -> None:
        """End what an input method composes; its characters become text."""

    def focus_target(self) -> QWidget:
        """The widget that takes the keyboard."""
        assert isinstance(self, QWidget)
        return self

    def focus_widgets(self) -> tuple[QWidget, ...]:
        """All widgets in here that can take the keyboard."""
        return (self.focus_target(),)

    def set_locked(self, locked: bool) -> None:
        """Make read-only, or not."""
        self.locked = locked

    def set_names(self, name: str, description: str) -> None:
        """What a screen reader says of it."""
        target = self.focus_target()
        target.setAccessibleName(name)
        target.setAccessibleDescription(description)

    def retranslate(self) -> None:
        """Speak the window's language; uncommitted text stays."""

    def beside(self) -> str:
        """What the answer means in words, where the input shows only numbers or codes."""
        return ""

    def open_choices(self) -> bool:
        """Open the list or calendar (F9). False when there is none."""
        return False

    def wanted_width(self) -> int:
        """Pixels it would like to be wide; 0 = all there is."""
        raise NotImplementedError

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels."""
        assert isinstance(self, QWidget)
        return self.sizeHint().height()


_PLAIN = Qt.KeyboardModifier.NoModifier
_STEPS = {
    (Qt.Key.Key_Return, _PLAIN): Step.ENTER,
    (Qt.Key.Key_Enter, _PLAIN): Step.ENTER,
    (Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier): Step.PREVIOUS,
    (Qt.Key.Key_Enter, Qt.KeyboardModifier.ShiftModifier): Step.PREVIOUS,
    (Qt.Key.Key_Up, _PLAIN): Step.UP,
    (Qt.Key.Key_Down, _PLAIN): Step.DOWN,
    (Qt.Key.Key_Left, _PLAIN): Step.LEFT,
    (Qt.Key.Key_Right, _PLAIN): Step.RIGHT,
}


def step_of(event: QKeyEvent) -> Step | None:
    """The step a key asks for, None when it asks for none. The keypad counts as plain keys."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _STEPS.get((Qt.Key(event.key()), modifiers))


def is_passing(reason: Qt.FocusReason) -> bool:
    """Whether the keyboard only went to a menu or another program and will come back: no commit then."""
    return reason in (
        Qt.FocusReason.ActiveWindowFocusReason,
        Qt.FocusReason.PopupFocusReason,
        Qt.FocusReason.MenuBarFocusReason,
    )
