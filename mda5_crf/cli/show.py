"""``show``: the status matrix, a participant, a visit or a form; scores and outcomes from the database."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Language, message

if TYPE_CHECKING:
    from mda5_crf.services.outcomes import Outcomes
    from mda5_crf.services.session import Session
    from mda5_crf.study.state import FormState

_LETTER = {
    "not_started": ".", "in_progress": "o", "complete": "C", "query": "?", "not_done": "-", "not_due": " ",
    "verified": "V", "signed": "S", "frozen": "F", "locked": "L",
}  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Show as much as the words narrow it down to."""
    with open_session(options) as session:
        if options.form:
            subject = subject_named(session, options.subject)
            form = form_named(session.study, options.form)
            _form(session, event_key(session, subject, options.event)._replace(form=form.oid), options)
        elif options.subject:
            _subject(session, options)
        else:
            _matrix(session, options)
    return 0


def _matrix(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.outcomes import outcomes

    matrix = session.matrix()
    result = outcomes(session)
    if options.json:
        say_json({
            "study": session.study.oid, "definition": session.study.hash, "site": session.site, "device": session.device,
            "subjects": [
                {"subject": row.subject.subjid, "identity": row.subject.identity,
                 "events": {e: {"status": c.status, "queries": c.queries, "due": c.due} for e, c in row.cells.items()}}
                for row in matrix.rows
            ],
            "queries_open": sum(1 for q in session.queries() if q.is_open),
            "outcome": _outcome_json(result),
        })  # fmt: skip
        return
    table(
        (
            [row.subject.subjid, *(_cell(row.cells[e].status, row.cells[e].queries) for e in matrix.events)]
            for row in matrix.rows
        ),
        [message("cli.head_subject").in_(options.language), *matrix.events],
    )
    sys.stdout.write("\n")
    say(message("cli.legend"), options.language)
    sys.stdout.write("\n")
    _outcome_table(result, options.language)


def _cell(status: str, queries: int) -> str:
    return _LETTER.get(status, status) + (str(queries) if queries else "")


def _outcome_json(result: Outcomes) -> dict[str, object]:
    return {
        "event": result.event, "participants": result.participants, "evaluable": result.evaluable,
        "responders": result.responders, "major": result.major, "moderate": result.moderate, "minimal": result.minimal,
        "percent_observed": result.percent_observed, "percent_nonresponse": result.percent_missing_as_nonresponse,
        "median": result.median, "q1": result.q1, "q3": result.q3,
        "scores": {s.subjid: s.total for s in result.scores},
        "parts": {s.subjid: dict(s.parts) for s in result.scores},
        "categories": {s.subjid: s.category for s in result.scores},
    }  # fmt: skip


def _outcome_table(result: Outcomes, language: Language) -> None:
    say(message("cli.outcome_title", event=result.event_name), language)
    none = message("cli.none").in_(language)

    def shown(value: object) -> str:
        return none if value is None else str(value)

    names = ("subject", "phga", "ptga", "mmt", "haq", "enz", "ext", "total", "category")
    table(
        (
            [s.subjid, *(shown(p) for p in s.parts.values()), shown(s.total), s.category_text.in_(language)]
            for s in result.scores
        ),
        [message(f"cli.head_{h}").in_(language) for h in names],
    )
    sys.stdout.write("\n")
    lines = (
        ("evaluable", f"{result.evaluable}"),
        ("observed", f"{result.responders}/{result.evaluable} ({shown(result.percent_observed)} %)"),
        ("nonresponse", f"{result.responders}/{result.participants} ({shown(result.percent_missing_as_nonresponse)} %)"),
        ("categories", f"{result.major} / {result.moderate} / {result.minimal}"),
        ("median", f"{shown(result.median)} ({shown(result.q1)}–{shown(result.q3)})"),
    )
    table([message(f"cli.outcome_{name}").in_(language), value] for name, value in lines)


def _subject(session: Session, options: argparse.Namespace) -> None:
    subject = subject_named(session, options.subject)
    nodes = session.tree(subject.identity)
    if options.event:
        wanted = event_key(session, subject, options.event)
        nodes = tuple(n for n in nodes if n.key == wanted)
    if options.json:
        say_json({
            "subject": subject.subjid, "identity": subject.identity,
            "events": [
                {"event": n.key.event, "label": session.event_label(n.key), "status": n.status,
                 "date": n.date.isoformat() if n.date else None,
                 "window": [d.isoformat() for d in n.window] if n.window else None,
                 "forms": {f.form.oid: {"status": f.status, "answered": f.answered, "expected": f.expected,
                                        "queries": f.queries} for f in n.forms}}
                for n in nodes
            ],
        })  # fmt: skip
        return
    language = options.language
    for node in nodes:
        window = f" [{node.window[0]} … {node.window[1]}]" if node.window else ""
        sys.stdout.write(f"{session.event_label(node.key)} {node.name.in_(language)} {node.date or ''}{window}\n")
        table(
            [
                "  " + f.form.oid, f.form.name.in_(language), message(f"entry.status_{f.status}").in_(language),
                f"{f.answered}/{f.expected}", f"?{f.queries}" if f.queries else "",
            ]
            for f in node.forms
        )  # fmt: skip


def _form(session: Session, key: ItemKey, options: argparse.Namespace) -> None:
    state = session.state(key)
    queries = [q for q in session.queries(key.subject) if q.key.form_key() == key]
    if options.json:
        say_json({
            "subject": session.subjid(key.subject), "event": session.event_label(key), "form": key.form,
            "status": state.status, "answered": state.answered, "expected": state.expected,
            "items": [_item_json(state, k) for k in state.items],
            "findings": [
                {"check": f.check, "severity": f.severity.value, "items": [k.item for k in f.items],
                 "confirmed": f.confirmed, "en": f.message.en, "zh": f.message.zh}
                for f in state.findings
            ],
            "queries": [{"query": q.id, "item": q.key.oid, "state": q.state, "text": q.text.en} for q in queries],
        })  # fmt: skip
        return
    language = options.language
    form = session.study.forms[key.form]
    status = message(f"entry.status_{state.status}").in_(language)
    sys.stdout.write(f"{key.form} {form.name.in_(language)} · {status} {state.answered}/{state.expected}\n")
    for group in form.groups:
        shown = [(k, s) for k, s in state.items.items() if s.item.group == group.name and s.relevant]
        if not any(s.value.text or s.value.missing or s.item.computed for _, s in shown):
            continue
        sys.stdout.write(f"\n{group.title.in_(language)}\n")
        numbers = {r: n for n, r in enumerate(dict.fromkeys(k.group_repeat for k, _ in shown), 1)}
        table(
            [
                f"  {'#' + str(numbers[k.group_repeat]) + ' ' if group.repeating else ''}{s.item.name}",
                s.item.label.in_(language), _value(s.value, s.item.unit),
                "Σ" if s.item.computed else "", s.findings[0].message.in_(language) if s.findings else "",
            ]
            for k, s in shown
            if s.value.text or s.value.missing or s.item.computed
        )  # fmt: skip
    for query in queries:
        state_name = message(f"entry.state_{query.state}").in_(language)
        sys.stdout.write(f"? {query.id[:8]} {query.key.item} {state_name}: {query.text.in_(language)}\n")


def _value(value: object, unit: str | None) -> str:
    text = str(getattr(value, "text", "") or "")
    missing = getattr(value, "missing", None)
    if missing:
        return f"[{missing}]"
    typed = getattr(value, "unit", None) or unit
    return f"{text} {typed}".strip() if text and typed else text


def _item_json(state: FormState, key: ItemKey) -> dict[str, object]:
    item = state.items[key]
    value = item.value
    data = value.data
    return {
        "item": key.item, "group": key.group, "row": key.group_repeat or None, "text": value.text or None,
        "unit": value.unit, "value": None if data is None else str(data), "missing": value.missing,
        "status": value.status.value, "computed": item.item.computed, "relevant": bool(item.relevant),
    }  # fmt: skip
