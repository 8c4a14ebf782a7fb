"""Where expressions are evaluated: form instances and log rows of one participant, remembered lazily.

Every form instance has a :class:`Context`. Its items are computed on first use and kept until
something they came from changes: a context notes who has read it, and forgetting one forgets its
readers. So a keystroke costs one form, however many forms it looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import timeline
from mda5_crf.study import values as reading
from mda5_crf.study.data import QUERIES, REFERENCES, SIGNATURES
from mda5_crf.study.expression import Ref
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import FormPlan, ItemPlan, Section
from mda5_crf.study.reach import Parts, Reach
from mda5_crf.study.references import References
from mda5_crf.study.values import EMPTY, Entry, Value

if TYPE_CHECKING:
    from mda5_crf.study.lines import Lines
    from mda5_crf.study.memory import Memory
    from mda5_crf.study.state import Finding, FormState


_new_key = tuple.__new__
"""Keys are made by the thousand; this leaves out the named tuple's own constructor."""


class Local(dict[str, Operand]):
    """NAME → operand in one scope, computed on first use. A cycle reads as unknown."""

    __slots__ = ("scope",)
    scope: Scope

    def __missing__(self, name: str) -> Operand:
        scope = self.scope
        plan = scope.context.plan.by_name.get(name)
        if plan is None:
            found = scope.context.named(name)
        elif plan.repeating:
            self[name] = None
            found = scope.compute(plan) if plan.group == scope.group else None
        elif scope.group:
            return scope.context.scope.local[name]  # kept there: a change of it need not look for rows
        else:
            self[name] = None
            found = scope.compute(plan)
        self[name] = found
        return found


class Gates(dict[int, bool]):
    """Gate → open? Unknown is closed."""

    __slots__ = ("scope",)
    scope: Scope

    def __missing__(self, gate: int) -> bool:
        self[gate] = False
        is_open = self.scope.context.plan.gates[gate](self.scope) is True
        self[gate] = is_open
        return is_open


class Entered(dict[str, Value]):
    """NAME → entered value, read on first use and kept until the entry changes."""

    __slots__ = ("scope",)
    scope: Scope

    def __missing__(self, name: str) -> Value:
        scope = self.scope
        plan = scope.context.plan.by_name[name]
        entry = scope.context.memory.data.entries.get(scope.key(plan))
        found = self[name] = EMPTY if entry is None else scope.read_entry(plan, entry)
        return found


class Scope:
    """One form instance (``group`` "") or one row of it. ``outer`` is the scope around a row."""

    __slots__ = (
        "checks",
        "context",
        "entered",
        "fixed",
        "flawed",
        "gates",
        "group",
        "head",
        "limits",
        "lines",
        "local",
        "outer",
        "parts",
        "repeat",
        "views",
    )

    def __init__(self, context: Context, group: str = "", repeat: str = "") -> None:
        self.context = context
        self.group = group
        self.repeat = repeat
        self.head = (*context.form, group, repeat) if group else context.form
        self.outer: Scope | None = context.scope if group else None
        self.local: dict[str, Operand] = (local := Local())
        self.flawed: set[str] = set()
        """The items whose value does not read, or is in conflict: the others need no look at that."""
        self.gates = Gates()
        self.entered = Entered()
        local.scope = self.gates.scope = self.entered.scope = self
        self.lines: dict[str, Lines] = {}
        self.limits: dict[str, tuple[Value, tuple[Finding, ...]]] = {}
        self.fixed: dict[str, tuple[Value, tuple[Finding, ...]]] = {}
        self.checks: dict[int, bool] = {}
        self.parts: dict[str, object] = {}
        self.views: dict[str, tuple[list[Scope], list[Scope]]] | None = None

    def seen_from(self, outer: Scope) -> Scope:
        """The same row, with another scope around it.

        It is what expressions ask of a row; what only the form asks of it stays with the row itself.
        """
        view = Scope.__new__(Scope)
        view.outer = outer
        view.context = self.context
        view.group = self.group
        view.repeat = self.repeat
        view.local = self.local
        view.gates = self.gates
        view.entered = self.entered
        view.parts = self.parts
        view.views = None
        return view

    def forget(self) -> None:
        """Drop what was computed; entered values stay read."""
        self.local.clear()
        self.gates.clear()
        self.parts.clear()
        self.limits.clear()
        self.checks.clear()
        self.views = None

    def forget_parts(self, parts: Parts) -> None:
        """Drop what is named. Instruments are asked again; they compare their inputs."""
        local, limits, gates, checks = self.local, self.limits, self.gates, self.checks
        for name in parts.items:
            local.pop(name, None)
        for name in parts.limits:
            limits.pop(name, None)
        for gate in parts.gates:
            gates.pop(gate, None)
        for check in parts.checks:
            checks.pop(check, None)
        self.parts.clear()

    def key(self, plan: ItemPlan) -> ItemKey:
        """The key of an item in this scope."""
        return _new_key(ItemKey, self.head + plan.tail)

    def is_open(self, numbers: Iterable[int]) -> bool:
        """Are all these gates open?"""
        gates = self.gates
        for gate in numbers:
            if not gates[gate]:
                break
        else:
            return True
        return False

    def take_in(self, section: Section) -> None:
        """Read all that is entered in a group at once."""
        head, entered = self.head, self.entered
        entered.update(section.blank)
        keys = [_new_key(ItemKey, head + tail) for tail in section.tails]
        found = list(map(self.context.memory.data.entries.get, keys))
        with_unit: set[str | None] = set()
        if section.shares_units:
            pairs = zip(section.items, found, strict=True)
            with_unit = {plan.name for plan, entry in pairs if entry is not None and entry.unit}
        for plan, entry in zip(section.items, found, strict=True):
            if entry is None:
                continue
            value = None
            if plan.unit_from not in with_unit and not (entry.unit or entry.missing or entry.conflict):
                value = plan.quick(entry.text)
            entered[plan.name] = value or self.read_entry(plan, entry)

    def read_entry(self, plan: ItemPlan, entry: Entry) -> Value:
        """The value of the entry of an item of this scope."""
        shared = None if plan.unit_from is None else self._shared_unit(plan.unit_from)
        if not (shared or entry.unit or entry.missing or entry.conflict):
            found = plan.quick(entry.text)
            if found is not None:
                return found
        found = plan.read(entry, None if entry.unit else shared)
        if found.problem is not None or found.conflict:
            self.flawed.add(plan.name)
        return found

    def _shared_unit(self, name: str) -> str | None:
        """The unit typed with the item ``name``; None when it was typed without, or nothing was typed."""
        giver = self.context.memory.data.entries.get(self.key(self.context.plan.by_name[name]))
        return None if giver is None else giver.unit

    def compute(self, plan: ItemPlan) -> Operand:
        """The operand of an item of this scope; None behind a closed gate."""
        if plan.gates and not self.is_open(plan.gates):
            return None
        if plan.calculate is not None:
            return plan.calculate(self)
        return self.entered[plan.name].data

    def whole(self, name: str) -> Value | None:
        """The value of an item seen from here; None when it is behind a closed gate or not to be seen."""
        plan = self.context.plan.by_name.get(name)
        if plan is None or (plan.repeating and plan.group != self.group):
            return None
        if self.group and not plan.repeating:
            return self.context.scope.whole(name)
        if plan.gates and not self.is_open(plan.gates):
            return None
        if plan.calculate is not None:
            return reading.computed(plan.item, self.local[name])
        return self.entered[name]

    # -- what expressions ask ------------------------------------------------------------------

    def read(self, ref: Ref) -> Operand:
        """The operand of an item of another form or event."""
        if ref.event == "prev":
            before = timeline.previous(self.context.memory, self.context, ref)
            return None if before is None else before.scope.local[ref.item]
        found = self._elsewhere(ref)
        return None if found is None else found.local[ref.item]

    def _elsewhere(self, ref: Ref) -> Scope | None:
        found = self.context.memory.locate(self.context, ref.event, ref.form, ref.item)
        if found is not None:
            return found.scope
        outer = self.outer
        return outer._elsewhere(ref) if outer is not None and outer.context is not self.context else None

    def value(self, ref: Ref) -> Value | None:
        """The whole value of an item here or elsewhere."""
        if not ref.event and not ref.form:
            return self.whole(ref.item)
        if ref.event == "prev":
            before = timeline.previous(self.context.memory, self.context, ref)
            return None if before is None else before.scope.whole(ref.item)
        scope = self._elsewhere(ref)
        return None if scope is None else scope.whole(ref.item)

    def rows(self, form: str, names: Iterable[str] = ("",), views: bool = True) -> Sequence[Scope]:
        """The live rows of a form, of which ``names`` are read; with ``views`` seen from here."""
        found = self.context.memory.rows(self.context, form, names)
        if not views:
            return found
        if self.views is None:
            self.views = {}
        kept = self.views.get(form)
        if kept is None or kept[0] is not found:  # several checks of a form look at the same rows
            kept = self.views[form] = (found, [row.seen_from(self) for row in found])
        return kept[1]

    def previous_row(self) -> Scope | None:
        """The row before this one among the live rows of its group."""
        number = self.row_number()
        if number is None or number < 2:
            return None
        rows = self.context.live_rows(self.group)
        before = rows[number - 2]
        outside = self.outer
        return before if outside is self.context.scope or outside is None else before.seen_from(outside)

    def row_number(self) -> int | None:
        """1 for the first live row; None outside rows and for a struck row."""
        if not self.group:
            return None
        live = self.context.live_repeats(self.group)
        return live.index(self.repeat) + 1 if self.repeat in live else None

    def line_number(self) -> int | None:
        """The number people use for this row, struck rows counted; None outside rows."""
        if not self.group:
            return None
        return self.context.memory.data.line_of(self.context.key._replace(group=self.group), self.repeat)

    def performed(self, form: str, within_days: int | None) -> bool | None:
        """Was a form done at this event, or within some days of this form's date?"""
        return timeline.performed(self.context.memory, self.context, form, within_days)

    def baseline(self, ref: Ref) -> Operand:
        """The value at baseline, or the one screening carries."""
        form = ref.form or self.context.plan.oid
        return timeline.baseline(self.context.memory, self.context, form, ref.item)

    def setting(self, name: str) -> Operand:
        """A setting of the study."""
        return self.context.memory.plan.settings.get(name)

    def part(self, instrument: str, part: str) -> Operand:
        """One result of an instrument of this form."""
        return self.context.memory.part(self, instrument, part)

    def row_id(self) -> str | None:
        """The identity of this row, or of this repeat of a form; None where nothing repeats."""
        return self.repeat or self.context.key.form_repeat or None

    def form_id(self) -> str:
        """The identity of this form instance: no two have the same."""
        return self.context.key.path()

    def form_status(self, form: str) -> str | None:
        """The status of a form here or elsewhere; None when there is none such."""
        found = self._form(form)
        return None if found is None else self.context.memory.status(found)

    def signed(self, form: str) -> bool | None:
        """Is a form here or elsewhere signed? None when there is none such, or nothing is known."""
        memory, found = self.context.memory, self._form(form)
        memory.scans(self.context, SIGNATURES)
        known = memory.data.signatures
        return None if found is None or known is None else found.key in known

    def _form(self, form: str) -> Context | None:
        event, _, oid = form.rpartition(".")
        found = self._elsewhere(Ref(event, oid, ""))
        return None if found is None else found.context

    def open_queries(self) -> Decimal | None:
        """How many queries of the participant are open."""
        memory = self.context.memory
        memory.scans(self.context, QUERIES)
        count = memory.data.open_queries
        return None if count is None else Decimal(count)

    def planned(self, event: str) -> date | None:
        """The target date of an event."""
        return self.context.memory.planned(self.context, event)

    def next_planned(self, form: str) -> date | None:
        """The target date of the next event at which ``form`` is due."""
        return self.context.memory.next_planned(self.context, form)

    def references(self) -> References | None:
        """The lists of the site."""
        self.context.memory.scans(self.context, REFERENCES)
        return self.context.memory.data.references


class Context:
    """One form instance of one participant, or (with an empty form) one event instance."""

    __slots__ = (
        "asked",
        "before",
        "form",
        "key",
        "lives",
        "memory",
        "plan",
        "readers",
        "rows",
        "scope",
        "scores",
        "state",
    )

    def __init__(self, memory: Memory, plan: FormPlan, key: ItemKey) -> None:
        self.memory = memory
        self.plan = plan
        self.key = key
        self.rows: dict[tuple[str, str], Scope] = {}
        self.form: tuple[str, ...] = key[:5]
        self.readers: dict[str, set[Context]] = {}
        self.lives: dict[str, list[Scope]] = {}
        self.before: list[ItemKey] | None = None
        self.scores: dict[str, tuple[object, object]] = {}
        self.state: FormState | None = None
        self.asked: dict[tuple[ItemKey, str], str | None] = {}
        self.scope = Scope(self)

    def named(self, name: str) -> Operand:
        """A study name or a reserved word, seen from this event."""
        return self.memory.named(self, name)

    def row(self, group: str, repeat: str) -> Scope:
        """The scope of a row."""
        found = self.rows.get((group, repeat))
        if found is None:
            found = self.rows[group, repeat] = Scope(self, group, repeat)
        return found

    def live_repeats(self, group: str) -> list[str]:
        """The identities of a group's live rows, in order."""
        key = _new_key(ItemKey, (*self.form, group, "", ""))
        return self.memory.data.rows.get(key, [])

    def live_rows(self, group: str) -> list[Scope]:
        """A group's live rows, in order."""
        found = self.lives.get(group)
        if found is None:
            found = self.lives[group] = [self.row(group, repeat) for repeat in self.live_repeats(group)]
        return found

    def forget(self) -> None:
        """Drop everything computed here."""
        self.before = self.state = None
        self.lives.clear()
        self.scope.forget()
        for row in self.rows.values():
            row.forget()

    def forget_reach(self, reach: Reach, key: ItemKey) -> None:
        """Drop what was computed from the item at ``key``."""
        self.state = None
        own = self.rows.get((key.group, key.group_repeat)) if key.group_repeat else self.scope
        if own is not None:
            own.forget_parts(reach.own)
        if reach.wide is not None:
            self.scope.forget_parts(reach.wide)
            for row in self.rows.values():
                row.forget_parts(reach.wide)

    def forget_entry(self, key: ItemKey) -> None:
        """An entry changed: read it again, and what shares its unit."""
        self.state = None
        scope = self.rows.get((key.group, key.group_repeat)) if key.group_repeat else self.scope
        plan = self.plan.by_name.get(key.item)
        if scope is None or plan is None:
            return
        for name in (key.item, *plan.sharers):
            scope.entered.pop(name, None)
            scope.flawed.discard(name)
