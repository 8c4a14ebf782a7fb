"""A definition for tests of cases: checks of every sort, and ways to read and run cases written as text."""

# ruff: noqa: E501 - tables of items and checks, one a line

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from mda5_crf.errors import Problem
from mda5_crf.study.cases import Case, read_cases
from mda5_crf.study.cases_run import Report, run
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.source import pack, read_directory
from tests.unit.study.definitions import Files
from tests.unit.study.participant import item

SITE = Path(__file__).parents[2] / "data" / "definitions" / "site"


def check(oid: str, fires: str, items: str, more: str = "") -> str:
    """One ``[[check]]``; ``more`` holds its other keys, separated by ``;``."""
    listed = ", ".join(f'"{name}"' for name in items.split())
    keys = more.replace(";", "\n")
    return (
        f'\n[[check]]\noid = "{oid}"\nseverity = "query"\nfires = \'{fires}\'\nitems = [{listed}]\n'
        f'message = {{ en = "Look at {oid}.", zh = "请核对{oid}。" }}\n{keys}\n'
    )


def group(name: str, body: str, more: str = "") -> str:
    """One ``[[group]]`` with its items."""
    return f'\n[[group]]\nname = "{name}"\ntitle = {{ en = "Group", zh = "分组" }}\n{more}\n{body}\n'


def form(oid: str, body: str, more: str = "") -> str:
    """A form file."""
    return f'[form]\noid = "{oid}"\nname = {{ en = "Form", zh = "表单" }}\ndomain = "ZZ"\n{more}\n{body}\n'


V = form(
    "V",
    group(
        "MAIN",
        item("PERF", "code", 'codelist = "NY2"')
        + item("DAY", "date", 'hard = ["SCR.V.DAY", "today"]; relevant = "PERF == \\"Y\\""')
        + item("LOW", "integer", 'unit = "mm"; hard = [0, 300]; soft = [10, 200]; missing = ["ND"]')
        + item("HIGH", "integer", 'soft = ["LOW", ""]')
        + item("LATE", "date", 'hard = ["add_days(DAY, -7)", "add_days(DAY, 7)"]')
        + item("ONE", "integer", 'hard = [0, 9]; hard_oid = "V-10"')
        + item("TWO", "integer", 'hard = [0, 9]; hard_oid = "V-10"')
        + item("TOTAL", "integer", 'calculate = "LOW + HIGH"'),
    )
    + group("LINES", item("DOSE", "integer") + item("SINCE", "partial_date", 'hard = ["DAY", ""]')
            + item("WHY", "text", 'relevant = "PERF == \\"N\\""'),
            'layout = "log"\nrepeating = true')
    + check("V-01", "LOW >= HIGH", "LOW")
    + check("V-02", "HIGH > prev.V.HIGH", "HIGH")
    + check("V-03", "DOSE > 3 and DOSE > prev_row(DOSE)", "DOSE", 'each = "LINES"')
    + check("V-04", 'signed("SCR.V") and form_status("SCR.V") == "complete" and open_queries() > 1', "LOW")
    + check("V-05", 'consent_approved("2.0", DAY) == False', "DAY")
    + check("V-06", 'delegated("INV", "CONSENT", DAY) == False', "DAY")
    + check("V-07", "missing(LOW) and not present(HIGH)", "LOW")
    + group("NOTES", item("NOTE", "text"), 'layout = "log"\nrepeating = true')
    + check("V-12", "TOTAL != LOW + HIGH", "TOTAL")
    + check("V-11", "LOW ** 10 >= 1024", "LOW")
    + check("V-09", 'setting("strict") == "true" and LOW < 5', "LOW")
    + check("V-08", 'sum(rows("V"), DOSE) > 10', "LOW"),
)  # fmt: skip

LOGS = check("SAE-01", 'any(rows("CM"), selected(CMAENO, outer(AESPID)))', "AESPID", 'each = "ROWS"') + check(
    "SAE-02", 'any(rows("AE"), row_id() == outer(AESPID) and AESER == "N")', "AESPID", 'each = "ROWS"'
)

READINGS = check("H-01", 'any(rows("HRCT"), READER == outer(READER) and form_id() != outer(form_id()))', "READER") + check(
    "H-02", 'HRTHK > first(rows("SCR.HRCT"), HRTHK)', "HRTHK"
)  # fmt: skip

PANEL = check("L-{T}", "{T}_RES > {most}", "{T}_RES")


@lru_cache(maxsize=1)
def case_files() -> tuple[tuple[str, str], ...]:
    """The definition as files."""
    files, problems = read_directory(SITE)
    assert problems == []
    files["forms/V.toml"] = V
    files["study.toml"] = files["study.toml"].replace("[settings]", '[settings]\nstrict = "false"', 1)
    files["forms/SAE.toml"] += LOGS
    files["forms/HRCT.toml"] += READINGS
    files["forms/P.toml"] = form(
        "P",
        group("MAIN", item("NOTE", "text"))
        + '\n[template.analyte]\ngroup = "MAIN"\n'
        + item("{T}_RES", "integer").replace("[[group.", "[[template.analyte.")
        + PANEL.replace("[[check]]", "[[template.analyte.check]]")
        + 'only_with = "most"\n'
        + "".join(
            f'\n[[analyte]]\ntestcd = "{code}"\nlabel = {{ en = "Test {code}", zh = "检验{code}" }}\n{more}\n'
            for code, more in (("AA", "most = 5"), ("BB", "most = 7"), ("CC", ""))
        ),
    )  # fmt: skip
    due = "".join(
        f'\n  {{ event = "{event}", form = "{oid}", mark = "optional" }},'
        for event, oid in (("SCR", "V"), ("W4", "V"), ("UNS", "V"), ("SCR", "P"))
    )
    files["schedule.toml"] = files["schedule.toml"].replace("due = [", "due = [" + due, 1)
    return tuple(files.items())


@lru_cache(maxsize=1)
def case_study() -> Study:
    """The definition, loaded."""
    files: Files = dict(case_files())
    return load_source(pack(files))


def read(text: str, form: str = "V") -> tuple[list[Case], list[Problem]]:
    """Cases of one form."""
    return read_cases(case_study(), {f"cases/{form}.toml": text})


def played(text: str, form: str = "V") -> tuple[Report, list[Problem]]:
    """Cases of one form, run; only what they name must have cases. They must read without problems."""
    cases, problems = read(text, form)
    assert [problem.in_("en") for problem in problems] == []
    report = run(case_study(), cases, ())
    return report, report.notes.problems({f"cases/{form}.toml": text})


def said(problems: list[Problem]) -> list[str]:
    """The problems as ``line: sentence``."""
    for problem in problems:
        assert problem.text.en != problem.text.zh
    return [f"{problem.line}: {problem.text.en}" for problem in problems]
