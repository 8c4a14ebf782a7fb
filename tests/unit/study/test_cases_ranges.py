"""The table of limits: what it says must be what the definition has, at the edge and one step outside."""

# ruff: noqa: E501 - sentences stand as they are said

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.study import case_ranges
from mda5_crf.study.case_ranges import Proof, prove_text
from mda5_crf.study.expression import parse
from mda5_crf.study.model import Range, Study
from tests.unit.study.case_study import said
from tests.unit.study.participant import item, mini_study, one_form, study_of

ONE = one_form(
    item("N", "integer", "hard = [0, 300]; soft = [10, 200]")
    + item("D", "decimal", 'decimals = 2; hard = ["0.5", "8"]; soft = [1, ""]')
    + item("F", "decimal", 'hard = [0, "0.125"]')
    + item("C", "code", 'codelist = "MMT10"')
    + item("X", "integer", 'hard = [0, 99]; soft = [5, "N"]')
    + item("S", "integer", 'calculate = "N + 1"; hard = [1, 301]')
)
GOOD = """[reasons]
R = { en = "Because of N.", zh = "因为N。" }
[ranges]
"T.N" = { hard = ["0", "300"], soft = ["10", "200"] }
"T.D" = { hard = ["0.50", "8.0"], soft = ["1", ""] }
"T.F" = { hard = ["0", "0.125"] }
"T.C" = { hard = ["0", "10"], codes = true }
"T.X" = { hard = ["0", "99"], soft = ["5", "90"], built = { hard = ["0", "99"], soft = ["5", "N"] }, reason = "R" }
"T.S" = { hard = ["1", "301"] }
"""


def study() -> Study:
    """A study with one form of ranges; the other forms have none."""
    found = study_of("T", ONE)
    return replace(found, forms={"T": found.forms["T"]}, due=tuple(d for d in found.due if d.form == "T"))


def proved(text: str) -> Proof:
    return prove_text(study(), text)


def test_a_table_that_agrees() -> None:
    found = proved(GOOD)
    assert said(found.problems) == []
    assert found.ranges == 9
    # N 8 (two of each limit), D 6, F 4, X 4; what is computed or coded is not typed
    assert found.edges == 22


@pytest.mark.parametrize(
    "old, new, line, says",
    [
        ('["0", "300"]', '["0", "301"]', 4, "T.N: the hard limits are [0, 300] in the definition and [0, 301] in the table."),
        ('["10", "200"]', '["11", "200"]', 4, "T.N: the soft limits are [10, 200] in the definition and [11, 200]"),
        (', soft = ["10", "200"]', "", 4, "T.N: the soft limits are [10, 200] in the definition and – in the table."),
        ('["0", "0.125"] }', '["0", "0.125"], soft = ["0", "1"] }', 6, "T.F: the soft limits are – in the definition and [0, 1]"),
        ('soft = ["1", ""]', 'soft = ["", "1"]', 5, "T.D: the soft limits are [1, ] in the definition and [, 1]"),
        ('["0", "10"], codes', '["0", "9"], codes', 7, "T.C: the hard limits are – in the definition and [0, 9]"),
        ('["0", "10"], codes', '["1", "10"], codes', 7, "T.C: the hard limits are – in the definition and [1, 10]"),
        (", codes = true", "", 7, "T.C: the hard limits are – in the definition and [0, 10]"),
        ('"N"] }, reason = "R"', '"N"] }', 8, "built needs a reason"),
        ('reason = "R"', 'reason = "Q"', 8, "built needs a reason"),
        (', built = { hard = ["0", "99"], soft = ["5", "N"] }', "", 8, "built needs a reason"),
        ('soft = ["5", "N"]', 'soft = ["5", "M"]', 8, "T.X: the soft limits are [5, N] in the definition and [5, M]"),
        ('"T.S" = { hard = ["1", "301"] }\n', "", 0, "T.S: the hard limits [1, 301] of the definition are not in the table."),
        ('"T.S" = {', '"T.Z" = {', 9, "There is no item T.Z"),
        ('"T.S" = {', '"Z.S" = {', 9, "There is no item Z.S"),
        ('["1", "301"]', "[1, 301]", 9, 'hard is [low, high]'),
        ('["1", "301"]', '["1"]', 9, 'hard is [low, high]'),
        ('"T.S" = { hard', '"T.S" = { heard', 9, "key heard is not known here; did you mean hard?"),
        ("[ranges]", "[rangs]", 0, "key ranges is missing"),
        ("[ranges]", "[ranges", 3, "does not follow TOML"),
        ('zh = "因为N。"', 'zh = "because"', 2, "The Chinese text is not Chinese."),
    ],
)  # fmt: skip
def test_a_table_that_does_not(old: str, new: str, line: int, says: str) -> None:
    assert GOOD.count(old) == 1
    problems = said(proved(GOOD.replace(old, new)).problems)
    assert any(sentence.startswith(f"{line}: ") and says in sentence for sentence in problems), problems


def test_an_item_on_purpose_without_range_or_gone() -> None:
    text = GOOD.replace('"T.F" = {', '"T.GONE" = { hard = ["1", "2"], built = {}, reason = "R" }\n"T.F" = {')
    assert said(proved(text).problems) == []
    text = GOOD.replace(
        '"T.F" = { hard = ["0", "0.125"] }', '"T.F" = { hard = ["0", "1"], built = {}, reason = "R" }'
    )
    assert "T.F: the hard limits are [0, 0.125] in the definition and –" in said(proved(text).problems)[0]


def test_numbers_at_the_limits_are_really_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that takes limits as exclusive, or moves them, is found out."""
    texts: list[str] = []
    whole = case_ranges._said

    def noting(study: Study, item: object, text: str) -> object:
        texts.append(text)
        return whole(study, item, text)  # type: ignore[arg-type]

    monkeypatch.setattr(case_ranges, "_said", noting)
    proved(GOOD)
    assert texts[:8] == ["0", "-1", "300", "301", "10", "9", "200", "201"]
    assert texts[8:14] == ["0.5", "0.49", "8", "8.01", "1", "0.99"]
    assert texts[14:18] == ["0", "-0.001", "0.125", "0.126"]
    monkeypatch.setattr(case_ranges, "_said", lambda study, item, text: whole(study, item, "50"))
    assert any(
        "T.N: -1 should give hard, but gives –" in sentence for sentence in said(proved(GOOD).problems)
    )


def test_the_engine_and_the_table_disagree_when_a_limit_moves() -> None:
    found = study()
    moved = replace(found.forms["T"].items["N"], hard=Range(parse("0"), parse("299"), "T.N.HARD"))
    form = found.forms["T"]
    other = replace(found, forms={"T": replace(form, items={**form.items, "N": moved})})
    assert "[0, 299] in the definition" in said(prove_text(other, GOOD).problems)[0]


def test_without_a_table_nothing_is_compared(tmp_path: Path) -> None:
    assert case_ranges.prove(mini_study(), tmp_path) == Proof(0, 0, [])
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "ranges.toml").write_bytes(b"\xff")
    assert len(case_ranges.prove(mini_study(), tmp_path).problems) == 1
    (tmp_path / "cases" / "ranges.toml").write_text("[ranges]\n", encoding="utf-8")
    found = case_ranges.prove(mini_study(), tmp_path)
    assert len(found.problems) > 20
    assert found.edges == 0


def test_rows_have_limits_too() -> None:
    found = study()
    rows = one_form('layout = "log"\nrepeating = true\n' + item("N", "integer", "hard = [0, 300]")).replace(
        'layout = "rows"\n', ""
    )
    other = study_of("T", rows)
    other = replace(other, forms={"T": other.forms["T"]}, due=found.due)
    result = prove_text(other, '[ranges]\n"T.N" = { hard = ["0", "300"] }\n')
    assert (said(result.problems), result.edges) == ([], 4)
