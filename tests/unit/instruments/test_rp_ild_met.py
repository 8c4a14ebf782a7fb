"""The plain answer of the RP-ILD rule is the answer of the rule."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import rp_ild, rp_ild_met

FLAGS = st.sampled_from([True, False, None])
DAYS = st.none() | st.dates(datetime.date(2022, 1, 1), datetime.date(2022, 6, 30))


@given(DAYS, DAYS, st.tuples(FLAGS, FLAGS, FLAGS, FLAGS, FLAGS), st.sampled_from([30, 90]))
def test_it_is_the_answer_of_the_rule(
    first: datetime.date | None,
    found: datetime.date | None,
    flags: tuple[bool | None, bool | None, bool | None, bool | None, bool | None],
    window: int,
) -> None:
    given_here = {
        "first_symptom": first,
        "finding_date": found,
        "dyspnoea": flags[0],
        "pao2_fall": flags[1],
        "fvc_fall": flags[2],
        "hrct_rise": flags[3],
        "excluded": flags[4],
        "window_days": window,
    }
    assert rp_ild_met(**given_here) == rp_ild(**given_here).met  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "found, expected", [("2022-03-20", "Y"), ("2022-05-20", "N"), ("2022-04-10", "Y"), ("2022-04-11", "N")]
)
def test_worked_examples(found: str, expected: str) -> None:
    answer = rp_ild_met(
        first_symptom=datetime.date(2022, 1, 10),
        finding_date=datetime.date.fromisoformat(found),
        dyspnoea="Y",
        pao2_fall=True,
        fvc_fall=False,
        hrct_rise=None,
    )
    assert answer == expected
