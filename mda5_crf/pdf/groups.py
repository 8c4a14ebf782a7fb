"""One form as rows: its groups in definition order, each by its layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from mda5_crf.pdf import ticks
from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.cards import Cards
from mda5_crf.pdf.fonts import BOLD, width
from mda5_crf.pdf.gates import by_column, shared
from mda5_crf.pdf.ink import BODY, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, WIDE_WIDTH, Row, kept
from mda5_crf.pdf.lines import longest_word
from mda5_crf.pdf.paper import PrintedRow
from mda5_crf.pdf.questions import AIR, Questions
from mda5_crf.pdf.reading import Answer, line_numbers
from mda5_crf.pdf.signing import HEIGHT as SIGNING
from mda5_crf.pdf.tables import Column, Plan, Table, plan
from mda5_crf.study.model import Axis, Form, Item, ItemGroup, ItemType, Layout
from mda5_crf.text import Text, both, message

BLANK_ROWS = 8  # empty rows of a log that is a table, when no page says how many fit
MOST_ROWS, FEWEST_ROWS = 12, 3  # as many as fill the page, within these bounds
BLANK_CARDS = 2  # empty blocks of a log whose rows are too long for a table; more where they fill the page
MOST_CARDS = 6
LOG_EASE = 0.25  # a log whose columns get less of the way from need to wish is set as blocks
SMALL_TABLE = 0.35  # of a page: a table up to this height is not torn
TOGETHER = 2  # rows of a table that stay together at either end, so that none stands alone on a page
LABEL_WISH = 150.0
_FILLED_IN = re.compile(r"present\(\w+\)")  # goes without saying on paper
_NUMBERS = (26.0, 30.0)  # need and wish of the column with row numbers


class Source(Protocol):
    """Where answers come from: nowhere (blank), or the state of a form."""

    def answer(self, item: Item, row: str = "") -> Answer | None:
        """What to print for an item (in a log row); None draws the blank."""

    def rows(self, group: ItemGroup) -> Sequence[PrintedRow] | None:
        """The rows of a log; None for as many empty ones as the paper has room for."""


def _is_log(group: ItemGroup) -> bool:
    return group.layout is Layout.LOG or group.repeating


def _columns(group: ItemGroup) -> list[Column]:
    """The columns of a grid or panel that have items."""
    columns = [
        Column(axis.text, tuple(item for item in group.items if item.column == axis.code), True)
        for axis in group.columns
    ]
    return [column for column in columns if column.items]


def _log_columns(group: ItemGroup) -> list[Column]:
    return [Column(item.label, (item,), True) for item in group.items]


def row_axes(group: ItemGroup) -> list[Axis]:
    """The row headings; where the definition names none, each row is headed by its first question."""
    if group.rows:
        return list(group.rows)
    first: dict[str, Axis] = {}
    for item in group.items:
        if item.row is not None and item.row not in first:
            first[item.row] = Axis(item.row, item.label)
    return list(first.values())


class Nothing:
    """The source of a blank form."""

    def answer(self, item: Item, row: str = "") -> Answer | None:  # noqa: ARG002 - one interface, nothing to read
        """No answer."""
        return None

    def rows(self, group: ItemGroup) -> Sequence[PrintedRow] | None:  # noqa: ARG002
        """Empty rows."""
        return None


class Groups:
    """Makes the rows of a form. When one table needs the page turned, the whole form is turned."""

    def __init__(
        self,
        answers: Answers,
        form: Form,
        source: Source,
        level: int,
        heights: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """``heights``: room for rows on an upright and on a wide page, in points; 0 when it is not known."""
        self.answers = answers
        self.voice = answers.voice
        self.form = form
        self.source = source
        self.level = level  # of the group's bookmark
        plans = [self._plan(group, turned=False) for group in form.groups]
        self.wide = any(layout is not None and layout.wide for layout in plans)
        self.width = WIDE_WIDTH if self.wide else UPRIGHT_WIDTH
        self.page = heights[self.wide]
        self.maker = Questions(answers, form, self.width, wide=self.wide)
        self.cards = Cards(answers, form, self.width, wide=self.wide)

    def rows(self) -> list[Row]:
        """All rows of the form, headings included."""
        made: list[Row] = []
        for group in self.form.groups:
            layout = self._plan(group, turned=self.wide)
            if _is_log(group):
                made += self._log(group, layout, sum(row.height for row in made))
            elif layout is not None:
                made += self._table(group, layout)
            else:
                made += self._questions(group, group.items)
        return made

    def _plan(self, group: ItemGroup, *, turned: bool) -> Plan | None:
        """Column widths of a group that is a table; None for questions and for logs too broad for a table."""
        if _is_log(group):
            return plan(self.answers, _NUMBERS, _log_columns(group), turned=turned, ease=LOG_EASE)
        axes, columns = row_axes(group), _columns(group)
        if group.layout not in (Layout.GRID, Layout.PANEL) or not columns or not axes:
            return None
        return plan(self.answers, self._label_demand(axes), columns, turned=turned)

    def _opening(self, group: ItemGroup, condition: str) -> tuple[list[Row], Row]:
        """Heading and condition of a group, and the heading to repeat on later pages."""
        maker = self.maker
        name = self.voice.say(group.title, "  ")
        rows = [maker.space(), maker.heading(name, (self.level, self.voice.say(group.title)))]
        if condition and (needed := maker.only_if(condition)):
            rows.append(maker.remark(needed))
        again = self.voice.say(message("pdf.continued", title=group.title), "  ")
        return rows, maker.heading(again)

    def _questions(self, group: ItemGroup, items: Sequence[Item]) -> list[Row]:
        condition = group.relevant.source if group.relevant is not None else shared(items)
        rows, again = self._opening(group, condition)
        return rows + self.maker.rows(items, self.source.answer, (again,), within=condition)

    # tables -------------------------------------------------------------------------------------

    def _table(self, group: ItemGroup, layout: Plan) -> list[Row]:
        """A grid or panel: headings of both axes; what stands in neither follows as questions."""
        axes, columns = row_axes(group), _columns(group)
        condition = group.relevant.source if group.relevant is not None else shared(group.items)
        rows, again = self._opening(group, condition)
        maker = self.maker
        rows += self._small_print(self._explanations(group, columns, maker, condition))
        table = Table(self.answers, columns, layout, gated=bool(condition))
        heading = table.heading(both(""))
        rows.append(heading)
        body: list[Row] = []
        placed: set[str] = set()
        cells = {(item.row, item.column): item for item in group.items}
        for axis in axes:
            entries: list[tuple[Item, Answer | None] | None] = []
            for column in columns:
                item = cells.get((axis.code, column.items[0].column))
                entries.append((item, self.source.answer(item)) if item is not None else None)
                placed |= {item.name} if item is not None else set()
            label = self.voice.lines(axis.text, layout.widths[0] - 2 * PAD_X)
            body.append(table.row(label, entries, (again, heading)))
        small = sum(row.height for row in body) <= SMALL_TABLE * self.page
        rows += kept(body, len(body) if small else TOGETHER)
        # A computed item in no column (the stored value of a result) is shown beside what it comes from.
        left = [
            item
            for item in group.items
            if item.name not in placed and not (item.computed and not item.column)
        ]
        return rows + maker.rows(left, self.source.answer, (again,), within=condition)

    def _label_demand(self, axes: Sequence[Axis]) -> tuple[float, float]:
        need, wish = 40.0, 60.0
        for axis in axes:
            for part in self.voice.parts(axis.text):
                need = max(need, longest_word(part, BOLD, BODY))
                wish = max(wish, min(width(part, BOLD, BODY), LABEL_WISH))
        return need + 2 * PAD_X, max(need, wish) + 2 * PAD_X

    def _small_print(self, told: Sequence[str]) -> list[Row]:
        """Lines of explanation as one block that stays with the table."""
        return [self.maker.remark("\n".join(told))] if told else []

    def _explanations(
        self, group: ItemGroup, columns: Sequence[Column], maker: Questions, condition: str
    ) -> list[str]:
        """Small print above a table: what its codes mean, and which columns hang on a condition."""
        told: list[str] = []
        meanings: dict[str, list[Text]] = {}
        for column in columns:
            for oid in dict.fromkeys(item.codelist for item in column.items if item.codelist):
                meanings.setdefault(oid, []).append(column.heading)
        for oid, headings in meanings.items():
            codes = self.answers.study.codelists[oid]
            captions = [ticks.caption(value, self.voice) for value in codes.values]
            alone = self.voice.say(codes.values[0].text).casefold() if len(captions) == 1 else ""
            if alone and alone in [self.voice.say(heading).casefold() for heading in headings]:
                continue
            if all(text == value.code for text, value in zip(captions, codes.values, strict=True)):
                captions = [f"{captions[0]}–{captions[-1]}"]  # a scale of bare numbers
            name = ", ".join(dict.fromkeys(self.voice.say(heading) for heading in headings))
            told.append(f"{name}: " + " | ".join(captions))
        names, gated = by_column(group, {axis.code: axis.text for axis in group.columns})
        for code, source in gated.items():
            if source == condition or _FILLED_IN.fullmatch(source):
                continue
            heading = next(axis.text for axis in group.columns if axis.code == code)
            needed = maker.only_if(source, names)
            told += [f"{self.voice.say(heading)}: {needed}"] if needed else []
        return told

    # logs ---------------------------------------------------------------------------------------

    def _log(self, group: ItemGroup, layout: Plan | None, above: float) -> list[Row]:
        """Rows that repeat: a table when its columns fit, else one block of questions a row.

        ``above``: points that the groups before take.
        """
        columns = _log_columns(group)
        printed = self.source.rows(group)
        condition = group.relevant.source if group.relevant is not None else ""
        opening, again = self._opening(group, condition)
        maker = self.maker
        if printed is not None and not printed:
            opening.append(maker.remark(self.voice.tell("no_rows"), keep=False))
            return opening
        if layout is None:
            return opening + self._blocks(group, printed, opening, above, again, condition)
        gates = [
            f"{self.voice.say(item.label)}: {needed}"
            for item in group.items
            if item.relevant is not None and item.relevant.source != condition
            if (needed := maker.only_if(item.relevant.source))
        ]
        explained = self._explanations(group, columns, maker, condition) + gates
        rows = opening + self._small_print(explained)
        table = Table(self.answers, columns, layout, gated=bool(condition))
        heading = table.heading(both("#"))
        rows.append(heading)
        blank = table.row((), [(item, None) for item in group.items], ())
        used = above + sum(row.height for row in rows)
        for row in printed or self._empty(self._count(blank.height, used, BLANK_ROWS, MOST_ROWS)):
            label = lines(str(row.number), layout.widths[0] - 2 * PAD_X)
            entries = [(item, self._logged(item, row, printed is None)) for item in group.items]
            rows.append(table.row(label, entries, (again, heading), struck=row.struck))
            if row.struck:
                rows.append(maker.remark(self._noted(row), keep=False))
            elif noted := self._noted(row):
                told = self.voice.say(message("pdf.row", number=row.number), "  ")
                rows.append(maker.remark(f"{told}   {noted}", keep=False))
        return rows

    def _blocks(
        self,
        group: ItemGroup,
        printed: Sequence[PrintedRow] | None,
        opening: Sequence[Row],
        above: float,
        again: Row,
        condition: str,
    ) -> list[Row]:
        """One block of questions a row; a block that fits on a page is not torn."""
        first = self._block(group, PrintedRow("", 1), again, condition, blank=printed is None)
        tall = sum(row.height for row in first)
        used = above + sum(row.height for row in opening)
        made: list[Row] = []
        for row in printed or self._empty(self._count(tall, used, BLANK_CARDS, MOST_CARDS)):
            block = self._block(group, row, again, condition, blank=printed is None)
            whole = sum(one.height for one in block) + again.height <= self.page
            made += kept(block, len(block) if whole else TOGETHER + 2)
        return made

    def _block(
        self, group: ItemGroup, row: PrintedRow, again: Row, condition: str, *, blank: bool
    ) -> list[Row]:
        maker = self.cards
        caption = message("pdf.row", number=row.number)
        told = self.voice.say(caption, "  ")
        going_on = maker.subheading(self.voice.say(message("pdf.continued", title=caption), "  "))
        return [
            replace(maker.space(), repeat=(again,)),
            maker.subheading(f"{told}   {self._noted(row)}".rstrip(), (again,)),
            *maker.rows(
                group.items,
                lambda item: self._logged(item, row, blank),
                (again, going_on),
                within=condition,
                struck=row.struck,
            ),
        ]

    def _count(self, each: float, used: float, usual: int, most: int) -> int:
        """How many empty rows or blocks of a height fill the page; the usual number when too few fit."""
        if not self.page:
            return usual
        left = self.page - used % self.page - SIGNING - AIR
        fewest = min(FEWEST_ROWS, usual)
        fit = int(left // each)
        return min(fit, most) if fit >= fewest else usual

    @staticmethod
    def _empty(count: int) -> list[PrintedRow]:
        return [PrintedRow("", number) for number in range(1, count + 1)]

    def _logged(self, item: Item, row: PrintedRow, blank: bool) -> Answer | None:
        if blank:
            return None
        if row.struck and item.name in row.values:  # the state holds live rows only
            text = row.values[item.name]
            if text in item.missing:
                return Answer(missing=text)
            codes = self.answers.codelist(item)
            if item.type is ItemType.LINK:
                return Answer(text=line_numbers(self.voice, item.to or "", text))
            typed = text.split(",") if item.type is ItemType.MULTI else [text]
            known = codes is not None and all(one in codes.by_code for one in typed)
            return Answer(text=", ".join(typed), codes=frozenset(typed if known else ()))
        return self.source.answer(item, row.identity)

    def _noted(self, row: PrintedRow) -> str:
        """What is said of a row as a whole: that and why it was struck out, or that it is incomplete."""
        if not row.struck:
            return self.voice.tell("row_incomplete") if row.status in ("incomplete", "empty") else ""
        if row.reason is None:
            return self.voice.tell("struck")
        return self.voice.tell("struck_because", reason=row.reason)
