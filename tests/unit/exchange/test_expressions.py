"""Expressions of other systems: what they become here, that it means the same, and what is left as it was."""

# ruff: noqa: E501 - an expression is easier to read on one line

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import elementpath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mda5_crf.exchange.expressions import translate
from mda5_crf.exchange.exprtree import Found
from mda5_crf.study.expression import parse

YES_NO = {"1": "1", "0": "0", "true": "1", "false": "0"}
ITEMS = {
    "sex": Found("SEX", "code", {"M": "M", "F": "F", "0": "F", "1": "M"}),
    "age": Found("AGE", "number"),
    "weight": Found("WEIGHT", "number"),
    "height": Found("HEIGHT", "number"),
    "smokes": Found("SMOKES", "code", YES_NO),
    "grade": Found("GRADE", "integers", {"0": "0", "1": "1", "2": "2"}),
    "name": Found("NAME", "text"),
    "born": Found("BORN", "date"),
    "visit": Found("VISIT", "date"),
    "race": Found("RACE", "multi"),
    "race___3": Found("RACE", "multi", {}, "3"),
    "WHO.Q-WHO.1": Found("WHO_1", "integers", {"1": "1"}),
    "WHO.Q-WHO.2": Found("WHO_2", "integers", {"1": "1"}),
    "I-A": Found("I_A", "number"),
    "I": Found("I", "number"),
    "A": Found("A", "number"),
}


class Names:
    """The items above; in another event under its name."""

    def find(self, name: str, *, event: str = "", form: str = "", code: str = "") -> Found | None:
        found = ITEMS.get(f"{name}___{code}" if code else name)
        if found is None or form == "nowhere":
            return None
        return (
            Found(f"{event.upper()}.F.{found.name}", found.kind, found.codes, found.box) if event else found
        )


REDCAP = {
    '[sex] = "0"': 'SEX == "F"',
    "[age] >= 18 and [sex] = 'M'": 'AGE >= 18 and SEX == "M"',
    "[age] >= 18 or [sex] = 'M' and [age] < 5": 'AGE >= 18 or (SEX == "M" and AGE < 5)',
    "not([age] > 5)": "not coalesce(AGE > 5, False)",
    "[age] <> 5": "coalesce(AGE != 5, True)",
    '[name] = ""': "not present(NAME)",
    '[name] != ""': "present(NAME)",
    '[sex] = "9"': "False",
    "[race(3)] = '1'": 'selected(RACE, "3")',
    "[race(3)] = '0'": 'not coalesce(selected(RACE, "3"), False)',
    "[race___3] = 1": 'selected(RACE, "3")',
    "[v1][age] > 5": "V1.F.AGE > 5",
    "18 < [age]": "AGE > 18",
    "[grade] > 1": "GRADE > 1",
    "round(([weight]*10000)/(([height])^(2)),1)": "round_((WEIGHT * 10000) / (HEIGHT ** 2), 1)",
    "round([weight])": "round_(WEIGHT, 0)",
    "sum([age],[weight],3)": "sum(AGE, WEIGHT, 3, known=True)",
    "if([age]>5, 1, 2)": "if_(coalesce(AGE > 5, False), 1, 2)",
    'datediff([born],[visit],"d")': 'abs(date_diff(BORN, VISIT, "d"))',
    'datediff([born],"today","y","ymd",true)': 'date_diff(BORN, today, "d") / 365.2425',
    '[born] > "2020-01-01"': 'BORN > date("2020-01-01")',
    "-[age] + 2 > 1": "((-AGE) + 2) > 1",
}
OPENEDC = {
    '!(sex == "F")': 'not coalesce(SEX == "F", False)',
    'sex == "F" && age > 3 || age < 1': '(SEX == "F" and AGE > 3) or AGE < 1',
    "weight / height ^ 2": "WEIGHT / (HEIGHT ** 2)",
    "(WHO.Q-WHO.1 + WHO.Q-WHO.2) * 4": "(WHO_1 + WHO_2) * 4",
    "I-A": "I_A",
    "I - A": "I - A",
    "age-I": "AGE - I",
}
XPATH = {
    "../ItemData[@ItemOID='sex'][@Value='M']": 'SEX == "M"',
    "../ItemData[@ItemOID='smokes'][@Value='false']": 'SMOKES == "0"',
    "../ItemData[@ItemOID='age'][@Value > 90]": "AGE > 90",
    "../ItemGroupData[@ItemGroupOID='G']/ItemData[@ItemOID='age' and @Value <= 5]": "AGE <= 5",
    "../FormData[@FormOID='F']/ItemGroupData[@ItemGroupOID='G']/ItemData[@ItemOID='sex'][@Value='F']": (
        'SEX == "F"'
    ),
    "../ItemData[@ItemOID='sex']/@Value = 'M'": 'SEX == "M"',
    "../ItemData[@ItemOID='sex'][@Value != 'M']": 'coalesce(SEX != "M", True) and present(SEX)',
    "../ItemData[@ItemOID='name']": "present(NAME)",
    "not(../ItemData[@ItemOID='age'][@Value > 9]) or ../ItemData[@ItemOID='age'][@Value=1]": (
        "not coalesce(AGE > 9, False) or AGE == 1"
    ),
}
LEFT: dict[str, list[str]] = {
    "redcap": [
        "", "[unknown] = 1", "[age] >", "[age] = 1)", "((([age]", "[first-event-name][age]=1", "[age] ^ [weight]",
        "stdev([age],2)", "[age:label] = 'x'", "[sex] > 'M'", "[race] = '1'", "[age] = 'x'", "[age] & 1",
        "datediff([born],[visit],'m')", "[v1][v2][age]=1", "if([age],1,2)", "round()", "age", "[race(3)] > 0",
        "not", "[age] ^ 99 > 1", '[name] = "a\\b"', "x" * 6000, "(" * 900 + "[age]" + ")" * 900,
    ],
    "openedc": ["unknown > 3", "age >", "age = = 3", "!", "age # 3"],
    "xpath": [
        "//x", "../ItemData[@Value='M']", "../ItemData[@ItemOID='sex'][2]", "count(../ItemData)", "../ItemData[",
        "../ItemData[@ItemOID='gone'][@Value='1']", "../FormData[@FormOID='nowhere']/ItemData[@ItemOID='age']",
        "1 = 1", "../ItemData[@ItemOID='sex'][@Value]", "é",
    ],
    "javascript": ["age > 3"],
}  # fmt: skip


@pytest.mark.parametrize(
    "dialect, text, ours",
    [
        (dialect, text, ours)
        for dialect, known in (("redcap", REDCAP), ("OpenEDC", OPENEDC), ("XPath", XPATH))
        for text, ours in known.items()
    ],
)
def test_what_they_become(dialect: str, text: str, ours: str) -> None:
    assert translate(text, dialect, Names()) == ours
    parse(ours)


@pytest.mark.parametrize("dialect, text", [(name, text) for name, texts in LEFT.items() for text in texts])
def test_what_is_left_as_it_is(dialect: str, text: str) -> None:
    assert translate(text, dialect, Names()) is None


# -- that it means the same ------------------------------------------------------------------------------


def _bare(value: object) -> Any:  # noqa: ANN401 - whatever a value is
    return value.value if isinstance(value, _Maybe) else value


def _three(source: str) -> str:
    """``and``, ``or``, ``not`` over values that may be unknown, with the signs that can be overloaded."""

    class Turn(ast.NodeTransformer):
        def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
            self.generic_visit(node)
            sign: ast.operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
            made: ast.expr = _kept(node.values[0])
            for one in node.values[1:]:
                made = ast.BinOp(made, sign, _kept(one))
            return made

        def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
            self.generic_visit(node)
            return ast.UnaryOp(ast.Invert(), _kept(node.operand)) if isinstance(node.op, ast.Not) else node

    def _kept(one: ast.expr) -> ast.expr:
        return ast.Call(ast.Name("_m", ast.Load()), [one], [])

    tree = Turn().visit(ast.parse(source, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Maybe:
    """A value that may be unknown."""

    def __init__(self, value: object) -> None:
        self.value = _bare(value)

    def _with(self, other: object, act: Callable[[Any, Any], Any]) -> _Maybe:
        right = _bare(other)
        return _Maybe(None if self.value is None or right is None else act(self.value, right))

    def __eq__(self, other: object) -> _Maybe:  # type: ignore[override]
        return self._with(other, lambda a, b: a == b)

    def __ne__(self, other: object) -> _Maybe:  # type: ignore[override]
        return self._with(other, lambda a, b: a != b)

    def __lt__(self, other: object) -> _Maybe:
        return self._with(other, lambda a, b: a < b)

    def __le__(self, other: object) -> _Maybe:
        return self._with(other, lambda a, b: a <= b)

    def __gt__(self, other: object) -> _Maybe:
        return self._with(other, lambda a, b: a > b)

    def __ge__(self, other: object) -> _Maybe:
        return self._with(other, lambda a, b: a >= b)

    def __and__(self, other: _Maybe) -> _Maybe:
        if self.value is False or other.value is False:
            return _Maybe(False)
        return _Maybe(None if self.value is None or other.value is None else True)

    def __or__(self, other: _Maybe) -> _Maybe:
        if self.value is True or other.value is True:
            return _Maybe(True)
        return _Maybe(None if self.value is None or other.value is None else False)

    def __invert__(self) -> _Maybe:
        return _Maybe(None if self.value is None else not self.value)

    __hash__ = None  # type: ignore[assignment]


VALUES = st.fixed_dictionaries(
    {}, optional={"age": st.integers(0, 120), "sex": st.sampled_from(["M", "F"]), "weight": st.integers(0, 9)}
)
_AGE = st.builds(
    lambda sign, n: f"../ItemData[@ItemOID='age'][@Value {sign} {n}]",
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.sampled_from([0, 5, 90]),
)
_SEX = st.builds(
    lambda sign, code: f"../ItemData[@ItemOID='sex'][@Value{sign}'{code}']",
    st.sampled_from(["=", "!="]),
    st.sampled_from(["M", "F"]),
)
PATHS = st.recursive(
    _AGE | _SEX,
    lambda inner: (
        st.builds(lambda a, b, word: f"({a} {word} {b})", inner, inner, st.sampled_from(["and", "or"]))
        | st.builds(lambda a: f"not({a})", inner)
    ),
    max_leaves=4,
)


@given(PATHS, VALUES)
def test_a_path_is_true_here_exactly_when_it_is_in_xpath(path: str, values: dict[str, Any]) -> None:
    group = etree.Element("ItemGroupData")
    for oid, value in values.items():
        etree.SubElement(group, "ItemData", ItemOID=oid, Value=str(value))
    here = etree.SubElement(group, "ItemData", ItemOID="here")
    theirs = elementpath.select(group, f"boolean({path})", item=here)
    source = translate(path, "xpath", Names())
    assert source is not None
    known = {"AGE": None, "SEX": None, "WEIGHT": None} | {k.upper(): v for k, v in values.items()}
    found = _evaluate(source, known)
    assert (found is True) == theirs


def _evaluate(source: str, values: Mapping[str, Any]) -> object:
    names: dict[str, Any] = {name: _Maybe(value) for name, value in values.items()}
    names |= {
        "_m": _Maybe,
        "coalesce": lambda one, other: other if _bare(one) is None else one,
        "present": lambda one: _bare(one) is not None,
    }
    return _bare(eval(_three(source), {"__builtins__": {}}, names))


@given(
    st.text(alphabet="[]()'\"=<>!&|^+-*/,.0159 agesxnotdr_\\\n", max_size=60),
    st.sampled_from(["redcap", "openedc", "xpath"]),
)
def test_no_text_is_too_odd(text: str, dialect: str) -> None:
    found = translate(text, dialect, Names())
    if found is not None:
        parse(found)


def test_numbers_are_exact() -> None:
    assert translate("[age] > 0.1000", "redcap", Names()) == "AGE > 0.1000"
