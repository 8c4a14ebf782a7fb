"""A workbook that holds a definition, back to a description: the other way of :mod:`workbookout`.

Rows may have been sorted (``order`` tells where they stood), columns moved, numbers turned into others of the
same value, quotation marks of expressions into curly ones. What does not read is noted with sheet, row and
column; what the definition's own loader finds is brought back to its cell by :func:`located`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mda5_crf.errors import DefinitionError, Problem
from mda5_crf.exchange import bookplan as plan
from mda5_crf.exchange.bookcells import LOOSE, BadCell, Cell, mended, straight, toml, whole
from mda5_crf.exchange.grids import Book, Note, Notes, Row, heading, rows_of
from mda5_crf.exchange.workbookout import README, study_day
from mda5_crf.study import source as sources
from mda5_crf.study.load import load_source
from mda5_crf.study.places import Path, places
from mda5_crf.study.writing import toml_files
from mda5_crf.text import message


@dataclass(slots=True)
class Origins:
    """Where a description came from. ``tables``: identity of a table of it → its row, and the title that each
    key stands under; ``spots``: file and path of what is no table → row and title.
    """

    tables: dict[int, tuple[Row, dict[str, str]]] = field(default_factory=dict)
    spots: dict[tuple[str, Path], tuple[Row, str]] = field(default_factory=dict)


_OUTLINE: Final = {"rows": "rows", "row": "rows", "columns": "columns", "column": "columns"}


def is_workbook(book: Book) -> bool:
    """Whether the sheets are those of a definition of ours (XLSForm has no ``events`` and ``schedule``)."""
    names = {heading(sheet.name) for sheet in book.sheets}
    return {"settings", "forms", "schedule", "survey"} <= names


def read(book: Book) -> tuple[dict[str, Any], Notes, Origins]:
    """The description that ``book`` holds, what is to be said of it, and where each table came from."""
    notes = Notes()
    sheets: dict[str, list[Row]] = {}
    for raw in book.sheets:
        name = heading(raw.name)
        if name not in plan.BY_NAME:
            if name != README:
                notes.miss(Row(raw.name, 0, {}), "", "unknown_sheet")
            continue
        one = plan.BY_NAME[name]
        known = one.titles(plan.LANGUAGES)
        sheets[name] = rows_of(raw, one.needed, known, notes)
    maker = _Maker(notes, plan.LANGUAGES)
    description = maker.make(sheets)
    return description, notes, maker.origins


def described(
    sheets: Mapping[str, Iterable[tuple[int, Mapping[str, Cell]]]], languages: Sequence[str]
) -> tuple[dict[str, Any], Notes]:
    """The description of sheets as :func:`workbookout.leaves` lays them out."""
    notes = Notes()
    rows = {
        name: [
            Row(name, number, {title: str(cell).strip() for title, cell in cells.items() if cell is not None})
            for number, cells in found
        ]
        for name, found in sheets.items()
    }
    return _Maker(notes, tuple(languages)).make(rows), notes


class _Maker:
    def __init__(self, notes: Notes, languages: tuple[str, ...]) -> None:
        self._notes = notes
        self._languages = languages
        self.origins = Origins()
        self._forms: dict[str, dict[str, Any]] = {}

    def make(self, sheets: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
        rows = {one.name: self._sorted(sheets.get(one.name, ())) for one in plan.PLANS}
        for name, found in rows.items():
            self._notes.read[name] += len(found)
        made: dict[str, Any] = {
            "study.toml": self._study(rows["settings"], rows["lists"]),
            "schedule.toml": self._schedule(rows),
            "units.toml": {"unit": self._units(rows["units"])},
            "codelists.toml": {"codelist": self._codelists(rows["codelists"], rows["choices"])},
        }
        for row in rows["forms"]:
            table = self._table(row, plan.FORM)
            oid = str(table.get("oid", ""))
            if not oid:
                self._notes.problem(row, "form", "cell_needed")
            elif oid in self._forms:
                self._notes.problem(row, "form", "twice", name=oid)
            else:
                self._forms[oid] = {"form": table, "group": []}
        self._survey(rows["survey"])
        self._headings(rows["headings"])
        self._checks(rows["checks"])
        self._entries(rows["entries"])
        self._instruments(rows["instruments"])
        made |= {f"forms/{oid}.toml": tables for oid, tables in self._forms.items()}
        made |= self._files(rows["files"])
        return made

    def _sorted(self, rows: Iterable[Row]) -> list[Row]:
        """By ``order``; a row without one stays behind the row above it."""
        placed: list[tuple[int, Row]] = []
        last = 0
        for row in rows:
            text = row.text(plan.ORDER)
            if text:
                try:
                    last = whole(text)
                except BadCell as error:
                    self._notes.problem(row, plan.ORDER, error.code)
            placed.append((last, row))
        placed.sort(key=lambda pair: pair[0])
        return [row for _, row in placed]

    # -- one row -------------------------------------------------------------------------------------

    def _table(
        self, row: Row, columns: Sequence[plan.Column], named: Sequence[str] = (), beside: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The table that a row holds; ``named`` and ``beside`` are titles that the caller reads."""
        table: dict[str, Any] = {}
        titles: dict[str, str] = {}
        read = {plan.ORDER, plan.MORE, *named, *beside}
        for column in columns:
            its = column.codec.titles(column.title, self._languages)
            read.update(its)
            cells: list[Cell] = [row.text(title) or None for title in its]
            if not any(cells):
                continue
            titles[column.key] = next(title for title, cell in zip(its, cells, strict=True) if cell)
            try:
                table[column.key] = column.codec.take(cells, self._languages)
            except BadCell as error:
                self._notes.problem(row, titles[column.key], error.code)
                continue
            self._say_mended(row, its)
        more = row.text(plan.MORE)
        if more:
            self._more(row, table, titles, more)
        for title in row.cells:
            if title not in read:
                self._notes.miss(row, title, "no_place")
        self.origins.tables[id(table)] = (row, titles)
        return table

    def _say_mended(self, row: Row, titles: Sequence[str]) -> None:
        for title in titles:
            text = row.text(title)
            if title in _EXPRESSIONS and straight(text) != text and mended(text) != text:
                self._notes.repair(row, title, "quotes")

    def _more(self, row: Row, table: dict[str, Any], titles: dict[str, str], text: str) -> None:
        try:
            found = toml(text)
        except BadCell as error:
            self._notes.problem(row, plan.MORE, error.code)
            return
        if not isinstance(found, dict):
            self._notes.problem(row, plan.MORE, "cell_toml")
            return
        for key, value in found.items():
            if key in table:
                self._notes.problem(row, plan.MORE, "said_twice", name=key)
            table[key] = value
            titles[key] = plan.MORE

    def _labelled(self, row: Row, columns: Sequence[plan.Column], named: Sequence[str]) -> dict[str, Any]:
        """A code with its texts beside it."""
        table = self._table(row, columns, named)
        label = table.pop("label", {})
        made: dict[str, Any] = table | label
        _, titles = self.origins.tables.pop(id(table))
        titles |= {language: f"label::{language}" for language in label}
        self.origins.tables[id(made)] = (row, titles)
        return made

    # -- the sheets ----------------------------------------------------------------------------------

    def _study(self, rows: Sequence[Row], lists: Sequence[Row]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if len(rows) != 1:
            self._notes.problem(Row("settings", 0, {}), "", "one_row")
        if rows:
            made["study"] = self._table(rows[0], plan.STUDY)
        for name in plan.LISTS[:-1]:
            made[name] = {}
        for row in lists:
            which, name = row.text("list"), row.text("name")
            if which not in plan.LISTS:
                self._notes.problem(row, "list", "cell_word", words=", ".join(plan.LISTS))
                continue
            table = self._table(row, plan.LISTED, ("list", "name"))
            listed = made.setdefault(which, {})
            if not name or name in listed:
                self._notes.problem(row, "name", "twice" if name else "cell_needed", name=name)
            key = "value" if which in plan.LISTS[:2] else "label"
            listed[name] = table.get(key, "" if key == "value" else {})
            self.origins.spots[("study.toml", (which, name))] = (
                row,
                "value" if key == "value" else "label::en",
            )
        return made

    def _schedule(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
        made: dict[str, Any] = {"event": []}
        for row in rows["events"]:
            event = self._table(row, plan.EVENT, beside=(plan.BEFORE, plan.AFTER))
            self._window(row, event)
            made["event"].append(event)
        made["due"] = [self._table(row, plan.DUE) for row in rows["schedule"]]
        if rows["closings"]:
            made["closing"] = [self._table(row, plan.CLOSING) for row in rows["closings"]]
        return made

    def _window(self, row: Row, event: dict[str, Any]) -> None:
        texts = [row.text(title) for title in (plan.BEFORE, plan.AFTER)]
        if not any(texts):
            return
        days: list[int] = []
        for title, text in zip((plan.BEFORE, plan.AFTER), texts, strict=True):
            try:
                days.append(whole(text or "0"))
            except BadCell as error:
                self._notes.problem(row, title, error.code)
                return
        target = event.get("target", 1)
        if not isinstance(target, int):
            return
        counted = target - 1 if target > 0 else target
        event["window"] = [study_day(counted - days[0]), study_day(counted + days[1])]
        self.origins.tables[id(event)][1]["window"] = plan.BEFORE

    def _units(self, rows: Sequence[Row]) -> dict[str, Any]:
        units: dict[str, Any] = {}
        for row in rows:
            symbol, other = row.text("unit"), row.text("from")
            table = self._table(row, plan.CONVERSION, ("unit", "from"))
            if not symbol:
                self._notes.problem(row, "unit", "cell_needed")
            elif other:
                units.setdefault(symbol, {}).setdefault("conversions", {})[other] = table
            else:
                for key in table:
                    self._notes.problem(row, key, "conversion_from")
                units.setdefault(symbol, {})
                self.origins.tables.setdefault(id(units[symbol]), (row, {}))
        return units

    def _codelists(self, rows: Sequence[Row], choices: Sequence[Row]) -> dict[str, Any]:
        lists: dict[str, Any] = {}
        for row in rows:
            name = row.text("list_name")
            if not name or name in lists:
                self._notes.problem(row, "list_name", "twice" if name else "cell_needed", name=name)
                continue
            lists[name] = self._table(row, plan.CODELIST, ("list_name",))
        for row in choices:
            name = row.text("list_name")
            if not name:
                self._notes.problem(row, "list_name", "cell_needed")
                continue
            value = self._labelled(row, plan.CHOICE, ("list_name",))
            if name not in lists:
                lists[name] = {}
                self.origins.tables[id(lists[name])] = (row, {})
            lists[name].setdefault("values", []).append(value)
        return lists

    def _form_of(self, row: Row, last: str = "") -> str | None:
        """The form that a row names, or that of the row above; a problem when there is none."""
        name = row.text("form") or last
        if name in self._forms:
            return name
        self._notes.problem(row, "form", "unknown_form" if name else "cell_needed", name=name)
        return None

    def _survey(self, rows: Sequence[Row]) -> None:
        form, group = "", ""
        named = ("form", "group", "template")
        for row in rows:
            found = self._form_of(row, form)
            if found is None:
                continue
            kind = heading(row.text("type"))
            if kind in (plan.BEGIN_GROUP, plan.BEGIN_REPEAT):
                table = self._table(row, plan.GROUP, ("form", "type"))
                if kind == plan.BEGIN_REPEAT:
                    table["repeating"] = True
                form, group = found, str(table.get("name", ""))
                if not group:
                    self._notes.problem(row, "group", "cell_needed")
                self._forms[form]["group"].append(table)
                continue
            if kind.startswith("end"):
                continue
            if found != form:
                group = ""
            form, group = found, row.text("group") or group
            item = self._table(row, plan.ITEM, named)
            self._file_item(row, form, group, item)

    def _file_item(self, row: Row, form: str, group: str, item: dict[str, Any]) -> None:
        tables = self._forms[form]
        made = row.text("template")
        if made:
            template = tables.setdefault("template", {}).setdefault(made, {"group": group, "item": []})
            self.origins.tables.setdefault(id(template), (row, {"group": "group"}))
            if template["group"] != group:
                self._notes.problem(row, "group", "template_groups", name=made)
            template["item"].append(item)
            return
        for one in tables["group"]:
            if one.get("name") == group:
                one.setdefault("item", []).append(item)
                return
        self._notes.problem(row, "group", "unknown_group" if group else "cell_needed", name=group)

    def _headings(self, rows: Sequence[Row]) -> None:
        for row in rows:
            form = self._form_of(row)
            if form is None:
                continue
            axis = _OUTLINE.get(heading(row.text("axis")))
            if axis is None:
                self._notes.problem(row, "axis", "cell_word", words="rows, columns")
                continue
            table = self._labelled(row, plan.HEADING, ("form", "group", "axis"))
            found = [one for one in self._forms[form]["group"] if one.get("name") == row.text("group")]
            if not found:
                self._notes.problem(row, "group", "unknown_group", name=row.text("group"))
                continue
            found[0].setdefault(axis, []).append(table)

    def _checks(self, rows: Sequence[Row]) -> None:
        for row in rows:
            form = self._form_of(row)
            if form is None:
                continue
            table = self._table(row, plan.CHECK, ("form", "template"))
            made = row.text("template")
            if not made:
                self._forms[form].setdefault("check", []).append(table)
            elif made in self._forms[form].get("template", {}):
                self._forms[form]["template"][made].setdefault("check", []).append(table)
            else:
                self._notes.problem(row, "template", "unknown_template", name=made)

    def _entries(self, rows: Sequence[Row]) -> None:
        for row in rows:
            form = self._form_of(row)
            if form is None:
                continue
            made = row.text("template")
            if made not in self._forms[form].get("template", {}):
                self._notes.problem(row, "template", "unknown_template", name=made)
                continue
            known = {
                title for column in plan.ENTRY for title in column.codec.titles(column.title, self._languages)
            }
            own = [
                plan.Column(title, title, LOOSE)
                for title in row.cells
                if title not in known and title not in ("form", "template", plan.ORDER, plan.MORE)
            ]
            table = self._table(row, (*plan.ENTRY, *own), ("form", "template"))
            self._forms[form].setdefault(made, []).append(table)

    def _instruments(self, rows: Sequence[Row]) -> None:
        named = ("form", "instrument", "function", "input", "part")
        for row in rows:
            form = self._form_of(row)
            if form is None:
                continue
            name, key, part = row.text("instrument"), row.text("input"), row.text("part")
            table = self._table(row, plan.INPUT, named)
            all_here = self._forms[form].setdefault("instrument", {})
            one = all_here.setdefault(name, {"function": row.text("function"), "inputs": {}})
            self.origins.tables.setdefault(id(one), (row, {"function": "function"}))
            if row.text("function") not in ("", one["function"]):
                self._notes.problem(row, "function", "other_function", name=name)
            if not key:
                continue
            expression = table.get("expression", "")
            inputs = one["inputs"]
            inside = inputs.setdefault(key, {}) if part else inputs
            if not isinstance(inside, dict) or (part or key) in inside:
                self._notes.problem(row, "input", "twice", name=f"{key} {part}".strip())
                continue
            inside[part or key] = expression
            path: Path = ("instrument", name, "inputs", key, *((part,) if part else ()))
            self.origins.spots[(f"forms/{form}.toml", path)] = (row, "expression")

    def _files(self, rows: Sequence[Row]) -> dict[str, str]:
        parts: dict[str, dict[int, str]] = {}
        for row in rows:
            try:
                number = whole(row.text("part") or "1")
                text = toml(row.text("text"))
            except BadCell as error:
                self._notes.problem(row, "text", error.code)
                continue
            parts.setdefault(row.text("file"), {})[number] = str(text)
        return {name: "".join(found[number] for number in sorted(found)) for name, found in parts.items()}


_EXPRESSIONS: Final = frozenset(
    {"relevant", "calculation", "expression", "value", "hard_min", "hard_max", "soft_min", "soft_max"}
)


# -- back to the cell --------------------------------------------------------------------------------


def located(description: Mapping[str, Any], origins: Origins) -> list[Note]:
    """What the loader says of ``description``, each at the sheet, row and column that it comes from."""
    files = toml_files(description, apart=True)  # a line is one cell
    try:
        load_source(sources.pack(files))
    except DefinitionError as error:
        find = _Finder(description, files, origins)
        return [find.note(problem) for problem in error.problems]
    return []


class _Finder:
    def __init__(self, description: Mapping[str, Any], files: Mapping[str, str], origins: Origins) -> None:
        self._description, self._files, self._origins = description, files, origins
        self._paths: dict[str, dict[int, Path]] = {}

    def note(self, problem: Problem) -> Note:
        """The note of one problem; where no cell made it, with the place the loader gave."""
        path = self._path(problem.file, problem.line)
        found = self._origin(problem.file, path)
        if found is None:
            return Note(
                message(
                    "sheets.at_definition", place=f"{problem.file} {problem.path}".strip(), what=problem.text
                )
            )
        row, column = found
        return Note(problem.text, row.sheet, row.number, column)

    def _path(self, file: str, line: int) -> Path:
        """The innermost thing that stands in a line."""
        if file not in self._paths:
            lines: dict[int, Path] = {}
            for path, at in places(self._files[file]).items() if file in self._files else ():
                if at not in lines or len(path) > len(lines[at]):
                    lines[at] = path
            self._paths[file] = lines
        return self._paths[file].get(line, ())

    def _origin(self, file: str, path: Path) -> tuple[Row, str] | None:
        found: tuple[Row, str] | None = None
        here: Any = self._description.get(file)
        known = self._origins.tables
        for depth, key in enumerate(path):
            if (file, path[:depth]) in self._origins.spots:
                found = self._origins.spots[file, path[:depth]]
            if id(here) in known:
                row, titles = known[id(here)]
                found = (row, titles.get(str(key), ""))
            try:
                here = here[key]
            except (KeyError, IndexError, TypeError):
                break
        if id(here) in known:
            found = (known[id(here)][0], "")
        return self._origins.spots.get((file, path), found)
