"""Lung scores, oxygenation, DLCO, RP-ILD and glucocorticoids: gaps, wrong codes, and single steps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mda5_crf.instruments import (
    GAP,
    ILDGAP,
    RPILD,
    PaO2FiO2,
    dlco_hb_corrected,
    gap,
    ichikado,
    ild_gap,
    pao2_fio2,
    prednisone_equivalent,
    rp_ild,
)
from mda5_crf.instruments.codes import flag
from mda5_crf.study.formulas import part_of, score
from tests.unit.instruments.reference import STEROIDS

D = Decimal


# -- HRCT ------------------------------------------------------------------------------

ZONES = ("ru", "rm", "rl", "lu", "lm", "ll")
HEALTHY: dict[str, Any] = {zone: dict.fromkeys(("g", "c", "gt", "ct", "h"), D(0)) for zone in ZONES}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("key", ["g", "c", "gt", "ct", "h"])
def test_an_open_percentage_leaves_its_zone_and_the_score_open(zone: str, key: str) -> None:
    others = set(ZONES) - {zone}
    for extents in (
        {**HEALTHY[zone], key: None},
        {k: v for k, v in HEALTHY[zone].items() if k != key},
        {},
        None,
    ):
        found = ichikado(**{**HEALTHY, zone: extents})
        assert found.score is None
        assert set(found.zones) == set(found.normal) == others


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("key, grade", [("g", 2), ("c", 3), ("gt", 4), ("ct", 5), ("h", 6)])
def test_each_finding_has_its_grade(zone: str, key: str, grade: int) -> None:
    found = ichikado(**{**HEALTHY, zone: {**HEALTHY[zone], key: D(60)}})
    assert found.zones[zone] == 40 + 60 * grade
    assert found.normal[zone] == 40
    assert found.score is not None
    assert found.score * 6 == 500 + 40 + 60 * grade


def test_percentages_that_exceed_100_make_no_score() -> None:
    found = ichikado(**{**HEALTHY, "lm": {**HEALTHY["lm"], "g": D(60), "h": D(41)}})
    assert found.score is None
    assert "lm" not in found.zones and "lm" not in found.normal
    full = ichikado(**{**HEALTHY, "lm": {**HEALTHY["lm"], "g": D(60), "h": D(40)}})
    assert full.normal["lm"] == 0


@pytest.mark.parametrize("percent", [D(-10), D("100.1")])
def test_a_percentage_outside_its_range_is_a_mistake(percent: Decimal) -> None:
    with pytest.raises(ValueError, match="rl lies outside 0–100"):
        ichikado(**{**HEALTHY, "rl": {**HEALTHY["rl"], "c": percent}})


def test_normal_lung_is_not_given() -> None:
    with pytest.raises(TypeError, match="keys of ru are g, c, gt, ct, h"):
        ichikado(**{**HEALTHY, "ru": {**HEALTHY["ru"], "n": D(100)}})


def test_parts_as_a_definition_reads_them() -> None:
    """``ich.normal_ru``, ``ich.zones_ll``: tables of results, by the names of the zones."""
    result = score("ichikado", {**HEALTHY, "ll": {**HEALTHY["ll"], "h": D(20)}})
    assert part_of(result, "normal_ru") == 100
    assert (part_of(result, "zones_ll"), part_of(result, "normal_ll")) == (200, 80)


# -- GAP -------------------------------------------------------------------------------

KNOWN: dict[str, Any] = {"sex": "F", "age": D(52), "fvc_pp": D(82), "dlco_pp": D(60)}


@pytest.mark.parametrize("name, value", [*((name, None) for name in KNOWN), ("sex", "U")])
def test_a_missing_measure_is_not_0_points(name: str, value: str | None) -> None:
    found = gap(**{**KNOWN, name: value})
    assert found == GAP(None, None, None, None, None, found.points)
    assert len(found.points) == 3
    assert name.removesuffix("_pp") not in found.points
    assert ild_gap(**{**KNOWN, name: value}) == ILDGAP(None, None, None)


@pytest.mark.parametrize("unable", ["Y", True])
def test_a_test_that_could_not_be_performed_is_worse_than_any_result(unable: str | bool) -> None:
    for dlco in (None, D(60), D(10)):
        assert gap(**{**KNOWN, "dlco_pp": dlco}, dlco_unable=unable).points["dlco"] == 3


@pytest.mark.parametrize("unable", ["N", False, None])
def test_not_done_for_another_reason_is_missing(unable: str | bool | None) -> None:
    assert gap(**{**KNOWN, "dlco_pp": None}, dlco_unable=unable).total is None
    assert gap(**KNOWN, dlco_unable=unable).total == 0


def test_the_subtype_is_needed_and_known() -> None:
    assert ild_gap(**KNOWN, subtype=None) == ILDGAP(None, None, None)
    with pytest.raises(ValueError, match="no such subtype"):
        ild_gap(**KNOWN, subtype="UIP")
    with pytest.raises(ValueError, match="dlco_unable: the code is Y or N"):
        gap(**KNOWN, dlco_unable="ND")


def test_the_highest_total_is_8() -> None:
    worst: dict[str, Any] = {
        "sex": "M",
        "age": D(66),
        "fvc_pp": D("49.9"),
        "dlco_pp": None,
        "dlco_unable": "Y",
    }
    assert (gap(**worst).total, ild_gap(**worst).total, ild_gap(**worst, subtype="IPF").total) == (8, 6, 8)


# -- PaO2/FiO2 -------------------------------------------------------------------------

NOTHING = PaO2FiO2(None, None)


@pytest.mark.parametrize(
    "pao2, fio2",
    [(None, "0.3"), ("70", None), ("0", "0.3"), ("-1", "0.3"), ("70", "0"), ("70", "-0.3"), ("70", "100.1")],
)
def test_no_ratio_without_both_values(pao2: str | None, fio2: str | None) -> None:
    pair = [None if text is None else D(text) for text in (pao2, fio2)]
    assert pao2_fio2(pao2_mmhg=pair[0], fio2=pair[1], peep=D(8)) == NOTHING


def test_any_value_above_0_counts() -> None:
    """0.5 mmHg is not 0; whether it can be true is a matter of the item's range."""
    half = D("0.5")
    assert pao2_fio2(pao2_mmhg=half, fio2=half).ratio == 1
    thin = pao2_fio2(pao2_mmhg=half, fio2=half, baro_mmhg=D("0.76"), altitude="Y")
    assert thin.ratio == D("0.001")
    for form in "AB":
        assert dlco_hb_corrected(dlco=half, hgb_g_l=D(146), sex="M", form=form) == half
        assert dlco_hb_corrected(dlco=D(1), hgb_g_l=half, sex="M", form=form) is not None


def test_from_just_above_1_a_fraction_is_percent() -> None:
    assert pao2_fio2(pao2_mmhg=D(70), fio2=D(1)).ratio == 70
    assert pao2_fio2(pao2_mmhg=D(70), fio2=D(100)).ratio == 70
    assert pao2_fio2(pao2_mmhg=D(70), fio2=D(2)).ratio == 3500


@pytest.mark.parametrize("pressure", [None, D(0), D(-700)])
def test_up_in_the_mountains_the_pressure_of_the_air_is_needed(pressure: Decimal | None) -> None:
    values: dict[str, Any] = {"pao2_mmhg": D(70), "fio2": D("0.35"), "baro_mmhg": pressure}
    assert pao2_fio2(**values, altitude="Y") == NOTHING
    assert pao2_fio2(**values, altitude=None) == NOTHING
    assert pao2_fio2(**values).ratio == 200


def test_below_1000_m_the_pressure_of_the_air_is_not_used() -> None:
    assert pao2_fio2(pao2_mmhg=D(70), fio2=D("0.35"), baro_mmhg=D(700), altitude="N").ratio == 200
    with pytest.raises(ValueError, match="altitude: the code is Y or N"):
        pao2_fio2(pao2_mmhg=D(70), fio2=D("0.35"), altitude="1200 m")


@pytest.mark.parametrize("peep, category", [(None, None), ("0", None), ("4.9", None), ("5", "MODERATE")])
def test_no_class_without_pressure_support(peep: str | None, category: str | None) -> None:
    found = pao2_fio2(pao2_mmhg=D(70), fio2=D("0.35"), peep=None if peep is None else D(peep))
    assert (found.ratio, found.category) == (200, category)


# -- DLCO ------------------------------------------------------------------------------

ANAEMIC: dict[str, Any] = {"dlco": D(20), "hgb_g_l": D(100), "sex": "M"}


@pytest.mark.parametrize(
    "name, value",
    [
        ("dlco", None),
        ("dlco", D(0)),
        ("hgb_g_l", None),
        ("hgb_g_l", D(0)),
        ("hgb_g_l", D(-1)),
        ("sex", None),
        ("sex", "U"),
    ],
)
@pytest.mark.parametrize("form", ["A", "B"])
def test_correction_needs_everything(name: str, value: Decimal | str | None, form: str) -> None:
    assert dlco_hb_corrected(**{**ANAEMIC, name: value}, form=form) is None


def test_there_are_two_forms() -> None:
    with pytest.raises(ValueError, match="form is A or B"):
        dlco_hb_corrected(**ANAEMIC, form="C")


@pytest.mark.parametrize("form, factor", [("A", "1.1894"), ("B", "1.2275")])
def test_both_forms_move_up_in_anaemia(form: str, factor: str) -> None:
    corrected = dlco_hb_corrected(dlco=D(1), hgb_g_l=D(100), sex="M", form=form)
    assert corrected is not None
    assert corrected.quantize(D("0.0001")) == D(factor)


# -- RP-ILD ----------------------------------------------------------------------------

RAPID: dict[str, Any] = {
    "first_symptom": date(2022, 1, 10),
    "finding_date": date(2022, 3, 20),
    "dyspnoea": "Y",
    "pao2_fall": D(15),
    "fvc_fall": D(0),
    "hrct_rise": D(0),
}


@pytest.mark.parametrize(
    "changes, met",
    [
        ({}, "Y"),
        ({"dyspnoea": "N"}, "N"),
        ({"dyspnoea": None}, None),
        ({"excluded": "N"}, "N"),
        ({"excluded": None}, None),
        ({"pao2_fall": None}, None),
        ({"pao2_fall": D(0)}, "N"),
        ({"first_symptom": None}, None),
        ({"finding_date": None}, None),
        ({"window_days": None}, None),
        ({"finding_date": date(2022, 1, 9)}, None),
        ({"finding_date": date(2022, 1, 10)}, "Y"),
        ({"first_symptom": None, "dyspnoea": "N"}, "N"),
        ({"pao2_fall": None, "excluded": False}, "N"),
        ({"pao2_fall": True}, "Y"),
        ({"pao2_fall": False}, "N"),
        ({"pao2_fall": None, "fvc_fall": True}, "Y"),
        ({"dyspnoea": True, "excluded": True}, "Y"),
    ],
)
def test_one_part_that_fails_decides_and_an_unknown_one_does_not(
    changes: dict[str, Any], met: str | None
) -> None:
    assert rp_ild(**{**RAPID, **changes}).met == met


def test_reasons_are_the_codes_of_the_form() -> None:
    found = rp_ild(**{**RAPID, "fvc_fall": D(10), "hrct_rise": D(50), "pao2_fall": None})
    assert found == RPILD("Y", 69, ("FVC FALL", "HRCT RISE"))
    assert part_of(found, "reasons") == ("FVC FALL", "HRCT RISE")


@pytest.mark.parametrize("name", ["dyspnoea", "excluded"])
def test_an_answer_is_yes_or_no(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: the code is Y or N"):
        rp_ild(**{**RAPID, name: "ND"})


@pytest.mark.parametrize(
    "value, truth", [("Y", True), ("N", False), (True, True), (False, False), (None, None)]
)
def test_ways_to_say_yes_and_no(value: bool | str | None, truth: bool | None) -> None:
    assert flag("x", value) is truth


# -- Glucocorticoids -------------------------------------------------------------------


def test_no_equivalent_without_drug_or_dose() -> None:
    assert prednisone_equivalent(drug=None, mg_per_day=D(5)) is None
    assert prednisone_equivalent(drug="PREDNISONE", mg_per_day=None) is None
    assert prednisone_equivalent(drug="PREDNISONE", mg_per_day=D(-1)) is None
    assert prednisone_equivalent(drug="PREDNISONE", mg_per_day=D(0)) == 0


@pytest.mark.parametrize("drug", ["BUDESONIDE", "", "prednisone"])
def test_a_drug_without_factor_is_a_mistake(drug: str) -> None:
    with pytest.raises(ValueError, match="no such drug"):
        prednisone_equivalent(drug=drug, mg_per_day=D(5))


@pytest.mark.parametrize("drug", STEROIDS)
def test_every_drug_of_the_table(drug: str) -> None:
    found = prednisone_equivalent(drug=drug, mg_per_day=D(60))
    assert found is not None
    assert found.quantize(D("1e-20")) == (
        D(60) * STEROIDS[drug].numerator / STEROIDS[drug].denominator
    ).quantize(D("1e-20"))
