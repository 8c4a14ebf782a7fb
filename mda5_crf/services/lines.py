"""How every participant stands, one line each: what matrix and work list are made of.

A line is computed once and kept in the vault's status cache until something is written about its
participant, so that a thousand participants open without a thousand evaluations. It says nothing that
changes by itself: windows, not "overdue"; when a query was raised, not its age. So it holds the next day too.
Only where the definition asks for the day in what it expects (and before day 1, where a screening result
may still serve for baseline) a line is kept for one day.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, ref

from mda5_crf.db import read, read_lines, read_second
from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codings, conflicts, endorsing, judgement, lockclash, overview
from mda5_crf.services.access import Role
from mda5_crf.services.changes import EventNode, FormNode, SubjectSummary
from mda5_crf.services.formrepeats import form_label
from mda5_crf.services.locking import FROZEN
from mda5_crf.services.queries import ANSWERED, CONFLICT, by_form
from mda5_crf.services.second_book import Comparison, form_second
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.expression import Expression
from mda5_crf.study.model import Mark, Study
from mda5_crf.study.overlay import fingerprint

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Line = dict[str, Any]
"""``cells`` of the matrix in the order of its columns, ``visits`` with a window that have not taken place,
``queries`` that are open, ``unsigned``, ``judgement``, ``second``, ``conflicts``, ``late`` (locks that do not
hold), ``uncoded`` (terms without codes, and terms): what :meth:`_Maker.line` makes, as JSON keeps it.
"""

_DONE: Final = ("complete", "verified")
_FORMAT: Final = "6"


class Lines:
    """The lines that a session knows. Made by :func:`lines_of`."""

    def __init__(self, session: Session) -> None:
        self._weak = ref(session)
        self._lines: dict[str, Line] = {}
        self._state: tuple[object, ...] = ()
        self._subjects: tuple[SubjectSummary, ...] = ()
        self._left: list[str] = []

    def known(self) -> list[tuple[SubjectSummary, Line | None]]:
        """Every participant by number, with the line; None for a line that :meth:`fill` still has to make."""
        self._look()
        return [(subject, self._lines.get(subject.identity)) for subject in self._subjects]

    def fill(self, seconds: float | None = None) -> bool:
        """Compute lines that are not known, for about ``seconds`` (None = to the end); whether all are known.

        At least one is computed, so that asking again and again comes to an end.
        """
        self._look()
        if not self._left:
            return True
        version = self._session.vault.store.journal_version
        session, until = self._session, None if seconds is None else time.monotonic() + seconds
        maker = _Maker(session)
        fresh: dict[str, Line] = {}
        while self._left and (not fresh or until is None or time.monotonic() < until):
            identity = self._left.pop()
            known = session.is_loaded(identity)
            fresh[identity] = maker.line(identity)
            if not known:
                session.let_go(identity)  # a thousand participants in memory would be too many
        store = session.vault.store
        # A disk that takes no cache stops nobody's work: the lines are made again at the next start.
        with contextlib.suppress(StoreError), store.transaction() as tx:
            # What a colleague wrote meanwhile stands in none of these lines.
            for identity, line in fresh.items() if store.journal_version == version else ():
                day = session.today.isoformat() if line["day"] else read_lines.ANY_DAY
                read.status_put(tx, identity, self._definition(), day, line)
        self._lines.update(fresh)
        return not self._left

    @property
    def _session(self) -> Session:
        # Held weakly: the table below would keep a session that ended, with all it knows, for ever.
        session = self._weak()
        assert session is not None
        return session

    def _definition(self) -> str:
        study = self._session.study
        # A lock of the whole study is about nobody in particular: no line is dropped for it.
        locks = self._session.lock_book.acts()
        last = locks[-1].record if locks else ""
        return f"{self._session.versions.fingerprint()}:{_FORMAT}{last}{fingerprint(study)}"

    def _look(self) -> None:
        """Take what the vault keeps, when something was written since the last look."""
        session = self._session
        state = (session.vault.store.journal_version, self._definition(), session.today)
        if state == self._state:
            return
        store = session.vault.store
        definition, today = self._definition(), session.today.isoformat()
        # A key that is still there has been there all the while: only this session's lines are ever put back.
        # (Where others work in the same database, theirs are too.)
        same = self._state[1:] == state[1:] and not store.on_server
        kept = read_lines.keys(store, definition, today) if same else None
        if kept is not None and kept <= self._lines.keys():
            self._lines = {key: line for key, line in self._lines.items() if key in kept}
        else:
            self._lines = read_lines.lines(store, definition, today)
        self._subjects = session.subjects()
        self._left = [s.identity for s in reversed(self._subjects) if s.identity not in self._lines]
        self._state = state


_KNOWN: WeakKeyDictionary[Session, Lines] = WeakKeyDictionary()


def lines_of(session: Session) -> Lines:
    """The lines of a session, kept as long as the session."""
    found = _KNOWN.get(session)
    if found is None:
        found = _KNOWN[session] = Lines(session)
    return found


class _Maker:
    """Makes lines; what is the same for all participants is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._events = overview.scheduled(session.study)
        self._daily = any(map(asks_the_day, session.versions.used()))
        self._judged = any(
            judgement.is_judgement(i) for f in session.study.forms.values() for i in f.items.values()
        )
        self._twice = read_second.begun(session.vault.store)
        self._tasks: dict[str, list[tuple[str, str, str]]] = {}
        for person in read.persons(session.vault.store) if self._judged else ():
            tasks = person.certificate["certificate"]["tasks"]
            self._tasks[person.person] = [(t["role"], t["from"], t["to"]) for t in tasks]

    def line(self, subject: str) -> Line:
        """One participant."""
        session = self._session
        cache = session.cache(subject)
        counts = by_form(cache)
        cells: list[Any] = []
        visits: list[Any] = []
        unsigned: list[Any] = []
        for oid in self._events:
            event = session.study.events[oid]
            repeats = cache.data.event_repeats.get(oid, []) if event.repeating else [""]
            keys = [ItemKey(subject, oid, repeat) for repeat in repeats]
            nodes = [overview.event_node(session, key, event, counts, whole=False) for key in keys]
            waiting = [entry for node in nodes for entry in self._unsigned(node)]
            cells.append(overview.cell(nodes) | ({"unsigned": True} if waiting else {}))
            unsigned += waiting
            visits += [self._visit(node) for node in nodes if node.awaited]
        d1 = overview.day_one(session, subject)
        return {
            "day": self._daily or (d1 is None and bool(cache.data.entries)),
            "cells": cells, "visits": visits, "queries": self._queries(subject), "unsigned": unsigned,
            "judgement": self._judgement(subject), "second": self._second(subject),
            "conflicts": self._conflicts(subject), "late": self._late(subject),
            "uncoded": self._uncoded(subject),
        }  # fmt: skip

    def _place(self, key: ItemKey) -> dict[str, Any]:
        """A key, and visit and form as people call them: labels need the participant's data."""
        session = self._session
        return {
            "key": key.path(),
            "visit": session.event_label(key) if key.event else "",
            "form": form_label(session, key),
        }

    def _visit(self, node: EventNode) -> dict[str, Any]:
        assert node.window is not None  # only such visits are asked for
        first, last = node.window
        return {**self._place(node.key), "first": first.isoformat(), "last": last.isoformat()}

    def _unsigned(self, node: EventNode) -> list[dict[str, Any]]:
        """Complete forms that the definition wants signed, and the visit once all of it is complete."""
        eligibility = self._session.study.settings.get("eligibility_form", "")
        own = [form for form in node.forms if form.key.form == eligibility and self._is_unsigned(form)]
        found = [self._place(form.key) for form in own]
        unfinished = any(
            form.queries
            or form.status == "in_progress"
            or (form.status == "not_started" and form.mark is Mark.REQUIRED and form.expected)
            for form in node.forms
        )
        others = any(form.key.form != eligibility and self._is_unsigned(form) for form in node.forms)
        if others and not unfinished:
            day = node.date.isoformat() if node.date is not None else ""
            found.append({**self._place(node.key), "date": day})
        return found

    def _is_unsigned(self, form: FormNode) -> bool:
        """Whether a form is complete and has no signature that counts; frozen, it waits for one too."""
        if form.status != FROZEN:
            return form.status in _DONE
        data = self._session.cache(form.key.subject).data
        return data.statuses.get(form.key) == "complete" and form.key not in (data.signatures or ())

    def _queries(self, subject: str) -> list[dict[str, Any]]:
        found = [
            query for query in self._session.cache(subject).queries.values()
            # What a conflict asks and nobody answered is decided, not answered: it has a line of its own.
            if query.is_open and (query.source != CONFLICT or query.state == ANSWERED)
        ]  # fmt: skip
        return [
            {
                **self._place(query.key), "state": query.state, "by": query.person,
                "raised": query.raised.isoformat() if query.raised is not None else "",
                "text": [query.text.en, query.text.zh],
            }
            for query in sorted(found, key=lambda query: query.id)
        ]  # fmt: skip

    def _conflicts(self, subject: str) -> list[dict[str, Any]]:
        """Form by form, how many items have different answers, and the first of them."""
        places: dict[ItemKey, list[ItemKey]] = {}
        for key in conflicts.keys(self._session, subject):
            places.setdefault(key.form_key(), []).append(key)
        return [{**self._place(items[0]), "count": len(items)} for items in places.values()]

    def _late(self, subject: str) -> list[dict[str, Any]]:
        """Locks that do not hold, each with the places of newer data. Who refused it when is asked later."""
        found = []
        for one in lockclash.of_subject(self._session, subject):
            place = self._place(one.keys[0])
            found.append({**place, "lock": one.act.record, "keys": [key.path() for key in one.keys]})
        return found

    def _uncoded(self, subject: str) -> list[int]:
        """How many terms have no codes that count, and how many terms there are."""
        states = [one.state for one in codings.occurrences(self._session, subject)]
        return [sum(state != codings.CODED for state in states), len(states)]

    def _judgement(self, subject: str) -> list[dict[str, Any]]:
        """Form by form, in a log row by row: how many answers wait, and the first of them."""
        session = self._session
        if not self._judged:
            return []
        entries = read.subject_entries(session.vault.store, subject)
        keys = endorsing.waiting_keys(session, subject, entries, self._was_investigator)
        places: dict[ItemKey, list[ItemKey]] = {}
        for form in dict.fromkeys(key.form_key() for key in keys):
            wanted = {key for key in keys if key.form_key() == form}
            state = evaluate(session.study_for(form), session.cache(subject).data, form, session.today)
            for key, item in state.items.items():
                if key in wanted and item.relevant:
                    row = key.row_key() if key.group_repeat else form
                    places.setdefault(row, []).append(key)
        return [{**self._place(items[0]), "count": len(items)} for items in places.values()]

    def _second(self, subject: str) -> list[dict[str, Any]]:
        """Forms entered twice with open differences: how many, and who may not judge them (ids).

        Whoever entered every first value that differs has nothing to decide there; a row that stands in one
        of the entries alone is for anybody.
        """
        session, found = self._session, []
        for form in sorted(self._twice):
            if form.subject != subject or form.form not in session.study.forms:
                continue
            book = form_second(session, form)
            if book.open:
                parties = {_barred(one) for one in book.differing}
                alone = len(parties) == 1 and book.open == len(book.differing)
                barred = parties.pop() if alone else ""
                found.append({**self._place(form), "count": book.open, "barred": barred})
        return found

    def _was_investigator(self, person: str, at: datetime) -> bool:
        day = at.astimezone(self._session.zone).date().isoformat()
        return Role.INVESTIGATOR in read.roles_held(self._tasks.get(person, ()), day)


def _barred(one: Comparison) -> str:
    """Who may not judge a difference: the author of the first value, unless the second is that person's."""
    if one.first is None or not (one.first.text or one.first.missing):
        return ""
    return "" if one.second is not None and one.second.person == one.first.person else one.first.person


def window_of(content: dict[str, Any]) -> tuple[date, date]:
    """The window of a visit of a line."""
    return date.fromisoformat(content["first"]), date.fromisoformat(content["last"])


def asks_the_day(study: Study) -> bool:
    """Whether what a definition expects of a participant can change overnight by itself.

    Follows what decides about visits and forms, and D1, through names and items to a reserved word ``today``.
    Wide on purpose: an item counts wherever one of its name is read.
    """
    items: dict[str, list[Expression]] = {}
    for form in study.forms.values():
        gates = {group.name: group.relevant for group in form.groups}
        for item in form.items.values():
            found = (item.relevant, item.calculate, gates.get(item.group))
            items.setdefault(item.name, []).extend(one for one in found if one is not None)
    left: list[Expression] = [closing.when for closing in study.closings]
    left += [due.when for due in study.due if due.when is not None]
    left += [expression for name, expression in study.names.items() if name == "D1"]
    seen: set[str] = set()
    while left:
        uses = left.pop().uses
        if "today" in uses.words:
            return True
        for name in {one.item for one in uses.references} - seen:
            seen.add(name)
            left += _named(study, items, name)
    return False


def _named(study: Study, items: dict[str, list[Expression]], name: str) -> Iterable[Expression]:
    named = study.names.get(name)
    return [*items.get(name, ()), *([] if named is None else [named])]
