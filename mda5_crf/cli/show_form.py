"""``show VAULT SUBJECT EVENT FORM``: values as typed and as computed, findings, queries."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import row_named
from mda5_crf.cli.output import one_line, say_json, table
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.changes import QueryInfo
    from mda5_crf.services.session import Session
    from mda5_crf.study.state import Finding, FormState, ItemState


def show_form(session: Session, key: ItemKey, row: str | None, options: argparse.Namespace) -> None:
    """One form, or one row of a log (``row`` from 1)."""
    state = session.state(key)
    numbers = _row_numbers(session, key)
    wanted = None
    if row is not None:
        wanted = row_named(session.study.forms[key.form], list(numbers), row, session.subjid(key.subject))
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
                "subject": session.subjid(key.subject),
                "event": session.event_label(key),
                "form": key.form,
                "status": state.status,
                "answered": state.answered,
                "expected": state.expected,
                "items": [_item_json(k, s, numbers) for k, s in items.items()],
                "findings": [
                    {
                        "check": f.check,
                        "severity": f.severity.value,
                        "items": [k.item for k in f.items],
                        "confirmed": f.confirmed,
                        "en": f.message.en,
                        "zh": f.message.zh,
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
        _print_findings(findings, queries, options.language)


def _row_numbers(session: Session, key: ItemKey) -> dict[str, int]:
    """Identity of each live log row → its number from 1."""
    entry = session.entry(key)
    rows = [r for group in entry.form.groups if group.repeating for r in entry.rows(group.name)]
    return {identity: number for number, identity in enumerate(rows, 1)}


def _print(
    session: Session,
    state: FormState,
    items: dict[ItemKey, ItemState],
    numbers: dict[str, int],
    language: Language,
) -> None:
    form = session.study.forms[state.key.form]
    status = message(f"entry.status_{state.status}").in_(language)
    sys.stdout.write(f"{form.oid} {form.name.in_(language)} · {status} {state.answered}/{state.expected}\n")
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
                _value(s),
                _mark(s, language),
            ]
            for k, s in shown
        )


def _print_findings(findings: list[Finding], queries: list[QueryInfo], language: Language) -> None:
    if findings or queries:
        sys.stdout.write("\n")
    for finding in findings:
        where = ", ".join(dict.fromkeys(k.item for k in finding.items))
        done = f" ({message('cli.confirmed').in_(language)})" if finding.confirmed else ""
        line = (
            f"{finding.severity.value.upper()} {finding.check} {where}: {finding.message.in_(language)}{done}"
        )
        sys.stdout.write(one_line(line) + "\n")
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


def _value(state: ItemState) -> str:
    value = state.value
    if value.missing:
        return f"[{value.missing}]"
    unit = value.unit or state.item.unit
    return f"{value.text} {unit}" if value.text and unit else value.text


def _item_json(key: ItemKey, state: ItemState, numbers: dict[str, int]) -> dict[str, object]:
    value = state.value
    return {
        "item": key.item,
        "group": key.group,
        "row": numbers.get(key.group_repeat),
        "identity": key.group_repeat or None,
        "text": value.text or None,
        "unit": value.unit,
        "value": None if value.data is None else str(value.data),
        "missing": value.missing,
        "status": value.status.value,
        "computed": state.item.computed,
        "relevant": bool(state.relevant),
    }
