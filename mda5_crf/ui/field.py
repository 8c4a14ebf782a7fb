"""One item on the page: its key, its input, where it stands and what it says now."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item
from mda5_crf.study.state import ItemState
from mda5_crf.text import Text
from mda5_crf.ui.inputs.base import Deaf, Entered, FieldInput, Step
from mda5_crf.ui.language import language
from mda5_crf.ui.marking import CALM, Marking


class FieldOwner(Protocol):
    """What a field asks of the page."""

    def field_focused(self, field: Field) -> None:
        """The keyboard is in ``field`` now."""

    def field_left(self, field: Field) -> None:
        """The keyboard left ``field``."""

    def field_chosen(self, field: Field) -> None:
        """A deliberate choice in ``field``: commit."""

    def field_pasted(self, field: Field) -> bool:
        """Ctrl+V in ``field``; False when it takes what is on the clipboard itself."""

    def field_step(self, field: Field, step: Step) -> bool:
        """Commit ``field`` and move; False when there is nothing to move to."""


class FieldHost(Protocol):
    """Where a field stands: a row, or a cell of a table. ``strip`` is a widget shown under it."""

    def refresh_field(self, field: Field) -> bool:
        """Draw the field's marking; True when the host's height changed."""

    def show_field(self, field: Field, shown: bool) -> bool:
        """Show or hide the field; True when the host's height or presence changed."""

    def field_rect(self, field: Field) -> QRect:
        """The field's row, in the coordinates of the host."""

    def widget(self) -> QWidget:
        """The host itself."""

    def neighbour(self, field: Field, step: Step) -> Field | None:
        """The field an arrow leads to inside the host; None for none."""

    def reveal(self, field: Field) -> None:
        """Scroll inside the host so that the field is in sight."""

    def open_strip(self, field: Field, strip: QWidget) -> None:
        """Show ``strip`` under the field."""

    def close_strip(self) -> None:
        """Let go of the strip."""


class Field(Deaf):
    """See the module text. Created by the page's groups; listens to its input."""

    def __init__(
        self, owner: FieldOwner, host: FieldHost, key: ItemKey, item: Item, widget: FieldInput
    ) -> None:
        self.owner = owner
        self.host = host
        self.key = key
        self.item = item
        self.input = widget
        self.state: ItemState | None = None
        self.marking: Marking = CALM
        self.shown = True
        self.name = ""
        self.aside: Text | None = None
        """What stands beside it while it has the keyboard, for a screen reader: the last value."""
        self.just_saved = False
        self.said: object = None
        """What was last shown here: the item's state, its queries, and what the form says of all."""
        self.refusal: Text | None = None
        """Why what stands here could not be stored, until it is."""
        self.refused: Entered | None = None
        """What could not be stored: it is not tried again by itself each time the keyboard leaves."""
        widget.listener = self

    @property
    def stop(self) -> bool:
        """Whether Enter and Tab stop here: shown and entered by people."""
        return self.shown and not self.item.computed

    def words(self, text: Text | None) -> str:
        """``text`` in the window's language, "" for none."""
        return text.in_(language()) if text is not None else ""

    def take_focus(self, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Give the keyboard to the input."""
        self.input.focus_target().setFocus(reason)

    def has_focus(self) -> bool:
        """Whether the keyboard is in here."""
        return any(widget.hasFocus() for widget in self.input.focus_widgets())

    # -- what the input says

    def input_focused(self) -> None:
        """Hand on."""
        self.owner.field_focused(self)

    def input_left(self) -> None:
        """Hand on."""
        self.owner.field_left(self)

    def input_chosen(self) -> None:
        """Hand on."""
        self.owner.field_chosen(self)

    def input_edited(self) -> None:
        """The unit changed."""
        self.host.refresh_field(self)

    def input_pasted(self) -> bool:
        """Hand on."""
        return self.owner.field_pasted(self)

    def input_step(self, step: Step) -> bool:
        """Hand on."""
        return self.owner.field_step(self, step)
