"""``enter --second`` and ``second`` on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.commandline import act

VS = ("01-001", "SCR", "VS")


def test_double_entry_by_commands(own_vault: Path) -> None:
    act("enrol", own_vault).good()
    act("enter", own_vault, *VS, "VSPERF=Y", "SYSBP_VSORRES=131", "DIABP_VSORRES=77").good()
    assert "No form" in act("second", own_vault).good().out
    act("enter", own_vault, *VS, "SYSBP_VSORRES=131", "--second").refused(1, "another person")
    done = act(
        "enter",
        own_vault,
        *VS,
        "VSPERF=Y",
        "SYSBP_VSORRES=131.0",
        "DIABP_VSORRES=78",
        "--second",
        login="n07",
    )
    assert "SYSBP_VSORRES Systolic blood pressure: agrees" in done.good().out
    assert "DIABP_VSORRES Diastolic blood pressure: differs: first 77, second 78" in done.out
    told = act(
        "enter", own_vault, *VS, "--resolve", "DIABP_VSORRES=other:79", "--second", "--json", login="n07"
    ).good().json()  # fmt: skip
    assert told["items"] == {"DIABP_VSORRES": {"standing": "resolved"}}
    assert (told["stage"], told["agreed"], told["resolved"], told["open"]) == ("agreed", 2, 1, 0)
    assert "79" in act("show", own_vault, *VS).good().out
    (line,) = act("second", own_vault, "01-001", "--json").good().json()["forms"]
    assert (line["agreed"], line["other"], line["open"]) == (2, 1, 0)
    table = act("second", own_vault).good().out
    assert "VS" in table
    assert "Zhang" not in table
    act("verify", own_vault).good()


def test_refusals(own_vault: Path) -> None:
    act("enrol", own_vault).good()
    act("enter", own_vault, *VS, "--second", login="n07").refused(2)
    act("enter", own_vault, *VS, "VSPERF=Y", "--second", "--complete", login="n07").refused(2)
    act("enter", own_vault, *VS, "--resolve", "VSPERF=first", login="n07").refused(1, "do not differ")
    act("enter", own_vault, *VS, "VSPERF=Y", "SMOKES=1", "--second", login="n07").refused(1)
    act("enter", own_vault, *VS, "VSPERF=Y", "BMI_VSORRES=1", "--second", login="n07").refused(1)
