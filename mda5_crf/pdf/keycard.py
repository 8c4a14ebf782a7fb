"""The key card: every key of the program on one page, to stand beside the keyboard.

The rows are handed over as data: ``pdf`` knows no window. The type is as large as lets everything stand on
one A4 page in two columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.fonts import BOLD, width
from mda5_crf.pdf.ink import BAND, HAIRLINE, SECOND, TINY, Box, Ink, Rule, Strip, lines, moved, stacked
from mda5_crf.pdf.layout import body
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text

LARGEST, SMALLEST, STEP = 11.0, 5.0, 0.25
"""Sizes of type that are tried, in points."""
_TITLE = 15.0
_GUTTER = 16.0
_BETWEEN = 10.0
_MOST_KEYS = 0.45  # of a column


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One line of the card: the section it stands in, its keys as they are printed, what they do."""

    section: Text
    keys: str
    does: Text


def draw_keys(rows: Sequence[KeyRow], language: Tongue, *, title: Text, foot: Text) -> Printed:
    """One A4 page. Raises ValueError when there are so many rows that nobody could read them."""
    voice = Voice(language)
    area = body(wide=False)
    above = [*voice.lines(title, area.width, size=_TITLE, bold=True), Strip(8.0, ())]
    below = voice.lines(foot, area.width, size=TINY, colour=SECOND)
    top, room = stacked(above), area.height - stacked(above) - stacked(below) - 6.0
    columns = _fitting(rows, voice, (area.width - _GUTTER) / 2, room)
    inks = _down(above, area.left, area.top)
    for number, strips in enumerate(columns):
        inks += _down(strips, area.left + number * (area.width + _GUTTER) / 2, area.top + top)
    inks += _down(below, area.left, area.top + area.height - stacked(below))
    leaf = Leaf(wide=False, inks=inks, bookmarks=[(0, voice.say(title), area.top)])
    name = voice.say(title)
    return Printed(render([leaf], title=name, subject=name, author="MDA5-CRF", locale=voice.locale), 1, ())


def _fitting(rows: Sequence[KeyRow], voice: Voice, across: float, room: float) -> tuple[list[Strip], ...]:
    size = LARGEST
    while size >= SMALLEST:
        # The longest key is never broken; two keys of one command may stand one below the other.
        middle = 3.0 + _BETWEEN + max(width(key, BOLD, size) for row in rows for key in row.keys.split(", "))
        if middle <= _MOST_KEYS * across:
            columns = _columns(_lines(rows, voice, across, middle, size), room)
            if columns is not None:
                return columns
        size -= STEP
    raise ValueError(f"{len(rows)} keys do not fit on one page")


def _columns(strips: Sequence[Strip], room: float) -> tuple[list[Strip], list[Strip]] | None:
    """Two columns as even as can be; a heading does not stand alone at the foot."""
    total, down, cut = stacked(strips), 0.0, len(strips)
    for place, strip in enumerate(strips):
        if down >= total / 2 or down + strip.height > room:
            cut = place
            break
        down += strip.height
    while 0 < cut < len(strips) and isinstance(strips[cut - 1].inks[0], Box):
        cut -= 1
    left, right = list(strips[:cut]), list(strips[cut:])
    return (left, right) if stacked(left) <= room and stacked(right) <= room else None


def _lines(rows: Sequence[KeyRow], voice: Voice, across: float, middle: float, size: float) -> list[Strip]:
    made: list[Strip] = []
    for section, group in groupby(rows, key=lambda row: row.section):
        heading = lines(voice.say(section, "  "), across - 6.0, size=size, bold=True, indent=3.0)
        high = stacked(heading) + size * 0.3
        band = Box(0.0, size * 0.6, across, high, "", BAND)
        made.append(Strip(high + size * 0.8, (band, *_down(heading, 0.0, size * 0.75))))
        made += [_row(row, voice, across, middle, size) for row in group]
    return made


def _row(row: KeyRow, voice: Voice, across: float, middle: float, size: float) -> Strip:
    """Keys at the left, what they do at the right; a hairline below."""
    keys = lines(row.keys, middle - _BETWEEN / 2, size=size, bold=True, indent=3.0)
    does = voice.lines(row.does, across - middle - 3.0, size=size)
    high = max(stacked(keys), stacked(does)) + size * 0.3
    rule = Rule(0.0, high, across, high, HAIRLINE, 0.4)
    return Strip(high, (rule, *_down(keys, 0.0, size * 0.1), *_down(does, middle, size * 0.1)))


def _down(strips: Sequence[Strip], left: float, top: float) -> list[Ink]:
    """The ink of strips one below the other, the first at ``top``."""
    made: list[Ink] = []
    for strip in strips:
        made += [moved(ink, left, top) for ink in strip.inks]
        top += strip.height
    return made
