"""Commits of the second entry: what differs from the first is shown at once, beside the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from mda5_crf.errors import CrfError
from mda5_crf.services.changes import Reason
from mda5_crf.services.second_book import OPEN, Comparison, Reading, entry_of
from mda5_crf.services.second_resolve import resolve
from mda5_crf.text import Text, both, message
from mda5_crf.ui.answers import answer
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_commit import Commits
from mda5_crf.ui.language import say
from mda5_crf.ui.reason_strip import OTHER
from mda5_crf.ui.second_strip import FIRST, SECOND, DifferenceStrip

if TYPE_CHECKING:
    from mda5_crf.ui.second_page import SecondPage


class SecondCommits(Commits):
    """A difference is durable when it shows: nobody is held by its strip, and leaving puts it away."""

    def __init__(self, page: SecondPage) -> None:
        super().__init__(page)
        self._second = page

    def commit(self, field: Field, *, by_keyboard: bool, then: Callable[[], None] | None = None) -> bool:
        """As always; an open difference gives way to the next answer."""
        if field.input.dirty and isinstance(self._strip, DifferenceStrip):
            self.put_away()
        return super().commit(field, by_keyboard=by_keyboard, then=then)

    def commit_all(self) -> bool:
        """As always. Differences stay open and are listed at the end."""
        self.put_away()
        for field in list(self._page.fields.values()):
            if field.input.dirty:
                super().commit(field, by_keyboard=False)
                self.put_away()
        return not any(field.input.dirty for field in self._page.fields.values())

    def _store(
        self, field: Field, reason: Reason | None, by_keyboard: bool, then: Callable[[], None] | None = None
    ) -> bool:
        done = super()._store(field, reason, by_keyboard, then)
        if not done or field.input.dirty or field.key.group_repeat:
            # Which row of the record a row is compared with is not known before it is whole.
            return done
        one = self._second.second.comparison(field.key)
        if one is None or one.standing not in OPEN:
            return done
        self.show(field, one, take_focus=by_keyboard)
        return not by_keyboard

    def show(self, field: Field, one: Comparison, *, take_focus: bool = True) -> None:
        """Open the strip under ``field``."""
        page = self._second
        names = page.names
        label = field.item.label
        choices = {
            FIRST: message(
                "second.first_right", value=self._said(field, one.first), who=names.who(one.first)
            ),
            SECOND: message(
                "second.second_right", value=self._said(field, one.second), who=names.who(one.second)
            ),
            OTHER: message("second.neither"),
        }
        self._field = field
        self._open_at(field, message("second.differs", item=label), choices, self._accepted)
        if take_focus and self._strip is not None:
            self._strip.take_focus()
            page.view.keep_visible(self._strip)
        page.announce(say("second.differs", item=label))

    def _open_at(
        self, field: Field, question: Text, choices: Mapping[str, Text], done: Callable[[Reason], None]
    ) -> None:
        strip = DifferenceStrip(self._page, question, choices, done, self.put_away, self._second.deaf)
        self._strip = strip
        field.host.open_strip(field, strip)
        self._page.relayout()

    def _said(self, field: Field, said: Reading | None) -> Text:
        """What one of the two entered, in words."""
        if said is None or not (said.text or said.missing):
            return message("second.blank")
        return both(answer(self._second.second.base, field.item, field.key, entry_of(said)))

    def ask_row(self, question: Text, choices: Mapping[str, Text], done: Callable[[Reason], None]) -> None:
        """Open the strip about a row, on top of the page."""
        self.put_away()

        def accepted(reason: Reason) -> None:
            self.put_away()
            done(reason)

        page = self._second
        strip = DifferenceStrip(page.place, question, choices, accepted, self.put_away, page.deaf)
        self._strip = strip
        page.place.put(strip)
        page.relayout()
        strip.take_focus()
        page.view.keep_visible(strip)

    def _accepted(self, reason: Reason) -> None:
        field, strip = self._field, self._strip
        if field is None or strip is None:
            return
        choice = {FIRST: "first", SECOND: "second", OTHER: "other"}[reason.code]
        text, note = (reason.text, "") if choice == "other" else ("", reason.text)
        try:
            resolve(self._second.second, field.key, choice, text, note)
        except CrfError as problem:
            self.put_away()
            self._page.refused(None, problem)
            return
        self.put_away()
        self._second.resolved()
        self._page.announce(say("second.resolved"))

    def put_away(self) -> None:
        """Esc, or the next answer: the difference stays open."""
        strip, field = self._strip, self._field
        if not isinstance(strip, DifferenceStrip):
            return
        window = strip.window().focusWidget()
        had_focus = window is not None and strip.isAncestorOf(window)
        self._strip = self._field = self._cancel = None
        if field is not None:
            field.host.close_strip()
            if had_focus:
                field.take_focus(Qt.FocusReason.OtherFocusReason)
        else:
            self._second.place.clear()
            if had_focus:
                self._second.summary.take_focus()
        strip.setVisible(False)
        strip.deleteLater()
        self._page.relayout()
