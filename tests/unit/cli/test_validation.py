"""The documents of the validation name what there is, and say the same in both languages."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import ROOT
from tools import compliance, validation, validationdocs

FOLDER = ROOT / validation.FOLDER
PAIRS = ("plan", "evidence", "risk-assessment")
BY_HAND = ("plan.md", "plan.zh.md", "evidence.md", "evidence.zh.md")
PATH = re.compile(r"`((?:docs|tests|tools|resources|mda5_crf)/[\w./*-]+|[A-Z]+\.md)`")
LINK = re.compile(r"\]\(([^)#]+)\)")
TARGET = re.compile(r"`make ([a-z]+)`")


REQUIREMENTS = """
[group.X]
title = "Rules"
[row.X-1]
kind = ["S"]
says = "It is kept."
does = "`db/journal.py`"
"""
RISKS = """
[risk.R01]
does = ["Keeping", "保存"]
fails = ["Lost", "丢失"]
effect = ["Work", "工作"]
before = [1, 2, 2]
measure = ["Kept", "已保存"]
site = ["Look (`mda5-crf verify`)", "查看（`mda5-crf verify`）"]
after = [1, 1, 1]
tests = ["test_x.py::kept"]
meets = ["X-1"]
"""
SITE = """
[part.IQ]
title = ["Installed", "安装"]
[[part.IQ.line]]
act = ["Look", "查看"]
expect = ["There", "存在"]
meets = ["X-1"]
"""
TESTS = """
import pytest
@pytest.mark.requirement("X-1")
def test_kept(): ...
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with one requirement, one risk, one line of the site and one test."""
    files = {
        "docs/requirements.toml": REQUIREMENTS,
        "docs/validation/risks.toml": RISKS,
        "docs/validation/site.toml": SITE,
        "tests/test_x.py": TESTS,
        "mda5_crf/db/journal.py": "",
        "mda5_crf/cli/parser.py": 'COMMANDS = ("verify",)',
        "mda5_crf/jobs/selfcheck.py": 'REQUIREMENTS: dict[str, tuple[str, ...]] = {"files": ("X-1",)}',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert compliance.main(["--write"], tmp_path) == 0
    assert compliance.main([], tmp_path) == 0
    return tmp_path


@cache
def made_of() -> validation.Material:
    requirements = tomllib.loads((ROOT / "docs/requirements.toml").read_text(encoding="utf-8"))
    return validation.material(ROOT, requirements, compliance.proofs(ROOT / "tests"))


@pytest.mark.parametrize("name", BY_HAND)
def test_what_a_document_names_is_there(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    commands = validation.commands_of(ROOT)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert list(validation.unknown_commands(text, commands)) == []
    for path in PATH.findall(text):
        assert next(ROOT.glob(path), None), f"{name} names {path}"
    for link in LINK.findall(text):
        assert (FOLDER / link).exists(), f"{name} leads to {link}"
    for target in TARGET.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{name} names make {target}"


def structure(text: str) -> list[tuple[str, ...]]:
    """Headings by depth, tables by columns, list items, and what stands in back quotes, line by line."""
    found = []
    for line in text.splitlines():
        kind = "#" * (len(line) - len(line.lstrip("#"))) or ("-" if line.startswith("- ") else "")
        if line.startswith("|"):
            kind = "|" * (len(re.split(r"(?<!\\)\|", line)) - 1)
        if kind:
            found.append((kind, *sorted(re.findall(r"`[^`]+`", line))))
    return found


@pytest.mark.parametrize("name", PAIRS)
def test_both_languages_have_the_same_structure(name: str) -> None:
    english, chinese = (
        (FOLDER / f"{name}{language}.md").read_text(encoding="utf-8").replace(".zh.md", ".md")
        for language in ("", ".zh")
    )
    assert structure(english) == structure(chinese)
    assert len(structure(english)) > 20
    # Paragraphs and items too: what stands in back quotes anywhere.
    assert sorted(re.findall(r"`[^`]+`", english)) == sorted(re.findall(r"`[^`]+`", chinese))
    assert not re.search(r"受试者|患者", chinese)


def test_a_sentence_in_one_language_alone_is_seen() -> None:
    assert structure("# A\n\n- b `c`\n") != structure("# A\n\n- b\n")
    assert structure("| a | b |\n") != structure("| a |\n")
    assert structure("## A\n") != structure("# A\n")


def test_every_class_of_risk_and_every_line_says_its_requirement() -> None:
    everything = made_of()
    assert validation.faults(everything, ROOT) == []
    assert len(everything.risks) >= 20
    assert {validation.level(risk["before"]) for risk in everything.risks.values()} >= {"high", "medium"}
    for name, line in everything.lines():
        assert line["meets"], f"{name} serves no requirement"
    # What a document or the site has to show appears on the list it signs, or is the sponsor's alone.
    assert [name.split("-")[0] for name, _ in everything.lines()].count("IQ") >= 5


def altered(risks: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {"R01": risks["R01"] | fields}


@pytest.mark.parametrize(
    "fields,said",
    [
        ({"tests": ["faults/test_kill.py::nobody_wrote_this"]}, "there is no test"),
        ({"tests": ["faults/test_nothing_here.py"]}, "there is no test"),
        ({"tests": ["faults/test_kill.py::kill_during_entry"]}, "1 tests, 4 are due"),
        ({"meets": ["P11-99"]}, "no requirement P11-99"),
        ({"before": [3, 2, 4]}, "from 1 to 3"),
        ({"after": [3, 2, 3]}, "changes nothing"),
        ({"after": [1, 1, 1]}, "not how bad"),
        ({"site": ["Do it", "Do it"]}, "English and Chinese"),
        ({"site": ["Run `mda5-crf verify`", "运行 `mda5-crf drill`"]}, "other commands"),
        ({"site": ["Run `mda5-crf no-such`", "运行 `mda5-crf no-such`"]}, "no command no-such"),
        (
            {"site": ["See `mda5-crf study no-such VAULT`", "见 `mda5-crf study no-such VAULT`"]},
            "study no-such",
        ),
    ],
)
def test_a_risk_that_names_nothing_is_refused(fields: dict[str, Any], said: str) -> None:
    everything = made_of()
    bad = validation.Material(
        everything.requirements,
        everything.proofs,
        altered(dict(everything.risks), **fields),
        {},
        everything.checks,
    )
    assert any(said in one for one in validation.faults(bad, ROOT))


@pytest.mark.parametrize(
    "rated,level", [([3, 2, 2], "high"), ([3, 3, 1], "medium"), ([2, 3, 1], "medium"), ([2, 2, 1], "low")]
)
def test_the_class_of_a_risk(rated: list[int], level: str) -> None:
    assert validation.level(rated) == level


def test_the_table_of_the_self_check_is_read_as_it_is() -> None:
    source = (ROOT / "mda5_crf/jobs/selfcheck.py").read_text(encoding="utf-8")
    assert validation.checks_of(source) == import_module("mda5_crf.jobs.selfcheck").REQUIREMENTS
    with pytest.raises(SystemExit, match="REQUIREMENTS"):
        validation.checks_of("A = 1")


def test_the_trace_has_every_requirement_with_what_proves_it() -> None:
    everything = made_of()
    text = validationdocs.trace(everything)
    for name in everything.requirements:
        assert text.count(f"\n| {name} | ") == 1
    assert re.search(r"^\| P11-1 \|.*test_record\.py.*\| record \| IQ-4, .*R07 \|$", text, re.MULTILINE)
    assert re.search(r"^\| `faults/test_kill\.py` \|.*R01", text, re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["trace.md", "risk-assessment.md", "risk-assessment.zh.md", "site-checklist.md"]
)
def test_an_edited_document_is_said_to_be_stale(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / validation.FOLDER / name
    before = file.read_text(encoding="utf-8")
    assert ("X-1" if name == "trace.md" else "R01" if "risk" in name else "IQ-1") in before
    file.write_text(before + "\n", encoding="utf-8")
    assert compliance.main([], project) == 1
    assert f"docs/validation/{name} is stale" in capsys.readouterr().out
    compliance.main(["--write"], project)
    assert file.read_text(encoding="utf-8") == before


def test_a_risk_whose_test_is_gone_fails_the_build(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "tests/test_x.py").write_text(TESTS.replace("test_kept", "test_other"), encoding="utf-8")
    assert compliance.main(["--write"], project) == 1
    assert "R01: there is no test test_x.py::kept" in capsys.readouterr().out
