"""One writer, whole files, no network shares."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mda5_crf.db import lockfile
from mda5_crf.db.files import read_bounded, trouble, write_whole
from mda5_crf.db.lockfile import LOCK_NAME, VaultLock, on_network_share
from mda5_crf.errors import StoreError

HOLD = """
import sys, time, pathlib
from mda5_crf.db.lockfile import VaultLock
lock = VaultLock(pathlib.Path(sys.argv[1]))
lock.name_holder("n07")
print("held", flush=True)
time.sleep(60)
"""


def _refused(folder: Path) -> StoreError:
    with pytest.raises(StoreError) as refused:
        VaultLock(folder)
    return refused.value


def test_the_second_comer_is_told_who_and_where(tmp_path: Path) -> None:
    lock = VaultLock(tmp_path)
    error = _refused(tmp_path)
    assert error.code == "store.vault_in_use"
    assert "(log-in ?)" in error.in_("en")
    lock.name_holder("n07")
    assert "n07" in _refused(tmp_path).in_("en")
    assert "n07" in _refused(tmp_path).in_("zh")
    lock.release()
    lock.release()
    VaultLock(tmp_path).release()
    assert (tmp_path / LOCK_NAME).read_bytes() == b""


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"pc":7}', b"\xff" * 9000, b'{"pc":"' + b"x" * 3000 + b'"}']
)
def test_what_the_file_says_is_only_for_the_sentence(tmp_path: Path, text: bytes) -> None:
    lock = VaultLock(tmp_path)
    (tmp_path / LOCK_NAME).write_bytes(text)
    error = _refused(tmp_path)
    assert error.code == "store.vault_in_use"
    assert len(error.in_("en")) < 400
    lock.release()


def test_a_leftover_file_locks_nobody_out(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text('{"pc":"other","since":"2020","login":"n07"}', "utf-8")
    VaultLock(tmp_path).release()


def test_the_lock_of_a_killed_program_is_gone(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert program.stdout is not None
    with program:
        assert program.stdout.readline() == "held\n"
        assert _refused(tmp_path).code == "store.vault_in_use"
        program.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        program.wait()
    VaultLock(tmp_path).release()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        VaultLock(tmp_path / "none")
    assert refused.value.code == "store.vault_file_missing"


@pytest.mark.parametrize(
    "folder, expected",
    [
        ("/mnt/share/ward.mda5", True),
        ("/mnt/share", True),
        ("/mnt/share two/ward", True),
        ("/mnt/shared/ward.mda5", False),
        ("/home/x", False),
        ("/mnt/share/local/ward", False),
    ],
)
def test_network_mounts(folder: str, expected: bool) -> None:
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt/share nfs4 rw 0 0\n//pc/y /mnt/share\\040two cifs rw 0 0\n"
        "broken\n/dev/sdb1 /mnt/share/local ext4 rw 0 0\n"
    )
    assert lockfile._network_mount(Path(folder), mounts) is expected


def test_this_folder_is_local(tmp_path: Path) -> None:
    assert not on_network_share(tmp_path)


@pytest.mark.parametrize(
    "number, code",
    [
        (errno.ENOSPC, "store.vault_disk_full"),
        (errno.EROFS, "store.vault_read_only"),
        (errno.EACCES, "store.vault_read_only"),
        (errno.ENOENT, "store.vault_file_missing"),
        (errno.EIO, "store.vault_file_failed"),
    ],
)
def test_failures_are_sorted_and_name_the_file_only(number: int, code: str) -> None:
    error = trouble(OSError(number, "x", "/secret/path"), Path("/home/li/ward.mda5/keys.json"))
    assert error.code == code
    assert error.exit_status == 3
    assert "keys.json" in error.in_("zh")
    assert "/home" not in error.in_("en") + error.in_("zh") + str(error)


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"first")
    (tmp_path / "file.new").mkdir()
    with pytest.raises(OSError, match=r"file\.new"):
        write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    (tmp_path / "file.new").rmdir()
    write_whole(path, b"second", keep=tmp_path / "file.1")
    assert path.read_bytes() == b"second"
    assert (tmp_path / "file.1").read_bytes() == b"first"
    assert read_bounded(path, 6) == b"second"
    assert read_bounded(path, 5) is None
