"""The two faces every page is set in, and the one function all printed text passes through.

Text reaches the canvas as plain strings, never as markup, so nothing in it can act; :func:`printable`
makes visible what has no shape: a character outside the font, a control or a direction mark is
printed as its code, ``□U+202E``.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from mda5_crf.settings import resource

REGULAR = "CRFSans-Regular"
BOLD = "CRFSans-Bold"
FILES = {REGULAR: "CRF-Regular.ttf", BOLD: "CRF-Bold.ttf"}

# Of a line's height: capitals reach 0.73 em above the baseline, descenders 0.2 em below.
ASCENT = 0.88
LEADING = 1.25


def font_folder() -> Path:
    """Where the two font files lie: in a frozen program, an installed wheel or a checkout."""
    return resource("fonts")


@cache
def _widths(face: str) -> dict[int, float]:
    """Code point → advance in 1/1000 em of one face; registers the face with reportlab once per process."""
    font = TTFont(face, str(font_folder() / FILES[face]))
    pdfmetrics.registerFont(font)
    covered: dict[int, float] = {
        code: font.face.charWidths[code] for code in font.face.charToGlyph if code in font.face.charWidths
    }
    return covered


def register() -> None:
    """Make both faces known to reportlab. Costs some 50 ms the first time, nothing after."""
    _widths(REGULAR)
    _widths(BOLD)


def _shown(char: str) -> bool:
    """True when the regular face has a shape for the character and it is no invisible control."""
    return ord(char) in _widths(REGULAR) and unicodedata.category(char)[0] != "C"


@lru_cache(maxsize=65536)
def printable(text: str) -> str:
    """``text`` as it can be printed: line ends unified, tabs as spaces, shapeless characters as ``□U+XXXX``.

    Applying it twice changes nothing.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if all(_shown(char) or char == "\n" for char in plain):
        return plain
    plain = unicodedata.normalize("NFC", plain)
    return "".join(char if char == "\n" or _shown(char) else f"□U+{ord(char):04X}" for char in plain)


def uncovered(text: str) -> tuple[str, ...]:
    """The characters of ``text`` that the page will show as a code, in order, each once."""
    plain = unicodedata.normalize("NFC", text)
    return tuple(dict.fromkeys(char for char in plain if char not in "\r\n\t" and not _shown(char)))


@lru_cache(maxsize=65536)
def runs(text: str, face: str) -> tuple[tuple[str, str], ...]:
    """``text`` in pieces of one face: what bold lacks (it holds GB 2312 only) is set in regular."""
    if face == REGULAR or all(ord(char) in _widths(BOLD) for char in text):
        return ((text, face),)
    pieces: list[tuple[str, str]] = []
    for char in text:
        one = BOLD if ord(char) in _widths(BOLD) else REGULAR
        if pieces and pieces[-1][1] == one:
            pieces[-1] = (pieces[-1][0] + char, one)
        else:
            pieces.append((char, one))
    return tuple(pieces)


@lru_cache(maxsize=65536)
def width(text: str, face: str, size: float) -> float:
    """Length of ``text`` on the line as it will be printed, in points, at ``size`` points."""
    total = 0.0
    for piece, one in runs(printable(text), face):
        table = _widths(one)
        total += sum(table.get(ord(char), 1000.0) for char in piece)
    return total * size / 1000.0
