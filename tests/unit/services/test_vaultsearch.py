"""Vaults on sticks: what counts as a drive, and a walk that always ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mda5_crf.errors import Cancelled, StoreError
from mda5_crf.services import vaultsearch
from mda5_crf.services.vaultsearch import check_vault, drives, is_there, linux_drives, search

MOUNTS = "\n".join(
    (
        "/dev/sda1 / ext4 rw 0 0",
        "/dev/sdb1 /media/li/WARD\\0403 vfat rw 0 0",
        "//server/share /media/li/net cifs rw 0 0",
        "server:/home /mnt/home nfs4 rw 0 0",
        "/dev/sdc1 /run/media/li/STICK exfat rw 0 0",
        "/dev/sdd1 /mnt ext4 rw 0 0",
        "/dev/sde1 /mediathek ext4 rw 0 0",
        "tmpfs /run tmpfs rw 0 0",
        "broken",
        "",
    )
)


def vault(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "keys.json").write_text("{}")
    return folder


def test_sticks_are_drives_and_network_shares_are_not() -> None:
    assert linux_drives(MOUNTS) == [Path("/media/li/WARD 3"), Path("/mnt"), Path("/run/media/li/STICK")]


def test_asking_for_drives_never_fails() -> None:
    assert all(isinstance(drive, Path) for drive in drives())


def test_vaults_are_found_by_what_is_in_them(tmp_path: Path) -> None:
    wanted = [vault(tmp_path / "a.mda5"), vault(tmp_path / "深 deep" / "two" / "B.MDA5")]
    (tmp_path / "empty.mda5").mkdir()
    vault(tmp_path / "no ending")
    vault(tmp_path / ".hidden" / "h.mda5")
    vault(tmp_path / "$RECYCLE.BIN" / "r.mda5")
    vault(tmp_path / "1" / "2" / "3" / "too-deep.mda5")
    vault(tmp_path / "a.mda5" / "inside.mda5")
    (tmp_path / "file.mda5").write_text("x")
    found = search([tmp_path])
    assert found.vaults == tuple(sorted(wanted)) and found.complete and found.drives == 1


def test_no_drive_finds_nothing() -> None:
    assert search([]) == vaultsearch.Found((), 0, complete=True)


def test_a_drive_that_went_away_is_as_an_empty_one(tmp_path: Path) -> None:
    assert search([tmp_path / "gone"]) == vaultsearch.Found((), 1, complete=True)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_loop_of_links_is_not_walked(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(tmp_path)
    (tmp_path / "link.mda5").symlink_to(vault(tmp_path / "a" / "v.mda5"))
    assert search([tmp_path]).vaults == (tmp_path / "a" / "v.mda5",)


def test_the_walk_ends_by_number_and_by_time(tmp_path: Path) -> None:
    for number in range(60):
        vault(tmp_path / f"{number:02d}.mda5")
    assert len(search([tmp_path]).vaults) >= vaultsearch.MOST_FOUND
    for number in range(20):
        (tmp_path / f"d{number}").mkdir()
    assert not search([tmp_path], folders=3).complete
    assert not search([tmp_path], seconds=-1).complete


def test_the_walk_can_be_cancelled(tmp_path: Path) -> None:
    def cancel(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        search([tmp_path], cancel)


@pytest.mark.parametrize("name", ["nothing", "x" * 300, "a\0b", "CON"])
def test_a_folder_that_cannot_be_is_not_there(tmp_path: Path, name: str) -> None:
    assert not is_there(str(tmp_path / name))
    with pytest.raises(StoreError, match="vault_missing"):
        check_vault(tmp_path / name)


@pytest.mark.parametrize("place", ["//server/share/w.mda5", "\\\\server\\share\\w.mda5"])
def test_a_share_is_refused_before_the_server_is_asked(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_self: Path) -> bool:
        raise AssertionError("the server was asked")

    monkeypatch.setattr(Path, "is_dir", asked)
    with pytest.raises(StoreError, match="network"):
        check_vault(Path(place))


def test_a_mounted_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaultsearch, "on_network_share", lambda _folder: True)
    with pytest.raises(StoreError, match="network"):
        check_vault(vault(tmp_path / "w.mda5"))


def test_a_folder_without_keys_is_no_vault(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        check_vault(tmp_path)
