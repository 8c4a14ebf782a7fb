"""Who came how far: enrolment over time, the flow chart, and who they are (Table 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from mda5_crf.services.figurecases import Case
from mda5_crf.services.figuremodel import DASHED, DOTTED, FULL, Axis, Grid, Panel, Picture, Section, Stroke
from mda5_crf.services.figureplan import Asked, Plan
from mda5_crf.services.figurewords import joined, named, quartiles, scale, share, spread
from mda5_crf.statistics.proportions import proportion
from mda5_crf.statistics.quantiles import summary
from mda5_crf.study.model import Study
from mda5_crf.study.operand import Interval
from mda5_crf.text import Text, both, message

_CURVES = (("consented", FULL), ("enrolled", DASHED), ("treated", DOTTED))
_MOST_MONTHS = 120


def enrolment(cases: Sequence[Case], plan: Plan) -> Section | None:
    """Consent, enrolment and first dose by month; None for a plan that does not name them."""
    if "consent" not in plan.participant:
        return None
    days = {
        name: sorted(day for case in cases if (day := _day(case, name)) is not None) for name, _ in _CURVES
    }
    every = [day for found in days.values() for day in found]
    months = _months(min(every), max(every)) if every else []
    rows = []
    for year, month in months:
        inside = [sum((d.year, d.month) == (year, month) for d in days[name]) for name, _ in _CURVES]
        up_to = [sum((d.year, d.month) <= (year, month) for d in days[name]) for name, _ in _CURVES]
        cells = [both(f"{new} ({whole})") for new, whole in zip(inside, up_to, strict=True)]
        rows.append((both(f"{year}-{month:02}"), *cells))
    columns = (message("figures.month"), *(message(f"figures.{name}") for name, _ in _CURVES))
    undated = sum(_day(case, "consented") is None for case in cases)
    notes = [message("figures.note_enrolment", n=len(cases))]
    if undated:
        notes.append(message("figures.undated_consent", count=undated))
    grid = Grid("enrolment", message("figures.enrolment_months"), columns, tuple(rows), tuple(notes))
    facts = {name: [day.isoformat() for day in found] for name, found in days.items()}
    pictures = (_curves(days, every),) if every else ()
    return Section(
        "enrolment", message("figures.enrolment"), (grid,), pictures,
        facts={"participants": len(cases), "undated": undated, **facts},
    )  # fmt: skip


def _day(case: Case, name: str) -> date | None:
    return case.day({"consented": "consent", "enrolled": "enrol_date", "treated": "first_dose"}[name])


def _months(first: date, last: date) -> list[tuple[int, int]]:
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    start = max(start, end - _MOST_MONTHS + 1)
    return [(number // 12, number % 12 + 1) for number in range(start, end + 1)]


def _curves(days: dict[str, list[date]], every: Sequence[date]) -> Picture:
    first, last = min(every), max(every)
    span = max((last - first).days, 1)
    y, _, top = scale(
        0.0, float(max(map(len, days.values()))), whole=True, title=message("figures.participants")
    )
    strokes = []
    for name, kind in _CURVES:
        points, height = [(0.0, 0.0)], 0
        for day in days[name]:
            x = (day - first).days / span
            points += [(x, height / top), (x, (height + 1) / top)]
            height += 1
        points.append((1.0, height / top))
        strokes.append(Stroke(tuple(points), kind, bold=kind == FULL))
    ticks = tuple(
        (part, both(date.fromordinal(first.toordinal() + round(part * span)))) for part in (0.0, 0.5, 1.0)
    )
    legend = tuple((kind, message(f"figures.{name}")) for name, kind in _CURVES)
    return Picture(
        "enrolment", message("figures.enrolment_picture"), Axis(message("figures.date"), ticks), y, (),
        tuple(strokes), legend=legend, tall=0.36,
    )  # fmt: skip


# -- flow chart ------------------------------------------------------------------------------------------


def flow(study: Study, plan: Plan, cases: Sequence[Case]) -> Section | None:
    """Screened → enrolled → treated → visits → ended, with reasons."""
    if "consent" not in plan.participant:
        return None
    enrolled = [case for case in cases if case.says("enrolled") or case.treated]
    failed = [case for case in cases if case.says("not_enrolled") and not case.treated]
    waiting = [case for case in cases if case not in enrolled and case not in failed]
    treated = [case for case in enrolled if case.treated]
    visits = _visits(study, plan, treated)
    ended = Counter(_end(case) for case in treated)
    lines: list[tuple[Text, int, Sequence[tuple[Text, int]]]] = [
        (message("figures.flow_screened"), len(cases), ()),
        (message("figures.flow_failed"), len(failed), _reasons(failed)),
        (message("figures.flow_waiting"), len(waiting), ()),
        (message("figures.flow_enrolled"), len(enrolled), ()),
        (message("figures.flow_untreated"), len(enrolled) - len(treated), ()),
        (message("figures.flow_treated"), len(treated), ()),
        *((message("figures.flow_visit", visit=name), count, ()) for name, count in visits),
        (message("figures.flow_ended"), sum(n for name, n in ended.items() if name is not None), [
            (name, n) for name, n in sorted(ended.items(), key=lambda one: -one[1]) if name is not None
        ]),
        (message("figures.flow_going"), ended[None], ()),
    ]  # fmt: skip
    rows = []
    for label, count, reasons in lines:
        said = joined(message("figures.reason_count", reason=why, count=n) for why, n in reasons)
        rows.append((label, both(count), said))
    columns = (message("figures.stage"), message("figures.n"), message("figures.reasons"))
    notes = _odd(cases)
    facts = {
        "screened": len(cases), "not_enrolled": len(failed), "undecided": len(waiting),
        "enrolled": len(enrolled),
        "untreated": len(enrolled) - len(treated), "treated": len(treated),
        "visits": {oid: count for (oid, _), (_, count) in zip(_planned(study), visits, strict=True)},
        "ended": {name.en: n for name, n in ended.items() if name is not None}, "going_on": ended[None],
        "contradictions": [note.en for note in notes],
    }  # fmt: skip
    grid = Grid("flow", message("figures.flow_table"), columns, tuple(rows), tuple(notes), (0.4, 0.1, 0.5))
    return Section("flow", message("figures.flow"), (grid,), (_chart(lines),), facts=facts)


def _odd(cases: Sequence[Case]) -> list[Text]:
    """Contradictions that change who is counted where: named, never mended."""
    found: list[Text] = []
    tests: Sequence[tuple[str, Callable[[Case], bool]]] = (
        ("odd_treated", lambda case: case.treated and case.says("not_enrolled")),
        ("odd_dose", lambda case: _before(case.day_one, case.day("consent"))),
        ("odd_death", lambda case: _before(case.day("death"), case.day("consent"))),
        ("odd_double", lambda case: case.duplicate),
        ("odd_alive", lambda case: case.facts.get("death") is not None and not case.says("dead")),
    )
    for name, test in tests:
        those = [both(case.subjid) for case in cases if test(case)]
        if those:
            found.append(message(f"figures.{name}", names=joined(those)))
    conflicts = [both(case.subjid) for case in cases if any(one.conflict for one in case.readings.values())]
    if conflicts:
        found.append(message("figures.odd_conflict", names=joined(conflicts)))
    return found


def _before(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day < other


def _end(case: Case) -> Text | None:
    said = case.words.get("treatment_end")
    if said is not None:
        return said
    return message("figures.ended_dead") if case.says("dead") else None


def _reasons(failed: Sequence[Case]) -> list[tuple[Text, int]]:
    counted = Counter(
        case.words.get("fail_reason") or case.words.get("fail_words") or message("figures.no_reason")
        for case in failed
    )
    return sorted(counted.items(), key=lambda one: -one[1])


def _planned(study: Study) -> list[tuple[str, Text]]:
    events = sorted(study.events.values(), key=lambda one: one.rank)
    return [(e.oid, e.name) for e in events if e.target is not None and not e.repeating]


def _visits(study: Study, _plan: Plan, treated: Sequence[Case]) -> list[tuple[Text, int]]:
    return [(name, sum(oid in case.held for case in treated)) for oid, name in _planned(study)]


def _chart(lines: Sequence[tuple[Text, int, Sequence[tuple[Text, int]]]]) -> Picture:
    """Boxes below each other: screened, enrolled, treated, at the visits, ended; what leaves stands aside."""
    screened, failed, waiting, enrolled, untreated, treated, *visits, ended, going = lines
    middle = [screened, enrolled, treated]
    aside = [(failed, waiting), (untreated,)]
    panels: list[Panel] = []
    step = 0.25
    for place, (label, count, _) in enumerate(middle):
        top = 1 - place * step
        to = [3 + place] if place < len(aside) else [5, 6]
        to += [place + 1] if place + 1 < len(middle) else []
        panels.append(
            Panel(0.02, top - 0.13, 0.4, top, (message("figures.box", label=label, count=count),), tuple(to))
        )
    for place, those in enumerate(aside):
        top = 1 - place * step - 0.08
        words: list[Text] = []
        for label, count, reasons in those:
            words.append(message("figures.box", label=label, count=count))
            words += [message("figures.box_reason", label=why, count=n) for why, n in reasons[:3]]
        panels.append(Panel(0.5, top - 0.15, 0.98, top, tuple(words)))
    words = [message("figures.box", label=label, count=count) for label, count, _ in visits]
    panels.append(Panel(0.02, 0.0, 0.4, 0.27, tuple(words)))
    words = [message("figures.box", label=ended[0], count=ended[1])]
    words += [message("figures.box_reason", label=why, count=n) for why, n in ended[2][:5]]
    words.append(message("figures.box", label=going[0], count=going[1]))
    panels.append(Panel(0.5, 0.0, 0.98, 0.27, tuple(words)))
    empty = Axis(both(""))
    return Picture("flow", message("figures.flow"), empty, empty, panels=tuple(panels), tall=0.62)


# -- Table 1 ---------------------------------------------------------------------------------------------


def table1(study: Study, plan: Plan, cases: Sequence[Case]) -> Section | None:
    """Who was treated; None for a plan without such lines."""
    if not plan.table1:
        return None
    treated = [case for case in cases if case.treated]
    rows: list[tuple[Text, ...]] = []
    bands: set[int] = set()
    facts: dict[str, object] = {"treated": len(treated)}
    for place, asked in enumerate(plan.table1):
        answers = [case.table1[place] for case in treated]
        label = (
            named(asked.item.label, asked.item.unit or "")
            if asked.item is not None
            else both(asked.expression.source)
        )
        numbers = [one for one in answers if isinstance(one, Decimal)]
        codes = [one for one in answers if isinstance(one, str)]
        name = asked.item.oid if asked.item is not None else asked.expression.source
        limits = sum(isinstance(one, Interval) for one in answers)
        known = len(numbers) + len(codes)
        facts[name] = {"n": known, "missing": len(treated) - known}
        if asked.item is not None and asked.item.codelist is not None:
            bands.add(len(rows))
            rows.append(
                (
                    Text(f"{label.en} (n = {known})", f"{label.zh}（n = {known}）"),
                    both(""),
                    both(""),
                    both(""),
                )
            )
            rows += _codes(study, asked, codes, len(treated) - known)
            continue
        found = summary(numbers)
        decimals = None if asked.item is None else asked.item.decimals
        said = both(len(treated) - known)
        if limits:
            said = message("figures.of_them_limits", count=said, limits=limits)
        rows.append((label, quartiles(found, decimals), spread(found, decimals), said))
    columns = tuple(
        message(f"figures.{name}") for name in ("answer", "median_or_share", "mean", "col_missing")
    )
    grid = Grid(
        "table1", message("figures.table1_of", n=len(treated)), columns, tuple(rows),
        (message("figures.note_quartiles"),),
        (0.46, 0.24, 0.16, 0.14), frozenset(bands),
    )  # fmt: skip
    return Section("table1", message("figures.table1"), (grid,), facts=facts)


def _codes(study: Study, asked: Asked, codes: Sequence[str], missing: int) -> list[tuple[Text, ...]]:
    assert asked.item is not None
    assert asked.item.codelist is not None
    counted, listed = Counter(codes), study.codelists[asked.item.codelist].values
    rows: list[tuple[Text, ...]] = [
        (Text(f"   {one.text.en}", f"   {one.text.zh}"), share(proportion(counted[one.code], len(codes))),
         both(""), both(""))
        for one in listed if counted[one.code] or len(listed) <= 4
    ]  # fmt: skip
    if missing:
        rows.append((message("figures.not_known"), both(""), both(""), both(missing)))
    return rows
