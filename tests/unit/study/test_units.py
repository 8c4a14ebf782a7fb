"""Units typed behind a number, and the conversions of the domain reference."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.model import Item, ItemType
from mda5_crf.study.operand import Interval
from mda5_crf.study.units import conversion, convert, known_units, same_unit, split_unit
from mda5_crf.text import Text

D = Decimal


def make(unit: str | None, *others: str) -> Item:
    pairs = {other: (D(0), D(2)) for other in others}
    return Item(
        "T.X",
        "X",
        "T",
        "M",
        ItemType.DECIMAL,
        Text("X", "X"),
        unit=unit,
        units=others,
        conversions=pairs,
    )


CK = make("U/L", "µkat/L")
CELLS = make("10⁹/L", "10³/µL", "/µL")
PRESSURE = make("mmHg", "kPa")
WEIGHT = make("kg", "lb", "jin", "斤")
PERCENT = make("%", "fraction")


@pytest.mark.parametrize(
    "item, text, expected",
    [
        (CK, "2.1 µkat/L", ("2.1", "µkat/L")),
        (CK, "2.1μkat/l", ("2.1", "µkat/L")),
        (CK, "2.1 UKAT/L", ("2.1", "µkat/L")),
        (CK, "<5 u/l", ("<5", "U/L")),
        (CK, "＜５　Ｕ／Ｌ", ("<5", "U/L")),
        (CK, "350U/L", ("350", "U/L")),
        (PRESSURE, "16.2 KPA", ("16.2", "kPa")),
        (PRESSURE, "16。2kPa", ("16.2", "kPa")),
        (PRESSURE, "-3 kPa", ("-3", "kPa")),
        (WEIGHT, "120斤", ("120", "斤")),
        (WEIGHT, "120 jin", ("120", "jin")),
        (PERCENT, "45%", ("45", "%")),
        (PERCENT, "45％", ("45", "%")),
        (CELLS, "5.2 10⁹/L", ("5.2", "10⁹/L")),
        (CELLS, "5.2×10⁹/L", ("5.2", "10⁹/L")),
        (CELLS, "5.2 x10^9/L", ("5.2", "10⁹/L")),
        (CELLS, "5.2*10^9/l", ("5.2", "10⁹/L")),
        (CELLS, "5.2 10³/µL", ("5.2", "10³/µL")),
        (CELLS, "620 /uL", ("620", "/µL")),
        (CELLS, "620/µL", ("620", "/µL")),
    ],
)
def test_a_known_unit_is_split_off(item: Item, text: str, expected: tuple[str, str]) -> None:
    assert split_unit(item, text) == expected


@pytest.mark.parametrize(
    "item, text",
    [
        (CK, "2.1"),
        (CK, "2.1 mg/dL"),
        (CK, "U/L"),
        (CK, "abc U/L"),
        (CK, ""),
        (CK, "."),
        (CK, ". U/L"),
        (CK, "1,5 U/L"),
        (CELLS, "5.210⁹/L"),
        (CELLS, "109/L"),
        (make(None), "5 mg"),
        (CK, "5 U/L extra"),
        (CK, "5-6 U/L"),
    ],
)
def test_anything_else_stays_as_typed(item: Item, text: str) -> None:
    assert split_unit(item, text) == (text, None)


def test_known_units() -> None:
    assert known_units(CK) == ("U/L", "µkat/L")
    assert known_units(make(None)) == ()
    assert conversion(CK, "u/l") == (0, 1)
    assert conversion(CK, "UKAT/L") == (0, 2)
    assert conversion(CK, "g") is None
    assert conversion(make(None), "g") is None
    assert same_unit("µg", "μg") and not same_unit("mg", "µg")


@pytest.mark.parametrize(
    "typed, factor, stored",
    [
        ("1.2", "88.4", "106.08"),
        ("1.2", "88.42", "106.104"),
        ("1.5", "17.1", "25.65"),
        ("250", "0.02586", "6.465"),
        ("120", "0.01129", "1.3548"),
        ("14.0", "7.50062", "105.00868"),
        ("9.5", "10", "95"),
        ("40", "0.357", "14.28"),
        ("620", "0.001", "0.62"),
        ("105", "0.05551", "5.82855"),
        ("7.5", "59.48", "446.1"),
        ("1250", "0.01", "12.5"),
        ("47.5", "60", "2850"),
        ("13.3", "7.50062", "99.758246"),
    ],
)
def test_worked_examples_of_the_domain_reference(typed: str, factor: str, stored: str) -> None:
    assert convert(D(typed), D(0), D(factor)) == D(stored)
    assert str(convert(D(typed), D(0), D(factor))) == stored


def test_offsets_come_before_factors() -> None:
    assert convert(D(212), D(-32), D("0.5")) == D(90)


def test_intervals_are_converted_end_by_end() -> None:
    below = Interval(None, D(5), high_open=True)
    assert convert(below, D(0), D(10)) == Interval(None, D(50), high_open=True)
    assert convert(Interval(D(6), None), D(-1), D(1)) == Interval(D(5), None)
    assert convert(D("9e6144"), D("9e6144"), D(2)) is None


@given(
    st.decimals(-(10**6), 10**6, places=4),
    st.decimals(-100, 100, places=2),
    st.sampled_from(["2", "0.5", "10", "0.001"]),
)
def test_conversion_can_be_undone(value: Decimal, offset: Decimal, factor: str) -> None:
    there = convert(value, offset, D(factor))
    assert isinstance(there, Decimal)
    assert there / D(factor) - offset == value
