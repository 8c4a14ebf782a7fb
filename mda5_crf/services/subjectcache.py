"""One participant's entries in memory: what the engine reads, kept equal to the journal.

Built from projections when a participant is first opened, then carried forward record by record. It is
a cache of the projections, never a second truth: it is dropped whenever anything else wrote (a bundle).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mda5_crf.db import read
from mda5_crf.db.storebase import AnyStore
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import QueryInfo
from mda5_crf.study.data import SubjectData
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, both


@dataclass(slots=True)
class SubjectCache:
    """The engine's view (``data``) and what a write needs beside it: current heads and queries."""

    data: SubjectData
    heads: dict[ItemKey, tuple[str, ...]] = field(default_factory=dict)
    queries: dict[str, QueryInfo] = field(default_factory=dict)
    pins: dict[ItemKey, str] = field(default_factory=dict)
    """Form → hash of the definition it is pinned to; filled where the vault has more than one."""

    def count_queries(self) -> None:
        """Tell the engine how many queries are open: checks may ask."""
        self.data.open_queries = sum(query.is_open for query in self.queries.values())


def build(store: AnyStore, subject: read.SubjectRow) -> SubjectCache:
    """Read everything about one participant from the projections."""
    data = SubjectData(subject.identity, subject.subjid, subject.site)
    cache = SubjectCache(data)
    for row in read.instances(store, subject.identity):
        add_instance(data, row)
    for entry in read.subject_entries(store, subject.identity):
        cache.heads[entry.key] = entry.heads
        if entry.text or entry.missing:
            stored = Entry(
                entry.text, entry.unit or None, entry.missing or None, entry.record, entry.conflict
            )
            data.put(entry.key, stored)
    data.confirmations.update(read.confirmations(store, subject.identity))
    data.statuses.update(read.statuses(store, subject.identity))
    fill_queries(store, cache)
    return cache


def fill_queries(store: AnyStore, cache: SubjectCache) -> None:
    """Read the participant's queries anew: which act counts depends on all of them."""
    cache.queries = {query.id: query for query in queries_of(store, cache.data.subject)}
    cache.count_queries()


def queries_of(store: AnyStore, subject: str | None = None) -> list[QueryInfo]:
    """The queries of a participant or of everybody, oldest first; no participant is opened for it."""
    names = {p.person: p.name for p in read.persons(store)}
    return [
        QueryInfo(
            query.id, query.key, query.state, query.source, query.check, in_both(query.text), query.answer,
            query.raised, names.get(query.person, query.person), query.record,
            raiser=query.person, changed=query.changed,
        )
        for query in read.queries(store, subject)
    ]  # fmt: skip


def add_instance(data: SubjectData, row: read.InstanceRow) -> None:
    """Add a log row, or a repeat of a form or visit; rows come in order of creation, struck ones too."""
    if row.level == "row":
        data.add_row(row.parent, row.identity, struck=row.struck)
    elif row.level == "event":
        data.add_event(row.name, row.identity, struck=row.struck)
    else:
        data.add_form(row.parent._replace(form=row.name), row.identity, struck=row.struck)


def in_both(stored: str) -> Text:
    """A query's stored text: English, line end, Chinese; or a person's own words, the same in both."""
    english, line_end, chinese = stored.partition("\n")
    return Text(english, chinese) if line_end else both(stored)
