"""What the engine remembers of one participant under one definition, and how forms find each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import formulas
from mda5_crf.study.data import SubjectData
from mda5_crf.study.expression import Expression
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import DAY_ONE, FormPlan, StudyPlan
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.windows import window


class Memory:
    """The contexts of one participant. ``today`` is part of what they were computed from."""

    __slots__ = ("contexts", "data", "plan", "scanners", "today")

    def __init__(self, plan: StudyPlan, data: SubjectData, today: date) -> None:
        self.plan = plan
        self.data = data
        self.today = today
        self.contexts: dict[ItemKey, Context] = {}
        self.scanners: dict[str, set[Context]] = {}

    # -- remembering ---------------------------------------------------------------------------

    def context(self, key: ItemKey) -> Context:
        """The context of a form instance, or of an event when the key names no form."""
        found = self.contexts.get(key)
        if found is None:
            plan: FormPlan = self.plan.forms[key.form] if key.form else self.plan.nowhere
            found = self.contexts[key] = Context(self, plan, key)
        return found

    def read_by(self, reader: Context, key: ItemKey) -> Context:
        """The context at ``key``, noting that ``reader`` depends on it."""
        found = self.context(key)
        if found is not reader:
            found.readers.add(reader)
        return found

    def _forget(self, *stale: Context) -> None:
        waiting = list(stale)
        while waiting:
            context = waiting.pop()
            context.forget()
            if context.readers:
                waiting.extend(context.readers)
                context.readers = set()

    def forget_item(self, key: ItemKey) -> None:
        """An entry changed."""
        form = key.form_key()
        context = self.contexts.get(form)
        reach = None
        if context is not None:
            context.forget_entry(key)
            reach = (context.plan.reach or {}).get(key.item)
        if context is None or reach is None:
            self.forget_form(form)
            return
        context.forget_reach(reach)
        readers, context.readers = context.readers, set()
        self._forget(*self.scanners.pop(form.form, set()), *readers)

    def forget_form(self, form: ItemKey) -> None:
        """Rows or entries of a form instance changed."""
        context = self.contexts.get(form)
        scanners = self.scanners.pop(form.form, set())
        self._forget(*scanners, *(() if context is None else (context,)))

    def forget_all(self) -> None:
        """Events, repeats of forms or the day changed."""
        self.scanners.clear()
        for context in self.contexts.values():
            context.readers = set()
            context.forget()

    # -- names ---------------------------------------------------------------------------------

    def named(self, context: Context, name: str) -> Operand:
        """A reserved word or a name of the study, evaluated once per event."""
        key = context.key
        if name == "EVENT":
            return key.event or None
        if name == "today":
            return self.today
        if name in ("WINDOW_LO", "WINDOW_HI"):
            ends = window(self.plan.study, key.event, self.day_one(context))
            return None if ends is None else ends[name == "WINDOW_HI"]
        expression = self.plan.study.names.get(name)
        if expression is None:
            raise LookupError(f"no item or study name {name} in {context.plan.oid or key.event}")
        event = self.read_by(context, key.event_key())
        return event.scope.local[name] if event is not context else expression.evaluate(event.scope)

    def day_one(self, context: Context) -> date | None:
        """D1, the day of the first dose; None before it is known."""
        found = context.scope.local[DAY_ONE] if DAY_ONE in self.plan.study.names else None
        return found if isinstance(found, date) else None

    # -- other forms ---------------------------------------------------------------------------

    def first_instance(self, key: ItemKey) -> ItemKey:
        """A form's key with its first repeat, when it repeats."""
        repeats = self.data.form_repeats.get(key)
        return key._replace(form_repeat=repeats[0]) if repeats else key

    def locate(self, reader: Context, event: str, form: str) -> Context | None:
        """The instance of ``form`` an expression in ``reader`` means; None when there is no one such."""
        own = reader.key
        form = form or own.form
        if not event:
            if form == own.form:
                return reader
            here = ItemKey(own.subject, own.event, own.event_repeat, form)
            is_due = (own.event, form) in self.plan.due
            if not is_due:
                self.scans(reader, form)
            if own.event and (is_due or self.is_started(here)):
                return self.read_by(reader, self.first_instance(here))
            event = self.plan.homes.get(form, "")
            if not event:
                return None
        repeats = self.data.event_repeats.get(event)
        repeating = self.plan.study.events[event].repeating
        if repeating and not repeats:
            return None
        repeat = repeats[-1] if repeating and repeats else ""
        return self.read_by(reader, self.first_instance(ItemKey(own.subject, event, repeat, form)))

    def is_started(self, form: ItemKey) -> bool:
        """True when something is entered on a form (its first or any repeat)."""
        repeats = self.data.form_repeats.get(form, ())
        return self.data.has_entries(form) or bool(repeats)

    def events(self, form: str) -> Iterator[ItemKey]:
        """All instances of events at which ``form`` may be, in schedule order."""
        for event in sorted(self.plan.study.events.values(), key=lambda event: event.rank):
            for repeat in self.data.event_repeats.get(event.oid, ()) if event.repeating else ("",):
                key = ItemKey(self.data.subject, event.oid, repeat, form)
                if (event.oid, form) in self.plan.due or self.is_started(key):
                    yield key

    def scans(self, reader: Context, form: str) -> None:
        """Note that ``reader`` depends on which instances of ``form`` have entries or rows."""
        self.scanners.setdefault(form, set()).add(reader)

    def instances(self, reader: Context, form: str) -> Iterator[Context]:
        """All instances of ``form``, in schedule order; ``reader`` depends on which there are."""
        self.scans(reader, form)
        for key in self.events(form):
            for repeat in self.data.form_repeats.get(key) or ("",):
                yield self.read_by(reader, key._replace(form_repeat=repeat))

    def rows(self, reader: Context, named: str) -> list[Scope]:
        """The live rows ``rows("FORM")`` means: of the log, of this event, or of the event named."""
        event, _, form = named.rpartition(".")
        plan = self.plan.forms[form]
        is_log = plan.form is not None and plan.form.log
        if event == "*" or (is_log and not event):
            found = list(self.instances(reader, form))
        elif plan.form is not None and plan.form.repeating:
            found = [c for c in self.instances(reader, form) if c.key.event == (event or reader.key.event)]
        else:
            one = self.locate(reader, event, form)
            found = [] if one is None else [one]
        groups = plan.repeating_groups
        if not groups:
            return [c.scope for c in found if self.data.has_entries(c.key)]
        return [row for context in found for group in groups for row in context.live_rows(group)]

    # -- instruments -----------------------------------------------------------------------------

    def part(self, scope: Scope, name: str, part: str) -> Operand:
        """One result of a scored instrument; everything is unknown when its inputs are out of its domain."""
        if name not in scope.parts:
            scope.parts[name] = self._score(scope, name)
        return formulas.part_of(scope.parts[name], part)

    def _score(self, scope: Scope, name: str) -> object:
        form = scope.context.plan.form
        if form is None:
            raise LookupError(f"no instrument {name} outside forms")
        instrument = form.instruments[name]
        arguments: dict[str, object] = {}
        for key, given in instrument.inputs.items():
            if isinstance(given, Expression):
                arguments[key.lower()] = formulas.plain_argument(given.evaluate(scope))
            else:
                arguments[key.lower()] = {
                    inner.lower(): formulas.plain_argument(one.evaluate(scope))
                    for inner, one in given.items()
                }
        last = scope.context.scores.get(name)
        if last is not None and last[0] == arguments:
            return last[1]
        result = formulas.score(instrument.function, arguments)
        scope.context.scores[name] = (arguments, result)
        return result
