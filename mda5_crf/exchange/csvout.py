"""Tables as CSV: UTF-8, commas, CRLF.

For a spreadsheet (Excel, WPS) with a byte order mark, and a text that it would take for a formula gets an
apostrophe in front; the last column names the columns where that was done. Raw, for statistics: no mark, no
apostrophe, no such column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from mda5_crf.exchange.datasets import Row
from mda5_crf.exchange.fitting import Put, Sheet
from mda5_crf.services.auditcsv import ESCAPED, guarded

_MARK: Final = b"\xef\xbb\xbf"
_LINES: Final = 500


def write(put: Put, sheet: Sheet, rows: Iterable[Row], *, raw: bool) -> None:
    """One table as a whole file."""
    lines(
        put,
        [one.name for one in sheet.fields],
        ([one.cell(row) for one in sheet.fields] for row in rows),
        raw=raw,
    )


def lines(put: Put, head: Sequence[str], rows: Iterable[Sequence[str]], *, raw: bool) -> None:
    """A file with these columns."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    if raw:
        writer.writerow(head)
    else:
        put(_MARK)
        writer.writerow([*head, ESCAPED.upper()])
    for number, row in enumerate(rows, 1):
        if raw:
            writer.writerow(row)
        else:
            safe = [guarded(text) for text in row]
            changed = [name for name, text, cell in zip(head, row, safe, strict=True) if text != cell]
            writer.writerow([*safe, " ".join(changed)])
        if not number % _LINES:
            put(stream.getvalue().encode("utf-8"))
            stream.seek(0)
            stream.truncate()
    put(stream.getvalue().encode("utf-8"))
