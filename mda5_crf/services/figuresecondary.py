"""What is followed besides: values at the visits, changes from baseline, paired tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mda5_crf.services.figurecases import BASELINE, CODED, LIMIT, NOTHING, UNREADABLE, Case, visits_of
from mda5_crf.services.figuremodel import DIAMOND, DOTTED, FULL, Axis, Grid, Mark, Picture, Section, Stroke
from mda5_crf.services.figureplan import Measure, Plan
from mda5_crf.services.figurewords import (
    fixed,
    named,
    one_more,
    probability,
    quartiles,
    scale,
    spread,
    text_of,
)
from mda5_crf.statistics.paired import EXACTLY, PairedT, SignedRank, differences, paired_t, signed_rank
from mda5_crf.statistics.quantiles import Summary, summary
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, message


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure at a visit, and its changes from baseline of those who have both numbers."""

    event: str
    values: Summary
    why: dict[str, int]
    conflicts: int
    changes: Summary
    t: PairedT
    rank: SignedRank


def secondary(study: Study, plan: Plan, cases: Sequence[Case]) -> Section | None:
    """The section; None for a study that follows nothing."""
    if not plan.measures:
        return None
    treated = [case for case in cases if case.treated]
    grids, pictures, facts = [], [], {}
    for measure in plan.measures:
        found = compare(study, measure, treated)
        grids.append(_grid(study, measure, found, len(treated)))
        pictures.append(_picture(study, measure, found, treated))
        facts[measure.name] = {one.event or "BASELINE": _facts(one) for one in found}
    notes = (
        message("figures.note_paired"), message("figures.note_wilcoxon"), message("figures.note_quartiles"),
        message("figures.note_many"),
    )  # fmt: skip
    return Section("secondary", message("figures.secondary"), tuple(grids), tuple(pictures), notes, facts)


def compare(study: Study, measure: Measure, treated: Sequence[Case]) -> list[Compared]:
    """Baseline, then every visit after it at which the measure's form is due."""
    found = []
    first = {"BL", *measure.baseline_at}
    events = [event for event in visits_of(study, measure.form) if event not in first]
    for event in (BASELINE, *events):
        readings = [case.reading(measure.name, event) for case in treated]
        numbers = [one.number for one in readings if one.number is not None]
        why = Counter(one.kind for one in readings if one.number is None)
        pairs: list[tuple[Decimal, Decimal]] = []
        for case in treated:
            before, after = case.number(measure.name), case.number(measure.name, event)
            if event != BASELINE and before is not None and after is not None:
                pairs.append((before, after))
        changes = differences(pairs)
        found.append(
            Compared(
                event, summary(numbers), dict(why), sum(one.conflict for one in readings), summary(changes),
                paired_t(changes), signed_rank(changes),
            )
        )  # fmt: skip
    return found


def missing_of(found: Compared) -> Text:
    """How many have no number and why, "0" for none."""
    said = []
    for kind in (NOTHING, CODED, LIMIT, UNREADABLE):
        if found.why.get(kind):
            said.append(message(f"figures.why_{kind}", count=found.why[kind]))
    if found.conflicts:
        said.append(message("figures.why_conflict", count=found.conflicts))
    if not said:
        return both("0")
    return Text("\n".join(one.en for one in said), "\n".join(one.zh for one in said))


def _grid(study: Study, measure: Measure, found: Sequence[Compared], treated: int) -> Grid:
    rows = []
    decimals = measure.decimals
    for one in found:
        name = study.events[one.event].name if one.event else message("figures.baseline")
        cells = [
            name,
            both(one.values.n),
            missing_of(one),
            quartiles(one.values, decimals),
            spread(one.values, decimals),
        ]
        if one.event:
            t = one.t
            ends = (
                "–"
                if t.low is None
                else f"{fixed(t.low, one_more(decimals))} … {fixed(t.high, one_more(decimals))}"
            )
            rank = probability(one.rank.p)
            extra = "" if one.rank.method == EXACTLY else "*"
            cells += [
                both(one.changes.n), quartiles(one.changes, decimals),
                both(f"{fixed(t.mean, one_more(decimals))}\n{ends}"), both(probability(t.p)),
                both(f"{rank}{extra}"),
            ]  # fmt: skip
        else:
            cells += [both("")] * 5
        rows.append(tuple(cells))
    columns = tuple(
        message(f"figures.{name}")
        for name in (
            "visit", "n", "col_missing", "median", "mean", "pairs", "change_median", "change_mean",
            "p_t", "p_w",
        )
    )  # fmt: skip
    label = named(measure.label, measure.unit)
    title = message("figures.published", name=label) if measure.published else label
    return Grid(
        f"course_{measure.name}", title, columns, tuple(rows), (message("figures.note_treated", n=treated),),
        (0.12, 0.05, 0.11, 0.15, 0.12, 0.06, 0.14, 0.13, 0.06, 0.06),
    )  # fmt: skip


def _picture(study: Study, measure: Measure, found: Sequence[Compared], treated: Sequence[Case]) -> Picture:
    """Every participant as a thin line, the median with its quartiles on top; visits stand at their days."""
    days = [0 if not one.event else (study.events[one.event].target or 1) - 1 for one in found]
    last = max([*days, 1])
    every: list[tuple[int, float]] = []
    lines: list[list[tuple[int, float]]] = []
    for case in treated:
        line = [
            (day, float(number))
            for day, one in zip(days, found, strict=True)
            if (number := case.number(measure.name, one.event)) is not None
        ]
        lines.append(line)
        every += line
    values = [value for _, value in every] or [0.0, 1.0]
    y, low, high = scale(min(values), max(values), title=both(measure.unit))

    def at(day: int, value: float) -> tuple[float, float]:
        return 0.04 + 0.92 * day / last, (value - low) / (high - low)

    strokes = [Stroke(tuple(at(*spot) for spot in line), DOTTED) for line in lines if len(line) > 1]
    marks, middle = [], []
    for day, one in zip(days, found, strict=True):
        if one.values.median is None or one.values.lower is None or one.values.upper is None:
            continue
        x, height = at(day, float(one.values.median))
        middle.append((x, height))
        marks.append(Mark(x, height, DIAMOND, fixed(one.values.median, measure.decimals)))
        ends = [at(day, float(end))[1] for end in (one.values.lower, one.values.upper)]
        strokes.append(Stroke(((x, ends[0]), (x, ends[1])), FULL))
    if len(middle) > 1:
        strokes.append(Stroke(tuple(middle), FULL, bold=True))
    ticks = tuple(
        (at(day, low)[0], both(one.event) if one.event else message("figures.baseline_short"))
        for day, one in zip(days, found, strict=True)
    )
    below = (
        (both("n"), tuple((at(d, low)[0], str(one.values.n)) for d, one in zip(days, found, strict=True))),
    )
    legend = ((DIAMOND, message("figures.legend_median")), (DOTTED, message("figures.legend_each")))
    return Picture(
        f"course_{measure.name}", named(measure.label, measure.unit), Axis(message("figures.visit"), ticks),
        y,
        (), tuple(strokes), tuple(marks), legend=legend, below=below, tall=0.3,
    )  # fmt: skip


def _facts(one: Compared) -> dict[str, Any]:
    values, changes, t, rank = one.values, one.changes, one.t, one.rank
    said: dict[str, Any] = {
        "n": values.n, "without": one.why, "conflicts": one.conflicts, "median": text_of(values.median),
        "lower": text_of(values.lower), "upper": text_of(values.upper), "mean": text_of(values.mean),
        "sd": text_of(values.sd),
    }  # fmt: skip
    if one.event:
        said |= {
            "pairs": changes.n, "change_median": text_of(changes.median), "change_mean": text_of(t.mean),
            "change_low": text_of(t.low), "change_high": text_of(t.high), "p_paired_t": t.p,
            "p_wilcoxon": rank.p, "wilcoxon": rank.method, "zeros": rank.zeros, "ties": rank.ties,
        }  # fmt: skip
    return said
