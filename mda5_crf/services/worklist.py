"""The work list: what waits for somebody, the most urgent first, over all participants.

Made from the kept lines (:mod:`mda5_crf.services.lines`) and the calendar, so that looking at it evaluates
nobody. A visit that is late is one entry, whatever it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lockclash, quarantine
from mda5_crf.services.access import Action, Role
from mda5_crf.services.changes import SubjectSummary
from mda5_crf.services.holidays import Calendar, calendar
from mda5_crf.services.lines import Line, lines_of, window_of
from mda5_crf.services.overview import SOON
from mda5_crf.services.queries import ANSWERED
from mda5_crf.services.saeclock import SaeClock
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


class Group(StrEnum):
    """What kind of work it is, in the order of the list."""

    CLOCK = "clock"
    OVERDUE = "overdue"
    CLOSING = "closing"
    DUE = "due"
    CONFLICT = "conflict"
    LOCK = "lock"
    QUERY = "query"
    UNSIGNED = "unsigned"
    JUDGEMENT = "judgement"
    SECOND = "second"

    @property
    def words(self) -> Text:
        """The heading of the group."""
        return message(f"worklist.group_{self.value}")


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the list. ``key`` is what to open: a visit, a form, or an item or row of a form.

    ``place`` names visit, form and item; ``words`` say what waits. ``date`` is the day that matters (the end
    of a window, the day a query was raised). A task of SECOND opens its form for the second entry, where the
    two are seen, one of CONFLICT the page that compares. One of LOCK is a lock that was refused. ``mine``:
    the person at the keyboard may do it.
    """

    group: Group
    subject: str
    subjid: str
    key: ItemKey
    place: Text
    words: Text
    date: date | None
    mine: bool


@dataclass(frozen=True, slots=True)
class WorkList:
    """Everything that waits. ``notes``: what the reader has to know of the dates.

    ``complete`` is False while some participants are still being read.
    """

    tasks: tuple[Task, ...]
    notes: tuple[Text, ...] = ()
    complete: bool = True

    def of(self, group: Group, *, mine: bool = False) -> tuple[Task, ...]:
        """The tasks of one group, all or only one's own."""
        return tuple(task for task in self.tasks if task.group is group and (task.mine or not mine))

    def subjects(self) -> frozenset[str]:
        """Participants (identities) with something for the person at the keyboard to do."""
        return frozenset(task.subject for task in self.tasks if task.mine)


_ORDER: Final = {group: place for place, group in enumerate(Group)}
_LAST: Final = date.max


def work_list(session: Session, seconds: float | None = None) -> WorkList:
    """What waits now. ``seconds`` bounds the time for participants of whom nothing is kept yet.

    Raises PermissionDenied.
    """
    session.require(Action.READ)
    lines = lines_of(session)
    complete = lines.fill(seconds)
    maker = _Maker(session, calendar())
    tasks = list(maker.clocks())
    for subject, line in lines.known():
        if line is not None:
            tasks += maker.of_line(subject, line)
    tasks.sort(key=lambda task: (_ORDER[task.group], task.date or _LAST, task.subjid, task.key))
    notes = tuple(message("worklist.unknown_year", year=year) for year in sorted(maker.unknown))
    if waiting := quarantine.count(session) if session.may(Action.BUNDLE) else 0:
        notes += (message("quarantine.waits", count=waiting),)
    uncoded = sum(line["uncoded"][0] for _, line in lines.known() if line is not None)
    if uncoded and session.may(Action.CODE):
        notes += (message("coding.waits_one" if uncoded == 1 else "coding.waits", count=uncoded),)
    return WorkList(tuple(tasks), notes, complete)


class _Maker:
    """Turns lines into tasks for the person at the keyboard."""

    def __init__(self, session: Session, days: Calendar) -> None:
        self._session = session
        self._calendar = days
        self._today = session.today
        self._enters = session.may(Action.ENTER)
        self._signs = session.may(Action.SIGN)
        self._answers = session.may(Action.ANSWER_QUERY)
        self._closes = session.may(Action.CLOSE_QUERY)
        roles = session.person.roles
        self._manages = Role.DATA_MANAGER in roles
        self._judges = Role.INVESTIGATOR in roles
        self._arrivals = lockclash.Arrivals(session)
        self.unknown: set[int] = set()
        """Years that some window reaches and whose public holidays are not known."""

    def clocks(self) -> Iterator[Task]:
        """The running clocks of serious events, the most urgent first."""
        session = self._session
        for clock in session.sae_clocks():
            if clock.running:
                own = self._enters and self._is_own_number(clock.subjid)
                place = both(session.form_label(clock.key))
                day = clock.due.date()
                yield Task(
                    Group.CLOCK, clock.subject, clock.subjid, clock.key, place, _time_left(clock), day, own
                )

    def _is_own_number(self, subjid: str) -> bool:
        return subjid[:2] == self._session.site

    def of_line(self, subject: SubjectSummary, line: Line) -> Iterator[Task]:
        """What waits of one participant."""
        own = subject.site == self._session.site
        for content in line["visits"]:
            yield from self._visit(subject, content, own=own)
        for content in line["conflicts"]:
            many = content["count"] > 1
            words = message("conflicts.task_many" if many else "conflicts.task_one", count=content["count"])
            yield self._task(Group.CONFLICT, subject, content, words, None, mine=own and self._enters)
        for content in line["late"]:
            yield from self._late(subject, content)
        for content in line["queries"]:
            yield self._query(subject, content, own=own)
        for content in line["unsigned"]:
            words = message("worklist.sign_form" if content["form"] else "worklist.sign_visit")
            day = date.fromisoformat(content["date"]) if content.get("date") else None
            yield self._task(Group.UNSIGNED, subject, content, words, day, mine=own and self._signs)
        for content in line["judgement"]:
            many = content["count"] > 1
            words = message("worklist.judge_many" if many else "worklist.judge_one", count=content["count"])
            yield self._task(Group.JUDGEMENT, subject, content, words, None, mine=own and self._judges)
        for content in line["second"]:
            many = content["count"] > 1
            words = message("worklist.second_many" if many else "worklist.second_one", count=content["count"])
            may = own and self._enters and content["barred"] != self._session.person.id
            yield self._task(Group.SECOND, subject, content, words, None, mine=may)

    def _task(
        self, group: Group, subject: SubjectSummary, content: dict[str, Any], words: Text, day: date | None,
        *, mine: bool,
    ) -> Task:  # fmt: skip
        key = ItemKey.parse(content["key"])
        place = self._place(key, content["visit"], content["form"])
        return Task(group, subject.identity, subject.subjid, key, place, words, day, mine)

    def _late(self, subject: SubjectSummary, content: dict[str, Any]) -> Iterator[Task]:
        """A lock that was refused: who looks and locks again, where and since when."""
        keys = [ItemKey.parse(path) for path in content["keys"]]
        clash = lockclash.again(self._session, subject.identity, content["lock"], keys, self._arrivals)
        if clash is not None:
            words, mine = lockclash.task_words(self._session, clash), lockclash.may_act(self._session, clash)
            yield self._task(Group.LOCK, subject, content, words, None, mine=mine)

    def _place(self, key: ItemKey, visit: str, form: str) -> Text:
        """``Week 12 · LBC · ALT`` in both languages, as far down as the key goes."""
        study = self._session.versions.words
        found = study.events.get(key.event)
        parts = [both(visit) if found is None else found.name]
        number = visit.partition("#")[2]
        if found is not None and number:
            parts = [Text(f"{found.name.en} #{number}", f"{found.name.zh} #{number}")]
        if form:
            parts.append(both(form))
        definition = study.forms.get(key.form)
        item = None if definition is None else definition.items.get(key.item)
        if item is not None:
            parts.append(item.label)
        return Text(" · ".join(p.en for p in parts), " · ".join(p.zh for p in parts))

    # -- visits

    def _visit(self, subject: SubjectSummary, content: dict[str, Any], *, own: bool) -> Iterator[Task]:
        first, last = window_of(content)
        today = self._today
        if first > today and last > today + SOON:
            return
        if last < today:
            group = Group.OVERDUE
            name = "overdue_day" if (today - last).days == 1 else "overdue_days"
            words = message(f"worklist.{name}", last=last.isoformat(), days=(today - last).days)
        elif last <= today + SOON:
            group, words = Group.CLOSING, self.closing(first, last)
        else:
            group, words = Group.DUE, message("worklist.open_until", last=last.isoformat())
        yield self._task(group, subject, content, words, last, mine=own and self._enters)

    def closing(self, first: date, last: date) -> Text:
        """A window that closes soon: when, how many working days are left, and the last one of them."""
        start = max(first, self._today)
        self.unknown.update(self._calendar.unknown(start, last))
        count = self._calendar.working_days(start, last)
        day = self._calendar.last_working_day((start, last))
        closes = message("worklist.closes_today") if last == self._today else self._on("closes_on", last)
        if first > self._today:
            closes = message("worklist.opens_first", first=first.isoformat(), closes=closes)
        if day is None:
            return message("worklist.no_working_day", closes=closes)
        if day < last:
            name = "last_working_one" if count == 1 else "last_working_many"
            return message(f"worklist.{name}", closes=closes, count=count, day=self._on("day", day))
        name = "working_one" if count == 1 else "working_many"
        return message(f"worklist.{name}", closes=closes, count=count)

    @staticmethod
    def _on(name: str, day: date) -> Text:
        weekday = message(f"worklist.weekday_{day.isoweekday()}")
        return message(f"worklist.{name}", day=day.isoformat(), weekday=weekday)

    # -- queries

    def _query(self, subject: SubjectSummary, content: dict[str, Any], *, own: bool) -> Task:
        answered = content["state"] == ANSWERED
        if answered:
            mine = self._closes and (self._manages or content["by"] == self._session.person.name)
        else:
            mine = self._answers and own
        raised = content["raised"]
        day = None
        if raised:
            day = datetime.fromisoformat(raised).astimezone(self._session.zone).date()
        age = max((self._today - day).days, 0) if day is not None else 0
        state = "query_answered" if answered else "query_open"
        many = ("today", "one")[age] if age < 2 else "many"
        words = message(f"worklist.{state}_{many}", days=age, text=Text(*content["text"]))
        return self._task(Group.QUERY, subject, content, words, day, mine=mine)


def _time_left(clock: SaeClock) -> Text:
    """Until when the report is due, and how long that still is or was."""
    minutes = abs(int(clock.remaining.total_seconds())) // 60
    return message(
        "worklist.clock_over" if clock.overdue else "worklist.clock_due",
        due=f"{clock.due:%Y-%m-%d %H:%M}",
        left=message("clock.left", hours=minutes // 60, minutes=f"{minutes % 60:02}"),
    )


def grouped(tasks: Iterable[Task]) -> tuple[tuple[Group, tuple[Task, ...]], ...]:
    """Tasks by group, in the order of the list; groups without a task are left out."""
    found: dict[Group, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.group, []).append(task)
    return tuple((group, tuple(found[group])) for group in Group if group in found)
