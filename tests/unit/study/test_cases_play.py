"""Scenes become participants the way people enter them, and every check says whether it fires."""

# ruff: noqa: E501 - scenes stand as they are written

from __future__ import annotations

from dataclasses import replace

import pytest

from mda5_crf.study.case_target import wanted
from mda5_crf.study.cases_run import run
from mda5_crf.study.expression import parse
from tests.unit.study.case_study import case_study, played, read, said

GIVEN = '[given]\ntoday = "2022-12-31"\nPERF = "Y"\n'


def scenes(check: str, fires: str = "", holds: str = "", more: str = "") -> str:
    """One case as text."""
    return f'{GIVEN}[[case]]\ncheck = "{check}"\n{more}\nfires = [ {fires} ]\nholds = [ {holds} ]\n'


def good(text: str, form: str = "V") -> None:
    """Every scene shows what it says."""
    report, problems = played(text, form)
    assert said(problems) == []
    assert report.outcomes[0].good
    assert report.proved == 1


@pytest.mark.parametrize(
    "check, fires, holds, more",
    [
        ("V-01", '{ LOW = "5", HIGH = "5" }', '{ LOW = "5", HIGH = "6" }, { LOW = "5" }', ""),
        # the visit before is named with its event
        (
            "V-02",
            '{ HIGH = "8", "SCR.V.HIGH" = "7" }',
            '{ HIGH = "7", SCR.V.HIGH = "7" }',
            'event = "W4"',
        ),
        # the form's own name says nothing new
        ("V-01", '{ V.LOW = "5", SCR.V.HIGH = "5" }', '{ V.LOW = "5", HIGH = "6" }', ""),
        # an event that repeats
        ("V-02", '{ HIGH = "8", W4.V.HIGH = "7" }', '{ HIGH = "8" }', 'event = "UNS"'),
        # the row in question comes after the rows; without answers of its own it is the last of them
        (
            "V-03",
            '{ DOSE = "4", rows = { V = [ { DOSE = "9" }, { DOSE = "1" } ] } }, '
            '{ rows = { V = [ { DOSE = "3" }, { DOSE = "5" } ] } }',
            '{ DOSE = "4", rows = { V = [ { DOSE = "1" }, { DOSE = "9" } ] } }, { DOSE = "4" }, '
            '{ rows = { V = [ { DOSE = "3" }, { DOSE = "9" }, { DOSE = "4" } ] } }',
            "",
        ),
        # what the program knows: statuses, signatures, queries
        (
            "V-04",
            '{ signed = ["SCR.V"], status = { V = "complete" }, open_queries = 2 }',
            '{ signed = ["SCR.V"], status = { V = "complete" }, open_queries = 1 }, '
            '{ signed = ["SCR.V"], status = { V = "complete" } }, '
            '{ signed = ["SCR.V"], open_queries = 2 }, '
            '{ signed = [], status = { V = "complete" }, open_queries = 2 }, '
            '{ status = { V = "complete" }, open_queries = 2 }',
            "",
        ),
        (
            "V-05",
            '{ DAY = "2022-01-31", consent_versions = [ { version = "2.0", approved = "2022-02-01" } ] }, '
            '{ DAY = "2022-04-02", consent_versions = [ { version = "2.0", approved = "2022-02-01", until = "2022-04-01" } ] }',
            '{ DAY = "2022-02-01", consent_versions = [ { version = "2.0", approved = "2022-02-01" } ] }, '
            '{ DAY = "2022-01-31" }',
            "",
        ),
        (
            "V-06",
            '{ DAY = "2022-01-31", delegated = [ { code = "INV", task = "CONSENT", from = "2022-02-01" } ] }, '
            '{ DAY = "2022-02-02", delegated = [ { code = "INV", task = "CONSENT", from = "2022-02-01", to = "2022-02-01" } ] }',
            '{ DAY = "2022-02-01", delegated = [ { code = "INV", task = "CONSENT", from = "2022-02-01" } ] }',
            "",
        ),
        # a missing code is written with "!"
        ("V-07", '{ LOW = "!ND" }', '{ LOW = "!ND", HIGH = "1" }, { LOW = "1" }', ""),
        # another setting of the study
        ("V-09", '{ LOW = "4", settings = { strict = "true" } }', '{ LOW = "4" }, { LOW = "5", settings.strict = "true" }', ""),
        # a value that nothing entered can bring about
        (
            "V-12",
            '{ LOW = "4", HIGH = "5", computed = { TOTAL = "10" } }',
            '{ LOW = "4", HIGH = "5", computed.TOTAL = "9" }, { LOW = "4", HIGH = "5" }',
            "",
        ),
        # rows of a form that is no log
        (
            "V-08",
            '{ rows = { V = [ { DOSE = "10" }, { DOSE = "1" } ] } }, { DOSE = "11" }',
            '{ rows = { V = [ { DOSE = "10" } ] } }',
            "",
        ),
        # ranges, with the day of the scene
        (
            "V.DAY.HARD",
            '{ DAY = "2023-01-01" }, { DAY = "2022-03-01", SCR.V.DAY = "2022-03-02", SCR.V.PERF = "Y" }',
            '{ DAY = "2022-12-31" }, { DAY = "2023-01-01", today = "2023-01-01" }, '
            '{ DAY = "2022-03-02", SCR.V.DAY = "2022-03-02", SCR.V.PERF = "Y" }',
            'event = "W4"',
        ),
        ("V.LOW.SOFT", '{ LOW = "9" }, { LOW = "201" }', '{ LOW = "10" }, { LOW = "301" }', ""),
        ("V.LOW.HARD", '{ LOW = "301" }', '{ LOW = "9" }', ""),
        ("V.SINCE.HARD", '{ DAY = "2022-03-05", SINCE = "2022-02" }', '{ DAY = "2022-03-05", SINCE = "2022-03" }', ""),
        (
            "V.SINCE.UNDECIDED",
            '{ DAY = "2022-03-05", SINCE = "2022-03" }',
            '{ DAY = "2022-03-05", SINCE = "2022-02" }, { DAY = "2022-03-01", SINCE = "2022-03" }, { DAY = "2022-03-05" }',
            "",
        ),
    ],
)  # fmt: skip
def test_scenes_show_what_they_say(check: str, fires: str, holds: str, more: str) -> None:
    good(scenes(check, fires, holds, more))
    # … and the other way round every single scene is wrong.
    report, problems = played(scenes(check, holds, fires, more))
    assert len(report.outcomes[0].wrong) == report.scenes > 1
    assert report.proved == 0
    for sentence in said(problems):
        assert "does not fire in this scene" in sentence or "where it should not" in sentence


def test_links_name_rows() -> None:
    rows = 'rows = { AE = [ { AETERM = "a", AESER = "Y" }, { AETERM = "b", AESER = "N" } ], CM = [ { CMTRT = "x", CMAENO = "%s" } ] }'
    linked = '{ AESPID = "AE#2", ' + rows % "AE#1,AE#2" + " }"
    other = '{ AESPID = "AE#2", ' + rows % "AE#1" + " }"
    head = '[[case]]\ncheck = "SAE-01"\n'
    good(f"{head}fires = [ {linked} ]\nholds = [ {other} ]\n", "SAE")
    first = linked.replace('AESPID = "AE#2"', 'AESPID = "AE#1"')
    good(f'[[case]]\ncheck = "SAE-02"\nfires = [ {linked} ]\nholds = [ {first} ]\n', "SAE")


def test_readings_of_a_repeating_form() -> None:
    one = 'rows = { HRCT = [ { READER = "A" } ] }'
    good(
        f'[[case]]\ncheck = "H-01"\nfires = [ {{ READER = "A", {one} }} ]\n'
        f'holds = [ {{ READER = "B", {one} }}, {{ READER = "A" }}, {{ {one} }} ]\n',
        "HRCT",
    )
    good(
        '[[case]]\ncheck = "H-02"\nevent = "W4"\ngiven = { rows = { SCR.HRCT = [ { HRTHK = "1" }, { HRTHK = "9" } ] } }\n'
        'fires = [ { HRTHK = "1.01" } ]\nholds = [ { HRTHK = "1.00" }, { HRTHK = "2", rows = { "SCR.HRCT" = [] } } ]\n',
        "HRCT",
    )  # fmt: skip
    good(
        '[[case]]\ncheck = "H-02"\nevent = "W4"\n'
        'fires = [ { HRTHK = "1.01", SCR.HRCT.HRTHK = "1" } ]\nholds = [ { HRTHK = "1", SCR.HRCT.HRTHK = "1" } ]\n',
        "HRCT",
    )


@pytest.mark.parametrize(
    "scene, says",
    [
        ('{ NOTE = "x", DOSE = "1" }', "DOSE stands in the rows of V: write it in rows."),
        ('{ computed = { LOW = "1" } }', "LOW is not calculated on this form"),
        ('{ computed = { TOTALS = "1" } }', "TOTALS is not calculated on this form"),
        ('{ computed = { TOTAL = "x" } }', "V.TOTAL does not read as a value."),
        ('{ LOWW = "1" }', "There is no item LOWW; did you mean LOW?"),
        ('{ TOTAL = "1" }', "V.TOTAL is not entered"),
        ('{ LOW = "abc" }', "V.LOW does not read as a value."),
        ('{ LOW = "!UNK" }', "V.LOW does not read as a value."),
        ('{ LOW = "5 kg" }', "V.LOW does not read as a value."),
        ('{ DAY = "2022-03-01", PERF = "N" }', "DAY is set here but does not apply"),
        ('{ SCR.XX.LOW = "1" }', "There is no form XX."),
        ('{ W99.V.LOW = "1" }', "V is not due at W99."),
        ('{ LOG.V.LOW = "1" }', "V is not due at LOG."),
        ('{ HRCT.READER = "A", rows = { XX = [ {} ] } }', "There is no form XX."),
        ('{ W4.V.DOSE = "1" }', "W4.V.DOSE stands in the rows of V: write it in rows."),
        ('{ rows = { DM = [ {} ] } }', "DM has no rows and does not repeat."),
        ('{ rows = { V = [ { LOW = "1" } ] } }', "There is no item LOW."),
        ('{ rows = { V = [ { DOSES = "1" } ] } }', "There is no item DOSES; did you mean DOSE?"),
        ('{ rows = { V = [ { SINCE = "x" } ] } }', "V.SINCE does not read as a value."),
        ('{ rows = { CM = [ { CMAENO = "1" } ] } }', "A link is written AE#1."),
        ('{ rows = { CM = [ { CMAENO = "CM#1" } ] } }', "A link is written AE#1."),
        ('{ rows = { CM = [ { CMAENO = "AE#1" } ] } }', "There is no row AE#1."),
        ('{ rows = { AE = [ { AETERM = "x" } ], CM = [ { CMAENO = "AE#2" } ] } }', "There is no row AE#2."),
        ('{ signed = ["SCR.VV"] }', "There is no form VV"),
        ('{ status = { LOG.V = "complete" } }', "V is not due at LOG."),
    ],
)  # fmt: skip
def test_a_scene_that_cannot_be_played(scene: str, says: str) -> None:
    report, problems = played(scenes("V-01", holds=scene))
    sentences = said(problems)
    assert any(says in sentence and sentence.startswith("8: ") for sentence in sentences), sentences
    assert report.proved == 0


def test_a_form_of_another_visit_needs_its_visit() -> None:
    _, problems = played('[[case]]\ncheck = "SAE-01"\nholds = [ { V.LOW = "1" } ]\n', "SAE")
    assert any("V.LOW: which event is meant?" in sentence for sentence in said(problems))


def test_rows_behind_a_gate_show_nothing() -> None:
    text = scenes("V-08", '{ DOSE = "11" }', '{ rows = { V = [ { DOSE = "1" }, { WHY = "x" } ] } }')
    assert said(played(text)[1]) == [
        "8: V WHY is set here but does not apply: its gate is closed, so the scene shows nothing."
    ]
    open_ = text.replace('{ DOSE = "1" }, { WHY = "x" }', '{ DOSE = "1", WHY = "x" }')
    assert said(played(open_)[1]) == []


def test_a_check_without_both_sorts_of_scenes_is_named() -> None:
    _, problems = played(scenes("V-01", '{ LOW = "5", HIGH = "5" }'))
    assert said(problems) == ["0: V V-01 has no scene in which it does not fire."]
    _, problems = played(scenes("V.LOW.HARD", "", '{ LOW = "5" }'))
    assert said(problems) == ["0: V.LOW.HARD has no scene in which it fires."]


def test_everything_that_must_have_cases_is_asked_for() -> None:
    study = case_study()
    cases, _ = read(scenes("V-01", '{ LOW = "5", HIGH = "5" }', '{ LOW = "1", HIGH = "5" }'))
    report = run(study, cases)
    names = {target.name for target in wanted(study)}
    assert {"V V-01", "V.DAY.HARD", "V.HIGH.SOFT", "V.SINCE.HARD", "SAE SAE-01", "P L-AA"} <= names
    assert "V.LOW.HARD" not in names
    lacking = {p.text.en.partition(" has no")[0] for p in report.notes.problems({})}
    assert lacking == names - {"V V-01"}
    assert report.proved == 1


def test_what_cannot_be_evaluated_is_a_problem_and_no_crash() -> None:
    cases, _ = read(scenes("V-01", '{ LOW = "5", HIGH = "5" }'))
    old = cases[0].target
    assert old.check is not None
    broken = replace(old, check=replace(old.check, fires=parse("NOWHERE == 1")))
    report = run(case_study(), [replace(cases[0], target=broken)], ())
    sentences = said(report.notes.problems({}))
    assert any("cannot be evaluated in this scene: LookupError" in sentence for sentence in sentences)


def test_scenes_do_not_see_each_other() -> None:
    text = scenes("V-08", '{ rows = { V = [ { DOSE = "11" } ] } }', '{ DOSE = "10" }, { LOW = "1" }, {}')
    good(text)
