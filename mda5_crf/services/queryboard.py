"""Queries as a list to work from: where, how old, whose turn; the thread of each. Reads, never writes.

Nobody's forms are opened for it: a list of a thousand participants costs as much as its queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.db import fold_queries, read, read_queries
from mda5_crf.db.records import AuditRecord
from mda5_crf.services import queries
from mda5_crf.services.access import Action, role_name
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.queryacts import may
from mda5_crf.services.subjectcache import in_both
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.services.session import Session

STATES: Final = fold_queries.STATES
"""The six states of a query in their order."""

OVERDUE_DAYS: Final = 14
"""After how many days an open query is overdue, unless the definition says (``query_overdue_days``)."""


@dataclass(frozen=True, slots=True)
class QueryLine:
    """One query in the list. ``days`` it is or was open (whole days at the site, from 0); ``mine``: it waits
    for the person at the keyboard, ``theirs``: for somebody else.
    """

    query: QueryInfo
    subjid: str
    place: Text
    days: int
    overdue: bool
    mine: bool

    @property
    def theirs(self) -> bool:
        """Whether somebody else has to act."""
        return self.query.is_open and not self.mine


@dataclass(frozen=True, slots=True)
class QueryFilter:
    """What of the list is wanted; what is empty or None asks nothing.

    ``whose``: "mine" or "theirs"; ``states``: "waiting" stands for everything that is not settled;
    ``older``: open for at least so many days; ``words`` are looked for in question, answer, place and check.
    """

    whose: str = ""
    state: str = ""
    subject: str = ""
    event: str = ""
    older: int = 0
    source: str = ""
    check: str = ""
    words: str = ""


WAITING: Final = "waiting"
COLUMNS: Final = ("subject", "place", "state", "days", "question", "who")
"""What the list can be sorted by."""


@dataclass(frozen=True, slots=True)
class Word:
    """One act of a query's thread. ``role`` is what the person was on that day; ``counts``: it changed the
    query's state. ``paper``: who wrote the answer on paper, and the date there, of a transcribed one.
    """

    at: datetime
    person: str
    role: Text
    state: str
    text: Text
    counts: bool
    paper: Mapping[str, str] = field(default_factory=dict)


def board(session: Session) -> tuple[QueryLine, ...]:
    """Every query of the vault, what waits first, then by age."""
    session.require(Action.READ)
    limit = overdue_days(session)
    subjects = {one.identity: one for one in session.subjects()}
    lines = []
    for query in queries.listed(session):
        subject = subjects[query.key.subject]
        days = _age(session, query)
        lines.append(
            QueryLine(
                query, subject.subjid, place(session, query.key), days, query.is_open and days > limit,
                _mine(session, query, own_site=subject.site == session.site),
            )
        )  # fmt: skip
    return tuple(lines)


def overdue_days(session: Session) -> int:
    """How many days a query may be open."""
    said = session.study.settings.get("query_overdue_days", "")
    return int(said) if said.isdecimal() else OVERDUE_DAYS


def place(session: Session, key: ItemKey) -> Text:
    """``Week 12 · LBC · ALT``, as far down as the key goes."""
    study = session.versions.words
    parts: list[Text] = []
    if not key.event:
        return message("queries.whole_participant")
    event = study.events.get(key.event)
    label = session.event_label(key)
    number = label.partition("#")[2]
    name = both(label) if event is None else event.name
    parts.append(Text(f"{name.en} #{number}", f"{name.zh} #{number}") if number else name)
    if key.form:
        parts.append(both(session.form_label(key)))
    form = study.forms.get(key.form)
    if key.item:
        parts.append(form.items[key.item].label if form and key.item in form.items else both(key.item))
    return Text(" · ".join(p.en for p in parts), " · ".join(p.zh for p in parts))


def chosen(lines: Iterable[QueryLine], wanted: QueryFilter) -> list[QueryLine]:
    """The lines that ``wanted`` leaves."""
    tests: list[Callable[[QueryLine], bool]] = []
    if wanted.whose:
        tests.append(lambda line: line.mine if wanted.whose == "mine" else line.theirs)
    if wanted.state:
        tests.append(
            lambda line: line.query.is_open if wanted.state == WAITING else line.query.state == wanted.state
        )
    if wanted.subject:
        tests.append(lambda line: wanted.subject in (line.subjid, line.query.key.subject))
    if wanted.event:
        tests.append(lambda line: line.query.key.event == wanted.event)
    if wanted.older:
        tests.append(lambda line: line.query.is_open and line.days >= wanted.older)
    if wanted.source:
        tests.append(lambda line: line.query.source == wanted.source)
    if wanted.check:
        tests.append(lambda line: line.query.check.casefold().startswith(wanted.check.casefold()))
    for word in wanted.words.casefold().split():
        tests.append(lambda line, word=word: word in _searched(line))  # type: ignore[misc]
    return [line for line in lines if all(test(line) for test in tests)]


def in_order(lines: Iterable[QueryLine], column: str, *, down: bool = False) -> list[QueryLine]:
    """Sorted by one of COLUMNS; equals keep their order."""
    ranks = {state: rank for rank, state in enumerate(STATES)}
    keys: dict[str, Callable[[QueryLine], object]] = {
        "subject": lambda line: line.subjid,
        "place": lambda line: line.query.key,
        "state": lambda line: ranks[line.query.state],
        "days": lambda line: line.days,
        "question": lambda line: line.query.text.en.casefold(),
        "who": lambda line: line.query.person.casefold(),
    }
    return sorted(lines, key=keys[column], reverse=down)  # type: ignore[arg-type]


def counts(lines: Iterable[QueryLine]) -> dict[str, int]:
    """How many queries stand in each of the six states, none left out, in ODM's order."""
    found = Counter(line.query.state for line in lines)
    return {state: found[state] for state in STATES}


def thread(session: Session, query: QueryInfo) -> tuple[Word, ...]:
    """Everything ever said to a query, oldest first; what came too late to count too."""
    session.require(Action.READ)
    store = session.vault.store
    people = {one.person: one for one in read.persons(store)}
    said = []
    for record in session.vault.journal.records(query.key.path(), kinds=("query",), standing=True):
        if record.key == query.key.path() and record.data.get("query") == query.id:
            said.append(record)
    standing = read_queries.acts_that_count(store, query.id, query.key)
    words = []
    for record in said:
        person = people.get(record.person)
        words.append(
            Word(
                record.when, person.name if person else record.person, _role(session, person, record),
                str(record.data.get("state", "")), _said(record), record.id in standing, _paper(record),
            )
        )  # fmt: skip
    return tuple(words)


def in_words(word: Word) -> Text:
    """One act of a thread as a sentence, without its time."""
    state = message(f"entry.state_{word.state}")
    who = message("queries.who_as", name=word.person, role=word.role) if word.role.en else both(word.person)
    said = message(
        "queries.said" if word.text.en else "queries.said_nothing", who=who, state=state, text=word.text
    )
    if word.paper:
        code = "queries.from_paper_on" if word.paper.get("on") else "queries.from_paper"
        said = message(
            code, said=said, name=word.paper.get("by", ""), day=word.paper.get("on", ""),
            issue=word.paper.get("issue", ""),
        )  # fmt: skip
    return said if word.counts else message("queries.too_late", said=said)


def _said(record: AuditRecord) -> Text:
    data = record.data
    own = str(data.get("answer") or data.get("note") or "")
    return both(own) if own else in_both(str(data.get("text", "")))


def _paper(record: AuditRecord) -> Mapping[str, str]:
    paper = record.data.get("paper")
    return {name: str(one) for name, one in paper.items()} if isinstance(paper, dict) else {}


def _role(session: Session, person: read.PersonRow | None, record: AuditRecord) -> Text:
    """The roles held on the day of the record, by the certificate in force."""
    if person is None:
        return both("")
    tasks = person.certificate.get("certificate", {}).get("tasks", ())
    day = record.when.astimezone(session.zone).date().isoformat()
    held = read.roles_held([(task["role"], task["from"], task["to"]) for task in tasks], day)
    names = [role_name(role) for role in held]
    return Text(", ".join(one.en for one in names), "、".join(one.zh for one in names))


def _searched(line: QueryLine) -> str:
    query = line.query
    texts = (query.text.en, query.text.zh, query.answer, line.place.en, line.place.zh, query.check)
    return " ".join((*texts, line.subjid, query.person, query.id[:8], query.key.oid)).casefold()


def _age(session: Session, query: QueryInfo) -> int:
    """Whole days at the site from the question until now, or until it was settled."""
    if query.raised is None:
        return 0
    end = session.now() if query.is_open or query.changed is None else query.changed
    first, last = (one.astimezone(session.zone).date() for one in (query.raised, end))
    return max((last - first).days, 0)


def _mine(session: Session, query: QueryInfo, *, own_site: bool) -> bool:
    if query.state == queries.OPEN:
        return own_site and may(session, query, queries.ANSWERED)
    return query.state == queries.ANSWERED and may(session, query, queries.CLOSED)
