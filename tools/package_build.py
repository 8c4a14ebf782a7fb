"""Build the folder, put licences and lists into it, sign it, and pack it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mda5_crf import __version__
from mda5_crf.crypto import KeyRefused, SigningKey, base64_text
from mda5_crf.jobs import release
from tools import manifest, package_licences

ROOT: Final = Path(__file__).resolve().parent.parent
WORK: Final = ROOT / "build" / "package"
DIST: Final = ROOT / "dist"
NAME: Final = "mda5-crf"
FOLDER: Final = WORK / "dist" / NAME
KEY_VARIABLE: Final = "MDA5_CRF_RELEASE_KEY"
READ_ME: Final = "READ-ME.txt"
_KEYS_INSIDE: Final = Path("_internal", "mda5_crf", "resources", release.KEYS)
# What we ship of others without a package: title → the text of its licence.
_OWN: Final = {
    "Noto Sans SC, Noto Sans, Noto Sans Symbols 2 (fonts; SIL Open Font License 1.1)": "fonts/OFL.txt",
    "CDISC ODM 1.3.2 schema (MIT)": "schema/odm-1.3.2/LICENSE-CDISC",
    "CDISC ODM 2.0 schema (MIT)": "schema/odm-2.0/LICENSE-CDISC",
}
_ABOUT: Final = f"""MDA5-CRF {__version__}

Start: mda5-crf (Windows: mda5-crf-window.exe). Nothing is installed, no administrator rights are needed:
put this folder where you like, on the PC's disk or on a stick, and start the program in it.

Portable: make an empty file named "portable" beside the program. Settings then lie in the folder "settings"
here and not in your account; vaults on the same stick are found again whatever letter the stick gets.

Is it the real one? In a copy you already trust: mda5-crf selfcheck --package PATH
Is it whole, on this PC? mda5-crf selfcheck, or Help, Check this installation.
Licences of all parts: folder "{package_licences.FOLDER}".

启动：mda5-crf（Windows：mda5-crf-window.exe）。无需安装，无需管理员权限：
将此文件夹放在电脑硬盘或 U 盘的任意位置，直接启动其中的程序。

便携使用：在程序旁新建名为 "portable" 的空文件。设置随后保存在此处的 "settings" 文件夹，
而不在您的系统账户中；同一 U 盘上的数据库，无论 U 盘盘符如何变化都能找到。

是否为正式版本？请用已信任的程序执行：mda5-crf selfcheck --package PATH
本机安装是否完好？执行 mda5-crf selfcheck，或用菜单"帮助"中的"检查本机安装"。
各组件许可证：文件夹 "{package_licences.FOLDER}"。
"""


class Failed(Exception):
    """The package could not be made; the message says why."""


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """The key a build is signed with. ``throw_away``: made for this build, and forgotten after it."""

    key: SigningKey
    throw_away: bool

    @property
    def line(self) -> str:
        """How it stands in the list of keys of the package."""
        return f"{release.THROW_AWAY if self.throw_away else release.RELEASE} {self.key.public.text}\n"


def release_key(file: str | None, variable: str | None) -> ReleaseKey:
    """From a file, else from the variable's value (base64 of 32 bytes), else a new one. Raises Failed."""
    if not file and not variable:
        return ReleaseKey(SigningKey.generate(), throw_away=True)
    try:
        text = Path(file).read_text(encoding="ascii") if file else str(variable)
        return ReleaseKey(SigningKey.from_text(text.strip()), throw_away=False)
    except (OSError, ValueError, KeyRefused):
        raise Failed("the release key cannot be read: base64 of 32 bytes is wanted") from None


def new_key(file: Path) -> str:
    """Write a new release key, readable for its owner only; returns its line for ``release-keys.txt``.

    Raises OSError, also when the file exists: a key is never written over.
    """
    key = SigningKey.generate()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(base64_text(key.seed) + "\n")
    return f"{release.RELEASE} {key.public.text}"


def system_name(system: str = sys.platform, machine: str | None = None) -> str:
    """``linux-x86_64``, ``windows-amd64``, ``macos-arm64``: for whom a package is."""
    known = {"win32": "windows", "darwin": "macos"}
    return f"{known.get(system, 'linux')}-{(machine or platform.machine()).lower()}"


def package_name(edition: str, system: str = sys.platform, machine: str | None = None) -> str:
    """Name of the packed file."""
    inner = NAME if edition == "ward" else f"{NAME}-{edition}"
    ending = ".zip" if system == "win32" else ".tar.xz"
    return f"{inner}-{__version__}-{system_name(system, machine)}{ending}"


def version_resource(version: str = __version__) -> str:
    """What Windows shows under Properties, Details: the text of a version resource."""
    numbers = tuple(int(one) for one in re.findall(r"\d+", version)[:3])
    four = (*numbers, *(0,) * (4 - len(numbers)))
    words = {
        "CompanyName": "MDA5-CRF",
        "FileDescription": "MDA5-CRF, case report forms of trial NCT04966884",
        "FileVersion": version,
        "InternalName": NAME,
        "OriginalFilename": f"{NAME}.exe",
        "ProductName": "MDA5-CRF",
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3F, flags=0x0, OS=0x40004,"
        f" fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0',"
        f" [{strings}])]), VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def freeze(edition: str) -> Path:
    """Run PyInstaller; returns the folder. Raises Failed with its last lines."""
    WORK.mkdir(parents=True, exist_ok=True)
    version_file = WORK / "version.txt"
    version_file.write_text(version_resource(), encoding="utf-8")
    environment = {
        **os.environ,
        "MDA5_CRF_EDITION": edition,
        "MDA5_CRF_VERSION_FILE": str(version_file),
        "PYINSTALLER_CONFIG_DIR": str(WORK / "cache"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    words = ["-m", "PyInstaller", "-y", "--log-level", "WARN", "--distpath", str(WORK / "dist")]
    words += ["--workpath", str(WORK / "work"), str(ROOT / "build.spec")]
    done = subprocess.run(
        [sys.executable, *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode or not FOLDER.is_dir():
        tail = (done.stdout + done.stderr).strip().splitlines()[-20:]
        raise Failed("\n".join([*tail, f"PyInstaller ended with {done.returncode}"]))
    return FOLDER


def complete(folder: Path, key: ReleaseKey) -> tuple[int, int, str]:
    """Put in words, licences, the key, and last the signed list.

    Returns how many parts have licences, how many files are listed, and the sum of the list. Raises Failed
    for a part without a licence, OSError.
    """
    (folder / READ_ME).write_text(_ABOUT, encoding="utf-8-sig", newline="\r\n" if os.name == "nt" else "\n")
    own = {title: ROOT / "resources" / file for title, file in _OWN.items()}
    try:
        found = package_licences.components(package_licences.sources(WORK / "work" / "build"))
        count = package_licences.write(folder, found, own)
    except package_licences.Unlicensed as problem:
        raise Failed(str(problem)) from None
    keys = folder / _KEYS_INSIDE
    if not keys.parent.is_dir():
        raise Failed(f"the folder is not laid out as expected: {keys.parent} is not there")
    carried = (ROOT / "resources" / release.KEYS).read_text(encoding="utf-8")
    keys.write_text(carried if key.line in carried else carried + key.line, encoding="utf-8")
    files, own_sum = manifest.write(folder, key=key.key)
    return count, files, own_sum


def pack(folder: Path, name: str, target: Path = DIST) -> Path:
    """Pack ``folder`` under its own name into ``target/name``. Raises OSError."""
    target.mkdir(parents=True, exist_ok=True)
    file = target / name
    file.unlink(missing_ok=True)
    paths = sorted(folder.rglob("*"))
    if name.endswith(".zip"):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path in paths:
                if path.is_file():
                    packed.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
        return file
    with tarfile.open(file, "w:xz", preset=6) as packed:
        packed.add(folder, folder.name, recursive=False, filter=_nobodys)
        for path in paths:
            packed.add(
                path, f"{folder.name}/{path.relative_to(folder).as_posix()}", recursive=False, filter=_nobodys
            )
    return file


def _nobodys(one: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the account that built it."""
    one.uid = one.gid = 0
    one.uname = one.gname = ""
    return one


def unpack(file: Path, target: Path) -> Path:
    """Unpack a package of ours as a user would; returns the program's folder in ``target``. OSError."""
    target.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as packed:
            packed.extractall(target)  # noqa: S202 - packed by ourselves a minute ago
    else:
        with tarfile.open(file) as packed:
            # Python before 3.11.4 has no filters; what is unpacked was packed by ourselves a minute ago.
            packed.extraction_filter = getattr(tarfile, "tar_filter", lambda member, _path: member)
            packed.extractall(target)  # noqa: S202
    return target / NAME


def sums(target: Path, names: Iterable[str], key: ReleaseKey) -> Path:
    """Write SHA256SUMS and its signature over the named files of ``target``. Raises OSError."""
    file = target / release.SUMS
    data = release.sums_text(target, list(names))
    file.write_bytes(data)
    file.with_name(file.name + release.SUFFIX).write_bytes(release.signature_of(data, key.key))
    return file


def clean() -> None:
    """Take away what an earlier build left."""
    shutil.rmtree(FOLDER, ignore_errors=True)
