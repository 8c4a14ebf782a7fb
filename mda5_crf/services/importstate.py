"""What stands in the journal while a file is taken in."""

from __future__ import annotations

from dataclasses import dataclass, field

from mda5_crf.text import Text


@dataclass(slots=True)
class Head:
    """What stands at an item: the records, what they say, and whether this import wrote it."""

    records: tuple[str, ...]
    text: str
    unit: str
    missing: str
    ours: bool


@dataclass(slots=True)
class Subject:
    """One participant while the file is read. ``repeats``: (above, name, foreign key) → identity."""

    identity: str
    new: bool
    entries: dict[str, Head] = field(default_factory=dict)
    repeats: dict[tuple[str, str, str], str] = field(default_factory=dict)
    locked: dict[str, Text | None] = field(default_factory=dict)
    frames: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: Text | None = None
