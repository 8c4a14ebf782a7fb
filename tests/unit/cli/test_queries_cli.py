"""``query`` beyond list, raise, answer and close; ``verify-source``; ``pdf source-list``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mda5_crf.db import read
from tests.commandline import act
from tests.monitored import MONITOR, built_monitored
from tests.vaults import enter

PLACE = ("01-001", "BL", "VS", "PULSE_VSORRES")


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """A ward with a monitor, whose password is asked through the ordinary file."""
    folder = Path(shutil.copytree(built_monitored(), tmp_path / "ward.mda5"))
    act("enter", folder, "01-001", "BL", "VS", "VSPERF=Y", "PULSE_VSORRES=72").good()
    return folder


@pytest.mark.requirement("E6-8")
def test_a_paper_goes_out_and_comes_back_once(ward: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.pdf"
    act("query", ward, "raise", "01-001", "--text", "Where is the chart?", login="d02").good()
    act("query", ward, "print", "-o", file).refused(2, "--query ID")
    act("query", ward, "print", "--subject", "01-002", "-o", file).refused(1, "01-002")
    assert not file.exists()
    act("query", ward, "print", "--subject", "01-001", "-o", file, login="n07").good()
    assert file.read_bytes().startswith(b"%PDF")
    with enter(ward) as vault:
        (paper,) = read.passages(vault.store, "print")[-1].content["papers"]
    take = ("query", ward, "take-answer", paper["code"], "--text", "In room 3", "--by", "Dr Li")
    act(*take, "--subject", "01-009").refused(1, "01-001")
    act("query", ward, "take-answer", paper["code"][:-1], "--text", "x", "--by", "y").refused(1, "no code")
    act(*take, "--on", "2026-08-01", login="n07").good()
    act(*take, login="n07").refused(1, "already taken")
    (query,) = act("query", ward, "--json").good().json()
    thread = act("query", ward, "thread", query["query"], "--json").good().json()
    assert thread[-1]["paper"]["by"] == "Dr Li"
    assert "答复人 Dr Li" in act("query", ward, "thread", query["query"], "--language", "zh").good().out


def test_cancel_and_reopen_take_a_reason_and_the_list_is_filtered(ward: Path) -> None:
    act("query", ward, "raise", *PLACE, "--text", "Which arm?", login="d02").good()
    (query,) = act("query", ward, "--mine", "--json", login="n07").good().json()
    assert (query["mine"], query["overdue"]) == (True, False)
    assert act("query", ward, "--mine", "--json", login="d02").good().json() == []
    act("query", ward, "cancel", query["query"], login="d02").refused(1, "reason")
    act("query", ward, "cancel", query["query"], "--text", "asked twice", login="n07").refused(1)
    act("query", ward, "cancel", query["query"], "--text", "asked twice", login="d02").good()
    assert act("query", ward, "--state", "waiting", "--json").good().json() == []
    act("query", ward, "reopen", query["query"], "--text", "not the same", login="d02").good()
    assert [q["state"] for q in act("query", ward, "--state", "Open", "--json").good().json()] == ["Open"]


@pytest.mark.requirement("P11-8")
def test_source_verification_is_the_monitors(ward: Path) -> None:
    assert MONITOR
    act("verify-source", ward).refused(2, "SUBJECT")
    act("verify-source", ward, "01-001", "--withdraw", "x").refused(2, "item by item")
    for login in ("i01", "n07", "d02"):
        act("verify-source", ward, *PLACE, login=login).refused(1)
    (line,) = act("verify-source", ward, "--report", "--json").good().json()
    assert (line["form"], line["level"], line["wanted"], line["verified"]) == ("VS", "all", 2, 0)
    assert "核查范围" in act("verify-source", ward, "--report", "01-001", "--language", "zh").good().out


def test_the_source_data_list_is_printed_from_a_vault_and_without(ward: Path, tmp_path: Path) -> None:
    for words in ((), (ward,)):
        file = tmp_path / f"s{len(words)}.pdf"
        act("pdf", "source-list", *words, "-o", file, "--lang", "zh").good()
        assert file.read_bytes().startswith(b"%PDF")
