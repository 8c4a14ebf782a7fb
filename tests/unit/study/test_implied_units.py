"""A bare number above a limit is in another unit: an FiO2 of 30 is 30 %, and 0.30 is a fraction."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import DefinitionError
from mda5_crf.study.model import Study
from mda5_crf.study.units import split_unit
from tests.unit.study.definitions import mini
from tests.unit.study.participant import Participant, item, one_form, study_of

UNITS = '\n[unit."fraction"]\n[unit."%"]\n'


def study(above: str = '"1"') -> Study:
    """The small definition with an FiO2."""
    body = item(
        "FIO2",
        "decimal",
        f'unit = "fraction";units = [{{ unit = "%", factor = "0.01", above = {above} }}];hard = [0.21, 1.00]',
    )
    units = mini()["units.toml"]
    wanted = "".join(f"\n{line}" for line in UNITS.strip().splitlines() if line not in units)
    return study_of("T", one_form(body), **{"units.toml": units + wanted})


FIO2 = study().forms["T"].items["FIO2"]


@pytest.mark.parametrize("above", ['"high"', "true", '"NaN"'])
def test_the_limit_must_be_a_number(above: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        study(above)
    assert ["above must be an exact number" in problem.text.en for problem in caught.value.problems] == [True]


@pytest.mark.parametrize(
    "typed, unit, fraction",
    [
        ("0.30", None, "0.30"),
        ("1", None, "1"),
        ("1.00", None, "1"),
        ("1.01", "%", "0.0101"),
        ("21", "%", "0.21"),
        ("３０", "%", "0.30"),
        (" 100 ", "%", "1"),
        ("30%", "%", "0.30"),
        ("0.30 fraction", "fraction", "0.30"),
        ("30 fraction", "fraction", "30"),
    ],
)
def test_what_a_number_means(typed: str, unit: str | None, fraction: str) -> None:
    one = Participant(study()).enter("BL", "T", FIO2=typed)
    value = one.value("BL", "T", "FIO2")
    assert (value.unit, value.data) == (unit or "fraction", Decimal(fraction))
    hard = "T.FIO2.HARD" in one.findings("BL", "T")
    assert hard is not (Decimal("0.21") <= Decimal(fraction) <= 1)


@pytest.mark.parametrize("typed", ["<30", ">30", "-30", "+30", ".5", "30 kPa", "30 4", "x"])
def test_what_is_no_bare_number_keeps_its_unit_open(typed: str) -> None:
    assert split_unit(FIO2, typed)[1] is None


@given(st.decimals("0", "100", places=2))
def test_every_number_is_one_of_the_two(number: Decimal) -> None:
    assert split_unit(FIO2, str(number)) == (str(number), "%" if number > 1 else None)


def test_without_a_limit_a_bare_number_is_in_the_stored_unit() -> None:
    assert split_unit(replace(FIO2, implied=None), "30") == ("30", None)
