"""Plain tables of text: headings that are repeated, cells that wrap, rows that may go over a page."""

from __future__ import annotations

from collections.abc import Sequence

from mda5_crf.pdf.ink import SMALL, Strip
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, WIDE_WIDTH, Cell, Row
from mda5_crf.pdf.listing import heading
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text, both


class Columns:
    """A table with columns of the given shares of the page's width (they add up to 1)."""

    def __init__(
        self, voice: Voice, shares: Sequence[float], headings: Sequence[Text], *, wide: bool = False
    ) -> None:
        self.voice = voice
        self.wide = wide
        across = WIDE_WIDTH if wide else UPRIGHT_WIDTH
        self.widths = tuple(share * across for share in shares)
        self.starts = tuple(sum(self.widths[:place]) for place in range(len(self.widths)))
        self.head = heading(voice, zip(headings, shares, strict=True), across, wide=wide)

    def row(self, cells: Sequence[Sequence[Text]], above: Sequence[Row] = (), *, struck: bool = False) -> Row:
        """One row; each cell is a list of texts, one below the other. ``above`` is repeated on a new page."""
        made = self._cells(cells)
        return Row(made, edge="grid", repeat=(*above, self.head), wide=self.wide, struck=struck, flows=True)

    def _cells(self, texts: Sequence[Sequence[Text]]) -> tuple[Cell, ...]:
        cells = []
        for start, across, said in zip(self.starts, self.widths, texts, strict=True):
            strips: list[Strip] = []
            for text in said:
                strips += self.voice.lines(text, across - 2 * PAD_X, size=SMALL)
            cells.append(Cell(start, across, tuple(strips)))
        return tuple(cells)


def typed(text: str) -> Text:
    """Characters that are the same in both languages: an identifier, an expression."""
    return both(text)
