"""What people do with queries: ask, answer, close, cancel, ask again. Part of ``Session``.

Which act may follow which stands in ``db.fold_queries``, the same for everybody who folds the record; whose
act it is stands in ``access``. Here the same is asked before, so that a refusal comes as words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from mda5_crf.errors import CrfError, InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import queries
from mda5_crf.services.access import Action, can, query_rights, require
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.queries import (
    ANSWERED,
    CANCELLED,
    CANDIDATE,
    CLOSED,
    MANUAL,
    OPEN,
    head,
    write,
)
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.queryboard import QueryLine, Word
    from mda5_crf.services.session import Session

Named = tuple[str, ItemKey]
"""A query by its id and key."""
LONGEST = 2000
"""Characters of a question, an answer or a note: what a page and a bundle's line hold with ease."""


class QueryActs:
    """See the module text."""

    @property
    def _asked(self) -> Session:
        return cast("Session", self)

    def queries(self, subject: str | None = None) -> tuple[QueryInfo, ...]:
        """All queries, of one participant or of all, open ones first, oldest first."""
        self._asked.require(Action.READ)
        return queries.listed(self._asked, subject)

    def raise_query(self, key: ItemKey, text: str) -> QueryInfo:
        """Ask a question about an item, form, visit or participant, even where nothing was entered.

        Raises PermissionDenied, InputRefused (no words; the place does not exist), StoreError.
        """
        return ask(self._asked, key, text)

    def answer_query(self, query: str, text: str, key: ItemKey | None = None) -> QueryInfo:
        """Answer an open query; ``key`` says which, should another PC have used its id again."""
        return answer(self._asked, query, text, key)

    def answer_queries(self, answers: Mapping[Named, str]) -> dict[Named, CrfError]:
        """Answer several; returns those that were not taken, each with what is wrong."""
        refused: dict[Named, CrfError] = {}
        for (query, key), text in answers.items():
            try:
                answer(self._asked, query, text, key)
            except (InputRefused, PermissionDenied) as problem:
                refused[query, key] = problem
        return refused

    def close_query(self, query: str, text: str = "", key: ItemKey | None = None) -> QueryInfo:
        """Close an open or answered query; ``text`` is a closing word. A monitor closes own ones only."""
        return settle(self._asked, query, CLOSED, text, key)

    def cancel_query(self, query: str, reason: str, key: ItemKey | None = None) -> QueryInfo:
        """Take back a query that should not have been asked, with the reason: the own, a data manager any."""
        return settle(self._asked, query, CANCELLED, reason, key)

    def reopen_query(self, query: str, reason: str, key: ItemKey | None = None) -> QueryInfo:
        """Ask again: the answer does not serve, or the query was closed too early. With the reason."""
        return reopen(self._asked, query, reason, key)

    def queries_above(self, form: ItemKey) -> tuple[QueryInfo, ...]:
        """The queries about the whole visit of a form, and about its participant, which no form shows."""
        self._asked.require(Action.READ)
        places = (form.event_key(), ItemKey(form.subject))
        return tuple(q for q in self._asked.cache(form.subject).queries.values() if q.key in places)

    def query_board(self) -> tuple[QueryLine, ...]:
        """Every query with place, age and whose turn it is, what waits first."""
        from mda5_crf.services.queryboard import board

        return board(self._asked)

    def query_thread(self, query: QueryInfo) -> tuple[Word, ...]:
        """Everything ever said to a query, oldest first."""
        from mda5_crf.services.queryboard import thread

        return thread(self._asked, query)


def find(session: Session, identity: str, key: ItemKey | None = None) -> QueryInfo:
    """The query of this id, under ``key`` if given. An id that another PC used again is not guessed at."""
    found = [q for q in queries.listed(session) if q.id == identity and key in (None, q.key)]
    if len(found) != 1:
        raise InputRefused("entry.unknown_query", query=identity[:8])
    return found[0]


def ask(session: Session, key: ItemKey, text: str) -> QueryInfo:
    """A person's question, at an item, a form, a visit or a participant."""
    session.require(Action.RAISE_QUERY)
    words = _words(text, "entry.query_text_required")
    if not _is_place(session, key):
        raise InputRefused("queries.no_place")
    seed = f"{session.device}\0{session.now().isoformat()}\0{text}"
    identity = hashlib.sha256(f"{key.path()}\0{seed}".encode()).hexdigest()[:32]
    content: dict[str, object] = {"query": identity, "state": OPEN, "source": MANUAL, "text": words}
    return write(session, key, content)


def _is_place(session: Session, key: ItemKey) -> bool:
    """Whether there is such a participant, and such a visit, form and item in the definition."""
    study = session.versions.words
    if key.subject not in {subject.identity for subject in session.subjects()}:
        return False
    if not key.event:
        return key == ItemKey(key.subject)
    if key.event not in study.events:
        return False
    if not key.form:
        return key == key.event_key()
    form = study.forms.get(key.form)
    return form is not None and (not key.item or key.item in form.items)


def answer(
    session: Session, identity: str, text: str, key: ItemKey | None, paper: Mapping[str, object] | None = None
) -> QueryInfo:
    """Answer a query; ``paper`` says where the answer was written first. A conflict gets its record by it."""
    session.require(Action.ANSWER_QUERY)
    query = find(session, identity, key)
    if query.state not in (OPEN, ANSWERED):
        raise _not_now(query, "queries.not_to_answer")
    words = _words(text, "entry.answer_text_required")
    content: dict[str, object] = {**head(query), "state": ANSWERED, "answer": words}
    if paper is not None:
        content["paper"] = dict(paper)
    return write(session, query.key, content)


def settle(session: Session, identity: str, state: str, text: str, key: ItemKey | None) -> QueryInfo:
    """Bring a query to an end: Closed, or Cancelled (which takes a reason)."""
    _may_at_all(session, state)
    query = find(session, identity, key)
    if not query.is_open:
        raise _not_now(query, "entry.query_not_open")
    note = _words(text, "queries.reason_required") if state == CANCELLED else text.strip()[:LONGEST]
    own = is_own(session, query)
    _allowed(session, query, state, own=own)
    content: dict[str, object] = {**head(query), "state": state}
    if note:
        content["note"] = note
    if own and not can(session.person.roles, Action.CLOSE_ANY_QUERY):
        content["own"] = True  # said, so that a receiver can hold it against who asked
    return write(session, query.key, content)


def reopen(session: Session, identity: str, reason: str, key: ItemKey | None) -> QueryInfo:
    """Open a query again after its last act."""
    session.require(Action.RAISE_QUERY)
    query = find(session, identity, key)
    if query.state in (OPEN, CANDIDATE):
        raise _not_now(query, "queries.not_to_reopen")
    note = _words(reason, "queries.reason_required")
    content: dict[str, object] = {**head(query), "state": OPEN, "note": note}
    return write(session, query.key, content, (query.record,) if query.record else ())


def is_own(session: Session, query: QueryInfo) -> bool:
    """Whether the person at the keyboard asked it; what a check or a conflict asks is nobody's own."""
    return query.source == MANUAL and query.raiser == session.person.id


def may(session: Session, query: QueryInfo, state: str) -> bool:
    """Whether the person may bring ``query`` into ``state`` now; for greying out what would be refused."""
    lawful = {
        ANSWERED: query.state in (OPEN, ANSWERED),
        CLOSED: query.is_open,
        CANCELLED: query.is_open,
        OPEN: query.state not in (OPEN, CANDIDATE),
    }[state]
    return lawful and any(session.may(one) for one in _needed(query, state, own=is_own(session, query)))


def _needed(query: QueryInfo, state: str, *, own: bool) -> tuple[Action, ...]:
    if state == OPEN:
        return (Action.RAISE_QUERY,)
    plain = query_rights(query.source, state, own=False)
    return (*plain, *query_rights(query.source, state, own=True)) if own else plain


def _allowed(session: Session, query: QueryInfo, state: str, *, own: bool) -> None:
    needed = _needed(query, state, own=own)
    if not any(session.may(one) for one in needed):
        require(session.person.roles, needed[0])


def _may_at_all(session: Session, state: str) -> None:
    """Before it is said whether there is such a query."""
    if not session.may(Action.CLOSE_ANY_QUERY):
        session.require(Action.RAISE_QUERY if state == CANCELLED else Action.CLOSE_QUERY)


def _not_now(query: QueryInfo, code: str) -> InputRefused:
    return InputRefused(code, query=query.id[:8], state=message(f"entry.state_{query.state}"))


def _words(text: str, code: str) -> str:
    """What was written, trimmed. Raises InputRefused when there is nothing, or far too much."""
    words = text.strip()
    if not words:
        raise InputRefused(code)
    if len(words) > LONGEST:
        raise InputRefused("queries.too_long", most=LONGEST)
    return words
