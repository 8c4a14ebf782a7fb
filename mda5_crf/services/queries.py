"""Queries: questions about the data, by people, by checks, by conflicts.

A query of a check is raised when its form is completed, by an id that is the same on every machine, and
resolves itself when the finding no longer holds. An answered or closed one is not raised again for the
same value. A conflict's query is derived from the journal and written by nobody until it is answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.subjectcache import SubjectCache, in_both
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Severity
from mda5_crf.study.state import Finding, FormState
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

OPEN, ANSWERED, CLOSED, CANCELLED, RESOLVED = "Open", "Answered", "Closed", "Cancelled", "Resolved"
MANUAL, SYSTEM, CONFLICT = "manual", "system", "conflict"


def text_at(state: FormState, key: ItemKey) -> str:
    """What an item shows, as the identity of a finding uses it: missing code, or text with its unit."""
    found = state.items.get(key)
    if found is None:
        return ""
    return found.value.missing or f"{found.value.text} {found.value.unit or ''}".strip()


def query_id(key: ItemKey, check: str, value: str) -> str:
    """The id of a check's query: the same fact has the same id on every machine."""
    return hashlib.sha256("\0".join((key.path(), check, value)).encode()).hexdigest()[:32]


def two_lines(text: Text) -> str:
    """A sentence of the program as a query stores it: English, line end, Chinese."""
    return text.en if text.en == text.zh else f"{text.en}\n{text.zh}"


def raised_drafts(cache: SubjectCache, state: FormState) -> list[Draft]:
    """Records that raise a query for every standing finding of severity *query* not raised yet."""
    drafts = []
    for finding in state.findings:
        if finding.severity is not Severity.QUERY or finding.confirmed or not finding.items:
            continue
        draft = _system_draft(cache, finding, text_at(state, finding.items[0]))
        if draft is not None:
            drafts.append(draft)
    return drafts


def _system_draft(cache: SubjectCache, finding: Finding, value: str) -> Draft | None:
    key = finding.items[0]
    identity = query_id(key, finding.check, value)
    known = cache.queries.get(identity)
    if known is not None and known.state != RESOLVED:
        return None
    content = {
        "query": identity, "state": OPEN, "source": SYSTEM, "check": finding.check,
        "text": two_lines(finding.message),
    }  # fmt: skip
    return Draft("query", key.path(), content)


def resolved_drafts(session: Session, cache: SubjectCache) -> list[Draft]:
    """Records that resolve each open query of a check whose finding, for that value, no longer holds."""
    drafts = []
    states: dict[ItemKey, FormState] = {}
    for query in cache.queries.values():
        if query.source != SYSTEM or not query.is_open:
            continue
        form = query.key.form_key()
        if form not in states:
            states[form] = evaluate(session.study, cache.data, form, session.today)
        state = states[form]
        holds = any(
            f.check == query.check and query.key in f.items and not f.confirmed
            and query_id(f.items[0], f.check, text_at(state, f.items[0])) == query.id
            for f in state.findings
        )  # fmt: skip
        if not holds:
            drafts.append(Draft("query", query.key.path(), {**_head(query), "state": RESOLVED}))
    return drafts


def _head(query: QueryInfo) -> dict[str, object]:
    return {"query": query.id, "source": query.source, "check": query.check}


def absorb(session: Session, cache: SubjectCache, records: Iterable[AuditRecord]) -> None:
    """Carry the cached queries forward by records just written."""
    for record in records:
        if record.kind == "query":
            info = _info(record, session.person.name, cache.queries.get(str(record.data["query"])))
            cache.queries[info.id] = info
    cache.count_queries()


def _info(record: AuditRecord, person: str, before: QueryInfo | None) -> QueryInfo:
    data = {k: str(v) for k, v in record.data.items()}
    text = data.get("text", "")
    return QueryInfo(
        id=data["query"],
        key=ItemKey.parse(record.key),
        state=data["state"],
        source=data.get("source", MANUAL),
        check=data.get("check", ""),
        text=in_both(text) if text else (before.text if before else both("")),
        answer=data.get("answer", before.answer if before else ""),
        raised=before.raised if before and data["state"] != OPEN else datetime.fromisoformat(record.at),
        person=before.person if before else person,
        record=record.id,
    )


def listed(session: Session, subject: str | None = None) -> tuple[QueryInfo, ...]:
    """Queries of one participant or of all, what waits first, then by age."""
    wanted = [subject] if subject else [s.identity for s in session.subjects()]
    found = [q for identity in wanted for q in session.cache(identity).queries.values()]
    return tuple(
        sorted(found, key=lambda q: (not q.is_open, q.raised is None, q.raised or session.now(), q.id))
    )


def raise_manual(session: Session, key: ItemKey, text: str) -> QueryInfo:
    """A person's question. Who may enter data may also ask about them at their own site."""
    if not session.may(Action.ENTER):
        session.require(Action.RAISE_QUERY)
    if not text.strip():
        raise InputRefused("entry.query_text_required")
    seed = f"{session.device}\0{session.now().isoformat()}\0{text}"
    identity = hashlib.sha256(f"{key.path()}\0{seed}".encode()).hexdigest()[:32]
    content: dict[str, object] = {"query": identity, "state": OPEN, "source": MANUAL, "text": text.strip()}
    return _write(session, key, content)


def raise_for_finding(session: Session, finding: Finding, text: str) -> QueryInfo:
    """Put a finding to query: what is hard no longer blocks completion, but waits for an answer."""
    session.require(Action.ENTER)
    key = finding.items[0]
    state = session.state(key.form_key())
    content: dict[str, object] = {
        "query": query_id(key, finding.check, text_at(state, key)), "state": OPEN, "source": SYSTEM,
        "check": finding.check, "text": text.strip() or two_lines(finding.message),
    }  # fmt: skip
    return _write(session, key, content)


def _one(session: Session, identity: str, key: ItemKey | None) -> QueryInfo:
    """The query of this id, under ``key`` if given. An id that another PC used again is not guessed at."""
    found = [q for q in listed(session) if q.id == identity and key in (None, q.key)]
    if len(found) != 1:
        raise InputRefused("entry.unknown_query", query=identity)
    return found[0]


def answer(session: Session, identity: str, text: str, key: ItemKey | None = None) -> QueryInfo:
    """Answer a query; a conflict's query becomes a record with its answer."""
    session.require(Action.ANSWER_QUERY)
    query = _one(session, identity, key)
    if query.state not in (OPEN, ANSWERED):
        raise InputRefused(
            "entry.query_not_open", query=identity[:8], state=message(f"entry.state_{query.state}")
        )
    if not text.strip():
        raise InputRefused("entry.answer_text_required")
    return _write(session, query.key, {**_head(query), "state": ANSWERED, "answer": text.strip()})


def close(session: Session, identity: str, text: str = "", key: ItemKey | None = None) -> QueryInfo:
    """Close a query. Whoever raised it, or a data manager, may; a monitor closes own ones only."""
    session.require(Action.CLOSE_QUERY)
    query = _one(session, identity, key)
    if not query.is_open:
        raise InputRefused(
            "entry.query_not_open", query=identity[:8], state=message(f"entry.state_{query.state}")
        )
    if "data_manager" not in session.person.roles and query.person != session.person.name:
        session.require(Action.LOCK)
    content: dict[str, object] = {**_head(query), "state": CLOSED}
    if text.strip():
        content["answer"] = text.strip()
    return _write(session, query.key, content)


def _write(session: Session, key: ItemKey, content: dict[str, object]) -> QueryInfo:
    records = session.append([Draft("query", key.path(), content)])
    cache = session.cache(key.subject)
    absorb(session, cache, records)
    return cache.queries[str(content["query"])]


def by_form(cache: SubjectCache) -> dict[ItemKey, int]:
    """How many open queries each form has."""
    counts: dict[ItemKey, int] = {}
    for query in cache.queries.values():
        if query.is_open:
            form = query.key.form_key()
            counts[form] = counts.get(form, 0) + 1
    return counts
