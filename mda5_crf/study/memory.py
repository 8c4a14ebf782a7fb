"""What the engine remembers of one participant under one definition, and how forms find each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import functions
from mda5_crf.study.data import SubjectData
from mda5_crf.study.dates import PartialDate, earliest, latest
from mda5_crf.study.expression import Expression, Ref
from mda5_crf.study.model import Due, Mark
from mda5_crf.study.operand import Operand
from mda5_crf.study.plan import BASELINE, DAY_ONE, SCREENING, VISIT_DATE, VISIT_FORM, FormPlan, StudyPlan
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.values import Value
from mda5_crf.study.windows import window


class Memory:
    """The contexts of one participant. ``today`` is part of what they were computed from."""

    __slots__ = ("plan", "data", "today", "contexts", "scanners")

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
        if context is not None:
            context.forget_entry(key)
        self.forget_form(form)

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
            if own.event and ((own.event, form) in self.plan.due or self._is_started(here)):
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

    def _is_started(self, form: ItemKey) -> bool:
        repeats = self.data.form_repeats.get(form, ())
        return self.data.has_entries(form) or bool(repeats)

    def events(self, form: str) -> Iterator[ItemKey]:
        """All instances of events at which ``form`` may be, in schedule order."""
        for event in sorted(self.plan.study.events.values(), key=lambda event: event.rank):
            for repeat in self.data.event_repeats.get(event.oid, ()) if event.repeating else ("",):
                key = ItemKey(self.data.subject, event.oid, repeat, form)
                if (event.oid, form) in self.plan.due or self._is_started(key):
                    yield key

    def instances(self, reader: Context, form: str) -> Iterator[Context]:
        """All instances of ``form``, in schedule order; ``reader`` depends on which there are."""
        self.scanners.setdefault(form, set()).add(reader)
        for key in self.events(form):
            for repeat in self.data.form_repeats.get(key) or ("",):
                yield self.read_by(reader, key._replace(form_repeat=repeat))

    def rows(self, reader: Context, named: str) -> list[Scope]:
        """The live rows ``rows("FORM")`` means: of this form, of the log, of this event, or of the named one."""
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

    # -- other events ----------------------------------------------------------------------------

    def event_date(self, reader: Context, event: ItemKey) -> date | None:
        """The date of an event: its visit date, else the first date entered on one of its forms."""
        forms = self.plan.forms_at.get(event.event, ())
        if VISIT_FORM in forms:
            return self._date(self.read_by(reader, event._replace(form=VISIT_FORM)), VISIT_DATE)
        for form in forms:
            item = self.plan.study.forms[form].date_item
            found = None if item is None else self._date(self.read_by(reader, event._replace(form=form)), item)
            if found is not None:
                return found
        return None

    def _date(self, context: Context, item: str) -> date | None:
        found = context.scope.local[item] if item in context.plan.by_name else None
        return earliest(found) if isinstance(found, date) else None

    def before(self, reader: Context) -> list[ItemKey]:
        """The events before this one, nearest first. Unscheduled ones stand where their date puts them."""
        own = reader.key.event_key()
        study, data = self.plan.study, self.data
        line: list[tuple[tuple[int, int, date, int], ItemKey]] = [
            ((index, 0, date.min, 0), ItemKey(own.subject, event)) for index, event in enumerate(self.plan.order)
        ]
        repeats = [
            ItemKey(own.subject, event.oid, repeat)
            for event in study.events.values()
            if event.repeating and event.kind != "log"
            for repeat in data.event_repeats.get(event.oid, ())
        ]
        dates = [self.event_date(reader, ItemKey(own.subject, event)) for event in self.plan.order] if repeats else []
        for number, key in enumerate(repeats):
            day = self.event_date(reader, key)
            if day is None:
                rank = study.events[key.event].rank
                place = sum(study.events[event].rank < rank for event in self.plan.order) - 1
                line.append(((place, 2, date.min, number), key))
            else:
                place = max((i for i, other in enumerate(dates) if other is not None and other <= day), default=-1)
                line.append(((place, 1, day, number), key))
        line.sort()
        ordered = [key for _, key in line]
        return ordered[: ordered.index(own)][::-1] if own in ordered else []

    def _previous(self, reader: Context, ref: Ref) -> Context | None:
        form = ref.form or reader.key.form
        self.scanners.setdefault(form, set()).add(reader)
        for event in self.before(reader):
            key = event._replace(form=form)
            if self._is_started(key):
                found = self.read_by(reader, self.first_instance(key))
                if found.scope.local[ref.item] is not None:
                    return found
        return None

    def previous(self, reader: Context, ref: Ref) -> Operand:
        """The value of an item at the nearest earlier event that has one."""
        found = self._previous(reader, ref)
        return None if found is None else found.scope.local[ref.item]

    def previous_value(self, reader: Context, ref: Ref) -> Value | None:
        """The same as a whole value."""
        found = self._previous(reader, ref)
        return None if found is None else found.scope.whole(ref.item)

    def baseline(self, reader: Context, form: str, item: str) -> Operand:
        """The value at baseline, else the screening value where the schedule carries it to baseline."""
        subject = self.data.subject
        due = self.plan.due.get((BASELINE, form))
        at_baseline = self.read_by(reader, self.first_instance(ItemKey(subject, BASELINE, "", form)))
        found = at_baseline.scope.local[item]
        if found is not None or (due is not None and not self.carried(reader, due)):
            return found
        if SCREENING not in self.plan.study.events:
            return None
        return self.read_by(reader, self.first_instance(ItemKey(subject, SCREENING, "", form))).scope.local[item]

    def carried(self, reader: Context, due: Due) -> bool:
        """Does the screening result serve at baseline: carried, dated, and at most ``within`` days before D1?"""
        if due.mark is not Mark.CARRIED:
            return False
        day_one = self.day_one(reader) or self.event_date(reader, ItemKey(self.data.subject, due.event))
        item = self.plan.study.forms[due.form].date_item
        if item is None or SCREENING not in self.plan.study.events:
            return False
        screening = self.read_by(reader, self.first_instance(ItemKey(self.data.subject, SCREENING, "", due.form)))
        day = self._date(screening, item)
        if day is None:
            return False
        days = ((day_one or self.today) - day).days
        return days >= 0 and (due.within is None or days <= due.within)

    def performed(self, reader: Context, form: str, within_days: int | None) -> bool | None:
        """Was ``form`` done: at this event, or dated at most so many days from this form's date?"""
        event, _, name = form.rpartition(".")
        item = self.plan.study.forms[name].date_item
        if item is None:
            return None
        if within_days is None:
            found = self.locate(reader, event, name)
            return found is not None and found.scope.local[item] is not None
        own = reader.plan.form
        base = reader.scope.local[own.date_item] if own is not None and own.date_item else None
        if base is None:
            base = self.event_date(reader, reader.key.event_key())
        result: bool | None = False
        for context in self.instances(reader, name):
            if event not in ("", "*", context.key.event):
                continue
            near = _within(base, context.scope.local[item], within_days)
            if near is True:
                return True
            if near is None:
                result = None
        return result if base is not None else None

    # -- instruments -----------------------------------------------------------------------------

    def part(self, scope: Scope, name: str, part: str) -> Operand:
        """One result of a scored instrument; everything is unknown when its inputs are out of its domain."""
        if name not in scope.parts:
            scope.parts[name] = self._score(scope, name)
        return _part(scope.parts[name], part)

    def _score(self, scope: Scope, name: str) -> object:
        form = scope.context.plan.form
        if form is None:
            raise LookupError(f"no instrument {name} outside forms")
        instrument = form.instruments[name]
        arguments: dict[str, object] = {}
        for key, given in instrument.inputs.items():
            if isinstance(given, Expression):
                arguments[key.lower()] = functions.plain_argument(given.evaluate(scope))
            else:
                arguments[key.lower()] = {
                    inner.lower(): functions.plain_argument(expression.evaluate(scope)) for inner, expression in given.items()
                }
        last = scope.context.scores.get(name)
        if last is not None and last[0] == arguments:
            return last[1]
        result = functions.score(instrument.function, arguments)
        scope.context.scores[name] = (arguments, result)
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


def _part(result: object, part: str) -> Operand:
    """``index`` → ``result.index``; ``points_phga`` → ``result.points["phga"]``; ``value`` → a plain result."""
    if result is None:
        return None
    if isinstance(result, Decimal | int | str | date):
        return functions.as_operand(result) if part == "value" else None
    if hasattr(result, part):
        found = getattr(result, part)
        return found if isinstance(found, tuple) else functions.as_operand(found)
    head, _, tail = part.partition("_")
    while tail:
        table = getattr(result, head, None)
        if isinstance(table, Mapping):
            return functions.as_operand(table.get(tail))
        more, _, tail = tail.partition("_")
        head = f"{head}_{more}"
    return None
