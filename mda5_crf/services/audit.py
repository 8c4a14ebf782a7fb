"""The audit trail: every record of the journal as a line for people, filtered, page by page, never loaded
whole.

A page ends when it is full, when its time is over, or at the end; ``seen`` says where the next one begins. So
a rare filter over a million records costs many short steps and never one long one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read, read_audit
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.tx import Tx
from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action, Role
from mda5_crf.services.auditfilter import ACCOUNT_KINDS, AuditFilter, Sieve
from mda5_crf.services.auditlines import AuditLine, Renderer

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

PAGE: Final = 200
_LOOK_AT_THE_CLOCK: Final = 128
_TOLD_EVERY: Final = 500
REVIEW: Final = "trail-review"


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines. ``more``: there may be others; ask again with ``seen``. ``looked`` records were looked
    at.
    """

    lines: tuple[AuditLine, ...]
    more: bool
    seen: Mapping[str, int] = field(default_factory=dict)
    looked: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody looked through the trail up to ``heads`` (device → number) and said so."""

    record: str
    at: datetime
    name: str
    remark: str
    records: int
    wanted: AuditFilter
    heads: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by: what the filter holds, and how people call it."""

    value: str
    words: str


class Trail:
    """The trail of one session. Knows what must be known to write lines; made anew after every write."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._version: int | None = None
        self._made: Renderer | None = None

    # -- reading ---------------------------------------------------------------------------------------

    def page(
        self,
        wanted: AuditFilter | None = None,
        seen: Mapping[str, int] | None = None,
        size: int = PAGE,
        *,
        oldest_first: bool = False,
        seconds: float | None = None,
    ) -> AuditPage:
        """The next ``size`` lines after ``seen``; fewer when ``seconds`` are over.

        Raises PermissionDenied, and InputRefused for who is blind.
        """
        filters = wanted or AuditFilter()
        at = dict(seen or {})
        until = None if seconds is None else time.monotonic() + seconds
        found: list[AuditLine] = []
        looked = 0
        # What the database itself leaves out lies between two rows of a chain, and was looked at too.
        sifts = bool(filters.person or filters.kinds or filters.since or filters.until) and not filters.key
        begin = {**self._begin(oldest_first=oldest_first), **at} if sifts else {}
        with self._session.vault.store.read() as tx:
            for row, line in self._walk(tx, filters, at, oldest_first=oldest_first):
                device, number = row[read_audit.DEVICE], row[read_audit.SEQ]
                looked += abs(begin.get(device, number) - number) if sifts else 1
                at[device] = begin[device] = number
                if line is not None:
                    found.append(line)
                    if len(found) == size:
                        return AuditPage(tuple(found), more=True, seen=at, looked=looked)
                late = sifts or not looked % _LOOK_AT_THE_CLOCK
                if until is not None and late and time.monotonic() > until:
                    return AuditPage(tuple(found), more=True, seen=at, looked=looked)
        return AuditPage(tuple(found), more=False, seen=at, looked=looked)

    def lines(
        self,
        wanted: AuditFilter | None = None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Iterator[AuditLine]:
        """All lines, oldest first, as a stream over one state of the vault. Raises PermissionDenied.

        ``progress`` is told how many records of how many were looked at; what it raises ends the work.
        """
        for _, line in self.passing(wanted, progress):
            yield line

    def passing(
        self,
        wanted: AuditFilter | None = None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Iterator[tuple[AuditRecord, AuditLine]]:
        """As :meth:`lines`, each with its record. Internal to services."""
        total = read.counts(self._session.vault.store).records
        with self._session.vault.store.read() as tx:
            for looked, (row, line) in enumerate(
                self._walk(tx, wanted or AuditFilter(), {}, oldest_first=True)
            ):
                if not looked % _TOLD_EVERY:
                    progress(min(looked, total), total)
                if line is not None:
                    yield read_audit.record(row), line

    def _walk(
        self, tx: Tx, wanted: AuditFilter, seen: Mapping[str, int], *, oldest_first: bool
    ) -> Iterator[tuple[read_audit.Raw, AuditLine | None]]:
        """Every row there is to look at, with its line when it passes and may be seen."""
        session = self._session
        kinds = allowed_kinds(session)
        own_site = "" if sees_all_sites(session) else session.site
        maker, sieve, words = self.renderer(), Sieve(wanted, session.zone), wanted.words
        scan = read_audit.Scan(
            wanted.key, self._spans(wanted), oldest_first, dict(seen),
            person=wanted.person, kinds=sieve.kinds, since=sieve.since, until=sieve.until,
        )  # fmt: skip
        for row in read_audit.walk(tx, scan):
            kind, key = row[read_audit.KIND], row[read_audit.KEY]
            passes = kinds is None or kind in kinds
            if passes and sieve.takes(kind, key, row[read_audit.PERSON], row[read_audit.AT]):
                line = maker.line(tx, read_audit.record(row))
                site = maker.places.site_of(line.subject) or line.site
                if line.says(words) and own_site in ("", site):
                    yield row, line
                    continue
            yield row, None

    def _begin(self, *, oldest_first: bool) -> dict[str, int]:
        """Where a walk through each chain begins: one beside its first row."""
        heads = read.heads(self._session.vault.store)
        return {device: 0 if oldest_first else seq + 1 for device, (seq, _) in heads.items()}

    def _spans(self, wanted: AuditFilter) -> dict[str, tuple[int, int]] | None:
        """Which part of which chain a filter leaves, None for all of all."""
        if not (wanted.device or wanted.bundle or wanted.above is not None):
            return None
        heads = {device: seq for device, (seq, _) in read.heads(self._session.vault.store).items()}
        spans = {device: (0, seq) for device, seq in heads.items() if wanted.device in ("", device)}
        if wanted.bundle:
            one = next((b for b in self.renderer().bundles if b.record == wanted.bundle), None)
            carried = {} if one is None else one.spans
            spans = {
                device: (max(after, carried[device][0]), min(upto, carried[device][1]))
                for device, (after, upto) in spans.items()
                if device in carried
            }
        above = dict(wanted.above or ())
        return {device: (max(after, above.get(device, 0)), upto) for device, (after, upto) in spans.items()}

    def told(self, records: Sequence[AuditRecord]) -> dict[str, AuditLine]:
        """The lines of these records by their ids. Internal to services, which ask for rights before."""
        maker = self.renderer()
        with self._session.vault.store.read() as tx:
            return {record.id: maker.line(tx, record) for record in records}

    def renderer(self) -> Renderer:
        """What makes lines, as the vault stands now. Internal to services."""
        version = self._session.vault.store.journal_version
        if self._made is None or version != self._version:
            self._made, self._version = Renderer(self._session), version
        return self._made

    # -- what there is to filter by --------------------------------------------------------------------

    def people(self) -> tuple[Choice, ...]:
        """Everybody with a certificate: id and name."""
        found = read.persons(self._session.vault.store)
        return tuple(Choice(one.person, f"{one.name} ({one.login})") for one in found)

    def devices(self) -> tuple[Choice, ...]:
        """Every PC: id and name."""
        found = read.devices(self._session.vault.store)
        return tuple(Choice(one.id, f"{one.site} {one.name} {one.id[:8]}") for one in found)

    def bundles(self) -> tuple[Choice, ...]:
        """Every bundle made or taken, newest first."""
        zone, names = self._session.zone, {one.value: one.words for one in self.devices()}
        return tuple(
            Choice(
                one.record,
                f"{'→' if one.out else '←'} {one.number or 'ODM'} {names.get(one.peer, one.peer[:8])} "
                f"{datetime.fromisoformat(one.at).astimezone(zone):%Y-%m-%d %H:%M}",
            )
            for one in reversed(self.renderer().bundles)
        )

    # -- reviews ---------------------------------------------------------------------------------------

    def reviews(self) -> tuple[Review, ...]:
        """Recorded reviews, newest first."""
        self._session.require(Action.SEE_AUDIT)
        names = {one.person: one.name for one in read.persons(self._session.vault.store)}
        found = []
        for row in read.passages(self._session.vault.store, REVIEW):
            data = row.content
            heads = data.get("heads")
            found.append(
                Review(
                    row.record, row.at, names.get(row.person, row.person), str(data.get("remark", "")),
                    int(data.get("records") or 0), AuditFilter.from_json(data.get("filter") or {}),
                    dict(heads) if isinstance(heads, dict) else {},
                )
            )  # fmt: skip
        return tuple(reversed(found))

    def review(self, remark: str, wanted: AuditFilter | None = None, records: int = 0) -> Review:
        """Record that the trail was reviewed up to now, through ``wanted``; ``records`` lines were looked at.

        Raises PermissionDenied, InputRefused (a review says what was found), StoreError.
        """
        session = self._session
        session.require(Action.REVIEW_AUDIT)
        if not remark.strip():
            raise InputRefused("audit.remark_required")
        heads = session.vault.journal.vector()
        content = {
            "remark": remark.strip(), "filter": (wanted or AuditFilter()).as_json(), "heads": heads,
            "records": records,
        }  # fmt: skip
        session.append([Draft(REVIEW, "", content)])
        return self.reviews()[0]

    def since_review(self) -> AuditFilter:
        """What came after the newest review; everything when there was none."""
        found = self.reviews()
        return AuditFilter(above=tuple(sorted(found[0].heads.items()))) if found else AuditFilter()


def allowed_kinds(session: Session) -> frozenset[str] | None:
    """The kinds of records the person may see, None for all. Raises PermissionDenied, InputRefused.

    Who enters a form a second time, blind, sees none of it: first values stand in the trail.
    """
    from mda5_crf.services.second import SecondSession

    if isinstance(session, SecondSession):
        raise InputRefused("audit.blind")
    session.require(Action.SEE_AUDIT)
    return None if session.may(Action.READ) else ACCOUNT_KINDS


def sees_all_sites(session: Session) -> bool:
    """Whether the person may see other sites' records too, as far as they are here."""
    return not {*session.person.roles} <= {Role.DATA_ENTRY}


def audit_lines(
    session: Session,
    wanted: AuditFilter | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[AuditLine]:
    """All lines of the trail that pass, oldest first, as :meth:`Trail.lines`; for exports, in any thread."""
    return Trail(session).lines(wanted, progress)
