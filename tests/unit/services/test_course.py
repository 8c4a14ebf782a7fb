"""The course of an item: every value of one participant in order of time, exact, and nobody else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.course import Course, course
from mda5_crf.services.session import Session
from mda5_crf.services.why import why
from mda5_crf.study.operand import Interval
from mda5_crf.study.values import Entry, Status
from tests.scenario import OpenForm, Ward
from tests.wards import built, session_at

VISITS = ("SCR", "BL", "W4", "W8", "W12", "W24")


def of(form: OpenForm, item: str) -> Course:
    return course(form.session, form.key(item))


def told(found: Course) -> list[tuple[str, str]]:
    return [(point.event, point.words.en) for point in found.points]


def vitals(ward: Ward, event: str, day: str, **values: str) -> OpenForm:
    ward.open(event, "SV").enter_all(SVOCCUR="Y", SVSTDAT=day)
    return ward.open(event, "VS").enter_all(VSPERF="Y", **values)


def blood(ward: Ward, event: str, form: str, day: str) -> OpenForm:
    return ward.open(event, form).enter_all(LBPERF="Y", LBDAT=day)


def test_nothing_was_measured_before(ward: Ward) -> None:
    found = of(ward.enrol().open("SCR", "VS").enter("VSPERF", "Y"), "WEIGHT_VSORRES")
    assert (found.points, found.last, found.change, found.percent, found.here) == ((), None, None, None, None)


def test_the_last_value_and_the_change_since(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="61.50")
    vitals(ward, "BL", "2026-01-12", WEIGHT_VSORRES="60")
    form = vitals(ward, "W4", "2026-02-09")
    before = of(form, "WEIGHT_VSORRES")
    assert told(before) == [("SCR", "61.50"), ("BL", "60")]
    assert before.last is not None and before.last.day == date(2026, 1, 12)
    assert (before.change, before.percent, before.here) == (None, None, None)
    found = of(form.enter("WEIGHT_VSORRES", "61.5"), "WEIGHT_VSORRES")
    assert (found.change, found.percent) == (Decimal("1.5"), Decimal("2.5"))
    assert found.here is not None and found.before == 2


def test_what_comes_later_is_not_the_last_value(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "W12", "2026-04-06", WEIGHT_VSORRES="70")
    found = of(vitals(ward, "BL", "2026-01-12", WEIGHT_VSORRES="60"), "WEIGHT_VSORRES")
    assert told(found) == [("BL", "60"), ("W12", "70")]
    assert (found.last, found.before) == (None, 0)


def test_an_unscheduled_visit_stands_where_its_date_puts_it(ward: Ward) -> None:
    ward.enrol()
    for event, day, weight in (("BL", "2026-01-12", "60"), ("W12", "2026-04-06", "66")):
        vitals(ward, event, day, WEIGHT_VSORRES=weight)
    form = ward.unscheduled("VS")
    ward.open("UNS", "SV", form.entry.key.event_repeat).enter_all(SVOCCUR="Y", SVSTDAT="2026-02-20")
    found = of(form.enter_all(VSPERF="Y", WEIGHT_VSORRES="63"), "WEIGHT_VSORRES")
    assert told(found) == [("BL", "60"), ("UNS#1", "63"), ("W12", "66")]
    assert found.last is not None and found.last.event == "BL"


def test_a_form_has_its_own_date_and_a_visit_lends_it_one(ward: Ward) -> None:
    ward.enrol()
    ward.open("SCR", "SV").enter_all(SVOCCUR="Y", SVSTDAT="2026-01-05")
    blood(ward, "SCR", "LBI", "2026-01-03").enter("FERRITIN_LBORRES", "590")
    ward.open("BL", "SV").enter_all(SVOCCUR="Y", SVSTDAT="2026-01-12")
    form = ward.open("BL", "LBI").enter_all(LBPERF="Y", FERRITIN_LBORRES="600")
    assert [point.day for point in of(form, "FERRITIN_LBORRES").points] == [
        date(2026, 1, 3), date(2026, 1, 12),
    ]  # fmt: skip


def test_a_visit_without_any_date_stays_behind_the_one_before_it(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "BL", "2026-01-12", WEIGHT_VSORRES="60")
    vitals(ward, "W12", "2026-04-06", WEIGHT_VSORRES="66")
    form = ward.open("W8", "VS").enter_all(VSPERF="Y", WEIGHT_VSORRES="63")
    found = of(form, "WEIGHT_VSORRES")
    assert told(found) == [("BL", "60"), ("W8", "63"), ("W12", "66")]
    assert found.here is not None and found.here.day is None
    assert found.last is not None and found.last.event == "BL"


def test_other_units_are_converted_exactly(ward: Ward) -> None:
    ward.enrol()
    blood(ward, "SCR", "LBH", "2026-01-05").enter("LYM_LBORRES", "620", unit="/µL")
    form = blood(ward, "W4", "LBH", "2026-02-09").enter("LYM_LBORRES", "0.93")
    found = of(form, "LYM_LBORRES")
    assert told(found) == [("SCR", "0.62"), ("W4", "0.93")]
    assert (found.change, found.percent) == (Decimal("0.31"), Decimal(50))


def test_an_interval_stays_an_interval_and_gives_no_change(ward: Ward) -> None:
    ward.enrol()
    blood(ward, "SCR", "LBI", "2026-01-05").enter("FERRITIN_LBORRES", ">2")
    form = blood(ward, "BL", "LBI", "2026-01-12").enter("FERRITIN_LBORRES", "812")
    found = of(form, "FERRITIN_LBORRES")
    assert found.last is not None and found.last.data == Interval(Decimal(2), None, low_open=True)
    assert (found.last.words.en, found.change, found.percent) == (">2", None, None)


def test_what_is_no_number_is_never_one(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="60")
    vitals(ward, "BL", "2026-01-12").mark("WEIGHT_VSORRES", "ND")
    vitals(ward, "W4", "2026-02-09", WEIGHT_VSORRES="sixty")
    found = of(vitals(ward, "W8", "2026-03-09"), "WEIGHT_VSORRES")
    assert [(p.status, p.data) for p in found.points] == [
        (Status.VALID, Decimal(60)), (Status.MISSING, None), (Status.NONCONFORMANT, None),
    ]  # fmt: skip
    assert [p.words.en for p in found.points] == ["60", "Not done", "sixty"]
    assert found.last is not None and found.last.event == "SCR"


def test_a_present_text_that_does_not_read_changes_nothing(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="60")
    found = of(vitals(ward, "BL", "2026-01-12", WEIGHT_VSORRES="6o"), "WEIGHT_VSORRES")
    assert (found.change, found.percent) == (None, None)


def test_nothing_is_a_part_of_zero(ward: Ward) -> None:
    ward.enrol()
    blood(ward, "SCR", "LBH", "2026-01-05").enter("LYM_LBORRES", "0")
    found = of(blood(ward, "W4", "LBH", "2026-02-09").enter("LYM_LBORRES", "0.5"), "LYM_LBORRES")
    assert (found.change, found.percent) == (Decimal("0.5"), None)


def test_a_coded_answer_has_its_words(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", MRCGR="2")
    found = of(vitals(ward, "BL", "2026-01-12", MRCGR="3"), "MRCGR")
    assert found.last is not None
    assert (found.last.words.en, found.last.words.zh) == ("Hurrying or uphill", "快走或上坡时气短")
    assert (found.change, found.drawn) == (None, ())


def test_dates_stories_and_rows_have_no_course(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05")
    assert of(vitals(ward, "BL", "2026-01-12"), "VSDAT").points == ()
    log = ward.open("LOG", "AE")
    log.new_row("ROWS").enter("AETERM", "Fever")
    log.new_row("ROWS").enter("AETERM", "Cough")
    assert of(log, "AETERM").points == ()


def test_a_value_behind_a_closed_gate_is_none(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="60").enter("VSPERF", "N", because="not examined")
    assert of(vitals(ward, "BL", "2026-01-12"), "WEIGHT_VSORRES").points == ()


def test_computed_items_have_their_value_of_each_visit(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", HEIGHT_VSORRES="160", WEIGHT_VSORRES="64")
    found = of(vitals(ward, "BL", "2026-01-12", WEIGHT_VSORRES="51.2"), "BMI")
    assert [point.data for point in found.points] == [Decimal(25), Decimal(20)]
    assert (found.change, found.percent) == (Decimal(-5), Decimal(-20))


def test_limits_of_the_trial_and_of_this_result(ward: Ward) -> None:
    ward.enrol()
    form = blood(ward, "BL", "LBC", "2026-01-12").enter("ALT_LBORRES", "35")
    assert (of(form, "ALT_LBORRES").thresholds, of(form, "ALT_LBORRES").band) == ((), None)
    found = of(form.enter("ALT_LBORNRHI", "45"), "ALT_LBORRES")
    assert [line.at for line in found.thresholds] == [Decimal(90), Decimal(135)]
    assert found.band == (None, Decimal(45))


def test_another_reading_of_the_same_visit_is_not_shown_to_a_reader(ward: Ward) -> None:
    ward.enrol()
    for _ in range(2):
        form = ward.reading("SCR").enter_all(HRPERF="Y", HRDAT="2026-01-05")
        form.enter("HRREAD", "READER 1")
    assert told(of(form, "HRREAD")) == [("SCR", "First reader")]


def test_a_course_is_kept_until_something_changes(ward: Ward) -> None:
    ward.enrol()
    form = vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="60")
    found = of(form, "WEIGHT_VSORRES")
    assert of(form, "WEIGHT_VSORRES") is found
    assert of(form.enter("WEIGHT_VSORRES", "61", because="typing"), "WEIGHT_VSORRES") is not found


def test_nobody_elses_values(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="60")
    ward.enrol()
    assert of(vitals(ward, "BL", "2026-01-12"), "WEIGHT_VSORRES").points == ()


def test_an_item_that_is_not_there(ward: Ward) -> None:
    ward.enrol()
    with pytest.raises(KeyError):
        course(ward.session, ItemKey(ward.subject, "SCR", "", "VS", "", "MAIN", "", "GONE"))


# -- why -------------------------------------------------------------------------------------------


def test_why_with_visit_date_and_unit(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="80")
    form = vitals(ward, "W4", "2026-02-09", WEIGHT_VSORRES="60")
    (reason,) = [one for one in why(form.session, form.key("WEIGHT_VSORRES")) if "VS-07" in one.text.en]
    assert [one.text.en for one in reason.told] == [
        "Weight, Week 4 2026-02-09: 60 kg",
        "Weight, Screening 2026-01-05: 80 kg",
    ]
    assert [one.key.event for one in reason.told if one.key is not None] == ["W4", "SCR"]
    assert "体重，筛选 2026-01-05：80 kg" in [one.text.zh for one in reason.told]


def test_why_of_what_was_confirmed_and_of_a_question(ward: Ward) -> None:
    ward.enrol()
    form = vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="130")
    key = form.key("WEIGHT_VSORRES")
    form.confirm("WEIGHT_VSORRES")
    ward.session.raise_query(key, "Which scale?")
    reasons = [one.text.en for one in why(form.session, key)]
    assert reasons[0].endswith("(confirmed)") and "to be checked" in reasons[0]
    assert reasons[-1] == "Query open: Which scale?"
    assert why(form.session, form.key("PULSE_VSORRES")) == ()


def test_why_a_date_is_too_late_names_today(ward: Ward) -> None:
    ward.enrol()
    form = vitals(ward, "SCR", "2026-01-05", VSDAT="2026-12-01")
    reason = why(form.session, form.key("VSDAT"))[0]
    assert "Today: 2026-09-01" in [one.text.en for one in reason.told]
    assert "Date, Screening: 2026-12-01" in [one.text.en for one in reason.told]


def test_why_at_an_unscheduled_visit_and_of_what_became_a_query(ward: Ward) -> None:
    ward.enrol()
    vitals(ward, "SCR", "2026-01-05", WEIGHT_VSORRES="80")
    form = ward.unscheduled("VS").enter_all(VSPERF="Y", WEIGHT_VSORRES="60")
    found = [one for one in why(form.session, form.key("WEIGHT_VSORRES")) if "VS-07" in one.text.en]
    assert found and "Weight, UNS#1: 60 kg" in [one.text.en for one in found[0].told]
    key = form.key("WEIGHT_VSORRES")
    query = ward.session.raise_query(key, "Which scale?")
    asked = replace(query, check="VS-07")
    ward.session.cache(ward.subject).queries[query.id] = asked
    reasons = [one.text.en for one in why(form.session, key)]
    assert [text for text in reasons if "VS-07" in text and text.endswith("(query open)")]
    assert "Query open: Which scale?" not in reasons


def test_several_answers_are_said_in_words(ward: Ward) -> None:
    ward.enrol()
    blood(ward, "SCR", "LBI", "2026-01-05").enter("OTHMSA_LBORRES", "SRP,PL7")
    found = of(blood(ward, "W4", "LBI", "2026-02-09"), "OTHMSA_LBORRES")
    assert found.last is not None
    assert (found.last.words.en, found.last.words.zh) == ("SRP, PL-7", "SRP、PL-7")


# -- always ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("course") / "ward.mda5"))
    with session_at(folder) as session:
        yield session


NUMBERS = st.decimals(min_value=0, max_value=9999, places=2, allow_nan=False)
HISTORY = st.dictionaries(
    st.sampled_from(VISITS), st.tuples(NUMBERS, st.integers(0, 300) | st.none()), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(one=HISTORY, other=HISTORY)
def test_always_in_order_exact_and_of_one_participant(
    desk: Session,
    one: dict[str, tuple[Decimal, int | None]],
    other: dict[str, tuple[Decimal, int | None]],
) -> None:
    start = date(2026, 1, 1)
    subjects = [desk.enrol().identity for _ in range(2)]
    form = desk.study.forms["VS"]

    def at(subject: str, event: str, item: str, oid: str = "VS") -> ItemKey:
        group = desk.study.forms[oid].items[item].group
        return ItemKey(subject, event, "", oid, "", group, "", item)

    for subject, history in zip(subjects, (one, other), strict=True):
        data = desk.data(subject)  # straight into memory: what is stored is not the question here
        for event, (value, day) in history.items():
            data.put(at(subject, event, "VSPERF"), Entry("Y"))
            data.put(at(subject, event, "WEIGHT_VSORRES"), Entry(format(value, "f")))
            if day is not None:
                when = (start + timedelta(days=day)).isoformat()
                data.put(at(subject, event, form.date_item or ""), Entry(when))
    subject = subjects[0]
    for event in one:
        found = course(desk, at(subject, event, "WEIGHT_VSORRES"))
        assert {point.key.subject for point in found.points} == {subject}
        assert sorted(p.event for p in found.points) == sorted(one)
        assert all(point.data == one[point.event][0] for point in found.points)
        days = [point.day for point in found.points if isinstance(point.day, date)]
        assert days == sorted(days)
        assert found.points[found.before].event == event
        if found.before:
            last = found.points[found.before - 1]
            assert found.last is last
            before, here = one[last.event][0], one[event][0]
            assert found.change == here - before
            if before > 0:
                assert found.percent is not None
                assert abs(found.percent * before - 100 * (here - before)) < Decimal("1e-25")
            else:
                assert found.percent is None
        else:
            assert (found.last, found.change, found.percent) == (None, None, None)
