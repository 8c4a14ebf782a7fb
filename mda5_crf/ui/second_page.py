"""A form in second entry: the same page over a blind session, with a look of its own and its own end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.changes import Changes, QueryInfo
from mda5_crf.services.second_book import Comparison, Standing
from mda5_crf.services.second_words import Names
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.text import Text, message
from mda5_crf.ui import describing
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_acts import FormActs
from mda5_crf.ui.form_commit import Commits
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.language import say
from mda5_crf.ui.marking import CALM, Marking
from mda5_crf.ui.second_banner import SecondBanner
from mda5_crf.ui.second_commits import SecondCommits
from mda5_crf.ui.second_end import SecondEnd, SecondSummary
from mda5_crf.ui.second_strip import DEAF_FOR, StripPlace
from mda5_crf.ui.summary import Summary
from mda5_crf.ui.theme import QUERY, Tone

if TYPE_CHECKING:
    from mda5_crf.services.second import SecondEntry

_LOUD = {Standing.DIFFERS: "second.mark_differs", Standing.AGAIN: "second.mark_again"}


class SecondPage(FormPage):
    """See the module text. ``deaf``: see :mod:`second_strip`."""

    deaf = DEAF_FOR

    def __init__(self, second: SecondEntry, parent: QWidget | None = None) -> None:
        self.second = second
        self.names = Names(second.base)
        self.end: SecondEnd | None = None
        super().__init__(second.session, second, parent)
        self.banner = SecondBanner(self)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.banner)
        self.tell_banner()

    def _make_summary(self) -> Summary:
        made = SecondSummary(self.view.body, self._go_to_finding, self._put_to_query, self.view.keep_visible)
        self.place = StripPlace(self.view.body)
        return made

    def _make_commits(self) -> Commits:
        return SecondCommits(self)

    def _make_acts(self) -> FormActs:
        self.view.stack.add(self.place)
        self.end = SecondEnd(self)
        return self.end

    # -- what is said of an item ---------------------------------------------------------------------------

    def marking_of(self, item: ItemState, queries: Sequence[QueryInfo], locked: Text | None) -> Marking:
        """How the two entries of an item compare; of rows of logs only once the end was asked for."""
        plain = super().marking_of(item, (), locked)
        if not item.relevant or plain.loud:
            return plain
        one = self.second.comparison(item.key)
        return plain if one is None else self._marking(one, plain)

    def _marking(self, one: Comparison, plain: Marking) -> Marking:
        if one.key.group_repeat and not self.asked:
            return plain
        standing = one.standing
        if standing in _LOUD:
            words = message(_LOUD[standing])
            return Marking(Glyph.CONFLICT, QUERY, words, Tone.QUERY, loud=True, needs_attention=True)
        if standing is Standing.RESOLVED and one.resolution is not None:
            words = message(f"second.ended_{one.resolution.choice}", who=self.names.who(one.resolution))
            return Marking(Glyph.CONFIRMED, "", words)
        if standing is Standing.AGREES:
            # A tick and no words: nothing moves while somebody types. They are said, and read out (below).
            return Marking(Glyph.TICK)
        if standing is Standing.SAME_PERSON:
            return Marking(Glyph.NOTE, "", message("second.same_twice"), loud=True)
        if standing is Standing.ONCE and self.asked:
            return Marking(Glyph.RING, "", message("second.mark_once"), loud=True, needs_attention=True)
        return plain if standing is not Standing.ONCE else CALM

    def _describe(self, field: Field) -> None:
        super()._describe(field)
        if field.marking.glyph is Glyph.TICK:
            unit = field.item.unit or ""
            field.input.set_names(field.name, describing.description(field.item, unit, say("second.agrees")))

    def announce_saved(self, field: Field) -> None:
        """After a commit: saved, and that it agrees."""
        if field.marking.glyph is Glyph.TICK:
            self.announce(say("form.saved_with", item=field.item.label, words=say("second.agrees")))
        else:
            super().announce_saved(field)

    # -- following -----------------------------------------------------------------------------------------

    def apply(self, changes: Changes) -> None:
        """Show what an act changed."""
        super().apply(changes)
        self.tell_banner()

    def resolved(self) -> None:
        """A difference ended: the record may have changed, and what is listed."""
        self.show_state(self.second.state)
        self.tell_banner()
        if self.end is not None:
            self.end.list_again()

    def tell_banner(self) -> None:
        """Say above the form how far it is."""
        if hasattr(self, "banner"):
            try:
                self.banner.tell(self.second.book(), whole=self.asked)
            except CrfError:
                self.banner.tell(None)

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.banner.retranslate()
        super().retranslate()

    def show_state(self, state: FormState) -> None:
        """As the page; the state is always that of the second entries."""
        super().show_state(state if state.key == self.entry.key else self.second.state)
