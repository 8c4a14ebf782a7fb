"""The block at the end of a form: who filled it in, by hand; and who signed it electronically."""

from __future__ import annotations

from collections.abc import Sequence

from mda5_crf.pdf.ink import SECOND, SMALL, TINY, Strip, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text

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


def signed(
    voice: Voice, signature: Sequence[Text], width: float = UPRIGHT_WIDTH, *, wide: bool = False
) -> Row:
    """One electronic signature: name, time and whether it counts; its meaning; what broke it."""
    room = width - 2 * PAD_X
    strips: list[Strip] = list(lines(voice.tell("signed"), room, size=TINY, colour=SECOND))
    for number, text in enumerate(signature):
        strips += voice.lines(text, room, size=SMALL, bold=not number)
    return Row((Cell(0.0, width, tuple(strips)),), edge="grid", wide=wide)
