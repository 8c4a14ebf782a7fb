"""The made-up participants of the demonstration: their scores come out of the instrument, nowhere else."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import haq_di, quantile, total_improvement_score
from mda5_crf.jobs.synthetic import MUSCLES, TARGETS, ULN, haq_answers, make_person, muscle_grades


@given(st.integers(0, 2**32), st.integers(0, 32).map(lambda n: Decimal(n) * 5 / 2))
def test_the_instrument_gives_the_wanted_score(seed: int, target: Decimal) -> None:
    person = make_person(random.Random(seed), target)
    assert person.month6 is not None
    score = total_improvement_score(
        baseline=person.baseline.as_inputs(), followup=person.month6.as_inputs(), uln=dict(ULN)
    )
    assert score.total == target


@given(st.integers(0, 2**32), st.sampled_from([Decimal(40), None]))
def test_the_way_leads_from_baseline_to_month_6(seed: int, target: Decimal | None) -> None:
    person = make_person(random.Random(seed), target, "M")
    assert person.sex == "M"
    assert (person.at(Decimal(0)), person.at(Decimal(1))) == (person.baseline, person.reached)
    assert person.at(Decimal(7)) == person.reached
    assert person.month6 == (None if target is None else person.reached)
    half = person.at(Decimal("0.5"))
    low, high = sorted((person.baseline.mmt, person.reached.mmt))
    assert low <= half.mmt <= high


def test_a_score_no_measurements_can_give_is_refused() -> None:
    with pytest.raises(ValueError, match="no synthetic measurements"):
        make_person(random.Random(1), Decimal("1.25"))


def test_the_targets_have_the_published_summary() -> None:
    responding = [t for t in TARGETS if t is not None and t >= 20]
    assert (len(TARGETS), len([t for t in TARGETS if t is not None]), len(responding)) == (15, 14, 10)
    quarters = [quantile(responding, Decimal(p)) for p in ("0.25", "0.5", "0.75")]
    assert quarters == [Decimal("41.875"), Decimal("43.75"), Decimal("59.375")]


@given(st.integers(0, 150))
def test_muscle_grades_add_up(total: int) -> None:
    grades = muscle_grades(total)
    assert set(grades) == set(MUSCLES)
    assert sum(grades.values()) == total
    assert all(0 <= grade <= 10 for grade in grades.values())


@given(st.integers(0, 2**32), st.integers(0, 24))
def test_haq_answers_give_the_wanted_index(seed: int, eighths: int) -> None:
    answers = haq_answers(random.Random(seed), eighths)
    assert len(answers) == 20
    result = haq_di(**{name.lower(): Decimal(code) for name, code in answers.items()})
    assert result.index == Decimal(eighths) / 8
