"""What packing does besides building: parts, licences, names, keys, sums. Nothing is built here."""

from __future__ import annotations

import struct
import sys
import tarfile
from pathlib import Path

import pytest

from mda5_crf import __version__, integrity
from mda5_crf.crypto import SigningKey, base64_text
from mda5_crf.jobs import release
from tests.commandline import ROOT
from tools import build_icon, manifest, package, package_build, package_licences, package_parts, package_try

# -- parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path, part",
    [
        ("mda5-crf", "the program: starter with all its Python code"),
        ("mda5-crf-window.exe", "the program: starter with all its Python code"),
        ("_internal/mda5_crf/resources/fonts/CRF-Bold.ttf", "the program: fonts"),
        ("_internal/libicudata.so.73", "Qt: data of languages and scripts (ICU)"),
        ("_internal/PySide6/Qt/plugins/platforms/libqxcb.so", "Qt: plugins and translations"),
        ("_internal/PySide6/plugins/platforms/qwindows.dll", "Qt: plugins and translations"),
        ("_internal/PySide6/Qt6Core.dll", "Qt: libraries"),
        ("_internal/python311.dll", "Python itself"),
        ("_internal/_socket.pyd", "Python itself"),
        ("licences/README.txt", "licences, list of files, words for the reader"),
        ("_internal/psycopg_binary/pq.so", "centre: PostgreSQL driver"),
        ("_internal/somebody/else.so", None),
        ("else.txt", None),
    ],
)
def test_every_file_belongs_to_a_part(path: str, part: str | None) -> None:
    assert package_parts.part_of(path) == part


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "mda5-crf"
    (base / "_internal" / "mda5_crf" / "resources").mkdir(parents=True)
    (base / "mda5-crf").write_bytes(b"x" * 1000)
    (base / "_internal" / "libicudata.so.73").write_bytes(b"y" * 500)
    (base / "_internal" / "mda5_crf" / "resources" / "a.toml").write_bytes(b"z" * 20)
    (base / "_internal" / "libQt6Core.so.6").symlink_to("libicudata.so.73")
    return base


def test_the_parts_add_up_to_the_folder(folder: Path) -> None:
    parts, strangers = package_parts.account(folder)
    assert not strangers
    assert sum(part.size for part in parts) == 1520 == sum(size for _, size in package_parts.files_of(folder))
    assert parts[0].name.startswith("the program: starter")
    lines, wrong = package_parts.complaints(folder)
    assert not wrong
    assert lines[-1].endswith("the whole folder") and " 4  the whole" in lines[-1]


def test_a_file_of_no_part_and_a_folder_too_large_are_said(folder: Path) -> None:
    (folder / "_internal" / "stranger.bin").write_bytes(b"?")
    _, wrong = package_parts.complaints(folder, limit=1000)
    assert "stranger.bin" in wrong[0]
    assert "at most" in wrong[1]


def test_only_the_wards_program_on_linux_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert package.limit_of("ward") == 200_000_000
    assert package.limit_of("centre") is None
    monkeypatch.setattr(sys, "platform", "win32")
    assert package.limit_of("ward") is None


# -- licences ------------------------------------------------------------------------------------------


def test_parts_of_others_come_with_their_texts(tmp_path: Path) -> None:
    import pypdf
    import PySide6
    import sqlcipher3

    files = {Path(one.__file__ or "") for one in (pypdf, PySide6, sqlcipher3)}
    found = {one.name: one for one in package_licences.components(files)}
    assert {"pypdf", "PySide6_Essentials", "Qt 6", "ICU", "SQLCipher", "Python", "pyinstaller"} <= set(found)
    assert "OpenSSL" not in found  # nothing that it is linked into was named
    assert b"GNU LESSER GENERAL PUBLIC LICENSE" in found["Qt 6"].texts["LGPL-3.0.txt"]
    assert b"ZETETIC" in found["sqlcipher3"].texts["SQLCipher.txt"]
    (tmp_path / "licences").mkdir()
    (tmp_path / "licences" / "old").write_text("of an earlier build")
    own = {"Fonts (OFL)": ROOT / "resources" / "fonts" / "OFL.txt"}
    count = package_licences.write(tmp_path, found.values(), own)
    listed = (tmp_path / "licences" / "README.txt").read_text(encoding="utf-8")
    assert count == len(found) + 1 and not (tmp_path / "licences" / "old").exists()
    for name in (*found, "Fonts (OFL)"):
        assert name in listed
    assert (tmp_path / "licences" / "qt-6" / "LGPL-3.0.txt").is_file()


def test_nothing_is_shipped_without_its_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdf

    site = Path(pypdf.__file__).parents[1]
    with pytest.raises(package_licences.Unlicensed, match="belong to no package"):
        package_licences.components({site / "nobody" / "knows.py"})
    monkeypatch.setattr(package_licences, "_NAMES", ())
    monkeypatch.setattr(package_licences, "_TEXT_FOLDER", "?")
    with pytest.raises(package_licences.Unlicensed, match="pypdf"):
        package_licences.components({Path(pypdf.__file__)})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries of the system are taken on Linux")
def test_a_library_of_the_system_leads_to_its_package(tmp_path: Path) -> None:
    with pytest.raises(package_licences.Unlicensed, match="was taken from this system"):
        package_licences.components({tmp_path / "libnobody.so.1"})


def test_what_we_ship_of_others_ourselves_has_its_text() -> None:
    for file in package_build._OWN.values():
        assert (ROOT / "resources" / file).is_file(), file
    for names in package_licences._ADDED.values():
        for name in names:
            assert (package_licences.TEXTS / name).is_file()


def test_the_notes_of_the_build_say_where_everything_comes_from(tmp_path: Path) -> None:
    real, made = tmp_path / "a.so", tmp_path / "work" / "base_library.zip"
    made.parent.mkdir()
    for one in (real, made):
        one.write_bytes(b"")
    entries = [("a.so", str(real), "BINARY"), ("b.so", "a.so", "SYMLINK"), ("z", str(made), "DATA")]
    (made.parent / "COLLECT-00.toc").write_text(repr((entries,)))
    (made.parent / "PYZ-00.toc").write_text(repr(("x.pyz", [("m", str(tmp_path / "gone.py"), "PYMODULE")])))
    assert package_licences.sources(made.parent) == {real}


# -- names, keys, packing ------------------------------------------------------------------------------


def test_names_say_version_and_system() -> None:
    assert (
        package_build.package_name("ward", "linux", "x86_64") == f"mda5-crf-{__version__}-linux-x86_64.tar.xz"
    )
    assert package_build.package_name("centre", "win32", "AMD64") == (
        f"mda5-crf-centre-{__version__}-windows-amd64.zip"
    )
    assert package_build.system_name("darwin", "arm64") == "macos-arm64"


def test_the_version_resource_of_windows() -> None:
    said = package_build.version_resource("0.8.1")
    assert "(0, 8, 1, 0)" in said and "'0.8.1'" in said
    compile(said, "version", "eval")


def test_the_release_key_comes_from_a_file_a_variable_or_is_thrown_away(tmp_path: Path) -> None:
    file = tmp_path / "key"
    line = package_build.new_key(file)
    given = package_build.release_key(str(file), None)
    assert not given.throw_away and given.line.strip() == line
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        package_build.new_key(file)
    seed = base64_text(bytes(range(32)))
    assert package_build.release_key(None, seed).key.public == SigningKey(bytes(range(32))).public
    first, second = package_build.release_key(None, None), package_build.release_key(None, "")
    assert first.throw_away and first.key.public != second.key.public
    assert first.line.startswith("throw-away ")


@pytest.mark.parametrize("text", ["", "short", base64_text(bytes(33)), base64_text(bytes(31)), "数据"])
def test_a_key_that_is_none_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(package_build.Failed) as caught:
        package_build.release_key(str(file), None)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("name", ["p.tar.xz", "p.zip"])
def test_what_is_packed_is_unpacked_as_it_was(folder: Path, tmp_path: Path, name: str) -> None:
    if name.endswith(".zip"):
        (folder / "_internal" / "libQt6Core.so.6").unlink()  # Windows has no links
    key = package_build.release_key(None, None)
    manifest.write(folder, key=key.key)
    file = package_build.pack(folder, name, tmp_path / "dist")
    again = package_build.unpack(file, tmp_path / "病房 3")
    found = integrity.compare(again)
    assert found is not None and found.good
    if name.endswith(".xz"):
        with tarfile.open(file) as packed:
            assert {one.uname for one in packed} == {""} and {one.uid for one in packed} == {0}
    sums = package_build.sums(tmp_path / "dist", [name], key)
    assert release.judge_file(sums, {key.key.public.text: release.RELEASE}).good
    assert release.read_sums(sums.read_bytes()) == {name: release.file_sum(file)}


def test_a_package_without_trials_that_hold_fails_in_words(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = package_build.release_key(None, None)
    (folder / "_internal" / "stranger.bin").write_bytes(b"?")
    (folder / "mda5-crf").chmod(0o755)
    manifest.write(folder, key=key.key)
    packed = package_build.pack(folder, "p.tar.xz", tmp_path / "dist")
    sums = package_build.sums(tmp_path / "dist", [packed.name], key)
    monkeypatch.setattr(package, "build", lambda *_: (folder, packed, sums))
    assert package.main([]) == 1
    said = capsys.readouterr().out
    assert "FAILED: 1 files belong to no part" in said
    assert "make package: failed" in said
    assert said.count("FAILED") == 2, "the starter is no program, and that must be said too"


def test_what_cannot_be_built_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise package_build.Failed("no shared library of Python")

    monkeypatch.setattr(package, "build", fails)
    assert package.main([]) == 3
    assert "no shared library of Python" in capsys.readouterr().out
    assert package.main(["--key", "/nowhere/key"]) == 3


def test_the_trial_gives_the_program_nothing_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/elsewhere")
    around = package_try.Trial(tmp_path, tmp_path / "home", lambda _: None).surroundings()
    assert not {"PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "MDA5_CRF_CONFIG"} & set(around)
    assert not Path(around["PATH"]).exists() and around["HOME"] == str(tmp_path / "home")


# -- the icon ------------------------------------------------------------------------------------------


def test_the_icons_are_drawn_from_the_drawing() -> None:
    ico = (build_icon.FOLDER / "program.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", ico)
    assert (kind, count) == (1, len(build_icon.ICO_SIZES))
    for number, size in enumerate(sorted(build_icon.ICO_SIZES)):
        side, _, _, _, _, depth, length, at = struct.unpack_from("<BBBBHHII", ico, 6 + 16 * number)
        assert (side or 256, depth) == (size, 32)
        assert ico[at : at + 8] == b"\x89PNG\r\n\x1a\n" and at + length <= len(ico)
    icns = (build_icon.FOLDER / "program.icns").read_bytes()
    assert icns[:4] == b"icns" and struct.unpack(">I", icns[4:8])[0] == len(icns)
    assert build_icon.main(["--check"]) == 0
    assert build_icon.main(["--wrong"]) == 2


# -- what must hold of the release, slowly -------------------------------------------------------------


@pytest.mark.nightly
def test_the_program_is_built_packed_and_started_elsewhere() -> None:
    import subprocess

    done = subprocess.run([sys.executable, "-m", "tools.package"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("utf-8")[-3000:]
