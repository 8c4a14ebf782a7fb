"""A packed program whose files were altered opens no real data; the demonstration still opens."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf import integrity
from mda5_crf.db.founding import create_vault
from mda5_crf.errors import CrfError, StoreError
from tests.vaults import FOUNDER, PEOPLE, enter, password
from tests.wards import built, trial, ward_folder
from tools import manifest

__all__ = ["ward_folder"]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up packed program that believes to be the one that runs."""
    folder = tmp_path / "mda5-crf"
    (folder / "_internal" / "lib").mkdir(parents=True)
    (folder / "mda5-crf").write_bytes(b"starter")
    (folder / "_internal" / "base.zip").write_bytes(b"code")
    (folder / "_internal" / "lib" / "a.so").write_bytes(b"library")
    (folder / "_internal" / "link.so").symlink_to("lib/a.so")
    manifest.write(folder)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "mda5-crf"))
    integrity._once.cache_clear()
    return folder


def refused(*names: str) -> None:
    integrity._once.cache_clear()
    with pytest.raises(StoreError) as caught:
        integrity.require()
    for name in names:
        assert name in caught.value.in_("en")
        assert name in caught.value.in_("zh")


@pytest.mark.requirement("P11-1")
def test_program_file_altered(program: Path, ward_folder: Path) -> None:
    (program / "_internal" / "base.zip").write_bytes(b"c0de")
    refused("_internal/base.zip")
    with pytest.raises(StoreError) as caught:
        enter(ward_folder, FOUNDER)
    assert caught.value.code == "selfcheck.refused"
    with pytest.raises(StoreError) as caught:
        found(program.parent / "new.mda5", demo=False)
    assert caught.value.code == "selfcheck.refused"
    assert not (program.parent / "new.mda5").exists()


def found(folder: Path, *, demo: bool) -> None:
    study = trial()
    create_vault(
        folder, study_oid=study.oid, definition=(study.hash, study.source), site="01", name="Ward",
        person=(FOUNDER, *PEOPLE[FOUNDER][:2]), password=password(FOUNDER), demo=demo,
    ).close()  # fmt: skip


def test_the_demonstration_still_opens(program: Path) -> None:
    (program / "mda5-crf").write_bytes(b"other")
    refused("mda5-crf")
    found(program.parent / "demo.mda5", demo=True)
    enter(program.parent / "demo.mda5", FOUNDER).close()


def test_what_is_missing_added_or_led_elsewhere(program: Path) -> None:
    (program / "_internal" / "lib" / "a.so").unlink()
    refused("_internal/lib/a.so")
    (program / "_internal" / "lib" / "a.so").write_bytes(b"library")
    (program / "_internal" / "sitecustomize.py").write_text("")
    (program / "evil.dll").write_bytes(b"MZ")
    refused("_internal/sitecustomize.py", "evil.dll")
    (program / "_internal" / "sitecustomize.py").unlink()
    (program / "evil.dll").unlink()
    (program / "_internal" / "link.so").unlink()
    (program / "_internal" / "link.so").symlink_to("/etc/passwd")
    refused("_internal/link.so")


def test_a_list_that_cannot_be_read_is_refused_and_none_is_not(program: Path) -> None:
    (program / integrity.NAME).write_bytes(b"{")
    refused(integrity.NAME)
    (program / integrity.NAME).unlink()
    integrity._once.cache_clear()
    integrity.require()  # the check of the installation says that it is gone


def test_as_packed_real_data_open_and_other_files_beside_it_do_not_count(
    program: Path, ward_folder: Path
) -> None:
    (program / "vault.mda5").mkdir()
    (program / "notes.txt").write_text("of somebody else")
    integrity.prepare()
    integrity.require()
    enter(ward_folder, FOUNDER).close()


def test_what_was_not_packed_is_not_asked(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program / "mda5-crf").write_bytes(b"other")
    monkeypatch.delattr(sys, "frozen")
    integrity.prepare()
    integrity.require()
    assert built().exists()


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../../b", "C:/a", "a\\b", ""])
def test_path_in_manifest(program: Path, name: str) -> None:
    told = {"sha256": "0" * 64, "size": 1}
    document = {"format": integrity.FORMAT, "version": "1", "files": {name: told}}
    (program / integrity.NAME).write_text(json.dumps(document))
    seen = integrity.compare(program)
    assert seen is not None
    assert not seen.readable


@given(st.binary(max_size=200))
def test_no_list_of_strangers_breaks_it(data: bytes) -> None:
    assert integrity._read(data) is None or data.startswith(b"{")


def test_manifest_command(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert manifest.main([str(program)]) == 0
    assert "4 files" in capsys.readouterr().out
    assert manifest.main([]) == 2
    assert manifest.main([str(program / "mda5-crf")]) == 2
    assert not isinstance(integrity.compare(program.parent / "none"), CrfError)
