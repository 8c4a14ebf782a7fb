"""Second entry in the window: begins and ends with one key, and keeps everything around the form blind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import EventNode
from mda5_crf.services.overview import event_status
from mda5_crf.services.second_book import Stage
from mda5_crf.text import Text, message
from mda5_crf.ui.actions import ALWAYS
from mda5_crf.ui.language import say
from mda5_crf.ui.second_page import SecondPage

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.work_pages import WorkArea

_STATUS = {
    Stage.NONE: "not_started",
    Stage.IN_PROGRESS: "in_progress",
    Stage.OPEN: "in_progress",
    Stage.AGREED: "complete",
}
# What a blind person may do: nothing that shows, prints or judges what was entered first.
_BLIND = frozenset(
    {
        "matrix", "log_out", "lock", "next_pane", "previous_pane", "previous_form", "next_form", "go_to",
        "complete", "confirm", "next_attention", "previous_attention", "first_item", "last_item", "missing",
        "zero_row", "rest", "paste_rows", "add_row", "strike_row", "next_row", "previous_row", "save_now",
        "second_entry", "auto_advance", "guidance",
    }
)  # fmt: skip
_CHANGING = frozenset(
    {"confirm", "missing", "zero_row", "rest", "paste_rows", "add_row", "strike_row", "save_now"}
)


class SecondActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea) -> None:
        super().__init__(work)
        self._work = work
        work.matrix.comparison_wanted.connect(self.open)

    @property
    def on(self) -> bool:
        """Whether forms are opened for second entry."""
        return self._work.forms.second

    @property
    def possible(self) -> bool:
        """Whether the person may begin or end it now."""
        page = self._work.page
        return page is not None and self._work.session.may(Action.ENTER) and not page.place_only

    def toggle(self) -> None:
        """Ctrl+Shift+D: open the form on screen for its second entry, or as usual again."""
        work = self._work
        if work.page is None or not work.leave():
            return
        self._turn(work.page.entry.key, begins=not self.on)

    def open(self, key: ItemKey) -> None:
        """Open a form for its second entry: the two differ, and somebody wants to say which is right."""
        if self._work.session.may(Action.ENTER) and self._work.leave():
            self._turn(key, begins=True)

    def _turn(self, key: ItemKey, *, begins: bool) -> None:
        work = self._work
        work.panes.show_side(False)
        work.forms.set_second(begins)
        work.side.set_blind(begins)
        work.open_form(key)
        work.bar.show_said(say("second.begun" if begins else "second.ended"))

    def end(self) -> None:
        """Going home ends it: the next form is opened as usual."""
        self._work.forms.set_second(False)
        self._work.side.set_blind(False)

    def stages(self) -> dict[ItemKey, Text]:
        """How the double entry of the participant's forms stands, in words."""
        found = self._work.session.second_stages(self._work.subject)
        return {form: message(f"second.stage_{book.stage}") for form, book in found.items()}

    def nodes(self, nodes: Sequence[EventNode]) -> Sequence[EventNode]:
        """The tree for whoever is blind: what was entered first, even how much, is left out of it."""
        if not self.on:
            return nodes
        found = self._work.session.second_stages(self._work.subject)
        stages = {form: _STATUS[book.stage] for form, book in found.items()}
        blind = []
        for node in nodes:
            forms = tuple(
                replace(one, status=stages.get(one.key, "not_started"), queries=0, answered=0, expected=0)
                for one in node.forms
            )
            status = event_status(forms)
            blind.append(replace(node, forms=forms, status=status, date=None, window=None, closed=None))
        return blind

    def limit(self, allowed: set[str], page: FormPage) -> None:
        """Take out of ``allowed`` what a blind person must not do."""
        if self.possible:
            allowed.add("second_entry")
        if page.entry.blind:
            allowed.intersection_update(_BLIND | set(ALWAYS))
            if page.entry.readonly is not None:
                allowed.difference_update(_CHANGING)

    def status(self, page: FormPage) -> Text | None:
        """How the second entry of the form on screen stands, None when it is the ordinary form."""
        if not isinstance(page, SecondPage):
            return None
        book = page.second.book()
        stage = book.stage
        if book.rows and stage is not Stage.NONE and not page.asked:
            # What follows from rows is said at the end, as their comparison is.
            differs = any(not one.key.group_repeat for one in book.differing)
            stage = Stage.OPEN if differs else Stage.IN_PROGRESS
        return message(f"second.stage_{stage}")
