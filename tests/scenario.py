"""Tests that speak like a user: open a vault, enrol, enter, expect.

    vs = ward.enrol().open("BL", "VS")
    vs.enter("SYSBP_VSORRES", "80").enter("DIABP_VSORRES", "95").expect_hard("below systolic")

Everything runs through the ordinary services on a real encrypted vault; nothing is stubbed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Completion, QueryInfo, Reason
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.session import Session
from mda5_crf.study.model import Mark, Severity
from mda5_crf.study.state import Finding, FormState, ItemState


@dataclass
class OpenForm:
    """One form in the hands of a user."""

    session: Session
    entry: EntrySession
    row: dict[str, str] = field(default_factory=dict)
    last: Changes | None = None

    def key(self, item: str) -> ItemKey:
        group = self.entry.form.items[item].group
        return self.entry.key._replace(group=group, group_repeat=self.row.get(group, ""), item=item)

    def enter(self, item: str, text: str, *, unit: str | None = None, because: str | None = None) -> OpenForm:
        reason = None if because is None else Reason("OTHER", because)
        self.last = self.entry.set_value(self.key(item), text, unit, reason)
        return self

    def enter_all(self, **values: str) -> OpenForm:
        for item, text in values.items():
            self.enter(item, text)
        return self

    def fill(self, **values: str) -> OpenForm:
        """Many answers at once, as a screen pastes them: one transaction."""
        self.last = self.entry.set_values({self.key(item): text for item, text in values.items()})
        return self

    def mark(self, item: str, code: str) -> OpenForm:
        self.last = self.entry.set_missing(self.key(item), code)
        return self

    def confirm(self, item: str) -> OpenForm:
        self.last = self.entry.confirm(self.key(item))
        return self

    def new_row(self, group: str) -> OpenForm:
        self.row[group], self.last = self.entry.add_row(group)
        return self

    def use_row(self, group: str, identity: str) -> OpenForm:
        """Go to a row that is there already."""
        self.row[group] = identity
        return self

    def strike(self, group: str, because: str) -> OpenForm:
        """Strike out the row in hand."""
        row = self.entry.key._replace(group=group, group_repeat=self.row[group])
        self.last = self.entry.strike_row(row, Reason("OTHER", because))
        return self

    def ask(self, check: str) -> QueryInfo:
        """Let a hard finding stand and put it to query."""
        return self.entry.put_to_query(next(one for one in self.findings() if one.check == check))

    def complete(self) -> Completion:
        return self.entry.complete()

    # -- expectations ----------------------------------------------------------------------------------

    @property
    def state(self) -> FormState:
        return self.entry.state

    def item(self, name: str) -> ItemState:
        return self.state.items[self.key(name)]

    def findings(self, severity: Severity | None = None) -> list[Finding]:
        return [f for f in self.state.findings if severity in (None, f.severity) and not f.confirmed]

    def expect(self, item: str, text: str) -> OpenForm:
        found = self.item(item).value.text
        assert found == text, f"{item}: {found!r} instead of {text!r}"
        return self

    def expect_finding(self, severity: Severity, words: str) -> OpenForm:
        found = [f"{f.message.en} / {f.message.zh}" for f in self.findings(severity)]
        assert any(words in one for one in found), f"no {severity} finding says {words!r}; there are {found}"
        return self

    def expect_hard(self, words: str) -> OpenForm:
        return self.expect_finding(Severity.HARD, words)

    def expect_query(self, words: str) -> OpenForm:
        return self.expect_finding(Severity.QUERY, words)

    def expect_soft(self, words: str) -> OpenForm:
        return self.expect_finding(Severity.SOFT, words)

    def expect_warning(self, words: str) -> OpenForm:
        return self.expect_finding(Severity.WARNING, words)

    def expect_calm(self, item: str) -> OpenForm:
        found = [f.message.en for f in self.item(item).findings if not f.confirmed and not f.at_completion]
        assert not found, f"{item} was expected calm, but: {found}"
        return self

    def expect_check(self, *checks: str) -> OpenForm:
        """These checks, by id, and perhaps others."""
        found = {one.check for one in self.findings()}
        assert found >= set(checks), f"{sorted(set(checks) - found)} did not fire; there are {sorted(found)}"
        return self

    def expect_silent(self, *checks: str) -> OpenForm:
        """None of these checks."""
        found = {one.check for one in self.findings()} & set(checks)
        assert not found, f"{sorted(found)} fired"
        return self

    def expect_kept(self, item: str, text: str, unit: str | None = None) -> OpenForm:
        """Stored exactly so, whatever it means."""
        entry = self.session.data(self.entry.key.subject).get(self.key(item))
        found = None if entry is None else (entry.text, entry.unit)
        assert found == (text, unit), f"{item} holds {found!r} instead of {(text, unit)!r}"
        return self

    def expect_blocked(self, *checks: str) -> tuple[Finding, ...]:
        """Completion is refused because of exactly these checks."""
        done = self.complete()
        assert not done.done
        assert sorted({one.check for one in done.blocking}) == sorted(checks)
        return done.blocking

    def expect_done(self) -> Completion:
        """Completion goes through."""
        done = self.complete()
        assert done.done, f"blocked by {[(f.check, f.items[0].item) for f in done.blocking]}"
        return done

    def queries(self) -> tuple[QueryInfo, ...]:
        return self.entry.queries()


@dataclass
class Ward:
    """A user at a PC with an open vault."""

    session: Session
    subject: str = ""

    def enrol(self, subjid: str | None = None) -> Ward:
        self.subject = self.session.enrol(subjid).identity
        return self

    def open(self, event: str, form: str, repeat: str = "") -> OpenForm:
        key = ItemKey(self.subject, event, repeat, form)
        return OpenForm(self.session, self.session.entry(key))

    def unscheduled(self, form: str, event: str = "UNS") -> OpenForm:
        """A new visit of an event that repeats, and one of its forms."""
        return self.open(event, form, self.session.add_event(self.subject, event).event_repeat)

    def reading(self, event: str, form: str = "HRCT") -> OpenForm:
        """A new instance of a form that is filled several times at one visit."""
        key = self.session.add_form(ItemKey(self.subject, event), form)
        return OpenForm(self.session, self.session.entry(key))

    def sign(self, event: str, form: str, password: str) -> Ward:
        """Sign a complete form with the first meaning it offers."""
        key = ItemKey(self.subject, event, "", form)
        meaning = self.session.signing_offer(key).meanings[0][0]
        self.session.sign(key, meaning, password, self.session.person.login)
        return self

    def closed(self) -> dict[str, str]:
        """Visits of which nothing more is expected → why."""
        nodes = self.session.tree(self.subject)
        return {node.key.event: node.closed.en for node in nodes if node.closed is not None}

    def expected(self, event: str) -> set[str]:
        """The forms that must be filled at a visit and have not been begun."""
        node = next(node for node in self.session.tree(self.subject) if node.key.event == event)
        waiting = [one for one in node.forms if one.status == "not_started" and one.expected]
        return {one.key.form for one in waiting if one.mark is Mark.REQUIRED}
