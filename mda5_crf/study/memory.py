"""What the engine remembers of one participant under one definition, and how forms find each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import formulas, timeline
from mda5_crf.study.data import SubjectData
from mda5_crf.study.expression import DAY_ONE, Expression
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import FormPlan, StudyPlan
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.windows import planned, window

_new_key = tuple.__new__
"""Keys are made by the thousand; this leaves out the named tuple's own constructor."""
WHOLE = ("",)
"""Instead of names of items: the form as a whole."""
RECORDED_OPEN = "incomplete"
# A form on which nobody enters anything, such as a score: neither begun nor finished.
COMPUTED = "computed"


class Memory:
    """The contexts of one participant. ``today`` is part of what they were computed from."""

    __slots__ = ("_listed", "_rows", "contexts", "data", "plan", "scanners", "today", "watchers")

    def __init__(self, plan: StudyPlan, data: SubjectData, today: date) -> None:
        self.plan = plan
        self.data = data
        self.today = today
        self.contexts: dict[ItemKey, Context] = {}
        self.scanners: dict[str, set[Context]] = {}
        self.watchers: dict[str, dict[str, set[Context]]] = {}
        """Form → item → who has read it in all instances of the form."""
        self._listed: dict[str, tuple[Context, ...]] = {}
        self._rows: dict[str, list[Scope]] = {}

    # -- remembering ---------------------------------------------------------------------------

    def context(self, key: ItemKey) -> Context:
        """The context of a form instance, or of an event when the key names no form."""
        found = self.contexts.get(key)
        if found is None:
            plan: FormPlan = self.plan.forms[key.form] if key.form else self.plan.nowhere
            found = self.contexts[key] = Context(self, plan, key)
        return found

    def read_by(self, reader: Context, key: ItemKey, *names: str) -> Context:
        """The context at ``key``, noting that ``reader`` depends on it: on the items ``names``, or on all."""
        found = self.contexts.get(key) or self.context(key)
        if found is not reader:
            _note(found.readers, reader, names or WHOLE)
        return found

    def _forget(self, *stale: Context) -> None:
        waiting = list(stale)
        while waiting:
            context = waiting.pop()
            context.forget()
            watchers = self.watchers.pop(context.plan.oid, {})
            for readers in (*context.readers.values(), *watchers.values()):
                waiting.extend(readers)
            if context.readers:
                context.readers = {}

    def _forget_readers(self, context: Context, names: Iterable[str]) -> None:
        """Forget those who have read one of the items ``names`` there, or the form as a whole."""
        for table in (context.readers, self.watchers.get(context.plan.oid, {})):
            for name in (*names, *WHOLE) if table else ():
                readers = table.pop(name, None)
                if readers is None:
                    continue
                if context in readers:  # its own reach says what it has to forget
                    readers.discard(context)
                    table[name] = {context}
                self._forget(*readers)

    def _unlist(self, form: str) -> None:
        """Which instances or rows a form has has changed."""
        self._listed.pop(form, None)
        self._rows.pop(form, None)

    def forget_item(self, key: ItemKey, began: bool) -> None:
        """An entry changed; ``began``: its form was empty before or is empty now."""
        if began:
            self._unlist(key.form)
            self._forget(*self.scanners.pop(key.form, ()))
        context = self.contexts.get(key.form_key())
        if context is None:
            return
        context.forget_entry(key)
        reach = None if context.plan.reach is None else context.plan.reach.get(key.item)
        if reach is None:
            self._forget(context)
            return
        context.forget_reach(reach, key)
        self._forget_readers(context, reach.items)

    def forget_form(self, form: ItemKey) -> None:
        """The rows or the status of a form instance changed."""
        self._unlist(form.form)
        context = self.contexts.get(form)
        self._forget(*self.scanners.pop(form.form, ()), *(() if context is None else (context,)))

    def forget_topic(self, topic: str) -> None:
        """Something beside the entries changed; those who asked for it are the scanners of its name."""
        self._forget(*self.scanners.pop(topic, ()))

    def forget_all(self) -> None:
        """Events, repeats of forms or the day changed."""
        self.scanners.clear()
        self.watchers.clear()
        self._listed.clear()
        self._rows.clear()
        for context in self.contexts.values():
            context.readers = {}
            context.forget()

    # -- names ---------------------------------------------------------------------------------

    def named(self, context: Context, name: str) -> Operand:
        """A reserved word or a name of the study, evaluated once per event, or once at all where that is one.

        Each name has a context of its own at each event, so that what changes one forgets no other.
        """
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
        if key.item == name:
            return expression.evaluate(context.scope)
        place = (key.subject, "", "") if name in self.plan.absolute else key[:3]
        own = _new_key(ItemKey, (*place, "", "", "", "", name))
        return self.read_by(context, own).scope.local[name]

    def day_one(self, context: Context) -> date | None:
        """D1, the day of the first dose; None before it is known."""
        found = context.scope.local[DAY_ONE] if DAY_ONE in self.plan.study.names else None
        return found if isinstance(found, date) else None

    # -- other forms ---------------------------------------------------------------------------

    def first_instance(self, key: ItemKey) -> ItemKey:
        """A form's key with its first repeat, when it repeats."""
        repeats = self.data.form_repeats.get(key)
        return key._replace(form_repeat=repeats[0]) if repeats else key

    def repeats(self, key: ItemKey) -> Iterator[ItemKey]:
        """The instances of a form at an event: its repeats, else the form itself."""
        for repeat in self.data.form_repeats.get(key) or ("",):
            yield key if not repeat else ItemKey(*key[:4], repeat)

    def locate(self, reader: Context, event: str, form: str, *names: str) -> Context | None:
        """The instance of ``form`` an expression in ``reader`` means; None when there is no one such.

        ``names`` are the items that are read of it; without them, all.
        """
        own = reader.key
        form = form or own.form
        if not event:
            if form == own.form:
                return reader
            here = _new_key(ItemKey, (*own[:3], form, "", "", "", ""))
            is_due = (own.event, form) in self.plan.due
            if not is_due:
                self.scans(reader, form)
            if own.event and (is_due or self.is_started(here)):
                return self.read_by(reader, self.first_instance(here), *names)
            event = self.plan.homes.get(form, "")
            if not event:
                return None
        repeats = self.data.event_repeats.get(event)
        repeating = self.plan.study.events[event].repeating
        if repeating and not repeats:
            return None
        repeat = repeats[-1] if repeating and repeats else ""
        return self.read_by(reader, self.first_instance(ItemKey(own.subject, event, repeat, form)), *names)

    def is_started(self, form: ItemKey) -> bool:
        """True when something is entered on a form (its first or any repeat)."""
        repeats = self.data.form_repeats.get(form, ())
        return self.data.has_entries(form) or bool(repeats)

    def is_begun(self, form: ItemKey) -> bool:
        """True when a form has entries, rows, repeats or a recorded status."""
        if self.is_started(form) or form in self.data.statuses:
            return True
        groups = self.plan.forms[form.form].repeating_groups
        return any(self.data.rows.get(form._replace(group=group)) for group in groups)

    def events(self, form: str) -> Iterator[ItemKey]:
        """All instances of events at which ``form`` may be, in schedule order."""
        for event in self.plan.events:
            for repeat in self.data.event_repeats.get(event.oid, ()) if event.repeating else ("",):
                key = _new_key(ItemKey, (self.data.subject, event.oid, repeat, form, "", "", "", ""))
                if (event.oid, form) in self.plan.due or self.is_started(key):
                    yield key

    def scans(self, reader: Context, form: str) -> None:
        """Note that ``reader`` depends on which instances of ``form`` have entries or rows."""
        self.scanners.setdefault(form, set()).add(reader)

    def watches(self, reader: Context, form: str, names: Iterable[str]) -> None:
        """Note that ``reader`` reads the items ``names`` of all instances of ``form``, those to come too."""
        self.scans(reader, form)
        _note(self.watchers.setdefault(form, {}), reader, names)

    def instances(self, reader: Context, form: str) -> tuple[Context, ...]:
        """All instances of ``form``, in schedule order; ``reader`` depends on which there are."""
        self.scans(reader, form)
        found = self._listed.get(form)
        if found is None:
            found = tuple(self.context(one) for key in self.events(form) for one in self.repeats(key))
            self._listed[form] = found
        return found

    def live_identities(self, reader: Context, log: str) -> list[str]:
        """The identities of the live rows of a log form, in order: line 1 first."""
        self.scans(reader, log)
        event = self.plan.homes.get(log, "")
        groups = self.plan.forms[log].repeating_groups
        key = ItemKey(self.data.subject, event, "", log)
        if len(groups) == 1:
            return self.data.rows.get(key._replace(group=groups[0]), [])
        return [row for group in groups for row in self.data.rows.get(key._replace(group=group), ())]

    def rows(self, reader: Context, named: str, names: Iterable[str]) -> list[Scope]:
        """The live rows ``rows("FORM")`` means: of the log, of this event, or of the event named.

        ``names`` are the items that are read of them.
        """
        event, _, form = named.rpartition(".")
        plan = self.plan.forms[form]
        is_log = plan.form is not None and plan.form.log
        if event == "*" or (is_log and not event):
            self.watches(reader, form, names)
            rows = self._rows.get(form)
            if rows is None:
                rows = self._rows[form] = self._rows_of(plan, self.instances(reader, form))
            return rows
        if plan.form is not None and plan.form.repeating:
            here = reader.key
            found = tuple(
                context
                for context in self.instances(reader, form)
                if (context.key.event == event if event else context.key[1:3] == here[1:3])
            )
        else:
            self.scans(reader, form)
            one = self.locate(reader, event, form, *names)
            found = () if one is None else (one,)
        for context in found:
            if context is not reader:
                _note(context.readers, reader, names)
        return self._rows_of(plan, found)

    def _rows_of(self, plan: FormPlan, found: tuple[Context, ...]) -> list[Scope]:
        """The rows of form instances: the instances themselves where a form has no groups of rows."""
        groups = plan.repeating_groups
        if not groups:
            return [c.scope for c in found if self.data.has_entries(c.key)]
        if len(found) == len(groups) == 1:
            return found[0].live_rows(groups[0])
        return [row for context in found for group in groups for row in context.live_rows(group)]

    # -- statuses and the schedule ---------------------------------------------------------------

    def status(self, context: Context) -> str:
        """What is recorded of a form instance, else not_started, in_progress or computed."""
        if not context.plan.asks:
            return COMPUTED
        recorded = self.data.statuses.get(context.key)
        if recorded is not None and recorded != RECORDED_OPEN:
            return recorded
        groups = context.plan.repeating_groups
        started = self.data.has_entries(context.key) or any(context.live_repeats(group) for group in groups)
        return "in_progress" if started or recorded is not None else "not_started"

    def planned(self, reader: Context, event: str) -> date | None:
        """The date of an event's target day; None before day 1 is known."""
        return planned(self.plan.study, event, self.day_one(reader))

    def next_planned(self, reader: Context, form: str) -> date | None:
        """The target date of the next event at which the schedule names ``form``.

        After an event that has no place of its own in the schedule (an unscheduled visit), the next one
        is the first that is planned after its date.
        """
        own = self.plan.study.events.get(reader.key.event)
        if own is None or own.kind == "log":
            return None
        day = timeline.event_date(self, reader, reader.key.event_key()) if own.repeating else None
        for event in self.plan.events:
            target = self.planned(reader, event.oid) if (event.oid, form) in self.plan.due else None
            if target is None:
                continue
            if event.rank > own.rank if not own.repeating else day is not None and target > day:
                return target
        return None

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


def _note(readers: dict[str, set[Context]], reader: Context, names: Iterable[str]) -> None:
    """Note that ``reader`` has used the items ``names`` ("" = all of the form)."""
    for name in names:
        known = readers.get(name)
        if known is None:
            readers[name] = {reader}
        else:
            known.add(reader)
