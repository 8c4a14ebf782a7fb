"""What one deliberate key may set in cells that are still empty: 0, normal, full strength.

The definition says which code an item has at rest (``rest`` of a group or an item). Nothing that stands is
touched. What an investigator has to judge is set for nobody else, whatever the group says: only an
investigator at the keyboard sets it, as the own judgement, where the item itself has a code for it; else it
is counted and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item, ItemGroup, ItemType
from mda5_crf.study.values import Entry

if TYPE_CHECKING:
    from mda5_crf.services.entrycore import EntryCore


@dataclass(frozen=True, slots=True)
class RestOffer:
    """``cells``: what would be set, in definition order. ``judged``: empty cells that wait for an
    investigator's judgement and are left. ``able``: whether the group has anything at rest at all. ``own``:
    judgements that the investigator at the keyboard makes by this key, beside ``cells``.
    """

    cells: tuple[tuple[ItemKey, Entry], ...]
    judged: tuple[ItemKey, ...]
    able: bool
    own: tuple[tuple[ItemKey, Entry], ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The different codes that would be set, in order."""
        return tuple(dict.fromkeys(entry.text for _, entry in self.cells))


def at_rest(group: ItemGroup, item: Item, codes: frozenset[str] | None) -> str | None:
    """The code of ``item`` at rest, None when it has none. ``codes`` are those of its codelist."""
    if item.computed or item.investigator:
        return None
    if item.rest is not None:
        return item.rest
    if group.rest is None:
        return None
    if codes is not None:
        return group.rest if item.type is ItemType.CODE and group.rest in codes else None
    # A text or a date has no rest; a number has when the group's is one.
    is_number = item.type in (ItemType.INTEGER, ItemType.DECIMAL)
    return group.rest if is_number and group.rest.isdigit() and item.unit_from is None else None


def offer(entry: EntryCore, group: ItemGroup) -> RestOffer:
    """What can be set in ``group`` as the form stands now."""
    items = entry.state.items
    decides = entry.investigator
    cells: list[tuple[ItemKey, Entry]] = []
    own: list[tuple[ItemKey, Entry]] = []
    judged: list[ItemKey] = []
    able = False
    for item in group.items:
        code = at_rest(group, item, _codes(entry, item))
        able |= code is not None
        key = entry.key._replace(group=group.name, item=item.name)
        state = items.get(key)
        if state is None or not state.relevant or entry.stands(key) or _not_done(entry, item):
            continue
        if code is not None:
            cells.append((key, Entry(code)))
        elif item.investigator and not item.computed:
            if decides and item.rest is not None:
                own.append((key, Entry(item.rest)))
            else:
                judged.append(key)
    return RestOffer(tuple(cells), tuple(judged), able, tuple(own))


def zero_cells(entry: EntryCore, group: ItemGroup, row: str) -> dict[ItemKey, Entry]:
    """The empty cells of a grid row that have the group's zero code among their answers."""
    code = group.zero_row
    if code is None:
        return {}
    asked = [i for i in group.items if i.row == row and code in (_codes(entry, i) or ()) and not i.computed]
    keys = [entry.key._replace(group=group.name, item=item.name) for item in asked]
    return {key: Entry(code) for key in keys if not entry.stands(key)}


def _codes(entry: EntryCore, item: Item) -> frozenset[str] | None:
    return frozenset(value.code for value in entry.codes(item)) if item.codelist else None


def _not_done(entry: EntryCore, item: Item) -> bool:
    """Whether the item beside it says that this one was not done."""
    if item.not_done_item is None:
        return False
    other = entry.form.items[item.not_done_item]
    return entry.stands(entry.key._replace(group=other.group, item=other.name))
