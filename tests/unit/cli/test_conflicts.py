"""``conflicts``: list, show, resolve, ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline import Done, act
from tests.conflicting import A, B, C, Ward, old_ward
from tests.unit.sync.synckit import item

__all__ = ["old_ward"]


@pytest.fixture(scope="module")
def folders(old_ward: Ward) -> dict[str, Path]:
    """A with two conflicts, the centre too; all closed. The last test decides at A."""
    subject = old_ward.begun(A, B)
    for name, one, other in (("SYSBP_VSORRES", "130", "310"), ("PULSE_VSORRES", "70", "80")):
        old_ward.differ(item(subject, name), a=one, b=other)
    for sender, receiver in ((B, A), (A, C), (B, C)):
        old_ward.carry(sender, receiver)
    old_ward.close()
    return {pc: old_ward.base / pc for pc in (A, B, C)}


def do(folder: Path, *words: object, login: str = "i01") -> Done:
    return act("conflicts", folder, *words, login=login)


def test_the_centre_asks(folders: dict[str, Path]) -> None:
    c = folders[C]
    assert "site 01" in do(c, "show", "2", login="d02").good().out
    do(c, "resolve", "2", "--take", "1", "--reason", "ENTRY_ERROR", login="d02").refused(1)
    assert "query" in do(c, "ask", "2", login="d02").good().out
    asked = do(c, "ask", "2", "--text", "Which one?", "--json", login="d02").good().json()
    assert asked["state"] == "Open"
    assert "Which one?" in do(c, "show", "2", login="d02").good().out


def test_a_conflict_is_seen_on_paper(folders: dict[str, Path], tmp_path: Path) -> None:
    """The page says which item has different answers, and all of them; the shown one carries a mark."""
    from tests.pdftext import solid, text_of

    target = tmp_path / "page.pdf"
    act("pdf", "filled", folders[A], "01-001", "BL", "VS", "-o", target, "--lang", "en", login="i01").good()
    text = "".join(text_of(target.read_bytes()))
    assert (
        solid("Answers differ between PCs, not decided – Systolic blood pressure: 130 mmHg | 310 mmHg")
        in text
    )
    assert solid("Pulse: 70 beats/min | 80 beats/min") in text


@pytest.mark.requirement("E6-8")
def test_list_show_and_resolve(folders: dict[str, Path]) -> None:
    a = folders[A]
    listed = do(a, "list", "--json").good().json()
    assert listed["possibly_twice"] == []
    first, _ = listed["conflicts"]
    assert (first["number"], first["item"]) == (1, "VS.SYSBP_VSORRES") and first["mine"]
    assert [side["text"] for side in first["sides"]] == ["130", "310"]
    plain = do(a, "list", "01-001").good().out
    assert "130 mmHg | 310 mmHg" in plain and first["id"][:8] in plain
    told = do(a, "show", "1").good().out
    for words in (
        "Before: (empty)",
        "2: 310 mmHg",
        "Li Na, investigator",
        "Ward 3 office",
        "must be corrected",
    ):
        assert words in told, told
    whole = do(a, "show", first["id"][:10], "--json").good().json()
    assert whole["sides"][1]["findings"][0]["severity"] == "hard" and whole["before"] == []
    do(a, "resolve", "1", "--take", "1").refused(2, "--reason")
    do(a, "resolve", "1", "--reason", "ENTRY_ERROR").refused(2, "--take")
    do(a, "resolve", "1", "--take", "1", "--value", "5", "--reason", "ENTRY_ERROR").refused(2, "--take")
    do(a, "show").refused(2, "one number")
    do(a, "show", "9").refused(1, '"9"')
    do(a, "resolve", "1", "--take", "3", "--reason", "ENTRY_ERROR").refused(1, "2 answers")
    do(a, "resolve", "1", "--take", "x", "--reason", "ENTRY_ERROR").refused(2, "x")
    done = do(a, "resolve", first["id"], "--take", "1", "--reason", "SOURCE_CORRECTED:chart").good()
    assert "1 conflict is left" in done.out
    # Its id names these answers and no others: after the decision there is no such conflict.
    do(a, "resolve", first["id"], "--take", "2", "--reason", "ENTRY_ERROR").refused(1, "no open conflict")
    last = do(a, "resolve", "1", "--value", "75", "--reason", "ENTRY_ERROR", "--json").good().json()
    assert last["left"] == 0 and len(last["records"]) == 2
    assert "No answers differ" in do(a, "list").good().out
