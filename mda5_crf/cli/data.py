"""``enrol`` and ``enter``: the same services as the window."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_named, item_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.changes import Reason
    from mda5_crf.services.entry import EntrySession
    from mda5_crf.study.state import Finding


def enrol(options: argparse.Namespace) -> int:
    """Add a participant; without a number the next free one of this PC's range."""
    with open_session(options) as session:
        subject = session.enrol(options.subject)
        if options.json:
            say_json({"subject": subject.subjid, "identity": subject.identity, "site": subject.site})
        else:
            say(message("cli.enrolled", subject=subject.subjid), options.language)
    return 0


def pairs(words: list[str]) -> list[tuple[str, str]]:
    """``ITEM=TEXT`` words → (item, text). Raises UsageError."""
    result = []
    for word in words:
        name, mark, text = word.partition("=")
        if not mark or not name:
            raise UsageError("cli.item_text_expected", word=name)
        result.append((name, text))
    return result


def reason_of(word: str | None) -> Reason | None:
    """``CODE`` or ``CODE:text`` → Reason; any other words are the reason OTHER with that text."""
    from mda5_crf.services.changes import Reason

    if word is None:
        return None
    code, mark, text = word.partition(":")
    if code.isidentifier() and code.isupper():
        return Reason(code, text.strip() if mark else "")
    return Reason("OTHER", word)


def enter(options: argparse.Namespace) -> int:
    """Enter values, print what they raise. Names are checked before anything is stored."""
    with open_session(options) as session:
        subject = subject_named(session, options.subject)
        form = form_named(session.study, options.form)
        values = [(item_named(form, name), text) for name, text in pairs(options.values)]
        marks = [(item_named(form, name), code) for name, code in pairs(options.missing)]
        confirms = [item_named(form, name) for name in options.confirm]
        event = event_key(session, subject, options.event, create=True)
        entry = session.entry(event._replace(form=form.oid))
        keys = _Keys(entry, options.row)
        reason = reason_of(options.reason)
        before = set(_lines(entry.state.findings, "en"))
        for name, text in values:
            entry.set_value(keys.of(name), text, reason=reason)
        for name, code in marks:
            entry.set_missing(keys.of(name), code, reason=reason)
        for name in confirms:
            entry.confirm(keys.of(name))
        done = entry.complete() if options.complete else None
        state = entry.state
        found = [f for f in state.findings if not f.confirmed and (f.at_completion <= bool(done))]
        if options.json:
            say_json(
                {
                    "subject": subject.subjid, "event": options.event, "form": form.oid, "status": state.status,
                    "stored": len(values) + len(marks), "complete": bool(done and done.done),
                    "findings": [_as_json(f) for f in found],
                }
            )  # fmt: skip
        else:
            say(message("cli.stored", count=len(values) + len(marks), form=form.oid), options.language)
            for finding in found:
                new = "" if finding.message.en in before else "* "
                sys.stdout.write(f"{new}{_line(finding, options.language)}\n")
        if done is not None and not done.done:
            raise InputRefused("cli.not_complete", subject=subject.subjid, event=options.event, form=form.oid,
                               count=len(done.blocking))  # fmt: skip
    return 0


class _Keys:
    """Finds the key of an item, creating the log row on its first use when ``--row new`` is asked for."""

    def __init__(self, entry: EntrySession, row: str | None) -> None:
        self._entry = entry
        self._row = row
        self._repeat: dict[str, str] = {}

    def of(self, name: str) -> ItemKey:
        item = self._entry.form.items[name]
        group = next(g for g in self._entry.form.groups if g.name == item.group)
        repeat = self._row_of(group.name) if group.repeating else ""
        return self._entry.key._replace(group=group.name, group_repeat=repeat, item=name)

    def _row_of(self, group: str) -> str:
        if group in self._repeat:
            return self._repeat[group]
        live = self._entry.rows(group)
        if self._row is None:
            if live:
                raise UsageError("entry.row_needed", form=self._entry.form.oid)
            identity = self._entry.add_row(group)[0]
        elif self._row == "new" or (self._row.isdigit() and int(self._row) == len(live) + 1):
            identity = self._entry.add_row(group)[0]
        elif self._row.isdigit() and 0 < int(self._row) <= len(live):
            identity = live[int(self._row) - 1]
        else:
            raise InputRefused("entry.unknown_row", form=self._entry.form.oid, subject=self._entry.subjid, row=self._row)
        self._repeat[group] = identity
        return identity


def _line(finding: Finding, language: str) -> str:
    where = ", ".join(sorted({key.item for key in finding.items}))
    return f"{finding.severity.value.upper()} {finding.check} {where}: {finding.message.in_('zh' if language == 'zh' else 'en')}"


def _lines(findings: tuple[Finding, ...], language: str) -> list[str]:
    return [f.message.in_("zh" if language == "zh" else "en") for f in findings]


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check, "severity": finding.severity.value, "items": [k.item for k in finding.items],
        "message": {"en": finding.message.en, "zh": finding.message.zh}, "blocks": finding.blocks,
    }  # fmt: skip
