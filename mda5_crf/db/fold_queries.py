"""Folding of queries: every act on a query is kept, and the state follows from the lawful ones.

A query of the system may be raised by two PCs that do not know of each other, under the same id, long
after it was answered elsewhere. So a raise that names no act before it (``replaces`` is empty) opens a
query anew only when it had resolved itself; what a person answered or closed stays so. To open such a
query again deliberately, the record names the act before it.

An act counts when the states of ODM 2.0 allow it (:func:`lawful`): an answer that comes after the query was
closed elsewhere is kept in the thread and opens nothing, whoever wrote it. Whether its author had the right
at all is judged before, by role; that a query is closed as one's own is looked up here, where it is known
who asked.

Acts belong together by query id *and* key: rights are judged by the key, so an act under the key of one's
own participant must not touch a query about somebody else's, whoever has learnt its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mda5_crf.db import schema
from mda5_crf.db.fold_common import Unfoldable, key_of, text
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Row, Tables

# ODM 2.0's states of a query.
STATES: Final = ("Candidate", "Open", "Answered", "Closed", "Cancelled", "Resolved")
SOURCES: Final = ("manual", "system", "conflict")
WAITING: Final = frozenset({"Candidate", "Open", "Answered"})
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
            "own": int(data.get("own") is True),
        },
    )  # fmt: skip
    acts = tx.find(schema.query_event, query=number, key=record.key)
    acts.sort(key=lambda act: (act["clock"], act["device"], act["seq"]))
    tx.put(schema.query, query_row(acts))


def query_row(acts: Sequence[Row]) -> Row:
    """The query as it stands after ``acts`` (at least one, oldest first)."""
    standing = standing_acts(acts)
    first, last = standing[0], standing[-1]
    return {
        "id": first["query"],
        "key": first["key"],
        "state": last["state"],
        "source": first["source"],
        "check_oid": _any(standing, "check_oid"),
        "text": _any(standing, "text"),
        "answer": _any(standing[::-1], "answer"),
        "raised_at": first["at"],
        "raised_by": first["person"],
        "changed_at": last["at"],
        "changed_by": last["person"],
        "record": f"{last['device']}:{last['seq']}",
    }


def standing_acts(acts: Sequence[Row]) -> list[Row]:
    """Those of ``acts`` (at least one, oldest first) that count.

    A query begins with the first question; without one among them (it is withheld here, or a conflict asks
    by itself) with the first act there is.
    """
    begin = next((place for place, act in enumerate(acts) if act["raises"]), 0)
    standing = [acts[begin]]
    for act in acts[begin + 1 :]:
        if lawful(standing[0], standing[-1]["state"], act):
            standing.append(act)
    return standing


def lawful(first: Row, state: str, act: Row) -> bool:
    """Whether ``act`` may follow on a query begun by ``first`` and now in ``state``."""
    if act["source"] != first["source"]:
        return False
    wanted = act["state"]
    if wanted in _RAISES:
        if act["raises"]:
            return state not in _SETTLED
        return wanted == "Open" and state != "Open"
    if wanted == "Answered":
        return state in ("Open", "Answered")
    if state not in WAITING:
        return False
    if wanted == "Resolved":
        return bool(first["source"] != "manual")
    return not act["own"] or bool(act["person"] == first["person"])


def _any(acts: Sequence[Row], name: str) -> str:
    return next((act[name] for act in acts if act[name]), "")
