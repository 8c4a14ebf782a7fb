"""Matrix and tree: which visits and forms a participant has, and how each stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Cell, EventNode, FormNode, Matrix, MatrixRow
from mda5_crf.services.queries import by_form
from mda5_crf.study.evaluate import evaluate, name_value
from mda5_crf.study.model import Mark, StudyEvent
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


def _event(session: Session, key: ItemKey, event: StudyEvent, counts: dict[ItemKey, int]) -> EventNode:
    data = session.cache(key.subject).data
    forms = []
    for due in session.study.forms_of(event.oid):
        form_key = key._replace(form=due.form)
        state = evaluate(session.study, data, form_key, session.today)
        mark = due.mark
        if mark is Mark.CARRIED and is_required(session.study, data, key, due, session.today):
            mark = Mark.REQUIRED
        forms.append(
            FormNode(
                form_key, session.study.forms[due.form], mark, state.status,
                counts.get(form_key, 0), state.answered, state.expected,
            )
        )  # fmt: skip
    own = counts.get(key, 0)
    d1 = day_one(session, key.subject)
    return EventNode(
        key, event.name, event_status(forms, own), tuple(forms), window(session.study, event.oid, d1),
        event_date(session.study, data, key),
    )  # fmt: skip


def event_status(forms: Iterable[FormNode], queries: int = 0) -> str:
    """The worst state inside a visit: an open query, then unfinished, then complete; all untouched = not started."""
    listed = list(forms)
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
    """All participants; a repeating visit shows the worst of its repeats."""
    events = tuple(e.oid for e in sorted(session.study.events.values(), key=lambda e: e.rank) if session.study.forms_of(e.oid))
    rows = []
    for subject in session.subjects():
        cells: dict[str, list[EventNode]] = {}
        for node in tree(session, subject.identity):
            cells.setdefault(node.key.event, []).append(node)
        rows.append(MatrixRow(subject, {e: _cell(session, subject.identity, e, cells.get(e, [])) for e in events}))
    return Matrix(events, tuple(rows))


def _cell(session: Session, subject: str, event: str, nodes: list[EventNode]) -> Cell:
    if not nodes:
        return Cell("not_due", key=ItemKey(subject, event))
    order = ("query", "in_progress", "not_started", "complete", "not_done")
    worst = min(nodes, key=lambda n: order.index(n.status) if n.status in order else len(order))
    queries = sum(f.queries for n in nodes for f in n.forms)
    due = any(
        n.window is not None and n.window[0] <= session.today <= n.window[1] and n.status in ("not_started", "in_progress")
        for n in nodes
    )
    return Cell(worst.status, queries, due, worst.key)
