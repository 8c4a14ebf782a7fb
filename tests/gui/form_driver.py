"""A form page over the real entry service, engine and definitions; only the vault is in memory.

``MemoryWard`` is what EntrySession asks of a Session: it makes real journal records and keeps them in a
list. The page cannot tell the difference, and a test costs milliseconds instead of a key derivation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine

from mda5_crf.db import projection, schema
from mda5_crf.db.clock import stamp
from mda5_crf.db.records import AuditRecord, Draft, make_record
from mda5_crf.db.tx import Tx
from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import formrepeats
from mda5_crf.services.access import Action, can, require
from mda5_crf.services.changes import Changes, HistoryLine, PersonInfo
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.locking import NOTHING, Held
from mda5_crf.services.referencelists import EMPTY, SiteLists
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.data import SubjectData
from mda5_crf.study.load import load
from mda5_crf.study.model import Item, Study
from mda5_crf.text import both
from tests.wards import trial

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

MINI = Path(__file__).resolve().parents[1] / "data" / "definitions" / "mini"
SUBJECT = "d1:5"


def real_study() -> Study:
    """The definition that is shipped."""
    return trial()


@cache
def mini_study() -> Study:
    """The small definition of the tests."""
    return load(MINI)


class _NoVault:
    """A vault in which no other form stands; ``written`` are the records of this one, queries are folded."""

    is_open = True

    def __init__(self, written: Sequence[AuditRecord] = ()) -> None:
        self._written = written
        self._folded = 0
        self._tx: Tx | None = None

    @property
    def store(self) -> _NoVault:
        return self

    @property
    def journal(self) -> _NoVault:
        return self

    def records(self, path: str, *, kinds: tuple[str, ...], standing: bool) -> list[AuditRecord]:
        return [record for record in self._written if record.key == path and record.kind in kinds]

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """The tables in plain memory, as of now."""
        if self._tx is None:
            engine = create_engine("sqlite://")
            schema.ALL.create_all(engine)
            self._tx = Tx(engine.connect())
        for record in self._written[self._folded :]:
            if record.kind == "query":
                projection.fold(self._tx, record)
        self._folded = len(self._written)
        yield self._tx


class _OneVersion:
    """One definition, and nothing pinned to another."""

    many = False

    def __init__(self, study: Study) -> None:
        self.words = study

    def older(self, _form: ItemKey) -> None:
        return None


class _NoLocks:
    """Nothing is frozen or locked."""

    def refusal(self, key: ItemKey) -> None:
        return None

    def require_change(self, key: ItemKey) -> None:
        return None

    def held(self, _key: ItemKey) -> Held:
        return NOTHING


class MemoryWard:
    """See the module text. ``broken`` is raised by the next write instead of storing."""

    def __init__(self, study: Study, *, roles: tuple[str, ...] = ("investigator", "data_manager")) -> None:
        self.study = study
        self.today = date(2026, 3, 20)
        self.zone = ZoneInfo("Asia/Shanghai")
        self.site = "01"
        self.is_centre = False
        self.device = "d1"
        self.person = PersonInfo("p1", "li", "Li", roles)
        self.records: list[AuditRecord] = []
        self.broken: CrfError | None = None
        self._vault = _NoVault(self.records)
        self._cache = SubjectCache(SubjectData(SUBJECT, "01-007", "01"))
        for event in study.events.values():
            if not event.repeating:
                self._cache.data.add_event(event.oid)
        self._subscribers: list[Callable[[Changes], None]] = []
        self.lock_book = _NoLocks()

    @property
    def definition(self) -> Study:
        return self.study

    def study_for(self, _key: ItemKey) -> Study:
        return self.study

    def study_of(self, _subject: str) -> Study:
        return self.study

    def item_at(self, key: ItemKey) -> Item | None:
        return self.study.forms[key.form].items.get(key.item)

    @property
    def versions(self) -> _OneVersion:
        return _OneVersion(self.study)

    @property
    def vault(self) -> _NoVault:
        return self._vault

    def site_lists(self, site: str) -> SiteLists:
        return EMPTY

    def cache(self, subject: str) -> SubjectCache:
        return self._cache

    def data(self, subject: str) -> SubjectData:
        return self._cache.data

    def append(
        self,
        drafts: Sequence[Draft],
        _at: object = None,
        then: Callable[[Sequence[AuditRecord]], list[Draft]] | None = None,
    ) -> tuple[AuditRecord, ...]:
        if self.broken is not None:
            problem, self.broken = self.broken, None
            raise problem
        made = []
        for draft in drafts:
            seq = len(self.records) + 100
            at, zone = stamp(self.now(), "Asia/Shanghai")
            made.append(
                make_record(
                    draft, study=self.study.oid, device="d1", seq=seq, prev="0" * 64, person="p1",
                    at=at, zone=zone, clock=seq, salt=b"0" * 16,
                )
            )  # fmt: skip
            self.records.append(made[-1])
        return (*made, *(self.append(then(made)) if then is not None else ()))

    def may(self, action: Action) -> bool:
        return can(self.person.roles, action)

    def require(self, action: Action) -> None:
        require(self.person.roles, action)

    def now(self) -> datetime:
        return datetime(2026, 3, 20, 6, 5, tzinfo=UTC)

    def event_label(self, key: ItemKey) -> str:
        return key.event

    def sdv_mark(self, _key: ItemKey) -> None:
        """Nobody verifies anything here."""

    def announce(self, changes: Changes) -> None:
        for callback in self._subscribers:
            callback(changes)

    def subscribe(self, callback: Callable[[Changes], None]) -> None:
        self._subscribers.append(callback)

    def shown(self, key: ItemKey, text: str) -> str:
        return formrepeats.shown(cast("Session", self), key, text)

    def state(self, key: ItemKey) -> object:
        return self.entry(key.event, key.form).state

    def history(self, key: ItemKey) -> tuple[HistoryLine, ...]:
        return tuple(
            HistoryLine(r.when, r.zone, self.person.name, r.kind, both(""), "", r.id, False)
            for r in self.records
            if r.key == key.path()
        )

    def entry(self, event: str, form: str) -> EntrySession:
        """The form at that visit; of a repeating form its first repeat, added when there is none."""
        key = ItemKey(SUBJECT, event, "", form)
        if self.study.forms[form].repeating:
            there = formrepeats.instances(cast("Session", self), key)
            key = there[0] if there else formrepeats.add_form(cast("Session", self), key.event_key(), form)
        return EntrySession(cast("Session", self), key)

    def stored(self, kind: str = "value") -> list[tuple[str, object]]:
        """What was written, in order: item name and text."""
        return [
            (ItemKey.parse(r.key).item or r.key, r.data.get("text", r.data.get("code", r.data.get("status"))))
            for r in self.records
            if r.kind == kind
        ]


def ward(study: Study | None = None, **options: tuple[str, ...]) -> MemoryWard:
    """A ward with one participant."""
    return MemoryWard(study or mini_study(), **options)


def key_of(entry: EntrySession, item: str, row: str = "") -> ItemKey:
    """The key of an item of the open form."""
    return entry.key._replace(group=entry.form.items[item].group, group_repeat=row, item=item)


def fill(entry: EntrySession, **texts: str) -> None:
    """Enter texts before the page is opened."""
    for item, text in texts.items():
        entry.set_value(key_of(entry, item), text)
