"""The tables of a study over participants made by hand: denominators, what is missing, contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.services.figurecases import CODED, LIMIT, NOTHING, NUMBER, UNREADABLE, Case, LogRow, Reading
from mda5_crf.services.figureconduct import reconciled
from mda5_crf.services.figurecourses import courses
from mda5_crf.services.figureflow import enrolment, flow, table1
from mda5_crf.services.figuremodel import Picture
from mda5_crf.services.figureplan import Plan, plan_of
from mda5_crf.services.figureresponse import response
from mda5_crf.services.figuresafety import folded, safety
from mda5_crf.services.figuresecondary import secondary
from mda5_crf.services.figuresurvival import followed, survival
from mda5_crf.services.figurewords import fixed, probability, scale, text_of
from mda5_crf.study.dates import PartialDate
from mda5_crf.text import both
from tests.wards import trial

DAY_ONE = date(2025, 3, 1)
PUBLISHED = ("37.5", "40", "42.5", "42.5", "42.5", "45", "55", "57.5", "65", "70", "0", "7.5", "12.5", "17.5")


def plan() -> Plan:
    return plan_of(trial())


def case(number: int = 1, score: str | None = None, **more: Any) -> Case:  # noqa: ANN401 - fields of Case
    facts: dict[str, Any] = {
        "consent": DAY_ONE - timedelta(days=5), "enrolled": True, "not_enrolled": False,
        "enrol_date": DAY_ONE - timedelta(days=1), "first_dose": DAY_ONE, "dead": False, "death": None,
        "alive": DAY_ONE + timedelta(days=400), "exposed_days": Decimal(100), **more.pop("facts", {}),
    }  # fmt: skip
    readings: dict[tuple[str, str], Reading] = dict(more.pop("readings", {}))
    responder = observed = ""
    if score is not None:
        readings["", "W24"] = Reading(Decimal(score), NUMBER)
        responder = observed = "Y" if Decimal(score) >= 20 else "N"
    values: dict[str, Any] = {
        "subject": f"id{number}", "subjid": f"01-{number:03}", "site": "01", "facts": facts, "words": {},
        "strata": {}, "readings": readings, "categories": {}, "responder": responder, "observed": observed,
        "table1": (None,) * len(plan().table1), "held": {}, "cancelled": frozenset(), "due": {}, "rows": {},
        **more,
    }  # fmt: skip
    return Case(**values)


def test_the_responder_table_is_that_of_the_publication() -> None:
    cases = [case(n, score) for n, score in enumerate(PUBLISHED, 1)]
    cases.append(case(15, responder="N"))
    found = response(trial(), plan(), cases)
    assert found is not None
    facts = found.facts
    assert (facts["responders"]["count"], facts["responders"]["of"]) == (10, 15)
    assert (facts["observed"]["count"], facts["observed"]["of"]) == (10, 14)
    assert facts["observed"]["part"].startswith("0.714")
    visit = facts["visits"]["W24"]
    assert visit["categories"] == {"NO RESPONSE": 4, "MINIMAL": 1, "MODERATE": 7, "MAJOR": 2}
    assert (visit["scores"], visit["missing"], visit["treated"]) == (14, 1, 15)
    assert visit["at_least"]["MODERATE"]["count"] == 9
    assert any("43.750 (41.875–59.375)" in note.en for grid in found.grids for note in grid.notes)
    assert facts["waterfall"][0] == ["01-010", "70"] and facts["waterfall"][-1] == ["01-011", "0"]
    (picture,) = found.pictures
    assert len(picture.bars) == 14
    assert any("01-015" in text.en for _, text in picture.legend)


def test_a_score_of_nought_is_a_score_and_a_missing_one_is_not() -> None:
    found = response(trial(), plan(), [case(1, "0"), case(2)])
    assert found is not None
    visit = found.facts["visits"]["W24"]
    assert (visit["scores"], visit["missing"]) == (1, 1)
    assert found.facts["observed"]["of"] == 1
    assert found.facts["responders"]["of"] == 1  # the second is not decided, and so in no denominator


def test_a_responder_by_score_who_is_none_by_the_definition_is_hatched() -> None:
    found = response(trial(), plan(), [case(1, "50", responder="N"), case(2, "45")])
    assert found is not None
    assert [bar.fill for bar in found.pictures[0].bars] == ["hatched", "middle"]


def test_strata_count_who_is_not_known_apart() -> None:
    cases = [
        case(1, "50", strata={"AMYOPATHIC": True}), case(2, "0", strata={"AMYOPATHIC": False}),
        case(3, "60", strata={"AMYOPATHIC": None}),
    ]  # fmt: skip
    found = response(trial(), plan(), cases)
    assert found is not None
    strata = found.facts["strata"]
    assert [strata[f"AMYOPATHIC:{word}"]["count"] for word in ("yes", "no", "unknown")] == [1, 0, 1]
    assert [strata[f"AMYOPATHIC:{word}"]["n"] for word in ("yes", "no", "unknown")] == [1, 1, 1]


def test_who_never_took_the_drug_is_in_no_denominator() -> None:
    cases = [case(1, "50"), case(2, "60", facts={"first_dose": None})]
    found = response(trial(), plan(), cases)
    dangers = safety(trial(), plan(), cases)
    assert found is not None and dangers is not None
    assert found.facts["treated"] == dangers.facts["treated"] == 1


# -- secondary ---------------------------------------------------------------------------------------------


def pair(before: str | None, after: str | None) -> Mapping[tuple[str, str], Reading]:
    said = {("FVCPP", ""): before, ("FVCPP", "W24"): after}
    return {key: Reading(Decimal(text), NUMBER) for key, text in said.items() if text is not None}


def test_changes_are_of_those_with_both_numbers_only() -> None:
    cases = [case(1, readings=pair("50", "55")), case(2, readings=pair("60", None)),
             case(3, readings=pair(None, "90")), case(4, readings=pair("70", "70"))]  # fmt: skip
    found = secondary(trial(), plan(), cases)
    assert found is not None
    fvc = found.facts["FVCPP"]
    assert (fvc["BASELINE"]["n"], fvc["W24"]["n"], fvc["W24"]["pairs"]) == (3, 3, 2)
    assert (fvc["W24"]["change_mean"], fvc["W24"]["zeros"]) == ("2.5", 1)
    assert fvc["W24"]["without"] == {NOTHING: 1}


def test_why_there_is_no_number_is_said_apart() -> None:
    readings = [{("FVCPP", "W24"): Reading(kind=kind)} for kind in (CODED, LIMIT)]
    cases = [case(n, readings=one) for n, one in enumerate(readings, 1)]
    cases.append(case(3, readings={("FVCPP", "W24"): Reading(Decimal(0), NUMBER, conflict=True)}))
    found = secondary(trial(), plan(), cases)
    assert found is not None
    fvc = found.facts["FVCPP"]["W24"]
    assert fvc["without"] == {CODED: 1, LIMIT: 1}
    assert (fvc["n"], fvc["median"], fvc["conflicts"]) == (1, "0", 1)
    row = next(grid for grid in found.grids if grid.name == "course_FVCPP").rows[2]
    assert "1 in conflict" in row[2].en and "1 only below" in row[2].en


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nobody_and_few_have_tables_and_pictures(count: int) -> None:
    cases = [case(n, "50", readings={**pair("50", "55"), ("", "W24"): Reading(Decimal(50), NUMBER)})
             for n in range(1, count + 1)]  # fmt: skip
    for made in (response, secondary, flow, table1, safety):
        found = made(trial(), plan(), cases)
        assert found is not None
        for picture in found.pictures:
            inside(picture)
    for section in (survival(plan(), cases), enrolment(cases, plan())):
        assert section is not None
        for picture in section.pictures:
            inside(picture)


def inside(picture: Picture) -> None:
    """Every shape lies in its frame."""
    places = [spot for stroke in picture.strokes for spot in stroke.points]
    places += [(bar.x0, bar.y0) for bar in picture.bars] + [(bar.x1, bar.y1) for bar in picture.bars]
    places += [(mark.x, mark.y) for mark in picture.marks]
    for x, y in places:
        assert -1e-9 <= x <= 1 + 1e-9, picture.name
        assert -1e-9 <= y <= 1 + 1e-9, picture.name


# -- survival ----------------------------------------------------------------------------------------------


def died(number: int, after: int | PartialDate | None) -> Case:
    day: object = after
    if isinstance(after, int):
        day = DAY_ONE + timedelta(days=after)
    return case(number, facts={"dead": True, "death": day})


def test_death_and_censoring_count_from_day_one() -> None:
    found = followed([died(1, 0), died(2, 66), case(3)])
    assert found.cases == ((1, True), (67, True), (401, False))
    assert found.left == ()


def test_contradictory_deaths_are_named_and_not_counted() -> None:
    partial = PartialDate(2025, 6, None)
    cases = [died(1, -30), died(2, None), died(3, partial), case(4, facts={"alive": None}), case(5)]
    found = followed(cases)
    assert found.cases == ((401, False),)
    assert [name for name, _ in found.left] == ["01-001", "01-002", "01-003", "01-004"]
    section = survival(plan(), cases)
    assert section is not None
    assert section.facts["not_counted"] == ["01-001", "01-002", "01-003", "01-004"]
    assert any("01-001" in note.en and "01-001" in note.zh for note in section.notes)


def test_a_day_of_death_counts_even_where_nobody_ticked_dead() -> None:
    found = followed([case(1, facts={"dead": False, "death": DAY_ONE + timedelta(days=9)})])
    assert found.cases == ((10, True),)


# -- flow, safety ------------------------------------------------------------------------------------------


def test_contradictions_are_named_in_the_flow() -> None:
    early = {"dead": True, "death": DAY_ONE - timedelta(days=50)}
    cases = [case(1, facts=early), case(2, facts={"enrolled": False, "not_enrolled": True}),
             case(3, facts={"consent": DAY_ONE + timedelta(days=1)}), case(4, duplicate=True),
             case(5, readings={("FVCPP", ""): Reading(Decimal(50), NUMBER, conflict=True)})]  # fmt: skip
    found = flow(trial(), plan(), cases)
    assert found is not None
    said = " ".join(found.facts["contradictions"])
    for number in range(1, 6):
        assert f"01-00{number}" in said
    assert found.facts["screened"] == 5


def test_the_flow_adds_up() -> None:
    failed = case(1, facts={"enrolled": False, "not_enrolled": True, "first_dose": None})
    waiting = case(2, facts={"enrolled": None, "not_enrolled": None, "first_dose": None})
    untreated = case(3, facts={"first_dose": None})
    ended = case(4, words={"treatment_end": both("Completed")})
    facts = flow(trial(), plan(), [failed, waiting, untreated, ended, case(5)])
    assert facts is not None
    said = facts.facts
    assert said["screened"] == said["not_enrolled"] + said["undecided"] + said["enrolled"] == 5
    assert said["enrolled"] == said["untreated"] + said["treated"] == 3
    assert (said["ended"], said["going_on"]) == ({"Completed": 1}, 1)


def event(term: str, grade: str, **more: str) -> LogRow:
    answers: dict[str, Any] = {"AETERM": term, "AETOXGR": grade, "AESER": "N", **more}
    return LogRow(term + grade, 1, answers, {})


def test_a_participant_counts_once_a_term_at_the_worst_grade() -> None:
    cases = [
        case(1, rows={"AE": (event("Fever", "1"), event("  FEVER ", "3"), event("Rash", "2"))}),
        case(2, rows={"AE": (event("ｆever", "2", AESER="Y"),)}), case(3, facts={"first_dose": None}, rows={
            "AE": (event("Fever", "5"),)}),
    ]  # fmt: skip
    found = safety(trial(), plan(), cases)
    assert found is not None
    fever = found.facts["terms"][0]
    assert (fever["people"], fever["events"], fever["worst"]) == (2, 3, {"3": 1, "2": 1})
    assert found.facts["events"]["any"] == {"people": 2, "events": 4}
    assert found.facts["events"]["severe"] == {"people": 1, "events": 1}
    assert found.facts["events"]["serious"] == {"people": 1, "events": 1}
    assert any("1 events" in note.en for note in found.notes)  # that of the untreated one is said


def test_terms_are_folded_but_never_merged_by_meaning() -> None:
    assert folded(" Fever  A") == folded("ＦＥＶＥＲ a")
    assert folded("Fever") != folded("Pyrexia")


@given(
    st.lists(
        st.tuples(st.sampled_from(["0", "10", "20", "40", "60", "100", None]), st.booleans()), max_size=12
    )
)
@settings(max_examples=30, deadline=None)
def test_parts_add_up_to_the_whole(drawn: list[tuple[str | None, bool]]) -> None:
    cases = [
        case(n, score, facts={} if dosed else {"first_dose": None})
        for n, (score, dosed) in enumerate(drawn, 1)
    ]
    found = response(trial(), plan(), cases)
    assert found is not None
    visit = found.facts["visits"]["W24"]
    assert sum(visit["categories"].values()) == visit["scores"] == visit["treated"] - visit["missing"]
    counts = [visit["at_least"][code]["count"] for code in ("MINIMAL", "MODERATE", "MAJOR")]
    assert counts == sorted(counts, reverse=True)
    scores = [Decimal(score) for _, score in found.facts["waterfall"]]
    assert scores == sorted(scores, reverse=True)


# -- words and plan ----------------------------------------------------------------------------------------


def test_numbers_are_never_bent() -> None:
    assert (fixed(None, 2), fixed(Decimal(0), 1), fixed(Decimal("2.345"), 2)) == ("–", "0.0", "2.35")
    assert (text_of(None), text_of(Decimal("0.0")), text_of(Decimal("50.0"))) == (None, "0", "50")
    assert (probability(None), probability(0.0004), probability(0.0456)) == ("–", "<0.001", "0.046")


@given(st.floats(-500, 500), st.floats(0, 900))
@settings(max_examples=50, deadline=None)
def test_an_axis_holds_what_it_is_for(low: float, span: float) -> None:
    axis, first, last = scale(low, low + span, title=both(""))
    assert first <= low + 1e-6 and low + span <= last + 1e-6
    assert [place for place, _ in axis.ticks] == sorted(place for place, _ in axis.ticks)
    assert axis.ticks[0][0] == 0 and abs(axis.ticks[-1][0] - 1) < 1e-9


def test_the_plan_leaves_out_and_names_what_the_definition_lacks() -> None:
    document = {
        "participant": {"consent": "RFICDAT", "odd": "SCR.NOFORM.X == 1", "broken": "1 +"},
        "measure": [{"name": "A", "value": "PFT.NOITEM"}, {"name": "B", "value": "PFT.FVCPP_REORRES"}],
        "stratum": [{"name": "S", "when": "NOVISIT.PFT.FVCPP_REORRES > 1", "label": {"en": "s", "zh": "s"}}],
        "safety": {"event": "AE", "term": "NOITEM", "report": "NOFORM", "report_link": "AESPID"},
    }  # fmt: skip
    made = plan_of(trial(), document)
    assert set(made.participant) == {"consent"}
    assert [one.name for one in made.measures] == ["B"]
    assert made.strata == () and made.response is None
    assert set(made.left_out) == {
        "participant.odd", "participant.broken", "measure.A", "stratum.S", "safety.term",
    }  # fmt: skip
    assert made.word("report_link") == "" and made.word("event") == "AE"
    assert safety(trial(), made, [case()]) is None
    assert survival(made, [case()]) is None


def test_the_trial_leaves_nothing_out() -> None:
    made = plan()
    assert made.left_out == ()
    assert {"FVCPP", "DLCOPP", "FERRITIN", "LYM", "CD8"} == {
        one.name for one in made.measures if one.published
    }


def test_a_study_without_a_file_has_fewer_tables() -> None:
    nothing = plan_of(trial(), {})
    assert enrolment([], nothing) is None and flow(trial(), nothing, []) is None
    assert table1(trial(), nothing, []) is None and response(trial(), nothing, []) is None
    assert secondary(trial(), nothing, []) is None


# -- special interest, deaths, courses, conduct -------------------------------------------------------------


def test_special_events_and_deaths_are_listed_with_what_is_not_known() -> None:
    special = {"AESI": (LogRow("r1", 1, {"AESICAT": "CMV"}, {"AESICAT": both("CMV reactivation")}),)}
    loose = {"AESI": (LogRow("r2", 1, {}, {}),)}
    gone = {"dead": True, "death": DAY_ONE + timedelta(days=9), "last_dose": DAY_ONE + timedelta(days=4)}
    signal = (("LBH-11", "W4", DAY_ONE, both("stop")), ("LBH-12", "W8", None, both("stop")))
    cases = [case(1, rows=special), case(2, rows=loose, signals=signal), case(3, facts=gone),
             case(4, facts={"dead": True, "exposed_days": None, "on_drug": True})]  # fmt: skip
    found = safety(trial(), plan(), cases)
    assert found is not None
    grids = {grid.name: grid for grid in found.grids}
    assert [row[3].en for row in grids["aesi"].rows] == ["01-002", "01-001"]
    assert [row[3].en for row in grids["deaths"].rows] == ["10", "–"]
    assert [row[4].en for row in grids["deaths"].rows] == ["5", "–"]
    assert len(grids["signals"].rows) == 2
    assert grids["exposure"].rows[0][2].en == "1"  # whose exposure is not known
    assert "Of 1 the drug goes on" in grids["exposure"].notes[0].en


def test_a_course_shows_values_events_and_why_there_is_no_value() -> None:
    readings = {
        ("", "W12"): Reading(Decimal(30), NUMBER), ("", "W24"): Reading(Decimal(45), NUMBER),
        ("FVCPP", ""): Reading(Decimal(60), NUMBER), ("FVCPP", "W12"): Reading(kind=CODED),
        ("FVCPP", "W24"): Reading(Decimal(0), NUMBER, conflict=True),
        ("FERRITIN", "W12"): Reading(kind=LIMIT), ("FERRITIN", "W24"): Reading(kind=UNREADABLE),
    }  # fmt: skip
    rows = {
        "AE": (event("Pneumonia", "3", AESER="Y"), event("Rash", "1"), event("Clot", "4")),
        "RPILD": (LogRow("e", 1, {"RPSTDAT": DAY_ONE + timedelta(days=40)}, {}),),
    }
    dated = LogRow("p", 1, {**rows["AE"][0].answers, "AESTDAT": DAY_ONE + timedelta(days=30)}, {})
    partial = LogRow("q", 3, {**rows["AE"][2].answers, "AESTDAT": PartialDate(2025, 6, None)}, {})
    one = case(
        1, readings=readings, rows={**rows, "AE": (dated, rows["AE"][1], partial)},
        held={"W12": DAY_ONE + timedelta(days=84), "W24": DAY_ONE + timedelta(days=182)},
        facts={"death": DAY_ONE + timedelta(days=200), "last_dose": DAY_ONE + timedelta(days=190)},
    )  # fmt: skip
    (found,) = courses(trial(), plan(), [one, case(2, facts={"first_dose": None})])
    values, events = found.grids
    said = {row[0].en: [cell.en for cell in row[1:]] for row in values.rows}
    assert said["FVC % predicted (%)"] == ["60.0", "ND", "0.0 !"]
    assert said["Ferritin (ng/mL)"] == ["–", "< >", "?"]
    assert [row[3].en for row in events.rows] == [
        "Serious: Pneumonia, grade 3", "Episode of RP-ILD", "Clot, grade 4", "Last dose", "Death",
    ]  # fmt: skip
    assert [row[2].en for row in events.rows] == ["31", "41", "–", "191", "201"]
    for picture in found.pictures:
        inside(picture)
    assert {"SCORE", "FVCPP"} == {picture.name for picture in found.pictures}


def test_reports_and_serious_events_are_reconciled_both_ways() -> None:
    rows = {
        "AE": (event("A", "3", AESER="Y"), event("B", "3", AESER="Y"), event("C", "2")),
        "SAE": (LogRow("s1", 1, {"AESPID": "A3"}, {}), LogRow("s2", 2, {"AESPID": ("C2",)}, {}),
                LogRow("s3", 3, {}, {})),
    }  # fmt: skip
    assert reconciled(plan(), [case(1, rows=rows)]) == [("unreported", 1, 2), ("loose_reports", 2, 3)]
    assert reconciled(plan_of(trial(), {}), [case(1, rows=rows)]) == []
