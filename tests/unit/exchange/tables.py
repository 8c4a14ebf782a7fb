"""Small tables for the writers of datasets, and how the cells of a file become text again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from mda5_crf.exchange.answers import MISSINGS
from mda5_crf.exchange.datasets import Column, Kind, Role, Row, Seen, Table, codelist
from mda5_crf.exchange.fitting import Fitting, Sheet, Tongue
from mda5_crf.text import Text, both

YESNO = codelist("NY", [("Y", Text("Yes", "是")), ("N", Text("No", "否"))])
GRADE = codelist("GRADE", [("0", Text("none", "无")), ("3", Text("severe", "重"))], integers=True)
WHY = codelist(MISSINGS, [("ND", Text("Not done", "未做")), ("UNK", Text("Unknown", "未知"))])
LISTS = {one.oid: one for one in (YESNO, GRADE, WHY)}
DATA = Path(__file__).parents[2] / "data" / "dataset-json"


def table(*columns: Column, name: str = "VS") -> Table:
    """A table of these columns behind a key."""
    key = Column("SUBJID", Text("Participant", "参与者"), role=Role.KEY)
    return Table(name, Text("Vital signs", "生命体征"), (key, *columns), both("one row per visit"))


def column(name: str, kind: Kind = Kind.TEXT, codes: str = "", label: str = "Label") -> Column:
    """A column with a bilingual label."""
    return Column(name, Text(label, "标签"), kind, codes=codes, oid=f"VS.{name}")


def with_reason(one: Column) -> tuple[Column, Column]:
    """A column, and that of its missing reasons."""
    return one, Column(
        f"{one.name}_MISS", Text("why", "原因"), Kind.CODE, Role.MISSING, codes=MISSINGS, of=one.name
    )


def fitted(
    one: Table, rows: Iterable[Sequence[str]], kind: str, tongue: Tongue = "both"
) -> tuple[Fitting, Sheet, list[Row]]:
    """A table as a format has it, once its rows went by; each row gets a key."""
    told = [[f"01-{number:03}", *row] for number, row in enumerate(rows, 1)]
    seen = Seen.of(one)
    for row in told:
        seen.see(row, one)
    fitting = Fitting(kind, tongue, LISTS)
    return fitting, fitting.sheet(one, seen), told


def changed(fitting: Fitting) -> set[tuple[str, str]]:
    """(column, what) of all changes."""
    return {(one.column, one.what) for one in fitting.changes}


def as_text(cell: object) -> str:
    """A cell that a reader gave, as the model has it."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell)
