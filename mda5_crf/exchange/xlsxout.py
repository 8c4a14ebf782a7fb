"""A workbook (.xlsx), written sheet by sheet into a stream: no temporary file, no row kept.

Text is text: a cell that begins like a formula is a string with Excel's own mark for that. Complete dates are
dates, numbers are numbers with the digits they have; one with more digits than a double holds is text. A
table with more rows than a sheet has goes on in the next one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Final, NamedTuple, cast
from xml.sax.saxutils import escape, quoteattr

from mda5_crf.exchange.datasets import Kind, Names, day
from mda5_crf.exchange.fitting import Put
from mda5_crf.services.auditcsv import guarded

ROWS: Final = 1_048_576
_EPOCH: Final = date(1899, 12, 30)
_FIRST: Final = date(1900, 3, 1)
"""Before that, Excel's days and the calendar's do not agree."""
_EXACT: Final = 15
_PIECE: Final = 1 << 16
_NO_NAME: Final = re.compile(r"[\[\]:*?/\\]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|\r")
_HEAD, _LABEL, _DAY, _QUOTED = 1, 2, 3, 4
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_GREY: Final = '<fill><patternFill patternType="solid"><fgColor rgb="FFE6E6E6"/></patternFill></fill>'
_BORDER: Final = "<border><left/><right/><top/><bottom/><diagonal/></border>"
_WRAPPED: Final = '<alignment wrapText="1" vertical="top"/>'
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><i/><sz val="10"/><color rgb="FF404040"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    f'<fill><patternFill patternType="gray125"/></fill>{_GREY}</fills><borders count="1">{_BORDER}</borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf fontId="1" fillId="2" xfId="0" applyFont="1" applyFill="1"/>'
    f'<xf fontId="2" fillId="2" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">{_WRAPPED}</xf>'
    '<xf numFmtId="164" xfId="0" applyNumberFormat="1"/><xf xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Heading(NamedTuple):
    """One column: its name, what stands below it, what its cells are, and how wide it is in characters."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """One table of a workbook."""

    name: str
    columns: Sequence[Heading]
    rows: Iterable[Sequence[str]]


class _Forward:
    """A file to write to, without places to go back to; zip files can be written so."""

    def __init__(self, put: Put) -> None:
        self._put = put

    def write(self, piece: bytes) -> int:
        """Hand bytes on."""
        self._put(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def seekable(self) -> bool:
        """Never."""
        return False


def write(put: Put, leaves: Iterable[Leaf], made: datetime) -> None:
    """A whole workbook, handed to ``put`` piece by piece."""
    at = made.astimezone(UTC)
    time = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
    names, titles = Names(), list[str]()
    with zipfile.ZipFile(
        cast("IO[bytes]", _Forward(put)), "w", zipfile.ZIP_DEFLATED, compresslevel=6
    ) as book:
        for leaf in leaves:
            rows, more = iter(leaf.rows), True
            while more:
                title = names.new(_NO_NAME.sub("_", leaf.name)[:31] or "_", 31)
                titles.append(title)
                with book.open(
                    _entry(f"xl/worksheets/sheet{len(titles)}.xml", time), "w", force_zip64=True
                ) as out:
                    more = _sheet(out, leaf.columns, rows)
        for name, text in _frame(titles):
            book.writestr(_entry(name, time), text.encode("utf-8"))


def _entry(name: str, time: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time)
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
    return entry


def _sheet(out: IO[bytes], columns: Sequence[Heading], rows: Iterator[Sequence[str]]) -> bool:
    """One sheet; returns whether there are rows left that it has no room for."""
    letters = [_letters(number) for number in range(len(columns))]
    frame = "".join(
        f'<col min="{n}" max="{n}" width="{min(max(one.width, len(one.name)) + 2, 60)}" customWidth="1"/>'
        for n, one in enumerate(columns, 1)
    )
    held = [
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="2" '
        'topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{frame}</cols><sheetData>",
        _line(1, letters, [_text(one.name, _HEAD) for one in columns]),
        _line(2, letters, [_text(one.label, _LABEL) for one in columns]),
    ]
    size, number, more = 0, 2, False
    for row in rows:
        number += 1
        line = _line(number, letters, [_cell(text, one.kind) for text, one in zip(row, columns, strict=True)])
        held.append(line)
        size += len(line)
        if size >= _PIECE:
            out.write("".join(held).encode("utf-8"))
            held.clear()
            size = 0
        if number == ROWS:
            more = True
            break
    last = f"{letters[-1]}{max(number, 2)}" if letters else "A2"
    held.append(f'</sheetData><autoFilter ref="A2:{last}"/></worksheet>')
    out.write("".join(held).encode("utf-8"))
    return more


def _line(number: int, letters: Sequence[str], cells: Sequence[tuple[str, str]]) -> str:
    told = "".join(
        f'<c r="{letter}{number}"{about}>{inside}</c>'
        for letter, (about, inside) in zip(letters, cells, strict=True)
        if inside
    )
    return f'<row r="{number}">{told}</row>'


def _cell(text: str, kind: Kind) -> tuple[str, str]:
    """Attributes and content of a cell."""
    if not text:
        return "", ""
    if kind.number and exact(text):
        return "", f"<v>{text}</v>"
    if kind in (Kind.DATE, Kind.PARTIAL):
        found = day(text)
        if found is not None and found >= _FIRST:
            return f' s="{_DAY}"', f"<v>{(found - _EPOCH).days}</v>"
    return _text(text, _QUOTED if guarded(text) != text else 0)


def exact(text: str) -> bool:
    """Whether a spreadsheet gives a number back as it is: it shows 15 digits."""
    return len(text) <= _EXACT or Decimal(f"{float(text):.15g}") == Decimal(text)


def _text(text: str, style: int) -> tuple[str, str]:
    about = f' s="{style}" t="inlineStr"' if style else ' t="inlineStr"'
    safe = escape(_CONTROL.sub(_escaped, text))
    return about, f'<is><t xml:space="preserve">{safe}</t></is>'


def _escaped(found: re.Match[str]) -> str:
    """How a workbook writes what XML cannot, and what looks like that."""
    return f"_x005F{found[0]}" if len(found[0]) > 1 else f"_x{ord(found[0]):04X}_"


def _letters(number: int) -> str:
    """The letters of a column, from 0: A … Z, AA …"""
    made = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        made = chr(ord("A") + rest) + made
    return made


def _frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Everything but the sheets."""
    numbers = range(1, len(titles) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>'
        for n, title in zip(numbers, titles, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{sheets}</sheets></workbook>',
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{len(titles) + 1}" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES
