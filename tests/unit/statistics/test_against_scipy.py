"""Every number of the statistics beside the same number of an independent library."""

from __future__ import annotations

import warnings
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.statistics.paired import EXACT, EXACTLY, NORMALLY, paired_t, signed_rank
from mda5_crf.statistics.proportions import proportion
from mda5_crf.statistics.quantiles import quantile, summary
from mda5_crf.statistics.survival import curve
from mda5_crf.statistics.tails import normal_quantile, normal_two_sided, t_quantile, t_two_sided

stats = pytest.importorskip("scipy.stats")
numpy = pytest.importorskip("numpy")

VALUES = st.decimals(-200, 200, places=1, allow_nan=False)
TIMES = st.tuples(st.integers(1, 40), st.booleans())


def close(ours: Decimal | float | None, theirs: float, within: float = 1e-9) -> None:
    assert ours is not None
    assert float(ours) == pytest.approx(theirs, rel=within, abs=within)


@pytest.mark.parametrize("count, n", [(10, 14), (10, 15), (0, 15), (15, 15), (1, 1), (7, 400)])
def test_the_exact_interval_of_a_proportion(count: int, n: int) -> None:
    found = proportion(count, n)
    theirs = stats.binomtest(count, n).proportion_ci(0.95, "exact")
    close(found.low, theirs.low)
    close(found.high, theirs.high)
    close(found.part, count / n)


def test_nobody_has_no_proportion_and_more_than_all_is_refused() -> None:
    assert proportion(0, 0).part is None
    assert proportion(0, 0).low is None
    with pytest.raises(ValueError, match="whole"):
        proportion(3, 2)


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=25, deadline=None)
def test_the_interval_holds_the_part_and_mirrors_it(pair: tuple[int, int]) -> None:
    count, n = pair
    one, other = proportion(count, n), proportion(n - count, n)
    assert one.low is not None and one.part is not None and one.high is not None
    assert other.low is not None and other.high is not None
    assert 0 <= one.low <= one.part <= one.high <= 1
    assert abs(one.low - (1 - other.high)) < Decimal("1e-20")
    assert abs(one.high - (1 - other.low)) < Decimal("1e-20")


@given(st.lists(VALUES, min_size=2, max_size=25))
@settings(max_examples=40, deadline=None)
def test_the_paired_t_test(values: list[Decimal]) -> None:
    found = paired_t(values)
    if len(set(values)) == 1:
        assert found.p is None and found.t is None
        return
    theirs = stats.ttest_1samp([float(v) for v in values], 0.0)
    close(found.t, float(theirs.statistic), 1e-7)
    close(found.p, float(theirs.pvalue), 1e-7)
    interval = theirs.confidence_interval(0.95)
    close(found.low, float(interval.low), 1e-7)
    close(found.high, float(interval.high), 1e-7)


def test_one_difference_and_none_have_no_test() -> None:
    assert paired_t([]).mean is None
    assert paired_t([Decimal(3)]).p is None
    assert paired_t([Decimal(3)]).mean == 3
    nothing = signed_rank([Decimal(0), Decimal(0)])
    assert (nothing.n, nothing.zeros, nothing.p) == (0, 2, None)


@given(st.lists(VALUES.filter(bool), min_size=1, max_size=18, unique_by=abs))
@settings(max_examples=30, deadline=None)
def test_the_exact_signed_rank_test_without_ties(values: list[Decimal]) -> None:
    found = signed_rank(values)
    theirs = stats.wilcoxon([float(v) for v in values], method="exact")
    assert found.method == EXACTLY and found.ties == 0
    close(found.p, float(theirs.pvalue))


@given(st.lists(st.integers(-4, 4).map(Decimal), min_size=1, max_size=9))
@settings(max_examples=40, deadline=None)
def test_with_ties_and_zeros_all_signs_are_counted_out(values: list[Decimal]) -> None:
    found = signed_rank(values)
    left = [v for v in values if v]
    assert found.zeros == len(values) - len(left)
    if not left:
        assert found.p is None
        return
    ranks = [float(r) for r in stats.rankdata([abs(float(v)) for v in left])]
    sums = [sum(r for r, up in zip(ranks, signs, strict=True) if up)
            for signs in product((False, True), repeat=len(left))]  # fmt: skip
    up = sum(r for r, v in zip(ranks, left, strict=True) if v > 0)
    low = sum(s <= up + 1e-9 for s in sums) / len(sums)
    high = sum(s >= up - 1e-9 for s in sums) / len(sums)
    close(found.up, up)
    close(found.p, min(1.0, 2 * min(low, high)))


def test_many_differences_use_the_normal_distribution() -> None:
    values = [Decimal((n * 37) % 61 - 20) for n in range(EXACT + 15)]
    found = signed_rank(values)
    theirs = stats.wilcoxon(
        [float(v) for v in values], zero_method="wilcox", correction=False, method="asymptotic"
    )
    assert found.method == NORMALLY and found.ties > 0
    close(found.p, float(theirs.pvalue))


@given(
    st.lists(VALUES, min_size=1, max_size=25),
    st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]),
)
@settings(max_examples=40, deadline=None)
def test_quartiles_are_those_of_rule_six(values: list[Decimal], part: Fraction) -> None:
    theirs = numpy.quantile([float(v) for v in values], float(part), method="weibull")
    close(quantile(values, part), float(theirs))


def test_a_summary_of_nothing_says_nothing() -> None:
    nothing = summary([])
    assert (nothing.n, nothing.mean, nothing.median, nothing.least) == (0, None, None, None)
    assert summary([Decimal(5)]).sd is None


def test_the_quartiles_of_the_publication_come_from_ten_responders() -> None:
    # 2 major, 7 moderate, 1 minimal: one set of scores with the published median and quartiles.
    scores = [Decimal(s) for s in ("37.5", "40", "42.5", "42.5", "42.5", "45", "55", "57.5", "65", "70")]
    found = summary(scores)
    assert (found.median, found.lower, found.upper) == (
        Decimal("43.75"),
        Decimal("41.875"),
        Decimal("59.375"),
    )


@given(st.lists(TIMES, min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_survival_with_its_intervals(cases: list[tuple[int, bool]]) -> None:
    found = curve(cases)
    data = stats.CensoredData(
        uncensored=[float(t) for t, e in cases if e], right=[float(t) for t, e in cases if not e]
    )
    theirs = stats.ecdf(data).sf
    shares = dict(zip(theirs.quantiles, theirs.probabilities, strict=True))
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # no interval before the first and after the last death
        band = theirs.confidence_interval(0.95, method="log-log")
    lows = dict(zip(band.low.quantiles, band.low.probabilities, strict=True))
    highs = dict(zip(band.high.quantiles, band.high.probabilities, strict=True))
    assert [s.day for s in found.steps] == sorted({t for t, e in cases if e})
    for step in found.steps:
        close(step.share, float(shares[step.day]))
        if step.share:
            close(step.low, float(lows[step.day]), 1e-7)
            close(step.high, float(highs[step.day]), 1e-7)
        else:
            assert step.low is None and step.high is None
    assert found.events + len(found.censored) == found.n == len(cases)
    for step in found.steps:
        assert step.at_risk == found.at_risk(step.day)


def test_the_classic_example_of_freireich() -> None:
    """6-mercaptopurine in leukaemia (Freireich 1963), as in every textbook: the median is 23 weeks."""
    cases = [(6, True)] * 3 + [(6, False), (7, True), (9, False), (10, True), (10, False), (11, False)]
    cases += [(13, True), (16, True), (17, False), (19, False), (20, False), (22, True), (23, True)]
    cases += [(25, False), (32, False), (32, False), (34, False), (35, False)]
    found = curve(cases)
    assert [round(float(s.share), 3) for s in found.steps] == [
        0.857,
        0.807,
        0.753,
        0.690,
        0.627,
        0.538,
        0.448,
    ]
    assert (found.n, found.events, found.median) == (21, 9, 23)
    assert (found.median_low, found.median_high) == (13, None)  # as lifelines and R's survival say
    at_six = found.at(6)
    assert at_six is not None and at_six.at_risk == 21
    assert found.at(5) is None


def test_nobody_and_somebody_who_lives() -> None:
    assert curve([]).n == 0
    alive = curve([(10, False)])
    assert (alive.steps, alive.median, alive.last) == ((), None, 10)


@pytest.mark.parametrize("df", [1, 2, 9, 13, 200])
@pytest.mark.parametrize("t", ["0", "0.3", "1.7", "-2.9", "12"])
def test_the_tails(df: int, t: str) -> None:
    close(t_two_sided(Decimal(t), df), 2 * float(stats.t.sf(abs(float(t)), df)))
    close(normal_two_sided(Decimal(t)), 2 * float(stats.norm.sf(abs(float(t)))))
    close(t_quantile(Decimal("0.95"), df), float(stats.t.ppf(0.975, df)))
    close(normal_quantile(Decimal("0.95")), float(stats.norm.ppf(0.975)))
