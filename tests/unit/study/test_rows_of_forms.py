"""Rows that are whole forms: readings at an event, one form over all visits; and what a row looks like."""

from __future__ import annotations

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Severity
from mda5_crf.study.state import FormState, RowState
from mda5_crf.study.values import Entry
from mda5_crf.text import Text
from tests.unit.study.participant import Participant
from tests.unit.study.wider import wider_study


def reading(one: Participant, place: str, identity: str, **texts: str) -> ItemKey:
    """Add a reading to an event and enter its items."""
    form = one.form(place, "HR")
    one.data.add_form(form, identity)
    key = form._replace(form_repeat=identity)
    for name, text in texts.items():
        one.data.put(key._replace(group="MAIN", item=name), Entry(text))
    return key


def shown(one: Participant, form: ItemKey, name: str) -> str:
    state = evaluate(one.study, one.data, form, one.today)
    return state.items[form._replace(group="MAIN", item=name)].value.text


def test_the_readings_of_one_event_know_each_other() -> None:
    one = Participant(wider_study())
    first = reading(one, "BL", "d1:40", HRREADER="A", HRSCORE="10")
    assert shown(one, first, "HROTHERS") == "0"
    second = reading(one, "BL", "d1:41", HRREADER="B", HRSCORE="20")
    third = reading(one, "W4", "d1:42", HRREADER="A", HRSCORE="5")
    assert [shown(one, form, "HROTHERS") for form in (first, second, third)] == ["1", "1", "0"]
    assert [shown(one, form, "HRTOTAL") for form in (first, second, third)] == ["35", "35", "35"]
    one.data.put(second._replace(group="MAIN", item="HRSCORE"), Entry("30"))
    assert [shown(one, form, "HRTOTAL") for form in (first, third)] == ["45", "45"]
    one.data.strike_form(one.form("BL", "HR"), "d1:41")
    assert [shown(one, form, "HROTHERS") for form in (first, third)] == ["0", "0"]
    assert shown(one, first, "HRTOTAL") == "15"


def test_readings_of_two_unscheduled_visits_are_not_of_one_event() -> None:
    one = Participant(wider_study())
    for event in ("d1:7", "d1:8"):
        one.data.add_event("UNS", event)
    here = reading(one, "UNS[d1:7]", "d1:40", HRREADER="A")
    reading(one, "UNS[d1:8]", "d1:41", HRREADER="B")
    assert shown(one, here, "HROTHERS") == "0"


def test_a_repeating_form_that_nobody_began_is_simply_not_there() -> None:
    one = Participant(wider_study())
    form = one.form("BL", "HR")
    state = evaluate(one.study, one.data, form, one.today)
    assert state.status == "not_started"
    assert shown(one, form, "HROTHERS") == "0"
    assert shown(one, form, "HRTOTAL") == "0"


def test_before_and_baseline_are_those_of_the_first_reading_with_a_value() -> None:
    one = Participant(wider_study())
    reading(one, "BL", "d1:40", HRREADER="A")
    reading(one, "BL", "d1:41", HRREADER="B", HRSCORE="20")
    reading(one, "BL", "d1:43", HRREADER="C", HRSCORE="30")
    later = reading(one, "W4", "d1:42", HRREADER="A")
    assert (shown(one, later, "HRBEFORE"), shown(one, later, "HRBASE")) == ("20", "20")
    one.data.strike_form(one.form("BL", "HR"), "d1:41")
    assert (shown(one, later, "HRBEFORE"), shown(one, later, "HRBASE")) == ("30", "30")
    one.data.strike_form(one.form("BL", "HR"), "d1:43")
    assert (shown(one, later, "HRBEFORE"), shown(one, later, "HRBASE")) == ("", "")


def test_performed_asks_every_reading() -> None:
    one = Participant(wider_study())

    def done() -> str:
        return one.shown("BL", "Q", "QREADINGS")

    assert done() == "N"
    reading(one, "BL", "d1:40", HRREADER="A")
    assert done() == "N"
    second = reading(one, "BL", "d1:41", HRREADER="B")
    assert done() == "N"
    one.data.put(second._replace(group="MAIN", item="HRDAT"), Entry("2026-01-05"))
    assert done() == "Y"


def test_the_visits_of_a_plain_form_are_its_rows() -> None:
    one = Participant(wider_study())
    for event, weight in (("SCR", "60"), ("BL", "58"), ("W4", "61")):
        one.enter(event, "VS", VSPERF="Y", WEIGHT_VSORRES=weight)
    form = reading(one, "BL", "d1:40", HRREADER="A")
    assert shown(one, form, "HRLOW") == "BL"
    one.enter("W4", "VS", WEIGHT_VSORRES="57")
    assert shown(one, form, "HRLOW") == "W4"
    one.enter("W12", "VS", VSPERF="Y", WEIGHT_VSORRES="50")
    assert shown(one, form, "HRLOW") == "W12"


# what a row looks like


def rows(state: FormState) -> list[tuple[str, int, int, str, str]]:
    """identity, answered, expected, status, worst finding."""
    return [
        (row.key.group_repeat, row.answered, row.expected, row.status, row.worst.check if row.worst else "")
        for row in state.rows
    ]


def test_rows_and_what_is_missing_in_them() -> None:
    one = Participant(wider_study())
    assert one.state("LOG", "AE").rows == ()
    one.add_row("LOG", "AE", "ROWS", "d1:5").add_row("LOG", "AE", "ROWS", "d1:6", AETERM="Rash")
    one.add_row("LOG", "AE", "ROWS", "d1:7", AESTDAT="2026-01-05")
    state = one.state("LOG", "AE")
    assert rows(state) == [
        ("d1:5", 0, 1, "empty", "REQUIRED"),
        ("d1:6", 1, 1, "complete", ""),
        ("d1:7", 0, 1, "incomplete", "REQUIRED"),
    ]
    assert isinstance(state.rows[0], RowState)
    assert state.rows[1].key == one.form("LOG", "AE")._replace(group="ROWS", group_repeat="d1:6")
    assert (state.answered, state.expected) == (1, 3)


def test_the_worst_of_a_row_comes_from_items_and_checks() -> None:
    one = Participant(wider_study()).enter("SCR", "IC", RFICDAT="2026-01-02")
    one.add_row("LOG", "AE", "ROWS", "d1:5", AETERM="Rash").add_row(
        "LOG", "AE", "ROWS", "d1:6", AETERM="Rash"
    )
    one.add_row("LOG", "AE", "ROWS", "d1:7", AETERM="Herpes zoster", AESTDAT="2025")
    assert rows(one.state("LOG", "AE")) == [
        ("d1:5", 1, 1, "complete", ""),
        ("d1:6", 1, 1, "incomplete", "AE-02"),
        ("d1:7", 1, 1, "incomplete", "AE.AESTDAT.HARD"),
    ]
    one.enter("LOG", "AE", "d1:7", AESTDAT="2026-01-05")
    assert rows(one.state("LOG", "AE"))[2] == ("d1:7", 1, 1, "complete", "AE-01")  # a query stops nothing
    one.data.strike_row(one.form("LOG", "AE")._replace(group="ROWS"), "d1:5")
    assert rows(one.state("LOG", "AE"))[0] == ("d1:6", 1, 1, "complete", "")


def test_forms_without_rows_have_none() -> None:
    assert Participant(wider_study()).state("BL", "VS").rows == ()


# partial dates and hard limits


@pytest.mark.parametrize(
    "text, en, zh",
    [
        ("2026-01", "Start may lie before 2026-01-20: complete the date, or explain", "可能早于2026-01-20"),
        ("2026", "Start may lie before 2026-01-20: complete the date, or explain", "可能早于2026-01-20"),
        ("2026---15", "Start may lie before 2026-01-20: complete the date, or explain", "可能早于2026-01-20"),
    ],
)
def test_a_partial_date_that_may_be_outside_is_asked_about_at_completion(text: str, en: str, zh: str) -> None:
    one = Participant(wider_study()).enter("SCR", "IC", RFICDAT="2026-01-20")
    one.add_row("LOG", "AE", "ROWS", "d1:5", AETERM="Rash", AESTDAT=text)
    found = one.findings("LOG", "AE")["AE.AESTDAT.HARD.UNDECIDED"]
    assert found.severity is Severity.QUERY
    assert found.at_completion
    assert not found.blocks
    assert found.message.en == en
    assert zh in found.message.zh


def test_the_upper_side_is_named_when_it_is_the_open_one() -> None:
    one = Participant(wider_study()).enter("SCR", "IC", RFICDAT="1990-06-15", BRTHDAT="1990")
    found = one.findings("SCR", "IC")["IC.BRTHDAT.HARD.UNDECIDED"]
    assert found.message == Text(
        "Date of birth may lie after 1990-06-15: complete the date, or explain",
        "出生日期可能晚于1990-06-15，请补全日期或说明",
    )
    assert found.items == (one.key("SCR", "IC", "BRTHDAT"),)
    one.enter("SCR", "IC", BRTHDAT="1990-05")
    assert one.findings("SCR", "IC") == {"IC.AGE.SOFT": one.findings("SCR", "IC")["IC.AGE.SOFT"]}


@pytest.mark.parametrize(
    "consent, text",
    [
        ("2026-01-20", "2026-01-20"),  # complete
        ("2026-01-20", "2026-02"),  # inside whatever the day
        ("2026-01-01", "2026-01"),
        ("2026-01-20", "2026-08"),  # today lies in it: says nothing
        ("", "2026-01"),  # the limit is not known
    ],
)
def test_what_is_decided_is_not_asked(consent: str, text: str) -> None:
    one = Participant(wider_study()).enter("SCR", "IC", RFICDAT=consent)
    one.add_row("LOG", "AE", "ROWS", "d1:5", AETERM="Rash", AESTDAT=text)
    assert one.findings("LOG", "AE") == {}


def test_wholly_outside_is_hard_and_nothing_else() -> None:
    one = Participant(wider_study()).enter("SCR", "IC", RFICDAT="2026-01-20")
    one.add_row("LOG", "AE", "ROWS", "d1:5", AETERM="Rash", AESTDAT="2025-12")
    assert list(one.findings("LOG", "AE")) == ["AE.AESTDAT.HARD"]
