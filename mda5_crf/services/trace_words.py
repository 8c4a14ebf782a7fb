"""How history speaks of what is void, moved or redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.db.records import AuditRecord
from mda5_crf.db.voids import Voids, voids_of
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codingwords
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def void_in(session: Session, subject: str) -> Voids:
    """What is void of a participant."""
    with session.vault.store.read() as tx:
        return voids_of(tx, subject)


def trace_words(session: Session, record: AuditRecord) -> Text | None:
    """The words of a record that was redacted, codes, voids or restores; None for any other."""
    from mda5_crf.services.wrongplace import words

    if record.content is None and not record.withheld:
        return message("trace.history_redacted")
    if record.kind == "coding":
        return codingwords.said(record.data)
    if record.kind == "void":
        target = record.data.get("moved_to")
        if target:
            return message("trace.history_moved", place=words(session, ItemKey.parse(str(target))))
        return message("trace.history_void")
    return message("trace.history_unvoid") if record.kind == "unvoid" else None


def came_from(record: AuditRecord, said: Text) -> Text:
    """``said``, and that it was entered at another place first, where it was."""
    origin = record.data.get("origin")
    if isinstance(origin, dict) and "sheet" in origin:
        return message("labs.history", words=said, file=origin["sheet"], row=origin.get("row", ""))
    moved = isinstance(origin, dict) and "moved" in origin
    return message("trace.history_from", words=said) if moved else said
