"""One input for each kind of item. ``make_input`` and ``make_cell`` are the only places that know which."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from mda5_crf.study.model import CodeList, Item, ItemType, Study
from mda5_crf.ui.inputs.base import Deaf, Entered, FieldInput, Listener, Step
from mda5_crf.ui.inputs.choice import IN_SIGHT, ChoiceInput, TickInput
from mda5_crf.ui.inputs.computed import ComputedInput
from mda5_crf.ui.inputs.date import DateInput, DateTimeInput, Now, TimeInput
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.inputs.listed import CodeSet, LineNumbers, Listed, ListedInput, ListedLine, LogLine
from mda5_crf.ui.inputs.multi import MultiInput
from mda5_crf.ui.inputs.number import NumberInput
from mda5_crf.ui.inputs.pick_list import CodeInput
from mda5_crf.ui.inputs.text import LONG, LongTextInput, TextInput

__all__ = [
    "Deaf",
    "Entered",
    "FieldInput",
    "LineInput",
    "LineNumbers",
    "Listed",
    "Listener",
    "LogLine",
    "NumberInput",
    "Step",
    "is_long",
    "is_tick",
    "make_cell",
    "make_input",
    "units_of",
]

MANY_IN_SIGHT = 12
"""Multiple answers out of more are typed, or ticked in the list that F9 opens."""

_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)


def is_long(item: Item) -> bool:
    """Whether an item is long text, which stands under its label."""
    return item.type is ItemType.TEXT and not item.computed and (item.length is None or item.length > LONG)


def is_tick(item: Item, codelist: CodeList) -> bool:
    """Whether an item is only ticked or not: one answer, and nobody has to give it."""
    return len(codelist.values) == 1 and not item.required


def units_of(item: Item) -> tuple[str, ...]:
    """All the units a number may stand in, its own first."""
    return (item.unit, *(u for u in item.units if u != item.unit)) if item.unit else ()


def make_input(
    parent: QWidget,
    study: Study,
    item: Item,
    today: date,
    linked: Listed | None = None,
    now: Now | None = None,
) -> FieldInput | None:
    """The input for ``item`` in a column of questions; None for a label, which only speaks.

    ``linked`` are the rows that a link may name, ``now`` tells the time of the site.
    """
    codelist = study.codelists[item.codelist] if item.codelist else None
    if linked is not None and not item.computed:
        return ListedInput(parent, linked)
    if item.type is ItemType.LABEL:
        return None
    if codelist is None or item.computed:
        if is_long(item):
            return LongTextInput(parent)
        return _line(parent, item, codelist, today, now, table=False)
    if item.type is ItemType.MULTI:
        many = len(codelist.values) > MANY_IN_SIGHT
        return ListedInput(parent, CodeSet(codelist)) if many else MultiInput(parent, codelist)
    if len(codelist.values) == 1:
        return TickInput(parent, codelist)
    if len(codelist.values) <= IN_SIGHT:
        return ChoiceInput(parent, codelist)
    return CodeInput(parent, codelist, _code_width(codelist))


def make_cell(
    parent: QWidget,
    study: Study,
    item: Item,
    today: date,
    linked: Listed | None = None,
    now: Now | None = None,
) -> LineInput:
    """The input for ``item`` in a cell of a table: always one line, codes typed straight in."""
    codelist = study.codelists[item.codelist] if item.codelist else None
    if linked is not None and not item.computed:
        return ListedLine(parent, 0, linked, table=True)
    if codelist is not None and item.type is ItemType.MULTI and not item.computed:
        return ListedLine(parent, 0, CodeSet(codelist), table=True)
    if codelist is not None and not item.computed:
        return CodeInput(parent, codelist, 0, brief=True, tick=is_tick(item, codelist), table=True)
    return _line(parent, item, codelist, today, now, table=True)


def _line(
    parent: QWidget, item: Item, codelist: CodeList | None, today: date, now: Now | None, *, table: bool
) -> LineInput:
    if item.computed:
        number = item.type in _NUMBERS
        return ComputedInput(parent, 8 if number else 20, codelist, right=number, table=table)
    if item.type in _NUMBERS:
        return NumberInput(parent, 8, units_of(item), table=table)
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        return DateInput(parent, today, table=table)
    if item.type is ItemType.TIME:
        return TimeInput(parent, table=table, now=now)
    if item.type is ItemType.DATETIME:
        return DateTimeInput(parent, today, table=table, now=now)
    return TextInput(parent, _text_width(item.length), table=table)


def _text_width(length: int | None) -> float:
    if length is None or length > 40:
        return 0
    return next((ems for limit, ems in ((4, 5), (10, 8), (16, 10)) if length <= limit), 20)


def _code_width(codelist: CodeList) -> float:
    longest = max(max(len(v.text.en) * 0.55, len(v.text.zh)) for v in codelist.values) + 4
    return min(20.0, max(8.0, longest))
