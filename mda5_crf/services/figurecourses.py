"""One participant over time: score with its parts, everything that is followed, and what happened meanwhile.

All pictures of a participant have the same axis, days from the first dose on, and the same dotted lines:
events of grade 3 and more, serious ones, episodes, the last dose, death, each with a letter that the table
explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import ascii_lowercase

from mda5_crf.services.figurecases import (
    BASELINE,
    CODED,
    LIMIT,
    NOTHING,
    UNREADABLE,
    Case,
    Reading,
    visits_of,
)
from mda5_crf.services.figuremodel import (
    COURSE,
    DASHED,
    DOT,
    DOTTED,
    FULL,
    Axis,
    Grid,
    Mark,
    Picture,
    Section,
    Stroke,
)
from mda5_crf.services.figureplan import Measure, Plan
from mda5_crf.services.figurewords import DASH, fixed, named, scale
from mda5_crf.study.dates import PartialDate, earliest
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, message

_MOST_EVENTS = 26


@dataclass(frozen=True, slots=True)
class Happening:
    """Something on a day from the first dose on (None: not known), with the letter it is drawn with."""

    letter: str
    day: int | None
    on: Text
    words: Text


def courses(study: Study, plan: Plan, cases: Sequence[Case]) -> list[Section]:
    """A section for each participant who was treated."""
    return [_course(study, plan, case) for case in cases if case.treated]


def happenings(plan: Plan, case: Case) -> list[Happening]:
    """Events of a participant in order of their days; those without a day last."""
    found: list[tuple[date | PartialDate | None, Text]] = []
    term, start, grade = plan.word("term"), plan.word("start"), plan.word("grade")
    serious = plan.word("serious")
    for row in case.rows.get(plan.word("event"), ()):
        if row.code(grade) in ("3", "4", "5") or (serious and row.code(serious) == "Y"):
            kind = "event_serious" if serious and row.code(serious) == "Y" else "event_grade"
            words = message(f"figures.{kind}", term=both(row.code(term)), grade=row.code(grade) or "–")
            found.append((row.day(start), words))
    for row in case.rows.get(plan.word("episode"), ()):
        day = next((one for one in row.answers.values() if isinstance(one, date | PartialDate)), None)
        found.append((day, message("figures.episode")))
    for name in ("last_dose", "death"):
        on = case.facts.get(name)
        if isinstance(on, date | PartialDate):
            found.append((on, message(f"figures.event_{name}")))
    found.sort(key=lambda one: date.max if one[0] is None else earliest(one[0]))
    return [
        Happening(ascii_lowercase[place], _since(case, day), DASH if day is None else both(day), words)
        for place, (day, words) in enumerate(found[:_MOST_EVENTS])
    ]


def _since(case: Case, day: date | PartialDate | None) -> int | None:
    start = case.day_one
    if start is None or day is None or isinstance(day, PartialDate):
        return None
    return (day - start).days


def _course(study: Study, plan: Plan, case: Case) -> Section:
    happened = happenings(plan, case)
    # A visit whose date nobody entered yet has no place in a picture, but its values stand in the table.
    said = {event for (_, event), reading in case.readings.items() if reading.kind != NOTHING}
    known = case.held.keys() | case.cancelled | said
    planned = [event for event in _events(study, plan) if event in known]
    days: dict[str, int] = {BASELINE: 0}
    for event in planned:
        since = _since(case, case.held.get(event))
        if since is not None:
            days[event] = since
    marked = [one.day for one in happened if one.day is not None]
    ends = (min([0, *marked]), max([1, *days.values(), *marked]))
    pictures: list[Picture] = []
    lines: list[tuple[Measure | None, Text, str, int | None]] = []
    primary = plan.response
    if primary is not None and primary.score.item is not None:
        item = primary.score.item
        lines.append((None, item.label, item.unit or "", item.decimals))
        lines += [(part, part.label, part.unit, part.decimals) for part in primary.parts]
    lines += [(one, one.label, one.unit, one.decimals) for one in plan.measures]
    rows = []
    parts = {part.name for part in primary.parts} if primary is not None else set()
    for measure, label, unit, decimals in lines:
        name = "" if measure is None else measure.name
        readings = {event: case.reading(name, event) for event in (BASELINE, *planned)}
        if name in parts or not name:
            readings[BASELINE] = Reading()  # a score of improvement has no baseline
        rows.append(
            (named(label, unit), *(_cell(readings[event], decimals) for event in (BASELINE, *planned)))
        )
        numbers = [
            (days[event], one.number)
            for event, one in readings.items()
            if one.number is not None and event in days
        ]
        if name not in parts and len(numbers) > 1:
            limits = [points for _, points in primary.at_least] if primary is not None and not name else []
            pictures.append(
                _picture(name or "SCORE", named(label, unit), numbers, ends, happened, limits, decimals)
            )
    columns = (
        message("figures.followed"),
        message("figures.baseline_short"),
        *(both(event) for event in planned),
    )
    wide = max(0.28, 1 - 0.09 * (len(planned) + 1))
    left = (1 - wide) / (len(planned) + 1)
    grid = Grid(
        f"values_{case.subjid}", message("figures.values_of", subject=case.subjid), columns, tuple(rows),
        (message("figures.note_values"),), (wide, *([left] * (len(planned) + 1))),
    )  # fmt: skip
    table = Grid(
        f"events_{case.subjid}", message("figures.events_of", subject=case.subjid),
        tuple(message(f"figures.{name}") for name in ("letter", "date", "study_day", "says")),
        tuple(
            (both(one.letter), one.on, DASH if one.day is None else both(one.day + (one.day >= 0)), one.words)
            for one in happened
        ), (), (0.08, 0.16, 0.12, 0.64),
    )  # fmt: skip
    facts = {"events": [[one.letter, one.day, one.words.en] for one in happened]}
    return Section(
        f"{COURSE}{case.subjid}",
        message("figures.course_of", subject=case.subjid),
        (grid, table),
        tuple(pictures),
        facts=facts,
    )


def _events(study: Study, plan: Plan) -> list[str]:
    forms = {measure.form for measure in plan.measures}
    if plan.response is not None and plan.response.score.item is not None:
        forms.add(plan.response.score.item.form)
    wanted = {event for form in forms for event in visits_of(study, form)} - {"BL", "SCR"}
    return [one.oid for one in sorted(study.events.values(), key=lambda one: one.rank) if one.oid in wanted]


def _cell(one: Reading, decimals: int | None) -> Text:
    if one.number is not None:
        said = fixed(one.number, decimals)
        return both(f"{said} !" if one.conflict else said)
    return {
        NOTHING: DASH, LIMIT: message("figures.cell_limit"), CODED: message("figures.cell_missing"),
        UNREADABLE: message("figures.cell_unreadable"),
    }[one.kind]  # fmt: skip


def _picture(
    name: str, title: Text, numbers: Sequence[tuple[int, Decimal]], ends: tuple[int, int],
    happened: Sequence[Happening], limits: Sequence[Decimal], decimals: int | None,
) -> Picture:  # fmt: skip
    values = [float(number) for _, number in numbers]
    reach = [*values, *(float(one) for one in limits)]
    y, low, high = scale(min(reach), max(reach), title=both(""))
    x, first, last = scale(float(ends[0]), float(ends[1]), whole=True, title=message("figures.days_from_one"))

    def across(day: float) -> float:
        return (day - first) / (last - first)

    spots = [
        (across(day), (value - low) / (high - low)) for (day, _), value in zip(numbers, values, strict=True)
    ]
    strokes = [Stroke(tuple(spots), FULL, bold=True)]
    strokes += [
        Stroke(((0.0, (float(one) - low) / (high - low)), (1.0, (float(one) - low) / (high - low))), DASHED)
        for one in limits
    ]
    marks = [
        Mark(x, height, DOT, fixed(number, decimals))
        for (x, height), (_, number) in zip(spots, numbers, strict=True)
    ]
    for one in happened:
        if one.day is not None:
            strokes.append(Stroke(((across(one.day), 0.0), (across(one.day), 1.0)), DOTTED))
    letters = tuple((across(one.day), one.letter) for one in happened if one.day is not None)
    below = ((both(""), letters),) if letters else ()
    return Picture(
        name, title, Axis(both(""), x.ticks), y, (), tuple(strokes), tuple(marks), below=below, tall=0.4
    )
