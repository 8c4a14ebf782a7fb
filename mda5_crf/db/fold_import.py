"""Folding of what was imported: imports are listed; trees around answers are kept in the journal alone."""

from __future__ import annotations

from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, stamp_row, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tables


def fold_import(tx: Tables, record: AuditRecord) -> None:
    """``import``: that a file was taken is listed with what left and came in; its parts only have a shape."""
    if record.key:
        raise Unfoldable("aside_shape")
    data = record.data
    if text(data, "what") != "taken":
        _require_tree(data)
        return
    text(data, "sha256")
    content = "" if record.content is None else record.content.decode("utf-8")
    tx.insert(
        schema.passage, {"kind": record.kind, "key": record.key, "content": content, **stamp_row(record)}
    )


def fold_frame(_tx: Tables, record: AuditRecord) -> None:
    """``frame``: nothing asks for it but an export, which reads the journal."""
    key_of(record, "subject")
    _require_tree(record.data)


def _require_tree(data: object) -> None:
    """Raise Unfoldable unless it has nodes and a place among the parts of its tree."""
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise Unfoldable("aside_shape")
    if any(type(data.get(name)) is not int for name in ("n", "part", "of")):
        raise Unfoldable("aside_shape")
