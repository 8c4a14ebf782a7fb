"""Tables of a book: headings on every page, text that wraps, a sentence where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mda5_crf.pdf.book import Line, Listing
from mda5_crf.pdf.ink import BAND, BODY, LINK, SECOND, SMALL, TEXT, TINY, Jump, Strip, stacked
from mda5_crf.pdf.layout import PAD_X, PAD_Y, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text


def listed(listing: Listing, voice: Voice, across: float = UPRIGHT_WIDTH) -> list[Row]:
    """The rows of ``listing``, notes first."""
    rows = [_free(voice, note, across, size=SMALL, colour=SECOND) for note in listing.notes]
    head = heading(voice, listing.columns, across)
    widths = [share * across for _, share in listing.columns]
    body: list[Row] = []
    for line in listing.rows:
        if line.band:
            body.append(_band(voice, line, across, head))
        else:
            body.append(_row(voice, line, widths, (head, *_bands(body))))
    if not body:
        return [*rows, _free(voice, listing.empty, across)]
    return [*rows, head, *body]


def sentence(voice: Voice, text: Text, across: float = UPRIGHT_WIDTH) -> Row:
    """A sentence alone: what stands where a part of the book is empty."""
    return _free(voice, text, across)


def heading(voice: Voice, columns: Iterable[tuple[Text, float]], across: float, *, wide: bool = False) -> Row:
    """The headings of a table, to be repeated on each page."""
    cells, start = [], 0.0
    for text, share in columns:
        room = share * across
        strips = voice.lines(text, room - 2 * PAD_X, size=SMALL, bold=True)
        cells.append(Cell(start, room, tuple(strips), BAND))
        start += room
    return Row(tuple(cells), edge="grid", keep=True, wide=wide)


def _bands(body: Sequence[Row]) -> Iterator[Row]:
    """The band that the next row stands under: repeated with the headings on a new page."""
    if body:
        above = body[-1]
        if above.keep:
            yield above
        elif len(above.repeat) > 1:
            yield above.repeat[1]


def _band(voice: Voice, line: Line, across: float, head: Row) -> Row:
    goal = line.goals[0] if line.goals else ""
    strips = voice.lines(
        line.cells[0], across - 2 * PAD_X, size=SMALL, bold=True, colour=LINK if goal else TEXT
    )
    cell = Cell(0.0, across, tuple(linked(strips, across, goal)))
    return Row((cell,), keep=True, repeat=(head,), struck=line.struck)


def _row(voice: Voice, line: Line, widths: Sequence[float], repeat: tuple[Row, ...]) -> Row:
    cells, start = [], 0.0
    goals = [*line.goals, *([""] * (len(widths) - len(line.goals)))]
    for text, wide, goal in zip(line.cells, widths, goals, strict=True):
        strips = voice.lines(text, wide - 2 * PAD_X, size=SMALL, colour=LINK if goal else TEXT)
        cells.append(Cell(start, wide, tuple(linked(strips, wide, goal))))
        start += wide
    return Row(tuple(cells), repeat=repeat, struck=line.struck)


def linked(strips: list[Strip], wide: float, goal: str) -> list[Strip]:
    """The strips, of which the first carries the link over all of them."""
    if not goal or not strips:
        return strips
    jump = Jump(-PAD_X, -PAD_Y, wide, stacked(strips) + 2 * PAD_Y, goal)
    return [strips[0]._replace(inks=(*strips[0].inks, jump)), *strips[1:]]


def _free(voice: Voice, text: Text, across: float, *, size: float = BODY, colour: str = TEXT) -> Row:
    strips = voice.lines(text, across - 2 * PAD_X, size=size, colour=colour)
    return Row((Cell(0.0, across, tuple(strips)),), edge="")


def small(voice: Voice, text: Text, room: float) -> list[Strip]:
    """A caption in the smallest size."""
    return voice.lines(text, room, size=TINY, colour=SECOND)
