"""``study check``, ``approve`` and ``diff`` as commands: words, exit status, and what is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commandline import Done, call

MINI = Path(__file__).parents[2] / "data" / "definitions" / "mini"
CASES = """[given]
VSPERF = "Y"
[[case]]
check = "VS-02"
fires = [ { SYSBP_VSORRES = "120", DIABP_VSORRES = "120" } ]
holds = [ { SYSBP_VSORRES = "120", DIABP_VSORRES = "119" } ]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small definition in a folder of its own."""
    return Path(shutil.copytree(MINI, tmp_path / "mini 定义"))


def replace(folder: Path, old: str, new: str, file: str = "forms/VS.toml") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def refused(folder: Path, says: str) -> Done:
    """``study check`` finds a problem and says so among the others."""
    done = call("study", "check", folder)
    done.refused(1)
    assert says in done.err
    return done


def approve(folder: Path, name: str = "Li Wei") -> str:
    return call("study", "approve", folder, "--name", name).good().out


def test_nothing_beside_a_definition_is_said_and_no_failure(folder: Path) -> None:
    out = call("study", "check", folder).good().out
    assert "No cases are kept beside this definition." in out
    assert "no approvals are kept" in out
    assert "未附案例" in call("study", "check", folder, "--language", "zh").good().out


def test_checks_without_cases_are_named_with_their_file(folder: Path) -> None:
    (folder / "cases").mkdir()
    (folder / "cases" / "VS.toml").write_text(CASES, encoding="utf-8")
    done = refused(folder, "cases/VS.toml: VS VS-07 has no scene in which it fires.")
    assert "VS VS-07 没有触发的场景" in done.err
    assert "VS-02" not in done.err
    assert "Cases: 1 of " in done.out
    assert "has no problems" not in done.out
    found = call("study", "check", folder, "--json")
    assert found.status == 1
    document = found.json()
    assert document["proof"]["checks"] == 1
    assert document["proof"]["scenes"] == 2
    assert document["statistics"] == {}
    assert all(problem["file"].startswith("cases/") for problem in document["problems"])


def test_a_wrong_scene_has_its_line(folder: Path) -> None:
    (folder / "cases").mkdir()
    (folder / "cases" / "VS.toml").write_text(CASES.replace('"119"', '"121"'), encoding="utf-8")
    refused(folder, "cases/VS.toml:6 case.VS-02.holds.0: VS VS-02 fires")


def test_approval_is_written_once_and_read_by_check(folder: Path) -> None:
    out = approve(folder)
    assert "Systolic blood pressure\n  收缩压" in out
    assert "text(s) approved by Li Wei" in out
    lock = (folder / "parity.lock").read_bytes()
    assert b"\r" not in lock
    assert "Li Wei" in lock.decode()
    assert (folder / "oids.lock").exists()
    assert not list(folder.glob("*.new"))
    assert "0 not approved yet" in call("study", "check", folder).good().out
    assert "0 text(s) approved by Chen" in approve(folder, "Chen")
    assert (folder / "parity.lock").read_bytes() == lock


def test_check_never_approves(folder: Path) -> None:
    approve(folder)
    lock = (folder / "parity.lock").read_bytes()
    replace(folder, 'en = "Systolic blood pressure"', 'en = "Upper blood pressure"')
    done = refused(folder, "The English changed and the Chinese did not")
    assert "Upper blood pressure" in done.err
    assert "收缩压" in done.err
    assert (folder / "parity.lock").read_bytes() == lock
    approve(folder, "Chen Jing")
    call("study", "check", folder).good()
    assert "Chen Jing" in (folder / "parity.lock").read_text(encoding="utf-8")


def test_texts_that_wait_are_named_and_no_failure(folder: Path) -> None:
    approve(folder)
    lines = "".join(f'N{n} = {{ en = "Reason {n}", zh = "原因{n}" }}\n' for n in range(25))
    replace(folder, "[reasons]\n", "[reasons]\n" + lines, "study.toml")
    out = call("study", "check", folder).good().out
    assert "25 not approved yet" in out
    assert "  study.toml reasons.N0\n" in out
    assert "… and 5 more" in out
    assert len(call("study", "check", folder, "--json").good().json()["proof"]["waiting"]) == 25


def test_an_oid_that_is_gone_or_has_another_type(folder: Path) -> None:
    approve(folder)
    replace(folder, 'name = "PULSE_VSORRES"', 'name = "HEART_VSORRES"')
    refused(folder, "The item VS.PULSE_VSORRES has been given out and is missing now")
    approve(folder)  # approving texts does not take an OID back
    refused(folder, "VS.PULSE_VSORRES")
    replace(folder, 'name = "HEART_VSORRES"', 'name = "HEART_VSORRES"\n  renamed_from = "PULSE_VSORRES"')
    call("study", "check", folder).good()


@pytest.mark.parametrize(
    "words, says",
    [
        (["approve"], "study approve DIR --name"),
        (["approve", "."], "study approve DIR --name"),
        (["approve", ".", "--name", " \t "], "study approve DIR --name"),
        (["approve", ".", "..", "--name", "X"], "only study diff takes two"),
        (["check", ".", ".."], "only study diff takes two"),
        (["diff"], "study diff OLD NEW"),
        (["diff", "."], "study diff OLD NEW"),
        (["agree", "."], "agree"),
    ],
)
def test_words_that_are_missing(words: list[str], says: str) -> None:
    call("study", *words).refused(2, says)


def test_a_definition_with_problems_is_not_approved(folder: Path) -> None:
    replace(folder, "hard = [20, 250]", "hard = [250, 20]")
    done = call("study", "approve", folder, "--name", "Li")
    done.refused(1)
    assert "forms/VS.toml" in done.err
    assert not (folder / "parity.lock").exists()


def test_a_list_of_approvals_that_cannot_be_read_is_not_replaced(folder: Path) -> None:
    (folder / "parity.lock").write_bytes(b"\xff\xff")
    done = call("study", "approve", folder, "--name", "Li")
    done.refused(1)
    assert "parity.lock: The file is not UTF-8" in done.err
    assert (folder / "parity.lock").read_bytes() == b"\xff\xff"
    refused(folder, "parity.lock: The file is not UTF-8")


def test_a_name_stays_on_its_line(folder: Path) -> None:
    approve(folder, "Li\tWei\n(site 01)")
    lines = (folder / "parity.lock").read_text(encoding="utf-8").splitlines()
    assert {line.count("\t") for line in lines} == {4}
    assert "\tLi Wei (site 01)\t" in lines[1]


def test_differences_in_words_and_json(folder: Path) -> None:
    assert call("study", "diff", MINI, folder).good().out == "0 difference(s).\n"
    replace(folder, "hard = [20, 250]", "hard = [20, 240]")
    out = call("study", "diff", MINI, folder).good().out
    assert "item VS.PULSE_VSORRES: hard was [20, 250], is [20, 240]" in out
    zh = call("study", "diff", MINI, folder, "--language", "zh").good().out
    assert "hard 原为 [20, 250]，现为 [20, 240]" in zh
    (one,) = call("study", "diff", MINI, folder, "--json").good().json()["differences"]
    assert (one["kind"], one["path"]) == ("changed", "item VS.PULSE_VSORRES")
    call("study", "diff", MINI, "nowhere").refused(1, "There is no folder")
