"""What an imported answer says of where it came from, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mda5_crf.db import read_imports
from mda5_crf.db.records import AuditRecord
from mda5_crf.services.importing import ORIGIN, SHORT
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def files(session: Session) -> dict[str, str]:
    """Import → name of its file."""
    with session.vault.store.read() as tx:
        return {
            str(one.data["sha256"])[:SHORT]: str(one.data.get("file", ""))
            for one in read_imports.imports(tx)
            if one.data.get("what") == "taken"
        }


def imported(session: Session, record: AuditRecord, words: Text) -> Text:
    """``words``, and from which file; who entered it in the other system, when and why. Else ``words``."""
    origin: Any = record.data.get(ORIGIN)
    if not isinstance(origin, Mapping) or "import" not in origin:
        return words
    file = files(session).get(str(origin["import"]), str(origin["import"]))
    silent = message("odmdata.history_not_said")
    user, time = origin.get("user"), origin.get("time")
    if user is None and time is None:
        said = message("odmdata.history", words=words, file=file)
    else:
        said = message(
            "odmdata.history_there", words=words, file=file, user=user or silent, time=time or silent
        )
    reason = origin.get("reason")
    return message("odmdata.history_reason", words=said, reason=reason) if reason else said


def in_trail(data: Mapping[str, Any], proof: str) -> Text:
    """What the audit trail says of an import."""
    counts = data.get("counts")
    if not isinstance(counts, Mapping):
        return message("odmdata.trail_part", what=str(data.get("what", "")))
    return message(
        "odmdata.in_trail", file=data.get("file", ""), new=counts.get("new", ""),
        changed=counts.get("changed", ""), left=counts.get("left", ""), proof=proof,
    )  # fmt: skip
