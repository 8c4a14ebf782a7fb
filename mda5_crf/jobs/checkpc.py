"""Checks of the program and of the PC: version, files, fonts, texts, clock, disk, printers."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module, metadata
from pathlib import Path
from pkgutil import iter_modules
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo

from mda5_crf import __version__, integrity, text
from mda5_crf.db.lockfile import on_network_share
from mda5_crf.jobs import checkfiles
from mda5_crf.jobs.checkmodel import Found, Result
from mda5_crf.pdf import fontcheck
from mda5_crf.services.clockwatch import BUILT, steady_seconds
from mda5_crf.settings import resource
from mda5_crf.study.model import Study
from mda5_crf.study.source import unpack
from mda5_crf.text import Text, both, catalogue, message

PARTS: Final = (
    "cryptography",
    "pyrage",
    "sqlcipher3",
    "SQLAlchemy",
    "reportlab",
    "pypdf",
    "PySide6-Essentials",
)
NEEDED: Final = 200 * 1024 * 1024
"""Bytes that must be free; below five times as many it is noted."""
AHEAD: Final = timedelta(hours=26)
"""So much later than now may a file's time be: sticks keep the time of a zone they do not name."""
DRIFT: Final = 2.0
"""Seconds by which the wall clock may part from the counter while the checks run."""
ZONE: Final = timedelta(minutes=1)
_NAMED: Final = 8


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass
class Pc:
    """What the checks look at. ``place``: the folder whose disk is tried; ``last``: the newest record of the
    vault (aware), None without one. Clocks and printers can be others for tests and for the window.
    """

    study: Study
    place: Path
    last: datetime | None = None
    folder: Path = field(default_factory=integrity.program_folder)
    fonts: Path = field(default_factory=lambda: resource("fonts"))
    now: Callable[[], datetime] = _now
    steady: Callable[[], float] = steady_seconds
    printers: Callable[[], Sequence[str]] | None = None
    begun: tuple[datetime, float] = field(init=False)

    def __post_init__(self) -> None:
        self.begun = (self.now(), self.steady())


def version(_pc: Pc) -> Found:
    """Which program this is, and on which libraries and system it runs."""
    facts = {"program": __version__, "python": platform.python_version(), "system": platform.platform()}
    for part in PARTS:
        with contextlib.suppress(metadata.PackageNotFoundError):
            facts[_name(part)] = metadata.version(part)
    frozen = bool(getattr(sys, "frozen", False))
    facts["kind"] = "packed" if frozen else "python"
    kind = message("selfcheck.kind_packed" if frozen else "selfcheck.kind_python")
    said = message(
        "selfcheck.version", version=__version__, kind=kind, python=facts["python"], system=facts["system"]
    )
    return Found(Result.PASSED, (said,), facts)


def _name(part: str) -> str:
    return part.lower().replace("-", "_")


def files(pc: Pc) -> Found:
    """The program's own files against the list that was made when it was packed or installed."""
    return checkfiles.look(pc.folder)


def fonts(pc: Pc) -> Found:
    """Every character of interface and definition drawn from the files on the disk, and measured."""
    wanted = {character for words in unpack(pc.study.source).values() for character in words}
    for area in _areas():
        for pair in catalogue(area).values():
            wanted.update(*pair)
    seen = fontcheck.see(pc.fonts, wanted)
    lines, facts = [], {}
    for one in seen:
        facts[_name(one.face)] = one.sha256
        facts[f"{_name(one.face)}_characters"] = str(one.drawn)
        if not one.read:
            lines.append(message("selfcheck.font_unreadable", file=one.file))
            continue
        told = (("lacks", one.lacking), ("blank", one.blank), ("narrow", one.narrow))
        lines += [
            message(f"selfcheck.font_{name}", file=one.file, count=len(which), which="".join(which[:_NAMED]))
            for name, which in told
            if which
        ]
        if one.good:
            lines.append(message("selfcheck.font_good", file=one.file, count=one.drawn))
    return Found(_all(one.good for one in seen), tuple(lines), facts)


def languages(_pc: Pc) -> Found:
    """Every sentence of the program in both languages, with the same places to fill."""
    count, wrong = 0, []
    areas = _areas()
    for area in areas:
        for code, (english, chinese) in catalogue(area).items():
            count += 1
            if not english.strip() or not chinese.strip() or _places(english) != _places(chinese):
                wrong.append(f"{area}.{code}")
    facts = {"areas": str(len(areas)), "sentences": str(count)}
    if wrong or not count:
        return Found(
            Result.FAILED, (message("selfcheck.language_wrong", which=", ".join(wrong[:_NAMED])),), facts
        )
    return Found(Result.PASSED, (message("selfcheck.language_good", count=count, areas=len(areas)),), facts)


def _areas() -> list[str]:
    return sorted(one.name for one in iter_modules(text.__path__))


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def clock(pc: Pc) -> Found:
    """The wall clock against the counter, the building of the program, the times of files, the last record.

    A clock that is ahead of the truth cannot be recognised by a PC without a network: it is shown, and the
    person compares.
    """
    now, ticks = pc.now(), pc.steady()
    wrong: list[Text] = []
    noted: list[Text] = []
    facts = {
        "wall": now.isoformat(timespec="seconds"),
        "utc": now.astimezone(UTC).isoformat(timespec="seconds"),
    }
    passed, counted = (now - pc.begun[0]).total_seconds(), ticks - pc.begun[1]
    if abs(passed - counted) > DRIFT:
        wrong.append(message("selfcheck.clock_jumped", wall=f"{passed:.0f}", counter=f"{counted:.0f}"))
    if now < BUILT:
        wrong.append(message("selfcheck.clock_before_built", built=_told(BUILT), wall=_told(now)))
    newest = _newest(pc)
    if newest is not None:
        facts["newest_file"] = newest[1].isoformat(timespec="seconds")
        if newest[1] - now > AHEAD:
            wrong.append(
                message("selfcheck.clock_before_file", file=newest[0], at=_told(newest[1]), wall=_told(now))
            )
    if pc.last is not None:
        facts["last_record"] = pc.last.isoformat(timespec="seconds")
        if now < pc.last - timedelta(minutes=2):
            wrong.append(message("selfcheck.clock_before_record", at=_told(pc.last), wall=_told(now)))
    site = ZoneInfo(pc.study.timezone)
    facts["zone"], facts["site_zone"] = f"{now:%Z %z}", pc.study.timezone
    away = (now.utcoffset() or timedelta()) - (now.astimezone(site).utcoffset() or timedelta())
    if abs(away) > ZONE:
        noted.append(message("selfcheck.clock_zone", here=f"{now:%z}", site=pc.study.timezone))
    said = message("selfcheck.clock_now", wall=_told(now), utc=f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    result = Result.FAILED if wrong else Result.NOTED if noted else Result.PASSED
    return Found(result, (*wrong, *noted, said), facts)


def _newest(pc: Pc) -> tuple[str, datetime] | None:
    """The file of the program (or one made just now on the disk that is tried) with the latest time."""
    found: list[tuple[float, str]] = []
    for base in (pc.folder / "mda5_crf", pc.folder / "_internal", pc.fonts, resource("study")):
        if base.is_dir():
            found += [(one.stat().st_mtime, one.name) for one in base.rglob("*") if one.is_file()]
    with contextlib.suppress(OSError), tempfile.TemporaryFile(dir=pc.place) as stream:
        found.append((os.fstat(stream.fileno()).st_mtime, "-"))
    if not found:
        return None
    at, name = max(found)
    return name, datetime.fromtimestamp(at, UTC)


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} (UTC{at:%z})"


def disk(pc: Pc) -> Found:
    """Room, a write that reaches the disk, a file that replaces another in one step, and no network share."""
    facts: dict[str, str] = {}
    wrong: list[Text] = []
    noted: list[Text] = []
    try:
        free = shutil.disk_usage(pc.place).free
        facts["free_mb"] = str(free // 1024**2)
        facts["fsync_ms"] = str(_write_and_rename(pc.place))
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        return Found(Result.FAILED, (message("selfcheck.disk_refuses", why=why),), facts)
    except _NotReplaced:
        return Found(Result.FAILED, (message("selfcheck.disk_rename"),), facts)
    room = message("selfcheck.disk_free", mb=free // 1024**2)
    if free < NEEDED:
        wrong.append(message("selfcheck.disk_full", mb=free // 1024**2, needed=NEEDED // 1024**2))
    elif free < 5 * NEEDED:
        noted.append(message("selfcheck.disk_little", mb=free // 1024**2))
    if on_network_share(pc.place):
        wrong.append(message("selfcheck.disk_network"))
    result = Result.FAILED if wrong else Result.NOTED if noted else Result.PASSED
    good = (room, message("selfcheck.disk_good", ms=facts["fsync_ms"])) if not wrong else ()
    return Found(result, (*wrong, *noted, *good), facts)


class _NotReplaced(Exception):
    """After a rename the old content was still there, or both files."""


def _write_and_rename(place: Path) -> int:
    """Write, sync, rename over another file, sync the folder; milliseconds it took. Leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="selfcheck.", dir=place))
    try:
        old, new = folder / "old", folder / "new"
        content = os.urandom(1 << 20)
        old.write_bytes(b"before")
        begun = time.perf_counter()
        with new.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(old)
        if os.name != "nt":
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        took = round(1000 * (time.perf_counter() - begun))
        if new.exists() or old.read_bytes() != content:
            raise _NotReplaced
        return took
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def printer(pc: Pc) -> Found:
    """Which printers there are. None is a note and no failure: pages are saved as files as well."""
    names = list(_printers() if pc.printers is None else pc.printers())
    facts = {"count": str(len(names))}
    if not names:
        return Found(Result.NOTED, (message("selfcheck.printer_none"),), facts)
    shown = both(", ".join(names[:_NAMED]))
    return Found(Result.PASSED, (message("selfcheck.printer_some", count=len(names), names=shown),), facts)


def _printers() -> list[str]:
    if sys.platform == "win32":  # pragma: no cover - covered on Windows
        winreg = import_module("winreg")
        path = r"Software\Microsoft\Windows NT\CurrentVersion\Devices"
        names: list[str] = []
        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key,
        ):
            while True:
                names.append(str(winreg.EnumValue(key, len(names))[0]))
        return names
    program = shutil.which("lpstat")
    if program is None:
        return []
    try:
        said = subprocess.run(  # noqa: S603 - the system's own list of printers
            [program, "-e"], capture_output=True, timeout=5, check=False, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in said.stdout.splitlines() if line.strip()]


def _all(good: Iterable[bool]) -> Result:
    return Result.PASSED if all(good) else Result.FAILED
