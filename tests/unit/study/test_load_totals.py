"""Totals of tables and answers at rest: what a definition may say of them, and how they read."""

from __future__ import annotations

import pytest

from mda5_crf.study.load import load_source
from mda5_crf.study.model import Rule
from mda5_crf.study.source import pack
from mda5_crf.study.totals import totals_of
from tests.gui.form_driver import MemoryWard, fill, key_of, real_study
from tests.unit.study.definitions import Case, assert_said, changed, problems_of

MM, VS, EX = (f"forms/{name}.toml" for name in ("MM", "VS", "EX"))
ZERO = 'zero_row = "10"'
GRADE = 'name = "DELTR_MKORRES"\n  type = "code"'

MISTAKES = {
    "totals of rows": Case(
        VS, 'name = "BODY"', 'name = "BODY"\ntotals = [{ item = "BMI" }] #!', "totals has no"
    ),
    "unknown item": Case(MM, ZERO, f'{ZERO}\ntotals = [{{ item = "MMT8" }}] #!', "There is no item MMT8"),
    "no number of its own": Case(
        MM, ZERO, f'{ZERO}\ntotals = [{{ item = "DELTR_MKORRES" }}] #!', "no calculated"
    ),
    "unknown part": Case(
        MM, ZERO, f'{ZERO}\ntotals = [{{ rule = "sum", of = ["DELTX_MKORRES"] }}] #!', "no item DELTX"
    ),
    "unknown rule": Case(
        MM, ZERO, f'{ZERO}\ntotals = [{{ rule = "mean", of = ["QUADR_MKORRES"] }}] #!', "mean", more=True
    ),
    "unknown column": Case(
        MM,
        ZERO,
        f'{ZERO}\ntotals = [{{ rule = "sum", of = ["QUADR_MKORRES"], column = "X" }}] #!',
        "column X",
    ),
    "nothing named": Case(MM, ZERO, f'{ZERO}\ntotals = [{{ column = "R" }}] #!', "A total names an item"),
    "rule of nothing": Case(MM, ZERO, f'{ZERO}\ntotals = [{{ rule = "sum" }}] #!', "A total names an item"),
    "unknown key": Case(MM, ZERO, f'{ZERO}\ntotals = [{{ rule = "sum", off = [] }}] #!', "off", more=True),
    "rest of a group": Case(MM, ZERO, 'rest = "11"', "11 is no answer"),
    "rest of texts": Case(VS, 'name = "BODY"', 'name = "BODY"\nrest = "NORMAL" #!', "NORMAL is no answer"),
    "rest of an item": Case(MM, GRADE, f'{GRADE}\n  rest = "11" #!', "11 is no answer"),
    "rest of a number": Case(
        VS, 'unit = "beats/min"', 'unit = "beats/min"\n  rest = "normal" #!', "normal is no answer"
    ),
    "rest of a log": Case(
        EX, "repeating = true", 'repeating = true\nrest = "0" #!', "rest has no meaning", more=True
    ),
}


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES)
def test_mistakes(case: Case) -> None:
    assert_said(case)


def test_a_zero_row_is_the_rest_of_its_group_unless_another_is_named() -> None:
    group = load_source(pack(changed(MM, ZERO, ZERO))).forms["MM"].groups[1]
    assert (group.zero_row, group.rest) == ("10", "10")
    files = changed(MM, ZERO, f'{ZERO}\nrest = "0"')
    assert problems_of(files) == []
    group = load_source(pack(files)).forms["MM"].groups[1]
    assert (group.zero_row, group.rest) == ("10", "0")


def test_an_item_may_rest_otherwise_and_a_number_too() -> None:
    files = changed(MM, GRADE, f'{GRADE}\n  rest = "9"')
    files = changed(VS, 'unit = "beats/min"', 'unit = "beats/min"\n  rest = "0"', files)
    study = load_source(pack(files))
    assert study.forms["MM"].items["DELTR_MKORRES"].rest == "9"
    assert "0" in {item.rest for item in study.forms["VS"].items.values()}
    numbers = changed(VS, 'name = "BODY"', 'name = "BODY"\nrest = "0"')
    assert load_source(pack(numbers)).forms["VS"].groups[1].rest == "0"


def words(form: str, **texts: str) -> dict[str, str]:
    made = MemoryWard(real_study())
    entry = made.entry("BL", form)
    fill(entry, **texts)
    group = next(g for g in entry.form.groups if g.totals)
    return {one.label.en: one.words for one in totals_of(entry.form, group, entry.state)}


def test_a_sum_is_known_when_all_of_it_is_the_highest_when_any_of_it_is() -> None:
    study = real_study()
    left = next(t for t in study.forms["MMT"].groups[1].totals if t.rule is Rule.SUM)
    assert words("MMT", MKPERF="Y")["Left-side sum"] == "–"
    all_ten = dict.fromkeys(left.of, "10")
    assert words("MMT", MKPERF="Y", **all_ten)["Left-side sum"] == "80"
    assert words("MMT", MKPERF="Y", **{**all_ten, left.of[0]: "x"})["Left-side sum"] == "–"
    made = MemoryWard(study)
    entry = made.entry("BL", "HAQ")
    fill(entry, HAQPERF="Y", HAQ0102="2")
    entry.set_missing(key_of(entry, "HAQ0101"), "NOT_ANSWERED")
    group = next(g for g in entry.form.groups if g.totals)
    shown = totals_of(entry.form, group, entry.state)
    assert [one.words for one in shown[:2]] == ["2", "–"]


def test_a_scale_that_begins_at_0_says_its_end() -> None:
    assert words("CDASI", RSPERF="Y") == {"CDASI activity": "– / 100", "CDASI damage": "– / 32"}
    zones = {f"ICH_{z}_{c}": "0" for z in ("RU", "RM", "RL", "LU", "LM", "LL") for c in "G C GT CT H".split()}
    assert words("HRCT", HRPERF="Y", **zones) == {"Ichikado-type score": "100.0"}


def test_totals_of_a_form_that_was_not_done_are_not_known() -> None:
    assert set(words("MMT", MKPERF="N").values()) == {"– / 80", "–", "– / 150"}
