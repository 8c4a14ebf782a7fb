"""The codebook of an export: every column, every code, every change, as lines and as one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mda5_crf.exchange.answers import MISSINGS
from mda5_crf.exchange.datasets import Kind
from mda5_crf.exchange.fitting import DTA, SAV, Change, Field, Fitting, Sheet, numbers
from mda5_crf.exchange.statout import FIRST
from mda5_crf.study.model import CodeList

VARIABLES: Final = (
    "table", "file", "table_label_en", "table_label_zh", "structure_en", "structure_zh", "rows", "variable",
    "model_variable", "part", "label_en", "label_zh", "type", "role", "of", "unit", "codelist", "item",
    "annotation", "derived", "filled", "longest", "escaped",
)  # fmt: skip
CODES: Final = ("codelist", "code", "number", "missing_as", "label_en", "label_zh")
TOLD: Final = ("table", "variable", "change", "change_en", "change_zh", "before", "after")


WORKBOOK: Final = "data.xlsx"
COUNTS: Final = frozenset({"rows", "part", "filled", "longest", "escaped", "number"})
"""Columns of these that are numbers."""


def file_name(sheet: Sheet, ending: str) -> str:
    """The file of a table within the export, in small letters (SAS wants that)."""
    return WORKBOOK if ending == ".xlsx" else f"data/{sheet.name.lower()}{ending}"


def variables(sheets: Iterable[Sheet], ending: str) -> Iterator[list[str]]:
    """One line per column, in the order of VARIABLES."""
    for sheet in sheets:
        table = sheet.table
        for one in sheet.fields:
            column, facts = one.column, one.facts
            yield [
                sheet.name, file_name(sheet, ending), table.label.en, table.label.zh, table.structure.en,
                table.structure.zh, str(sheet.seen.rows), one.name, column.name,
                str(one.part + 1) if one.parts > 1 else "", column.label.en, column.label.zh, _type(one),
                column.role.value, column.of, column.unit, column.codes, column.oid, column.annotation,
                "Y" if column.derived else "N", str(facts.filled), str(facts.units), str(facts.guarded),
            ]  # fmt: skip


def _type(one: Field) -> str:
    """What a reader has to expect: a column of numbers may have become text."""
    return one.kind.value if one.column.kind is one.kind else Kind.TEXT.value


def used_lists(sheets: Iterable[Sheet], codelists: Mapping[str, CodeList]) -> dict[str, CodeList]:
    """The codelists that columns of the export name."""
    named = {one.column.codes for sheet in sheets for one in sheet.fields}
    return {oid: one for oid, one in codelists.items() if oid in named}


def codes(sheets: Iterable[Sheet], fitting: Fitting) -> Iterator[list[str]]:
    """One line per code, in the order of CODES."""
    for oid, codelist in used_lists(sheets, fitting.codelists).items():
        order = numbers(codelist)
        for place, one in enumerate(codelist.values):
            numbered = fitting.format == DTA and not codelist.integers
            missing = ""
            if oid == MISSINGS and fitting.format == SAV:
                missing = str(FIRST - place)
            elif oid == MISSINGS and fitting.format == DTA:
                missing = f".{chr(ord('a') + place)}" if place < 26 else ""
            yield [
                oid, one.code, str(order[one.code]) if numbered else "", missing, one.text.en, one.text.zh,
            ]  # fmt: skip


def changes(told: Iterable[Change]) -> Iterator[list[str]]:
    """One line per change, in the order of TOLD."""
    for one in told:
        yield [one.table, one.column, one.what, one.text.en, one.text.zh, one.before, one.after]


def document(
    sheets: Sequence[Sheet], fitting: Fitting, ending: str, about: Mapping[str, Any]
) -> dict[str, Any]:
    """The whole codebook; the scripts read it."""
    return {
        **about,
        "format": fitting.format,
        "language": fitting.language,
        "tables": [
            {
                "name": sheet.name, "model": sheet.table.name,
                "label": {"en": sheet.table.label.en, "zh": sheet.table.label.zh},
                "structure": {"en": sheet.table.structure.en, "zh": sheet.table.structure.zh},
                "domain": sheet.table.domain, "form": sheet.table.form, "rows": sheet.seen.rows,
                "file": file_name(sheet, ending),
                "variables": [_variable(one) for one in sheet.fields],
            }
            for sheet in sheets
        ],
        "codelists": {
            oid: [{"code": one.code, "en": one.text.en, "zh": one.text.zh} for one in codelist.values]
            for oid, codelist in used_lists(sheets, fitting.codelists).items()
        },
        "changes": [
            dict(zip(TOLD, line, strict=True)) for line in changes(fitting.changes)
        ],
    }  # fmt: skip


def _variable(one: Field) -> dict[str, Any]:
    column = one.column
    return {
        "name": one.name, "model": column.name, "label": {"en": column.label.en, "zh": column.label.zh},
        "type": _type(one), "role": column.role.value, "of": column.of, "unit": column.unit,
        "codelist": column.codes, "item": column.oid, "annotation": column.annotation,
        "derived": column.derived, "part": one.part, "parts": one.parts, "filled": one.facts.filled,
        "escaped": one.facts.guarded,
    }  # fmt: skip
