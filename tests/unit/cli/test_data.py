"""``enrol`` and ``enter`` on a real vault: what is stored, said, refused before it is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mda5_crf.cli.data import pairs, reason_of
from mda5_crf.errors import UsageError
from mda5_crf.services.changes import Reason
from tests.commandline import act


@pytest.fixture
def person(vault: Path) -> str:
    """A participant of the test's own in the shared vault."""
    return str(act("enrol", vault, "--json").good().json()["subject"])


def items(vault: Path, *place: str) -> dict[str, Any]:
    return {i["item"]: i for i in act("show", vault, *place, "--json").good().json()["items"]}


@pytest.mark.requirement("PIPL-8")
def test_enrol_gives_the_next_number_or_takes_one(own_vault: Path) -> None:
    assert "01-001" in act("enrol", own_vault).good().out
    assert act("enrol", own_vault, "01-007", "--json").good().json()["subject"] == "01-007"
    assert act("enrol", own_vault, "--language", "zh").good().out == "已登记参与者 01-008。\n"
    act("enrol", own_vault, "01-007").refused(1, "already used")
    act("enrol", own_vault, "H1234567").refused(1, "Hospital numbers")
    act("enrol", own_vault, "02-001").refused(1, "site 02")


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login", ["d02"])
def test_who_may_not_enter_is_told_who_may(vault: Path, login: str) -> None:
    """P11-8, EMA-2: rights are asked in services, whatever the door."""
    act("enrol", vault, login=login).refused(1, "investigator")
    act("enter", vault, "01-001", "BL", "VS", "PULSE_VSORRES=72", login=login).refused(1)
    assert items(vault, "01-001", "BL", "VS")["PULSE_VSORRES"]["text"] is None


def test_values_units_and_findings(vault: Path, person: str, yesterday: str) -> None:
    done = act("enter", vault, person, "bl", "vs", "VSPERF=Y", f"VSDAT={yesterday}", "sysbp_vsorres=80",
               "VS.DIABP_VSORRES=95", "TEMP_VSORRES=98.6 °F", "--json").good().json()  # fmt: skip
    assert (done["stored"], done["event"], done["status"]) == (5, "BL", "in_progress")
    hard = [f for f in done["findings"] if f["severity"] == "hard"]
    assert any("SYSBP_VSORRES" in f["items"] for f in hard)
    assert all(f["message"]["en"] and f["message"]["zh"] for f in done["findings"])
    stored = items(vault, person, "BL", "VS")
    assert stored["TEMP_VSORRES"]["unit"] == "°F"
    assert float(stored["TEMP_VSORRES"]["value"]) == pytest.approx(37.0)


def test_new_findings_are_marked(vault: Path, person: str) -> None:
    first = act("enter", vault, person, "BL", "VS", "VSPERF=Y", "PULSE_VSORRES=abc").good()
    second = act("enter", vault, person, "BL", "VS", "RESP_VSORRES=def", "--language", "zh").good()
    assert any(line.startswith("* ") and "PULSE" in line for line in first.out.splitlines())
    assert any(line.startswith("  ") and "PULSE" in line for line in second.out.splitlines())
    assert any(line.startswith("* ") and "RESP" in line for line in second.out.splitlines())


@pytest.mark.parametrize(
    "words,status,said",
    [
        (["XX", "VS", "PULSE_VSORRES=72"], 1, "no visit XX"),
        (["BL", "XX", "PULSE_VSORRES=72"], 1, "no form XX"),
        (["BL", "IC", "ICWHO=SUBJECT"], 1, "not on the schedule of BL"),
        (["BL", "VS", "PULSE_VSORRES=72", "PULS=72"], 1, "PULSE_VSORRES"),
        (["BL", "VS", "PULSE_VSORRES=72", "BMI=22"], 1, "calculated"),
        (["BL", "VS", "PULSE_VSORRES=72", "--missing", "VSDAT=XYZ"], 1, "XYZ"),
        (["BL", "VS", "PULSE_VSORRES=72", "--missing", "NOPE=ND"], 1, "no item NOPE"),
        (["BL", "VS", "PULSE_VSORRES=72", "--confirm", "NOPE"], 1, "no item NOPE"),
        (["BL", "VS", "PULSE_VSORRES=72", "--reason", "BECAUSE"], 1, "BECAUSE"),
        (["BL", "VS#2", "PULSE_VSORRES=72"], 1, "no rows"),
        (["UNS#3", "VS", "PULSE_VSORRES=72"], 1, "UNS#3"),
        (["UNS#0", "VS", "PULSE_VSORRES=72"], 2, "UNS#0"),
        (["UNS#x", "VS", "PULSE_VSORRES=72"], 2, "UNS#x"),
        (["BL#2", "VS", "PULSE_VSORRES=72"], 1, "BL#2"),
        (["LOG", "EX", "ECTRT=TOFACITINIB", "--row", "2"], 1, "no row 2"),
        (["LOG", "EX#1", "ECTRT=TOFACITINIB", "--row", "2"], 2, "two different rows"),
        (["LOG", "EX", "ECTRT=TOFACITINIB", "--row", "-1"], 2, ""),
    ],
)  # fmt: skip
def test_names_are_checked_before_anything_is_stored(
    vault: Path, person: str, words: list[str], status: int, said: str
) -> None:
    before = act("verify", vault, "--json").good().json()["records"]
    act("enter", vault, person, *words).refused(status, said)
    # Log-in and log-out of the three commands, and nothing else.
    records = act("verify", vault, "--json").good().json()["records"] - before
    assert records in (2, 4), words


def test_unknown_participant(vault: Path) -> None:
    act("enter", vault, "01-999", "BL", "VS", "PULSE_VSORRES=72").refused(1, "01-999")


def test_full_width_numbers_name_the_same_participant(vault: Path, person: str) -> None:
    wide = person.translate({ord(str(d)): 0xFF10 + d for d in range(10)})
    assert act("show", vault, wide, "--json").good().json()["subject"] == person


def test_unscheduled_visits_are_made_and_addressed_by_number(vault: Path, person: str) -> None:
    made = act("enter", vault, person, "UNS", "VS", "PULSE_VSORRES=71", "--json").good().json()
    assert made["event"] == "UNS#1"
    assert (
        act("enter", vault, person, "uns#2", "VS", "PULSE_VSORRES=72", "--json").good().json()["event"]
        == "UNS#2"
    )
    assert (
        act("enter", vault, person, "UNS", "VS", "RESP_VSORRES=18", "--json").good().json()["event"]
        == "UNS#2"
    )
    assert items(vault, person, "UNS#1", "VS")["PULSE_VSORRES"]["text"] == "71"
    assert items(vault, person, "UNS#2", "VS")["PULSE_VSORRES"]["text"] == "72"
    act("show", vault, person, "UNS#3", "VS").refused(1, "UNS#3")


def test_log_rows_as_people_number_them(vault: Path, person: str) -> None:
    act("enter", vault, person, "LOG", "EX", "ECTRT=TOFACITINIB").good()
    act("enter", vault, person, "LOG", "EX#2", "ECDOSE=10").good()
    act("enter", vault, person, "LOG", "EX", "ECDOSE=5", "--row", "1").good()
    act("enter", vault, person, "LOG", "EX", "ECDOSE=15", "--row", "new").good()
    act("enter", vault, person, "LOG", "EX", "ECDOSE=20").refused(2, "--row")
    found = act("show", vault, person, "LOG", "EX", "--json").good().json()["items"]
    assert {(i["row"], i["text"]) for i in found if i["item"] == "ECDOSE"} == {(1, "5"), (2, "10"), (3, "15")}
    one = act("show", vault, person, "LOG", "EX#2", "--json").good().json()["items"]
    assert {i["row"] for i in one} == {2}
    act("show", vault, person, "LOG", "EX#4").refused(1, "4")
    text = act("show", vault, person, "LOG", "EX", "--language", "zh").good().out
    assert "#3 ECDOSE" in text
    assert "目前不适用" in text  # the gate before the dose is not answered yet


@pytest.mark.requirement("FDA-9")
def test_a_completed_form_needs_a_reason(vault: Path, person: str, yesterday: str) -> None:
    """FDA-9, EMA-2: the reason is part of the record."""
    place = (vault, person, "BL", "SV")
    act("enter", *place, "SVOCCUR=N", "--complete").refused(1, "not complete")
    act("enter", *place, "SVREASOC=Holiday", "--complete").good()
    act("enter", *place, "SVREASOC=Illness").refused(1, "reason")
    assert items(*place)["SVREASOC"]["text"] == "Holiday"
    act("enter", *place, "SVREASOC=Illness", "--reason", "OTHER").refused(1, "other reason")
    act("enter", *place, "SVREASOC=Illness", "--reason", "The ward sheet says illness").good()
    assert items(*place)["SVREASOC"]["text"] == "Illness"


def test_completion_says_what_is_missing_and_keeps_what_was_entered(vault: Path, person: str) -> None:
    done = act("enter", vault, person, "BL", "VS", "VSPERF=Y", "--complete")
    done.refused(1, "not complete")
    assert "VSDAT" in done.out
    assert items(vault, person, "BL", "VS")["VSPERF"]["text"] == "Y"
    asked = act("enter", vault, person, "BL", "VS", "--complete", "--json")
    asked.refused(1)
    assert asked.json()["complete"] is False


def test_missing_codes_and_confirmation(vault: Path, person: str) -> None:
    act("enter", vault, person, "BL", "VS", "VSPERF=Y", "--missing", "weight_vsorres=nd").good()
    assert items(vault, person, "BL", "VS")["WEIGHT_VSORRES"]["missing"] == "ND"
    assert "[ND]" in act("show", vault, person, "BL", "VS").good().out
    act("enter", vault, person, "BL", "VS", "--confirm", "PULSE_VSORRES").refused(1, "nothing to confirm")
    soft = act("enter", vault, person, "BL", "VS", "PULSE_VSORRES=130", "--json").good().json()["findings"]
    assert any(f["severity"] == "soft" for f in soft)
    after = (
        act("enter", vault, person, "BL", "VS", "--confirm", "PULSE_VSORRES", "--json")
        .good()
        .json()["findings"]
    )
    assert not any(f["severity"] == "soft" and "PULSE_VSORRES" in f["items"] for f in after)
    assert "confirmed" in act("show", vault, person, "BL", "VS").good().out


def test_what_was_stored_before_a_refusal_is_counted(vault: Path, person: str) -> None:
    done = act("enter", vault, person, "BL", "VS", "PULSE_VSORRES=72", "--confirm", "PULSE_VSORRES")
    done.refused(1, "nothing to confirm")
    assert "1 stored before" in done.err
    assert "已保存 1 项" in done.err


def test_text_that_steers_a_terminal_is_stored_but_not_obeyed(vault: Path, person: str) -> None:
    act("enter", vault, person, "BL", "SV", "SVOCCUR=N", "SVREASOC=red \x1b[31m and\nnext").good()
    out = act("show", vault, person, "BL", "SV").good().out
    assert "\x1b" not in out
    assert "and next" in out


@pytest.mark.parametrize("words", [["A"], ["=1"], [" =1"], ["A=1", "B"]])
def test_pairs_name_the_place_never_the_word(words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        pairs(words)
    assert str(len(words)) in caught.value.text.en


def test_pairs() -> None:
    assert pairs(["A=", "B=x=y", " C = 1 "]) == [("A", ""), ("B", "x=y"), ("C", " 1 ")]


@pytest.mark.parametrize(
    "word,expected",
    [
        (None, None),
        ("ENTRY_ERROR", Reason("ENTRY_ERROR")),
        ("OTHER: the sheet was misread ", Reason("OTHER", "the sheet was misread")),
        ("the sheet was misread", Reason("OTHER", "the sheet was misread")),
        ("误读", Reason("OTHER", "误读")),
        ("", Reason("OTHER", "")),
    ],
)
def test_reasons(word: str | None, expected: Reason | None) -> None:
    assert reason_of(word) == expected
