"""``sign`` and ``deviations``; signatures in ``show``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import Done, act
from tests.signward import built_signing


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A ward's vault with the small definition of signatures and one participant, 01-001."""
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    act("enrol", folder).good()
    enter(folder, "SCR", "IE", "RFICDAT=2026-08-20", "IEDAT=2026-08-21", "IEYN=Y", "ENROLYN=Y")
    return folder


def enter(folder: Path, event: str, form: str, *values: str) -> Done:
    """Values of a form by the nurse, complete."""
    return act("enter", folder, "01-001", event, form, *values, "--complete", login="n07").good()


def shown(folder: Path, event: str, form: str) -> dict[str, Any]:
    found: dict[str, Any] = act("show", folder, "01-001", event, form, "--json").good().json()
    return found


# -- signing -------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-12")
def test_signing_a_form(vault: Path) -> None:
    done = act("sign", vault, "01-001", "SCR", "IE", "--meaning", "ELIGIBILITY").good()
    assert done.out.startswith("01-001 SCR IE is signed: I have checked the criteria")
    found = shown(vault, "SCR", "IE")
    assert found["status"] == "signed"
    (one,) = found["signatures"]
    assert (one["meaning"], one["person"], one["state"], one["differs"]) == (
        "ELIGIBILITY",
        "Li Na",
        "valid",
        [],
    )
    text = act("show", vault, "01-001", "SCR", "IE").good().out
    assert "Signed by Li Na" in text and "confirm the eligibility" in text
    assert "Li Na 已于" in act("show", vault, "01-001", "SCR", "IE", "--language", "zh").good().out
    act("verify", vault).good()


def test_the_usual_meaning_and_words_in_chinese(vault: Path) -> None:
    done = act("sign", vault, "01-001", "scr", "ie", "--language", "zh").good()
    assert done.out.startswith("01-001 SCR IE 已签名：本人已逐项核对")
    enter(vault, "BL", "VS", "SYSBP=120")
    found = act("sign", vault, "01-001", "BL", "VS", "--meaning", "approved", "--json").good().json()
    assert (found["form"], found["meaning"], found["state"]) == ("VS", "APPROVED", "valid")


@pytest.mark.requirement("EMA-9")
def test_signing_a_visit(vault: Path) -> None:
    enter(vault, "BL", "VS", "SYSBP=120")
    act("sign", vault, "01-001", "BL").refused(1, "Baseline · Visit is not complete", "基线 · 访视 尚未完成")
    enter(vault, "BL", "SV", "SVSTDAT=2026-08-21")
    assert act("sign", vault, "01-001", "BL").good().out.startswith("01-001 BL is signed: I have reviewed")
    assert [shown(vault, "BL", form)["status"] for form in ("SV", "VS")] == ["signed", "signed"]


def test_a_changed_value_is_named(vault: Path) -> None:
    act("sign", vault, "01-001", "SCR", "IE").good()
    act("enter", vault, "01-001", "SCR", "IE", "IEDAT=2026-08-22").refused(1, "needs a reason")
    act("enter", vault, "01-001", "SCR", "IE", "IEDAT=2026-08-22", "--reason", "TYPING").good()
    found = shown(vault, "SCR", "IE")
    assert found["status"] == "complete"
    (one,) = found["signatures"]
    assert (one["state"], one["differs"]) == ("void", ["IE.IEDAT"])
    assert "Inclusion and exclusion: Date assessed" in act("show", vault, "01-001", "SCR", "IE").good().out
    act("verify", vault).good()


@pytest.mark.parametrize(
    "words,status,said",
    [
        (["01-001", "SCR", "IE", "--meaning", "REVIEWED"], 1, "Choose one of ELIGIBILITY"),
        (["01-001", "SCR", "IE", "--meaning", ""], 0, ""),
        (["01-001", "BL", "VS"], 1, "Complete it first"),
        (["01-001", "BL", "SC"], 1, "calculated by the program"),
        (["01-001", "BL", "XX"], 1, "no form XX"),
        (["01-001", "W9", "VS"], 1, "no visit W9"),
        (["01-009", "BL", "VS"], 1, "no participant 01-009"),
        (["01-009"], 1, "no participant 01-009"),
        ([], 2, "SUBJECT"),
    ],
)
def test_what_cannot_be_signed(vault: Path, words: list[str], status: int, said: str) -> None:
    done = act("sign", vault, *words)
    assert done.status == status and said in done.out + done.err


@pytest.mark.parametrize("login", ["n07", "d02"])
def test_who_may_not_sign(vault: Path, login: str) -> None:
    act("sign", vault, "01-001", "SCR", "IE", login=login).refused(1, "may not sign", "研究者")
    assert shown(vault, "SCR", "IE")["signatures"] == []


# -- deviations ----------------------------------------------------------------------------------------


@pytest.fixture
def late(vault: Path) -> Path:
    """A baseline outside its window, and too many tablets."""
    enter(vault, "BL", "SV", "SVSTDAT=2026-08-30", "DOSE=11")
    return vault


def listed(vault: Path, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = act("deviations", vault, "list", *words, "--json").good().json()
    return found


def test_nothing_is_proposed(vault: Path) -> None:
    assert listed(vault) == []
    assert act("deviations", vault).good().out == "No deviations are proposed.\n"


def test_the_list(late: Path) -> None:
    found = listed(late, "01-001")
    assert [(one["check"], one["category"], one["state"], one["row"]) for one in found] == [
        ("SV-02", "VISIT WINDOW", "open", None),
        ("DA-04", "DOSE", "open", None),
    ]
    assert (found[0]["event"], found[0]["form"], found[0]["item"], found[0]["date"]) == (
        "BL", "SV", "SVSTDAT", "2026-08-30",
    )  # fmt: skip
    assert listed(late) == found
    text = act("deviations", "list", late, "--language", "zh").good().out
    assert "访视日期超出时间窗" in text and "待处理" in text and str(found[0]["proposal"]) in text


def test_taking_one_over(late: Path) -> None:
    first = str(listed(late)[0]["proposal"])
    done = act("deviations", late, "take", first[:6]).good()
    assert done.out == "Recorded as DV#1.\n"
    assert [(one["state"], one["row"]) for one in listed(late)] == [("taken", "DV#1"), ("open", None)]
    row = act("show", late, "01-001", "LOG", "DV#1").good().out
    assert "SV-02" in row and "BL SV: Visit date is outside the window." in row
    act("deviations", late, "take", first).refused(1, "already", "已记入")
    second = str(listed(late)[1]["proposal"])
    found = act("deviations", late, "take", second, "--json", login="n07").good().json()
    assert found == {"proposal": second, "check": "DA-04", "act": "take", "row": "DV#2"}


def test_dismissing_one(late: Path) -> None:
    first, second = (str(one["proposal"]) for one in listed(late))
    done = act("deviations", late, "dismiss", first, "--reason", "the ward was closed").good()
    assert done.out == "Dismissed: SV-02.\n"
    found = act("deviations", late, "dismiss", second, "--reason", "TYPING", "--json").good().json()
    assert found == {"proposal": second, "check": "DA-04", "act": "dismiss"}
    assert [one["state"] for one in listed(late)] == ["dismissed", "dismissed"]


@pytest.mark.parametrize(
    "words,status,said",
    [
        (["take"], 2, "Name one proposal"),
        (["dismiss", "abc"], 2, "--reason"),
        (["dismiss", "--reason", "x"], 2, "Name one proposal"),
        (["list", "01-001", "more"], 2, "more"),
        (["take", "zzz"], 1, "no proposal zzz"),
        (["take", ""], 1, "no proposal"),
        (["list", "01-009"], 1, "no participant"),
        (["forget"], 2, "no act forget"),
    ],
)
def test_wrong_words(late: Path, words: list[str], status: int, said: str) -> None:
    act("deviations", late, *words).refused(status, said)
