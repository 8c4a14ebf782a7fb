"""The table of docs/interchange.md about the real files: ``python -m tests.odmtable --write``.

Made by importing each file, so that it says what the program does and not what somebody remembers.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from mda5_crf.exchange.odmread import lines
from mda5_crf.exchange.odmstudy import Imported, definition_from_odm
from mda5_crf.text import message
from tests.odmtally import counts, definition_counts

FILES = Path(__file__).parent / "data" / "odm"
PAGE = Path(__file__).parent.parent / "docs" / "interchange.md"
BEGIN, END = "<!-- real files: begin -->", "<!-- real files: end -->"


def names() -> list[str]:
    """The files, sorted."""
    return sorted(file.name for file in FILES.glob("*.xml"))


@cache
def imported(name: str) -> Imported:
    """One file, imported once."""
    with (FILES / name).open("rb") as stream:
        return definition_from_odm(lines(stream, {}))


def table() -> str:
    """The table as it stands in the page."""
    rows = [
        "| File | Visits, forms, items | Read | Kept verbatim | Of other systems | Data | Repaired "
        "| Not understood |",
        "|---|---|---:|---:|---:|---:|---|---|",
    ]
    for name in names():
        report = imported(name).report
        data = (FILES / name).read_bytes()
        rest = sum(counts(data).values()) - sum(definition_counts(data).values())
        cells = [
            name, f"{report.events}, {report.forms}, {report.items}", str(sum(report.read.values())),
            str(sum(report.kept.values())), str(sum(report.foreign.values())), str(rest),
            _said(report.repaired), _said(report.odd),
        ]  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _said(codes: dict[str, int]) -> str:
    return "; ".join(f"{message(f'odmin.{code}').en} ({n})" for code, n in sorted(codes.items())) or "–"


def in_page() -> str:
    """The table as the page has it."""
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(BEGIN)[2].partition(END)[0].strip()


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    else:
        print(table())
