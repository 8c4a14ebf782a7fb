"""The rows of a log as people number them, the struck ones too, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mda5_crf.db.records import AuditRecord
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of a repeating group. ``number``: see ``SubjectData.line_of``. ``values``: as people read them,
    links as ``formrepeats.shown`` has them.
    """

    key: ItemKey
    number: int
    struck: bool
    reason: Text | None
    values: dict[str, str]


def log_rows(session: Session, group: ItemKey) -> tuple[LogRow, ...]:
    """All rows of the group ``group`` (a key without ``group_repeat``), in order of creation."""
    data = session.cache(group.subject).data
    live = data.rows.get(group, ())
    result = []
    for identity in data.lines.get(group, ()):
        key = group._replace(group_repeat=identity)
        struck, number = identity not in live, data.line_of(group, identity) or 0
        values = {
            k.item: _shown(session.shown(k, e.text), e.unit, e.missing)
            for k, e in data.entries.items()
            if k.row_key() == key
        }
        result.append(LogRow(key, number, struck, _reason(session, key) if struck else None, values))
    return tuple(result)


def _shown(text: str, unit: str | None, missing: str | None) -> str:
    return missing or (f"{text} {unit}" if unit else text)


def strike_note(session: Session, row: ItemKey) -> Text | None:
    """When (day at the site) and why a row was struck out; None when the journal does not say why."""
    record = _struck(session, row)
    reason = None if record is None else _words(session, record)
    if record is None or reason is None:
        return None
    day = datetime.fromisoformat(record.at).astimezone(session.zone).date()
    return message("paste.struck_on", date=day.isoformat(), reason=reason)


def _reason(session: Session, row: ItemKey) -> Text | None:
    record = _struck(session, row)
    return None if record is None else _words(session, record)


def _struck(session: Session, row: ItemKey) -> AuditRecord | None:
    found = list(session.vault.journal.records(row.path(), kinds=("strike", "void"), standing=True))
    return next((record for record in reversed(found) if isinstance(record.data.get("reason"), dict)), None)


def _words(session: Session, record: AuditRecord) -> Text | None:
    reason = record.data.get("reason")
    if not isinstance(reason, dict):
        return None
    code = str(reason.get("code", ""))
    words = session.study.reasons.get(code, both(code))
    typed = str(reason.get("text", ""))
    return Text(f"{words.en}: {typed}", f"{words.zh}：{typed}") if typed else words
