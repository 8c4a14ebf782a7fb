"""Extreme, impossible, contradictory and half-known answers, typed into a real vault by a user.

Nothing typed is refused or changed. What cannot be is said at once and stops completion until it is
corrected or asked; what is rare takes one key; what is not known raises nothing.
"""

from __future__ import annotations

import re
import time
from decimal import Decimal
from pathlib import Path

import pytest

from mda5_crf.study.model import Severity
from mda5_crf.study.operand import Interval, plain
from tests.commandline import act, remembered_keys
from tests.scenario import OpenForm, Ward
from tests.unit.study.trial_reference import analytes, study
from tests.wards import ward, ward_folder

__all__ = ["ward", "ward_folder"]

CONSENT, SCREENED, D1, W4 = "2026-01-20", "2026-01-22", "2026-02-02", "2026-03-02"
MUSCLES = ("DELT", "BICEP", "GMAX", "GMED", "QUAD", "WRISTEX", "ANKDF")
GRADES = ("NECKFLEX", *(muscle + side for muscle in MUSCLES for side in "RL"))
QUESTIONS = tuple(f"HAQ01{n:02}" for n in (*range(1, 10), *range(23, 34)))
NORMAL = {
    "SYSBP_VSORRES": "120", "DIABP_VSORRES": "78", "PULSE_VSORRES": "80", "RESP_VSORRES": "18",
    "TEMP_VSORRES": "36.6", "OXYSAT_VSORRES": "97", "OXYSAT_VSO2": "Y", "MRCGR": "2", "WEIGHT_VSORRES": "60",
    "VSPERF": "Y", "VSPOS": "SITTING",
}  # fmt: skip


@pytest.fixture
def clinic(ward: Ward) -> Ward:
    """The participant consented on 20 January, took the first dose on 2 February and came at week 4."""
    ward.open("SCR", "IC").fill(DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT=CONSENT, SCRPRE="N")
    ward.open("SCR", "DM").fill(SCRNUM="S001", BRTHDAT="1980-06-15", SEX="F")
    for event, day in (("SCR", SCREENED), ("BL", D1), ("W4", W4)):
        ward.open(event, "SV").fill(SVOCCUR="Y", SVSTDAT=day, SVCNTMOD="ON SITE")
    dosed = {
        "ECOCCUR": "Y",
        "ECDOSE": "5",
        "ECDOSFRQ": "BID",
        "ECSTDAT": D1,
        "ECSTTIM": "09:00",
        "ECONGO": "Y",
    }
    ward.open("LOG", "EX").new_row("DOSING").fill(**dosed)
    return ward


def sample(ward: Ward, event: str, form: str, **answers: str) -> OpenForm:
    """A laboratory form that was done on the day of its visit."""
    day = {"SCR": SCREENED, "BL": D1, "W4": W4}[event]
    return ward.open(event, form).fill(LBPERF="Y", LBDAT=day, **answers)


def line(ward: Ward, form: str, **answers: str) -> OpenForm:
    """A new row of a log whose header says yes."""
    log = ward.open("LOG", form)
    header = {"MH": "MHYN", "CM": "CMYN", "AE": "AEYN"}.get(form)
    if header is not None:
        log.enter(header, "Y")
    return log.new_row("ROWS").fill(**answers)


# -- extreme and true --------------------------------------------------------------------------------


def test_a_ferritin_of_eighty_thousand_takes_one_key(clinic: Ward) -> None:
    lbi = sample(clinic, "W4", "LBI", FERRITIN_LBORRES="80000", FERRITIN_LBORNRHI="300")
    lbi.expect_kept("FERRITIN_LBORRES", "80000").expect_soft("Ferritin is usually 5–5000 ng/mL")
    lbi.expect_soft("请核对，或按 F8 确认")
    lbi.confirm("FERRITIN_LBORRES").expect_calm("FERRITIN_LBORRES")
    lbi.expect("FERRITIN_LBNRIND", "HIGH").expect_silent("LBI-03", "LBI-03.SOFT")
    assert lbi.queries() == ()
    stored = lbi.item("FERRITIN_LBSTRESN").value.data
    assert stored == 80000


@pytest.mark.parametrize(
    "event, form, item, text",
    [
        ("W4", "LBI", "FERRITIN_LBORRES", "200000"), ("W4", "LBC", "CK_LBORRES", "480000"),
        ("W4", "LBI", "CRP_LBORRES", "990"), ("W4", "LBH", "WBC_LBORRES", "0"),
        ("W4", "LBH", "LYM_LBORRES", "0.01"), ("W4", "LBI", "KL6_LBORRES", "49999"),
        ("W4", "LBC", "SODIUM_LBORRES", "91"),
    ],
)  # fmt: skip
def test_a_true_extreme_takes_one_key_and_never_blocks(
    clinic: Ward, event: str, form: str, item: str, text: str
) -> None:
    opened = sample(clinic, event, form).enter(item, text).expect_kept(item, text)
    assert opened.item(item).value.data == Decimal(text)
    assert not [one for one in opened.item(item).findings if one.severity is Severity.HARD]
    soft = [
        one for one in opened.item(item).findings if one.severity is Severity.SOFT and not one.at_completion
    ]
    assert [one.check for one in soft] == [f"{form}-03.SOFT"]
    opened.confirm(item)
    assert item not in {part.item for finding in opened.complete().blocking for part in finding.items}


# -- results that are limits -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["<0.05", ">2000", "< 0.05", "≤0.05", "＜0.05", "1:320", "+++", "弱阳性"])
def test_a_titre_is_kept_as_it_was_typed(clinic: Ward, text: str) -> None:
    lbi = sample(clinic, "SCR", "LBI", MDA5_LBMETHOD="ELISA").enter("MDA5_LBTITRE", text)
    if text in ("1:320", "+++", "弱阳性"):
        lbi.expect_kept("MDA5_LBTITRE", text)
        assert lbi.item("MDA5_LBTITRE").value.nonconformant
        lbi.expect_hard("Anti-MDA5 titre / index must be").expect_hard("抗MDA5滴度/指数")
    else:
        kept = lbi.session.data(clinic.subject).get(lbi.key("MDA5_LBTITRE"))
        assert kept is not None
        assert kept.text[0] in "<>≤"
        assert isinstance(lbi.item("MDA5_LBTITRE").value.data, Interval)
        lbi.expect_silent("TYPE")


def test_a_number_that_is_no_number_can_be_put_to_query(clinic: Ward) -> None:
    lbi = sample(clinic, "SCR", "LBI", MDA5_LBMETHOD="ELISA").enter("MDA5_LBTITRE", "1:320")
    assert ("TYPE", "MDA5_LBTITRE") in {(f.check, f.items[0].item) for f in lbi.complete().blocking}
    query = lbi.ask("TYPE")
    assert query.is_open
    assert ("TYPE", "MDA5_LBTITRE") not in {(f.check, f.items[0].item) for f in lbi.complete().blocking}
    lbi.expect_kept("MDA5_LBTITRE", "1:320")


@pytest.mark.parametrize(
    "titre, cut, result, fires",
    [
        (">2000", "32", "POSITIVE", False), (">2000", "32", "NEGATIVE", True), ("<5", "32", "POSITIVE", True),
        ("<5", "32", "NEGATIVE", False),
        ("<100", "32", "POSITIVE", False), ("<100", "32", "NEGATIVE", False),  # not decided: nobody asks
    ],
)  # fmt: skip
def test_a_comparison_that_is_not_decided_never_fires(
    clinic: Ward, titre: str, cut: str, result: str, fires: bool
) -> None:
    lbi = sample(clinic, "SCR", "LBI", MDA5_LBMETHOD="ELISA", MDA5_LBORRES=result)
    lbi.enter("MDA5_LBTITRE", titre).enter("MDA5_LBCUT", cut)
    (lbi.expect_check if fires else lbi.expect_silent)("LBI-13")


@pytest.mark.parametrize(
    "text, position, grade",
    [(">2000", "HIGH", "4"), (">451", "HIGH", "2"), ("<5", "LOW", "0"), (">150", "", "0"), ("<100", "", "0")],
)
def test_a_result_beyond_the_device_is_graded_at_its_limit(
    clinic: Ward, text: str, position: str, grade: str
) -> None:
    """ULN 180: above 2.5 × is grade 2, above 10 × grade 4. The position is said only when it is sure."""
    lbc = sample(clinic, "W4", "LBC", CK_LBORRES=text, CK_LBORNRLO="26", CK_LBORNRHI="180")
    lbc.expect_kept("CK_LBORRES", text).expect("CK_LBTOXGR", grade).expect("CK_LBNRIND", position)


@pytest.mark.parametrize(
    "text, fires",
    [("<100", False), ("<20", False), ("<10", False), ("20", True), (">15", False), (">20", True)],
)
def test_viral_dna_below_the_kit_is_compared_only_when_it_decides(
    clinic: Ward, text: str, fires: bool
) -> None:
    lbs = sample(clinic, "SCR", "LBS", HBCAB_LBORRES="POSITIVE").enter("HBVDNA_LBORRES", text)
    lbs.expect_kept("HBVDNA_LBORRES", text)
    (lbs.expect_check if fires else lbs.expect_silent)("LBS-02")


def test_the_smallest_procalcitonin_the_kit_sees(clinic: Ward) -> None:
    sample(clinic, "SCR", "LBS").enter("PCT_LBORRES", "<0.05").expect_kept(
        "PCT_LBORRES", "<0.05"
    ).expect_calm("PCT_LBORRES")


def test_a_negative_nuclear_antibody_is_below_its_first_dilution(clinic: Ward) -> None:
    lbi = sample(clinic, "SCR", "LBI").enter("ANA_LBORRES", "<80")
    lbi.expect_kept("ANA_LBORRES", "<80").expect_calm("ANA_LBORRES")


# -- units -------------------------------------------------------------------------------------------


def test_a_unit_may_be_typed_behind_the_number_of_every_analyte(clinic: Ward) -> None:
    """Every other unit of all 57: the text and the unit stay, the stored value is converted."""
    clinic.open("SCR", "DM").enter("CHILDPOT", "N")
    tried = 0
    for form in ("LBH", "LBC", "LBU", "LBI", "LBR"):
        opened = sample(clinic, "BL", form)
        for code, found in analytes().items():
            item = study().forms[form].items.get(f"{code}_LBORRES")
            if found.form != form or item is None:
                continue
            middle = (found.soft[0] + found.soft[1]) / 2
            for unit, (_, factor) in item.conversions.items():
                number = plain((middle / factor).quantize(Decimal("1.000000")).normalize())
                opened.enter(item.name, f"{number} {unit}").expect_kept(item.name, number, unit)
                opened.expect_silent("TYPE", f"{form}-03")
                stored = opened.item(item.name).value.data
                assert isinstance(stored, Decimal)
                assert stored == Decimal(number) * factor
                tried += 1
    assert tried > 50


@pytest.mark.parametrize("text", ["2.1mg/dL", "2.1 mg/dl", "２．１ mg/dL", "2.1  MG/DL"])
def test_units_are_read_as_people_type_them(clinic: Ward, text: str) -> None:
    lbc = sample(clinic, "W4", "LBC").enter("CREAT_LBORRES", text)
    lbc.expect_kept("CREAT_LBORRES", "2.1", "mg/dL")
    assert lbc.item("CREAT_LBORRES").value.data == Decimal("185.64")


def test_a_unit_the_analyte_does_not_have_is_no_value(clinic: Ward) -> None:
    lbc = sample(clinic, "W4", "LBC").enter("CREAT_LBORRES", "2.1 mmol/L")
    lbc.expect_kept("CREAT_LBORRES", "2.1 mmol/L").expect_hard("Creatinine must be in").expect_hard("肌酐")


@pytest.mark.parametrize(
    "text, fraction", [("30", "0.3"), ("0.30", "0.3"), ("30 %", "0.3"), ("100", "1"), ("21%", "0.21")]
)
def test_an_oxygen_fraction_above_one_is_percent(clinic: Ward, text: str, fraction: str) -> None:
    abg = clinic.open("W4", "ABG").fill(ABGPERF="Y", LBDAT=W4, O2DEV="MASK", PO2_LBORRES="70")
    abg.enter("FIO2_LBORRES", text).expect_calm("FIO2_LBORRES")
    assert abg.item("FIO2_LBORRES").value.data == Decimal(fraction)
    ratio = abg.item("PO2FIO2").value.data
    assert isinstance(ratio, Decimal)
    assert abs(ratio - 70 / Decimal(fraction)) < Decimal("0.001")


# -- impossible --------------------------------------------------------------------------------------


def _vital(ward: Ward, **changes: str) -> OpenForm:
    return ward.open("W4", "VS").fill(VSDAT=W4, **(NORMAL | changes))


@pytest.mark.parametrize(
    "item, typed, right",
    [
        ("SYSBP_VSORRES", "1200", "120"), ("TEMP_VSORRES", "366", "36.6"), ("SYSBP_VSORRES", "l20", "120"),
        ("WEIGHT_VSORRES", "-60", "60"), ("OXYSAT_VSORRES", "197", "97"), ("VSDAT", "2026-02-30", W4),
        ("VSDAT", "2027-03-02", W4), ("VSPOS", "LYING", "SUPINE"),
    ],
)  # fmt: skip
def test_an_impossible_value_stays_and_blocks_until_it_is_corrected(
    clinic: Ward, item: str, typed: str, right: str
) -> None:
    vs = _vital(clinic).enter(item, typed).expect_kept(item, typed)
    blocking = [one for one in vs.complete().blocking if one.items[0].item == item]
    assert len(blocking) == 1
    assert blocking[0].severity is Severity.HARD
    label = study().forms["VS"].items[item].label
    assert label.en in blocking[0].message.en and label.zh in blocking[0].message.zh
    assert re.search("must|later than|Enter", blocking[0].message.en)
    vs.enter(item, right).expect_done()


def test_an_impossible_value_may_be_put_to_query_instead(clinic: Ward) -> None:
    vs = _vital(clinic, SYSBP_VSORRES="1200")
    vs.expect_blocked("VS.SYSBP_VSORRES.HARD")
    query = vs.ask("VS.SYSBP_VSORRES.HARD")
    assert (query.state, query.source, query.key) == ("Open", "system", vs.key("SYSBP_VSORRES"))
    assert "Systolic blood pressure must be between 50 and 300 mmHg" in query.text.en
    assert "收缩压必须在50至300 mmHg之间" in query.text.zh
    vs.expect_done()
    vs.expect_kept("SYSBP_VSORRES", "1200")
    vs.enter("SYSBP_VSORRES", "120", because="a typing mistake")
    assert [one.state for one in vs.queries()] == ["Resolved"]


def test_the_refusal_names_participant_visit_form_item_and_next_step(clinic: Ward, ward_folder: Path) -> None:
    """As the command line says it: one line a finding, and the sentence in both languages."""
    number = clinic.session.subjid(clinic.subject)
    clinic.session.close()
    with remembered_keys():
        words = ("enter", ward_folder, number, "W4", "VS", "SYSBP_VSORRES=1200", "VSPERF=Y", "--complete")
        done = act(*words).refused(
            1, f"{number} W4 VS is not complete", f"{number} W4 VS 尚未完成", "fix first", "请先处理"
        )
        assert "Systolic blood pressure must be between 50 and 300 mmHg" in done.out
        again = act(*words, "--language", "zh")
        assert "收缩压必须在50至300 mmHg之间" in again.out


def test_contradictory_pressures_are_one_sentence_in_both_languages(clinic: Ward) -> None:
    vs = _vital(clinic, SYSBP_VSORRES="80", DIABP_VSORRES="95")
    vs.expect_hard("Diastolic must be below systolic.").expect_hard("舒张压应低于收缩压。")
    vs.confirm("SYSBP_VSORRES").expect_blocked("VS-02")


# -- dates that contradict ---------------------------------------------------------------------------


def test_a_visit_before_consent_cannot_be(clinic: Ward) -> None:
    sv = clinic.open("SCR", "SV").enter("SVSTDAT", "2026-01-19")
    assert {f.check for f in sv.item("SVSTDAT").findings if f.severity is Severity.HARD} == {
        "SV.SVSTDAT.HARD"
    }


def test_dates_of_other_forms_are_compared(clinic: Ward) -> None:
    clinic.open("SCR", "DH").fill(DHSYMDAT="2026-01", DHDXDAT="2025-12-31").expect_check("DH-01")
    line(clinic, "AE", AETERM="Cough", AESTDAT="2026-01-19").expect_check("AE-03")
    line(clinic, "AE", AETERM="Cold", AESTDAT="2026-03-10", AEONGO="N", AEENDAT="2026-03-01").expect_hard(
        "must"
    )
    line(clinic, "MH", MHTERM="Gout", MHSTDAT="2026-02-10").expect_check("MH-04")
    clinic.open("SCR", "IE").fill(IEDAT="2026-02-03").expect_check("IE-01")
    clinic.open("SCR", "IE").fill(IEDAT="2026-01-30", ENROLYN="Y", ENROLDAT="2026-01-31")
    dosing = clinic.open("LOG", "EX")
    (row,) = dosing.entry.rows("DOSING")
    dosing.use_row("DOSING", row).enter("ECSTDAT", "2026-01-30").expect_check("EX-03")
    clinic.open("W4", "SV").enter("SVSTDAT", "2026-01-25").expect_check("SV-03", "SV-02")


def test_a_visit_after_death_is_asked_on_the_death_form(clinic: Ward) -> None:
    dd = clinic.open("W4", "DD").fill(DTHDAT="2026-03-01", PRCDTH_DDORRES="RP-ILD")
    dd.expect_check("DD-01").expect_query("A record is dated after death.").expect_query(
        "存在晚于死亡日期的记录。"
    )
    clinic.open("W4", "SV").enter("SVSTDAT", "2026-03-01")
    clinic.open("W4", "DD").expect_silent("DD-01")
    assert clinic.closed()["W8"] == "The participant has died: no further visits are due."
    clinic.open("W8", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-03-30")
    clinic.open("W4", "DD").expect_check("DD-01")


def test_a_measurement_after_consent_was_withdrawn_is_asked_once(clinic: Ward) -> None:
    """By the visit when it came after the withdrawal, by the form when only the measurement did."""
    consent = clinic.open("SCR", "IC").enter("ICWDDAT", "2026-02-20").expect_check("IC-07")
    clinic.open("W4", "SV").expect_check("IC-07").expect_query("after consent was withdrawn").expect_query(
        "撤回同意"
    )
    vs = _vital(clinic).expect_silent("IC-07")
    consent.enter("ICWDDAT", W4).expect_silent("IC-07")
    vs.expect_silent("IC-07")
    vs.enter("VSDAT", "2026-03-04").expect_check("IC-07").expect_query("check both dates")
    clinic.open("W4", "SV").expect_silent("IC-07")


# -- dates that are half known -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("2022", "2022"), ("2022-03", "2022-03"), ("2022---15", "2022---15"), ("UN-03-2022", "2022-03"),
        ("2022-03-UN", "2022-03"), ("UN-UN-2022", "2022"), ("2022.3", "2022-03"), ("2022-UN-15", "2022---15"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form, item", [("MH", "MHSTDAT"), ("CM", "CMSTDAT"), ("AE", "AESTDAT")])
def test_a_partial_date_is_read_in_every_log(
    clinic: Ward, form: str, item: str, typed: str, kept: str
) -> None:
    row = line(clinic, form).enter(item, typed).expect_kept(item, kept)
    assert not row.item(item).value.nonconformant


@pytest.mark.parametrize(
    "typed, check, fires",
    [
        ("2025-12-31", "AE-03", True), ("2025", "AE-03", True), ("2025---15", "AE-03", True),
        ("2026", "AE-03", False), ("2026-01", "AE-03", False), ("2026-02", "AE-03", False),
        ("2026-01-20", "AE-03", False), ("2026-01-19", "AE-03", True),
    ],
)  # fmt: skip
def test_an_event_before_consent_is_asked_only_when_every_completion_is(
    clinic: Ward, typed: str, check: str, fires: bool
) -> None:
    row = line(clinic, "AE", AETERM="Cough").enter("AESTDAT", typed)
    (row.expect_check if fires else row.expect_silent)(check)


@pytest.mark.parametrize(
    "start, end, checks",
    [
        ("2022-03", "2022-02", {"CM.CMENDAT.HARD"}), ("2022", "2021-12", {"CM.CMENDAT.HARD"}),
        ("2022-03", "2022", {"CM.CMENDAT.HARD.UNDECIDED"}),
        ("2022---15", "2022-01", {"CM.CMENDAT.HARD.UNDECIDED"}),
        ("2022-03", "2022-03", set()), ("2022", "2022", set()), ("2022-03", "2022-04", set()),
        ("2022-03-20", "2022-03", {"CM.CMENDAT.HARD.UNDECIDED"}),
    ],
)  # fmt: skip
def test_the_end_of_a_drug_is_compared_as_far_as_it_is_known(
    clinic: Ward, start: str, end: str, checks: set[str]
) -> None:
    row = line(clinic, "CM", CMTRT="Methotrexate", CMONGO="N", CMSTDAT=start, CMENDAT=end)
    found = {f.check for f in row.item("CMENDAT").findings if f.check.startswith("CM.CMENDAT.HARD")}
    assert found == checks


# -- behind a gate, struck, not examinable ---------------------------------------------------------------


def test_values_behind_a_closed_gate_are_kept_and_count_for_nothing(clinic: Ward) -> None:
    vs = _vital(clinic, SYSBP_VSORRES="1200", HEIGHT_VSORRES="165")
    vs.enter("VSPERF", "N").enter("VSREASND", "SUBJECT REFUSED")
    vs.expect_silent("VS.SYSBP_VSORRES.HARD").expect_kept("SYSBP_VSORRES", "1200")
    done = vs.expect_done()
    assert {key.item for key in done.no_longer_apply} >= {"SYSBP_VSORRES", "WEIGHT_VSORRES"}
    assert vs.item("SYSBP_VSORRES").relevant is False
    assert vs.item("BMI").value.text == ""
    assert clinic.open("W4", "SV").item("GCMGKG").value.text == ""
    vs.enter("VSPERF", "Y", because="measured after all")
    vs.expect_hard("Systolic blood pressure must be between 50 and 300 mmHg")


def test_a_medication_that_names_a_struck_event_is_asked(clinic: Ward) -> None:
    first = line(clinic, "AE", AETERM="Cough", AESTDAT="2026-02-10")
    line(clinic, "AE", AETERM="Rash", AESTDAT="2026-02-20")
    drug = line(clinic, "CM", CMTRT="Cetirizine", CMSTDAT="2026-02-20", CMINDC="ADVERSE EVENT")
    drug.enter("CMAENO", "1,2").expect_silent("LINK")
    first.strike("ROWS", "entered twice")
    drug.expect_check("LINK")
    (link,) = [one for one in drug.findings() if one.check == "LINK"]
    assert link.severity is Severity.QUERY
    assert link.items == (drug.key("CMAENO"),)
    assert link.message.en and link.message.zh
    drug.enter("CMAENO", "1")  # the rash is line 1 now
    drug.expect_silent("LINK")
    drug.enter("CMAENO", "7").expect_kept("CMAENO", "7").expect_hard("must be")


def test_a_muscle_that_cannot_be_examined_leaves_no_total_and_no_score(clinic: Ward) -> None:
    for event, grade, vas, answer in (("BL", "7", "6.0", "2"), ("W24", "9", "2.0", "1")):
        day = D1 if event == "BL" else "2026-08-03"
        clinic.open(event, "SV").fill(SVOCCUR="Y", SVSTDAT=day, SVCNTMOD="ON SITE")
        grades = {f"{name}_MKORRES": grade for name in GRADES}
        clinic.open(event, "MMT").fill(MKPERF="Y", MKDAT=day, MKEVAL="E1", **grades)
        clinic.open(event, "IMACS").fill(IMDAT=day, PHGAPERF="Y", PHGA=vas, PTGAPERF="Y", PTGA=vas)
        clinic.open(event, "HAQ").fill(HAQPERF="Y", QSDAT=day, **dict.fromkeys(QUESTIONS, answer))
        clinic.open(event, "MDAAT").fill(RSPERF="Y", RSDAT=day, MD_EXTRA=vas)
        ck = "1900" if event == "BL" else "190"
        clinic.open(event, "LBC").fill(LBPERF="Y", LBDAT=day, CK_LBORRES=ck, CK_LBORNRHI="190")
    tis = clinic.open("W24", "TIS").expect("TISNCOMP", "6").expect("TISRESP", "Y").expect("TISRESPO", "Y")
    mmt = clinic.open("W24", "MMT").enter("DELTL_MKORRES", "").mark("DELTL_MKORRES", "ND")
    mmt.expect("NE_DELTL", "NOT DONE").expect("MMT150", "").expect_check("MMT-01").expect_silent(
        "MMT-03.DELTL"
    )
    tis.expect("TISTOT", "").expect("TISCAT", "NOT EVALUABLE").expect("TISNCOMP", "5")
    tis.expect("TISRESP", "N").expect("TISRESPO", "").expect_query("Score not evaluable")
    mmt.enter("DELTL_MKORRES", "9").expect_hard('A grade and "not examinable" together')


# -- long and odd text -----------------------------------------------------------------------------------


@pytest.fixture
def narrative() -> str:
    """4,000 characters of Chinese."""
    sentence = "第四十五天起患者气促加重，复查高分辨率CT示双肺磨玻璃影进展，收入重症监护室。"
    return (sentence * 200)[:4000]


def test_a_narrative_of_four_thousand_characters_is_kept(clinic: Ward, narrative: str) -> None:
    event = line(clinic, "AE", AETERM="RP-ILD", AESTDAT="2026-02-10", AESER="Y")
    sae = clinic.open("LOG", "SAE").new_row("ROWS").enter("AESPID", "1").enter("SAENARR", narrative)
    sae.expect_kept("SAENARR", narrative).expect_calm("SAENARR")
    assert sae.item("AESPID").value.data == event.row["ROWS"]
    clinic.session.refresh()
    again = clinic.open("LOG", "SAE").use_row("ROWS", sae.row["ROWS"])
    assert again.item("SAENARR").value.text == narrative
    again.enter("SAENARR", narrative + "。").expect_kept("SAENARR", narrative + "。")
    again.expect_hard("4000 characters or fewer; it has 4001")


def test_typing_into_the_largest_log_stays_quick(clinic: Ward, narrative: str) -> None:
    """A guard against something quadratic, not a measurement: that is ``make bench``."""
    for number in range(12):
        line(clinic, "AE", AETERM=f"Event {number}", AESTDAT="2026-02-10")
    began = time.perf_counter()
    clinic.open("LOG", "AE").new_row("ROWS").enter("AETERM", narrative[:200])
    assert time.perf_counter() - began < 2


def test_what_was_typed_survives_a_new_start(clinic: Ward) -> None:
    typed = {
        "SYSBP_VSORRES": "1200",
        "TEMP_VSORRES": "l6",
        "PULSE_VSORRES": "80 ",
        "WEIGHT_VSORRES": "121 jin",
    }
    vs = _vital(clinic, **typed)
    clinic.session.refresh()
    again = clinic.open("W4", "VS")
    again.expect_kept("SYSBP_VSORRES", "1200").expect_kept("TEMP_VSORRES", "l6").expect_kept(
        "PULSE_VSORRES", "80"
    )
    again.expect_kept("WEIGHT_VSORRES", "121", "jin")
    assert again.item("WEIGHT_VSORRES").value.data == Decimal("60.5")
    assert again.state == vs.state
