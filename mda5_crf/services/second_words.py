"""Who entered something and when, in words for the questions of double entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from mda5_crf.db import read
from mda5_crf.db.records import AuditRecord
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.second_book import form_second
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


SECOND_KINDS: Final = frozenset({"second", "second-row", "second-resolved"})


def history_words(record: AuditRecord, shown: Callable[[str], Text]) -> Text:
    """What a record of double entry says, for the audit trail. ``shown``: an answer as people read it."""
    data = record.data
    if record.kind == "second":
        if data.get("result") == "cleared":
            return message("second.history_cleared")
        typed = f"{data.get('text', '')} {data.get('unit', '')}".strip()
        said = shown(typed) if typed else both(str(data.get("code", "")))
        return message("second.history_second", value=said, result=message(f"second.result_{data['result']}"))
    if record.kind == "second-row":
        state = data.get("state")
        return message(f"second.history_row_{state}") if state else message("second.history_row")
    code = {"second": "second_right"}.get(str(data["choice"]), str(data["choice"]))
    said = message(f"second.history_{code}")
    return message("second.history_note", said=said, note=str(data["note"])) if data.get("note") else said


def with_partner(session: Session, key: ItemKey, records: Sequence[AuditRecord]) -> list[AuditRecord]:
    """The records about an item; in a row of a log with those of the row that it was matched with."""
    if not (key.group_repeat and key.item):
        return list(records)
    found = (
        form_second(session, key.form_key()).rows.get(key.group) if key.form in session.study.forms else None
    )
    second = next((two for one, two in found.pairs if one == key.group_repeat), "") if found else ""
    if not second:
        return list(records)
    partner = read.history(session.vault.store, key._replace(group_repeat=second).path())
    return sorted([*records, *partner], key=lambda record: record.stamp)


class Said(Protocol):
    """A value, a second entry or a resolution: somebody's act."""

    @property
    def person(self) -> str:
        """Whose."""

    @property
    def at(self) -> datetime:
        """When, in UTC."""


class Names:
    """Names of people by id, read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = {person.person: person.name for person in read.persons(session.vault.store)}

    def who(self, said: Said | None) -> Text:
        """``Li Na, 2026-09-01 10:00``; nobody: an empty text."""
        if said is None:
            return both("")
        when = said.at.astimezone(self._session.zone).strftime("%Y-%m-%d %H:%M")
        return message("second.who", person=self._known.get(said.person, said.person), time=when)

    def row(self, row: ItemKey) -> int:
        """The line number of a row of the record."""
        data = self._session.cache(row.subject).data
        return data.line_of(row._replace(group_repeat="", item=""), row.group_repeat) or 0
