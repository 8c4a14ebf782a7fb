"""What the engine prepares once per definition: closures, gates and limits of every form, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from mda5_crf.study.aggregates import AGGREGATES
from mda5_crf.study.expression import Closure, Expression, Uses
from mda5_crf.study.functions import PLAIN
from mda5_crf.study.model import (
    CodeList,
    Due,
    Form,
    Item,
    ItemGroup,
    ItemType,
    Mark,
    Range,
    Severity,
    Study,
    StudyEvent,
)
from mda5_crf.study.operand import Operand
from mda5_crf.study.reach import reaches
from mda5_crf.study.values import EMPTY, Entry, Status, Value, as_stored, parse

BASELINE = "BL"
SCREENING = "SCR"
VISIT_FORM, VISIT_DATE = "SV", "SVSTDAT"
_NOT_DONE = frozenset({"N", "ND", "NOT DONE"})


@dataclass(frozen=True, slots=True)
class Limit:
    """One end of a range: what it is now, and whether it always is that."""

    closure: Closure
    constant: Operand
    fixed: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class LimitPair:
    """A hard or soft range, compiled. ``fixed`` when both ends are constants."""

    oid: str
    severity: Severity
    low: Limit | None
    high: Limit | None
    fixed: bool


_MOST_KNOWN = 64
"""How many texts an item remembers the values of."""
_COMING_AGAIN = (ItemType.CODE, ItemType.MULTI)
"""Few texts answer these, so the values are shared by all participants. Nothing that could tell who somebody
is, no date and no free text, is kept beyond its participant.
"""
_INFINITY = Decimal("Infinity")


class ItemPlan:
    """One item, ready to evaluate. ``gates`` index the form's gates: all must be open.

    ``quick``: the value of an entry that is only a text; None when the entry must be read with care.
    ``tail`` completes the key of its scope. ``judged``: its value may have findings of its own, but not when
    it is a number from ``least`` to ``most`` (nothing is, when its limits are not all fixed numbers).
    """

    __slots__ = (
        "answered",
        "calculate",
        "codelist",
        "fixed_limits",
        "gates",
        "group",
        "item",
        "judged",
        "known",
        "least",
        "limits",
        "most",
        "name",
        "not_done",
        "quick",
        "repeating",
        "required",
        "sharers",
        "tail",
        "to",
        "unit_from",
    )

    def __init__(
        self, item: Item, group: ItemGroup, gates: tuple[int, ...], study: Study, form: Form
    ) -> None:
        self.item = item
        self.name = item.name
        self.group = group.name
        self.repeating = group.repeating
        self.gates = gates
        self.calculate: Closure | None = item.calculate.evaluate if item.calculate else None
        self.codelist: CodeList | None = study.codelists.get(item.codelist) if item.codelist else None
        pairs = ((item.hard, Severity.HARD), (item.soft, Severity.SOFT))
        self.limits = tuple(
            _pair(limits, limits.severity(severity))
            for limits, severity in pairs
            if limits is not None and not limits.off
        )
        self.to = item.to
        # Free text may hold a number that says who somebody is.
        self.judged = bool(self.limits) or item.to is not None or item.type is ItemType.TEXT
        self.least, self.most = _span(self.limits)
        self.tail = (item.name,) if group.repeating else (group.name, "", item.name)
        self.known: dict[str, Value] = {}
        self.quick: Callable[[str], Value | None] = as_stored(item) or self.known.get
        self.fixed_limits = all(pair.fixed for pair in self.limits) and item.to is None
        self.answered = not item.computed and item.type is not ItemType.LABEL
        self.required = item.required and self.answered
        self.not_done = _not_done(item, study, form)
        self.unit_from = item.unit_from
        self.sharers: tuple[str, ...] = ()

    def read(self, entry: Entry, shared: str | None) -> Value:
        """The value of an entry; ``shared`` is the unit typed with the item that ``unit_from`` names.

        An answer that comes again and again is remembered, whoever it was entered for.
        """
        found = parse(self.item, entry, self.codelist, shared)
        if found.status is Status.VALID and self.item.type in _COMING_AGAIN and not entry.conflict:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[entry.text] = found
        return found


def _span(limits: Sequence[LimitPair]) -> tuple[Decimal, Decimal]:
    """The narrowest of limits that are all fixed numbers; where one is anything else, a span of nothing."""
    lows, highs = [-_INFINITY], [_INFINITY]
    for pair in limits:
        for end, numbers in ((pair.low, lows), (pair.high, highs)):
            if end is None:
                continue
            if not end.fixed or not isinstance(end.constant, Decimal):
                return _INFINITY, -_INFINITY
            numbers.append(end.constant)
    return max(lows), min(highs)


def _pair(limits: Range, severity: Severity) -> LimitPair:
    low = None if limits.low is None else _limit(limits.low)
    high = None if limits.high is None else _limit(limits.high)
    fixed = (low is None or low.fixed) and (high is None or high.fixed)
    return LimitPair(limits.oid, severity, low, high, fixed)


def _limit(expression: Expression) -> Limit:
    value = expression.constant_value
    return Limit(expression.evaluate, value, expression.constant, expression.source == "today")


def _not_done(item: Item, study: Study, form: Form) -> tuple[str, frozenset[str]] | None:
    """The item that says this one was not done, and its codes that say so: its only code, or "no"."""
    other = form.items.get(item.not_done_item) if item.not_done_item else None
    if other is None or other.codelist is None:
        return None
    codes = frozenset(study.codelists[other.codelist].by_code)
    return other.name, codes if len(codes) == 1 else codes & _NOT_DONE


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check, ready to evaluate. ``has_places``: its message has ``{…}`` to fill.

    ``single``: its items, when none of them stands in rows.
    """

    oid: str
    severity: Severity
    fires: Closure
    items: tuple[str, ...]
    group: str | None
    at_completion: bool
    has_places: bool
    single: tuple[ItemPlan, ...] | None
    blocks: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A group of a form. ``tails`` are those of its items, ``blank`` is the empty value for each that people
    answer, and ``nothing`` is None for each. ``shares_units``: some have their unit from others of the group.
    """

    name: str
    repeating: bool
    items: tuple[ItemPlan, ...]
    tails: tuple[tuple[str, ...], ...]
    blank: dict[str, Value]
    nothing: tuple[None, ...]
    shares_units: bool


def _never(_scope: object) -> None:
    """The rule of a check that the centre switched off: unknown, and unknown never fires."""


def _section(group: ItemGroup, plans: tuple[ItemPlan, ...]) -> Section:
    tails = tuple(plan.tail for plan in plans)
    blank = {plan.name: EMPTY for plan in plans if plan.calculate is None}
    shares = any(plan.unit_from is not None for plan in plans)
    return Section(group.name, group.repeating, plans, tails, blank, (None,) * len(plans), shares)


class FormPlan:
    """One form, ready to evaluate."""

    __slots__ = (
        "asks",
        "by_name",
        "checks",
        "form",
        "gates",
        "messages",
        "oid",
        "reach",
        "repeating_groups",
        "sections",
    )

    def __init__(self, study: Study, form: Form | None) -> None:
        self.form = form
        self.oid = "" if form is None else form.oid
        self.gates: list[Closure] = []
        self.by_name: dict[str, ItemPlan] = {}
        known: dict[str, int] = {}
        sources: list[Expression] = []
        sections = []
        for group in () if form is None else form.groups:
            assert form is not None
            shared = self._gate(group.relevant, known, sources)
            together: dict[tuple[int, ...], tuple[int, ...]] = {}
            made = []
            for item in group.items:
                gates = shared + self._gate(item.relevant, known, sources)
                # Items with equal gates have the same tuple: whoever goes through them sees that at a glance.
                made.append(ItemPlan(item, group, together.setdefault(gates, gates), study, form))
            plans = tuple(made)
            self.by_name.update((plan.name, plan) for plan in plans)
            sections.append(_section(group, plans))
        self.sections = tuple(sections)
        self.asks = form is None or any(plan.answered for plan in self.by_name.values())
        self.repeating_groups = tuple(section.name for section in sections if section.repeating)
        for plan in self.by_name.values():
            if plan.unit_from in self.by_name:
                self.by_name[plan.unit_from].sharers += (plan.name,)
        checks = () if form is None else form.checks
        self.checks = tuple(
            CheckPlan(
                check.oid,
                check.severity,
                _never if check.off else check.fires.holds,
                check.items,
                check.per_row,
                check.at_completion,
                "{" in check.message.en or "{" in check.message.zh,
                self._single(check.items),
                check.severity in (Severity.HARD, Severity.SOFT),
            )
            for check in checks
        )
        self.messages = {check.oid: check.message for check in checks}
        gates_of = {name: plan.gates for name, plan in self.by_name.items()}
        self.reach = None if form is None else reaches(form, sources, gates_of)

    def _single(self, names: Sequence[str]) -> tuple[ItemPlan, ...] | None:
        plans = tuple(self.by_name[name] for name in names if name in self.by_name)
        return None if any(plan.repeating for plan in plans) else plans

    def _gate(
        self, gate: Expression | None, known: dict[str, int], sources: list[Expression]
    ) -> tuple[int, ...]:
        """The number of a gate; equal expressions are one gate, evaluated once."""
        if gate is None:
            return ()
        if gate.source not in known:
            known[gate.source] = len(self.gates)
            self.gates.append(gate.holds)
            sources.append(gate)
        return (known[gate.source],)


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """One definition, ready to evaluate."""

    study: Study
    nowhere: FormPlan
    forms: dict[str, FormPlan]
    due: dict[tuple[str, str], Due]
    homes: dict[str, str]
    """Form → the one event it can be found at when it is not at this one."""
    order: tuple[str, ...]
    """Events that happen once, in order, without logs."""
    settings: dict[str, Operand]
    forms_at: dict[str, tuple[str, ...]] = field(default_factory=dict)
    events: tuple[StudyEvent, ...] = ()
    """All events, in order."""
    absolute: frozenset[str] = frozenset()
    """The names of the study that are the same seen from every event."""


def _homes(study: Study) -> dict[str, str]:
    homes: dict[str, str] = {}
    for form in study.forms.values():
        events = [due.event for due in study.due if due.form == form.oid]
        if form.log:
            logs = [event for event in events if study.events[event].kind == "log"]
            events = logs or [due.event for due in study.due if due.form == form.oid and due.mark is Mark.LOG]
        once = [event for event in dict.fromkeys(events) if not study.events[event].repeating]
        if len(once) == 1:
            homes[form.oid] = once[0]
    return homes


_ABSOLUTE = (
    frozenset(PLAIN)
    | frozenset(AGGREGATES)
    | {
        "present",
        "selected",
        "matches",
        "if_",
        "coalesce",
        "date",
        "setting",
        "rows",
        "outer",
        "contains_text",
    }
)
"""Functions whose result has nothing to do with the event they are called at, if their arguments have not."""


def _absolute(study: Study) -> frozenset[str]:
    """The names that only read other such names, named events, and the rows of logs or of all visits."""
    found: set[str] = set()
    while True:
        more = {
            name
            for name, expression in study.names.items()
            if name not in found and _is_absolute(study, expression.uses, found)
        }
        if not more:
            return frozenset(found)
        found |= more


def _is_absolute(study: Study, uses: Uses, known: set[str]) -> bool:
    logs = {form.oid for form in study.forms.values() if form.log}
    return (
        uses.words <= {"today"}
        and uses.functions <= _ABSOLUTE
        and not (uses.row_words or uses.parts)
        and all("." in form or form in logs for form in uses.rowed)
        and all(
            ref.event not in ("", "prev") or (not ref.event and not ref.form and ref.item in known)
            for ref in uses.references
        )
    )


def _setting(text: str) -> Operand:
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _prepare(study: Study) -> StudyPlan:
    events = sorted(study.events.values(), key=lambda event: event.rank)
    return StudyPlan(
        study,
        FormPlan(study, None),
        {oid: FormPlan(study, form) for oid, form in study.forms.items()},
        {(due.event, due.form): due for due in study.due},
        _homes(study),
        tuple(event.oid for event in events if not event.repeating and event.kind != "log"),
        {name: _setting(text) for name, text in study.settings.items()},
        {event.oid: tuple(due.form for due in study.forms_of(event.oid)) for event in events},
        tuple(events),
        _absolute(study),
    )


_PLANS: dict[int, StudyPlan] = {}
_MOST_PLANS = 8


def plan_of(study: Study) -> StudyPlan:
    """The plan of a definition, prepared on first use. The last few definitions are kept."""
    plan = _PLANS.get(id(study))
    if plan is None:
        plan = _prepare(study)
        while len(_PLANS) >= _MOST_PLANS:
            del _PLANS[next(iter(_PLANS))]
        _PLANS[id(study)] = plan  # the plan holds the study, so its id is not given to another
    return plan
