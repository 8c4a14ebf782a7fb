"""All proofs of a folder together: cases, limits, approved texts, OIDs."""

# ruff: noqa: E501 - sentences stand as they are said

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from mda5_crf.study import parity, parity_oids
from mda5_crf.study.cases_prove import Proof, prove
from mda5_crf.study.differences import differences
from mda5_crf.study.load import load, load_source
from mda5_crf.study.source import pack, read_directory
from tests.unit.study.case_study import said
from tests.unit.study.definitions import MINI, Files, changed, mini

CASE = """[[case]]
check = "VS-02"
given = { VSPERF = "Y" }
fires = [ { SYSBP_VSORRES = "120", DIABP_VSORRES = "120" } ]
holds = [ { SYSBP_VSORRES = "120", DIABP_VSORRES = "119" } ]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small definition in a folder of its own."""
    return Path(shutil.copytree(MINI, tmp_path / "mini"))


def proof(folder: Path) -> Proof:
    return prove(load(folder), folder)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_definition_with_nothing_beside_it(folder: Path) -> None:
    found = proof(folder)
    assert (found.problems, found.has_cases, found.has_parity) == ([], False, False)
    assert (found.checks, found.wanted, found.scenes, found.ranges, found.edges) == (0, 0, 0, 0, 0)
    assert found.texts > 50


def test_as_soon_as_cases_are_kept_every_check_needs_them(folder: Path) -> None:
    write(folder, "cases/VS.toml", CASE)
    found = proof(folder)
    assert found.has_cases
    assert (found.checks, found.scenes) == (1, 2)
    assert found.wanted > 5
    lacking = {sentence.partition(": ")[2].partition(" has no")[0] for sentence in said(found.problems)}
    assert len(lacking) == found.wanted - 1
    assert "EX EX-05" in lacking
    assert "VS VS-02" not in lacking


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    write(folder, "cases/VS.toml", CASE.replace("119", "121"))
    write(folder, "cases/ZZ.toml", CASE)
    write(folder, "cases/EX.toml", "= =")
    write(folder, "cases/ranges.toml", "[ranges]\n")
    study = load(folder)
    files = read_directory(folder)[0]
    write(folder, parity.NAME, parity.approve(files, None, "Li", date(2026, 1, 1))[0] + "nonsense\n")
    write(folder, parity_oids.NAME, parity_oids.approve(study, None) + "item\tVS.GONE\ttext\n")
    sentences = " ".join(said(proof(folder).problems))
    for words in (
        "VS-02 fires in this scene, where it should not",
        "There is no form ZZ",
        "does not follow TOML",
        "are not in the table",
        "This line was not written by study approve",
        "The item VS.GONE has been given out",
    ):
        assert words in sentences


# -- differences -------------------------------------------------------------------------------------


def told(old: Files, new: Files) -> list[str]:
    """The differences as ``kind path: text``."""
    found = differences(load_source(pack(old)), load_source(pack(new)))
    for one in found:
        assert one.kind in ("added", "removed", "changed")
    return [f"{one.kind} {one.path}: {one.text.en}" for one in found]


def test_a_definition_does_not_differ_from_itself() -> None:
    assert told(mini(), mini()) == []
    assert told(mini(), changed("forms/VS.toml", "[form]", "# a comment\n[form]")) == []


@pytest.mark.parametrize(
    "file, old, new, says",
    [
        ("forms/VS.toml", "hard = [20, 250]", "hard = [20, 240]",
         ["changed item VS.PULSE_VSORRES: hard was [20, 250], is [20, 240]"]),
        ("forms/VS.toml", "hard = [20, 250]\n", "",
         ["changed item VS.PULSE_VSORRES: hard was [20, 250], is –"]),
        ("forms/VS.toml", "soft = [50, 120]\n", "soft = [50, 120]\n  required = true\n",
         ["changed item VS.PULSE_VSORRES: required was false, is true"]),
        ("forms/VS.toml", "DIABP_VSORRES >= SYSBP_VSORRES", "DIABP_VSORRES > SYSBP_VSORRES",
         ["changed check VS VS-02: fires was DIABP_VSORRES >= SYSBP_VSORRES, is DIABP_VSORRES > SYSBP_VSORRES"]),
        ("forms/VS.toml", 'oid = "VS-09"', 'oid = "VS-10"',
         ["removed check VS VS-09: removed", "added check VS VS-10: added",
          "removed text forms/VS.toml check.VS-09.message: removed",
          "added text forms/VS.toml check.VS-10.message: More than 10 kg lost since baseline. / 较基线体重下降超过10 kg。"]),
        ("forms/VS.toml", 'en = "Pulse", zh = "脉搏"', 'en = "Heart rate", zh = "心率"',
         ['changed text forms/VS.toml group.MAIN.item.PULSE_VSORRES.label: was "Pulse", is "Heart rate"']),
        ("study.toml", 'pulse_limit = "100"', 'pulse_limit = "90"', ["changed setting pulse_limit: = was 100, is 90"]),
        ("study.toml", "'SCR.IC.RFICDAT'", "'SCR.IC.RFICDAT or False'", None),
        ("schedule.toml", 'within = 7', "within = 14", ["changed due BL VS: = was carried 7, is carried 14"]),
        ("schedule.toml", '[[due]]\nevent = "UNS"\nform = "VS"\nmark = "optional"\n', "",
         ["removed due UNS VS: removed"]),
    ],
)  # fmt: skip
def test_differences_in_words(file: str, old: str, new: str, says: list[str] | None) -> None:
    found = told(mini(), changed(file, old, new))
    if says is None:
        assert len(found) == 1
        assert found[0].startswith("changed name RFICDAT: = was SCR.IC.RFICDAT, is")
    else:
        assert found == says
    # and back
    assert len(told(changed(file, old, new), mini())) == len(found)


def test_a_new_answer_is_told_with_its_text() -> None:
    files = mini()
    line = next(line for line in files["codelists.toml"].splitlines() if 'code = "F"' in line)
    files = changed("codelists.toml", line, line + '\n  { code = "I", en = "Intersex", zh = "间性" },')
    found = told(mini(), files)
    assert any(one.startswith("added code ") and one.endswith(" I: added") for one in found)
    assert any("Intersex / 间性" in one for one in found)
