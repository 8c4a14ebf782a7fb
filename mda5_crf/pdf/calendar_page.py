"""Window calendars: one page a participant, and all participants of the site with what lies ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mda5_crf.pdf.cardinks import shortened
from mda5_crf.pdf.ink import BAND, SMALL, Ink, Strip
from mda5_crf.pdf.layout import PAD_X, PAD_Y, WIDE_WIDTH, Cell, Row
from mda5_crf.pdf.parts import Laid, Part, Stamp, assemble, framed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.timebar import HEAD, Axis
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_LINE = 13.0
_LINES = 2  # of text in a cell
_SHARES = (0.17, 0.135, 0.08, 0.085, 0.115)
_SITE_SHARES = (0.08, 0.2, 0.16)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit: its window and target where there are such, the day it took place, its state in words.

    ``extra``: outside the schedule; of these the earliest give way when a page is full.
    """

    name: Text
    window: tuple[date, date] | None
    target: date | None
    done: date | None
    state: Text
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of one participant. ``notes`` stand above the table; ``off``: public holidays."""

    subjid: str
    site: str
    visits: Sequence[VisitLine]
    first: date
    last: date
    today: date
    notes: Sequence[Text] = ()
    off: Sequence[tuple[date, date]] = ()


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One participant of the overview: what comes next, and the windows ahead with their visits."""

    subjid: str
    next_visit: Text
    window: Text
    bars: Sequence[tuple[date, date]]


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """All participants. Days from ``first`` to ``last`` are drawn."""

    lines: Sequence[SiteLine]
    first: date
    last: date
    today: date
    notes: Sequence[Text] = ()
    off: Sequence[tuple[date, date]] = ()


def lay_calendars(
    sheets: Sequence[Sheet | SiteSheet],
    language: Tongue,
    head: Letterhead,
    *,
    proof: Stamp | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Laid:
    """Pages on their side. Raises ValueError without sheets."""
    voice = Voice(language)
    parts = []
    for number, sheet in enumerate(sheets, start=1):
        parts.append(_person(sheet, voice, head) if isinstance(sheet, Sheet) else _site(sheet, voice, head))
        progress(number, len(sheets))
    return assemble(parts, voice, message("cards.calendar_many"), head.study, stamp=proof)


def _person(sheet: Sheet, voice: Voice, head: Letterhead) -> Part:
    visits, left = list(sheet.visits), 0
    while True:
        notes = list(sheet.notes)
        if left:
            notes.append(message("cards.visits_left_out", count=left))
        facts = head.facts(
            voice, message("cards.calendar"), "CALENDAR", subjid=sheet.subjid, site=sheet.site,
            event=voice.say(message("cards.all_visits")), remarks=_remarks(voice, notes, sheet.today),
            coded=False,
        )  # fmt: skip
        frames = framed(facts, voice)
        axis = _axis(sheet, _SHARES)
        headings = ("visit", "window", "target", "done", "state")
        rows = [_heading(voice, headings, _SHARES, axis), *(_visit(one, voice, axis) for one in visits)]
        extra = next((place for place, one in enumerate(visits) if one.extra), None)
        if sum(row.height for row in rows) <= frames[1].area.height or extra is None:
            break
        del visits[extra]
        left += 1
    return Part(facts, frames, rows, ((0, sheet.subjid),), goal=f"calendar-{sheet.subjid}")


def _site(sheet: SiteSheet, voice: Voice, head: Letterhead) -> Part:
    facts = head.facts(
        voice, message("cards.calendar_site"), "CALENDAR", band=False, coded=False,
        remarks=_remarks(voice, sheet.notes, sheet.today),
    )  # fmt: skip
    axis = _axis(sheet, _SITE_SHARES)
    heading = _heading(voice, ("participant", "next", "window"), _SITE_SHARES, axis)
    rows = [heading]
    for line in sheet.lines:
        said = (both(line.subjid), line.next_visit, line.window)
        cells = [*_texts(said, voice, _SITE_SHARES), _chart(axis.line(_LINE, line.bars), _SITE_SHARES)]
        rows.append(Row(tuple(cells), edge="grid", repeat=(heading,), wide=True, least=_LINE + 2 * PAD_Y))
    rows[0] = replace(rows[0], keep=True)
    return Part(
        facts, framed(facts, voice), rows, ((0, voice.say(message("cards.calendar_site"))),), goal="calendar"
    )


def _remarks(voice: Voice, notes: Sequence[Text], today: date) -> tuple[str, ...]:
    legend = message("cards.legend", today=today.isoformat())
    return tuple(voice.say(text, "  ") for text in (*notes, legend))


def _axis(sheet: Sheet | SiteSheet, shares: Sequence[float]) -> Axis:
    room = (1.0 - sum(shares)) * WIDE_WIDTH - 2 * PAD_X
    return Axis(sheet.first, sheet.last, sheet.today, room, sheet.off)


def _heading(voice: Voice, names: Sequence[str], shares: Sequence[float], axis: Axis) -> Row:
    cells = _texts([message(f"cards.col_{name}") for name in names], voice, shares, bold=True)
    chart = _chart(axis.heading(), shares, HEAD)
    filled = [replace(cell, fill=BAND) for cell in (*cells, chart)]
    return Row(tuple(filled), edge="grid", keep=True, wide=True)


def _visit(line: VisitLine, voice: Voice, axis: Axis) -> Row:
    window = "" if line.window is None else f"{line.window[0].isoformat()} – {line.window[1].isoformat()}"
    said = (
        line.name, both(window), both(line.target.isoformat() if line.target else ""),
        both(line.done.isoformat() if line.done else ""), line.state,
    )  # fmt: skip
    bars = [line.window] if line.window is not None else []
    chart = axis.line(_LINE, bars, [line.target] if line.target else [], [line.done] if line.done else [])
    cells = [*_texts(said, voice, _SHARES), _chart(chart, _SHARES)]
    return Row(tuple(cells), edge="grid", wide=True, least=_LINE + 2 * PAD_Y)


def _texts(texts: Sequence[Text], voice: Voice, shares: Sequence[float], *, bold: bool = False) -> list[Cell]:
    cells, start = [], 0.0
    for text, share in zip(texts, shares, strict=True):
        wide = share * WIDE_WIDTH
        strips = voice.lines(text, wide - 2 * PAD_X, size=SMALL, bold=bold)
        if len(strips) > _LINES:  # the languages run on in one line, and the end gives way
            strips = shortened(voice.say(text), wide - 2 * PAD_X, _LINES, size=SMALL, bold=bold)
        cells.append(Cell(start, wide, tuple(strips), across=not bold))
        start += wide
    return cells


def _chart(inks: Sequence[Ink], shares: Sequence[float], height: float = _LINE) -> Cell:
    start = sum(shares) * WIDE_WIDTH
    return Cell(start, WIDE_WIDTH - start, (Strip(height, tuple(inks)),), across=True)
