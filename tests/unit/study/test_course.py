"""``course`` of an item: limits drawn beside its values, read strictly; and the same in templates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mda5_crf.study.differences import differences
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.load import load_source
from mda5_crf.study.model import ItemCourse
from mda5_crf.study.source import pack
from tests.unit.study.definitions import Case, assert_said, changed, mini, problems_of
from tests.unit.study.participant import Participant, item, mini_study, one_form, study_of
from tests.wards import trial

VS, LB, EX = (f"forms/{name}.toml" for name in ("VS", "LB", "EX"))
SOFT = "soft = [35, 120]"
TEXT = '{ en = "Low", zh = "偏低" }'


def with_course(written: str) -> str:
    return f"course = {written}\n  {SOFT}"


LINE = f"{{ at = 40, text = {TEXT} }}"

WRONG = {
    "no table": Case(VS, SOFT, with_course("40"), "course must be a table."),
    "nothing in it": Case(VS, SOFT, with_course("{ }"), "A course needs lines, a band, or both."),
    "no lines": Case(VS, SOFT, with_course("{ lines = [] }"), "A course needs lines, a band, or both."),
    "lines no list": Case(VS, SOFT, with_course("{ lines = 40 }"), "lines must be a list of tables."),
    "unknown key": Case(
        VS, SOFT, with_course(f"{{ lines = [{LINE}], bands = 1 }}"), "The key bands is not known here"
    ),
    "unknown key of a line": Case(
        VS, SOFT, with_course(f"{{ lines = [{{ at = 1, of = 'BL', text = {TEXT} }}] }}"), "The key of is not"
    ),
    "no limit": Case(VS, SOFT, with_course(f"{{ lines = [{{ text = {TEXT} }}] }}"), "The key at is missing."),
    "no text": Case(VS, SOFT, with_course("{ lines = [{ at = 40 }] }"), "The key text is missing."),
    "text in one language": Case(
        VS, SOFT, with_course('{ lines = [{ at = 40, text = { en = "Low" } }] }'), "The key zh is missing."
    ),
    "limit is a truth": Case(
        VS, SOFT, with_course(f"{{ lines = [{{ at = true, text = {TEXT} }}] }}"), "at must be a number or an"
    ),
    "limit is empty": Case(
        VS, SOFT, with_course(f"{{ lines = [{{ at = ' ', text = {TEXT} }}] }}"), "at must be a number or an"
    ),
    "limit of another item": Case(
        VS, SOFT, with_course(f"{{ lines = [{{ at = 'WEIGTH_VSORRES', text = {TEXT} }}] }}"), "WEIGTH_VSORRES"
    ),
    "no expression": Case(
        VS,
        SOFT,
        with_course(f"{{ lines = [{{ at = '1 +', text = {TEXT} }}] }}"),
        "cannot be read from here on",
    ),
    "twice": Case(VS, SOFT, with_course(f"{{ lines = [{LINE}, {LINE}] }}"), "40 is listed twice."),
    "too many": Case(
        VS,
        SOFT,
        with_course("{ lines = [" + ", ".join(f"{{ at = {n}, text = {TEXT} }}" for n in range(5)) + "] }"),
        "A course has at most 4 lines.",
    ),
    "band of one end": Case(VS, SOFT, with_course("{ band = [40] }"), "band is [low, high]"),
    "band of no end": Case(VS, SOFT, with_course('{ band = ["", ""] }'), "band is [low, high]"),
    "band is a text": Case(VS, SOFT, with_course('{ band = "40" }'), "band is [low, high]"),
    "band of truths": Case(VS, SOFT, with_course("{ band = [true, 40] }"), "band must be a number or an"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_its_place(case: Case) -> None:
    assert_said(case)


def test_a_text_has_no_course() -> None:
    body = one_form(item("A", "text", f"course = {{ lines = [{LINE}] }}"))
    found = problems_of({**mini(), "forms/T.toml": body})
    assert "course has no meaning for the type text." in [problem.text.en for problem in found]


def test_rows_of_a_log_have_no_course() -> None:
    body = one_form(item("A", "integer")) + (
        '\n[[group]]\nname = "ROWS"\ntitle = { en = "Rows", zh = "行" }\nlayout = "log"\nrepeating = true\n'
        + item("N", "integer", f"course = {{ lines = [{LINE}] }}")
    )
    found = problems_of({**mini(), "forms/T.toml": body})
    assert "The rows of a log are different things: they have no course in time." in [
        problem.text.en for problem in found
    ]


def test_all_problems_of_a_course_are_found_at_once() -> None:
    files = changed(VS, SOFT, with_course("{ band = 1, lines = [{ }, { at = true }], more = 1 }"))
    assert len(problems_of(files)) == 5


def test_numbers_and_expressions_are_limits() -> None:
    line = f"{{ at = '0.9 * baseline(T.A)', text = {TEXT} }}"
    study = study_of(
        "T", one_form(item("A", "decimal", f'course = {{ band = ["", 1.50], lines = [{LINE}, {line}] }}'))
    )
    course = study.item("T.A").course
    assert course is not None
    assert [one.at.source for one in course.lines] == ["40", "0.9 * baseline(T.A)"]
    assert course.lines[0].text.zh == "偏低"
    assert course.band is not None
    assert course.band[0] is None and course.band[1] is not None
    assert course.band[1].source == "1.50"


def test_an_item_without_one_has_none() -> None:
    assert mini_study().item("VS.WEIGHT_VSORRES").course is None


def test_a_course_changes_no_finding() -> None:
    plain = one_form(item("A", "decimal", "soft = [1, 9]"))
    drawn = one_form(item("A", "decimal", f"soft = [1, 9]\ncourse = {{ lines = [{LINE}] }}"))
    found = [
        Participant(study_of("T", body)).enter("W4", "T", A="50").findings("W4", "T")
        for body in (plain, drawn)
    ]
    assert found[0] == found[1]


ANALYTE = 'column = "ORRES"'
IN_TEMPLATE = ANALYTE + '\n  course = { band = ["{T}_LBORNRLO", "{T}_LBORNRHI"], lines = "{lines}" }'


def test_an_entry_of_a_template_names_the_lines_the_others_have_only_the_band() -> None:
    files = changed(LB, ANALYTE, IN_TEMPLATE)
    files[LB] = files[LB].replace('testcd = "CK"\n', f'testcd = "CK"\nlines = [{LINE}]\n')
    assert problems_of(files) == []
    study = load_source(pack(files))
    with_lines, without = (study.item(f"LB.{name}_LBORRES").course for name in ("CK", "ALT"))
    assert isinstance(with_lines, ItemCourse) and isinstance(without, ItemCourse)
    assert [one.at.source for one in with_lines.lines] == ["40"] and without.lines == ()
    assert without.band is not None and without.band[0] is not None
    assert without.band[0].source == "ALT_LBORNRLO"


def test_a_mistake_in_an_entry_is_found_at_the_entry() -> None:
    files = changed(LB, ANALYTE, IN_TEMPLATE)
    files[LB] = files[LB].replace('testcd = "CK"\n', 'testcd = "CK"\nlines = [{ at = 40 }]\n')
    (problem,) = problems_of(files)
    written = files[LB].splitlines()[problem.line - 1]
    assert problem.text.en == "The key text is missing." and written.startswith("lines = ")


def test_another_limit_is_a_difference_of_the_definition() -> None:
    old, new = (
        study_of("T", one_form(item("A", "decimal", f"course = {{ band = [1, ''], lines = [{line}] }}")))
        for line in (LINE, LINE.replace("40", "45"))
    )
    (found,) = [one for one in differences(old, new) if one.path == "item T.A"]
    assert "[1, ]; 40" in found.text.en and "[1, ]; 45" in found.text.en
    assert [one for one in differences(old, mini_study()) if one.path == "item T.A"]


def test_the_trials_limits() -> None:
    study = trial()
    sources = {
        oid: [line.at.source for line in course.lines]
        for oid in ("LBI.FERRITIN_LBORRES", "LBH.LYM_LBORRES", "VS.OXYSAT_VSORRES", "TIS.TISTOT")
        if (course := study.item(oid).course) is not None
    }
    assert sources == {
        "LBI.FERRITIN_LBORRES": ["500"],
        "LBH.LYM_LBORRES": ["0.5", "0.2"],
        "VS.OXYSAT_VSORRES": ["93"],
        "TIS.TISTOT": ["20", "40", "60"],
    }
    fvc = study.item("PFT.FVCPP_REORRES").course
    assert fvc is not None and fvc.lines[0].at.source == "baseline(PFT.FVCPP_REORRES) - 10"


def test_a_limit_relative_to_baseline_is_a_number_of_the_participant() -> None:
    line = f"{{ at = 'baseline(VS.WEIGHT_VSORRES) - 10', text = {TEXT} }}"
    study = load_source(pack(changed(VS, SOFT, with_course(f"{{ lines = [{line}] }}"))))
    one = Participant(study).enter("BL", "VS", VSPERF="Y", WEIGHT_VSORRES="61.5")
    course = study.item("VS.WEIGHT_VSORRES").course
    assert course is not None
    scope = memory_of(study, one.data, one.today).context(one.form("W4", "VS")).scope
    assert course.lines[0].at.evaluate(scope) == Decimal("51.5")
