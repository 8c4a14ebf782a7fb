"""Folding of codes of verbatim terms, and of what the columns of a laboratory's sheet mean.

Nothing here supersedes: of several about one place the newest stands, and all of them stay readable.
"""

from __future__ import annotations

import re
from typing import Final

from mda5_crf.crypto import canon
from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, stamp_row, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables

CODED, SYNONYM = "coded", "synonym"
_LAYOUT: Final = re.compile(r"[0-9a-f]{64}")


def fold_coding(tx: Tables, record: AuditRecord) -> None:
    """``coding``: the codes of a term, or a row of the list of synonyms."""
    data = record.data
    state = text(data, "state")
    if state not in (CODED, SYNONYM) or (state == SYNONYM) != (not record.key):
        raise Unfoldable("aside_shape")
    if record.key:
        key_of(record, "item")
    for name in ("verbatim", "dictionary", "version"):
        text(data, name)
    codes = data.get("codes")
    _tables_of_texts(list(codes.values()) if isinstance(codes, dict) else None)
    row = {"key": record.key, "content": canon(dict(data)).decode("utf-8"), **stamp_row(record)}
    tx.insert(schema.coding, row)


def fold_mapping(tx: Tables, record: AuditRecord) -> None:
    """``mapping``: what the columns and tests of sheets with these headings mean."""
    data = record.data
    layout = text(data, "layout")
    if record.key or _LAYOUT.fullmatch(layout) is None:
        raise Unfoldable("aside_shape")
    _tables_of_texts(data.get("columns"))
    _tables_of_texts(data.get("tests"))
    row = {"layout": layout, "content": canon(dict(data)).decode("utf-8"), **stamp_row(record)}
    tx.insert(schema.mapping, row)


def _tables_of_texts(value: object) -> None:
    """A list of tables of texts. Raises Unfoldable."""
    if not isinstance(value, list):
        raise Unfoldable("aside_shape")
    for one in value:
        if not isinstance(one, dict) or not all(isinstance(cell, str) for cell in one.values()):
            raise Unfoldable("aside_shape")
