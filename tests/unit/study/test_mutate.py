"""Mutants: every small change is made once, in the text, and a scene must notice it."""

# ruff: noqa: E501 - expressions stand as they are written

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import Problem
from mda5_crf.study import mutate_run
from mda5_crf.study.expression import ExpressionError, parse
from mda5_crf.study.mutate import Mutant, mutants
from mda5_crf.study.mutate_run import Result, survivors
from tests.unit.study.case_study import played, said


def changed(source: str) -> list[str]:
    """The mutants of an expression."""
    return [mutant.source for mutant in mutants(source)]


@pytest.mark.parametrize(
    "source, expected",
    [
        ("A < B", ["A <= B"]),
        ("A <= B", ["A < B"]),
        ("A > B", ["A >= B"]),
        ("A >= B", ["A > B"]),
        ("A == B", ["A != B"]),
        ("A != B", ["A == B"]),
        ('A in ("x", "y")', ['A not in ("x", "y")', 'A in ("x~", "y")', 'A in ("x", "y~")']),
        ('A  not   in ["x"]', ['A in ["x"]', 'A not in ["x~"]']),
        ("A > 3", ["A >= 3", "A > 2", "A > 4"]),
        ("A > 0.10", ["A >= 0.10", "A > 0.09", "A > 0.11"]),
        ("A > 0", ["A >= 0", "A > -1", "A > 1"]),
        ("A > -0", ["A >= -0", "A > -(-1)", "A > -1"]),
        ("add_days(D1, -28)", ["add_days(D1, -27)", "add_days(D1, -29)"]),
        ('A == "x"', ['A != "x"', 'A == "x~"']),
        ('"x" == A', ['"x~" == A', '"x" != A']),
        ("1 < A <= 5", ["0 < A <= 5", "2 < A <= 5", "1 <= A <= 5", "1 < A < 5", "1 < A <= 4", "1 < A <= 6"]),
        ("A and B", ["A or B"]),
        ("A or B or C", ["A and B or C", "A or B and C"]),
        ("(A or B) and (C)", ["(A and B) and (C)", "(A or B) or (C)"]),
        ("not A", ["A"]),
        ("not(A and B)", ["(A and B)", "not(A or B)"]),
        ("not present(A) and B", ["present(A) and B", "not present(A) or B"]),
        ('any(rows("X"), A)', ['all(rows("X"), A)']),
        ('all(rows("X"), A)', ['any(rows("X"), A)']),
        ("min(A, B)", ["max(A, B)"]),
        ("max(A, B)", ["min(A, B)"]),
        ('first(rows("X"), A)', ['last(rows("X"), A)']),
        ('last(rows("X"), A, known=True)', ['first(rows("X"), A, known=True)']),
        ('selected(A, "x")', ['selected(A, "x~")']),
        ('missing(A, "ND")', ['missing(A, "ND~")']),
        ('performed("X", within_days=14)', ['performed("X", within_days=13)', 'performed("X", within_days=15)']),
        ('A == "é" and B > 1', ['A != "é" and B > 1', 'A == "é~" and B > 1', 'A == "é" or B > 1',
                                'A == "é" and B >= 1', 'A == "é" and B > 0', 'A == "é" and B > 2']),
        (r'matches(A, "\d+")', []),
        ("sum(A, B)", []),
        ('EVENT', []),
        ('setting("limit_5")', []),
        ("count(A) == True", ["count(A) != True"]),
        ("A\n  and B", ["A or B"]),
    ],
)  # fmt: skip
def test_every_small_change_is_made_once(source: str, expected: list[str]) -> None:
    assert sorted(changed(source)) == sorted(expected)
    assert [m.name for m in mutants(source)] == list(dict.fromkeys(m.name for m in mutants(source)))


def test_backslashes_mean_themselves() -> None:
    assert r'matches(A, "\d{2}") or B == 1' in changed(r'matches(A, "\d{2}") and B == 1')
    assert r'A == "a\b~"' in changed(r'A == "a\b"')


def test_a_mutant_is_called_by_the_part_it_changes() -> None:
    source = "A == 1 and B > 1 or A == 1 and not present(C)"
    names = [mutant.name for mutant in mutants(source)]
    assert "A != 1" in names
    assert "A != 1 (2)" in names
    assert "present(C)" in names
    assert len(set(names)) == len(names)


@given(st.text(alphabet="AB<>=!()notandorin 0123.\"'é", max_size=30))
def test_whatever_is_in_the_language_has_mutants_that_differ(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError:
        return
    for mutant in mutants(expression.source):
        assert mutant.source != expression.source
        assert mutant.name


# -- against scenes ----------------------------------------------------------------------------------


def tried(check: str, fires: str, holds: str, more: str = "") -> tuple[Result, list[Problem]]:
    """The mutants of one check, played in its scenes."""
    text = (
        f'[given]\ntoday = "2022-12-31"\nPERF = "Y"\n[[case]]\ncheck = "{check}"\n{more}\n'
        f"fires = [ {fires} ]\nholds = [ {holds} ]\n"
    )
    report, problems = played(text)
    assert said(problems) == []
    result = survivors(report)
    return result, result.notes.problems({"cases/V.toml": text})


def test_scenes_at_the_limit_leave_no_mutant() -> None:
    result, problems = tried("V-01", '{ LOW = "5", HIGH = "5" }', '{ LOW = "5", HIGH = "6" }')
    assert (result.tried, result.survived, said(problems)) == (1, 0, [])


def test_scenes_far_from_the_limit_leave_one() -> None:
    result, problems = tried("V-01", '{ LOW = "9", HIGH = "5" }', '{ LOW = "5", HIGH = "9" }')
    assert (result.tried, result.survived) == (1, 1)
    assert said(problems) == ["4: V V-01: no scene notices the change to LOW > HIGH."]


@pytest.mark.parametrize(
    "fires, holds, left",
    [
        ('{ DOSE = "4", rows = { V = [ { DOSE = "3" } ] } }',
         '{ DOSE = "3", rows = { V = [ { DOSE = "1" } ] } }, { DOSE = "4", rows = { V = [ { DOSE = "4" } ] } }', 0),
        ('{ DOSE = "9", rows = { V = [ { DOSE = "3" } ] } }',
         '{ DOSE = "3", rows = { V = [ { DOSE = "1" } ] } }, { DOSE = "4", rows = { V = [ { DOSE = "4" } ] } }', 1),
        ('{ DOSE = "4", rows = { V = [ { DOSE = "3" } ] } }', '{ DOSE = "1", rows = { V = [ { DOSE = "1" } ] } }', 4),
    ],
)  # fmt: skip
def test_every_clause_needs_its_scene(fires: str, holds: str, left: int) -> None:
    result, problems = tried("V-03", fires, holds)
    assert result.tried == 5
    assert result.survived == left
    assert len(problems) == left


def test_ranges_have_mutants_of_their_own() -> None:
    result, problems = tried(
        "V.DAY.HARD",
        '{ DAY = "2023-01-01" }, { DAY = "2022-03-01", SCR.V.DAY = "2022-03-02", SCR.V.PERF = "Y" }',
        '{ DAY = "2022-12-31" }, { DAY = "2022-03-02", SCR.V.DAY = "2022-03-02", SCR.V.PERF = "Y" }',
        'event = "W4"',
    )
    assert (result.tried, result.survived) == (4, 0)
    result, problems = tried("V.DAY.HARD", '{ DAY = "2023-01-01" }', '{ DAY = "2022-12-31" }', 'event = "W4"')
    assert sorted(said(problems)) == [
        "4: V.DAY.HARD: no scene notices the change to > SCR.V.DAY.",
        "4: V.DAY.HARD: no scene notices the change to no limit SCR.V.DAY.",
    ]


def test_expressions_of_a_range_are_changed_too() -> None:
    given = 'given = { DAY = "2022-03-10" }'
    near = (
        '{ LATE = "2022-03-02" }, { LATE = "2022-03-18" }',
        '{ LATE = "2022-03-03" }, { LATE = "2022-03-17" }',
    )
    result, problems = tried("V.LATE.HARD", *near, given)
    assert (result.tried, result.survived, said(problems)) == (8, 0, [])
    far = (
        '{ LATE = "2022-03-01" }, { LATE = "2022-03-19" }',
        '{ LATE = "2022-03-04" }, { LATE = "2022-03-16" }',
    )
    result, problems = tried("V.LATE.HARD", *far, given)
    assert sorted(sentence.partition("change to ")[2] for sentence in said(problems)) == sorted(
        [
            "> add_days(DAY, -7).", ">= add_days(DAY, -6).", ">= add_days(DAY, -8).",
            "< add_days(DAY, 7).", "<= add_days(DAY, 6).", "<= add_days(DAY, 8).",
        ]
    )  # fmt: skip


def test_a_mutant_that_is_not_in_the_language_is_not_counted() -> None:
    # "** 11" is none, so five are left of six
    result, _ = tried("V-11", '{ LOW = "2" }', '{ LOW = "1" }')
    assert len(mutants("LOW ** 10 >= 1024")) == 5
    assert (result.tried, result.survived) == (4, 1)


def test_a_mutant_that_cannot_be_evaluated_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutate_run, "mutants", lambda _: [Mutant("nowhere", "NOWHERE == 1")])
    result, _ = tried("V-01", '{ LOW = "5", HIGH = "5" }', '{ LOW = "1", HIGH = "5" }')
    assert (result.tried, result.survived) == (1, 0)


def test_a_range_whose_mutants_are_not_in_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutate_run, "mutants", lambda _: [Mutant("worse", "LOW <")])
    result, _ = tried("V.HIGH.SOFT", '{ HIGH = "4", LOW = "5" }', '{ HIGH = "5", LOW = "5" }')
    assert (result.tried, result.survived) == (2, 0)


def test_a_soft_range_ends_where_the_hard_one_begins() -> None:
    result, _ = tried("V.HIGH.SOFT", '{ HIGH = "4", LOW = "5" }', '{ HIGH = "5", LOW = "5" }, { HIGH = "1" }')
    assert (result.tried, result.survived) == (2, 0)


def test_numbers_of_a_range_are_left_to_the_table_of_limits() -> None:
    result, _ = tried("V.LOW.SOFT", '{ LOW = "9" }', '{ LOW = "10" }')
    assert result.tried == 0
    result, _ = tried(
        "V.SINCE.UNDECIDED",
        '{ DAY = "2022-03-05", SINCE = "2022-03" }',
        '{ DAY = "2022-03-05", SINCE = "2022-02" }',
    )
    assert result.tried == 0


def test_equivalent_mutants_are_listed_and_the_list_is_kept_true() -> None:
    far = ('{ LOW = "9", HIGH = "5" }', '{ LOW = "5", HIGH = "9" }')
    listed = 'equivalent = ["LOW > HIGH"]\nreason = "they are never equal"'
    result, problems = tried("V-01", *far, listed)
    assert (result.tried, result.survived, said(problems)) == (1, 0, [])
    near = ('{ LOW = "5", HIGH = "5" }', '{ LOW = "5", HIGH = "9" }')
    result, problems = tried("V-01", *near, listed)
    assert said(problems) == ["4: V V-01: this is listed as equivalent, but it does not survive: LOW > HIGH."]


def test_checks_with_wrong_scenes_are_not_mutated() -> None:
    report, _ = played(
        '[[case]]\ncheck = "V-01"\nfires = [ { LOW = "1", HIGH = "2" } ]\nholds = [ { LOW = "1" } ]\n'
    )
    assert survivors(report).tried == 0


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    report, _ = played(
        '[[case]]\ncheck = "V-03"\nfires = [ { DOSE = "9", rows = { V = [ { DOSE = "1" } ] } } ]\n'
        'holds = [ { DOSE = "1" } ]\n'
    )
    whole = set(said(survivors(report).notes.problems({})))
    samples = {seed: said(survivors(report, 2, seed).notes.problems({})) for seed in "abcdefgh"}
    assert samples == {seed: said(survivors(report, 2, seed).notes.problems({})) for seed in "abcdefgh"}
    assert all(survivors(report, 2, seed).tried == 2 for seed in "abcdefgh")
    assert set().union(*map(set, samples.values())) <= whole
    assert len({tuple(sample) for sample in samples.values()}) > 1
