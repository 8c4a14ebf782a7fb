"""What a site keeps: consent versions and delegations, asked with complete and partial dates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.operand import Operand
from mda5_crf.study.references import (
    ConsentVersion,
    Delegation,
    References,
    consent_approved,
    consent_version_due,
    delegated,
)

SITE = References(
    (
        ConsentVersion("1.0", date(2022, 1, 10), date(2022, 5, 31)),
        ConsentVersion("2.0", date(2022, 5, 20)),
    ),
    (
        Delegation("NURSE1", "CONSENT", date(2022, 1, 10), date(2022, 1, 20)),
        Delegation("NURSE1", "CONSENT", date(2022, 3, 1)),
        Delegation("NURSE1", "ENTRY", date(2021, 1, 1)),
    ),
)
D = date.fromisoformat


@pytest.mark.parametrize(
    "version, day, expected",
    [
        ("1.0", D("2022-01-09"), False),
        ("1.0", D("2022-01-10"), True),
        ("1.0", D("2022-05-31"), True),
        ("1.0", D("2022-06-01"), False),
        ("2.0", D("2022-05-19"), False),
        ("2.0", D("2030-01-01"), True),
        ("V2.0", D("2022-05-20"), True),
        (" v 2.0 ", D("2022-05-20"), True),
        ("２.0", D("2022-05-20"), True),
        ("3.0", D("2022-05-20"), False),
        ("version", D("2022-05-20"), False),
        ("1.0", PartialDate(2022, 2), True),
        ("1.0", PartialDate(2022, 1), None),
        ("1.0", PartialDate(2022, 6), False),
        ("1.0", PartialDate(2022), None),
        (Decimal(1), D("2022-02-01"), None),
        ("1.0", "2022-02-01", None),
    ],
)
def test_a_version_in_force(version: Operand, day: Operand, expected: bool | None) -> None:
    assert consent_approved(SITE, version, day) is expected


@pytest.mark.parametrize(
    "day, expected",
    [
        (D("2022-01-09"), None),
        (D("2022-01-10"), "1.0"),
        (D("2022-05-19"), "1.0"),
        (D("2022-05-20"), "2.0"),
        (D("2022-06-01"), "2.0"),
        (PartialDate(2022, 2), "1.0"),
        (PartialDate(2022, 5), None),
        (PartialDate(2023), "2.0"),
        ("2022-06-01", None),
    ],
)
def test_the_newest_version(day: Operand, expected: str | None) -> None:
    assert consent_version_due(SITE, day) == expected


def test_a_version_that_came_and_went_within_a_partial_date_leaves_it_open() -> None:
    brief = References((
        ConsentVersion("1.0", D("2022-01-01")),
        ConsentVersion("1.1", D("2022-03-10"), D("2022-03-20")),
    ))  # fmt: skip
    assert consent_version_due(brief, PartialDate(2022, 2)) == "1.0"
    assert consent_version_due(brief, PartialDate(2022, 3)) is None
    assert consent_version_due(brief, PartialDate(2022, 4)) == "1.0"


@given(st.dates(date(2022, 1, 1), date(2022, 8, 1)).map(lambda day: PartialDate(day.year, day.month)))
def test_a_partial_date_is_decided_only_when_all_its_days_agree(month: PartialDate) -> None:
    days = [month.earliest() + timedelta(n) for n in range((month.latest() - month.earliest()).days + 1)]
    due = {consent_version_due(SITE, day) for day in days}
    assert consent_version_due(SITE, month) == (due.pop() if len(due) == 1 else None)
    for version in ("1.0", "2.0"):
        each = {consent_approved(SITE, version, day) for day in days}
        assert consent_approved(SITE, version, month) == (each.pop() if len(each) == 1 else None)


@pytest.mark.parametrize(
    "code, task, day, expected",
    [
        ("NURSE1", "CONSENT", D("2022-01-09"), False),
        ("nurse1", "CONSENT", D("2022-01-20"), True),
        ("NURSE1", "CONSENT", D("2022-01-21"), False),
        ("NURSE1", "CONSENT", D("2022-03-01"), True),
        ("NURSE1", "ENTRY", D("2022-01-21"), True),
        ("NURSE1", "LAB", D("2022-01-21"), False),
        ("NURSE2", "CONSENT", D("2022-01-15"), False),
        ("NURSE1", "CONSENT", PartialDate(2022, 1), None),
        ("NURSE1", "CONSENT", PartialDate(2022, 2), False),
        (None, "CONSENT", D("2022-01-15"), None),
        ("NURSE1", None, D("2022-01-15"), None),
        ("NURSE1", "CONSENT", None, None),
    ],
)
def test_delegations(code: Operand, task: Operand, day: Operand, expected: bool | None) -> None:
    assert delegated(SITE, code, task, day) is expected


def test_no_list_answers_nothing() -> None:
    empty = References()
    assert consent_approved(empty, "1.0", D("2022-02-01")) is None
    assert consent_version_due(empty, D("2022-02-01")) is None
    assert delegated(empty, "NURSE1", "CONSENT", D("2022-02-01")) is None
