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
from mda5_crf.study.model import Severity
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

    def mark(self, item: str, code: str) -> OpenForm:
        self.last = self.entry.set_missing(self.key(item), code)
        return self

    def confirm(self, item: str) -> OpenForm:
        self.last = self.entry.confirm(self.key(item))
        return self

    def new_row(self, group: str) -> OpenForm:
        self.row[group], self.last = self.entry.add_row(group)
        return self

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
