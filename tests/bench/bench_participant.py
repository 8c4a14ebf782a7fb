"""A whole participant: every form of every visit evaluated from nothing, and one value changed on each.

The participant has all visits, an unscheduled and a follow-up one, two readings wherever a form repeats,
and logs of several rows. Every form that is due and every question that applies is answered, but for
dates nobody must give, and the death form, which would end everything.

A second participant has what a trial usually sees: every scheduled visit, no optional form, no extra visit,
two rows in every log.

Measured, with the definition read and prepared:

*Cold*: all checks of all forms of a participant of whom nothing is remembered: what opening an overview
costs.
The engine keeps answers of lists and results of formulas from one participant to the next, so each run
takes another participant nobody has evaluated, with the same answers but dates and numbers of its own; "seen
before" repeats one. Garbage is collected before a participant is filled; the collector's settings are
Python's own unless the line says otherwise.

*Keystroke*: one changed value, its form evaluated and all its items looked at, as a page does.

The peer, for the form VS: the same limits and the same comparisons written by hand as plain Python over a
dict of Decimals, without missing values, relevance, units, messages or three-valued logic. The ratio says
what those cost.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from mda5_crf.itemkey import ItemKey
from mda5_crf.settings import study_directory
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.load import load
from mda5_crf.study.model import Item, ItemType, Mark, Study
from mda5_crf.study.plan import plan_of
from mda5_crf.study.schedule import due_forms
from mda5_crf.study.state import FormState
from mda5_crf.study.values import Entry
from tests.bench.figures import figure

TODAY = date(2026, 9, 1)
SUBJECT = "b1:1"
_LAST = ("DD",)
D1 = date(2025, 6, 2)
_DATES = (ItemType.DATE, ItemType.PARTIAL_DATE)
Look = Callable[[FormState], object]
"""What is done with a state once it is there."""


class Filled:
    """A participant with everything answered."""

    def __init__(self, study: Study, rows: int, repeats: int, *, optional: bool = True) -> None:
        self.study = study
        self._optional = optional
        self.data = SubjectData(SUBJECT, "01-001", "01")
        self._rows = rows
        self._next = 1
        for event in study.events.values():
            for _ in range(repeats if event.repeating else 0):
                self.data.add_event(event.oid, self._identity())
        self.forms: list[ItemKey] = []
        for form in self._instances():
            self.forms.append(form)
            for group in study.forms[form.form].groups:
                for _ in range(rows if group.repeating else 0):
                    self.data.add_row(form._replace(group=group.name), self._identity())
            self._answer(form)

    def _identity(self) -> str:
        self._next += 1
        return f"b1:{self._next}"

    def _instances(self) -> Iterator[ItemKey]:
        logs_first = sorted(self.study.events.values(), key=lambda event: (event.kind != "log", event.rank))
        for event in logs_first:
            for repeat in self.data.event_repeats.get(event.oid, ()) if event.repeating else ("",):
                visit = ItemKey(SUBJECT, event.oid, repeat)
                for due in self.study.forms_of(event.oid):
                    if due.mark is Mark.OPTIONAL and not self._optional:
                        continue
                    if due.form in _LAST or due.form not in {
                        d.due.form for d in due_forms(self.study, self.data, visit, TODAY)
                    }:
                        continue
                    key = visit._replace(form=due.form)
                    if not self.study.forms[due.form].repeating:
                        yield key
                        continue
                    for _ in range(2):
                        identity = self._identity()
                        self.data.add_form(key, identity)
                        yield key._replace(form_repeat=identity)

    def _answer(self, form: ItemKey) -> None:
        for _ in range(4):
            state = evaluate(self.study, self.data, form, TODAY)
            for key, item in state.items.items():
                given = item.value.text or item.item.computed or not item.relevant
                if not given and (item.required or item.item.type not in _DATES):
                    text = self._text(item.item, form.event)
                    if text:
                        self.data.put(key, Entry(text))

    def _day(self, event: str) -> str:
        target = self.study.events[event].target
        return (D1 + timedelta(days=0 if target is None else target - 1)).isoformat()

    def _text(self, item: Item, event: str) -> str:
        if item.codelist is not None:
            return self.study.codelists[item.codelist].values[0].code
        if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
            limits = item.soft or item.hard
            ends = (None, None) if limits is None else (limits.low, limits.high)
            low, high = (None if end is None else end.constant_value for end in ends)
            if not isinstance(low, Decimal) or not isinstance(high, Decimal):
                return "900" if item.name.endswith("HI") else "2"
            return str(int((low + high) / 2) if high - low > 2 else (low + high) / 2)
        if item.type in _DATES:
            return self._day(event)
        if item.type is ItemType.LINK:
            live = self.data.rows.get(ItemKey(SUBJECT, "LOG", "", item.to or "", "", "ROWS"), [""])
            return live[0]
        return {
            ItemType.TIME: "09:30",
            ItemType.DATETIME: f"{self._day(event)}T09:30",
            ItemType.LABEL: "",
        }.get(item.type, "words")


class Other:
    """A participant with the same answers as ``filled``, but with dates and numbers nobody has seen."""

    def __init__(self, filled: Filled, number: int) -> None:
        self._number = number
        source = filled.data
        self.data = data = SubjectData(f"b{number + 2}:1", f"01-{number + 2:03}", "01")
        for event, identities in source.event_repeats.items():
            for identity in identities:
                data.add_event(event, identity)
        for form, identities in source.form_repeats.items():
            for identity in identities:
                data.add_form(form._replace(subject=data.subject), identity)
        for group, identities in source.rows.items():
            for identity in identities:
                data.add_row(group._replace(subject=data.subject), identity)
        for place, (key, entry) in enumerate(source.entries.items()):
            item = filled.study.forms[key.form].items[key.item]
            data.put(key._replace(subject=data.subject), Entry(self._text(item, entry.text, place)))
        self.forms = [form._replace(subject=data.subject) for form in filled.forms]

    def _text(self, item: Item, text: str, place: int) -> str:
        if item.codelist is not None:
            return text
        if item.type in (*_DATES, ItemType.DATETIME):
            day = date.fromisoformat(text[:10]) + timedelta(days=self._number + 1)
            return day.isoformat() + text[10:]
        if item.type is ItemType.DECIMAL:
            return f"{text}{'' if '.' in text else '.'}{(37 * self._number + place) % 1000:03}"
        if item.type is ItemType.INTEGER and int(text) > 3:
            return str(int(text) + (self._number + place) % 3 - 1)
        return text


def milliseconds(action: Callable[[], object]) -> float:
    """How long the processor works for one call: nothing here waits, and other work does not count."""
    began = time.process_time_ns()
    action()
    return (time.process_time_ns() - began) / 1e6


def keystroke(filled: Filled, form: ItemKey, count: int) -> tuple[float, int]:
    """The median of changing one value of a form and evaluating it; and how many items it has."""
    data, study = filled.data, filled.study
    state = evaluate(study, data, form, TODAY)
    kinds = (ItemType.INTEGER, ItemType.DECIMAL, ItemType.TEXT, *_DATES, ItemType.CODE)
    numbers = [key for kind in kinds for key, i in state.items.items() if i.item.type is kind and i.value.text
               and not i.item.computed]  # fmt: skip
    if not numbers:
        return 0.0, len(state.items)
    taken = []
    for number in range(count):
        key = numbers[number % len(numbers)]
        before = data.entries[key]
        for entry in (Entry(f"{before.text}1" if before.text.isdigit() else "2026-03-02"), before):
            data.put(key, entry)
            taken.append(milliseconds(lambda: list(evaluate(study, data, form, TODAY).items.values())))
    return statistics.median(taken), len(state.items)


def by_hand(values: dict[str, Decimal], limits: list[tuple[str, Decimal, Decimal]]) -> list[str]:
    """The limits and comparisons of VS as a programmer would write them down without an engine."""
    found = [name for name, low, high in limits if name in values and not low <= values[name] <= high]
    if values["DIABP_VSORRES"] >= values["SYSBP_VSORRES"]:
        found.append("VS-02")
    if values["SYSBP_VSORRES"] - values["DIABP_VSORRES"] < 20:
        found.append("PULSE PRESSURE")
    if abs(values["WEIGHT_VSORRES"] - values["BEFORE"]) > values["BEFORE"] / 10:
        found.append("WEIGHT")
    values["BMI"] = values["WEIGHT_VSORRES"] / (values["HEIGHT_VSORRES"] / 100) ** 2
    if not 15 <= values["BMI"] <= 35:
        found.append("BMI")
    return found


def peer(filled: Filled, count: int) -> float:
    """The median time of ``by_hand``, reading every number from its text as an engine must."""
    study = filled.study
    limits = []
    texts = {"BEFORE": "60"}
    for item in study.forms["VS"].items.values():
        if item.type not in (ItemType.INTEGER, ItemType.DECIMAL) or item.computed:
            continue
        texts[item.name] = "60"
        for ends in (item.hard, item.soft):
            if ends is not None and ends.low is not None and ends.high is not None:
                low, high = ends.low.constant_value, ends.high.constant_value
                if isinstance(low, Decimal) and isinstance(high, Decimal):
                    limits.append((item.name, low, high))
    texts.setdefault("HEIGHT_VSORRES", "170")

    def once() -> None:
        by_hand({name: Decimal(text) for name, text in texts.items()}, limits)

    return statistics.median(milliseconds(once) for _ in range(count))


def main() -> int:
    """Print cold, keystroke, and overview times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--definition", type=Path, default=study_directory())
    parser.add_argument("--rows", type=int, default=5, help="rows in every log")
    parser.add_argument("--repeats", type=int, default=1, help="of every event that repeats")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--cold", type=int, default=9, help="participants in each cold measurement")
    given = parser.parse_args()
    study = load(given.definition)
    filled = Filled(study, given.rows, given.repeats)
    data = filled.data

    def everything() -> list[FormState]:
        return [evaluate(study, data, form, TODAY) for form in filled.forms]

    states = everything()
    items = sum(len(state.items) for state in states)
    visits = {form.event_key() for form in filled.forms}

    def due() -> None:
        for visit in visits:
            due_forms(study, data, visit, TODAY)

    found = sum(len(state.findings) for state in states)
    say(f"{len(states)} forms at {len(visits)} visits, {items} items, {found} findings")
    cold(filled, given.cold)
    report("all forms, again", everything, given.count)
    report("due forms of all visits", due, given.count)
    worst = []
    for form in {form.form: form for form in filled.forms}.values():
        median, size = keystroke(filled, form, given.count)
        worst.append((median, size, form))
    worst.sort(reverse=True)
    for median, size, form in worst[:6]:
        say(f"one value changed: {form.form}, {size} items: {median:.3f} ms")
    first = next(form for form in filled.forms if form.form == "VS")
    key = next(k for k in evaluate(study, data, first, TODAY).items if k.item == "PULSE_VSORRES")
    after = []
    for number in range(given.count):
        data.put(key, Entry(str(60 + number % 9)))
        after.append(milliseconds(everything))
    tell("all forms after one change of VS", after)
    ours, theirs = next(m for m, _, form in worst if form.form == "VS"), peer(filled, 400)
    say(f"VS, one value changed: engine {ours:.3f} ms, by hand {theirs:.3f} ms, ratio {ours / theirs:.1f}")
    slowest, size, form = worst[0]
    figure(
        f"one value changed on the slowest form, {form.form} with {size} items",
        slowest,
        "ms",
        most=2,
        cpu=True,
    )
    beside = "the same comparisons by hand in Python"
    figure("one value changed, VS", ours, "ms", peer=beside, theirs=theirs, cpu=True)
    named = f"all {len(filled.forms)} forms after one change of VS"
    figure(named, statistics.median(after), "ms", cpu=True)
    return 0


def cold(filled: Filled, count: int) -> None:
    """Print what a participant costs of whom nothing is remembered: every run takes another one."""
    study = filled.study
    usual = Filled(study, 2, 0, optional=False)
    numbers = itertools.count()

    def run(one: Filled | Other, look: Look) -> float:
        def all_forms() -> None:
            for form in one.forms:
                look(evaluate(study, one.data, form, TODAY))

        return milliseconds(all_forms)

    def others(like: Filled, look: Look = lambda state: None, forget_answers: bool = False) -> list[float]:
        taken = []
        for _ in range(count):
            gc.collect()
            other = Other(like, next(numbers))
            for form in plan_of(study).forms.values() if forget_answers else ():
                for plan in form.by_name.values():
                    plan.known.clear()
            taken.append(run(other, look))
        return taken

    def again() -> list[float]:
        taken = []
        for _ in range(count):
            filled.data.memos.clear()
            gc.collect()
            taken.append(run(filled, lambda state: None))
        return taken

    forms = f"all {len(filled.forms)} forms"
    taken = others(filled)
    tell(f"{forms}, cold", taken)
    figure(
        f"a stuffed participant from nothing: every visit, every optional form, {len(filled.forms)} forms",
        statistics.median(taken),
        "ms",
        most=50,
        cpu=True,
    )
    taken = others(usual)
    tell(f"the usual {len(usual.forms)} forms, cold", taken)
    named = f"a usual participant from nothing: every scheduled visit, {len(usual.forms)} forms"
    figure(named, statistics.median(taken), "ms", most=50, cpu=True)
    tell(f"{forms}, cold, no answer of a list known either", others(filled, forget_answers=True))
    tell(f"{forms}, cold, every item looked at", others(filled, lambda state: list(state.items.values())))
    tell(f"{forms}, cold, a participant seen before", again())
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    tell(f"{forms}, cold, with gc.freeze() and gc.set_threshold(50000, 20, 100)", others(filled))
    gc.set_threshold(700, 10, 10)
    gc.unfreeze()


def report(name: str, action: Callable[[], object], count: int) -> None:
    """The best and the median of ``count`` calls."""
    tell(name, [milliseconds(action) for _ in range(count)])


def tell(name: str, taken: list[float]) -> None:
    """Best and median of times."""
    say(f"{name}: best {min(taken):.2f} ms, median {statistics.median(taken):.2f} ms of {len(taken)}")


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
