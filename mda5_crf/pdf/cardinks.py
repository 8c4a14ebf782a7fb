"""Small pieces of cards and calendars: headings, lists that count what they leave out, arrows by shape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mda5_crf.pdf.fonts import BOLD, REGULAR, printable, width
from mda5_crf.pdf.ink import BAND, SECOND, SMALL, TEXT, Box, Ink, Rule, Shape, Strip, lines, moved, words
from mda5_crf.pdf.lines import wrap
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text, message

HEADING = 14.0
_MORE = "…"
_INDENT = 8.0


def headed(voice: Voice, title: Text, strips: Sequence[Strip], room: float) -> list[Strip]:
    """A small bold heading on a band, then ``strips``."""
    said = fitting(voice.say(title, "  "), BOLD, SMALL, room - 4.0)
    band = Box(-2.0, 0.0, room + 4.0, HEADING - 2.5, "", BAND)
    return [Strip(HEADING, (band, words(1.0, SMALL + 0.6, said, size=SMALL, bold=True))), *strips]


def bullets(
    voice: Voice, texts: Sequence[Text], most: int, room: float, longest: int = 2, *, size: float = SMALL
) -> list[Strip]:
    """At most ``most`` texts of at most ``longest`` lines a language, then how many were left out."""
    made: list[Strip] = []
    for text in texts[:most]:
        said = [
            strip
            for part in voice.parts(text)
            for strip in shortened(part, room - _INDENT, longest, size=size)
        ]
        for place, strip in enumerate(said):
            dot = (words(0.0, size * 0.97, "•", size=size),) if place == 0 else ()
            made.append(strip._replace(inks=(*dot, *(moved(ink, _INDENT, 0.0) for ink in strip.inks))))
    left = len(texts) - min(most, len(texts))
    if left:
        made += voice.lines(message("cards.more", count=left), room, size=size, colour=SECOND)
    return made


def side_by_side(strips: Sequence[Strip], columns: int, each: float) -> list[Strip]:
    """Strips in columns of ``each`` points, read down the first one."""
    depth = -(-len(strips) // columns)
    made = []
    for row in range(depth):
        here = strips[row::depth]
        inks = [moved(ink, place * each, 0.0) for place, strip in enumerate(here) for ink in strip.inks]
        made.append(Strip(max(strip.height for strip in here), tuple(inks)))
    return made


def shortened(
    text: str, room: float, most: int, *, size: float = SMALL, bold: bool = False, colour: str = TEXT
) -> list[Strip]:
    """``text`` on at most ``most`` lines; what does not fit is left out and marked."""
    face = BOLD if bold else REGULAR
    cut = _cut(printable(text).replace("\n", " "), face, size, room, most)
    return [strip for line in cut for strip in lines(line, room + 1.0, size=size, bold=bold, colour=colour)]


@lru_cache(maxsize=8192)
def _cut(text: str, face: str, size: float, room: float, most: int) -> tuple[str, ...]:
    found = wrap(text, face, size, room)
    if len(found) <= most:
        return found
    place = 0
    for line in found[: most - 1]:
        place = text.index(line, place) + len(line)
    return (*found[: most - 1], fitting(text[place:].lstrip() + _MORE * 2, face, size, room))


@lru_cache(maxsize=8192)
def fitting(text: str, face: str, size: float, room: float) -> str:
    """``text`` on one line of ``room`` points, its end left out and marked when it is longer."""
    if not text.endswith(_MORE * 2) and width(text, face, size) <= room:
        return text
    text = text.rstrip(_MORE)
    while text and width(text + _MORE, face, size) > room:
        text = text[:-1]
    return text.rstrip() + _MORE


def label_line(
    text: str, x: float, room: float, *, size: float = SMALL, bold: bool = False, colour: str = TEXT
) -> list[Ink]:
    """One line at ``x``, made to fit into ``room``."""
    if not text:
        return []
    said = fitting(printable(text), BOLD if bold else REGULAR, size, room)
    return [words(x, SMALL * 0.97, said, size=size, bold=bold, colour=colour)]


def arrow(trend: int, x: float, y: float) -> list[Ink]:
    """More: a full triangle upwards. Less: an empty one downwards. The same: two bars."""
    if trend > 0:
        return [Shape(((x, y + 6.0), (x + 3.0, y), (x + 6.0, y + 6.0)), "", TEXT, 0.0, True)]
    if trend < 0:
        return [Shape(((x, y + 0.5), (x + 6.0, y + 0.5), (x + 3.0, y + 6.0)), TEXT, "#ffffff", 0.8, True)]
    return [Rule(x, y + 2.0, x + 6.0, y + 2.0, TEXT, 0.9), Rule(x, y + 4.4, x + 6.0, y + 4.4, TEXT, 0.9)]
