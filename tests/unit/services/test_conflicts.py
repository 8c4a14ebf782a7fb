"""Answers that two PCs gave without knowing of each other: compared, decided by a person, never lost.

Real vaults and real bundles throughout.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.db import projection
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import conflict_acts, conflicts
from mda5_crf.services.changes import Reason
from mda5_crf.services.conflict_words import value_of
from mda5_crf.services.worklist import Group, work_list
from mda5_crf.text import message
from tests.conflicting import (
    PULSE,
    SYSTOLIC,
    TEMPERATURE,
    WARD,
    WHY,
    A,
    B,
    C,
    D,
    Ward,
    old_ward,
    only,
    settle,
    ward,
)
from tests.unit.sync.synckit import data_of, enter_value, item, rebuilt_alike, shown
from tests.vaults import password

__all__ = ["old_ward", "ward"]
NIGHTLY = os.environ.get("MDA5_CRF_NIGHTLY") == "1"


def split(
    world: Ward, name: str = SYSTOLIC, before: str = "", one: str = "130", other: str = "310"
) -> ItemKey:
    """An item with different answers at A and B, of which A has heard."""
    subject = world.begun(A, B)
    key = item(subject, name)
    if before:
        enter_value(world[A], key, before)
        world.carry(A, B)
    world.differ(key, a=one, b=other)
    world.carry(B, A)
    return key


def refused(code: str, act: object, *words: object) -> InputRefused:
    assert callable(act)
    with pytest.raises(InputRefused) as caught:
        act(*words)
    assert caught.value.code == code
    assert caught.value.in_("en") != caught.value.in_("zh")
    return caught.value


# -- what stands where -----------------------------------------------------------------------------------


@pytest.mark.requirement("P11-5")
def test_the_ancestor_and_both_answers_side_by_side(old_ward: Ward) -> None:
    """What both replaced; each answer with author, PC, way, checks; which one the form shows and why."""
    key = split(old_ward, before="120")
    a = old_ward[A]
    (seen,) = conflicts.listed(a, key.subject)
    told = conflicts.compare(a, seen)
    assert [one.value.en for one in told.before] == ["120 mmHg"]
    here, there = told.conflict.sides
    assert (here.value.en, there.value.en) == ("130 mmHg", "310 mmHg")
    assert (here.here, there.here) == (True, False)
    assert (here.vault, there.vault) == ("Ward 3 bed side", "Ward 3 office")
    assert here.bundle is None and there.bundle is not None and "Ward 3 office" in there.bundle.en
    assert [one.check for one in here.findings] == []
    assert [one.severity.value for one in there.findings] == ["hard"]
    assert here.shown != there.shown
    stands = shown(a, key)[0]
    assert {here.shown: "130", there.shown: "310"}[True] == stands
    assert "does not mean" in told.shown_because.en and told.refusal is None and not told.asks
    assert here.person == "Li Na" and here.roles.en == "investigator" and here.stored.utcoffset() is not None
    # Looking changes nothing: neither in memory nor on the disk.
    assert a.data(key.subject).get(key) is not None
    assert shown(a, key) == (stands, True)


def test_where_nothing_stood_before_and_where_each_replaced_its_own(old_ward: Ward) -> None:
    key = split(old_ward)
    told = conflicts.compare(old_ward[A], only(old_ward[A], key.subject))
    assert told.before == () and not told.apart
    # Each goes on without the other: the answers that were replaced have nothing in common.
    subject = old_ward.begun(A, B)
    other = item(subject, PULSE)
    old_ward.differ(other, a="70", b="80")
    old_ward.differ(other, a="71", b="81")
    old_ward.carry(B, A)
    told = conflicts.compare(old_ward[A], only(old_ward[A], subject))
    assert told.before == () and told.apart


def test_listed_by_participant_visit_and_form_with_numbers_of_the_whole(old_ward: Ward) -> None:
    key = split(old_ward)
    a, subject = old_ward[A], key.subject
    enter_value(a, item(subject, PULSE), "70")
    enter_value(old_ward[B], item(subject, PULSE), "80")
    enter_value(a, item(subject, PULSE, "W4"), "70")
    enter_value(old_ward[B], item(subject, PULSE, "W4"), "80")
    old_ward.carry(B, A)
    own = conflicts.listed(a, subject)
    assert [(one.key.event, one.key.item) for one in own] == [("BL", SYSTOLIC), ("BL", PULSE), ("W4", PULSE)]
    whole = conflicts.listed(a)
    assert [one.number for one in whole] == list(range(1, len(whole) + 1))
    assert [one for one in whole if one.key.subject == subject] == list(own)
    week = conflicts.listed(a, place=ItemKey(subject, "W4"))
    assert [one.key for one in week] == [item(subject, PULSE, "W4")]
    assert [one.key for one in conflicts.listed(a, place=ItemKey(subject, "W4", "", "VS"))] == [week[0].key]
    assert conflicts.listed(a, place=ItemKey(subject, "W8")) == ()
    assert own[0].days == 0 and own[0].mine
    tasks = [t for t in work_list(a).tasks if t.group is Group.CONFLICT and t.subject == subject]
    assert [t.words.en for t in tasks] == ["2 values differ between PCs", "1 value differs between PCs"]
    assert all(task.mine for task in tasks)
    # What a conflict asks stands there once, not among the open queries again.
    assert not [t for t in work_list(a).tasks if t.group is Group.QUERY and t.subject == subject]


def test_answers_as_people_read_them(old_ward: Ward) -> None:
    """A code with its words, a missing code with its meaning, a cleared answer, one taken away."""
    a, b = old_ward[A], old_ward[B]
    subject = old_ward.begun(A, B)
    sex, pulse, warm = (
        item(subject, "SEX", "SCR", "DM"), item(subject, PULSE), item(subject, TEMPERATURE),
    )  # fmt: skip
    enter_value(a, warm, "36.5")
    old_ward.carry(A, B)
    old_ward.differ(sex, a="M", b="F")
    enter_value(a, pulse, "70")
    b.entry(pulse.form_key()).set_missing(pulse, "ND")
    enter_value(a, warm, "")
    enter_value(b, warm, "37.5")
    old_ward.carry(B, A)
    said = {one.key: one for one in conflicts.listed(a, subject)}
    assert said[sex].values.en == "M Male | F Female" and "男" in said[sex].values.zh
    assert said[pulse].values.en.startswith("70 beats/min | ND ") and said[pulse].sides[1].state == "missing"
    assert said[warm].sides[0].state == "cleared" and "cleared" in said[warm].values.en
    record = a.vault.journal.get(said[sex].sides[0].record)
    assert record is not None
    gone = value_of(a, sex, replace(record, content=None, salt=None))
    assert gone == message("conflicts.absent")
    emptied = replace(said[sex], sides=(replace(said[sex].sides[0], state="absent"), said[sex].sides[1]))
    refused("conflicts.absent_side", conflict_acts.take, a, emptied, 1, WHY)
    conflict_acts.take(a, said[warm], 1, WHY)  # a cleared answer is an answer: nothing was measured
    assert shown(a, warm) == ("", False)


def test_the_centre_compares_and_asks_but_decides_nothing(old_ward: Ward) -> None:
    key = split(old_ward)
    for sender in (A, B):
        old_ward.carry(sender, C)
    c, subject = old_ward[C], key.subject
    seen = only(c, subject)
    told = conflicts.compare(c, seen)
    assert not seen.mine and told.refusal is not None and told.asks
    assert not any(side.here for side in told.conflict.sides)
    with pytest.raises(PermissionDenied):
        settle(c, subject)
    assert only(c, subject).id == seen.id
    query = conflict_acts.ask(c, seen)
    own = conflict_acts.ask(c, seen, "  The ward's chart, page 3?  ")
    assert query.key == key and query.source == "manual" and "2 different answers" in query.text.en
    assert own.text.en == "The ward's chart, page 3?"
    assert {one.id for one in conflicts.compare(c, seen).queries} == {query.id, own.id}
    old_ward.carry(C, A)
    assert {one.id for one in conflicts.compare(old_ward[A], only(old_ward[A], subject)).queries} == {
        query.id, own.id,
    }  # fmt: skip


# -- deciding --------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-5", "E6-8")
def test_a_decision_is_a_new_answer_and_the_loser_stays_readable(old_ward: Ward) -> None:
    key = split(old_ward, before="120")
    a, subject = old_ward[A], key.subject
    seen = only(a, subject)
    changes = settle(a, subject)
    assert conflicts.listed(a, subject) == () and conflicts.at(a, key) is None
    assert shown(a, key) == ("130", False)
    made = a.vault.journal.get(changes.records[0])
    assert made is not None and set(made.replaces) == {side.record for side in seen.sides}
    assert made.data["reason"] == {"code": "SOURCE_CORRECTED", "text": "the chart says so"}
    for pc in (A, B, C):
        for sender in (A, B) if pc != A else ():
            if sender != pc:
                old_ward.carry(sender, pc)
        session = old_ward[pc]
        assert conflicts.listed(session, subject) == ()
        lines = {
            line.text.en: line for line in session.history(key) if line.kind == "value" and line.superseded
        }
        lost, kept = lines["entered 310"].fate, lines["entered 130"].fate
        assert lost is not None and lost.en.startswith("Lost to the answer that Li Na gave")
        assert "Source document corrected" in lost.en and "the chart says so" in lost.en
        assert kept is not None and kept.en.startswith("Kept by Li Na") and lines["entered 120"].fate is None
        trail = {line.record: line for line in session.audit.page().lines}
        loser = trail[seen.sides[1].record]
        assert loser.fate == lost and loser.says(("lost",)) and loser.as_json()["fate"]["en"] == lost.en
        assert trail[made.id].old.en in ("130 mmHg | 310 mmHg", "310 mmHg | 130 mmHg")
        (query,) = [one for one in session.queries(subject) if one.source == "conflict"]
        assert query.state == "Resolved" and query.id == seen.id and query.person == "Li Na"
        assert rebuilt_alike(session)
    refused("conflicts.changed", conflicts.compare, a, seen)
    refused("conflicts.changed", conflict_acts.take, a, seen, 1, WHY)


def test_another_answer_goes_the_way_of_every_answer(old_ward: Ward) -> None:
    """Read as the field reads it: full width, a unit, a missing code, no number; checks said before."""
    a = old_ward[A]
    for typed, unit, stands in (
        ("１４０", None, ("140", "", "")), ("18.6", "kPa", ("18.6", "kPa", "")), ("nd", None, ("", "", "ND")),
        ("about 130", None, ("about 130", "", "")),
    ):  # fmt: skip
        key = split(old_ward)
        seen = only(a, key.subject)
        found = conflict_acts.would_say(a, seen, typed, unit)
        assert bool(found) == (typed == "about 130")
        changes = conflict_acts.decide(a, seen, typed, WHY, unit)
        entry = a.data(key.subject).get(key)
        assert entry is not None
        assert (entry.text, entry.unit or "", entry.missing or "") == stands
        assert bool(changes.state.items[key].value.nonconformant) == (typed == "about 130")
        assert conflicts.listed(a, key.subject) == ()
        fates = [line.fate.en for line in a.history(key) if line.fate is not None]
        assert len(fates) == 2 and all("Lost" in fate for fate in fates)


def test_nothing_is_written_when_it_is_refused(old_ward: Ward) -> None:
    key = split(old_ward)
    a, subject = old_ward[A], key.subject
    seen = only(a, subject)
    before = a.vault.journal.heads()
    refused("conflicts.text_needed", conflict_acts.decide, a, seen, "  ", WHY)
    refused("conflicts.no_side", conflict_acts.take, a, seen, 3, WHY)
    refused("conflicts.no_side", conflict_acts.take, a, seen, 0, WHY)
    refused("conflicts.reason_needed", conflict_acts.take, a, seen, 1, Reason(""))
    refused("entry.unknown_reason", conflict_acts.take, a, seen, 1, Reason("BECAUSE"))
    refused("entry.reason_text_required", conflict_acts.take, a, seen, 1, Reason("OTHER", " "))
    unknown = replace(seen, item=None)
    refused("conflicts.item_unknown", conflict_acts.take, a, unknown, 1, WHY)
    assert conflicts.refused(a, unknown) == message("conflicts.item_unknown")
    assert conflict_acts.would_say(a, unknown, "5") == ()
    assert a.vault.journal.heads() == before and only(a, subject) == seen
    assert shown(a, key)[1]


def test_another_answer_that_came_meanwhile_is_shown_and_not_decided_over(old_ward: Ward) -> None:
    """The third PC's answer arrives between looking and deciding: nothing is written, all three are shown."""
    world, subject = old_ward, old_ward.begun(A, B, D)
    key = item(subject)
    world.differ(key, a="120", b="130", d="140")
    world.carry(B, A)
    a = world[A]
    seen = only(a, subject)
    world.send(D, A)
    before = a.vault.journal.heads()
    refused("conflicts.changed", conflict_acts.take, a, seen, 1, WHY)
    assert a.vault.journal.heads() == before
    a.refresh()
    again = only(a, subject)
    assert again.id != seen.id and len(again.sides) == 3
    assert {side.entry.text for side in again.sides} == {"120", "130", "140"}
    conflict_acts.decide(a, again, "125", WHY)
    world.swap(*WARD)
    assert {shown(world[pc], key) for pc in WARD} == {("125", False)}


def test_typed_over_in_the_form_its_query_is_gone_at_once(old_ward: Ward) -> None:
    """Nobody wrote that query, so nobody resolves it: what is kept in memory follows the answer."""
    key = split(old_ward)
    session = old_ward[A]
    assert [one.is_open for one in session.entry(key.form_key()).queries()] == [True]
    assert enter_value(session, key, "141") is not None
    assert session.entry(key.form_key()).queries() == () and session.queries(key.subject) == ()
    assert session.data(key.subject).open_queries == 0


def test_decided_differently_at_two_pcs_is_a_conflict_again(old_ward: Ward) -> None:
    key = split(old_ward)
    world, subject = old_ward, key.subject
    world.carry(A, B)
    for pc, text in ((A, "130"), (B, "310")):
        number = next(
            at for at, side in enumerate(only(world[pc], subject).sides, 1) if side.entry.text == text
        )
        settle(world[pc], subject, number)
    world.swap(A, B)
    assert only(world[A], subject).id == only(world[B], subject).id
    told = conflicts.compare(world[A], only(world[A], subject))
    # Both decided over the same two answers: these are what stood there before.
    assert sorted(one.value.en for one in told.before) == ["130 mmHg", "310 mmHg"]
    assert all(side.reason.en for side in told.conflict.sides)
    first = next(line for line in world[A].history(key) if line.text.en == "entered 310" and line.fate)
    assert first.fate is not None and "Lost" in first.fate.en and "Kept" in first.fate.en
    settle(world[B], subject)
    world.swap(A, B)
    assert conflicts.listed(world[A], subject) == conflicts.listed(world[B], subject) == ()


def test_decided_alike_at_two_pcs_is_none(old_ward: Ward) -> None:
    key = split(old_ward)
    old_ward.carry(A, B)
    for pc in (A, B):
        conflict_acts.decide(old_ward[pc], only(old_ward[pc], key.subject), "125", WHY)
    old_ward.swap(A, B)
    for pc in (A, B):
        assert conflicts.listed(old_ward[pc], key.subject) == ()
        assert shown(old_ward[pc], key) == ("125", False)


def completed(world: Ward, subject: str) -> None:
    """The vital signs of a participant, complete at A."""
    a, key = world[A], item(subject)
    entry = a.entry(key.form_key())
    for name, one in entry.form.items.items():
        place = item(subject, name)
        if one.missing and not entry.stands(place):
            entry.set_missing(place, one.missing[0])
    entry.set_value(item(subject, "VSDAT"), a.today.isoformat())
    for finding in [one for one in entry.state.findings if one.blocks and not one.confirmed]:
        entry.put_to_query(finding, "Which?")
    assert entry.complete().done
    for other in (B, C):
        world.carry(A, other)


def test_a_frozen_form_is_not_decided_upon(old_ward: Ward) -> None:
    """The centre froze it as it stood, with both answers: it has to be thawed first; asking is possible."""
    world, subject = old_ward, old_ward.begun(A, B)
    key = item(subject)
    completed(world, subject)
    changed = world[A].entry(key.form_key())
    changed.set_value(key, "130", reason=WHY)
    world[B].entry(key.form_key()).set_value(key, "140", reason=WHY)
    for sender, receiver in ((B, A), (A, C), (B, C)):
        world.carry(sender, receiver)
    world[C].set_lock(key.form_key(), "frozen", "analysis")
    world.carry(C, A)
    a = world[A]
    seen = only(a, subject)
    told = conflicts.compare(a, seen)
    assert told.refusal is not None and "froze this form" in told.refusal.en
    assert told.asks and not seen.mine
    refused("locks.refused_frozen", conflict_acts.take, a, seen, 1, WHY)
    assert only(a, subject) == seen


def test_a_signature_that_does_not_cover_the_answer_is_named_before(old_ward: Ward) -> None:
    subject = old_ward.begun(A, B)
    a, key = old_ward[A], item(subject)
    completed(old_ward, subject)
    a.entry(key.form_key()).set_value(key, "130", reason=WHY)
    meaning = a.signing_offer(key.form_key()).meanings[0][0]
    a.sign(key.form_key(), meaning, password("i01"), a.person.login)
    old_ward[B].entry(key.form_key()).set_value(key, "150", reason=WHY)
    old_ward.carry(B, A)
    (words,) = conflicts.compare(a, only(a, subject)).signatures
    assert "Li Na" in words.en and "sign" in words.en
    settle(a, subject)
    assert not any(one.counts for one in a.signatures(key.form_key()))


def test_what_is_void_or_struck(old_ward: Ward) -> None:
    """A row that was struck keeps its conflict, said to be struck, until somebody decides."""
    world, subject = old_ward, old_ward.begun(A, B)
    a = world[A]
    log = ItemKey(subject, "LOG", "", "AE")
    entry = a.entry(log)
    group = next(one.name for one in entry.form.groups if one.repeating)
    row, _ = entry.add_row(group)
    key = log._replace(group=group, group_repeat=row, item="AETERM")
    world.carry(A, B)
    world.differ(key, a="Fever", b="Fever, chills")
    world.carry(B, A)
    assert not only(a, subject).struck
    assert conflicts.named(a, only(a, subject)).en.startswith("AE#1 ")
    a.entry(log).strike_row(key.row_key(), Reason("ENTRY_ERROR"))
    a.refresh()
    seen = only(a, subject)
    assert seen.struck
    rows = a.entry(log).lines(group)
    conflicts.compare(a, seen)
    assert a.entry(log).lines(group) == rows
    settle(a, subject)
    assert conflicts.listed(a, subject) == ()


# -- always ----------------------------------------------------------------------------------------------

acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("edit"), st.sampled_from(WARD), st.sampled_from([SYSTOLIC, PULSE]), st.integers(80, 140)
        ),
        st.tuples(
            st.just("send"), st.sampled_from(WARD), st.sampled_from(WARD), st.just(0)
        ),
        st.tuples(st.just("settle"), st.sampled_from(WARD), st.just(""), st.integers(1, 3)),
    ),
    min_size=4,
    max_size=8,
)  # fmt: skip


@pytest.mark.requirement("P11-5", "E6-9")
@settings(max_examples=60 if NIGHTLY else 2)
@given(acts=acts)
def test_whoever_heard_the_same_sees_the_same_and_nothing_typed_is_lost(
    old_ward: Ward, acts: list[tuple[str, str, str, int]]
) -> None:
    """Edits, files and decisions in any order at three PCs: in the end one answer each, all texts kept."""
    world = old_ward
    subject = world.begun(*WARD)
    typed: set[tuple[str, str]] = set()
    for act, who, what, number in acts:
        if act == "edit":
            enter_value(world[who], item(subject, what), str(number))
            typed.add((what, str(number)))
        elif act == "send" and what != who:
            world.carry(who, what)
        elif act == "settle":
            for one in conflicts.listed(world[who], subject)[:1]:
                conflict_acts.take(world[who], one, min(number, len(one.sides)), WHY)
    world.swap(*WARD)
    views = [data_of(world[pc], subject) for pc in WARD]
    assert views[0] == views[1] == views[2]
    open_ones = [tuple(one.id for one in conflicts.listed(world[pc], subject)) for pc in WARD]
    assert len(set(open_ones)) == 1
    while left := conflicts.listed(world[B], subject):
        conflict_acts.take(world[B], left[0], 1, WHY)
    world.carry(B, A)
    world.carry(B, D)
    for pc in WARD:
        session = world[pc]
        assert conflicts.listed(session, subject) == ()
        for what, text in typed:
            assert any(line.text.en == f"entered {text}" for line in session.history(item(subject, what)))
    for what in (SYSTOLIC, PULSE):
        assert len({shown(world[pc], item(subject, what)) for pc in WARD}) == 1
    with world[D].vault.store.read() as tx:
        assert not [row for row in projection.dump(tx)["conflict"] if str(row[0]).startswith(subject)]
