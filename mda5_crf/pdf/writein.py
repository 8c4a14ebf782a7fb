"""Room for handwriting: combs for dates and figures, boxes and lines for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from mda5_crf.pdf.ink import FAINT, SECOND, TINY, Box, Ink, Rule, Strip, words
from mda5_crf.study.model import Item, ItemType

CELL = 12.0  # 4.2 mm: width of one comb cell, points
TALL = 14.5  # 5.1 mm: height of a box
SEPARATOR = 7.0
DATE = ("YYYY", "-", "MM", "-", "DD")
TIME = ("hh", ":", "mm")
GAP = "\u2003"
DIGITS_UNKNOWN = 6  # comb cells for a number whose limits do not tell its length
LONG_TEXT = 60  # from this many characters on a text gets ruled lines over the full width
MAX_LINES = 5
STORY = 1000  # from this many characters on a text is a narrative: as broad as the page, with many lines
STORY_LINES = 30
WRITTEN = 3.6  # points: width of a character written by hand
_SIZES = ((4, 50.0), (12, 90.0), (24, 140.0))  # text up to n characters → width of its box in points


def comb(parts: Sequence[str]) -> tuple[float, tuple[Ink, ...]]:
    """Width and ink of a comb; letters are cells (printed faintly), other characters stand between cells."""
    inks: list[Ink] = []
    across = 0.0
    for part in parts:
        if not part[0].isalpha() and not part.startswith(" "):
            inks.append(words(across + 1.6, 11.0, part, size=10.0, colour=SECOND))
            across += SEPARATOR
            continue
        for letter in part:
            inks.append(Box(across, 0.0, CELL, TALL, SECOND, ""))
            if letter != " ":
                inks.append(words(across + 3.4, 10.0, letter, size=TINY, colour=FAINT))
            across += CELL
    return across, tuple(inks)


def frame(width: float) -> tuple[Ink, ...]:
    """One box to write in."""
    return (Box(0.0, 0.0, width, TALL, SECOND, ""),)


def shape(item: Item) -> tuple[str, ...] | None:
    """The comb of an item, as :func:`comb` takes it; None when it has an open box or lines instead."""
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        return DATE
    if item.type is ItemType.TIME:
        return TIME
    if item.type is ItemType.DATETIME:
        return (*DATE, GAP, *TIME)
    if item.comparator:
        return None  # a sign may stand before the figures
    if item.type is ItemType.INTEGER:
        return (" " * _digits(item),)
    if item.type is ItemType.DECIMAL and item.decimals is not None:
        return (" " * _digits(item), ".", " " * item.decimals) if item.decimals else (" " * _digits(item),)
    return None


def box_width(item: Item, room: float) -> float:
    """Width of the open box for an item without a comb, at most ``room`` points."""
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        return min(90.0, room)
    if item.type is ItemType.LINK:
        return min(140.0 if item.many else 90.0, room)
    length = item.length or LONG_TEXT
    return min(next((points for limit, points in _SIZES if length <= limit), room), room)


def ruled(item: Item, room: float) -> list[Strip]:
    """Lines to write a longer text on, as many as its length and the room call for."""
    each = max(LONG_TEXT, int(room / WRITTEN))
    count = max(1, min(STORY_LINES if is_story(item) else MAX_LINES, -(-(item.length or 200) // each)))
    return [Strip(TALL + 3.0, (Rule(0.0, TALL, room, TALL, SECOND, 0.6),)) for _ in range(count)]


def is_long(item: Item) -> bool:
    """True when a text gets ruled lines."""
    return item.type is ItemType.TEXT and (item.length or LONG_TEXT) >= LONG_TEXT


def is_story(item: Item) -> bool:
    """True when a text is a narrative."""
    return item.type is ItemType.TEXT and (item.length or 0) >= STORY


def _digits(item: Item) -> int:
    """Cells before the decimal point: as many as the highest allowed number has."""
    source = item.hard.high.source if item.hard and item.hard.high else ""
    try:
        highest = Decimal(source)
    except InvalidOperation:
        return item.length - (item.decimals or 0) if item.length else DIGITS_UNKNOWN
    return max(1, len(str(abs(int(highest)))))
