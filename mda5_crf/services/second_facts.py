"""What an entry says, so that two readings of one paper can be compared by value and not by characters.

``37.50`` is ``37.5``, full-width digits are digits, ``2.1 mg/dL`` is ``185.64 µmol/L`` exactly, the answers
of a multiple choice are a set. A partial date is equal only to the same partial date, a missing code only
to itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from decimal import Decimal
from fractions import Fraction

from mda5_crf.study.model import CodeList, Item, ItemType
from mda5_crf.study.units import conversion
from mda5_crf.study.values import Entry, Status, Value, parse

Fact = tuple[str, Hashable]
"""What is compared: how it is meant, and what it says. None stands for nothing entered."""


def compared(item: Item) -> bool:
    """Whether people enter this item twice: not what is computed, nor links, which name rows of one entry."""
    return not item.computed and item.type not in (ItemType.LABEL, ItemType.LINK)


def fact(
    item: Item, entry: Entry | None, codelist: CodeList | None, shared: str | None = None
) -> Fact | None:
    """What ``entry`` says. ``shared`` is the unit typed with the item that ``item.unit_from`` names."""
    if entry is None or not (entry.text or entry.missing):
        return None
    if entry.missing:
        return "missing", entry.missing
    value = parse(item, entry, codelist, shared)
    if value.status is not Status.VALID:
        return "text", (_plain(entry.text), entry.unit or "")
    if isinstance(value.typed, Decimal):
        return "number", _exact(item, value, value.typed)
    if item.type is ItemType.MULTI and isinstance(value.data, tuple):
        return "set", frozenset(value.data)
    if item.type is ItemType.TEXT:
        return "text", (_plain(value.text), "")
    return "value", value.data


def _exact(item: Item, value: Value, typed: Decimal) -> Fraction:
    """The number in the stored unit without any rounding."""
    pair = conversion(item, value.unit) if value.unit else None
    if pair is None:
        return Fraction(typed)
    return (Fraction(typed) + Fraction(pair[0])) * Fraction(pair[1])


def _plain(text: str) -> str:
    """Without differences that nobody sees on paper: width of characters, spaces and line ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
