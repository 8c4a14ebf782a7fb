"""The form engine: a whole form, evaluated at once, as often as a key is committed.

Pure: the same definition, entries and day give the same state. What has been computed is remembered on
the participant's data and forgotten exactly where a change reaches, so the cost is that of one form.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import findings
from mda5_crf.study import values as reading
from mda5_crf.study.data import SubjectData
from mda5_crf.study.memory import Memory
from mda5_crf.study.model import Study
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import ItemPlan, plan_of
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.state import Finding, FormState, ItemState
from mda5_crf.study.values import EMPTY, Value

__all__ = ["evaluate", "memory_of", "name_value", "value_of"]

_MOST_MEMORIES = 4
_MOST_PARTICIPANTS = 32
NO_FINDINGS: tuple[Finding, ...] = ()
RECORDED_OPEN = "incomplete"
# A form on which nobody enters anything, such as a score: neither begun nor finished.
COMPUTED = "computed"


def memory_of(study: Study, data: SubjectData, today: date | None = None) -> Memory:
    """What is remembered of a participant under a definition. Another day forgets what was computed.

    Without ``today`` the day last used stands (for what does not depend on it).
    """
    plan = plan_of(study)
    found = data.memos.get(id(study))
    if not isinstance(found, Memory) or found.plan is not plan:
        _make_room(data)
        found = data.memos[id(study)] = Memory(plan, data, today or date.min)
    if today is not None and found.today != today:
        found.today = today
        found.forget_all()
    return found


_RECENT: OrderedDict[int, weakref.ref[SubjectData]] = OrderedDict()


def _make_room(data: SubjectData) -> None:
    """Forget what was computed for participants long not looked at: an overview passes through them all."""
    while len(data.memos) >= _MOST_MEMORIES:
        del data.memos[next(iter(data.memos))]
    _RECENT[id(data)] = weakref.ref(data)
    _RECENT.move_to_end(id(data))
    while len(_RECENT) > _MOST_PARTICIPANTS:
        _, oldest = _RECENT.popitem(last=False)
        forgotten = oldest()
        if forgotten is not None and forgotten is not data:
            forgotten.memos.clear()


def evaluate(study: Study, data: SubjectData, form: ItemKey, today: date) -> FormState:
    """The state of a form instance: values, relevance, findings, progress.

    ``today`` is the day at the site. Raises KeyError for a form the definition does not have.
    """
    return _state(memory_of(study, data, today).context(form.form_key()))


def value_of(study: Study, data: SubjectData, key: ItemKey, today: date) -> Value:
    """The value of any item, entered or computed; empty behind a closed gate."""
    context = memory_of(study, data, today).context(key.form_key())
    scope = context.row(key.group, key.group_repeat) if key.group_repeat else context.scope
    return scope.whole(key.item) or EMPTY


def name_value(
    study: Study, data: SubjectData, name: str, today: date, event: ItemKey | None = None
) -> Operand:
    """A name of the study (``D1``, ``RFICDAT``) for a participant, seen from ``event`` when one is given."""
    return memory_of(study, data, today).context(event or ItemKey(data.subject)).scope.local[name]


def _state(context: Context) -> FormState:
    by_check = findings.of_checks(context)
    groups = context.plan.repeating_groups
    shape = tuple([tuple(context.live_repeats(group)) for group in groups])
    sheet = _Sheet(context.items.copy() if context.shape == shape and context.items else {})
    for section in context.plan.sections:
        for scope in context.live_rows(section.name) if section.repeating else (context.scope,):
            sheet.add(scope, section.items)
    context.shape, context.items = shape, sheet.items
    items = sheet.items
    if by_check:
        items = items.copy()
        for finding in by_check:
            for key in finding.items:
                items[key] = items[key]._replace(findings=(*items[key].findings, finding))
    return FormState(
        context.key,
        items,
        (*sheet.findings, *by_check),
        sheet.answered,
        sheet.expected,
        _status(context),
        tuple(sheet.closed),
    )


class _Sheet:
    """A form being filled in, group by group. ``items`` begins as it was last time: few items change."""

    __slots__ = ("answered", "closed", "expected", "findings", "fresh", "items")

    def __init__(self, items: dict[ItemKey, ItemState]) -> None:
        self.items = items
        self.fresh = not items
        self.findings: list[Finding] = []
        self.closed: list[ItemKey] = []
        self.answered = 0
        self.expected = 0

    def add(self, scope: Scope, plans: tuple[ItemPlan, ...]) -> None:
        """The items of one group or row."""
        gates, entered, local, states = scope.gates, scope.entered, scope.local, scope.states
        for plan in plans:
            name = plan.name
            relevant = True
            for gate in plan.gates:
                if not gates[gate]:
                    relevant = False
                    break
            if plan.calculate is None:
                value = entered[name]
            else:
                value = reading.computed(plan.item, local[name]) if relevant else EMPTY
            state = states.get(name)
            needed = relevant and plan.required and not _marked_not_done(scope, plan)
            own = NO_FINDINGS
            if value is EMPTY:
                if needed:
                    own = _unanswered(scope, plan, state)
            elif not relevant:
                self.closed.append(scope.key(plan))
            elif plan.limits or value.problem is not None or value.conflict:
                own = findings.of_item(scope, plan, value)
            self.expected += needed
            self.answered += needed and value is not EMPTY
            self.findings += own
            same = state is not None and state.value is value and state.relevant is relevant
            if state is None or not same or state.required is not needed or state.findings != own:
                state = states[name] = ItemState(plan.item, scope.key(plan), value, relevant, needed, own)
            elif not self.fresh:
                continue
            self.items[state.key] = state


def _unanswered(scope: Scope, plan: ItemPlan, last: ItemState | None) -> tuple[Finding, ...]:
    """The finding of an empty required item; the same object as long as it stays so."""
    if last is not None and last.required and last.value is EMPTY:
        return last.findings
    return (findings.required(plan, scope.key(plan)),)


def _marked_not_done(scope: Scope, plan: ItemPlan) -> bool:
    """True when the item that stands for "not done" says so."""
    if plan.not_done is None:
        return False
    name, codes = plan.not_done
    value = scope.whole(name)
    return value is not None and (value.text in codes or value.missing is not None)


def _status(context: Context) -> str:
    if not context.plan.asks:
        return COMPUTED
    data = context.memory.data
    recorded = data.statuses.get(context.key)
    if recorded is not None and recorded != RECORDED_OPEN:
        return recorded
    groups = context.plan.repeating_groups
    started = data.has_entries(context.key) or any(context.live_repeats(group) for group in groups)
    return "in_progress" if started or recorded is not None else "not_started"
