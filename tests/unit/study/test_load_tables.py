"""Mistakes in keys, types, languages, the study, units, codelists, schedule: each found in its place."""

from __future__ import annotations

import pytest

from tests.unit.study.definitions import Case, assert_said

STUDY, SCHEDULE, UNITS, LISTS = "study.toml", "schedule.toml", "units.toml", "codelists.toml"
IC, VS, MM, EX = (f"forms/{name}.toml" for name in ("IC", "VS", "MM", "EX"))

_CLOSING = """
[[closing]]
oid = "STOP"
when = 'SCR.IC.SEX == "F"'
events = ["W4", "W12"]
except_forms = ["VS"]
text = { en = "Over.", zh = "结束。" }
"""

KEYS = {
    "unknown": Case(VS, 'domain = "VS"', 'domain = "VS"\ncolour = 1 #!', "The key colour is not known here."),
    "near": Case(VS, "decimals = 1\n  length = 4", "decimals = 1\n  lenght = 4 #!", "did you mean length?"),
    "missing": Case(VS, 'domain = "VS"\n', "", "The key domain is missing.", at="[form]"),
    "missing table": Case(STUDY, "[reasons]", "[reason] #!", "did you mean reasons?", more=True),
    "string": Case(STUDY, 'version = "0.1.0"', "version = 1 #!", "version must be a text in quotes."),
    "flag": Case(EX, "log = true", 'log = "yes" #!', "log must be true or false."),
    "flag from number": Case(EX, "log = true", "log = 1", "log must be true or false."),
    "whole number": Case(IC, "length = 200", "length = 2.5", "length must be a whole number."),
    "truth as number": Case(IC, "length = 200", "length = true", "length must be a whole number."),
    "limits": Case(IC, "length = 200", "length = 0", "length must lie between 1 and 10000."),
    "choice": Case(IC, 'type = "multi"', 'type = "mult" #!', "did you mean multi?"),
    "choices named": Case(IC, 'layout = "rows"', 'layout = "x"', "x is no layout: rows, grid, panel, log."),
    "list": Case(IC, 'missing = ["NA"]', 'missing = "NA"', "missing must be a list in [ ]."),
    "list of tables": Case(IC, "[[group]]", "[group]", "group must be a list of tables.", more=True),
    "list of other things": Case(
        LISTS, "[codelist.SEX]\nvalues = [", "[codelist.SEX]\nvalues = [3, #!", "values must be a table."
    ),
    "table": Case(IC, '{ en = "Sex", zh = "性别" }', '"Sex"', "label must be a table."),
    "twice": Case(IC, 'missing = ["NA"]', 'missing = ["NA", "NA"]', "NA is listed twice."),
    "text in a list": Case(IC, 'missing = ["NA"]', "missing = [3]", "missing must be a text in quotes."),
    "empty list": Case(
        VS, 'items = ["DIABP_VSORRES", "SYSBP_VSORRES"]', "items = []", "items must not be empty."
    ),
    "empty text": Case(VS, 'domain = "VS"', 'domain = " "', "domain must not be empty."),
}

NAMES = {
    "form": Case(VS, 'oid = "VS"\n', 'oid = "vs"\n', "vs cannot be a name here"),
    "prev": Case(VS, 'oid = "VS"\n', 'oid = "PREV"\n', "PREV cannot be a name here"),
    "item": Case(IC, 'name = "COVAL"', 'name = "Coval"', "Coval cannot be a name here"),
    "word of expressions": Case(IC, 'name = "COVAL"', 'name = "EVENT"', "EVENT cannot be a name here"),
    "group": Case(VS, 'name = "BODY"', 'name = "body"', "body cannot be a name here"),
    "event": Case(SCHEDULE, 'oid = "UNS"', 'oid = "uns"', "uns cannot be a name here", more=True),
    "check": Case(VS, 'oid = "VS-02"', 'oid = "02 VS"', "02 VS cannot be a name here"),
    "study name": Case(STUDY, "[names]", "[names]\nd1 = 'today' #!", "d1 cannot be a name here"),
    "missing code": Case(
        STUDY, "[missing]", '[missing]\nnd = { en = "A", zh = "甲" } #!', "nd cannot be a name here"
    ),
    "codelist": Case(LISTS, "", "\n[codelist.ny] #!\nrange = [0, 1]\n", "ny cannot be a name here"),
    "former name": Case(
        IC, 'name = "AGE"', 'name = "AGE"\n  renamed_from = "AGE" #!', "AGE cannot be a name here"
    ),
    "instrument": Case(
        MM, "[instrument.activity]", "[instrument.Activity]", "Activity cannot name an instrument", more=True
    ),
    "argument": Case(MM, 'CUTANEOUS = "MD_CUT"', '"1CUT" = "MD_CUT"', "1CUT cannot be a name here"),
}

LANGUAGES = {
    "none": Case(VS, '{ en = "Pulse", zh = "脉搏" }', '{ en = "Pulse" }', "The key zh is missing."),
    "English again": Case(VS, '"脉搏"', '"Pulse"', "The Chinese text is not Chinese."),
    "an abbreviation for a word": Case(VS, '"脉搏"', '"PR"', "The Chinese text is not Chinese."),
    "in a code": Case(LISTS, '"咳嗽"', '"cough"', "The Chinese text is not Chinese."),
    "in a message": Case(VS, '"舒张压应低于收缩压。"', '"See above."', "The Chinese text is not Chinese."),
    "Chinese as English": Case(VS, '"Pulse"', '"脉搏"', "The English text has Chinese characters in it."),
    "third language": Case(
        VS, '{ en = "Pulse", zh', '{ fr = "Pouls", en = "Pulse", zh', "The key fr is not known here."
    ),
}

STUDIES = {
    "time zone": Case(STUDY, '"Asia/Shanghai"', '"Asia/Shangri-La"', "Asia/Shangri-La is no time zone"),
    "path as time zone": Case(STUDY, '"Asia/Shanghai"', '"../zone"', "../zone is no time zone"),
    "pattern": Case(STUDY, r"'^\d{2}-\d{3}$'", r"'^\d{2}-(\d{3}$'", "not a regular expression."),
    "no OTHER": Case(STUDY, "OTHER =", "ELSE =", "need the code OTHER.", at="[reasons]"),
    "unit into itself": Case(UNITS, '"kPa" =', '"mmHg" =', "The unit mmHg converts into itself.", more=True),
    "factor": Case(UNITS, '"7.50062"', '"-1"', "factor must be an exact number, a factor above 0."),
    "no number": Case(UNITS, '"7.50062"', '"NaN"', "factor must be an exact number"),
    "truth": Case(UNITS, '"7.50062"', "true", "factor must be an exact number"),
    "offset": Case(UNITS, '"-32"', '"x"', "offset must be an exact number"),
    "no factor": Case(UNITS, '{ factor = "7.50062" }', '{ offset = "1" }', "The key factor is missing."),
    "range and values": Case(
        LISTS, "range = [0, 10]", "range = [0, 10]\nvalues = []", "Give either range or values"
    ),
    "code range": Case(LISTS, "range = [0, 10]", "range = [10, 0]", "A range of codes is two", more=True),
    "code range of texts": Case(LISTS, "range = [0, 10]", 'range = ["0", 10]', "A range of codes", more=True),
    "long code range": Case(
        LISTS, "", "\n[codelist.LONG]\nrange = [0, 5000] #!\n", "A range of codes is two"
    ),
    "same code": Case(LISTS, 'code = "N",', 'code = "y",', "The code y is already taken by Y", more=True),
    "code": Case(LISTS, 'code = "REFUSED"', 'code = "拒绝"', "拒绝 cannot be a code"),
    "code not whole": Case(
        LISTS,
        "[codelist.REASND]",
        "[codelist.REASND]\nintegers = true",
        "is not a whole number",
        'code = "REF',
        True,
    ),
    "leading dash": Case(LISTS, 'code = "REFUSED"', 'code = "--x"', "--x cannot be a code"),
    "long code": Case(LISTS, 'code = "REFUSED"', f'code = "-{"9" * 60}"', "cannot be a code"),
    "entries and range": Case(
        LISTS,
        "",
        '\n[codelist.TESTCD]\nentries_of = "analyte"\nrange = [0, 1] #!\n',
        "Give either entries_of or range",
    ),
    "entries and values": Case(
        LISTS,
        "",
        '\n[codelist.TESTCD]\nentries_of = "analyte"\nvalues = [] #!\n',
        "Give either entries_of or values",
    ),
    "entries of nothing": Case(
        LISTS, "", '\n[codelist.TESTCD]\nentries_of = "analyt" #!\n', "No form has template entries"
    ),
    "no values": Case(LISTS, "", "\n[codelist.NONE]\nvalues = [] #!\n", "values must not be empty."),
}

SCHEDULES = {
    "same event": Case(SCHEDULE, 'oid = "W12"', 'oid = "W4"', "There is another event W4.", more=True),
    "day zero": Case(SCHEDULE, "target = -1", "target = 0", "There is no study day 0."),
    "window at zero": Case(SCHEDULE, "window = [-28, 1]", "window = [-28, 0]", "There is no study day 0."),
    "target": Case(SCHEDULE, "target = 29", "target = 50", "The target day lies outside the window."),
    "repeating": Case(
        SCHEDULE,
        "repeating = true",
        "repeating = true\ntarget = 5 #!",
        "A repeating event has no target day.",
    ),
    "window": Case(SCHEDULE, "window = [22, 36]", "window = [36, 22]", "A window is two study days"),
    "window of texts": Case(SCHEDULE, "window = [22, 36]", 'window = ["a", 1]', "A window is two study days"),
    "window too long": Case(
        SCHEDULE, "window = [22, 36]", "window = [22, 99999]", "A window is two study days"
    ),
    "kind": Case(SCHEDULE, 'kind = "log"', 'kind = "logs"', "did you mean log?"),
    "due twice": Case(
        SCHEDULE,
        "",
        '\n[[due]] #!\nevent = "SCR"\nform = "IC"\nmark = "optional"\n',
        "IC is already due at SCR.",
    ),
    "no when": Case(
        SCHEDULE, "when = 'IC.SEX == \"F\"'", "", "conditional needs when", at='mark = "conditional"'
    ),
    "no within": Case(SCHEDULE, "within = 7\n", "", "carried needs within (days)", at='mark = "carried"'),
    "within": Case(SCHEDULE, 'mark = "carried"\n', 'mark = "required"\n', "within belongs to", at="within ="),
    "event": Case(SCHEDULE, 'event = "LOG"', 'event = "LOGS"', "no event LOGS; did you mean LOG?", more=True),
    "form": Case(SCHEDULE, 'form = "EX"', 'form = "EXX"', "no form EXX; did you mean EX?", more=True),
    "mark": Case(SCHEDULE, 'mark = "log"', 'mark = "logs"', "did you mean log?", more=True),
    "closing twice": Case(
        SCHEDULE,
        "",
        _CLOSING + _CLOSING.replace('"STOP"', '"STOP" #!'),
        "There is another closing STOP.",
    ),
    "closing name": Case(SCHEDULE, "", _CLOSING.replace('"STOP"', '"stop" #!'), "stop cannot be a name here"),
    "closing without when": Case(
        SCHEDULE,
        "",
        _CLOSING.replace("when = 'SCR.IC.SEX == \"F\"'", ""),
        "The key when is missing.",
        at="[[closing]]",
    ),
    "closing expression": Case(
        SCHEDULE, "", _CLOSING.replace("IC.SEX ", "IC.SEXX "), "no item IC.SEXX", at="when = 'SCR"
    ),
    "closing event": Case(
        SCHEDULE, "", _CLOSING.replace('"W4"', '"W5"'), "There is no event W5", at="events = ["
    ),
    "closing no event": Case(
        SCHEDULE, "", _CLOSING.replace('"W4", "W12"', ""), "events must not be empty.", at="events = ["
    ),
    "closing form": Case(
        SCHEDULE, "", _CLOSING.replace('"VS"', '"VSS"'), "There is no form VSS", at="except_forms"
    ),
    "closing key": Case(SCHEDULE, "", _CLOSING + "forms = 1 #!\n", "The key forms is not known here"),
    "closing text": Case(
        SCHEDULE, "", _CLOSING.replace("结束。", "Over."), "The Chinese text is not Chinese.", at="text = {"
    ),
    "another table": Case(SCHEDULE, "", "[[closings]] #!\n", "The key closings is not known here"),
    "expression": Case(SCHEDULE, "'IC.SEX == \"F\"'", "'SEX == \"F\"'", "There is no item SEX."),
}


@pytest.mark.parametrize("case", KEYS.values(), ids=KEYS)
def test_keys(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES)
def test_names(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", LANGUAGES.values(), ids=LANGUAGES)
def test_languages(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", STUDIES.values(), ids=STUDIES)
def test_study_units_codelists(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize("case", SCHEDULES.values(), ids=SCHEDULES)
def test_schedule(case: Case) -> None:
    assert_said(case)
