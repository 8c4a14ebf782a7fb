"""What the window's commands do on a form: one method for each that acts there, and the jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from mda5_crf.services.entry import EntrySession
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Study
    from mda5_crf.ui.field import Field
    from mda5_crf.ui.form_acts import FormActs
    from mda5_crf.ui.form_commit import Commits
    from mda5_crf.ui.form_moves import Moves
    from mda5_crf.ui.form_rows import FormRows
    from mda5_crf.ui.known import Known


class FormCommands:
    """Mixed into the form page, whose parts do the work. Each returns whether there was something to do."""

    acts: FormActs
    commits: Commits
    known: Known
    moves: Moves

    @property
    def study(self) -> Study:
        """The definition that this form goes by."""
        return self.session.study_for(self.entry.key)

    @property
    def note(self) -> Text | None:
        """What the form notes, after which version it goes by where that is not the newest."""
        older, note = self.session.versions.older(self.entry.key), self.entry.form.note
        return (
            note
            if older is None
            else older
            if note is None
            else message("amend.noted", version=older, note=note)
        )

    rows: FormRows

    if TYPE_CHECKING:
        session: Session
        entry: EntrySession
        history_requested: SignalInstance
        guidance_requested: SignalInstance
        query_requested: SignalInstance

        @property
        def focused(self) -> Field | None:
            """The page's."""

        @property
        def focused_key(self) -> ItemKey | None:
            """The page's."""

        def announce(self, words: str) -> None:
            """The page's."""

    def save_now(self) -> bool:
        """Ctrl+S: commit the focused field and say that all is saved."""
        done = self.commits.commit_all()
        if done:
            self.announce(say("form.all_saved"))
        return done

    def go_to(self, key: ItemKey) -> bool:
        """Show and focus the item ``key``; False when it is not on the page or does not apply."""
        return self.moves.go_to(key)

    def find_items(self, words: str) -> tuple[tuple[ItemKey, str], ...]:
        """Items whose name, number or question contains ``words`` (Ctrl+G)."""
        return self.moves.find(words)

    def first_item(self) -> bool:
        """Ctrl+Home."""
        return self.moves.edge(last=False)

    def last_item(self) -> bool:
        """Ctrl+End."""
        return self.moves.edge(last=True)

    def next_attention(self) -> bool:
        """F4: the next field that needs attention."""
        return self.moves.attention(forward=True)

    def previous_attention(self) -> bool:
        """Shift+F4."""
        return self.moves.attention(forward=False)

    def open_choices(self) -> bool:
        """F9: list, calendar or units of the focused field."""
        field = self.focused
        return field is not None and field.input.open_choices()

    def confirm(self) -> bool:
        """F8: confirm what is unusual about the focused item."""
        return self.acts.confirm()

    def missing_menu(self) -> bool:
        """Ctrl+U: open the list of missing codes for the focused item."""
        return self.acts.missing_menu()

    def mark_missing(self, code: str) -> None:
        """Mark the focused item missing with ``code``; "" takes the mark away."""
        self.acts.mark_missing(code)

    def zero_row(self) -> bool:
        """Set the empty cells of the focused grid row to the group's zero."""
        return self.acts.zero_row()

    def rest(self) -> bool:
        """Ctrl+Shift+R: all cells of the focused group that are still empty get their answer at rest."""
        return self.acts.rest()

    def paste_rows(self) -> bool:
        """Ctrl+Shift+V: preview what is on the clipboard, for the table that has the keyboard."""
        return self.acts.pasting.paste_rows()

    def add_row(self, group: str = "") -> bool:
        """Add a row to ``group``, or to the focused (or only) log."""
        return self.acts.add_row(group)

    def strike_row(self) -> bool:
        """Strike out the focused row of a log; asks for the reason."""
        return self.acts.strike_row()

    def next_row(self) -> bool:
        """Ctrl+Down: the same question in the next row of a log."""
        return self.rows.step_row(1)

    def previous_row(self) -> bool:
        """Ctrl+Up."""
        return self.rows.step_row(-1)

    def show_struck(self) -> bool:
        """Ctrl+Shift+S: list struck rows of long logs too, or no longer."""
        return self.rows.toggle_struck()

    def take_limits(self) -> bool:
        """F7: fill in what is known already."""
        return self.known.take()

    def complete(self) -> bool:
        """F12: complete the form, or show on top what stands in the way."""
        return self.acts.complete()

    def show_history(self) -> None:
        """Ctrl+H."""
        if self.focused_key is not None:
            self.history_requested.emit(self.focused_key)

    def show_guidance(self) -> None:
        """F1."""
        if self.focused_key is not None:
            self.guidance_requested.emit(self.focused_key)

    def ask_query(self) -> None:
        """Ctrl+M."""
        if self.focused_key is not None:
            self.commits.commit_all()
            self.query_requested.emit(self.focused_key)
