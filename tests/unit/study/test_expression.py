"""The language itself: what is refused, what is read off it, and that unknown stays unknown."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.expression import Expression, ExpressionError, Ref, Scope, constant, parse
from mda5_crf.study.operand import Interval, Operand
from mda5_crf.study.references import References
from mda5_crf.study.values import Status, Value


class Names:
    """A scope of given names; rows are scopes themselves."""

    def __init__(self, _rows: Sequence[Names] = (), /, **names: Operand) -> None:
        self.local = names
        self.outer: Scope | None = None
        self._rows = _rows
        for row in _rows:
            row.outer = self

    def read(self, ref: Ref) -> Operand:
        return self.local[str(ref).replace(".", "_")]

    def value(self, ref: Ref) -> Value | None:
        data = self.local[str(ref).replace(".", "_")]
        if data == "garbled":
            return Value("garbled", Status.NONCONFORMANT)
        return (
            Value("", Status.MISSING, missing="ND") if data is None else Value(str(data), Status.VALID, data)
        )

    def rows(self, form: str, names: Iterable[str] = (), views: bool = True) -> Sequence[Scope]:
        return self._rows if form == "EX" else ()

    def previous_row(self) -> Scope | None:
        return None

    def row_number(self) -> int | None:
        return 3

    def line_number(self) -> int | None:
        return 4

    def performed(self, form: str, within_days: int | None) -> bool | None:
        return within_days == 14 if form == "PFT" else None

    def baseline(self, ref: Ref) -> Operand:
        return Decimal(7) if ref.item == "WEIGHT" else None

    def setting(self, name: str) -> Operand:
        return {"limit": Decimal(50)}.get(name)

    def part(self, instrument: str, part: str) -> Operand:
        return Decimal(2) if (instrument, part) == ("haq", "index") else None

    def row_id(self) -> str | None:
        return None

    def form_id(self) -> str:
        return ""

    def form_status(self, form: str) -> str | None:
        return None

    def signed(self, form: str) -> bool | None:
        return None

    def open_queries(self) -> Decimal | None:
        return None

    def planned(self, event: str) -> date | None:
        return None

    def next_planned(self, form: str) -> date | None:
        return None

    def references(self) -> References | None:
        return None


def run(source: str, scope: Names | None = None, /, **names: Operand) -> Operand:
    return parse(source).evaluate(scope or Names((), **names))


D = Decimal

REFUSED = [
    "",
    "   ",
    "a and",
    "(1",
    "a;b",
    "a = 1",
    "lambda: 1",
    "[x for x in y]",
    "{1: 2}",
    "{1}",
    "a[0]",
    "a[0:1]",
    "x if y else z",
    "(a := 1)",
    "await x",
    "yield",
    "f'{x}'",
    "b'x'",
    "'a' 'b'",
    "r'a'",
    "u'a'",
    "'''a'''",
    "'a\\'b'",
    "1j",
    "1e5",
    "0x10",
    "1_000",
    "1.",
    ".5",
    "NotImplemented()",
    "...",
    "a is b",
    "a // b",
    "a % b",
    "a @ b",
    "a << 1",
    "a | b",
    "~a",
    "+a",
    "a, b",
    "*a",
    "a.b.c.d",
    "a().b",
    "'x'.upper()",
    "(1).real",
    "x.__class__",
    "__import__('os')",
    "__name__",
    "_x",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "print(1)",
    "getattr(a, 'b')",
    "globals()",
    "x in y",
    "x in ()",
    "x in 'abc'",
    "'a' 'b' # c",
    "a # b",
    "'''a'''",
    "prev.X",
    "prev.A.B.C",
    "rows('EX')",
    "count()",
    "count(rows())",
    "count(rows(X))",
    "count(rows('ex x'))",
    "count(rows('EX'), 1, 2)",
    "any(1)",
    "first(a)",
    "sum(rows('EX'))",
    "sum(a, known=1)",
    "sum(a, other=True)",
    "abs()",
    "abs(1, 2)",
    "abs(*a)",
    "abs(**a)",
    "abs(x=1)",
    "date(2022)",
    "date('2022-02-30')",
    "date('20220101x')",
    "matches(a, b)",
    "matches(a, '(')",
    "present(1)(2)",
    "missing(1)",
    "missing(a, b)",
    "unit(1)",
    "selected(a)",
    "setting(a)",
    "performed(PFT)",
    "performed('PFT', within_days=x)",
    "performed('PFT', within_days=1.5)",
    "performed('PFT', days=1)",
    "baseline(BL.VS.W)",
    "baseline(1)",
    "if_(a)",
    "if_(a, 1, 2, 3)",
    "outer()",
    "prev_row()",
    "row_number(1)",
    "line_number(1)",
    "bmi(55, 160)",
    "bmi(weight_kg=55)",
    "bmi(weight_kg=55, height_cm=160, colour=1)",
    "mmt8(a=1)",
    "no_such(1)",
    "9 ** 9 ** 9",
    "a ** b",
    "a ** 11",
    "a ** -11",
    "2 ** 1000",
    "a\x00b",
    "ａ == 1",
    "ΑGE > 1",
    "a.ｂ",
    "a\\\n+ b",
    "1 if 1",
    "not",
    "'" + "x" * 10_001 + "'",
]


@pytest.mark.parametrize("source", REFUSED, ids=lambda source: ascii(source)[:40])
def test_what_is_not_in_the_language_is_refused_with_a_place(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert 1 <= caught.value.column <= len(source) + 2
    assert caught.value.text.zh != caught.value.text.en


@pytest.mark.parametrize(
    "source",
    [
        "(" * 9_999 + "1",
        "(" * 199 + "1" + ")" * 199,
        "-" * 5_000 + "1",
        "not " * 2_000 + "a",
        "+".join(["1"] * 4_999),
        "9**9**9",
        "9 ** -(0 - 99)",
        "a + " * 10_000 + "1",
    ],
    ids=["brackets", "closed brackets", "signs", "nots", "sums", "powers", "hidden power", "long"],
)
def test_expression_denial_size_and_depth_are_limited(source: str) -> None:
    if source.startswith("((") and source.endswith("))"):
        assert run(source) == 1  # brackets alone do not nest the tree
        return
    with pytest.raises(ExpressionError):
        parse(source)


def test_wide_expressions_are_allowed() -> None:
    names = [f"ITEM{n}" for n in range(90)]
    assert run(" + ".join(names), **dict.fromkeys(names, D(1))) == 90
    assert run(" or ".join(f"{name} == 2" for name in names), **dict.fromkeys(names, D(1))) is False


def test_the_column_counts_characters_not_bytes() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse('SEX == "女" and nothing(1)')
    assert caught.value.column == 16


def test_references_are_read_off_the_tree() -> None:
    source = (
        'A == "x" and VS.B > BL.VS.C and prev.VS.D and EVENT == "W4"'
        ' and count(rows("EX"), E == "Y" and outer(F) > RF) > 0'
    )
    uses = parse(source).uses
    assert uses.references == {
        Ref("", "", "A"),
        Ref("", "VS", "B"),
        Ref("BL", "VS", "C"),
        Ref("prev", "VS", "D"),
        Ref("*", "EX", "E"),
        Ref("", "", "F"),
        Ref("*", "EX", "RF"),
    }
    assert uses.words == {"EVENT"}
    assert uses.forms == {"EX"}
    assert uses.functions == {"count", "rows", "outer"}
    assert uses.literals == {(Ref("", "", "A"), "x"), (Ref("*", "EX", "E"), "Y")}
    assert uses.row_words == set()
    assert parse(source).references == uses.references


def test_other_uses_are_noted() -> None:
    uses = parse(
        'haq.index > setting("limit") or performed("*.PFT", within_days=14) or prev_row(A) in ("p", 1)'
    ).uses
    assert uses.parts == {("haq", "index")}
    assert uses.settings == {"limit"}
    assert uses.forms == {"*.PFT"}
    assert uses.row_words == {"prev_row"}
    assert parse('A in ("p", "q") and selected(B, "r")').uses.literals == {
        (Ref("", "", "A"), "p"),
        (Ref("", "", "A"), "q"),
        (Ref("", "", "B"), "r"),
    }


def test_constant_expressions_are_recognised() -> None:
    assert constant(parse("-2.5 * 2")) == D("-5.0")
    assert constant(parse('date("2026-01-31")')) == date(2026, 1, 31)
    numbers = ("row_number()", "line_number()")
    for source in ("A", "today", 'setting("limit")', "haq.index", 'count(rows("EX"))', *numbers):
        assert constant(parse(source)) is None
        assert not parse(source).constant


def test_expressions_are_values() -> None:
    assert parse(" A +\n\tB ") == parse("A + B") != parse("A - B")
    assert len({parse("A"), parse(" A "), parse("B")}) == 2
    assert "A + B" in repr(parse("A + B"))
    assert parse("A") != "A"


def test_numbers_are_exact() -> None:
    assert run("0.1 + 0.2 == 0.3") is True
    assert run("10 / 3") == D("3.333333333333333333333333333333333")
    assert run("0.1234567890123456789012345678901234") == D("0.1234567890123456789012345678901234")
    assert run("2 / 3") == D("0.6666666666666666666666666666666667")  # half to even, 34 digits
    assert run("X ** 0.5", X=D(2)) == D("1.414213562373095048801688724209698")
    assert run("X ** -1", X=D(4)) == D("0.25")


@pytest.mark.parametrize("source", ["1 / 0", "X / 0", "sqrt(-1)", "0 ** -1", "(-8) ** 0.5", "X ** 10 ** 1"])
def test_what_has_no_result_is_unknown(source: str) -> None:
    if source.endswith("10 ** 1"):
        with pytest.raises(ExpressionError):
            parse(source)
        return
    assert run(source, X=D(1)) is None


def test_numbers_beyond_all_bounds_are_unknown() -> None:
    assert run("X ** 10", X=D("1e1000")) is None
    assert run("X * X", X=D("1e6000")) is None
    assert run("X + X", X=D("9.9e6144")) is None
    assert run("X - Y", X=D("9.9e6144"), Y=D("-9.9e6144")) is None


# -- three values ----------------------------------------

TRUTHS: tuple[bool | None, ...] = (True, False, None)
_RANK = {False: 0, None: 1, True: 2}
_BACK = {0: False, 1: None, 2: True}


@pytest.mark.parametrize("a, b", list(itertools.product(TRUTHS, TRUTHS)))
def test_kleene(a: bool | None, b: bool | None) -> None:
    assert run("A and B", A=a, B=b) is _BACK[min(_RANK[a], _RANK[b])]
    assert run("A or B", A=a, B=b) is _BACK[max(_RANK[a], _RANK[b])]
    assert run("not A", A=a) is _BACK[2 - _RANK[a]]
    assert run("not (A and B) == (not A or not B)", A=a, B=b) in (True, None)


@given(st.lists(st.sampled_from(TRUTHS), min_size=3, max_size=3))
def test_kleene_laws(values: list[bool | None]) -> None:
    scope = Names(A=values[0], B=values[1], C=values[2])
    for left, right in (
        ("A and B", "B and A"),
        ("A or B", "B or A"),
        ("not not A", "A and A"),
        ("A and (B or C)", "A and B or A and C"),
        ("A or B and C", "(A or B) and (A or C)"),
        ("not (A and B)", "not A or not B"),
        ("not (A or B)", "not A and not B"),
        ("A and (B and C)", "(A and B) and C"),
        ("A or (A and B)", "A and (A or B)"),
    ):
        assert run(left, scope) is run(right, scope)


def test_what_is_no_truth_value_is_unknown_to_logic() -> None:
    assert run("A and B", A="Y", B=True) is None
    assert run("A and B", A="Y", B=False) is False
    assert run("A or B", A=D(1), B=True) is True
    assert run("not A", A="Y") is None


def test_logic_stops_when_it_is_decided() -> None:
    def boom(_: object) -> Operand:
        raise AssertionError("evaluated although decided")

    expression = parse("A or B")
    names = Names(A=True)
    assert expression.evaluate(names) is True  # B is not even looked up
    assert parse("if_(A, 1, B)").evaluate(names) == 1
    assert parse("coalesce(A, B)").evaluate(names) is True


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_comparison_with_unknown_is_unknown(op: str) -> None:
    assert run(f"A {op} 1", A=None) is None
    assert run(f"1 {op} A", A=None) is None
    assert run(f'A {op} "Y"', A=None) is None
    assert run(f"A {op} B", A=D(1), B=None) is None


@pytest.mark.parametrize("op", ["+", "-", "*", "/"])
def test_arithmetic_with_unknown_or_other_kinds_is_unknown(op: str) -> None:
    assert run(f"A {op} 0", A=None) is None
    assert run(f"0 {op} A", A=None) is None
    assert run(f"A {op} 1", A="text") is None
    assert run(f"A {op} B", A=True, B=D(1)) is None
    assert run("-A", A="text") is None
    assert run("A ** 2", A="text") is None


def test_comparisons() -> None:
    assert run("A == 1", A=D("1.0")) is True
    assert run('A == "F"', A="F") is True
    assert run('A != "F"', A="F") is False
    assert run('"a" == "a"') is True
    assert run('A == "2"', A=D(2)) is True  # an integer code written as a text
    assert run("A == 2", A="2") is True
    assert run("A < 10", A="9") is True
    assert run('A == "x"', A=D(2)) is None
    assert run("A < 1", A="x") is None
    assert run("A <= 2", A="2") is True
    assert run("A <= B", A="a", B="a") is True
    assert run("A < B", A="09:30", B="10:00") is True
    assert run("A == B", A=("x", "y"), B=("y", "x")) is True
    assert run("A < B", A=("x",), B=("y",)) is None
    assert run("A == B", A=True, B=D(1)) is None
    assert run("A == True", A=True) is True
    assert run("1 < A < 3", A=D(2)) is True
    assert run("1 < A < 3", A=D(3)) is False
    assert run("1 < A < B", A=D(0), B=None) is False
    assert run("1 < A < B", A=D(2), B=None) is None


def test_membership() -> None:
    assert run('A in ("x", "y")', A="y") is True
    assert run('A in ["x", "y"]', A="z") is False
    assert run('A not in ("x", "y")', A="z") is True
    assert run('A not in ("x", "y")', A="x") is False
    assert run('A in ("x", B)', A="z", B=None) is None
    assert run('A not in ("x", B)', A="z", B=None) is None
    assert run('A in ("x", B)', A="x", B=None) is True
    assert run('A in ("x",)', A=None) is None
    assert run("A in (1, 2)", A=D("2.0")) is True


# -- functions ----------------------------------------


def test_choices_and_presence() -> None:
    assert run("if_(A, 1, 2)", A=None) is None
    assert run("if_(A, 1)", A=False) is None
    assert run("if_(A, 1, 2)", A=False) == 2
    assert run("coalesce(A, B, 3)", A=None, B=None) == 3
    assert run("coalesce(A, B)", A=None, B=None) is None
    assert run("present(A)", A=D(0)) is True
    assert run("present(A)", A=None) is False
    assert run("present(VS.A)", VS_A=None) is False
    assert run("present(A + B)", A=D(1), B=None) is False
    assert run("missing(A)", A=None) is True
    assert run('missing(A, "UNK")', A=None) is False
    assert run('missing(A, "ND")', A=None) is True
    assert run("missing(A)", A=D(1)) is False


def test_a_text_that_does_not_read_is_neither_present_nor_absent() -> None:
    class Garbled(Names):
        def value(self, ref: Ref) -> Value | None:
            return Value("garbled", Status.NONCONFORMANT)

    assert parse("present(A)").evaluate(Garbled(A=None)) is None


def test_selected() -> None:
    assert run('selected(A, "x")', A=("x", "y")) is True
    assert run('selected(A, "z")', A=("x", "y")) is False
    assert run('selected(A, "x")', A=None) is None
    assert run('selected(A, "x")', A="x") is True


def test_texts() -> None:
    assert run("length(A)", A="𠮷野家") == 3
    assert run("length(A)", A=("a", "b")) == 2
    assert run("length(A)", A=D(12)) is None
    assert run(r'matches(A, "(?i)herpes|zoster|带状疱疹")', A="Herpes zoster") is True
    assert run(r'matches(A, "^\d{2}$")', A="123") is False
    assert run('matches(A, "a")', A=D(1)) is None
    assert run('matches(A, "a#b")', A="a#b") is True
    assert run(r'matches(A, "\bcat\b")', A="a cat") is True  # a backslash means itself
    assert run(r'A == "\n\x"', A=r"\n\x") is True


def test_dates() -> None:
    day = date(2022, 3, 1)
    assert run('A >= date("2022-03-01")', A=day) is True
    assert run('date_diff(A, date("2022-03-31"), "d")', A=day) == 30
    assert run('date_diff(date("2022-03-31"), A, "d")', A=day) == -30
    assert run('date_diff(A, B, "m")', A=day, B=date(2023, 2, 28)) == 11
    assert run('date_diff(A, B, "x")', A=day, B=day) is None
    assert run("date_diff(A, B, 1)", A=day, B=day) is None
    night, morning = datetime(2022, 3, 1, 22, 0), datetime(2022, 3, 2, 7, 30)  # noqa: DTZ001
    assert run('date_diff(A, B, "h")', A=night, B=morning) == D("9.5")
    assert run("A < B and not A >= B", A=night, B=morning) is True
    assert run("A < B or A == B", A=night, B=day) is True  # with a day only the day counts
    assert run("A <= B and A == B", A=day, B=night) is True
    assert run('date_diff(A, B, "h")', A=day, B=day) is None
    assert run('date_diff(A, "b", "d")', A=day) is None
    assert run("age_in_years(A, B)", A=date(1980, 6, 15), B=date(2022, 6, 14)) == 41
    assert run("add_days(A, -28)", A=day) == date(2022, 2, 1)
    assert run("add_days(A, 0.5)", A=day) is None
    assert run("add_days(A, 99999999)", A=day) is None
    assert run("add_days(B, 1)", B=PartialDate(2022)) is None
    assert run("add_months(A, 3)", A=date(2022, 11, 30)) == date(2023, 2, 28)
    assert run("add_months(A, 0.5)", A=day) is None
    assert run("B - A", A=day, B=date(2022, 3, 4)) == 3
    assert run("A + 1", A=day) == run("1 + A", A=day) == date(2022, 3, 2)
    assert run("A - 1", A=day) == date(2022, 2, 28)
    assert run("A + A", A=day) is None
    assert run("A * 2", A=day) is None
    assert run("A == B", A=day, B="2022-03-01") is None


def test_partial_dates() -> None:
    march = PartialDate(2022, 3)
    assert run('A < date("2022-05-01")', A=march) is True
    assert run('A < date("2022-03-15")', A=march) is None
    assert run('A < date("2022-03-01")', A=march) is False
    assert run('A <= date("2022-03-31")', A=march) is True
    assert run('A > date("2022-02-28")', A=march) is True
    assert run('A == date("2022-03-15")', A=march) is None
    assert run('date("2022-03-15") == A', A=march) is None
    assert run('A != date("2022-04-15")', A=march) is True
    assert run("A == B", A=march, B=march) is None
    assert run("A == B", A=march, B=PartialDate(2021)) is False
    assert run('A == date("2022-04-14")', A=PartialDate(2022, None, 15)) is False
    assert run("A < B", A=PartialDate(2021), B=march) is True
    assert run('date_diff(A, date("2022-03-31"), "d")', A=march) == Interval(D(0), D(30))
    assert run('date_diff(A, date("2022-03-31"), "y")', A=PartialDate(1980)) == Interval(D(41), D(42))
    assert run('age_in_years(A, date("2022-12-31"))', A=PartialDate(1980)) == 42


def test_numbers_and_rounding() -> None:
    assert run("round_(X, 1)", X=D("0.25")) == D("0.3")
    assert run("round_(X, 1)", X=D("-0.25")) == D("-0.3")
    assert run("round_(X, 0)", X=Interval(D("0.4"), D("0.45"))) == 0
    assert run("round_(X, 0)", X=Interval(None, D("0.5"))) == Interval(None, D(1))
    assert run("round_(X, -1)", X=D(15)) is None
    assert run("round_(X, 0.5)", X=D(15)) is None
    assert run("round_(X, 1)", X="a") is None
    assert run("abs(X)", X=D(-3)) == 3
    assert run("abs(X)", X="a") is None
    assert run("sqrt(X)", X=D(9)) == 3
    assert run("sqrt(X)", X="a") is None
    assert run("at_limit(X)", X=Interval(None, D(5), high_open=True)) == 5
    assert run("at_limit(X)", X=Interval(D(2000), None, low_open=True)) == 2000
    assert run("at_limit(X)", X=Interval(D(1), D(2))) is None
    assert run("at_limit(X)", X=D(4)) == 4
    assert run("at_limit(X)", X="a") is None


def test_over_listed_values() -> None:
    assert run("sum(A, B, 3)", A=D(1), B=D(2)) == 6
    assert run("sum(A, B)", A=D(1), B=None) is None
    assert run("sum(A, B, known=True)", A=D(1), B=None) == 1
    assert run("sum(A, B, known=True)", A=D(1), B="x") is None
    assert run("mean(A, B)", A=D(1), B=D(2)) == D("1.5")
    assert run("mean(A, known=True)", A=None) is None
    assert run("max(A, B)", A=D(1), B=D(2)) == 2
    assert run("max(A, B)", A=D(1), B=None) is None
    assert run("max(A, B, known=True)", A=D(1), B=None) == 1
    assert run("min(A, B)", A=date(2022, 1, 1), B=date(2021, 1, 1)) == date(2021, 1, 1)
    assert run("min(A, B)", A=D(3), B=Interval(None, D(5))) is None
    assert run("max(A, B)", A=D(7), B=Interval(None, D(5))) == 7
    assert run("count(A, B, C)", A=D(1), B=None, C="x") == 2
    assert run("sum(X, X)", X=D("9.9e6144")) is None


def rows(*values: Operand) -> Names:
    return Names(tuple(Names(X=value, Y=D(1)) for value in values), Z=D(10))


def test_over_rows() -> None:
    three = rows(D(1), D(2), D(3))
    assert run('count(rows("EX"))', three) == 3
    assert run('count(rows("EX"), X > 1)', three) == 2
    assert run('sum(rows("EX"), X + Y)', three) == 9
    assert run('mean(rows("EX"), X)', three) == 2
    assert run('sum(rows("EX"), X * outer(Z))', three) == 60
    assert run('first(rows("EX"), X)', three) == 1
    assert run('last(rows("EX"), X)', three) == 3
    assert run('max(rows("EX"), X)', three) == 3
    assert run('any(rows("EX"), X == 2)', three) is True
    assert run('all(rows("EX"), X < 3)', three) is False
    assert run('any(rows("EX"), any(rows("AE"), Y == 1))', three) is False


def test_no_rows() -> None:
    none = rows()
    assert (
        run('count(rows("EX"))', none)
        == run('sum(rows("EX"), X)', none)
        == run('count(rows("EX"), X > 1)', none)
        == 0
    )
    for name in ("first", "last", "min", "max", "mean"):
        assert run(f'{name}(rows("EX"), X)', none) is None
    assert run('any(rows("EX"), X)', none) is False
    assert run('all(rows("EX"), X)', none) is True


def test_rows_with_an_unknown() -> None:
    some = rows(None, D(2), D(3), None)
    assert run('sum(rows("EX"), X)', some) is None
    assert run('sum(rows("EX"), X, known=True)', some) == 5
    assert run('first(rows("EX"), X)', some) is None
    assert run('first(rows("EX"), X, known=True)', some) == 2
    assert run('last(rows("EX"), X)', some) is None
    assert run('last(rows("EX"), X, known=True)', some) == 3
    assert run('any(rows("EX"), X == 9)', some) is None
    assert run('any(rows("EX"), X == 9, known=True)', some) is False
    assert run('any(rows("EX"), X == 3)', some) is True
    assert run('all(rows("EX"), X > 0)', some) is None
    assert run('all(rows("EX"), X > 0, known=True)', some) is True
    assert run('all(rows("EX"), X > 2)', some) is False
    assert run('count(rows("EX"), X > 2)', some) == Interval(D(1), D(3))
    assert run('count(rows("EX"), X > 2) > 0', some) is True
    assert run('count(rows("EX"), X > 2) > 1', some) is None
    assert run('count(rows("EX"), X > 2, known=True)', some) == 1


def test_words_that_need_a_row() -> None:
    assert run("outer(A)", A=D(1)) is None
    assert run("prev_row(A)", A=D(1)) is None
    assert run("row_number()") == 3
    assert run("line_number()") == 4


def test_other_words() -> None:
    assert run('setting("limit") / 2') == 25
    assert run('setting("other")') is None
    assert run('performed("PFT", within_days=14)') is True
    assert run('performed("PFT")') is False
    assert run("baseline(VS.WEIGHT)") == 7
    assert run("haq.index") == 2
    assert run("unit(A)", A=D(1)) is None


def test_formulas_of_instruments() -> None:
    assert run("round_(bmi(weight_kg=W, height_cm=165), 4)", W=D(60)) == D("22.0386")
    assert run("bmi(weight_kg=W, height_cm=165)", W=None) is None
    assert run("bmi(weight_kg=W, height_cm=165)", W=Interval(None, D(5))) is None
    assert run('ctcae_grade(term="no such term", value=W)', W=D(5)) is None
    assert run("study_day(date=A, d1=B)", A=date(2022, 2, 28), B=date(2022, 3, 1)) == -1
    assert run("study_day(date=A, d1=B)", A=PartialDate(2022), B=date(2022, 3, 1)) is None
    assert isinstance(parse("bmi(weight_kg=1, height_cm=1)"), Expression)
