"""Id-numbers and mobile numbers typed into free text: said at the field, never repeated, in nobody's way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.identifying import id_number_ok, numbers
from mda5_crf.study.model import Severity
from mda5_crf.study.state import IDENTITY, Finding
from tests.unit.study.participant import Participant, item, one_form, study_of

WORDS = {"idno": "A en seems to hold an id-number", "phone": "A en seems to hold a mobile number"}


def found(kind: str, text: str) -> list[Finding]:
    study = study_of("T", one_form(item("A", kind)))
    one = Participant(study).enter("SCR", "IC", RFICDAT="2026-01-02").enter("W4", "T", A=text)
    return [finding for finding in one.state("W4", "T").findings if finding.check == IDENTITY]


@pytest.mark.requirement("PIPL-8", "PIPL-4")
@pytest.mark.parametrize(
    "kind, text, what",
    [
        ("text", "called 13987654321 twice", "phone"),
        ("text", "电话１３９８７６５４３２１", "phone"),
        ("text", "证件11010519491231002X。", "idno"),
        ("text", "11010519491231002x, 13987654321", "idno"),
        ("integer", "11010519491231002X", "idno"),  # no value of the item, but it stands there
    ],
)
def test_a_number_that_names_somebody_is_warned_of_and_blocks_nothing(
    kind: str, text: str, what: str
) -> None:
    (finding,) = found(kind, text)
    assert finding.severity is Severity.WARNING and not finding.blocks and not finding.at_completion
    assert finding.message.en.startswith(WORDS[what])
    for words in (finding.message.en, finding.message.zh):
        assert not any(letter.isdigit() for letter in words), "said where, not what"


@pytest.mark.parametrize(
    "kind, text",
    [
        ("text", "LDH 245 U/L"), ("text", "110105194912310021"), ("text", "ferritin 13871234567890"),
        ("text", "12987654321"), ("integer", "13987654321"), ("text", ""),
    ],
)  # fmt: skip
def test_other_numbers_are_left_alone(kind: str, text: str) -> None:
    assert found(kind, text) == []


@given(st.integers(10**16, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_one_digit_wrong_is_no_id_number(first: int, place: int, by: int) -> None:
    """The check digit of GB 11643 finds every single wrong digit; one of eleven fits."""
    body = str(first)
    (whole,) = [body + last for last in "0123456789X" if id_number_ok(body + last)]
    assert [kind for kind, *_ in numbers(f"a {whole}.")][:1] == ["idno"]
    other = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert not id_number_ok(other)
