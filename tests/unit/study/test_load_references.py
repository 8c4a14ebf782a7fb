"""Every name in an expression leads somewhere, and no value waits for itself."""

from __future__ import annotations

import pytest

from mda5_crf.study.load import load_source
from mda5_crf.study.signatures import arguments
from mda5_crf.study.source import pack
from tests.unit.study.definitions import Case, assert_said, changed, mini, problems_of

IC, VS, LB, MM, EX = (f"forms/{name}.toml" for name in ("IC", "VS", "LB", "MM", "EX"))

RULE = "'DIABP_VSORRES >= SYSBP_VSORRES'"
GATE = "relevant = 'SEX == \"F\"'"
SUM = "'sum(rows(\"EX\"), ECDAYS)'"
CHANGE = "'MMTOTAL - BL.MM.MMTOTAL'"
LATER = "'EVENT != \"BL\"'"

LANGUAGE = {
    "syntax": Case(VS, RULE, "'DIABP_VSORRES >='", "(character "),
    "power": Case(VS, RULE, "'9**9**9 > 1'", "(character "),
    "depth": Case(VS, RULE, "'" + "(" * 4000 + "1" + ")" * 4000 + "'", "(character "),
    "deep not": Case(VS, RULE, "'" + "not " * 10_000 + "True'", "(character "),
    "import": Case(VS, RULE, "'__import__(\"os\") == 1'", "(character "),
    "attribute of a value": Case(VS, RULE, "'today.year.real.x > 1'", "(character "),
    "empty": Case(VS, RULE, "' '", "fires must not be empty."),
}

NAMES = {
    "item": Case(
        VS, RULE, "'DIABP_VSORES > 1'", "There is no item DIABP_VSORES; did you mean DIABP_VSORRES?"
    ),
    "study name": Case("study.toml", "'SCR.IC.RFICDAT'", "'SCR.IC.RFICDATE'", "There is no item IC.RFICDATE"),
    "item of a form": Case(MM, CHANGE, "'BL.MM.MTOTAL'", "There is no item MM.MTOTAL; did you mean MMTOTAL?"),
    "form": Case(MM, CHANGE, "'BL.MN.MMTOTAL'", "There is no form MN."),
    "event": Case(MM, CHANGE, "'BLL.MM.MMTOTAL'", "There is no event BLL; did you mean BL?"),
    "event compared": Case(MM, LATER, "'EVENT != \"BLL\"'", "There is no event BLL; did you mean BL?"),
    "event in a list": Case(MM, LATER, '\'EVENT in ("BL", "W13")\'', "There is no event W13"),
    "event not in a list": Case(MM, LATER, '\'EVENT not in ("BL", "W13")\'', "There is no event W13"),
    "event that repeats": Case(MM, CHANGE, "'UNS.VS.BMI'", "UNS can occur several times, so"),
    "form not there": Case(MM, CHANGE, "'W4.MM.MMTOTAL'", "MM is not on the schedule of W4."),
    "form never there": Case(IC, GATE, "relevant = 'MM.MMTOTAL > 1'", "MM is never at the same event as IC"),
    "setting": Case(IC, GATE, "relevant = 'setting(\"pulse\") == 1'", "study.toml has no setting pulse"),
    "term": Case(
        IC,
        GATE,
        "relevant = 'ctcae_grade(term=\"Anaemia\", value=AGE) == 1'",
        "no term Anaemia here; did you mean Anemia?",
    ),
    "code": Case(
        IC, GATE, "relevant = 'SEX == \"W\"'", "IC.SEX can never be W: its codelist SEX has no such code"
    ),
    "code in a list": Case(IC, GATE, 'relevant = \'SEX in ("F", "X")\'', "IC.SEX can never be X"),
    "code of another form": Case(VS, RULE, "'SCR.IC.SEX == \"X\"'", "IC.SEX can never be X"),
    "code selected": Case(IC, GATE, "relevant = 'selected(SYMPTOMS, \"COUGHS\")'", "did you mean COUGH?"),
    "number as text": Case(
        MM, "'abs(DELTR_MKORRES - DELTL_MKORRES) > 3'", "'DELTR_MKORRES == \"3\"'", "compare with the number"
    ),
}

ROWS = {
    "from another form": Case(
        IC, GATE, "relevant = 'present(EX.ECONGO)'", "EX.ECONGO stands in the rows of ROWS"
    ),
    "from the same form": Case(EX, SUM, "'ECDAYS + 1'", "ECDAYS stands in the rows of ROWS"),
    "check without each": Case(
        EX, 'each = "ROWS"\n', "", "ECSTDAT stands in the rows of ROWS", "fires = 'ECSTDAT <=", True
    ),
    "word of rows": Case(
        IC, GATE, "relevant = 'row_number() == 1'", "row_number has a meaning only in a row"
    ),
    "line number": Case(
        IC, GATE, "relevant = 'line_number() == 1'", "line_number has a meaning only in a row"
    ),
    "item": Case(EX, SUM, "'sum(rows(\"EX\"), ECDAY)'", "There is no item EX.ECDAY; did you mean ECDAYS?"),
    "form": Case(EX, SUM, "'count(rows(\"EXX\"))'", "There is no form EXX; did you mean EX?"),
    "event": Case(EX, SUM, "'count(rows(\"LOGG.EX\"))'", "There is no event LOGG; did you mean LOG?"),
    "form without rows": Case(EX, SUM, "'count(rows(\"BL.VS\"))'", "VS has no repeating rows."),
    "plain form": Case(EX, SUM, "'count(rows(\"VS\"))'", "VS has no repeating rows.", more=True),
    "row_id": Case(IC, GATE, "relevant = 'row_id() == COVAL'", "row_id has a meaning only in a row"),
    "outer row_id": Case(
        IC,
        GATE,
        "relevant = 'any(rows(\"EX\"), ECADJ == outer(row_id()))'",
        "row_id has a meaning only in a row",
    ),
    "performed and rows": Case(
        EX, SUM, '\'if_(performed("EX"), 1, count(rows("EX")))\'', "performed needs the date of EX"
    ),
    "performed": Case(IC, GATE, "relevant = 'performed(\"EX\")'", "performed needs the date of EX"),
}

ASKED = {
    "status": Case(IC, GATE, 'relevant = \'form_status("SCR.VSS") == "complete"\'', "There is no form VSS"),
    "status elsewhere": Case(IC, GATE, "relevant = 'signed(\"W4.MM\")'", "MM is not on the schedule of W4."),
    "status at an event": Case(IC, GATE, "relevant = 'signed(\"W5.VS\")'", "There is no event W5"),
    "status unreachable": Case(
        IC, GATE, "relevant = 'signed(\"MM\")'", "MM is never at the same event as IC"
    ),
    "status at a repeated event": Case(
        IC, GATE, "relevant = 'signed(\"UNS.VS\")'", "UNS can occur several times, so"
    ),
    "planned": Case(IC, GATE, "relevant = 'today > planned(\"W5\")'", "There is no event W5"),
    "planned log": Case(IC, GATE, "relevant = 'today > planned(\"LOG\")'", "LOG has no target day"),
    "next": Case(IC, GATE, "relevant = 'today > next_planned(\"VSS\")'", "There is no form VSS"),
    "link": Case(EX, 'type = "text"\n  length = 60', 'type = "link"\n  to = "AE" #!', "There is no form AE"),
    "link to no log": Case(
        EX, 'type = "text"\n  length = 60', 'type = "link"\n  to = "VS" #!', "VS is no log form"
    ),
    "link to nothing": Case(
        EX,
        'type = "text"\n  length = 60',
        'type = "link"',
        "The key to is missing.",
        at='[[group.item]]\n  name = "ECADJ"',
    ),
    "link with a list": Case(
        EX,
        'type = "text"\n  length = 60',
        'type = "link"\n  to = "EX"\n  codelist = "NY2" #!',
        "codelist has no meaning for the type link.",
    ),
    "to of a text": Case(EX, "length = 60", 'to = "EX"', "to has no meaning for the type text."),
    "many of a text": Case(EX, "length = 60", "many = true", "many has no meaning for the type text."),
    "deviation without its list": Case(
        VS, 'oid = "VS-02"', 'oid = "VS-02"\ndeviation = "DOSE" #!', "codelists.toml has no codelist DVCAT"
    ),
}

INSTRUMENTS = {
    "name": Case(MM, "'activity.ratio'", "'actvity.ratio'", "no instrument actvity; did you mean activity?"),
    "part": Case(MM, "'activity.ratio'", "'activity.ration'", "no activity.ration; did you mean ratio?"),
    "function": Case(MM, '"mdaat"', '"mdat"', "There is no instrument function mdat; did you mean mdaat?"),
    "another function": Case(MM, '"mdaat"', '"bmi"', "bmi takes no argument cutaneous.", "inputs =", True),
    "class": Case(MM, '"mdaat"', '"MDAAT"', "There is no instrument function MDAAT; did you mean mdaat?"),
    "argument": Case(
        MM, "CUTANEOUS", "CUTANEUS", "no argument cutaneus; did you mean cutaneous?", "inputs ="
    ),
    "open-ended argument": Case(
        MM, '"mdaat"', '"haq_di"', "haq_di takes no argument cutaneous", "inputs =", True
    ),
    "missing argument": Case(
        MM, '"mdaat"', '"total_improvement_score"', "needs the argument baseline", "inputs =", True
    ),
    "input": Case(MM, '"MD_CUT", PULM', '"MD_CUTT", PULM', "There is no item MD_CUTT; did you mean MD_CUT?"),
    "inputs twice": Case(
        MM, "CUTANEOUS = ", 'cutaneous = "MD_PUL", CUTANEOUS = ', "listed twice", "inputs ="
    ),
    "nested": Case(MM, '"MD_CUT", PULM', '{ A = "MD_CUTT" }, PULM', "There is no item MD_CUTT"),
    "not an expression": Case(MM, '"MD_CUT", PULM', "3, PULM", "CUTANEOUS must be a text in quotes."),
}


@pytest.mark.parametrize("case", LANGUAGE.values(), ids=LANGUAGE)
def test_language(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES)
def test_names(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_rows(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", ASKED.values(), ids=ASKED)
def test_what_is_asked_beside_values(case: Case) -> None:
    assert_said(case)


def test_a_deviation_is_a_code_of_its_list() -> None:
    lists = '\n[codelist.DVCAT]\nvalues = [ { code = "DOSE", en = "Dose", zh = "剂量" } ]\n'
    files = {**mini(), "codelists.toml": mini()["codelists.toml"] + lists}
    good = changed(VS, 'oid = "VS-02"', 'oid = "VS-02"\ndeviation = "DOSE"', files)
    assert problems_of(good) == []
    check = next(c for c in load_source(pack(good)).forms["VS"].checks if c.oid == "VS-02")
    assert check.deviation == "DOSE"
    bad = changed(VS, 'oid = "VS-02"', 'oid = "VS-02"\ndeviation = "DOSES"', files)
    assert [problem.text.en for problem in problems_of(bad)] == [
        "DOSES is no category of protocol deviations: DVCAT has no such code; did you mean DOSE?."
    ]


def test_a_planned_date_needs_day_1() -> None:
    files = changed(IC, GATE, "relevant = 'today > planned(\"W4\")'")
    files = changed("study.toml", "D1 = 'first(rows(\"EX\"), ECSTDAT)'\n", "", files)
    assert [problem.text.en for problem in problems_of(files)] == [
        "A planned date is counted from day 1: study.toml needs the name D1."
    ]


def test_a_broken_log_is_not_blamed_on_the_links_to_it() -> None:
    files = changed(IC, 'type = "text"\n  length = 200', 'type = "link"\n  to = "EX"')
    files["forms/EX.toml"] = "["
    assert [problem.file for problem in problems_of(files)] == ["forms/EX.toml"]


@pytest.mark.parametrize("word", ['planned("W4")', 'next_planned("VS")', "WINDOW_LO"])
def test_day_1_may_not_wait_for_what_is_counted_from_it(word: str) -> None:
    said = circles(("study.toml", "'first(rows(\"EX\"), ECSTDAT)'", f"'coalesce({word}, today)'"))
    assert said == ["D1 → D1"]


@pytest.mark.parametrize("case", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_instruments(case: Case) -> None:
    assert_said(case)


def circles(*changes: tuple[str, str, str]) -> list[str]:
    """The circles the loader names after these changes of the small definition."""
    files = mini()
    for change in changes:
        files = changed(*change, files)
    problems = problems_of(files)
    sentences = [problem.text.en for problem in problems]
    assert all(sentence.startswith("These values wait for each other: ") for sentence in sentences), sentences
    return [sentence.partition(": ")[2].rstrip(".") for sentence in sentences]


AGE = "'age_in_years(BRTHDAT, RFICDAT)'"
BMI = "'WEIGHT_VSORRES / ((SCR.VS.HEIGHT_VSORRES / 100) * (SCR.VS.HEIGHT_VSORRES / 100))'"
TOTAL = "'DELTR_MKORRES + DELTL_MKORRES + QUADR_MKORRES + QUADL_MKORRES'"
DAYS = '\'date_diff(ECSTDAT, if_(ECONGO == "Y", today, ECENDAT), "d") + 1\''


def test_a_value_of_itself() -> None:
    assert circles((IC, AGE, "'AGE + 1'")) == ["IC.AGE → IC.AGE"]


def test_two_values_of_one_another() -> None:
    assert circles((MM, TOTAL, "'MMCHANGE'"), (MM, CHANGE, "'MMTOTAL'")) == [
        "MM.MMTOTAL → MM.MMCHANGE → MM.MMTOTAL"
    ]


def test_a_question_that_gates_itself_through_another() -> None:
    assert circles(
        (
            IC,
            'label = { en = "Sex", zh = "性别" }',
            'label = { en = "Sex", zh = "性别" }\n  relevant = \'CHILDPOT == "Y"\'',
        )
    ) == ["IC.SEX → IC.CHILDPOT → IC.SEX"]


def test_a_group_gated_by_its_own_item() -> None:
    gate = 'relevant = \'VSPERF == "Y"\'\n\n  [[group.item]]\n  name = "HEIGHT'
    assert circles((VS, gate, gate.replace('VSPERF == "Y"', "WEIGHT_VSORRES > 1"))) == [
        "VS.WEIGHT_VSORRES → VS.WEIGHT_VSORRES"
    ]


def test_across_forms_of_one_event() -> None:
    assert circles((MM, TOTAL, "'LB.CK_LBSTRESN'"), (LB, "'{T}_LBORRES'", "'MM.MMTOTAL'")) == [
        "LB.CK_LBSTRESN → MM.MMTOTAL → LB.CK_LBSTRESN"
    ]


def test_through_study_names() -> None:
    files = changed("study.toml", "'SCR.IC.RFICDAT'", "'D1'")
    files = changed("study.toml", "'first(rows(\"EX\"), ECSTDAT)'", "'RFICDAT'", files)
    assert "These values wait for each other: RFICDAT → D1 → RFICDAT." in [
        p.text.en for p in problems_of(files)
    ]


def test_through_an_instrument() -> None:
    assert circles((MM, '"MD_CUT", PULM', '"MYOACT", PULM')) == ["MM.MYOACT → MM.activity → MM.MYOACT"]


def test_the_value_at_another_event_is_another_value() -> None:
    assert circles((MM, CHANGE, "'MMTOTAL - BL.MM.MMTOTAL'")) == []
    assert circles((VS, BMI, "'prev.VS.BMI'")) == []
    assert circles((MM, TOTAL, "'prev.MM.MMCHANGE'"), (MM, CHANGE, "'prev.MM.MMTOTAL'")) == []


def test_the_value_at_the_named_event_is_no_other_there() -> None:
    assert circles((MM, CHANGE, "'BL.MM.MMCHANGE'")) == ["MM.MMCHANGE → MM.MMCHANGE"]
    assert circles((MM, CHANGE, "'baseline(MM.MMCHANGE)'")) == ["MM.MMCHANGE → MM.MMCHANGE"]


def test_forward_and_back_again_is_a_circle() -> None:
    assert circles((MM, TOTAL, "'prev.MM.MMCHANGE'"), (MM, CHANGE, "'W12.MM.MMTOTAL'")) == [
        "MM.MMTOTAL → MM.MMCHANGE → MM.MMTOTAL"
    ]


def test_an_earlier_row_is_another_row() -> None:
    assert circles((EX, DAYS, "'coalesce(prev_row(ECDAYS), 0) + 1'")) == []
    assert circles((EX, DAYS, "'coalesce(prev_row(ECDAYS), 0) + ECDAYS'")) == ["EX.ECDAYS → EX.ECDAYS"]


def test_all_rows_include_this_row() -> None:
    assert circles((EX, DAYS, "'sum(rows(\"EX\"), ECDAYS)'")) == ["EX.ECDAYS → EX.ECDAYS"]
    assert circles((EX, DAYS, "'prev_row(ECDAYS) + sum(rows(\"EX\"), ECDAYS)'")) == ["EX.ECDAYS → EX.ECDAYS"]


def test_whether_a_form_was_done_depends_on_its_date() -> None:
    gate = 'label = { en = "Date", zh = "日期" }\n  required = true\n  hard = ["RFICDAT", "today"]'
    assert circles((MM, gate, gate + "\n  relevant = 'performed(\"MM\", within_days=3)'")) == [
        "MM.MKDAT → MM.MKDAT"
    ]
    assert circles((MM, gate, gate + "\n  relevant = 'performed(\"*.VS\", within_days=3)'")) == []


def test_limits_may_name_each_other() -> None:
    assert (
        circles((EX, 'required = true\n  hard = ["RFICDAT", "today"]', 'hard = ["RFICDAT", "ECENDAT"]')) == []
    )


def test_a_function_with_one_plain_result_has_a_value() -> None:
    files = changed(MM, 'function = "mdaat"', 'function = "bmi"')
    inputs = 'inputs = { weight_kg = "VS.WEIGHT_VSORRES", height_cm = "SCR.VS.HEIGHT_VSORRES" }'
    files = changed(MM, 'inputs = { CUTANEOUS = "MD_CUT", PULMONARY = "MD_PUL" }', inputs, files)
    assert problems_of(changed(MM, "'activity.ratio'", "'activity.value'", files)) == []
    assert [problem.text.en for problem in problems_of(files)] == ["The instrument gives no activity.ratio."]


def test_a_study_name_for_a_coded_item_is_compared_with_its_codes() -> None:
    files = changed("study.toml", "[names]", "[names]\nFEMALE = 'SCR.IC.SEX'")
    said = problems_of(changed(VS, RULE, "'FEMALE == \"X\"'", files))
    assert [problem.text.en for problem in said] == [
        "IC.SEX can never be X: its codelist SEX has no such code."
    ]
    assert problems_of(changed(VS, RULE, "'FEMALE == \"F\"'", files)) == []
    assert problems_of(changed(VS, RULE, "'D1 == \"F\"'", files)) == []


def test_an_instrument_without_a_function_is_one_problem() -> None:
    said = problems_of(changed(MM, 'function = "mdaat"\n', ""))
    assert [problem.text.en for problem in said] == ["The key function is missing."]


def test_a_table_of_inputs_has_no_key_twice() -> None:
    said = problems_of(changed(MM, '"MD_CUT", PULM', '{ a = "MD_CUT", A = "MD_CUT" }, PULM'))
    assert [problem.text.en for problem in said] == ["A is listed twice."]


def test_what_stands_on_an_unreadable_form_is_not_judged() -> None:
    files = changed(LB, 'items = ["CK_LBORRES"]', 'items = ["CK_LBORRES", "MM.NOTHING"]')
    files = changed(LB, "'CK_LBORRES > 5 * CK_LBORNRHI'", "'performed(\"MM\") and MM.NOTHING > 1'", files)
    files = {**files, MM: files[MM] + "\n[broken"}
    assert [problem.file for problem in problems_of(files)] == [MM]


def test_a_file_without_its_form_table() -> None:
    said = problems_of(changed(MM, "[form]\n", "[forms]\n"))
    assert ("The key form is missing.", MM) in [(problem.text.en, problem.file) for problem in said]
    assert {problem.file for problem in said} == {MM}


def test_two_files_for_one_form() -> None:
    said = [problem.text.en for problem in problems_of(changed(MM, 'oid = "MM"', 'oid = "LB"'))]
    assert "Form LB must stand in forms/LB.toml." in said
    assert "There is another form LB." in said


def test_instruments_are_asked_by_name_only() -> None:
    with pytest.raises(KeyError):
        arguments("quantum")
