"""Answers in words, for lists of rows and for links: codes by their meaning, links by line and term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import formrepeats
from mda5_crf.study.data import SubjectData
from mda5_crf.study.model import Item, ItemGroup, ItemType
from mda5_crf.study.values import Entry
from mda5_crf.ui.inputs import LineNumbers, LogLine
from mda5_crf.ui.inputs.multi import split_codes
from mda5_crf.ui.language import speak

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_DATES = (ItemType.DATE, ItemType.PARTIAL_DATE, ItemType.DATETIME)


def answer(session: Session, item: Item, key: ItemKey, entry: Entry) -> str:
    """What stands in an item, as people read it in the window's language; "" for nothing."""
    study = session.study_for(key)
    if entry.missing:
        words = study.missing_codes.get(entry.missing)
        return speak(words) if words is not None else entry.missing
    if item.type is ItemType.LINK and entry.text:
        lines = formrepeats.shown(session, key, entry.text)
        listed = linked(session, item, key.subject)
        words_of = listed.words(lines)
        return f"{listed.line(lines)}  {words_of}" if "," not in lines else words_of
    if item.codelist is None:
        return f"{entry.text} {entry.unit}" if entry.unit and entry.text else entry.text
    known = study.codelists[item.codelist].by_code
    codes = split_codes(entry.text) if item.type is ItemType.MULTI else [entry.text]
    return "; ".join(speak(known[code].text) if code in known else code for code in codes)


def linked(session: Session, item: Item, subject: str) -> LineNumbers:
    """The rows that a link may name, as they are whenever somebody asks."""
    return LineNumbers(lambda: _lines(session, item.to or "", subject), many=item.many)


def _lines(session: Session, log: str, subject: str) -> list[LogLine]:
    form = session.study.forms.get(log)
    if form is None:
        return []
    data = session.data(subject)
    asked = {group.name: (_term(group), _start(group)) for group in form.groups if group.repeating}
    made = []
    for number, row in enumerate(formrepeats.lines(session, log, subject), 1):
        if formrepeats.is_live(session, row):
            term, start = (_text(session, data, row, item) for item in asked[row.group])
            made.append(LogLine(number, term, start))
    return made


def _text(session: Session, data: SubjectData, row: ItemKey, item: Item | None) -> str:
    if item is None:
        return ""
    entry = data.get(row._replace(item=item.name))
    return "" if entry is None else answer(session, item, row, entry)


def _term(group: ItemGroup) -> Item | None:
    """What a row is called by: its first required item in words, else its first required answer."""
    asked = [i for i in group.items if i.required and not i.computed and i.type is not ItemType.LINK]
    return next((i for i in asked if i.type is ItemType.TEXT), asked[0] if asked else None)


def _start(group: ItemGroup) -> Item | None:
    return next((i for i in group.items if i.type in _DATES and not i.computed), None)
