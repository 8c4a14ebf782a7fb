"""Window calendars and the matrix from a vault."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import daywords
from mda5_crf.jobs.daycards import letterhead, visits_of
from mda5_crf.pdf.calendar_page import Sheet, SiteLine, SiteSheet, VisitLine, lay_calendars
from mda5_crf.pdf.matrixpage import MatrixSheet, State, lay_matrix
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Cell, EventNode
from mda5_crf.services.holidays import calendar
from mda5_crf.services.lines import Line, lines_of, window_of
from mda5_crf.study.windows import planned
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
_WEEK = timedelta(days=7)
_BACK, _AHEAD = 4 * _WEEK, 16 * _WEEK
_SHAPES = {
    "complete": "full", "verified": "full", "signed": "framed", "frozen": "framed", "locked": "framed",
    "in_progress": "half", "not_started": "empty", "query": "?", "not_done": "cross", "closed": "line",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Calendars or a matrix read at one moment; ``what`` is written into the record of the print."""

    sheets: tuple[Sheet | SiteSheet | MatrixSheet, ...]
    language: Tongue
    head: Letterhead
    what: str
    subject: str = ""


def gather_calendar(
    session: Session,
    subjects: Sequence[str],
    language: Tongue,
    progress: Progress = lambda _done, _total: None,
) -> SheetOrder:
    """The pages of these participants, or the overview of all. Raises PermissionDenied, InputRefused."""
    session.require(Action.PRINT)
    if not session.subjects():
        raise InputRefused("cards.no_participants")
    head = letterhead(session)
    if not subjects:
        return SheetOrder((_site(session),), language, head, "calendar-site")
    sheets: list[Sheet | SiteSheet] = []
    for number, subject in enumerate(subjects, start=1):
        known = session.is_loaded(subject)
        sheets.append(_person(session, subject))
        if not known:
            session.let_go(subject)
        progress(number, len(subjects))
    return SheetOrder(tuple(sheets), language, head, "calendar", subjects[0] if len(subjects) == 1 else "")


def gather_matrix(session: Session, language: Tongue) -> SheetOrder:
    """All participants by visits. Raises PermissionDenied, InputRefused."""
    session.require(Action.PRINT)
    matrix = session.matrix()
    if not matrix.rows:
        raise InputRefused("cards.no_participants")
    study = session.study
    rows = [
        (row.subject.subjid, [state_of(row.cells[event]) for event in matrix.events]) for row in matrix.rows
    ]
    note = message("cards.matrix_note", site=session.site, day=session.today.isoformat(), count=len(rows))
    events = [(event, study.events[event].name) for event in matrix.events]
    return SheetOrder((MatrixSheet(events, rows, note),), language, letterhead(session), "matrix")


def draw(order: SheetOrder, progress: Progress = lambda _done, _total: None) -> Printed:
    """The pages. Touches nothing but ``order``. ``progress`` may end it by raising."""
    return printed(lay(order, progress))


def lay(order: SheetOrder, progress: Progress) -> Laid:
    """The pages before they are drawn."""
    first = order.sheets[0]
    if isinstance(first, MatrixSheet):
        return lay_matrix(first, order.language, order.head)
    sheets = [sheet for sheet in order.sheets if not isinstance(sheet, MatrixSheet)]
    return lay_calendars(sheets, order.language, order.head, progress=progress)


def record(session: Session, order: SheetOrder, made: Printed) -> None:
    """Note that these pages leave the vault, before they do."""
    session.record_print(order.what, hashlib.sha256(made.data).hexdigest(), made.pages, order.subject)


def print_sheets(session: Session, order: SheetOrder) -> Printed:
    """Drawn and recorded. Raises PermissionDenied, StoreError."""
    made = draw(order)
    record(session, order, made)
    return made


def _person(session: Session, subject: str) -> Sheet:
    nodes = [node for node in visits_of(session, subject) if _is_visit(node)]
    d1, today = session.day_one(subject), session.today
    lines = [_line(session, node, d1) for node in nodes]
    days = [day for line in lines for day in (*(line.window or ()), line.done, d1) if day is not None] or [
        today
    ]
    first, last = min(*days, today) - _WEEK, max(*days, today) + _WEEK
    notes = [message("cards.day_one", day=d1.isoformat()) if d1 else message("cards.day_one_unknown")]
    waits = [node.window for node in nodes if node.awaited and node.window is not None]
    if waits:
        ahead = daywords.holidays(max(today, min(w[0] for w in waits)), max(w[1] for w in waits), calendar())
        if ahead:
            notes.append(message("cards.holidays_shown", days=daywords.listed(ahead)))
    notes += [message("worklist.unknown_year", year=year) for year in calendar().unknown(first, last)][:1]
    data = session.data(subject)
    return Sheet(data.subjid, data.site, lines, first, last, today, notes, _off(first, last))


def _is_visit(node: EventNode) -> bool:
    """Not the place of the running logs: what has a window, a day, or a place in the schedule."""
    return node.window is not None or node.date is not None or node.status in ("not_started", "closed")


def _line(session: Session, node: EventNode, d1: date | None) -> VisitLine:
    event = session.study.events[node.key.event]
    number = session.event_label(node.key).partition("#")[2]
    name = Text(f"{event.name.en} #{number}", f"{event.name.zh} #{number}") if number else event.name
    state = message(f"cards.cell_{_plain(node)}")
    if node.closed is not None and node.date is None:
        state = message("cards.cell_closed")
    elif node.awaited and node.window is not None and node.window[1] < session.today:
        state = message("cards.cell_overdue")
    elif node.awaited and node.window is not None and node.window[0] <= session.today:
        state = message("cards.cell_due")
    return VisitLine(
        name, node.window, planned(session.study, node.key.event, d1), node.date, state,
        extra=event.repeating and event.window is None,
    )  # fmt: skip


def _plain(node: EventNode) -> str:
    """The state of a visit as the calendar says it: that a query is open is for the matrix."""
    return "in_progress" if node.status == "query" else node.status


def _off(first: date, last: date) -> list[tuple[date, date]]:
    days = sorted(day for day in calendar().off if first <= day <= last)
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and (day - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _site(session: Session) -> SiteSheet:
    lines = lines_of(session)
    lines.fill()
    today = session.today
    made = [_ahead(session, subject.subjid, line or {}, today) for subject, line in lines.known()]
    first, last = today - _BACK, today + _AHEAD
    notes = [message("cards.site", site=session.site, count=len(made))]
    ahead = daywords.holidays(today, last, calendar())
    if ahead:
        notes.append(message("cards.holidays_shown", days=daywords.listed(ahead)))
    notes += [message("worklist.unknown_year", year=year) for year in calendar().unknown(today, last)]
    return SiteSheet(made, first, last, today, notes, _off(first, last))


def _ahead(session: Session, subjid: str, line: Line, today: date) -> SiteLine:
    waiting = sorted(
        (window_of(content), content["key"], content["visit"]) for content in line.get("visits", ())
    )
    bars = [window for window, _, _ in waiting]
    open_ones = [one for one in waiting if one[0][1] >= today]
    if not waiting:
        return SiteLine(subjid, message("cards.none_ahead"), both(""), bars)
    window, key, visit = (open_ones or waiting)[0]
    event = ItemKey.parse(key).event
    name = session.study.events[event].name if event in session.study.events else both(visit)
    said = message("cards.from_to", start=window[0].isoformat(), end=window[1].isoformat())
    if not open_ones:
        late = message("cards.cell_overdue")
        said = Text(f"{said.en}, {late.en}", f"{said.zh}，{late.zh}")
    return SiteLine(subjid, name, said, bars)


def state_of(cell: Cell) -> State:
    """A cell of the matrix as it is printed: shape and words."""
    words: list[Text] = []
    shape = _SHAPES.get(cell.status, "")
    if cell.overdue:
        shape = "!"
        words.append(message("cards.cell_overdue"))
    elif cell.closes is not None:
        words.append(message("cards.cell_closes", day=f"{cell.closes:%m-%d}"))
    elif cell.due and cell.status == "not_started":
        words.append(message("cards.cell_due"))
    if cell.queries == 1:
        words.append(message("cards.cell_query_one"))
    elif cell.queries:
        words.append(message("cards.cell_query", count=cell.queries))
    if cell.unsigned:
        words.append(message("cards.cell_to_sign"))
    if not words and cell.status != "not_due":
        words.append(message(f"cards.cell_{cell.status}"))
    return State(shape, words)
