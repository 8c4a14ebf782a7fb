"""Pieces put aside by number, to be had again in the order of their numbers: on the disk, encrypted.

An archive tells a vault's records participant by participant; a chain is checked from its first record to its
last. So they are put aside in buckets of so many numbers each, and one bucket at a time is sorted in memory.
The file has no name where the system allows that; its key is made for one reading and never written.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from mda5_crf.crypto import forget, random_bytes, unwrap, wrap

PER_BUCKET: Final = 4096
"""Numbers of one bucket: what is in memory at once when they are read."""
_HELD: Final = 8 * 1024 * 1024
"""Characters that are kept in memory before the fullest bucket is written."""


class Buckets:
    """A context. What is put in is JSON."""

    def __init__(self, folder: Path | None) -> None:
        """``folder``: where the encrypted file lies meanwhile, None = where the system has such files.

        Raises OSError.
        """
        self._key = bytearray(random_bytes(32))
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by the context
        self._places: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        self._waiting: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._sizes: dict[tuple[str, int], int] = defaultdict(int)
        self._held = self._end = 0
        self._counts: dict[str, int] = defaultdict(int)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._waiting.clear()
        forget(self._key)

    def put(self, name: str, number: int, what: object) -> None:
        """Put something aside under a name and a number; raises OSError."""
        line = json.dumps([number, what], ensure_ascii=False)
        where = name, number // PER_BUCKET
        self._waiting[where].append(line)
        self._sizes[where] += len(line)
        self._held += len(line)
        self._counts[name] += 1
        while self._held >= _HELD:
            self._write(max(self._sizes, key=self._sizes.__getitem__))

    def names(self) -> frozenset[str]:
        """All names that something was put aside under."""
        return frozenset(self._counts)

    def count(self, name: str) -> int:
        """How many things lie under a name."""
        return self._counts.get(name, 0)

    def sorted(self, name: str) -> Iterator[tuple[int, Any]]:
        """Number and thing, by number; as often as asked for."""
        for where in sorted(one for one in {*self._places, *self._waiting} if one[0] == name):
            found: list[tuple[int, Any]] = [tuple(json.loads(line)) for line in self._lines(where)]
            found.sort(key=lambda one: one[0])
            yield from found

    def _lines(self, where: tuple[str, int]) -> Iterator[str]:
        for place, length in self._places.get(where, ()):
            self._file.seek(place)
            packed = unwrap(self._key, json.loads(self._file.read(length)), _bound(where))
            yield from zlib.decompress(packed).decode("utf-8").split("\n")
        yield from self._waiting.get(where, ())

    def _write(self, where: tuple[str, int]) -> None:
        plain = zlib.compress("\n".join(self._waiting.pop(where)).encode("utf-8"), 1)
        piece = json.dumps(wrap(self._key, plain, _bound(where))).encode("ascii")
        self._file.seek(self._end)
        self._file.write(piece)
        self._places[where].append((self._end, len(piece)))
        self._end += len(piece)
        self._held -= self._sizes.pop(where)


def _bound(where: tuple[str, int]) -> bytes:
    return f"{where[0]} {where[1]}".encode()
