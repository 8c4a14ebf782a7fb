"""What can stand on a page: words, boxes and rules in strips that are never torn apart.

Lengths are points (1/72 inch), x from the left edge and y from the top edge of what holds the ink,
growing downwards; a word's y is its baseline. Nothing here knows of reportlab or of studies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, printable, width
from mda5_crf.pdf.lines import wrap

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


Ink = Words | Box | Rule


class Strip(NamedTuple):
    """A piece of a cell that stays on one page."""

    height: float
    inks: tuple[Ink, ...]


def moved(ink: Ink, dx: float, dy: float) -> Ink:
    """The same ink, ``dx`` to the right and ``dy`` down."""
    if isinstance(ink, Rule):
        return ink._replace(x1=ink.x1 + dx, y1=ink.y1 + dy, x2=ink.x2 + dx, y2=ink.y2 + dy)
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
        elif isinstance(ink, Box):
            reach = max(reach, ink.x + ink.w)
        else:
            reach = max(reach, ink.x1, ink.x2)
    return reach
