"""Screenshots on paper: a PNG of few colours goes into the document as it is, without a picture library.

PNG and PDF compress picture lines the same way, so the bytes of the file are the bytes of the page. Only what
our own tools write is taken: up to 256 colours from a table, whole bytes, not interlaced.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
LARGEST_FILE: Final = 4 * 1024 * 1024
LARGEST_SIDE: Final = 10_000
_HEAD: Final = struct.Struct(">IIBBBBB")
_TABLE_COLOURS, _TABLE_DEPTHS = 3, (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Png:
    """A picture: ``width`` and ``height`` in pixels, ``depth`` bits a pixel, its ``table`` of colours (three
    bytes each), its lines as the file has them.
    """

    width: int
    height: int
    depth: int
    table: bytes
    lines: bytes


def read_png(file: Path) -> Png | None:
    """The picture; None for a file that is not there or is none of the kind our tools write."""
    try:
        with file.open("rb") as opened:
            return parse_png(opened.read(LARGEST_FILE))
    except OSError:
        return None


def parse_png(data: bytes) -> Png | None:
    """As :func:`read_png`, from bytes."""
    if not data.startswith(SIGNATURE):
        return None
    place, found, lines = len(SIGNATURE), dict[bytes, bytes](), list[bytes]()
    while place + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        kind = data[place + 4 : place + 8]
        content = data[place + 8 : place + 8 + size]
        if len(content) != size:
            return None
        if kind == b"IDAT":
            lines.append(content)
        else:
            found.setdefault(kind, content)
        place += 12 + size
    head, table = found.get(b"IHDR", b""), found.get(b"PLTE", b"")
    if len(head) != _HEAD.size or b"IEND" not in found or not lines:
        return None
    width, height, depth, colours, _, _, interlaced = _HEAD.unpack(head)
    fits = 0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE
    plain = colours == _TABLE_COLOURS and depth in _TABLE_DEPTHS and not interlaced
    whole = 0 < len(table) <= 3 * 2**depth and len(table) % 3 == 0 if plain else False
    return Png(width, height, depth, table, b"".join(lines)) if fits and whole else None
