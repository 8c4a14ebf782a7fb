"""A block of cells as spreadsheets put it on the clipboard: text with tabs and line ends.

Excel and WPS put a cell into quotation marks only when it holds a tab, a line end or quotation marks beside
one of them; a quotation mark inside is doubled. What only looks like that is text and stays as it is.
"""

from __future__ import annotations

import re

from mda5_crf.errors import InputRefused

MOST_LINES, MOST_BYTES, LONGEST = 2000, 1_000_000, 10_000
"""Lines and bytes taken at once; characters of one cell."""
_END = re.compile(r"\r\n|\r|\n")
_ENDS = ("\t", "\n", "\r", "")


def parse_block(text: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a block, all of one length; lines without a word at its end are left out.

    Raises InputRefused when it is empty or too large.
    """
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise InputRefused("paste.too_large", size=-(-size // 1000), most=MOST_BYTES // 1000)
    lines = _lines(text)
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise InputRefused("paste.nothing")
    if len(lines) > MOST_LINES:
        raise InputRefused("paste.too_many", count=len(lines), most=MOST_LINES)
    width = max(len(line) for line in lines)
    return tuple((*line, *[""] * (width - len(line))) for line in lines)


def is_block(text: str) -> bool:
    """Whether a text is more than one cell; one cell with a line end behind it is one cell."""
    inside = text.rstrip("\r\n")
    return "\t" in inside or _END.search(inside) is not None


def _lines(text: str) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    at = 0
    while True:
        cell, at = _quoted(text, at) or _plain(text, at)
        lines[-1].append(cell)
        if at >= len(text):
            return lines
        if text[at] == "\t":
            at += 1
            continue
        at += 2 if text.startswith("\r\n", at) else 1
        lines.append([])


def _plain(text: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(text) and text[end] not in "\t\r\n":
        end += 1
    return text[at:end], end


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    """The cell in quotation marks that begins at ``at``; None when it is no such cell."""
    if not text.startswith('"', at):
        return None
    end = at + 1
    while True:
        end = text.find('"', end)
        if end < 0:
            return None
        if text.startswith('""', end):
            end += 2
            continue
        break
    inside = text[at + 1 : end]
    special = any(mark in inside for mark in '\t\n\r"')
    if not special or text[end + 1 : end + 2] not in _ENDS:
        return None
    return _END.sub("\n", inside.replace('""', '"')), end + 1
