"""What the clinical forms of the shipped definition compute: steroids, history, smoking, survival."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.study.operand import Interval, Operand, round_half_up
from tests.unit.study.participant import Participant

DEFINITION = Path(__file__).parents[3] / "resources" / "study" / "nct04966884"
TODAY = date(2022, 12, 31)


@lru_cache(maxsize=1)
def study() -> Study:
    """The definition, read once."""
    return load(DEFINITION)


def participant(**settings: str) -> Participant:
    """Consent 2022-02-20, day 1 2022-03-01, 62 kg, born 1980-06-15."""
    definition = replace(study(), settings={**study().settings, **settings}) if settings else study()
    who = Participant(definition, TODAY)
    who.enter("SCR", "IC", RFICDAT="2022-02-20")
    who.enter("SCR", "DM", BRTHDAT="1980-06-15", SEX="M")
    who.enter("BL", "VS", VSPERF="Y", WEIGHT_VSORRES="62")
    group = next(group.name for group in definition.forms["EX"].groups if group.repeating)
    who.add_row("LOG", "EX", group, "d1:900", ECOCCUR="Y", ECSTDAT="2022-03-01", ECONGO="Y")
    return who


def steroid(who: Participant, identity: str, /, **texts: str) -> None:
    """One more row of form GC: prednisone by mouth, going on, unless said otherwise."""
    group = next(group.name for group in who.study.forms["GC"].groups if group.repeating)
    usual = {"CMTRT": "PREDNISONE", "CMROUTE": "ORAL", "CMONGO": "Y", "GCPURP": "PROTOCOL"}
    who.add_row("LOG", "GC", group, identity, **{**usual, **texts})


def visit(who: Participant, event: str, day: str) -> Participant:
    return who.enter(event, "SV", SVOCCUR="Y", SVSTDAT=day)


def data(who: Participant, event: str, form: str, name: str) -> Operand:
    return who.value(event, form, name).data


# -- steroid sums ----------------------------------------------------------------------------------


def test_without_a_steroid_row_the_dose_is_unknown_not_0() -> None:
    who = visit(participant(), "W4", "2022-03-29")
    assert [data(who, "W4", "SV", name) for name in ("GCDAY", "GCMGKG", "GCCUM")] == [None] * 3


def test_a_row_that_covers_the_day_without_its_dose_makes_the_sum_unknown() -> None:
    who = visit(participant(), "W4", "2022-03-29")
    steroid(who, "d1:901", CMDOSTOT="40", CMSTDAT="2022-03-01")
    steroid(who, "d1:902", CMSTDAT="2022-03-29")
    assert data(who, "W4", "SV", "GCDAY") is None
    assert data(who, "W4", "SV", "GCCUM") is None


def test_a_row_that_does_not_reach_the_day_may_lack_its_dose() -> None:
    who = visit(participant(), "W4", "2022-03-29")
    steroid(who, "d1:901", CMDOSTOT="40", CMSTDAT="2022-03-01")
    steroid(who, "d1:902", CMSTDAT="2022-03-30")
    steroid(who, "d1:903", CMSTDAT="2021-01", CMONGO="N", CMENDAT="2021-05")
    assert data(who, "W4", "SV", "GCDAY") == 40
    assert data(who, "W4", "SV", "GCCUM") == 40 * 29


def test_a_pulse_and_a_daily_dose_add_up() -> None:
    """GC-E5: methylprednisolone 500 mg and prednisone 30 mg, 62 kg."""
    who = visit(participant(), "W4", "2022-03-29")
    steroid(who, "d1:901", CMDOSTOT="30", CMSTDAT="2022-03-01")
    steroid(who, "d1:902", CMTRT="METHYLPREDNISOLONE", CMDOSTOT="500", CMROUTE="INTRAVENOUS",
            CMSTDAT="2022-03-29", CMONGO="N", CMENDAT="2022-03-29", GCPURP="PULSE")  # fmt: skip
    assert data(who, "W4", "SV", "GCDAY") == 655
    per_kg = data(who, "W4", "SV", "GCMGKG")
    assert isinstance(per_kg, Decimal)
    assert round_half_up(per_kg, 4) == Decimal("10.5645")
    assert data(who, "W4", "SV", "GCCUM") == 30 * 29 + 625


def test_the_cumulative_dose_runs_from_day_1_to_the_visit_both_included() -> None:
    who = participant()
    steroid(who, "d1:901", CMDOSTOT="40", CMSTDAT="2022-01", CMONGO="N", CMENDAT="2022-03-10")
    steroid(who, "d1:902", CMDOSTOT="30", CMSTDAT="2022-03-11")
    steroid(who, "d1:903", CMDOSTOT="100", CMROUTE="NASAL", CMSTDAT="2022-03-01")
    for event, day in (("SCR", "2022-02-22"), ("BL", "2022-03-01"), ("W4", "2022-03-29")):
        visit(who, event, day)
    assert data(who, "SCR", "SV", "GCDAY") == 40
    assert data(who, "SCR", "SV", "GCCUM") is None
    assert data(who, "BL", "SV", "GCCUM") == 40
    assert data(who, "W4", "SV", "GCCUM") == 10 * 40 + 19 * 30
    assert data(who, "W4", "SV", "GCDAY") == 30


def test_a_visit_that_did_not_take_place_has_no_dose() -> None:
    who = visit(participant(), "W4", "2022-03-29")
    steroid(who, "d1:901", CMDOSTOT="40", CMSTDAT="2022-03-01")
    who.enter("W4", "SV", SVOCCUR="N")
    assert data(who, "W4", "SV", "GCDAY") is None


# -- disease history -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "symptom, days",
    [("2021-11", 106), ("2021-11-15", 106), ("2021", 259), ("2021---31", 244), ("2022-02-20", 9)],
)
def test_disease_duration_takes_the_middle_of_a_partial_date(symptom: str, days: int) -> None:
    who = participant().enter("SCR", "DH", DHSYMDAT=symptom)
    found = data(who, "SCR", "DH", "DHDUR")
    assert isinstance(found, Decimal)
    assert round_half_up(found * Decimal("30.4375"), 9) == days
    if days == 106:
        assert round_half_up(found, 1) == Decimal("3.5")


@pytest.mark.parametrize(
    "answers, category",
    [
        ("Y Y Y N Y", "DEFINITE"),
        ("N Y ND ND Y", "POSSIBLE"),
        ("N N ND ND Y", "INSUFFICIENT"),
        ("N N N N Y", "NOT MET"),
        ("Y Y Y Y N", "NOT MET"),
        ("Y Y N N Y", "PROBABLE"),
    ],
)
def test_bohan_and_peter(answers: str, category: str) -> None:
    names = ("BP_WEAK", "BP_ENZ", "BP_EMG", "BP_BX", "BP_RASH")
    who = participant().enter("SCR", "DH", **dict(zip(names, answers.split(), strict=True)))
    assert data(who, "SCR", "DH", "BPCLASS") == category


def test_bohan_and_peter_waits_for_every_answer() -> None:
    who = participant().enter("SCR", "DH", BP_WEAK="Y", BP_ENZ="Y", BP_EMG="Y", BP_BX="Y")
    assert data(who, "SCR", "DH", "BPCLASS") is None


EA = ("UPPER", "LOWER", "NECK", "LEG", "HELIO", "GPAP", "GSIGN", "DYSPH", "JO1", "ENZ", "BX")


def history(symptom: str, *present: str) -> Participant:
    """Answers of EULAR/ACR: those in ``present`` are Y, all others N."""
    texts = {f"EA_{name}": "Y" if name in present else "N" for name in EA}
    return participant().enter("SCR", "DH", DHSYMDAT=symptom, **texts)


@pytest.mark.parametrize(
    "symptom, present, score, category",
    [
        ("2021-11", "HELIO GSIGN UPPER NECK ENZ", "12.4", "DEFINITE"),  # EA-E1, 41 years
        ("2015-11", "GPAP GSIGN", "6.7", "PROBABLE"),  # EA-E2, 35
        ("2010-01", "HELIO LEG", "5.3", "POSSIBLE"),  # EA-E3, 29
        ("2021-11", "UPPER LOWER ENZ", "4.9", "NOT EVALUABLE"),  # EA-E7
        ("2021", "HELIO", "5.2", "NOT IIM"),  # 40 or 41 years: one group
    ],
)
def test_eular_acr(symptom: str, present: str, score: str, category: str) -> None:
    who = history(symptom, *present.split())
    assert data(who, "SCR", "DH", "EASCORE") == Decimal(score)
    assert data(who, "SCR", "DH", "EACLASS") == category


def test_eular_acr_with_biopsy_takes_the_other_column_and_its_items() -> None:
    """EA-E4: upper 0.7, lower 0.5, enzymes 1.4, endomysial 1.7, perimysial 1.2, age 2.2."""
    who = history("2021-11", "UPPER", "LOWER", "ENZ", "BX")
    assert data(who, "SCR", "DH", "EASCORE") is None
    who.enter("SCR", "DH", EA_BXENDO="Y", EA_BXPERI="Y", EA_BXPFA="N", EA_BXRIM="N")
    assert data(who, "SCR", "DH", "EASCORE") == Decimal("7.7")
    assert data(who, "SCR", "DH", "EACLASS") == "PROBABLE"


def test_an_age_that_does_not_decide_between_the_groups_gives_no_score() -> None:
    who = history("2020-06", "HELIO")  # 39 or 40
    assert isinstance(data(who, "SCR", "DH", "EA_AGEON"), Interval)
    assert data(who, "SCR", "DH", "EASCORE") is None


# -- smoking, survival, eligibility ----------------------------------------------------------------


def test_pack_years() -> None:
    """DRV-08: 10 a day, 15 years."""
    who = participant().enter("SCR", "SU", SUNCF="FORMER", SUDOSE="10", SUDUR="15")
    assert data(who, "SCR", "SU", "SUPACKYR") == Decimal("7.5")
    who.enter("SCR", "SU", SUNCF="NEVER")
    assert data(who, "SCR", "SU", "SUPACKYR") is None


def test_survival_counts_to_death_or_to_the_last_day_known_alive() -> None:
    """DRV-17: day 1 2022-03-01, death 2022-05-30 is day 91."""
    who = participant().enter("W12", "SS", SSDAT="2022-05-24", SURVSTAT_SSORRES="ALIVE", SSLVDAT="2022-05-24")
    assert (data(who, "W12", "SS", "OSDAYS"), data(who, "W12", "SS", "OSEVENT")) == (85, "N")
    who.enter("W24", "SS", SSDAT="2022-08-30", SURVSTAT_SSORRES="DEAD", SSLVDAT="2022-05-29")
    assert (data(who, "W24", "SS", "OSDAYS"), data(who, "W24", "SS", "OSEVENT")) == (None, "Y")
    who.enter("W24", "DD", DTHDAT="2022-05-30")
    assert (data(who, "W24", "SS", "OSDAYS"), data(who, "W24", "SS", "OSEVENT")) == (91, "Y")
    assert (data(who, "W12", "SS", "OSDAYS"), data(who, "W12", "SS", "OSEVENT")) == (85, "N")


@pytest.mark.parametrize("criterion", ["EXCL05", "EXCL07", "EXCL08"])
@pytest.mark.parametrize("decides", ["false", "true"])
def test_a_criterion_that_does_not_decide_is_neither_counted_nor_listed(criterion: str, decides: str) -> None:
    who = participant(**{f"{criterion.lower()}_decides": decides})
    answers = {f"INCL0{n}_IEORRES": "Y" for n in range(1, 6)}
    answers |= {f"EXCL0{n}_IEORRES": "N" for n in (1, 2, 3, 4, 5, 7, 8)}
    who.enter("SCR", "IE", **{**answers, f"{criterion}_IEORRES": "Y", "IEYN": "N", "IETESTCD": criterion})
    fired = {"IE-14", "IE-15"} & who.findings("SCR", "IE").keys()
    assert fired == (set() if decides == "true" else {"IE-14", "IE-15"})


def test_one_key_makes_a_system_normal_and_only_the_lungs_have_crackles() -> None:
    group = next(group for group in study().forms["PE"].groups if group.name == "SYSTEMS")
    assert group.zero_row == "NORMAL"
    assert len(group.rows) == 10
    assert [item.name for item in group.items if item.column == "VELCRO"] == ["LUNGS_PEVELCRO"]
    assert {item.row for item in group.items if item.column == "RES"} == {row.code for row in group.rows}
