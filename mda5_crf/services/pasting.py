"""What would become of a pasted block: which column goes where, what each cell reads as, what is left out.

A plan writes nothing. Every cell of the block that holds a word is in it exactly once: taken, taken with a
mark (no value of its item's type), left out with the reason, or a heading.
``EntrySession.take_paste`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import pastecells
from mda5_crf.services.pasteblock import LONGEST, parse_block
from mda5_crf.services.pasteplace import columns_of, heading_rows, is_headed
from mda5_crf.study.model import Item, ItemGroup, Layout
from mda5_crf.study.state import REQUIRED, TYPE, Finding
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.entryrows import EntryRows
    from mda5_crf.services.session import Session

LEFT_OUT: Final = ""
"""A column of the block that goes nowhere."""
_NEW: Final = "new:"


class Fate(StrEnum):
    """What becomes of a cell."""

    TAKEN = "taken"
    MARKED = "marked"
    LEFT = "left"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class PasteOptions:
    """What a person may choose. ``columns``: per column of the block the item (of a log) or heading (of a
    grid) it goes to, ``LEFT_OUT`` for none; None = found by the program, as is ``headed``.
    ``marked``: take what is no value of its type too, with a mark. ``replace``: full cells too.
    """

    columns: tuple[str, ...] | None = None
    headed: bool | None = None
    marked: bool = True
    replace: bool = False


@dataclass(frozen=True, slots=True)
class PasteCell:
    """One cell of the block. ``line`` and ``column`` count from 1; ``key`` is where it goes, its row
    ``new:3`` for the third row to be added. ``why`` names a refusal or a mark, ``read_as`` how it was
    understood where its characters alone do not say; ``stands``: left out because something else is there.
    """

    line: int
    column: int
    typed: str
    fate: Fate
    key: ItemKey | None = None
    entry: Entry | None = None
    why: Text | None = None
    read_as: str = ""
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What the form would say of a cell that is taken."""

    cell: PasteCell
    finding: Finding


@dataclass(frozen=True, slots=True)
class PastePlan:
    """See the module text. ``columns`` and ``headed`` are as used; ``choices`` what a column may go to."""

    group: str
    lines: tuple[tuple[str, ...], ...]
    options: PasteOptions
    headed: bool
    columns: tuple[str, ...]
    choices: Mapping[str, Text]
    cells: tuple[PasteCell, ...]
    notices: tuple[Notice, ...] = ()
    into: str = ""
    """Identity of the empty row that gets the first line, "" when all rows are new."""
    rows_named: bool = False
    """Whether the block names the rows of the grid itself, in its first column."""

    @property
    def replaceable(self) -> int:
        """Cells left out because something else stands where they would go."""
        return sum(cell.stands for cell in self.cells)

    @property
    def taken(self) -> tuple[PasteCell, ...]:
        """What would be written."""
        return tuple(cell for cell in self.cells if cell.fate in (Fate.TAKEN, Fate.MARKED))

    @property
    def marked(self) -> tuple[PasteCell, ...]:
        """What would be written although it is no value of its type."""
        return tuple(cell for cell in self.cells if cell.fate is Fate.MARKED)

    @property
    def left(self) -> tuple[PasteCell, ...]:
        """What is left out, each with its reason."""
        return tuple(cell for cell in self.cells if cell.fate is Fate.LEFT)

    @property
    def row_count(self) -> int:
        """How many rows would be added."""
        return len(self.new_rows())

    def new_rows(self) -> list[dict[str, Entry]]:
        """The rows to be added: entries by item name. A line of which nothing is taken adds none."""
        rows: dict[str, dict[str, Entry]] = {}
        for cell in self.taken:
            assert cell.key is not None
            if cell.key.group_repeat.startswith(_NEW) and cell.entry is not None:
                rows.setdefault(cell.key.group_repeat, {})[cell.key.item] = cell.entry
        return list(rows.values())

    def entries(self) -> list[tuple[ItemKey, Entry]]:
        """Entries of cells that are there already."""
        return [
            (cell.key, cell.entry)
            for cell in self.taken
            if cell.key is not None and cell.entry is not None and not cell.key.group_repeat.startswith(_NEW)
        ]


def plan(
    session: Session, entry: EntryRows, group: str, text: str, at: ItemKey | None, options: PasteOptions
) -> PastePlan:
    """The plan of ``text`` for ``group``. Raises InputRefused (see ``EntrySession.paste_plan``)."""
    lines = parse_block(text)
    definition = next((one for one in entry.form.groups if one.name == group), None)
    if definition is None or definition.layout not in (Layout.LOG, Layout.GRID, Layout.PANEL):
        raise InputRefused("paste.no_table")
    return _Planner(session, entry, definition, lines, at, options).plan()


def plan_again(
    session: Session, entry: EntryRows, old: PastePlan, at: ItemKey | None, **chosen: object
) -> PastePlan:
    """The plan of the same block after somebody chose otherwise (fields of :class:`PasteOptions`)."""
    options = replace(old.options, **chosen)  # type: ignore[arg-type]
    definition = next(one for one in entry.form.groups if one.name == old.group)
    return _Planner(session, entry, definition, old.lines, at, options).plan()


class _Planner:
    """Makes one plan."""

    def __init__(
        self,
        session: Session,
        entry: EntryRows,
        group: ItemGroup,
        lines: tuple[tuple[str, ...], ...],
        at: ItemKey | None,
        options: PasteOptions,
    ) -> None:
        self._session = session
        self._entry = entry
        self._group = group
        self._lines = lines
        self._at = at if at is not None and at.group == group.name else None
        self._options = options
        self._place = entry.key._replace(group=group.name)
        self._into = self._empty_row()
        self._used: set[ItemKey] = set()

    def plan(self) -> PastePlan:
        places = columns_of(self._group)
        wanted = self._options.headed
        headed = is_headed(places, self._lines) if wanted is None else wanted
        named = heading_rows(self._group, self._lines[1 if headed else 0 :])
        chosen = self._options.columns
        columns = chosen or places.assign(self._lines, headed=headed, at=self._at, named=bool(named))
        cells = list(self._cells(columns, headed, named))
        cells, notices = self._proved(cells)
        return PastePlan(
            self._group.name, self._lines, self._options, headed, columns, places.choices, tuple(cells),
            notices, self._into if any(_in(cell, self._into) for cell in cells) else "", bool(named),
        )  # fmt: skip

    def _empty_row(self) -> str:
        """The row that has the keyboard, when nothing was entered in it yet: it gets the first line."""
        row = self._at.group_repeat if self._at is not None and self._group.repeating else ""
        if not row or row not in self._entry.rows(self._group.name):
            return ""
        keys = (self._place._replace(group_repeat=row, item=item.name) for item in self._group.items)
        return "" if any(self._entry.stands(key) for key in keys) else row

    # -- each cell

    def _cells(self, columns: tuple[str, ...], headed: bool, named: Mapping[int, str]) -> Iterator[PasteCell]:
        new = (f"{_NEW}{number}" for number in count(1))
        names = chain([self._into], new) if self._into else new
        for number, line in enumerate(self._lines, 1):
            if not any(cell.strip() for cell in line):
                continue
            heading = headed and number == 1
            row = next(names) if self._group.repeating and not heading else ""
            for column, typed in enumerate(line, 1):
                if typed.strip():
                    cell = PasteCell(number, column, typed, Fate.LEFT)
                    place = columns[column - 1] if column <= len(columns) else LEFT_OUT
                    if heading or (named and number - 1 - headed in named and column == 1):
                        yield replace(cell, fate=Fate.HEADING)
                    elif named and column == 1:
                        yield replace(cell, why=message("paste.unknown_row"))
                    elif place == LEFT_OUT:
                        yield replace(cell, why=message("paste.no_column"))
                    else:
                        yield self._cell(cell, self._key(number - 1 - headed, place, named, row))

    def _cell(self, cell: PasteCell, key: ItemKey | Text) -> PasteCell:
        """A cell that has a place, or the reason why it has none."""
        if isinstance(key, Text):
            return replace(cell, why=key)
        item = self._entry.form.items[key.item]
        if key in self._used:
            return replace(cell, why=message("paste.twice", item=item.label))
        if item.computed:
            return replace(cell, why=message("paste.computed", item=item.label))
        if len(cell.typed) > LONGEST:
            return replace(cell, why=message("paste.too_long", item=item.label, most=LONGEST))
        self._used.add(key)
        return self._read(replace(cell, key=key), item)

    def _read(self, cell: PasteCell, item: Item) -> PasteCell:
        assert cell.key is not None
        found = pastecells.read(self._session, self._entry, cell.key, item, cell.typed)
        current, new = self._entry.entry_at(cell.key), found.entry
        if current is not None:
            same = (current.text, current.unit, current.missing) == (new.text, new.unit, new.missing)
            if same and not current.conflict:
                return replace(cell, why=message("paste.same", item=item.label))
            if not self._options.replace:
                return replace(cell, stands=True, why=message("paste.standing", item=item.label))
        if found.problem is None:
            return replace(cell, fate=Fate.TAKEN, entry=new, read_as=found.read_as)
        if not self._options.marked:
            return replace(cell, why=found.problem)
        return replace(cell, fate=Fate.MARKED, entry=new, why=found.problem)

    def _key(self, line: int, place: str, named: Mapping[int, str], row: str) -> ItemKey | Text:
        """Where a cell goes, or why it goes nowhere. ``line`` counts from 0, without the headings."""
        if self._group.repeating:
            return self._place._replace(group_repeat=row, item=place)
        code = self._row_code(line, named)
        if isinstance(code, Text):
            return code
        item = next((i for i in self._group.items if i.row == code and i.column == place), None)
        if item is None:
            heading = next(axis.text for axis in self._group.rows if axis.code == code)
            return message("paste.no_cell", row=heading)
        return self._place._replace(item=item.name)

    def _row_code(self, place: int, named: Mapping[int, str]) -> str | Text:
        rows = self._group.rows
        if named:
            return named.get(place) or message("paste.unknown_row")
        start = 0
        if self._at is not None:
            item = self._entry.form.items[self._at.item]
            start = next((i for i, axis in enumerate(rows) if axis.code == item.row), 0)
        if start + place >= len(rows):
            return message("paste.below_table")
        return rows[start + place].code

    # -- as the form would stand

    def _proved(self, cells: list[PasteCell]) -> tuple[list[PasteCell], tuple[Notice, ...]]:
        """Cells that would not apply are left out; what the form would say of the others."""
        state = self._entry.supposed(self._place, {c.key: c.entry for c in cells if c.key and c.entry})
        proved: list[PasteCell] = []
        notices: list[Notice] = []
        for cell in cells:
            found = state.items.get(cell.key) if cell.key is not None and cell.entry is not None else None
            if found is not None and not found.relevant:
                label = found.item.label
                proved.append(
                    replace(cell, fate=Fate.LEFT, entry=None, why=message("paste.not_asked", item=label))
                )
                continue
            proved.append(cell)
            if found is not None:
                notices += [
                    Notice(cell, finding)
                    for finding in found.findings
                    if finding.check not in (TYPE, REQUIRED)
                    and not finding.confirmed
                    and not finding.at_completion
                    and finding.items[:1] == (cell.key,)
                ]
        return proved, tuple(notices)


def _in(cell: PasteCell, row: str) -> bool:
    return bool(row) and cell.key is not None and cell.key.group_repeat == row and cell.entry is not None
