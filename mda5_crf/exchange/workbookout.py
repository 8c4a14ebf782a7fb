"""A definition as a workbook (.xlsx), for people who review and edit in Excel or WPS.

``leaves`` lays a description (:mod:`mda5_crf.study.writing`) out in rows, ``write`` makes the workbook. What
has been laid out is put together again before anything is written: a definition that a workbook cannot hold
whole is refused, so that nothing is lost on the way there and back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange import bookplan as plan
from mda5_crf.exchange.bookcells import LOOSE, Cell, same
from mda5_crf.services.auditcsv import guarded
from mda5_crf.study.writing import Description, toml_value
from mda5_crf.text import message

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

README: Final = "readme"
LONGEST: Final = 10_000
"""Characters of a part of a file. A cell has 32,767, and escaping may double a text."""
_WIDEST: Final = 60
_LIKE_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EMPTY: Final = "1970-01-01"


@dataclass(slots=True)
class Leaf:
    """One sheet: its titles and its rows, a row being what stands under which title."""

    name: str
    titles: list[str]
    rows: list[dict[str, Cell]] = field(default_factory=list)


def leaves(description: Description) -> list[Leaf]:
    """The sheets of ``description``."""
    languages = plan.LANGUAGES
    made = {one.name: Leaf(one.name, one.titles(languages)) for one in plan.PLANS}
    for name, title, row in _Layout(description, languages).rows():
        leaf = made[name]
        leaf.titles.extend(key for key in row if key not in leaf.titles)
        if title:
            row[plan.ORDER] = (len(leaf.rows) + 1) * plan.STEP
        leaf.rows.append(row)
    return list(made.values())


def _tables(description: Description, name: str) -> Mapping[str, Any]:
    found = description.get(name, {})
    return {} if isinstance(found, str) else found


Line = tuple[str, bool, dict[str, Cell]]
"""Sheet, whether its rows have an order, and the row."""


class _Layout:
    def __init__(self, description: Description, languages: Sequence[str]) -> None:
        self._description = description
        self._languages = languages

    def rows(self) -> Iterator[Line]:
        study = _tables(self._description, "study.toml")
        yield "settings", False, self._row(plan.STUDY, study.get("study", {}))
        for name in plan.LISTS:
            for key, value in study.get(name, {}).items():
                told = {"label": value} if isinstance(value, Mapping) else {"value": value}
                yield "lists", True, {"list": name, "name": key, **self._row(plan.LISTED, told)}
        yield from self._schedule(_tables(self._description, "schedule.toml"))
        for symbol, unit in _tables(self._description, "units.toml").get("unit", {}).items():
            left = {key: value for key, value in unit.items() if key != "conversions"}
            yield "units", True, {"unit": symbol, **self._row(plan.CONVERSION, left)}
            for other, way in unit.get("conversions", {}).items():
                yield "units", True, {"unit": symbol, "from": other, **self._row(plan.CONVERSION, way)}
        for name, codelist in _tables(self._description, "codelists.toml").get("codelist", {}).items():
            yield from self._codelist(name, codelist)
        for file, tables in self._description.items():
            if isinstance(tables, str):
                for part in range(0, max(len(tables), 1), LONGEST):
                    text = toml_value(tables[part : part + LONGEST])
                    yield "files", False, {"file": file, "part": part // LONGEST + 1, "text": text}
            elif file.startswith("forms/"):
                yield from self._form(tables)

    def _row(self, columns: Sequence[plan.Column], table: Mapping[str, Any]) -> dict[str, Cell]:
        """The cells of one table; what no column takes as it is goes into ``more``."""
        row: dict[str, Cell] = {}
        more: dict[str, Any] = {}
        known = {column.key: column for column in columns}
        for key, value in table.items():
            column = known.get(key)
            cells = None if column is None else column.codec.put(value, self._languages)
            if column is None or cells is None or not self._comes_back(column, cells, value):
                more[key] = value
                continue
            titles = column.codec.titles(column.title, self._languages)
            row |= {title: cell for title, cell in zip(titles, cells, strict=True) if cell is not None}
        if more:
            row[plan.MORE] = toml_value(more)
        return row

    def _comes_back(self, column: plan.Column, cells: Sequence[Cell], value: object) -> bool:
        return same(column.codec.take(cells, self._languages)) == same(value)

    def _schedule(self, schedule: Mapping[str, Any]) -> Iterator[Line]:
        for event in schedule.get("event", ()):
            told = dict(event)
            target = told.get("target", 1)
            around: dict[str, Cell] = {}
            if isinstance(target, int) and _is_window(told.get("window")):
                low, high = (_counted(end) for end in told.pop("window"))
                around = {plan.BEFORE: _counted(target) - low, plan.AFTER: high - _counted(target)}
            yield "events", True, {**self._row(plan.EVENT, told), **around}
        for due in schedule.get("due", ()):
            yield "schedule", True, self._row(plan.DUE, due)
        for closing in schedule.get("closing", ()):
            yield "closings", True, self._row(plan.CLOSING, closing)

    def _codelist(self, name: str, codelist: Mapping[str, Any]) -> Iterator[Line]:
        left = {key: value for key, value in codelist.items() if key != "values"}
        yield "codelists", True, {"list_name": name, **self._row(plan.CODELIST, left)}
        for value in codelist.get("values", ()):
            yield "choices", True, {"list_name": name, **self._row(plan.CHOICE, self._labelled(value))}

    def _labelled(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """A code with its texts beside it, the texts together."""
        texts = {language: value[language] for language in self._languages if language in value}
        left = {key: one for key, one in value.items() if key not in texts}
        return left | {"label": texts} if texts else left

    def _form(self, tables: Mapping[str, Any]) -> Iterator[Line]:
        head = tables.get("form", {})
        oid = str(head.get("oid", ""))
        templates: Mapping[str, Any] = tables.get("template", {})
        yield "forms", True, self._row(plan.FORM, head)
        for group in tables.get("group", ()):
            yield from self._group(oid, group, templates)
        for made, template in templates.items():
            for check in template.get("check", ()):
                yield "checks", True, {"form": oid, "template": made, **self._row(plan.CHECK, check)}
            for entry in tables.get(made, ()):
                yield "entries", True, {"form": oid, "template": made, **self._entry(entry)}
        for check in tables.get("check", ()):
            yield "checks", True, {"form": oid, **self._row(plan.CHECK, check)}
        for name, instrument in tables.get("instrument", {}).items():
            yield from self._instrument(oid, name, instrument)

    def _group(self, oid: str, group: Mapping[str, Any], templates: Mapping[str, Any]) -> Iterator[Line]:
        """A group's own row, its headings, its items, and those of the templates that fill it."""
        name = group.get("name")
        told = {key: one for key, one in group.items() if key not in ("item", "rows", "columns")}
        begin = plan.BEGIN_GROUP
        if told.get("repeating") is True:
            begin = plan.BEGIN_REPEAT
            del told["repeating"]
        yield "survey", True, {"form": oid, "type": begin, **self._row(plan.GROUP, told)}
        for axis in ("rows", "columns"):
            for heading in group.get(axis, ()):
                told = self._labelled(heading)
                where: dict[str, Cell] = {"form": oid, "group": name, "axis": axis}
                yield "headings", True, {**where, **self._row(plan.HEADING, told)}
        for item in group.get("item", ()):
            yield "survey", True, {"form": oid, "group": name, **self._row(plan.ITEM, item)}
        for made, template in templates.items():
            if template.get("group") == name:
                where = {"form": oid, "group": name, "template": made}
                for item in template.get("item", ()):
                    yield "survey", True, {**where, **self._row(plan.ITEM, item)}

    def _entry(self, entry: Mapping[str, Any]) -> dict[str, Cell]:
        """An entry of a template: a column for each key that any entry has."""
        own = [
            plan.Column(key, key, LOOSE)
            for key in entry
            if key not in {column.key for column in plan.ENTRY}
            and key not in (plan.ORDER, plan.MORE, "form", "template")
            and "::" not in key
        ]
        return self._row((*plan.ENTRY, *own), entry)

    def _instrument(self, oid: str, name: str, instrument: Mapping[str, Any]) -> Iterator[Line]:
        where: dict[str, Cell] = {"form": oid, "instrument": name, "function": instrument.get("function")}
        inputs: Mapping[str, Any] = instrument.get("inputs", {})
        if not inputs:
            yield "instruments", True, where
        for key, value in inputs.items():
            parts = value if isinstance(value, Mapping) else {"": value}
            for part, expression in parts.items():
                told = self._row(plan.INPUT, {"expression": expression})
                yield "instruments", True, {**where, "input": key, "part": part or None, **told}


def _is_window(window: object) -> bool:
    return isinstance(window, list) and len(window) == 2 and all(type(end) is int for end in window)


def _counted(day: int) -> int:
    """Study days without their gap: there is no day 0."""
    return day - 1 if day > 0 else day


def study_day(counted: int) -> int:
    """The study day of what ``_counted`` gave."""
    return counted + 1 if counted >= 0 else counted


# -- the file ----------------------------------------------------------------------------------------


def write(description: Description) -> bytes:
    """The workbook of ``description``. Raises InputRefused where a workbook could not give it back whole."""
    from mda5_crf.exchange.workbookin import described

    made = leaves(description)
    back, notes = described(
        {leaf.name: [(number, row) for number, row in enumerate(leaf.rows, 2)] for leaf in made},
        plan.LANGUAGES,
    )
    if notes.problems or _whole(back) != _whole(description):
        raise InputRefused("sheets.not_whole")
    if any(
        len(cell) > 32_767
        for leaf in made
        for row in leaf.rows
        for cell in row.values()
        if isinstance(cell, str)
    ):
        raise InputRefused("sheets.cell_long")
    return _file(made)


def _whole(description: Description) -> object:
    """What has to come back; empty lists say nothing."""
    return {name: _filled(same(tables)) for name, tables in description.items()}


def _filled(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _filled(one) for key, one in value.items() if one not in ([], {})}
    return [_filled(one) for one in value] if isinstance(value, list) else value


def _file(made: Sequence[Leaf]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _about(book.create_sheet(README))
    for leaf in made:
        if leaf.rows:
            _sheet(book.create_sheet(leaf.name), leaf, made)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _about(sheet: WriteOnlyWorksheet) -> None:
    """What the workbook is and how it is edited, in both languages."""
    from openpyxl.styles import Alignment

    sheet.column_dimensions["A"].width = 16
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 70
    lines = [("", message("sheets.about"))]
    lines += [(one.name, message(f"sheets.of_{one.name}")) for one in plan.PLANS]
    for name, text in lines:
        cells = [_cell(sheet, part) for part in (name, text.en, text.zh)]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)


def _cell(sheet: WriteOnlyWorksheet, value: Cell) -> WriteOnlyCell:
    """A cell; a text stays one, and one that begins like a formula has Excel's own mark for that."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):  # what looks like Excel's own way to write a sign
        value = _LIKE_ESCAPED.sub("_x005F_", value)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
        if guarded(value) != value:
            cell.quotePrefix = True
    return cell


def _sheet(sheet: WriteOnlyWorksheet, leaf: Leaf, made: Sequence[Leaf]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    # The headings stay in sight; in the widest sheet also what a row is.
    fixed = leaf.titles.index("name") + 1 if leaf.name == "survey" else 0
    sheet.freeze_panes = f"{get_column_letter(fixed + 1)}2"
    widths = _widths(leaf)
    for number, title in enumerate(leaf.titles, 1):
        sheet.column_dimensions[get_column_letter(number)].width = widths[title]
    _validate(sheet, leaf, made)
    head = [_cell(sheet, title) for title in leaf.titles]
    for cell in head:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE6E6E6")
    sheet.append(head)
    wrapped, shade = Alignment(wrap_text=True, vertical="top"), PatternFill("solid", fgColor="FFEAF1F8")
    for row in leaf.rows:
        group = row.get("type") in (plan.BEGIN_GROUP, plan.BEGIN_REPEAT)
        # Most cells of a row are empty, and a style costs more than a cell.
        cells = [_cell(sheet, row.get(title)) if group or title in row else None for title in leaf.titles]
        for cell in filter(None, cells):
            cell.alignment = wrapped
            if group:
                cell.fill = shade
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(leaf.titles))}{len(leaf.rows) + 1}"


def _widths(leaf: Leaf) -> dict[str, int]:
    """In characters: enough for most of what stands there; Chinese takes two."""
    widths = {}
    for title in leaf.titles:
        texts = [str(row[title]) for row in leaf.rows if row.get(title) is not None]
        lengths = sorted(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in texts)
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        widths[title] = min(max(usual, len(title) + 3, 6) + 1, _WIDEST)
    return widths


def _validate(sheet: WriteOnlyWorksheet, leaf: Leaf, made: Sequence[Leaf]) -> None:
    """Lists to choose from, where a column has only so many words or names rows of another sheet."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    columns = {column.title: column for column in plan.BY_NAME[leaf.name].columns}
    if leaf.name == "survey":
        columns |= {column.title: column for column in plan.GROUP if column.title == "appearance"}
    sizes = {one.name: one for one in made}
    for number, title in enumerate(leaf.titles, 1):
        column = columns.get(title)
        formula = ""
        if column is not None and column.choices:
            formula = f'"{",".join(column.choices)}"'
        elif title in _REFERS and _REFERS[title][0] != leaf.name:
            other, its = _REFERS[title]
            there = sizes[other]
            if there.rows:
                letter = get_column_letter(there.titles.index(its) + 1)
                formula = f"{other}!${letter}$2:${letter}${len(there.rows) + 200}"
        if formula:
            # A hint, no fence: templates write {placeholders} in the same columns.
            rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
            letter = get_column_letter(number)
            rule.add(f"{letter}2:{letter}{len(leaf.rows) + 1000}")
            sheet.data_validations.append(rule)


_REFERS: Final = {
    "form": ("forms", "form"),
    "event": ("events", "oid"),
    "codelist_ref": ("codelists", "list_name"),
    "list_name": ("codelists", "list_name"),
    "unit": ("units", "unit"),
}
