"""A state is what was found when it was evaluated, whenever somebody looks; and what did not change stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from mda5_crf.study.evaluate import memory_of, name_value
from mda5_crf.study.expression import parse
from mda5_crf.study.plan import plan_of
from mda5_crf.study.state import FormState
from mda5_crf.study.values import Entry
from tests.unit.study.participant import Participant, item, mini_study, one_form, study_of


@pytest.fixture
def one() -> Participant:
    return Participant().enter(
        "W4", "VS", VSPERF="Y", VSDAT="2026-01-05", PULSE_VSORRES="70", WEIGHT_VSORRES="60"
    )


def pulse(one: Participant, state: FormState) -> str:
    return state.items[one.key("W4", "VS", "PULSE_VSORRES")].value.text


def test_a_state_nobody_looked_at_does_not_follow_what_is_entered_later(one: Participant) -> None:
    before = one.state("W4", "VS")
    one.enter("W4", "VS", PULSE_VSORRES="80", VSPERF="N")
    after = one.state("W4", "VS")
    assert (pulse(one, before), pulse(one, after)) == ("70", "80")
    key = one.key("W4", "VS", "WEIGHT_VSORRES")
    assert (before.items[key].relevant, after.items[key].relevant) == (True, False)


def test_the_items_are_a_mapping_in_the_order_of_the_form(one: Participant) -> None:
    state = one.state("W4", "VS")
    keys = [one.key("W4", "VS", name) for name in one.study.forms["VS"].items]
    assert list(state.items) == list(state.items.keys()) == keys
    assert [found.key for found in state.items.values()] == [key for key, _ in state.items.items()] == keys
    assert len(state.items) == len(keys)
    assert keys[0] in state.items
    assert keys[0]._replace(item="GONE") not in state.items
    assert state.items.get(keys[0]._replace(item="GONE")) is None
    assert state.items == dict(state.items)


def test_items_say_what_checks_say_about_them() -> None:
    one = Participant().enter("W4", "VS", VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="120")
    state = one.state("W4", "VS")
    said = {
        key.item: [f.check for f in found.findings] for key, found in state.items.items() if found.findings
    }
    assert said["DIABP_VSORRES"] == ["VS.DIABP_VSORRES.SOFT", "VS-02"]
    assert said["SYSBP_VSORRES"][-1] == "VS-02"


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.enter("W4", "VS", PULSE_VSORRES="71"),
        lambda one: one.enter("SCR", "VS", VSPERF="Y", HEIGHT_VSORRES="170"),  # the BMI needs it
        lambda one: setattr(one, "today", date(2026, 1, 4)),
    ],
)
def test_a_state_is_given_again_until_something_it_comes_from_changes(
    one: Participant, change: Callable[[Participant], object]
) -> None:
    state = one.state("W4", "VS")
    one.enter("BL", "MM", DELTR_MKORRES="8")  # nothing to this form
    assert one.state("W4", "VS") is state
    change(one)
    assert one.state("W4", "VS") != state


def test_a_confirmation_is_seen_at_once(one: Participant) -> None:
    one.enter("W4", "VS", DIABP_VSORRES="120")
    key = one.key("W4", "VS", "DIABP_VSORRES")

    def confirmed() -> list[bool]:
        return [f.confirmed for f in one.state("W4", "VS").items[key].findings if f.check.endswith("SOFT")]

    assert confirmed() == [False]
    one.data.confirm(key, "VS.DIABP_VSORRES.SOFT", one.item("W4", "VS", "DIABP_VSORRES").value.identity)
    assert confirmed() == [True]
    one.data.confirm(key, "VS.DIABP_VSORRES.SOFT", "something else")
    assert confirmed() == [False]


def test_a_status_or_a_signature_changes_nothing_but_the_status(one: Participant) -> None:
    form = one.form("W4", "VS")
    state = one.state("W4", "VS")
    one.data.set_status(form, "complete")
    assert one.state("W4", "VS").status == "complete"
    one.data.signatures = [form]
    signed = one.state("W4", "VS")
    assert signed.status == "signed"
    assert signed.items == state.items


def test_answers_of_lists_are_read_once_and_nothing_that_tells_who_somebody_is_is_kept() -> None:
    kinds = {"CODED": "code", "DAY": "date", "NUMBER": "decimal", "WORDS": "text", "SEVERAL": "multi"}
    lists = {"CODED": 'codelist = "NY2"', "SEVERAL": 'codelist = "SYMPTOM"'}
    study = study_of("T", one_form("".join(item(n, kind, lists.get(n, "")) for n, kind in kinds.items())))
    for number in range(2):
        one = Participant(study)
        one.enter("W4", "T", CODED="Y", DAY="1960-01-02", NUMBER=f"7{number}", WORDS="Li Lei", SEVERAL="RASH")
        one.state("W4", "T")
    known = {name: set(plan.known) for name, plan in plan_of(study).forms["T"].by_name.items() if plan.known}
    assert known == {"CODED": {"Y"}, "SEVERAL": {"RASH"}}


def test_what_is_known_of_an_item_is_bounded() -> None:
    study = study_of("T", one_form(item("CODED", "code", 'codelist = "NY2"')))
    one = Participant(study)
    for number in range(200):  # the same answer written in 200 ways
        one.put("W4", "T", "CODED", Entry(" " * number + "Y"))
        assert one.item("W4", "T", "CODED").value.text == "Y"
    assert 0 < len(plan_of(study).forms["T"].by_name["CODED"].known) <= 64


def test_a_conflict_is_never_shared() -> None:
    study = study_of("T", one_form(item("CODED", "code", 'codelist = "NY2"')))
    one, other = Participant(study), Participant(study)
    one.put("W4", "T", "CODED", Entry("Y", conflict=True))
    other.enter("W4", "T", CODED="Y")
    assert [f.check for f in one.state("W4", "T").findings] == ["CONFLICT"]
    assert other.state("W4", "T").findings == ()


def test_two_looks_at_the_rows_of_a_form_see_the_same_rows() -> None:
    one = Participant()
    one.add_row("LOG", "EX", "ROWS", "d1:21", ECSTDAT="2026-01-05")
    context = memory_of(one.study, one.data, one.today).context(one.form("W4", "VS"))
    first = context.scope.rows("EX", ("ECSTDAT",))
    assert context.scope.rows("EX", ("ECDOSE",))[0] is first[0]
    one.add_row("LOG", "EX", "ROWS", "d1:22", ECSTDAT="2026-02-05")
    assert [row.row_id() for row in context.scope.rows("EX", ("ECSTDAT",))] == ["d1:21", "d1:22"]


def test_a_name_that_is_the_same_from_every_event_is_worked_out_once(one: Participant) -> None:
    one.add_row("LOG", "EX", "ROWS", "d1:21", ECSTDAT="2026-01-05")
    for event in ("SCR", "BL", "W4"):
        at = one.form(event, "VS").event_key()
        assert name_value(one.study, one.data, "D1", one.today, at) == date(2026, 1, 5)
    kept = [key for key in memory_of(one.study, one.data, one.today).contexts if key.item == "D1"]
    assert [key.event for key in kept] == [""]
    one.enter("LOG", "EX", "d1:21", ECSTDAT="2026-01-06")
    assert name_value(one.study, one.data, "D1", one.today, one.form("W4", "VS")) == date(2026, 1, 6)


@pytest.mark.parametrize(
    "source, is_one",
    [
        ('first(rows("EX"), ECSTDAT)', True),
        ("SCR.IC.RFICDAT", True),
        ("add_days(D1, 7)", True),
        ('any(rows("*.VS"), VSDAT > outer(D1))', True),
        ("VS.VSDAT", False),
        ("prev.VS.VSDAT", False),
        ('any(rows("*.VS"), EVENT == "W4")', False),
        ('any(rows("*.VS"), IC.RFICDAT < VSDAT)', False),
        ('any(rows("VS"), VSDAT > D1)', False),
        ('performed("VS")', False),
        ("coalesce(OTHER, D1)", False),
    ],
)
def test_a_name_is_one_only_when_no_event_comes_into_it(source: str, is_one: bool) -> None:
    study = mini_study()
    names = {**study.names, "OTHER": parse("VS.VSDAT"), "NAME": parse(source)}
    assert ("NAME" in plan_of(replace(study, names=names)).absolute) is is_one
