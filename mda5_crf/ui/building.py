"""What every group of a page is built with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtWidgets import QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.ui.field import FieldOwner
from mda5_crf.ui.inputs import FieldInput, LineInput, Listed, is_tick, make_cell, make_input

_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)


@dataclass(frozen=True, slots=True)
class Builder:
    """``form`` is the key of the form instance; ``today`` the site's date; ``linked`` gives the rows that a
    link may name, None for an item that is no link; ``now`` the moment on the site's clock.
    """

    study: Study
    form: ItemKey
    today: date
    owner: FieldOwner
    linked: Callable[[Item], Listed | None]
    now: Callable[[], datetime] | None = None

    def key_of(self, item: Item, repeat: str = "") -> ItemKey:
        """The key of ``item`` on this form; ``repeat`` is the row's identity in a log."""
        return self.form._replace(group=item.group, group_repeat=repeat, item=item.name)

    def cell(self, parent: QWidget, item: Item) -> LineInput:
        """The input for ``item`` in a cell of a table."""
        return make_cell(parent, self.study, item, self.today, self.linked(item), self.now)

    def input(self, parent: QWidget, item: Item) -> FieldInput:
        """The input for ``item``, which is no label, in a column of questions."""
        made = make_input(parent, self.study, item, self.today, self.linked(item), self.now)
        assert made is not None
        return made

    def column_ems(self, item: Item) -> float:
        """How wide a column of a log is that asks ``item``, in em."""
        return max(self.cell_ems(item), heading_ems(item.label.en))

    def cell_ems(self, item: Item) -> float:
        """How wide a cell of ``item`` is, in em."""
        codelist = self.study.codelists[item.codelist] if item.codelist else None
        if codelist is not None and item.computed:
            longest = max(max(len(v.text.en) * 0.55, len(v.text.zh)) for v in codelist.values)
            return min(max(longest + 0.8, 4.5), 6.5)
        if codelist is not None and item.type is ItemType.MULTI:
            return 9.0
        if codelist is not None:
            if is_tick(item, codelist):
                return 4.0
            return min(max(max(len(v.code) for v in codelist.values) * 0.62 + 2.2, 4.5), 11.0)
        if item.computed and item.type is ItemType.TEXT:
            return 6.5
        if item.type in _NUMBERS:
            return 5.0 if item.computed else 5.5
        if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
            return 7.8
        if item.type is ItemType.LINK:
            return 6.0
        return 5.0 if item.type is ItemType.TIME else 11.0


def is_line_number(item: Item) -> bool:
    """Whether an item only counts the rows of its log: the window numbers them itself."""
    return item.calculate is not None and item.calculate.source.strip() == "line_number()"


def heading_ems(words: str) -> float:
    """The least width of a column whose English heading is ``words``: its longest word, in em.

    Chinese breaks anywhere and needs no width of its own.
    """
    return max((len(word) * 0.6 for word in words.split()), default=2.0)
