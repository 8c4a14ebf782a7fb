"""``devices`` and ``bundle``: two vaults that know each other, reached through commands only."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commandline import Done, act, remembered_keys
from tests.wards import built


@dataclass(frozen=True)
class Pair:
    """A ward and a centre; ``i01`` acts at both (at the centre the founder is an investigator, too)."""

    ward: Path
    centre: Path
    folder: Path

    def bundle(self) -> Path:
        return Path(act("bundle", "make", self.ward, "-o", self.folder, "--json").good().json()["file"])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    place = tmp_path_factory.mktemp("pair")
    ward = Path(shutil.copytree(built(), place / "ward.mda5"))
    centre = Path(shutil.copytree(built("00", "Centre"), place / "centre.mda5"))
    with remembered_keys():
        for here, there in ((ward, centre), (centre, ward)):
            card = act("devices", "card", here, here.parent / f"{here.stem}.card", "--json").good().json()
            told = card["fingerprint"].upper()
            act("devices", there, "add", card["file"], "--fingerprint", "other words").refused(1, "aloud")
            act("devices", there, "add", card["file"], "--fingerprint", told, "--json").good()
        act("enrol", ward).good()
        act("enter", ward, "01-001", "BL", "VS", "PULSE_VSORRES=72").good()
    (place / "stick").mkdir()
    return Pair(ward, centre, place / "stick")


def test_both_sides_know_each_other(pair: Pair) -> None:
    (ward,) = act("devices", pair.centre, "--json").good().json()
    (centre,) = act("devices", pair.ward, "list", "--json").good().json()
    assert (ward["name"], ward["site"]) == ("Ward 3", "01")
    assert (centre["name"], centre["site"]) == ("Centre", "00")
    assert centre["fingerprint"] in act("devices", pair.ward).good().out


def test_cards_that_are_none(pair: Pair) -> None:
    act("devices", pair.ward, "add", pair.folder / "nothing", "--fingerprint", "a").refused(
        1, "cannot be read"
    )
    (pair.folder / "no.card").write_bytes(b"{}")
    act("devices", pair.ward, "add", pair.folder / "no.card", "--fingerprint", "a").refused(1)
    act("devices", pair.ward, "card", pair.folder / "no" / "x").refused(3, "cannot be written")
    act("devices", pair.ward, "card", pair.folder / "x", login="a03").refused(3)


@pytest.mark.requirement("EMA-10", "E6-9", "CN-4")
def test_a_bundle_there_twice_and_listed(pair: Pair) -> None:
    """E6-9, CN-4: what arrives is what was sent, and arriving twice changes nothing."""
    file = pair.bundle()
    assert "Nothing was written" in act("bundle", "take", pair.centre, file, "--dry-run").good().out
    checked = act("bundle", "check", pair.centre, file, "--json").good().json()
    assert checked["written"] is False
    assert checked["new"] > 0
    act("show", pair.centre, "01-001").refused(1)
    taken = act("bundle", "take", pair.centre, file, "--json").good().json()
    assert (taken["written"], taken["new"], taken["from"]) == (True, checked["new"], "Ward 3")
    assert "72" in act("show", pair.centre, "01-001", "BL", "VS").good().out
    assert act("bundle", "take", pair.centre, file, "--json").good().json()["new"] == 0
    assert "未接收任何内容" in act("bundle", "take", pair.centre, file, "--language", "zh").good().out
    (line,) = [e for e in act("bundle", pair.centre, "--json").good().json() if e["direction"] == "in"]
    assert line["peer"] == "Ward 3"
    assert "Ward 3" in act("bundle", "list", pair.centre).good().out
    assert act("verify", pair.centre, "--json").good().json()["troubles"] == []


def test_whom_to_send_to(pair: Pair) -> None:
    act("bundle", "make", pair.ward, "--to", "Nobody", "-o", pair.folder).refused(1)
    assert "ready" in act("bundle", "make", pair.ward, "Centre", "-o", pair.folder).good().out
    act("bundle", pair.ward, "make", "--to", "Centre", "-o", pair.folder, "--everything").good()


@pytest.mark.parametrize("change", ["cut", "flip", "empty", "longer", "nothing", "folder"])
def test_damaged_bundles_are_refused_and_write_nothing(pair: Pair, tmp_path: Path, change: str) -> None:
    file = Path(shutil.copy(pair.bundle(), tmp_path / "x.mda5b"))
    data = bytearray(file.read_bytes())
    if change == "flip":
        data[len(data) // 2] ^= 1
    file.write_bytes(
        bytes({"cut": data[: len(data) // 2], "empty": b"", "longer": data + b"x"}.get(change, data))
    )
    if change in ("nothing", "folder"):
        file.unlink()
    if change == "folder":
        file.mkdir()
    before = act("show", pair.centre, "--json").good().json()
    done: Done = act("bundle", "take", pair.centre, file, "--json")
    done.refused(1)
    assert done.out == ""
    assert act("show", pair.centre, "--json").good().json() == before


def test_a_bundle_for_somebody_else(pair: Pair) -> None:
    file = pair.bundle()
    act("bundle", "take", pair.ward, file).refused(1)


@pytest.mark.requirement("P11-8")
def test_who_may_exchange(pair: Pair) -> None:
    act("bundle", "make", pair.ward, "-o", pair.folder, login="a03").refused(3)
    act("bundle", "list", pair.ward, login="n07").good()
    act(
        "devices", pair.ward, "add", pair.folder.parent / "centre.card", "--fingerprint", "x", login="n07"
    ).refused(1)
