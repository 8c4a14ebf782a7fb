"""Pictures of the study's tables as ink: what the model says in fractions, on paper, in grey.

Kinds of lines, marks and fills differ in form, so nothing hangs on a colour; values that would overlap are
left out of the picture, never out of the table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from mda5_crf.pdf.fonts import REGULAR, width
from mda5_crf.pdf.ink import (
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
    lines,
    moved,
    stacked,
    words,
)
from mda5_crf.pdf.voice import Voice
from mda5_crf.services.figuremodel import (
    CROSS,
    DARK,
    DASHED,
    DIAMOND,
    DOT,
    DOTTED,
    FULL,
    HATCHED,
    LIGHT,
    MIDDLE,
    OPEN,
    RING,
    TICK,
    Bar,
    Mark,
    Panel,
    Picture,
    Stroke,
)  # fmt: skip

_FILL: Final = {DARK: "#4a5863", MIDDLE: "#93a0a8", LIGHT: "#d3dade", OPEN: "", HATCHED: ""}
_DASH: Final[dict[str, tuple[float, ...]]] = {FULL: (), DASHED: (3.0, 2.0), DOTTED: (0.8, 1.8)}
_LEFT, _RIGHT = 40.0, 4.0
_LINE = TINY * 1.3
_HATCH = 3.5
_Place = Callable[[float, float], tuple[float, float]]


def drawn(picture: Picture, voice: Voice, across: float) -> Strip:
    """The picture with title, axes and legend, ``across`` points wide."""
    head = voice.lines(picture.title, across, size=SMALL, bold=True)
    top = stacked(head) + 5.0
    high = across * picture.tall
    inks = _stacked(head)
    if picture.panels:
        inks += [moved(ink, 0.0, top) for ink in _chart(picture.panels, voice, across, high)]
        return Strip(top + high + 6.0, tuple(inks))
    # The title of the upright axis stands above it: nothing on the page is turned.
    named = lines(voice.say(picture.y.title), across, size=TINY, colour=SECOND)
    inks += [moved(ink, 0.0, top) for ink in _stacked(named)]
    top += stacked(named) + 3.0
    inks += [moved(ink, 0.0, top) for ink in _plot(picture, voice, across, high)]
    down = top + high + 3.0
    foot = _axis_words(picture, voice, across) + _legend(picture, voice, across)
    inks += [moved(ink, 0.0, down) for ink in _stacked(foot)]
    return Strip(down + stacked(foot) + 8.0, tuple(inks))


def _stacked(strips: Sequence[Strip]) -> list[Ink]:
    made: list[Ink] = []
    down = 0.0
    for strip in strips:
        made += [moved(ink, 0.0, down) for ink in strip.inks]
        down += strip.height
    return made


def _plot(picture: Picture, voice: Voice, across: float, high: float) -> list[Ink]:
    left, right = _LEFT, across - _RIGHT

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * (right - left), high - y * high

    inks: list[Ink] = [Box(left, 0.0, right - left, high, HAIRLINE, "")]
    for y, text in picture.y.ticks:
        said = voice.say(text)
        down = at(0.0, y)[1]
        inks.append(Rule(left, down, right, down, "#e8ecee", 0.4))
        inks.append(
            words(left - 4.0 - width(said, REGULAR, TINY), down + 2.5, said, size=TINY, colour=SECOND)
        )
    for x, _ in picture.x.ticks:
        across_at = at(x, 0.0)[0]
        inks.append(Rule(across_at, high, across_at, high + 2.5, SECOND, 0.5))
    for bar in picture.bars:
        inks += _bar(bar, at)
    for stroke in picture.strokes:
        inks.append(_stroke(stroke, at))
    for mark in picture.marks:
        inks += _mark(mark.kind, at(mark.x, mark.y))
    return inks + _beside([*_bar_words(picture.bars, at), *_mark_words(picture.marks, at)], left, right)


def _bar(bar: Bar, at: _Place) -> list[Ink]:
    (x0, y0), (x1, y1) = at(bar.x0, bar.y1), at(bar.x1, bar.y0)
    tall = max(y1 - y0, 0.8)
    inks: list[Ink] = [Box(x0, y0, x1 - x0, tall, TEXT, _FILL[bar.fill])]
    if bar.fill == HATCHED:
        inks += _hatched(x0, y0, x1 - x0, tall)
    return inks


def _hatched(x: float, y: float, wide: float, tall: float) -> list[Ink]:
    """Lines from lower left to upper right inside a box."""
    inks: list[Ink] = []
    step = _HATCH
    while step < wide + tall:
        start = (x + max(0.0, step - tall), y + min(step, tall))
        end = (x + min(step, wide), y + max(0.0, step - wide))
        inks.append(Rule(*start, *end, TEXT, 0.5))
        step += _HATCH
    return inks


def _stroke(stroke: Stroke, at: _Place) -> Ink:
    points = tuple(at(x, y) for x, y in stroke.points)
    faint = stroke.kind == DOTTED and not stroke.bold
    thick = 1.5 if stroke.bold else 0.7
    return Shape(points, SECOND if faint else TEXT, "", thick, closed=False, dash=_DASH[stroke.kind])


def _mark(kind: str, place: tuple[float, float]) -> list[Ink]:
    x, y = place
    if kind == TICK:
        return [Rule(x, y - 3.5, x, y + 3.5, TEXT, 0.9)]
    if kind == CROSS:
        return [
            Rule(x - 2.4, y - 2.4, x + 2.4, y + 2.4, TEXT, 0.9),
            Rule(x - 2.4, y + 2.4, x + 2.4, y - 2.4, TEXT, 0.9),
        ]
    if kind == DIAMOND:
        corners = ((x, y - 3.3), (x + 3.3, y), (x, y + 3.3), (x - 3.3, y))
        return [Shape(corners, TEXT, TEXT, 0.8, closed=True)]
    steps = [2 * math.pi * number / 16 for number in range(16)]
    points = tuple((round(x + 2.1 * math.cos(s), 3), round(y + 2.1 * math.sin(s), 3)) for s in steps)
    return [Shape(points, TEXT, "#ffffff" if kind == RING else TEXT, 0.8, closed=True)]


_Said = tuple[float, float, str, str]
"""Middle, baseline, words, colour."""


def _bar_words(bars: Sequence[Bar], at: _Place) -> list[_Said]:
    found: list[_Said] = []
    stacked_up = len({(bar.x0, bar.x1) for bar in bars}) < len(bars)
    for bar in bars:
        x = at((bar.x0 + bar.x1) / 2, 0.0)[0]
        top, bottom = at(0.0, bar.y1)[1], at(0.0, bar.y0)[1]
        if not stacked_up:
            found.append((x, top - 2.0, bar.words, TEXT))
        elif bottom - top > TINY + 1.0:
            ink = "#ffffff" if bar.fill == DARK else "#202a31"
            found.append(
                (
                    x,
                    (top + bottom) / 2 + 2.4,
                    bar.words if bar.fill != HATCHED else "",
                    ink,
                )
            )
    return found


def _mark_words(marks: Sequence[Mark], at: _Place) -> list[_Said]:
    found: list[_Said] = []
    for mark in marks:
        x, y = at(mark.x, mark.y)
        found.append((x, y - 5.0 if y - 5.0 - TINY > 0 else y + 5.0 + TINY, mark.words, TEXT))
    return found


def _beside(said: Sequence[_Said], left: float, right: float) -> list[Ink]:
    """Words at their places; those that would touch others are left out."""
    taken: list[tuple[float, float, float]] = []
    inks: list[Ink] = []
    for middle, base, text, colour in said:
        if not text:
            continue
        wide = width(text, REGULAR, TINY)
        start = min(max(middle - wide / 2, left + 1.0), right - wide - 1.0)
        if any(
            start < end + 1.5 and begin < start + wide + 1.5 and abs(base - other) < TINY
            for begin, end, other in taken
        ):
            continue
        taken.append((start, start + wide, base))
        if colour == TEXT:  # lines behind a number make another number of it
            inks.append(Box(start - 0.5, base - 5.6, wide + 1.0, 6.6, "", "#ffffff"))
        inks.append(words(start, base, text, size=TINY, colour=colour))
    return inks


def _axis_words(picture: Picture, voice: Voice, across: float) -> list[Strip]:
    left, right = _LEFT, across - _RIGHT

    def row(caption: str, found: Sequence[tuple[float, str]], colour: str) -> Strip:
        inks: list[Ink] = []
        end = 0.0
        if caption:
            inks.append(words(0.0, TINY, caption, size=TINY, colour=SECOND))
            end = width(caption, REGULAR, TINY) + 3.0
        for x, text in found:
            wide = width(text, REGULAR, TINY)
            start = min(max(left + x * (right - left) - wide / 2, 0.0), right - wide)
            if start < end:
                continue
            end = start + wide + 3.0
            inks.append(words(start, TINY, text, size=TINY, colour=colour))
        return Strip(_LINE, tuple(inks))

    strips = [row("", [(x, voice.say(text)) for x, text in picture.x.ticks], TEXT)]
    for caption, found in picture.below:
        said = voice.say(caption)
        if width(said, REGULAR, TINY) > left - 4.0:
            strips += lines(said, across, size=TINY, colour=SECOND)
            said = ""
        strips.append(row(said, found, TEXT))
    title = voice.say(picture.x.title)
    if title:
        wide = width(title, REGULAR, TINY)
        strips.append(
            Strip(_LINE, (words(max((left + right - wide) / 2, 0.0), TINY, title, size=TINY, colour=SECOND),))
        )
    return strips


def _legend(picture: Picture, voice: Voice, across: float) -> list[Strip]:
    strips: list[Strip] = [Strip(2.0, ())] if picture.legend else []
    for kind, text in picture.legend:
        sample = _sample(kind)
        said = voice.lines(text, across - 26.0, size=TINY, colour=SECOND)
        for number, strip in enumerate(said):
            inks = [moved(ink, 26.0, 0.0) for ink in strip.inks]
            strips.append(Strip(strip.height, (*(sample if not number else ()), *inks)))
    return strips


def _sample(kind: str) -> list[Ink]:
    middle = TINY * 0.62
    if kind in _FILL:
        inks: list[Ink] = [Box(4.0, middle - 3.2, 16.0, 6.4, TEXT, _FILL[kind])]
        return inks + (_hatched(4.0, middle - 3.2, 16.0, 6.4) if kind == HATCHED else [])
    if kind in _DASH:
        return [Shape(((2.0, middle), (22.0, middle)), TEXT, "", 1.0, closed=False, dash=_DASH[kind])]
    return _mark(kind, (12.0, middle)) if kind in (DOT, RING, DIAMOND, CROSS, TICK) else []


def _chart(panels: Sequence[Panel], voice: Voice, across: float, high: float) -> list[Ink]:
    """Boxes with words and arrows between them."""

    def box(panel: Panel) -> tuple[float, float, float, float]:
        return (
            panel.x0 * across,
            (1 - panel.y1) * high,
            (panel.x1 - panel.x0) * across,
            (panel.y1 - panel.y0) * high,
        )

    inks: list[Ink] = []
    for panel in panels:
        x, y, wide, tall = box(panel)
        inks.append(Box(x, y, wide, tall, SECOND, "#ffffff"))
        strips = [
            strip for text in panel.words for strip in lines(voice.say(text, "  "), wide - 8.0, size=SMALL)
        ]
        inks += [moved(ink, x + 4.0, y + max((tall - stacked(strips)) / 2, 1.0)) for ink in _stacked(strips)]
        for place in panel.to:
            other = box(panels[place])
            if other[0] > x + wide:  # aside
                middle = min(max(other[1] + other[3] / 2, y + 6.0), y + tall - 6.0)
                if not other[1] <= middle <= other[1] + other[3]:
                    # from the line downwards, so that the arrow meets the box
                    middle = other[1] + other[3] / 2
                    inks += _arrow((x + wide / 2, middle), (other[0], middle))
                else:
                    inks += _arrow((x + wide, middle), (other[0], middle))
            else:
                inks += _arrow((x + wide / 2, y + tall), (x + wide / 2, other[1]))
    return inks


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> list[Ink]:
    turn = math.atan2(end[1] - start[1], end[0] - start[0])
    wings = tuple(
        (end[0] - 5.0 * math.cos(turn + side), end[1] - 5.0 * math.sin(turn + side)) for side in (0.4, -0.4)
    )
    return [Rule(*start, *end, TEXT, 0.8), Shape((end, *wings), TEXT, TEXT, 0.4, closed=True)]
