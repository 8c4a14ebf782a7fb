"""Words that fit no command: status 2, both languages, nothing touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mda5_crf.cli import usage
from mda5_crf.cli.parser import ACTS, build, parse
from mda5_crf.errors import UsageError
from tests.commandline import ROOT, call, program


@pytest.mark.parametrize(
    "words,said",
    [
        (["shwo", "x.mda5"], "no command shwo"),
        (["show"], "VAULT must be given"),
        (["show"], "缺少 VAULT"),
        (["new", "v.mda5", "--name", "Ward"], "--site"),
        (["new", "v.mda5", "--site", "1", "--name", "Ward", "--user", "i01"], "two digits"),
        (["new", "v.mda5", "--site", "0１", "--name", "Ward", "--user", "i01"], "two digits"),
        (["enter", "v.mda5", "01-001", "BL"], "FORM"),
        (["enter", "v.mda5", "01-001", "BL", "VS"], "at least one ITEM=TEXT"),
        (["enter", "v.mda5", "01-001", "BL", "VS", "PULSE_VSORRES"], "word 1"),
        (["enter", "v.mda5", "01-001", "BL", "VS", "A=1", "=72"], "word 2"),
        (["query", "v.mda5", "raise"], "SUBJECT [EVENT [FORM [ITEM]]]"),
        (["query", "v.mda5", "take-answer"], "code that stands on the paper"),
        (["query", "v.mda5", "print", "-o", "q.pdf"], "--query ID"),
        (["query", "v.mda5", "--state", "open"], "Resolved"),
        (["query", "v.mda5", "answer"], "query list"),
        (["bundle"], "VAULT"),
        (["bundle", "make"], "Name the vault"),
        (["bundle", "send", "v.mda5"], "no act send"),
        (["bundle", "v.mda5", "send"], "no act send"),
        (["users", "v.mda5", "add"], "log-in id"),
        (["users", "v.mda5", "add", "n09"], "--role"),
        (["users", "reset", "v.mda5", "n07"], "--second"),
        (["devices", "v.mda5", "add", "card"], "--fingerprint"),
        (["devices", "v.mda5", "card"], "card file"),
        (["pdf", "blank"], "-o/--output"),
        (["pdf", "blank", "-o", "x.pdf", "--lang", "fr"], "not 'fr'"),
        (["pdf", "filled", "v.mda5", "-o", "x.pdf"], "VAULT SUBJECT"),
        (["pdf", "filled", "v.mda5", "-o"], "needs a value"),
        (["verify", "v.mda5", "--witness", "abc"], "DEVICE:SEQ:HASH"),
        (["demo", "d", "--subjects", "many"], "whole number"),
        (["demo", "d", "--subjects", "0"], "1 and 500"),
        (["demo", "d", "--subjects", "501"], "1 and 500"),
        (["show", "v.mda5", "--json=1"], "takes no value"),
        (["show", "v.mda5", "--pass", "secret"], "--pass"),
        (["show", "v.mda5"], "--user"),
        (["verify", "v.mda5", "--user", "i01"], "MDA5_CRF_PASSWORD"),
    ],
)  # fmt: skip
def test_wrong_usage_is_2_in_both_languages(words: list[str], said: str, tmp_path: Path) -> None:
    call(*words).refused(2, said)
    assert not (tmp_path / "v.mda5").exists()


def test_a_sentence_of_another_python_is_still_a_sentence() -> None:
    other = usage.words("an error message of the year 2040")
    assert "2040" not in other.en + other.zh
    assert other.zh != other.en


def test_help_and_version_are_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    done = call("--help").good()
    for name in build().commands:
        assert name in done.out
    assert call("--version").good().out.startswith("mda5-crf ")
    for name in build().commands:
        assert "usage: mda5-crf " + name in call(name, "--help").good().out


def test_every_command_of_this_step_is_there() -> None:
    named = {
        "demo",
        "new",
        "users",
        "enrol",
        "enter",
        "show",
        "query",
        "pdf",
        "bundle",
        "verify",
        "study",
        "devices",
    }
    assert named <= set(build().commands)
    assert {"list", "add", "disable", "reset"} <= set(ACTS["users"])
    assert set(ACTS["bundle"]) == {"make", "check", "take", "list", "gaps", "cover", "ledger"}
    assert {"list", "raise", "answer", "close", "cancel", "reopen"} <= set(ACTS["query"])


@pytest.mark.parametrize("command", ACTS)
def test_act_and_vault_in_either_order(command: str) -> None:
    for act in ACTS[command]:
        first, second = parse([command, act, "v.mda5"]), parse([command, "v.mda5", act])
        assert (first.act, first.vault) == (second.act, second.vault) == (act, "v.mda5")
    assert parse([command, "v.mda5"]).act == ("list" if "list" in ACTS[command] else ACTS[command][0])


def test_a_vault_that_is_called_like_an_act() -> None:
    options = parse(["bundle", "make", "take"])
    assert {options.vault, options.act} == {"make", "take"}
    assert parse(["bundle", "./make", "take", "x.crf"]).vault == "./make"


def test_options_may_stand_anywhere() -> None:
    words = [
        "enter",
        "v.mda5",
        "--user",
        "i01",
        "01-001",
        "BL",
        "VS",
        "--row",
        "2",
        "A=1",
        "--complete",
        "B=-2",
    ]
    options = parse(words)
    assert options.values == ["A=1", "B=-2"]
    assert (options.subject, options.event, options.form, options.row) == ("01-001", "BL", "VS", "2")
    assert parse(["bundle", "make", "--to", "Centre", "v.mda5"]).vault == "v.mda5"


@pytest.mark.parametrize("words", [[], ["w/ard.mda5"], ["ward.mda5"], ["window"], ["window", "ward"]])
def test_no_command_is_the_window(words: list[str]) -> None:
    assert parse(words).command == "window"


def test_a_folder_beside_us_needs_no_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        parse(["ward"])
    (tmp_path / "ward").mkdir()
    assert parse(["ward"]).vault == "ward"


def test_without_a_display_the_window_names_the_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    call().refused(3, "mda5-crf demo")
    call("ward.mda5").refused(3, "mda5-crf demo")


def test_the_grammar_loads_neither_qt_nor_the_database() -> None:
    code = (
        "import sys; from mda5_crf.cli import main; main(['--version'])\n"
        "heavy = ('PySide6', 'sqlalchemy', 'reportlab', 'cryptography')\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in heavy]"
        "\nsys.exit(','.join(bad) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr


def test_as_a_program() -> None:
    program("--version").good()
    program("show").refused(2, "VAULT")
