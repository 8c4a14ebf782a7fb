"""The Total Improvement Score: every edge, gaps, and what must always hold."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import TIS, total_improvement_score
from mda5_crf.instruments.tis import COMPONENTS

D = Decimal
MEASURES = ("phga", "ptga", "mmt", "haq", "ck", "aldolase", "ldh", "ast", "alt", "extra")


def measures(text: str) -> dict[str, Decimal | None]:
    """``"phga 6.0, mmt 104, ck -"`` as a mapping; "-" is a missing value."""
    pairs = (part.split() for part in text.split(","))
    return {name: None if value == "-" else D(value) for name, value in pairs}


def score(baseline: str, followup: str, uln: str, maximum: str = "150") -> TIS:
    return total_improvement_score(
        baseline=measures(baseline), followup=measures(followup), uln=measures(uln), mmt_maximum=D(maximum)
    )


FULL = "phga 10, ptga 10, mmt 0, haq 3, ck 2850, extra 10"
BANDS = [
    # component, range, edges in percent, points below/between/above
    ("phga", "10", "5 15 25 40", "0 7.5 15 17.5 20"),
    ("ptga", "10", "5 15 25 40", "0 2.5 5 7.5 10"),
    ("mmt", "150", "2 10 20 30", "0 10 20 27.5 32.5"),
    ("haq", "3", "5 15 25 40", "0 5 7.5 7.5 10"),
    ("ck", "2850", "5 15 25 40", "0 2.5 5 7.5 7.5"),
    ("extra", "10", "5 15 25 40", "0 7.5 12.5 15 20"),
]
A_LITTLE = D("1e-9")


@pytest.mark.parametrize("measure, scale, edges, points", BANDS, ids=[band[0] for band in BANDS])
def test_an_edge_belongs_to_the_milder_band(measure: str, scale: str, edges: str, points: str) -> None:
    baseline = measures(FULL)
    component = "enzyme" if measure == "ck" else measure
    sign = D(1) if measure == "mmt" else D(-1)
    steps = list(map(D, points.split()))
    for index, edge in enumerate(map(D, edges.split())):
        exactly = D(scale) * edge / 100
        for change, expected in (
            (exactly - A_LITTLE, steps[index]),
            (exactly, steps[index]),
            (exactly + A_LITTLE, steps[index + 1]),
        ):
            start = baseline[measure]
            assert start is not None
            followup = {**baseline, measure: start + sign * change}
            tis = total_improvement_score(baseline=baseline, followup=followup, uln=measures("ck 190"))
            assert tis.points[component] == expected, (edge, change)


@pytest.mark.parametrize(
    "enzyme, uln, multiples",
    [("ck", 190, 15), ("aldolase", "7.6", 6), ("ldh", 240, 3), ("ast", 35, 3), ("alt", 45, 3)],
)
def test_range_of_each_enzyme(enzyme: str, uln: str, multiples: int) -> None:
    start = 20 * D(uln)
    fall = D(uln) * multiples / 4
    tis = total_improvement_score(
        baseline={enzyme: start}, followup={enzyme: start - fall}, uln={enzyme: D(uln)}
    )
    assert (tis.enzyme, tis.percent["enzyme"]) == (enzyme, D(25))


@pytest.mark.parametrize(
    "phga, extra, mmt, total, category",
    [
        (3, 0, 0, "17.5", "NO RESPONSE"),
        (5, 0, 0, "20", "MINIMAL"),
        (3, 5, 0, "37.5", "MINIMAL"),
        (5, 5, 0, "40", "MODERATE"),
        (3, 5, 20, "57.5", "MODERATE"),
        (5, 5, 20, "60", "MAJOR"),
    ],
)
def test_thresholds(phga: int, extra: int, mmt: int, total: str, category: str) -> None:
    baseline = measures("phga 6, ptga 5, mmt 100, haq 1, ck 190, extra 6")
    improved = {"phga": D(6 - phga), "extra": D(6 - extra), "mmt": D(100 + mmt)}
    tis = total_improvement_score(
        baseline=baseline, followup={**baseline, **improved}, uln=measures("ck 190")
    )
    assert (tis.total, tis.category) == (D(total), category)


@pytest.mark.parametrize(
    "baseline, uln, chosen",
    [
        (
            "ck 380, aldolase 15.2, ldh 480, ast 70, alt 90",
            "ck 190, aldolase 7.6, ldh 240, ast 35, alt 45",
            "ck",
        ),
        ("ck 380, aldolase 15.3, ldh 480", "ck 190, aldolase 7.6, ldh 240", "aldolase"),
        ("ck -, aldolase -, ldh 480, ast 70, alt 90", "ck 190, aldolase 7.6, ldh 240, ast 35, alt 45", "ldh"),
        ("ck 9000, ldh 240", "ldh 240", "ldh"),
        ("ck 9000, ldh 240", "ck 0, ldh 240", "ldh"),
        ("ast 70, alt 90", "ast 35, alt 45", "ast"),
        ("ck -", "ck 190", None),
        ("ck 0", "ck 190", "ck"),
    ],
)
def test_choice_of_enzyme(baseline: str, uln: str, chosen: str | None) -> None:
    tis = total_improvement_score(baseline=measures(baseline), followup={}, uln=measures(uln))
    assert tis.enzyme == chosen
    assert tis.missing == COMPONENTS


def test_the_enzyme_of_baseline_is_not_replaced_at_followup() -> None:
    tis = score("ck 2850, ldh 470", "ck -, ldh 200", "ck 190, ldh 240")
    assert tis.enzyme == "ck"
    assert "enzyme" in tis.missing


@pytest.mark.parametrize("maximum", [None, D(0), D(-1)])
def test_without_the_maximum_of_the_muscle_test_nothing_is_guessed(maximum: Decimal | None) -> None:
    full = measures(FULL)
    tis = total_improvement_score(baseline=full, followup=full, uln=measures("ck 190"), mmt_maximum=maximum)
    assert (tis.total, tis.missing) == (None, ("mmt",))


def test_the_callers_precision_does_not_matter() -> None:
    with localcontext() as narrow:
        narrow.prec = 3
        tis = score("haq 2.4", "haq 1.95", "ck 190")
    assert tis.percent["haq"] == D(15)


vas = st.decimals(0, 10, places=1)
visit = st.fixed_dictionaries(
    {
        "phga": vas, "ptga": vas, "extra": vas, "mmt": st.integers(0, 150).map(D),
        "haq": st.integers(0, 24).map(lambda eighths: D(eighths) / 8), "ck": st.decimals(1, 20000, places=1),
        "ldh": st.decimals(1, 3000, places=0), "alt": st.decimals(1, 3000, places=0),
    }
)  # fmt: skip
LIMITS = measures("ck 190, ldh 240, alt 45")


@given(visit, visit)
def test_always_from_0_to_100_in_steps_of_two_and_a_half(
    baseline: dict[str, Decimal], followup: dict[str, Decimal]
) -> None:
    tis = total_improvement_score(baseline=baseline, followup=followup, uln=LIMITS)
    assert tis.total is not None
    assert 0 <= tis.total <= 100
    assert tis.total % D("2.5") == 0
    assert tis.total == sum(tis.points.values())


@given(visit, visit, st.sampled_from(["phga", "ptga", "haq", "extra", "mmt", "ck", "ldh", "alt"]), st.data())
def test_a_better_value_never_lowers_the_score(
    baseline: dict[str, Decimal], followup: dict[str, Decimal], measure: str, data: st.DataObject
) -> None:
    worse = total_improvement_score(baseline=baseline, followup=followup, uln=LIMITS)
    end = D(150) if measure == "mmt" else D(0)
    share = data.draw(st.decimals(0, 1, places=2))
    better_value = followup[measure] + (end - followup[measure]) * share
    better = total_improvement_score(
        baseline=baseline, followup={**followup, measure: better_value}, uln=LIMITS
    )
    assert worse.total is not None and better.total is not None
    assert better.total >= worse.total


@given(
    visit, visit, st.sets(st.sampled_from(["phga", "ptga", "mmt", "haq", "extra"]), min_size=1), st.booleans()
)
def test_any_missing_measure_makes_it_not_evaluable(
    baseline: dict[str, Decimal], followup: dict[str, Decimal], gone: set[str], at_baseline: bool
) -> None:
    holes: dict[str, Decimal | None] = {
        name: None if name in gone else value
        for name, value in (baseline if at_baseline else followup).items()
    }
    tis = total_improvement_score(
        baseline=holes if at_baseline else baseline, followup=followup if at_baseline else holes, uln=LIMITS
    )
    assert (tis.total, tis.category) == (None, "NOT EVALUABLE")
    assert set(tis.missing) == gone
    assert set(tis.points) == set(tis.percent) == set(COMPONENTS) - gone


def test_the_perfect_course_is_100() -> None:
    tis = score(FULL, "phga 0, ptga 0, mmt 150, haq 0, ck 0, extra 0", "ck 190")
    assert (tis.total, tis.category) == (D(100), "MAJOR")
