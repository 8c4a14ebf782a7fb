"""Charts of courses: the drawing of the window as ink, with words for everything a shape says.

A dot is a value, a diamond the newest one, a ring a value known only as ``<5``; a dashed line is a limit of
the trial, a grey band what is usual. What would overlap is left out of the picture, never out of the page:
the values all stand on their forms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from mda5_crf.pdf.fonts import REGULAR, width
from mda5_crf.pdf.ink import (
    BAND,
    HAIRLINE,
    SECOND,
    SMALL,
    TEXT,
    TINY,
    Box,
    Ink,
    Rule,
    Shape,
    Strip,
    moved,
    stacked,
    words,
)
from mda5_crf.pdf.voice import Voice
from mda5_crf.services.course import Course
from mda5_crf.services.coursedrawing import Drawing, drawing
from mda5_crf.study.operand import plain
from mda5_crf.text import Text, message

PLOT = 92.0  # height of the frame of a chart
DOT = 2.1
_AXIS = 34.0  # room at the left for the numbers of the scale
_INSET = 9.0  # between the frame and the outermost value
_LINE = TINY * 1.25


def chart(course: Course, where: Text, voice: Voice, across: float) -> Strip:
    """One chart with title, scale, visits and legend, ``across`` points wide."""
    found = drawing(course)
    unit = course.item.unit or ""
    head = voice.lines(_titled(course, unit), across, size=SMALL, bold=True)
    head += voice.lines(where, across, size=TINY, colour=SECOND)
    top = stacked(head) + 4.0
    inks = _stacked(head)
    inks += [moved(ink, 0.0, top) for ink in _plot(found, across)]
    down = top + PLOT + _LINE + _LINE + 4.0
    for strip in _legend(course, found, unit, voice, across):
        inks += [moved(ink, 0.0, down) for ink in strip.inks]
        down += strip.height
    return Strip(down + 8.0, tuple(inks))


def _titled(course: Course, unit: str) -> Text:
    label = course.item.label
    return message("casebook.chart_title", item=label, unit=unit) if unit else label


def _stacked(strips: Sequence[Strip]) -> list[Ink]:
    made: list[Ink] = []
    down = 0.0
    for strip in strips:
        made += [moved(ink, 0.0, down) for ink in strip.inks]
        down += strip.height
    return made


def _plot(found: Drawing, across: float) -> list[Ink]:
    left, right = _AXIS, across - 2.0
    room = right - left - 2 * _INSET

    def high(y: float) -> float:
        return PLOT - _INSET - y * (PLOT - 2 * _INSET)

    inks: list[Ink] = []
    if found.band is not None:
        top, bottom = high(found.band[1]), high(found.band[0])
        inks.append(Box(left, top, right - left, bottom - top, "", BAND))
    inks.append(Box(left, 0.0, right - left, PLOT, HAIRLINE, ""))
    inks += _scale(found, left, high)
    for y, _ in found.lines:
        inks.append(Shape(((left, high(y)), (right, high(y))), TEXT, "", 0.6, closed=False, dash=(3.0, 2.0)))
    places = [(left + _INSET + spot.x * room, high(spot.y)) for spot in found.spots]
    for (one, start), (two, end) in pairwise(zip(found.spots, places, strict=True)):
        if not (one.ring or two.ring):
            inks.append(Rule(*start, *end, SECOND, 0.9))
    newest = len(places) - 1
    for number, (spot, place) in enumerate(zip(found.spots, places, strict=True)):
        inks.append(_mark(place, ring=spot.ring, newest=number == newest))
    inks += _values(found, places, left, right)
    inks += _visits(found, places, left, right)
    return inks


def _mark(place: tuple[float, float], *, ring: bool, newest: bool) -> Shape:
    x, y = place
    if newest:
        size = 1.6 * DOT
        corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
        return Shape(corners, TEXT, "#ffffff" if ring else TEXT, 0.9, closed=True)
    steps = [2 * math.pi * number / 16 for number in range(16)]
    points = tuple((round(x + DOT * math.cos(s), 3), round(y + DOT * math.sin(s), 3)) for s in steps)
    return Shape(points, TEXT, "#ffffff" if ring else TEXT, 0.9, closed=True)


def _scale(found: Drawing, left: float, high: object) -> list[Ink]:
    """The ends of the scale at the left; one number where they are the same."""
    assert callable(high)
    inks: list[Ink] = []
    for y, number in ((0.0, found.low), (1.0, found.high)):
        text = _short(number)
        at = high(y)
        inks.append(words(left - 4.0 - width(text, REGULAR, TINY), at + 2.5, text, size=TINY, colour=SECOND))
        inks.append(Rule(left - 2.5, at, left, at, SECOND, 0.5))
    return inks


def _short(number: Decimal) -> str:
    """A number of the scale with at most four digits behind which nothing is read off a chart."""
    rounded = number.quantize(Decimal(1)) if abs(number) >= 100 else round(number, 2)
    return plain(rounded.normalize() if rounded else Decimal(0))


def _values(found: Drawing, places: Sequence[tuple[float, float]], left: float, right: float) -> list[Ink]:
    """Each value above its mark, the newest first; one that would touch another is left out."""
    taken: list[tuple[float, float, float]] = []
    inks: list[Ink] = []
    for number in _important(len(places)):
        x, y = places[number]
        text = found.spots[number].point.words.en
        wide = width(text, REGULAR, TINY)
        start = min(max(x - wide / 2, left + 1.0), right - wide - 1.0)
        base = y - 1.6 * DOT - 2.0
        if base - TINY < 0.0:
            base = y + 1.6 * DOT + TINY
        if any(
            start < end + 3.0 and begin < start + wide + 3.0 and abs(base - other) < TINY
            for begin, end, other in taken
        ):
            continue
        taken.append((start, start + wide, base))
        inks.append(words(start, base, text, size=TINY))
    return inks


def _visits(found: Drawing, places: Sequence[tuple[float, float]], left: float, right: float) -> list[Ink]:
    """The visits below the frame, as many as there is room for, and the first and the last date."""
    taken: list[tuple[float, float]] = []
    inks: list[Ink] = []
    for number in _important(len(places)):
        x, _ = places[number]
        text = found.spots[number].point.event
        wide = width(text, REGULAR, TINY)
        start = min(max(x - wide / 2, left), right - wide)
        if any(start < end + 4.0 and begin < start + wide + 4.0 for begin, end in taken):
            continue
        taken.append((start, start + wide))
        inks.append(Rule(x, PLOT, x, PLOT + 2.5, SECOND, 0.5))
        inks.append(words(start, PLOT + 2.5 + TINY, text, size=TINY, colour=SECOND))
    base = PLOT + 2.5 + TINY + _LINE
    days = [spot.point.day for spot in found.spots if spot.point.day is not None]
    if days:
        inks.append(words(left, base, str(days[0]), size=TINY, colour=SECOND))
    if len(days) > 1:
        text = str(days[-1])
        inks.append(words(right - width(text, REGULAR, TINY), base, text, size=TINY, colour=SECOND))
    return inks


def _important(count: int) -> list[int]:
    """The newest, the first, then the others from the newest on."""
    order = dict.fromkeys((count - 1, 0, *reversed(range(count))))
    return [number for number in order if 0 <= number < count]


def _legend(course: Course, found: Drawing, unit: str, voice: Voice, across: float) -> list[Strip]:
    """The limits and the usual range in words, each once; those out of sight too: they were not reached."""
    told: dict[Text, None] = {}
    drawn = {at for _, at in found.lines}
    for line in course.thresholds:
        at = f"{plain(line.at)} {unit}".strip()
        code = "chart_limit" if line.at in drawn else "chart_limit_far"
        told[message(f"casebook.{code}", at=at, text=line.text)] = None
    low, high = course.band or (None, None)
    said = ""
    if low is not None and high is not None:
        said = f"{plain(low)}–{plain(high)}"
    elif high is not None:
        said = f"≤ {plain(high)}"
    elif low is not None:
        said = f"≥ {plain(low)}"
    if said:
        code = "chart_band" if found.band is not None else "chart_band_far"
        told[message(f"casebook.{code}", range=f"{said} {unit}".strip())] = None
    return [strip for text in told for strip in voice.lines(text, across, size=TINY, colour=SECOND)]
