"""The form engine: a whole form, evaluated at once, as often as a key is committed.

Pure: the same definition, entries and day give the same state. What has been computed is remembered on
the participant's data and forgotten exactly where a change reaches, so the cost is that of one form.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import findings
from mda5_crf.study import values as reading
from mda5_crf.study.data import SubjectData
from mda5_crf.study.lines import NO_FINDINGS, Items, Lines
from mda5_crf.study.memory import Memory
from mda5_crf.study.model import ItemGroup, Study
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import ItemPlan, Section, plan_of
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.state import Finding, FormState, RowState, worst
from mda5_crf.study.values import EMPTY, Value

__all__ = ["evaluate", "group_applies", "memory_of", "name_value", "value_of"]

_MOST_MEMORIES = 4
_MOST_PARTICIPANTS = 32
COMPLETE, VERIFIED, SIGNED = "complete", "verified", "signed"


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


def group_applies(study: Study, data: SubjectData, form: ItemKey, group: ItemGroup, today: date) -> bool:
    """Is the gate of a whole group open? Unknown is closed. Asked for logs, which may have no rows yet."""
    if group.relevant is None:
        return True
    return group.relevant.evaluate(memory_of(study, data, today).context(form.form_key()).scope) is True


def name_value(
    study: Study, data: SubjectData, name: str, today: date, event: ItemKey | None = None
) -> Operand:
    """A name of the study (``D1``, ``RFICDAT``) for a participant, seen from ``event`` when one is given."""
    return memory_of(study, data, today).context(event or ItemKey(data.subject)).scope.local[name]


def _state(context: Context) -> FormState:
    """The state of a form: the last one, when nothing it was computed from has changed since."""
    last, status = context.state, _status(context)
    if last is not None and _is_still_confirmed(context):
        if last.status != status:
            last = context.state = replace(last, status=status)
        return last
    context.asked = {}
    sheet = _Sheet()
    for section in context.plan.sections:
        if not section.repeating:
            sheet.add(context.scope, section)
            continue
        for scope in context.live_rows(section.name):
            sheet.add_row(scope, section)
    by_check = findings.of_checks(context)
    context.state = FormState(
        context.key,
        Items(sheet.lines, by_check),
        (*sheet.findings, *by_check),
        sheet.answered,
        sheet.expected,
        status,
        tuple(sheet.closed),
        tuple([_row(counted, by_check) for counted in sheet.rows]),
    )
    return context.state


def _is_still_confirmed(context: Context) -> bool:
    """True when what people have confirmed of the form's findings is what it was."""
    confirmations = context.memory.data.confirmations
    return all(confirmations.get(asked) == text for asked, text in context.asked.items())


def _status(context: Context) -> str:
    """The status as recorded; of a complete form with a signature that counts "signed"; over all, a lock."""
    data = context.memory.data
    if data.held and context.key in data.held:
        return data.held[context.key]
    status, signed = context.memory.status(context), data.signatures
    if status == COMPLETE and signed and context.key in signed:
        return SIGNED
    return VERIFIED if status == COMPLETE and context.key in data.verified else status


def _row(counted: _Counted, by_check: list[Finding]) -> RowState:
    """A row as it stands, with what the checks say about it."""
    key, answered, expected, entered, own = counted
    found = [*own, *(f for f in by_check if f.items and f.items[0][:7] == key[:7])]
    if not entered:
        status = "empty"
    else:
        blocked = answered < expected or any(finding.blocks for finding in found)
        status = "incomplete" if blocked else "complete"
    return RowState(key, answered, expected, status, worst(found))


class _Counted(NamedTuple):
    """What was counted in one row: the parts of a :class:`RowState`."""

    key: ItemKey
    answered: int
    expected: int
    entered: int
    findings: list[Finding]


class _Sheet:
    """A form being filled in, group by group."""

    __slots__ = ("answered", "closed", "expected", "findings", "lines", "rows")

    def __init__(self) -> None:
        self.lines: list[Lines] = []
        self.findings: list[Finding] = []
        self.closed: list[ItemKey] = []
        self.answered = 0
        self.expected = 0
        self.rows: list[_Counted] = []

    def add_row(self, scope: Scope, section: Section) -> None:
        """The items of one row, counted for themselves too."""
        answered, expected, said = self.answered, self.expected, len(self.findings)
        self.add(scope, section)
        entered = sum(scope.entered[name] is not EMPTY for name in section.blank)
        self.rows.append(
            _Counted(
                scope.context.key._replace(group=scope.group, group_repeat=scope.repeat),
                self.answered - answered,
                self.expected - expected,
                entered,
                self.findings[said:],
            )
        )

    def add(self, scope: Scope, section: Section) -> None:
        """The items of one group or row."""
        entered, local, flawed = scope.entered, scope.local, scope.flawed
        last = scope.lines.get(section.name)
        if last is None:
            scope.take_in(section)
        lines = scope.lines[section.name] = Lines(section, scope.head, last)
        values, said = lines.values, lines.said
        gates: tuple[int, ...] | None = None
        relevant = True
        for plan, before in zip(section.items, last.values if last else section.nothing, strict=True):
            if plan.gates is not gates:  # neighbours mostly have the same
                gates = plan.gates
                relevant = lines.applies[gates] = not gates or scope.is_open(gates)
            if plan.calculate is None:
                name = plan.name
                value = entered[name]
                local[name] = value.data if relevant else None
            else:
                value = _computed(scope, plan, before) if relevant else EMPTY
            needed = (
                relevant and plan.required and not (plan.not_done and _marked_not_done(scope, plan.not_done))
            )
            own = NO_FINDINGS
            if value is EMPTY:
                if needed:
                    own = (last and last.unanswered(len(values))) or (
                        findings.required(plan, scope.key(plan)),
                    )
            elif not relevant:
                self.closed.append(scope.key(plan))
            elif (
                plan.judged
                and not (isinstance(value.data, Decimal) and plan.least <= value.data <= plan.most)
            ) or plan.name in flawed:
                own = findings.of_item(scope, plan, value)
            if needed:
                self.expected += 1
                self.answered += value is not EMPTY
            if needed or own:
                said[len(values)] = (needed, own)
                self.findings += own
            values.append(value)
        self.lines.append(lines)


def _computed(scope: Scope, plan: ItemPlan, before: Value | None) -> Value:
    """The value of a computed item that applies; the same object while nothing it comes from has changed."""
    local, name = scope.local, plan.name
    if name not in local and plan.calculate is not None:
        local[name] = None  # what asks for itself in a circle is unknown
        local[name] = plan.calculate(scope)
    data = local[name]
    if before is not None and before.data is data and data is not None:
        return before
    return reading.computed(plan.item, data)


def _marked_not_done(scope: Scope, not_done: tuple[str, frozenset[str]]) -> bool:
    """True when the item that stands for "not done" says so."""
    name, codes = not_done
    value = scope.whole(name)
    return value is not None and (value.text in codes or value.missing is not None)
