"""Freezing and locking of forms, visits, participants and the study: what holds, and what it refuses.

Frozen (by a monitor or data manager) nothing changes any more, but queries are asked and answered. Locked
(by a data manager) nothing is written at all. Every write of a session passes :meth:`LockBook.guard`,
whatever act it comes from; what a PC wrote that did not know of a lock is kept, and the lock does not hold
where it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read, read_locks
from mda5_crf.db.lockacts import FROZEN, LOCKED
from mda5_crf.db.read_locks import OPEN, LockRow
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = ["FROZEN", "LOCKED", "OPEN", "Held", "LockBook"]

# What changes an answer, or what is asked: refused where something is frozen.
_CHANGES: Final = frozenset(
    {"value", "missing", "confirm", "status", "pin", "event", "form", "row", "strike"}
    | {"second", "second-row", "second-resolved"}
)
# What only says something about answers: refused where it is locked. Queries of the system follow from entry
# elsewhere and pass.
_SAYS: Final = frozenset({"signature", "endorse", "verify", "review", "coding"})
_BY_ITSELF: Final = ("Open", "Resolved")


@dataclass(frozen=True, slots=True)
class Held:
    """How a place stands: open, frozen or locked; ``by``: the act that made it so, or None.

    ``late``: where something lies that whoever froze or locked had not seen. Then it is open there, and
    ``by`` is the act that does not hold.
    """

    state: str
    by: LockRow | None = None
    late: tuple[ItemKey, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it is frozen or locked."""
        return self.state != OPEN


NOTHING: Final = Held(OPEN)
_RANK: Final = {OPEN: 0, FROZEN: 1, LOCKED: 2}


class LockBook:
    """The locks that a session knows, kept until one is written or a bundle was taken."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._acts: dict[str, tuple[LockRow, ...]] = {}
        self._late: dict[tuple[str, str, bool], tuple[ItemKey, ...]] = {}

    # -- what holds ------------------------------------------------------------------------------------

    def acts(self, subject: str = "") -> tuple[LockRow, ...]:
        """All acts about a participant, "" about the whole study, oldest first."""
        if subject not in self._acts:
            self._acts[subject] = read_locks.lock_acts(self._session.vault.store, subject)
        return self._acts[subject]

    def held(self, key: ItemKey, *, whole: bool = False) -> Held:
        """How a form (or what lies in it), a visit or a participant stands; of an empty key the study.

        ``whole`` asks of a visit or participant whether anything at all below came too late.
        """
        if not key.subject:
            return self._layer(self.acts(), "", whole=False)
        place = key.form_key() if key.form else key.event_key() if key.event else ItemKey(key.subject)
        path = place.path()
        inside = bool(place.form) or whole
        own = self._layer(self.acts(key.subject), path, whole=inside)
        over = self._layer(self.acts(), path, whole=inside) if self.acts() else NOTHING
        if _RANK[over.state] > _RANK[own.state]:
            return over
        return own if own.holds or own.by is not None else over

    def _layer(self, acts: Sequence[LockRow], path: str, *, whole: bool) -> Held:
        state, by = read_locks.standing(acts, path)
        if state == OPEN or by is None:
            return Held(OPEN, by)
        late = self._late_at(by, path, whole=whole) if path else ()
        return Held(OPEN if late else state, by, late)

    def _late_at(self, act: LockRow, path: str, *, whole: bool) -> tuple[ItemKey, ...]:
        asked = (act.record, path, whole)
        if asked not in self._late:
            self._late[asked] = read_locks.late(self._session.vault.store, act, path, whole=whole)
        return self._late[asked]

    def fill(self, cache: SubjectCache) -> None:
        """Tell the engine which forms of a participant are frozen or locked."""
        subject, data = cache.data.subject, cache.data
        held: dict[ItemKey, str] = {}
        if self.acts(subject) or self.acts():
            begun = {key.form_key() for key in data.entries} | set(data.statuses)
            held = {form: one.state for form in begun if (one := self.held(form)).holds}
        data.held = held

    # -- what is refused -------------------------------------------------------------------------------

    def refusal(self, key: ItemKey, *, says: bool = False) -> Text | None:
        """Why nothing may be changed at ``key``, or None; with ``says`` why nothing may be said of it."""
        held = self.held(key)
        if not held.holds or (says and held.state == FROZEN):
            return None
        return self.words(held)

    def words(self, held: Held) -> Text:
        """Who froze or locked it and when, and what to do."""
        return message(f"locks.refused_{held.state}", **self._params(held))

    def _params(self, held: Held) -> dict[str, Text]:
        assert held.by is not None
        return {"what": scope_words(held.by), **self.told(held.by)}

    def name(self, person: str) -> str:
        """The name of a person (id)."""
        names = {one.person: one.name for one in read.persons(self._session.vault.store)}
        return names.get(person, person)

    def told(self, act: LockRow) -> dict[str, Text]:
        """By whom and when, for a sentence."""
        at = act.at.astimezone(self._session.zone)
        return {"name": both(self.name(act.person)), "at": both(f"{at:%Y-%m-%d %H:%M}")}

    def told_of(self, held: Held) -> dict[str, Text]:
        """The same of how a place stands."""
        assert held.by is not None
        return self.told(held.by)

    def require_change(self, key: ItemKey) -> None:
        """Raise InputRefused where something frozen or locked would change."""
        self._require(key, says=False)

    def require_words(self, key: ItemKey) -> None:
        """Raise InputRefused where something would be said about what is locked."""
        self._require(key, says=True)

    def _require(self, key: ItemKey, *, says: bool) -> None:
        held = self.held(key)
        if held.holds and not (says and held.state == FROZEN):
            raise InputRefused(f"locks.refused_{held.state}", **self._params(held))

    def guard(self, drafts: Iterable[Draft]) -> None:
        """Raise InputRefused when one of ``drafts`` would write where it may not. Asked by every write."""
        for draft in drafts:
            if draft.kind in _CHANGES or (draft.kind == "subject"):
                self.require_change(_place(draft.key))
            elif draft.kind in _SAYS or (draft.kind == "query" and not _by_itself(draft)):
                self.require_words(_place(draft.key))

    # -- keeping it true -------------------------------------------------------------------------------

    def written(self, records: Iterable[AuditRecord]) -> None:
        """Locks were written: what holds is read anew."""
        subjects = {record.key.partition("/")[0] for record in records if record.kind == "lock"}
        if not subjects:
            return
        self.forget()
        self._session.held_anew()

    def forget(self) -> None:
        """Something other than this session wrote: read everything again."""
        self._acts.clear()
        self._late.clear()


def scope_words(act: LockRow) -> Text:
    """What an act is about: this form, this visit, this participant, the study."""
    scope = ItemKey.parse(act.scope) if act.scope else ItemKey()
    level = "form" if scope.form else "event" if scope.event else "subject" if scope.subject else "study"
    return message(f"locks.scope_{level}")


def _by_itself(draft: Draft) -> bool:
    """Whether the program raises or resolves this query because of what was entered elsewhere."""
    return draft.content.get("source") == "system" and draft.content.get("state") in _BY_ITSELF


def _place(path: str) -> ItemKey:
    return ItemKey.parse(path) if path else ItemKey()
