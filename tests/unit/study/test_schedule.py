"""Study days, windows, and which forms an event asks for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Mark
from mda5_crf.study.schedule import due_forms, event_date, is_required, study_day, window
from tests.unit.study.participant import TODAY, Participant, item, mini_study, one_form, study_of

D1 = date(2022, 3, 1)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    "day, expected",
    [
        (date(2022, 3, 1), 1),
        (date(2022, 2, 28), -1),
        (date(2022, 8, 16), 169),
        (date(2022, 3, 2), 2),
        (date(2022, 2, 1), -28),
    ],
)
def test_there_is_no_day_0(day: date, expected: int) -> None:
    assert study_day(day, D1) == expected


@given(DAYS, DAYS)
def test_study_days_are_in_order_and_never_0(day: date, d1: date) -> None:
    number = study_day(day, d1)
    assert number != 0
    following = study_day(day + timedelta(days=1), d1)
    assert following == number + 1 + (number == -1)


def test_windows() -> None:
    study = mini_study()
    assert window(study, "W4", D1) == (date(2022, 3, 22), date(2022, 4, 5))
    assert window(study, "BL", D1) == (D1, D1)
    assert window(study, "SCR", D1) == (date(2022, 2, 1), D1)
    assert window(study, "UNS", D1) is None
    assert window(study, "W4", None) is None
    assert window(study, "NOBODY", D1) is None


def required(one: Participant, event: str) -> dict[str, bool]:
    found = due_forms(one.study, one.data, ItemKey(one.data.subject, event), TODAY)
    return {due.key.form: due.required for due in found}


def test_marks() -> None:
    one = Participant()
    assert required(one, "SCR") == {"IC": True, "VS": True}
    assert required(one, "UNS") == {"VS": False}
    assert required(one, "LOG") == {"EX": False}
    assert required(one, "BL") == {"VS": True, "LB": True, "MM": True}


def test_a_conditional_form_is_asked_for_when_its_condition_is_true() -> None:
    one = Participant()
    assert required(one, "W12") == {"VS": True, "MM": True}  # not known: not asked for
    one.enter("SCR", "IC", SEX="M")
    assert required(one, "W12") == {"VS": True, "MM": True}
    one.enter("W12", "LB", LBPERF="Y")
    assert required(one, "W12") == {
        "VS": True,
        "LB": False,
        "MM": True,
    }  # entered all the same: it stays in sight
    one.enter("SCR", "IC", SEX="F")
    assert required(one, "W12") == {"VS": True, "LB": True, "MM": True}


def test_a_screening_result_inside_its_limit_serves() -> None:
    one = Participant()
    one.enter("SCR", "VS", VSPERF="Y", VSDAT="2026-01-05")
    assert required(one, "BL")["VS"]  # day 1 unknown, and today is months later
    one.today = date(2026, 1, 12)
    due = next(due for due in one.study.due if due.mark is Mark.CARRIED)
    event = ItemKey(one.data.subject, "BL")
    assert not is_required(one.study, one.data, event, due, date(2026, 1, 12))
    assert is_required(one.study, one.data, event, due, date(2026, 1, 13))
    one.add_row("LOG", "EX", "ROWS", "d1:9", ECSTDAT="2026-01-12")
    assert not required(one, "BL")["VS"]
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-13")
    assert required(one, "BL")["VS"]
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-05")
    assert not required(one, "BL")["VS"]  # the same day
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-04")
    assert required(one, "BL")["VS"]  # screened after the first dose
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-06")
    one.enter("SCR", "VS", VSPERF="N")
    assert required(one, "BL")["VS"]  # not done at screening


def test_the_visit_date_stands_in_for_day_1() -> None:
    one = Participant().enter("SCR", "VS", VSPERF="Y", VSDAT="2026-01-05")
    one.enter("BL", "LB", LBPERF="Y", LBDAT="2026-01-10")
    assert not required(one, "BL")["VS"]
    one.enter("BL", "LB", LBDAT="2026-02-10")
    assert required(one, "BL")["VS"]


def test_the_date_of_an_event() -> None:
    one = Participant()
    w4 = ItemKey(one.data.subject, "W4")
    assert event_date(one.study, one.data, w4) is None
    one.enter("W4", "VS", VSPERF="Y", VSDAT="2026-02-05")
    assert event_date(one.study, one.data, w4) == date(2026, 2, 5)
    one.state("W4", "VS")
    assert event_date(one.study, one.data, w4) == date(2026, 2, 5)
    assert event_date(one.study, one.data, ItemKey(one.data.subject, "LOG")) is None


def test_the_visit_form_decides_where_there_is_one() -> None:
    one = Participant(study_of("SV", one_form(item("SVSTDAT", "date"), oid="SV"), "W4"))
    w4 = ItemKey(one.data.subject, "W4")
    one.enter("W4", "VS", VSPERF="Y", VSDAT="2026-02-05")
    assert event_date(one.study, one.data, w4) is None
    one.enter("W4", "SV", SVSTDAT="2026-02-04")
    assert event_date(one.study, one.data, w4) == date(2026, 2, 4)
    one.enter("W4", "SV", SVSTDAT="later")
    assert event_date(one.study, one.data, w4) is None
