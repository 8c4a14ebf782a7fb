"""``enrol`` and ``enter``: the same services as the window."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.cli.address import (
    FormPlace,
    event_key,
    form_at,
    form_key,
    group_of,
    item_named,
    nearest,
    row_named,
    subject_named,
)
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_error, say_json
from mda5_crf.errors import CrfError, InputRefused, UsageError
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.changes import Completion, Reason
    from mda5_crf.services.entry import EntrySession
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Form
    from mda5_crf.study.state import Finding

_NEW_ROW = "new"


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
    """``ITEM=TEXT`` words → (item, text).

    Raises UsageError, naming the word's place: it may be a bare value.
    """
    result = []
    for number, word in enumerate(words, 1):
        name, mark, text = word.partition("=")
        if not mark or not name.strip():
            raise UsageError("cli.item_text_expected", number=number)
        result.append((name.strip(), text))
    return result


def reason_of(word: str | None) -> Reason | None:
    """``CODE`` or ``CODE:text`` → Reason; any other words are the reason OTHER with that text."""
    from mda5_crf.services.changes import Reason

    if word is None:
        return None
    code, mark, text = word.partition(":")
    if code.isidentifier() and code.isascii() and code.isupper():
        return Reason(code, text.strip() if mark else "")
    return Reason("OTHER", word.strip())


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be entered, names checked."""

    place: FormPlace
    values: list[tuple[str, str]]
    missing: list[tuple[str, str]]
    confirm: list[str]
    reason: Reason | None

    @property
    def form(self) -> Form:
        """The form that is entered into."""
        return self.place.form


def enter(options: argparse.Namespace) -> int:
    """Enter values, print what they raise. Names, codes and rows are checked before anything is stored."""
    if options.second or options.resolve:
        from mda5_crf.cli.second import enter as enter_second

        return enter_second(options)
    values, missing = pairs(options.values), pairs(options.missing)
    if not (values or missing or options.confirm or options.complete):
        raise UsageError("cli.nothing_to_enter")
    with open_session(options) as session:
        subject = subject_named(session, options.subject)
        plan = _checked(session, options, values, missing)
        event = event_key(session, subject, options.event, create=True)
        entry = session.entry(form_key(session, event, plan.place, create=True))
        before = {(f.check, f.items) for f in entry.state.findings}
        done = _store(entry, plan, complete=options.complete)
        found = [
            f for f in entry.state.findings if not f.confirmed and (f.at_completion <= bool(options.complete))
        ]
        stored = len(values) + len(missing)
        if options.json:
            say_json(
                {
                    "subject": subject.subjid,
                    "event": session.event_label(event),
                    "form": session.form_label(entry.key),
                    "status": entry.state.status,
                    "stored": stored,
                    "complete": bool(done and done.done),
                    "queries_raised": done.queries_raised if done else 0,
                    "findings": [_as_json(f) for f in found],
                }
            )
        else:
            say(message("cli.stored", count=stored, form=session.form_label(entry.key)), options.language)
            for finding in found:
                mark = "  " if (finding.check, finding.items) in before else "* "
                sys.stdout.write(f"{mark}{one_line(_line(finding, options.language))}\n")
        if session.clock_warning is not None:
            say_error(session.clock_warning)
        if done is not None and not done.done:
            raise InputRefused(
                "cli.not_complete",
                subject=subject.subjid,
                event=options.event,
                form=plan.form.oid,
                count=len(done.blocking),
            )
    return 0


def _checked(
    session: Session,
    options: argparse.Namespace,
    values: list[tuple[str, str]],
    missing: list[tuple[str, str]],
) -> _Plan:
    place = form_at(session.versions.words, options.event, options.form, options.row)
    form = place.form
    reason = reason_of(options.reason)
    if reason is not None and reason.code not in session.study.reasons:
        raise InputRefused("entry.unknown_reason", reason=reason.code, known=", ".join(session.study.reasons))
    plan = _Plan(
        place,
        [(item_named(form, name), text) for name, text in values],
        [(item_named(form, name), code.strip().upper()) for name, code in missing],
        [item_named(form, name) for name in options.confirm],
        reason,
    )
    for name, _ in (*plan.values, *plan.missing):
        item = form.items[name]
        if item.computed:
            raise InputRefused(
                "entry.item_computed",
                subject=options.subject,
                event=options.event,
                form=form.oid,
                item=item.label,
            )
    for name, code in plan.missing:
        item = form.items[name]
        if code not in item.missing and not (code == "ND" and item.not_done_item):
            known = ", ".join(item.missing) or "-"
            raise InputRefused("entry.missing_code_unknown", item=item.label, code=code, known=known)
    return plan


def _store(entry: EntrySession, plan: _Plan, *, complete: bool) -> Completion | None:
    """Commit one by one, as a person would. What was stored before a refusal stays, and is counted aloud."""
    keys = _Keys(entry, plan)
    stored = 0
    try:
        for name, text in plan.values:
            entry.set_value(keys.of(name), text, reason=plan.reason)
            stored += 1
        for name, code in plan.missing:
            entry.set_missing(keys.of(name), code, reason=plan.reason)
            stored += 1
        for name in plan.confirm:
            entry.confirm(keys.of(name), reason=plan.reason)
        return entry.complete() if complete else None
    except CrfError:
        if stored:
            say_error(message("cli.stored_before", count=stored))
        raise


def keys_of(entry: EntrySession, place: FormPlace, names: list[str]) -> dict[str, ItemKey]:
    """The keys of items of a form, in the row that ``place`` names; see ``_Keys``."""
    keys = _Keys(entry, _Plan(place, [], [], names, None))
    return {name: keys.of(name) for name in names}


class _Keys:
    """The key of each item, in the row that was named; ``--row new`` or the number behind the last
    makes one row.
    """

    def __init__(self, entry: EntrySession, plan: _Plan) -> None:
        self._entry = entry
        self._plan = plan
        self._repeat: dict[str, str] = {}
        # All groups first: a row that is not there is found before the first value is stored.
        for name in (*(n for n, _ in plan.values), *(n for n, _ in plan.missing), *plan.confirm):
            self.of(name)

    def of(self, name: str) -> ItemKey:
        form = self._entry.form
        if name not in form.items:  # another version of the form has it
            known = nearest(name, form.items)
            raise InputRefused("entry.unknown_item", form=form.oid, item=name, known=known)
        group = group_of(form, name)
        repeat = self._row_of(group.name) if group.repeating else ""
        return self._entry.key._replace(group=group.name, group_repeat=repeat, item=name)

    def _row_of(self, group: str) -> str:
        if group not in self._repeat:
            made, live = self._entry.lines(group), self._entry.rows(group)
            word = self._plan.place.row
            wants_new = word == _NEW_ROW or (word is None and not live) or word == str(len(made) + 1)
            self._repeat[group] = (
                self._entry.add_row(group, self._plan.reason)[0]
                if wants_new
                else row_named(self._plan.form, made, live, word, self._entry.subjid)
            )
        return self._repeat[group]


def _line(finding: Finding, language: Language) -> str:
    where = ", ".join(sorted({key.item for key in finding.items}))
    return f"{finding.severity.value.upper()} {finding.check} {where}: {finding.message.in_(language)}"


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "items": [k.item for k in finding.items],
        "message": {"en": finding.message.en, "zh": finding.message.zh},
        "blocks": finding.blocks,
    }
