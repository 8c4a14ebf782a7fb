"""Rows of a log that are too long for a table: each a block of questions, short ones two to a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mda5_crf.pdf import ticks, writein
from mda5_crf.pdf.fonts import LEADING
from mda5_crf.pdf.ink import BODY, SMALL, TINY, Strip, stacked
from mda5_crf.pdf.layout import PAD_X, Cell, Row
from mda5_crf.pdf.marks import side
from mda5_crf.pdf.questions import BAR, LEAST, Questions
from mda5_crf.pdf.reading import Answer
from mda5_crf.study.model import Item, ItemType

SHORT_TEXT = 24  # characters: up to here a text is short enough for half a line
_LABEL, _SIDE = 86.0, 39.0  # points: columns of a question at half width; the answer takes the rest
_LONE_SIDE = 62.0  # of a question with a line of its own: room for boxes of units
_TALLEST = 45.0  # points, and a line more in two languages: what is taller reads better over the whole line


class Cards(Questions):
    """Questions of a block, denser than on a form of its own: labels narrow, answers broad."""

    @property
    def _half(self) -> float:
        return self.width / 2

    @property
    def _answer(self) -> float:
        """Width of the answer of a short question."""
        return self._half - _LABEL - _SIDE

    def run(
        self,
        items: Sequence[Item],
        answer: Callable[[Item], Answer | None],
        repeat: Sequence[Row],
        *,
        barred: bool,
        struck: bool,
    ) -> list[Row]:
        """Two short neighbours share a line, everything else has one of its own."""
        made: list[Row] = []
        waiting = list(items)
        while waiting:
            pair = waiting[:2]
            if len(pair) == 2 and all(self.is_short(item) for item in pair):
                made.append(self._pair(pair, answer, repeat, barred=barred, struck=struck))
                waiting = waiting[2:]
            else:
                item = waiting.pop(0)
                made.append(self.row(item, answer(item), repeat, barred=barred, struck=struck))
        return made

    def is_short(self, item: Item) -> bool:
        """True when label and answer of a blank fit into half a line, whatever will be answered."""
        if item.type is ItemType.LABEL or self.is_broad(item) or writein.is_long(item):
            return False
        room = self._answer - 2 * PAD_X
        if item.type is ItemType.TEXT and (item.length or SHORT_TEXT + 1) > SHORT_TEXT:
            return False
        codes = self.answers.codelist(item)
        if codes is not None and not item.computed:
            boxes = [ticks.natural(ticks.caption(one, self.voice), BODY) for one in codes.values]
            if max(boxes) > room:
                return False
        comb = writein.shape(item)
        if comb is not None and writein.comb(comb)[0] > room:
            return False
        edge = _SIDE - 2 * PAD_X
        beside = [ticks.natural(one, SMALL) for one in self.answers.choice(item)]
        beside += [ticks.natural(code, TINY) for code in item.missing]
        if beside and max(beside) > edge:
            return False
        label = self.label(item, _LABEL - BAR - 2 * PAD_X)
        tall = max(stacked(label), stacked(self.answers.strips(item, None, room)))
        return tall <= _TALLEST + BODY * LEADING * len(self.voice.languages)

    def _pair(
        self,
        items: Sequence[Item],
        answer: Callable[[Item], Answer | None],
        repeat: Sequence[Row],
        *,
        barred: bool,
        struck: bool,
    ) -> Row:
        cells = list(self.bar(barred))
        for index, item in enumerate(items):
            parts, columns = self._columns(item, answer(item), self._answer, _SIDE)
            start = index * self._half + BAR
            for column, strips in zip(columns, parts, strict=True):
                cells.append(Cell(start, column, tuple(strips)))
                start += column
        return Row(tuple(cells), least=LEAST, repeat=tuple(repeat), wide=self.wide, struck=struck)

    def _beside(self, item: Item, answer: Answer | None) -> tuple[list[list[Strip]], list[float]]:
        """A question with a line of its own; its label stands where that of a short one stands."""
        return self._columns(item, answer, self.width - _LABEL - _LONE_SIDE, _LONE_SIDE)

    def _columns(
        self, item: Item, answer: Answer | None, room: float, last: float
    ) -> tuple[list[list[Strip]], list[float]]:
        """Label, answer, and the side column with the unit above the missing codes."""
        edge = last - 2 * PAD_X
        beside = self.unit(item, answer, edge) if item.unit else []
        parts = [
            self.label(item, _LABEL - BAR - 2 * PAD_X),
            self.answers.strips(item, answer, room - 2 * PAD_X),
            [*beside, *side(self.voice, item, answer, edge)],
        ]
        return parts, [_LABEL - BAR, room, last]
