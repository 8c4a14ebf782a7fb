"""What every group of a page is built with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.ui.field import FieldOwner
from mda5_crf.ui.inputs import is_tick

_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)


@dataclass(frozen=True, slots=True)
class Builder:
    """``form`` is the key of the form instance; ``today`` the site's date."""

    study: Study
    form: ItemKey
    today: date
    owner: FieldOwner

    def key_of(self, item: Item, repeat: str = "") -> ItemKey:
        """The key of ``item`` on this form; ``repeat`` is the row's identity in a log."""
        return self.form._replace(group=item.group, group_repeat=repeat, item=item.name)

    def cell_ems(self, item: Item) -> float:
        """How wide a cell of ``item`` is, in em."""
        codelist = self.study.codelists[item.codelist] if item.codelist else None
        if codelist is not None and item.computed:
            longest = max(max(len(v.text.en) * 0.55, len(v.text.zh)) for v in codelist.values)
            return min(max(longest + 0.8, 4.5), 6.5)
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
        return 5.0 if item.type is ItemType.TIME else 11.0


def heading_ems(words: str) -> float:
    """The least width of a column whose English heading is ``words``: its longest word, in em.

    Chinese breaks anywhere and needs no width of its own.
    """
    return max((len(word) * 0.56 for word in words.split()), default=2.0)
