"""Do the two font files draw what the program says? Read anew from the disk, whatever is in memory."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase.ttfonts import TTFError, TTFontFile

from mda5_crf.pdf.fonts import BOLD, FILES, REGULAR

_DAMAGED: Final = (
    *(OSError, TTFError, struct.error),
    *(ValueError, LookupError, ArithmeticError, TypeError, AttributeError, AssertionError, MemoryError),
)
"""In so many ways the readers fail on a file that is no whole font."""
_SIZE: Final = 24
_PAPER: Final = 255
_INK: Final = 0
_FULL_WIDTH: Final = 1000
"""A Chinese character is as wide as it is high: 1000/1000 em."""
_IDEOGRAPHS: Final = ("\u4e00", "\u9fff")
NONE: Final = "\U0010fffd"
"""A character that no font has: what is drawn for it is the box of a missing one."""


@dataclass(frozen=True, slots=True)
class FontSeen:
    """One file. ``lacking``: characters without a shape; ``blank``: drawn as nothing, or as the box of a
    missing one; ``narrow``: Chinese ones that are not one em wide. ``read``: False for no font at all.
    """

    face: str
    file: str
    sha256: str = ""
    drawn: int = 0
    lacking: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    read: bool = True

    @property
    def good(self) -> bool:
        """Whether every character can be read on paper."""
        return self.read and not (self.lacking or self.blank or self.narrow)


def see(folder: Path, characters: Iterable[str]) -> tuple[FontSeen, ...]:
    """Draw and measure every one of ``characters``; of the bold file only ASCII and a few it must have."""
    wanted = sorted({one for one in characters if one.isprintable() and not one.isspace()})
    regular = _see(folder, REGULAR, wanted)
    return regular, _see(folder, BOLD, [one for one in wanted if one.isascii()] + list("参与者姓名"))


def _see(folder: Path, face: str, wanted: list[str]) -> FontSeen:
    name = FILES[face]
    try:
        data = (folder / name).read_bytes()
        tables = TTFontFile(BytesIO(data))
        drawing = ImageFont.truetype(BytesIO(data), _SIZE)
        box = _drawn(drawing, NONE)
        covered = set(tables.charToGlyph)
        lacking = [one for one in wanted if ord(one) not in covered]
        there = [one for one in wanted if ord(one) in covered]
        shapes = {one: _drawn(drawing, one) for one in there}
    except _DAMAGED:
        return FontSeen(face, name, read=False)
    empty = _nothing()
    blank = [one for one, shape in shapes.items() if shape in (box, empty)]
    narrow = [
        one
        for one in there
        if _IDEOGRAPHS[0] <= one <= _IDEOGRAPHS[1] and round(tables.charWidths[ord(one)]) != _FULL_WIDTH
    ]
    told = hashlib.sha256(data).hexdigest()
    return FontSeen(face, name, told, len(shapes), tuple(lacking), tuple(blank), tuple(narrow))


def _nothing() -> bytes:
    return Image.new("L", (2 * _SIZE, 2 * _SIZE), _PAPER).tobytes()


def _drawn(font: ImageFont.FreeTypeFont, character: str) -> bytes:
    """The grey values of a character on white."""
    picture = Image.new("L", (2 * _SIZE, 2 * _SIZE), _PAPER)
    ImageDraw.Draw(picture).text((_SIZE // 4, _SIZE // 4), character, fill=_INK, font=font)
    return picture.tobytes()
