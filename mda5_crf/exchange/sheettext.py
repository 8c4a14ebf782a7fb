"""Reads a CSV file of others: finds out encoding and delimiter, says what it found, and streams the rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.sheetin import Limits, Line, Tally, refuse_long, refuse_rows, refuse_wide, trimmed

ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "cp1252")
"""Those that may be asked for; the last one only is never guessed: any bytes are text in it."""
DELIMITERS: Final = (",", ";", "\t", "|")
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, ""), (codecs.BOM_UTF32_BE, ""),  # before those of UTF-16, which begin alike
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_SAMPLE: Final = 64 * 1024
_RECORD: Final = 8 * 1024 * 1024
"""Characters of one row."""
_PIECE: Final = 1 << 20
_PAGE: Final = re.compile(r"\s*<(?:!doctype|html|\?xml|table|\?mso)", re.IGNORECASE)


def read(held: io.BytesIO, limits: Limits, tally: Tally) -> Iterator[Line]:
    """Tell the rows. Raises InputRefused."""
    encoding, mark, guessed = _encoding(held, limits.encoding)
    held.seek(mark)
    text = io.TextIOWrapper(held, encoding, errors="strict", newline="")
    sample = text.read(_SAMPLE)
    if _PAGE.match(sample):
        raise InputRefused("hostile.page")
    delimiter, said = limits.delimiter, re.match(r"sep=([,;\t|])\r?\n", sample, re.IGNORECASE)
    if said:
        delimiter = delimiter or said[1]
    delimiter = delimiter or _delimiter(sample)
    if delimiter not in DELIMITERS:
        raise InputRefused("hostile.delimiter")
    yield {
        "file": "csv", "sheets": [""], "encoding": encoding, "bom": mark > 0, "guessed": guessed,
        "delimiter": delimiter,
    }  # fmt: skip
    yield {"sheet": "", "number": 1, "hidden": False}
    text.detach()
    held.seek(mark)
    text = io.TextIOWrapper(held, encoding, errors="strict", newline="")
    before = csv.field_size_limit(limits.cell)
    try:
        yield from _rows(_Source(text, skip=bool(said)), delimiter, limits, tally)
    finally:
        csv.field_size_limit(before)


class _Source:
    """Lines for the reader of the standard library, of bounded length, also when a row has many of them."""

    def __init__(self, text: io.TextIOWrapper, *, skip: bool) -> None:
        self._text = text
        self.held = 0
        if skip:
            text.readline()

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_RECORD):
            self.held += len(line)
            if self.held >= _RECORD:
                raise InputRefused("hostile.record", most=_RECORD // 1024 // 1024)
            if "\0" in line:
                raise InputRefused("hostile.binary")
            yield line


def _rows(source: _Source, delimiter: str, limits: Limits, tally: Tally) -> Iterator[Line]:
    number = 0
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            if "field limit" in str(error):
                raise refuse_long(number, limits) from None
            raise InputRefused("hostile.quotes", row=number) from None
        source.held = 0
        if row is None:
            return
        if len(row) > limits.columns:
            raise refuse_wide(number, limits)
        if number > limits.rows:
            raise refuse_rows(limits)
        cells = trimmed(row)
        if cells in ([], ["\x1a"]):  # the mark of the end that old programs write
            continue
        yield {"row": number, "cells": cells}
        tally.rows += 1
        if limits.first and tally.rows >= limits.first:
            return


def _encoding(held: io.BytesIO, wanted: str) -> tuple[str, int, bool]:
    """The encoding, the length of its mark, and whether it was guessed."""
    start = bytes(held.getbuffer()[:4096])
    for mark, name in _MARKS:
        if start.startswith(mark) and (name or not wanted):
            if not name or (wanted and wanted != name) or not _holds(held, name, len(mark)):
                raise InputRefused("hostile.encoding")
            return name, len(mark), False
    if wanted:
        if wanted not in ENCODINGS or not _holds(held, wanted, 0):
            raise InputRefused("hostile.encoding")
        return wanted, 0, False
    if (half := _halves(start)) and _holds(held, half, 0):
        return half, 0, True
    if b"\0" in start:
        raise InputRefused("hostile.binary")
    if _holds(held, "utf-8", 0):
        return "utf-8", 0, False
    if _holds(held, "gb18030", 0):
        return "gb18030", 0, True
    raise InputRefused("hostile.encoding")


def _halves(start: bytes) -> str:
    """UTF-16 without a mark: every other byte of ordinary text is nothing."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < 4 or max(even, odd) * 4 < len(start) // 2 or min(even, odd) * 8 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _holds(held: io.BytesIO, encoding: str, start: int) -> bool:
    """Whether all of the file is text of this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    held.seek(start)
    try:
        while piece := held.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """The one that cuts most of the first rows into the same number of cells, more than one."""
    last = max(sample.rfind("\n"), sample.rfind("\r"))
    whole = sample[: last + 1] if len(sample) == _SAMPLE and last > 0 else sample
    best, most = ",", (0.0, 0)
    for one in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for row in csv.reader(io.StringIO(whole, newline=""), delimiter=one):
                widths[len(row)] += len(row) > 0
        except csv.Error:
            pass
        widths.pop(0, None)
        widths = +widths
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda found: (found[1], found[0]))
        score = (count / widths.total(), width)
        if width > 1 and score > most:
            best, most = one, score
    return best
