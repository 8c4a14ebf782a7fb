"""Reads a workbook (.xlsx, .xlsm) of others out of memory, row by row.

What a zip file says of itself is looked at before anything is unfolded: number, names, sizes and ratios of
its parts. Its XML is read by a parser that keeps nothing but one row and the table of shared texts; a
DOCTYPE is refused, and so is a sheet whose rows or cells do not come in order, because two readers would
see two things in it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, Final
from urllib.parse import unquote
from xml.parsers import expat

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.sheetcells import PLAIN, Format, format_of, number_text, unescaped
from mda5_crf.exchange.sheetin import Limits, Line, Tally, refuse_long, refuse_rows, refuse_wide, trimmed

PARTS: Final = 10_000
UNFOLDED: Final = 1024 * 1024 * 1024
"""Bytes of all parts together."""
RATIO: Final = 200
"""Of a part's size to what it takes in the file, for parts above …"""
_SMALL: Final = 4 * 1024 * 1024
SHEETS: Final = 1000
TEXTS: Final = 3_000_000
TEXT_CHARACTERS: Final = 128 * 1024 * 1024
"""Of the table of shared texts."""
_STYLES: Final = 65_536
_PIECE: Final = 128 * 1024
_TOKEN: Final = 1024 * 1024
"""Bytes of XML that may follow each other without anything to tell: one tag, one comment."""
_DEPTH: Final = 100
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CENTRAL: Final = b"PK\x01\x02"
_SPACE: Final = "}"
Attributes = dict[str, str]


def read(held: io.BytesIO, limits: Limits, tally: Tally) -> Iterator[Line]:
    """Tell the sheets. Raises InputRefused."""
    try:
        with _opened(held) as book:
            yield from _Book(book, limits, tally).read()
    except (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, NotImplementedError):
        raise InputRefused("hostile.damaged") from None


def _opened(held: io.BytesIO) -> zipfile.ZipFile:
    """The file, once what it says of itself is within bounds."""
    if bytes(held.getbuffer()).count(_CENTRAL) > PARTS:
        raise InputRefused("hostile.bomb")
    try:
        book = zipfile.ZipFile(held)
    except (ValueError, OverflowError):  # places and sizes that no file has
        raise InputRefused("hostile.damaged") from None
    parts = book.infolist()
    if len(parts) > PARTS or sum(one.file_size for one in parts) > UNFOLDED:
        raise InputRefused("hostile.bomb")
    if len({one.filename for one in parts}) != len(parts):
        raise InputRefused("hostile.damaged")
    for one in parts:
        if one.file_size > _SMALL and one.file_size > RATIO * max(one.compress_size, 1):
            raise InputRefused("hostile.bomb")
        if one.flag_bits & 1:
            raise InputRefused("hostile.encrypted")
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputRefused("hostile.damaged")
        if one.filename.startswith("/") or ".." in re.split(r"[/\\]", one.filename) or ":" in one.filename:
            raise InputRefused("hostile.damaged")
    return book


def parse(source: Any, start: Callable[[str, Attributes], None], end: Callable[[str], None],  # noqa: ANN401
          text: Callable[[str], None] | None = None) -> Iterator[None]:  # fmt: skip
    """Parse a part piece by piece; names without namespace. Raises InputRefused, ExpatError."""
    parser = expat.ParserCreate(namespace_separator=_SPACE)
    depth = 0

    def begun(name: str, given: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise InputRefused("hostile.damaged")
        start(name.rpartition(_SPACE)[2], given)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(_SPACE)[2])

    def doctype(*_: object) -> None:
        raise InputRefused("hostile.doctype")

    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    parser.StartDoctypeDeclHandler = doctype
    if text is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    fed = 0
    while piece := source.read(_PIECE):
        fed += len(piece)
        try:
            parser.Parse(piece, False)
        except (ValueError, LookupError):  # an encoding that no workbook has, declared in the part
            raise InputRefused("hostile.damaged") from None
        if fed - parser.CurrentByteIndex > _TOKEN:
            raise InputRefused("hostile.damaged")
        yield
    parser.Parse(b"", True)
    yield


class _Book:
    def __init__(self, book: zipfile.ZipFile, limits: Limits, tally: Tally) -> None:
        self._book, self._limits, self._tally = book, limits, tally
        self._parts = {one.filename.lower(): one.filename for one in book.infolist()}
        self._texts: list[str] = []
        self._formats: list[Format] = []

    def read(self) -> Iterator[Line]:
        main = self._main()
        sheets, from_1904 = self._sheets(main)
        yield {
            "file": "xlsx", "sheets": [name for name, _, _ in sheets],
            "macros": any(name.endswith("vbaproject.bin") for name in self._parts),
        }  # fmt: skip
        links = self._links(main)
        for kind, target in links.values():
            if kind == "sharedStrings":
                self._read_texts(target)
            elif kind == "styles":
                self._read_styles(target)
        for number, (name, state, link) in enumerate(sheets, 1):
            kind, target = links.get(link, ("", ""))
            if kind != "worksheet" or (self._limits.only and name != self._limits.only):
                continue  # a sheet that is only a chart
            yield {"sheet": name, "number": number, "hidden": state not in ("", "visible")}
            yield from self._rows(target, from_1904=from_1904)

    # -- what stands around the sheets -----------------------------------------------------------------

    def _main(self) -> str:
        """The part that names the sheets."""
        found = [target for kind, target in self._links("").values() if kind == "officeDocument"]
        if len(found) != 1 or not found[0].endswith(".xml"):
            raise InputRefused("hostile.no_book")
        return found[0]

    def _links(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the file: id → (kind, part)."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, given: Attributes) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External" and len(found) <= PARTS:
                kind = given.get("Type", "").rpartition("/")[2]
                target = posixpath.normpath(posixpath.join("/", folder, unquote(given.get("Target", ""))))
                found[given.get("Id", "")] = (kind, target.lstrip("/"))

        self._through(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def _sheets(self, main: str) -> tuple[list[tuple[str, str, str]], bool]:
        """Name, state and link of each sheet; whether days count from 1904."""
        sheets: list[tuple[str, str, str]] = []
        years: list[bool] = []

        def start(tag: str, given: Attributes) -> None:
            if tag == "workbookPr":
                years.append(given.get("date1904", "0") in ("1", "true", "on"))
            elif tag == "sheet":
                link = next((value for key, value in given.items() if key.endswith(f"{_SPACE}id")), "")
                sheets.append((given.get("name", "")[:255], given.get("state", ""), link))
                if len(sheets) > SHEETS:
                    raise InputRefused("hostile.damaged")

        self._through(main, start)
        if not sheets:
            raise InputRefused("hostile.no_book")
        return sheets, any(years)

    def _read_styles(self, part: str) -> None:
        codes: dict[int, str] = {}
        numbers: list[int] = []
        inside = False

        def start(tag: str, given: Attributes) -> None:
            nonlocal inside
            if tag == "numFmt" and len(codes) < _STYLES:
                codes[_whole(given.get("numFmtId"))] = given.get("formatCode", "")
            elif tag == "cellXfs":
                inside = True
            elif tag == "xf" and inside and len(numbers) < _STYLES:
                numbers.append(_whole(given.get("numFmtId")))

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and tag != "cellXfs"

        self._through(part, start, end)
        self._formats = [format_of(number, codes.get(number, "")) for number in numbers]

    def _read_texts(self, part: str) -> None:
        """The table of shared texts; how a text is to be pronounced is no part of it."""
        pieces: list[str] = []
        total, silent, taking = 0, 0, False

        def start(tag: str, _: Attributes) -> None:
            nonlocal silent, taking
            if tag == "rPh":
                silent += 1
            taking = tag == "t" and not silent

        def end(tag: str) -> None:
            nonlocal silent, taking
            taking = False
            if tag == "rPh":
                silent -= 1
            elif tag == "si":
                self._texts.append(unescaped("".join(pieces)))
                pieces.clear()
                if len(self._texts) > TEXTS:
                    raise InputRefused("hostile.bomb")

        def text(data: str) -> None:
            nonlocal total
            if taking:
                pieces.append(data)
                total += len(data)
                if total > TEXT_CHARACTERS:
                    raise InputRefused("hostile.bomb")

        self._through(part, start, end, text)

    def _through(
        self, part: str, start: Callable[[str, Attributes], None],
        end: Callable[[str], None] = lambda _: None, text: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        """Read a part to its end; one that is not there has nothing in it."""
        name = self._parts.get(part.lower())
        if name is not None:
            with self._source(name) as source:
                for _ in parse(source, start, end, text):
                    pass

    def _source(self, name: str) -> IO[bytes]:
        try:
            return self._book.open(name)
        except ValueError:  # it lies before the beginning of the file
            raise InputRefused("hostile.damaged") from None

    # -- a sheet ---------------------------------------------------------------------------------------

    def _rows(self, part: str, *, from_1904: bool) -> Iterator[Line]:
        name = self._parts.get(part.lower())
        if name is None:
            raise InputRefused("hostile.damaged")
        rows = _Rows(self._limits, self._tally, self._texts, self._formats, from_1904=from_1904)
        told = 0
        with self._source(name) as source:
            for _ in parse(source, rows.start, rows.end, rows.text):
                ready, rows.ready = rows.ready, []
                for row in ready:
                    yield row
                    self._tally.rows += 1
                    told += 1
                    if told == self._limits.first:
                        return


class _Rows:
    """The events of one sheet become rows; ``ready`` are those that are whole."""

    def __init__(
        self, limits: Limits, tally: Tally, texts: list[str], formats: list[Format], *, from_1904: bool
    ) -> None:
        self.ready: list[Line] = []
        self._limits, self._tally, self._texts, self._formats = limits, tally, texts, formats
        self._from_1904 = from_1904
        self._row = self._column = 0
        self._cells: list[str] = []
        self._hidden = self._inside = self._in_row = self._taking = self._formula = False
        self._silent = 0
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._length = 0

    def start(self, tag: str, given: Attributes) -> None:
        if tag == "c":
            if self._in_row:
                self._cell(given)
        elif tag in ("v", "t"):
            self._taking = self._column > 0 and not self._silent
        elif tag == "row":
            if self._inside:
                self._begin(given)
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._silent += 1
        elif tag == "sheetData":
            self._inside = True

    def text(self, data: str) -> None:
        if self._taking:
            self._length += len(data)
            if self._length > 8 * self._limits.cell:  # a sign may be written with seven
                raise refuse_long(self._row, self._limits)
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._taking = False
        elif tag == "c":
            if self._column:
                self._done()
        elif tag == "row":
            if self._in_row:
                self._told()
        elif tag == "rPh":
            self._silent -= 1
        elif tag == "sheetData":
            self._inside = False

    def _begin(self, given: Attributes) -> None:
        number = _whole(given["r"]) if "r" in given else self._row + 1
        if number <= self._row or self._in_row:
            raise InputRefused("hostile.order", row=number)
        if number > self._limits.rows:
            raise refuse_rows(self._limits)
        self._row, self._cells, self._in_row = number, [], True
        self._hidden = given.get("hidden", "0") in ("1", "true")

    def _cell(self, given: Attributes) -> None:
        column = len(self._cells) + 1
        if "r" in given:
            place = _REFERENCE.fullmatch(given["r"])
            if place is None or int(place[2]) != self._row:
                raise InputRefused("hostile.order", row=self._row)
            at = 0
            for sign in place[1]:
                at = at * 26 + ord(sign) - 64
            if at < column or self._column:
                raise InputRefused("hostile.order", row=self._row)
            column = at
        if column > self._limits.columns:
            raise refuse_wide(self._row, self._limits)
        self._column, self._formula = column, False
        self._kind, self._style = given.get("t", "n"), given.get("s", "")
        self._pieces, self._length = [], 0

    def _done(self) -> None:
        text = self._shown("".join(self._pieces))
        if len(text) > self._limits.cell:
            raise refuse_long(self._row, self._limits)
        if self._formula and not self._pieces:
            self._tally.empty_formulas += 1
        self._cells += [""] * (self._column - 1 - len(self._cells))
        self._cells.append(text)
        self._column = 0

    def _shown(self, text: str) -> str:
        """What a cell says."""
        kind = self._kind
        if kind == "s":
            place = _whole(text)
            if place >= len(self._texts):
                raise InputRefused("hostile.damaged")
            return self._texts[place]
        if kind in ("inlineStr", "str"):
            return unescaped(text)
        text = text.strip()
        if kind == "b":
            return {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}.get(text, text)
        if kind == "e":
            self._tally.errors += 1
            return text
        if kind == "d":
            return text.removesuffix("Z").removesuffix("T00:00:00")
        style = _whole(self._style) if self._style else 0
        form = self._formats[style] if style < len(self._formats) else PLAIN
        return number_text(text, form, from_1904=self._from_1904)

    def _told(self) -> None:
        self._in_row = False
        cells = trimmed(self._cells)
        if cells:
            line: Line = {"row": self._row, "cells": cells}
            if self._hidden:
                line["hidden"] = True
            self.ready.append(line)


def _whole(text: str | None) -> int:
    """A number of the file's own, such as that of a row."""
    if text is None:
        return 0
    if not text.isascii() or not text.strip().isdigit() or len(text) > 10:
        raise InputRefused("hostile.damaged")
    return int(text)
