"""``csv_formula``, ``xlsx_formula`` for every writer of sheets: nothing becomes a formula, and all comes back."""

# ruff: noqa: E501 - tables of inputs as they are

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import openpyxl
import pytest

from mda5_crf.exchange import csvout, sheetin, sheets, workbookout, xlsxout
from mda5_crf.services import auditcsv, codingsheet
from tests.faults import counts

FIRST: Final = "=+-@\t\r\n＝＋－＠"
VALUES: Final = (
    *(f"{sign}cmd|' /C calc'!A0" for sign in FIRST),
    "=HYPERLINK(\"http://192.0.2.1/\",\"x\")", "@SUM(1+1)*cmd|' /C calc'!A0", "'=1", "''", "-5", "+5.25", "-x", "--5",
    "=1;=2", "\"=1", " =1", "a\r\nb", "a\rb", "=a\n=b", "_x000D_=1", "_x003D_1", "1E5", "0012", "2026-03-01", "1/2", "TRUE",
    "=" * 200, "\u202e=1", "\ufeffx", "a\tb", "x", "#N/A", "😀=",
)  # fmt: skip
NUMBERS: Final = frozenset({"-5", "+5.25"})
"""They are no formulas, and stay what they are."""


def _csvout() -> tuple[bytes, str]:
    held = bytearray()
    csvout.lines(held.extend, ["A", "B"], [[one, "b"] for one in VALUES], raw=False)
    return bytes(held), "A"


def _archive() -> tuple[bytes, str]:
    return b"".join(sheets.csv_bytes(["A", "B"], [{"A": one, "B": "b"} for one in VALUES])), "A"


def _trail() -> tuple[bytes, str]:
    """The audit trail as CSV, from the line on: its cells are made safe by one function."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*auditcsv.COLUMNS, auditcsv.ESCAPED])
    for one in VALUES:
        told = dict.fromkeys(auditcsv.COLUMNS, "") | {"old": one, "reason_text": "r"}
        cells = [auditcsv.guarded(text) for text in told.values()]
        writer.writerow([*cells, "old" if auditcsv.guarded(one) != one else ""])
    return b"\xef\xbb\xbf" + stream.getvalue().encode(), "old"


def _rows(data: bytes) -> Iterator[list[str]]:
    for line in sheetin.lines(io.BytesIO(data), {}):
        if "row" in line:
            yield line["cells"]


@pytest.mark.alteration
@pytest.mark.parametrize("write", [_csvout, _archive, _trail])
def test_csv_formula_of_every_writer(write: Callable[[], tuple[bytes, str]]) -> None:
    """No cell begins like a formula; the last column says which apostrophes are ours; all comes back."""
    data, name = write()
    head, *rows = _rows(data)
    place = head.index(name)
    assert len(rows) == len(VALUES)
    for text, row in zip(VALUES, rows, strict=True):
        assert all(cell[:1] not in FIRST or cell in NUMBERS for cell in row if cell), row
        filled = row + [""] * (len(head) - len(row))
        came = filled[place].removeprefix("'") if name in filled[-1].split() else filled[place]
        assert came == text
    counts.alterations("csv_formula", tried=len(VALUES), found=len(rows))


def _xlsxout(values: Sequence[str]) -> bytes:
    held = bytearray()
    leaf = xlsxout.Leaf("T", [xlsxout.Heading("A", "a")], [[one] for one in values])
    xlsxout.write(held.extend, [leaf], datetime(2026, 9, 1, tzinfo=UTC))
    return bytes(held)


def _workbook(values: Sequence[str]) -> bytes:
    return workbookout._file([workbookout.Leaf("forms", ["A"], [{"A": one} for one in values])])


@pytest.mark.alteration
@pytest.mark.parametrize("write", [_xlsxout, _workbook])
def test_xlsx_formula_of_every_writer(write: Callable[[Sequence[str]], bytes]) -> None:
    """Every text is a string cell, those that look like formulas with Excel's mark, and comes back as it was."""
    data = write(VALUES)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [row[0] for row in book.worksheets[-1].iter_rows()][-len(VALUES) :]
    assert {one.data_type for one in cells} == {"s"}
    assert all(
        cell.quotePrefix for cell, text in zip(cells, VALUES, strict=True) if auditcsv.guarded(text) != text
    )
    sheet = [row[0] for row in _rows(data)][-len(VALUES) :]
    assert sheet == list(VALUES)
    counts.alterations("xlsx_formula", tried=len(VALUES), found=len(cells))


@pytest.mark.alteration
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_coding_sheet_comes_back_as_it_went(kind: str) -> None:
    """Terms that look like formulas, through the writer and the reader of coding sheets."""
    columns = (codingsheet.DICTIONARY, codingsheet.TERM, codingsheet.VERSION)
    held = bytearray()
    # A workbook has no column that says which apostrophes are ours: there one before a sign of a formula goes.
    values = VALUES if kind == "csv" else [one for one in VALUES if one[0] != "'"]
    rows = [["MedDRA", one, "27.1"] for one in values]
    if kind == "csv":
        csvout.lines(held.extend, columns, rows, raw=False)
    else:
        leaf = xlsxout.Leaf("T", [xlsxout.Heading(one, one) for one in columns], rows)
        xlsxout.write(held.extend, [leaf], datetime(2026, 9, 1, tzinfo=UTC))
    told = [(one["row"], one["cells"]) for one in sheetin.lines(io.BytesIO(held), {}) if "row" in one]
    _, lines = codingsheet.read(told)
    came = [line.get(codingsheet.TERM) for line in lines][-len(values) :]
    assert [one.strip() for one in came] == [one.strip() for one in values]
    counts.alterations(f"coding sheet, {kind}", tried=len(values), found=len(came))
