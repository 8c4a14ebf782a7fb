"""Matrix and tree: which visits and forms a participant has, and how each stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Cell, EventNode, FormNode, Matrix, MatrixRow
from mda5_crf.services.formrepeats import form_label, instances, next_number
from mda5_crf.services.queries import by_form
from mda5_crf.study.evaluate import evaluate, name_value
from mda5_crf.study.model import Due, Form, Mark, Study, StudyEvent
from mda5_crf.study.schedule import closing_of, event_date, is_required, window
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_SIGNED = ("signed", "frozen", "locked")
SOON: Final = timedelta(days=7)
"""How long before its end a window is said to be closing."""

_STARTED = ("in_progress", "complete", "verified", "signed", "frozen", "locked", "not_done")


def day_one(session: Session, subject: str) -> date | None:
    """D1: the start date of the first row of the dosing log."""
    found = name_value(session.study_of(subject), session.cache(subject).data, "D1", session.today)
    return found if isinstance(found, date) else None


def tree(session: Session, subject: str) -> tuple[EventNode, ...]:
    """All visits in schedule order, repeats in order of creation, each with its forms."""
    cache = session.cache(subject)
    nodes = []
    counts = by_form(cache)
    for event in sorted(session.study_of(subject).events.values(), key=lambda e: e.rank):
        for repeat in cache.data.event_repeats.get(event.oid, []) if event.repeating else [""]:
            nodes.append(event_node(session, ItemKey(subject, event.oid, repeat), event, counts))
    return tuple(node for node in nodes if node.forms)


def event_node(
    session: Session, key: ItemKey, event: StudyEvent, counts: dict[ItemKey, int], *, whole: bool = True
) -> EventNode:
    """One visit. ``whole`` counts the answers of every form; without it only statuses are right."""
    cancelled, study = visit_cancelled(session, key), session.study_of(key.subject)
    closed = closing_of(study, session.cache(key.subject).data, key, session.today)
    forms: list[FormNode] = []
    for due in (*study.forms_of(event.oid), *session.versions.left_over(key)):
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
        key, event.name, event_status(forms, own), tuple(forms), window(study, event.oid, d1),
        event_date(study, session.cache(key.subject).data, key), closed.text if closed else None,
        cancelled is not None,
    )  # fmt: skip


def _places(session: Session, event: ItemKey, due: Due) -> list[ItemKey]:
    """The instances of a form at a visit; of a repeating form its repeats and the place for the next one."""
    form = event._replace(form=due.form)
    return (
        [*instances(session, form), form]
        if session.study_of(event.subject).forms[due.form].repeating
        else [form]
    )


def _form(session: Session, key: ItemKey, due: Due, counts: dict[ItemKey, int], *, whole: bool) -> FormNode:
    form = session.study_for(key).forms[due.form]
    mark = due.mark
    if mark is Mark.CARRIED or due.when is not None:
        data = session.cache(key.subject).data
        needed = is_required(session.study_of(key.subject), data, key.event_key(), due, session.today)
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
        state = evaluate(session.study_for(key), data, key, session.today)
        return state.status, state.answered, state.expected
    if all(item.computed for item in form.items.values()):
        return "computed", 0, 0
    recorded = data.statuses.get(key)
    if recorded == "complete" and data.signatures and key in data.signatures:
        recorded = "signed"
    elif recorded == "complete" and key in data.verified:
        recorded = "verified"
    recorded = data.held.get(key, recorded)
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
    study = session.study_of(event.subject)
    form, _, name = study.settings.get("visit_occurred", "").partition(".")
    if not name or form not in {due.form for due in study.forms_of(event.event)}:
        return None
    key = event._replace(form=form)
    item = key._replace(group=study.forms[form].items[name].group, item=name)
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


def scheduled(study: Study) -> tuple[str, ...]:
    """The events that have forms, in schedule order: the columns of the matrix."""
    return tuple(e.oid for e in sorted(study.events.values(), key=lambda e: e.rank) if study.forms_of(e.oid))


def matrix(session: Session, seconds: float | None = None) -> Matrix:
    """All participants; a repeating visit shows the worst of its repeats.

    What is kept of each participant (:mod:`mda5_crf.services.lines`) is only looked up. ``seconds`` bounds
    the time for what has to be computed first: of those that it leaves out, cells say "reading".
    """
    from mda5_crf.services.lines import lines_of

    session.require(Action.READ)
    lines, events, today = lines_of(session), scheduled(session.study), session.today
    lines.fill(seconds)
    rows = []
    for subject, line in lines.known():
        kept = None if line is None else line["cells"]
        rows.append(MatrixRow(subject, _Cells(subject.identity, events, kept, today)))
    return Matrix(events, tuple(rows))


def cell(nodes: list[EventNode]) -> dict[str, Any]:
    """What a line keeps of a visit and its repeats: the worst state, and windows that still matter.

    What is empty is left out: a thousand lines are read at every opening.
    """
    if not nodes:
        return {"status": "not_due"}
    order = ("query", "in_progress", "not_started", "complete", "signed", "not_done", "closed")
    worst = min(nodes, key=lambda n: order.index(n.status) if n.status in order else len(order))
    due = [n.window for n in nodes if n.closed is None and n.status in ("not_started", "in_progress")]
    awaited = [n.window for n in nodes if n.awaited]
    found = {
        "status": worst.status, "queries": sum(f.queries for n in nodes for f in n.forms),
        "repeat": worst.key.event_repeat,
        "closed": [worst.closed.en, worst.closed.zh] if worst.closed is not None else None,
        "due": _kept(due), "awaited": _kept(awaited),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _kept(windows: list[tuple[date, date] | None]) -> list[str] | None:
    # All repeats of a visit have the window of the visit.
    first = next((window for window in windows if window is not None), None)
    return None if first is None else [day.isoformat() for day in first]


def _window(kept: list[str] | None) -> tuple[date, date] | None:
    return None if kept is None else (date.fromisoformat(kept[0]), date.fromisoformat(kept[1]))


class _Cells(Mapping[str, Cell]):
    """The cells of a participant by event. Each is made when it is looked at: most never are."""

    __slots__ = ("_events", "_kept", "_subject", "_today")

    def __init__(
        self, subject: str, events: tuple[str, ...], kept: list[dict[str, Any]] | None, today: date
    ) -> None:
        self._subject, self._events, self._kept, self._today = subject, events, kept, today

    def __getitem__(self, event: str) -> Cell:
        if event not in self._events:
            raise KeyError(event)
        place = self._events.index(event)
        if self._kept is None:
            return Cell("reading", key=ItemKey(self._subject, event))
        return _as_cell(self._subject, event, self._kept[place], self._today)

    def __iter__(self) -> Iterator[str]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)


def _as_cell(subject: str, event: str, content: dict[str, Any], today: date) -> Cell:
    key = ItemKey(subject, event, content.get("repeat", ""))
    closed = Text(*content["closed"]) if "closed" in content else None
    due, awaited = _window(content.get("due")), _window(content.get("awaited"))
    return Cell(
        content["status"], content.get("queries", 0),
        due is not None and due[0] <= today <= due[1], key, closed,
        closes=awaited[1] if awaited is not None and today <= awaited[1] <= today + SOON else None,
        overdue=awaited is not None and awaited[1] < today,
        unsigned=content.get("unsigned", False),
    )  # fmt: skip
