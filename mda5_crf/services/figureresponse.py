"""The primary outcome: responders at each visit with exact intervals, strata, the waterfall of the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from mda5_crf.services.figurecases import NUMBER, Case, visits_of
from mda5_crf.services.figuremodel import (
    DARK,
    DASHED,
    HATCHED,
    LIGHT,
    MIDDLE,
    OPEN,
    Axis,
    Bar,
    Grid,
    Picture,
    Section,
    Stroke,
)  # fmt: skip
from mda5_crf.services.figureplan import Plan, Response
from mda5_crf.services.figurewords import (
    fixed,
    interval,
    joined,
    quartiles,
    scale,
    share,
    spread,
    text_of,
)  # fmt: skip
from mda5_crf.statistics.proportions import Proportion, proportion
from mda5_crf.statistics.quantiles import Summary, summary
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, message

_FILLS = (LIGHT, MIDDLE, DARK)


def response(study: Study, plan: Plan, cases: Sequence[Case]) -> Section | None:
    """The section; None for a study without a primary outcome of this kind."""
    primary = plan.response
    if primary is None or primary.score.item is None:
        return None
    treated = [case for case in cases if case.treated]
    events = visits_of(study, primary.score.item.form)
    grids = [_by_visit(study, primary, treated, events), _primary(study, plan, primary, treated)]
    grids.append(_parts(study, primary, treated, events))
    return Section(
        "response", message("figures.response"), tuple(grids), (_waterfall(study, primary, treated),),
        facts=_facts(primary, treated, events, plan),
    )  # fmt: skip


def _scores(treated: Sequence[Case], event: str) -> list[Decimal]:
    return [number for case in treated if (number := case.number("", event)) is not None]


def _reached(primary: Response, treated: Sequence[Case], event: str) -> list[tuple[str, Proportion]]:
    """Of those with a score, how many reached each category or a better one."""
    scores = _scores(treated, event)
    return [
        (code, proportion(sum(score >= points for score in scores), len(scores)))
        for code, points in primary.at_least
    ]


def exactly(primary: Response, treated: Sequence[Case], event: str) -> dict[str, int]:
    """Of those with a score, how many are in each category and no better one; below all of them: ""."""
    found = Counter[str]()
    for score in _scores(treated, event):
        found[
            max(((points, code) for code, points in primary.at_least if score >= points), default=(0, ""))[1]
        ] += 1
    return {code: found[code] for code in ("", *(code for code, _ in primary.at_least))}


def _category(study: Study, primary: Response, code: str) -> Text:
    item = primary.category.item
    listed = study.codelists[item.codelist].by_code.get(code) if item is not None and item.codelist else None
    if listed is not None:
        return listed.text
    return message("figures.no_response") if not code else both(code)


def _by_visit(study: Study, primary: Response, treated: Sequence[Case], events: Sequence[str]) -> Grid:
    columns = [message("figures.visit"), message("figures.with_score"), message("figures.col_missing")]
    columns.append(_category(study, primary, ""))
    columns += [_category(study, primary, code) for code, _ in primary.at_least]
    columns += [message("figures.at_least", points=fixed(points, None)) for _, points in primary.at_least]
    rows = []
    for event in events:
        scores, parts = _scores(treated, event), exactly(primary, treated, event)
        reached = _reached(primary, treated, event)
        cells = [study.events[event].name, both(len(scores)), both(len(treated) - len(scores))]
        cells += [both(count) for count in parts.values()]
        cells += [_two_lines(found) for _, found in reached]
        rows.append(tuple(cells))
    notes = [message("figures.note_response", n=len(treated)), message("figures.note_exact")]
    shares = (0.13, 0.08, 0.08, 0.1, *([0.07] * len(primary.at_least)))
    left = (1 - sum(shares)) / max(len(primary.at_least), 1)
    return Grid(
        "response_visits", message("figures.response_visits"), tuple(columns), tuple(rows), tuple(notes),
        (*shares, *([left] * len(primary.at_least))),
    )  # fmt: skip


def _two_lines(found: Proportion) -> Text:
    said, ends = share(found), interval(found)
    return both(f"{said.en}\n{ends.en}")


def decided(treated: Sequence[Case], *, observed: bool) -> Proportion:
    """Responders among those for whom the definition says yes or no."""
    said = [case.observed if observed else case.responder for case in treated]
    return proportion(said.count("Y"), said.count("Y") + said.count("N"))


def _primary(study: Study, plan: Plan, primary: Response, treated: Sequence[Case]) -> Grid:
    groups: list[tuple[Text, list[Case]]] = [(message("figures.all_treated"), list(treated))]
    for stratum in plan.strata:
        for truth, word in ((True, "yes"), (False, "no"), (None, "unknown")):
            part = [case for case in treated if case.strata.get(stratum.name) is truth]
            if part or truth is not None:
                said = message(f"figures.stratum_{word}", name=stratum.label)
                groups.append((said, part))
    rows = []
    for label, part in groups:
        counted, seen = decided(part, observed=False), decided(part, observed=True)
        scores = summary(_scores(part, primary.event))
        rows.append((
            label, both(len(part)), share(counted), interval(counted), both(len(part) - counted.n),
            share(seen), interval(seen), quartiles(scores, 1),
        ))  # fmt: skip
    columns = (
        message("figures.group"), message("figures.n"), message("figures.responders"), message("figures.ci"),
        message("figures.undecided"), message("figures.observed"), message("figures.ci"),
        message("figures.score_quartiles"),
    )  # fmt: skip
    responders = summary([
        number for case in treated
        if case.responder == "Y" and (number := case.number("", primary.event)) is not None
    ])  # fmt: skip
    notes = [
        message("figures.note_responder", visit=study.events[primary.event].name),
        message("figures.note_score_responders", n=responders.n, quartiles=_as_published(responders)),
        message("figures.note_quartiles"), message("figures.note_small"),
    ]  # fmt: skip
    return Grid(
        "responders", message("figures.responders_at", visit=study.events[primary.event].name), columns,
        tuple(rows), tuple(notes), (0.2, 0.06, 0.13, 0.13, 0.08, 0.13, 0.13, 0.14),
    )  # fmt: skip


def _as_published(found: Summary) -> Text:
    """Median and quartiles with three decimals: interpolated between scores in steps of 2.5."""
    ends = f"{fixed(found.lower, 3)}–{fixed(found.upper, 3)}"
    return both(f"{fixed(found.median, 3)} ({ends})")


def _parts(study: Study, primary: Response, treated: Sequence[Case], events: Sequence[str]) -> Grid:
    rows = []
    for part in primary.parts:
        cells = [part.label]
        for event in events:
            found = summary([n for case in treated if (n := case.number(part.name, event)) is not None])
            cells.append(
                both(
                    f"{quartiles(found, part.decimals).en}\n{spread(found, part.decimals).en}\nn = {found.n}"
                )
            )
        rows.append(tuple(cells))
    columns = (message("figures.part"), *(study.events[event].name for event in events))
    return Grid(
        "score_parts", message("figures.score_parts"), columns, tuple(rows),
        (message("figures.note_parts"),),
    )  # fmt: skip


def waterfall(primary: Response, treated: Sequence[Case]) -> list[tuple[Case, Decimal]]:
    """Those with a score at the primary visit, the best first, equal ones by number."""
    found = [(case, n) for case in treated if (n := case.number("", primary.event)) is not None]
    return sorted(found, key=lambda one: (-one[1], one[0].subjid))


def _waterfall(study: Study, primary: Response, treated: Sequence[Case]) -> Picture:
    found = waterfall(primary, treated)
    without = [both(case.subjid) for case in treated if case.reading("", primary.event).kind != NUMBER]
    y, low, high = scale(0.0, 100.0, title=primary.score.item.label if primary.score.item else both(""))
    count = max(len(found), 1)
    bars, ticks = [], []
    for place, (case, score) in enumerate(found):
        start = (place + 0.15) / count
        rank = sum(score >= points for _, points in primary.at_least)
        fill = OPEN if not rank else _FILLS[min(rank, len(_FILLS)) - 1]
        if case.responder == "N" and rank:
            fill = HATCHED
        top = (float(score) - low) / (high - low)
        bars.append(Bar(start, 0.0, (place + 0.85) / count, top, fill, fixed(score, None)))
        ticks.append(((place + 0.5) / count, both(case.subjid)))
    lines = tuple(
        Stroke(
            ((0.0, (float(points) - low) / (high - low)), (1.0, (float(points) - low) / (high - low))), DASHED
        )
        for _, points in primary.at_least
    )
    legend = [(OPEN, _category(study, primary, "NO RESPONSE"))]
    legend += [
        (_FILLS[min(rank, len(_FILLS) - 1)], _category(study, primary, code))
        for rank, (code, _) in enumerate(primary.at_least)
    ]
    legend.append((HATCHED, message("figures.score_but_none")))
    if without:
        legend.append(("", message("figures.without_score", names=joined(without))))
    title = message("figures.waterfall", visit=study.events[primary.event].name, n=len(found))
    return Picture(
        "waterfall", title, Axis(message("figures.participants"), tuple(ticks)), y, tuple(bars), lines,
        legend=tuple(legend),
    )  # fmt: skip


def _facts(
    primary: Response, treated: Sequence[Case], events: Sequence[str], plan: Plan
) -> Mapping[str, Any]:
    visits = {}
    for event in events:
        scores = _scores(treated, event)
        visits[event] = {
            "treated": len(treated), "scores": len(scores), "missing": len(treated) - len(scores),
            "categories": {code or "NO RESPONSE": n for code, n in exactly(primary, treated, event).items()},
            "at_least": {code: as_facts(found) for code, found in _reached(primary, treated, event)},
        }  # fmt: skip
    strata = {}
    for stratum in plan.strata:
        for truth, word in ((True, "yes"), (False, "no"), (None, "unknown")):
            part = [case for case in treated if case.strata.get(stratum.name) is truth]
            strata[f"{stratum.name}:{word}"] = as_facts(decided(part, observed=False)) | {"n": len(part)}
    return {
        "event": primary.event, "treated": len(treated), "visits": visits,
        "responders": as_facts(decided(treated, observed=False)),
        "observed": as_facts(decided(treated, observed=True)), "strata": strata,
        "waterfall": [[case.subjid, text_of(score)] for case, score in waterfall(primary, treated)],
    }  # fmt: skip


def as_facts(found: Proportion) -> dict[str, Any]:
    """A proportion for programs."""
    return {
        "count": found.count, "of": found.n, "part": text_of(found.part), "low": text_of(found.low),
        "high": text_of(found.high),
    }  # fmt: skip
