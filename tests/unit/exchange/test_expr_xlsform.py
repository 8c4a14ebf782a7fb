"""XLSForm's expressions in the study's language: the same meaning, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.exchange.expressions import Found, translate
from mda5_crf.study.expression import parse

CODES: Mapping[str, str] = {"m": "m", "f": "f", "1": "1"}
FIELDS = {
    "age": Found("AGE", "number"), "name": Found("NAME", "text"), "sex": Found("SEX", "code", CODES),
    "dob": Found("DOB", "date"), "sym": Found("SYM", "multi"), ".": Found("HERE", "number"),
}  # fmt: skip


class Fields:
    def find(self, name: str, *, event: str = "", form: str = "", code: str = "") -> Found | None:
        assert not event
        assert not form
        if code:
            return Found("SYM", "boolean", {}, code) if name == "sym" and code in CODES else None
        return FIELDS.get(name)


@pytest.mark.parametrize(
    "text, ours",
    [
        ("${age} >= 18 and ${sex} = 'f'", 'AGE >= 18 and SEX == "f"'),
        (
            "${age} >= 18 or ${age} < 2 and ${sex} != 'm'",
            'AGE >= 18 or (AGE < 2 and coalesce(SEX != "m", True))',
        ),
        ("selected(${sym}, '1')", 'selected(SYM, "1")'),
        ("selected(${sex}, 'm')", 'SEX == "m"'),
        ("not(selected(${sym}, '1'))", 'not coalesce(selected(SYM, "1"), False)'),
        ("${sex} = 'x'", "False"),
        ("${name} != ''", "present(NAME)"),
        (". > 0 and . <= 120", "HERE > 0 and HERE <= 120"),
        ("${age} div 2 * 3", "(AGE / 2) * 3"),
        ("1 - 2 - ${age}", "(1 - 2) - AGE"),
        ("-${age} + .5", "(-AGE) + 0.5"),
        ("if(${age} > 1, 1, 0)", "if_(coalesce(AGE > 1, False), 1, 0)"),
        ("coalesce(${age}, 0)", "coalesce(AGE, 0)"),
        ("round(${age} div 3, 1)", "round_(AGE / 3, 1)"),
        ("today() - ${dob}", 'date_diff(DOB, today, "d")'),
        ("${dob} <= date('2020-01-31')", 'DOB <= date("2020-01-31")'),
        ("string-length(${name}) > 3", "length(NAME) > 3"),
    ],
)
def test_what_means_the_same_is_said(text: str, ours: str) -> None:
    made = translate(text, "xlsform", Fields())
    assert made == ours
    parse(made)


@pytest.mark.parametrize(
    "text",
    [
        "count(${sym})", "${nobody} > 1", "int(${age})", "${age} mod 2", "${age} >", "(${age}", "${age} 5",
        "", "indexed-repeat(${age}, ${sym}, 1)", "pulldata('a', 'b')", "${dob} + 1",
        "selected(${sym}, ${sex})",
        "regex(., '[a-z]+')", "${age} | 2", "../age > 1", "'a", "selected(${sym}, '9')", "once(random())",
        "if(${age} > 1, 2)", "today() - 5", "concat(${name}, 'x')", ") (", "..", "today(1)",
        "-", "${", "date(5)",
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_not_understood(text: str) -> None:
    assert translate(text, "xlsform", Fields()) is None


@given(st.text("${}()ages.<>=!'\"-+*,0123 divnotruecl[]|\\\n", max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_text_is_an_expression_or_none(text: str) -> None:
    made = translate(text, "xlsform", Fields())
    if made is not None:
        parse(made)
