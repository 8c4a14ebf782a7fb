"""A table of contents: titles that are links, page numbers at the right, forms in two columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mda5_crf.pdf.fonts import REGULAR, width
from mda5_crf.pdf.ink import BODY, LINK, SMALL, TEXT, Jump, Strip, lines, stacked, words
from mda5_crf.pdf.layout import PAD_X, PAD_Y, UPRIGHT_WIDTH, Cell, Row

_NUMBER = 30.0  # room for the number of a page
_STEP = 10.0
_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: ``level`` 0 for a part of the book, 1 a visit, 2 a form; ``goal`` is where it leads."""

    level: int
    title: str
    goal: str


def contents(entries: Sequence[Entry], pages: Mapping[str, int]) -> list[Row]:
    """The rows. The same height whatever the numbers are, so that they can be set before they are known."""
    rows: list[Row] = []
    waiting: list[Entry] = []
    for entry in entries:
        if entry.level > 1:
            waiting.append(entry)
            continue
        rows += _columns(waiting, pages)
        waiting = []
        rows.append(_line([entry], pages, UPRIGHT_WIDTH, keep=True))
    rows += _columns(waiting, pages)
    return [_last(row) if not _leads(rows, index) else row for index, row in enumerate(rows)]


def _leads(rows: Sequence[Row], index: int) -> bool:
    """Whether a heading has something below it that it must stay with."""
    return rows[index].keep and index + 1 < len(rows) and len(rows[index + 1].cells) > 1


def _last(row: Row) -> Row:
    return Row(row.cells, edge=row.edge) if row.keep else row


def _columns(entries: Sequence[Entry], pages: Mapping[str, int]) -> list[Row]:
    """Entries in two columns, read down the first, then down the second."""
    deep = -(-len(entries) // _COLUMNS)
    beside = [[entries[at] for at in (row, row + deep) if at < len(entries)] for row in range(deep)]
    return [_line(pair, pages, UPRIGHT_WIDTH / _COLUMNS, keep=False) for pair in beside]


def _line(entries: Sequence[Entry], pages: Mapping[str, int], wide: float, *, keep: bool) -> Row:
    cells = []
    for number, entry in enumerate(entries):
        cells.append(Cell(number * wide, wide, tuple(_entry(entry, pages.get(entry.goal, 0), wide))))
    if len(cells) < _COLUMNS and not keep:
        cells.append(Cell(wide, wide, ()))
    return Row(tuple(cells), edge="", keep=keep)


def _entry(entry: Entry, page: int, wide: float) -> list[Strip]:
    """The title as wide as it needs, the number on its last line, one link over all."""
    indent = _STEP * entry.level
    size = SMALL if entry.level > 1 else BODY
    room = wide - 2 * PAD_X
    strips = lines(
        entry.title, room - _NUMBER, size=size, bold=not entry.level, colour=LINK, indent=indent
    ) or [Strip(size * 1.25, ())]
    number = str(page) if page else ""
    end = words(room - width(number, REGULAR, size), strips[-1].height * 0.78, number, size=size, colour=TEXT)
    strips[-1] = strips[-1]._replace(inks=(*strips[-1].inks, end))
    jump = Jump(-PAD_X, -PAD_Y, wide, stacked(strips) + 2 * PAD_Y, entry.goal)
    strips[0] = strips[0]._replace(inks=(*strips[0].inks, jump))
    return strips
