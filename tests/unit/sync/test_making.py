"""Making bundles: names, numbers, refusals, what stays on the disk when something fails."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from mda5_crf.crypto import canon
from mda5_crf.db import journal
from mda5_crf.db.records import Draft
from mda5_crf.errors import BundleError, InputRefused, PermissionDenied, StoreError
from mda5_crf.services.access import Role
from mda5_crf.services.changes import PersonInfo
from mda5_crf.sync import bundles, devices
from mda5_crf.sync.ledger import Ledger, ledger
from mda5_crf.sync.lines import MAX_LINE, write_line
from mda5_crf.sync.packing import _words
from tests.unit.sync.forging import honest
from tests.unit.sync.synckit import A, B, C, World, X, enter_value, item


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.requirement("PIPL-8")
def test_name_says_which_pcs_and_nothing_of_a_participant(world: World) -> None:
    world[A].enrol()
    file = world.make(A, C)
    assert file.name == "MDA5_Ward-3-bed-side_to_Centre_0001.mda5b"
    assert world.make(A, C).name.endswith("_0002.mda5b")
    assert all(name.endswith(".mda5b") for name in files(world.stick))


def test_folder_is_made_when_it_is_not_there(world: World) -> None:
    file = bundles.make(world[A], world[C].device, world.stick / "outbox" / "today")
    assert file.parent == world.stick / "outbox" / "today"


def test_pc_that_is_not_registered(world: World) -> None:
    with pytest.raises(InputRefused, match="peer_unknown"):
        bundles.make(world[A], world[X].device, world.stick)
    with pytest.raises(InputRefused, match="peer_unknown"):
        bundles.make(world[A], world[A].device, world.stick)
    with pytest.raises(InputRefused, match="peer_unknown"):
        bundles.make(world[A], "", world.stick)
    assert files(world.stick) == []


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ADMINISTRATOR])
def test_rights(old_world: World, role: Role) -> None:
    session, file = old_world[A], old_world.stick / "x.mda5b"
    true = session.person
    session.person = PersonInfo(true.id, true.login, true.name, (role,))
    try:
        for act in (
            lambda: bundles.make(session, old_world[C].device, old_world.stick),
            lambda: bundles.plan(session, file),
            lambda: bundles.take(session, file),
            lambda: devices.card(session),
            lambda: devices.peers(session),
            lambda: ledger(session),
        ):
            with pytest.raises(PermissionDenied):
                act()
    finally:
        session.person = true


def test_folder_that_cannot_be_written(world: World) -> None:
    in_the_way = world.stick / "file"
    in_the_way.write_text("x")
    heads = world[A].vault.journal.heads()
    with pytest.raises(StoreError) as caught:
        bundles.make(world[A], world[C].device, in_the_way)
    assert caught.value.code == "sync.cannot_write"
    assert caught.value.exit_status == 3
    assert world[A].vault.journal.heads() == heads  # no number is used up
    assert files(world.stick) == ["file"]
    assert world.make(A, C).name.endswith("_0001.mda5b")


def test_place_that_is_taken_by_a_folder(world: World) -> None:
    """The number is recorded before the file appears: it is used up, and its loss does no harm."""
    name = "MDA5_Ward-3-bed-side_to_Centre_0001.mda5b"
    (world.stick / name / "x").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot_write"):
        world.make(A, C)
    assert files(world.stick) == [name]
    assert world.send(A, C).missing == (1,)


@pytest.mark.parametrize(
    "number, code", [(errno.ENOSPC, "sync.disk_full"), (errno.EROFS, "sync.cannot_write")]
)
def test_what_the_system_says_in_words(number: int, code: str) -> None:
    with pytest.raises(StoreError) as caught, _words(Path("/media/stick")):
        raise OSError(number, "text of the system")
    assert caught.value.code == code
    assert "stick" in caught.value.in_("zh")


@pytest.mark.parametrize("typed", ["x", '"', "\\", "\x01", "血", "𠮷"])
def test_whatever_the_journal_takes_fits_a_line(world: World, typed: str) -> None:
    """The longest record of the hardest letters, with the longest key and the most that it can replace."""
    session, limit = world[A], journal.MAX_BYTES
    key = item(session.enrol().identity).path()
    room = limit - len(canon({"text": ""}))
    replaced = tuple(f"{session.device}:{10**15 + n}" for n in range(limit // 40))
    replaced = replaced[: (limit - len(canon([key]))) // len(canon([replaced[0]]))]
    count = room // (len(canon(typed)) - 2)
    (record,) = session.append([Draft("value", key, {"text": typed * count}, replaced)])
    assert len(write_line("record", record.as_json())) < MAX_LINE
    world.make(A, C)
    for longer in (
        Draft("value", key, {"text": typed * (count + 1)}),
        Draft("value", key, {"text": "1"}, (*replaced, *replaced)),
    ):
        with pytest.raises(InputRefused) as refused:
            session.append([longer])
        assert "20480" in refused.value.in_("zh")


def test_record_too_large_to_travel(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = world[A].enrol().identity
    heads = world[A].vault.journal.heads()
    large = Draft("value", item(subject).path(), {"text": "x" * 70_000})
    with pytest.raises(InputRefused, match=r"record\.too_long"):
        world[A].append([Draft("login", "", {}), large])
    assert world[A].vault.journal.heads() == heads
    monkeypatch.setattr(journal, "MAX_BYTES", 100_000)  # a program without this limit wrote it
    (record,) = world[A].append([large])
    heads = world[A].vault.journal.heads()
    with pytest.raises(BundleError) as caught:
        world.make(A, C)
    assert caught.value.code == "sync.record_too_large"
    assert record.id in caught.value.in_("en")
    assert files(world.stick) == []
    assert world[A].vault.journal.heads() == heads


@pytest.mark.requirement("E6-3")
def test_numbers_run_per_receiver(world: World) -> None:
    for number in (1, 2, 3):
        world.make(A, C)
        assert Ledger.read(world[A]).sent(world[C].device)[-1].number == number
    world.make(A, B)
    book = Ledger.read(world[A])
    assert book.next_number(world[C].device) == (4, book.sent(world[C].device)[-1].sha256)
    assert book.next_number(world[B].device)[0] == 2
    sent = book.sent(world[C].device)
    assert [p.prev for p in sent] == ["", *(p.sha256 for p in sent[:-1])]


def test_lines_are_what_the_manifest_says(world: World) -> None:
    enter_value(world[A], item(world[A].enrol().identity), "118")
    outside, lines = honest(world[A], world[C])
    manifest = lines[0]["manifest"]
    assert manifest["records"] == sum("record" in line for line in lines)
    assert manifest["seals"] == sum("seal" in line for line in lines)
    assert manifest["heads"].keys() == {world[A].device}
    assert manifest["have"].keys() == {world[A].device}  # nothing of the centre is here yet
    assert (manifest["from"], manifest["to"]) == (outside.sender, outside.receiver)
