"""Sheets of a definition as they were read: rows of texts, what stands under which heading, and notes.

Whoever edits a workbook moves columns, sorts and inserts rows, leaves blanks; none of that changes what is
read. What is wrong is noted with sheet, row and column, all of it in one go, and never raised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mda5_crf.text import Text, message

_SPACES: Final = re.compile(r"[\s\u00a0]+")
HEAD_WITHIN: Final = 10
"""So many rows may stand above the headings: a title, who sent it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say of a place: ``row`` as a spreadsheet counts, 0 for the whole sheet; ``column`` by its
    heading.
    """

    text: Text
    sheet: str = ""
    row: int = 0
    column: str = ""

    def said(self) -> Text:
        """Place and sentence on one line, in both languages."""
        if not self.sheet:
            return self.text
        if not self.row:
            return message("sheets.at_sheet", sheet=self.sheet, what=self.text)
        if not self.column:
            return message("sheets.at_row", sheet=self.sheet, row=self.row, what=self.text)
        return message("sheets.at_cell", sheet=self.sheet, row=self.row, column=self.column, what=self.text)


@dataclass(slots=True)
class Notes:
    """What became of a file: how much was ``read``; what keeps it from being used (``problems``); what was
    ``repaired``; what was ``kept`` as it is, though it does nothing here; what was not ``understood``.
    """

    read: Counter[str] = field(default_factory=Counter)
    problems: list[Note] = field(default_factory=list)
    repaired: list[Note] = field(default_factory=list)
    kept: list[Note] = field(default_factory=list)
    unknown: list[Note] = field(default_factory=list)

    def problem(self, place: Row | None, column: str, code: str, /, **params: object) -> None:
        """Note ``sheets.<code>`` as what has to be mended first."""
        self.problems.append(_note(place, column, code, params))

    def repair(self, place: Row | None, column: str, code: str, /, **params: object) -> None:
        """Note what was read in another way than it is written."""
        self.repaired.append(_note(place, column, code, params))

    def keep(self, place: Row | None, column: str, code: str, /, **params: object) -> None:
        """Note what is carried along and does nothing."""
        self.kept.append(_note(place, column, code, params))

    def miss(self, place: Row | None, column: str, code: str, /, **params: object) -> None:
        """Note what was left out."""
        self.unknown.append(_note(place, column, code, params))


@dataclass(slots=True)
class Row:
    """One row: its number in the sheet, and the texts under the headings that are not blank."""

    sheet: str
    number: int
    cells: dict[str, str]

    def text(self, title: str) -> str:
        """What stands under ``title``, "" when nothing does."""
        return self.cells.get(title, "")


@dataclass(slots=True)
class Raw:
    """A sheet as the reader tells it: row numbers and their cells."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """A whole file. ``kind`` is ``xlsx`` or ``csv``; of a CSV file the one sheet has no name."""

    kind: str = ""
    sheets: list[Raw] = field(default_factory=list)


def _note(place: Row | None, column: str, code: str, params: Mapping[str, object]) -> Note:
    text = message(f"sheets.{code}", **params)
    return Note(text) if place is None else Note(text, place.sheet, place.number, column)


def book(lines: Iterable[Mapping[str, Any]]) -> Book:
    """What the reader (:mod:`mda5_crf.exchange.sheetin`) told, sheet by sheet."""
    found = Book()
    for line in lines:
        if "file" in line:
            found.kind = str(line["file"])
        elif "sheet" in line:
            found.sheets.append(Raw(str(line["sheet"])))
        elif "row" in line:
            if not found.sheets:
                found.sheets.append(Raw(""))
            found.sheets[-1].rows.append((int(line["row"]), [str(cell) for cell in line["cells"]]))
    return found


def heading(text: str) -> str:
    """A heading as it is compared: small letters, single blanks, none around ``::``."""
    shown = _SPACES.sub(" ", text).strip().casefold()
    return re.sub(r" *: *: *", "::", shown)


def rows_of(raw: Raw, needed: Collection[str], known: Collection[str], notes: Notes) -> list[Row]:
    """The rows of ``raw`` below its headings, blank ones left out.

    The headings are the first row that has all of ``needed``. A heading is told by the name in ``known`` that
    it means, any other as it is written. Without headings: a problem, and no rows.
    """
    names = {heading(name): name for name in known}
    wanted = {heading(name) for name in needed}
    plains = [[heading(cell) for cell in cells] for _, cells in raw.rows[:HEAD_WITHIN]]
    place = next((place for place, plain in enumerate(plains) if wanted <= set(plain)), -1)
    if place < 0:
        notes.problem(Row(raw.name, 0, {}), "", "no_headings", names=", ".join(needed))
        return []
    number, cells = raw.rows[place]
    titles = [names.get(text, cell.strip()) for text, cell in zip(plains[place], cells, strict=True)]
    head = Row(raw.name, number, {})
    for title in {title for title in titles if title and titles.count(title) > 1}:
        notes.problem(head, title, "heading_twice")
    made = []
    for number, texts in raw.rows[place + 1 :]:
        found = {title: text for title, text in zip(titles, map(tidy, texts), strict=False) if title and text}
        loose = [tidy(text) for title, text in zip(titles, texts, strict=False) if not title and tidy(text)]
        loose += [tidy(text) for text in texts[len(titles) :] if tidy(text)]
        if loose:
            notes.miss(Row(raw.name, number, {}), "", "no_heading_above")
        if found:
            made.append(Row(raw.name, number, found))
    return made


def tidy(text: str) -> str:
    """A cell without blanks around it, line ends as everywhere."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u00a0\u3000\ufeff")
