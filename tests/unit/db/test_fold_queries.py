"""The states of a query: whoever writes whatever, only lawful steps count, the same at every receiver."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.db import projection, schema
from mda5_crf.db.fold_queries import SOURCES, STATES
from mda5_crf.db.memory import Memory
from mda5_crf.db.records import AuditRecord, Draft, make_record
from mda5_crf.services.access import judge

ROLES = {"nurse": "data_entry", "doctor": "investigator", "monitor": "monitor", "other": "monitor",
         "manager": "data_manager", "guest": "read_only"}  # fmt: skip
KEY = "a:1/BL/VS/MAIN/SYSBP"
# What may follow what, written down once more by hand: state → who asked it → the states it may go to.
NEXT = {
    "Candidate": {"Open", "Closed", "Cancelled", "Resolved"},
    "Open": {"Answered", "Closed", "Cancelled", "Resolved"},
    "Answered": {"Open", "Answered", "Closed", "Cancelled", "Resolved"},
    "Closed": {"Open"},
    "Cancelled": {"Open"},
    "Resolved": {"Open"},
}


def record(seq: int, person: str, content: dict[str, Any], before: tuple[str, ...] = ()) -> AuditRecord:
    draft = Draft("query", KEY, {"query": "q", **content}, before)
    return make_record(
        draft, study="S", device="a", seq=seq, prev="0" * 64, person=person,
        at="2026-09-01T02:00:00.000Z", zone="Asia/Shanghai +08:00", clock=seq, salt=b"0" * 16,
        key_salt=b"1" * 16,
    )  # fmt: skip


def folded(records: list[AuditRecord]) -> dict[str, Any]:
    tables = Memory()
    for one in records:
        projection.fold(tables, one)
    return tables.find(schema.query, id="q")[0]


@st.composite
def acts(draw: st.DrawFn) -> list[tuple[str, str, str, bool, bool]]:
    """(person, state, source, own, names an act before it)."""
    one = st.tuples(
        st.sampled_from(sorted(ROLES)), st.sampled_from(STATES),
        st.sampled_from(("manual", "manual", *SOURCES)), st.booleans(), st.booleans(),
    )  # fmt: skip
    return draw(st.lists(one, max_size=12))


@pytest.mark.requirement("P11-7", "P11-8")
@given(acts(), st.sampled_from(("manual", "system")), st.randoms(use_true_random=False))
def test_only_lawful_steps_count_whoever_asks(
    plan: list[tuple[str, str, str, bool, bool]], source: str, random: Random
) -> None:
    raiser = "monitor" if source == "manual" else "nurse"
    first = {"state": "Open", "source": source, "text": "?"}
    assert judge("query", first, [ROLES[raiser]]) is None
    stand = [record(1, raiser, first)]
    state, walked = "Open", ["Open"]
    for seq, (person, wanted, said, own, named) in enumerate(plan, 2):
        content: dict[str, Any] = {"state": wanted, "source": said, **({"own": True} if own else {})}
        if judge("query", content, [ROLES[person]]) is not None:
            continue  # set aside here and at every receiver
        opens = wanted in ("Candidate", "Open")
        before = ("a:1",) if named or not opens else ()
        stand.append(record(seq, person, content, before))
        if said != source:
            continue
        if opens and not before:
            # The same question raised once more: only what had resolved itself is open again.
            if state in ("Resolved", "Open", "Candidate"):
                state = wanted
            continue
        lawful = wanted in NEXT[state] and wanted != "Candidate"
        if wanted in ("Closed", "Cancelled") and own:
            lawful = lawful and person == raiser
        if wanted == "Resolved":
            lawful = lawful and source == "system"
        if lawful:
            state = wanted
            walked.append(wanted)
    row = folded(stand)
    assert row["state"] == state
    assert row["raised_by"] == raiser
    random.shuffle(stand)
    assert folded(stand) == row


@pytest.mark.requirement("P11-8")
@given(acts())
def test_nobody_without_the_right_moves_a_query(plan: list[tuple[str, str, str, bool, bool]]) -> None:
    """Whatever stands was allowed to somebody in that role: nurses never end, guests do nothing."""
    for person, wanted, source, own, _ in plan:
        allowed = judge("query", {"state": wanted, "source": source, "own": own}, [ROLES[person]]) is None
        if person == "guest":
            assert not allowed
        if wanted in ("Closed", "Cancelled"):
            assert not (allowed and person == "nurse")
            assert not (allowed and person == "doctor" and not (own and wanted == "Cancelled"))
            assert not (allowed and ROLES[person] == "monitor" and not own)
        if wanted == "Answered":
            assert allowed is (person in ("nurse", "doctor"))


@pytest.mark.parametrize("content", [
    {"state": "Open", "source": "rumour"}, {"state": "Won", "source": "manual"}, {"source": "manual"},
    {"state": "Open", "query": ""}, {"state": "Open", "text": 5}, {"state": "Open", "answer": ["x"]},
])  # fmt: skip
def test_a_query_of_no_shape_is_not_folded(content: dict[str, Any]) -> None:
    with pytest.raises(projection.Unfoldable):
        projection.fold(Memory(), record(1, "doctor", content))


def test_an_act_from_before_the_question_counts_for_nothing() -> None:
    """Somebody who writes his act under an earlier time makes himself nobody's asker."""
    early = record(1, "other", {"state": "Closed", "source": "manual", "own": True})
    asked = record(2, "monitor", {"state": "Open", "source": "manual", "text": "?"})
    row = folded([asked, early])
    assert (row["state"], row["raised_by"]) == ("Open", "monitor")


def test_a_conflict_is_ended_by_whoever_may_though_nobody_asked() -> None:
    said = {"source": "conflict"}
    answer = record(3, "nurse", {**said, "state": "Answered", "answer": "the first"})
    end = record(5, "manager", {**said, "state": "Closed"})
    assert folded([answer, end])["state"] == "Closed" == folded([end, answer])["state"]
