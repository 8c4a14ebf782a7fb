"""The shorter way to know that an expression is true never says anything else than the long one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.study.expression import Ref, Scope, parse
from mda5_crf.study.operand import Interval, Operand
from mda5_crf.study.values import Status, Value

VALUES: list[Operand] = [
    None,
    None,
    True,
    False,
    Decimal(0),
    Decimal(2),
    Interval(None, Decimal(1)),
    "x",
    "y",
]


class Here:
    """A scope of a few names with rows of the same names; it counts how often names are looked up."""

    def __init__(self, names: dict[str, Operand], rows: Sequence[Here] = ()) -> None:
        self.local = names
        self.outer: Scope | None = None
        self.looked = 0
        self._rows = rows
        for row in rows:
            row.outer = self  # type: ignore[assignment]

    def value(self, ref: Ref) -> Value | None:
        data = self.local[ref.item]
        return Value("?", Status.NONCONFORMANT) if data is False else Value("", Status.EMPTY)

    def rows(self, form: str, names: Iterable[str] = (), views: bool = True) -> Sequence[Here]:
        self.looked += 1
        return self._rows


def names() -> st.SearchStrategy[dict[str, Operand]]:
    return st.fixed_dictionaries({name: st.sampled_from(VALUES) for name in "ABC"})


LEAVES = [
    "A", "B", "A == True", 'A == "x"', 'B != "x"', 'A in ("x", "y")', 'B not in ("x", "z")', "A in (0, B)",
    "A > 1", "A <= B", "B < C < 2", "A == B", "present(A)", "present(A + B)", "1 < A", "A + 1 > B",
    "if_(A, B)", "coalesce(A, B)", "True", "None",
]  # fmt: skip
IN_ROWS = [*LEAVES, "A == outer(A)", "outer(B) > A", "outer(A) == True and B == True", "A > outer(B + 1)"]


def joined(leaves: list[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            inner.map(lambda one: f"not ({one})"),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda t: f"({t[0]}) {t[1]} ({t[2]})"
            ),
        ),
        max_leaves=6,
    )


def over_rows() -> st.SearchStrategy[str]:
    known = st.sampled_from(["", ", known=True"])
    which = st.sampled_from(["any", "all"])
    return st.tuples(which, joined(IN_ROWS), known).map(lambda t: f'{t[0]}(rows("EX"), {t[1]}{t[2]})')


def sources() -> st.SearchStrategy[str]:
    both = st.tuples(joined(LEAVES), over_rows()).map(" and ".join)
    return st.one_of(joined(LEAVES), both, over_rows().map("not {}".format), over_rows())


@given(sources(), names(), st.lists(names(), max_size=3))
def test_it_holds_exactly_when_it_is_true(
    source: str, here: dict[str, Operand], rows: list[dict[str, Operand]]
) -> None:
    expression = parse(source)
    scope: Scope = Here(here, [Here(row) for row in rows])  # type: ignore[assignment]
    assert (expression.holds(scope) is True) is (expression.evaluate(scope) is True)


@pytest.mark.parametrize(
    "source, looks",
    [
        ('any(rows("EX"), A > 1) and B == True', 0),  # what is at hand is asked first
        ('any(rows("EX"), A > outer(B))', 0),  # nothing in the rows can be more than a blank
        ('any(rows("EX"), A > 1 and outer(B) == A)', 0),
        ('any(rows("EX"), A > 1 or outer(B) == A)', 1),
        ('any(rows("EX"), outer(B) in ("x", A))', 1),
        ('any(rows("EX"), A > 1) or B == True', 1),
    ],
)
def test_rows_are_looked_at_only_when_they_can_decide(source: str, looks: int) -> None:
    scope = Here({"A": Decimal(2), "B": None, "C": None}, [Here({"A": Decimal(2), "B": None, "C": None})])
    parse(source).holds(scope)  # type: ignore[arg-type]
    assert scope.looked == looks


def test_an_expression_without_a_shorter_way_is_its_own() -> None:
    expression = parse("A")
    assert expression.holds is expression.evaluate
