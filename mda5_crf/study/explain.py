"""Why a finding is there: the values its rule looked at, each with the place it stands at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import timeline
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.expression import Expression, Ref
from mda5_crf.study.findings import shown, shown_operand
from mda5_crf.study.model import Study
from mda5_crf.study.operand import is_number
from mda5_crf.study.plan import ItemPlan
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.state import UNDECIDED, Finding
from mda5_crf.text import Text, both, message


class Reading(NamedTuple):
    """One thing a rule looked at.

    ``value`` is as people read it, ``unit`` the unit it is in ("" for none). ``key`` is where it stands: an
    item, or the form whose rows were counted; None for what stands nowhere (today, a constant).
    """

    label: Text
    value: Text
    unit: str = ""
    key: ItemKey | None = None


_WORDS: Mapping[str, str] = {
    "today": "course.word_today",
    "WINDOW_LO": "course.word_window_low",
    "WINDOW_HI": "course.word_window_high",
}
"""Reserved words that say something to a reader; the others name the place the reader is at."""


def explain(
    study: Study, data: SubjectData, form: ItemKey, finding: Finding, today: date
) -> tuple[Reading, ...]:
    """Everything the rule behind a finding reads: first the item it speaks of, then by name.

    ``form`` is the form instance the finding was found on. Names of the study are followed to the items they
    come from.
    """
    context = memory_of(study, data, today).context(form.form_key())
    place = finding.items[0] if finding.items else form
    scope = context.row(place.group, place.group_repeat) if place.group_repeat else context.scope
    found: dict[Reading, None] = {}
    if place.item and place.item in context.plan.by_name:
        found[_of_item(scope, context.plan.by_name[place.item])] = None
    for expression in _rules(context, finding):
        found.update(dict.fromkeys(_read(scope, expression, set())))
    return tuple(found)


def inputs(study: Study, data: SubjectData, key: ItemKey, today: date) -> tuple[Reading, ...]:
    """Everything the calculation of the item at ``key`` reads; nothing for an item that is entered."""
    context = memory_of(study, data, today).context(key.form_key())
    item = context.plan.by_name[key.item].item
    scope = context.row(key.group, key.group_repeat) if key.group_repeat else context.scope
    if item.calculate is None:
        return ()
    return tuple(dict.fromkeys(_read(scope, item.calculate, set())))


def _rules(context: Context, finding: Finding) -> list[Expression]:
    form = context.plan.form
    if form is None:
        return []
    for check in form.checks:
        if check.oid == finding.check:
            return [check.fires]
    item = form.items.get(finding.items[0].item) if finding.items else None
    for limits in () if item is None else (item.hard, item.soft):
        if limits is not None and limits.oid == finding.check.removesuffix(UNDECIDED):
            return [end for end in (limits.low, limits.high) if end is not None]
    return []


def _read(scope: Scope, expression: Expression, seen: set[str]) -> Iterator[Reading]:
    memory = scope.context.memory
    for word in sorted(expression.uses.words & _WORDS.keys()):
        yield Reading(message(_WORDS[word]), shown_operand(scope.local[word]))
    for ref in sorted(expression.references):
        if ref.event != "*":
            yield from _of_ref(scope, ref, expression, seen)
    for form in sorted(expression.uses.rowed):
        bare = form.rpartition(".")[2]
        rows = scope.rows(form)
        place = rows[-1].context.key if rows else None
        yield Reading(memory.plan.study.forms[bare].name, message("finding.rows", count=len(rows)), "", place)


def _of_ref(scope: Scope, ref: Ref, expression: Expression, seen: set[str]) -> Iterator[Reading]:
    context, own = scope.context, ref.form in ("", scope.context.plan.oid)
    plan = context.plan if own else context.memory.plan.forms.get(ref.form)
    item = None if plan is None else plan.by_name.get(ref.item)
    if item is None:
        yield from _of_name(scope, ref.item, seen)
        return
    if own and not ref.event and not ref.form:
        yield _of_item(scope, item)
        return
    found = _elsewhere(scope, ref)
    here = None if found is None else _of_item(found, item)
    start = _baseline(scope, ref, item) if "baseline" in expression.uses.functions and not ref.event else None
    blank = message("finding.blank")
    if start is None:
        yield Reading(item.item.label, blank) if here is None else here
        return
    if here is not None and here.value != blank:
        yield here
    yield start


def _of_name(scope: Scope, name: str, seen: set[str]) -> Iterator[Reading]:
    """What a name of the study comes from; its own value where that is nothing that stands anywhere."""
    if name in seen:
        return
    seen.add(name)
    expression = scope.context.memory.plan.study.names.get(name)
    inside = () if expression is None else tuple(_read(scope, expression, seen))
    if any(reading.key is not None for reading in inside):
        yield from inside
    else:
        yield Reading(both(name), shown_operand(scope.local[name]))


def _elsewhere(scope: Scope, ref: Ref) -> Scope | None:
    context = scope.context
    if ref.event == "prev":
        before = timeline.previous(context.memory, context, ref)
    else:
        before = context.memory.locate(context, ref.event, ref.form, ref.item)
    return None if before is None else before.scope


def _baseline(scope: Scope, ref: Ref, item: ItemPlan) -> Reading | None:
    form = ref.form or scope.context.plan.oid
    found = timeline.at_baseline(scope.context.memory, scope.context, form, ref.item)
    return None if found is None else _of_item(found.scope, item)


def _of_item(scope: Scope, plan: ItemPlan) -> Reading:
    """An item as it stands in a form instance or row."""
    place = scope if plan.repeating else scope.context.scope
    is_here = not plan.repeating or plan.group == scope.group
    value = scope.whole(plan.name)
    unit = (value.unit or plan.item.unit or "") if value is not None and is_number(value.data) else ""
    return Reading(
        plan.item.label, shown(scope.context, plan, value), unit, place.key(plan) if is_here else None
    )
