"""Locks that were refused: what they were to hold had changed at a PC that did not know of them.

Nobody sends an answer. A lock names the chains as far as its author knew them; where something stands that
was written beyond that, it does not hold. So ward and centre say the same as soon as they have the same
records. When a PC took the lock says its own record of the bundle that brought it, which comes back with its
next bundle: from then on the centre can say when and where it was refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read, read_locks
from mda5_crf.db.read_locks import LockRow
from mda5_crf.db.records import split_id
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.locking import FROZEN, LOCKED, Held
from mda5_crf.services.lockwork import scope_place
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NAMED: Final = 3
"""Places of one refused lock that are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The PC where newer data were entered: its id and name, and when it took the lock (UTC).

    ``at`` is None as long as nothing here says that it did.
    """

    device: str
    name: str
    at: datetime | None

    @property
    def known(self) -> bool:
        """Whether it is known that the lock came there and when."""
        return self.at is not None


@dataclass(frozen=True, slots=True)
class Clash:
    """One lock (or freeze) that does not hold, and the places of one participant where newer data lie."""

    subject: str
    act: LockRow
    keys: tuple[ItemKey, ...]
    refused: tuple[Refusal, ...]

    def as_json(self, session: Session) -> dict[str, Any]:
        """For ``--json``."""
        words = sentence(session, self)
        return {
            "subject": session.subjid(self.subject), "lock": self.act.record, "state": self.act.state,
            "scope": self.act.scope, "locked_at": self.act.at.isoformat(),
            "newer": [key.path() for key in self.keys],
            "refused": [
                {"device": one.device, "name": one.name, "at": one.at.isoformat() if one.at else None}
                for one in self.refused
            ],
            "en": words.en, "zh": words.zh,
        }  # fmt: skip


Clashes = Mapping[str, Sequence[Clash]]
"""By participant (identity)."""


def standing(session: Session, among: Collection[str] | None = None) -> Clashes:
    """All there are now, or those of the participants ``among`` (identities).

    One look at the table where nothing was ever frozen or locked.
    """
    known = {one.identity for one in session.subjects()}
    if among is None:
        acts = read_locks.everything(session.vault.store)
        subjects = {act.scope.partition("/")[0] for act in acts if act.scope}
        if any(not act.scope for act in acts):
            subjects |= known
    else:
        book = session.lock_book
        subjects = {one for one in known.intersection(among) if book.acts() or book.acts(one)}
    arrivals = Arrivals(session)
    found = {subject: of_subject(session, subject, arrivals) for subject in sorted(subjects & known)}
    return {subject: clashes for subject, clashes in found.items() if clashes}


def of_subject(session: Session, subject: str, arrivals: Arrivals | None = None) -> tuple[Clash, ...]:
    """Those of one participant, oldest lock first."""
    book = session.lock_book
    mine = _acts(session, subject)
    late: dict[str, set[ItemKey]] = {}
    acts = {act.record: act for act in mine}
    for scope in {act.scope for act in mine if act.state in (FROZEN, LOCKED)}:
        key = ItemKey.parse(scope) if scope else ItemKey(subject)
        below = book.held(key, whole=True)
        for one in below.late:
            held = book.held(one.form_key() if one.form else one)
            by = held.by if held.late else None if one.form else below.by
            if by is not None:
                late.setdefault(by.record, set()).update(held.late or (one,))
    arrivals = arrivals or Arrivals(session)
    return tuple(
        Clash(subject, act, tuple(sorted(late[record])), _refusals(session, act, late[record], arrivals))
        for record, act in acts.items()
        if record in late
    )


def of_place(session: Session, key: ItemKey) -> tuple[Clash, ...]:
    """Those of a participant, cut down to what lies in the visit or form ``key``."""
    found: list[Clash] = []
    if key.form and not session.lock_book.held(key).late:
        return ()
    for clash in of_subject(session, key.subject):
        inside = tuple(one for one in clash.keys if _within(one, key))
        if inside:
            found.append(Clash(clash.subject, clash.act, inside, clash.refused))
    return tuple(found)


def again(
    session: Session, subject: str, lock: str, keys: Sequence[ItemKey], arrivals: Arrivals
) -> Clash | None:
    """A clash that was kept (by the id of its lock) as it stands now: by now the PC may have said more."""
    act = next((one for one in _acts(session, subject) if one.record == lock), None)
    return None if act is None else Clash(subject, act, tuple(keys), _refusals(session, act, keys, arrivals))


def confirmed(session: Session, before: Mapping[str, int], now: Mapping[str, int]) -> set[str]:
    """Participants with a lock that another PC says for the first time to have.

    ``before`` and ``now``: device → number, what it had said and what it says.
    """
    found = set()
    for act in read_locks.everything(session.vault.store):
        device, seq = split_id(act.record) or ("", 0)
        if before.get(device, 0) < seq <= now.get(device, 0):
            found.add(act.scope.partition("/")[0])
    return found - {""}


def told(session: Session, before: Clashes, among: Collection[str] | None = None) -> tuple[Text, ...]:
    """What is new since ``before`` (of ``among``), a sentence for each lock: other places, another answer."""
    notes = []
    for subject, clashes in standing(session, among).items():
        known = before.get(subject, ())
        notes += [with_next(session, one) for one in clashes if one not in known]
    return tuple(notes)


# -- in words ------------------------------------------------------------------------------------------


def sentence(session: Session, clash: Clash) -> Text:
    """Which lock, where it was refused and when, and by which newer data. The same on every PC."""
    words = [_refused(session, one) for one in clash.refused]
    where = Text("; ".join(one.en for one in words), "；".join(one.zh for one in words))
    return message(
        f"lockclash.sentence_{clash.act.state}", what=scope_place(session, clash.act),
        refused=where, items=where_words(session, clash.keys), **session.lock_book.told(clash.act),
    )  # fmt: skip


def with_next(session: Session, clash: Clash) -> Text:
    """The same, and what is to be done about it here."""
    words, after = sentence(session, clash), next_step(session)
    return Text(f"{words.en} {after.en}", f"{words.zh}{after.zh}")


def heading(count: int) -> Text:
    """How many locks were refused, above a list of them."""
    return message("lockclash.list_one" if count == 1 else "lockclash.list_many", count=count)


def next_step(session: Session) -> Text:
    """Who freezes or locks looks and does it again; a ward goes on, and its next bundle tells the centre."""
    again = session.is_centre or not _has_centre(session)
    return message("lockclash.again" if again else "lockclash.goes_back")


def where_words(session: Session, keys: Sequence[ItemKey]) -> Text:
    """Participant, visit, form and item of the first of ``keys``, and how many more there are."""
    words = [_place(session, one) for one in keys[:NAMED]]
    shown = Text("; ".join(one.en for one in words), "；".join(one.zh for one in words))
    more = len(keys) - len(words)
    return message("lockclash.more", some=shown, count=more) if more else shown


def task_words(session: Session, clash: Clash) -> Text:
    """For the work list, which names the place already: where refused, what is newer, what is to be done."""
    return message("lockclash.task", words=sentence(session, clash), after=next_step(session))


def held_words(session: Session, key: ItemKey, held: Held) -> Text | None:
    """Why what should hold at a place does not, and what is to be done; None where nothing clashes."""
    if not held.late or not key.subject:
        return None
    found = [one for one in of_place(session, key) if held.by is None or one.act.record == held.by.record]
    return with_next(session, found[0]) if found else None


def may_act(session: Session, clash: Clash) -> bool:
    """Whether the person at the keyboard may look at it and freeze or lock again, here."""
    right = Action.FREEZE if clash.act.state == FROZEN else Action.LOCK
    return session.may(right) and (session.is_centre or not _has_centre(session))


def _place(session: Session, key: ItemKey) -> Text:
    words = place_words(session, key, subject=True)
    form = session.versions.words.forms.get(key.form)
    item = None if form is None else form.items.get(key.item)
    return words if item is None else message("signing.place", where=words, item=item.label)


def _refused(session: Session, one: Refusal) -> Text:
    if one.at is None:
        return message("lockclash.not_yet", pc=one.name)
    when = one.at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
    return message("lockclash.refused", pc=one.name, at=when)


# -- inside --------------------------------------------------------------------------------------------


def _acts(session: Session, subject: str) -> list[LockRow]:
    return [*session.lock_book.acts(), *session.lock_book.acts(subject)]


def _within(key: ItemKey, place: ItemKey) -> bool:
    return not place.event or f"{key.path()}/".startswith(f"{place.path()}/")


def _has_centre(session: Session) -> bool:
    peers = read.peers(session.vault.store, session.device)
    return any(one.site == "00" and one.state == "approved" for one in peers)


class Arrivals:
    """When which PC took what, by its own records. Read when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._taken: dict[str, list[tuple[datetime, Mapping[str, int]]]] | None = None
        self._names: dict[str, str] = {}

    def of(self, device: str, record: str) -> Refusal:
        """When ``device`` took the bundle that brought ``record`` (an id)."""
        taken = self._read()
        author, seq = split_id(record) or ("", 0)
        at = next((at for at, ends in taken.get(device, ()) if ends.get(author, 0) >= seq), None)
        return Refusal(device, self._names.get(device, device), at)

    def _read(self) -> Mapping[str, list[tuple[datetime, Mapping[str, int]]]]:
        if self._taken is None:
            store = self._session.vault.store
            self._names = {row.id: row.name for row in read.devices(store)}
            self._taken = {}
            for row in read.passages(store, "bundle"):
                ends = row.content.get("to")
                if row.content.get("direction") in ("in", "archive") and isinstance(ends, dict):
                    device = row.record.rpartition(":")[0]
                    self._taken.setdefault(device, []).append((row.at, ends))
        return self._taken


def _refusals(
    session: Session, act: LockRow, keys: Iterable[ItemKey], arrivals: Arrivals
) -> tuple[Refusal, ...]:
    wanted = set(keys)
    below = {one.subject for one in wanted}
    devices = {
        device
        for subject in below
        for key, device in read_locks.late_records(session.vault.store, act, act.scope or subject)
        if key in wanted
    }
    return tuple(sorted((arrivals.of(one, act.record) for one in devices), key=lambda one: one.name))
