"""Workbooks in tests: written, edited as people edit them in Excel, and read by the program's own reader."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mda5_crf.exchange import sheetin
from mda5_crf.exchange.grids import Book, Notes, book

Edit = Callable[[Workbook], None]


def read_bytes(data: bytes) -> Book:
    """A file as the program reads it."""
    return book(sheetin.lines(io.BytesIO(data), {}))


def edited(data: bytes, edit: Edit) -> bytes:
    """The workbook after somebody had it open."""
    workbook = load_workbook(io.BytesIO(data))
    edit(workbook)
    held = io.BytesIO()
    workbook.save(held)
    return held.getvalue()


def column(sheet: Worksheet, title: str) -> int:
    """The number of the column with this heading."""
    found = [cell.column for cell in sheet[1] if cell.value == title]
    assert len(found) == 1, f"{title}: {found}"
    return int(found[0])


def row_with(sheet: Worksheet, **cells: str) -> int:
    """The number of the one row that has these texts."""
    places = {title: column(sheet, title) for title in cells}
    found = [
        number
        for number in range(2, sheet.max_row + 1)
        if all(str(sheet.cell(number, places[title]).value) == text for title, text in cells.items())
    ]
    assert len(found) == 1, f"{cells}: rows {found}"
    return found[0]


def put(workbook: Workbook, sheet: str, title: str, value: object, **where: str) -> int:
    """Write into one cell; its row."""
    page = workbook[sheet]
    number = row_with(page, **where)
    page.cell(number, column(page, title)).value = value
    return number


def made(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook of these rows."""
    workbook = Workbook()
    del workbook[workbook.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    held = io.BytesIO()
    workbook.save(held)
    return held.getvalue()


def said(notes: Notes, kind: str) -> list[str]:
    """The English of one sort of note, with its place; both languages are there and differ."""
    texts = [note.said() for note in getattr(notes, kind)]
    assert all(text.en and text.zh and text.en != text.zh for text in texts)
    return [text.en for text in texts]


def write(path: Path, data: bytes) -> Path:
    """Put bytes into a file."""
    path.write_bytes(data)
    return path
