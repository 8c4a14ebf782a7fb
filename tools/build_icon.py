#!/usr/bin/env python3
"""Draw the program's icon in every size and format of the systems, out of ``resources/icons/program.svg``.

    python tools/build_icon.py            write program.png, program.ico and program.icns beside it
    python tools/build_icon.py --check    1 when one of them does not show what the drawing shows

Needs Qt only, which the program has anyway; the results are committed, so a build draws nothing.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "icons"
DRAWING: Final = "program.svg"
ICO_SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 256)
"""Pixels; Windows takes 16 to 48 in lists and bars at 100 to 200 %, 256 on the desktop."""
ICNS_TYPES: Final = {b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512}
PNG_SIZE: Final = 256


def drawn(size: int, drawing: Path = FOLDER / DRAWING) -> bytes:
    """The drawing as PNG, ``size`` pixels a side. Raises ValueError for a drawing that cannot be read."""
    renderer = QSvgRenderer(str(drawing))
    if not renderer.isValid():
        raise ValueError(f"not a drawing: {drawing}")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """A Windows icon of PNG pictures (size in pixels → PNG)."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    entries, bodies = [], []
    for size, data in sorted(pictures.items()):
        side = size % 256  # 0 stands for 256
        entries.append(struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(data), at))
        bodies.append(data)
        at += len(data)
    return b"".join([head, *entries, *bodies])


def icns(pictures: Mapping[bytes, bytes]) -> bytes:
    """An Apple icon of PNG pictures (type of four letters → PNG)."""
    body = b"".join(name + struct.pack(">I", 8 + len(data)) + data for name, data in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def pictures() -> dict[str, bytes]:
    """File name → content of all three files."""
    return {
        "program.png": drawn(PNG_SIZE),
        "program.ico": ico({size: drawn(size) for size in ICO_SIZES}),
        "program.icns": icns({name: drawn(size) for name, size in ICNS_TYPES.items()}),
    }


def main(words: Sequence[str]) -> int:
    """0 when written or the same, 1 when a file shows something else, 2 for wrong words."""
    if words and list(words) != ["--check"]:
        sys.stderr.write("usage: python tools/build_icon.py [--check]\n")
        return 2
    stale = []
    for name, data in pictures().items():
        path = FOLDER / name
        if words:
            if not path.exists() or path.read_bytes() != data:
                stale.append(name)
        else:
            path.write_bytes(data)
            sys.stdout.write(f"{name}: {len(data)} bytes\n")
    if stale:
        sys.stderr.write(f"not as drawn, run python tools/build_icon.py: {', '.join(stale)}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
