"""The status matrix of a book: visits × forms, in each cell a sign and a letter, linked to the form."""

from __future__ import annotations

from collections.abc import Sequence

from mda5_crf.pdf.book import Grid, GridCell
from mda5_crf.pdf.fonts import ASCENT, BOLD, REGULAR, width
from mda5_crf.pdf.ink import BAND, LINK, SECOND, SMALL, TEXT, TINY, Ink, Jump, Strip, gap, words
from mda5_crf.pdf.layout import PAD_X, PAD_Y, UPRIGHT_WIDTH, Cell, Row, paginate
from mda5_crf.pdf.signs import LETTERS, OPEN, sign
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text, message

VISITS = 15  # columns of one table; more visits make another table
_COLUMN = 24.0
_SIGN = 7.0
_LINE, _CLOSE = 9.0, 6.6  # height of a line of the table, and where room is short


def grid_rows(grid: Grid, voice: Voice, room: float) -> list[Row]:
    """The legend, then the table; with many visits several tables one below the other.

    ``room`` is the height of a page: lines move closer when that spares one.
    """
    easy, close = (_rows(grid, voice, line) for line in (_LINE, _CLOSE))
    spared = len(paginate(close, (room, room))) < len(paginate(easy, (room, room)))
    return close if spared else easy


def _rows(grid: Grid, voice: Voice, line: float) -> list[Row]:
    rows = _legend(voice)
    for start in range(0, max(len(grid.visits), 1), VISITS):
        rows += _table(grid, voice, start, start + VISITS, line)
    return rows


def _table(grid: Grid, voice: Voice, start: int, end: int, line: float) -> list[Row]:
    visits = grid.visits[start:end]
    label = UPRIGHT_WIDTH - len(visits) * _COLUMN
    head = _heading(voice, visits, label)
    rows: list[Row] = []
    for text, cells in grid.rows:
        here = cells[start:end]
        if any(cell.status for cell in here):
            rows.append(_row(voice, text, here, label, head, line))
    return [head, *rows, Row((Cell(0.0, UPRIGHT_WIDTH, (gap(6.0),)),), edge="")] if rows else []


def _heading(voice: Voice, visits: Sequence[str], label: float) -> Row:
    title = voice.lines(message("casebook.form"), label - 2 * PAD_X, size=SMALL, bold=True)
    cells = [Cell(0.0, label, tuple(title), BAND)]
    for number, visit in enumerate(visits):
        room = _COLUMN - 2 * PAD_X
        size = min(SMALL, SMALL * (room + 4.0) / max(width(visit, BOLD, SMALL), 1.0))
        at = (room - width(visit, BOLD, size)) / 2
        ink = words(at, SMALL * (ASCENT + 0.09), visit, size=size, bold=True)
        cells.append(Cell(label + number * _COLUMN, _COLUMN, (Strip(SMALL * 1.25, (ink,)),), BAND))
    return Row(tuple(cells), edge="grid", keep=True)


def _row(voice: Voice, text: Text, cells: Sequence[GridCell], label: float, head: Row, line: float) -> Row:
    name = voice.lines(text, label - 2 * PAD_X, size=TINY)
    name[-1] = name[-1]._replace(height=min(name[-1].height, line))
    made = [Cell(0.0, label, tuple(name))]
    for number, cell in enumerate(cells):
        strips = (_cell(cell)._replace(height=line),) if cell.status else ()
        made.append(Cell(label + number * _COLUMN, _COLUMN, strips, across=True))
    return Row(tuple(made), edge="grid", repeat=(head,))


def _cell(cell: GridCell) -> Strip:
    """The sign, the letter of the status, and how many queries wait."""
    inks: list[Ink] = [*sign(OPEN if cell.queries else cell.status, 0.0, 1.0, _SIGN)]
    colour = LINK if cell.goal else TEXT
    at = _SIGN + 2.0
    letter = LETTERS.get(cell.status, "?") + (f"×{cell.count}" if cell.count > 1 else "")
    if cell.queries:
        letter += f"q{cell.queries}"
    room = _COLUMN - PAD_X - at
    size = min(TINY, TINY * room / max(width(letter, REGULAR, TINY), 1.0))
    inks.append(words(at, TINY * (ASCENT + 0.09), letter, size=size, colour=colour))
    if cell.goal:
        inks.append(Jump(-PAD_X, -PAD_Y, _COLUMN, _LINE + 2 * PAD_Y, cell.goal))
    return Strip(_LINE, tuple(inks))


def _legend(voice: Voice) -> list[Row]:
    """Every sign with its letter and its name, three beside each other."""
    named = [(status, LETTERS[status]) for status in LETTERS] + [(OPEN, "q")]
    rows: list[Row] = []
    wide = UPRIGHT_WIDTH / 3
    for start in range(0, len(named), 3):
        cells = []
        for number, (status, letter) in enumerate(named[start : start + 3]):
            text = message("casebook.legend_line", letter=letter, words=message(f"casebook.status_{status}"))
            strips = voice.lines(text, wide - 14.0 - 2 * PAD_X, size=TINY, colour=SECOND)
            shifted = [
                strip._replace(inks=tuple(ink._replace(x=ink.x + 12.0) for ink in strip.inks))  # type: ignore[union-attr,call-arg]
                for strip in strips
            ]
            first = shifted[0]._replace(inks=(*sign(status, 0.0, 1.0, _SIGN), *shifted[0].inks))
            cells.append(Cell(number * wide, wide, (first, *shifted[1:])))
        rows.append(Row(tuple(cells), edge="", keep=True))
    rows.append(Row((Cell(0.0, UPRIGHT_WIDTH, (gap(2.0),)),), edge=""))
    return rows
