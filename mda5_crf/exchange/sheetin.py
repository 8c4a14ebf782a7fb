"""Reads a table of others, workbook or CSV, row by row, and tells what its cells say as text.

    {"file": "xlsx" | "csv", "sheets": [names], …}   first; of a CSV file its encoding, delimiter, "guessed"
    {"sheet": name, "number": 1, "hidden": bool}     a sheet begins
    {"row": 7, "cells": [text, …]}                   its number in the sheet; "hidden": true when not shown
    {"end": {"rows": n, "errors": n, "empty_formulas": n}}

Rows without content are left out, and empty cells at the end of a row. What is wrong is an InputRefused in
words. Nothing is written anywhere; nothing of a workbook is unfolded before its sizes are summed; formulas,
macros and links are not followed: their last results are read. The program runs this in a process of its
own (``jobs/looker``).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import IO, Any, Final, Self

from mda5_crf.errors import InputRefused

Line = dict[str, Any]
LARGEST_BOOK: Final = 64 * 1024 * 1024
LARGEST_TEXT: Final = 256 * 1024 * 1024
_PIECE: Final = 1 << 20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may have; the first three are those of Excel. ``first``: read so many rows of a sheet and
    leave the rest (a preview), 0 for all. ``only``: the one sheet that is read, "" for all. ``encoding`` and
    ``delimiter`` of a CSV file, "" to find out.
    """

    rows: int = 1_048_576
    columns: int = 16_384
    cell: int = 32_767
    first: int = 0
    only: str = ""
    encoding: str = ""
    delimiter: str = ""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """From the options of ``lines``; other names are not read."""
        return cls(**{one.name: options[one.name] for one in fields(cls) if one.name in options})


@dataclass(slots=True)
class Tally:
    """What is told at the end."""

    rows: int = 0
    errors: int = 0
    empty_formulas: int = 0


def lines(stream: IO[bytes], options: Mapping[str, Any]) -> Iterator[Line]:
    """Tell the file; ``options`` are the fields of Limits. Raises InputRefused."""
    limits, tally = Limits.of(options), Tally()
    start = _some(stream, 8)
    if not start:
        raise InputRefused("hostile.empty")
    if start.startswith(b"PK\x03\x04"):
        from mda5_crf.exchange import sheetbook

        yield from sheetbook.read(_all(stream, start, LARGEST_BOOK), limits, tally)
    elif start == _OLE:
        whole = _all(stream, start, LARGEST_BOOK)
        locked = _ENCRYPTED in whole.getvalue()
        raise InputRefused("hostile.encrypted" if locked else "hostile.old_book")
    else:
        from mda5_crf.exchange import sheettext

        yield from sheettext.read(_all(stream, start, LARGEST_TEXT), limits, tally)
    yield {"end": {one.name: getattr(tally, one.name) for one in fields(Tally)}}


def trimmed(cells: list[str]) -> list[str]:
    """Without empty cells at the end."""
    length = len(cells)
    while length and not cells[length - 1]:
        length -= 1
    return cells[:length]


def refuse_wide(number: int, limits: Limits) -> InputRefused:
    """Too many columns."""
    return InputRefused("hostile.columns", row=number, most=limits.columns)


def refuse_long(number: int, limits: Limits) -> InputRefused:
    """A cell with too much text."""
    return InputRefused("hostile.cell", row=number, most=limits.cell)


def refuse_rows(limits: Limits) -> InputRefused:
    """Too many rows."""
    return InputRefused("hostile.rows", most=limits.rows)


def _some(stream: IO[bytes], size: int) -> bytes:
    """So many bytes, fewer only at the end of the file."""
    held = b""
    while len(held) < size and (piece := stream.read(size - len(held))):
        held += piece
    return held


def _all(stream: IO[bytes], start: bytes, most: int) -> io.BytesIO:
    held = io.BytesIO(start)
    held.seek(0, io.SEEK_END)
    while piece := stream.read(_PIECE):
        if held.tell() + len(piece) > most:
            raise InputRefused("hostile.large", most=most // 1024 // 1024)
        held.write(piece)
    held.seek(0)
    return held
