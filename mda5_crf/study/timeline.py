"""A participant's events in time: their dates, what came before, what counts as baseline."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.dates import PartialDate, earliest, latest
from mda5_crf.study.expression import Ref
from mda5_crf.study.model import Due, Mark
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import BASELINE, SCREENING, VISIT_DATE, VISIT_FORM

if TYPE_CHECKING:
    from mda5_crf.study.memory import Memory
    from mda5_crf.study.scope import Context

Place = tuple[int, int, date, int]
_new_key = tuple.__new__
"""Leaves out the named tuple's own constructor: a laboratory form asks for the baseline of each result."""
_BEFORE = "#before"
"""The name of the context that keeps the line of events before an event."""


def event_date(memory: Memory, reader: Context, event: ItemKey) -> date | None:
    """The date of an event: its visit date, else the first date entered on one of its forms."""
    forms = memory.plan.forms_at.get(event.event, ())
    if VISIT_FORM in forms:
        return _date(memory.read_by(reader, ItemKey(*event[:3], VISIT_FORM), VISIT_DATE), VISIT_DATE)
    for form in forms:
        item = memory.plan.study.forms[form].date_item
        if item is None:
            continue
        found = _date(memory.read_by(reader, ItemKey(*event[:3], form), item), item)
        if found is not None:
            return found
    return None


def _date(context: Context, item: str) -> date | None:
    found = context.scope.local[item] if item in context.plan.by_name else None
    return earliest(found) if isinstance(found, date) else None


def before(memory: Memory, reader: Context) -> list[ItemKey]:
    """The events before the reader's, nearest first. Unscheduled ones stand where their date puts them."""
    own = reader.key.event_key()
    keeper = memory.read_by(reader, ItemKey(*own[:3], item=_BEFORE))
    if keeper.before is None:
        keeper.before = _before(memory, keeper, own)
    return keeper.before


def _before(memory: Memory, reader: Context, own: ItemKey) -> list[ItemKey]:
    study, order = memory.plan.study, memory.plan.order
    repeats = [
        ItemKey(own.subject, event.oid, repeat)
        for event in study.events.values()
        if event.repeating and event.kind != "log"
        for repeat in memory.data.event_repeats.get(event.oid, ())
    ]
    line: list[tuple[Place, ItemKey]] = [
        ((index, 0, date.min, 0), ItemKey(own.subject, event)) for index, event in enumerate(order)
    ]
    dates = [event_date(memory, reader, key) for _, key in line] if repeats else []
    for number, key in enumerate(repeats):
        day = event_date(memory, reader, key)
        if day is None:
            rank = study.events[key.event].rank
            place = sum(study.events[event].rank < rank for event in order) - 1
            line.append(((place, 2, date.min, number), key))
        else:
            place = max(
                (i for i, other in enumerate(dates) if other is not None and other <= day), default=-1
            )
            line.append(((place, 1, day, number), key))
    line.sort()
    ordered = [key for _, key in line]
    return ordered[: ordered.index(own)][::-1] if own in ordered else []


def previous(memory: Memory, reader: Context, ref: Ref) -> Context | None:
    """The form instance at the nearest earlier event at which the item has a value."""
    form = ref.form or reader.key.form
    memory.scans(reader, form)
    for event in before(memory, reader):
        key = _new_key(ItemKey, (*event[:3], form, "", "", "", ""))
        if memory.is_started(key):
            found = _with_value(memory, reader, key, ref.item)
            if found is not None:
                return found
    return None


def _with_value(memory: Memory, reader: Context, form: ItemKey, item: str) -> Context | None:
    """The first instance of a form at one event at which the item has a value."""
    for key in memory.repeats(form):
        found = memory.read_by(reader, key, item)
        if found.scope.local[item] is not None:
            return found
    return None


def baseline(memory: Memory, reader: Context, form: str, item: str) -> Operand:
    """The value at baseline; see :func:`at_baseline`."""
    found = at_baseline(memory, reader, form, item)
    return None if found is None else found.scope.local[item]


def at_baseline(memory: Memory, reader: Context, form: str, item: str) -> Context | None:
    """The form with the value at baseline, else at screening where the schedule carries it to baseline.

    A form that is not due at baseline at all has its baseline at screening.
    """
    subject = memory.data.subject
    due = memory.plan.due.get((BASELINE, form))
    key = _new_key(ItemKey, (subject, BASELINE, "", form, "", "", "", ""))
    found = _with_value(memory, reader, key, item)
    if found is not None:
        return found
    if due is not None and not carried(memory, reader, due):
        return None
    if SCREENING not in memory.plan.study.events:
        return None
    return _with_value(memory, reader, ItemKey(subject, SCREENING, "", form), item)


def carried(memory: Memory, reader: Context, due: Due) -> bool:
    """Does the screening result serve for a carried form: dated, and at most ``within`` days before D1?

    While D1 is not known its place is taken by the date of the line's event, else by today.
    """
    item = memory.plan.study.forms[due.form].date_item
    if due.mark is not Mark.CARRIED or item is None or SCREENING not in memory.plan.study.events:
        return False
    subject = memory.data.subject
    screening = _with_value(memory, reader, ItemKey(subject, SCREENING, "", due.form), item)
    day = None if screening is None else _date(screening, item)
    if day is None:
        return False
    until = memory.day_one(reader) or event_date(memory, reader, ItemKey(subject, due.event)) or memory.today
    days = (until - day).days
    return days >= 0 and (due.within is None or days <= due.within)


def performed(memory: Memory, reader: Context, form: str, within_days: int | None) -> bool | None:
    """Was ``form`` done: at this event, or dated at most so many days from this form's date?"""
    event, _, name = form.rpartition(".")
    item = memory.plan.study.forms[name].date_item
    if item is None:
        return None
    if within_days is None:
        found = memory.locate(reader, event, name, item)
        if found is None or found.scope.local[item] is not None:
            return found is not None
        other = _with_value(memory, reader, found.key._replace(form_repeat=""), item)
        return other is not None
    own = reader.plan.form
    base = reader.scope.local[own.date_item] if own is not None and own.date_item else None
    if base is None:
        base = event_date(memory, reader, reader.key.event_key())
    if base is None:
        return None
    result: bool | None = False
    memory.watches(reader, name, (item,))
    for context in memory.instances(reader, name):
        if event not in ("", "*", context.key.event):
            continue
        near = _within(base, context.scope.local[item], within_days)
        if near is True:
            return True
        if near is None:
            result = None
    return result


def _within(base: Operand, other: Operand, days: int) -> bool | None:
    """At most ``days`` apart: unknown where partial dates do not decide; a blank date was not done."""
    if other is None:
        return False
    if not isinstance(base, date | PartialDate) or not isinstance(other, date | PartialDate):
        return None
    farthest = max(abs((latest(base) - earliest(other)).days), abs((latest(other) - earliest(base)).days))
    if farthest <= days:
        return True
    gap = max((earliest(other) - latest(base)).days, (earliest(base) - latest(other)).days, 0)
    return False if gap > days else None
