"""Answers in conflict in words: as they are read, and what became of each once somebody had decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from mda5_crf.db import read_conflicts
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.voids import Voids
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.formrepeats import shown
from mda5_crf.study.links import in_words
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.study.values import MULTI_SEPARATOR
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def place_of(session: Session, key: ItemKey) -> Text:
    """Visit, form and line: ``Week 12 · Vital signs``."""
    return place_words(session, key._replace(item=""))


def value_of(session: Session, key: ItemKey, record: AuditRecord) -> Text:
    """An answer as people read it; what was emptied or withheld, and what was cleared, is said."""
    if record.content is None:
        return message("conflicts.absent")
    text, unit, missing = read_conflicts.said(record)
    study, item = session.study_for(key), session.item_at(key)
    if missing:
        words = study.missing_codes.get(missing)
        return message("conflicts.missing", code=missing, words=words) if words is not None else both(missing)
    if not text:
        return message("conflicts.cleared")
    if item is not None and item.type is ItemType.LINK:
        return in_words(shown(session, key, text))
    return answer_words(study, item, text, unit)


def answer_words(study: Study, item: Item | None, text: str, unit: str) -> Text:
    """A code with its words, several one after another; a number with the unit it was typed in."""
    codes = None if item is None else study.codelists.get(item.codelist or "")
    if item is None or codes is None:
        return both(f"{text} {unit or (item.unit if item is not None else '') or ''}".strip())
    parts = text.split(MULTI_SEPARATOR) if item.type is ItemType.MULTI else [text]
    said = []
    for part in (one.strip() for one in parts):
        words = codes.by_code[part].text if part in codes.by_code else both(part)
        said.append(words if words.en == part else Text(f"{part} {words.en}", f"{part} {words.zh}"))
    return Text("; ".join(one.en for one in said), "；".join(one.zh for one in said))


Teller = Callable[[AuditRecord], tuple[str, Text, str]]
"""Of an answer that ended a conflict: who gave it, why, and when, as they are read."""


def fates(records: Sequence[AuditRecord], voids: Voids, tell: Teller) -> dict[str, Text]:
    """Of all answers to one item: id → what became of it in a conflict, "" for none.

    An answer whose words stand in the one that ended the conflict was kept; every other one lost, and it is
    said to whom, when and why. Two persons who decided differently at two PCs are both named.
    """
    made: dict[str, Text] = {}
    for identity, ended in read_conflicts.settled(records, voids).items():
        own = next(record for record in records if record.id == identity)
        said = []
        for one in ended:
            name, why, at = tell(one)
            kept = one.content is not None and read_conflicts.said(one) == read_conflicts.said(own)
            code = "conflicts.kept" if kept else "conflicts.lost"
            words = message(code, name=name, at=at)
            said.append(message("conflicts.with_reason", words=words, reason=why) if why.en else words)
        made[identity] = Text(" ".join(one.en for one in said), "".join(one.zh for one in said))
    return made


def by_key(records: Sequence[AuditRecord]) -> Mapping[str, list[AuditRecord]]:
    """The answers among ``records``, item by item, in their order."""
    found: dict[str, list[AuditRecord]] = {}
    for record in records:
        if record.kind in read_conflicts.ANSWERS:
            found.setdefault(record.key, []).append(record)
    return found
