"""From typed text to stored text to value, and back to text. Nothing typed is refused.

``canonical`` gives the text to store: full width folded, dates in ISO, codes by code; text that is no
value of the item's type is stored exactly as typed. ``parse`` reads stored entries; ``show`` writes a
value as a field shows it. Always ``parse(canonical(show(v))) == v`` for entered values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from mda5_crf.study import links, moments, problems, units
from mda5_crf.study.choices import code_of, codes_of
from mda5_crf.study.dates import PartialDate
from mda5_crf.study.folding import narrow
from mda5_crf.study.model import CodeList, Item, ItemType
from mda5_crf.study.numbers import MAX_DIGITS, read_number
from mda5_crf.study.operand import Interval, Operand, plain, round_half_up
from mda5_crf.study.units import split_unit
from mda5_crf.text import Text

__all__ = [
    "EMPTY",
    "Entry",
    "Interval",
    "PartialDate",
    "Status",
    "Value",
    "as_stored",
    "canonical",
    "computed",
    "missing_code",
    "parse",
    "show",
    "split_unit",
    "written",
]

MULTI_SEPARATOR = ","
_WHOLE = re.compile(r"0|[1-9][0-9]*")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_ISO = re.compile(r"(?!9999|0000)[0-9]{4}-(?!99)[0-9]{2}-(?!99)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal holds for an item: the text, the unit it was typed in, or a missing code.

    ``record`` is the journal record that says so; ``conflict`` = two PCs wrote different things and
    this is the later one.
    """

    text: str
    unit: str | None = None
    missing: str | None = None
    record: str = ""
    conflict: bool = False


class Status(StrEnum):
    """How an entry reads."""

    EMPTY = "empty"
    VALID = "valid"
    NONCONFORMANT = "nonconformant"
    MISSING = "missing"


class Value(NamedTuple):
    """An entry as the engine sees it. (A named tuple: a participant has ten thousand of them.)

    ``data`` is the operand in the stored unit, ``typed`` the same as typed, ``unit`` the unit of
    ``text``. ``problem`` says why a nonconformant text does not read.
    """

    text: str = ""
    status: Status = Status.EMPTY
    data: Operand = None
    typed: Operand = None
    unit: str | None = None
    missing: str | None = None
    problem: Text | None = None
    conflict: bool = False

    @property
    def nonconformant(self) -> bool:
        """True when the text is no value of the item's type."""
        return self.status is Status.NONCONFORMANT

    @property
    def identity(self) -> str:
        """What makes this the same fact: the missing code, or the text with its unit."""
        return self.missing or (f"{self.text} {self.unit}" if self.unit else self.text)


EMPTY = Value()
_VALID = Status.VALID
_new = tuple.__new__
"""Leaves out the named tuple's own constructor, which counts where there are thousands."""

Read = tuple[str, Operand]


def canonical(item: Item, text: str, codelist: CodeList | None = None) -> str:
    """The text to store for typed text; the unit is split off before (:func:`split_unit`)."""
    if not text or text.isspace():
        return ""
    found = _read(item, text, codelist)
    return text if found is None else found[0]


def parse(
    item: Item, entry: Entry | None, codelist: CodeList | None = None, shared_unit: str | None = None
) -> Value:
    """Read an entry. ``shared_unit``: the unit typed with the item that ``item.unit_from`` names."""
    if entry is None:
        return EMPTY
    if entry.missing:
        return _missing(item, entry)
    if not entry.text:
        return EMPTY
    found = _read(item, entry.text, codelist)
    if found is None:
        return _nonconformant(entry, problems.of_text(item, entry.text, codelist))
    text, typed = found
    if item.type is not ItemType.DECIMAL and item.type is not ItemType.INTEGER:
        if item.type is ItemType.TEXT and isinstance(typed, str):
            problem = problems.of_form(item, typed)
            if problem is not None:
                return _nonconformant(entry, problem)
        return Value(text, Status.VALID, typed, typed, conflict=entry.conflict)
    return _number(item, entry, text, typed, shared_unit)


def as_stored(item: Item) -> Callable[[str], Value | None] | None:
    """A shorter way to :func:`parse` for the texts of an item that are written as they are stored.

    For an entry with nothing but its text: its value, or None when the long way must be taken. There is a
    shorter way for numbers and dates.
    """
    unit, kind = item.unit, item.type
    pattern = _WHOLE if kind is ItemType.INTEGER else _NUMBER

    def number(text: str) -> Value | None:
        if len(text) >= MAX_DIGITS or not pattern.fullmatch(text):
            return None
        data = Decimal(text)
        return _new(Value, (text, _VALID, data, data, unit, None, None, False))

    def day(text: str) -> Value | None:
        if len(text) != 10 or not _ISO.fullmatch(text):
            return None
        try:
            data = date.fromisoformat(text)
        except ValueError:
            return None
        return _new(Value, (text, _VALID, data, data, None, None, None, False))

    if kind is ItemType.DECIMAL or kind is ItemType.INTEGER:
        return number
    return day if kind in (ItemType.DATE, ItemType.PARTIAL_DATE) else None


def _missing(item: Item, entry: Entry) -> Value:
    if entry.missing in item.missing or item.computed:
        return Value("", Status.MISSING, missing=entry.missing, conflict=entry.conflict)
    problem = problems.missing_code(item)
    return Value("", Status.NONCONFORMANT, missing=entry.missing, problem=problem, conflict=entry.conflict)


def _nonconformant(entry: Entry, problem: Text | None) -> Value:
    return Value(entry.text, Status.NONCONFORMANT, unit=entry.unit, problem=problem, conflict=entry.conflict)


def _number(item: Item, entry: Entry, text: str, typed: Operand, shared_unit: str | None) -> Value:
    assert isinstance(typed, Decimal | Interval)
    unit = entry.unit or shared_unit or item.unit
    pair = None if unit is None else units.conversion(item, unit)
    if unit is not None and pair is None:
        return _nonconformant(entry, problems.unknown_unit(item))
    problem = problems.of_number(item, typed, is_stored_unit=pair is None or pair == units.SAME)
    if problem is not None:
        return _nonconformant(entry, problem)
    data = typed if pair is None else units.convert(typed, *pair)
    if data is None:
        return _nonconformant(entry, problems.of_text(item, text, None))
    return Value(text, Status.VALID, data, typed, unit, conflict=entry.conflict)


def _read(item: Item, text: str, codelist: CodeList | None) -> Read | None:
    """Canonical text and operand as typed; None when the text is no value of the item's type."""
    kind = item.type
    if kind is ItemType.DECIMAL or kind is ItemType.INTEGER:
        found = read_number(text)
        return None if found is not None and isinstance(found[1], Interval) and not item.comparator else found
    if kind is ItemType.CODE:
        return _code(text, codelist)
    if kind is ItemType.TEXT or kind is ItemType.LABEL:
        stored = narrow(text) if item.pattern is not None else text.replace("\r\n", "\n").strip()
        return stored, stored
    if kind is ItemType.TIME:
        time = moments.read_time(text)
        return None if time is None else (time, time)
    if kind is ItemType.MULTI:
        codes = None if codelist is None else codes_of(codelist, text)
        return None if not codes else (MULTI_SEPARATOR.join(codes), codes)
    if kind is ItemType.LINK:
        return _link(item, text)
    return _day(kind, text)


def _link(item: Item, text: str) -> Read | None:
    """Identities as they are; a line number is none and stays as typed (see ``study.links``)."""
    named = links.identities(text)
    data = None if named is None else links.operand(named, many=item.many)
    return None if named is None or data is None else (links.SEPARATOR.join(named), data)


def _day(kind: ItemType, text: str) -> Read | None:
    if len(text) == 10 and kind is not ItemType.DATETIME and _ISO.fullmatch(text):
        try:
            return text, date.fromisoformat(text)  # as it is stored: the commonest by far
        except ValueError:
            return None
    day = moments.read_datetime(text) if kind is ItemType.DATETIME else moments.read_date(text)
    if day is None or (kind is ItemType.DATE and isinstance(day, PartialDate)):
        return None
    return moments.iso(day), day


def _code(text: str, codelist: CodeList | None) -> Read | None:
    code = None if codelist is None else code_of(codelist, text)
    if code is None or codelist is None:
        return None
    return code, Decimal(code) if codelist.integers else code


def missing_code(item: Item, text: str) -> str | None:
    """The missing code a typed text stands for: ``UN-UN-UNKN`` or 9999 in a date that may be unknown."""
    dates = (ItemType.DATE, ItemType.PARTIAL_DATE, ItemType.DATETIME)
    if item.type in dates and "UNK" in item.missing and moments.is_unknown_date(text):
        return "UNK"
    return None


def show(item: Item, value: Value) -> str:
    """The text of a value as a field shows it: as stored when entered, rounded half up when computed."""
    if not item.computed or not isinstance(value.data, Decimal):
        return value.text
    return value.text if item.decimals is None else format(round_half_up(value.data, item.decimals), "f")


def computed(item: Item, data: Operand) -> Value:
    """The value of a computed item; unknown is empty."""
    if data is None:
        return EMPTY
    if isinstance(data, Decimal):
        return _new(Value, (plain(data), _VALID, data, data, item.unit, None, None, False))
    if isinstance(data, str):
        return _computed_text(data)
    if isinstance(data, bool):
        return _computed_text("Y" if data else "N")
    return Value(written(data), Status.VALID, data, data, item.unit if isinstance(data, Interval) else None)


@lru_cache(maxsize=4096)
def _computed_text(text: str) -> Value:
    return Value(text, Status.VALID, text, text) if text else EMPTY


def written(data: Operand) -> str:
    """An operand as text: ISO dates, plain digits, ``<5``, codes joined by commas."""
    if data is None:
        return ""
    if isinstance(data, Decimal):
        return plain(data)
    if isinstance(data, date | datetime | PartialDate):
        return moments.iso(data)
    if isinstance(data, tuple):
        return MULTI_SEPARATOR.join(data)
    return ("Y" if data else "N") if isinstance(data, bool) else str(data)
