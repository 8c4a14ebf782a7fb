"""A participant, several or all, as this vault stood at a past moment: a session nobody can write through.

    with as_of(session, Moment(heads={device: 417}), [subject]) as past:     # or Moment(at=…), or both
        past.tree(subject); past.state(form); past.queries(subject); past.history(key)

The records that were known then are folded into memory by the fold of the vault itself, and an ordinary
Session is opened over them: tree, states, logs, queries, signatures, locks and computed values need no second
implementation. The definition is the one in force then; "today" is the day of the moment.

**Which records a time means.** Those that *this vault* had then, in the order in which it got them, whatever
times other PCs' clocks have put into them: its own chain up to the moment, and of every other chain what the
bundles taken in until then had brought. The own chain's order is believed, its times only where they fit that
order (``db.pastview.last_at``). Heads are exact: a page, a print or a bundle names them. Chains that they do
not name are known as far as the named PC had taken them in when it wrote that record.

What was redacted since is gone in every view: it is shown as redacted, also at moments before the redaction.
What was set aside at intake never stood, and what is withheld from this vault stays so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.db import pastview, rows
from mda5_crf.db.clock import read_at
from mda5_crf.db.pastview import past_vault
from mda5_crf.db.tx import Tx
from mda5_crf.errors import InputRefused
from mda5_crf.services import instudy
from mda5_crf.services.access import Action
from mda5_crf.services.session import Session, Then
from mda5_crf.text import Text, both

if TYPE_CHECKING:
    from collections.abc import Callable

    from mda5_crf.db.records import AuditRecord, Draft

_READING: Final = frozenset({Action.READ, Action.PRINT, Action.EXPORT, Action.SEE_AUDIT})
_HEAD: Final = re.compile(r"([0-9a-f]{16}):([0-9]{1,15})(?::([0-9a-f]{4,64}))?")


@dataclass(frozen=True, slots=True)
class Moment:
    """``at``: a time, aware. ``heads``: how far each chain was known, device → number. Either or both: then
    the heads say which records, and the time what day it is for windows, ages and "overdue".
    """

    at: datetime | None = None
    heads: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a moment lies. ``vector``: all heads; ``at``: its time, UTC; ``device``: whose state it is."""

    vector: Mapping[str, int]
    at: datetime
    device: str


def read_moment(session: Session, text: str) -> Moment:
    """A moment as people type it: a time with its offset, or ``DEVICE:NUMBER[:HASH][,…]`` as pages print it.

    Raises InputRefused.
    """
    words = text.strip()
    heads: dict[str, int] = {}
    for word in words.split(","):
        found = _HEAD.fullmatch(word.strip())
        if found is None:
            break
        heads[found[1]] = int(found[2])
        if found[3]:
            _require_hash(session, found[1], int(found[2]), found[3])
    else:
        return Moment(heads=heads)
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        raise InputRefused("asof.form") from None
    return Moment(at=_aware(session, at))


def head_printed(session: Session, heads: Mapping[str, tuple[int, str]]) -> str:
    """The newest record of this PC as pages print it, and as :func:`read_moment` reads it."""
    seq, digest = heads.get(session.device, (0, ""))
    return f"{session.device}:{seq}:{digest[:12]}"


def present(session: Session) -> Moment:
    """All that this vault knows now."""
    return Moment(session.now(), session.vault.journal.vector())


def locate(session: Session, moment: Moment) -> Place:
    """All heads that a moment means, and its time.

    Raises InputRefused: before the vault, in the future, of an unknown device, ahead of what is known here.
    """
    at = None if moment.at is None else _aware(session, moment.at)
    with session.vault.store.read() as tx:
        if moment.heads:
            vector, device = _of_heads(session, tx, moment.heads)
        elif at is not None:
            vector, device = _of_time(session, tx, at)
        else:
            raise InputRefused("asof.form")
        if at is None:
            at = max(_written(tx, one, vector[one]) for one in moment.heads)
    return Place(vector, at, device)


def moment_words(session: Session, place: Place) -> Text:
    """A moment as people read it: the site's time, and the head by which it can be found again."""
    return both(f"{time_words(session, place).en} ({place.device}:{place.vector[place.device]})")


def time_words(session: Session, place: Place) -> Text:
    """Its time alone, for pages, whose foot has the head: ``2026-08-01 12:00 +08:00``."""
    return both(local_time(session, place.at))


def as_of(session: Session, moment: Moment, subjects: Sequence[str] | None = None) -> PastSession:
    """The session of a past moment, with ``subjects`` (identities; None = everybody). To be closed.

    Raises PermissionDenied, InputRefused (see :func:`locate`; a participant nobody knew then), StoreError.
    """
    session.require(Action.READ)
    place = locate(session, moment)
    _require_known(session, place, subjects or ())
    return PastSession(session, place, subjects)


class PastSession(Session):
    """See the module text. ``place`` is the moment; ``asker`` the session that asked for it."""

    def __init__(self, asker: Session, place: Place, subjects: Sequence[str] | None) -> None:
        """Use :func:`as_of`. Raises InputRefused, StoreError."""
        self.asker = asker
        self.place = place
        vault = past_vault(asker.vault, place.vector, place.at, place.device, subjects)
        try:
            known = instudy.hash_in_force(vault, place.at.astimezone(asker.zone).date())
            study = asker.definition if known == asker.definition.hash else instudy.stored(vault, known)
            super().__init__(vault, study, lambda: place.at)
        except BaseException:
            vault.close()  # whatever happened: nothing stays in memory
            raise
        self.person = asker.person
        self.view_book = asker.view_book  # who looks at a form of then has opened it, too
        self.left_to_clean = None

    def close(self, reason: str = "") -> None:  # noqa: ARG002 - as Session
        """Give the memory back. Nothing is recorded: the person stays logged in."""
        self._caches.clear()
        self._subscribers.clear()
        self.vault.close()

    def may(self, action: Action) -> bool:
        """Whether the person may do ``action`` here: reading, at most."""
        return action in _READING and super().may(action)

    def require(self, action: Action) -> None:
        """Raises PermissionDenied, and InputRefused for whatever is no reading."""
        super().require(action)
        if action not in _READING:
            raise InputRefused("asof.read_only")

    def trusted_now(self) -> datetime:
        """The moment itself, also where records are shown that were written later by some clock."""
        return self.place.at

    def check_clock(self) -> Text | None:
        """Nothing: the time of a past moment does not run."""
        return None

    def append(
        self,
        drafts: Sequence[Draft],  # noqa: ARG002 - as Session
        at: datetime | None = None,  # noqa: ARG002
        then: Then | Sequence[Then] | None = None,  # noqa: ARG002
        also: Callable[[Tx], object] | None = None,  # noqa: ARG002
    ) -> tuple[AuditRecord, ...]:
        """Refused: raises InputRefused."""
        raise InputRefused("asof.read_only")


# -- inside --------------------------------------------------------------------------------------------


def _aware(session: Session, at: datetime) -> datetime:
    if at.tzinfo is None:
        example = at.replace(tzinfo=session.zone).isoformat(timespec="minutes")
        raise InputRefused("asof.no_zone", example=example)
    return at.astimezone(UTC)


def _of_heads(session: Session, tx: Tx, heads: Mapping[str, int]) -> tuple[dict[str, int], str]:
    for device, seq in heads.items():
        last = rows.last_record(tx, device)
        if last is None:
            raise InputRefused("asof.device_unknown", device=device)
        if not 1 <= seq <= last.seq:
            raise InputRefused("asof.ahead", device=device, seq=seq, known=last.seq)
    vector: dict[str, int] = {}
    for device, seq in heads.items():
        for other, upto in pastview.known_with(tx, device, seq).items():
            vector[other] = max(vector.get(other, 0), upto)
    own = session.device
    device = own if own in heads or (len(heads) > 1 and own in vector) else next(iter(heads))
    return {**_here(tx, vector), **heads}, device


def _of_time(session: Session, tx: Tx, at: datetime) -> tuple[dict[str, int], str]:
    now = session.trusted_now()
    if at > now:
        raise InputRefused("asof.future", at=local_time(session, at), now=local_time(session, now))
    device, upto = session.device, rows.LAST_SEQ
    while True:
        vector = _at(tx, device, at, upto)
        if vector:
            return _here(tx, vector), device
        before = pastview.parent_of(tx, device)
        if before is None:
            raise InputRefused("asof.before_vault", first=local_time(session, _written(tx, device, 1)))
        device, upto = before


def _at(tx: Tx, device: str, at: datetime, upto: int) -> dict[str, int]:
    """What ``device``, and those who work in one database with it, had written and taken in by ``at``."""
    found: dict[str, int] = {}
    for one in sorted(pastview.together(tx, device)):
        seq = pastview.last_at(tx, one, at, upto if one == device else rows.LAST_SEQ)
        for other, known in pastview.known_with(tx, one, seq).items() if seq else ():
            found[other] = max(found.get(other, 0), known)
    return found


def _here(tx: Tx, vector: Mapping[str, int]) -> dict[str, int]:
    """What is here of it: a bundle's heads name chains of PCs from which nothing is taken in, too."""
    found = {}
    for device, upto in vector.items():
        last = rows.last_record(tx, device)
        if last is not None:
            found[device] = min(upto, last.seq)
    return found


def _written(tx: Tx, device: str, seq: int) -> datetime:
    record = rows.get_record(tx, device, seq)
    assert record is not None  # a chain has no gaps, and its end was looked up
    return read_at(record.at)


def local_time(session: Session, at: datetime) -> str:
    """A time at the site, with its offset: ``2026-08-01 12:00 +08:00``."""
    there = at.astimezone(session.zone).isoformat(" ", "minutes")
    return f"{there[:16]} {there[16:]}"


def _require_hash(session: Session, device: str, seq: int, start: str) -> None:
    record = session.vault.journal.get(f"{device}:{seq}")
    if record is not None and not record.hash.startswith(start):
        raise InputRefused("asof.other_record", device=device, seq=seq)


def _require_known(session: Session, place: Place, subjects: Sequence[str]) -> None:
    for subject in subjects:
        device, _, seq = subject.rpartition(":")
        if int(seq) > place.vector.get(device, 0):
            words = moment_words(session, place)
            raise InputRefused("asof.before_enrolment", subject=session.subjid(subject), moment=words)
