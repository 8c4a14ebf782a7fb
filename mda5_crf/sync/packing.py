"""Writing a bundle: lines → zlib → age → file, as a stream. Nothing readable ever lies on the disk."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from mda5_crf.crypto import BoxPublic, SigningKey, random_id
from mda5_crf.db.files import sync_folder
from mda5_crf.errors import StoreError
from mda5_crf.sync.envelope import BUNDLE, PIECE, Header, Kind, front
from mda5_crf.sync.lines import write_line

_LEVEL: Final = 6
_LEFT: Final = re.compile(r"\.[0-9a-f]{8}\.(body|new)$")
FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


def with_end(lines: Iterable[bytes]) -> Iterator[bytes]:
    """``lines`` and the one that counts and hashes them."""
    count, hashed = 0, hashlib.sha256()
    for line in lines:
        count += 1
        hashed.update(line)
        yield line
    yield write_line("end", {"lines": count, "sha256": hashed.hexdigest()})


class _Packed:
    """A file to read from that gives the lines compressed."""

    def __init__(self, lines: Iterable[bytes], level: int = _LEVEL) -> None:
        self._lines = iter(lines)
        self._deflate = zlib.compressobj(level)
        self._ready = bytearray()
        self._done = False

    def read(self, size: int = -1) -> bytes:
        while not self._done and (size < 0 or len(self._ready) < size):
            line = next(self._lines, None)
            if line is None:
                self._ready += self._deflate.flush()
                self._done = True
            else:
                self._ready += self._deflate.compress(line)
        size = len(self._ready) if size < 0 else size
        piece = bytes(self._ready[:size])
        del self._ready[:size]
        return piece


class _Hashed:
    """A file to write to that counts and hashes what passes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.length = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self.hash.update(data)
        self.length += len(data)
        return len(data)


@contextlib.contextmanager
def written(
    folder: Path,
    name: str,
    header: Callable[[int, str], Header],
    key: SigningKey,
    box: BoxPublic,
    lines: Iterable[bytes],
    kind: Kind = BUNDLE,
    level: int = _LEVEL,
) -> Iterator[tuple[str, Callable[[], Path]]]:
    """Write a bundle, or a carrier, beside its place; give its SHA-256 and what moves it there.

    ``header`` is asked for the header once length and SHA-256 of the body are known. Without a move nothing
    stays; what a process left here that was ended while it wrote for the same PC goes. Raises StoreError when
    the folder cannot be written.
    """
    stem = f".{name}.{random_id(4)}"
    body, whole = folder / f"{stem}.body", folder / f"{stem}.new"
    try:
        with _words(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _clear(folder, name)
            with body.open("xb") as file:
                sink = _Hashed(cast("BinaryIO", file))
                box.encrypt_stream(cast("BinaryIO", _Packed(lines, level)), cast("BinaryIO", sink))
            hashed = _join(whole, front(header(sink.length, sink.hash.hexdigest()), key, kind), body)
            body.unlink()
        yield hashed, lambda: _move(whole, folder / name)
    finally:
        for left in (body, whole):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def _clear(folder: Path, name: str) -> None:
    """Remove half files of an earlier attempt: whatever its number was, it is not the one that counts now."""
    started = f".{name.rpartition('_')[0]}_"
    for path in folder.iterdir():
        if path.name.startswith(started) and _LEFT.search(path.name) is not None:
            with contextlib.suppress(OSError):
                path.unlink()


def _join(path: Path, start: bytes, body: Path) -> str:
    hashed = hashlib.sha256(start)
    with body.open("rb") as source, path.open("xb") as file:
        file.write(start)
        while piece := source.read(PIECE):
            file.write(piece)
            hashed.update(piece)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest()


def _move(source: Path, target: Path) -> Path:
    with _words(target.parent):
        source.replace(target)
        sync_folder(target.parent)
    return target


@contextlib.contextmanager
def _words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = "sync.disk_full" if error.errno in FULL else "sync.cannot_write"
        raise StoreError(code, folder=folder.name or str(folder)) from None
