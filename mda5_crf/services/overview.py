"""Matrix and tree: which visits and forms a participant has, and how each stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from mda5_crf.db import read
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Cell, EventNode, FormNode, Matrix, MatrixRow
from mda5_crf.services.formrepeats import form_label, instances, next_number
from mda5_crf.services.queries import by_form
from mda5_crf.study.evaluate import evaluate, name_value
from mda5_crf.study.model import Due, Form, Mark, StudyEvent
from mda5_crf.study.schedule import closing_of, event_date, is_required, window
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_SIGNED = ("signed", "frozen", "locked")
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
    cancelled = visit_cancelled(session, key)
    closed = closing_of(session.study, session.cache(key.subject).data, key, session.today)
    forms: list[FormNode] = []
    for due in session.study.forms_of(event.oid):
        nodes = [_form(session, one, due, counts, whole=whole) for one in _places(session, key, due)]
        if closed is not None and due.form not in closed.except_forms:
            nodes = [_unexpected(node, "closed") for node in nodes]
        if cancelled and key._replace(form=due.form) != cancelled:
            # The visit did not take place: nothing more is expected of it.
            nodes = [_unexpected(node, "not_done") for node in nodes]
        forms += nodes
    own = counts.get(key, 0)
    d1 = day_one(session, key.subject)
    return EventNode(
        key, event.name, event_status(forms, own), tuple(forms), window(session.study, event.oid, d1),
        event_date(session.study, session.cache(key.subject).data, key), closed.text if closed else None,
    )  # fmt: skip


def _places(session: Session, event: ItemKey, due: Due) -> list[ItemKey]:
    """The instances of a form at a visit; of a repeating form its repeats and the place for the next one."""
    form = event._replace(form=due.form)
    return [*instances(session, form), form] if session.study.forms[due.form].repeating else [form]


def _form(session: Session, key: ItemKey, due: Due, counts: dict[ItemKey, int], *, whole: bool) -> FormNode:
    form = session.study.forms[due.form]
    mark = due.mark
    if mark is Mark.CARRIED or due.when is not None:
        data = session.cache(key.subject).data
        needed = is_required(session.study, data, key.event_key(), due, session.today)
        if needed:
            mark = Mark.REQUIRED
        elif mark is Mark.REQUIRED:
            mark = Mark.CONDITIONAL  # whose condition is not true now
    queries = counts.get(key, 0)
    label = form_label(session, key)
    if form.repeating and not key.form_repeat:
        label = f"{due.form}#{next_number(session, key)}"
        if instances(session, key):
            return FormNode(key, form, Mark.OPTIONAL, "not_started", queries, 0, 0, label, adds=True)
    status, answered, expected = _progress(session, key, form, whole=whole)
    adds = form.repeating and not key.form_repeat
    return FormNode(key, form, mark, status, queries, answered, expected, label, adds)


def _unexpected(node: FormNode, status: str) -> FormNode:
    """A form on which nothing was begun, and nothing more is expected."""
    return node if node.status != "not_started" else replace(node, status=status, answered=0, expected=0)


def _progress(session: Session, key: ItemKey, form: Form, *, whole: bool) -> tuple[str, int, int]:
    data = session.cache(key.subject).data
    if whole:
        state = evaluate(session.study, data, key, session.today)
        return state.status, state.answered, state.expected
    if all(item.computed for item in form.items.values()):
        return "computed", 0, 0
    recorded = data.statuses.get(key)
    if recorded == "complete" and data.signatures and key in data.signatures:
        recorded = "signed"
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
    """The worst state inside a visit: an open query, unfinished, complete; all untouched = not started.

    Forms that are no longer expected do not count; a visit of nothing else is closed.
    """
    asked = [form for form in forms if form.status != "computed" and not _is_place(form)]
    listed = [form for form in asked if form.status != "closed" or form.queries]
    if queries or any(f.queries for f in listed):
        return "query"
    if asked and not any(form.status != "closed" for form in listed):
        return "closed"
    required = [f for f in listed if f.mark is Mark.REQUIRED and f.expected] or listed
    if not any(f.status in _STARTED and (f.answered or f.status != "in_progress") for f in listed):
        return "not_started"
    if all(f.status == "not_done" for f in required):
        return "not_done"
    if all(f.status in _STARTED[1:] for f in required) and not any(f.status == "in_progress" for f in listed):
        return "signed" if all(f.status in _SIGNED for f in required) else "complete"
    return "in_progress"


def _is_place(form: FormNode) -> bool:
    """Whether it only offers one more repeat of what is there already."""
    return form.adds and form.mark is Mark.OPTIONAL and not form.expected


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
    order = ("query", "in_progress", "not_started", "complete", "signed", "not_done", "closed")
    worst = min(nodes, key=lambda n: order.index(n.status) if n.status in order else len(order))
    due = any(
        n.window is not None
        and n.window[0] <= session.today <= n.window[1]
        and n.status in ("not_started", "in_progress")
        and n.closed is None
        for n in nodes
    )
    queries = sum(f.queries for n in nodes for f in n.forms)
    closed = [worst.closed.en, worst.closed.zh] if worst.closed is not None else None
    return {
        "status": worst.status, "queries": queries, "due": due, "repeat": worst.key.event_repeat,
        "closed": closed,
    }  # fmt: skip


def _as_cell(subject: str, content: dict[str, Any]) -> Cell:
    key = ItemKey(subject, content["event"], content["repeat"])
    closed = Text(*content["closed"]) if content.get("closed") else None
    return Cell(content["status"], content["queries"], content["due"], key, closed)
