"""A move taken back: by two persons, in one transaction, with both places readable afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mda5_crf.db.store import Store
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import backups
from mda5_crf.services.moveback import BackPlan
from mda5_crf.services.wrongplace import VoidInfo
from tests.commandline import remembered_keys
from tests.scenario import OpenForm, Ward
from tests.unit.services.test_wrongplace import NURSE, WHY, moved, refusal, sound, status, vs
from tests.vaults import password

__all__ = ["vs"]
pytestmark = pytest.mark.requirement("CN-3", "P11-5", "E6-8")


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


def away(ward: Ward) -> VoidInfo:
    """The newest move that stands."""
    return next(one for one in ward.session.voids() if one.moved_to and not one.restored)


def planned(ward: Ward) -> BackPlan:
    return ward.session.plan_move_back(away(ward).record)


def test_a_form_comes_back_and_both_places_keep_their_history(ward: Ward, vs: OpenForm) -> None:
    key = vs.entry.key
    there = moved(ward, key, ItemKey(ward.subject, "W8"))
    count = len(list(ward.session.vault.journal.records()))
    plan = planned(ward)
    assert plan.obstacle is None
    assert [(line.key.item, line.value.en) for line in plan.carried] == [
        ("SYSBP_VSORRES", "120"), ("DIABP_VSORRES", "80"),
    ]  # fmt: skip
    assert (plan.place.en, plan.goal.en if plan.goal else "") == ("01-001 W8 VS", "01-001 W4 VS")
    records = ward.session.move_back(plan, WHY, NURSE)
    assert [ward.session.vault.journal.get(one).kind for one in records] == ["void", "unvoid"]  # type: ignore[union-attr]
    assert len(list(ward.session.vault.journal.records())) == count + 2, "nothing disappears"
    ward.open("W4", "VS").expect("SYSBP_VSORRES", "120").expect("DIABP_VSORRES", "80")
    assert (status(ward, "W4", "VS"), status(ward, "W8", "VS")) == ("in_progress", "not_started")
    assert [one.kind for one in ward.session.history(there)] == ["value", "value", "void"]
    assert [one.kind for one in ward.session.history(key)][-2:] == ["void", "unvoid"]
    assert [one.restored for one in ward.session.voids()] == [False, True]
    assert "move" in {one.reason for one in backups.copies(ward.session)}
    assert moved(ward, key, ItemKey(ward.subject, "W8")) == there, "and it can be moved again"


@pytest.mark.parametrize("kind", ["visit", "repeat", "row", "reading", "empty row", "visit made of a form's"])
def test_whatever_was_moved_comes_back(ward: Ward, kind: str) -> None:
    if kind == "visit":
        ward.open("W4", "VS").enter("SYSBP_VSORRES", "120")
        ward.open("W4", "SV").enter("SVREASOC", "early")
        source, target = ItemKey(ward.subject, "W4"), ItemKey(ward.subject, "W12")
    elif kind == "repeat":
        source = ward.unscheduled("VS").enter("SYSBP_VSORRES", "118").entry.key.event_key()
        target = ItemKey(ward.subject, "UNS")
    elif kind == "visit made of a form's":
        source = ward.open("W4", "VS").enter("SYSBP_VSORRES", "120").entry.key.event_key()
        target = ItemKey(ward.subject, "UNS")
    elif kind == "reading":
        source = ward.reading("BL").enter("HRREAD", "READER 1").entry.key
        target = ItemKey(ward.subject, "W24")
    else:
        other = ward.subject
        ward.enrol()
        form = ward.open("LOG", "AE").new_row("ROWS")
        if kind == "row":
            form.enter("AETERM", "Rash")
        group = next(one for one in form.entry.form.groups if one.repeating)
        data = ward.session.data(ward.subject)
        place = form.entry.key._replace(group=group.name)
        source = place._replace(group_repeat=data.rows[place][-1])
        target = ItemKey(other, "LOG")
    before = {k: v.text for k, v in ward.session.data(source.subject).entries.items()}
    rows = dict(ward.session.data(source.subject).rows)
    arrived = moved(ward, source, target)
    plan = planned(ward)
    assert plan.obstacle is None
    assert arrived in (plan.source, *plan.places)
    ward.session.move_back(plan, WHY, NURSE)
    after = {k: v.text for k, v in ward.session.data(source.subject).entries.items()}
    assert after == before
    assert {k: list(v) for k, v in ward.session.data(source.subject).rows.items() if v} == {
        k: list(v) for k, v in rows.items() if v
    }
    if target.subject != source.subject:
        assert not any(ward.session.data(target.subject).rows.values())
    sound(ward)


def test_what_was_entered_after_the_move_is_said_and_goes_void(ward: Ward, vs: OpenForm) -> None:
    moved(ward, vs.entry.key, ItemKey(ward.subject, "W8"))
    old = planned(ward)
    ward.open("W8", "VS").enter("SYSBP_VSORRES", "130").enter("TEMP_VSORRES", "36.6")
    with pytest.raises(InputRefused) as refused:
        ward.session.move_back(old, WHY, NURSE)
    assert refused.value.code == "trace.plan_old"
    plan = planned(ward)
    assert any("2 answers entered after the move" in note.en for note in plan.notes)
    ward.session.move_back(plan, WHY, NURSE)
    ward.open("W4", "VS").expect("SYSBP_VSORRES", "120")
    assert status(ward, "W8", "VS") == "not_started"


def test_when_it_cannot_be_taken_back(ward: Ward, vs: OpenForm) -> None:
    key = vs.entry.key
    there = moved(ward, key, ItemKey(ward.subject, "W8"))
    move = away(ward).record
    ward.open("W4", "VS").enter("TEMP_VSORRES", "36.6")
    assert "entered already" in refusal(planned(ward))
    with pytest.raises(InputRefused) as refused:
        ward.session.move_back(planned(ward), WHY, NURSE)
    assert "Body temperature" in refused.value.in_("en") or "emperature" in refused.value.in_("en")
    ward.session.void(key, WHY, NURSE)
    moved(ward, there, ItemKey(ward.subject, "W12"))
    assert "nothing of the move stands" in refusal(ward.session.plan_move_back(move))
    ward.session.move_back(planned(ward), WHY, NURSE)  # from W12 back to W8
    ward.session.move_back(ward.session.plan_move_back(move), WHY, NURSE)
    for wrong in (move, "nobody:1", ward.session.voids()[-1].record):
        with pytest.raises(InputRefused):
            ward.session.plan_move_back(wrong)


@pytest.mark.parametrize(
    "second,error",
    [
        (("n07", "wrong-password-here"), LoginRefused),
        (("i01", password("i01")), InputRefused),
        (("d02", password("d02")), PermissionDenied),
    ],
    ids=["wrong password", "alone", "no entry"],
)
def test_it_takes_two_and_a_copy(
    ward: Ward, vs: OpenForm, second: tuple[str, str], error: type[CrfError], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved(ward, vs.entry.key, ItemKey(ward.subject, "W8"))
    heads, plan = ward.session.vault.journal.heads(), planned(ward)
    with pytest.raises(error):
        ward.session.move_back(plan, WHY, second)

    def full(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full", place="study.db")

    with monkeypatch.context() as disk:
        disk.setattr(Store, "copy_to", full)
        for act in (
            lambda: ward.session.move_back(plan, WHY, NURSE),
            lambda: ward.session.void(ItemKey(ward.subject), WHY, NURSE),
            lambda: moved(ward, plan.source, ItemKey(ward.subject, "W12")),
        ):
            with pytest.raises(StoreError):
                act()
    assert ward.session.vault.journal.heads() == heads, "no step without its copy"
