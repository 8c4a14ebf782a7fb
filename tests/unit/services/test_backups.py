"""Copies: made, checked, rotated, carried to the second place, restored as a new device, practised."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.crypto import canon, parse_canon
from mda5_crf.db import backup, read
from mda5_crf.db.restoring import Restored
from mda5_crf.db.rotation import DAYS, MONTHS, WEEKS, expired
from mda5_crf.db.store import Store
from mda5_crf.errors import Cancelled, CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.jobs import drill
from mda5_crf.services import backupdue, backups, restoring, whereabouts
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.commandline import remembered_keys
from tests.scenario import Ward
from tests.signward import built_signing, signing_session, vitals
from tests.vaults import password
from tests.wards import Clock

WHO, SECOND = ("i01", password("i01")), ("d02", password("d02"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ward(folder: Path, clock: Clock) -> Iterator[Ward]:
    with signing_session(folder, clock=clock) as session:
        yield Ward(session).enrol()


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


def later(ward: Ward, systolic: str) -> None:
    """The blood pressure is corrected."""
    ward.open("BL", "VS").enter("SYSBP", systolic, because="misread")


def said(ward: Ward) -> str:
    """What is said at log-in, "" for nothing."""
    found = backupdue.warning(ward.session)
    return "" if found is None else found.en


def restored(copy: Path, target: Path, **more: object) -> Restored:
    return restoring.restore(copy, target, WHO, SECOND, **more)  # type: ignore[arg-type]


# -- making ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-2", "E6-11")
def test_a_copy_says_what_is_in_it_and_names_nobody(ward: Ward) -> None:
    vitals(ward, systolic="137")
    heads = ward.session.vault.journal.heads()
    copy = backups.make(ward.session)
    assert copy.state == "good"
    told = (copy.path / "backup.json").read_bytes()
    facts = parse_canon(told)
    assert facts["heads"] == {device: [seq, head] for device, (seq, head) in heads.items()}
    assert facts["records"] == sum(seq for seq, _ in heads.values())
    assert {name for name, *_ in facts["files"]} == {"study.db", "keys.json"}
    for word in (b"Ward", b"Li Na", b"01-001"):
        assert word not in told
    assert not re.search(rb"(?<![0-9a-f])137(?![0-9a-f])", told)  # a hash may hold it by chance
    (row,) = read.passages(ward.session.vault.store, "backup")
    assert (row.content["name"], row.content["second"]) == (copy.name, "none")
    assert backups.check(ward.session, copy) == ()
    assert ward.session.verify().troubles == ()


def test_whoever_may_not_back_up_is_refused(folder: Path) -> None:
    with signing_session(folder, "d02") as session:
        backups.make(session)
        session.person = replace(session.person, roles=("monitor",))
        with pytest.raises(PermissionDenied):
            backups.make(session)
        assert not backupdue.due(session)


def test_a_copy_while_somebody_enters_holds_whole_records(ward: Ward) -> None:
    """Records written between two steps of the copying: the copy is of one moment, and says which."""
    entered: list[object] = []

    def enter(_done: int, _total: int) -> None:
        if len(entered) < 3:
            entered.append(ward.open("SCR", "VS").enter("SYSBP", str(110 + len(entered))))

    copy = backups.make(ward.session, progress=enter)
    assert entered
    assert backups.check(ward.session, copy) == ()


def test_cancelled_there_is_no_copy(ward: Ward) -> None:
    def cancel(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        backups.make(ward.session, progress=cancel)
    assert list((ward.session.vault.folder / "backups").iterdir()) == []
    assert not read.passages(ward.session.vault.store, "backup")


@pytest.mark.parametrize("what", ["bytes", "size", "manifest", "resealed", "gone", "keys", "other"])
def test_a_copy_that_was_changed_is_named(ward: Ward, what: str, tmp_path: Path) -> None:
    copy = backups.make(ward.session)
    manifest, file = copy.path / "backup.json", copy.path / "study.db"
    if what == "bytes":
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    elif what == "size":
        file.write_bytes(file.read_bytes()[:-4096])
    elif what == "manifest":
        manifest.write_bytes(b"{}")
    elif what == "resealed":  # an older date would hide how old it is
        facts = parse_canon(manifest.read_bytes())
        manifest.write_bytes(canon({**facts, "made": "2026-11-01T00:00:00+00:00"}))
    elif what == "gone":
        file.unlink()
    elif what == "keys":
        (copy.path / "keys.json").unlink()
    else:
        facts = parse_canon(manifest.read_bytes())
        manifest.write_bytes(canon({**facts, "vault": "0" * 32}))
    (seen,) = backups.copies(ward.session)
    wrong = backups.check(ward.session, seen)
    assert wrong
    assert all(one.en and one.zh for one in wrong)
    result = drill.run(ward.session, password("i01"), copy.path)
    assert result.passed is (what == "other" and False)
    with pytest.raises(StoreError) as refused:
        restored(copy.path, tmp_path / "new.mda5")
    assert refused.value.code.startswith("backup.")
    assert not (tmp_path / "new.mda5").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ward.mda5"]


# -- rotation --------------------------------------------------------------------------------------------


def _names(days: int, step: int = 1) -> list[str]:
    first = date(2025, 1, 1)
    return [f"auto_{first + timedelta(days=n):%Y%m%d}T020000000000Z" for n in range(0, days, step)]


@pytest.mark.requirement("FDA-2")
def test_daily_weekly_monthly_copies_stay() -> None:
    kept: list[str] = []
    for name in _names(500):
        kept = [one for one in (*kept, name) if one not in expired([*kept, name], "auto", 5)]
    days = [datetime.strptime(name[5:13], "%Y%m%d").replace(tzinfo=UTC).date() for name in kept]
    last = days[-1]
    assert {last - timedelta(days=n) for n in range(DAYS)} <= set(days)
    assert len({day.isocalendar()[:2] for day in days if day > last - timedelta(weeks=WEEKS)}) >= WEEKS
    assert len({(day.year, day.month) for day in days}) == MONTHS
    assert len(kept) <= DAYS + WEEKS + MONTHS


def test_rotation_never_takes_the_newest_nor_another_class() -> None:
    names = [*_names(40), "key_20250101T000000000000Z", "hand_20250209T230000000000Z", "auto_nonsense"]
    gone = expired(names, "auto", 5)
    assert "hand_20250209T230000000000Z" not in gone
    assert not {"key_20250101T000000000000Z", "auto_nonsense"} & set(gone)
    assert expired([f"take_{n}" for n in range(7)], "take", 5) == ["take_0", "take_1"]


def test_many_copies_in_a_day_leave_five() -> None:
    names = [f"hand_20250209T{hour:02}0000000000Z" for hour in range(20)]
    assert expired(names, "hand", 5) == sorted(names)[:-5][::-1]


# -- the second place ------------------------------------------------------------------------------------


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that counts as another disk."""
    place = tmp_path / "stick"
    place.mkdir()
    for module in (backups, backupdue):
        monkeypatch.setattr(module, "same_disk", lambda _session, path: "stick" not in str(path))
    return place


@pytest.mark.requirement("FDA-2", "CN-7")
def test_copies_go_to_the_second_place_too(ward: Ward, stick: Path) -> None:
    backups.set_plan(ward.session, backups.Plan(place=str(stick)))
    copy = backups.make(ward.session)
    second = [one for one in backups.copies(ward.session) if one.where == backups.SECOND]
    assert [one.name for one in second] == [copy.name]
    assert backups.check(ward.session, second[0]) == ()
    assert backupdue.last_elsewhere(ward.session) == ward.session.now()
    assert backupdue.exposure(ward.session, elsewhere=True).records == 0
    text = json.dumps([row.content for row in read.passages(ward.session.vault.store, "backup")])
    assert str(stick) not in text, "a path may name a person: it stays out of the journal"


def test_a_stick_that_is_away_or_bad_stops_nobody(
    ward: Ward, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.set_plan(ward.session, backups.Plan(place=str(stick)))
    shutil.rmtree(stick)
    backups.make(ward.session)
    assert backups.log(ward.session)[0][2]["second"] == "absent"
    stick.mkdir()
    real = shutil.copytree

    def loses(source: Path, target: Path) -> Path:
        made = real(source, target)
        (target / "study.db").write_bytes((target / "study.db").read_bytes()[:-1])
        return Path(made)

    monkeypatch.setattr(shutil, "copytree", loses)
    backups.make(ward.session)
    assert backups.log(ward.session)[0][2]["second"] == "failed"
    assert [p for place in stick.iterdir() for p in place.iterdir()] == []
    assert backupdue.last_elsewhere(ward.session) is None


def test_places_that_protect_from_nothing_are_refused(ward: Ward, tmp_path: Path) -> None:
    for place in (ward.session.vault.folder, ward.session.vault.folder / "backups", tmp_path / "nowhere"):
        with pytest.raises(InputRefused):
            backups.set_plan(ward.session, backups.Plan(place=str(place)))
    for plan in (backups.Plan(hours=0), backups.Plan(days=1000)):
        with pytest.raises(InputRefused):
            backups.set_plan(ward.session, plan)
    backups.set_plan(ward.session, backups.Plan(place=str(tmp_path)))
    backups.make(ward.session)
    assert backups.log(ward.session)[0][2]["second"] == "same_disk"


def test_copies_under_an_old_key_leave_the_second_place(ward: Ward, stick: Path, clock: Clock) -> None:
    """Whoever was removed could open them."""
    backups.set_plan(ward.session, backups.Plan(place=str(stick)))
    old = backups.make(ward.session)
    ward.session.vault.renew_key(signer_password=password("i01"), reason="lost")
    clock.now += timedelta(minutes=1)
    assert {one.state for one in backups.copies(ward.session) if one.where == backups.SECOND} == {"older_key"}
    new = backups.make(ward.session)
    second = {one.name for one in backups.copies(ward.session) if one.where == backups.SECOND}
    assert second == {new.name}
    assert old.name not in second


# -- what is due -----------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-2")
def test_what_could_be_lost_is_counted(ward: Ward, clock: Clock) -> None:
    backups.make(ward.session)
    assert backupdue.exposure(ward.session) == backupdue.Exposure(ward.session.now(), 0, 0)
    clock.now += timedelta(minutes=10)
    vitals(ward)
    clock.now += timedelta(minutes=25)
    exposed = backupdue.exposure(ward.session)
    assert (exposed.records, exposed.minutes) == (3, 25), (
        "two values and a status, ten minutes after the copy"
    )


def test_due_after_a_day_with_work_and_not_before(ward: Ward, clock: Clock) -> None:
    assert not backupdue.due(ward.session)
    clock.now += timedelta(hours=24)
    assert backupdue.due(ward.session)
    backups.make(ward.session, backups.AUTO)
    clock.now += timedelta(days=3)
    assert not backupdue.due(ward.session), "nothing was recorded since"
    vitals(ward)
    assert backupdue.due(ward.session)
    backups.set_plan(ward.session, backups.Plan(hours=24 * 4))
    assert not backupdue.due(ward.session)


@pytest.mark.requirement("FDA-2", "CN-7")
def test_warned_until_a_copy_lies_on_another_disk(ward: Ward, clock: Clock, stick: Path) -> None:
    assert backupdue.warning(ward.session) is None
    clock.now += timedelta(days=8)
    backups.make(ward.session)

    assert said(ward).startswith("For 8 days no copy")
    backups.set_plan(ward.session, backups.Plan(place=str(stick)))
    assert "Insert its stick" in said(ward)
    backups.make(ward.session)
    assert backupdue.warning(ward.session) is None
    shutil.rmtree(stick)  # it lies in a safe
    clock.now += timedelta(days=6)
    assert backupdue.warning(ward.session) is None
    clock.now += timedelta(days=2)
    assert "8 days old" in said(ward)


# -- restoring -------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-2", "E6-11")
def test_restore_gets_new_device(ward: Ward, tmp_path: Path) -> None:
    vitals(ward, systolic="121")
    copy = backups.make(ward.session)
    later(ward, "122")
    here = ward.session.vault.journal.heads()
    old = ward.session.device
    done = restored(copy.path, tmp_path / "new.mda5", witnesses=here)
    assert done.device != old
    assert done.parent == old
    last = here[old][0]
    assert done.lost == {
        old: (parse_canon((copy.path / "backup.json").read_bytes())["records"] + 1, last, here[old][1])
    }
    assert done.missing > 0
    assert f"{old}:{last}" in " ".join(one.en for one in restoring.lines(done))
    with signing_session(tmp_path / "new.mda5") as session:
        assert session.device == done.device
        assert session.vault.device_keys.page_keys == ward.session.vault.device_keys.page_keys
        assert session.vault.device_keys.sign.public != ward.session.vault.device_keys.sign.public
        again = Ward(session, session.subjects()[0].identity)
        again.open("BL", "VS").expect("SYSBP", "121").enter("SYSBP", "125", because="x")
        assert session.verify().troubles == (), "what the restore recorded as lost is known"
        assert session.vault.notices == ()
        (row,) = read.passages(session.vault.store, "restore")
        assert row.content["second"]["person"] == next(p.id for p in session.people() if p.login == "d02")
        assert row.record.startswith(done.device)
    assert ward.session.vault.journal.heads() == here, "the old folder is as it was"


def test_restore_overwrites_nothing(ward: Ward, tmp_path: Path) -> None:
    copy = backups.make(ward.session)
    target = tmp_path / "there"
    target.mkdir()
    (target / "letter.txt").write_text("mine")
    with pytest.raises(StoreError) as refused:
        restored(copy.path, target)
    assert refused.value.code == "store.vault_exists"
    with pytest.raises(StoreError):
        restored(copy.path, ward.session.vault.folder)
    assert (target / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "who,second,error",
    [
        (("i01", "wrong-password-here"), SECOND, LoginRefused),
        (WHO, ("d02", "wrong-password-here"), LoginRefused),
        (WHO, WHO, InputRefused),
        (("n07", password("n07")), SECOND, PermissionDenied),
        (WHO, ("nobody", "x"), LoginRefused),
    ],
    ids=["password", "second password", "alone", "data entry", "unknown"],
)
def test_restore_takes_two_persons_with_the_right(
    ward: Ward, tmp_path: Path, who: tuple[str, str], second: tuple[str, str], error: type[CrfError]
) -> None:
    copy = backups.make(ward.session)
    with pytest.raises(error):
        restoring.restore(copy.path, tmp_path / "new.mda5", who, second)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ward.mda5"]


def test_backup_without_keys_file(ward: Ward, tmp_path: Path) -> None:
    copy = backups.make(ward.session)
    (copy.path / "keys.json").unlink()
    with pytest.raises(StoreError) as refused:
        restored(copy.path, tmp_path / "new.mda5")
    assert "keys.json" in refused.value.text.en
    assert "keys.json" in refused.value.text.zh


def test_nobody_to_compare_with_is_said(ward: Ward, tmp_path: Path, own_settings: Path) -> None:
    copy = backups.make(ward.session)
    done = restored(copy.path, tmp_path / "new.mda5")
    lines = [one.en for one in restoring.lines(done)]
    assert any("cannot be known" in one or "Nothing is missing" in one for one in lines)


def test_another_end_than_the_witness_noted_is_named(ward: Ward, tmp_path: Path) -> None:
    copy = backups.make(ward.session)
    seq, _ = parse_canon((copy.path / "backup.json").read_bytes())["heads"][ward.session.device]
    done = restored(copy.path, tmp_path / "new.mda5", witnesses={ward.session.device: (seq, "0" * 64)})
    assert done.forked == (ward.session.device,)


def test_a_restored_vault_can_be_restored_again(ward: Ward, tmp_path: Path) -> None:
    copy = backups.make(ward.session)
    first = restored(copy.path, tmp_path / "first.mda5")
    with signing_session(tmp_path / "first.mda5") as session:
        Ward(session).enrol("01-002")
        again = backups.make(session)
    second = restored(again.path, tmp_path / "second.mda5")
    assert second.parent == first.device
    with signing_session(tmp_path / "second.mda5") as session:
        assert read.lineage(session.vault.store, session.device) == {
            ward.session.device, first.device, second.device,
        }  # fmt: skip
        assert len(session.subjects()) == 2
        assert session.verify().troubles == ()


# -- the drill -------------------------------------------------------------------------------------------


@pytest.mark.requirement("E6-11", "FDA-2")
def test_the_drill_proves_the_newest_copy(ward: Ward) -> None:
    vitals(ward)
    copy = backups.make(ward.session)
    later(ward, "130")
    files = {p.name: p.read_bytes() for p in copy.path.iterdir()}
    result = drill.run(ward.session, password("i01"))
    assert result.passed
    assert (result.name, result.subjects) == (copy.name, 1)
    assert result.behind > 0
    assert {p.name: p.read_bytes() for p in copy.path.iterdir()} == files, "nothing is written into the copy"
    assert [p.name for p in copy.path.parent.iterdir()] == [copy.name], "the scratch folder is gone"
    (row,) = read.passages(ward.session.vault.store, "drill")
    assert row.content["result"] == "passed"
    assert ward.session.verify().troubles == ()


def test_the_drill_needs_the_own_password_and_a_copy(ward: Ward) -> None:
    with pytest.raises(InputRefused):
        drill.run(ward.session, password("i01"))
    backups.make(ward.session)
    with pytest.raises(LoginRefused):
        drill.run(ward.session, "not-my-password-at-all")
    assert not read.passages(ward.session.vault.store, "drill")


def test_a_drill_that_fails_is_recorded(ward: Ward) -> None:
    copy = backups.make(ward.session)
    (copy.path / "study.db").write_bytes(bytes(4096))
    result = drill.run(ward.session, password("i01"), copy.path)
    assert not result.passed
    (row,) = read.passages(ward.session.vault.store, "drill")
    assert row.content["result"] == "failed"
    assert "Drill failed" in result.lines()[0].en


# -- moved or copied -------------------------------------------------------------------------------------


def _log_in(folder: Path) -> Session:
    return Session.open(folder, *WHO)


def test_moved_is_asked_once_and_copied_makes_a_new_device(folder: Path, tmp_path: Path) -> None:
    with _log_in(folder) as session:
        assert not session.elsewhere
        device = session.device
    twin = Path(shutil.copytree(folder, tmp_path / "twin.mda5"))
    folder.rename(tmp_path / "renamed.mda5")
    with _log_in(tmp_path / "renamed.mda5") as session:
        assert not session.elsewhere, "a folder that was renamed on its disk is the same folder"
    with _log_in(twin) as session:
        assert session.elsewhere
        whereabouts.settle_here(session)
    with _log_in(twin) as session:
        assert not session.elsewhere
        with pytest.raises(InputRefused):
            restoring.declare_copy(session, WHO)
        new = restoring.declare_copy(session, SECOND)
        assert session.device == new != device
        Ward(session).enrol()
        assert session.verify().troubles == ()
    with _log_in(twin) as session:
        assert session.device == new


# -- before risky steps ----------------------------------------------------------------------------------


def test_no_step_without_its_copy(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    assert backups.before(ward.session, "definition").name.startswith("definition_")
    with pytest.raises(ValueError):
        backups.before(ward.session, "lunch")

    def full(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(Store, "copy_to", full)
    with pytest.raises(StoreError):
        backups.before(ward.session, "move")


def test_what_a_kill_left_of_a_copy_goes_with_the_next(ward: Ward) -> None:
    folder = ward.session.vault.folder / "backups"
    (folder / f"auto_20260101T000000Z{backup.PART}").mkdir(parents=True)
    assert backups.copies(ward.session) == ()
    copy = backups.make(ward.session)
    assert [p.name for p in folder.iterdir()] == [copy.name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
def test_only_the_owner_may_read_a_copy(ward: Ward) -> None:
    copy = backups.make(ward.session)
    assert copy.path.stat().st_mode & 0o077 == 0
    assert os.access(copy.path, os.R_OK)


@pytest.mark.requirement("FDA-2")
def test_what_was_redacted_since_is_redacted_in_the_restored_vault(ward: Ward, tmp_path: Path) -> None:
    """An old copy still holds the words; a newer one knows that two persons took them back."""
    ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "Wang Wei, bed 7")
    record = [
        one for one in ward.session.vault.journal.records(kinds=("value",)) if "Wang Wei" in str(one.data)
    ]
    old = Path(shutil.copytree(backups.make(ward.session).path, tmp_path / "stick"))
    ward.session.redact(
        [record[-1].id], Reason("OTHER", "a name"), (), own_password=password("i01"), second=SECOND
    )
    new = backups.make(ward.session).path
    lines = restoring.restore(old, tmp_path / "new.mda5", WHO, SECOND, known=[new])
    assert lines.redacted == 1
    assert any("emptied" in one.en for one in restoring.lines(lines))
    with signing_session(tmp_path / "new.mda5") as session:
        found = session.vault.journal.get(record[-1].id)
        assert found is not None
        assert found.content is None
        assert session.verify().troubles == ()
    plain = restoring.restore(old, tmp_path / "plain.mda5", WHO, SECOND)
    assert plain.redacted == 0, "without the newer copy nobody can know"
