"""How a conflict ends: a person gives an answer with a reason, over all that stand there; or asks the site.

The answer is an ordinary value on the path of every value: rights, locks, checks, signatures. It names the
answers it was given over. Should another one have come meanwhile, from a third PC or another person, nothing
is written and the conflict is shown again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read_conflicts
from mda5_crf.db.records import Draft
from mda5_crf.db.tx import Tx
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, QueryInfo, Reason
from mda5_crf.services.conflicts import Conflict
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.queries import CONFLICT, RESOLVED, two_lines
from mda5_crf.study.state import Finding
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ORIGIN: Final = "conflict"
"""In a record: how the value came in, where its author decided between answers."""


def take(session: Session, conflict: Conflict, number: int, reason: Reason) -> Changes:
    """Give the answer of side ``number`` (from 1) anew, over all of them. Raises as :func:`decide`."""
    if not 1 <= number <= len(conflict.sides):
        raise InputRefused("conflicts.no_side", count=len(conflict.sides))
    side = conflict.sides[number - 1]
    if side.state == "absent":
        raise InputRefused("conflicts.absent_side")
    return _Deciding(session, conflict, reason).write(side.entry)


def decide(
    session: Session, conflict: Conflict, text: str, reason: Reason, unit: str | None = None
) -> Changes:
    """Give another answer, typed as in the field of the form; a missing code of the item is one too.

    Raises PermissionDenied; InputRefused (no words, a lock, another site, other answers have come: then
    nothing is written and the conflict has to be looked at anew); StoreError.
    """
    deciding = _Deciding(session, conflict, reason)
    return deciding.write(deciding.read(text, unit))


def would_say(
    session: Session, conflict: Conflict, text: str, unit: str | None = None
) -> tuple[Finding, ...]:
    """What the form would say of a text typed as another answer."""
    from mda5_crf.services.conflicts import findings_with

    if conflict.item is None or not text.strip():
        return ()
    entry = _Deciding(session, conflict, None).read(text, unit)
    found = findings_with(session, conflict.key, entry)
    return tuple(one for one in found if conflict.key in one.items)


def ask(session: Session, conflict: Conflict, words: str = "") -> QueryInfo:
    """Ask the site which answer is right, as a query about the item; without ``words`` in plain words.

    Raises PermissionDenied, InputRefused, StoreError.
    """
    plain = two_lines(message("conflicts.ask_plain", count=len(conflict.sides)))
    return session.raise_query(conflict.key, words.strip() or plain)


class _Deciding(EntrySession):
    """The ordinary entry of the form, for one item, always with a reason."""

    def __init__(self, session: Session, conflict: Conflict, reason: Reason | None) -> None:
        if conflict.item is None:
            raise InputRefused("conflicts.item_unknown")
        super().__init__(session, conflict.key.form_key())
        self._conflict = conflict
        self._why = reason

    def read(self, text: str, unit: str | None) -> Entry:
        """What was typed, as the form's field reads it."""
        key, item = self._conflict.key, self._conflict.item
        assert item is not None
        if not text.strip():
            raise InputRefused("conflicts.text_needed", item=self._conflict.label)
        if text.strip().upper() in item.missing:
            return Entry("", missing=text.strip().upper())
        return self._typed(key, text, unit)

    def write(self, entry: Entry) -> Changes:
        """One transaction: the answer over all heads, queries that follow, the conflict's query resolved."""
        self._require_entry()
        key = self._conflict.key
        draft = replace(self._draft(key, entry, None, ORIGIN), replaces=self._conflict.heads)
        return self._write([draft], [(key, entry)], None)

    def _write(
        self, drafts: Sequence[Draft], entries: Sequence[tuple[ItemKey, Entry]], reason: Reason | None
    ) -> Changes:
        data, path = self._cache.data, self._conflict.key.path()
        before = [(key, data.get(key)) for key, _ in entries]
        for key, entry in entries:
            data.put(key, entry if entry.text or entry.missing else None)

        def alone(tx: Tx) -> None:
            # Asked where nobody can come in between: what was decided over is what stood there.
            if not read_conflicts.stands_alone(tx, path):
                raise InputRefused("conflicts.changed", item=self._conflict.label)

        try:
            records = self._session.append([*drafts, *self._follow(), self._ended()], also=alone)
        except BaseException:
            for key, old in before:
                data.put(key, old)
            raise
        return self._written(entries, records, reason)

    def _ended(self) -> Draft:
        """The conflict's own query: resolved, so that both authors read in it what became of it."""
        # Which answer was given is not repeated here: it stands in the value, where it can be redacted.
        content: dict[str, object] = {
            "query": self._conflict.id, "state": RESOLVED, "source": CONFLICT, "check": "",
            "text": two_lines(message("conflicts.note")),
        }  # fmt: skip
        return Draft("query", self._conflict.key.path(), content)

    def _with_reason(
        self,
        content: dict[str, object],
        reason: Reason | None,  # noqa: ARG002 - it is always the one that was given
        key: ItemKey | None = None,  # noqa: ARG002
    ) -> dict[str, object]:
        if self._why is None or not self._why.code:
            reasons = self._session.study_for(self._conflict.key.form_key()).reasons
            raise InputRefused("conflicts.reason_needed", known=", ".join(reasons))
        return {**content, "reason": self._checked(self._why)}


def told(conflict: Conflict, left: int) -> Text:
    """That it was decided, and how many conflicts are left."""
    code = ("conflicts.done_last", "conflicts.done_one", "conflicts.done")[min(left, 2)]
    return message(code, item=conflict.label, left=left)
