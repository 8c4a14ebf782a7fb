"""Everything of a participant that :mod:`since` compares, read from one session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from mda5_crf.db import read, read_audit
from mda5_crf.db.read_locks import LockRow
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.voids import Voids
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.sdv import SdvMark
from mda5_crf.services.signing import SignatureInfo
from mda5_crf.services.trace_words import void_in
from mda5_crf.study.findings import shown_number

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.study.state import ItemState


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two moments; without anything, of a participant nobody knew.

    ``created``: the enrolment. ``computed``: text of every computed item that has one. ``places``: visits and
    forms in schedule order. ``redactions``: emptied record → the record that did it.
    """

    subjid: str = ""
    created: tuple[AuditRecord, ...] = ()
    entries: Mapping[ItemKey, read.EntryRow] = field(default_factory=dict)
    instances: Mapping[ItemKey, read.InstanceRow] = field(default_factory=dict)
    struck: frozenset[ItemKey] = frozenset()
    statuses: Mapping[ItemKey, str] = field(default_factory=dict)
    queries: Mapping[tuple[str, ItemKey], QueryInfo] = field(default_factory=dict)
    sdv: Mapping[ItemKey, SdvMark] = field(default_factory=dict)
    locks: Mapping[str, LockRow] = field(default_factory=dict)
    signatures: Mapping[str, SignatureInfo] = field(default_factory=dict)
    computed: Mapping[ItemKey, str] = field(default_factory=dict)
    redactions: Mapping[str, str] = field(default_factory=dict)
    voids: Voids = field(default_factory=Voids)
    places: Mapping[ItemKey, int] = field(default_factory=dict)

    def void(self, entry: read.EntryRow) -> bool:
        """Whether the record of an answer is void."""
        return self.voids.covers(entry.key.path(), *(split_id(entry.record) or ("", 0)))

    def rank(self, place: ItemKey) -> tuple[int, ItemKey]:
        """Where a place stands in the schedule; the participant first, what has no place any more last."""
        return (self.places.get(place, len(self.places)) if place.event else -1), place


def _as_shown(one: ItemState) -> str:
    """A computed value as its form shows it: what differs behind the last place shown is no difference."""
    data = one.value.data
    return shown_number(data, one.item.decimals) if isinstance(data, Decimal) else one.value.text


def side_of(session: Session, subject: str) -> Side:
    """Read one participant."""
    store = session.vault.store
    cache = session.cache(subject)
    enrolment = session.vault.journal.get(subject)
    places: dict[ItemKey, int] = {}
    computed: dict[ItemKey, str] = {}
    for node in session.tree(subject):
        places[node.key] = len(places)
        for form in node.forms:
            places[form.key] = len(places)
            if not form.adds and any(item.computed for item in form.form.items.values()):
                for key, one in session.state(form.key).items.items():
                    if one.item.computed and one.value.text:
                        computed[key] = _as_shown(one)
    marks = (session.sdv_book.mark(key) for key in cache.heads)
    acts = (*session.lock_book.acts(subject), *session.lock_book.acts())
    return Side(
        subjid=cache.data.subjid,
        created=() if enrolment is None else (enrolment,),
        entries={entry.key: entry for entry in read.subject_entries(store, subject)},
        instances={row.key: row for row in read.instances(store, subject)},
        struck=read.struck(store, subject),
        statuses=read.statuses(store, subject),
        queries={(query.id, query.key): query for query in session.queries(subject)},
        sdv={mark.key: mark for mark in marks if mark is not None},
        locks={act.record: act for act in acts},
        signatures={one.record: one for one in session.signature_book.all_of(subject)},
        computed=computed,
        redactions={f"{device}:{seq}": by for (device, seq), by in read_audit.redacted(store).items()},
        voids=void_in(session, subject),
        places=places,
    )
