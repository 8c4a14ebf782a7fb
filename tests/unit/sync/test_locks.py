"""A lock of the centre and entry at the ward at once: nothing is lost, and both sides say the same."""

from __future__ import annotations

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lockclash
from mda5_crf.services.worklist import Group
from tests.commandline import act
from tests.unit.sync.synckit import PCS, A, B, C, World, enter_value, item, rebuilt_alike


@pytest.fixture
def complete(world: World) -> ItemKey:
    """A complete form of the ward, known to its other PC and to the centre."""
    subject = world[A].enrol().identity
    key = item(subject).form_key()
    entry = world[A].entry(key)
    for name, text in (("VSDAT", "2026-11-20"), ("SYSBP_VSORRES", "120"), ("DIABP_VSORRES", "80")):
        if name in entry.form.items:
            entry.set_value(item(subject, name), text)
    world[A].append([Draft("status", key.path(), {"status": "complete"})])
    world.send(A, B)
    world.send(A, C)
    return key


def freeze(world: World, key: ItemKey) -> None:
    """The centre freezes (a lock would need the ward's signature first)."""
    world[C].set_lock(key, "frozen")


@pytest.mark.requirement("E6-10")
def test_a_lock_of_the_centre_holds_at_the_ward(world: World, complete: ItemKey) -> None:
    freeze(world, complete)
    report = world.send(C, A)
    assert report.set_aside == 0 and not report.notes
    with pytest.raises(InputRefused) as caught:
        enter_value(world[A], item(complete.subject), "130")
    assert caught.value.code == "locks.refused_frozen" and "Wang Fang froze this form" in caught.value.in_(
        "en"
    )
    assert world[A].held(complete).state == "frozen" and world[A].state(complete).status == "frozen"
    assert rebuilt_alike(world[A])


@pytest.mark.requirement("E6-10", "E6-17")
@pytest.mark.parametrize("first", [A, C])
def test_a_lock_that_had_not_seen_newer_entry_does_not_hold(
    world: World, complete: ItemKey, first: str
) -> None:
    """Whoever hears of the other first: the value stays, the lock does not hold there, both sides say it."""
    freeze(world, ItemKey(complete.subject))
    value_at(world, complete, "130")
    reports = [world.send(C, A), world.send(A, C)] if first == A else [world.send(A, C), world.send(C, A)]
    assert all(report.set_aside == 0 for report in reports)
    for pc in (A, C):
        held = world[pc].held(complete)
        assert held.state == "open" and held.late == (item(complete.subject),)
        assert rebuilt_alike(world[pc])
    said = [note.en for report in reports for note in report.notes]
    assert any("Newer data" in one and "Systolic" in one for one in said), said
    # What was refused, by whom and when comes back with the ward's next bundle; then both say the same.
    came = world.send(A, C)
    (clash,) = lockclash.of_subject(world[C], complete.subject)
    (same,) = lockclash.of_subject(world[A], complete.subject)
    assert clash == same and clash.keys == (item(complete.subject),)
    core = lockclash.sentence(world[C], clash)
    assert core == lockclash.sentence(world[A], same) and core.en != core.zh
    (refusal,) = clash.refused
    assert refusal.device == world[A].device and refusal.name == PCS[A][1] and refusal.at is not None
    for words in (PCS[A][1], "refused at", "Wang Fang froze", "Vital signs", "Systolic"):
        assert words in core.en
    assert core.en in " ".join([*said, *(note.en for note in came.notes)])
    if first == C:  # the centre learnt of the data first, and only now that the ward refused
        assert any(core.zh in note.zh for note in came.notes)
    for pc, mine in ((A, False), (C, True)):
        (task,) = [one for one in world[pc].work_list().tasks if one.group is Group.LOCK]
        assert core.en in task.words.en and task.mine is mine and task.key == item(complete.subject)
    # The ward goes on; the centre looks and freezes again, and now it holds at both.
    value_at(world, complete, "131")
    world.send(A, C)
    world[C].set_lock(complete, "frozen")
    world.send(C, A)
    for pc in (A, C):
        assert world[pc].held(complete).state == "frozen"
        assert lockclash.standing(world[pc]) == {}
        assert not [one for one in world[pc].work_list().tasks if one.group is Group.LOCK]


def heads(world: World, form: ItemKey) -> tuple[str, ...]:
    return world[A].cache(form.subject).heads[item(form.subject)]


def value_at(world: World, form: ItemKey, text: str) -> None:
    """The ward corrects a value."""
    record = Draft("value", item(form.subject).path(), {"text": text}, heads(world, form))
    world[A].append([record])
    world[A].refresh()


@pytest.mark.requirement("E6-10")
def test_another_pc_of_the_ward_that_did_not_know(world: World, complete: ItemKey) -> None:
    freeze(world, complete)
    world.send(C, A)
    assert world[A].held(complete).state == "frozen"
    old = world[B].cache(complete.subject).heads[item(complete.subject)]
    world[B].append([Draft("value", item(complete.subject).path(), {"text": "140"}, old)])
    report = world.send(B, A)
    assert report.set_aside == 0
    held = world[A].held(complete)
    assert held.state == "open" and held.late == (item(complete.subject),)
    (clash,) = lockclash.of_place(world[A], complete)
    (refusal,) = clash.refused
    assert (refusal.name, refusal.at) == (PCS[B][1], None)  # it is not told yet when the lock came there
    assert f"newer data of {PCS[B][1]}, which has not confirmed" in report.notes[-1].en
    world.send(C, B)  # the office takes the lock, and refuses it where its own value is newer
    world.send(B, A)
    world.send(B, C)
    said = {lockclash.sentence(world[pc], *lockclash.of_place(world[pc], complete)) for pc in (A, B, C)}
    assert len(said) == 1 and f"refused at {PCS[B][1]} on" in said.pop().en


@pytest.mark.requirement("E6-10")
def test_commands_say_which_lock_was_refused(world: World, complete: ItemKey) -> None:
    freeze(world, ItemKey(complete.subject))
    value_at(world, complete, "130")
    world.send(C, A)
    world.send(A, C)
    number = world[C].subjid(complete.subject)
    world.close(A, C)
    for pc, login, after in ((A, "i01", "the next bundle tells"), (C, "d02", "Look at them and lock again")):
        vault = world.base / pc
        for words in (("lock", "list", vault), ("lock", "list", vault, number, "BL", "VS"), ("todo", vault),
                      ("show", vault, number), ("show", vault, number, "BL", "VS")):  # fmt: skip
            said = act(*words, login=login).good().out
            assert f"refused at {PCS[A][1]} on" in said and "Systolic" in said and after in said, words
            assert "拒绝" in act(*words, "--language", "zh", login=login).good().out
        (state,) = act("lock", "list", vault, number, "BL", "VS", "--json", login=login).good().json()
        (refused,) = state["refused"]
        assert state["state"] == "open" and refused["refused"][0]["name"] == PCS[A][1]
        shown = act("show", vault, number, "BL", "VS", "--json", login=login).good().json()
        assert shown["locks_refused"] == [refused]
        whole = act("show", vault, number, "--json", login=login).good().json()
        assert whole["locks_refused"] == [refused]


def test_where_there_is_a_centre_no_ward_locks(world: World, complete: ItemKey) -> None:
    with world.as_monitor() as session:
        with pytest.raises(InputRefused) as caught:
            session.set_lock(complete, "frozen")
        assert caught.value.code == "locks.centre_locks"
    world.open.pop(A)


@pytest.mark.requirement("CN-5")
def test_the_lock_of_the_study_reaches_every_ward(world: World, complete: ItemKey) -> None:
    world[C].append([Draft("lock", "", {"state": "locked", "reason": "final analysis"})])
    assert world.send(C, A).set_aside == 0
    assert world[A].held(ItemKey()).state == "locked" and world[A].held(complete).state == "locked"
    with pytest.raises(InputRefused) as caught:
        world[A].enrol()
    assert caught.value.code == "locks.refused_locked"


def test_a_ward_cannot_lock_the_study(world: World, complete: ItemKey) -> None:
    world.as_monitor()
    world[A].vault.journal.append([Draft("lock", "", {"state": "frozen"})], at=world[A].now())
    report = world.send(A, C)
    assert [reason.en for _, reason in report.aside] == ["Only the centre freezes and locks."]
    assert world[C].held(complete).state == "open"
