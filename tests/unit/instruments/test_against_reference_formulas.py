"""Lungs, formulas and grades against the second implementation: exact limits and their neighbours."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import (
    bmi,
    bsa,
    calcium_corrected,
    creatinine_clearance,
    ctcae_grade,
    dlco_hb_corrected,
    egfr_ckd_epi_2021,
    gap,
    ichikado,
    ild_gap,
    pao2_fio2,
    prednisone_equivalent,
    quantile,
    rp_ild,
    study_day,
    visit_window,
)
from mda5_crf.instruments.ctcae import TERMS
from tests.unit.instruments import reference

D = Decimal
F = Fraction
TINY = D("0.0001")


def fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def beside(*edges: str) -> list[Decimal]:
    """Every edge, and one ten-thousandth to both sides of it."""
    return [D(edge) + step for edge in edges for step in (-TINY, D(0), TINY)]


def equal(found: Decimal | None, expected: Fraction | None) -> bool:
    """The same number, up to the last of 34 digits."""
    if found is None or expected is None:
        return found is expected
    return abs(Fraction(found) - expected) <= abs(expected) / 10**32


# -- Lungs -----------------------------------------------------------------------------

ZONES = ("ru", "rm", "rl", "lu", "lm", "ll")
KEYS = ("g", "c", "gt", "ct", "h")


@st.composite
def zone(draw: st.DrawFn) -> list[Decimal]:
    """Five percentages that leave 0 to 100 % of normal lung; now and then too much."""
    left, parts = 10, []
    for _ in KEYS:
        part = draw(st.integers(0, left))
        parts.append(part)
        left -= part
    if draw(st.integers(0, 30)) == 0 and parts[0] < 10:
        parts[0] += left + 1
    return [D(10 * min(part, 10)) for part in draw(st.permutations(parts))]


@given(st.lists(zone(), min_size=6, max_size=6))
def test_lung_scan(zones: list[list[Decimal]]) -> None:
    given_: dict[str, Any] = {
        name: dict(zip(KEYS, parts, strict=True)) for name, parts in zip(ZONES, zones, strict=True)
    }
    result = ichikado(**given_)
    assert equal(result.score, reference.ichikado([[F(part) for part in parts] for parts in zones]))
    assert dict(result.normal) == {
        name: 100 - sum(parts) for name, parts in zip(ZONES, zones, strict=True) if sum(parts) <= 100
    }
    assert set(result.zones) == set(result.normal)


AGES = [D(age) for age in (0, 60, 61, 65, 66, 90)]
FVC = beside("50", "75")
DLCO = [*beside("35", "36", "55"), None]


def test_points_on_every_limit() -> None:
    for sex, age, fvc, dlco, unable in product("FM", AGES, FVC, DLCO, (False, True)):
        given_: dict[str, Any] = {"sex": sex, "age": age, "fvc_pp": fvc, "dlco_pp": dlco}
        answer = "Y" if unable else "N"
        points = reference.gap(sex, F(age), F(fvc), fraction(dlco), unable)
        found = gap(**given_, dlco_unable=answer)
        assert found.total == points
        if points is None:
            assert (found.stage, found.mortality_1y, found.mortality_2y, found.mortality_3y) == (None,) * 4
            assert ild_gap(**given_, dlco_unable=answer).total is None
            continue
        stage = reference.GAP_STAGE[points]
        assert found.stage == stage
        mortality = (found.mortality_1y, found.mortality_2y, found.mortality_3y)
        assert mortality == tuple(map(D, reference.GAP_MORTALITY[stage]))
        for subtype, less in (("CTD", 2), ("NSIP", 2), ("CHP", 2), ("IPF", 0), ("OTHER", 0)):
            after = ild_gap(**given_, dlco_unable=answer, subtype=subtype)
            total = max(points - less, 0)
            assert after.total == total
            risk = tuple(map(D, reference.ILD_GAP_MORTALITY[total]))
            assert (after.mortality_1y, after.mortality_3y) == risk


PRESSURES = st.one_of(st.sampled_from(beside("30", "60", "90", "99.758246")), st.decimals(20, 700, places=1))
FRACTIONS = st.one_of(
    st.sampled_from([D("0.21"), D("0.3"), D(1), D("1.01"), D(21), D(30), D(100)]),
    st.decimals("0.21", 1, places=2),
)
PEEP = st.one_of(st.none(), st.sampled_from(beside("5")), st.decimals(0, 40, places=1))
BARO = st.one_of(st.none(), st.sampled_from([D(760), D(700)]), st.decimals(400, 800, places=1))


@given(PRESSURES, FRACTIONS, PEEP, BARO, st.booleans())
def test_oxygenation(
    pao2: Decimal, fio2: Decimal, peep: Decimal | None, baro: Decimal | None, high: bool
) -> None:
    found = pao2_fio2(pao2_mmhg=pao2, fio2=fio2, peep=peep, baro_mmhg=baro, altitude="Y" if high else "N")
    ratio, category = reference.pao2_fio2(F(pao2), F(fio2), fraction(peep), fraction(baro), high)
    assert equal(found.ratio, ratio)
    assert found.category == category


@pytest.mark.parametrize(
    "limit, at, above", [(100, "SEVERE", "MODERATE"), (200, "MODERATE", "MILD"), (300, "MILD", None)]
)
@pytest.mark.parametrize("fio2", ["0.21", "0.30", "0.35", "0.7", "1", "60"])
def test_class_at_a_limit(limit: int, at: str, above: str | None, fio2: str) -> None:
    share = D(fio2) / 100 if D(fio2) > 1 else D(fio2)
    exactly = limit * share
    assert pao2_fio2(pao2_mmhg=exactly, fio2=D(fio2), peep=D(5)).category == at
    assert pao2_fio2(pao2_mmhg=exactly + TINY, fio2=D(fio2), peep=D(5)).category == above
    thin = pao2_fio2(pao2_mmhg=exactly * 760, fio2=D(fio2), peep=D(5), baro_mmhg=D(1), altitude=True)
    assert (thin.ratio, thin.category) == (limit, at)


FALL = st.one_of(st.none(), st.sampled_from([D(0), D("-3"), *beside("10")]))
RISE = st.one_of(st.none(), st.sampled_from([D(0), *beside("50")]))
ANSWER = st.sampled_from([None, True, False])


@given(
    st.one_of(st.none(), st.sampled_from([-1, 0, 1, 29, 30, 31, 89, 90, 91]), st.integers(-400, 400)),
    st.sampled_from([30, 90]),
    ANSWER,
    FALL,
    FALL,
    RISE,
    ANSWER,
)
def test_rapid_progression(
    days: int | None,
    window: int,
    dyspnoea: bool | None,
    pao2: Decimal | None,
    fvc: Decimal | None,
    hrct: Decimal | None,
    excluded: bool | None,
) -> None:
    first = date(2022, 1, 10)
    found = rp_ild(
        first_symptom=first,
        finding_date=None if days is None else first + timedelta(days=days),
        dyspnoea=dyspnoea,
        pao2_fall=pao2,
        fvc_fall=fvc,
        hrct_rise=hrct,
        window_days=window,
        excluded=excluded,
    )
    changes = [(fraction(pao2), 10), (fraction(fvc), 10), (fraction(hrct), 50)]
    assert found.met == reference.rp_ild(days, window, dyspnoea, changes, excluded)
    assert found.days == days
    names = ("PAO2 FALL", "FVC FALL", "HRCT RISE")
    there = zip(names, changes, strict=True)
    assert found.reasons == tuple(
        name for name, (value, least) in there if value is not None and value >= least
    )


@given(
    st.decimals("0.5", 80, places=2),
    st.one_of(st.sampled_from(beside("134", "146")), st.decimals(20, 250, places=1)),
    st.sampled_from("FM"),
    st.sampled_from("AB"),
)
def test_haemoglobin_correction(dlco: Decimal, hb: Decimal, sex: str, form: str) -> None:
    expected = reference.dlco_corrected(form, F(dlco), F(hb), sex)
    assert equal(dlco_hb_corrected(dlco=dlco, hgb_g_l=hb, sex=sex, form=form), expected)


# -- Formulas --------------------------------------------------------------------------


@given(
    st.sampled_from("FM"),
    st.integers(18, 95),
    st.one_of(st.sampled_from(beside("0.7", "0.9")), st.decimals("0.1", 15, places=2)),
    st.decimals(30, 150, places=1),
)
def test_kidney(sex: str, age: int, mg_dl: Decimal, weight: Decimal) -> None:
    rate = egfr_ckd_epi_2021(sex=sex, age=D(age), creatinine_mg_dl=mg_dl)
    assert rate is not None
    assert math.isclose(rate, reference.egfr(sex, F(age), F(mg_dl)), rel_tol=1e-12)
    by_mol = egfr_ckd_epi_2021(sex=sex, age=D(age), creatinine_umol_l=mg_dl * D("88.42"))
    assert by_mol is not None
    assert math.isclose(by_mol, rate, rel_tol=1e-25)
    cleared = creatinine_clearance(sex=sex, age=D(age), weight_kg=weight, creatinine_mg_dl=mg_dl)
    assert equal(cleared, reference.clearance(sex, F(age), F(weight), F(mg_dl)))
    by_mol = creatinine_clearance(sex=sex, age=D(age), weight_kg=weight, creatinine_umol_l=mg_dl * D("88.4"))
    assert equal(by_mol, reference.clearance(sex, F(age), F(weight), F(mg_dl)))


@given(
    st.decimals(100, 230, places=1), st.decimals(25, 200, places=1), st.sampled_from(["mosteller", "dubois"])
)
def test_body(height: Decimal, weight: Decimal, method: Literal["mosteller", "dubois"]) -> None:
    surface = bsa(height_cm=height, weight_kg=weight, method=method)
    assert surface is not None
    assert math.isclose(surface, reference.bsa(method, F(height), F(weight)), rel_tol=1e-13)
    assert equal(bmi(weight_kg=weight, height_cm=height), F(weight) * 10_000 / F(height) ** 2)


@given(st.decimals("0.5", 5, places=2), st.decimals(10, 70, places=0))
def test_calcium(calcium: Decimal, albumin: Decimal) -> None:
    expected = F(calcium) + F(2, 100) * (40 - F(albumin))
    assert equal(calcium_corrected(calcium_mmol_l=calcium, albumin_g_l=albumin), expected)


@given(st.sampled_from(sorted(reference.STEROIDS)), st.decimals(0, 2000, places=2))
def test_glucocorticoids(drug: str, dose: Decimal) -> None:
    expected = F(dose) * reference.STEROIDS[drug]
    assert equal(prednisone_equivalent(drug=drug, mg_per_day=dose), expected)


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, DAYS)
def test_study_days(day: date, d1: date) -> None:
    assert study_day(date=day, d1=d1) == reference.study_day(day, d1)


@given(DAYS, st.integers(-60, 400), st.integers(0, 60))
def test_windows_hold_exactly_their_study_days(d1: date, low: int, width: int) -> None:
    if 0 in (low, low + width):
        with pytest.raises(ValueError, match="day 0"):
            visit_window(low=low, high=low + width, d1=d1)
        return
    window = visit_window(low=low, high=low + width, d1=d1)
    assert window is not None
    first, last = window
    assert (reference.study_day(first, d1), reference.study_day(last, d1)) == (low, low + width)


@given(
    st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=12),
    st.sampled_from(["0", "0.25", "0.5", "0.75", "1"]),
)
def test_quantiles(values: list[Decimal], p: str) -> None:
    ordered = sorted(F(value) for value in values)
    rank = min(max(F(p) * (len(ordered) + 1), F(1)), F(len(ordered)))
    below, above = ordered[math.floor(rank) - 1], ordered[math.ceil(rank) - 1]
    assert equal(quantile(values, D(p)), below + (rank - math.floor(rank)) * (above - below))


# -- CTCAE -----------------------------------------------------------------------------

LIMITS = {
    "uln": (None, "0.9", "1.5", "4", "40", "105", "145"),
    "lln": (None, "0", "0.4", "1.1", "2.1", "3.5", "35", "125", "135"),
    "baseline": (None, "0.9", "1.4", "4", "40", "41", "300"),
}


def grade(term: str, value: Decimal, limits: dict[str, Decimal | None]) -> str | None:
    found = ctcae_grade(term=term, value=value, **limits)
    return None if found is None else str(found)


def second(term: str, value: Decimal, limits: dict[str, Decimal | None]) -> str | None:
    return reference.ctcae(term, F(value), *(fraction(limits[name]) for name in ("uln", "lln", "baseline")))


def test_the_same_terms() -> None:
    assert set(TERMS) == {*reference.CTCAE, "Creatinine increased"}


def numbers_of(term: str) -> set[Fraction]:
    """Every number the two tables of the term compare with, for every limit there is."""
    rows = [*reference.CTCAE.get(term, []), *reference.HIGH_BASELINE.get(term, [])]
    edges: set[Fraction] = set()
    for name, texts in LIMITS.items():
        for text in texts:
            limits = {"u": None, "l": None, "b": None, name[0]: None if text is None else F(text)}
            edges |= {edge for row in rows if (edge := reference.ctcae_edge(row, limits)) is not None}
            if text is not None and term == "Creatinine increased":
                edges |= {F(text) * factor for factor in (1, F(3, 2), 3, 6)}
    return edges


@pytest.mark.parametrize("term", sorted(TERMS))
def test_grades_on_every_edge_and_beside_it(term: str) -> None:
    settings = [
        dict(zip(LIMITS, (None if text is None else D(text) for text in texts), strict=True))
        for texts in product(*LIMITS.values())
    ]
    used = {row[2][:1] for row in [*reference.CTCAE.get(term, []), *reference.HIGH_BASELINE.get(term, [])]}
    used |= {"u", "b"} if term == "Creatinine increased" or term in reference.HIGH_BASELINE else set()
    relevant = [
        limits for limits in settings if all(limits[name] is None or name[0] in used for name in LIMITS)
    ]
    assert relevant
    for edge in numbers_of(term):
        exactly = D(edge.numerator) / D(edge.denominator)
        for value, limits in product((exactly - TINY, exactly, exactly + TINY), relevant):
            assert grade(term, value, limits) == second(term, value, limits), (value, limits)


@given(
    st.sampled_from(sorted(TERMS)),
    st.one_of(st.decimals(0, 10, places=2), st.decimals(0, 1000, places=1)),
    st.fixed_dictionaries({name: st.one_of(st.none(), st.decimals("0.1", 300, places=1)) for name in LIMITS}),
)
def test_grades(term: str, value: Decimal, limits: dict[str, Decimal | None]) -> None:
    assert grade(term, value, limits) == second(term, value, limits)
