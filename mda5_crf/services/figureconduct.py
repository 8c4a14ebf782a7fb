"""How the study is run: states of visits, missing and late ones, ages of queries, clocks, what a lock awaits.

Nothing here is judged: the counts are those of matrix, work list, queries and locks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db.lockacts import LOCKED
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import queryboard, sdv
from mda5_crf.services.figurecases import Case
from mda5_crf.services.figuremodel import (
    DARK,
    HATCHED,
    LIGHT,
    MIDDLE,
    OPEN,
    Axis,
    Bar,
    Grid,
    Picture,
    Section,
)
from mda5_crf.services.figureplan import Plan
from mda5_crf.services.figurewords import DASH, scale
from mda5_crf.services.lines import lines_of
from mda5_crf.services.saeclock import sentence
from mda5_crf.study.dates import PartialDate
from mda5_crf.study.schedule import window
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_STATES: Final = (
    "signed", "complete", "in_progress", "query", "not_started", "not_due", "not_done", "closed", "reading",
)  # fmt: skip
_AGES: Final = ((0, 7), (8, 14), (15, 30), (31, 90), (91, None))
_DRAWN: Final = (
    ("signed", DARK),
    ("complete", MIDDLE),
    ("query", HATCHED),
    ("in_progress", LIGHT),
    ("not_started", OPEN),
)
_MOST_LISTED: Final = 400


def conduct(session: Session, cases: Sequence[Case]) -> Section:
    """The section."""
    states, matrix = _states(session)
    late, late_rows = _late(session, cases)
    ages, age_grid = _ages(session)
    clocks = session.sae_clocks()
    clock_rows = tuple(
        (both(one.subjid), both(session.form_label(one.key)), both(f"{one.due:%Y-%m-%d %H:%M}"),
         message("figures.clock_running" if one.running else "figures.clock_stopped"),
         message("figures.clock_late" if one.overdue else "figures.clock_in_time"),
         sentence(session, one) if one.running else DASH)
        for one in clocks
    )  # fmt: skip
    columns = tuple(
        message(f"figures.{name}") for name in ("participant", "report", "due_at", "state", "in_time", "says")
    )
    clock_grid = Grid(
        "clocks", message("figures.clocks"), columns, clock_rows,
        (message("figures.note_clocks", n=len(clocks)),),
        (0.12, 0.1, 0.17, 0.12, 0.12, 0.37),
    )  # fmt: skip
    late_columns = tuple(
        message(f"figures.{name}") for name in ("participant", "visit", "window", "held_on", "finding")
    )
    late_grid = Grid(
        "late", message("figures.late"), late_columns, tuple(late_rows[:_MOST_LISTED]),
        (message("figures.note_late", count=len(late_rows)),),
    )  # fmt: skip
    facts = {
        "visits": states, "late": late, "queries": ages,
        "sae_clocks": {
            "all": len(clocks), "running": sum(one.running for one in clocks),
            "late": sum(one.overdue for one in clocks),
        },
    }  # fmt: skip
    return Section(
        "conduct", message("figures.conduct"), (matrix, late_grid, age_grid, clock_grid),
        (_drawn(states),), facts=facts,
    )  # fmt: skip


def _states(session: Session) -> tuple[dict[str, dict[str, int]], Grid]:
    """Participants by the state of each visit; a repeating visit counts with the worst of its repeats."""
    table = session.matrix()
    counted = {event: Counter(row.cells[event].status for row in table.rows) for event in table.events}
    known = [state for state in _STATES if any(found[state] for found in counted.values())]
    rows = []
    for event, found in counted.items():
        unsigned = sum(row.cells[event].unsigned for row in table.rows)
        rows.append(
            (
                session.study.events[event].name,
                *(both(found[state] or "–") for state in known),
                both(unsigned or "–"),
            )
        )
    columns = (
        message("figures.visit"), *(message(f"figures.state_{state}") for state in known),
        message("figures.unsigned"),
    )  # fmt: skip
    grid = Grid(
        "visits",
        message("figures.visit_states"),
        columns,
        tuple(rows),
        (message("figures.note_states", n=len(table.rows)),),
    )
    return {event: dict(found) for event, found in counted.items()}, grid


def _drawn(states: Mapping[str, Mapping[str, int]]) -> Picture:
    most = max((sum(found.values()) for found in states.values()), default=0)
    y, _, top = scale(0.0, float(max(most, 1)), whole=True, title=message("figures.participants"))
    bars, ticks, count = [], [], max(len(states), 1)
    for place, (event, found) in enumerate(states.items()):
        ticks.append(((place + 0.5) / count, both(event)))
        height = 0
        for state, fill in _DRAWN:
            number = found.get(state, 0)
            if number:
                x0, x1 = (place + 0.18) / count, (place + 0.82) / count
                bars.append(Bar(x0, height / top, x1, (height + number) / top, fill, str(number)))
                height += number
    legend = tuple((fill, message(f"figures.state_{state}")) for state, fill in _DRAWN)
    return Picture(
        "visits", message("figures.visit_states"), Axis(message("figures.visit"), tuple(ticks)), y,
        tuple(bars),
        legend=legend, tall=0.36,
    )  # fmt: skip


def _late(session: Session, cases: Sequence[Case]) -> tuple[dict[str, int], list[tuple[Text, ...]]]:
    """Visits outside their window, and those whose window has passed without a visit."""
    counted: Counter[str] = Counter()
    rows: list[tuple[Text, ...]] = []
    for case in cases:
        start = case.day_one
        for event, day in case.held.items():
            span = window(session.study, event, start) if event in session.study.events else None
            if span is None or day is None or isinstance(day, PartialDate) or span[0] <= day <= span[1]:
                continue
            name = "early" if day < span[0] else "late_by"
            days = (span[0] - day).days if day < span[0] else (day - span[1]).days
            counted[name] += 1
            rows.append(
                (
                    both(case.subjid),
                    both(event),
                    _span(span),
                    both(day),
                    message(f"figures.{name}", days=days),
                )
            )
        for event in sorted(case.cancelled):
            counted["not_held"] += 1
            rows.append((both(case.subjid), both(event), DASH, DASH, message("figures.not_held")))
        for event, span in case.due.items():
            if span is not None and span[1] < session.today:
                counted["missing_visit"] += 1
                days = (session.today - span[1]).days
                rows.append(
                    (
                        both(case.subjid),
                        both(event),
                        _span(span),
                        DASH,
                        message("figures.missing_visit", days=days),
                    )
                )
    return dict(counted), rows


def _span(span: tuple[date, date]) -> Text:
    return both(f"{span[0].isoformat()} – {span[1].isoformat()}")


def _ages(session: Session) -> tuple[dict[str, Any], Grid]:
    lines = [line for line in queryboard.board(session) if line.query.is_open]
    rows, facts = [], {}
    for least, most in _AGES:
        found = [line for line in lines if least <= line.days and (most is None or line.days <= most)]
        label = (
            message("figures.days_over", days=least)
            if most is None
            else message("figures.days_span", least=least, most=most)
        )
        parts = [
            sum(line.query.state == state for line in found) for state in ("Candidate", "Open", "Answered")
        ]
        rows.append((label, *map(both, parts), both(len(found))))
        facts[f"{least}-{'' if most is None else most}"] = len(found)
    columns = (
        message("figures.open_for"),
        *(message(f"entry.state_{state}") for state in ("Candidate", "Open", "Answered")),
        message("figures.all"),
    )  # fmt: skip
    limit = queryboard.overdue_days(session)
    note = message(
        "figures.note_queries", count=len(lines), over=sum(line.overdue for line in lines), days=limit
    )
    every = len(queryboard.board(session))
    grid = Grid("queries", message("figures.query_ages"), columns, tuple(rows), (note,))
    return {
        "open": len(lines),
        "all": every,
        "overdue": sum(line.overdue for line in lines),
        "ages": facts,
    }, grid


# -- lock checklist --------------------------------------------------------------------------------------


def lock(session: Session, plan: Plan, cases: Sequence[Case]) -> Section:
    """What stands between now and the lock of the study, line by line, each with what was looked at."""
    lines = lines_of(session)
    lines.fill()
    kept = [line for _, line in lines.known() if line is not None]
    checks: list[tuple[str, int, int]] = []
    held = sum(session.lock_book.held(ItemKey(case.subject), whole=True).state == LOCKED for case in cases)
    board = queryboard.board(session)
    checks.append(("queries", sum(one.query.is_open for one in board), len(board)))
    checks.append(("conflicts", sum(one["count"] for line in kept for one in line["conflicts"]), len(kept)))
    overdue = sum(
        span is not None and span[1] < session.today for case in cases for span in case.due.values()
    )
    checks.append(("visits", overdue, sum(len(case.held) + len(case.due) for case in cases)))
    unfinished = Counter(cell.status for row in session.matrix().rows for cell in row.cells.values())
    checks.append(("unfinished", unfinished["in_progress"] + unfinished["query"], sum(unfinished.values())))
    checks.append(("unsigned", sum(len(line["unsigned"]) for line in kept), len(kept)))
    checks.append(("judgement", sum(one["count"] for line in kept for one in line["judgement"]), len(kept)))
    checks.append(("second", sum(one["count"] for line in kept for one in line["second"]), len(kept)))
    wanted, verified = _verified(session, cases)
    checks.append(("verification", wanted - verified, wanted))
    uncoded, terms = (sum(line["uncoded"][place] for line in kept) for place in (0, 1))
    checks.append(("uncoded", uncoded, terms))
    checks += [(name, count, of) for name, count, of in reconciled(plan, cases)]
    clocks = session.sae_clocks()
    checks.append(("clocks", sum(one.running for one in clocks), len(clocks)))
    checks.append(("late_locks", sum(len(line["late"]) for line in kept), len(kept)))
    checks.append(("locked", len(cases) - held, len(cases)))
    rows = tuple(
        (message("figures.open_point" if count else "figures.done_point"), message(f"figures.lock_{name}"),
         both(count), both(of))
        for name, count, of in checks
    )  # fmt: skip
    columns = tuple(message(f"figures.{name}") for name in ("state", "point", "left", "looked_at"))
    left = sum(bool(count) for _, count, _ in checks)
    note = message("figures.lock_ready") if not left and cases else message("figures.lock_left", count=left)
    grid = Grid(
        "lock",
        message("figures.lock_points"),
        columns,
        rows,
        (note, message("figures.note_uncoded")),
        (0.14, 0.56, 0.15, 0.15),
    )
    facts = {name: {"left": count, "of": of} for name, count, of in checks}
    return Section("lock", message("figures.lock"), (grid,), facts=facts)


def _verified(session: Session, cases: Sequence[Case]) -> tuple[int, int]:
    """How many answers are to be verified, and how many are; one participant in memory at a time."""
    wanted = done = 0
    for case in cases:
        loaded = session.is_loaded(case.subject)
        for _, one in sdv.report(session, [case.subject]):
            wanted, done = wanted + one.wanted, done + one.done
        if not loaded:
            session.let_go(case.subject)
    return wanted, done


def reconciled(plan: Plan, cases: Sequence[Case]) -> list[tuple[str, int, int]]:
    """Serious events without a report, and reports whose event is not serious or not there."""
    event, serious, report, link = (plan.word(key) for key in ("event", "serious", "report", "report_link"))
    if not (event and serious and report and link):
        return []
    alone = loose = marked = reports = 0
    for case in cases:
        rows = {row.identity: row for row in case.rows.get(event, ())}
        named = [set(_links(row.answers.get(link))) for row in case.rows.get(report, ())]
        linked = set().union(*named)
        grave = {identity for identity, row in rows.items() if row.code(serious) == "Y"}
        marked += len(grave)
        reports += len(named)
        alone += len(grave - linked)
        loose += sum(not (one & grave) for one in named)
    return [("unreported", alone, marked), ("loose_reports", loose, reports)]


def _links(found: object) -> tuple[str, ...]:
    if isinstance(found, tuple):
        return tuple(str(one) for one in found)
    return tuple(str(found).split(",")) if found else ()
