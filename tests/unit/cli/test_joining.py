"""``invite``, ``join`` and ``devices`` as people type them, from the invitation to the first bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commandline import Done, act, call
from tests.once import one_salt_each
from tests.unit.sync.joinkit import AT_CENTRE, CENTRE, INVITATION, NAME, REQUEST, WARD, built
from tests.vaults import password


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Both vaults, the files between them, and the second person's password in a file."""
    whole = Path(shutil.copytree(built(), tmp_path / "j"))
    (whole / "second").write_text(password("a03") + "\n")
    return whole


def centre(place: Path, *words: object) -> Done:
    return act("devices", words[0], place / CENTRE, *words[1:], login=AT_CENTRE)


def ward(place: Path, *words: object) -> Done:
    return act("devices", words[0], place / WARD, *words[1:])


def two(place: Path) -> tuple[object, ...]:
    return ("--second", "a03", "--second-password-file", place / "second")


@pytest.mark.requirement("P11-9")
def test_from_the_invitation_to_the_first_bundle(place: Path) -> None:
    request = place / REQUEST
    first = ward(place, "phrase", "--json").good().json()
    act("bundle", "make", place / WARD).refused(1, "Nothing leaves this PC yet", "devices confirm")
    asked = centre(place, "requests", request, "--json").good().json()
    assert (asked["name"], asked["site"], asked["person"], asked["state"]) == (NAME, "03", "Li Na", "made")
    done = (
        centre(place, "approve", request, "--heard", first["read_numbers"], *two(place), "--json")
        .good()
        .json()
    )
    assert done["name"] == NAME
    assert set(done["read"].split()) != set(first["read"].split())
    said = ward(place, "confirm", "--heard", done["read"].upper()).good()
    assert "has joined" in said.out
    act("bundle", "make", place / WARD, "-o", place / "one.mda5b").good()
    act("bundle", "take", place / CENTRE, place / "one.mda5b", login=AT_CENTRE).good()
    assert "exchanges" in ward(place, "list").good().out
    assert centre(place, "phrase", request, "--json").good().json()["read"] == done["read"]
    ward(place, "phrase").refused(1, "joined already")


def test_what_the_commands_say_in_both_languages(place: Path) -> None:
    request = place / REQUEST
    english, chinese = (ward(place, "phrase", "--language", one).good().out for one in ("en", "zh"))
    assert "read aloud" in english and "宣读" in chinese
    assert "Li Na" in centre(place, "requests", request, "--language", "zh").good().out
    listed = centre(place, "requests").good().out
    assert NAME in listed and "nobody has joined" in listed
    assert "等待" in ward(place, "requests", "--language", "zh").good().out
    again = place / "again.mda5join"
    ward(place, "requests", "-o", again).good()
    assert again.read_bytes() == request.read_bytes()


def test_words_that_are_missing_or_too_many(place: Path) -> None:
    request = place / REQUEST
    centre(place, "approve", request).refused(2, "--heard")
    centre(place, "approve", "--heard", "x").refused(2, "request file")
    centre(place, "approve", request, "--heard", "a b c d").refused(1, "--second", "Chen Jie (a03)")
    centre(place, "rename", "Ward").refused(2, "new name")
    centre(place, "revoke").refused(2, "Name one PC")
    centre(place, "list", "x").refused(2, "no other words")
    centre(place, "phrase").refused(2, "request file")
    centre(place, "withdraw").refused(2, "beginning of its id")
    centre(place, "approve", place / "none", "--heard", "a", *two(place)).refused(1, "cannot be read")
    centre(place, "approve", place / INVITATION, "--heard", "a", *two(place)).refused(1, ".mda5join")
    ward(place, "confirm").refused(2, "--heard")
    ward(place, "confirm", "--heard", "0000 0000 0000 0000").refused(1, "Tries left: 2")


def test_invited_joined_and_withdrawn_by_command(place: Path) -> None:
    target = place / "w9.mda5invite"
    made = act(
        "invite", place / CENTRE, "--site", "09", "--name", "Ward 9", "-o", target, "--json", login=AT_CENTRE
    )
    assert made.good().json()["site"] == "09"
    with one_salt_each():
        words = ("join", target, place / "nine.mda5", "--user", "i01", "--person", "Li Na")
        done = call(*words, "--language", "zh", secret=password("i01")).good()
    assert "宣读" in done.out and "Ward 9" in done.out
    (file,) = (place / "nine.mda5" / "outbox").glob("*.mda5join")
    assert file.name.startswith("MDA5_join_site_09_")
    again = call(*words, "--json", "-o", place / "r", secret=password("i01")).good().json()
    assert (place / "r").read_bytes() == file.read_bytes() and again["site"] == "09"
    ident = made.json()["id"]
    assert "withdrawn" in centre(place, "withdraw", ident[:6]).good().out
    centre(place, "withdraw", ident).refused(1, "is over")
    call("join", place / REQUEST, place / "x.mda5", "--user", "i01", secret=password("i01")).refused(
        1, "no invitation"
    )
    assert not (place / "x.mda5").exists()
    act("invite", place / WARD, "--site", "09", "--name", "x", "-o", target).refused(1, "data manager")
    default = act("invite", place / CENTRE, "--site", "08", "--name", "../Ward", login=AT_CENTRE).good()
    assert "outbox/MDA5_invite_site_08_" in default.out.replace("\\", "/")


@pytest.mark.requirement("P11-9", "PIPL-7")
def test_renamed_revoked_and_reinstated_by_command(place: Path) -> None:
    first = ward(place, "phrase", "--json").good().json()
    request = place / REQUEST
    centre(place, "approve", request, "--heard", first["read"], *two(place), "--name", "Bed side").good()
    centre(place, "rename", "Bed side", "East bay").good()
    act("bundle", "make", place / CENTRE, "Bed side", login=AT_CENTRE).refused(1, "No registered PC")
    centre(place, "rename", "Coordinating Centre", "x").refused(1, "this PC itself")
    centre(place, "revoke", "East bay", "--reason", "stolen").refused(1, "Two persons")
    gone = centre(place, "revoke", "East bay", "--reason", "stolen", *two(place), "--json").good().json()
    assert (gone["name"], gone["last"], gone["study"]) == ("East bay", 0, True)
    (one,) = centre(place, "list", "--json").good().json()
    assert (one["name"], one["state"], one["card_name"]) == ("East bay", "listed", NAME)
    shown = centre(place, "revocations", "--language", "zh").good().out
    assert "stolen" in shown and "编号 1" in shown
    assert json.loads(centre(place, "revocations", "--json").out)["entries"][0]["reason"] == "stolen"
    act("bundle", "make", place / CENTRE, "East bay", login=AT_CENTRE).refused(1, "has revoked")
    centre(place, "reinstate", "East bay", "--reason", "found", *two(place)).good()
    act("bundle", "make", place / CENTRE, "East bay", login=AT_CENTRE).good()
    assert "Nobody is revoked" in centre(place, "revocations").good().out


def test_a_ward_ends_an_exchange_for_itself(place: Path) -> None:
    first = ward(place, "phrase", "--json").good().json()
    done = (
        centre(place, "approve", place / REQUEST, "--heard", first["read"], *two(place), "--json")
        .good()
        .json()
    )
    ward(place, "confirm", "--heard", done["read"], "--json").good()
    ward(place, "revoke", "Coordinating Centre").refused(1, "why")
    assert "tell the centre" in ward(place, "revoke", "Coordinating Centre", "--reason", "moved").good().out
    assert "revoked here" in ward(place, "list").good().out
