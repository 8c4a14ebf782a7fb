"""Reads ``schedule.toml``: the events, which form is due at which, and what ends the expectation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mda5_crf.study.load_study import NAME
from mda5_crf.study.model import Mark, StudyEvent
from mda5_crf.study.reader import NO_TEXT, Table
from mda5_crf.study.report import Place, suggestion
from mda5_crf.text import Text

LONGEST = 20_000
"""Study days beyond this (54 years) are a typing error."""


class Kind(StrEnum):
    """What sort of event: the logs live at one event of kind ``log``."""

    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    FOLLOWUP = "followup"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class DueLine:
    """A ``[[due]]`` line before its expression is compiled."""

    event: str
    form: str
    mark: Mark
    when: str
    within: int | None
    place: Place


def read_events(table: Table) -> dict[str, StudyEvent]:
    """The ``[[event]]`` tables, in schedule order."""
    events: dict[str, StudyEvent] = {}
    for rank, entry in enumerate(table.children("event", required=True)):
        oid = entry.string("oid", required=True)
        entry.place = entry.place.named(f"event.{oid}")
        if oid and (NAME.fullmatch(oid) is None or oid == "PREV"):
            entry.problem("oid", "bad_name", name=oid)
        if oid in events:
            entry.problem("oid", "duplicate_event", name=oid)
        name = entry.texts("name") or NO_TEXT
        target = entry.whole("target", -LONGEST, LONGEST)
        window = _window(entry)
        if target == 0:
            entry.problem("target", "no_day_zero")
        elif target is not None and window is not None and not window[0] <= target <= window[1]:
            entry.problem("target", "target_outside_window")
        repeating = entry.flag("repeating")
        if repeating and target is not None:
            entry.problem("target", "repeating_with_target")
        kind = entry.choice("kind", Kind, Kind.SCHEDULED)
        text = entry.texts("window_text", required=False)
        entry.close()
        if oid:
            events.setdefault(oid, StudyEvent(oid, name, rank, target, window, repeating, str(kind), text))
    return events


def _window(entry: Table) -> tuple[int, int] | None:
    ends = entry.raw("window")
    if ends is None:
        return None
    usable = isinstance(ends, list) and len(ends) == 2 and all(type(end) is int for end in ends)
    if not usable or not -LONGEST <= ends[0] <= ends[1] <= LONGEST:
        entry.problem("window", "bad_window")
        return None
    if 0 in ends:
        entry.problem("window", "no_day_zero")
    return (ends[0], ends[1])


def read_due(table: Table, events: Mapping[str, StudyEvent], forms: Collection[str]) -> list[DueLine]:
    """The ``[[due]]`` tables; lines that name something unknown are reported and left out."""
    lines: list[DueLine] = []
    seen: set[tuple[str, str]] = set()
    for entry in table.children("due", required=True):
        event = entry.string("event", required=True)
        form = entry.string("form", required=True)
        entry.place = entry.place.named(f"due.{event}.{form}")
        mark = entry.choice("mark", Mark)
        when = entry.string("when")
        within = entry.whole("within", 1, LONGEST)
        entry.close()
        if event and event not in events:
            entry.problem("event", "unknown_event", name=event, hint=suggestion(event, events))
        if form and form not in forms:
            entry.problem("form", "unknown_form", name=form, hint=suggestion(form, forms))
        if (event, form) in seen:
            entry.problem("", "duplicate_due", event=event, form=form)
        if mark is Mark.CONDITIONAL and not when:
            entry.problem("mark", "conditional_without_when")
        if (mark is Mark.CARRIED) != entry.has("within"):
            entry.problem("within" if entry.has("within") else "mark", "within_and_carried")
        if event in events and form in forms and mark is not None and (event, form) not in seen:
            lines.append(DueLine(event, form, mark, when, within, entry.place))
        seen.add((event, form))
    return lines


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """A ``[[closing]]`` table before its expression is compiled."""

    oid: str
    when: str
    events: tuple[str, ...]
    except_forms: tuple[str, ...]
    text: Text
    place: Place


def read_closings(
    table: Table, events: Mapping[str, StudyEvent], forms: Collection[str]
) -> list[ClosingLine]:
    """The ``[[closing]]`` tables."""
    lines: list[ClosingLine] = []
    for entry in table.children("closing"):
        oid = entry.string("oid", required=True)
        entry.place = entry.place.named(f"closing.{oid}")
        if oid and NAME.fullmatch(oid) is None:
            entry.problem("oid", "bad_name", name=oid)
        elif any(line.oid == oid for line in lines):
            entry.problem("oid", "duplicate_closing", name=oid)
        when = entry.string("when", required=True)
        closed = _known(entry, "events", "unknown_event", events, required=True)
        spared = _known(entry, "except_forms", "unknown_form", forms)
        text = entry.texts("text") or NO_TEXT
        entry.close()
        lines.append(ClosingLine(oid, when, closed, spared, text, entry.place))
    return lines


def _known(
    entry: Table, key: str, word: str, known: Collection[str], *, required: bool = False
) -> tuple[str, ...]:
    """The names listed at ``key``; those that are not ``known`` are reported."""
    names = entry.strings(key, required=required)
    for index, name in enumerate(names):
        if name not in known:
            entry.report.add(entry.place_of(key).at(index), word, name=name, hint=suggestion(name, known))
    return names
