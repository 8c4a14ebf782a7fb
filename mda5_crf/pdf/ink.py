"""What can stand on a page: words, boxes, rules, curves and links in strips that are never torn apart.

Lengths are points (1/72 inch), x from the left edge and y from the top edge of what holds the ink,
growing downwards; a word's y is its baseline. Nothing here knows of reportlab or of studies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, printable, width
from mda5_crf.pdf.lines import wrap
from mda5_crf.pdf.png import Png

# Grey-scale safe: every meaning also has a shape or a word.
TEXT = "#212b32"
SECOND = "#4c6272"
FAINT = "#768692"
HAIRLINE = "#c3cbd0"
BAND = "#e4e9ec"
COMPUTED = "#eceff1"
ERROR = "#b3201a"
SOFT = "#7a4d00"
QUERY = "#5b2d8e"
LINK = "#0b4f9e"
WATERMARK = "#e2e6e9"

BODY = 9.0
SMALL = 8.0
TINY = 7.0


class Words(NamedTuple):
    """One line of text; ``y`` is the baseline."""

    x: float
    y: float
    text: str
    face: str
    size: float
    colour: str


class Box(NamedTuple):
    """A rectangle; an empty ``stroke`` or ``fill`` is none. ``y`` is its top."""

    x: float
    y: float
    w: float
    h: float
    stroke: str
    fill: str


class Rule(NamedTuple):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    thick: float


class Shape(NamedTuple):
    """Points joined by straight lines: a curve of values, or, ``closed``, an area. "" is no stroke, no fill.

    ``dash`` in points on and off, empty for a full line.
    """

    points: tuple[tuple[float, float], ...]
    stroke: str
    fill: str
    thick: float
    closed: bool
    dash: tuple[float, ...] = ()


class Squares(NamedTuple):
    """Black squares in a grid: a QR code. ``rows`` from the top, "1" is black; ``side`` is one's."""

    x: float
    y: float
    side: float
    rows: tuple[str, ...]


class Goal(NamedTuple):
    """A place that links and bookmarks find by its name. Leaves no mark on the paper."""

    x: float
    y: float
    name: str


class Jump(NamedTuple):
    """An area that leads to a goal when it is clicked. Leaves no mark; its words are set in ``LINK``."""

    x: float
    y: float
    w: float
    h: float
    goal: str


class Image(NamedTuple):
    """A picture of colours from a table, stretched over its area."""

    x: float
    y: float
    w: float
    h: float
    png: Png


Ink = Words | Box | Rule | Shape | Squares | Goal | Jump | Image


class Strip(NamedTuple):
    """A piece of a cell that stays on one page."""

    height: float
    inks: tuple[Ink, ...]


def moved(ink: Ink, dx: float, dy: float) -> Ink:
    """The same ink, ``dx`` to the right and ``dy`` down."""
    if isinstance(ink, Words):  # most of a page: built, not replaced, which takes a third of the time
        x, y, text, face, size, colour = ink
        return Words(x + dx, y + dy, text, face, size, colour)
    if isinstance(ink, Rule):
        return ink._replace(x1=ink.x1 + dx, y1=ink.y1 + dy, x2=ink.x2 + dx, y2=ink.y2 + dy)
    if isinstance(ink, Shape):
        return ink._replace(points=tuple((x + dx, y + dy) for x, y in ink.points))
    return ink._replace(x=ink.x + dx, y=ink.y + dy)


def words(
    x: float, y: float, text: str, *, size: float = BODY, bold: bool = False, colour: str = TEXT
) -> Words:
    """A line of text at a baseline, made printable."""
    return Words(x, y, printable(text), BOLD if bold else REGULAR, size, colour)


def lines(
    text: str, room: float, *, size: float = BODY, bold: bool = False, colour: str = TEXT, indent: float = 0.0
) -> list[Strip]:
    """``text`` wrapped to ``room`` points, one strip a line; nothing for an empty text."""
    if not text:
        return []
    face = BOLD if bold else REGULAR
    return [
        Strip(size * LEADING, (Words(indent, size * (ASCENT + 0.09), line, face, size, colour),))
        for line in wrap(text, face, size, max(room - indent, size))
    ]


def gap(height: float) -> Strip:
    """Empty room."""
    return Strip(height, ())


def stacked(strips: Iterable[Strip]) -> float:
    """The height of strips one below the other."""
    return sum(strip.height for strip in strips)


def extent(strip: Strip) -> float:
    """How far to the right the ink of a strip reaches."""
    reach = 0.0
    for ink in strip.inks:
        if isinstance(ink, Words):
            reach = max(reach, ink.x + width(ink.text, ink.face, ink.size))
        elif isinstance(ink, (Box, Image)):
            reach = max(reach, ink.x + ink.w)
        elif isinstance(ink, Rule):
            reach = max(reach, ink.x1, ink.x2)
        elif isinstance(ink, Shape):
            reach = max(reach, *(x for x, _ in ink.points))
        elif isinstance(ink, Squares):
            reach = max(reach, ink.x + ink.side * len(ink.rows))
    return reach
