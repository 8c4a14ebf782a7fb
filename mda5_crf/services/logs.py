"""The rows of a log as people number them, the struck ones too, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text, both

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


def _reason(session: Session, row: ItemKey) -> Text | None:
    for record in reversed(list(session.vault.journal.records(row.path(), kinds=("strike",), standing=True))):
        reason = record.data.get("reason")
        if isinstance(reason, dict):
            code = str(reason.get("code", ""))
            words = session.study.reasons.get(code, both(code))
            typed = str(reason.get("text", ""))
            return Text(f"{words.en}: {typed}", f"{words.zh}：{typed}") if typed else words
    return None
