"""The trial's tables as a person transcribed them: forms, items, codelists, checks, analytes.

They stand in ``tests/data/trial/*.tsv``, one row of a table a line, in the order of the tables and with
their own words (quotes straight, as the shipped font needs them). Nothing in them was taken from the
definition, so a test can hold the one against the other. ``-`` and ``—`` are an empty cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from mda5_crf.study.model import Item, Study
from mda5_crf.text import Text
from tests.wards import trial

TABLES = Path(__file__).parents[2] / "data" / "trial"
EVENTS = ("SCR", "BL", "W4", "W8", "W12", "W24", "W36", "W52", "UNS", "VEOT", "SFU", "FU", "LOG")


@lru_cache(maxsize=1)
def study() -> Study:
    """The shipped definition, read once."""
    return trial()


def all_items() -> list[Item]:
    """Every item of the shipped definition."""
    return [item for form in study().forms.values() for item in form.items.values()]


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form: how many rows its table has, and at which events it stands (X o c u p L)."""

    oid: str
    name: Text
    rows: int
    marks: dict[str, str]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row of a form table. ``asked``: R required, C required in its branch, O optional, D computed."""

    form: str
    name: str
    type: str
    unit: str
    codelist: str
    asked: str
    when: str
    label: Text


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A row of the two lists of checks. ``severity``: H Q S W, or two of them with a stroke."""

    oid: str
    severity: str
    message: Text


@dataclass(frozen=True, slots=True)
class Analyte:
    """A laboratory test: stored unit, the other units with their factors, limits, CTCAE terms."""

    code: str
    form: str
    name: Text
    unit: str
    factors: dict[str, Decimal]
    hard: tuple[Decimal, Decimal]
    soft: tuple[Decimal, Decimal]
    graded: bool


def _rows(name: str) -> list[list[str]]:
    head, *lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert all(len(row) == head.count("\t") + 1 for row in rows), name
    return rows


def _empty(cell: str) -> str:
    return "" if cell in ("-", "—") else cell


@lru_cache(maxsize=1)
def forms() -> dict[str, FormRow]:
    """OID → form, in the order of the overview."""
    return {
        oid: FormRow(
            oid,
            Text(english, chinese),
            int(count),
            {event: mark for event, mark in zip(EVENTS, marks, strict=True) if _empty(mark)},
        )
        for oid, english, chinese, count, *marks in _rows("forms")
    }


@lru_cache(maxsize=1)
def items() -> tuple[ItemRow, ...]:
    """Every row of every form table."""
    return tuple(
        ItemRow(form, name, kind, _empty(unit), _empty(codelist), asked, _empty(when), Text(english, chinese))
        for form, name, kind, unit, codelist, asked, when, english, chinese in _rows("items")
    )


@lru_cache(maxsize=1)
def codelists() -> dict[str, list[tuple[str, Text]]]:
    """List → codes with their texts (empty where the list names no text). ``*`` = kept elsewhere."""
    found: dict[str, list[tuple[str, Text]]] = {}
    for name, code, english, chinese in _rows("codelists"):
        found.setdefault(name, []).append((code, Text(english, chinese)))
    return found


@lru_cache(maxsize=1)
def checks() -> dict[str, CheckRow]:
    """Id → check, as the lists name them: LBx stands for three forms."""
    return {
        oid: CheckRow(oid, severity, Text(english, chinese))
        for oid, severity, english, chinese in _rows("checks")
    }


@lru_cache(maxsize=1)
def analytes() -> dict[str, Analyte]:
    """Code → analyte."""
    found = {}
    for code, form, english, chinese, unit, others, hard, soft, terms in _rows("analytes"):
        pairs = [part.rpartition("=") for part in _empty(others).split("; ") if part]
        low, high, soft_low, soft_high = (Decimal(end) for end in (*hard.split(), *soft.split()))
        found[code] = Analyte(
            code,
            form,
            Text(english, chinese),
            _empty(unit),
            {name: Decimal(factor) for name, _, factor in pairs},
            (low, high),
            (soft_low, soft_high),
            bool(_empty(terms)),
        )
    return found
