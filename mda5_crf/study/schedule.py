"""Which forms a participant's events ask for, and when."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import timeline
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.memory import Memory
from mda5_crf.study.model import Closing, Due, Mark, Study
from mda5_crf.study.scope import Context
from mda5_crf.study.windows import study_day, window

__all__ = ["DueForm", "closing_of", "due_forms", "event_date", "is_required", "study_day", "window"]


class DueForm(NamedTuple):
    """A form of an event. ``required`` = the visit is not done without it."""

    due: Due
    key: ItemKey
    required: bool


def due_forms(study: Study, data: SubjectData, event: ItemKey, today: date) -> tuple[DueForm, ...]:
    """The forms the schedule names for an event instance, in schedule order.

    A form whose condition is not true now is left out, and so is a form of a closed event, unless
    something is entered on it.
    """
    memory = memory_of(study, data, today)
    context = memory.context(event.event_key())
    closed = closing_of(study, data, event, today)
    found = []
    for due in study.forms_of(event.event):
        key = event.event_key()._replace(form=due.form)
        is_open = closed is None or due.form in closed.except_forms
        applies = is_open and (due.when is None or due.when.evaluate(context.scope) is True)
        needed = applies and _is_required(memory, context, due)
        if applies or memory.is_begun(key):
            found.append(DueForm(due, key, needed))
    return tuple(found)


def closing_of(study: Study, data: SubjectData, event: ItemKey, today: date) -> Closing | None:
    """What ended the expectation of an event instance: the first closing that is true there; else None."""
    scope = memory_of(study, data, today).context(event.event_key()).scope
    for closing in study.closings:
        if event.event in closing.events and closing.when.evaluate(scope) is True:
            return closing
    return None


def is_required(study: Study, data: SubjectData, event: ItemKey, due: Due, today: date) -> bool:
    """Must the form of a schedule line be filled at this event instance?

    Required: always. Carried: unless a screening result inside its time limit serves. Conditional: when
    its condition is true. All: only when a ``when`` that stands on the line is true and nothing has
    closed the event.
    """
    memory = memory_of(study, data, today)
    context = memory.context(event.event_key())
    if due.when is not None and due.when.evaluate(context.scope) is not True:
        return False
    closed = closing_of(study, data, event, today)
    if closed is not None and due.form not in closed.except_forms:
        return False
    return _is_required(memory, context, due)


def _is_required(memory: Memory, context: Context, due: Due) -> bool:
    if due.mark is Mark.CARRIED:
        return not timeline.carried(memory, context, due)
    return due.mark in (Mark.REQUIRED, Mark.CONDITIONAL)


def event_date(study: Study, data: SubjectData, event: ItemKey) -> date | None:
    """The date of an event instance: its visit date, else the first date entered on one of its forms."""
    memory = memory_of(study, data)
    return timeline.event_date(memory, memory.context(event.event_key()), event.event_key())
