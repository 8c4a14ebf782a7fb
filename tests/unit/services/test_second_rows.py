"""Rows of a log entered twice are matched by what they say, in whatever order they come."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.services.second_facts import Fact
from mda5_crf.services.second_rows import Match, Row, match

WEIGHT = {"term": 4, "start": 4, "grade": 1, "drug": 1}


def row(term: str = "", start: str = "", grade: str = "", drug: str = "") -> dict[str, Fact]:
    said = {"term": term, "start": start, "grade": grade, "drug": drug}
    return {name: ("value", text) for name, text in said.items() if text}


def of(first: Sequence[Row], second: Sequence[Row], named: list[tuple[str, str]] | None = None) -> Match:
    return match(
        {f"a{i}": one for i, one in enumerate(first)},
        {f"b{i}": one for i, one in enumerate(second)},
        WEIGHT,
        named or [],
    )


ROWS = st.lists(
    st.builds(
        row, st.sampled_from(["cough", "rash", "fever", ""]),
        st.sampled_from(["2026-01-01", "2026-01-02", ""]),
        st.sampled_from("123"), st.sampled_from("YN"),
    ),
    max_size=9,
)  # fmt: skip


@given(ROWS, st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_match_completely(rows: list[Row], chance: random.Random) -> None:
    shuffled = rows[:]
    chance.shuffle(shuffled)
    found = of(rows, shuffled)
    assert len(found.pairs) == len(rows)
    assert not (found.only_first or found.only_second or found.ties)
    for one, two in found.pairs:
        assert rows[int(one[1:])] == shuffled[int(two[1:])]


@given(st.integers(1, 9), st.data(), st.randoms(use_true_random=False))
def test_one_changed_cell_is_that_one_difference(
    count: int, data: st.DataObject, chance: random.Random
) -> None:
    rows = [row(f"term {i}", f"2026-01-{i + 1:02d}", "1", "Y") for i in range(count)]
    at, name = data.draw(st.integers(0, count - 1)), data.draw(st.sampled_from(list(WEIGHT)))
    other = [dict(one) for one in rows]
    other[at][name] = ("value", "changed")
    order = list(range(count))
    chance.shuffle(order)
    found = of(rows, [other[i] for i in order])
    assert len(found.pairs) == count
    assert not found.ties
    differing = [
        (one, name)
        for one, two in found.pairs
        for name in WEIGHT
        if rows[int(one[1:])][name] != other[order[int(two[1:])]][name]
    ]
    assert differing == [(f"a{at}", name)]


@given(ROWS, ROWS)
def test_every_row_is_listed_once_and_no_assignment_is_better(first: list[Row], second: list[Row]) -> None:
    found = of(first, second)
    ones, twos = {f"a{i}" for i in range(len(first))}, {f"b{i}" for i in range(len(second))}
    possible = {one for rows in found.ties.values() for one in rows}
    listed_first = [one for one, _ in found.pairs] + list(found.only_first)
    listed_second = [two for _, two in found.pairs] + list(found.only_second) + list(found.ties)
    assert sorted([*listed_first, *possible]) == sorted(ones)
    assert sorted(listed_second) == sorted(twos)


def gain(one: Row, two: Row) -> int:
    both = set(one) & set(two)
    equal = sum(WEIGHT[name] for name in both if one[name] == two[name])
    return equal if 2 * equal >= sum(WEIGHT[name] for name in both) else 0


@given(ROWS.map(lambda rows: rows[:4]), ROWS.map(lambda rows: rows[:4]))
def test_against_trying_every_assignment(first: list[Row], second: list[Row]) -> None:
    """Of rows that are not equal: the sum of agreement is the greatest there is, or rows are ties."""
    first = [one for one in first if one not in second]
    second = [two for two in second if two not in first]
    found = of(first, second)
    padded: list[int | None] = [*range(len(second)), *[None] * len(first)]
    best = max(
        (
            sum(gain(first[i], second[j]) for i, j in enumerate(way) if j is not None)
            for way in set(itertools.permutations(padded, len(first)))
        ),
        default=0,
    )
    reached = sum(gain(first[int(a[1:])], second[int(b[1:])]) for a, b in found.pairs)
    assert reached == best if not found.ties else reached < best


def test_a_row_that_may_be_one_of_two_is_for_a_person() -> None:
    first = [row("cough", "2026-01-01", "1"), row("cough", "2026-01-02", "1")]
    found = of(first, [row("cough", "2026-01-09", "1")])
    assert found.ties == {"b0": ("a0", "a1")}
    assert not (found.pairs or found.only_first or found.only_second)
    decided = of(first, [row("cough", "2026-01-09", "1")], [("a1", "b0")])
    assert decided.pairs == (("a1", "b0"),)
    assert decided.only_first == ("a0",)


def test_two_rows_that_may_both_be_the_one() -> None:
    found = of([row("cough", "2026-01-01")], [row("cough", "2026-01-08"), row("cough", "2026-01-09")])
    assert found.ties == {"b0": ("a0",), "b1": ("a0",)}
    assert not (found.only_first or found.only_second)


def test_rows_that_have_nothing_in_common_stay_alone() -> None:
    found = of([row("cough", "2026-01-01")], [row("rash", "2026-02-01"), row()])
    assert (found.only_first, found.only_second, found.pairs) == (("a0",), ("b0", "b1"), ())
    assert found.first_of("b0") == ""


def test_a_person_s_word_about_rows_that_are_gone_says_nothing() -> None:
    rows = [row("cough", "2026-01-01")]
    assert of(rows, rows, [("struck", "b0"), ("a0", "never")]).pairs == (("a0", "b0"),)


def test_words_and_dates_weigh_more_than_ticks() -> None:
    first = [row("cough", "2026-01-01", "1", "Y"), row("rash", "2026-01-05", "3", "N")]
    found = of(first, [row("rash", "2026-01-05", "1", "Y"), row("cough", "2026-01-01", "3", "N")])
    assert found.pairs == (("a0", "b1"), ("a1", "b0"))
    assert found.first_of("b0") == "a1"
