"""The one front door: an open vault and the person who opened it.

A Session is made at log-in and closed at log-out or idle lock. Window, commands and jobs call it and
nothing behind it. Every act asks ``access.require`` first and goes through the journal's one write path.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from mda5_crf.db import read, read_site
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.tx import Tx
from mda5_crf.db.vault import OpenVault, create_vault, open_vault
from mda5_crf.db.views import ReferenceRow
from mda5_crf.errors import CrfError, InputRefused, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import (
    delegating,
    formrepeats,
    instudy,
    overview,
    people,
    redacting,
    references,
    subjects,
    whereabouts,
)
from mda5_crf.services.access import Action, can, require
from mda5_crf.services.accountacts import AccountActs
from mda5_crf.services.audit import Trail
from mda5_crf.services.changes import (
    Changes,
    EventNode,
    HistoryLine,
    Matrix,
    PersonInfo,
    SubjectSummary,
)
from mda5_crf.services.clockright import earliest
from mda5_crf.services.clockwatch import BUILT, ClockEvent, ClockWatch, steady_seconds
from mda5_crf.services.colleagues import Colleagues
from mda5_crf.services.drafts import DraftBook
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.history import changed_items, completed, history
from mda5_crf.services.locking import LockBook
from mda5_crf.services.queryacts import QueryActs
from mda5_crf.services.referencelists import EMPTY, SiteLists, of_sites
from mda5_crf.services.references import Imported
from mda5_crf.services.saeclock import SaeClock, SaeClocks
from mda5_crf.services.sdv import SdvActs, SdvBook
from mda5_crf.services.sessionacts import SessionActs
from mda5_crf.services.signing import SignatureBook
from mda5_crf.services.stewardacts import StewardActs
from mda5_crf.services.studyacts import StudyActs
from mda5_crf.services.subjectcache import SubjectCache, build
from mda5_crf.services.traceacts import TraceActs
from mda5_crf.services.viewing import ViewBook
from mda5_crf.settings import study_directory
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.study.state import FormState
from mda5_crf.text import Text


class Session(Colleagues, SessionActs, AccountActs, QueryActs, SdvActs, StewardActs, TraceActs, StudyActs):
    """See the module text. Use as a context manager, or call :meth:`close`."""

    def __init__(
        self,
        vault: OpenVault,
        study: Study,
        clock: Callable[[], datetime] | None = None,
        steady: Callable[[], float] | None = None,
    ) -> None:
        """``steady`` counts seconds whatever the clock says; with a ``clock`` of one's own it must be given
        for jumps to be noticed.
        """
        self.vault = vault
        self.definition = study
        self.study = study
        self.zone = ZoneInfo(study.timezone)
        self._clock = clock or (lambda: datetime.now(UTC))
        if clock is None and steady is None:
            steady = steady_seconds
        seen = read_site.latest_seen(vault.store, vault.station)
        self._program_day = BUILT if clock is None else None
        self._watch = ClockWatch(self.now, seen, steady, earliest(vault, self._program_day))
        self._watch.zone = self.zone
        self._beat: datetime | None = None
        self._caches: dict[str, SubjectCache] = {}
        self._lists: dict[str, SiteLists] = {}
        self._clocks = SaeClocks(self)
        self.signature_book = SignatureBook(self)
        self.lock_book = LockBook(self)
        self.sdv_book = SdvBook(self)
        self.draft_book = DraftBook(self)
        self.view_book = ViewBook()
        self.audit = Trail(self)
        self.versions = instudy.Versions(self)
        self.lists_changed()
        self._subscribers: list[Callable[[Changes], None]] = []
        self.news: list[Callable[[], None]] = []
        self._looked = vault.store.journal_version
        self.person: PersonInfo = people.at_keyboard(vault)
        self.left_to_clean = redacting.finish(self)

    @classmethod
    def open(
        cls, folder: Path | str, login: str, password: str, *, clock: Callable[[], datetime] | None = None
    ) -> Session:
        """Unlock a vault, a folder or an address. Takes about 0.3 s by design (key derivation).

        Raises LoginRefused (which of log-in and password was wrong is not said) and StoreError.
        """
        vault = open_vault(folder, login, password)
        try:
            study = instudy.in_force(vault, clock)
            session = cls(vault, study, clock)
            session.last_login = read.last_login(vault.store, session.person.id)
            session.elsewhere = whereabouts.elsewhere(vault)
            session.append([Draft("login", "", vault.login_content())])
            vault.login_recorded()
        except CrfError:
            vault.close()
            raise
        return session

    last_login: datetime | None = None
    elsewhere: bool = False
    """The folder lies where it has not lain before: moved, or a copy."""

    def close(self, reason: str = "") -> None:
        """Log out: record it, drop the keys, release the vault. ``reason``: "" by the person's own wish, else
        why ("idle", "lock"); then the person's place stays noted for the next log-in.
        """
        self.draft_book.ending = not reason
        content = {"login": self.person.login, **({"reason": reason} if reason else {})}
        try:
            self.append([Draft("logout", "", content)])
        except StoreError:
            # A full or unplugged disk must not keep the keys in memory; the missing log-out shows.
            pass
        finally:
            self._caches.clear()
            self._subscribers.clear()
            self.news.clear()
            self.vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- who, where, when ------------------------------------------------------------------------------

    @property
    def site(self) -> str:
        """The site whose participants this vault owns ("00" = coordinating centre)."""
        return self.vault.meta.site

    @property
    def is_centre(self) -> bool:
        """Whether this vault is a coordinating centre's: it holds all sites and enrols nobody."""
        return self.site == CENTRE

    @property
    def vault_name(self) -> str:
        """The name people gave the vault: "Ward 3"."""
        return self.vault.meta.name

    @property
    def device(self) -> str:
        """The id of this copy of the vault in the journal."""
        return self.vault.meta.device

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration, which prints DEMO on every page."""
        return self.vault.meta.demo

    @property
    def today(self) -> date:
        """The date in the site's time zone, whatever the PC's zone is."""
        return self._clock().astimezone(self.zone).date()

    def now(self) -> datetime:
        """The time in UTC."""
        return self._clock()

    @property
    def clock_warning(self) -> Text | None:
        """What was odd about the PC's clock at the last record; entry goes on."""
        return self._watch.warning or self.vault.journal.clock_warning

    def may(self, action: Action) -> bool:
        """Whether the person may do ``action``; for greying out what would be refused anyway."""
        return can(self.person.roles, action)

    def require(self, action: Action) -> None:
        """Raise PermissionDenied unless the person may do ``action``."""
        self.look()
        require(self.person.roles, action)

    def trusted_now(self) -> datetime:
        """The later of the PC's clock and the latest time this vault has seen, in UTC: deadlines use it."""
        return self._watch.look().astimezone(UTC)

    def check_clock(self) -> Text | None:
        """Look at the PC's clock; to be asked every half minute while the program runs.

        Records what has become odd, and keeps the time as seen once a minute. Returns what is odd now.
        """
        now = self._watch.look()
        if self._watch.event is not None:
            self.vault.journal.append([_clock_draft(self._watch.event, self.study.hash)], at=self._clock())
        if self._beat is None or abs(now - self._beat) >= _BEAT:
            # What is kept is what was seen, not a clock that jumped ahead. A disk that takes no heartbeat
            # stops nobody's work; the next entry meets it with words.
            with contextlib.suppress(StoreError):
                read_site.note_time(self.vault.store, self._watch.latest or now, self.vault.station)
            self._beat = now
        if self._turn is not None and self._turn <= self.today:
            self.lists_changed()  # an overlay begins or ends today
        return self._watch.warning

    def sae_clocks(self) -> tuple[SaeClock, ...]:
        """The clocks of serious events of all participants, running ones first. Cheap: ask every 30 s."""
        self.require(Action.READ)
        now = self.trusted_now()
        return self._clocks.all(now.astimezone(self.zone))

    # -- writing: everything passes here ---------------------------------------------------------------

    def append(
        self,
        drafts: Sequence[Draft],
        at: datetime | None = None,
        then: Then | Sequence[Then] | None = None,
        also: Callable[[Tx], object] | None = None,
    ) -> tuple[AuditRecord, ...]:
        """Write records in one transaction. Internal to services: acts ask for rights before.

        ``then`` is given what was written, so that more can be written about what these records created; of
        several each is given all that was written so far. ``also`` comes last in the transaction.
        """
        now = self._clock() if at is None else at
        about = {d.key.partition("/")[0] for d in drafts if d.key}
        self._watch.look()
        event = self._watch.event
        before, journal = self.vault.store.journal_version, self.vault.journal
        with journal.begin() as tx:
            self.catch_up()  # nobody else writes from here on
            if event is not None:
                journal.write(tx, [_clock_draft(event, self.study.hash)], now)
            if views := self.view_book.take():
                journal.write(tx, self._pinned(views), now)
            records = journal.write(tx, self._pinned(self.draft_book.dated(tx, drafts)), now)
            for more in [then] if callable(then) else then or ():
                records += journal.write(tx, self._pinned(more(records)), now)
            for subject in about:
                read.status_drop(tx, subject)
            self.draft_book.write(tx, drafts)
            if also is not None:
                also(tx)
        self._looked = journal.version
        self.draft_book.written()
        self.view_book.written()
        self._clocks.written(before, about)
        self.signature_book.written(records)
        self.lock_book.written(records)
        self.sdv_book.written(records)
        return records

    def _pinned(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Drafts under the definition that counts for them; none where something is frozen or locked."""
        self.lock_book.guard(drafts)
        return [replace(d, definition=d.definition or self.versions.of_record(d.key)) for d in drafts]

    def subscribe(self, callback: Callable[[Changes], None]) -> None:
        """Call ``callback`` with the Changes of every act from now on."""
        self._subscribers.append(callback)

    def announce(self, changes: Changes) -> None:
        """Tell every subscriber. Internal to services."""
        for callback in self._subscribers:
            callback(changes)

    # -- participants ----------------------------------------------------------------------------------

    def cache(self, subject: str) -> SubjectCache:
        """Everything about one participant in memory. Internal to services."""
        if subject not in self._caches:
            cache = build(self.vault.store, read.subject(self.vault.store, subject))
            cache.data.references = self.site_lists(cache.data.site).references()
            self.signature_book.fill(cache)
            self.lock_book.fill(cache)
            self.sdv_book.fill(cache)
            self.versions.fill(cache)
            self._caches[subject] = cache
        return self._caches[subject]

    def refresh(self) -> None:
        """Forget cached participants: something other than this session wrote (a bundle was taken)."""
        self._caches.clear()
        self.signature_book.forget()
        self.lock_book.forget()
        self.sdv_book.forget()
        self._clocks.forget()
        self._watch.earliest = earliest(self.vault, self._program_day)
        self.versions.refresh()
        self.lists_changed()

    def subjects(self) -> tuple[SubjectSummary, ...]:
        """All participants by number."""
        self.require(Action.READ)
        return subjects.listed(self.vault.store)

    def subjid(self, subject: str) -> str:
        """The number people use for this identity."""
        return self.cache(subject).data.subjid if subject else ""

    def next_subjid(self) -> str:
        """The next free number of this PC's range."""
        self.require(Action.ENROL)
        return subjects.next_subjid(self)

    def enrol(self, subjid: str | None = None) -> SubjectSummary:
        """Add a participant. Raises InputRefused for a number that is used, foreign or malformed."""
        return subjects.enrol(self, subjid)

    def add_event(self, subject: str, event: str) -> ItemKey:
        """Add the next repeat of a repeating visit and return its key."""
        return subjects.add_event(self, subject, event)

    def data(self, subject: str) -> SubjectData:
        """The participant's entries, for readers (PDF, scores)."""
        self.require(Action.READ)
        return self.cache(subject).data

    def day_one(self, subject: str) -> date | None:
        """D1, the day of the first dose; None before it."""
        return overview.day_one(self, subject)

    def matrix(self) -> Matrix:
        """Participants × visits with the worst state of each."""
        self.require(Action.READ)
        return overview.matrix(self)

    def tree(self, subject: str) -> tuple[EventNode, ...]:
        """The visits and forms of one participant."""
        self.require(Action.READ)
        return overview.tree(self, subject)

    def event_label(self, key: ItemKey) -> str:
        """The visit as people address it: ``W12``, ``UNS#2``."""
        if not key.event_repeat:
            return key.event
        data = self.cache(key.subject).data
        number = data.line_of(ItemKey(key.subject, key.event), key.event_repeat)
        return key.event if number is None else f"{key.event}#{number}"

    def add_form(self, event: ItemKey, form: str) -> ItemKey:
        """Add the next repeat of a repeating form at a visit and return its key."""
        return formrepeats.add_form(self, event, form)

    def form_repeats(self, form_key: ItemKey) -> list[ItemKey]:
        """The repeats of a repeating form at a visit, in order of creation."""
        return formrepeats.instances(self, form_key)

    def form_label(self, key: ItemKey) -> str:
        """The form as people address it: ``VS``, ``HRCT#2``; with the row of a log ``AE#3``."""
        return formrepeats.form_label(self, key)

    def shown(self, key: ItemKey, text: str) -> str:
        """The stored text of an item as people read it: links as line numbers (see ``formrepeats.shown``)."""
        return formrepeats.shown(self, key, text)

    def state(self, form_key: ItemKey) -> FormState:
        """One form, evaluated now."""
        self.require(Action.READ)
        data = self.cache(form_key.subject).data
        return evaluate(self.study_for(form_key), data, form_key.form_key(), self.today)

    def completed(self, form_key: ItemKey) -> tuple[str, datetime] | None:
        """Who completed a form and when (UTC); None when it is not complete."""
        return completed(self, form_key)

    def changed_items(self, form_key: ItemKey) -> frozenset[ItemKey]:
        """The items of a form whose first entry was changed afterwards."""
        return changed_items(self, form_key)

    def entry(self, form_key: ItemKey) -> EntrySession:
        """Open one form for entry (or looking, when the person may not enter)."""
        self.require(Action.READ)
        return EntrySession(self, form_key.form_key())

    # -- history -------------------------------------------------------------------------------------

    def history(self, key: ItemKey) -> tuple[HistoryLine, ...]:
        """Every record about ``key`` and below, oldest first."""
        self.require(Action.READ)
        return history(self, key)

    # -- the site's own lists --------------------------------------------------------------------------

    def references(self, table: str | None = None) -> tuple[ReferenceRow, ...]:
        """Rows of one list (laboratory, range, consent_version) or of all, ended ones too, oldest first."""
        return references.listed(self, table)

    def add_reference(self, table: str, row: Mapping[str, str], instead_of: str = "") -> ReferenceRow:
        """Add a row to a list of the site, or put it in the place of the live row ``instead_of``.

        Raises PermissionDenied and InputRefused: what is wrong with the row, in words.
        """
        return references.add(self, table, row, instead_of)

    def take_references(
        self, table: str, rows: Iterable[Mapping[str, str]], *, dry_run: bool = False
    ) -> tuple[Imported, ...]:
        """Add many rows at once; each row that is not taken comes back with its reason."""
        return references.take_rows(self, table, rows, dry_run=dry_run)

    def strike_reference(self, identity: str, reason: str) -> None:
        """Take a row out of its list; what was filled in from it stays."""
        references.strike(self, identity, reason)

    def site_lists(self, site: str) -> SiteLists:
        """The live rows of a site's lists. Internal to services."""
        return self._lists.get(site, EMPTY)

    def lists_changed(self) -> None:
        """Read the lists anew: they are among the answers, and checks ask them. Internal to services."""
        self._lists = of_sites(references.listed(self), delegating.of_sites(self))
        self.study, self._turn = self.versions.renew()
        for cache in self._caches.values():
            cache.data.references = self.site_lists(cache.data.site).references()


CENTRE = "00"
Then = Callable[[tuple[AuditRecord, ...]], Sequence[Draft]]
_BEAT = timedelta(minutes=1)


def _clock_draft(event: ClockEvent, definition: str) -> Draft:
    content = {
        "flag": event.flag,
        "wall": event.wall.astimezone(UTC).isoformat(timespec="seconds"),
        "latest": event.latest.astimezone(UTC).isoformat(timespec="seconds"),
    }
    return Draft("clock", "", content, definition=definition)


def create(
    folder: Path | str,
    *,
    site: str,
    name: str,
    login: str,
    person: str,
    role: str,
    password: str,
    definition_dir: Path | Study | None = None,
    demo: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Session:
    """Make a new vault with its first person and open it.

    ``definition_dir``: a folder, or a definition read from elsewhere; None = the one shipped.
    Raises DefinitionError, InputRefused (site, log-in, password rules) and StoreError.
    """
    if not re.fullmatch(r"[0-9]{2}", site):
        raise InputRefused("entry.site_form", site=site)
    study = definition_dir if isinstance(definition_dir, Study) else load(definition_dir or study_directory())
    vault = create_vault(
        folder,
        study_oid=study.oid,
        definition=(study.hash, study.source),
        site=site,
        name=name,
        person=(login, person, role),
        password=password,
        demo=demo,
        version=study.version,
        zone=study.timezone, **({} if clock is None else {"clock": clock}),
    )  # fmt: skip
    return Session(vault, study, clock)
