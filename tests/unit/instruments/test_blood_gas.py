"""Henderson–Hasselbalch: the pH that carbon dioxide and bicarbonate of one sample allow."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import henderson_hasselbalch_ph

D = Decimal

PRESSURES = st.decimals("8", "200", places=1)
BICARBONATES = st.decimals("2", "70", places=1)


def ph(pco2: str | None, bicarbonate: str | None) -> Decimal | None:
    return henderson_hasselbalch_ph(
        pco2_mmhg=None if pco2 is None else D(pco2),
        bicarbonate_mmol_l=None if bicarbonate is None else D(bicarbonate),
    )


@pytest.mark.parametrize(
    "pco2, bicarbonate", [(None, "24"), ("40", None), (None, None), ("0", "24"), ("40", "0"), ("-40", "-24")]
)
def test_what_is_missing_or_not_above_zero_has_no_ph(pco2: str | None, bicarbonate: str | None) -> None:
    assert ph(pco2, bicarbonate) is None


@pytest.mark.parametrize(
    "pco2, bicarbonate, expected",
    [
        ("40", "24", "7.391"),  # log10(24 ÷ 1.228 = 19.5440) = 1.2910
        ("40", "24.56", "7.401"),  # 24.56 ÷ 1.228 = 20 and log10(20) = 1.3010
        ("80", "24.56", "7.100"),  # twice the pressure: a ratio of 10, so exactly 6.1 + 1
        ("20", "0.614", "6.100"),  # a ratio of 1: the pK itself
    ],
)
def test_worked_examples(pco2: str, bicarbonate: str, expected: str) -> None:
    found = ph(pco2, bicarbonate)
    assert found is not None
    assert found.quantize(D("0.001"), rounding=ROUND_HALF_UP) == D(expected)


def test_the_result_is_not_rounded_and_knows_no_context_of_the_caller() -> None:
    exact = ph("40", "24")
    assert exact is not None and len(exact.as_tuple().digits) == 34
    with localcontext() as context:
        context.prec = 3
        assert ph("40", "24") == exact


@given(PRESSURES, BICARBONATES)
def test_more_carbon_dioxide_is_more_acid_and_more_bicarbonate_less(
    pco2: Decimal, bicarbonate: Decimal
) -> None:
    found = ph(str(pco2), str(bicarbonate))
    more = ph(str(pco2 + 1), str(bicarbonate))
    less = ph(str(pco2), str(bicarbonate + 1))
    assert found is not None and more is not None and less is not None
    assert more < found < less


@given(PRESSURES, BICARBONATES)
def test_only_the_ratio_counts(pco2: Decimal, bicarbonate: Decimal) -> None:
    one = ph(str(pco2), str(bicarbonate))
    twice = ph(str(2 * pco2), str(2 * bicarbonate))
    assert one is not None and twice is not None
    assert abs(one - twice) < D("1e-30")
