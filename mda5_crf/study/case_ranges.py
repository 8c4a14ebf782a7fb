"""``cases/ranges.toml``: every numeric limit written a second time, compared and played at its edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from mda5_crf.errors import Problem
from mda5_crf.itemkey import ItemKey
from mda5_crf.study import case_files, findings
from mda5_crf.study import values as reading
from mda5_crf.study.case_files import Notes
from mda5_crf.study.cases import DEFAULT_DAY
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.model import Item, ItemType, Range, Severity, Study
from mda5_crf.study.operand import plain
from mda5_crf.study.reader import Table, exact
from mda5_crf.study.report import Place, suggestion
from mda5_crf.study.values import Entry

NAME = f"{case_files.FOLDER}/{case_files.RANGES}"
KINDS = ("hard", "soft")

Ends = tuple[str, str]
"""Low and high as texts; "" is open."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what the definition must have for one item."""

    limits: Mapping[str, Ends]
    codes: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Proof:
    """What was compared and played: ranges of the table, texts tried at their edges, problems."""

    ranges: int
    edges: int
    problems: list[Problem]


def prove(study: Study, directory: Path) -> Proof:
    """Compare the definition with its table of limits; without the table there is nothing to prove."""
    path = directory / NAME
    if not path.exists():
        return Proof(0, 0, [])
    problems: list[Problem] = []
    text = case_files.read_text(path, NAME, problems)
    return Proof(0, 0, problems) if text is None else prove_text(study, text)


def prove_text(study: Study, text: str) -> Proof:
    """As :func:`prove`, with the table as text."""
    notes = Notes()
    table = notes.table(NAME, text)
    edges = 0
    lines: dict[str, Line] = {}
    if table is not None:
        lines = dict(_lines(table, notes))
        for oid, line in lines.items():
            edges += _compare(study, oid, line, notes)
        _unlisted(study, lines, notes)
    ranges = sum(len(line.limits) for line in lines.values())
    return Proof(ranges, edges, notes.problems({NAME: text}))


# -- reading ---------------------------------------------------------------------------------------


def _lines(table: Table, notes: Notes) -> Iterator[tuple[str, Line]]:
    reasons = {name: reason.own_texts() for name, reason in table.entries("reasons")}
    for oid, entry in table.entries("ranges", required=True):
        limits = _limits(entry, notes)
        codes = entry.flag("codes")
        built = entry.child("built")
        reason = entry.string("reason")
        if (built is None) != (not reason) or (reason and reason not in reasons):
            notes.say(entry.place, "cases.built_without_reason")
        entry.close()
        if built is not None:
            limits = _limits(built, notes)
            built.close()
        yield oid, Line(limits, codes, entry.place)
    table.close()


def _limits(table: Table, notes: Notes) -> dict[str, Ends]:
    found: dict[str, Ends] = {}
    for kind in KINDS:
        ends = table.raw(kind)
        if ends is None:
            continue
        if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, str) for end in ends):
            found[kind] = (ends[0], ends[1])
        else:
            notes.say(table.place_of(kind), "cases.bad_limits", key=kind)
    return found


# -- comparing -------------------------------------------------------------------------------------


def _compare(study: Study, oid: str, line: Line, notes: Notes) -> int:
    """Compare one line with its item, and play the limits of an entered one. Gives the texts tried."""
    form, _, name = oid.partition(".")
    items = study.forms[form].items if form in study.forms else {}
    item = items.get(name)
    if item is None:
        if line.limits:
            notes.say(line.place, "cases.unknown_item", name=oid, hint=suggestion(name, items))
        return 0
    for kind in KINDS:
        wanted, found = line.limits.get(kind), _ends(_range(item, kind))
        if line.codes and wanted is not None and found is None and _is_codelist(study, item, wanted):
            continue
        if not _same(wanted, found):
            notes.say(
                line.place,
                "cases.limit_differs",
                item=oid,
                kind=kind,
                found=_shown(found),
                wanted=_shown(wanted),
            )
    return 0 if item.computed else _play(study, item, line.place, notes)


def _range(item: Item, kind: str) -> Range | None:
    return item.hard if kind == "hard" else item.soft


def _ends(limits: Range | None) -> Ends | None:
    """The ends of a range as texts; expressions as they are written."""
    if limits is None:
        return None
    low, high = ("" if end is None else end.source for end in (limits.low, limits.high))
    return low, high


def _same(wanted: Ends | None, found: Ends | None) -> bool:
    if wanted is None or found is None:
        return wanted is found
    return all(
        a == b or (exact(a) is not None and exact(a) == exact(b)) for a, b in zip(wanted, found, strict=True)
    )


def _shown(ends: Ends | None) -> str:
    return "–" if ends is None else f"[{ends[0]}, {ends[1]}]"


def _is_codelist(study: Study, item: Item, wanted: Ends) -> bool:
    """True when the codelist has both ends and nothing beyond them."""
    codelist = study.codelists.get(item.codelist or "")
    codes = [exact(value.code) for value in codelist.values] if codelist is not None else []
    numbers = [code for code in codes if code is not None]
    ends = [exact(end) for end in wanted if end]
    return bool(numbers) and len(numbers) == len(codes) and ends == [min(numbers), max(numbers)]


def _unlisted(study: Study, lines: Mapping[str, Line], notes: Notes) -> None:
    """A range with a number in it must stand in the table."""
    for form in study.forms.values():
        for item in form.items.values():
            for kind in KINDS:
                ends = _ends(_range(item, kind))
                numeric = ends is not None and any(exact(end) is not None for end in ends)
                if numeric and item.oid not in lines:
                    notes.say(
                        Place(NAME), "cases.limit_unlisted", item=item.oid, kind=kind, found=_shown(ends)
                    )


# -- playing ---------------------------------------------------------------------------------------


def _play(study: Study, item: Item, place: Place, notes: Notes) -> int:
    """Type every limit and the number one step outside it; count the texts typed."""
    tried = 0
    for text, wanted in _edges(item):
        tried += 1
        found = _said(study, item, text)
        if found is not wanted:
            notes.say(
                place,
                "cases.limit_not_played",
                item=item.oid,
                text=text,
                wanted=wanted or "–",
                found=found or "–",
            )
    return tried


def _edges(item: Item) -> Iterator[tuple[str, Severity | None]]:
    """Texts at both sides of every numeric limit, and what must be said of each."""
    if item.type not in (ItemType.INTEGER, ItemType.DECIMAL):
        return
    for _, ends in _constant_ranges(item):
        for number, sign in zip(ends, (-1, 1), strict=True):
            if number is None:
                continue
            outside = number + sign * _step(item)
            yield plain(number), _expected(item, number)
            yield plain(outside), _expected(item, outside)


def _step(item: Item) -> Decimal:
    """The smallest step people type: 1, or one of the last digit of the item or its finest limit."""
    if item.type is ItemType.INTEGER:
        return Decimal(1)
    limits = [end for _, ends in _constant_ranges(item) for end in ends if end is not None]
    places = max(item.decimals or 0, *(-int(end.as_tuple().exponent) for end in limits))
    return Decimal(1).scaleb(-places)


def _expected(item: Item, number: Decimal) -> Severity | None:
    """What a number deserves by the constant ends alone."""
    for severity, (low, high) in _constant_ranges(item):
        if (low is not None and number < low) or (high is not None and number > high):
            return severity
    return None


def _constant_ranges(item: Item) -> Iterator[tuple[Severity, tuple[Decimal | None, Decimal | None]]]:
    """The ranges without expressions: their ends as numbers, None where they are open."""
    for kind, severity in (("hard", Severity.HARD), ("soft", Severity.SOFT)):
        ends = _ends(_range(item, kind))
        if ends is not None and all(not end or exact(end) is not None for end in ends):
            yield severity, (exact(ends[0]), exact(ends[1]))


def _said(study: Study, item: Item, text: str) -> Severity | None:
    """The severity the engine gives an entered text by the item's limits."""
    data = SubjectData("c1:1", "01-001", "01")
    event = next((due.event for due in study.due if due.form == item.form), "")
    context = memory_of(study, data, DEFAULT_DAY).context(ItemKey(data.subject, event, "", item.form))
    plan = context.plan.by_name[item.name]
    scope = context.row(plan.group, "c1:2") if plan.repeating else context.scope
    codelist = study.codelists.get(item.codelist or "")
    value = reading.parse(item, Entry(reading.canonical(item, text, codelist)), codelist)
    known = [severity for severity, _ in _constant_ranges(item)]
    found = [one for one in findings.of_item(scope, plan, value) if one.severity in known]
    return found[0].severity if found else None
