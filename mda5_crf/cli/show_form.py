"""``show VAULT SUBJECT EVENT FORM``: values as typed and as computed, findings, queries."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import row_named
from mda5_crf.cli.amending import version_json, version_lines
from mda5_crf.cli.moments import moment_json
from mda5_crf.cli.output import one_line, say_json, table
from mda5_crf.cli.show_where import where_json, where_words
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lockclash
from mda5_crf.study.links import in_words
from mda5_crf.study.model import ItemType
from mda5_crf.study.overlay import of_finding
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.changes import QueryInfo
    from mda5_crf.services.session import Session
    from mda5_crf.services.signing import SignatureInfo
    from mda5_crf.study.state import Finding, FormState, ItemState


def show_form(session: Session, key: ItemKey, row: str | None, options: argparse.Namespace) -> None:
    """One form, or one row of a log (``row``: its line number)."""
    state = session.state(key)
    session.view_book.note(key)
    numbers, live = _row_numbers(session, key)
    wanted = None
    if row is not None:
        form = session.study_for(key).forms[key.form]
        wanted = row_named(form, list(numbers), live, row, session.subjid(key.subject))
    items = {k: s for k, s in state.items.items() if wanted in (None, k.group_repeat)}
    findings = [f for f in state.findings if wanted is None or any(k.group_repeat == wanted for k in f.items)]
    queries = [
        q
        for q in session.queries(key.subject)
        if q.key.form_key() == key and wanted in (None, q.key.group_repeat)
    ]
    if options.json:
        say_json(
            {
                **moment_json(session),
                "subject": session.subjid(key.subject),
                "event": session.event_label(key),
                "form": session.form_label(key),
                "status": state.status,
                **version_json(session, key),
                "answered": state.answered,
                "expected": state.expected,
                **where_json(session, key),
                "locks_refused": [one.as_json(session) for one in lockclash.of_place(session, key)],
                "signatures": [_signature_json(session, one) for one in session.signatures(key)],
                "items": [_item_json(session, k, s, numbers) for k, s in items.items()],
                "findings": [
                    {
                        "check": f.check,
                        "severity": f.severity.value,
                        "items": [k.item for k in f.items],
                        "confirmed": f.confirmed,
                        "en": f.message.en,
                        "zh": f.message.zh,
                        "overlay": _centre(session, f),
                    }
                    for f in findings
                ],
                "queries": [
                    {
                        "query": q.id,
                        "item": q.key.oid,
                        "state": q.state,
                        "en": q.text.en,
                        "zh": q.text.zh,
                        "answer": q.answer,
                    }
                    for q in queries
                ],
            }
        )
    else:
        _print(session, state, items, numbers, options.language)
        _print_findings(session, findings, queries, options.language)


def _signature_json(session: Session, one: SignatureInfo) -> dict[str, object]:
    return {
        "meaning": one.meaning,
        "person": one.person,
        "at": one.at.isoformat(),
        "zone": one.zone,
        "state": one.state,
        "en": one.text.en,
        "zh": one.text.zh,
        "differs": [session.form_label(key) + (f".{key.item}" if key.item else "") for key in one.differs],
        "notes": [{"en": note.en, "zh": note.zh} for note in one.notes],
        "record": one.record,
    }


def _row_numbers(session: Session, key: ItemKey) -> tuple[dict[str, int], set[str]]:
    """Identity of each log row → its line number; and the rows that are not struck."""
    entry = session.entry(key)
    groups = [group.name for group in entry.form.groups if group.repeating]
    made = [row for group in groups for row in entry.lines(group)]
    live = {row for group in groups for row in entry.rows(group)}
    return {identity: number for number, identity in enumerate(made, 1)}, live


def _print(
    session: Session,
    state: FormState,
    items: dict[ItemKey, ItemState],
    numbers: dict[str, int],
    language: Language,
) -> None:
    form = session.study_for(state.key).forms[state.key.form]
    status = message(f"entry.status_{state.status}").in_(language)
    label = session.form_label(state.key)
    where = where_words(session, state.key, language)
    place = f" · {where}" if where else ""
    sys.stdout.write(
        f"{label} {form.name.in_(language)} · {status} {state.answered}/{state.expected}{place}\n"
    )
    for line in version_lines(session, state.key):
        sys.stdout.write(f"  {one_line(line.in_(language))}\n")
    for clash in lockclash.of_place(session, state.key):
        sys.stdout.write(f"  {one_line(lockclash.with_next(session, clash).in_(language))}\n")
    for signature in session.signatures(state.key):
        for words in (signature.text, signature.meaning_text, *signature.notes):
            sys.stdout.write(f"  {one_line(words.in_(language))}\n")
    for group in form.groups:
        shown = [
            (k, s)
            for k, s in items.items()
            if s.item.group == group.name
            and (s.relevant or s.value.text)
            and (s.value.text or s.value.missing or s.item.computed)
        ]
        if not any(s.value.text or s.value.missing for _, s in shown):
            continue
        sys.stdout.write(f"\n{group.title.in_(language)}\n")
        table(
            [
                f"  {f'#{numbers.get(k.group_repeat, 0)} ' if group.repeating else ''}{s.item.name}",
                s.item.label.in_(language),
                _value(session, s, language),
                _mark(s, language),
            ]
            for k, s in shown
        )


def _centre(session: Session, finding: Finding) -> dict[str, str] | None:
    """What the centre made of the check behind a finding."""
    said = of_finding(session.study, finding.check)
    return None if said is None else {"en": said.en, "zh": said.zh}


def _print_findings(
    session: Session, findings: list[Finding], queries: list[QueryInfo], language: Language
) -> None:
    if findings or queries:
        sys.stdout.write("\n")
    for finding in findings:
        where = ", ".join(dict.fromkeys(k.item for k in finding.items))
        done = f" ({message('cli.confirmed').in_(language)})" if finding.confirmed else ""
        line = (
            f"{finding.severity.value.upper()} {finding.check} {where}: {finding.message.in_(language)}{done}"
        )
        sys.stdout.write(one_line(line) + "\n")
        centre = of_finding(session.study, finding.check)
        if centre is not None:
            sys.stdout.write(f"  {one_line(centre.in_(language))}\n")
    for query in queries:
        state_name = message(f"entry.state_{query.state}").in_(language)
        answer = f" → {query.answer}" if query.answer else ""
        line = f"? {query.id[:8]} {query.key.item} {state_name}: {query.text.in_(language)}{answer}"
        sys.stdout.write(one_line(line) + "\n")


def _mark(state: ItemState, language: Language) -> str:
    if state.item.computed:
        return "Σ"
    # Kept, but behind a closed gate: it reads as blank everywhere else.
    return "" if state.relevant else message("cli.not_applicable").in_(language)


def _value(session: Session, state: ItemState, language: Language) -> str:
    value = state.value
    if value.missing:
        return f"[{value.missing}]"
    unit = value.unit or state.item.unit
    text = in_words(session.shown(state.key, value.text)).in_(language)
    return f"{text} {unit}" if text and unit else text


def _item_json(
    session: Session, key: ItemKey, state: ItemState, numbers: dict[str, int]
) -> dict[str, object]:
    value = state.value
    text = in_words(session.shown(key, value.text)).en
    is_link = state.item.type is ItemType.LINK
    return {
        "item": key.item,
        "group": key.group,
        "row": numbers.get(key.group_repeat),
        "identity": key.group_repeat or None,
        "text": text or None,
        "unit": value.unit,
        # A link's value is its lines: identities mean nothing outside the journal.
        "value": None if value.data is None else text if is_link else str(value.data),
        "missing": value.missing,
        "status": value.status.value,
        "computed": state.item.computed,
        "relevant": bool(state.relevant),
    }
