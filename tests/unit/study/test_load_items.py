"""Mistakes in items, groups, grids, templates and checks: each found in its place."""

from __future__ import annotations

import pytest

from tests.unit.study.definitions import Case, assert_said, changed, mini, problems_of

LISTS = "codelists.toml"
IC, VS, LB, MM, EX = (f"forms/{name}.toml" for name in ("IC", "VS", "LB", "MM", "EX"))

PULSE = 'unit = "beats/min"\n  relevant = \'VSPERF == "Y"\'\n  hard = [20, 250]'
VSDAT = 'required = true\n  hard = ["RFICDAT", "today"]'
DELTR = '三角肌（右）" }\n  required = true\n  missing = ["ND"]\n  row = "DELT"\n  column = "R"'
LOWER = 'unit_from = "{T}_LBORRES"\n  relevant = \'present({T}_LBORRES)\'\n  hard = [0, ""]'

COLUMNS = """columns = [
  { code = "R", en = "Right", zh = "右" },
  { code = "L", en = "Left", zh = "左" },
]
"""


def of_lower(lines: str) -> str:
    """The lower limit of an analyte with other lines about its unit."""
    return LOWER.replace('unit_from = "{T}_LBORRES"', lines)


ITEMS = {
    "no codelist": Case(
        LB,
        'codelist = "CLSIG"\n',
        "",
        "The key codelist is missing.",
        at='[[template.analyte.item]]\n  name = "{T}_LBCLSIG"',
    ),
    "unit": Case(VS, '"beats/min"', '"beat/min"', "no unit beat/min; did you mean beats/min?"),
    "codelist": Case(IC, 'codelist = "SEX"', 'codelist = "SEXX"', "no codelist SEXX; did you mean SEX?"),
    "source of an item": Case(IC, 'missing = ["NA"]', 'source = "CHART"', "study.toml has no source CHART"),
    "missing code": Case(IC, 'missing = ["NA"]', 'missing = ["N A"]', "study.toml has no missing code N A"),
    "conversion": Case(VS, 'units = ["in"]', 'units = ["ft"]', "ft has no conversion into cm in units.toml"),
    "own unit": Case(VS, 'unit = "jin", factor', 'unit = "KG", factor', "The unit KG converts into itself."),
    "unit twice": Case(VS, 'units = ["in"]', 'units = ["in", "in"]', "in is listed twice."),
    "key of a unit": Case(
        VS, 'unit = "jin", factor', 'unit = "jin", x = 1, factor', "The key x is not known"
    ),
    "units are no list": Case(VS, 'units = ["in"]', 'units = "in"', "units must be a list in [ ]."),
    "units without unit": Case(
        LB, 'unit = "µmol/L"\n', "", "Other units need the stored unit", at="units = [{", more=True
    ),
    "unit of a text": Case(IC, "length = 200", 'unit = "mg"', "unit has no meaning for the type text."),
    "decimals of a whole number": Case(IC, "soft = [18, 70]", "decimals = 2", "decimals has no meaning for"),
    "required label": Case(
        IC, 'type = "text"\n  length = 200', 'type = "label"\n  required = true #!', "required"
    ),
    "calculated and required": Case(
        IC, "soft = [18, 70]", "required = true", "required is for entered items"
    ),
    "calculated and missing": Case(IC, "soft = [18, 70]", 'missing = ["ND"]', "missing is for entered items"),
    "not done": Case(
        IC, "length = 200", 'not_done_item = "AGEE"', "There is no item AGEE; did you mean AGE?"
    ),
    "not done calculated": Case(
        IC, "length = 200", 'not_done_item = "AGE"', "must name another, entered item"
    ),
    "pattern": Case(IC, "length = 200", 'pattern = "["', "pattern is not a regular expression."),
    "date item": Case(IC, 'date_item = "RFICDAT"', 'date_item = "SEX"', "SEX is no date item of this form"),
    "same name": Case(IC, 'name = "COVAL"', 'name = "SEX"', "There is another item SEX on this form."),
}

RANGES = {
    "three ends": Case(VS, "hard = [20, 250]", "hard = [20, 250, 3]", "hard is [low, high]"),
    "no end": Case(VS, "hard = [20, 250]", 'hard = ["", ""]', "hard is [low, high]"),
    "tables": Case(VS, "hard = [20, 250]", "hard = [{}, 250]", "hard is [low, high]"),
    "truth": Case(VS, "hard = [20, 250]", "hard = [true, 250]", "hard is [low, high]"),
    "reversed": Case(VS, "hard = [20, 250]", "hard = [250, 20]", "hard: the lower limit is above", more=True),
    "name of none": Case(IC, "length = 200", 'hard_oid = "X-1"', "There is no hard range to be named."),
    "words": Case(
        IC, 'codelist = "SEX"', 'codelist = "SEX"\n  hard = [0, 1] #!', "the codes of SEX are no numbers"
    ),
    "number for a date": Case(VS, VSDAT, 'hard = [0, "today"]', "hard: the limits of a date"),
    "soft below": Case(VS, "soft = [50, 120]", "soft = [10, 120]", "A soft limit lies beyond the hard limit"),
    "soft above": Case(VS, "soft = [50, 120]", "soft = [50, 300]", "A soft limit lies beyond the hard limit"),
    "of a text": Case(
        IC, "length = 200", "hard = [1, 2]", "hard has no meaning for the type text.", more=True
    ),
    "expression": Case(
        VS, VSDAT, 'hard = ["RFICDATE", "today"]', "There is no item RFICDATE; did you mean RFICDAT?"
    ),
}

GROUPS = {
    "same name": Case(
        VS, 'name = "BODY"', 'name = "MAIN"', "There is another group MAIN on this form.", more=True
    ),
    "empty": Case(
        VS, "", '\n[[group]] #!\nname = "E"\ntitle = { en = "E", zh = "空" }\n', "The group has no items."
    ),
    "log that does not repeat": Case(
        EX, "repeating = true\n", "", "layout log and repeating", 'layout = "log"', True
    ),
    "rows that repeat": Case(
        VS, 'name = "BODY"', 'name = "BODY"\nrepeating = true #!', "layout log and", more=True
    ),
    "log without rows": Case(VS, 'domain = "VS"', 'domain = "VS"\nlog = true #!', "A log form needs a group"),
    "headings of rows": Case(
        VS, 'name = "BODY"', 'name = "BODY"\nrows = [] #!', "rows has no meaning in the layout"
    ),
    "cell in rows": Case(IC, "length = 200", 'row = "A"', "row has no meaning in the layout rows."),
    "zero row of rows": Case(
        VS, 'name = "BODY"', 'name = "BODY"\nzero_row = "0" #!', "zero_row has no", more=True
    ),
    "zero row": Case(
        MM, 'zero_row = "10"', 'zero_row = "11"', "11 is no code of the coded items of this grid."
    ),
    "grid without columns": Case(
        MM,
        COLUMNS,
        "",
        "The key columns is missing.",
        '[[group]]\nname = "GRADES"',
        True,
    ),
    "unknown row": Case(
        MM, DELTR, DELTR.replace('"DELT"', '"DELTT" #!'), "no row or column DELTT; did you mean DELT?"
    ),
    "no column": Case(
        MM,
        DELTR,
        DELTR.replace('column = "R"', ""),
        "The key column is missing.",
        '[[group.item]]\n  name = "DELTR',
    ),
    "same heading": Case(
        MM, '{ code = "L", en', '{ code = "R", en', "There is another heading R.", more=True
    ),
    "form file": Case(IC, 'oid = "IC"', 'oid = "ID"', "Form ID must stand in forms/ID.toml.", more=True),
}

TEMPLATES = {
    "name": Case(
        LB, "[template.analyte]", "[template.group]\n[template.analyte]", "group cannot be a name here"
    ),
    "group": Case(
        LB, 'group = "RESULTS"', 'group = "RESULT"', "no group RESULT on this form; did you mean", more=True
    ),
    "entry name": Case(
        LB,
        'testcd = "CREAT"',
        'testcd = "creat"',
        "creat cannot be a name here",
        '[[analyte]]\ntestcd = "creat',
    ),
    "entry key": Case(
        LB,
        'testcd = "CK"',
        'testcd = "CK"\nsofd = [1, 2] #!',
        "does not use the key sofd; did you mean soft?",
    ),
    "entry twice": Case(
        LB,
        'testcd = "CREAT"',
        'testcd = "CK"',
        "There is another entry CK.",
        '[[analyte]]\ntestcd = "CK"\nlabel = { en = "Creatinine',
    ),
    "no label": Case(
        LB,
        'label = { en = "Creatinine", zh = "肌酐" }\n',
        "",
        "The key label is missing.",
        '[[analyte]]\ntestcd = "CREAT"',
    ),
    "value of an entry": Case(
        LB, "hard = [0, 20000]", "hard = [20000, 0]", "the lower limit is above", more=True
    ),
    "no value": Case(
        LB,
        "'{T}_LBORRES'",
        "'{T}_LBORRES + {shift}'",
        "needs shift, which the entry CK does not give",
        more=True,
    ),
    "only with": Case(
        LB,
        'name = "{T}_LBCLSIG"',
        'name = "{T}_LBCLSIG"\n  only_with = 3 #!',
        "only_with must be a text",
        more=True,
    ),
    "unit from": Case(
        LB, LOWER, of_lower('unit_from = "{T}_LBORES"'), "There is no item CK_LBORES", more=True
    ),
    "unit from a code": Case(
        LB, LOWER, of_lower('unit_from = "{T}_LBNRIND"'), "unit_from must name a number", more=True
    ),
    "label in one language": Case(
        LB, 'zh = "{label.zh}：参考下限"', 'zh = "{label.en}: limit"', "The Chinese text is not"
    ),
}

CHECKS = {
    "same name": Case(VS, 'oid = "VS-07"', 'oid = "VS-02"', "There is another check VS-02 on this form."),
    "another message": Case(
        VS, 'oid = "VS-02"', 'oid = "LB-03"', "The check LB-03 of form LB has another severity"
    ),
    "severity": Case(VS, 'severity = "hard"', 'severity = "hart"', "did you mean hard?"),
    "each": Case(VS, 'oid = "VS-02"', 'oid = "VS-02"\neach = "BODY" #!', "each: BODY is no repeating group"),
    "item": Case(
        LB, 'items = ["CK_LBORRES"]', 'items = ["CK_LBORES"]', "no item CK_LBORES; did you mean CK_LBORRES?"
    ),
    "form": Case(LB, 'items = ["CK_LBORRES"]', 'items = ["CK_LBORRES", "VV.BMI"]', "There is no item VV.BMI"),
    "no own item": Case(
        LB, 'items = ["CK_LBORRES"]', 'items = ["VS.BMI"]', "A check stands beside an item of its own"
    ),
    "no rule": Case(
        VS,
        "fires = 'DIABP_VSORRES >= SYSBP_VSORRES'\n",
        "",
        "The key fires is missing.",
        '[[check]]\noid = "VS-02"',
    ),
    "when": Case(VS, 'when = "complete"', 'when = "completed"', "did you mean complete?"),
}


@pytest.mark.parametrize("case", ITEMS.values(), ids=ITEMS)
def test_items(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", RANGES.values(), ids=RANGES)
def test_ranges(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", GROUPS.values(), ids=GROUPS)
def test_groups_and_forms(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", TEMPLATES.values(), ids=TEMPLATES)
def test_templates(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", CHECKS.values(), ids=CHECKS)
def test_checks(case: Case) -> None:
    assert_said(case)


def test_a_mistake_in_a_template_is_said_once() -> None:
    files = changed("forms/LB.toml", 'codelist = "CLSIG"', 'codelist = "CLSIGG"')
    assert len(problems_of(files)) == 1


def test_answers_of_a_multi_item_have_no_separator_in_them() -> None:
    problems = problems_of(changed(LISTS, 'code = "COUGH"', 'code = "COUGH, DRY"'))
    assert [(problem.file, problem.path) for problem in problems] == [(IC, "group.MAIN.SYMPTOMS.codelist")]


def test_two_items_in_one_cell() -> None:
    problems = problems_of(changed(MM, DELTR, DELTR.replace('"R"', '"L"')))
    assert [problem.text.en for problem in problems] == ["Row DELT, column L already holds DELTR_MKORRES."]


def test_a_renamed_item_may_name_its_former_form() -> None:
    assert problems_of(changed(IC, 'name = "AGE"', 'name = "AGE"\n  renamed_from = "DM.AGE"')) == []


def test_limits_that_are_typed_in_the_unit_of_the_result_may_not_have_other_units() -> None:
    own = of_lower('unit_from = "{T}_LBORRES"\n  units = [{ unit = "kU/L", factor = "1000" }] #!')
    files = dict(mini())
    files[LB] = files[LB].replace(
        '  unit = "{unit}"\n  units = "{units}"\n  ' + LOWER, '  unit = "{unit}"\n  ' + own
    )
    sentences = {problem.text.en for problem in problems_of(files)}
    assert sentences == {
        "The units differ from those of CK_LBORRES, in whose unit this is typed; leave them out.",
        "The units differ from those of ALT_LBORRES, in whose unit this is typed; leave them out.",
        "The units differ from those of CREAT_LBORRES, in whose unit this is typed; leave them out.",
    }


def test_a_template_without_entries() -> None:
    template = '\n[template.test]\ngroup = "MAIN"\n[[template.test.item]]\nname = "{T}"\n'
    problems = problems_of({**mini(), LB: mini()[LB] + template})
    assert [(problem.where(), problem.text.en) for problem in problems] == [(LB, "The key test is missing.")]
