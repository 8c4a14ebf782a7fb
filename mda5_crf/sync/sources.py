"""Study definitions inside a bundle: each travels in pieces, one line a piece, before the records.

``{"definition": {hash, oid, part, parts, data}}``: ``data`` is base64 of the piece ``part`` of ``parts`` of
the zlib-compressed canonical source. The pieces of one definition follow each other. How many definitions a
bundle may hold, and how large each may be, is bounded: what is compressed can be far larger than it looks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from mda5_crf.crypto import KeyRefused, base64_text, unbase64
from mda5_crf.sync.cards import HASH
from mda5_crf.sync.lines import LineRefused, write_line

MAX_DEFINITIONS: Final = 16
MAX_SOURCE: Final = 8 << 20
"""Bytes of one definition's canonical source."""
PIECE: Final = 45 * 1024
_MAX_PARTS: Final = -(-(MAX_SOURCE + (MAX_SOURCE >> 8)) // PIECE)
MAX_LINES: Final = MAX_DEFINITIONS * _MAX_PARTS
_MAX_OID: Final = 200
_FIELDS: Final = frozenset({"hash", "oid", "part", "parts", "data"})


def source_lines(hashed: str, oid: str, source: bytes) -> Iterator[bytes]:
    """The lines of one definition. Raises LineRefused for one that is too large to be read back."""
    if len(source) > MAX_SOURCE:
        raise LineRefused("definition")
    packed = _packed(source)
    pieces = [packed[start : start + PIECE] for start in range(0, len(packed), PIECE)]
    for part, piece in enumerate(pieces, 1):
        line = {"hash": hashed, "oid": oid, "part": part, "parts": len(pieces), "data": base64_text(piece)}
        yield write_line("definition", line)


@lru_cache(maxsize=2)
def _packed(source: bytes) -> bytes:
    """A bundle is written twice, to count and to write: what costs most of it is done once."""
    return zlib.compress(source, 9)


class SourceReader:
    """Puts the pieces of definitions together, within bounds."""

    def __init__(self) -> None:
        self._about: tuple[str, str, int] | None = None
        self._pieces: list[bytes] = []
        self._seen: set[str] = set()

    def piece(self, data: object) -> tuple[str, str, bytes] | None:
        """The next piece; hash, OID and source of the definition that it completes. Raises LineRefused.

        Whether the source has that hash is for the taker to say.
        """
        hashed, oid, part, parts, piece = _read(data)
        if self._about is None:
            if part != 1 or hashed in self._seen or len(self._seen) == MAX_DEFINITIONS:
                raise LineRefused("definition")
            self._about = (hashed, oid, parts)
            self._seen.add(hashed)
        if self._about != (hashed, oid, parts) or part != len(self._pieces) + 1:
            raise LineRefused("definition")
        self._pieces.append(piece)
        if part < parts:
            return None
        packed = b"".join(self._pieces)
        self._about, self._pieces = None, []
        return hashed, oid, _inflated(packed)

    def finish(self) -> None:
        """Raise LineRefused when a definition lacks its end."""
        if self._about is not None:
            raise LineRefused("definition")


def _read(data: object) -> tuple[str, str, int, int, bytes]:
    if not isinstance(data, dict) or set(data) != _FIELDS:
        raise LineRefused("definition")
    hashed, oid, part, parts = (data[name] for name in ("hash", "oid", "part", "parts"))
    if not isinstance(hashed, str) or not HASH.fullmatch(hashed) or not isinstance(oid, str):
        raise LineRefused("definition")
    if len(oid) > _MAX_OID or type(part) is not int or type(parts) is not int:
        raise LineRefused("definition")
    if not 1 <= part <= parts <= _MAX_PARTS or not isinstance(data["data"], str):
        raise LineRefused("definition")
    try:
        piece = unbase64(data["data"])
    except KeyRefused:
        raise LineRefused("definition") from None
    if not 0 < len(piece) <= PIECE:
        raise LineRefused("definition")
    return hashed, oid, part, parts, piece


def _inflated(packed: bytes) -> bytes:
    inflate: Any = zlib.decompressobj()
    try:
        source: bytes = inflate.decompress(packed, MAX_SOURCE + 1)
    except zlib.error:
        raise LineRefused("definition") from None
    if len(source) > MAX_SOURCE or not inflate.eof or inflate.unused_data:
        raise LineRefused("definition")
    return source
