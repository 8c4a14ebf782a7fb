"""Tables: how wide each column must be, whether the page must be turned, and the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mda5_crf.pdf import ticks
from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.fonts import BOLD, REGULAR, width
from mda5_crf.pdf.ink import BAND, BODY, COMPUTED, SECOND, SMALL, TINY, Strip, lines, stacked
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, WIDE_WIDTH, Cell, Row
from mda5_crf.pdf.lines import longest_word
from mda5_crf.pdf.marks import beside, marks
from mda5_crf.pdf.reading import COMPUTED as COMPUTED_MARK
from mda5_crf.pdf.reading import Answer
from mda5_crf.study.model import Item, ItemType
from mda5_crf.text import Text

TICKS_IN_CELL = 6  # a codelist up to this size is ticked in the cell, a longer one is answered by its code
EASE = 0.35  # a table stays upright when its columns get at least this part of the way from need to wish
LEAST = 22.0
LONG_CELL = 100  # characters: from here on a text is a sentence
UNITS_WISH = 100.0  # units to choose from take another line rather than more width than this
_TEXT_WISH = ((12, 60.0), (40, 95.0), (100, 130.0))
_FIXED = {
    ItemType.DATE: (62.0, 72.0),
    ItemType.PARTIAL_DATE: (62.0, 72.0),
    ItemType.TIME: (36.0, 44.0),
    ItemType.DATETIME: (78.0, 100.0),
    ItemType.INTEGER: (38.0, 52.0),
    ItemType.DECIMAL: (42.0, 58.0),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and all items that stand in it. ``with_unit``: units stand in the cells."""

    heading: Text
    items: tuple[Item, ...]
    with_unit: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Column widths in points; ``wide`` when the page must lie on its side."""

    widths: tuple[float, ...]
    wide: bool


def ticked(answers: Answers, item: Item) -> bool:
    """True when the item is answered by ticking codes in its cell."""
    codes = answers.codelist(item)
    small = codes is not None and len(codes.values) <= TICKS_IN_CELL
    return small and not item.computed and item.type is not ItemType.MULTI


def demand(answers: Answers, column: Column) -> tuple[float, float]:
    """What a column needs, and what it would like, in points."""
    voice = answers.voice
    need = max((longest_word(part, BOLD, SMALL) for part in voice.parts(column.heading)), default=0.0)
    wish = need
    for item in column.items:
        item_need, item_wish = _item_demand(answers, item, column.with_unit)
        need, wish = max(need, item_need), max(wish, item_wish)
    return need + 2 * PAD_X, max(need, wish) + 2 * PAD_X


def _item_demand(answers: Answers, item: Item, with_unit: bool) -> tuple[float, float]:
    codes = answers.codelist(item)
    if codes is not None:
        if ticked(answers, item):
            shown = [*(value.code for value in codes.values), *item.missing]
            each = [ticks.natural(code, SMALL) for code in shown]
            return max(each), sum(each) + ticks.BETWEEN * (len(each) - 1)
        longest = max(width(value.code, BOLD, BODY) for value in codes.values)
        return min(longest, 90.0), max(min(longest, 90.0), 40.0)
    if item.type in _FIXED:
        need, wish = _FIXED[item.type]
        if with_unit:
            units = [width(f"{ticks.EMPTY} {unit}", REGULAR, TINY) for unit in answers.choice(item)]
            need, wish = max([need, *units]), max(wish, min(sum(units) + 6.0 * len(units), UNITS_WISH))
        return need, wish
    length = item.length or 200
    need = 56.0 if length <= LONG_CELL else 90.0  # a sentence by hand
    return need, next((wish for limit, wish in _TEXT_WISH if length <= limit), 160.0)


def plan(
    answers: Answers,
    label: tuple[float, float],
    columns: Sequence[Column],
    *,
    turned: bool = False,
    ease: float = 0.0,
) -> Plan | None:
    """Widths for a label column (its need and wish) and ``columns``; None when it fits no page.

    ``turned``: the page lies on its side already, for the sake of another group of the form. ``ease``: the
    part of the way from need to wish that the columns must get even there.
    """
    demands = [label, *(demand(answers, column) for column in columns)]
    need = sum(one for one, _ in demands)
    wish = sum(one for _, one in demands)
    if not turned and need + EASE * (wish - need) <= UPRIGHT_WIDTH:
        return Plan(_shared(demands, need, wish, UPRIGHT_WIDTH), False)
    if need + ease * (wish - need) <= WIDE_WIDTH:
        return Plan(_shared(demands, need, wish, WIDE_WIDTH), True)
    return None


def _shared(
    demands: Sequence[tuple[float, float]], need: float, wish: float, room: float
) -> tuple[float, ...]:
    """The room shared out: needs first, then wishes, then what is left in proportion."""
    if wish <= room:
        return tuple(wanted * room / wish for _, wanted in demands)
    part = (room - need) / (wish - need)
    return tuple(least + (wanted - least) * part for least, wanted in demands)


class Table:
    """Makes the rows of one table with a given plan."""

    def __init__(
        self, answers: Answers, columns: Sequence[Column], layout: Plan, *, gated: bool = False
    ) -> None:
        """``gated``: the whole table hangs on a condition."""
        self.answers = answers
        self.voice = answers.voice
        self.columns = tuple(columns)
        self.plan = layout
        self.gated = gated
        self.starts = tuple(sum(layout.widths[:index]) for index in range(len(layout.widths)))

    def heading(self, label: Text) -> Row:
        """The row of headings; it is repeated on every page."""
        texts = (label, *(column.heading for column in self.columns))
        cells = []
        noted = ((), *(column.items for column in self.columns))
        for text, start, wide, items in zip(texts, self.starts, self.plan.widths, noted, strict=True):
            strips = self.voice.lines(text, wide - 2 * PAD_X, size=SMALL, bold=True)
            if self.answers.notes is not None:
                strips += self.answers.notes.column(items, wide - 2 * PAD_X)
            cells.append(Cell(start, wide, tuple(strips), BAND))
        return Row(tuple(cells), edge="grid", keep=True, wide=self.plan.wide)

    def row(
        self,
        label: Sequence[Strip],
        entries: Sequence[tuple[Item, Answer | None] | None],
        repeat: Sequence[Row],
        *,
        struck: bool = False,
    ) -> Row:
        """One row: its label and one entry a column; None where the table asks nothing."""
        notes, columns = self.answers.notes, [column.items for column in self.columns]
        asked = [entry[0] for entry in entries if entry is not None]
        if notes is not None:
            label = [*label, *notes.row(asked, columns, self.plan.widths[0] - 2 * PAD_X)]
        cells = [Cell(0.0, self.plan.widths[0], tuple(label))]
        for index, entry in enumerate(entries, start=1):
            cell = self._cell(index, entry)
            if notes is not None and entry is not None:
                room = cell.width - 2 * PAD_X
                said = notes.cell(entry[0], columns[index - 1], asked, columns, room)
                cell = replace(cell, strips=(*cell.strips, *said))
            cells.append(cell)
        return Row(
            tuple(cells), least=LEAST, edge="grid", repeat=tuple(repeat), wide=self.plan.wide, struck=struck
        )

    def _cell(self, index: int, entry: tuple[Item, Answer | None] | None) -> Cell:
        start, wide = self.starts[index], self.plan.widths[index]
        if entry is None:
            return Cell(start, wide, (), BAND)
        item, answer = entry
        with_unit = self.columns[index - 1].with_unit
        room = wide - 2 * PAD_X
        small = ticked(self.answers, item)
        strips = (
            self.answers.ticked_in_table(item, answer, room)
            if small
            else self.answers.in_table(item, answer, room, with_unit=with_unit)
        )
        if item.missing and not small:
            chosen = (answer.missing,) if answer is not None else ()
            boxes = ticks.options([(code, code) for code in item.missing], chosen, room, size=TINY)
            strips += boxes if answer is None or answer.relevant else [Strip(stacked(boxes), ())]
        if self.gated or item.relevant is not None:
            strips = self._gated(strips, answer, room, beneath=small or bool(answer and answer.text))
        strips = beside(strips, marks(answer, without=COMPUTED_MARK), room)
        return Cell(start, wide, tuple(strips), COMPUTED if item.computed else "")

    def _gated(
        self, strips: list[Strip], answer: Answer | None, room: float, *, beneath: bool
    ) -> list[Strip]:
        """Room for the word "not applicable", and the word where it holds: as tall on a blank page as on a
        filled one. ``beneath``: after what stands in the cell, else in its first, empty line.
        """
        said = lines(self.voice.tell("na"), room, size=TINY, colour=SECOND)
        closed = answer is not None and not answer.relevant
        if not beneath:
            if not closed or not strips:
                return strips
            first, *rest = strips
            return [first._replace(inks=(*said[0].inks, *first.inks)), *rest]
        told = beside(strips, said, room)
        if closed:
            return told
        *above, last = strips or [Strip(0.0, ())]
        return [*above, last._replace(height=last.height + stacked(told) - stacked(strips))]
