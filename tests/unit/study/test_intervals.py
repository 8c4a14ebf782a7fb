"""Intervals decide only what all their numbers agree on, and never exclude a possible result."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mda5_crf.study import logic, operand
from mda5_crf.study.operand import Interval, Number, interval, plain, round_half_up

D = Decimal
BELOW_5 = Interval(None, D(5), high_open=True)
AT_MOST_5 = Interval(None, D(5))
ABOVE_2000 = Interval(D(2000), None, low_open=True)

NUMBERS = st.decimals(-1000, 1000, places=2)
SMALL = st.decimals(-20, 20, places=1)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(SMALL), draw(SMALL)))
    assume(low < high)
    ends = draw(st.sampled_from(["both", "low", "high"]))
    return Interval(
        low if ends != "high" else None,
        high if ends != "low" else None,
        draw(st.booleans()),
        draw(st.booleans()),
    )


@st.composite
def members(draw: st.DrawFn) -> tuple[Interval, Decimal]:
    """An interval and a number inside it."""
    found = draw(intervals())
    low = found.low if found.low is not None else (found.high or D(0)) - 50
    high = found.high if found.high is not None else (found.low or D(0)) + 50
    point = draw(st.sampled_from([D("0.001"), D("0.25"), D("0.5"), D("0.75"), D("0.999"), D(0), D(1)]))
    inside = low + (high - low) * point
    assume(contains(found, inside))
    return found, inside


def contains(found: Number | None, number: Decimal) -> bool:
    if found is None:
        return True
    if isinstance(found, Decimal):
        return found == number
    if found.low is not None and (number < found.low or (found.low_open and number == found.low)):
        return False
    return not (
        found.high is not None and (number > found.high or (found.high_open and number == found.high))
    )


@pytest.mark.parametrize(
    "left, op, right, expected",
    [
        (BELOW_5, "less", D(3), None),
        (BELOW_5, "less", D(10), True),
        (BELOW_5, "less", D(5), True),
        (AT_MOST_5, "less", D(5), None),
        (AT_MOST_5, "at_most", D(5), True),
        (BELOW_5, "at_least", D(5), False),
        (BELOW_5, "greater", D(5), False),
        (BELOW_5, "greater", D(4), None),
        (BELOW_5, "equal", D(5), False),
        (BELOW_5, "equal", D(4), None),
        (AT_MOST_5, "equal", D(5), None),
        (BELOW_5, "different", D(6), True),
        (ABOVE_2000, "greater", D(2000), True),
        (ABOVE_2000, "at_most", D(2000), False),
        (ABOVE_2000, "greater", BELOW_5, True),
        (BELOW_5, "less", ABOVE_2000, True),
        (BELOW_5, "equal", BELOW_5, None),
        (D(3), "greater", BELOW_5, None),
        (D(10), "greater", BELOW_5, True),
        (BELOW_5, "equal", "5", None),
        (BELOW_5, "less", "9", None),
    ],
)
def test_a_detection_limit_decides_only_what_it_decides(
    left: Number, op: str, right: Number, expected: bool | None
) -> None:
    assert getattr(logic, op)(left, right) is expected


@given(members(), members())
def test_comparisons_agree_with_every_member(
    one: tuple[Interval, Decimal], two: tuple[Interval, Decimal]
) -> None:
    (a, x), (b, y) = one, two
    for name in ("less", "at_most", "greater", "at_least", "equal", "different"):
        relation = getattr(logic, name)
        truth = relation(x, y)
        for decided in (relation(a, b), relation(a, y), relation(x, b)):
            assert decided in (truth, None)


@given(members(), members())
def test_arithmetic_covers_every_member(one: tuple[Interval, Decimal], two: tuple[Interval, Decimal]) -> None:
    (a, x), (b, y) = one, two
    for left, right in ((a, b), (a, y), (x, b)):
        assert contains(operand.add(left, right), x + y)
        assert contains(operand.subtract(left, right), x - y)
        assert contains(operand.multiply(left, right), x * y)
        if y:
            assert _nearly_contains(operand.divide(left, right), operand.CONTEXT.divide(x, y))
    assert contains(operand.negate(a), -x)
    assert contains(operand.absolute(a), abs(x))
    for exponent in (D(2), D("0.5"), D(1)):
        if x >= 0:
            assert _nearly_contains(operand.power(a, exponent), operand.CONTEXT.power(x, exponent))
            assert _nearly_contains(operand.square_root(a), operand.CONTEXT.sqrt(x))


def _nearly_contains(found: Number | None, number: Decimal) -> bool:
    """Contains it but for the last of 34 digits."""
    slack = abs(number) * D("1e-32")
    return contains(found, number) or contains(found, number + slack) or contains(found, number - slack)


@given(NUMBERS, NUMBERS)
def test_exact_numbers_stay_exact(x: Decimal, y: Decimal) -> None:
    assert operand.add(x, y) == x + y
    assert operand.subtract(x, y) == x - y
    assert operand.multiply(x, y) == x * y
    assert logic.less(x, y) is (x < y)
    assert logic.equal(x, y) is (x == y)


@pytest.mark.parametrize(
    "left, right, expected",
    [
        (D(1), BELOW_5, None),  # 0 is possible
        (D(10), ABOVE_2000, Interval(D(0), D("0.005"), True, False)),
        (D(-10), ABOVE_2000, Interval(D("-0.005"), D(0), False, True)),
        (D(0), ABOVE_2000, D(0)),
        (D(1), Interval(D(0), None, True), None),
        (D(1), Interval(None, D(-2)), Interval(D("-0.5"), D(0), False, True)),
        (BELOW_5, ABOVE_2000, None),
        (D(6), Interval(D(2), D(3)), Interval(D(2), D(3))),
        (BELOW_5, D(-2), Interval(D("-2.5"), None, True, False)),
        (BELOW_5, D(0), None),
        (Interval(D(1), None), Interval(D(-1), None), None),
    ],
)
def test_division(left: Number, right: Number, expected: Number | None) -> None:
    assert operand.divide(left, right) == expected


def test_products_with_a_limit_keep_the_open_end() -> None:
    assert operand.multiply(BELOW_5, D(10)) == Interval(None, D(50), high_open=True)
    assert operand.multiply(D(-1), BELOW_5) == Interval(D(-5), None, low_open=True)
    assert operand.multiply(BELOW_5, D(0)) == operand.multiply(D(0), BELOW_5) == 0
    assert operand.multiply(BELOW_5, BELOW_5) is None


def test_what_leaves_the_numbers_is_unknown() -> None:
    huge = Interval(D("9e6144"), D("9.9e6144"))
    assert operand.add(huge, huge) is None
    assert operand.subtract(huge, operand.negate(huge)) is None
    assert operand.multiply(huge, huge) is None
    assert operand.divide(huge, D("1e-10")) is None
    assert operand.power(huge, D(2)) is None
    assert operand.power(BELOW_5, D(2)) is None
    assert operand.power(Interval(D(1), D(2)), D(-1)) is None


def test_an_interval_of_one_number_is_that_number() -> None:
    assert interval(D(5), D(5)) == D(5)
    assert interval(D(4), D(5)) == Interval(D(4), D(5))
    assert interval(None, D(5)) == AT_MOST_5


@pytest.mark.parametrize(
    "found, text",
    [
        (BELOW_5, "<5"),
        (AT_MOST_5, "<=5"),
        (ABOVE_2000, ">2000"),
        (Interval(D("0.5"), None), ">=0.5"),
        (Interval(D(41), D(42)), "41–42"),
    ],
)
def test_intervals_are_written_as_they_are_typed(found: Interval, text: str) -> None:
    assert str(found) == text


@pytest.mark.parametrize(
    "value, decimals, text",
    [
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("22.03856", 2, "22.04"),
        ("1e400", 0, None),
        ("0.045", 2, "0.05"),
        ("7", 1, "7.0"),
    ],
)
def test_display_rounds_half_away_from_zero(value: str, decimals: int, text: str | None) -> None:
    assert format(round_half_up(D(value), decimals), "f") == (text or format(D(value), "f"))


@pytest.mark.parametrize(
    "value, text",
    [("0.50", "0.5"), ("100", "100"), ("1E+3", "1000"), ("-0.0", "0"), ("12.0", "12"), ("1E-7", "0.0000001")],
)
def test_plain_digits(value: str, text: str) -> None:
    assert plain(D(value)) == text
