"""Body measures, kidney function, corrected calcium, study days and quantiles."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import (
    bmi,
    bsa,
    calcium_corrected,
    creatinine_clearance,
    egfr_ckd_epi_2021,
    quantile,
    study_day,
    visit_window,
)

D = Decimal


def number(text: str | None) -> Decimal | None:
    return None if text is None else D(text)


@pytest.mark.parametrize(
    "weight, height",
    [(None, D(160)), (D(60), None), (D(0), D(160)), (D(60), D(0)), (D(-1), D(160)), (D(60), D(-1))],
)
def test_body_measures_need_both(weight: Decimal | None, height: Decimal | None) -> None:
    assert bmi(weight_kg=weight, height_cm=height) is None
    assert bsa(weight_kg=weight, height_cm=height) is None


def test_another_method_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="dubois"):
        bsa(weight_kg=None, height_cm=None, method="haycock")  # type: ignore[arg-type]


COMPLETE = {"sex": "F", "age": D(52), "weight_kg": D(48), "creatinine_umol_l": D(70)}
GAPS = [("sex", None), ("sex", "U"), ("age", None), ("creatinine_umol_l", None), ("creatinine_umol_l", D(0))]


@pytest.mark.parametrize("name, value", [*GAPS, ("weight_kg", None), ("weight_kg", D(0))])
def test_clearance_needs_everything(name: str, value: Decimal | str | None) -> None:
    assert creatinine_clearance(**{**COMPLETE, name: value}) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("name, value", GAPS)
def test_egfr_needs_everything(name: str, value: Decimal | str | None) -> None:
    given_ = {key: COMPLETE[key] for key in ("sex", "age", "creatinine_umol_l")}
    assert egfr_ckd_epi_2021(**{**given_, name: value}) is None  # type: ignore[arg-type]


def test_creatinine_in_both_units_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="one unit"):
        egfr_ckd_epi_2021(sex="F", age=D(52), creatinine_umol_l=D(70), creatinine_mg_dl=D("0.8"))


@given(
    st.decimals(20, 2000, places=1),
    st.decimals(1, 500, places=1),
    st.integers(18, 100),
    st.sampled_from("FM"),
)
def test_more_creatinine_never_means_better_kidneys(low: Decimal, more: Decimal, age: int, sex: str) -> None:
    better = egfr_ckd_epi_2021(sex=sex, age=D(age), creatinine_umol_l=low)
    worse = egfr_ckd_epi_2021(sex=sex, age=D(age), creatinine_umol_l=low + more)
    assert better is not None and worse is not None
    assert 0 < worse < better


@pytest.mark.parametrize(
    "calcium, albumin, expected",
    [
        ("2.10", "40", "2.10"),
        ("2.40", "50", "2.20"),
        (None, "30", None),
        ("2.1", None, None),
    ],
)
def test_corrected_calcium(calcium: str | None, albumin: str | None, expected: str | None) -> None:
    found = calcium_corrected(calcium_mmol_l=number(calcium), albumin_g_l=number(albumin))
    assert found == number(expected)


DAY = datetime.date.fromisoformat
D1 = DAY("2022-03-01")


@pytest.mark.parametrize(
    "date, expected",
    [("2022-03-01", 1), ("2022-02-28", -1), ("2022-08-16", 169), ("2022-03-02", 2), ("2022-02-01", -28)],
)
def test_study_day_has_no_day_0(date: str, expected: int) -> None:
    assert study_day(date=DAY(date), d1=D1) == expected


def test_study_day_needs_both_dates() -> None:
    assert study_day(date=None, d1=D1) is None
    assert study_day(date=D1, d1=None) is None


@pytest.mark.parametrize(
    "low, high, first, last",
    [
        (169, 197, "2022-08-16", "2022-09-13"),
        (-28, 1, "2022-02-01", "2022-03-01"),
        (1, 1, "2022-03-01", "2022-03-01"),
        (-1, -1, "2022-02-28", "2022-02-28"),
    ],
)
def test_window_dates(low: int, high: int, first: str, last: str) -> None:
    assert visit_window(low=low, high=high, d1=D1) == (DAY(first), DAY(last))


@pytest.mark.parametrize("low, high, d1", [(None, 1, D1), (1, None, D1), (1, 1, None)])
def test_no_window_without_both_ends_and_day_1(
    low: int | None, high: int | None, d1: datetime.date | None
) -> None:
    assert visit_window(low=low, high=high, d1=d1) is None


@pytest.mark.parametrize("low, high", [(0, 5), (-5, 0), (5, 1)])
def test_impossible_windows_are_a_mistake_of_the_definition(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="visit window"):
        visit_window(low=low, high=high, d1=D1)


@given(st.integers(-800, 800).filter(bool), st.dates(DAY("2000-01-01"), DAY("2100-01-01")))
def test_window_and_study_day_undo_each_other(day: int, d1: datetime.date) -> None:
    window = visit_window(low=day, high=day, d1=d1)
    assert window is not None
    assert study_day(date=window[0], d1=d1) == day


PUBLISHED = [D(text) for text in "65 32.5 42.5 40 42.5 70 42.5 45 57.5 47.5".split()]


@pytest.mark.parametrize(
    "values, p, expected",
    [
        ([], "0.5", None),
        ([None, None], "0.5", None),
        ([D(7), None], "0.25", D(7)),
        ([D(1), D(2)], "0", D(1)),
        ([D(1), D(2)], "1", D(2)),
        ([D(1), D(2), D(3)], "0.25", D(1)),
        ([D(1), D(2), D(3)], "0.75", D(3)),
        ([D(1), D(2), D(3)], "0.5", D(2)),
        ([D(1), D(2)], "0.25", D(1)),
        ([D(1), D(2)], "0.5", D("1.5")),
    ],
)
def test_small_and_empty_samples(values: list[Decimal | None], p: str, expected: Decimal | None) -> None:
    assert quantile(values, D(p)) == expected


@pytest.mark.parametrize("p", ["-0.01", "1.01"])
def test_p_outside_0_to_1(p: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile(PUBLISHED, D(p))


samples = st.lists(st.integers(0, 40).map(lambda n: n * D("2.5")), min_size=1, max_size=20)


@given(samples, st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_quantiles_rise_with_p_and_stay_inside_the_sample(
    sample: list[Decimal], p: Decimal, q: Decimal
) -> None:
    low, high = quantile(sample, min(p, q)), quantile(sample, max(p, q))
    assert low is not None and high is not None
    assert min(sample) <= low <= high <= max(sample)
