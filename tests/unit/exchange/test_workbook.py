"""The workbook of a definition: nothing is lost on the way out and back, whatever Excel does to it."""

from __future__ import annotations

import copy
import dataclasses
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from mda5_crf.errors import DefinitionError, InputRefused
from mda5_crf.exchange import workbookin, workbookout
from mda5_crf.exchange.grids import Book
from mda5_crf.exchange.settling import settled_files
from mda5_crf.study import source
from mda5_crf.study.differences import differences
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.writing import read_files, toml_files
from tests.unit.exchange.booktools import column, edited, put, read_bytes, row_with, said
from tests.unit.study.definitions import MINI, TRIAL, mini

FILES = mini()
OLD = read_files(FILES)


@pytest.fixture(scope="module")
def book() -> bytes:
    return workbookout.write(OLD)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_source(source.pack(FILES))


@pytest.fixture(scope="module")
def untouched(book: bytes) -> Book:
    return read_bytes(book)


@pytest.fixture
def pages(untouched: Book) -> Book:
    """The workbook as it was read, to be changed."""
    return copy.deepcopy(untouched)


def again(data: bytes) -> tuple[dict[str, str], Any]:
    """The files that a workbook makes of the definition it came from, and the notes."""
    description, notes, _ = workbookin.read(read_bytes(data))
    assert not notes.problems, said(notes, "problems")
    return settled_files(description, FILES, OLD), notes


@pytest.mark.parametrize(
    "folder", [MINI, TRIAL, MINI.parent / "site", MINI.parent / "signing"], ids=lambda p: p.name
)
def test_what_nobody_edits_comes_back_to_the_byte(folder: Path) -> None:
    files, problems = source.read_directory(folder)
    assert not problems
    old = read_files(files)
    description, notes, _ = workbookin.read(read_bytes(workbookout.write(old)))
    assert not (notes.problems or notes.repaired or notes.unknown or notes.kept)
    assert settled_files(description, files, old) == files
    if folder == TRIAL:
        return  # loading it twice more takes seconds and says nothing that is not said already
    fresh, same = load_source(source.pack(toml_files(description))), load_source(source.pack(files))
    assert differences(same, fresh) == [], "without the files it came from it is the same study as well"
    assert dataclasses.replace(fresh, hash=same.hash, source=same.source) == same


def _reordered(workbook: Workbook) -> None:
    """Columns moved, rows sorted by another column, numbers as texts and texts as numbers, blanks around."""
    chance = random.Random(7)
    for sheet in workbook.worksheets:
        if sheet.title == "readme":
            continue
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        order = list(range(len(rows[0])))
        chance.shuffle(order)
        head, body = rows[0], rows[1:]
        chance.shuffle(body)
        sheet.delete_rows(1, sheet.max_row)
        loud = str.upper if sheet.title != "entries" else str  # its own keys are what they are
        sheet.append([f" {loud(str(head[place]))} " for place in order])
        sheet.append([])
        for row in body:
            sheet.append([_rewritten(row[place], str(head[place])) for place in order])


def _rewritten(value: object, title: str) -> object:
    if isinstance(value, int):
        return float(value)
    if isinstance(value, str) and title.startswith(("hard_", "soft_", "factor")):
        try:
            return float(value) if len(value) < 12 else value
        except ValueError:
            return value
    return f"  {value}\u00a0" if isinstance(value, str) else value


def test_sorted_rows_moved_columns_and_other_numbers_change_nothing(book: bytes) -> None:
    files, notes = again(edited(book, _reordered))
    assert files == FILES
    assert not notes.unknown


def _curly(workbook: Workbook) -> None:
    number = put(workbook, "survey", "relevant", "SEX == \u201cF\u201d", form="IC", name="CHILDPOT")
    assert number
    put(workbook, "survey", "label::en", "The \u201creal\u201d temperature", form="VS", name="TEMP_VSORRES")


def test_curly_quotes_are_mended_in_expressions_and_kept_in_texts(book: bytes, study: Study) -> None:
    files, notes = again(edited(book, _curly))
    assert files["forms/IC.toml"] == FILES["forms/IC.toml"]
    assert said(notes, "repaired") == [
        f"survey, row {_row(book, 'CHILDPOT')}, column relevant: "
        "Curly quotation marks were read as straight ones."
    ]
    found = differences(study, load_source(source.pack(files)))
    assert [one.kind for one in found] == ["changed"]
    assert "The \u201creal\u201d temperature" in found[0].text.en


def _row(book: bytes, name: str) -> int:
    return row_with(load_workbook(io.BytesIO(book))["survey"], name=name)


def test_an_edit_changes_what_it_says_and_nothing_else(book: bytes, study: Study) -> None:
    def edit(workbook: Workbook) -> None:
        put(workbook, "survey", "hard_max", 45.5, form="VS", name="TEMP_VSORRES")
        sheet = workbook["choices"]
        sheet.append([None] * sheet.max_column)
        added = sheet.max_row + 1
        for title, text in {
            "list_name": "SEX",
            "name": "U",
            "label::en": "Unknown",
            "label::zh": "未知",
        }.items():
            sheet.cell(added, column(sheet, title)).value = text
        sheet.cell(added, column(sheet, "order")).value = (
            sheet.cell(row_with(sheet, list_name="SEX", name="F"), column(sheet, "order")).value + 5
        )
        workbook["survey"].delete_rows(row_with(workbook["survey"], form="IC", name="COVAL"))

    files, _ = again(edited(book, edit))
    found = {(one.kind, one.path) for one in differences(study, load_source(source.pack(files)))}
    assert ("changed", "item VS.TEMP_VSORRES") in found
    assert ("added", "code SEX U") in found
    assert ("removed", "item IC.COVAL") in found
    assert {path for _, path in found if path.startswith(("item", "code", "check", "due"))} == {
        "item VS.TEMP_VSORRES", "code SEX U", "item IC.COVAL",
    }  # fmt: skip
    assert [value.code for value in load_source(source.pack(files)).codelists["SEX"].values] == [
        "F",
        "U",
        "M",
    ]
    assert {name for name in files if files[name] != FILES[name]} == {
        "codelists.toml", "forms/VS.toml", "forms/IC.toml",
    }  # fmt: skip


Change = Callable[[Book], None]
WRONG: list[tuple[str, Change, list[str]]] = [
    (
        "a flag that is none",
        lambda w: _put(w, "survey", "required", "perhaps", form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column required: Write yes or no."],
    ),
    (
        "a day that is none",
        lambda w: _put(w, "events", "day", "soon", oid="W4"),
        ["events, row ROW, column day: Write a whole number."],
    ),
    (
        "half a TOML value",
        lambda w: _put(w, "survey", "more", "{ totals = [", form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column more: This is not readable as a value."],
    ),
    (
        "a form that is not there",
        lambda w: _put(w, "checks", "form", "VX", oid="EX-06"),
        ["checks, row ROW, column form: The sheet forms has no form VX."],
    ),
    (
        "a group that is not there",
        lambda w: _put(w, "survey", "group", "MIAN", form="IC", name="SEX"),
        ["survey, row ROW, column group: No row begin_group"],
    ),
    (
        "an order that is none",
        lambda w: _put(w, "choices", "order", "last", list_name="SEX", name="F"),
        ["choices, row ROW, column order: Write a whole number."],
    ),
    (
        "one of a column and more",
        lambda w: _put(w, "survey", "more", '{ type = "text" }', form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column more: type stands in a column of its own"],
    ),
    (
        "more that is no table",
        lambda w: _put(w, "survey", "more", "[1]", form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column more: This is not readable as a value."],
    ),
    (
        "more that is more",
        lambda w: _put(w, "survey", "more", "{ rest = 1 }\nx = 2", form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column more: This is not readable as a value."],
    ),
    (
        "a rope of keys",
        lambda w: _put(w, "survey", "more", "{ " + "a." * 12_000 + "a = 1 }", form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column more: This is not readable as a value."],
    ),
    (
        "a well of brackets",
        lambda w: _put(w, "survey", "units", "[" * 300 + "]" * 300, form="VS", name="TEMP_VSORRES"),
        ["survey, row ROW, column units: This is not readable as a value."],
    ),
    (
        "a window that is none",
        lambda w: _put(w, "events", "window_after", "a week", oid="W4"),
        ["events, row ROW, column window_after: Write a whole number."],
    ),
    (
        "a form without a name",
        lambda w: _put(w, "forms", "form", None, form="EX"),
        [
            "forms, row ROW, column form: This cell is empty",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
    ),
    (
        "a codelist twice",
        lambda w: _put(w, "codelists", "list_name", "SEX", list_name="NY2"),
        ["codelists, row 3, column list_name: SEX stands here a second time."],
    ),
    (
        "a choice of no list",
        lambda w: _put(w, "choices", "list_name", None, list_name="SEX", name="F"),
        ["choices, row ROW, column list_name: This cell is empty"],
    ),
    (
        "a unit without a name",
        lambda w: _put(w, "units", "unit", None, unit="mmHg", **{"from": "kPa"}),
        ["units, row ROW, column unit: This cell is empty"],
    ),
    (
        "a factor from nowhere",
        lambda w: _put(w, "units", "from", None, unit="mmHg", **{"from": "kPa"}),
        ["units, row ROW, column factor: A conversion needs the unit it starts from."],
    ),
    (
        "an axis that is none",
        lambda w: _put(w, "headings", "axis", "diagonal", form="MM", code="DELT"),
        ["headings, row ROW, column axis: Write one of: rows, columns."],
    ),
    (
        "a heading of no group",
        lambda w: _put(w, "headings", "group", "NONE", form="MM", code="DELT"),
        ["headings, row ROW, column group: No row begin_group"],
    ),
    (
        "an entry of no template",
        lambda w: _put(w, "entries", "template", "sample", testcd="CREAT"),
        ["entries, row ROW, column template: The sheet survey has no rows of a template sample"],
    ),
    (
        "a template in two groups",
        lambda w: _put(w, "survey", "group", "MAIN", form="LB", name="{T}_LBORNRLO"),
        ["survey, row ROW, column group: The rows of template analyte stand in one group."],
    ),
    (
        "a check of no template",
        lambda w: _put(w, "checks", "template", "sample", oid="EX-06"),
        ["checks, row ROW, column template: The sheet survey has no rows of a template sample"],
    ),
    (
        "a group without a name",
        lambda w: _put(w, "survey", "group", None, form="IC", type="begin_group"),
        ["survey, row ROW, column group: This cell is empty"],
    ),
    (
        "no such list",
        lambda w: _put(w, "lists", "list", "missings", list="missing", name="ND"),
        ["lists, row ROW, column list: Write one of: names"],
    ),
]
_touched: list[int] = []


def _put(book: Book, sheet: str, title: str, value: object, **where: str) -> None:
    """Write into one cell of what was read: of a hundred workbooks only one would be another zip file."""
    (raw,) = (raw for raw in book.sheets if raw.name == sheet)
    titles = raw.rows[0][1]
    found = [
        (number, cells)
        for number, cells in raw.rows[1:]
        if all(_at(cells, titles.index(one)) == text for one, text in where.items())
    ]
    assert len(found) == 1, f"{where}: {found}"
    number, cells = found[0]
    cells.extend([""] * (len(titles) - len(cells)))
    cells[titles.index(title)] = "" if value is None else str(value)
    _touched.append(number)


def _at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


@pytest.mark.parametrize("edit, says", [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_cell_that_does_not_read_is_named(pages: Book, edit: Change, says: list[str]) -> None:
    _touched.clear()
    edit(pages)
    _, notes, _ = workbookin.read(pages)
    found = said(notes, "problems")
    for line, start in zip(found, says, strict=False):  # a form without a name is missed by all its rows
        assert line.startswith(start.replace("ROW", str(_touched[0]))), line
    if "is empty" not in found[0]:
        assert len(found) == len(says), found


LOADER: list[tuple[str, Change, str]] = [
    (
        "an unknown unit",
        lambda w: _put(w, "survey", "unit", "mmHq", form="VS", name="SYSBP_VSORRES"),
        "survey, row ROW, column unit: ",
    ),
    (
        "a bad expression",
        lambda w: _put(w, "survey", "relevant", "SEX == ", form="IC", name="CHILDPOT"),
        "survey, row ROW, column relevant: ",
    ),
    (
        "limits upside down",
        lambda w: _put(w, "survey", "hard_min", 400, form="VS", name="SYSBP_VSORRES"),
        "survey, row ROW, column hard_m",
    ),
    (
        "one language",
        lambda w: _put(w, "choices", "label::zh", None, list_name="SEX", name="F"),
        "choices, row ROW",
    ),
    (
        "English in Chinese",
        lambda w: _put(w, "choices", "label::zh", "Woman", list_name="SEX", name="F"),
        "choices, row ROW, column label::zh: ",
    ),
    (
        "a check of nothing",
        lambda w: _put(w, "checks", "items", "NOBODY", oid="EX-06"),
        "checks, row ROW, column items: ",
    ),
    (
        "a form nobody knows",
        lambda w: _put(w, "schedule", "form", "VX", event="W4"),
        "schedule, row ROW, column form: ",
    ),
    (
        "a name that leads nowhere",
        lambda w: _put(w, "lists", "value", "SCR.IC.NOBODY", list="names", name="RFICDAT"),
        "lists, row ROW, column value: ",
    ),
    (
        "an instrument's input",
        lambda w: _put(w, "instruments", "expression", "NOBODY", order="10"),
        "instruments, row ROW, column expression: ",
    ),
]


@pytest.mark.parametrize("edit, says", [case[1:] for case in LOADER], ids=[case[0] for case in LOADER])
def test_what_the_loader_finds_is_brought_back_to_its_cell(pages: Book, edit: Change, says: str) -> None:
    _touched.clear()
    edit(pages)
    description, notes, origins = workbookin.read(pages)
    assert not notes.problems
    with pytest.raises(DefinitionError):
        load_source(source.pack(toml_files(description)))
    found = workbookin.located(description, origins)
    lines = [note.said().en for note in found]
    assert any(line.startswith(says.replace("ROW", str(_touched[0]))) for line in lines), lines
    assert all(
        "工作表" in note.said().zh or "行" in note.said().zh or "：" in note.said().zh for note in found
    )


def test_sheets_and_columns_that_are_gone_or_strange_are_named(book: bytes) -> None:
    def edit(workbook: Workbook) -> None:
        workbook.create_sheet("Comments of Dr Li").append(["all good"])
        survey = workbook["survey"]
        survey.cell(1, survey.max_column + 1).value = "reviewer"
        survey.cell(3, survey.max_column).value = "please check"
        survey.cell(4, survey.max_column + 2).value = "no heading"
        checks = workbook["checks"]
        checks.delete_cols(column(checks, "expression"))
        events = workbook["events"]
        events.cell(1, column(events, "day")).value = "oid"

    _, notes, _ = workbookin.read(read_bytes(edited(book, edit)))
    assert said(notes, "unknown") == [
        "survey, row 4: Text without a heading above it was not read.",
        "Sheet Comments of Dr Li: A sheet of this name is not part of a definition; it was not read.",
        "survey, row 3, column reviewer: This column means nothing in this row; its content was not read.",
    ]
    assert said(notes, "problems")[:2] == [
        "events, row 1, column oid: Two columns have this heading. Rename or delete one.",
        "Sheet checks: The row of headings was not found. It has the columns oid, expression; put them back.",
    ]


def test_what_looks_like_a_formula_is_text() -> None:
    bad = "=cmd|' /C calc'!A0"
    files = {**FILES}
    files["codelists.toml"] = files["codelists.toml"].replace('en = "Female"', f'en = "{bad}"')
    old = read_files(files)
    data = workbookout.write(old)
    sheet = load_workbook(io.BytesIO(data))["choices"]
    cell = sheet.cell(row_with(sheet, list_name="SEX", name="F"), column(sheet, "label::en"))
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", bad, True)
    description, notes, _ = workbookin.read(read_bytes(data))
    assert settled_files(description, files, old) == files
    assert not notes.problems


def test_it_can_be_worked_with(book: bytes) -> None:
    """Headings stay in sight, columns are as wide as what stands in them, types are chosen from a list."""
    workbook = load_workbook(io.BytesIO(book))
    assert workbook.sheetnames[:6] == ["readme", "settings", "events", "schedule", "forms", "survey"]
    survey = workbook["survey"]
    assert survey.freeze_panes == "F2", "what a row is stays in sight as well"
    assert workbook["checks"].freeze_panes == "A2"
    assert survey.auto_filter.ref is not None
    assert survey.column_dimensions["A"].width >= 6
    rules = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1
        for rule in survey.data_validations.dataValidation
    }
    assert "partial_date" in rules[column(survey, "type")]
    assert rules[column(survey, "form")].startswith("forms!$")
    assert rules[column(survey, "codelist_ref")].startswith("codelists!$")
    assert survey.cell(2, 1).alignment.wrap_text
    readme = " ".join(str(cell.value) for row in workbook["readme"].iter_rows() for cell in row)
    assert "order" in readme
    assert "工作簿" in readme


def test_a_definition_that_would_lose_something_is_refused() -> None:
    strange = {**OLD, "study.toml": {**OLD["study.toml"], "unheard_of": {"a": 1}}}  # type: ignore[dict-item]
    with pytest.raises(InputRefused) as caught:
        workbookout.write(strange)
    assert caught.value.code == "sheets.not_whole"
    long = {**OLD, "study.toml": {**OLD["study.toml"], "names": {"RFICDAT": "1 + " * 9000 + "1"}}}  # type: ignore[dict-item]
    with pytest.raises(InputRefused) as caught:
        workbookout.write(long)
    assert caught.value.code == "sheets.cell_long"


def test_a_file_beside_the_tables_comes_back() -> None:
    text = '{"kept": "' + 'x\\ny "' * 6000 + ' "}'
    with_origin = {**OLD, "origin.json": text}
    description, notes, _ = workbookin.read(read_bytes(workbookout.write(with_origin)))
    assert description["origin.json"] == text
    assert not notes.problems
