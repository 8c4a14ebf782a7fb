"""The blocks of a guide as rows: headings, running text, lists, tables, boxes, what is typed, pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mda5_crf.guides.blocks import (
    Block,
    Code,
    Entries,
    Guide,
    Heading,
    Line,
    Paragraph,
    Picture,
    Span,
    Style,
    Table,
    Warned,
)
from mda5_crf.guides.shelf import picture_name
from mda5_crf.pdf.ink import (
    BAND,
    COMPUTED,
    HAIRLINE,
    SECOND,
    SOFT,
    Box,
    Goal,
    Image,
    Ink,
    Strip,
    gap,
)
from mda5_crf.pdf.layout import PAD_X, Cell, Row
from mda5_crf.pdf.png import Png
from mda5_crf.pdf.spans import least_width, span_lines, span_width, words_alone

NORMAL: Final = 10.0
"""Size of running text, in points."""
_HEADS: Final = {1: 1.9, 2: 1.5, 3: 1.18}
_ABOVE: Final = {1: 0.0, 2: 1.1, 3: 0.5}
_STEP: Final = 1.7
_BAR: Final = 3.0
_SOFT_TINT: Final = "#fff4d6"
_PICTURE: Final = 0.42
"""Points of paper to a pixel of the window at most: its text is then as large as a footnote."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes rows ``across`` points wide with running text of ``size`` points."""

    guide: Guide
    pictures: Mapping[str, Png]
    across: float
    size: float = NORMAL

    def rows(self, blocks: Sequence[Block]) -> list[Row]:
        """All rows, a heading kept with what follows it."""
        return [row for block in blocks for row in self._block(block)]

    def _block(self, block: Block) -> list[Row]:
        match block:
            case Heading():
                return [self._heading(block)]
            case Paragraph(line=line):
                return self._one(self._lines(line))
            case Entries():
                return self._entries(block)
            case Table():
                return self._table(block)
            case Code(lines=typed):
                return self._code(typed)
            case Warned(lines=lines):
                return self._warned(lines)
            case Picture():
                return self._picture(block)

    def _lines(self, line: Line, room: float = 0.0, indent: float = 0.0) -> list[Strip]:
        return span_lines(line, (room or self.across) - 2 * PAD_X, size=self.size, indent=indent)

    def _one(self, strips: Sequence[Strip], *, fill: str = "", keep: bool = False) -> list[Row]:
        return [Row((Cell(0.0, self.across, tuple(strips), fill),), edge="", keep=keep, flows=True)]

    def _heading(self, block: Heading) -> Row:
        size = self.size * _HEADS[block.level]
        strips = span_lines(block.line, self.across - 2 * PAD_X, size=size, bold=True)
        first = gap(self.size * _ABOVE[block.level])._replace(inks=(Goal(0.0, 0.0, block.anchor),))
        mark = (max(block.level - 2, 0), words_alone(block.line)) if block.level > 1 else None
        return Row((Cell(0.0, self.across, (first, *strips)),), edge="", keep=True, bookmark=mark)

    def _entries(self, block: Entries) -> list[Row]:
        indent = self.size * _STEP
        made: list[Row] = []
        for number, line in enumerate(block.lines, start=block.start):
            strips = self._lines(line, indent=indent)
            mark = f"{number}." if block.numbered else "•"
            first = span_lines((Span(mark),), indent, size=self.size, indent=self.size * 0.25)
            if strips:
                strips[0] = strips[0]._replace(inks=(*first[0].inks, *strips[0].inks))
            made += self._one(strips or first)
        # The first entry does not stand alone at the foot, nor the last at the head, of a page.
        return [replace(row, keep=True) if at == 0 and len(made) > 1 else row for at, row in enumerate(made)]

    def _table(self, block: Table) -> list[Row]:
        widths = self._columns(block)
        head = self._cells(block.head, widths, bold=True, fill=BAND)
        top = Row(head, keep=True)
        return [top, *(Row(self._cells(row, widths), repeat=(top,)) for row in block.rows), self._gap(0.5)]

    def _cells(
        self, lines: Sequence[Line], widths: Sequence[float], *, bold: bool = False, fill: str = ""
    ) -> tuple[Cell, ...]:
        made, start = [], 0.0
        for line, wide in zip(lines, widths, strict=True):
            strips = span_lines(line, wide - 2 * PAD_X, size=self.size * 0.95, bold=bold)
            made.append(Cell(start, wide, tuple(strips), fill))
            start += wide
        return tuple(made)

    def _columns(self, block: Table) -> list[float]:
        """As wide as their words, where that fits; else none narrower than its longest word."""
        size, extra = self.size * 0.95, 2 * PAD_X + 1.0
        rows = [block.head, *block.rows]
        wants = [
            max(span_width(row[at], size, bold=True) for row in rows) + extra for at in range(len(block.head))
        ]
        least = [
            min(max(least_width(row[at], size, bold=True) for row in rows) + extra, self.across / 2)
            for at in range(len(block.head))
        ]
        spare = self.across - sum(wants)
        if spare >= 0:
            return [want + spare * want / sum(wants) for want in wants]
        free, needed = max(self.across - sum(least), 0.0), [w - m for w, m in zip(wants, least, strict=True)]
        made = [m + free * n / max(sum(needed), 1.0) for m, n in zip(least, needed, strict=True)]
        return [one * self.across / sum(made) for one in made]

    def _code(self, typed: Sequence[str]) -> list[Row]:
        strips: list[Strip] = []
        for line in typed:
            indent = self.size * 0.5 * (len(line) - len(line.lstrip()))
            words = (Span(line.strip(), Style.PLAIN),)
            strips += span_lines(
                words, self.across - 4 * PAD_X, size=self.size * 0.92, indent=indent + 4.0
            ) or [gap(self.size)]
        return [*self._one(strips, fill=COMPUTED), self._gap(0.1)]

    def _warned(self, lines: Sequence[Line]) -> list[Row]:
        room = self.across - _BAR - self.size
        mark = span_lines((Span("!", Style.BOLD),), self.size, size=self.size * 1.1, colour=SOFT)
        strips: list[Strip] = []
        for number, line in enumerate(lines):
            strips += ([gap(3.0)] if number else []) + span_lines(line, room - 2 * PAD_X, size=self.size)
        beside = Cell(_BAR, self.size, tuple(mark), _SOFT_TINT)
        words = Cell(_BAR + self.size, room, tuple(strips), _SOFT_TINT)
        box = Row((Cell(0.0, _BAR, (), SOFT), beside, words), edge="", flows=True)
        return [self._gap(0.1), box, self._gap(0.1)]

    def _gap(self, high: float) -> Row:
        """Empty room, in multiples of the type."""
        return Row((Cell(0.0, self.across, (gap(self.size * high),)),), edge="")

    def _picture(self, block: Picture) -> list[Row]:
        png = self.pictures.get(picture_name(block, self.guide.language))
        if png is None:
            return []
        wide = min(self.across - 2 * PAD_X, png.width * _PICTURE)
        high = wide * png.height / png.width
        inks: tuple[Ink, ...] = (Image(0.0, 0.0, wide, high, png), Box(0.0, 0.0, wide, high, HAIRLINE, ""))
        caption = span_lines(block.caption, wide, size=self.size * 0.88, colour=SECOND)
        rows = [Row((Cell(0.0, self.across, (Strip(high, inks),)),), edge="", keep=bool(caption))]
        return [*rows, *self._one([*caption, gap(4.0)])] if caption else rows
