"""Kinds of records that entry writes all day long, and the index over all others.

What is rare is found by its kind, through an index that entry never touches: its condition stands in the
index and, word for word, in the query (``Journal.records``).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

COMMON: Final = (
    "confirm", "missing", "pin", "query", "row", "second", "second-row", "status", "value", "verify", "view",
)  # fmt: skip
RARE: Final = text("kind NOT IN (" + ", ".join(f"'{kind}'" for kind in COMMON) + ")")
