"""Rows put aside until their table is written: on the disk, encrypted under a key that only memory holds.

A table can be written when all participants were read, and there are more tables than can be open at once;
in memory they would not fit. The file has no name where the system allows that, and is worthless to whoever
finds it: the key is made for one export and never written.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from mda5_crf.crypto import forget, random_bytes, unwrap, wrap
from mda5_crf.exchange.datasets import Row, Seen, Table

_PIECE: Final = 256 * 1024
"""Characters of the rows of one table that are written together."""
_HELD: Final = 8 * 1024 * 1024
"""Characters of all tables together that are kept in memory."""


class Spool:
    """See the module text; a context. ``seen``: what went by, by table."""

    def __init__(self, tables: Mapping[str, Table], folder: Path) -> None:
        """``folder``: where the encrypted file lies meanwhile. Raises OSError."""
        self.tables = tables
        self.seen = {name: Seen.of(table) for name, table in tables.items()}
        self._key = bytearray(random_bytes(32))
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by the context
        self._pieces: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._waiting: dict[str, list[Row]] = defaultdict(list)
        self._sizes: dict[str, int] = defaultdict(int)
        self._held = self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._waiting.clear()
        forget(self._key)

    def put(self, name: str, row: Row) -> None:
        """Add a row to a table."""
        self.seen[name].see(row, self.tables[name])
        self._waiting[name].append(row)
        size = sum(map(len, row)) + 4 * len(row)
        self._sizes[name] += size
        self._held += size
        if self._sizes[name] >= _PIECE:
            self._write(name)
        elif self._held >= _HELD:
            self._write(max(self._sizes, key=self._sizes.__getitem__))

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table in the order in which they came; as often as asked for."""
        if self._waiting[name]:
            self._write(name)
        for place, length in self._pieces[name]:
            self._file.seek(place)
            wrapped = json.loads(self._file.read(length))
            yield from json.loads(zlib.decompress(unwrap(self._key, wrapped, name.encode("utf-8"))))

    def _write(self, name: str) -> None:
        plain = zlib.compress(json.dumps(self._waiting[name], ensure_ascii=False).encode("utf-8"), 1)
        piece = json.dumps(wrap(self._key, plain, name.encode("utf-8"))).encode("ascii")
        self._file.seek(self._end)
        self._file.write(piece)
        self._pieces[name].append((self._end, len(piece)))
        self._end += len(piece)
        self._waiting[name] = []
        self._held -= self._sizes[name]
        self._sizes[name] = 0
