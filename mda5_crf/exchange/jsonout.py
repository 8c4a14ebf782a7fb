"""Tables as CDISC Dataset-JSON 1.1, row by row: one object (.json), or lines of their own (.ndjson)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mda5_crf import __version__
from mda5_crf.exchange.datasets import Kind, Row
from mda5_crf.exchange.fitting import Field, Put, Sheet

VERSION: Final = "1.1.0"
_TYPES: Final[Mapping[Kind, str]] = {
    Kind.INTEGER: "integer", Kind.DECIMAL: "decimal", Kind.DATE: "date", Kind.TIME: "time",
}  # fmt: skip
_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file comes from. ``made`` and ``changed`` (the newest record) are aware."""

    study: str
    version: str
    site: str
    made: datetime
    changed: datetime


def write(put: Put, sheet: Sheet, rows: Iterable[Row], origin: Origin, *, lines: bool) -> None:
    """One table as a whole file; ``lines``: as NDJSON."""
    head = head_of(sheet, origin)
    made = (json.dumps([_cell(one, row) for one in sheet.fields], ensure_ascii=False, separators=(",", ":"))
            for row in rows)  # fmt: skip
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    if lines:
        put(f"{text}\n".encode())
        _in_pieces(put, (f"{one}\n" for one in made))
        return
    put(f'{text[:-1]},"rows":['.encode())
    _in_pieces(put, (f"{',' if number else ''}\n{one}" for number, one in enumerate(made)))
    put(b"\n]}\n")


def head_of(sheet: Sheet, origin: Origin) -> dict[str, Any]:
    """Everything but the rows."""
    return {
        "datasetJSONCreationDateTime": _time(origin.made),
        "datasetJSONVersion": VERSION,
        "fileOID": f"{origin.study}.{origin.site}.{sheet.name}.{_time(origin.made)}",
        "dbLastModifiedDateTime": _time(origin.changed),
        "originator": f"Site {origin.site}",
        "sourceSystem": {"name": "MDA5-CRF", "version": __version__},
        "studyOID": origin.study,
        "metaDataVersionOID": origin.version,
        "metaDataRef": "define.xml",
        "itemGroupOID": group_oid(sheet),
        "records": sheet.seen.rows,
        "name": sheet.name,
        "label": sheet.label,
        "columns": [_column(sheet, one, number) for number, one in _numbered(sheet)],
    }


def group_oid(sheet: Sheet) -> str:
    """The OID of a table, the same in the draft of Define-XML."""
    return f"IG.{sheet.name}"


def item_oid(sheet: Sheet, one: Field) -> str:
    """The OID of a column, the same in the draft of Define-XML."""
    return f"IT.{sheet.name}.{one.name}"


def _numbered(sheet: Sheet) -> Iterable[tuple[int, Field]]:
    """The columns, with the number of a key among the keys; 0 for no key."""
    number = 0
    for one in sheet.fields:
        if one.column.key and one.facts.filled:
            number += 1
            yield number, one
        else:
            yield 0, one


def _column(sheet: Sheet, one: Field, number: int) -> dict[str, Any]:
    kind = _TYPES.get(one.kind, "string")
    made: dict[str, Any] = {
        "itemOID": item_oid(sheet, one),
        "name": one.name,
        "label": one.label,
        "dataType": kind,
    }
    if one.kind is Kind.DECIMAL:
        made["targetDataType"] = "decimal"
    if kind == "string":
        made["length"] = max(1, one.facts.units)
    if number:
        made["keySequence"] = number
    return made


def _cell(one: Field, row: Row) -> str | int | None:
    text = one.cell(row)
    if not text:
        return None if one.kind in _TYPES else ""
    return int(text) if one.kind is Kind.INTEGER else text


def _in_pieces(put: Put, texts: Iterable[str]) -> None:
    held, size = list[str](), 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _PIECE:
            put("".join(held).encode("utf-8"))
            held.clear()
            size = 0
    put("".join(held).encode("utf-8"))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
