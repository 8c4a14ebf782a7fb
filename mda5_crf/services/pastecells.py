"""What one pasted cell reads as, where spreadsheets write otherwise than people type.

A date that Excel shows as ``1-Mar-22`` has lost its century: read as the latest such day that is not in the
future, and said. A number that is the inside of a date (44621) is never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import moments
from mda5_crf.study.folding import narrow
from mda5_crf.study.model import CodeList, Item, ItemType
from mda5_crf.study.values import Entry, Status, missing_code, parse
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.entryrows import EntryRows
    from mda5_crf.services.session import Session

_DATES = (ItemType.DATE, ItemType.PARTIAL_DATE, ItemType.DATETIME)
_SHORT_YEAR = re.compile(r"([0-9]{1,2})[-/. ]([A-Za-z]{3,9})[-/. ]([0-9]{2})")
_MIDNIGHT = re.compile(r"(.*[0-9日])[T ]+0{1,2}:00(?::00(?:\.0+)?)?")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_PART_OF_DAY = re.compile(r"0?\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What would be stored. ``problem``: why it is no value of its type; ``read_as``: how it was understood
    where the characters alone do not say.
    """

    entry: Entry
    problem: Text | None = None
    read_as: str = ""


def read(session: Session, entry: EntryRows, key: ItemKey, item: Item, typed: str) -> Reading:
    """The reading of ``typed`` for the item ``key``."""
    codelist = entry.codelist_of(item)
    text, read_as = _as_typed(session, item, typed, codelist)
    made = entry.typed(key, text)
    value = parse(item, made, codelist)
    if value.status is not Status.NONCONFORMANT:
        return Reading(made, None, read_as)
    code = _missing(item, typed)
    if code is not None:
        return Reading(Entry("", missing=code), None, code)
    if _is_inside_of_a_date(item, typed):
        return Reading(made, message("paste.serial", item=item.label))
    return Reading(made, value.problem or message("paste.no_value", item=item.label))


def _as_typed(session: Session, item: Item, typed: str, codelist: CodeList | None) -> tuple[str, str]:
    """The text as somebody would have typed it, and how it was understood ("" when as it stands)."""
    plain = narrow(typed)
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        midnight = _MIDNIGHT.fullmatch(plain)
        bare = midnight[1] if midnight is not None else plain
        short = _short_year(bare, session.today)
        day = short or (moments.read_date(bare) if midnight is not None else None)
        return (typed, "") if day is None else (moments.iso(day), moments.iso(day))
    if item.type is ItemType.CODE and codelist is not None and codelist.integers:
        words = plain.casefold()
        found = [v.code for v in codelist.values if words in (v.text.en.casefold(), narrow(v.text.zh))]
        return (found[0], found[0]) if len(found) == 1 else (typed, "")
    return typed, ""


def _short_year(text: str, today: date) -> date | None:
    match = _SHORT_YEAR.fullmatch(text)
    if match is None:
        return None
    for century in (2000, 1900):
        day = moments.read_date(f"{match[1]}-{match[2]}-{century + int(match[3])}")
        if isinstance(day, date) and day <= today:
            return day
    return None


def _missing(item: Item, typed: str) -> str | None:
    plain = narrow(typed).upper()
    return plain if plain in item.missing else missing_code(item, typed)


def _is_inside_of_a_date(item: Item, typed: str) -> bool:
    plain = narrow(typed)
    if item.type is ItemType.TIME:
        return _PART_OF_DAY.fullmatch(plain) is not None
    return item.type in _DATES and _SERIAL.fullmatch(plain) is not None
