"""What is void, to be read and never edited: which places, and what stood there when they were voided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mda5_crf.db import read, voids
from mda5_crf.db.records import AuditRecord
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import subjects
from mda5_crf.services.access import Action
from mda5_crf.services.changes import SubjectSummary
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_ANSWERS = ("value", "missing")


@dataclass(frozen=True, slots=True)
class VoidPlace:
    """A standing void for a tree: its place, its record, what the place is called, the void in words."""

    key: ItemKey
    record: str
    label: Text
    words: Text


@dataclass(frozen=True, slots=True)
class Stood:
    """One answer as it stood when its place was voided, and whose it was (local time)."""

    key: ItemKey
    label: Text
    value: Text
    person: str
    at: str


def of_subject(session: Session, subject: str) -> tuple[VoidPlace, ...]:
    """Visits and forms of a participant that are void now, oldest first; rows are struck in their logs."""
    session.require(Action.READ)
    found = []
    for row in voids.listed(session.vault.store, subject):
        if row.ended or row.key.group or not row.key.event:
            continue
        found.append(VoidPlace(row.key, row.record, _label(session, row.key), _words(session, row)))
    return tuple(found)


def participants(session: Session) -> tuple[tuple[SubjectSummary, str], ...]:
    """Participants who are void, by number, each with the record of the void."""
    session.require(Action.READ)
    standing = {
        row.key.subject: row.record
        for row in voids.listed(session.vault.store)
        if not row.key.event and not row.ended
    }
    everybody = subjects.listed(session.vault.store, voided=True)
    return tuple((one, standing[one.identity]) for one in everybody if one.identity in standing)


def stood(session: Session, record: str) -> tuple[Stood, ...]:
    """The answers that the void ``record`` put out of count, in the order they were first given.

    Those of a void that has ended too. Raises PermissionDenied, StoreError.
    """
    session.require(Action.READ)
    own = next((row for row in voids.listed(session.vault.store) if row.record == record), None)
    void = session.vault.journal.get(record)
    if own is None or void is None:
        return ()
    upto: dict[str, Any] = void.data.get("upto", {})
    last: dict[str, AuditRecord] = {}
    for one in session.vault.journal.records(own.key.path(), kinds=_ANSWERS, standing=True):
        here = one.key == own.key.path() or one.key.startswith(f"{own.key.path()}/")
        if here and one.seq <= int(upto.get(one.device, 0)):
            before = last.get(one.key)
            if before is None or before.stamp < one.stamp:
                last[one.key] = one
    names = {person.person: person.name for person in read.persons(session.vault.store)}
    return tuple(_stood(session, one, names) for one in last.values())


def _stood(session: Session, record: AuditRecord, names: dict[str, str]) -> Stood:
    key = ItemKey.parse(record.key)
    form = session.versions.words.forms.get(key.form)
    item = form.items.get(key.item) if form is not None else None
    label = item.label if item is not None else both(key.item)
    place = session.form_label(key)
    data = record.data
    said = str(data.get("text") or data.get("code") or "")
    unit = str(data.get("unit", ""))
    value = (
        both(f"{said} {unit}".strip()) if record.content is not None else message("trace.history_redacted")
    )
    return Stood(
        key, Text(f"{place}: {label.en}", f"{place}：{label.zh}"), value,
        names.get(record.person, record.person), f"{record.when.astimezone(session.zone):%Y-%m-%d %H:%M}",
    )  # fmt: skip


def _label(session: Session, key: ItemKey) -> Text:
    event = session.study.events.get(key.event)
    if key.form:
        form = session.study.forms.get(key.form)
        number = session.form_label(key).partition("#")[2]
        name = form.name if form is not None else both(key.form)
    else:
        number = session.event_label(key).partition("#")[2]
        name = event.name if event is not None else both(key.event)
    return Text(f"{name.en} {number}".strip(), f"{name.zh} {number}".strip())


def _words(session: Session, row: voids.VoidRow) -> Text:
    """The void in a sentence: who and when, where it went, without the reason (that is on the page)."""
    from mda5_crf.services.wrongplace import words

    names = {person.person: person.name for person in read.persons(session.vault.store)}
    when = f"{row.at.astimezone(session.zone):%Y-%m-%d %H:%M}"
    person = names.get(row.person, row.person)
    if row.moved_to:
        goal = words(session, ItemKey.parse(row.moved_to))
        return message("trace.void_moved", when=when, person=person, place=goal)
    return message("trace.void_by", when=when, person=person)
