"""Made-up answers fit each other: cells add up, volumes are possible, tablets and doses are as planned."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import prednisone_equivalent
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import examinations as exam
from mda5_crf.jobs import laboratory as lab
from mda5_crf.jobs import logbooks, lungs
from mda5_crf.jobs.courses import STORIES, course_of
from mda5_crf.jobs.figures import Figures
from mda5_crf.jobs.filling import Filled
from mda5_crf.jobs.patient import Patient, first_dose
from mda5_crf.jobs.synthetic import TARGETS, make_person
from mda5_crf.study.model import Study
from tests.wards import trial

_KINDS = ("NEUT", "LYM", "MONO", "EOS", "BASO")
_DAYS = st.integers(-16, 640)


def patient_of(index: int, seed: int = 1) -> Patient:
    course = course_of(index)
    rng = random.Random(seed)
    person = make_person(rng, TARGETS[index], course.sex)
    dose = first_dose(person.weight, too_much=course.slip("dose"))
    return Patient(f"01-{index + 1:03d}", person, course, date(2025, 3, 3), rng, "1975-06", dose, 560)


patients = st.builds(patient_of, st.integers(0, len(STORIES) - 1), st.integers(0, 2**32))


@pytest.fixture(scope="module")
def study() -> Study:
    return trial()


@given(patients, _DAYS)
def test_the_five_kinds_of_cells_add_up(patient: Patient, day: int) -> None:
    found = lab.blood_count(patient, day, "W24")
    assert sum(Decimal(found[f"{kind}_LBORRES"]) for kind in _KINDS) == Decimal(found["WBC_LBORRES"])
    subsets = lab.flow_cytometry(patient, day)
    absolute = Decimal(found["LYM_LBORRES"]) * Decimal(subsets["CD3LY_LBORRES"]) * 10
    assert abs(Decimal(subsets["CD3_LBORRES"]) - absolute) <= 1


@given(patients, _DAYS)
def test_air_and_blood_are_possible(patient: Patient, day: int) -> None:
    found = lungs.function(patient, day, "130")
    assert Decimal(found["FEV1_REORRES"]) < Decimal(found["FVC_REORRES"])
    share = 100 * Decimal(found["FVC_REORRES"]) / Decimal(found["FVCPRED_REORRES"])
    assert abs(share - Decimal(found["FVCPP_REORRES"])) < 1
    for reader, apart in (("READER 1", 0), ("READER 2", 20)):
        read = lungs.reading(patient, day, reader, apart=apart)
        for zone in lungs.ZONES:
            shares = [int(read[f"ICH_{zone}_{part}"]) for part in lungs.PARTS]
            assert sum(shares) <= 100
            assert all(one >= 0 and one % 10 == 0 for one in shares)


@given(patients)
def test_the_first_dose_follows_the_weight_and_then_falls(patient: Patient) -> None:
    per_kg = Decimal(patient.dose) / patient.person.weight
    low, high = ("1.0", "1.3") if patient.course.slip("dose") else ("0.8", "1.0")
    assert Decimal(low) <= per_kg <= Decimal(high)
    doses = [dose for _, dose in patient.taper()]
    assert doses == sorted(doses, reverse=True)
    assert len(set(doses)) == len(doses)


@given(patients)
def test_glucocorticoid_rows_follow_each_other_day_by_day(patient: Patient) -> None:
    rows = logbooks.glucocorticoid(patient)
    for before, after in pairwise(rows):
        assert (date.fromisoformat(after["CMSTDAT"]) - date.fromisoformat(before["CMENDAT"])).days == 1
    planned = [row for row in rows if row["GCPURP"] in ("PROTOCOL", "TAPER")]
    day1 = prednisone_equivalent(drug=planned[0]["CMTRT"], mg_per_day=Decimal(planned[0]["CMDOSTOT"]))
    assert day1 == patient.dose


@given(patients, st.lists(st.integers(1, 360), min_size=2, max_size=6, unique=True).map(sorted))
def test_tablets_given_out_come_back_or_were_taken(patient: Patient, days: list[int]) -> None:
    tablets = exam.Tablets(patient)
    given_out = int(tablets.count(0, "BL", days[0])["DISPAMT_DAORRES"])
    last = 0
    for day, following in zip(days, [*days[1:], None], strict=True):
        found = tablets.count(day, "W8", following)
        back = int(found["RETAMT_DAORRES"])
        assert given_out - back + int(found["MISSDOSE"]) == patient.course.taken(last, day - 1)
        assert back >= 0
        given_out, last = int(found["DISPAMT_DAORRES"]), day
    assert given_out == 0


def test_the_list_of_limits_knows_every_result_that_is_entered(study: Study) -> None:
    """A result without limits would be asked for one by one."""
    known = {row["testcd"] for row in lab.reference_ranges()}
    patient = patient_of(0)
    for form, answers in (
        ("LBH", lab.blood_count(patient, 0, "BL")),
        ("LBC", lab.chemistry(patient, 0, "BL")),
        ("LBI", lab.immunology(patient, 0, "SCR")),
    ):
        items = study.forms[form].items
        entered = {name.removesuffix("_LBORRES") for name in answers if name.endswith("_LBORRES")}
        limited = {test for test in entered if f"{test}_LBORNRHI" in items}
        assert limited <= known, form
        required = {name for name, item in items.items() if item.required and name.endswith("_LBORRES")}
        assert required <= set(answers), form


@pytest.mark.parametrize("index", range(len(STORIES)))
def test_every_answer_has_an_item(study: Study, index: int) -> None:
    """A renamed item shows here in milliseconds, not after half a minute of demonstration."""
    patient = patient_of(index)
    logs = {
        "MH": logbooks.history,
        "EX": logbooks.dosing,
        "GC": logbooks.glucocorticoid,
        "CM": logbooks.medication,
        "AE": logbooks.adverse_events,
        "AESI": logbooks.special_interest,
        "PR": logbooks.procedures,
        "RPILD": logbooks.lung_failure,
        "PREG": logbooks.pregnancy,
        "DV": logbooks.deviations,
    }
    for form, rows in logs.items():
        for row in rows(patient):
            assert set(row) <= set(study.forms[form].items), form
    for form, answers in {
        "DM": exam.person(patient),
        "DH": exam.disease(patient),
        "SU": exam.smoking(patient),
        "VS": exam.vitals(patient, 0, "SCR"),
        "PE": exam.body(patient, 0),
        "TUM": exam.tumour(patient, 0),
        "EG": exam.electrocardiogram(patient, 0),
        "IE": exam.eligibility(patient),
        "CDASI": exam.skin(patient, 0),
        "IMACS": exam.globals_(patient, 0),
        "HAQ": exam.questionnaire(patient, 0),
        "MDAAT": exam.organs(patient, 0),
        "SS": exam.survival(patient, 300),
        "EOT": exam.end_of_treatment(patient),
        "PFT": lungs.function(patient, 0, "130"),
        "ABG": lungs.gases(patient, 0),
        "HRCT": lungs.reading(patient, 0, "READER 1"),
        "LBU": lab.urine(patient, 0),
        "LBS": lab.infections(patient, 0, "SCR"),
        "LBR": lab.research(patient, 0, "BL"),
        "LBP": lab.pregnancy_test(patient, 0, "BL"),
        "FC": lab.flow_cytometry(patient, 0),
    }.items():
        assert set(answers) <= set(study.forms[form].items), form


def test_figures_count_visits_not_logs_and_what_nobody_must_answer_is_free() -> None:
    figures = Figures()
    assert (figures.visits, figures.queries_per_visit, figures.fullest_baseline) == (0, Decimal(0), 0)
    one, other = ItemKey("a", "BL", form="VS"), ItemKey("b", "BL", form="VS")
    figures.filled(one, Filled(12, 10))
    figures.filled(one._replace(form="LBR"), Filled(8, 3), optional=True)
    figures.filled(other, Filled(12, 11))
    figures.filled(other._replace(form="PE"), Filled(20, 17))
    figures.filled(one._replace(event="LOG", form="AE"), Filled(30, 25))
    figures.filled(ItemKey("a", "UNS", "x:1", "SV"), Filled(4, 4))
    figures.filled(ItemKey("a", "UNS", "x:2", "SV"), Filled(4, 4))
    assert (figures.values, figures.visits, figures.fullest_baseline) == (90, 4, 28)
    assert figures.answers_per_visit == Decimal("11.5")
    figures.queries = Counter({f"VS-{n:02d}": 1 for n in range(12)} | {"SV-02": 4})
    assert figures.queries_per_visit == Decimal("4.00")
    assert figures.most_asked[0] == ("SV-02", 4)
    assert [check for check, _ in figures.most_asked[1:]] == [f"VS-{n:02d}" for n in range(9)]
