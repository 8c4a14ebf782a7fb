"""Vaults on sticks: which drives there are, and a short walk over them. Nothing is opened or written.

Drives of the network are never touched: a vault does not open there, and a server that is away would hold
the search for minutes.
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mda5_crf.db.keysfile import FILE_NAME, read_keys
from mda5_crf.db.lockfile import is_network, on_network_share
from mda5_crf.db.place import address_text, place_of
from mda5_crf.errors import StoreError

SUFFIX: Final = ".mda5"
DEPTH: Final = 3
"""How many folders deep below the root of a drive is looked."""
SECONDS: Final = 8.0
MOST_FOLDERS: Final = 5_000
MOST_FOUND: Final = 50
_LINUX: Final = ("/media/", "/run/media/", "/mnt/")
_SKIPPED: Final = frozenset(("$recycle.bin", "system volume information", "lost+found"))


@dataclass(frozen=True, slots=True)
class Found:
    """Vault folders by path; how many ``drives`` were looked at; ``complete`` unless a limit ended it."""

    vaults: tuple[Path, ...]
    drives: int
    complete: bool


def check_vault(folder: Path | str) -> None:
    """Whether a log-in can be tried there: before anybody types a password in vain.

    Raises StoreError: not there, on a network share, no vault, damaged.
    """
    if address_text(folder):
        place = place_of(folder)
        try:
            place.require_vault()
        finally:
            place.close()
        return
    folder = Path(folder)
    if str(folder).startswith(("\\\\", "//")):  # a server that is away is not asked
        raise StoreError("store.vault_on_network", place=folder.name or str(folder))
    try:
        there = folder.is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        raise StoreError("store.vault_missing", place=folder.name or str(folder))
    if on_network_share(folder):
        raise StoreError("store.vault_on_network", place=folder.name)
    read_keys(folder)


def is_there(folder: str) -> bool:
    """Whether the folder of a vault is there now; of a server that is not asked. Never raises."""
    if address_text(folder):
        return True
    try:
        return Path(folder, FILE_NAME).is_file()
    except (OSError, ValueError):
        return False


def drives() -> list[Path]:
    """The roots of sticks and other drives beside the system's own; none of the network."""
    if sys.platform == "win32":  # pragma: no cover - covered on Windows
        return _windows_drives()
    if sys.platform == "darwin":  # pragma: no cover - covered on macOS
        try:
            return sorted(path for path in Path("/Volumes").iterdir() if not path.is_symlink())
        except OSError:
            return []
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:
        return []
    return linux_drives(mounts)


def linux_drives(mounts: str) -> list[Path]:
    """The mount points below the folders where sticks appear, by the lines of ``/proc/self/mounts``."""
    found: set[Path] = set()
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3 or is_network(fields[2]):
            continue
        place = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if f"{place}/".startswith(_LINUX):
            found.add(Path(place))
    return sorted(found)


if sys.platform == "win32":  # pragma: no cover - covered on Windows

    def _windows_drives() -> list[Path]:
        import ctypes

        removable, fixed = 2, 3
        system = os.environ.get("SYSTEMDRIVE", "C:").upper()
        bits = ctypes.windll.kernel32.GetLogicalDrives()
        letters = [f"{chr(ord('A') + n)}:" for n in range(26) if bits >> n & 1]
        kinds = {letter: ctypes.windll.kernel32.GetDriveTypeW(f"{letter}\\") for letter in letters}
        return [
            Path(f"{letter}\\")
            for letter, kind in kinds.items()
            if kind in (removable, fixed) and letter != system
        ]


def search(
    roots: Iterable[Path],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    seconds: float = SECONDS,
    folders: int = MOST_FOLDERS,
) -> Found:
    """Look for vault folders, nearest to the root first; ``progress`` counts folders and may end the search.

    A drive that goes away meanwhile is as one without vaults. Links are not followed.
    """
    places = list(roots)
    waiting = deque((root, 0) for root in places)
    found: list[Path] = []
    looked, until = 0, time.monotonic() + seconds
    while waiting:
        if looked >= folders or len(found) >= MOST_FOUND or time.monotonic() > until:
            return Found(tuple(sorted(found)), len(places), complete=False)
        folder, depth = waiting.popleft()
        progress(looked, 0)
        looked += 1
        for inner in _folders(folder):
            if inner.name.lower().endswith(SUFFIX) and is_there(str(inner)):
                found.append(inner)
            elif depth + 1 < DEPTH:
                waiting.append((inner, depth + 1))
    return Found(tuple(sorted(found)), len(places), complete=True)


def _folders(folder: Path) -> list[Path]:
    """The folders in a folder that are worth a look; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                Path(entry.path)
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name.lower() not in _SKIPPED
                and entry.is_dir(follow_symlinks=False)
            )
    except OSError:
        return []
