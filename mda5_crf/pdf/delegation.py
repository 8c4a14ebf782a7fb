"""The delegation log on paper: who does what from when to when, who signed it; room for signatures by hand.

Two tables: tasks and duties as they stand, and every change. A row is never torn apart; headings are repeated
on each page, and after the first table stand the lines for the investigator's own signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.filled import stamp
from mda5_crf.pdf.fonts import REGULAR, width
from mda5_crf.pdf.ink import (
    BAND,
    HAIRLINE,
    SECOND,
    SMALL,
    TINY,
    Box,
    Ink,
    Rule,
    Strip,
    gap,
    lines,
    moved,
    stacked,
    words,
)
from mda5_crf.pdf.layout import body
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.signing import HEIGHT as SIGNING_HEIGHT
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, both, message

_PAD = 3.0
_TASKS = (
    ("code", 0.09), ("name", 0.14), ("task", 0.23), ("from", 0.085), ("to", 0.085), ("signed", 0.2),
    ("initials", 0.17),
)  # fmt: skip
_CHANGES = (("when", 0.14), ("whom", 0.18), ("what", 0.5), ("by", 0.18))


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task or duty. Days are ISO, "" = open; ``signed`` says who signed when, with the short code."""

    code: str
    name: str
    task: Text
    start: str
    end: str
    signed: Text


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as it was recorded; ``when`` in the site's time."""

    when: str
    whom: str
    what: Text
    by: str


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What stands above and below the tables. ``made`` must have a zone."""

    study: Text
    site: str
    vault: str
    printed_by: str
    made: datetime
    demo: bool


def draw_delegation(
    tasks: Sequence[TaskLine], changes: Sequence[ChangeLine], language: Tongue, facts: LogFacts
) -> Printed:
    """The log as a document, wide A4."""
    voice = Voice(language)
    area = body(wide=True)
    head, foot_room = _head(voice, facts, area.width), TINY * 3.0
    room = area.height - stacked(head) - foot_room
    pages: list[list[Strip]] = [[]]
    _table(pages, room, _heading(voice, _TASKS, area.width), _task_rows(voice, tasks, area.width))
    sign = _signing(voice, area.width)
    _put(pages, room, [sign])
    title = [gap(6.0), *voice.lines(message("people.pdf_changes"), area.width, bold=True), gap(3.0)]
    _put(pages, room, [Strip(stacked(title) + 40.0, ())], keep=False)
    pages[-1] += title
    _table(pages, room, _heading(voice, _CHANGES, area.width), _change_rows(voice, changes, area.width))
    mark = (voice.tell("demo"),) if facts.demo else ()
    leaves = []
    for number, strips in enumerate(pages, 1):
        inks = _down([*head, *strips], area.left, area.top)
        inks += _foot(voice, facts, number, len(pages), area.left, area.top + area.height, area.width)
        marks = [(0, voice.say(message("people.pdf_title")), area.top)] if number == 1 else []
        leaves.append(Leaf(True, inks, marks, mark))
    name = voice.say(message("people.pdf_title"))
    data = render(leaves, title=name, subject=voice.say(facts.study), author="MDA5-CRF", locale=voice.locale)
    return Printed(data, len(leaves), ())


def _head(voice: Voice, facts: LogFacts, across: float) -> list[Strip]:
    where = message("people.pdf_where", study=facts.study, site=facts.site, vault=facts.vault)
    return [
        *voice.lines(message("people.pdf_title"), across, size=13.0, bold=True),
        gap(2.0),
        *voice.lines(where, across, size=SMALL, colour=SECOND),
        *voice.lines(message("people.pdf_about"), across, size=TINY, colour=SECOND),
        gap(6.0),
    ]


def _foot(
    voice: Voice, facts: LogFacts, number: int, total: int, left: float, bottom: float, across: float
) -> list[Ink]:
    made = ", ".join(p for p in (f"{voice.tell('printed')} {stamp(facts.made)}", facts.printed_by) if p)
    page = voice.tell("page", page=number, pages=total)
    end = left + across - width(page, REGULAR, TINY)
    return [
        Rule(left, bottom - TINY * 2.2, left + across, bottom - TINY * 2.2, HAIRLINE, 0.4),
        words(left, bottom - TINY, made, size=TINY, colour=SECOND),
        words(end, bottom - TINY, page, size=TINY, colour=SECOND),
    ]


def _task_rows(voice: Voice, tasks: Sequence[TaskLine], across: float) -> list[Strip]:
    shown = [
        (both(t.code), both(t.name), t.task, both(t.start), both(t.end), t.signed, both("")) for t in tasks
    ]
    return [_row(voice, cells, _TASKS, across, least=22.0) for cells in shown]


def _change_rows(voice: Voice, changes: Sequence[ChangeLine], across: float) -> list[Strip]:
    shown = [(both(c.when), both(c.whom), c.what, both(c.by)) for c in changes]
    return [_row(voice, cells, _CHANGES, across) for cells in shown]


def _row(
    voice: Voice,
    cells: Sequence[Text],
    columns: Sequence[tuple[str, float]],
    across: float,
    least: float = 0.0,
) -> Strip:
    made: list[Ink] = []
    high, start = least, 0.0
    for text, (_, share) in zip(cells, columns, strict=True):
        strips = voice.lines(text, share * across - 2 * _PAD, size=SMALL)
        made += _down(strips, start + _PAD, 2.0)
        high = max(high, stacked(strips) + 4.0)
        start += share * across
    edges: list[Ink] = [Rule(0.0, high, across, high, HAIRLINE, 0.5)]
    start = 0.0
    for _, share in columns:
        edges.append(Rule(start, 0.0, start, high, HAIRLINE, 0.5))
        start += share * across
    edges.append(Rule(across, 0.0, across, high, HAIRLINE, 0.5))
    return Strip(high, (*made, *edges))


def _heading(voice: Voice, columns: Sequence[tuple[str, float]], across: float) -> Strip:
    made: list[Ink] = []
    high, start = 0.0, 0.0
    for code, share in columns:
        text = voice.say(message(f"people.pdf_{code}"), " ")
        strips = lines(text, share * across - 2 * _PAD, size=TINY, bold=True)
        made += _down(strips, start + _PAD, 3.0)
        high = max(high, stacked(strips) + 5.0)
        start += share * across
    return Strip(high, (Box(0.0, 0.0, across, high, "", BAND), *made))


def _signing(voice: Voice, across: float) -> Strip:
    """Name, signature and date of the investigator, by hand."""
    made: list[Ink] = []
    start = 0.0
    for code, share in (("investigator", 0.4), ("signature", 0.36), ("date", 0.24)):
        made.append(Box(start, 10.0, share * across, SIGNING_HEIGHT, SECOND, ""))
        caption = voice.say(message(f"people.pdf_{code}"), " ")
        made.append(words(start + _PAD, 10.0 + TINY + 1.5, caption, size=TINY, colour=SECOND))
        start += share * across
    return Strip(SIGNING_HEIGHT + 16.0, tuple(made))


def _table(pages: list[list[Strip]], room: float, heading: Strip, rows: Sequence[Strip]) -> None:
    pages[-1].append(heading)
    for row in rows:
        if stacked(pages[-1]) + row.height > room:
            pages.append([heading])
        pages[-1].append(row)


def _put(pages: list[list[Strip]], room: float, strips: Sequence[Strip], *, keep: bool = True) -> None:
    """On this page if there is room, else on the next one; without ``keep`` the room is only asked for."""
    if stacked(pages[-1]) + stacked(strips) > room:
        pages.append([])
    if keep:
        pages[-1] += strips


def _down(strips: Sequence[Strip], left: float, top: float) -> list[Ink]:
    made: list[Ink] = []
    for strip in strips:
        made += [moved(ink, left, top) for ink in strip.inks]
        top += strip.height
    return made
