"""Groups laid out as rows: label, answer, unit and the side column, one question below the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mda5_crf.pdf import ticks, writein
from mda5_crf.pdf.answers import LONG_LIST, Answers
from mda5_crf.pdf.branch import condition
from mda5_crf.pdf.ink import BAND, BODY, FAINT, SECOND, SMALL, TINY, Strip, lines
from mda5_crf.pdf.layout import PAD_X, Cell, Row
from mda5_crf.pdf.marks import side
from mda5_crf.pdf.reading import Answer
from mda5_crf.study.model import Form, Item, ItemType
from mda5_crf.text import Text, message

LEAST = 20.0  # points: room for a line of handwriting
_SHARES = (0.35, 0.43, 0.11, 0.11)  # label, answer, unit, side
_BROAD_SIDE = 0.11  # of a question as broad as the page: the rest is label above answer
HEADING = 10.5
AIR = 6.0
BAR = 4.0  # points: the bar beside questions that hang on a condition


class Questions:
    """Makes the rows of one form's questions at a given width."""

    def __init__(self, answers: Answers, form: Form, width: float, *, wide: bool = False) -> None:
        self.answers = answers
        self.voice = answers.voice
        self.form = form
        self.width = width
        self.wide = wide

    def space(self) -> Row:
        """Air above a heading."""
        return Row((), least=AIR, edge="", keep=True, wide=self.wide)

    def heading(self, text: str, bookmark: tuple[int, str] | None = None) -> Row:
        """A band with a title that stays with what follows."""
        strips = tuple(lines(text, self.width - 2 * PAD_X, size=HEADING, bold=True))
        cell = Cell(0.0, self.width, strips, fill=BAND)
        return Row((cell,), edge="", keep=True, wide=self.wide, bookmark=bookmark)

    def subheading(self, text: str, repeat: Sequence[Row] = ()) -> Row:
        """A bold line inside a group that stays with what follows."""
        strips = tuple(lines(text, self.width - 2 * PAD_X, bold=True))
        return Row((Cell(0.0, self.width, strips),), keep=True, repeat=tuple(repeat), wide=self.wide)

    def remark(self, text: str, repeat: Sequence[Row] = (), *, keep: bool = True) -> Row:
        """A line of small print over the whole width."""
        strips = tuple(lines(text, self.width - 2 * PAD_X, size=SMALL, colour=SECOND))
        return Row((Cell(0.0, self.width, strips),), edge="", keep=keep, repeat=tuple(repeat), wide=self.wide)

    def only_if(self, source: str, names: Mapping[str, Text] | None = None) -> str:
        """The condition of a question or a group as a sentence; empty when the definition settles it."""
        told = condition(self.answers.study, self.form, source, names)
        return self.voice.say(message("pdf.only_if", condition=told), " / ") if told.en else ""

    def rows(
        self,
        items: Sequence[Item],
        answer: Callable[[Item], Answer | None],
        repeat: Sequence[Row] = (),
        *,
        within: str = "",
        struck: bool = False,
    ) -> list[Row]:
        """All questions, one below the other; a run with one condition is headed by it and barred.

        ``within``: a condition said already (that of the group). ``struck``: the whole block was struck out.
        """
        made: list[Row] = []
        for source, run in runs(items):
            told = self.only_if(source) if source and source != within else ""
            if told:
                made.append(self.remark(told, repeat))
            made += self.run(run, answer, repeat, barred=bool(told), struck=struck)
        return made

    def run(
        self,
        items: Sequence[Item],
        answer: Callable[[Item], Answer | None],
        repeat: Sequence[Row],
        *,
        barred: bool,
        struck: bool,
    ) -> list[Row]:
        """Questions that hang on one condition, or on none."""
        return [self.row(item, answer(item), repeat, barred=barred, struck=struck) for item in items]

    def row(
        self,
        item: Item,
        answer: Answer | None,
        repeat: Sequence[Row] = (),
        *,
        barred: bool = False,
        struck: bool = False,
    ) -> Row:
        """One question. ``answer`` None makes the blank; ``barred`` shows that it hangs on a condition."""
        if item.type is ItemType.LABEL:
            said = self.voice.lines(item.label, self.width - 2 * PAD_X - BAR)
            parts, columns = [said], [self.width - BAR]
        elif self.is_broad(item):
            parts, columns = self._broad(item, answer)
        else:
            parts, columns = self._beside(item, answer)
        cells, start = list(self.bar(barred)), BAR
        for column, strips in zip(columns, parts, strict=True):
            cells.append(Cell(start, column, tuple(strips)))
            start += column
        least = 0.0 if item.type is ItemType.LABEL else LEAST
        return Row(
            tuple(cells),
            least=least,
            repeat=tuple(repeat),
            wide=self.wide,
            struck=struck,
            flows=writein.is_story(item),
        )

    @staticmethod
    def bar(barred: bool) -> tuple[Cell, ...]:
        """The bar beside a question that hangs on a condition."""
        return (Cell(0.0, BAR, (), fill=FAINT),) if barred else ()

    def is_broad(self, item: Item) -> bool:
        """True for what needs the width of the page: a narrative, a very long list to tick."""
        codes = self.answers.codelist(item)
        long_list = codes is not None and not item.computed and len(codes.values) > LONG_LIST
        return writein.is_story(item) or (long_list and item.type is ItemType.MULTI)

    def _broad(self, item: Item, answer: Answer | None) -> tuple[list[list[Strip]], list[float]]:
        """The label above the answer, the side column beside both."""
        edge = _BROAD_SIDE * self.width
        columns = [self.width - BAR - edge, edge]
        room = columns[0] - 2 * PAD_X
        strips = [*self.label(item, room), *self.answers.strips(item, answer, room)]
        return [strips, side(self.voice, item, answer, edge - 2 * PAD_X)], columns

    def _beside(self, item: Item, answer: Answer | None) -> tuple[list[list[Strip]], list[float]]:
        """Label, answer, unit and side column next to each other."""
        columns = [share * self.width for share in _SHARES]
        columns[0] -= BAR
        inner = [column - 2 * PAD_X for column in columns]
        if not item.unit:  # nothing to say there: the answer takes the room
            columns[1:3], inner[1:3] = [columns[1] + columns[2]], [inner[1] + inner[2] + 2 * PAD_X]
        parts = [self.label(item, inner[0]), self.answers.strips(item, answer, inner[1])]
        if item.unit:
            parts.append(self.unit(item, answer, inner[2]))
        parts.append(side(self.voice, item, answer, inner[-1]))
        return parts, columns

    def label(self, item: Item, room: float) -> list[Strip]:
        """What is asked, with the small print below."""
        strips = self.voice.lines(item.label, room, size=BODY)
        if item.hint is not None:
            strips += self.voice.lines(item.hint, room, size=TINY, colour=SECOND)
        if item.computed:
            strips += lines(f"Σ {self.voice.tell('computed_here')}", room, size=TINY, colour=SECOND)
        if self.answers.notes is not None:
            strips += self.answers.notes.item(item, room)
        return strips

    def unit(self, item: Item, answer: Answer | None, room: float) -> list[Strip]:
        """The unit; where there is a choice, boxes to tick."""
        units = self.answers.choice(item)
        if len(units) < 2:
            shown = answer.unit if answer and answer.unit else item.unit or ""
            return lines(shown, room, size=SMALL, colour=SECOND)
        chosen = (answer.unit,) if answer and answer.unit else ()
        return ticks.options([(unit, unit) for unit in units], chosen, room, size=SMALL)


def runs(items: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """Neighbours with the same condition together: its source (empty for none) and the questions."""
    made: list[tuple[str, list[Item]]] = []
    for item in items:
        source = item.relevant.source if item.relevant is not None else ""
        if made and made[-1][0] == source:
            made[-1][1].append(item)
        else:
            made.append((source, [item]))
    return made
