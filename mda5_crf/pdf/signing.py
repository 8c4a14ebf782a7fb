"""The block at the end of a form: who filled it in, by hand."""

from __future__ import annotations

from mda5_crf.pdf.ink import SECOND, TINY, Strip, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.voice import Voice

_SHARES = (("filled_in_by", 0.4), ("signature", 0.36), ("date", 0.24))
HEIGHT = 30.0


def signing(voice: Voice, width: float = UPRIGHT_WIDTH, *, wide: bool = False) -> Row:
    """Name, signature and date side by side, empty: a signature on paper is made on paper."""
    cells, start = [], 0.0
    for caption, share in _SHARES:
        strips: list[Strip] = lines(voice.tell(caption), share * width - 2 * PAD_X, size=TINY, colour=SECOND)
        cells.append(Cell(start, share * width, tuple(strips)))
        start += share * width
    return Row(tuple(cells), least=HEIGHT, edge="grid", wide=wide)
