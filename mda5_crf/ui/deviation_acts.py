"""Proposed protocol deviations in the window: how many, the list, taking over and dismissing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from mda5_crf.errors import CrfError
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.deviations import OPEN, Proposal, rule_of
from mda5_crf.text import Text, message
from mda5_crf.ui.language import language, speak
from mda5_crf.ui.places import form_words
from mda5_crf.ui.reason_bar import ReasonBar
from mda5_crf.ui.side_panel import DEVIATIONS

if TYPE_CHECKING:
    from mda5_crf.study.model import Study
    from mda5_crf.ui.work_pages import WorkArea

WAIT = 300
"""Milliseconds without a change before the proposals are looked at: all visits are asked, typing goes on."""


class DeviationActs(QObject):
    """See the module text. Nothing is asked, shown or offered where the definition has no deviation log."""

    def __init__(self, work: WorkArea) -> None:
        super().__init__(work)
        self._work = work
        self._seen: tuple[str, int] | None = None
        self._study: Study | None = None
        self._known: bool = False
        self.proposals: tuple[Proposal, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.refresh)
        panel = work.side.deviations
        panel.wanted.connect(lambda one: work.open_form(one.anchor.form_key(), one.anchor))
        panel.take_wanted.connect(self.take)
        panel.dismiss_wanted.connect(self.dismiss)
        work.side.show_deviation_page(self.possible)

    @property
    def possible(self) -> bool:
        """Whether the definition keeps deviations."""
        study = self._work.session.study
        if study is not self._study:
            self._study, self._known = study, rule_of(study) is not None
        return self._known

    @property
    def open(self) -> tuple[Proposal, ...]:
        """What waits for somebody."""
        return tuple(one for one in self.proposals if one.state == OPEN)

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._timer.stop()

    def later(self) -> None:
        """Something changed: look as soon as nothing has changed for a moment."""
        if self.possible:
            self._timer.start()

    def refresh(self) -> None:
        """Look now, and say everywhere how many wait."""
        work = self._work
        self._timer.stop()
        if not self.possible or not work.subject or work.busy:
            return
        seen = (work.subject, work.session.data(work.subject).revision)
        if seen != self._seen:
            self.proposals = work.session.deviation_proposals(work.subject)
            self._seen = seen
            work.side.deviations.show_proposals(self.proposals)
        page = work.page
        if page is not None:
            work.context.show_deviations(len(self.open))
            page.show_proposed(sum(one.anchor.form_key() == page.entry.key for one in self.open))

    def show(self) -> None:
        """Ctrl+D: the list, with the keyboard in it."""
        if self._work.page is not None:
            self._seen = None  # a date of today may have changed what is proposed
            self.refresh()
            self._work.open_side(DEVIATIONS)

    # -- acts ------------------------------------------------------------------------------------------

    def take(self, proposal: Proposal) -> None:
        """Make it a row of the log; where the log is complete, ask why it changes."""
        if not self._settled():
            return
        try:
            self._take(proposal, None)
        except ReasonRequired:
            self._ask(
                message("deviations.reason_log", check=proposal.check), lambda why: self._take(proposal, why)
            )
        except CrfError as problem:
            self._refused(problem)

    def _take(self, proposal: Proposal, reason: Reason | None) -> None:
        session = self._work.session
        row, _ = session.take_over(proposal, language(), reason)
        self._done(message("deviations.recorded", row=form_words(session, row)))

    def dismiss(self, proposal: Proposal) -> None:
        """Ask why it is no deviation."""
        if self._settled():
            self._ask(
                message("deviations.reason_dismiss", check=proposal.check),
                lambda why: self._dismiss(proposal, why),
            )

    def _dismiss(self, proposal: Proposal, reason: Reason) -> None:
        self._work.session.dismiss(proposal, reason)
        self._done(message("deviations.dismissed", check=proposal.check))

    def _settled(self) -> bool:
        """Whether nothing on the form on screen waits: a proposal is about what is saved."""
        if self._work.leave():
            return True
        self._work.side.deviations.complain(message("deviations.uncommitted"))
        return False

    def _ask(self, question: Text, act: Callable[[Reason], None]) -> None:
        work = self._work
        bar = ReasonBar(work, question, work.session.study.reasons, act)
        work.show_strip(bar)
        bar.closed.connect(work.side.deviations.take_focus)

    def _refused(self, problem: CrfError) -> None:
        """What is gone or settled already is not shown as waiting any longer."""
        self._seen = None
        self.refresh()
        self._work.side.deviations.complain(problem)

    def _done(self, words: Text) -> None:
        work = self._work
        work.forms_changed()
        self._seen = None
        self.refresh()
        work.bar.show_saved(work.session.now())
        if work.page is not None:
            work.page.announce(speak(words))
