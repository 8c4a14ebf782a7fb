"""Archives and carriers by command."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commandline import act, call
from tests.unit.sync.synckit import A, C, built

SUBJECT = "01-001"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward with one participant, and the centre."""
    folder = tmp_path_factory.mktemp("commands")
    for pc in (A, C):
        shutil.copytree(built() / pc, folder / pc)
    act("enrol", folder / A, SUBJECT).good()
    return folder


def test_an_archive_is_written_checked_and_refused(base: Path, tmp_path: Path) -> None:
    ward, out = base / A, tmp_path / "archive"
    act("pdf", "archive", ward, "-o", out).refused(2, "pdf archive VAULT")
    made = act("pdf", "archive", ward, SUBJECT, "-o", out, "--lang", "en", "--json").good().json()
    assert made["participants"] == 1 and (out / SUBJECT / "casebook-en.pdf").stat().st_size
    assert len(made["manifest"]) == 64 and made["files"] == sum(one.is_file() for one in out.rglob("*"))
    act("pdf", "archive", ward, SUBJECT, "-o", out).refused(1, "never replaces")
    assert "whole" in call("check-archive", out).good().out
    assert call("check-archive", out, "--json").good().json()["whole"] is True
    known = act("check-archive", out, base / C, login="d02").good().out
    assert "knows this PC" in known
    (out / "readme.txt").write_bytes(b"other")
    bad = call("check-archive", out, "--language", "zh")
    assert bad.status == 1 and "readme.txt 已被更改" in bad.out
    call("check-archive", tmp_path).refused(1, "no archive")


def test_a_carrier_from_ward_to_centre(base: Path, tmp_path: Path) -> None:
    file, target = tmp_path / "list.csv", tmp_path / "list.mda5c"
    file.write_bytes(b"a,b\r\n")
    act("carrier", "make", base / A).refused(2, "carrier make VAULT")
    act("carrier", "make", base / A, file, "--to", "nobody").refused(1, "nobody")
    said = act("carrier", "make", base / A, file, "--to", "Centre", "-o", target).good().out
    assert "Centre" in said and "in clear" in said
    (tmp_path / "in").mkdir()
    for name in ("list.csv", "list-2.csv"):
        found = (
            act("carrier", "open", base / C, target, "-o", tmp_path / "in", "--json", login="d02")
            .good()
            .json()
        )
        assert found["file"] == str(tmp_path / "in" / name) and found["from"] == "Ward 3 bed side"
    assert found["opened_before"]
    assert "before" in act("carrier", "open", base / C, target, "-o", tmp_path / "in", login="d02").good().out
    act("carrier", "open", base / A, target, "-o", tmp_path / "in").refused(1, "this very vault")
    act("carrier", "open", base / C, file, "-o", tmp_path / "in", login="d02").refused(1, "no carrier")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place, mount = tmp_path / "disk", shutil.which("mount")
    place.mkdir()
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=200k", "none", str(place)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("cannot mount a small disk here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("name", ["a", "a.zip"])
def test_a_disk_that_is_really_full(base: Path, small_disk: Path, name: str) -> None:
    act("pdf", "archive", base / A, SUBJECT, "-o", small_disk / name).refused(3, "full")
    assert not list(small_disk.iterdir())
