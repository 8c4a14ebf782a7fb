"""``show``, ``query``, ``pdf``, ``verify``, ``study``: what reads, and one JSON document from each."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from mda5_crf.db.unlock import DATABASE
from mda5_crf.settings import study_directory
from mda5_crf.study import cases_prove
from mda5_crf.study.model import Study
from tests.commandline import ROOT, Done, act, call

VITALS = ["VSPERF=Y", "SYSBP_VSORRES=80", "DIABP_VSORRES=95", "PULSE_VSORRES=72"]


@pytest.fixture(scope="module", autouse=True)
def filled(vault: Path) -> None:
    from tests.commandline import remembered_keys

    with remembered_keys():
        act("enter", vault, "01-001", "BL", "VS", *VITALS).good()


def test_the_matrix(vault: Path) -> None:
    found = act("show", vault, "--json").good().json()
    assert found["site"] == "01"
    (row,) = [s for s in found["subjects"] if s["subject"] == "01-001"]
    assert row["events"]["BL"]["status"] == "in_progress"
    assert row["events"]["W52"]["status"] == "not_started"
    assert found["outcome"]["participants"] == 0
    assert found["outcome"]["median"] is None
    for language, word in (("en", "Responders"), ("zh", "应答者")):
        text = act("show", vault, "--language", language).good().out
        assert "01-001" in text
        assert word in text


def test_one_participant_and_one_visit(vault: Path) -> None:
    whole = act("show", vault, "01-001", "--json").good().json()
    visit = act("show", vault, "01-001", "BL", "--json").good().json()
    assert [e["event"] for e in visit["events"]] == ["BL"]
    assert visit["events"][0] in whole["events"]
    assert visit["events"][0]["forms"]["VS"]["status"] == "in_progress"
    assert "生命体征" in act("show", vault, "01-001", "BL", "--language", "zh").good().out


@pytest.mark.requirement("P11-2")
def test_one_form(vault: Path) -> None:
    """EMA-3: value, computed value, finding and query at the data point."""
    found = act("show", vault, "01-001", "BL", "VS", "--json").good().json()
    assert any(f["severity"] == "hard" and "DIABP_VSORRES" in f["items"] for f in found["findings"])
    text = act("show", vault, "01-001", "BL", "VS", "--language", "zh").good().out
    assert "HARD" in text
    assert "80 mmHg" in text


@pytest.mark.parametrize(
    "words,said",
    [
        (["01-099"], "01-099"), (["01-001", "XX"], "no visit"), (["01-001", "BL", "XX"], "no form"),
        (["01-001", "BL", "EX"], "not on the schedule"), (["01-001", "UNS"], "no UNS"),
    ],
)  # fmt: skip
def test_what_is_not_there(vault: Path, words: list[str], said: str) -> None:
    done = act("show", vault, *words, "--json")
    done.refused(1, said)
    assert done.out == ""


def test_two_participants_under_one_number_are_named_by_identity(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mda5_crf.services.session import Session

    real = Session.subjects

    def doubled(self: Session) -> object:
        (one,) = real(self)
        return (one, type(one)("d2:1", one.subjid, one.site, one.created, True))

    monkeypatch.setattr(Session, "subjects", doubled)
    done = act("show", vault, "01-001", "BL")
    done.refused(1, "Two participants")
    assert "d2:1" in done.err


@pytest.mark.requirement("E6-3")
def test_a_query_from_question_to_close(vault: Path) -> None:
    """E6-3: each step is a record with its person."""
    place = ("01-001", "BL", "VS", "PULSE_VSORRES")
    act("query", vault, "raise", *place, login="d02").refused(1)
    act("query", "raise", vault, *place, "--text", "Was it at rest?", login="d02").good()
    (asked,) = act("query", vault, "--json").good().json()
    assert (asked["state"], asked["source"], asked["item"]) == ("Open", "manual", "VS.PULSE_VSORRES")
    assert act("show", vault, "01-001", "BL", "--json").good().json()["events"][0]["status"] == "query"
    act("query", vault, "answer", asked["query"][:8]).refused(1, "answer")
    act("query", vault, "answer", asked["query"][:8], "--text", "Yes, after 10 min", login="n07").good()
    assert "Yes, after 10 min" in act("show", vault, "01-001", "BL", "VS").good().out
    act("query", vault, "close", asked["query"]).refused(1)
    assert (
        act("query", vault, "close", asked["query"], "--json", login="d02").good().json()["state"] == "Closed"
    )
    act("query", vault, "close", asked["query"], login="d02").refused(1, "closed")
    assert "已关闭" in act("query", vault, "list", "01-001", "--language", "zh").good().out
    act("query", vault, "answer", "zzzz", "--text", "x").refused(1, "zzzz")
    act("query", vault, "answer", "", "--text", "x").refused(1)


def test_a_query_at_a_form_and_at_a_log_row(vault: Path) -> None:
    act("enter", vault, "01-001", "LOG", "EX#1", "ECDOSE=5").good()
    act("query", vault, "raise", "01-001", "LOG", "EX", "ECDOSE", "--text", "q").refused(2, "--row")
    act("query", vault, "raise", "01-001", "LOG", "EX#2", "ECDOSE", "--text", "q").refused(1, "2")
    act("query", vault, "raise", "01-001", "LOG", "EX#1", "ECDOSE", "--text", "q").good()
    act("query", vault, "raise", "01-001", "BL", "VS", "--text", "whole form").good()
    found = act("show", vault, "01-001", "LOG", "EX#1", "--json").good().json()["queries"]
    assert [q["item"] for q in found] == ["EX.ECDOSE"]


def test_blank_pages_need_no_vault(tmp_path: Path) -> None:
    done = (
        call("pdf", "blank", "BL", "VS", "-o", tmp_path / "空白.pdf", "--lang", "zh", "--json").good().json()
    )
    assert (tmp_path / "空白.pdf").read_bytes().startswith(b"%PDF-")
    assert done["bytes"] == (tmp_path / "空白.pdf").stat().st_size
    call("pdf", "blank", "XX", "-o", tmp_path / "x.pdf").refused(1, "XX")
    call("pdf", "blank", "BL", "IC", "-o", tmp_path / "x.pdf").refused(1, "schedule")
    assert not list(tmp_path.glob("*.part"))
    assert not (tmp_path / "x.pdf").exists()


def test_blank_pages_of_a_vaults_own_definition(vault: Path, tmp_path: Path) -> None:
    act("pdf", "blank", vault, "VS", "-o", tmp_path / "x.pdf").good()
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.requirement("E6-3")
def test_filled_pages_are_recorded(vault: Path, tmp_path: Path) -> None:
    """P11-2, E6-3: readable on paper; the print is a record."""
    before = act("verify", vault, "--json").json()["records"]
    act("pdf", "filled", vault, "01-001", "BL", "VS", "-o", tmp_path / "x.pdf", "--lang", "both").good()
    act("pdf", "filled", vault, "01-001", "-o", tmp_path / "y.pdf").good()
    after = act("verify", vault, "--json").json()["records"]
    assert after - before == 2 * 2 + 2 + 2  # two prints, their log-ins and log-outs, and those of verify
    act("pdf", "filled", vault, "01-001", "W52", "-o", tmp_path / "z.pdf").refused(1)
    act("pdf", "filled", vault, "01-001", "BL", "EX", "-o", tmp_path / "z.pdf").refused(1, "schedule")
    act("pdf", "filled", vault, "01-001", "-o", tmp_path / "z.pdf", login="a03").refused(3)
    assert not (tmp_path / "z.pdf").exists()


def test_a_submission_has_whole_fonts_keeps_the_rules_and_is_recorded_as_written(
    vault: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bl-vs.pdf"
    words = ["pdf", "filled", vault, "01-001", "BL", "VS", "--audit", "--profile", "submission", "-o"]
    done = act(*words, file, "--json").good().json()
    assert done["broken"] == []
    assert b"+CRFSans" not in file.read_bytes()
    checked = act("check-page", vault, file, "--json").good().json()
    assert checked["verdict"] == "genuine"
    assert checked["print"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    mini = ["--study", ROOT / "tests/data/definitions/mini", "--unique", "--profile", "submission"]
    said = call("pdf", "blank", *mini, "-o", tmp_path / "BLANK forms.pdf", "--language", "en").good().out
    assert "BLANK forms.pdf: a file name holds lower case" in said


def test_a_page_that_cannot_be_written_is_not_recorded(vault: Path, tmp_path: Path) -> None:
    records = act("verify", vault, "--json").json()["records"]
    act("pdf", "filled", vault, "01-001", "-o", tmp_path).refused(1, "is a folder")
    act("pdf", "filled", vault, "01-001", "-o", tmp_path / "no" / "x.pdf").refused(3, "cannot be written")
    assert act("verify", vault, "--json").json()["records"] - records == 2  # verify's own log-out and log-in


@pytest.mark.requirement("P11-1")
def test_verify_names_what_is_wrong(own_vault: Path) -> None:
    """P11-1: content altered outside the program is found."""
    good = act("verify", own_vault, "--json").good().json()
    assert good["troubles"] == []
    (device, head), *_ = good["devices"].items()
    witness = f"{device}:{head['seq']}:{head['hash']}"
    assert act("verify", own_vault, "--witness", witness, "--json").good().json()["witnessed"] == [device]
    assert "agree" in act("verify", own_vault).good().out
    for false in (f"{device}:{head['seq']}:{'0' * 64}", f"{device}:{head['seq'] + 500}:{head['hash']}"):
        done = act("verify", own_vault, "--witness", false)
        done.refused(1)
        assert f"{device}" in done.err
        assert act("verify", own_vault, "--witness", false, "--json").json()["troubles"]


def test_without_any_witness_verify_says_so(own_vault: Path) -> None:
    """Somebody who never logged out here has seen no head, and a PC's settings are empty at first."""
    assert "cannot tell whether newer" in act("verify", own_vault, login="d02").good().out
    assert "cannot tell whether newer" not in act("verify", own_vault, login="d02").good().out


def test_the_shipped_definition_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    proofs: dict[str, cases_prove.Proof] = {}
    prove = cases_prove.prove

    def once(study: Study, directory: Path) -> cases_prove.Proof:
        """The proof is made by the first command and said by all three."""
        if study.hash not in proofs:
            proofs[study.hash] = prove(study, directory)
        return proofs[study.hash]

    monkeypatch.setattr(cases_prove, "prove", once)
    found = call("study", "check", "--json").good().json()
    assert found["problems"] == []
    assert found["statistics"]
    assert "NCT04966884" in call("study", "check").good().out
    assert "没有问题" in call("study", "check", "--language", "zh").good().out


def test_every_problem_of_a_definition_at_once(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(study_directory(), tmp_path / "study"))
    (folder / "forms" / "VS.toml").write_text("[form]\noid = 'VS'\nnonsense = 1\n", encoding="utf-8")
    (folder / "units.toml").write_text("not toml at all = = =\n", encoding="utf-8")
    done = call("study", "check", folder)
    done.refused(1)
    assert "forms/VS.toml" in done.err
    assert "units.toml" in done.err
    found = call("study", "check", folder, "--json")
    assert found.status == 1
    assert len(found.json()["problems"]) >= 2
    call("new", tmp_path / "v.mda5", "--site", "01", "--name", "W", "--study", folder, "--user", "i01",
         secret="orbit-canvas-12-lantern").refused(1)  # fmt: skip
    assert not (tmp_path / "v.mda5").exists()
    call("study", "check", tmp_path / "nowhere").refused(1)


def test_the_vault_is_no_plain_database(vault: Path) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(vault / DATABASE).execute("SELECT * FROM sqlite_schema")


@pytest.mark.parametrize(
    "words",
    [
        ["users"],
        ["query"],
        ["show"],
        ["show", "01-001"],
        ["show", "01-001", "BL", "VS"],
        ["verify"],
        ["devices"],
    ],
)
def test_json_is_one_document_and_nothing_else(vault: Path, words: list[str]) -> None:
    command, *rest = words
    done: Done = act(command, vault, *rest, "--json", "--language", "zh").good()
    json.loads(done.out)
    assert done.err == ""
