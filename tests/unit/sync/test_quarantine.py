"""What cannot be understood never blocks the rest, is listed with what to do, and judged again by itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db import projection, read, schema
from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.errors import PermissionDenied
from mda5_crf.services import access, quarantine
from mda5_crf.services.asof import Moment, as_of, present
from mda5_crf.services.session import Session
from mda5_crf.services.worklist import work_list
from mda5_crf.sync import bundles, rejudging
from mda5_crf.text import Text, message
from tests.commandline import act
from tests.once import built_once, one_salt_each
from tests.unit.sync.synckit import (
    PCS,
    A,
    B,
    C,
    World,
    X,
    befriend,
    data_of,
    enter_value,
    everything_of,
    found,
    item,
    rebuilt_alike,
    shown,
    study,
    value,
    write,
)
from tests.vaults import enter, password

D = "d"


def _with_stranger(base: Path) -> None:
    base.mkdir()
    made = World(base, base)
    session = found(base / D, "Ward 9 office", "02", "i01")
    befriend(made[X], session)
    session.enrol()
    session.vault.close()
    made.close()


@pytest.fixture
def stranger(world: World) -> tuple[Session, str]:
    """A second PC of ward 02, registered at X and not at the centre, with a participant of its own."""
    with one_salt_each():
        template = built_once("sync-stranger", _with_stranger)
    for pc in (X, D):
        shutil.copytree(template / pc, world.base / pc)
    world.open[D] = session = Session(enter(world.base / D, "i01"), study())
    return session, session.subjects()[0].identity


def released(session: Session) -> list[dict[str, Any]]:
    return [record.data for record in session.vault.journal.records(kinds=("released",))]


@pytest.mark.requirement("CN-4")
def test_the_rest_goes_in_and_what_waits_follows_by_itself(
    world: World, stranger: tuple[Session, str]
) -> None:
    session, subject = stranger
    world.send(D, X)
    enter_value(world[X], item(subject, "VSPERF"), "Y")
    enter_value(world[X], item(subject), "120")
    own = world[X].enrol().identity
    enter_value(world[X], item(own, "VSPERF"), "Y")

    report = world.send(X, C)
    centre = world[C]
    assert {s.identity for s in centre.subjects()} == {own}  # the rest went in
    assert report.set_aside >= 2 and read.aside(centre.vault.store)
    told = quarantine.listed(centre)
    waiting = [one for one in told if one.remedy == quarantine.REGISTER]
    assert len(waiting) == report.set_aside and session.device in waiting[0].remedy_words.en
    assert waiting[0].device == PCS[X][1] and waiting[0].site == "02" and waiting[0].at is not None
    assert rejudging.judge_again(centre).released == [] and released(centre) == []
    assert verify(centre.vault.store) == []

    befriend(centre, session)  # the card is taken; the next bundle brings the chain and lets go what waited
    world.send(D, C)
    assert read.aside(centre.vault.store) == () and quarantine.listed(centre) == ()
    assert shown(centre, item(subject)) == ("120", False)
    (said,) = released(centre)
    assert sorted(said["records"]) == sorted(one.record for one in waiting) and said["cause"] == "take"
    assert session.device in said["reasons"][0]["en"]
    assert verify(centre.vault.store) == [] and rebuilt_alike(centre)
    assert data_of(centre, subject) == data_of(world[X], subject)


def test_asked_for_it_is_done_at_once(world: World, stranger: tuple[Session, str]) -> None:
    session, subject = stranger
    world.send(D, X)
    enter_value(world[X], item(subject, "VSPERF"), "Y")
    world.send(X, C)
    befriend(world[C], session)
    assert world[C].subjects() == ()
    before, waiting = present(world[C]), read.aside(world[C].vault.store)
    found_ = rejudging.judge_again(world[C])
    assert len(found_.released) >= 1 and found_.staying == 0
    assert rejudging.judge_again(world[C]).released == []
    assert verify(world[C].vault.store) == []
    with as_of(world[C], Moment(heads=before.heads)) as past:  # then it was still set aside
        assert sorted(read.aside(past.vault.store), key=str) == sorted(waiting, key=str)
    with as_of(world[C], present(world[C])) as past:
        assert read.aside(past.vault.store) == ()


def test_a_plan_says_what_a_take_would_do_and_writes_nothing(
    world: World, stranger: tuple[Session, str]
) -> None:
    session, subject = stranger
    world.send(D, X)
    enter_value(world[X], item(subject, "VSPERF"), "Y")
    world.send(X, C)
    befriend(world[C], session)
    file = world.make(D, C)
    before = everything_of(world[C])
    bundles.plan(world[C], file)
    assert everything_of(world[C]) == before and len(read.aside(world[C].vault.store)) >= 1
    bundles.take(world[C], file)
    assert read.aside(world[C].vault.store) == ()


def test_what_was_not_allowed_is_never_let_go(world: World) -> None:
    subject = world[A].enrol().identity
    world.send(A, C)
    write(world[C], value(item(subject), "120"))
    world.send(C, A)
    (one,) = quarantine.listed(world[A])
    assert any("count nowhere: 1 " in note.en for note in work_list(world[A]).notes)
    assert one.remedy in (quarantine.SITE, quarantine.PRINCIPAL) and one.what.en and one.author.zh
    for _ in range(2):
        assert rejudging.judge_again(world[A]).staying == 1
    assert shown(world[A], item(subject)) == ("", False)
    assert [row.record for row in read.aside(world[A].vault.store)] == [one.record]
    assert verify(world[A].vault.store) == []


def test_a_newer_program_understands(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that this version does not know is judged again by the first opening of one that does."""
    write(world[A], Draft("trail-review", "", {"remark": "x", "filter": {}, "records": 1, "heads": {}}))
    file = world.make(A, C)
    with monkeypatch.context() as older:
        folds = {kind: fold for kind, fold in projection._FOLDS.items() if kind != "trail-review"}
        acts = {kind: right for kind, right in access._ACTS.items() if kind != "trail-review"}
        older.setattr(projection, "_FOLDS", folds)
        older.setattr(access, "_ACTS", acts)
        bundles.take(world[C], file)
        (one,) = quarantine.listed(world[C])
        assert one.remedy == quarantine.UPDATE and "Update the program" in one.remedy_words.en
        assert rejudging.after_upgrade(world[C]).staying == 1
    assert rejudging.after_upgrade(world[C]).staying == 0  # the same version: nothing is asked
    assert len(quarantine.listed(world[C])) == 1
    monkeypatch.setattr(rejudging, "__version__", "9.0.0")
    assert [record for record, _ in rejudging.after_upgrade(world[C]).released] == [one.record]
    assert released(world[C])[0]["cause"] == "opening"
    assert verify(world[C].vault.store) == []


def test_reasons_are_those_of_today(world: World) -> None:
    """A record may wait for one thing, and when that has come be not allowed after all."""
    write(world[X], Draft("verify", "0123456789abcdef:9/BL/VS/MAIN/SYSBP_VSORRES", {"state": "verified"}))
    world.send(X, C)
    with world[C].vault.store.transaction() as tx:
        (row,) = tx.find(schema.quarantine)
        tx.put(schema.quarantine, {**row, "en": "an old sentence", "zh": "旧"})
    (one,) = quarantine.listed(world[C])
    assert one.remedy == quarantine.NOTHING
    assert rejudging.judge_again(world[C]).staying == 1
    (one,) = quarantine.listed(world[C])
    assert one.reason.en != "an old sentence" and one.remedy != quarantine.NOTHING


def test_released_and_hidden_again(world: World, stranger: tuple[Session, str]) -> None:
    """Attack: what was let go is set aside again with another tool."""
    session, subject = stranger
    world.send(D, X)
    enter_value(world[X], item(subject, "VSPERF"), "Y")
    world.send(X, C)
    befriend(world[C], session)
    (one, *_) = rejudging.judge_again(world[C]).released
    device, _, seq = one[0].partition(":")
    with world[C].vault.store.transaction() as tx:
        tx.insert(schema.quarantine, {"device": device, "seq": int(seq), "en": "x", "zh": "x"})
        projection.rebuild(tx)
    assert ("aside_unrecorded", one[0]) in {(t.code, t.place) for t in verify(world[C].vault.store)}


def test_let_go_against_the_rules(world: World) -> None:
    """Attack: whoever holds the key writes that a record may stand which never could."""
    subject = world[A].enrol().identity
    form = item(subject).form_key().path()
    world.as_monitor()
    write(world[A], value(item(subject), "120"))  # a monitor enters a value
    world.send(A, C)
    (one,) = quarantine.listed(world[C])
    assert form in world[C].vault.journal.get(one.record).key  # type: ignore[union-attr]
    write(
        world[C],
        Draft("released", "", {"cause": "asked", "program": "9", "records": [one.record], "reasons": []}),
    )
    with world[C].vault.store.transaction() as tx:
        tx.delete(schema.quarantine)
        projection.rebuild(tx)
    troubles = verify(world[C].vault.store, judge=access.judge)
    assert ("not_entitled", one.record) in {(t.code, t.place) for t in troubles}


def test_who_may_and_how_it_is_said(world: World) -> None:
    subject = world[A].enrol().identity
    world.send(A, C)
    write(world[C], value(item(subject), "120"))
    world.send(C, A)
    world.close(A)
    vault = world.base / A
    listed = act("quarantine", vault, "list", login="i01").good()
    assert "→" in listed.out and "Centre" in listed.out
    (one,) = act("quarantine", vault, "list", "--json", login="i01").good().json()
    assert one["kind"] == "value" and one["what_to_do"]["zh"] != one["what_to_do"]["en"]
    assert "still set aside" in act("quarantine", "judge-again", vault, login="i01").good().out
    assert act("quarantine", vault, "judge-again", "--json", login="i01").good().json()["staying"] == 1
    act("quarantine", vault, "release", login="i01").refused(2)


def test_reasons_of_all_sorts_are_known_again() -> None:
    code, params = quarantine.code_of(
        Text("It is about a participant enrolled at PC ab12, which is not registered here.", "")
    )
    assert (code, params) == ("quarantine.device_unknown", {"device": "ab12"})
    assert quarantine.code_of(Text("Nobody ever said this.", "")) == ("", {})
    for name, remedy in quarantine._REMEDIES.items():
        places = {"device": "d", "kind": "k", "act": "a", "site": "01"}
        text = message(name, **places)
        assert quarantine.code_of(text)[0] == name, name
        assert quarantine._REMEDIES[quarantine.code_of(text)[0]] == remedy


def test_nothing_is_set_aside(world: World) -> None:
    world.send(A, B)
    assert quarantine.listed(world[B]) == () and quarantine.count(world[B]) == 0
    assert rejudging.judge_again(world[B]).released == []
    world.close(B)
    assert "Nothing" in act("quarantine", world.base / B, "list", login="i01").good().out


def test_not_everybody_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.RIGHTS, access.Action.BUNDLE, frozenset())
    with pytest.raises(PermissionDenied):
        quarantine.listed(world[A])
    with pytest.raises(PermissionDenied):
        rejudging.judge_again(world[A])
    assert rejudging.after_upgrade(world[A]).released == []


def test_keys_are_asked_first_and_then_whatever_hangs_on_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world[A].add_person("n07", "Zhang Wei", "data_entry", password("n07"), own_password=password("i01"))
    file = world.make(A, C)
    with monkeypatch.context() as older:
        folds = {kind: fold for kind, fold in projection._FOLDS.items() if kind != "certificate"}
        older.setattr(projection, "_FOLDS", folds)
        bundles.take(world[C], file)
        kinds = {one.kind for one in quarantine.listed(world[C])}
        assert kinds == {"certificate"}
    before = len(read.aside(world[C].vault.store))
    found_ = rejudging.judge_again(world[C])
    assert (len(found_.released), found_.staying) == (before, 0) and before >= 2
    assert verify(world[C].vault.store) == [] and rebuilt_alike(world[C])
    assert "Zhang Wei" in {person.name for person in read.persons(world[C].vault.store)}
