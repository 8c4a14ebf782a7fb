"""Files between two PCs of one ward, a second ward and the centre, as people carry them."""

from __future__ import annotations

import json

from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.logs import log_rows
from mda5_crf.sync import bundles
from mda5_crf.sync.ledger import ledger
from tests.unit.sync.forging import honest
from tests.unit.sync.synckit import (
    A,
    B,
    C,
    World,
    X,
    data_of,
    enter_value,
    everything_of,
    item,
    rebuilt_alike,
    shown,
    world,
    write,
)

__all__ = ["world"]


def test_ward_to_centre_and_back(world: World) -> None:
    subject = world[A].enrol().identity
    key = item(subject)
    enter_value(world[A], key, "118")
    arrived = world.send(A, C)
    assert (arrived.sender, arrived.site, arrived.number) == ("Ward 3 bed side", "01", 1)
    assert arrived.set_aside == 0
    assert shown(world[C], key) == ("118", False)
    query = world[C].raise_query(key, "Which arm?")
    back = world.send(C, A)
    assert back.confirmed == (1,)
    assert [q.id for q in world[A].queries(subject)] == [query.id]
    world[A].answer_query(query.id, "left")
    world.send(A, C)
    assert [q.state for q in world[C].queries(subject)] == ["Answered"]
    world[C].close_query(query.id)
    world.send(C, A)
    assert [q.state for q in world[A].queries(subject)] == ["Closed"]
    for pc in (A, C):
        assert verify(world[pc].vault.store) == []
        assert rebuilt_alike(world[pc])


def test_taking_twice_changes_nothing(world: World) -> None:
    enter_value(world[A], item(world[A].enrol().identity), "118")
    file = world.make(A, C)
    assert bundles.take(world[C], file).new > 0
    before = everything_of(world[C])
    again = bundles.take(world[C], file)
    assert (again.new, again.conflicts, again.set_aside) == (0, 0, 0)
    assert again.already
    assert any("taken on" in line.en for line in again.lines())
    assert everything_of(world[C]) == before


def test_two_pcs_change_the_same_item(world: World) -> None:
    subject = world[A].enrol().identity
    key = item(subject)
    enter_value(world[A], key, "118")
    world.send(A, B)
    enter_value(world[A], key, "120")
    enter_value(world[B], key, "125")
    at_b, at_a = world.send(A, B), world.send(B, A)
    assert (at_a.conflicts, at_b.conflicts) == (1, 1)
    assert shown(world[A], key) == shown(world[B], key)
    assert shown(world[A], key)[1]
    (query_a,), (query_b,) = world[A].queries(subject), world[B].queries(subject)
    assert query_a.id == query_b.id
    assert (query_a.source, query_a.state) == ("conflict", "Open")
    texts = {record.data["text"] for record in world[A].vault.journal.records(key.path(), kinds=("value",))}
    assert texts == {"118", "120", "125"}  # the loser stays readable
    enter_value(world[A], key, "121")  # replaces both
    world.send(A, B)
    assert shown(world[B], key) == shown(world[A], key) == ("121", False)
    assert data_of(world[A], subject) == data_of(world[B], subject)


def test_rows_added_on_two_pcs_have_one_number_each_everywhere(world: World) -> None:
    subject = world[A].enrol().identity
    place = ItemKey(subject, "LOG", form="AE")
    world[A].entry(place).add_row("ROWS")
    world.send(A, B)
    for pc in (A, B, B):
        world[pc].entry(place).add_row("ROWS")
    world.send(A, B)
    world.send(B, A)
    group = place._replace(group="ROWS")

    def numbers(pc: str) -> dict[str, str]:
        session = world[pc]
        rows = session.entry(place).lines("ROWS")
        found = {row: session.form_label(group._replace(group_repeat=row)) for row in rows}
        assert [f"AE#{row.number}" for row in log_rows(session, group)] == list(found.values())
        return found

    before = numbers(A)
    assert before == numbers(B)
    assert list(before.values()) == ["AE#1", "AE#2", "AE#3", "AE#4"]
    second = group._replace(group_repeat=list(before)[1])
    world[B].entry(place).strike_row(second, Reason("ENTRY_ERROR"))
    world.send(B, A)
    assert numbers(A) == numbers(B) == before
    assert world[A].entry(place).rows("ROWS") == [row for row in before if row != second.group_repeat]
    world[A].entry(place).add_row("ROWS")
    assert list(numbers(A).values())[-1] == "AE#5"


def test_two_pcs_meet_through_the_centre(world: World) -> None:
    subject = world[A].enrol().identity
    key = item(subject)
    enter_value(world[A], key, "118")
    world.send(B, C)  # from now on the centre knows whom B believes
    world.send(A, C)
    world.send(C, B)
    enter_value(world[B], key, "125")
    enter_value(world[A], key, "120")
    world.send(A, C)
    assert world.send(B, C).conflicts == 1
    assert world.send(C, A).conflicts == 1
    assert world.send(C, B).conflicts == 1
    seen = [shown(world[pc], key) for pc in (A, B, C)]
    assert seen[0] == seen[1] == seen[2]
    assert data_of(world[A], subject) == data_of(world[B], subject) == data_of(world[C], subject)


def test_a_ward_learns_nothing_of_another_site(world: World) -> None:
    theirs, ours = world[X].enrol().identity, world[A].enrol().identity
    enter_value(world[X], item(theirs), "142")
    enter_value(world[A], item(ours), "118")
    world.send(X, C)
    world.send(A, C)
    world[C].raise_query(item(theirs), "Secret of site 02")
    world[C].raise_query(item(ours), "Question for site 01")
    world.send(C, A)
    world.send(C, X)
    devices_at_a = set(world[A].vault.journal.heads())
    assert devices_at_a == {world[A].device, world[C].device}
    assert not any(r.key.startswith(theirs) for r in world[A].vault.journal.records())
    assert any(r.withheld for r in world[A].vault.journal.records(device=world[C].device))
    assert not any(b"Secret" in (r.content or b"") for r in world[A].vault.journal.records())
    assert [q.text.en for q in world[A].queries()] == ["Question for site 01"]
    assert [q.text.en for q in world[X].queries()] == ["Secret of site 02"]
    assert verify(world[A].vault.store) == []


def test_the_lines_of_a_bundle_do_not_name_another_site(world: World) -> None:
    """Neither participant nor visit, form or item of the others, in any line before it is encrypted."""
    theirs, ours = world[X].enrol().identity, world[A].enrol().identity
    world.send(X, C)
    world.send(A, C)
    secret = item(theirs, "PULSE_VSORRES", "W24")
    world[C].raise_query(secret, "Secret of site 02")
    world[C].raise_query(item(ours), "Question for site 01")
    write(world[C], Draft("lock", secret.form_key().path(), {"state": "locked"}))
    world[C].record_print("form", "ab" * 32, 1, theirs)
    _, lines = honest(world[C], world[A])
    plain = json.dumps(lines, ensure_ascii=False)
    assert item(ours).path() in plain and "Question for site 01" in plain
    for told in (theirs, world[X].device, "W24", "PULSE", "Secret", "locked"):
        assert told not in plain
    stubs = [line["record"] for line in lines if line.get("record", {"key": ""})["key"] is None]
    assert {"query", "lock", "print"} <= {stub["kind"] for stub in stubs}
    assert world.send(C, A).set_aside == 0
    assert verify(world[A].vault.store) == []


def test_a_lost_file_makes_no_gap(world: World) -> None:
    key = item(world[A].enrol().identity)
    enter_value(world[A], key, "118")
    world.make(A, C)  # never arrives
    enter_value(world[A], key, "119")
    arrived = world.send(A, C)
    assert arrived.missing == (1,)
    assert shown(world[C], key) == ("119", False)
    assert any("never arrived: 1" in line.en for line in arrived.lines())


def test_only_what_is_new_travels(world: World) -> None:
    key = item(world[A].enrol().identity)
    enter_value(world[A], key, "118")
    first = world.send(A, C)
    world.send(C, A)
    enter_value(world[A], key, "119")
    second = world.send(A, C)
    assert second.known == 0
    assert 0 < second.new < first.new
    whole = world.send(A, C, everything=True)
    assert whole.known >= first.new + second.new
    assert whole.set_aside == 0


def test_the_list_says_what_happened(world: World) -> None:
    enter_value(world[A], item(world[A].enrol().identity), "118")
    world.send(A, C)
    assert [(e.arrow, e.number, e.peer, e.confirmed) for e in ledger(world[A])] == [("→", 1, "Centre", False)]
    world.send(C, A)
    assert [(e.arrow, e.number, e.confirmed) for e in ledger(world[A])] == [("→", 1, True), ("←", 1, False)]
    assert ledger(world[C])[0].as_json()["direction"] == "in"
