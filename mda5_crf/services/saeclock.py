"""The clock of serious adverse events: from awareness to dispatch of the report, over all participants.

Which items are meant is a setting of the definition: ``sae_clock`` = awareness, dispatch, hours;
``serious`` = the item of the event log that says "serious". A clock stops only when a dispatch stands in
the report. A serious event without a report, or a report without a readable awareness, is counted from
when the program learnt of it: there is always a clock. What is read of a participant is kept until
something is written about that participant, so asking costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read
from mda5_crf.db.views import EntryRow, InstanceRow
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.subjectcache import add_instance
from mda5_crf.study.data import SubjectData
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.study.values import Entry, parse
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

AWARENESS, DAY, SERIOUS, REPORT = "awareness", "day", "serious", "report"
_LONGEST_RULE: Final = 24 * 366


@dataclass(frozen=True, slots=True)
class SaeClock:
    """One clock. ``key`` is the row of the report, of the event when there is no report yet.

    Times are aware, at the site. ``basis`` is what ``awareness`` comes from: "awareness" (as entered),
    "day" (only its day is known: from its beginning), "serious" (when the event was marked), "report"
    (when the report was begun). ``remaining`` is negative when overdue; once stopped it stays.
    """

    subject: str
    subjid: str
    ae_line: int | None
    key: ItemKey
    awareness: datetime
    due: datetime
    stopped: datetime | None
    remaining: timedelta
    basis: str

    @property
    def running(self) -> bool:
        """Whether no dispatch is recorded yet."""
        return self.stopped is None

    @property
    def overdue(self) -> bool:
        """Whether the time is up; of a stopped clock, whether the dispatch was late."""
        return self.remaining < timedelta(0)


def sentence(session: Session, clock: SaeClock) -> Text:
    """The clock in words: whose, until when, how long still or how long over."""
    minutes = abs(int(clock.remaining.total_seconds())) // 60
    return message(
        "clock.overdue" if clock.overdue else "clock.running",
        subject=clock.subjid,
        place=session.form_label(clock.key),
        due=f"{clock.due:%Y-%m-%d %H:%M}",
        awareness=f"{clock.awareness:%Y-%m-%d %H:%M}",
        left=message("clock.left", hours=minutes // 60, minutes=f"{minutes % 60:02}"),
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """What the definition says of the clock. ``link`` is the report's item that names the event's row."""

    report: str
    aware: Item
    sent: Item
    allowed: timedelta
    event: str = ""
    serious: str = ""
    serious_code: str = "Y"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A clock as it stands in the journal, whatever time it is."""

    key: ItemKey
    ae_line: int | None
    awareness: datetime
    stopped: datetime | None
    basis: str


def rule_of(study: Study) -> Rule | None:
    """The clock of a definition; None when it has none, or names what it does not have."""
    words = study.settings.get("sae_clock", "").split()
    if len(words) != 3 or not (words[2].isascii() and words[2].isdigit()):
        return None
    aware, sent = (_item(study, word) for word in words[:2])
    if aware is None or sent is None or aware.form != sent.form or not 0 < int(words[2]) < _LONGEST_RULE:
        return None
    rule = Rule(aware.form, aware, sent, timedelta(hours=int(words[2])))
    oid, _, code = study.settings.get("serious", "").partition(" ")
    serious = _item(study, oid)
    if serious is None:
        return rule
    link = next(
        (
            i
            for i in study.forms[aware.form].items.values()
            if i.type is ItemType.LINK and i.to == serious.form
        ),
        None,
    )
    return Rule(
        rule.report, aware, sent, rule.allowed, serious.form, serious.name, code.strip() or "Y",
        "" if link is None else link.name,
    )  # fmt: skip


def _item(study: Study, oid: str) -> Item | None:
    form, _, name = oid.partition(".")
    return study.forms[form].items.get(name) if form in study.forms else None


class SaeClocks:
    """The clocks of a vault, remembered by participant. Made by ``Session``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._study: Study | None = None
        self._rule: Rule | None = None
        self._sources: dict[str, tuple[Source, ...]] = {}
        self._version = -1

    def forget(self, subjects: set[str] | None = None) -> None:
        """Something was written about ``subjects``, or (None) nobody knows about whom."""
        if subjects is None:
            self._sources.clear()
        else:
            for subject in subjects:
                self._sources.pop(subject, None)

    def written(self, before: int, subjects: set[str]) -> None:
        """The session's own write, about ``subjects``; ``before`` is the journal's version until then."""
        if self._version == before:
            self.forget(subjects)
            self._version = self._session.vault.store.journal_version

    def all(self, now: datetime) -> tuple[SaeClock, ...]:
        """Every clock at ``now``: running ones first, by when they are due."""
        session = self._session
        store = session.vault.store
        if self._study is not session.study:
            self._study, self._rule = session.study, rule_of(session.study)
            self._sources.clear()
        if self._version != store.journal_version:
            # Somebody else wrote through this store, such as a bundle that was taken.
            self._sources.clear()
            self._version = store.journal_version
        rule = self._rule
        if rule is None:
            return ()
        found = []
        for subject in session.subjects():
            if subject.identity not in self._sources:
                self._sources[subject.identity] = sources(session, rule, subject.identity)
            found += [
                _at(source, rule, subject.identity, subject.subjid, now)
                for source in self._sources[subject.identity]
            ]
        return tuple(sorted(found, key=lambda c: (not c.running, c.due, c.subjid, c.key)))


def _at(source: Source, rule: Rule, subject: str, subjid: str, now: datetime) -> SaeClock:
    due = source.awareness + rule.allowed
    left = due - (now if source.stopped is None else source.stopped)
    return SaeClock(
        subject, subjid, source.ae_line, source.key, source.awareness, due, source.stopped, left, source.basis
    )


def sources(session: Session, rule: Rule, subject: str) -> tuple[Source, ...]:
    """The clocks of one participant as the journal has them."""
    rows = [r for r in read.instances(session.vault.store, subject) if r.level == "row"]
    reports = _log(session, rule.report, rows)
    events = _log(session, rule.event, rows) if rule.event else {}
    data = SubjectData(subject, "", "")  # only to number rows: the whole participant need not be read
    for row in rows:
        add_instance(data, row)
    serious = {
        row.identity: entries[rule.serious] for row, entries in events.items() if _is_serious(entries, rule)
    }
    lines = {row.identity: data.line_of(row.parent, row.identity) for row in events}
    found = [_of_report(session, rule, row, entries, serious, lines) for row, entries in reports.items()]
    reported = {event for entries in reports.values() for event in _linked(rule, entries)}
    for row in events:
        if row.identity in serious and row.identity not in reported:
            at = serious[row.identity].at.astimezone(session.zone)
            found.append(Source(row.key, lines[row.identity], at, None, SERIOUS))
    return tuple(found)


_Entries = dict[str, EntryRow]


def _log(session: Session, form: str, rows: list[InstanceRow]) -> dict[InstanceRow, _Entries]:
    """The live rows of a log with their answers by item, in order of creation."""
    live = {row.key: row for row in rows if row.key.form == form and not row.struck}
    found: dict[InstanceRow, _Entries] = {row: {} for row in live.values()}
    for place in {key.form_key() for key in live}:
        for entry in read.form_entries(session.vault.store, place):
            owner = live.get(entry.key.row_key())
            if owner is not None and entry.text:
                found[owner][entry.key.item] = entry
    return found


def _is_serious(entries: _Entries, rule: Rule) -> bool:
    entry = entries.get(rule.serious)
    return entry is not None and entry.text == rule.serious_code


def _linked(rule: Rule, entries: _Entries) -> list[str]:
    entry = entries.get(rule.link)
    return [] if entry is None else entry.text.split(",")


def _of_report(
    session: Session,
    rule: Rule,
    row: InstanceRow,
    entries: _Entries,
    serious: dict[str, EntryRow],
    lines: dict[str, int | None],
) -> Source:
    linked = _linked(rule, entries)
    line = next((lines[event] for event in linked if event in lines), None)
    aware, basis = _moment(session, rule.aware, entries)
    stopped, exact = _moment(session, rule.sent, entries)
    if stopped is not None and exact == DAY:
        stopped += timedelta(days=1, minutes=-1)  # the latest moment that can be meant: no time is gained
    if aware is None:
        marked = [serious[event].at for event in linked if event in serious]
        basis = SERIOUS if marked else REPORT
        aware = min([*marked, row.at]).astimezone(session.zone)
    return Source(row.key, line, aware, stopped, basis)


def _moment(session: Session, item: Item, entries: _Entries) -> tuple[datetime | None, str]:
    """The moment an item names, at the site, and the basis it gives; None when it does not read."""
    entry = entries.get(item.name)
    data = None if entry is None else parse(item, Entry(entry.text)).data
    if isinstance(data, datetime):
        return data.replace(tzinfo=session.zone), AWARENESS
    if isinstance(data, date):
        # Only the day is known. Its beginning is the earliest moment that can be meant.
        return datetime(data.year, data.month, data.day, tzinfo=session.zone), DAY
    return None, ""
