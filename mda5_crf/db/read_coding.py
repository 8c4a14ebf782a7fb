"""Codes of verbatim terms, and what the columns of sheets mean, as the projections have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mda5_crf.db import read, schema
from mda5_crf.db.clock import read_at
from mda5_crf.db.fold_coding import CODED
from mda5_crf.db.fold_common import parse_key, row_stamp
from mda5_crf.db.rows import content_of
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Row
from mda5_crf.itemkey import ItemKey


@dataclass(frozen=True, slots=True)
class CodingRow:
    """One record about a term. ``key``: the item, None for a row of the list of synonyms; ``codes``: level →
    ``code``, ``en``, ``zh``; ``file``: name, ``sha256`` and ``row`` of the sheet it came with.
    """

    record: str
    key: ItemKey | None
    state: str
    verbatim: str
    dictionary: str
    version: str
    codes: Mapping[str, Mapping[str, str]]
    coder: str
    day: str
    file: Mapping[str, Any]
    reason: str
    person: str
    at: datetime

    @property
    def coded(self) -> bool:
        """Whether it gives codes."""
        return self.state == CODED


@dataclass(frozen=True, slots=True)
class MappingRow:
    """What somebody said sheets of this layout mean. ``columns``: ``heading`` and its ``role``;
    ``tests``: ``name`` of a test, its ``item`` (``FORM.ITEM``, "" = left out) and ``unit``.
    """

    record: str
    layout: str
    columns: Sequence[Mapping[str, str]]
    tests: Sequence[Mapping[str, str]]
    content: Mapping[str, Any]
    person: str
    at: datetime


def codings(store: AnyStore, below: str) -> tuple[CodingRow, ...]:
    """All records about terms of a participant, form or item (a path), oldest first."""
    with store.read() as tx:
        found = read.find_below(tx, schema.coding, below)
    return tuple(_coding(row) for row in sorted(found, key=row_stamp))


def every_coding(store: AnyStore) -> tuple[CodingRow, ...]:
    """All of the vault, synonyms too, oldest first."""
    with store.read() as tx:
        return tuple(_coding(row) for row in sorted(tx.find(schema.coding), key=row_stamp))


def mappings(store: AnyStore) -> tuple[MappingRow, ...]:
    """All that was said of sheets, oldest first."""
    with store.read() as tx:
        return tuple(_mapping(row) for row in sorted(tx.find(schema.mapping), key=row_stamp))


def _coding(row: Row) -> CodingRow:
    said = content_of(row)
    file = said.get("file")
    codes = {level.upper(): cell for level, cell in said.get("codes", {}).items()}
    return CodingRow(
        f"{row['device']}:{row['seq']}", parse_key(row["key"]) if row["key"] else None, said["state"],
        said.get("verbatim", ""), said.get("dictionary", ""), said.get("version", ""), codes,
        str(said.get("coder", "")), str(said.get("coded", "")),
        file if isinstance(file, dict) else {}, str(said.get("reason", "")), row["person"],
        read_at(row["at"]),
    )  # fmt: skip


def _mapping(row: Row) -> MappingRow:
    said = content_of(row)
    return MappingRow(
        f"{row['device']}:{row['seq']}", row["layout"], said["columns"], said["tests"], said, row["person"],
        read_at(row["at"]),
    )  # fmt: skip
