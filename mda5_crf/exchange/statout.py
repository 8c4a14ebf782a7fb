"""Tables as SPSS .sav and Stata .dta, by pyreadstat: labels, labels of codes, missing reasons as such.

Both packages' numbers are doubles and their dates days or seconds since their own epoch, which are written as
such: so a date, too, can be missing for a reason. SPSS: the codes of missing reasons are numbers from -9001
down, declared missing. Stata: they are .a, .b, … and codes that are no numbers become 1, 2, … with labels.
The extra ``mda5-crf[stats]`` is needed; one table at a time is in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.exchange.answers import MISSINGS
from mda5_crf.exchange.datasets import Kind, Role, Row, day
from mda5_crf.exchange.fitting import DTA, SAV, Field, Fitting, Sheet, in_tongue, numbers

INSTALL: Final = 'pip install "mda5-crf[stats]"'
FIRST: Final = -9001
"""The number of the first missing reason in SPSS; the others follow below it."""
_LAST: Final = -9099
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_SPSS_EPOCH: Final = date(1582, 10, 14)
_STATA_EPOCH: Final = date(1960, 1, 1)
_DAY: Final = 86_400
_WIDEST: Final = 40
_NAN: Final = float("nan")

Cell = float | str


@dataclass(slots=True)
class _Described:
    """What pyreadstat is told of the columns."""

    labels: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[Cell, str]] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    missing: dict[str, Any] = field(default_factory=dict)


def tools() -> tuple[ModuleType, ModuleType]:
    """``pandas`` and ``pyreadstat``. Raises InputRefused, which says what to install, without them."""
    try:
        import pandas
        import pyreadstat
    except ImportError:
        raise InputRefused("datasets.needs_stats", command=INSTALL) from None
    return pandas, pyreadstat


def write(file: Path, sheet: Sheet, rows: Iterable[Row], fitting: Fitting) -> None:
    """One table as a whole file. Raises InputRefused without the extra, StoreError."""
    pandas, pyreadstat = tools()
    writer = _Writer(fitting, sheet)
    columns: list[list[Cell]] = [[] for _ in sheet.fields]
    for row in rows:
        for one, cells in zip(sheet.fields, columns, strict=True):
            cells.append(writer.cell(one, row))
    told = writer.described()
    frame = pandas.DataFrame(
        {
            one.name: pandas.Series(cells, dtype=writer.dtype(one, cells))
            for one, cells in zip(sheet.fields, columns, strict=True)
        }
    )
    more: dict[str, Any] = {
        "file_label": sheet.label, "column_labels": told.labels, "variable_value_labels": told.choices,
        "variable_format": told.formats,
    }  # fmt: skip
    try:
        if fitting.format == SAV:
            pyreadstat.write_sav(
                frame,
                str(file),
                row_compress=True,
                missing_ranges=told.missing,
                variable_measure=told.measures,
                **more,
            )
        else:
            pyreadstat.write_dta(frame, str(file), version=15, missing_user_values=told.missing, **more)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as problem:
        raise StoreError("datasets.not_written", table=sheet.name) from problem


class _Writer:
    """Cells and descriptions of one table."""

    def __init__(self, fitting: Fitting, sheet: Sheet) -> None:
        self._fitting, self._sheet = fitting, sheet
        self._stata = fitting.format == DTA
        self._reasons = {one.code: one.text for one in fitting.codelists[MISSINGS].values}
        codes = list(self._reasons)
        self._letters = dict(zip(codes, _LETTERS, strict=False))
        self._numbers = {code: FIRST - place for place, code in enumerate(codes) if FIRST - place >= _LAST}
        self._used: dict[str, set[str]] = {one.name: set() for one in sheet.fields}
        self._may = {one.name: self._may_be_missing(one) for one in sheet.fields}
        self._coded = {
            one.name: numbers(fitting.codelists[one.column.codes]) if self._codes(one) and self._stata else {}
            for one in sheet.fields
        }

    def _codes(self, one: Field) -> bool:
        return one.kind is Kind.CODE and bool(one.column.codes)

    def numeric(self, one: Field) -> bool:
        """Whether a column is one of numbers in the file."""
        return one.kind.number or one.kind is Kind.DATE or bool(self._coded[one.name])

    def _may_be_missing(self, one: Field) -> bool:
        """Whether its missing reasons can stand in the column itself."""
        if one.why is None or (one.kind is Kind.CODE and not self._stata):
            return False
        if not self._stata and one.facts.low is not None and one.facts.low <= FIRST:
            table = self._sheet.table.name
            self._fitting.tell(table, one.column.name, "no_user_missing", str(one.facts.low), "")
            return False
        return True

    def cell(self, one: Field, row: Row) -> Cell:
        """A cell of a row as the package has it."""
        text = one.cell(row)
        if not self.numeric(one):
            return text
        if text:
            return self._number(one, text)
        reason = row[one.why] if one.why is not None and self._may[one.name] else ""
        known = self._letters if self._stata else self._numbers
        if reason in known:
            self._used[one.name].add(reason)
            return known[reason]
        return _NAN

    def _number(self, one: Field, text: str) -> float:
        if one.kind is Kind.DATE:
            found = day(text)
            assert found is not None, one.name
            if self._stata:
                return float((found - _STATA_EPOCH).days)
            return float((found - _SPSS_EPOCH).days * _DAY)
        coded = self._coded[one.name]
        return float(coded[text]) if coded else float(text)

    def dtype(self, one: Field, cells: list[Cell]) -> str:
        """Numbers are doubles; with letters of Stata between them they are objects, and so are texts."""
        if not self.numeric(one) or any(isinstance(cell, str) for cell in cells):
            return "object"
        return "float64"

    def described(self) -> _Described:
        """What is to be told of the columns, after all rows went by."""
        made = _Described()
        for one in self._sheet.fields:
            made.labels[one.name] = one.label
            choices = self._choices(one)
            if choices:
                made.choices[one.name] = choices
            shown = self._format(one)
            if shown:
                made.formats[one.name] = shown
            nominal = bool(choices) or one.column.role in (Role.KEY, Role.ABOUT) or not self.numeric(one)
            made.measures[one.name] = "nominal" if nominal else "scale"
            used = self._used[one.name]
            if self._stata and used:
                made.missing[one.name] = sorted(self._letters[code] for code in used)
            elif used:
                made.missing[one.name] = [{"lo": _LAST, "hi": FIRST}]
        return made

    def _choices(self, one: Field) -> dict[Cell, str]:
        """Labels of the values that a column may have, and of the missing reasons that it has."""
        fitting, table = self._fitting, self._sheet.table
        made: dict[Cell, str] = {}
        if one.column.codes and one.parts == 1 and one.kind in (Kind.CODE, Kind.INTEGER):
            for value in fitting.codelists[one.column.codes].values:
                label = in_tongue(value.text, fitting.language)
                key: Cell = value.code
                if one.kind is Kind.INTEGER:
                    key = float(Decimal(value.code))
                elif self._stata:
                    key, label = float(self._coded[one.name][value.code]), f"{value.code} = {label}"
                made[key] = fitting.choice(table, one.column.name, label)
        for code in sorted(self._used[one.name]):
            label = f"{code} = {in_tongue(self._reasons[code], fitting.language)}"
            key = self._letters[code] if self._stata else float(self._numbers[code])
            made[key] = fitting.choice(table, one.column.name, label)
        return made

    def _format(self, one: Field) -> str:
        if one.kind is Kind.DATE:
            return "%tdCCYY-NN-DD" if self._stata else "SDATE10"
        if not one.kind.number or self._stata:
            return ""
        width = min(max(8, one.facts.units + 1), _WIDEST)
        return f"F{width}.{min(one.facts.decimals, 16)}"
