"""Matrix and tree: which visits and forms a participant has, and how each stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from mda5_crf.db import read
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Cell, EventNode, FormNode, Matrix, MatrixRow
from mda5_crf.services.queries import by_form
from mda5_crf.study.evaluate import evaluate, name_value
from mda5_crf.study.model import Form, Mark, StudyEvent
from mda5_crf.study.schedule import event_date, is_required, window

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_STARTED = ("in_progress", "complete", "verified", "signed", "frozen", "locked", "not_done")


def day_one(session: Session, subject: str) -> date | None:
    """D1: the start date of the first row of the dosing log."""
    found = name_value(session.study, session.cache(subject).data, "D1", session.today)
    return found if isinstance(found, date) else None


def tree(session: Session, subject: str) -> tuple[EventNode, ...]:
    """All visits in schedule order, repeats in order of creation, each with its forms."""
    cache = session.cache(subject)
    nodes = []
    counts = by_form(cache)
    for event in sorted(session.study.events.values(), key=lambda e: e.rank):
        for repeat in cache.data.event_repeats.get(event.oid, []) if event.repeating else [""]:
            nodes.append(_event(session, ItemKey(subject, event.oid, repeat), event, counts))
    return tuple(node for node in nodes if node.forms)


def _event(
    session: Session, key: ItemKey, event: StudyEvent, counts: dict[ItemKey, int], *, whole: bool = True
) -> EventNode:
    """One visit. ``whole`` counts the answers of every form; without it only statuses are right."""
    data = session.cache(key.subject).data
    cancelled = visit_cancelled(session, key)
    forms = []
    for due in session.study.forms_of(event.oid):
        form = session.study.forms[due.form]
        form_key = key._replace(form=due.form)
        status, answered, expected = _progress(session, form_key, form, whole=whole)
        if cancelled and form_key != cancelled and status == "not_started":
            # The visit did not take place: nothing more is expected of it.
            forms.append(FormNode(form_key, form, due.mark, "not_done", counts.get(form_key, 0), 0, 0))
            continue
        mark = due.mark
        if mark is Mark.CARRIED and is_required(session.study, data, key, due, session.today):
            mark = Mark.REQUIRED
        forms.append(FormNode(form_key, form, mark, status, counts.get(form_key, 0), answered, expected))
    own = counts.get(key, 0)
    d1 = day_one(session, key.subject)
    return EventNode(
        key, event.name, event_status(forms, own), tuple(forms), window(session.study, event.oid, d1),
        event_date(session.study, data, key),
    )  # fmt: skip


def _progress(session: Session, key: ItemKey, form: Form, *, whole: bool) -> tuple[str, int, int]:
    data = session.cache(key.subject).data
    if whole:
        state = evaluate(session.study, data, key, session.today)
        return state.status, state.answered, state.expected
    if all(item.computed for item in form.items.values()):
        return "computed", 0, 0
    recorded = data.statuses.get(key)
    expected = int(any(i.required and not i.computed for i in form.items.values()))
    if recorded is not None and recorded != "incomplete":
        return recorded, expected, expected
    rows = any(data.rows.get(key._replace(group=g.name)) for g in form.groups if g.repeating)
    started = recorded is not None or rows or data.has_entries(key)
    return ("in_progress", 1, max(expected, 1)) if started else ("not_started", 0, expected)


def visit_cancelled(session: Session, event: ItemKey) -> ItemKey | None:
    """The form that says this visit did not take place, or None when it did or nothing is said.

    Which item says so is a setting of the definition (``visit_occurred``, FORM.ITEM; "N" = did not).
    """
    form, _, name = session.study.settings.get("visit_occurred", "").partition(".")
    if not name or form not in {due.form for due in session.study.forms_of(event.event)}:
        return None
    key = event._replace(form=form)
    item = key._replace(group=session.study.forms[form].items[name].group, item=name)
    entry = session.cache(event.subject).data.get(item)
    return key if entry is not None and entry.text == "N" else None


def event_status(forms: Iterable[FormNode], queries: int = 0) -> str:
    """The worst state inside a visit: an open query, unfinished, complete; all untouched = not started."""
    listed = [form for form in forms if form.status != "computed"]
    if queries or any(f.queries for f in listed):
        return "query"
    required = [f for f in listed if f.mark is Mark.REQUIRED and f.expected] or listed
    if not any(f.status in _STARTED and (f.answered or f.status != "in_progress") for f in listed):
        return "not_started"
    if all(f.status == "not_done" for f in required):
        return "not_done"
    if all(f.status in _STARTED[1:] for f in required) and not any(f.status == "in_progress" for f in listed):
        return "complete"
    return "in_progress"


def matrix(session: Session) -> Matrix:
    """All participants; a repeating visit shows the worst of its repeats.

    What was found is kept in the vault's status cache by definition and day, so that a thousand
    participants open without a thousand evaluations; a change drops the participant's line.
    """
    events = tuple(
        e.oid
        for e in sorted(session.study.events.values(), key=lambda e: e.rank)
        if session.study.forms_of(e.oid)
    )
    store, day = session.vault.store, session.today.isoformat()
    known = read.status_get(store, session.study.hash, day)
    rows, fresh = [], {}
    for subject in session.subjects():
        content = known.get(subject.identity)
        if content is None:
            content = fresh[subject.identity] = _line(session, subject.identity, events)
        cells = [_as_cell(subject.identity, cell) for cell in content["cells"]]
        rows.append(MatrixRow(subject, {cell.key.event: cell for cell in cells}))
    if fresh:
        with store.transaction() as tx:
            for identity, content in fresh.items():
                read.status_put(tx, identity, session.study.hash, day, content)
    return Matrix(events, tuple(rows))


def _line(session: Session, subject: str, events: tuple[str, ...]) -> dict[str, Any]:
    cache = session.cache(subject)
    counts = by_form(cache)
    cells = []
    for oid in events:
        event = session.study.events[oid]
        repeats = cache.data.event_repeats.get(oid, []) if event.repeating else [""]
        nodes = [_event(session, ItemKey(subject, oid, r), event, counts, whole=False) for r in repeats]
        cells.append({"event": oid, **_cell(session, nodes)})
    return {"cells": cells}


def _cell(session: Session, nodes: list[EventNode]) -> dict[str, Any]:
    if not nodes:
        return {"status": "not_due", "queries": 0, "due": False, "repeat": ""}
    order = ("query", "in_progress", "not_started", "complete", "not_done")
    worst = min(nodes, key=lambda n: order.index(n.status) if n.status in order else len(order))
    due = any(
        n.window is not None
        and n.window[0] <= session.today <= n.window[1]
        and n.status in ("not_started", "in_progress")
        for n in nodes
    )
    queries = sum(f.queries for n in nodes for f in n.forms)
    return {"status": worst.status, "queries": queries, "due": due, "repeat": worst.key.event_repeat}


def _as_cell(subject: str, content: dict[str, Any]) -> Cell:
    key = ItemKey(subject, content["event"], content["repeat"])
    return Cell(content["status"], content["queries"], content["due"], key)
