"""The machine fails during other acts than entry: full disk, locked or read-only file, flipped bits, clock.

``test_machine`` has the same from the command line while values are entered. Everywhere: what was committed
is there afterwards, what failed left nothing, and the sentence names cause and remedy, in both languages.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.db import failures, store
from mda5_crf.errors import CrfError, StoreError
from mda5_crf.jobs import drill
from mda5_crf.services import backupdue, backups, restoring
from mda5_crf.sync import bundles, devices
from mda5_crf.text import Text, message
from tests.commandline import ROOT, remembered_keys
from tests.faults import counts
from tests.scenario import Ward
from tests.signward import built_signing, signing_session, vitals
from tests.vaults import enter, password
from tests.wards import NOW, Clock

POSIX = pytest.mark.skipif(os.name == "nt", reason="mounts and locks of POSIX")
TWO = (("i01", password("i01")), ("d02", password("d02")))
pytestmark = pytest.mark.requirement("E6-11", "FDA-2")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Five seconds of waiting for a lock are for people; the answer is the same after a twentieth.
    quick = [one.replace("busy_timeout=5000", "busy_timeout=50") for one in store._AFTER_KEY]
    monkeypatch.setattr(store, "_AFTER_KEY", tuple(quick))
    with remembered_keys():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    with signing_session(folder) as session:
        vitals(Ward(session).enrol(), systolic="121")
    return folder


def says(text: Text, english: tuple[str, ...], chinese: tuple[str, ...]) -> None:
    """The sentence names cause and remedy: one word of each is enough to know it, in both languages."""
    assert all(word in text.en for word in english), text.en
    assert all(word in text.zh for word in chinese), text.zh


def still(folder: Path, systolic: str = "121") -> None:
    """What was committed is there, and everything verifies."""
    with signing_session(folder, "d02") as session:
        Ward(session, session.subjects()[0].identity).open("BL", "VS").expect("SYSBP", systolic)
        assert session.verify().troubles == ()


# -- the sentences ---------------------------------------------------------------------------------------

_CAUSE_AND_REMEDY = {
    "store.locked": (("Another program", "Close it"), ("其他程序", "关闭")),
    "store.no_memory": (("memory", "Close"), ("内存", "关闭")),
    "store.read_only": (("write-protected", "Remove"), ("写保护", "解除")),
    "store.io_failed": (("did not answer", "Open the vault again"), ("没有响应", "重新打开")),
    "store.damaged": (("damaged", "restore"), ("损坏", "恢复")),
    "store.disk_full": (("full", "Free some space"), ("已满", "腾出空间")),
    "store.cannot_open": (("cannot be opened", "Check"), ("无法打开", "检查")),
    "store.not_readable": (("cannot be read", "Put back"), ("无法读取", "恢复")),
    "store.row_refused": (("refused", "verify"), ("拒绝", "校验")),
    "store.failed": (("could not be used", "Open the vault again"), ("无法使用", "重新打开")),
    "store.missing": (("not there", "Check"), ("找不到", "检查")),
    "store.vault_disk_full": (("full", "Free some space"), ("已满", "腾出空间")),
    "store.vault_read_only": (("read-only", "Remove the protection"), ("只读", "解除写保护")),
    "store.vault_file_missing": (("missing", "Put it back"), ("缺少", "恢复")),
    "store.vault_file_failed": (("disk reports", "Copy the folder"), ("磁盘报告错误", "复制")),
    "store.vault_in_use": (("open on the PC", "Close it there"), ("打开", "关闭")),
    "store.vault_on_network": (("network share", "Copy the folder"), ("网络共享", "复制")),
    "backup.keys_missing": (("missing", "Use another copy"), ("缺少", "改用其他备份")),
    "backup.file_missing": (("missing", "Use another copy"), ("缺少", "改用其他备份")),
    "backup.file_differs": (("lost data", "Use another copy"), ("丢失了数据", "改用其他备份")),
    "backup.manifest_damaged": (("damaged", "Use another copy"), ("损坏", "改用其他备份")),
    "backup.manifest_false": (("changed after", "Use another copy"), ("改动", "改用其他备份")),
}


def test_every_sentence_of_a_failing_machine_names_cause_and_remedy() -> None:
    assert set(failures._BY_CODE.values()) <= set(_CAUSE_AND_REMEDY)
    some = {"place": "x", "number": 1, "pc": "x", "since": "x", "login": "x", "file": "x"}
    for code, (english, chinese) in _CAUSE_AND_REMEDY.items():
        says(message(code, **some), english, chinese)


# -- locked by another program ---------------------------------------------------------------------------


@pytest.mark.fault
def test_file_locked_by_a_program_that_speaks_sqlite(folder: Path) -> None:
    with signing_session(folder) as session:
        ward = Ward(session, session.subjects()[0].identity)
        form = ward.open("SCR", "VS").enter("DIABP", "70")
        other = session.vault.store.raw()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as refused:
            form.enter("SYSBP", "118")
        says(refused.value.text, ("Another program", "try again"), ("其他程序", "重试"))
        assert not form.item("SYSBP").value.text
        other.execute("ROLLBACK")
        other.close()
        form.enter("SYSBP", "119").expect("SYSBP", "119")
    still(folder)


_HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
# SQLite's own byte: 120 of the index of the log is its lock for writing.
fcntl.lockf(file, fcntl.LOCK_EX, 1, 120)
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process holds the file, as a virus scanner or a copying program does."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
        process.stdin.close()
        process.wait(10)


@POSIX
@pytest.mark.fault
def test_file_locked_by_another_process(folder: Path) -> None:
    """Entry is refused in words and goes on when the other lets go; a copy is refused and leaves nothing."""
    with signing_session(folder) as session:
        form = Ward(session, session.subjects()[0].identity).open("SCR", "VS").enter("DIABP", "70")
        with held(folder / "study.db-shm"):
            with pytest.raises(StoreError) as refused:
                form.enter("SYSBP", "118")
            says(refused.value.text, ("Another program",), ("其他程序",))
        form.enter("SYSBP", "119")
        assert backups.check(session, backups.make(session)) == ()
    still(folder)


@POSIX
@pytest.mark.fault
def test_two_programs_open_one_vault_and_a_drill_beside_them(folder: Path) -> None:
    with signing_session(folder) as session:
        backups.make(session)
        with pytest.raises(StoreError) as refused:
            enter(folder, "d02")
        says(refused.value.text, ("open on the PC", "Close it there"), ("打开", "关闭"))
        assert drill.run(session, password("i01")).passed, "practice needs no second opening of the vault"
    still(folder)


# -- full disk -------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A file system of so many KiB, where this machine lets us mount one."""
    mounted: list[Path] = []

    def make(kib: int) -> Path:
        place = tmp_path / f"disk {len(mounted)}"
        place.mkdir()
        mount = shutil.which("mount")
        made = mount and subprocess.run(
            [mount, "-t", "tmpfs", "-o", f"size={kib}k", "none", str(place)], capture_output=True, check=False
        )
        if not made or made.returncode:
            pytest.skip("cannot mount a small disk here")
        mounted.append(place)
        return place

    yield make
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _room(disk: Path, leave: int) -> Path:
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        file.write(bytes(max(shutil.disk_usage(disk).free - leave, 0)))
    return filler


def _back_up(ward: Ward, _out: Path) -> object:
    return backups.make(ward.session)


def _password(ward: Ward, _out: Path) -> None:
    ward.session.change_password("harbour-violet-31-candle", own_password=password("i01"))


def _renew(ward: Ward, _out: Path) -> None:
    ward.session.renew_key("lost", own_password=password("i01"))


def _bundle(ward: Ward, out: Path) -> object:
    (peer,) = devices.peers(ward.session)
    return bundles.make(ward.session, peer.device, out)


def _sign(ward: Ward, _out: Path) -> object:
    form = ward.open("BL", "VS")
    return [ward.session.sign(form.entry.key, "REVIEWED", password("i01"), "i01") for _ in range(200)]


def _enrol(ward: Ward, _out: Path) -> object:
    return [ward.session.enrol() for _ in range(200)]


@POSIX
@pytest.mark.fault
@pytest.mark.parametrize("leave", [0, 8192, 131072])
@pytest.mark.parametrize(
    "act", [_back_up, _password, _renew, _bundle, _sign, _enrol], ids=lambda a: a.__name__
)
def test_full_disk_during(
    folder: Path, small_disk: Callable[[int], Path], act: Callable[[Ward, Path], object], leave: int,
    tmp_path: Path,
) -> None:  # fmt: skip
    centre = Path(shutil.copytree(built_signing("00"), tmp_path / "centre.mda5"))
    with signing_session(folder) as session, signing_session(centre, "d02") as other:
        devices.add_card(session, devices.card(other), own_password=password("i01"))
    disk = small_disk(4096)
    place = Path(shutil.copytree(folder, disk / "ward.mda5"))
    said: Text | None = None
    with signing_session(place) as session:
        ward = Ward(session, session.subjects()[0].identity)
        filler = _room(disk, leave)
        try:
            act(ward, place / "outbox")
        except CrfError as problem:
            said = problem.text
        filler.unlink()
        assert not [p for p in place.rglob("*") if p.name.endswith((".part", ".new", ".restoring"))]
        ward.open("SCR", "VS").enter("SYSBP", "140").expect("SYSBP", "140")
    if leave == 0:
        assert said is not None
    if said is not None:
        assert "full" in said.en or "no room" in said.en, said.en
        assert "满" in said.zh or "空间" in said.zh, said.zh
    still(place)


@POSIX
@pytest.mark.fault
def test_full_disk_at_the_second_place_and_while_restoring(
    folder: Path, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(200)
    with signing_session(folder) as session:
        backups.set_plan(session, backups.Plan(place=str(disk)))
        copy = backups.make(session)
        assert backups.log(session)[0][2]["second"] == "failed"
        assert backups.check(session, copy) == ()
    assert not [p for p in disk.rglob("*") if p.is_file()]
    with pytest.raises(StoreError) as refused:
        restoring.restore(copy.path, disk / "new.mda5", *TWO)
    says(refused.value.text, ("no room", "Free some space"), ("空间不足", "腾出空间"))
    assert not list(disk.glob("new*"))
    still(folder)


# -- read-only -------------------------------------------------------------------------------------------


@POSIX
@pytest.mark.fault
def test_a_second_place_that_became_read_only(folder: Path, small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(4096)
    with signing_session(folder, clock=Clock(NOW)) as session:
        backups.set_plan(session, backups.Plan(place=str(disk)))
        backups.make(session)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        backups.make(session)
        assert backups.log(session)[0][2]["second"] == "failed"
        assert [one.where for one in backups.copies(session)].count(backups.SECOND) == 1
    with pytest.raises(StoreError) as refused:
        restoring.restore(next((folder / "backups").iterdir()), disk / "x" / "new.mda5", *TWO)
    says(refused.value.text, ("read-only", "Remove"), ("只读", "解除"))
    still(folder)
    done = restoring.restore(next(next(disk.iterdir()).iterdir()), folder.with_name("new.mda5"), *TWO)
    assert done.records, "from a stick with its switch on it is restored all the same"


# -- flipped bits ----------------------------------------------------------------------------------------


def _flipped(path: Path, place: int, bit: int) -> bytes:
    whole = path.read_bytes()
    data = bytearray(whole)
    data[place] ^= 1 << bit
    path.write_bytes(data)
    return whole


@pytest.mark.fault
@pytest.mark.parametrize("name", ["study.db", "keys.json", "backup.json"])
def test_bits_flipped_in_a_copy(folder: Path, name: str, times: Callable[[int, int], int]) -> None:
    """Everywhere in every file: no such copy is taken for good, and none becomes a vault."""
    rng = random.Random(name)
    with signing_session(folder) as session:
        copy = backups.make(session)
        path = copy.path / name
        size, found = path.stat().st_size, 0
        places = [0, size - 1, *(rng.randrange(size) for _ in range(times(10, 300)))]
        for place in places:
            whole = _flipped(path, place, rng.randrange(8))
            (seen,) = backups.copies(session)
            wrong = backups.check(session, seen)
            assert wrong, f"byte {place} of {name}"
            with pytest.raises(StoreError):
                restoring.restore(copy.path, folder.with_name("new.mda5"), *TWO)
            path.write_bytes(whole)
            found += 1
        assert backups.check(session, copy) == ()
    counts.faults(f"bit flipped in a copy: {name}", injected=len(places), survived=found)
    still(folder)


@pytest.mark.fault
def test_bits_flipped_in_the_vault_and_back_from_the_copy(
    folder: Path, times: Callable[[int, int], int]
) -> None:
    """In every region of study.db: refused, or named by verify; and the copy brings everything back."""
    with signing_session(folder) as session:
        copy = backups.make(session).path
    path, rng = folder / "study.db", random.Random(7)
    size = path.stat().st_size
    counted: set[str] = set()
    places = [3, 17, 4080, 4096 + 1, size - 20, *(rng.randrange(size) for _ in range(times(6, 200)))]
    for place in places:
        whole = _flipped(path, place, rng.randrange(8))
        try:
            with signing_session(folder, "d02") as session:
                found = session.verify().troubles
            assert found, f"byte {place}"
        except StoreError as problem:
            counted.add(problem.code)  # refused in words
        for tail in ("-wal", "-shm"):
            Path(f"{path}{tail}").unlink(missing_ok=True)
        path.write_bytes(whole)
    assert counted <= {"store.not_readable", "store.damaged", "store.key_does_not_fit"}
    counts.faults("bit flipped in study.db", injected=len(places), survived=len(places))
    _flipped(path, size // 2, 1)
    restoring.restore(copy, folder.with_name("new.mda5"), *TWO)
    still(folder.with_name("new.mda5"))


# -- the clock -------------------------------------------------------------------------------------------


@pytest.mark.fault
@pytest.mark.parametrize("jump", [timedelta(days=-9), timedelta(hours=-1), timedelta(days=4000)])
def test_a_clock_that_jumps_stops_no_entry_and_no_copy(folder: Path, jump: timedelta) -> None:
    clock = Clock(NOW + timedelta(days=10))
    with signing_session(folder, clock=clock) as session:
        ward = Ward(session, session.subjects()[0].identity)
        ward.open("BL", "VS").enter("DIABP", "79", because="misread")
        first = backups.make(session)
        clock.now += jump
        ward.open("SCR", "VS").enter("SYSBP", "140")
        if jump < timedelta(0):
            assert session.clock_warning is not None
        second = backups.make(session)
        assert {one.name for one in backups.copies(session)} == {first.name, second.name}
        assert backups.check(session, second) == ()
        clock.now = NOW + timedelta(days=10, minutes=5)
        ward.open("SCR", "VS").enter("DIABP", "80")
        backupdue.due(session)
        assert session.verify().troubles == ()
