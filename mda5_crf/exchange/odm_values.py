"""An answer as ODM's ItemData: its value, or null with a flag that says why.

A value stands there exactly as stored, when it is one of the item's type. What is not (a missing code, a text
that is no number) is null; the flag, a codelist value, and the comment say what it is, so that nothing needs
an extension to be read.
"""

from __future__ import annotations

from typing import NamedTuple

from mda5_crf.exchange.odm_names import FLAG_TYPES, choice_oid, flag_list, item_oid, unit_oid, units_of
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.study.values import MULTI_SEPARATOR, Entry, Status, parse


class Note(NamedTuple):
    """One annotation: a flag with its value, and a comment."""

    flag: str
    value: str
    comment: str = ""


class Cell(NamedTuple):
    """One column of an answer. ``value`` None = null."""

    oid: str
    value: str | None
    unit: str | None = None
    notes: tuple[Note, ...] = ()


def cells(
    item: Item, study: Study, text: str, unit: str = "", missing: str = "", extra: tuple[Note, ...] = ()
) -> list[Cell]:
    """The columns of an answer as it is stored; all null when it is empty. ``extra`` notes come first."""
    if missing:
        flag = (
            Note("MISSING", missing)
            if missing in study.missing_codes
            else Note("NONCONFORMANT", "Y", missing)
        )
        return nulls(item, study, (*extra, flag))
    if not text:
        return nulls(item, study, extra)
    codelist = None if item.codelist is None else study.codelists[item.codelist]
    value = parse(item, Entry(text), codelist)
    known = not unit or unit in units_of(item)
    if value.status is not Status.VALID or value.text != text or not known:
        said = f"{text} {unit}".strip() if unit else text
        return nulls(item, study, (*extra, Note("NONCONFORMANT", "Y", said)))
    if item.type is ItemType.MULTI and codelist is not None:
        chosen = frozenset(text.split(MULTI_SEPARATOR))
        return [
            Cell(choice_oid(item, one.code), "true" if one.code in chosen else "false", None, extra)
            for one in codelist.values
        ]
    stands_in = unit or item.unit
    return [Cell(item_oid(item), text, None if stands_in is None else unit_oid(stands_in), extra)]


def nulls(item: Item, study: Study, notes: tuple[Note, ...] = ()) -> list[Cell]:
    """All columns of an item without a value."""
    if item.type is ItemType.MULTI and item.codelist is not None:
        return [
            Cell(choice_oid(item, one.code), None, None, notes)
            for one in study.codelists[item.codelist].values
        ]
    return [Cell(item_oid(item), None, None, notes)]


def write_note(
    out: XmlOut,
    number: int,
    note: Note,
    transaction: str | None = None,
    by: str | None = None,
    query: str | None = None,
) -> None:
    """One annotation; ``by`` is Sponsor or Site, for a comment; ``query`` the id of one."""
    out.start("Annotation", SeqNum=str(number), TransactionType=transaction, mda5_QueryOID=query)
    if note.comment:
        out.leaf("Comment", note.comment, SponsorOrSite=by)
    out.start("Flag")
    out.leaf("FlagValue", note.value, CodeListOID=flag_list(note.flag))
    out.leaf("FlagType", note.flag, CodeListOID=FLAG_TYPES)
    out.end()
    out.end()
