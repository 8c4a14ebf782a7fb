"""The rows of a workbook or CSV file of somebody else, read in a child process (``jobs/confined``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from mda5_crf.errors import InputRefused
from mda5_crf.jobs import confined

MOST_ROWS: Final = 200_000
"""Rows with content that are kept."""
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SheetRows:
    """What stood in one sheet. ``rows``: number in the sheet, cells; ``dropped``: headings of columns that
    could name a person and were not handed on by the child; ``others``: further sheets with content.
    """

    file: Path
    sha256: str
    sheet: str
    rows: tuple[Row, ...]
    others: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sheets:
    rows: dict[str, list[Row]] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    now: str = ""
    hidden: bool = False
    count: int = 0
    headless: bool = False

    def take(self, told: Mapping[str, Any]) -> None:
        if "sheet" in told:
            self.now, self.hidden = str(told["sheet"]), bool(told.get("hidden"))
        elif "row" in told:
            self.count += 1
            kept = self.rows.setdefault(self.now, [])
            if not self.hidden:
                kept.append((int(told["row"]), tuple(map(str, told["cells"]))))
        elif "dropped" in told:
            self.dropped += map(str, told["dropped"])
        elif "headless" in told:
            self.headless = True


def read(file: Path, sheet: str = "", options: Mapping[str, Any] | None = None) -> SheetRows:
    """The rows of ``sheet``, "" = the first one that has any. Raises InputRefused for whatever is wrong."""
    wanted = {"only": sheet} if sheet else {}
    with confined.stream("sheet", file, {**wanted, **(options or {})}) as lines:
        found = collected(file, lines)
        return replace(found, sha256=lines.sha256)


def collected(file: Path, lines: Iterable[Mapping[str, Any]]) -> SheetRows:
    """What the child tells (``exchange/sheetin``), without the hash of the file. Raises InputRefused."""
    found = _Sheets()
    for told in lines:
        found.take(told)
        if found.count > MOST_ROWS:
            raise InputRefused("labs.too_many_rows", file=file.name, most=MOST_ROWS)
    filled = [name for name, rows in found.rows.items() if rows]
    if not filled:
        raise InputRefused("labs.no_headings" if found.headless else "labs.no_rows", file=file.name)
    chosen = filled[0]
    dropped = tuple(dict.fromkeys(found.dropped))
    return SheetRows(file, "", chosen, tuple(found.rows[chosen]), tuple(filled[1:]), dropped)
