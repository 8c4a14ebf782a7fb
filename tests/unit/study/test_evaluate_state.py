"""The state of a form as an object: what is shared, remembered, forgotten."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.evaluate import evaluate, memory_of, value_of
from mda5_crf.study.state import ItemState
from mda5_crf.study.values import EMPTY, Entry
from tests.unit.study.participant import (
    TODAY,
    Participant,
    item,
    one_form,
    study_of,
)

D = Decimal


@pytest.fixture
def one() -> Participant:
    """A participant of the small study, screened."""
    return Participant().enter("SCR", "IC", RFICDAT="2026-01-02", SEX="F", BRTHDAT="1960-05-06")


def full_vs(one: Participant, event: str, **other: str) -> None:
    one.enter(
        event,
        "VS",
        **{
            "VSPERF": "Y",
            "VSDAT": "2026-01-05",
            "SYSBP_VSORRES": "120",
            "DIABP_VSORRES": "80",
            "TEMP_VSORRES": "36.8",
            "WEIGHT_VSORRES": "60",
            **other,
        },
    )


# -- the state itself ----------------------------------------


def test_unchanged_items_are_the_same_objects(one: Participant) -> None:
    full_vs(one, "W4")
    before = dict(one.state("W4", "VS").items)  # a page looks at once at what it shows
    one.enter("W4", "VS", PULSE_VSORRES="70")
    after = dict(one.state("W4", "VS").items)
    changed = [key.item for key in before if before[key] is not after[key]]
    assert changed == ["PULSE_VSORRES"]


def test_worst_speaks_first() -> None:
    one = Participant().enter("W4", "VS", VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="120")
    state = one.item("W4", "VS", "DIABP_VSORRES")
    assert [f.check for f in state.findings] == ["VS.DIABP_VSORRES.SOFT", "VS-02"]
    assert state.worst is not None and state.worst.check == "VS-02"
    empty = one.item("W4", "VS", "TEMP_VSORRES")
    assert empty.worst is None  # nothing is said before Complete
    assert [f.check for f in empty.findings] == ["REQUIRED"]


def test_two_definitions_of_one_participant() -> None:
    one = Participant()
    other = study_of("T", one_form(item("A", "integer")))
    full_vs(one, "W4")
    assert evaluate(other, one.data, one.form("W4", "VS"), TODAY).answered == one.state("W4", "VS").answered
    one.enter("W4", "VS", TEMP_VSORRES="")
    assert (
        evaluate(other, one.data, one.form("W4", "VS"), TODAY).answered == one.state("W4", "VS").answered == 5
    )


def test_what_was_computed_is_forgotten_for_participants_not_looked_at() -> None:
    first = Participant()
    full_vs(first, "W4")
    assert first.state("W4", "VS").answered == 6
    crowd = [Participant() for _ in range(40)]
    for other in crowd:
        other.state("W4", "VS")
    assert not first.data.memos
    assert sum(bool(other.data.memos) for other in crowd) <= 32
    assert first.state("W4", "VS").answered == 6


def test_many_definitions_do_not_pile_up() -> None:
    from mda5_crf.study.plan import _PLANS

    one = Participant()
    studies = [study_of("T", one_form(item("A", "integer", f"hard = [0, {n}]"))) for n in range(12)]
    for study in studies:
        evaluate(study, one.data, one.form("W4", "VS"), TODAY)
    assert len(one.data.memos) <= 4
    assert len(_PLANS) <= 8
    for study in studies:
        assert evaluate(study, one.data, one.form("W4", "VS"), TODAY).expected == 1


def test_a_form_of_no_definition_is_an_error(one: Participant) -> None:
    with pytest.raises(KeyError):
        one.state_of = evaluate(one.study, one.data, ItemKey("d1:1", "W4", "", "NOBODY"), TODAY)  # type: ignore[attr-defined]


def test_clearing_what_was_never_entered_changes_nothing(one: Participant) -> None:
    revision = one.data.revision
    one.put("W4", "VS", "TEMP_VSORRES", None)
    assert one.data.revision == revision
    assert one.data.get(one.key("W4", "VS", "TEMP_VSORRES")) is None
    one.put("W4", "VS", "TEMP_VSORRES", Entry("37"))
    assert one.data.revision > revision
    assert one.data.get(one.key("W4", "VS", "TEMP_VSORRES")) == Entry("37")
    one.put("W4", "VS", "TEMP_VSORRES", None)
    assert not one.data.has_entries(one.form("W4", "VS"))


def test_an_entry_of_an_item_the_definition_no_longer_has_disturbs_nothing(one: Participant) -> None:
    full_vs(one, "W4")
    one.state("W4", "VS")
    one.data.put(one.form("W4", "VS")._replace(group="MAIN", item="GONE"), Entry("5"))
    one.data.put(one.form("W4", "VS")._replace(group="MAIN", group_repeat="d1:3", item="GONE"), Entry("5"))
    assert one.state("W4", "VS").answered == 6
    assert value_of(one.study, one.data, one.form("W4", "VS")._replace(item="GONE"), TODAY) is EMPTY


def test_item_state_is_plain_data(one: Participant) -> None:
    state = one.item("W4", "VS", "VSPERF")
    assert isinstance(state, ItemState)
    assert state.item.name == "VSPERF" and state.key.item == "VSPERF"
    assert memory_of(one.study, one.data).today == TODAY
