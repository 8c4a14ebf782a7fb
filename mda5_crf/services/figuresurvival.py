"""Overall survival from day 1 on: who counts, who is censored when, and who cannot be counted and why.

Death ends the time (day of death − day 1 + 1); whoever is not known to be dead is censored on the last day
known alive, as the plan says. A death without a whole date, before day 1, or a last day alive before day 1 is
contradictory or unknown: such a participant is named, not guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mda5_crf.services.figurecases import Case
from mda5_crf.services.figuremodel import DASHED, FULL, TICK, Axis, Grid, Mark, Picture, Section, Stroke
from mda5_crf.services.figureplan import Plan
from mda5_crf.services.figurewords import joined, percent, scale, text_of
from mda5_crf.statistics.survival import Curve, Step, curve
from mda5_crf.text import Text, both, message

_DAYS_AT = (0, 28, 84, 182, 365, 546, 728)


@dataclass(frozen=True, slots=True)
class Followed:
    """Who counts: (days, died), and who does not: number and why."""

    cases: tuple[tuple[int, bool], ...]
    left: tuple[tuple[str, Text], ...]


def followed(cases: Sequence[Case]) -> Followed:
    """Everybody who was treated."""
    counted: list[tuple[int, bool]] = []
    left: list[tuple[str, Text]] = []
    for case in cases:
        start = case.day_one
        if start is None:
            continue
        dead = case.says("dead") or case.facts.get("death") is not None
        end = case.day("death") if dead else case.day("alive")
        if end is None:
            left.append((case.subjid, message("figures.death_undated" if dead else "figures.alive_unknown")))
        elif end < start:
            left.append(
                (case.subjid, message("figures.ends_before", day=end.isoformat(), start=start.isoformat()))
            )
        else:
            counted.append(((end - start).days + 1, dead))
    return Followed(tuple(counted), tuple(left))


def survival(plan: Plan, cases: Sequence[Case]) -> Section | None:
    """The section; None for a study whose plan does not say what survival is."""
    if not {"death", "alive", "first_dose"} <= plan.participant.keys():
        return None
    found = followed(cases)
    whole = curve(found.cases)
    notes = [message("figures.note_survival"), message("figures.note_km")]
    if found.left:
        said = joined(message("figures.left_why", subject=name, why=why) for name, why in found.left)
        notes.append(message("figures.not_counted", count=len(found.left), names=said))
    return Section(
        "survival", message("figures.survival"), (_grid(whole), _deaths(whole)), (_picture(whole),),
        tuple(notes), {
            "n": whole.n, "deaths": whole.events, "median": whole.median, "median_low": whole.median_low,
            "median_high": whole.median_high, "not_counted": [name for name, _ in found.left],
            "steps": [
                {"day": one.day, "at_risk": one.at_risk, "deaths": one.events, "survival": text_of(one.share),
                 "low": text_of(one.low), "high": text_of(one.high)}
                for one in whole.steps
            ], "censored": list(whole.censored),
        },
    )  # fmt: skip


def _grid(whole: Curve) -> Grid:
    rows = []
    for day in _DAYS_AT:
        if day > whole.last and day:
            continue
        step = whole.at(day)
        rows.append((both(day), both(whole.at_risk(day)), both(_events(whole, day)), *_share(step, whole.n)))
    columns = (
        message("figures.day"), message("figures.at_risk"), message("figures.deaths_so_far"),
        message("figures.surviving"), message("figures.ci_km"),
    )  # fmt: skip
    said = message("figures.not_reached") if whole.median is None else both(whole.median)
    ends = both(" … ".join("–" if end is None else str(end) for end in (whole.median_low, whole.median_high)))
    note = message("figures.median_survival", median=said, ends=ends)
    return Grid(
        "survival",
        message("figures.survival_table", n=whole.n, deaths=whole.events),
        columns,
        tuple(rows),
        (note,),
    )


def _deaths(whole: Curve) -> Grid:
    rows = tuple(
        (both(one.day), both(one.at_risk), both(one.events), *_share(one, whole.n)) for one in whole.steps
    )
    columns = (
        message("figures.day"), message("figures.at_risk"), message("figures.deaths"),
        message("figures.surviving"), message("figures.ci_km"),
    )  # fmt: skip
    return Grid("survival_steps", message("figures.survival_steps"), columns, rows)


def _events(whole: Curve, day: int) -> int:
    return sum(one.events for one in whole.steps if one.day <= day)


def _share(step: Step | None, n: int) -> tuple[Text, Text]:
    if step is None:
        return (both("100.0 %") if n else both("–")), both("–")
    if step.low is None:
        return both(percent(step.share)), both("–")
    return both(percent(step.share)), both(f"{percent(step.low)} – {percent(step.high)}")


def _picture(whole: Curve) -> Picture:
    x, _, last = scale(0.0, float(max(whole.last, 1)), whole=True, title=message("figures.days_from_one"))
    y, _, _ = scale(0.0, 1.0, title=message("figures.surviving"))

    def stairs(pick: str) -> list[tuple[float, float]]:
        points, height = [(0.0, 1.0)], 1.0
        for step in whole.steps:
            part = getattr(step, pick)
            if part is None:
                break
            points += [(step.day / last, height), (step.day / last, float(part))]
            height = float(part)
        points.append((whole.last / last, height))
        return points

    strokes = [Stroke(tuple(stairs("share")), FULL, bold=True)] if whole.n else []
    if whole.steps:
        strokes += [Stroke(tuple(stairs(end)), DASHED) for end in ("low", "high")]
    marks = []
    for day in dict.fromkeys(whole.censored):
        step = whole.at(day)
        marks.append(Mark(day / last, 1.0 if step is None else float(step.share), TICK))
    at_risk = tuple((place, str(whole.at_risk(round(place * last)))) for place, _ in x.ticks)
    legend = (
        (FULL, message("figures.surviving")), (DASHED, message("figures.ci_km")),
        (TICK, message("figures.censored")),
    )  # fmt: skip
    title = message("figures.survival_picture", n=whole.n, deaths=whole.events)
    return Picture(
        "survival", title, Axis(x.title, x.ticks), y, (), tuple(strokes), tuple(marks), legend=legend,
        below=((message("figures.at_risk"), at_risk),), tall=0.34,
    )  # fmt: skip
