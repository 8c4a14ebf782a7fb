"""The check of the installation: what is altered, broken or wrong is found, evidence verified."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf import integrity
from mda5_crf.errors import Cancelled, InputRefused
from mda5_crf.jobs import checkfiles, checkpc, checkvault, selfcheck
from mda5_crf.jobs.checkmodel import Checked, Evidence, Found, Result, Signed, believed, read_file, sign
from mda5_crf.jobs.checkpc import Pc
from mda5_crf.jobs.checkvault import Scratch, scratch
from mda5_crf.pdf.fonts import font_folder
from mda5_crf.settings import load_settings, resource
from mda5_crf.text import both
from tests.commandline import ROOT, call
from tests.scenario import Ward
from tests.wards import trial, ward, ward_folder
from tools import manifest

__all__ = ["ward", "ward_folder"]


def pc_at(place: Path, **more: object) -> Pc:
    return Pc(trial(), place, **{"printers": lambda: ["A"], **more})  # type: ignore[arg-type]


def said(found: Found) -> str:
    return " ".join(line.en for line in found.lines)


# -- files ---------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy of the program with the list that packing writes."""
    folder = tmp_path / "program"
    skip = shutil.ignore_patterns("__pycache__", "schema", "nct04966884")
    shutil.copytree(ROOT / "mda5_crf", folder / "mda5_crf", ignore=skip)
    shutil.copytree(resource(), folder / "resources", ignore=skip)
    manifest.write(folder)
    return folder


def test_program_file_altered(installed: Path) -> None:
    assert checkfiles.look(installed).result is Result.PASSED
    with (installed / "mda5_crf" / "settings.py").open("ab") as stream:
        stream.write(b"\n")
    (installed / "mda5_crf" / "hardening.py").unlink()
    (installed / "mda5_crf" / "itemkey.pyd").write_bytes(b"MZ")
    found = checkfiles.look(installed)
    assert found.result is Result.FAILED
    for name in ("settings.py", "hardening.py", "itemkey.pyd"):
        assert name in said(found)


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"format":"mda5-crf-files/1","version":"1","files":{}}', b"\xff" * 9]
)
def test_a_list_that_cannot_be_read_fails(installed: Path, damage: bytes) -> None:
    (installed / integrity.NAME).write_bytes(damage)
    assert checkfiles.look(installed).result is Result.FAILED


def test_without_any_list_it_says_so_and_a_packed_one_fails(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installed / integrity.NAME).unlink()
    found = checkfiles.look(installed)
    assert found.result is Result.NOTED
    assert "no list" in said(found)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert checkfiles.look(installed).result is Result.FAILED


def test_the_list_of_another_version_fails(installed: Path) -> None:
    manifest.write(installed, "0.0.1")
    assert "0.0.1" in said(checkfiles.look(installed))
    assert checkfiles.look(installed).result is Result.FAILED


def test_sources_under_version_control(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    (tmp_path / "mda5_crf").mkdir()
    own = tmp_path / "mda5_crf" / "a.py"
    own.write_text("a = 1\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "a")
    assert checkfiles.look(tmp_path).result is Result.PASSED
    own.write_text("a = 2\n")
    assert "mda5_crf/a.py" in said(checkfiles.look(tmp_path))


def test_another_package_is_looked_at_from_outside(installed: Path) -> None:
    good = call("selfcheck", "--package", installed).good()
    assert "published" in good.out
    (installed / "mda5_crf" / "app.py").write_text("")
    call("selfcheck", "--package", installed).refused(1, "app.py")
    (installed / integrity.NAME).unlink()
    call("selfcheck", "--package", installed).refused(1, integrity.NAME)


# -- fonts, texts --------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two areas of texts are enough to try with."""
    monkeypatch.setattr(checkpc, "_areas", lambda: ["clock", "shared"])


def broken_font(folder: Path, how: Callable[[bytes], bytes]) -> Path:
    shutil.copytree(font_folder(), folder)
    file = folder / "CRF-Regular.ttf"
    file.write_bytes(how(file.read_bytes()))
    return folder


@pytest.mark.parametrize(
    "how", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: bytes(len(data))]
)
def test_a_broken_font(tmp_path: Path, few: None, how: Callable[[bytes], bytes]) -> None:
    place = broken_font(tmp_path / "fonts", how)
    found = checkpc.fonts(pc_at(tmp_path, fonts=place))
    assert found.result is Result.FAILED
    assert "CRF-Regular.ttf" in said(found)


def test_a_font_without_chinese(tmp_path: Path, few: None) -> None:
    import reportlab

    other = next((Path(reportlab.__file__).parent / "fonts").glob("Vera.ttf"))
    found = checkpc.fonts(
        pc_at(tmp_path, fonts=broken_font(tmp_path / "fonts", lambda _: other.read_bytes()))
    )
    assert found.result is Result.FAILED
    assert "no shape" in said(found)


def test_good_fonts_and_missing_ones(tmp_path: Path, few: None) -> None:
    assert checkpc.fonts(pc_at(tmp_path)).result is Result.PASSED
    assert checkpc.fonts(pc_at(tmp_path, fonts=tmp_path / "none")).result is Result.FAILED


def test_a_sentence_without_its_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkpc.languages(pc_at(tmp_path)).result is Result.PASSED
    monkeypatch.setattr(checkpc, "catalogue", lambda _: {"a": ("Yes", " "), "b": ("{a}", "{b}")})
    found = checkpc.languages(pc_at(tmp_path))
    assert found.result is Result.FAILED


# -- clock, disk, printers -----------------------------------------------------------------------------

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.mark.requirement("FDA-12")
def test_a_wrong_clock(tmp_path: Path) -> None:
    def at(now: datetime, **more: object) -> Found:
        return checkpc.clock(pc_at(tmp_path, now=lambda: now, steady=lambda: 1.0, **more))

    real = datetime.now(UTC)
    assert "UTC" in said(at(real))
    assert at(real).result is not Result.FAILED
    assert "before this program was built" in said(at(datetime(2020, 1, 1, tzinfo=UTC)))
    assert "already" in said(at(real, last=real + timedelta(hours=1)))
    for wrong in (at(datetime(2020, 1, 1, tzinfo=UTC)), at(real, last=real + timedelta(hours=1))):
        assert wrong.result is Result.FAILED


def test_a_file_from_the_future(tmp_path: Path) -> None:
    fonts = broken_font(tmp_path / "fonts", lambda data: data)
    later = (datetime.now(UTC) + timedelta(days=400)).timestamp()
    os.utime(fonts / "CRF-Bold.ttf", (later, later))
    found = checkpc.clock(pc_at(tmp_path, fonts=fonts))
    assert found.result is Result.FAILED
    assert "CRF-Bold.ttf" in said(found)


def test_a_clock_that_jumps_while_the_checks_run(tmp_path: Path) -> None:
    ticks, walls = iter([0.0, 10.0]), iter([NOW, NOW + timedelta(hours=1)])
    found = checkpc.clock(pc_at(tmp_path, now=lambda: next(walls), steady=lambda: next(ticks)))
    assert found.result is Result.FAILED
    assert "3600 s" in said(found)


def test_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkpc.disk(pc_at(tmp_path)).result is not Result.FAILED
    assert list(tmp_path.iterdir()) == []
    assert checkpc.disk(pc_at(tmp_path / "none")).result is Result.FAILED
    monkeypatch.setattr(checkpc, "on_network_share", lambda _: True)
    assert "network share" in said(checkpc.disk(pc_at(tmp_path)))
    monkeypatch.setattr(checkpc, "NEEDED", 1 << 60)
    assert "Make room" in said(checkpc.disk(pc_at(tmp_path)))


def test_no_printer_is_a_note_and_no_failure(tmp_path: Path) -> None:
    assert checkpc.printer(pc_at(tmp_path, printers=list)).result is Result.NOTED
    assert "A" in said(checkpc.printer(pc_at(tmp_path)))


# -- scratch vaults ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with scratch(tmp_path_factory.mktemp("scratch"), trial()) as made:
        yield made


@pytest.mark.parametrize("name", ["record", "pdf", "bundle", "backup", "encryption"])
def test_on_scratch_vaults(vaults: Scratch, name: str) -> None:
    found = checkvault.CHECKS[name](vaults)
    assert found.result is Result.PASSED, said(found)


def test_plain_text_in_a_vault_is_found(tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-8", "utf-16-le")):
        (tmp_path / f"{number}.db").write_bytes(b"\1\2" + "marker".encode(encoding))
    (tmp_path / "plain.db").write_bytes(b"SQLite format 3\0")
    (tmp_path / "good.db").write_bytes(os.urandom(64))
    assert checkvault._readable(tmp_path, "marker") == ["0.db", "1.db", "plain.db"]


def test_cases_that_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkvault, "study_directory", lambda: tmp_path)
    assert checkvault.forms(Scratch(tmp_path, trial())).result is Result.FAILED


# -- the run, the evidence -----------------------------------------------------------------------------

QUICK = ("version", "disk", "printer")


def test_what_cannot_be_done_fails_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_pc: Pc) -> Found:
        raise ValueError

    monkeypatch.setitem(selfcheck.PC_FIRST, "disk", breaks)
    evidence = selfcheck.run(pc=pc_at(tmp_path), only=QUICK)
    assert [one.name for one in evidence.failed] == ["disk"]
    assert len(evidence.checks) == len(QUICK)
    assert not evidence.good


def test_cancelled_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("MDA5_CRF_CONFIG", str(tmp_path / "config"))

    def progress(done: int, _total: int) -> None:
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        selfcheck.run(progress=progress, pc=pc_at(tmp_path), only=("version", "record", "pdf"))
    assert [one.name for one in tmp_path.iterdir() if one.name != "config"] == []
    assert load_settings().witnesses == {}


def test_every_check_supports_statements_that_there_are() -> None:
    import tomllib

    known = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text("utf-8"))["row"]
    assert {one for ids in selfcheck.REQUIREMENTS.values() for one in ids} <= set(known)
    assert set(selfcheck.REQUIREMENTS) == {*selfcheck.PC_FIRST, *checkvault.CHECKS, "clock"}


def evidence() -> Evidence:
    one = Checked("disk", ("FDA-2",), Found(Result.PASSED, (both("x"),), {"free_mb": "7"}), 3)
    return Evidence("0", "system", "pc", NOW, "UTC", (one,), "n01, Dr A")


def test_evidence_signed_altered_and_of_strangers(ward: Ward) -> None:
    signed = sign(evidence(), ward.session)
    again = read_file(signed.file())
    assert again == signed
    assert believed(again, ward.session)[0]
    assert believed(again, None)[0]
    altered = json.loads(signed.file())
    altered["evidence"]["checks"][0]["result"] = "failed"
    assert not believed(read_file(json.dumps(altered).encode()), ward.session)[0]
    assert not believed(replace(signed, device="0" * 16), ward.session)[0]
    assert not believed(replace(signed, signature="%"), None)[0]
    assert not believed(sign(evidence(), None), ward.session)[0]
    assert "Unsigned" in sign(evidence(), None).words.en


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"evidence":{"format":"x"},"signed":null}', b"\xff"])
def test_what_is_no_evidence(data: bytes) -> None:
    with pytest.raises(InputRefused):
        read_file(data)


def test_the_command_writes_both_files_and_verifies_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selfcheck, "run", lambda *_: evidence())
    done = call("selfcheck", "-o", tmp_path / "e.pdf").good()
    assert "Unsigned" in done.out
    assert (tmp_path / "e.pdf").read_bytes().startswith(b"%PDF")
    assert isinstance(read_file((tmp_path / "e.json").read_bytes()), Signed)
    call("selfcheck", "--verify", tmp_path / "e.json").refused(1, "Unsigned")
    call("selfcheck", "--verify", tmp_path / "none.json").refused(1)
    call("selfcheck", "-o", tmp_path / "e.json").refused(1, ".pdf")
    bad = replace(
        evidence(), checks=(replace(evidence().checks[0], found=Found(Result.FAILED, (both("x"),))),)
    )
    monkeypatch.setattr(selfcheck, "run", lambda *_: bad)
    call("selfcheck").refused(1, "Disk", "磁盘")
