"""Kept lines of all participants at once: the status cache as matrix and work list read it."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import bindparam, or_, select

from mda5_crf.db import schema
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Statement

_cache = schema.status_cache.c
_HOLDS = (
    _cache.definition == bindparam("d"),
    or_(_cache.day == bindparam("always"), _cache.day == bindparam("today")),
)
_KEYS: Final = Statement(select(_cache.key).where(*_HOLDS))
_LINES: Final = Statement(select(_cache.key, _cache.content).where(*_HOLDS))

ANY_DAY: Final = ""
"""The day of a line that holds on every day."""


def keys(store: AnyStore, definition: str, day: str) -> frozenset[str]:
    """The keys of what is kept under ``definition`` and holds on ``day`` (ISO)."""
    with store.read() as tx:
        return frozenset(key for (key,) in tx.run(_KEYS, _named(definition, day)))


def lines(store: AnyStore, definition: str, day: str) -> dict[str, dict[str, Any]]:
    """The same with what is kept: by key path."""
    with store.read() as tx:
        return {key: json.loads(content) for key, content in tx.run(_LINES, _named(definition, day))}


def _named(definition: str, day: str) -> dict[str, str]:
    return {"d": definition, "always": ANY_DAY, "today": day}
