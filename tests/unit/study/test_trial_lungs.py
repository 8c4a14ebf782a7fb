"""What the shipped definition computes about lungs, skin and response: worked examples of the reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.study.values import Entry
from tests.unit.study.participant import Participant

DEFINITION = Path(__file__).parents[3] / "resources" / "study" / "nct04966884"
TODAY = date(2022, 12, 31)
GRADES = ("NECKFLEX", *(m + s for m in "DELT BICEP GMAX GMED QUAD WRISTEX ANKDF".split() for s in "RL"))
QUESTIONS = ("01", "03", "05", "08", "23", "26", "28", "31")
ZONES = ("RU", "RM", "RL", "LU", "LM", "LL")
FINDINGS = ("G", "C", "GT", "CT", "H")


@lru_cache(maxsize=1)
def study() -> Study:
    """The definition, read once."""
    return load(DEFINITION)


def someone() -> Participant:
    """A woman of 52 who took her first dose on 1 March 2022."""
    one = Participant(study(), TODAY)
    one.enter("SCR", "DM", BRTHDAT="1970-01-05", SEX="F").enter("SCR", "IC", RFICDAT="2022-02-20")
    one.add_row("LOG", "EX", "DOSING", "d1:9", ECOCCUR="Y", ECSTDAT="2022-03-01", ECONGO="Y")
    return one


def number(one: Participant, place: str, form: str, name: str, row: str = "") -> Decimal | None:
    data = one.value(place, form, name, row).data
    assert data is None or isinstance(data, Decimal)
    return data


def shown(value: Decimal | None, places: str = "0.01") -> Decimal | None:
    return None if value is None else value.quantize(Decimal(places), ROUND_HALF_UP)


# -- blood gas ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pao2, fio2, peep, ratio, berlin",
    [
        ("70", "0.30", "", "233.33", ""),
        ("88", "0.45", "8", "195.56", "MODERATE"),
        ("52", "0.60", "5", "86.67", "SEVERE"),
        ("52", "0.60", "4.9", "86.67", ""),
        ("13.3 kPa", "50", "", "199.52", ""),
        ("70", "30 %", "", "233.33", ""),
        ("150", "0.5", "10", "300.00", "MILD"),
        ("100", "0.5", "10", "200.00", "MODERATE"),
        ("50", "0.5", "10", "100.00", "SEVERE"),
        ("!", "0.5", "", None, ""),
    ],
)
def test_oxygenation(pao2: str, fio2: str, peep: str, ratio: str | None, berlin: str) -> None:
    one = someone().enter("W4", "ABG", ABGPERF="Y", O2DEV="IMV", FIO2_LBORRES=fio2, PEEP=peep)
    if pao2 != "!":
        one.enter("W4", "ABG", PO2_LBORRES=pao2)
    found = shown(number(one, "W4", "ABG", "PO2FIO2"))
    assert found == (None if ratio is None else Decimal(ratio))
    assert one.shown("W4", "ABG", "PFCLASS") == berlin


def test_the_alveolar_difference_is_one_of_room_air() -> None:
    one = someone().enter(
        "W4", "ABG", ABGPERF="Y", O2DEV="ROOM AIR", FIO2_LBORRES="21", PCO2_LBORRES="40", PO2_LBORRES="90"
    )
    assert number(one, "W4", "ABG", "AAPO2") == Decimal("9.73")  # 713 × 0.21 − 50 − 90
    one.enter("W4", "ABG", BARO="700")
    assert number(one, "W4", "ABG", "AAPO2") == Decimal("9.73")  # the pressure counts above 1000 m only
    one.enter("W4", "ABG", O2DEV="MASK")
    assert number(one, "W4", "ABG", "AAPO2") is None


def test_the_fraction_of_a_cannula_is_offered() -> None:
    one = someone().enter("W4", "ABG", ABGPERF="Y", O2DEV="NASAL CANNULA", O2FLOW="3")
    assert number(one, "W4", "ABG", "FIO2FLOW") == Decimal("0.32")
    assert number(one.enter("W4", "ABG", O2DEV="HFNC"), "W4", "ABG", "FIO2FLOW") is None


# -- lung function -----------------------------------------------------------------------------------------


def lung_function(one: Participant, place: str, **more: str) -> Participant:
    return one.enter(place, "PFT", REPERF="Y", DLCOPERF="Y", REDAT="2022-05-24", **more)


@pytest.mark.parametrize(
    "sex, born, fvc, dlco, total, ild",
    [
        ("F", "1970-01-05", "82", "60", "0", "0"),
        ("M", "1955-01-05", "60", "30", "6", "4"),
        ("M", "1962-01-05", "75", "36", "3", "1"),
        ("M", "1961-01-05", "75.1", "55", "3", "1"),
    ],
)
def test_gap(sex: str, born: str, fvc: str, dlco: str, total: str, ild: str) -> None:
    one = someone().enter("SCR", "DM", BRTHDAT=born, SEX=sex)
    lung_function(one, "W12", FVCPP_REORRES=fvc, DLCOPP_REORRES=dlco)
    assert (one.shown("W12", "PFT", "GAPTOT"), one.shown("W12", "PFT", "ILDGAP")) == (total, ild)


@pytest.mark.parametrize("reason, total", [("UNABLE - RESPIRATORY", "6"), ("REFUSED", "")])
def test_only_breathlessness_is_cannot_perform(reason: str, total: str) -> None:
    one = someone().enter("SCR", "DM", BRTHDAT="1959-01-05")
    lung_function(one, "W12", FVCPP_REORRES="48").enter("W12", "PFT", DLCOPERF="N", DLCOND=reason)
    assert one.shown("W12", "PFT", "GAPTOT") == total


@pytest.mark.parametrize("form, expected", [("A", "17.4374"), ("B", "17.8842")])
def test_dlco_corrected_for_haemoglobin(form: str, expected: str) -> None:
    one = lung_function(someone(), "W12", DLCO_REORRES="16", REHGB="11 g/dL")
    one.study = switched(dlco_hb_form=form)
    assert shown(number(one, "W12", "PFT", "DLCOHBC"), "0.0001") == Decimal(expected)


def switched(**settings: str) -> Study:
    """The definition as a sponsor would switch it."""
    return replace(study(), settings={**study().settings, **settings})


def test_change_from_baseline() -> None:
    one = someone().enter("SCR", "PFT", REPERF="Y", REDAT="2022-02-22", FVCPP_REORRES="62")
    lung_function(one, "W12", FVCPP_REORRES="71")
    assert shown(number(one, "W12", "PFT", "FVCPPCHG")) == Decimal("14.52")
    assert number(one, "W12", "PFT", "DLCOPPCHG") is None
    assert number(one, "SCR", "PFT", "FVCPPCHG") is None


# -- HRCT --------------------------------------------------------------------------------------------------


def reading(one: Participant, identity: str, read: str, ild: str = "", *zones: str, at: str = "W12") -> str:
    """One more reading. A zone is "80" or "30 30 10": ground-glass, consolidation, both with traction …"""
    one.data.add_form(one.form(at, "HRCT"), identity)
    texts = {"HRPERF": "Y", "HRREAD": read, "ILDPRES": ild}
    for zone, extents in zip(ZONES, zones, strict=False):
        typed = extents.split()
        texts |= {f"ICH_{zone}_{f}": typed[i] if i < len(typed) else "0" for i, f in enumerate(FINDINGS)}
    for name, text in texts.items():
        if text:
            one.data.put(one.key(at, "HRCT", name)._replace(form_repeat=identity), Entry(text))
    return identity


def of_reading(one: Participant, identity: str, name: str, at: str = "W12") -> object:
    context = memory_of(one.study, one.data, one.today).context(
        one.form(at, "HRCT")._replace(form_repeat=identity)
    )
    return context.scope.local[name]


@pytest.mark.parametrize(
    "zones, score",
    [
        (("0",) * 6, "100"),
        (("50",) * 6, "150"),
        (("20", "40", "30 30 10", "10", "20 10", "40 20 0 20"), "165"),
        (("0 0 0 0 100",) * 6, "600"),
        (("0",) * 5, None),
        (("60 50", *("0",) * 5), None),
    ],
)
def test_ichikado(zones: tuple[str, ...], score: str | None) -> None:
    one = someone()
    identity = reading(one, "d1:20", "READER 1", "", *zones)
    assert of_reading(one, identity, "ICHSCORE") == (None if score is None else Decimal(score))


def test_normal_lung_is_the_rest() -> None:
    one = someone()
    identity = reading(one, "d1:20", "READER 1", "", "20", "30 30 10", "60 50")
    found = [of_reading(one, identity, f"ICH_{zone}_N") for zone in ZONES]
    assert found == [Decimal(80), Decimal(30), None, None, None, None]


def which(one: Participant, name: str, at: str = "W12") -> object:
    """A study name as the visit sees it."""
    return memory_of(one.study, one.data, one.today).context(one.form(at, "SV")).named(name)


def test_the_reading_that_counts() -> None:
    one = someone()
    assert (which(one, "HRCT_ILD"), which(one, "HRCT_SCORE")) == (None, None)
    reading(one, "d1:20", "READER 1", "Y", *("50",) * 6)
    assert (which(one, "HRCT_ILD"), which(one, "HRCT_SCORE")) == (None, None)
    reading(one, "d1:21", "READER 2", "N", *("70",) * 6)
    assert (which(one, "HRCT_ILD"), which(one, "HRCT_SCORE")) == (None, Decimal(160))
    reading(one, "d1:22", "ADJUDICATED", "Y", *("90",) * 6)
    assert (which(one, "HRCT_ILD"), which(one, "HRCT_SCORE")) == ("Y", Decimal(190))
    assert (which(one, "HRCT_ILD_SCR"), which(one, "HRCT_ILD", "W24")) == (None, None)


@pytest.mark.parametrize("ild", ["Y", "N"])
def test_two_readers_who_agree_about_screening(ild: str) -> None:
    one = someone()
    reading(one, "d1:20", "READER 1", ild, at="SCR")
    reading(one, "d1:21", "READER 2", ild, at="SCR")
    assert (which(one, "HRCT_ILD_SCR"), which(one, "HRCT_ILD", "SCR"), which(one, "HRCT_ILD")) == (
        ild,
        ild,
        None,
    )


# -- rapidly progressive lung disease ----------------------------------------------------------------------


def episode(found: str, grade: str = "4", ruled_out: str = "Y") -> str:
    """The answer of the rule for worsening since 10 April with a fall of PaO2 on ``found``."""
    one = someone().enter("SCR", "VS", VSPERF="Y", VSDAT="2022-02-22", MRCGR="3")
    one.enter("W4", "VS", VSPERF="Y", VSDAT="2022-03-29", MRCGR="4")
    one.enter("W4", "ABG", ABGPERF="Y", LBDAT="2022-03-29").enter("W24", "ABG", ABGPERF="Y", LBDAT=found)
    one.add_row(
        "LOG",
        "RPILD",
        "ROWS",
        "d1:30",
        RPSTDAT="2022-04-10",
        RPMRC=grade,
        RPCRIT="PAO2 FALL",
        RPEXCL=ruled_out,
    )
    return one.shown("LOG", "RPILD", "RPYN", "d1:30")


@pytest.mark.parametrize("found, expected", [("2022-06-18", "Y"), ("2022-07-09", "Y"), ("2022-07-10", "N")])
def test_the_window_of_ninety_days(found: str, expected: str) -> None:
    assert episode(found) == expected


def test_breathlessness_above_the_lowest_grade_before() -> None:
    assert (episode("2022-06-18", "4"), episode("2022-06-18", "3")) == ("Y", "N")
    assert episode("2022-06-18", "4", "N") == "N"


def test_without_a_test_since_the_start_the_rule_is_open() -> None:
    assert episode("2022-04-09") == ""


# -- skin --------------------------------------------------------------------------------------------------


def test_cdasi() -> None:
    one = someone().enter("W4", "CDASI", RSPERF="Y", RSDAT="2022-03-29", RSEVAL="E1")
    scored = {
        name: "0"
        for name, i in study().forms["CDASI"].items.items()
        if i.group in ("SITES", "HANDS", "OTHER")
    }
    scored |= {
        "SCALP_E": "2",
        "SCALP_S": "1",
        "PERIORB_E": "3",
        "PERIORB_S": "1",
        "VNECK_E": "3",
        "VNECK_S": "1",
    }
    scored |= {
        "DORSHAND_E": "2",
        "DORSHAND_S": "1",
        "VNECK_P": "1",
        "HAND_E": "2",
        "HAND_PAP": "Y",
        "HAND_D": "1",
    }
    scored |= {"PERIUNG": "1", "ALOPEC": "1"}
    one.enter("W4", "CDASI", **scored)
    assert (one.shown("W4", "CDASI", "CDASIACT"), one.shown("W4", "CDASI", "CDASIDAM")) == ("20", "2")
    one.enter("W4", "CDASI", HAND_PAP="N", HAND_U="1", PERIUNG="2", ALOPEC="0", HAND_D="0")
    assert (one.shown("W4", "CDASI", "CDASIACT"), one.shown("W4", "CDASI", "CDASIDAM")) == ("19", "1")
    one.enter("W4", "CDASI", ABDOMEN_C="")
    assert (one.shown("W4", "CDASI", "CDASIACT"), one.shown("W4", "CDASI", "CDASIDAM")) == ("", "")


# -- response ----------------------------------------------------------------------------------------------

VISIT = "2022-08-30"


def measured(one: Participant, place: str, activity: str, grade: str, ck: str) -> Participant:
    one.enter(place, "IMACS", PHGAPERF="Y", PHGA=activity, PTGAPERF="Y", PTGA=activity)
    one.enter(place, "MMT", MKPERF="Y", **{f"{m}_MKORRES": grade for m in GRADES})
    one.enter(place, "HAQ", HAQPERF="Y", **{f"HAQ01{q}": "1" for q in QUESTIONS})
    one.enter(place, "MDAAT", RSPERF="Y", MD_EXTRA=activity)
    return one.enter(place, "LBC", LBPERF="Y", CK_LBORRES=ck, CK_LBORNRHI="190")


def at_month_six(activity: str = "2") -> Participant:
    """Everything measured at baseline and at month six; 2 of 10 instead of 6 is a clear response."""
    one = measured(someone(), "BL", "6", "8", "1900")
    one.enter("W24", "SV", SVOCCUR="Y", SVSTDAT=VISIT)
    return measured(one, "W24", activity, "9", "190")


def response(one: Participant) -> tuple[str, str]:
    return one.shown("W24", "TIS", "TISRESP"), one.shown("W24", "TIS", "TISRESPO")


def test_a_responder() -> None:
    assert response(at_month_six()) == ("Y", "Y")
    assert response(at_month_six("6")) == ("N", "N")


RESCUES: tuple[tuple[str, dict[str, str], str, dict[str, str]], ...] = (
    ("CM", {"CMRESC": "Y"}, "CMSTDAT", {"CMYN": "Y"}),
    ("GC", {"GCPURP": "RESCUE"}, "CMSTDAT", {}),
    ("PR", {"PRRESC": "Y"}, "PRSTDAT", {"PRYN": "Y"}),
)


@pytest.mark.parametrize("form, what, dated, header", RESCUES, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize(
    "day, answer",
    [("2022-08-29", "N"), ("2022-03-01", "N"), ("", "N"), (VISIT, "Y"), ("2022-02-28", "Y")],
)
def test_rescue_treatment_before_the_visit_is_no_response(
    form: str, what: dict[str, str], dated: str, header: dict[str, str], day: str, answer: str
) -> None:
    one = at_month_six().enter("LOG", form, **header)
    one.add_row("LOG", form, "ROWS", "d1:40", **what, **{dated: day})
    assert response(one) == (answer, "Y")


def test_a_partly_known_start_of_rescue_treatment_never_makes_a_responder() -> None:
    one = at_month_six().enter("LOG", "CM", CMYN="Y")
    one.add_row("LOG", "CM", "ROWS", "d1:40", CMRESC="Y", CMSTDAT="2022-08")
    assert response(one) == ("N", "Y")


@pytest.mark.parametrize("day, answer", [("2022-08-29", "N"), ("", "N"), (VISIT, "Y")])
def test_rescue_treatment_on_the_end_of_treatment_form(day: str, answer: str) -> None:
    assert response(at_month_six().enter("VEOT", "EOT", EOTRESC="Y", EOTRESDT=day)) == (answer, "Y")


def test_death_before_the_end_of_the_window_decides_at_once() -> None:
    one = measured(someone(), "BL", "6", "8", "1900")
    one.today = date(2022, 6, 1)
    assert response(one) == ("", "")
    one.enter("W12", "DD", DTHDAT="2022-05-30")
    assert response(one) == ("N", "")


def test_death_after_the_visit_is_a_response() -> None:
    assert response(at_month_six().enter("W24", "DD", DTHDAT=VISIT)) == ("Y", "Y")


def test_ten_of_fifteen_and_ten_of_fourteen() -> None:
    """The published trial: ten responders, four below 20, one without a score."""
    missing = at_month_six()
    missing.enter("W24", "IMACS", PTGA="")
    answers = [response(at_month_six()) for _ in range(10)] + [response(at_month_six("6")) for _ in range(4)]
    answers.append(response(missing))
    counted = [each for each, _ in answers]
    observed = [each for _, each in answers if each]
    assert (counted.count("Y"), len(counted)) == (10, 15)
    assert (observed.count("Y"), len(observed)) == (10, 14)
