"""An upgrade that ends in the middle, by a kill or a full disk: the vault is whole and opens afterwards."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mda5_crf.db import migrate
from mda5_crf.db.verify import verify
from mda5_crf.errors import StoreError
from mda5_crf.services import access
from mda5_crf.services.session import Session
from tests.faults import counts, dying
from tests.releases import Release, expected, password, told
from tests.vaults import enter

OLDEST = "0.1.0"
pytestmark = pytest.mark.requirement("P11-3", "E6-11")


def _whole(vault: Path, version: str) -> None:
    """Brought up now, with every record and every answer that it had."""
    before = Release(version, vault).made["ward"]
    with enter(vault) as opened:
        assert migrate.missing(opened.store) == ()
        assert verify(opened.store, judge=access.judge) == []
        held = opened.journal.heads()
        assert held == {device: (seq, digest) for device, (seq, digest) in before["heads"]["chains"].items()}


@pytest.mark.fault
def test_kill_during_the_upgrade_of_the_oldest_vault(
    tmp_path: Path, times: Callable[[int, int], int]
) -> None:
    base = tmp_path / "base"
    base.mkdir()
    Release(OLDEST, base).copy("ward")

    def act(folder: Path) -> Callable[[], object]:
        return lambda: enter(folder / "ward")

    injected, survived = dying.kill_everywhere(
        act, base, tmp_path / "life", lambda place: _whole(place / "ward", OLDEST), times(1, 60)
    )
    counts.faults("kill -9: upgrade of 0.1", injected=injected, survived=survived)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB, where this machine lets us mount one."""
    place = tmp_path / "small disk"
    place.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=2m", "none", str(place)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("cannot mount a small disk here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.fault
@pytest.mark.parametrize("room", [0, 24, 340, 440], ids="{} KiB left".format)
def test_a_full_disk_during_the_upgrade(small_disk: Path, room: int) -> None:
    """No room for the lock, the copy, the first step, a later one: nothing is lost; with room it goes on."""
    release = Release(OLDEST, small_disk)
    vault = release.copy("ward")
    before = (vault / "study.db").read_bytes()
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        file.write(bytes(max(shutil.disk_usage(small_disk).free - room * 1024, 0)))
    with pytest.raises(StoreError) as caught:
        Session.open(vault, "i01", password("i01"))
    assert "full" in caught.value.text.en and "满" in caught.value.text.zh, caught.value.code
    if room < 300:
        assert (vault / "study.db").read_bytes() == before, "without a copy nothing is begun"
    filler.unlink()
    _whole(vault, OLDEST)
    with Session.open(vault, "i01", password("i01")) as session:
        forms = release.made["ward"]["forms"]
        assert told(session, list(forms)) == expected(forms)
