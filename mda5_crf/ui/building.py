"""What every group of a page is built with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.ui.field import FieldOwner

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
            longest = max(max(len(v.text.en) * 0.6, len(v.text.zh)) for v in codelist.values)
            return min(max(longest + 1, 4.5), 10.0)
        if codelist is not None:
            return min(max(max(len(v.code) for v in codelist.values) * 0.65 + 2.4, 4.5), 11.0)
        if item.type in _NUMBERS:
            return 5.5 if item.computed else 6.5
        if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
            return 7.8
        return 5.0 if item.type is ItemType.TIME else 11.0


def heading_ems(words: str) -> float:
    """The least width of a column whose heading is ``words``: its longest word, in em."""
    return max((sum(1.0 if ord(c) > 0x2E7F else 0.6 for c in word) for word in words.split()), default=2.0)
