"""Rows of cells, and how they become pages. The same engine sets every product of this package.

A :class:`Row` knows its height as soon as it is made; :func:`paginate` puts rows on pages, keeps a
heading with what follows it, repeats table headings, turns the page for wide rows, and divides only
a row that is taller than a whole page. Nothing is ever cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mda5_crf.pdf.fonts import width
from mda5_crf.pdf.ink import HAIRLINE, SECOND, Box, Ink, Rule, Strip, Words, moved, stacked

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
LETTER = (612.0, 792.0)
BINDING = 20 * MM  # at least 19 mm: left upright, at the top when the page lies on its side
MARGIN = 11 * MM
# At the short ends of the sheet: on Letter paper, 18 mm shorter, what stands between them keeps its 9.5 mm
# to the edge when it is centred and not scaled. Letter is broader than A4, so the long sides need nothing.
ENDS = (A4[1] - LETTER[1]) / 2 + 9.6 * MM

PAD_X = 3.0
PAD_Y = 2.6
LEAST_ROOM = 60.0  # below this a tall row is not begun at the foot of a page
FLOW_ROOM = 120.0  # from this on a row that flows is begun at the foot of a page


@dataclass(frozen=True, slots=True)
class Area:
    """Where body rows may stand on a page: left edge, top, width and height in points."""

    left: float
    top: float
    width: float
    height: float


def page_size(wide: bool) -> tuple[float, float]:
    """Width and height of the sheet, upright or on its side."""
    return (A4[1], A4[0]) if wide else A4


def body(wide: bool, head: float = 0.0, foot: float = 0.0) -> Area:
    """The part of a page between a head and a foot of the given heights."""
    paper_width, paper_height = page_size(wide)
    if wide:
        left, top, across, down = ENDS, BINDING, 2 * ENDS, BINDING + MARGIN
    else:
        left, top, across, down = BINDING, ENDS, BINDING + MARGIN, 2 * ENDS
    return Area(left, top + head, paper_width - across, paper_height - down - head - foot)


UPRIGHT_WIDTH = body(False).width
WIDE_WIDTH = body(True).width


@dataclass(frozen=True, slots=True)
class Cell:
    """Strips one below the other at ``x`` in a row. ``across`` centres the ink on the cell's height."""

    x: float
    width: float
    strips: tuple[Strip, ...]
    fill: str = ""
    across: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side. ``least`` is the smallest height in points, wanted for handwriting.

    ``edge``: "under" draws a hairline below, "grid" a frame around each cell, "" nothing. ``keep``: stays
    with the next row. ``repeat``: headings set again when this row opens a page. ``wide``: on its side.
    ``flows``: a narrative, begun where there is room and continued on the next page.
    """

    cells: tuple[Cell, ...]
    least: float = 0.0
    edge: str = "under"
    keep: bool = False
    repeat: tuple[Row, ...] = ()
    wide: bool = False
    bookmark: tuple[int, str] | None = None
    struck: bool = False
    flows: bool = False
    height: float = field(init=False)

    def __post_init__(self) -> None:
        content = max((stacked(cell.strips) for cell in self.cells), default=0.0)
        object.__setattr__(self, "height", max(self.least, content + 2 * PAD_Y if content else 0.0))

    def inks(self, left: float, top: float) -> Iterator[Ink]:
        """Everything of the row at its place on the page, back to front."""
        for cell in self.cells:
            if cell.fill:
                yield Box(left + cell.x, top, cell.width, self.height, "", cell.fill)
        for cell in self.cells:
            if self.edge == "grid":
                yield Box(left + cell.x, top, cell.width, self.height, HAIRLINE, "")
            spare = (self.height - stacked(cell.strips)) / 2
            down = top + (spare if cell.across else PAD_Y)
            for strip in cell.strips:
                for ink in strip.inks:
                    placed = moved(ink, left + cell.x + PAD_X, down)
                    yield placed
                    if self.struck and isinstance(placed, Words):
                        yield _through(placed)
                down += strip.height
        if self.cells:
            start, end = left + self.cells[0].x, left + self.cells[-1].x + self.cells[-1].width
            if self.edge == "under":
                yield Rule(start, top + self.height, end, top + self.height, HAIRLINE, 0.5)

    def divided(self, room: float) -> tuple[Row, Row]:
        """The strips that fit into ``room`` points, and the rest. At least one strip stays above."""
        above: list[Cell] = []
        below: list[Cell] = []
        for cell in self.cells:
            used, count = 2 * PAD_Y, 0
            for strip in cell.strips:
                if used + strip.height > room and count:
                    break
                used += strip.height
                count += 1
            above.append(replace(cell, strips=cell.strips[:count], across=False))
            below.append(replace(cell, strips=cell.strips[count:], across=False))
        first = replace(self, cells=tuple(above), least=0.0, keep=False)
        return first, replace(self, cells=tuple(below), least=0.0, bookmark=None)


def _through(text: Words) -> Rule:
    """The line that strikes a word out and leaves it legible."""
    middle = text.y - 0.3 * text.size
    return Rule(text.x, middle, text.x + width(text.text, text.face, text.size), middle, SECOND, 0.9)


def kept(rows: Sequence[Row], ends: int) -> list[Row]:
    """The rows, of which the first and the last ``ends`` stay together: none of them alone on a page."""
    last = len(rows) - 1
    return [
        replace(row, keep=True) if index < last and (index < ends - 1 or index > last - ends) else row
        for index, row in enumerate(rows)
    ]


@dataclass(slots=True)
class Page:
    """One finished page body: rows with their tops, in points from the top of the body."""

    wide: bool
    rows: list[tuple[float, Row]] = field(default_factory=list)
    used: float = 0.0

    def put(self, row: Row) -> None:
        """Set ``row`` below what is there."""
        self.rows.append((self.used, row))
        self.used += row.height


def paginate(rows: Sequence[Row], heights: tuple[float, float]) -> list[Page]:
    """Rows on pages; ``heights`` are the body heights upright and wide. No rows make one empty page."""
    pages: list[Page] = []
    index = 0
    while index < len(rows):
        chunk = _chunk(rows, index)
        index += len(chunk)
        need = sum(row.height for row in chunk)
        limit = heights[chunk[0].wide]
        full = not pages or (pages[-1].used + need > limit and not _flows(chunk[-1], need, pages[-1], limit))
        if full or pages[-1].wide != chunk[0].wide:
            pages.append(Page(chunk[0].wide))
            if len(pages) > 1:
                _head(pages[-1], chunk[0])
        for row in chunk:
            _place(pages, row, limit)
    return pages or [Page(False)]


def _chunk(rows: Sequence[Row], start: int) -> list[Row]:
    """A row with all that must stay on its page: headings and the first row below them."""
    chunk = [rows[start]]
    while (
        chunk[-1].keep and start + len(chunk) < len(rows) and rows[start + len(chunk)].wide == chunk[0].wide
    ):
        chunk.append(rows[start + len(chunk)])
    return chunk


def _flows(row: Row, need: float, page: Page, limit: float) -> bool:
    """True when ``row``, the last of what needs ``need`` points, is begun on this page and continued."""
    return row.flows and limit - page.used - (need - row.height) >= FLOW_ROOM


def _head(page: Page, row: Row) -> None:
    for heading in row.repeat:
        page.put(heading)


def _place(pages: list[Page], row: Row, limit: float) -> None:
    """Put one row on the last page; turn the page, and divide the row, when it does not fit."""
    while pages[-1].used + row.height > limit:
        room = limit - pages[-1].used
        repeated = sum(heading.height for heading in row.repeat)
        fits = row.height + repeated <= limit and not _flows(row, row.height, pages[-1], limit)
        if (fits or room < LEAST_ROOM) and pages[-1].used > repeated:
            pages.append(Page(row.wide))
            _head(pages[-1], row)
            continue
        first, rest = row.divided(room)
        if rest.height <= 0.0 or rest.height >= row.height:
            break
        pages[-1].put(first)
        pages.append(Page(row.wide))
        _head(pages[-1], row)
        row = rest
    pages[-1].put(row)
