"""Partial dates and unit conversions of the domain reference, as the study engine does them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import pytest

from mda5_crf.study.dates import earliest, latest, years_between
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Item, ItemType, Severity, Study
from mda5_crf.study.moments import is_unknown_date, iso, read_date
from mda5_crf.study.source import pack, read_directory
from mda5_crf.study.units import conversion, split_unit
from mda5_crf.study.values import Entry, Status, parse
from mda5_crf.text import Text
from tests.unit.instruments.examples import Example, name_of, tables
from tests.unit.study.definitions import TRIAL
from tests.unit.study.participant import Participant, item, one_form, study_of

D = Decimal


@pytest.mark.parametrize("example", tables("dates", "ends"), ids=name_of)
def test_ends_of_a_partial_date(example: Example) -> None:
    read = read_date(example["typed"])
    assert read is not None
    assert (iso(read), earliest(read), latest(read)) == (
        example["stored"],
        example["earliest"],
        example["latest"],
    )


def test_nothing_known_of_a_date_is_no_date() -> None:
    """The row of the table that is stored as empty with the reason "unknown"."""
    assert is_unknown_date("UN-UN-UNKN")
    assert read_date("UN-UN-UNKN") is None


@lru_cache(maxsize=1)
def ordered() -> Study:
    body = item("EARLIER", "partial_date") + item("LATER", "partial_date", 'hard = ["EARLIER", ""]')
    return study_of("T", one_form(body))


def said(earlier: str, later: str) -> dict[str, Severity]:
    one = Participant(ordered()).enter("SCR", "IC", RFICDAT="2026-01-02")
    one.enter("W4", "T", EARLIER=earlier, LATER=later)
    return {check: finding.severity for check, finding in one.findings("W4", "T").items()}


@pytest.mark.parametrize("example", tables("dates", "order"), ids=name_of)
def test_a_rule_is_broken_when_every_completion_breaks_it(example: Example) -> None:
    expected = {
        "wrong": {"T.LATER.HARD": Severity.HARD},
        "undecided": {"T.LATER.HARD.UNDECIDED": Severity.QUERY},
    }
    assert said(example["earlier"], example["later"]) == expected[example["says"]]


def test_a_rule_that_no_completion_breaks_is_kept() -> None:
    assert said("2022-02", "2022-03") == {}


@pytest.mark.parametrize("example", tables("dates", "age"), ids=name_of)
def test_age_in_whole_years(example: Example) -> None:
    assert years_between(example["birth"], example["at"]) == example["years"]


@lru_cache(maxsize=1)
def trial() -> Study:
    files, problems = read_directory(TRIAL)
    assert problems == []
    return load_source(pack(files))


def of(example: Example) -> Item:
    """A number with this one conversion."""
    unit, other = (example[key].partition(" ")[2] for key in ("stored", "typed"))
    pair = (D(0), D(example["factor"]))
    return Item(
        "T.X", "X", "T", "M", ItemType.DECIMAL, Text("X", "X"),
        decimals=6, unit=unit, units=(other,), conversions={other: pair},
    )  # fmt: skip


@pytest.mark.parametrize("example", tables("units"), ids=name_of)
def test_conversion(example: Example) -> None:
    asked = of(example)
    text, unit = split_unit(asked, example["typed"])
    value = parse(asked, Entry(text, unit))
    stored = D(example["stored"].split()[0])
    assert (value.status, value.data) == (Status.VALID, stored)
    assert value.typed == D(text)


@pytest.mark.parametrize("example", tables("units"), ids=name_of)
def test_the_trial_converts_by_the_factor_of_the_reference(example: Example) -> None:
    form, _, name = example["item"].partition(".")
    asked = trial().forms[form].items[name]
    unit = example["typed"].partition(" ")[2]
    assert conversion(asked, unit) == (D(0), D(example["factor"]))
    assert asked.unit == example["stored"].partition(" ")[2]
