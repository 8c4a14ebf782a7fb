"""What a filled form says beside its answers: what was changed in it, and whose content is no longer here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read, read_audit
from mda5_crf.db.records import split_id
from mda5_crf.itemkey import ItemKey
from mda5_crf.pdf.paper import ChangeLine
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.services.trace_words import void_in
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_ANSWERS: Final = ("value", "missing")
_ROWS: Final = ("strike", "void", "unvoid")


def changes_of(session: Session, form: ItemKey) -> tuple[ChangeLine, ...]:
    """Every change of a form after first entry, oldest first; who may not see the trail is refused.

    Raises PermissionDenied.
    """
    heads = session.vault.journal.heads()
    wanted = AuditFilter(key=form.path(), kinds=(*_ANSWERS, *_ROWS))
    made = []
    for line in session.audit.lines(wanted):
        device, seq = split_id(line.record) or ("", 0)
        if seq > heads.get(device, (0, ""))[0]:
            continue  # later than the moment that is printed
        if line.kind in _ANSWERS and not (line.old.en or line.replaces):
            continue  # the first entry
        made.append(_change(line))
    return tuple(made)


def _change(line: AuditLine) -> ChangeLine:
    answer = line.kind in _ANSWERS
    what = line.label if answer and (line.label.en or line.label.zh) else line.act
    return ChangeLine(
        at=line.local,
        who=line.name,
        roles=line.roles_in_words,
        what=what,
        place=line.place,
        old=_content(line, line.old),
        new=_content(line, line.new),
        reason=line.why,
        key=line.key if answer else None,
    )


def _content(line: AuditLine, said: Text) -> Text:
    """What was answered; that it is not here, where its content is gone."""
    if said.en or not (line.emptied or line.withheld):
        return said
    return message("blankbook.gone_redacted" if line.emptied else "blankbook.gone_withheld")


def gone_of(session: Session, form: ItemKey) -> Mapping[ItemKey, Text]:
    """The answers of a form that stand without content, and why: redacted, withheld, or void."""
    store = session.vault.store
    absent = [entry for entry in read.form_entries(store, form) if entry.absent]
    if not absent:
        return {}
    emptied, voids = read_audit.redacted(store), void_in(session, form.subject)
    made: dict[ItemKey, Text] = {}
    for entry in absent:
        at = split_id(entry.record) or ("", 0)
        void = voids.covers(entry.key.path(), *at)
        why = "redacted" if at in emptied else "void" if void else "withheld"
        made[entry.key] = message(f"blankbook.gone_{why}")
    return made
