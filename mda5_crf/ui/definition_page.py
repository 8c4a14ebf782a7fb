"""The definition: which versions are known here, since when which one applies, and what each one changed.

The principal investigator approves a version for the site here. Whoever comes from a form sees what it goes
by, and can let it go by another version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import amendments, formversions
from mda5_crf.services.access import Action
from mda5_crf.services.amendments import Version
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.text import Text, both, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.trace_base import TracePage, reason_asks

_HEADS = ("version", "state", "sites", "announced", "reason")
_CHANGES = ("what", "how")


class DefinitionPage(TracePage):
    """See the module text."""

    title = message("amend.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._known: dict[str, Version] = {}
        heads = [message(f"amend.head_{one}") for one in _HEADS]
        self.versions = self.table(message("amend.title"), heads)
        self.versions.currentItemChanged.connect(lambda *_: self._chosen())
        heads = [message(f"amend.head_{one}") for one in _CHANGES]
        self.changes = self.table(message("amend.changes"), heads, 2)
        self.approve = self.press(message("amend.approve"), self._approve)
        self.move_form = self.press(message("amend.move"), self._move)
        self.finish()

    def refresh(self) -> None:
        """Read anew what is known here."""
        self._known = {one.hash: one for one in self.session.versions_known()}
        self.fill(
            self.versions,
            [(one.hash, self._cells(one), not one.here) for one in self._known.values()],
        )
        self.tell(self._about())
        self._chosen()

    def _cells(self, one: Version) -> tuple[str, ...]:
        at = f"{one.at.astimezone(self.session.zone):%Y-%m-%d}, {one.person}" if one.amendment else ""
        words = [site.words for site in one.sites]
        sites = Text("; ".join(t.en for t in words), "；".join(t.zh for t in words))
        return one.version, speak(one.state), speak(sites), at, one.reason

    def _about(self) -> Text:
        """What the form on screen before goes by; without one, what this page is."""
        form = self._form()
        if form is None:
            return message("amend.about")
        older = self.session.versions.older(form)
        version = self.session.study_for(form).version
        lines = [message("amend.form_goes_by", form=self.session.form_label(form), version=version)]
        lines = lines if older is None else [older]
        lines += [message("amend.unseen", what=one) for one in formversions.unseen(self.session, form)]
        return Text(" ".join(one.en for one in lines), "".join(one.zh for one in lines))

    def _form(self) -> ItemKey | None:
        """The form one comes from, where something was begun on it."""
        place = self.came_from
        if place is None or not place.form:
            return None
        form, data = place.form_key(), self.session.data(place.subject)
        return form if data.has_entries(form) or form in data.statuses else None

    def _chosen(self) -> None:
        one = self._known.get(self.chosen(self.versions))
        found = () if one is None or not one.here else amendments.changes(self.session, one)
        self.fill(self.changes, [(d.path, (d.path, speak(d.text)), False) for d in found])
        self.approve.setVisible(amendments.approves(self.session))
        self.approve.setEnabled(one is not None and one.can_approve)
        form = self._form()
        self.move_form.setVisible(form is not None and self.session.may(Action.ENTER))
        self.move_form.setEnabled(
            one is not None and one.here and form is not None
            and one.hash != self.session.versions.hash_of(form)
        )  # fmt: skip

    # -- acts

    def _approve(self) -> None:
        one = self._known[self.chosen(self.versions)]

        def do(typed: Mapping[str, str], _second: tuple[str, str]) -> Text:
            approved, begins = _day(typed["approved"]), _day(typed["begins"])
            self.session.approve_for_site(one.hash, approved, begins, typed["own"])
            site = self.session.site
            done = message("amend.approved", version=one.version, site=site, begins=begins.isoformat())
            then = message("amend.next_login")
            return Text(f"{done.en} {then.en}", f"{done.zh}{then.zh}")

        asks = (
            Ask("approved", message("amend.ask_approved")),
            Ask("begins", message("amend.ask_begins"), first=self.session.today.isoformat()),
            Ask("own", message("redact.own"), Kind.SECRET),
        )
        about = message("amend.approve_about", version=one.version)
        self.ask(Act(message("amend.approve"), about, asks), do)

    def _move(self) -> None:
        one, form = self._known[self.chosen(self.versions)], self._form()
        assert form is not None  # else the button is not there
        try:
            plan = self.session.move_plan(form, one.hash)
        except CrfError as problem:
            self.told.emit(problem)
            return

        def do(typed: Mapping[str, str], _second: tuple[str, str]) -> Text:
            self.session.move_form(plan, Reason(typed["reason"], typed["words"].strip()))
            return message("amend.moved", version=one.version)

        lines = list(plan.lines())
        about = Text(
            " ".join(_ended(line.en, ".") for line in lines), "".join(_ended(line.zh, "。") for line in lines)
        )
        reasons = reason_asks(self.session)
        asks = (
            Ask("reason", message("amend.ask_reason"), Kind.CHOICE, "OTHER", reasons),
            Ask("words", message("amend.ask_words"), Kind.WORDS, needed=False, wide=True),
        )
        title = message("amend.move_title", form=both(self.session.form_label(form)), version=one.version)
        self.ask(Act(title, about, asks), do)

    def take_focus(self) -> None:
        """To the panel where one is open, else to the list."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            self.versions.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped and self._known:
            self.refresh()


def _ended(words: str, stop: str) -> str:
    """A sentence; one that quotes a question or sentence has its end already."""
    return words if words.endswith((".", "?", "。", "？")) else words + stop


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputRefused("amend.day_form", text=text.strip()) from None
