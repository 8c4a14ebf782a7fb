"""The side column: what happened to an answer, and the ways to have none."""

from __future__ import annotations

from mda5_crf.pdf import reading, ticks
from mda5_crf.pdf.fonts import LEADING, REGULAR, width
from mda5_crf.pdf.ink import (
    ERROR,
    LINK,
    QUERY,
    SECOND,
    SMALL,
    SOFT,
    TINY,
    Ink,
    Jump,
    Strip,
    extent,
    lines,
    moved,
    words,
)
from mda5_crf.pdf.reading import CHANGED, COMPUTED, CONFIRMED, WRONG, Answer
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Item

_COLOURS = {
    reading.QUERY: QUERY,
    reading.SOFT: SOFT,
    WRONG: ERROR,
    CHANGED: SECOND,
    CONFIRMED: SOFT,
    COMPUTED: SECOND,
}


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
        if symbol == CHANGED and answer is not None and answer.change:
            number = words(x - 1.0, size * 0.97, str(answer.change), size=TINY, colour=LINK)
            after = x + width(number.text, REGULAR, TINY) + 1.0
            inks += [number, Jump(0.0, 0.0, after, size * LEADING, answer.goal)]
            x = after
    return [Strip(size * LEADING, tuple(inks))]


def beside(strips: list[Strip], symbols: list[Strip], room: float) -> list[Strip]:
    """The marks at the right of the last line when there is room, else on a line of their own."""
    if not strips or not symbols or not strips[-1].inks:
        return [*strips, *symbols]
    last, mark = strips[-1], symbols[0]
    start = extent(last) + 4.0
    if start + extent(mark) > room:
        return [*strips, *symbols]
    joined = (*last.inks, *(moved(ink, start, 0.0) for ink in mark.inks))
    return [*strips[:-1], Strip(max(last.height, mark.height), joined)]


def side(voice: Voice, item: Item, answer: Answer | None, room: float) -> list[Strip]:
    """The missing codes to tick, or the word for not applicable; then the marks."""
    strips: list[Strip] = []
    if answer is not None and not answer.relevant:
        strips = lines(voice.tell("na"), room, size=TINY, colour=SECOND)
    elif item.missing:
        chosen = (answer.missing,) if answer is not None else ()
        strips = ticks.options([(code, code) for code in item.missing], chosen, room, size=TINY)
    return beside(strips, marks(answer), room)
