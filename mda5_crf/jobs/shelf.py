"""Where an archive is written: a folder or a zip file, beside its place until it is whole.

A file at a time, hashed as it is written, never kept in memory. Nothing of it stays after a failure.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from mda5_crf.db.files import sync_folder
from mda5_crf.errors import CrfError, InputRefused, StoreError

PART: Final = ".part"
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_MODE: Final = 0o100644 << 16
_OLDEST: Final = 1980  # the first year that a zip file can name


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is written. ``name``: its path inside, with ``/``."""

    name: str
    sha256: str
    size: int


class Writer:
    """Counts and hashes what goes into one file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Add bytes."""
        self._stream.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    @property
    def sha256(self) -> str:
        """Of all that was written."""
        return self._digest.hexdigest()


class Shelf(ABC):
    """See the module text. ``kept``: what stands on it, in the order in which it was written."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.part = target.with_name(f"{target.name}{PART}")
        self.kept: list[Kept] = []

    @contextmanager
    def file(self, name: str) -> Iterator[Writer]:
        """Write the next file."""
        with self._stream(name) as stream:
            writer = Writer(stream)
            yield writer
        self.kept.append(Kept(name, writer.sha256, writer.size))

    def put(self, name: str, data: bytes) -> Kept:
        """Write a file at once."""
        with self.file(name) as writer:
            writer.write(data)
        return self.kept[-1]

    @abstractmethod
    def _stream(self, name: str) -> AbstractContextManager[IO[bytes]]: ...

    @abstractmethod
    def close(self) -> None:
        """Everything is written: bring it to the disk."""

    def move(self) -> None:
        """Let it appear."""
        self.part.rename(self.target)
        with suppress(OSError):
            sync_folder(self.target.absolute().parent)

    @abstractmethod
    def drop(self) -> None:
        """Take everything away."""


class _Folder(Shelf):
    def __init__(self, target: Path) -> None:
        super().__init__(target)
        self.part.mkdir()

    @contextmanager
    def _stream(self, name: str) -> Iterator[IO[bytes]]:
        file = self.part.joinpath(*name.split("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())

    def close(self) -> None:
        for folder in {self.part, *(self.part.joinpath(*one.name.split("/")).parent for one in self.kept)}:
            with suppress(OSError):
                sync_folder(folder)

    def drop(self) -> None:
        shutil.rmtree(self.part, ignore_errors=True)


class _Zip(Shelf):
    def __init__(self, target: Path, made: datetime, file: IO[bytes] | None = None) -> None:
        super().__init__(target)
        self._beside = file is None
        self._file = self.part.open("xb") if file is None else file
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        day = made.astimezone(UTC)
        self._time = (max(day.year, _OLDEST), day.month, day.day, day.hour, day.minute, day.second)

    @contextmanager
    def _stream(self, name: str) -> Iterator[IO[bytes]]:
        entry = zipfile.ZipInfo(f"{self.target.stem}/{name}", self._time)
        entry.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
        entry.external_attr, entry.create_system = _MODE, 3
        with self._zip.open(entry, "w", force_zip64=True) as stream:
            yield stream

    def close(self) -> None:
        self._zip.close()
        self._file.flush()
        if self._beside:
            os.fsync(self._file.fileno())
            self._file.close()

    def drop(self) -> None:
        with suppress(OSError, ValueError):  # ValueError: an entry was being written
            self._zip.close()
        if self._beside:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                self.part.unlink(missing_ok=True)


@contextmanager
def shelf(target: Path, made: datetime) -> Iterator[Shelf]:
    """An empty place for an archive: a zip file when its name ends so, else a folder; moved by ``move``.

    Whatever is raised inside takes everything away. Raises InputRefused (it is there already, no such
    folder), StoreError.
    """
    if target.exists():
        raise InputRefused("archive.exists", name=target.name)
    if not target.absolute().parent.is_dir():
        raise InputRefused("archive.no_folder", folder=target.absolute().parent.name)
    try:
        made_shelf: Shelf = _Zip(target, made) if target.suffix.lower() == ".zip" else _Folder(target)
    except FileExistsError:
        raise StoreError("archive.part_there", name=f"{target.name}{PART}") from None
    except OSError as problem:
        raise _said(problem, target) from None
    done = False
    try:
        yield made_shelf
        done = True
    except OSError as problem:
        raise _said(problem, target) from None
    finally:
        if not done:  # cancelled or interrupted, too: half an archive in clear must not stay
            made_shelf.drop()


def zip_into(file: IO[bytes], target: Path, made: datetime) -> Shelf:
    """A zip file that is written into an open file as it comes; to be closed, and never moved."""
    return _Zip(target, made, file)


def _said(problem: OSError, target: Path) -> CrfError:
    if problem.errno in _FULL:
        return StoreError("archive.disk_full", folder=target.absolute().parent.name)
    return StoreError("archive.cannot_write", name=target.name)
