"""The mailbag by commands: several files, gaps, sheets, and where a form is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commandline import act
from tests.unit.sync.synckit import A, C, built


@dataclass(frozen=True)
class Pair:
    """A ward and a centre that know each other, and one stick."""

    ward: Path
    centre: Path
    folder: Path

    def made(self) -> Path:
        return Path(
            act("bundle", "make", self.ward, "Centre", "-o", self.folder, "--json").good().json()["file"]
        )


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    folders = [Path(shutil.copytree(built() / one, tmp_path / one)) for one in (A, C)]
    (tmp_path / "stick").mkdir()
    act("enrol", folders[0]).good()
    return Pair(folders[0], folders[1], tmp_path / "stick")


@pytest.mark.requirement("CN-4")
def test_several_files_are_taken_each_by_itself_and_the_ledger_says_what_became_of_them(pair: Pair) -> None:
    first = Path(
        act("bundle", "make", pair.ward, "Centre", "-o", pair.folder, "--cover", "--json")
        .good()
        .json()["file"]
    )
    assert first.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    second = pair.made()
    damaged = bytearray(second.read_bytes())
    damaged[-1] ^= 1
    second.write_bytes(bytes(damaged))
    looked = act("bundle", "check", pair.centre, pair.folder, login="d02").refused(1, "refused: 1").out
    assert "To be taken: 1" in looked and "to be refused: 1" in looked
    done = act("bundle", "take", pair.centre, pair.folder, "--json", login="d02").refused(1, "bundle list")
    told = done.json()["files"]
    assert [one["outcome"] for one in told] == ["taken", "refused"]
    assert told[1]["code"] == "sync.body_damaged" and told[1]["zh"] and told[0]["kinds"]
    listed = act("bundle", "list", pair.centre, "--json", login="d02").good().json()
    assert [one["direction"] for one in listed] == ["in", "refused"]
    assert "damaged on the way" in act("bundle", "list", pair.centre, login="d02").good().out
    stands = act("bundle", "gaps", pair.centre, "--json", login="d02").good().json()
    stand = next(one for one in stands if one["peer"] == "Ward 3 bed side")
    assert [one["number"] for one in stand["never_arrived"]] == [2], "its beginning says which it was"
    assert "Bundle 2 from Ward 3 bed side" in act("bundle", "gaps", pair.centre, login="d02").good().out
    assert "is not confirmed" in act("bundle", "gaps", pair.ward).good().out
    act("bundle", "take", pair.centre, second, login="d02").refused(1)
    assert len(act("bundle", "list", pair.centre, "--json", login="d02").good().json()) == 2, (
        "refused twice is one line"
    )


def test_sheets_of_the_mailbag(pair: Pair, tmp_path: Path) -> None:
    file = pair.made()
    sheet, book = tmp_path / "cover.pdf", tmp_path / "ledger.pdf"
    told = (
        act("bundle", "cover", pair.ward, "--to", "Centre", "1", "-o", sheet, "--file", file, "--json")
        .good()
        .json()
    )
    assert told["bytes"] == sheet.stat().st_size and told["pages"] == 1
    assert "written" in act("bundle", "ledger", pair.ward, "-o", book, "--lang", "zh").good().out
    assert book.read_bytes().startswith(b"%PDF")
    act("bundle", "cover", pair.ward, "--to", "Centre", "2", "-o", sheet).refused(1, "bundle list")
    act("bundle", "cover", pair.ward, "--to", "Centre", "two", "-o", sheet).refused(2)
    act("bundle", "ledger", pair.ward).refused(2, "-o")
    again = act("bundle", "make", pair.ward, "Centre", "-o", pair.folder, "--everything").good().out
    assert "does no harm" in again


def test_show_says_where_a_form_is(pair: Pair) -> None:
    act("enter", pair.ward, "01-001", "SCR", "DM", "SEX=F").good()
    form = act("show", pair.ward, "01-001", "SCR", "DM", "--json").good().json()
    assert form["where"]["state"] == "here"
    assert "here only" in act("show", pair.ward, "01-001", "SCR", "DM").good().out
    file = pair.made()
    visit = act("show", pair.ward, "01-001", "SCR", "--json").good().json()["events"][0]["forms"]
    assert visit["DM"]["where"]["state"] == "sent" and visit["DM"]["where"]["bundle"] == 1
    assert visit["VS"]["where"] is None
    assert "在第 1 号数据包中" in act("show", pair.ward, "01-001", "SCR", "--language", "zh").good().out
    act("bundle", "take", pair.centre, file, login="d02").good()
    came = act("show", pair.centre, "01-001", "SCR", "DM", "--json", login="d02").good().json()["where"]
    assert (came["state"], came["peer"], came["bundle"]) == ("came", "Ward 3 bed side", 1)
