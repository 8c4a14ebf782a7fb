"""What of a record's content the elements of ODM say by themselves: one answer for writer and reader.

The writer of a whole archive puts into ``mda5:Content`` what differs from this, and the reader puts that over
this. So every content comes back byte for byte, no value stands in a file twice, and an element that was
altered shows in the hash of its record. Imports nothing: the process that reads files runs it too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

ENTERED: Final = frozenset({"value", "missing"})
"""Kinds that answer an item."""


@dataclass(frozen=True, slots=True)
class Elements:
    """What stands at a record, as text; None = not there. ``value``: of the ItemData around it."""

    kind: str
    value: str | None = None
    reason: str | None = None
    code: str | None = None
    said: str | None = None
    typed: str | None = None
    prompt: str | None = None
    origin: str | None = None
    manifest: str | None = None

    def told(self) -> dict[str, Any]:
        """The content as far as these say it. Raises ValueError for a manifest that is no JSON object."""
        data: dict[str, Any] = {}
        if self.manifest is not None:
            read = json.loads(self.manifest)
            if not isinstance(read, dict):
                raise ValueError("manifest")
            data |= read
        if self.kind in ENTERED:
            prompt = None if self.prompt is None else self.prompt.split(" ")
            for name, one in (("text", self.value), ("typed", self.typed), ("origin", self.origin)):
                if one is not None:
                    data[name] = one
            if prompt is not None:
                data["prompt"] = prompt
        parts = {name: one for name, one in (("code", self.code), ("text", self.said)) if one is not None}
        if parts or self.reason is not None:
            data["reason"] = parts or self.reason
        return data


def left(data: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``data`` is not told. (What is told, and not so, must not be: see :func:`whole`.)"""
    return {name: one for name, one in data.items() if name not in told or told[name] != one}


def whole(told: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """The content again."""
    return {**told, **rest}


def joined(names: Sequence[str]) -> str:
    """Names of records in one attribute; as JSON where one of them could not be told from two."""
    plain = " ".join(names)
    lossless = plain[:1] not in ("", "[") and tuple(plain.split(" ")) == tuple(names)
    return plain if lossless or not names else json.dumps([*names])


def parted(text: str) -> tuple[str, ...]:
    """What :func:`joined` was given."""
    return tuple(json.loads(text)) if text[:1] == "[" else tuple(text.split(" "))
