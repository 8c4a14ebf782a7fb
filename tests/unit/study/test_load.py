"""The loader as a whole: what it makes of a right definition, and that it says everything at once."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from mda5_crf.errors import DefinitionError
from mda5_crf.study.load import Statistics, check, load, load_source, statistics
from mda5_crf.study.model import ItemType, Layout, Mark, Severity, Study
from mda5_crf.study.source import pack, read_directory
from mda5_crf.text import Text, catalogue
from tests.unit.study import (
    test_course,
    test_load_items,
    test_load_references,
    test_load_tables,
    test_load_totals,
    test_same_as,
)
from tests.unit.study.definitions import MINI, TRIAL, Case, changed, mini, problems_of


@pytest.fixture(scope="module")
def study() -> Study:
    return load(MINI)


def test_items_are_as_written(study: Study) -> None:
    item = study.item("VS.TEMP_VSORRES")
    assert (item.type, item.decimals, item.length, item.unit) == (ItemType.DECIMAL, 1, 4, "°C")
    assert item.label == Text("Temperature", "体温")
    assert item.units == ("°F",)
    assert item.conversions == {"°F": (Decimal(-32), Decimal("0.5555555555555555555555555555555556"))}
    assert item.hard is not None and item.soft is not None
    assert (item.hard.low, item.hard.high, item.hard.oid) != (None, None, "")
    assert [end.source for end in (item.hard.low, item.hard.high) if end] == ["30.0", "44.0"]
    assert (item.hard.oid, item.soft.oid) == ("VS.TEMP_VSORRES.HARD", "VS.TEMP_VSORRES.SOFT")
    assert item.missing == ("ND",) and item.required and not item.computed


def test_an_open_end_and_an_expression_are_kept_apart(study: Study) -> None:
    hard = study.item("IC.RFICDAT").hard
    assert hard is not None and hard.high is not None
    assert (hard.low, hard.high.source) == (None, "today")


def test_an_item_converts_with_its_own_factor(study: Study) -> None:
    weight, creatinine = study.item("VS.WEIGHT_VSORRES"), study.item("LB.CREAT_LBORRES")
    assert weight.conversions == {
        "lb": (Decimal(0), Decimal("0.45359237")),
        "jin": (Decimal(0), Decimal("0.5")),
    }
    assert creatinine.conversions == {"mg/dL": (Decimal(0), Decimal("88.4"))}


def test_a_template_makes_every_sub_item_of_every_entry(study: Study) -> None:
    panel = study.forms["LB"].groups[1]
    assert [row.code for row in panel.rows] == ["CK", "ALT", "CREAT"]
    assert len(panel.items) == 3 * 6
    assert panel.items[0].label == Text("Creatine kinase: result", "肌酸激酶：结果")
    assert [(item.row, item.column) for item in panel.items[:3]] == [
        ("CK", "ORRES"),
        ("CK", None),
        ("CK", "LO"),
    ]
    assert study.item("LB.CK_LBORRES").required and not study.item("LB.CREAT_LBORRES").required


def test_a_sub_item_takes_the_units_of_the_result_it_belongs_to() -> None:
    units = '  unit = "{unit}"\n  units = "{units}"\n'
    lower = '  unit_from = "{T}_LBORRES"\n  relevant = \'present({T}_LBORRES)\'\n  hard = [0, ""]'
    files = changed("forms/LB.toml", units + lower, lower)
    item = load_source(pack(files)).item("LB.CREAT_LBORNRLO")
    assert (item.unit, item.units) == ("µmol/L", ("mg/dL",))
    assert item.conversions["mg/dL"] == (Decimal(0), Decimal("88.4"))


def test_a_template_makes_checks_and_leaves_out_what_an_entry_does_not_need() -> None:
    text = mini()["forms/LB.toml"]
    check_ = """
  [[template.analyte.check]]
  oid = "LB-05.{T}"
  severity = "hard"
  fires = "{T}_LBORNRLO >= {T}_LBORNRHI"
  items = ["{T}_LBORNRLO"]
  message = { en = "{label.en}: wrong limits.", zh = "{label.zh}：参考范围有误。" }
  only_with = "limits"

[[analyte]]
testcd = "LDH"
limits = true
label = { en = "Lactate dehydrogenase", zh = "乳酸脱氢酶" }
unit = "U/L"
"""
    form = load_source(pack({**mini(), "forms/LB.toml": text + check_})).forms["LB"]
    assert [(made.oid, made.message.zh) for made in form.checks[1:]] == [
        ("LB-05.LDH", "乳酸脱氢酶：参考范围有误。")
    ]
    assert "LDH_LBSTRESN" in form.items
    assert form.items["LDH_LBORRES"].hard is None


def test_groups_rows_and_logs(study: Study) -> None:
    grid, log = study.forms["MM"].groups[1], study.forms["EX"].groups[0]
    assert (grid.layout, grid.zero_row, grid.oid) == (Layout.GRID, "10", "MM.GRADES")
    assert [axis.code for axis in (*grid.rows, *grid.columns)] == ["DELT", "QUAD", "R", "L"]
    assert (log.layout, log.repeating, study.forms["EX"].log) == (Layout.LOG, True, True)


def test_checks_and_instruments(study: Study) -> None:
    check_ = study.forms["EX"].checks[1]
    assert (check_.oid, check_.severity, check_.per_row, check_.at_completion) == (
        "EX-05",
        Severity.QUERY,
        "ROWS",
        False,
    )
    assert study.forms["VS"].checks[2].at_completion
    activity = study.forms["MM"].instruments["activity"]
    assert (activity.function, sorted(activity.inputs)) == ("mdaat", ["cutaneous", "pulmonary"])


def test_an_instrument_takes_tables() -> None:
    inputs = "inputs = { baseline = { PHGA = 'BL.MM.MD_CUT' }, followup = { PHGA = 'MD_CUT' }, uln = {} }"
    files = changed("forms/MM.toml", 'function = "mdaat"\n', 'function = "total_improvement_score"\n')
    files = changed("forms/MM.toml", 'inputs = { CUTANEOUS = "MD_CUT", PULMONARY = "MD_PUL" }', inputs, files)
    for part in ("total", "points_phga"):
        inner = changed("forms/MM.toml", "'activity.ratio'", f"'activity.{part}'", files)
        baseline = load_source(pack(inner)).forms["MM"].instruments["activity"].inputs["baseline"]
        assert isinstance(baseline, dict) and list(baseline) == ["phga"]
    wrong = problems_of(changed("forms/MM.toml", "'activity.ratio'", "'activity.points_'", files))
    assert [problem.text.en for problem in wrong] == ["The instrument gives no activity.points_."]


def test_schedule_and_codelists(study: Study) -> None:
    assert [event.rank for event in study.events.values()] == list(range(6))
    carried, conditional = study.due[2], study.due[7]
    assert (carried.mark, carried.within, carried.when) == (Mark.CARRIED, 7, None)
    assert conditional.when is not None and conditional.when.source == 'IC.SEX == "F"'
    assert [due.form for due in study.forms_of("W12")] == ["VS", "LB", "MM"]
    grades = study.codelists["MMT10"]
    assert grades.integers and list(grades.by_code) == [str(number) for number in range(11)]
    assert grades.by_code["10"].text == Text("10", "10")


def test_a_definition_loads_again_from_its_own_bytes(study: Study) -> None:
    again = load_source(study.source)
    assert again == study
    assert len(study.hash) == 64


def test_the_hash_follows_every_character(study: Study) -> None:
    other = load_source(pack(changed("study.toml", "# A small", "# A little")))
    assert other.hash != study.hash


def test_the_hash_does_not_depend_on_line_ends_or_a_byte_order_mark(study: Study, tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    for name, text in mini().items():
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(tmp_path).hash == study.hash


def test_statistics(study: Study) -> None:
    counted = statistics(study)
    assert counted == Statistics(
        events=6, forms=5, items=55, computed=13, checks=7, ranges=36, codelists=7, units=10
    )


# everything at once


def test_all_mistakes_of_all_files_are_said_at_once() -> None:
    files = changed("forms/VS.toml", "decimals = 1\n  length = 4", "decimals = 1\n  lenght = 4")
    files = changed("forms/IC.toml", 'codelist = "SEX"', 'codelist = "SEXX"', files)
    files = changed("forms/EX.toml", "log = true", "log =", files)
    files = changed("schedule.toml", "target = 29", "target = 0", files)
    files = changed("study.toml", "OTHER =", "ELSE =", files)
    problems = problems_of(files)
    assert [problem.file for problem in problems] == [
        "forms/EX.toml",
        "forms/IC.toml",
        "forms/VS.toml",
        "schedule.toml",
        "study.toml",
    ]
    assert all(problem.line for problem in problems)


def test_the_exception_counts_and_speaks_both_languages() -> None:
    files = changed("study.toml", "OTHER =", "ELSE =")
    with pytest.raises(DefinitionError) as caught:
        load_source(pack(files))
    assert caught.value.text == Text("The study definition has 1 problem(s).", "研究定义有 1 个问题。")
    assert caught.value.problems[0].in_("zh") == "study.toml:23 reasons: 更改原因须包含代码 OTHER。"


def test_a_problem_names_line_and_path() -> None:
    files = changed("forms/VS.toml", '"beats/min"', '"beat/min"')
    assert problems_of(files)[0].in_("en") == (
        "forms/VS.toml:70 group.MAIN.PULSE_VSORRES.unit: "
        "units.toml has no unit beat/min; did you mean beats/min?."
    )


@pytest.mark.parametrize("name", sorted(mini()))
def test_a_file_that_is_no_toml_is_one_problem_not_a_hundred(name: str) -> None:
    problems = problems_of({**mini(), name: mini()[name] + "\n[broken\n"})
    assert [problem.file for problem in problems] == [name]
    assert problems[0].line == mini()[name].count("\n") + 2
    assert problems[0].text.en.startswith("The text does not follow TOML: ")


@pytest.mark.parametrize("name", sorted(mini()))
def test_a_file_cut_off_is_found_at_its_end(name: str) -> None:
    problems = problems_of({**mini(), name: mini()[name] + "\nkey = "})
    assert [(problem.file, problem.line) for problem in problems] == [(name, mini()[name].count("\n") + 2)]


def test_a_deeply_nested_text_is_a_problem_not_a_crash() -> None:
    problems = problems_of({**mini(), "units.toml": "a = " + "[" * 50_000})
    assert [problem.file for problem in problems] == ["units.toml"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    for name, text in mini().items():
        if name != "units.toml":
            (tmp_path / name).write_text(text, encoding="utf-8")
    problems = check(tmp_path)
    assert [(problem.file, problem.text.en) for problem in problems] == [
        ("units.toml", "This file of the definition is missing.")
    ]


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    assert {problem.file for problem in check(tmp_path)} == {
        "study.toml",
        "schedule.toml",
        "units.toml",
        "codelists.toml",
        "forms/",
    }


def test_check_finds_nothing_in_a_right_definition() -> None:
    assert check(MINI) == []


def test_the_same_problems_from_a_folder_and_from_bytes(tmp_path: Path) -> None:
    files = changed("forms/VS.toml", '"beats/min"', '"beat/min"')
    (tmp_path / "forms").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [problem.in_("zh") for problem in check(tmp_path)] == [
        problem.in_("zh") for problem in problems_of(files)
    ]


def test_every_sentence_of_the_loader_is_provoked_by_a_case() -> None:
    said: set[str] = set()
    modules = (
        test_load_tables, test_load_items, test_load_references, test_load_totals, test_course, test_same_as,
    )  # fmt: skip
    groups = [group for module in modules for group in vars(module).values() if isinstance(group, dict)]
    for case in (case for group in groups for case in group.values() if isinstance(case, Case)):
        text = mini()[case.file]
        files = changed(case.file, case.old, case.new) if case.old else {**mini(), case.file: text + case.new}
        said.update(problem.text.en for problem in problems_of(files))
    elsewhere = {
        "definition_has_problems",
        "did_you_mean",
        "file_missing",
        "file_unreadable",
        "file_not_utf8",
        "file_name",
        "no_forms",
        "source_damaged",
        "not_toml",
        "unit_from_other_units",
        "code_of_several",
        "cell_taken",
        "circle",
        "duplicate_form",
        "form_never_due",
        "unknown_deviation",
        "planned_without_day_one",
        "course_in_log",
        "languages_without_origin",
        "not_origin",
        "language_newer",
    }
    silent = {name for name, (english, _) in catalogue("study").items() if not _said(english, said)}
    assert silent - elsewhere == set()


def _said(sentence: str, said: set[str]) -> bool:
    plain = re.escape(sentence.replace("{{", "{").replace("}}", "}"))
    return any(re.fullmatch(re.sub(r"\\\{\w+\\\}", ".*", plain), one) for one in said)


def test_a_form_on_no_event() -> None:
    files = changed("schedule.toml", '[[due]]\nevent = "LOG"\nform = "EX"\nmark = "log"\n', "")
    assert "Form EX is due at no event of the schedule." in [p.text.en for p in problems_of(files)]


# the trial


def test_the_trial_loads_without_a_problem() -> None:
    """How long it takes is measured by ``make bench``."""
    files, problems = read_directory(TRIAL)
    assert problems == []
    assert len(load_source(pack(files)).forms) == 44
