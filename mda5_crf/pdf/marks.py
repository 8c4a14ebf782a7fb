"""The side column: what happened to an answer, and the ways to have none."""

from __future__ import annotations

from mda5_crf.pdf import reading, ticks
from mda5_crf.pdf.fonts import LEADING, REGULAR, width
from mda5_crf.pdf.ink import ERROR, QUERY, SECOND, SMALL, SOFT, TINY, Ink, Strip, lines, words
from mda5_crf.pdf.reading import CHANGED, COMPUTED, CONFIRMED, WRONG, Answer
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Item

_COLOURS = {reading.QUERY: QUERY, reading.SOFT: SOFT, WRONG: ERROR, CHANGED: SECOND, CONFIRMED: SOFT, COMPUTED: SECOND}


def marks(answer: Answer | None, *, size: float = SMALL, without: str = "") -> list[Strip]:
    """The symbols of an answer on one line, all but those in ``without``; nothing when there are none."""
    symbols = [symbol for symbol in answer.marks if symbol not in without] if answer is not None else []
    if not symbols:
        return []
    inks: list[Ink] = []
    x = 0.0
    for symbol in symbols:
        inks.append(words(x, size * 0.97, symbol, size=size, colour=_COLOURS.get(symbol, SECOND)))
        x += width(symbol, REGULAR, size) + 2.0
    return [Strip(size * LEADING, tuple(inks))]


def side(voice: Voice, item: Item, answer: Answer | None, room: float) -> list[Strip]:
    """Marks, then the missing codes to tick, or the word for not applicable."""
    strips = marks(answer)
    if answer is not None and not answer.relevant:
        return [*strips, *voice.lines(voice.told("not_applicable"), room, size=TINY, colour=SECOND)]
    if item.missing:
        chosen = (answer.missing,) if answer is not None else ()
        strips += ticks.options([(code, code) for code in item.missing], chosen, room, size=TINY)
    return strips
