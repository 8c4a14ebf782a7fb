"""Where expressions are evaluated: form instances and log rows of one participant, remembered lazily.

Every form instance has a :class:`Context`. Its items are computed on first use and kept until
something they came from changes: a context notes who has read it, and forgetting one forgets its
readers. So a keystroke costs one form, however many forms it looks at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import timeline
from mda5_crf.study import values as reading
from mda5_crf.study.expression import Ref
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import FormPlan, ItemPlan
from mda5_crf.study.reach import Reach
from mda5_crf.study.values import EMPTY, Value

if TYPE_CHECKING:
    from mda5_crf.study.memory import Memory
    from mda5_crf.study.state import Finding, ItemState


class Local(dict[str, Operand]):
    """NAME → operand in one scope, computed on first use. A cycle reads as unknown."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __missing__(self, name: str) -> Operand:
        scope = self.scope
        plan = scope.context.plan.by_name.get(name)
        if plan is None:
            found = scope.context.named(name)
        elif plan.repeating:
            self[name] = None
            found = scope.compute(plan) if plan.group == scope.group else None
        elif scope.group:
            found = scope.context.scope.local[name]
        else:
            self[name] = None
            found = scope.compute(plan)
        self[name] = found
        return found


class Gates(dict[int, bool]):
    """Gate → open? Unknown is closed."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __missing__(self, gate: int) -> bool:
        self[gate] = False
        is_open = self.scope.context.plan.gates[gate](self.scope) is True
        self[gate] = is_open
        return is_open


class Entered(dict[str, Value]):
    """NAME → entered value, read on first use and kept until the entry changes."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __missing__(self, name: str) -> Value:
        scope = self.scope
        plan = scope.context.plan.by_name[name]
        entries = scope.context.memory.data.entries
        entry = entries.get(scope.key(plan))
        found = EMPTY
        if entry is not None:
            shared = None
            if plan.unit_from is not None and entry.unit is None:
                other = entries.get(scope.key(scope.context.plan.by_name[plan.unit_from]))
                shared = None if other is None else other.unit
            found = reading.parse(plan.item, entry, plan.codelist, shared)
        self[name] = found
        return found


class Scope:
    """One form instance (``group`` "") or one row of it. ``outer`` is the scope around a row."""

    __slots__ = (
        "context",
        "entered",
        "gates",
        "group",
        "keys",
        "limits",
        "local",
        "outer",
        "parts",
        "repeat",
        "states",
    )

    def __init__(self, context: Context, group: str = "", repeat: str = "") -> None:
        self.context = context
        self.group = group
        self.repeat = repeat
        self.outer: Scope | None = context.scope if group else None
        self.local: dict[str, Operand] = Local(self)
        self.gates = Gates(self)
        self.entered = Entered(self)
        self.keys: dict[str, ItemKey] = {}
        self.states: dict[str, ItemState] = {}
        self.limits: dict[str, tuple[Value, tuple[Finding, ...]]] = {}
        self.parts: dict[str, object] = {}

    def seen_from(self, outer: Scope) -> Scope:
        """The same row, with another scope around it."""
        view = Scope.__new__(Scope)
        view.context, view.group, view.repeat, view.outer = self.context, self.group, self.repeat, outer
        view.local, view.gates, view.entered = self.local, self.gates, self.entered
        view.keys, view.states, view.limits, view.parts = self.keys, self.states, self.limits, self.parts
        return view

    def forget(self) -> None:
        """Drop what was computed; entered values stay read."""
        self.local.clear()
        self.gates.clear()
        self.parts.clear()

    def key(self, plan: ItemPlan) -> ItemKey:
        """The key of an item in this scope."""
        key = self.keys.get(plan.name)
        if key is None:
            key = self.context.key._replace(group=plan.group, group_repeat=self.repeat, item=plan.name)
            self.keys[plan.name] = key
        return key

    def compute(self, plan: ItemPlan) -> Operand:
        """The operand of an item of this scope; None behind a closed gate."""
        gates = self.gates
        for gate in plan.gates:
            if not gates[gate]:
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
        for gate in plan.gates:
            if not self.gates[gate]:
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
        if not ref.event and not ref.form:
            return self
        found = self.context.memory.locate(self.context, ref.event, ref.form)
        if found is not None:
            return found.scope
        outer = self.outer
        return outer._elsewhere(ref) if outer is not None and outer.context is not self.context else None

    def value(self, ref: Ref) -> Value | None:
        """The whole value of an item here or elsewhere."""
        if ref.event == "prev":
            before = timeline.previous(self.context.memory, self.context, ref)
            return None if before is None else before.scope.whole(ref.item)
        scope = self._elsewhere(ref)
        return None if scope is None else scope.whole(ref.item)

    def rows(self, form: str) -> Sequence[Scope]:
        """The live rows of a form, seen from here."""
        return [row.seen_from(self) for row in self.context.memory.rows(self.context, form)]

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


class Context:
    """One form instance of one participant, or (with an empty form) one event instance."""

    __slots__ = ("items", "key", "memory", "plan", "readers", "rows", "scope", "scores", "shape")

    def __init__(self, memory: Memory, plan: FormPlan, key: ItemKey) -> None:
        self.memory = memory
        self.plan = plan
        self.key = key
        self.rows: dict[tuple[str, str], Scope] = {}
        self.readers: set[Context] = set()
        self.scores: dict[str, tuple[object, object]] = {}
        self.items: dict[ItemKey, ItemState] = {}
        self.shape: tuple[tuple[str, ...], ...] = ()
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
        return self.memory.data.rows.get(self.key._replace(group=group), [])

    def live_rows(self, group: str) -> list[Scope]:
        """A group's live rows, in order."""
        return [self.row(group, repeat) for repeat in self.live_repeats(group)]

    def forget(self) -> None:
        """Drop everything computed here."""
        self.scope.forget()
        for row in self.rows.values():
            row.forget()

    def forget_reach(self, reach: Reach) -> None:
        """Drop what was computed from one item. Instruments are asked again; they compare their inputs."""
        local, gates = self.scope.local, self.scope.gates
        for name in reach.items:
            local.pop(name, None)
        for gate in reach.gates:
            gates.pop(gate, None)
        self.scope.parts.clear()

    def forget_entry(self, key: ItemKey) -> None:
        """An entry changed: read it again, and what shares its unit."""
        scope = self.rows.get((key.group, key.group_repeat)) if key.group_repeat else self.scope
        plan = self.plan.by_name.get(key.item)
        if scope is None or plan is None:
            return
        for name in (key.item, *plan.sharers):
            scope.entered.pop(name, None)
