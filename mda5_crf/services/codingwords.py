"""A coding in words, for history and audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mda5_crf.study.coding import LEVELS, NAMES, Dictionary
from mda5_crf.text import Text, both, message


def said(data: Mapping[str, Any]) -> Text:
    """What a ``coding`` record says: ``Fever → 10000001 Name / 名称 (MedDRA 27.1, coder)``."""
    codes, dictionary = data.get("codes"), str(data.get("dictionary", ""))
    if not isinstance(codes, Mapping) or dictionary not in Dictionary.__members__:
        return both("")
    level = next(one.oid for one in LEVELS[Dictionary(dictionary)] if one.needed)
    cell = codes.get(level.lower())
    cell = cell if isinstance(cell, Mapping) else {}
    name = " / ".join(str(cell[part]) for part in ("en", "zh") if cell.get(part))
    return message(
        "coding.said", term=data.get("verbatim", ""), code=cell.get("code", ""), name=name,
        dictionary=NAMES[Dictionary(dictionary)], version=data.get("version", ""),
        coder=data.get("coder", ""),
    )  # fmt: skip
