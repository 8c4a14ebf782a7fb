"""Which column of a pasted block goes to which question, and which line to which row of a grid.

Found by exact words: the question in either language, its name or OID, the heading of a grid. Units in
brackets behind a question must be the unit of the question; a heading with another unit is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.folding import loose, narrow
from mda5_crf.study.model import Item, ItemGroup, ItemType
from mda5_crf.text import Text

Lines = Sequence[Sequence[str]]
_UNIT = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]+)\s*[)\]]")


@dataclass(frozen=True, slots=True)
class Columns:
    """``choices``: what a column may go to, in order. ``names``: words that name one of them, or one of the
    computed ones. ``starts``: which choice a cell of the group belongs to, by item name.
    """

    choices: Mapping[str, Text]
    names: Mapping[str, str]
    starts: Mapping[str, str]
    units: Mapping[str, str]

    def named(self, heading: str) -> str:
        """The place that ``heading`` names, "" for none."""
        plain = _plain(heading)
        if plain in self.names:
            return self.names[plain]
        behind = _UNIT.fullmatch(plain)
        place = self.names.get(behind[1], "") if behind is not None else ""
        unit = self.units.get(place)
        return place if behind is not None and unit and loose(behind[2]) == loose(unit) else ""

    def known(self, heading: str) -> bool:
        """Whether ``heading`` is one, perhaps with a unit that is not that of the question."""
        plain = _plain(heading)
        behind = _UNIT.fullmatch(plain)
        return plain in self.names or (behind is not None and behind[1] in self.names)

    def assign(self, lines: Lines, *, headed: bool, at: ItemKey | None, named: bool) -> tuple[str, ...]:
        """The place of each column: by its heading, else in order from the cell ``at``."""
        if headed:
            return tuple(self.named(cell) for cell in lines[0])
        places = list(self.choices)
        start = self.starts.get(at.item, "") if at is not None else ""
        first = places.index(start) if start in places else 0
        wanted = ([""] if named else []) + places[first:]
        return tuple(wanted[i] if i < len(wanted) else "" for i in range(len(lines[0])))


def columns_of(group: ItemGroup) -> Columns:
    """What the columns of a block may go to in ``group``."""
    return _of_log(group) if group.repeating else _of_grid(group)


def _of_log(group: ItemGroup) -> Columns:
    asked = [item for item in group.items if item.type is not ItemType.LABEL]
    names: dict[str, str] = {}
    # Names first: a question may be worded like the name of another.
    for item in asked:
        names.update({_plain(item.name): item.name, _plain(item.oid): item.name})
    for item in asked:
        for word in (item.label.en, item.label.zh):
            names.setdefault(_plain(word), item.name)
    open_ = [item for item in asked if not item.computed]
    return Columns(
        {item.name: item.label for item in open_},
        names,
        {item.name: item.name for item in open_},
        {item.name: item.unit for item in asked if item.unit},
    )


def _of_grid(group: ItemGroup) -> Columns:
    by_column: dict[str, list[Item]] = {}
    for item in group.items:
        if item.column is not None:
            by_column.setdefault(item.column, []).append(item)
    used = [axis for axis in group.columns if axis.code in by_column]
    names: dict[str, str] = {}
    for axis in used:
        for word in (axis.text.en, axis.text.zh):
            names.setdefault(_plain(word), axis.code)
    choices = {
        axis.code: axis.text for axis in used if not all(item.computed for item in by_column[axis.code])
    }
    starts = {i.name: i.column for i in group.items if i.column is not None}
    return Columns(choices, names, starts, {})


def is_headed(columns: Columns, lines: Lines) -> bool:
    """Whether the first line of a block names its columns: at least half of what stands there."""
    words = [cell for cell in lines[0] if cell.strip()]
    found = sum(map(columns.known, words))
    return len(lines) > 1 and found > 0 and 2 * found >= len(words)


def heading_rows(group: ItemGroup, lines: Lines) -> dict[int, str]:
    """Place of a line → code of the row of a grid that its first cell names; empty when most name none."""
    if group.repeating or not lines or len(lines[0]) < 2:
        return {}
    names: dict[str, str] = {}
    for axis in group.rows:
        for word in (axis.code, axis.text.en, axis.text.zh):
            names.setdefault(_plain(word), axis.code)
    words = [(place, _plain(line[0])) for place, line in enumerate(lines) if line[0].strip()]
    found = {place: names[word] for place, word in words if word in names}
    # A bare number is an answer, whatever a row may be called.
    return found if found and 2 * len(found) >= len(words) else {}


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", narrow(words)).casefold().rstrip(" :：*?？")
