"""A whole form at a time: relevance, computed items, required items, rows, other forms and events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.dates import PartialDate
from mda5_crf.study.evaluate import name_value
from mda5_crf.study.expression import parse
from mda5_crf.study.formulas import part_of
from mda5_crf.study.operand import Interval
from mda5_crf.study.values import EMPTY, Entry, Status
from tests.unit.study.participant import (
    TODAY,
    Participant,
    item,
    mini_study,
    one_form,
    recomputed,
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


# -- an empty form, relevance, what is required ----------------------------------------


def test_an_empty_form(one: Participant) -> None:
    state = one.state("W4", "VS")
    assert state.status == "not_started"
    assert (state.answered, state.expected) == (0, 1)
    assert [k.item for k, s in state.items.items() if s.relevant] == ["VSPERF"]
    assert one.required("W4", "VS") == ["VSPERF"]
    assert state.no_longer_apply == ()
    assert list(state.items) == [one.key("W4", "VS", i.name) for i in mini_study().forms["VS"].items.values()]


def test_unknown_relevance_is_not_shown_and_not_required(one: Participant) -> None:
    one.put("W4", "VS", "VSPERF", Entry("perhaps"))
    assert one.item("W4", "VS", "VSPERF").value.status is Status.NONCONFORMANT
    assert not one.item("W4", "VS", "VSDAT").relevant
    assert one.required("W4", "VS") == []
    one.put("W4", "VS", "VSPERF", Entry("", missing="ND"))  # a missing code opens no gate
    assert not one.item("W4", "VS", "VSDAT").relevant


def test_a_gate_opens_and_closes(one: Participant) -> None:
    full_vs(one, "W4")
    assert (one.state("W4", "VS").answered, one.state("W4", "VS").expected) == (6, 6)
    one.enter("W4", "VS", VSPERF="N")
    state = one.state("W4", "VS")
    assert (state.answered, state.expected) == (1, 2)
    assert one.required("W4", "VS") == ["VSREASND"]
    assert [key.item for key in state.no_longer_apply] == [
        "VSDAT",
        "SYSBP_VSORRES",
        "DIABP_VSORRES",
        "TEMP_VSORRES",
        "WEIGHT_VSORRES",
    ]
    closed = one.item("W4", "VS", "WEIGHT_VSORRES")
    assert (closed.relevant, closed.required, closed.value.text) == (False, False, "60")  # kept
    assert one.value("W4", "VS", "WEIGHT_VSORRES") is EMPTY  # but read as blank
    assert one.shown("W4", "VS", "BMI") == ""
    one.enter("W4", "VS", VSPERF="Y")
    assert one.state("W4", "VS").no_longer_apply == ()
    assert one.value("W4", "VS", "WEIGHT_VSORRES").data == 60


def test_a_closed_gate_closes_what_hangs_on_it() -> None:
    body = (
        item("A", "code", 'codelist = "NY2"')
        + item("B", "code", 'codelist = "NY2"; relevant = \'A == "Y"\'')
        + item("C", "integer", "relevant = 'B == \"Y\"'; required = true")
    )
    one = Participant(study_of("T", one_form(body)))
    one.enter("BL", "T", A="Y", B="Y", C="5")
    assert one.state("BL", "T").no_longer_apply == ()
    one.enter("BL", "T", A="N")
    assert [key.item for key in one.state("BL", "T").no_longer_apply] == ["B", "C"]


def test_a_missing_code_answers_a_required_item(one: Participant) -> None:
    full_vs(one, "W4", TEMP_VSORRES="")
    assert one.required("W4", "VS") == ["TEMP_VSORRES"]
    one.put("W4", "VS", "TEMP_VSORRES", Entry("", missing="ND"))
    assert one.required("W4", "VS") == []
    state = one.item("W4", "VS", "TEMP_VSORRES")
    assert (state.required, state.value.missing) == (True, "ND")
    assert one.state("W4", "VS").answered == one.state("W4", "VS").expected


def test_a_text_that_does_not_read_is_an_answer_with_a_finding(one: Participant) -> None:
    full_vs(one, "W4", TEMP_VSORRES="warm")
    assert one.required("W4", "VS") == []
    assert one.findings("W4", "VS")["TYPE"].blocks


def test_an_item_marked_not_done_elsewhere_is_not_required() -> None:
    body = (
        item("RES", "decimal", 'required = true; not_done_item = "STAT"')
        + item("STAT", "code", 'codelist = "NOTDONE"; missing = ["NA"]')
        + item("OTHER", "decimal", 'required = true; not_done_item = "PERF"')
        + item("PERF", "code", 'codelist = "NY2"')
    )
    lists = 'values = [ { code = "ND1", en = "Not done", zh = "未做" } ]'
    files = {"codelists.toml": f"{_mini('codelists.toml')}\n[codelist.NOTDONE]\n{lists}\n"}
    one = Participant(study_of("T", one_form(body), "BL", **files))
    assert one.required("BL", "T") == ["RES", "OTHER"]
    one.enter("BL", "T", STAT="ND1", PERF="Y")
    assert one.required("BL", "T") == ["OTHER"]  # "yes, performed" is no "not done"
    one.enter("BL", "T", PERF="N", STAT="")
    assert one.required("BL", "T") == ["RES"]
    one.put("BL", "T", "STAT", Entry("", missing="NA"))
    assert one.required("BL", "T") == []


def _mini(file: str) -> str:
    from tests.unit.study.definitions import mini

    return mini()[file]


# -- status ----------------------------------------


def test_status(one: Participant) -> None:
    form = one.form("W4", "VS")
    assert one.state("W4", "VS").status == "not_started"
    one.enter("W4", "VS", VSPERF="Y")
    assert one.state("W4", "VS").status == "in_progress"
    for recorded, status in (
        ("complete", "complete"),
        ("incomplete", "in_progress"),
        ("not_done", "not_done"),
    ):
        one.data.set_status(form, recorded)
        assert one.state("W4", "VS").status == status
    one.data.set_status(form, "incomplete")
    one.enter("W4", "VS", VSPERF="")
    assert one.state("W4", "VS").status == "in_progress"  # it was worked on
    assert one.state("LOG", "EX").status == "not_started"
    one.add_row("LOG", "EX", "ROWS", "d1:9")
    assert one.state("LOG", "EX").status == "in_progress"


# -- values and computed items ----------------------------------------


def test_computed_items_follow_what_they_come_from(one: Participant) -> None:
    one.enter("SCR", "VS", VSPERF="Y", HEIGHT_VSORRES="165", WEIGHT_VSORRES="60")
    assert one.shown("SCR", "VS", "BMI").startswith("22.03856749311")
    one.enter("SCR", "VS", WEIGHT_VSORRES="120 jin")
    assert one.shown("SCR", "VS", "BMI").startswith("22.03856749311")
    one.enter("SCR", "VS", HEIGHT_VSORRES="tall")
    assert one.value("SCR", "VS", "BMI") is EMPTY
    assert one.item("SCR", "VS", "BMI").value is EMPTY


def test_computed_items_of_other_events(one: Participant) -> None:
    grades = ("DELTR_MKORRES", "DELTL_MKORRES", "QUADR_MKORRES", "QUADL_MKORRES")
    one.enter("BL", "MM", **dict.fromkeys(grades, "8")).enter("W12", "MM", **dict.fromkeys(grades, "9"))
    assert one.shown("W12", "MM", "MMCHANGE") == "4"
    assert not one.item("BL", "MM", "MMCHANGE").relevant
    one.enter("BL", "MM", DELTR_MKORRES="")
    assert one.value("W12", "MM", "MMCHANGE") is EMPTY  # never 0
    one.put("BL", "MM", "DELTR_MKORRES", Entry("", missing="ND"))
    assert one.value("W12", "MM", "MMCHANGE") is EMPTY


def test_an_age_that_a_partial_date_does_not_decide_is_an_interval(one: Participant) -> None:
    one.enter("SCR", "IC", BRTHDAT="1960")
    assert one.value("SCR", "IC", "AGE").data == Interval(D(65), D(66))
    assert one.shown("SCR", "IC", "AGE") == "65–66"
    one.enter("SCR", "IC", BRTHDAT="1960-UN-01")
    assert one.value("SCR", "IC", "BRTHDAT").data == PartialDate(1960, None, 1)


def test_limits_share_the_unit_typed_with_the_result(one: Participant) -> None:
    one.enter("BL", "LB", LBPERF="Y", CK_LBORRES="50 µkat/L", CK_LBORNRLO="0.5", CK_LBORNRHI="3")
    assert one.value("BL", "LB", "CK_LBORRES").data == 3000
    assert one.value("BL", "LB", "CK_LBORNRHI").data == 180
    assert one.shown("BL", "LB", "CK_LBNRIND") == "HIGH"
    one.enter("BL", "LB", CK_LBORRES="50")  # the unit of the result changes that of its limits
    assert one.value("BL", "LB", "CK_LBORNRHI").data == 3
    one.enter("BL", "LB", CK_LBORRES="2", CK_LBORNRHI="3 µkat/L")
    assert one.value("BL", "LB", "CK_LBORNRHI").data == 180


@pytest.mark.parametrize(
    "result, position", [("<5", "LOW"), ("<20", ""), ("20", "NORMAL"), (">190", "HIGH"), (">100", "")]
)
def test_a_detection_limit_that_does_not_decide_leaves_the_position_open(
    one: Participant, result: str, position: str
) -> None:
    one.enter("BL", "LB", LBPERF="Y", ALT_LBORRES=result, ALT_LBORNRLO="9", ALT_LBORNRHI="180")
    assert one.shown("BL", "LB", "ALT_LBNRIND") == position


def test_checks_on_an_interval(one: Participant) -> None:
    one.enter("BL", "LB", LBPERF="Y", CK_LBORRES=">600", CK_LBORNRHI="100")
    assert "LB-03" in one.findings("BL", "LB")
    one.enter("BL", "LB", CK_LBORRES=">400")
    assert "LB-03" not in one.findings("BL", "LB")  # 5 × 100 may or may not be passed


# -- rows ----------------------------------------


def dosing(one: Participant) -> Participant:
    one.add_row(
        "LOG", "EX", "ROWS", "d1:9", ECDOSE="5", ECSTDAT="2026-01-08", ECONGO="N", ECENDAT="2026-01-17"
    )
    return one.add_row(
        "LOG", "EX", "ROWS", "d1:12", ECDOSE="10", ECSTDAT="2026-01-18", ECONGO="N", ECENDAT="2026-01-19"
    )


def test_rows_in_order_of_creation(one: Participant) -> None:
    dosing(one)
    state = one.state("LOG", "EX")
    assert [k.group_repeat for k in state.items if k.item == "ECDOSE"] == ["d1:9", "d1:12"]
    assert one.shown("LOG", "EX", "ECDAYS", "d1:9") == "10"
    assert one.shown("LOG", "EX", "ECTOTAL") == "12"
    assert not one.item("LOG", "EX", "ECADJ", "d1:9").relevant  # there is no row before the first
    assert one.item("LOG", "EX", "ECADJ", "d1:12").relevant
    assert name_value(one.study, one.data, "D1", TODAY) == date(2026, 1, 8)


def test_a_struck_row_no_longer_counts(one: Participant) -> None:
    dosing(one)
    group = one.form("LOG", "EX")._replace(group="ROWS")
    one.data.strike_row(group, "d1:9")
    assert one.shown("LOG", "EX", "ECTOTAL") == "2"
    assert not one.item("LOG", "EX", "ECADJ", "d1:12").relevant
    assert name_value(one.study, one.data, "D1", TODAY) == date(2026, 1, 18)
    one.data.add_row(group, "d1:9")
    one.data.add_row(group, "d1:9")
    assert one.data.rows[group] == ["d1:9", "d1:12"]  # back at its place
    assert one.shown("LOG", "EX", "ECTOTAL") == "12"
    one.data.strike_row(group, "nobody")
    one.data.add_row(group, "d1:20", struck=True)
    assert one.shown("LOG", "EX", "ECTOTAL") == "12"
    assert [one.data.line_of(group, row) for row in ("d1:9", "d1:12", "d1:20")] == [1, 2, 3]
    assert one.data.line_of(group, "nobody") is None
    assert one.data.line_of(one.form("BL", "EX"), "d1:9") is None
    one.data.drop_row(group, "d1:20")
    one.data.drop_row(group, "d1:20")
    assert one.data.lines[group] == ["d1:9", "d1:12"]  # as if it had never been


def test_repeats_of_forms_and_visits_keep_their_numbers(one: Participant) -> None:
    readings, visits = one.form("W4", "VS"), ItemKey("d1:1", "UNS")
    for identity in ("d1:31", "d1:32", "d1:33"):
        one.data.add_form(readings, identity)
        one.data.add_event("UNS", identity)
    one.data.strike_form(readings, "d1:32")
    one.data.strike_event("UNS", "d1:32")
    one.data.add_form(readings, "d1:34", struck=True)
    one.data.add_event("UNS", "d1:34", struck=True)
    assert one.data.form_repeats[readings] == one.data.event_repeats["UNS"] == ["d1:31", "d1:33"]
    for place in (readings, visits):
        assert [one.data.line_of(place, f"d1:3{n}") for n in (1, 2, 3, 4)] == [1, 2, 3, 4]
    one.data.add_form(readings, "d1:32")
    assert one.data.form_repeats[readings] == ["d1:31", "d1:32", "d1:33"]


def test_checks_of_rows_speak_for_their_row(one: Participant) -> None:
    dosing(one).enter("LOG", "EX", "d1:12", ECSTDAT="2026-01-17")
    finding = one.findings("LOG", "EX")["EX-05"]
    assert finding.items == (one.key("LOG", "EX", "ECSTDAT", "d1:12"),)
    assert finding in one.item("LOG", "EX", "ECSTDAT", "d1:12").findings
    assert one.item("LOG", "EX", "ECSTDAT", "d1:9").findings == ()


def test_a_check_over_all_rows_is_placed_at_the_last(one: Participant) -> None:
    dosing(one).enter("LOG", "EX", "d1:9", ECONGO="Y").enter("LOG", "EX", "d1:12", ECONGO="Y")
    assert one.findings("LOG", "EX")["EX-06"].items == (one.key("LOG", "EX", "ECONGO", "d1:12"),)


def test_an_ongoing_row_counts_until_today(one: Participant) -> None:
    dosing(one).enter("LOG", "EX", "d1:12", ECONGO="Y")
    assert one.shown("LOG", "EX", "ECTOTAL") == str(10 + (TODAY - date(2026, 1, 18)).days + 1)
    one.today = date(2026, 8, 24)
    assert one.shown("LOG", "EX", "ECTOTAL") == str(10 + (TODAY - date(2026, 1, 18)).days + 2)


LOGS = (
    one_form(item("A", "integer") + item("SUM", "integer", "calculate = 'sum(rows(\"T\"), N * outer(A))'"))
    + '\n[[group]]\nname = "ROWS"\ntitle = { en = "Rows", zh = "行" }\nlayout = "log"\nrepeating = true\n'
    + "relevant = 'A > 0'\n"
    + item("N", "integer", "required = true")
    + item("NO", "integer", "calculate = 'row_number()'")
    + item("LINE", "integer", "calculate = 'line_number()'")
    + item("BEFORE", "integer", "calculate = 'prev_row(N)'")
    + item("TIMES", "integer", "calculate = 'N * A'")
    + item("HASA", "text", "calculate = 'present(A)'")
    + item("W", "decimal", "calculate = 'VS.WEIGHT_VSORRES'")
)


def test_rows_see_their_form_and_other_forms() -> None:
    one = Participant(study_of("T", LOGS, "BL"))
    one.enter("BL", "T", A="2").enter("BL", "VS", VSPERF="Y", WEIGHT_VSORRES="60")
    for number, identity in enumerate(("d1:1", "d1:2", "d1:3"), start=1):
        one.add_row("BL", "T", "ROWS", identity, N=str(number))
    shown = [one.shown("BL", "T", name, "d1:3") for name in ("NO", "BEFORE", "TIMES", "W", "HASA")]
    assert shown == ["3", "2", "6", "60", "Y"]
    assert one.shown("BL", "T", "SUM") == "12"
    group = one.form("BL", "T")._replace(group="ROWS")
    one.data.strike_row(group, "d1:2")
    assert [one.shown("BL", "T", name, "d1:3") for name in ("NO", "LINE", "BEFORE")] == ["2", "3", "1"]
    one.data.add_row(group, "d1:2")
    assert [one.shown("BL", "T", name, "d1:2") for name in ("NO", "LINE", "BEFORE")] == ["2", "2", "1"]
    one.enter("BL", "T", A="0")
    assert [key.item for key in one.state("BL", "T").no_longer_apply] == ["N", "N", "N"]
    assert one.value("BL", "T", "SUM") is EMPTY


def test_outside_rows_there_is_no_row() -> None:
    study = study_of("T", LOGS, "BL")
    outside = "if_(present(N) or present(row_number()) or present(line_number()), 1, 2)"
    one = Participant(recomputed(study, "T", SUM=outside))
    one.enter("BL", "T", A="2").add_row("BL", "T", "ROWS", "d1:1", N="1")
    assert one.shown("BL", "T", "SUM") == "2"


def test_a_row_that_is_not_live_has_no_number() -> None:
    one = Participant(study_of("T", LOGS, "BL")).enter("BL", "T", A="2")
    one.add_row("BL", "T", "ROWS", "d1:1", N="1")
    one.data.strike_row(one.form("BL", "T")._replace(group="ROWS"), "d1:1")
    assert one.value("BL", "T", "NO", "d1:1") is EMPTY
    assert one.value("BL", "T", "BEFORE", "d1:1") is EMPTY
    assert one.shown("BL", "T", "N", "d1:1") == "1"


# -- other forms and events ----------------------------------------


def test_the_same_event_comes_first_then_the_only_event_of_a_form() -> None:
    body = (
        item("SEX", "text", "calculate = 'IC.SEX'")
        + item("W", "decimal", "calculate = 'VS.WEIGHT_VSORRES'")
        + item("SCRW", "decimal", "calculate = 'SCR.VS.WEIGHT_VSORRES'")
        + item("HAS", "text", 'calculate = \'if_(present(VS.WEIGHT_VSORRES), "Y", "N")\'')
        + item("ND", "text", 'calculate = \'if_(missing(VS.WEIGHT_VSORRES, "ND"), "Y", "N")\'')
        + item("UNIT", "text", "calculate = 'unit(VS.WEIGHT_VSORRES)'")
        + item("LAB", "text", "calculate = 'LB.LBPERF'")
    )
    one = Participant(study_of("T", one_form(body), "BL W4 LOG:optional"))
    one.enter("SCR", "IC", SEX="F").enter("SCR", "VS", VSPERF="Y", WEIGHT_VSORRES="60")
    one.enter("W4", "VS", VSPERF="Y", WEIGHT_VSORRES="110 jin")
    assert [one.shown("W4", "T", n) for n in ("SEX", "W", "SCRW", "HAS", "ND", "UNIT")] == [
        "F",
        "55",
        "60",
        "Y",
        "N",
        "jin",
    ]
    assert [one.shown("BL", "T", n) for n in ("SEX", "W", "HAS")] == ["F", "", "N"]
    one.put("BL", "VS", "WEIGHT_VSORRES", Entry("", missing="ND"))
    one.enter("BL", "VS", VSPERF="Y")
    assert one.shown("BL", "T", "ND") == "Y"
    one.enter("W4", "LB", LBPERF="Y")  # not on the schedule of W4, but entered there
    assert one.shown("W4", "T", "LAB") == "Y"
    one.enter("W4", "LB", LBPERF="")
    assert one.shown("W4", "T", "LAB") == ""  # and due at two events: no one such
    assert one.shown("LOG", "T", "W") == ""


def test_the_event_before_is_the_nearest_with_a_value(one: Participant) -> None:
    for event, weight in (("SCR", "60"), ("BL", ""), ("W4", "50")):
        one.enter(event, "VS", VSPERF="Y", WEIGHT_VSORRES=weight)
    assert "VS-07" in one.findings("W4", "VS")  # 50 after 60, the empty baseline is passed over
    one.enter("BL", "VS", WEIGHT_VSORRES="52")
    assert "VS-07" not in one.findings("W4", "VS")
    one.put("BL", "VS", "WEIGHT_VSORRES", Entry("", missing="ND"))
    assert "VS-07" in one.findings("W4", "VS")
    assert "VS-07" not in one.findings("SCR", "VS")  # nothing before


def test_an_unscheduled_event_stands_where_its_date_puts_it(one: Participant) -> None:
    one.enter("SCR", "VS", VSPERF="Y", VSDAT="2026-01-05", WEIGHT_VSORRES="60")
    one.enter("W4", "VS", VSPERF="Y", VSDAT="2026-02-05", WEIGHT_VSORRES="60")
    one.enter("W12", "VS", VSPERF="Y", VSDAT="2026-04-02", WEIGHT_VSORRES="60")
    one.data.add_event("UNS", "d1:7")
    one.enter("UNS[d1:7]", "VS", VSPERF="Y", WEIGHT_VSORRES="50")
    assert "VS-07" in one.findings("UNS[d1:7]", "VS")  # without a date: after all scheduled ones
    assert "VS-07" not in one.findings("W12", "VS")
    one.enter("UNS[d1:7]", "VS", VSDAT="2026-03-01")
    assert "VS-07" in one.findings("W12", "VS")  # now between week 4 and week 12
    one.enter("UNS[d1:7]", "VS", VSDAT="2025-03-01")
    assert "VS-07" in one.findings("SCR", "VS")
    one.data.strike_event("UNS", "d1:7")
    one.data.strike_event("UNS", "d1:7")
    assert "VS-07" not in one.findings("W12", "VS")
    assert "VS-07" not in one.findings("SCR", "VS")


def test_baseline_is_bl_else_what_screening_carries(one: Participant) -> None:
    one.enter("W4", "VS", VSPERF="Y", WEIGHT_VSORRES="50")
    assert "VS-09" not in one.findings("W4", "VS")
    one.enter("SCR", "VS", VSPERF="Y", VSDAT="2026-01-05", WEIGHT_VSORRES="65")
    one.add_row("LOG", "EX", "ROWS", "d1:9", ECSTDAT="2026-01-12")
    assert "VS-09" in one.findings("W4", "VS")  # 7 days before day 1: carried
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-13")
    assert "VS-09" not in one.findings("W4", "VS")  # 8 days: not
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-04")
    assert "VS-09" not in one.findings("W4", "VS")  # after day 1: not
    one.enter("BL", "VS", VSPERF="Y", WEIGHT_VSORRES="66")
    assert "VS-09" in one.findings("W4", "VS")  # baseline itself needs no limit
    one.enter("BL", "VS", WEIGHT_VSORRES="55")
    assert "VS-09" not in one.findings("W4", "VS")


def test_baseline_of_a_form_that_is_due_at_screening_only() -> None:
    body = item("SEX", "text", "calculate = 'baseline(IC.SEX)'") + item(
        "LAB", "text", "calculate = 'baseline(LB.LBPERF)'"
    )
    one = (
        Participant(study_of("T", one_form(body))).enter("SCR", "IC", SEX="F").enter("SCR", "LB", LBPERF="Y")
    )
    assert one.shown("W4", "T", "SEX") == "F"
    assert one.value("W4", "T", "LAB") is EMPTY  # LB is required at BL: screening does not serve


def test_performed() -> None:
    body = (
        item("TDAT", "partial_date")
        + item("HERE", "text", 'calculate = \'if_(performed("VS"), "Y", "N")\'')
        + item("NEAR", "text", 'calculate = \'if_(performed("VS", within_days=14), "Y", "N")\'')
        + item("SCRN", "text", 'calculate = \'if_(performed("SCR.VS", within_days=14), "Y", "N")\'')
        + item("DOSED", "text", "calculate = '\"?\"'")
    )
    study = study_of("T", one_form(body, 'date_item = "TDAT"'), "W4 LOG:optional")
    one = Participant(recomputed(study, "T", DOSED='if_(performed("EX"), "Y", "N")'))
    assert one.shown("W4", "T", "HERE") == "N"
    assert one.value("W4", "T", "NEAR") is EMPTY  # no date of its own, none of the visit
    one.enter("W4", "T", TDAT="2026-02-10")
    assert one.shown("W4", "T", "NEAR") == "N"
    one.enter("SCR", "VS", VSPERF="Y", VSDAT="2026-01-27")
    assert [one.shown("W4", "T", n) for n in ("HERE", "NEAR", "SCRN")] == ["N", "Y", "Y"]
    one.enter("SCR", "VS", VSDAT="2026-01-26")
    assert [one.shown("W4", "T", n) for n in ("NEAR", "SCRN")] == ["N", "N"]
    one.enter("W12", "VS", VSPERF="Y", VSDAT="2026-02-24")
    assert [one.shown("W4", "T", n) for n in ("NEAR", "SCRN")] == ["Y", "N"]
    one.enter("W4", "T", TDAT="2026-02")
    assert one.value("W4", "T", "NEAR") is EMPTY  # a partial date does not decide
    one.enter("W4", "VS", VSPERF="Y", VSDAT="2026-02-14")
    assert [one.shown("W4", "T", n) for n in ("HERE", "NEAR")] == ["Y", "Y"]
    assert one.value("W4", "T", "DOSED") is EMPTY  # a form without a date of its own
    assert one.shown("LOG", "T", "HERE") == "N"  # and where the form is nowhere to be found


def test_rows_of_other_forms() -> None:
    body = "".join(item(name, "integer", "calculate = '0'") for name in ("HERE", "ALL", "AT", "VISIT"))
    sources = {
        "HERE": 'count(rows("VS"))',
        "ALL": 'count(rows("*.VS"), WEIGHT_VSORRES > 55)',
        "AT": 'count(rows("SCR.VS"))',
        "VISIT": 'count(rows("EX"), VS.WEIGHT_VSORRES > 0)',
    }
    one = Participant(recomputed(study_of("T", one_form(body), "W4"), "T", **sources))
    assert [one.shown("W4", "T", n) for n in ("HERE", "ALL", "AT")] == ["0", "0", "0"]
    one.enter("SCR", "VS", VSPERF="Y", WEIGHT_VSORRES="60").enter("W4", "VS", VSPERF="Y", WEIGHT_VSORRES="50")
    assert [one.shown("W4", "T", n) for n in ("HERE", "ALL", "AT")] == ["1", "1", "1"]
    one.add_row("LOG", "EX", "ROWS", "d1:9", ECDOSE="5")
    assert one.shown("W4", "T", "VISIT") == "1"  # not at LOG, so the visit of the one who asks


def test_repeating_forms() -> None:
    repeating = one_form(item("GRADE", "integer"), "repeating = true", oid="SAE")
    body = item("WORST", "integer", "calculate = '0'") + item("FIRST", "integer", "calculate = '0'")
    due = "".join(f'\n[[due]]\nevent = "{event}"\nform = "T"\nmark = "required"\n' for event in ("W4", "W12"))
    files = {"forms/T.toml": one_form(body), "schedule.toml": _mini("schedule.toml") + due}
    study = study_of("SAE", repeating, "W4:optional W12:optional", **files)
    one = Participant(recomputed(study, "T", WORST='max(rows("SAE"), GRADE)', FIRST="SAE.GRADE"))
    place = one.form("W4", "SAE")
    for identity, grade in (("d1:4", "3"), ("d1:6", "5")):
        one.data.add_form(place, identity)
        key = place._replace(form_repeat=identity, group="MAIN", item="GRADE")
        one.data.put(key, Entry(grade))
    assert [one.shown("W4", "T", n) for n in ("WORST", "FIRST")] == ["5", "3"]
    assert one.shown("W12", "T", "WORST") == ""
    one.data.strike_form(place, "d1:6")
    one.data.strike_form(place, "d1:6")
    assert one.shown("W4", "T", "WORST") == "3"


def test_names_are_seen_from_the_event() -> None:
    files = {
        "study.toml": _mini("study.toml").replace(
            "[names]", "[names]\nWEIGHT = 'VS.WEIGHT_VSORRES'\nDOUBLE = 'WEIGHT * 2'"
        )
    }
    body = (
        item("W", "decimal", "calculate = 'DOUBLE'")
        + item("LO", "date", "calculate = 'WINDOW_LO'")
        + item("HI", "date", "calculate = 'WINDOW_HI'")
        + item("E", "text", "calculate = 'EVENT'")
    )
    one = Participant(study_of("T", one_form(body), **files))
    one.enter("W4", "VS", VSPERF="Y", WEIGHT_VSORRES="50").enter("W12", "VS", VSPERF="Y", WEIGHT_VSORRES="52")
    assert [one.shown("W4", "T", n) for n in ("W", "LO", "E")] == ["100", "", "W4"]
    assert one.shown("W12", "T", "W") == "104"
    one.add_row("LOG", "EX", "ROWS", "d1:9", ECSTDAT="2026-01-08")
    assert [one.shown("W4", "T", n) for n in ("LO", "HI")] == ["2026-01-29", "2026-02-12"]
    w4 = ItemKey(one.data.subject, "W4")
    assert name_value(one.study, one.data, "WEIGHT", TODAY, w4) == 50
    assert name_value(one.study, one.data, "WEIGHT", TODAY) is None
    with pytest.raises(LookupError):
        name_value(one.study, one.data, "NOBODY", TODAY)


def test_settings_are_numbers_dates_or_texts() -> None:
    settings = 'limit = "50"\nfrom = "2026-01-01"\nword = "strict"\npulse_limit'
    files = {"study.toml": _mini("study.toml").replace("pulse_limit", settings)}
    body = "".join(
        item(name, kind, f"calculate = 'setting(\"{setting}\")'")
        for name, kind, setting in (("N", "decimal", "limit"), ("D", "date", "from"), ("T", "text", "word"))
    )
    one = Participant(study_of("T", one_form(body), **files))
    assert [one.value("W4", "T", n).data for n in "NDT"] == [50, date(2026, 1, 1), "strict"]


INSTRUMENT = """
[instrument.tis]
function = "total_improvement_score"
[instrument.tis.inputs]
baseline = { phga = "A", ptga = "5" }
followup = { phga = "B", ptga = "4" }
uln = { ck = "180" }
[instrument.bodymass]
function = "bmi"
inputs = { weight_kg = "A", height_cm = "B" }
"""


def test_instruments() -> None:
    body = "".join(
        item(name, kind, f"calculate = '{part}'")
        for name, kind, part in (
            ("POINTS", "decimal", "tis.points_phga"),
            ("PERCENT", "decimal", "tis.percent_phga"),
            ("NONE", "decimal", "tis.points_haq"),
            ("TOTAL", "decimal", "tis.total"),
            ("CAT", "text", "tis.category"),
            ("COUNT", "integer", "tis.components"),
            ("MISSING", "text", "tis.missing"),
        )
    )
    one = Participant(
        study_of(
            "T",
            one_form(item("A", "decimal", "comparator = true") + item("B", "decimal") + body) + INSTRUMENT,
        )
    )
    names = ("POINTS", "PERCENT", "NONE", "TOTAL", "CAT", "COUNT")
    assert [one.shown("W4", "T", n) for n in names] == ["", "", "", "", "NOT EVALUABLE", "1"]
    one.enter("W4", "T", A="8", B="4")
    assert [one.shown("W4", "T", n) for n in names] == ["17.5", "40", "", "", "NOT EVALUABLE", "2"]
    assert one.value("W4", "T", "MISSING").data == ("mmt", "haq", "enzyme", "extra")
    one.enter("W4", "T", A="<8")
    assert one.shown("W4", "T", "POINTS") == ""  # a limit is no number to score
    one.enter("W4", "T", A="8")
    assert one.shown("W4", "T", "POINTS") == "17.5"


def test_instruments_beside_scores() -> None:
    body = item("A", "decimal") + "".join(
        item(n, "decimal", "calculate = '0'") for n in ("BMI", "ODD", "BAD", "DEEP")
    )
    study = study_of("T", one_form(item("B", "decimal") + body) + INSTRUMENT)
    form = study.forms["T"]
    bad = replace(
        form.instruments["bodymass"],
        name="bad",
        function="bsa",
        inputs={
            "weight_kg": parse("A"),
            "height_cm": parse("B"),
            "method": parse('"guessed"'),
        },
    )
    study = replace(
        study, forms={**study.forms, "T": replace(form, instruments={**form.instruments, "bad": bad})}
    )
    sources = {
        "BMI": "bodymass.value",
        "ODD": "bodymass.index",
        "BAD": "bad.value",
        "DEEP": "tis.percent_of_phga",
    }
    one = Participant(recomputed(study, "T", **sources)).enter("W4", "T", A="60", B="200")
    assert [one.shown("W4", "T", n) for n in ("BMI", "ODD", "BAD", "DEEP")] == ["15", "", "", ""]


def test_parts_of_results() -> None:
    result = SimpleNamespace(index=1, worst_of_all={"left_arm": D(3)}, ratio=0.5)
    assert part_of(result, "index") == 1
    assert part_of(result, "worst_of_all_left_arm") == 3
    assert part_of(result, "worst_of_all_right_arm") is None
    assert part_of(result, "nothing_like_it") is None
    assert part_of(result, "ratio") is None  # a float is no operand
    assert part_of(None, "index") is None


def test_an_instrument_lives_in_a_form() -> None:
    names = {**mini_study().names, "SCORE": parse("haq.index")}
    one = Participant(replace(mini_study(), names=names))
    with pytest.raises(LookupError):
        name_value(one.study, one.data, "SCORE", TODAY)


def test_an_event_named_that_repeats_is_its_last_instance() -> None:
    body = item("W", "decimal", "calculate = '0'")
    one = Participant(recomputed(study_of("T", one_form(body)), "T", W="UNS.VS.WEIGHT_VSORRES"))
    assert one.value("W4", "T", "W") is EMPTY
    for identity, weight in (("d1:7", "50"), ("d1:8", "52")):
        one.data.add_event("UNS", identity)
        one.enter(f"UNS[{identity}]", "VS", VSPERF="Y", WEIGHT_VSORRES=weight)
    assert one.shown("W4", "T", "W") == "52"


def test_a_study_without_screening_has_no_carried_baseline() -> None:
    study = mini_study()
    events = {oid: event for oid, event in study.events.items() if oid != "SCR"}
    due = tuple(line for line in study.due if line.event != "SCR")
    body = item("SEX", "text", "calculate = '0'") + item("W", "decimal", "calculate = '0'")
    study = recomputed(
        study_of("T", one_form(body)), "T", SEX="baseline(IC.SEX)", W="baseline(VS.WEIGHT_VSORRES)"
    )
    one = Participant(replace(study, events=events, due=due))
    assert one.value("W4", "T", "SEX") is EMPTY
    assert one.value("W4", "T", "W") is EMPTY
