"""Are the program's own files what they were when it was packed? The list lies beside them, with SHA-256.

This finds damage, a virus and a hand that changed one file. Who changes the list as well is found only
from outside: the published sum of the list, or ``selfcheck --package`` in a copy that is already trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mda5_crf.errors import StoreError

NAME: Final = "mda5-crf-files.json"
SIGNATURE: Final = NAME + ".sig"
"""Who vouches for the list (jobs/release.py); no part of it."""
FORMAT: Final = "mda5-crf-files/1"
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a list; a longer one is not ours."""
NAMED: Final = 5
"""So many altered files are named in a sentence."""
_CODE: Final = (".dll", ".dylib", ".pyd", ".so", ".py", ".pyc", ".zip", ".pth")
"""What an operating system or Python may load from beside the program, whoever put it there."""
_OWN_TRACES: Final = "__pycache__"
_PIECE: Final = 1 << 20
_HEX: Final = 64

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Files (paths with ``/`` in the folder) that are ``altered``, ``missing`` or do not belong (``added``).

    ``files``: how many the list names; ``sum``: SHA-256 of the list itself; ``readable`` is False for a list
    that cannot be understood, and then nothing was compared.
    """

    files: int
    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    version: str = ""
    sum: str = ""
    readable: bool = True

    @property
    def good(self) -> bool:
        """Whether everything is as it was packed."""
        return self.readable and not self.wrong

    @property
    def wrong(self) -> tuple[str, ...]:
        """Every file that is not as it was packed, sorted."""
        return tuple(sorted({*self.altered, *self.missing, *self.added}))


def program_folder() -> Path:
    """Where the program's own files lie: the folder of a packed program, else what holds the package."""
    if getattr(sys, "frozen", False):
        return Path(sys.executable).resolve().parent
    return Path(__file__).resolve().parent.parent


def manifest(folder: Path, version: str) -> bytes:
    """The list of all files below ``folder`` but itself and its signature. Raises OSError."""
    own = (NAME, SIGNATURE)
    files = {name: _told(folder / name) for name in sorted(_files(folder)) if name not in own}
    document = {"format": FORMAT, "version": version, "files": files}
    return json.dumps(document, ensure_ascii=False, indent=0, sort_keys=True).encode("utf-8") + b"\n"


def compare(folder: Path, progress: Progress = _nobody) -> Compared | None:
    """Compare the files below ``folder`` with the list that lies there; None when none lies there.

    Files of other people beside the program (a vault on the same stick) do not count; a library there does,
    because it would be loaded. What ``progress`` raises ends the work.
    """
    path = folder / NAME
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError:
        return Compared(0, readable=False)
    own_sum = hashlib.sha256(raw).hexdigest()
    read = _read(raw)
    if read is None:
        return Compared(0, sum=own_sum, readable=False)
    version, listed = read
    altered, missing = [], []
    for number, (name, told) in enumerate(listed.items()):
        progress(number, len(listed))
        try:
            if _told(folder / name) != told:
                altered.append(name)
        except FileNotFoundError:
            missing.append(name)
        except OSError:
            altered.append(name)  # a file that cannot be read is not the one that was packed
    progress(len(listed), len(listed))
    added = list(_strangers(folder, listed))
    return Compared(
        len(listed), tuple(altered), tuple(missing), tuple(sorted(added)), version=version, sum=own_sum
    )


def require(folder: Path | None = None) -> None:
    """Raise StoreError, naming the files, when the packed program is not what it was. Looks once a process.

    Programs that were not packed, or have no list, are not asked: ``selfcheck`` says of them what is known.
    """
    if getattr(sys, "frozen", False):
        found = _once(folder or program_folder())
        if found is not None and not found.good:
            raise StoreError("selfcheck.refused", files=named(found))


def prepare() -> None:
    """Look already, while the person types the password: :func:`require` then answers at once."""
    if getattr(sys, "frozen", False):
        _once(program_folder())


def named(found: Compared) -> str:
    """The first files that are not as they were packed, for a sentence."""
    wrong = found.wrong or (NAME,)
    more = f" (+{len(wrong) - NAMED})" if len(wrong) > NAMED else ""
    return ", ".join(wrong[:NAMED]) + more


@cache
def _once(folder: Path) -> Compared | None:
    return compare(folder)


def _read(raw: bytes) -> tuple[str, Mapping[str, Mapping[str, Any]]] | None:
    """Version and files of a list, None for anything that is none. No path leads out of the folder."""
    try:
        document = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return None
    files, version = document.get("files"), document.get("version")
    if not isinstance(files, dict) or not files or not isinstance(version, str):
        return None
    for name, told in files.items():
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or name.startswith("/") or "\\" in name or ":" in parts[0]:
            return None
        if not isinstance(told, dict) or not (
            isinstance(told.get("link"), str) or len(str(told.get("sha256"))) == _HEX
        ):
            return None
    return version, files


def _told(path: Path) -> dict[str, object]:
    """What a list says of a file: where a link leads, else size and SHA-256. Raises OSError."""
    if path.is_symlink():
        return {"link": str(path.readlink()).replace("\\", "/")}
    hashed, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            hashed.update(piece)
            size += len(piece)
    return {"size": size, "sha256": hashed.hexdigest()}


def _files(folder: Path) -> Iterator[str]:
    """Every file and link below ``folder``, as paths with ``/``."""
    for base, folders, files in os.walk(folder):
        here = Path(base)
        links = [one for one in folders if (here / one).is_symlink()]
        folders[:] = [one for one in folders if one not in links and one != _OWN_TRACES]
        for one in (*files, *links):
            yield (here / one).relative_to(folder).as_posix()


def _strangers(folder: Path, listed: Mapping[str, object]) -> Iterator[str]:
    """Files that the list does not name, in the program's folders, or loadable ones beside it."""
    own = {name.partition("/")[0] for name in listed if "/" in name}
    for place in sorted(own):
        if (folder / place).is_dir() and not (folder / place).is_symlink():
            for name in _files(folder / place):
                if f"{place}/{name}" not in listed:
                    yield f"{place}/{name}"
    try:
        beside = [one.name for one in folder.iterdir() if not one.is_dir()]
    except OSError:
        return
    yield from (
        name for name in beside if name not in listed and name != NAME and name.lower().endswith(_CODE)
    )
