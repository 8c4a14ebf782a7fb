"""Where a form is: here only, in a bundle on its way, confirmed; at the centre, which bundle brought it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.db import read_delivery, rows
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices
from mda5_crf.sync.delivery import (
    CAME,
    CONFIRMED,
    HERE,
    SENT,
    delivery,
    form_path,
    unsent_forms,
    where,
)
from tests.unit.sync.synckit import A, B, C, World, X, enter_value, found, item
from tests.vaults import password


def send(world: World, sender: str, receiver: str) -> Path:
    return world.make(sender, receiver)


def answer(world: World, sender: str, receiver: str) -> None:
    bundles.take(world[receiver], world.make(sender, receiver))


def form_of(subject: str) -> ItemKey:
    return item(subject).form_key()


@pytest.mark.requirement("CN-4")
def test_a_form_goes_from_here_only_to_a_stick_to_confirmed(world: World) -> None:
    ward = world[A]
    subject = ward.enrol().identity
    form = form_of(subject)
    assert where(ward, form) is None, "nothing is recorded of it"
    enter_value(ward, item(subject), "120")
    found_here = where(ward, form)
    assert found_here is not None and found_here.state == HERE and found_here.words.en == "here only"

    first = world.make(A, C)
    sent = where(ward, form)
    assert sent is not None and (sent.state, sent.number, sent.peer) == (SENT, 1, "Centre")
    assert "1" in sent.words.en and "1" in sent.words.zh and sent.words.en != sent.words.zh

    world.make(A, C)  # one more on its way: the form has been on its way since the first
    again = where(ward, form)
    assert again is not None and again.number == 1

    bundles.take(world[C], first)
    assert where(ward, form) == again, "nobody has said so here"
    answer(world, C, A)
    done = where(ward, form)
    assert done is not None and (done.state, done.peer) == (CONFIRMED, "Centre")
    assert delivery(ward).unsent(ward) == {}


def test_a_later_answer_is_here_only_again_and_alone(world: World) -> None:
    ward = world[A]
    subject, other = ward.enrol().identity, ward.enrol().identity
    for one in (subject, other):
        enter_value(ward, item(one), "120")
    bundles.take(world[C], world.make(A, C))
    answer(world, C, A)
    enter_value(ward, item(subject, "DIABP_VSORRES"), "80")
    states = {one: where(ward, form_of(one)) for one in (subject, other)}
    assert [found.state for found in states.values() if found is not None] == [HERE, CONFIRMED]
    assert set(delivery(ward).unsent(ward)) == {form_of(subject).path()}
    known = delivery(ward).of_forms(ward, [form_of(subject), form_of(other)])
    assert set(known) == {form_of(subject)} and known[form_of(subject)].state == HERE


def test_who_only_looked_at_a_form_has_changed_nothing(world: World) -> None:
    ward = world[A]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    bundles.take(world[C], world.make(A, C))
    answer(world, C, A)
    before = ward.vault.journal.heads()[ward.device][0]
    ward.view_book.note(form_of(subject))
    ward.record_print("form", "0" * 64, 1, subject)
    assert ward.vault.journal.heads()[ward.device][0] > before
    seen = where(ward, form_of(subject))
    assert seen is not None and seen.state == CONFIRMED


def test_the_centres_word_counts_and_not_that_of_another_pc_of_the_ward(world: World) -> None:
    ward = world[A]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    bundles.take(world[B], world.make(A, B))
    answer(world, B, A)
    here = where(ward, form_of(subject))
    assert here is not None and here.state == HERE and here.also == ("Ward 3 office",)
    assert here.words.en == "not yet sent", "'here only' would be false"
    assert "Ward 3 office" in here.sentence.en and "Ward 3 office" in here.sentence.zh


def test_what_another_pc_of_the_ward_entered_is_not_confirmed_because_it_is_here(world: World) -> None:
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "120")
    bundles.take(world[B], world.make(A, B))
    office = world[B]
    state = where(office, form_of(subject))
    assert state is not None and (state.state, state.also) == (HERE, ("Ward 3 bed side",))
    # It relays, once the centre has said that it believes that PC: then its bundle brings those answers too.
    answer(world, C, B)
    bundles.take(world[C], world.make(B, C))
    answer(world, C, B)
    state = where(office, form_of(subject))
    assert state is not None and state.state == CONFIRMED


def test_the_centre_says_which_bundle_of_whom_brought_it(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    bundles.take(centre, world.make(A, C))
    first = where(centre, form_of(subject))
    assert first is not None and (first.state, first.peer, first.number) == (CAME, "Ward 3 bed side", 1)
    enter_value(ward, item(subject, "DIABP_VSORRES"), "80")
    bundles.take(centre, world.make(A, C))
    second = where(centre, form_of(subject))
    assert second is not None and second.number == 2 and "2" in second.words.zh
    assert where(centre, form_of("d1:1")) is None
    nothing = form_of("d1:1")
    assert delivery(centre).of_forms(centre, [form_of(subject), nothing]) == {form_of(subject): second}
    assert delivery(centre).unsent(centre) == {}


def test_with_nobody_to_send_to_nothing_is_said(world: World, tmp_path: Path) -> None:
    alone = found(tmp_path / "alone", "Ward 7", "01", "i01")
    try:
        subject = alone.enrol().identity
        enter_value(alone, item(subject), "120")
        assert where(alone, form_of(subject)) is None
    finally:
        alone.vault.close()


def test_a_registration_that_ends_takes_its_word_along(world: World) -> None:
    ward = world[A]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    bundles.take(world[C], world.make(A, C))
    answer(world, C, A)
    devices.revoke(ward, world[C].device, "laptop stolen", own_password=password("i01"))
    state = where(ward, form_of(subject))
    assert state is not None and state.state == HERE


def test_an_older_word_of_the_centre_is_asked_for_more(world: World) -> None:
    """A centre that has less than it said before (restored): what it lacks is looked at again."""
    ward = world[A]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    bundles.take(world[C], world.make(A, C))
    answer(world, C, A)
    known = delivery(ward)
    assert known.unsent(ward) == {}
    known._books.confirmed = {}
    assert set(known.unsent(ward)) == {form_of(subject).path()}


def test_a_kept_answer_is_the_answer_of_a_new_session(world: World) -> None:
    """What is kept between two questions says what somebody finds who asks for the first time."""
    ward = world[A]
    subject = ward.enrol().identity
    centre = world[C]
    for step in range(6):
        enter_value(ward, item(subject, ("SYSBP_VSORRES", "DIABP_VSORRES")[step % 2]), str(100 + step))
        if step % 2:
            file = world.make(A, C)
            if step == 3:
                bundles.take(centre, file)
                bundles.take(ward, world.make(C, A))
        kept = where(ward, form_of(subject))
        fresh = Session(ward.vault, ward.study)
        assert kept == where(fresh, form_of(subject))


def test_how_many_forms_a_pc_has_not_been_sent(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    assert unsent_forms(ward, centre.device) == 0
    enter_value(ward, item(subject), "120")
    enter_value(ward, item(subject, event="SCR"), "121")
    assert unsent_forms(ward, centre.device) == 2
    world.make(A, C)
    assert unsent_forms(ward, centre.device) == 0
    assert unsent_forms(ward, world[B].device) == 2
    # A centre counts for a ward only what that ward may see.
    bundles.take(centre, send(world, A, C))
    centre.raise_query(form_of(subject), "Which arm?")
    assert unsent_forms(centre, ward.device) == 1
    assert unsent_forms(centre, world[X].device) == 0


def test_paths_of_forms() -> None:
    assert form_path("d:1/BL/VS/MAIN/SYS") == "d:1/BL/VS"
    assert form_path("d:1/UNS[d:2]/HRCT[d:3]") == "d:1/UNS[d:2]/HRCT[d:3]"
    assert form_path("d:1/BL") == form_path("d:1") == form_path("") == ""


def test_the_queries_use_the_keys_of_the_tables(world: World) -> None:
    """The confirmed part of a chain is not walked over: both questions are answered from an index."""
    ward = world[A]
    with ward.vault.store.read() as tx:
        for statement, values in (
            (read_delivery._BY_KEY, {"d": "x", "after": 1, "upto": 2}),
            (read_delivery._BELOW, {"low": "a/", "high": "a0"}),
            (read_delivery._END, {"d": "x"}),
        ):
            sql, bound = statement.bound(tx.dialect, values)
            cursor = tx.connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
            plan = " ".join(str(row[-1]) for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", bound))
            assert "SEARCH" in plan and "SCAN audit_record" not in plan, plan
        assert rows.devices(tx)
