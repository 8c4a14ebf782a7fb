"""Folding of queries: every act on a query is kept, and the state follows from all of them.

A query of the system may be raised by two PCs that do not know of each other, under the same id, long
after it was answered elsewhere. So a raise that names no act before it (``replaces`` is empty) opens a
query anew only when it had resolved itself; what a person answered or closed stays so. To open such a
query again deliberately, the record names the act before it.

Acts belong together by query id *and* key: rights are judged by the key, so an act under the key of one's
own participant must not touch a query about somebody else's, whoever has learnt its id.
"""

from __future__ import annotations

from typing import Final

from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Row, Tables

# ODM 2.0's states of a query.
STATES: Final = ("Candidate", "Open", "Answered", "Closed", "Cancelled", "Resolved")
SOURCES: Final = ("manual", "system", "conflict")
_RAISES: Final = frozenset({"Candidate", "Open"})
_SETTLED: Final = frozenset({"Answered", "Closed", "Cancelled"})


def fold_query(tx: Tables, record: AuditRecord) -> None:
    """``query``: one act on a query."""
    key_of(record, "item", "group", "form", "event", "subject")
    data = record.data
    state, source = text(data, "state"), text(data, "source", "manual")
    number = text(data, "query")
    if state not in STATES or source not in SOURCES or not number:
        raise Unfoldable("aside_shape")
    tx.insert(
        schema.query_event,
        {
            "query": number, "device": record.device, "seq": record.seq, "clock": record.clock,
            "person": record.person, "at": record.at, "key": record.key, "state": state, "source": source,
            "check_oid": text(data, "check", ""), "text": text(data, "text", ""),
            "answer": text(data, "answer", ""), "raises": int(state in _RAISES and not record.replaces),
        },
    )  # fmt: skip
    acts = tx.find(schema.query_event, query=number, key=record.key)
    acts.sort(key=lambda act: (act["clock"], act["device"], act["seq"]))
    tx.put(schema.query, query_row(acts))


def query_row(acts: list[Row]) -> Row:
    """The query as it stands after ``acts`` (at least one, oldest first)."""
    first = acts[0]
    last = first
    for act in acts:
        if not (act["raises"] and last["state"] in _SETTLED):
            last = act
    return {
        "id": first["query"],
        "key": first["key"],
        "state": last["state"],
        "source": first["source"],
        "check_oid": _any(acts, "check_oid"),
        "text": _any(acts, "text"),
        "answer": _any(acts[::-1], "answer"),
        "raised_at": first["at"],
        "raised_by": first["person"],
        "changed_at": last["at"],
        "changed_by": last["person"],
        "record": f"{last['device']}:{last['seq']}",
    }


def _any(acts: list[Row], name: str) -> str:
    return next((act[name] for act in acts if act[name]), "")
