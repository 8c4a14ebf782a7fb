"""The licences of everything in a packed folder: a list that is made of the build itself, and the texts.

PyInstaller notes where every file and module it took comes from. From there each one leads to a package of
Python, to Python itself, or (Linux) to a package of the system, and to the text that lies with it. What leads
nowhere, or has no text, is an error: nothing is shipped without its licence.
"""

from __future__ import annotations

import ast
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TEXTS: Final = Path(__file__).resolve().parent / "licences"
FOLDER: Final = "licences"
_TEXT_FOLDER: Final = "licenses"  # of a wheel's metadata
_NAMES: Final = ("licen", "copying", "notice", "copyright")
# Wheels that hold no text of their own licence, and what else is linked into wheels → texts here.
_QT: Final = ("LGPL-3.0.txt", "GPL-3.0.txt")
_ADDED: Final[Mapping[str, tuple[str, ...]]] = {
    "pyside6-essentials": _QT,
    "shiboken6": _QT,
    "sqlcipher3": ("SQLCipher.txt",),
    "psycopg": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "psycopg-binary": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
# Linked into a wheel: name, licence, the package it comes in, names of texts here, names of texts there.
_LINKED: Final = (
    ("Qt 6", "LGPL-3.0-only", "pyside6-essentials", _QT, ()),
    ("ICU", "Unicode-3.0 and others", "pyside6-essentials", ("ICU.txt",), ()),
    ("SQLCipher", "BSD-3-Clause", "sqlcipher3", ("SQLCipher.txt",), ()),
    ("OpenSSL", "Apache-2.0", "cryptography", (), ("LICENSE.APACHE",)),
)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of others that is shipped. ``texts``: name of the file → content."""

    name: str
    version: str
    licence: str
    texts: Mapping[str, bytes]


class Unlicensed(Exception):
    """A file in the build that leads to no licence; the message names it."""


def sources(work: Path) -> set[Path]:
    """Where everything in the build comes from, by PyInstaller's notes in its work folder. Raises OSError."""
    found: set[Path] = set()
    for notes in ("COLLECT-00.toc", "PYZ-00.toc"):
        content = ast.literal_eval((work / notes).read_text(encoding="utf-8"))
        for entries in content:
            if isinstance(entries, list):
                found |= {Path(one[1]) for one in entries if one[1] and one[2] != "SYMLINK"}
    made = work.resolve()
    return {
        one for one in found if one.is_absolute() and one.is_file() and not one.resolve().is_relative_to(made)
    }


def components(files: Iterable[Path]) -> list[Component]:
    """The parts that ``files`` come from, by name. Raises Unlicensed."""
    owners = _owners()
    site, standard = _resolved(sysconfig.get_path("purelib")), _resolved(sysconfig.get_path("stdlib"))
    base = _resolved(sys.base_prefix)
    packages: dict[str, metadata.Distribution] = {}
    system: set[Path] = set()
    lost = []
    for file in sorted(files):
        resolved = file.resolve()
        owner = owners.get(file) or owners.get(resolved)
        if owner is not None:
            packages[_plain(owner.metadata["Name"])] = owner
        elif resolved.is_relative_to(ROOT) and not resolved.is_relative_to(site):
            continue  # ours, or made by the build
        elif resolved.is_relative_to(standard) or (base != Path("/usr") and resolved.is_relative_to(base)):
            continue  # Python's own
        elif resolved.is_relative_to(site):
            lost.append(str(file))
        elif sys.platform.startswith("linux"):
            system.add(file)
    if lost:
        raise Unlicensed(f"these files belong to no package: {lost[:5]}")
    found = [_package(name, one) for name, one in sorted(packages.items())]
    found += [_python(), _package("pyinstaller", metadata.distribution("pyinstaller"))]
    found += _linked(packages)
    return sorted(
        {one.name: one for one in (*found, *_system(system))}.values(), key=lambda c: c.name.lower()
    )


def write(folder: Path, found: Iterable[Component], own: Mapping[str, Path]) -> int:
    """Write list and texts below ``folder``; ``own``: name → file of what we ship of others ourselves (fonts,
    schemas). Returns how many components are named. Raises OSError.
    """
    base = folder / FOLDER
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    lines = []
    for one in found:
        place = base / _plain(one.name)
        place.mkdir()
        for name, content in one.texts.items():
            (place / name).write_bytes(content)
        where = ", ".join(f"{place.name}/{name}" for name in one.texts)
        lines.append(f"{one.name} {one.version}\n    {one.licence}\n    {where}\n")
    for title, file in own.items():
        place = base / _plain(title)
        place.mkdir()
        shutil.copyfile(file, place / file.name)
        lines.append(f"{title}\n    {place.name}/{file.name}\n")
    head = (
        "Parts of others inside this program, with their licences. Made from the build.\n"
        "本程序所含第三方组件及其许可证。由构建过程自动生成。\n\n"
        "Qt and PySide6 are used under the LGPL-3.0: their libraries are the files below\n"
        "_internal/PySide6 and may be replaced by other builds of the same version. Afterwards the list of\n"
        "files is written anew with python -m tools.manifest FOLDER of the program's source; until then no\n"
        "real data are opened.\n"
        "Their source: https://download.qt.io and https://code.qt.io\n\n"
    )
    (base / "README.txt").write_text(head + "\n".join(lines), encoding="utf-8")
    return len(lines)


def _owners() -> dict[Path, metadata.Distribution]:
    """Every installed file → its package."""
    found = {}
    for one in metadata.distributions():
        for file in one.files or ():
            path = Path(str(one.locate_file(file)))
            found[path] = found[path.resolve()] = one
    return found


def _package(name: str, one: metadata.Distribution) -> Component:
    texts = {
        f"{file.parent.name}-{file.name}" if len(file.parts) > 3 else file.name: Path(
            str(one.locate_file(file))
        ).read_bytes()
        for file in one.files or ()
        if ".dist-info" in file.parts[0]
        and (_TEXT_FOLDER in file.parts or any(word in file.name.lower() for word in _NAMES))
    }
    texts |= {file: (TEXTS / file).read_bytes() for file in _ADDED.get(name, ())}
    if not texts:
        raise Unlicensed(f"{name} has no text of its licence; put it into tools/licences")
    known = one.metadata
    told = (known.get_all("License-Expression") or [""])[0]
    told = told or _by_classifier(known.get_all("Classifier") or [])
    told = told or (known.get_all("License") or [""])[0].strip().partition("\n")[0]
    return Component(known["Name"], one.version, told or "see the text", texts)


def _by_classifier(words: Iterable[str]) -> str:
    return ", ".join(one.rpartition(" :: ")[2] for one in words if one.startswith("License :: "))


def _python() -> Component:
    """Python itself: its text lies in one of a few places."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE",
        Path(f"/usr/share/doc/python{version}/copyright"),
        Path(f"/usr/share/doc/libpython{version}-minimal/copyright"),
    )
    for place in places:
        if place.is_file():
            return Component("Python", platform.python_version(), "PSF-2.0", {place.name: place.read_bytes()})
    raise Unlicensed(f"the licence of Python lies in none of {[str(place) for place in places]}")


def _linked(packages: Mapping[str, metadata.Distribution]) -> Iterable[Component]:
    for name, licence, within, here, there in _LINKED:
        one = packages.get(within)
        if one is None:
            continue
        texts = {file: (TEXTS / file).read_bytes() for file in here}
        for file in one.files or ():
            if file.name in there:
                texts[file.name] = Path(str(one.locate_file(file))).read_bytes()
        if not texts:
            raise Unlicensed(f"no text of the licence of {name} was found in {within}")
        yield Component(name, f"in {one.metadata['Name']} {one.version}", licence, texts)


def _system(files: Iterable[Path]) -> Iterable[Component]:
    """Libraries that came from this Linux, by the package that owns them (Debian and its relatives)."""
    query = shutil.which("dpkg-query")
    for file in sorted(files):
        package = "" if query is None else _owner(query, file)
        text = Path("/usr/share/doc") / package / "copyright"
        if not package or not text.is_file():
            raise Unlicensed(f"{file} was taken from this system, and the text of its licence is not here")
        yield Component(
            package, "of the system it was built on", "see the text", {"copyright": text.read_bytes()}
        )


def _owner(query: str, file: Path) -> str:
    for path in (
        file,
        file.resolve(),
        Path("/usr") / str(file).lstrip("/"),
        Path(str(file).removeprefix("/usr")),
    ):
        done = subprocess.run([query, "-S", str(path)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.partition(":")[0].strip()
    return ""


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-").replace("/", "-")


def _resolved(place: str) -> Path:
    return Path(place).resolve()
