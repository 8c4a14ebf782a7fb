"""Queries: questions about the data, by people, by checks, by conflicts. What people do is in ``queryacts``.

A query of a check is raised when its form is completed, by an id that is the same on every machine, and
resolves itself when the finding no longer holds. An answered or closed one is not raised again for the
same value. A conflict's query is derived from the journal and written by nobody until it is answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.subjectcache import SubjectCache, fill_queries, queries_of
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Severity
from mda5_crf.study.state import Finding, FormState
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

CANDIDATE, OPEN, ANSWERED = "Candidate", "Open", "Answered"
CLOSED, CANCELLED, RESOLVED = "Closed", "Cancelled", "Resolved"
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
            states[form] = evaluate(session.study_for(form), cache.data, form, session.today)
        state = states[form]
        holds = any(
            f.check == query.check and query.key in f.items and not f.confirmed
            and query_id(f.items[0], f.check, text_at(state, f.items[0])) == query.id
            for f in state.findings
        )  # fmt: skip
        if not holds:
            drafts.append(Draft("query", query.key.path(), {**head(query), "state": RESOLVED}))
    return drafts


def head(query: QueryInfo) -> dict[str, object]:
    """What every later act on a query repeats of it. Internal to services."""
    return {"query": query.id, "source": query.source, "check": query.check}


def absorb(
    session: Session, cache: SubjectCache, records: Iterable[AuditRecord], *, anew: bool = False
) -> None:
    """Carry the cached queries forward by records just written: the vault says what follows from them.

    ``anew``: something else than a query changed what it says of them.
    """
    if anew or any(record.kind == "query" for record in records):
        fill_queries(session.vault.store, cache)


def listed(session: Session, subject: str | None = None) -> tuple[QueryInfo, ...]:
    """Queries of one participant or of all, what waits first, then by age."""
    known = {one.identity for one in session.subjects()}  # a bundle may speak of somebody unknown here
    found = [q for q in queries_of(session.vault.store, subject) if q.key.subject in known]
    return tuple(
        sorted(found, key=lambda q: (not q.is_open, q.raised is None, q.raised or session.now(), q.id))
    )


def raise_for_finding(session: Session, finding: Finding, text: str) -> QueryInfo:
    """Put a finding to query: what is hard no longer blocks completion, but waits for an answer."""
    session.require(Action.ENTER)
    key = finding.items[0]
    state = session.state(key.form_key())
    content: dict[str, object] = {
        "query": query_id(key, finding.check, text_at(state, key)), "state": OPEN, "source": SYSTEM,
        "check": finding.check, "text": text.strip() or two_lines(finding.message),
    }  # fmt: skip
    return write(session, key, content)


def write(
    session: Session, key: ItemKey, content: dict[str, object], before: tuple[str, ...] = ()
) -> QueryInfo:
    """Record one act on a query and return the query as it stands then. Internal to services.

    ``before`` names the act after which a query is opened again.
    """
    records = session.append([Draft("query", key.path(), content, before)])
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
