"""CSV, .xlsx, .sav, .dta and Dataset-JSON read back equal: types, dates, codes, labels, missing reasons."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.exchange import csvout, jsonout, statout, xlsxout
from mda5_crf.exchange.datasets import Kind, Names, Row, codelist, fits, joined
from mda5_crf.exchange.fitting import CSV, DTA, JSON, SAV, XLSX, Sheet, plain
from mda5_crf.text import Text
from tests.unit.exchange.tables import DATA, LISTS, as_text, changed, column, fitted, table, with_reason

openpyxl = pytest.importorskip("openpyxl")
jsonschema = pytest.importorskip("jsonschema")
pyreadstat = pytest.importorskip("pyreadstat")
MADE = datetime(2026, 9, 1, 2, tzinfo=UTC)
ORIGIN = jsonout.Origin("S", "MDV.1", "01", MADE, MADE)
WHOLE = table(
    column("TERM"),
    *with_reason(column("NUM", Kind.DECIMAL)),
    *with_reason(column("DAT", Kind.DATE)),
    column("YN", Kind.CODE, "NY"),
    column("GR", Kind.INTEGER, "GRADE"),
    column("PART", Kind.PARTIAL),
)
ROWS = [
    ["Fever 发热，（重度）；\n“=1”", "-5.25", "", "2026-02-28", "", "Y", "3", "2026-02"],
    ["=cmd|' /C calc'!A0", "", "ND", "", "UNK", "N", "0", "2026-02-27"],
    ["＝1＋1 \x01_x0041_", "", "", "1890-01-01", "", "", "", "1890-01-01"],
]


def as_csv(sheet: Sheet, rows: list[Row], *, raw: bool) -> bytes:
    held = bytearray()
    csvout.write(held.extend, sheet, rows, raw=raw)
    return bytes(held)


def unescaped(data: bytes) -> list[list[str]]:
    """The cells of a file for spreadsheets as they were."""
    head, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    for line in lines:
        for name in line.pop().split():
            line[head.index(name)] = line[head.index(name)][1:]
    return lines


# -- CSV -----------------------------------------------------------------------------------------------


def test_csv_for_spreadsheets_and_raw() -> None:
    _, sheet, rows = fitted(WHOLE, ROWS, CSV)
    data = as_csv(sheet, rows, raw=False)
    assert data.startswith(b"\xef\xbb\xbfSUBJID,TERM,NUM,NUM_MISS,")
    assert unescaped(data) == rows
    head, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head[-1] == "ESCAPED" and [line[-1] for line in lines] == ["", "TERM", "TERM"]
    assert lines[0][2] == "-5.25", "a negative number is no formula"
    raw = as_csv(sheet, rows, raw=True)
    assert list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))[1:] == rows


@given(
    st.lists(
        st.text(st.characters(codec="utf-8"), max_size=20).map(lambda one: one.replace("\r", "")), max_size=8
    )
)
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    _, sheet, rows = fitted(table(column("A")), [[one] for one in texts], CSV)
    assert unescaped(as_csv(sheet, rows, raw=False)) == rows


# -- .xlsx ---------------------------------------------------------------------------------------------


def workbook(sheet: Sheet, rows: list[Row], file: Path) -> bytes:
    heads = [xlsxout.Heading(one.name, one.label, one.kind) for one in sheet.fields]
    held = bytearray()
    leaf = xlsxout.Leaf(sheet.name, heads, ([one.cell(row) for one in sheet.fields] for row in rows))
    xlsxout.write(held.extend, [leaf, xlsxout.Leaf("vs", heads, []), xlsxout.Leaf("a/b:c", heads, [])], MADE)
    file.write_bytes(held)
    return bytes(held)


def test_xlsx_reads_back_equal(tmp_path: Path) -> None:
    _, sheet, rows = fitted(WHOLE, ROWS, XLSX)
    workbook(sheet, rows, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["VS", "vs2", "a_b_c"], "names differ whatever the case"
    head, labels, *lines = book["VS"].iter_rows()
    assert [cell.value for cell in head] == [one.name for one in sheet.fields]
    assert labels[1].value == "Label / 标签" and book["VS"].freeze_panes == "A3"
    for line, row in zip(lines, rows, strict=True):
        told = [as_text(cell.value).replace("_x0001_", "\x01") for cell in line]
        assert [one.replace("_x005F_x0041_", "_x0041_") for one in told] == row
    assert [cell.data_type for cell in lines[0]] == ["s", "s", "n", "n", "d", "n", "s", "n", "s"]
    assert lines[2][4].value == "1890-01-01", "before Excel's calendar a date is text"
    assert lines[1][8].value == datetime(2026, 2, 27), "a complete day of a partial date is a date"  # noqa: DTZ001


def test_numbers_that_a_spreadsheet_cannot_hold_are_text(tmp_path: Path) -> None:
    fitting, sheet, rows = fitted(table(column("N", Kind.DECIMAL)), [["12345678901234567"], ["0.1"]], XLSX)
    workbook(sheet, rows, tmp_path / "x.xlsx")
    cells = [line[1] for line in openpyxl.load_workbook(tmp_path / "x.xlsx")["VS"].iter_rows(min_row=3)]
    assert [(one.value, one.data_type) for one in cells] == [("12345678901234567", "s"), (0.1, "n")]
    assert ("N", "text_cells") in changed(fitting)


def test_more_rows_than_a_sheet_has_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxout, "ROWS", 4)
    _, sheet, rows = fitted(table(column("A")), [[str(n)] for n in range(5)], XLSX)
    workbook(sheet, rows, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    found = [
        row[1] for name in ("VS", "VS2", "VS3") for row in book[name].iter_rows(min_row=3, values_only=True)
    ]
    assert found == ["0", "1", "2", "3", "4"]


def test_xlsx_is_the_same_for_the_same_moment(tmp_path: Path) -> None:
    _, sheet, rows = fitted(WHOLE, ROWS, XLSX)
    assert workbook(sheet, rows, tmp_path / "a") == workbook(sheet, rows, tmp_path / "b")
    assert zipfile.ZipFile(tmp_path / "a").testzip() is None


# -- SPSS and Stata --------------------------------------------------------------------------------------


def test_spss_has_labels_codes_dates_and_reasons(tmp_path: Path) -> None:
    fitting, sheet, rows = fitted(WHOLE, ROWS, SAV)
    statout.write(tmp_path / "x.sav", sheet, rows, fitting)
    frame, meta = pyreadstat.read_sav(
        str(tmp_path / "x.sav"), user_missing=True, disable_datetime_conversion=True
    )
    assert frame["TERM"].tolist() == [row[1] for row in rows]
    assert [as_text(cell) for cell in frame["NUM"]] == ["-5.25", "-9001", ""]
    assert frame["DAT"][1] == -9002 and frame["YN"].tolist() == ["Y", "N", ""]
    assert frame["PART"].tolist() == ["2026-02", "2026-02-27", "1890-01-01"]
    assert (
        meta.column_names_to_labels["NUM"] == "Label / 标签" and meta.file_label == "Vital signs / 生命体征"
    )
    assert meta.variable_value_labels["YN"] == {"Y": "Yes / 是", "N": "No / 否"}
    assert meta.variable_value_labels["GR"] == {0.0: "none / 无", 3.0: "severe / 重"}
    assert meta.variable_value_labels["NUM"] == {-9001.0: "ND = Not done / 未做"}
    assert meta.missing_ranges["NUM"] == [{"lo": -9099.0, "hi": -9001.0}]
    assert meta.original_variable_types["DAT"] == "SDATE10" and meta.variable_measure["YN"] == "nominal"
    plain_frame, _ = pyreadstat.read_sav(str(tmp_path / "x.sav"))
    assert [as_text(cell) for cell in plain_frame["DAT"]] == ["2026-02-28", "", "1890-01-01"]
    assert plain_frame["NUM"].isna().tolist() == [False, True, True]


def test_stata_has_labels_numbers_for_codes_and_letters_for_reasons(tmp_path: Path) -> None:
    fitting, sheet, rows = fitted(WHOLE, ROWS, DTA)
    statout.write(tmp_path / "x.dta", sheet, rows, fitting)
    frame, meta = pyreadstat.read_dta(str(tmp_path / "x.dta"), user_missing=True)
    assert frame["TERM"].tolist() == [row[1] for row in rows]
    assert [as_text(cell) for cell in frame["NUM"]] == ["-5.25", "a", ""]
    assert [as_text(cell) for cell in frame["DAT"]] == ["2026-02-28", "b", "1890-01-01"]
    assert frame["YN"].tolist()[:2] == [1, 2]
    assert meta.variable_value_labels["YN"] == {1: "Y = Yes / 是", 2: "N = No / 否"}
    assert meta.variable_value_labels["NUM"] == {"a": "ND = Not done / 未做"}
    assert meta.missing_user_values["DAT"] == ["b"] and meta.column_names_to_labels["GR"] == "Label / 标签"
    assert ("YN", "numbered") in changed(fitting)


def test_a_column_of_nothing_but_reasons_and_a_table_of_nothing(tmp_path: Path) -> None:
    one = table(*with_reason(column("NUM", Kind.DECIMAL)), column("T"))
    for kind, write in ((SAV, pyreadstat.read_sav), (DTA, pyreadstat.read_dta)):
        for number, lines in enumerate(([["", "ND", ""], ["", "UNK", ""]], [])):
            fitting, sheet, rows = fitted(one, lines, kind)
            file = tmp_path / f"{number}.{kind}"
            statout.write(file, sheet, rows, fitting)
            frame, _ = write(str(file), user_missing=True)
            assert list(frame.columns) == ["SUBJID", "NUM", "NUM_MISS", "T"] and len(frame) == len(lines)
            if lines:
                assert [as_text(cell) for cell in frame["NUM"]] in (["-9001", "-9002"], ["a", "b"])


def test_values_as_low_as_the_codes_of_reasons_are_told(tmp_path: Path) -> None:
    fitting, sheet, rows = fitted(
        table(*with_reason(column("N", Kind.DECIMAL))), [["-9002", ""], ["", "ND"]], SAV
    )
    statout.write(tmp_path / "x.sav", sheet, rows, fitting)
    frame, meta = pyreadstat.read_sav(str(tmp_path / "x.sav"), user_missing=True)
    assert [as_text(cell) for cell in frame["N"]] == ["-9002", ""] and not meta.missing_ranges
    assert frame["N_MISS"].tolist() == ["", "ND"] and ("N", "no_user_missing") in changed(fitting)


def test_long_labels_and_choices_are_told(tmp_path: Path) -> None:
    long = codelist("NY", [("Y", Text("yes " * 60, "是" * 60)), ("N", Text("no", "否"))])
    one = table(column("with", Kind.CODE, "NY", label="x" * 300))
    for kind, label in ((SAV, 255), (DTA, 80)):
        fitting, sheet, rows = fitted(one, [["Y"]], kind)
        fitting.codelists = {**LISTS, "NY": long}
        statout.write(tmp_path / f"x.{kind}", sheet, rows, fitting)
        assert len(sheet.fields[1].label) == label and sheet.fields[1].label.endswith("...")
        assert sheet.fields[1].name != "with", "a word of the package's own language"
        assert ("with", "label_shortened") in changed(fitting)
    assert ("with", "choice_shortened") not in changed(fitting), "Stata has room for it"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(InputRefused, match=r"datasets\.needs_stats") as refused:
        statout.tools()
    assert 'pip install "mda5-crf[stats]"' in refused.value.in_("en")


def test_what_the_package_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise pyreadstat.PyreadstatError("no")

    monkeypatch.setattr(pyreadstat, "write_sav", refuse)
    fitting, sheet, rows = fitted(WHOLE, ROWS, SAV)
    with pytest.raises(StoreError, match=r"datasets\.not_written"):
        statout.write(tmp_path / "x.sav", sheet, rows, fitting)


# -- Dataset-JSON ----------------------------------------------------------------------------------------


def test_dataset_json_is_valid_and_reads_back_equal() -> None:
    _, sheet, rows = fitted(WHOLE, ROWS, JSON)
    held = bytearray()
    jsonout.write(held.extend, sheet, rows, ORIGIN, lines=False)
    told = json.loads(held)
    schema = json.loads((DATA / "dataset.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    assert told["records"] == len(rows) and told["name"] == "VS"
    assert [["" if cell is None else str(cell) for cell in row] for row in told["rows"]] == rows
    kinds = {one["name"]: (one["dataType"], one.get("targetDataType")) for one in told["columns"]}
    assert kinds["NUM"] == ("decimal", "decimal") and kinds["GR"] == ("integer", None)
    assert kinds["DAT"] == ("date", None) and kinds["PART"] == ("string", None)
    assert told["rows"][1][2] is None and told["rows"][0][2] == "-5.25", "a decimal travels as text"
    assert told["columns"][0]["keySequence"] == 1


def test_ndjson_is_metadata_and_a_row_a_line() -> None:
    _, sheet, rows = fitted(WHOLE, ROWS * 3000, JSON)
    pieces: list[bytes] = []
    jsonout.write(pieces.append, sheet, rows, ORIGIN, lines=True)
    head, *lines = b"".join(pieces).decode("utf-8").rstrip("\n").split("\n")
    assert max(map(len, pieces)) < 400_000, "in pieces"
    schema = json.loads((DATA / "dataset.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(head), schema)
    assert len(lines) == json.loads(head)["records"] == 9000
    assert json.loads(lines[-1])[1] == ROWS[2][0]


def test_the_examples_of_the_standard_pass_the_same_schema() -> None:
    schema = json.loads((DATA / "dataset.schema.json").read_text(encoding="utf-8"))
    told = json.loads((DATA / "i18n-ae.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, schema)
    told["columns"][0]["dataType"] = "text"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema)


# -- the model -------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.decimals(-(10**9), 10**9, places=6), st.sampled_from(["Y", "N", ""])), max_size=6)
)
def test_any_numbers_and_codes_come_back_from_all(values: list[tuple[object, str]]) -> None:
    one = table(column("N", Kind.DECIMAL), column("C", Kind.CODE, "NY"))
    lines = [[format(number, "f"), code] for number, code in values]
    _, sheet, rows = fitted(one, lines, JSON)
    held = bytearray()
    jsonout.write(held.extend, sheet, rows, ORIGIN, lines=False)
    assert [row[1:] for row in json.loads(held)["rows"]] == lines


def test_what_a_column_takes() -> None:
    day, number = column("D", Kind.DATE), column("N", Kind.DECIMAL)
    assert fits("", day, LISTS) and fits("2026-02-28", day, LISTS) and not fits("2026-02-30", day, LISTS)
    assert not fits("2026-02", day, LISTS) and not fits("<5", number, LISTS) and fits("-5.20", number, LISTS)
    assert not fits("1.5", column("I", Kind.INTEGER), LISTS)
    assert fits("Y", column("C", Kind.CODE, "NY"), LISTS) and not fits(
        "X", column("C", Kind.CODE, "NY"), LISTS
    )


def test_lists_of_two_definitions_are_one() -> None:
    old = codelist("NY", [("N", Text("no", "否")), ("U", Text("unknown", "未知"))])
    assert [one.code for one in joined(LISTS["NY"], old).values] == ["Y", "N", "U"]
    assert joined(LISTS["NY"], LISTS["NY"]) is LISTS["NY"]
    assert not joined(LISTS["GRADE"], old).integers


def test_small_things() -> None:
    assert plain("µmol – 发热") == "umol - ??"
    names = Names(["A"])
    assert [names.new("a"), names.new("B"), names.new("b")] == ["a_2", "B", "b_2"]
    with pytest.raises(KeyError):
        WHOLE.place("NOPE")
