"""What the forms compute, over the visits, with what each calculation reads from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from mda5_crf.pdf.book import ScoreRow, ScoreTable
from mda5_crf.pdf.ink import BAND, BODY, COMPUTED, LINK, SECOND, SMALL, TEXT, TINY, Strip, gap, lines, moved
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.listing import linked
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import message

VISITS = 7  # columns of one table; more visits make another table
_LEAST = 46.0
_INDENT = 8.0


def score_rows(tables: Sequence[ScoreTable], voice: Voice) -> list[Row]:
    """One table a form; one with many visits is set in several."""
    rows: list[Row] = []
    for table in tables:
        for start in range(0, len(table.visits), VISITS):
            rows += _table(table, voice, start, first=not start)
    return rows


def _table(table: ScoreTable, voice: Voice, start: int, *, first: bool) -> list[Row]:
    visits = table.visits[start : start + VISITS]
    wide = min(max(_LEAST, UPRIGHT_WIDTH * 0.62 / len(visits)), 90.0)
    label = UPRIGHT_WIDTH - wide * len(visits)
    title = table.title if first else voice.told("continued", title=table.title)
    name = Cell(0.0, UPRIGHT_WIDTH, tuple(voice.lines(title, UPRIGHT_WIDTH - 2 * PAD_X, bold=True)))
    mark = (1, voice.say(table.title)) if first else None
    head = Row((name,), edge="", keep=True, bookmark=mark)
    cells = [Cell(0.0, label, (), BAND)]
    for number, (visit, day, goal) in enumerate(visits):
        strips = lines(visit, wide - 2 * PAD_X, size=SMALL, bold=True, colour=LINK)
        strips += lines(day, wide - 2 * PAD_X, size=TINY, colour=SECOND)
        cells.append(Cell(label + number * wide, wide, tuple(linked(strips, wide, goal)), BAND))
    columns = Row(tuple(cells), edge="grid", keep=True)
    body = [
        _row(row, voice, label, wide, start, len(visits), (name_again(head), columns))
        for row in table.rows
        if not row.part or any(cell.en for cell in row.cells[start : start + VISITS])
    ]
    space = Row((Cell(0.0, UPRIGHT_WIDTH, (gap(5.0),)),), edge="")
    return [head, columns, *body, space]


def name_again(head: Row) -> Row:
    """The title to be repeated on the next page: without its bookmark."""
    return Row(head.cells, edge="", keep=True)


def _row(
    row: ScoreRow, voice: Voice, label: float, wide: float, start: int, count: int, repeat: tuple[Row, ...]
) -> Row:
    indent = _INDENT if row.part else 0.0
    colour, size = (SECOND, TINY) if row.part else (TEXT, SMALL)
    text = row.label
    if row.unit:
        text = message("casebook.chart_title", item=text, unit=row.unit)
    strips = voice.lines(text, label - indent - 2 * PAD_X, size=size, colour=colour)
    strips = [Strip(s.height, tuple(moved(ink, indent, 0.0) for ink in s.inks)) for s in strips]
    cells = [Cell(0.0, label, tuple(strips))]
    for number, said in enumerate(row.cells[start : start + count]):
        inside = voice.lines(said, wide - 2 * PAD_X, size=size if row.part else BODY, bold=not row.part)
        fill = "" if row.part else COMPUTED
        cells.append(Cell(label + number * wide, wide, tuple(inside), fill))
    return Row(tuple(cells), edge="grid", repeat=repeat)
