"""Tables and pictures of a study as one document, and line listings.

Pages lie on their side; headings stand on each, and a short table stays on one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from mda5_crf.pdf.columns import Columns
from mda5_crf.pdf.figurepicture import drawn
from mda5_crf.pdf.ink import BAND, BODY, SECOND, SMALL, Strip, lines
from mda5_crf.pdf.layout import PAD_X, WIDE_WIDTH, Cell, Row
from mda5_crf.pdf.parts import Laid, Part, assemble, framed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.services.figuremodel import COURSE, Figures, Grid, Picture, Section
from mda5_crf.text import Text, both, message

_BETWEEN: Final = 14.0
_MANY: Final = 13
"""With more columns than that a picture takes the whole width."""
_FEW: Final = 4
"""More pictures than that stand three in a row."""
_PAGE: Final = 395.0
"""Points in height that a picture and its table may have to stay together."""
_SHORT: Final = 330.0
"""A table of no more points in height is not parted."""


def lay_figures(figures: Figures, language: Tongue, head: Letterhead) -> Laid:
    """The document as pages that are not yet drawn: a front page, then a part for each section."""
    voice = Voice(language)
    title = message("figures.title")
    sites = ", ".join(figures.sites)
    parts = [_part(voice, head, title, _front(voice, figures), sites)]
    parts += [_part(voice, head, one.title, _section(voice, one), sites) for one in figures.sections]
    return assemble(parts, voice, title, head.study)


def lay_listing(grids: Sequence[Grid], title: Text, language: Tongue, head: Letterhead, site: str) -> Laid:
    """A line listing; one that is too broad for a page comes as several tables."""
    voice = Voice(language)
    rows = [row for grid in grids for row in _grid(voice, grid)]
    return assemble([_part(voice, head, title, rows, site)], voice, title, head.study)


def _part(voice: Voice, head: Letterhead, title: Text, rows: Sequence[Row], site: str) -> Part:
    about = head.facts(voice, title, "FIGURES", site=site, band=False, coded=False)
    return Part(about, framed(about, voice), rows, ((0, voice.say(title)),))


def _front(voice: Voice, figures: Figures) -> list[Row]:
    """What the document is about, and its sections; those of participants are counted."""
    rows = [_words(voice, note, BODY) for note in figures.notes]
    own = [section for section in figures.sections if not section.name.startswith(COURSE)]
    for section in own:
        said = message(
            "figures.section_line",
            title=section.title,
            tables=len(section.grids),
            pictures=len(section.pictures),
        )
        rows.append(_words(voice, said, SMALL))
    if len(figures.sections) > len(own):
        count = len(figures.sections) - len(own)
        rows.append(_words(voice, message("figures.courses_line", count=count), SMALL))
    return rows


def _section(voice: Voice, section: Section) -> list[Row]:
    """Pictures stand before the table of their name, the others in rows before all tables.

    Of a participant the tables come first: many small pictures explain them.
    """
    notes = [_words(voice, note, SMALL) for note in section.notes]
    by_name = {picture.name: picture for picture in section.pictures}
    own = {grid.name for grid in section.grids} & by_name.keys()
    apart = [picture for picture in section.pictures if picture.name not in own]
    many = len(apart) > _FEW
    rows = [] if len(own) > 1 else [*notes]  # a page of its own for each pair of picture and table
    if not many:
        rows += _pictures(voice, apart, 2)
    for grid in section.grids:
        table = _grid(voice, grid)
        if grid.name in own:
            picture = _pictures(voice, [by_name[grid.name]], 2)
            tied = sum(row.height for row in (*picture, *table)) <= _PAGE
            rows += [replace(row, keep=tied) for row in picture]
        rows += table
    if many:
        rows += _pictures(voice, apart, 3)
    if len(own) > 1:
        rows += notes
    return rows or [_words(voice, message("figures.nothing"), BODY)]


def _pictures(voice: Voice, pictures: Sequence[Picture], beside: int) -> list[Row]:
    """``beside`` pictures in a row; one with many bars or boxes takes a row of its own."""
    rows: list[Row] = []
    each = (WIDE_WIDTH - _BETWEEN * (beside - 1)) / beside
    waiting: list[Strip] = []

    def flush() -> None:
        if waiting:
            cells = [Cell(place * (each + _BETWEEN), each, (strip,)) for place, strip in enumerate(waiting)]
            rows.append(Row(tuple(cells), edge="", wide=True))
            waiting.clear()

    for picture in pictures:
        if picture.panels or len({bar.x0 for bar in picture.bars}) > _MANY:
            flush()
            strip = drawn(picture, voice, WIDE_WIDTH * (0.8 if picture.panels else 1.0) - 2 * PAD_X)
            rows.append(Row((Cell(0.0, WIDE_WIDTH, (strip,)),), edge="", wide=True))
            continue
        waiting.append(drawn(picture, voice, each - 2 * PAD_X))
        if len(waiting) == beside:
            flush()
    flush()
    return rows


def _grid(voice: Voice, grid: Grid) -> list[Row]:
    """Title, headings, rows, notes; a sentence where there are no rows."""
    title = _title(voice, grid.title)
    count = len(grid.columns)
    shares = grid.shares or ((0.28, *([0.72 / (count - 1)] * (count - 1))) if count > 1 else (1.0,))
    columns = Columns(voice, shares, grid.columns, wide=True)
    rows: list[Row] = [title]
    if grid.rows:
        rows.append(columns.head)
        for place, cells in enumerate(grid.rows):
            if place in grid.bands:
                rows.append(_band(voice, cells[0], columns.head))
            else:
                rows.append(columns.row([_said(cell) for cell in cells]))
    else:
        rows.append(_words(voice, message("figures.nothing"), SMALL))
    rows += [_words(voice, note, SMALL, colour=SECOND) for note in grid.notes]
    if sum(row.height for row in rows) <= _SHORT:
        rows = [replace(row, keep=True) for row in rows[:-1]] + rows[-1:]
    rows.append(Row((Cell(0.0, WIDE_WIDTH, (Strip(4.0, ()),)),), edge="", wide=True))
    return rows


def _said(cell: Text) -> list[Text]:
    """A cell of several lines as texts, one below the other."""
    first, second = cell.en.split("\n"), cell.zh.split("\n")
    if len(first) != len(second):
        return [both(cell.en)] if first == second else [cell]
    return [Text(en, zh) for en, zh in zip(first, second, strict=True)]


def _title(voice: Voice, text: Text) -> Row:
    strips = lines(voice.say(text, "  "), WIDE_WIDTH - 2 * PAD_X, size=BODY, bold=True)
    return Row((Cell(0.0, WIDE_WIDTH, tuple(strips)),), edge="", keep=True, wide=True)


def _band(voice: Voice, text: Text, head: Row) -> Row:
    strips = voice.lines(text, WIDE_WIDTH - 2 * PAD_X, size=SMALL, bold=True)
    return Row(
        (Cell(0.0, WIDE_WIDTH, tuple(strips), BAND),), edge="grid", keep=True, repeat=(head,), wide=True
    )


def _words(voice: Voice, text: Text, size: float, *, colour: str = "#212b32") -> Row:
    strips: list[Strip] = []
    for part in voice.parts(text):
        strips += lines(part, WIDE_WIDTH - 2 * PAD_X, size=size, colour=colour)
    return Row((Cell(0.0, WIDE_WIDTH, tuple(strips)),), edge="", wide=True)


Table = tuple[tuple[Text, ...], tuple[tuple[Text, ...], ...]]
"""Headings and rows."""


def broken(columns: Sequence[Text], rows: Iterable[Sequence[Text]], first: int, most: int) -> list[Table]:
    """Columns in tables of at most ``most``, each with the ``first`` ones that say whose a row is."""
    listed = [tuple(row) for row in rows]
    found = []
    for start in range(first, max(len(columns), first + 1), most - first):
        chosen = [*range(first), *range(start, min(start + most - first, len(columns)))]
        found.append(
            (tuple(columns[n] for n in chosen), tuple(tuple(row[n] for n in chosen) for row in listed))
        )
    return found
