"""``import VAULT FILE --as odm`` as a script uses it: preview, take, again, export, what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commandline import act
from tests.odmcounts import counted
from tests.strangers import FILES, study_of
from tests.wards import found

FILE = FILES / "redcap-repeating-instruments.xml"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "ward.mda5"
    shutil.copytree(found(study_of(FILE), "01"), folder)
    return folder


def test_preview_take_and_give_back(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / FILE.name
    shutil.copy(FILE, file)
    seen = act("import", vault, file, "--as", "odm", "--dry-run", "--json").good().json()
    assert (seen["new"], seen["left"], seen["record"], seen["dry_run"]) == (26, 8, "", True)
    assert len(seen["left_out"]) == 8
    done = act("import", vault, file, "--as", "odm", "--json").good().json()
    assert (done["new"], bool(done["record"])) == (26, True)
    again = act("import", vault, file, "--as", "odm", "--json").good().json()
    assert (again["new"], again["known"], again["nothing_new"]) == (0, 26, True)
    file.unlink()
    out = tmp_path / "out.xml"
    act("export", vault, "--as", "odm", "-o", out).good()
    assert counted(out) == counted(FILE)


def test_what_is_no_odm_is_refused_and_nothing_written(vault: Path, tmp_path: Path) -> None:
    odd = tmp_path / "letter.xml"
    odd.write_text("<letter>no data</letter>", "utf-8")
    assert act("import", vault, odd, "--as", "odm").status == 1
    assert act("import", vault, tmp_path / "absent.xml", "--as", "odm").status == 1
    assert act("show", vault, "--json").good().json()["subjects"] == []
