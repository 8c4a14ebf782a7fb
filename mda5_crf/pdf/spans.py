"""Lines of several faces: plain words, bold ones, and what is typed, broken together as one text."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from mda5_crf.guides.blocks import Line, Style, plain
from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, printable, width
from mda5_crf.pdf.ink import COMPUTED, TEXT, Box, Ink, Strip, Words
from mda5_crf.pdf.lines import pieces, tokens

_BLANK: Final = " \u3000"
_FACES: Final = {Style.PLAIN: REGULAR, Style.BOLD: BOLD, Style.CODE: REGULAR, Style.KEY: BOLD}

Char = tuple[str, Style]


def span_width(line: Line, size: float, *, bold: bool = False) -> float:
    """Length of ``line`` on one line, in points."""
    return sum(width(span.text, _face(span.style, bold), size) for span in line)


def least_width(line: Line, size: float, *, bold: bool = False) -> float:
    """The narrowest a column can be without cutting a word of ``line``."""
    return max((_width(part, size, bold) for part in _tokens(line)), default=0.0)


def span_lines(
    line: Line, room: float, *, size: float, bold: bool = False, colour: str = TEXT, indent: float = 0.0
) -> list[Strip]:
    """``line`` wrapped to ``room`` points, one strip a line; nothing for an empty one."""
    free = max(room - indent, size)
    lines: list[list[Char]] = [[]]
    for token in _tokens(line):
        if _width(_bare([*lines[-1], *token]), size, bold) <= free:
            if lines[-1] or token[0][0] not in _BLANK:
                lines[-1] += token
            continue
        if lines[-1]:
            lines.append([])
        if token[0][0] in _BLANK:
            continue
        start = 0
        for number, part in enumerate(
            pieces("".join(c for c, _ in token), _face(token[0][1], bold), size, free)
        ):
            if number:
                lines.append([])
            lines[-1] += token[start : start + len(part)]
            start += len(part)
    return [_strip(_bare(one), size, bold, colour, indent) for one in lines if one]


def _face(style: Style, bold: bool) -> str:
    return BOLD if bold else _FACES[style]


def _tokens(line: Line) -> list[list[Char]]:
    """Pieces that stay whole, each character with its style."""
    chars = [(char, span.style) for span in line for char in printable(span.text).replace("\n", " ")]
    made, start = [], 0
    for token in tokens("".join(char for char, _ in chars)):
        made.append(chars[start : start + len(token)])
        start += len(token)
    return made


def _bare(chars: list[Char]) -> list[Char]:
    """Without blanks at the end."""
    end = len(chars)
    while end and chars[end - 1][0] in _BLANK:
        end -= 1
    return chars[:end]


def _runs(chars: list[Char]) -> list[tuple[str, Style]]:
    return [("".join(c for c, _ in run), style) for style, run in groupby(chars, key=lambda one: one[1])]


def _width(chars: list[Char], size: float, bold: bool) -> float:
    return sum(width(text, _face(style, bold), size) for text, style in _runs(chars))


def _strip(chars: list[Char], size: float, bold: bool, colour: str, indent: float) -> Strip:
    inks: list[Ink] = []
    across, base = indent, size * (ASCENT + 0.09)
    for text, style in _runs(chars):
        need = width(text, _face(style, bold), size)
        if style is Style.CODE:
            inks.append(Box(across - 1.0, base - size * 0.86, need + 2.0, size * 1.12, "", COMPUTED))
        inks.append(Words(across, base, text, _face(style, bold), size, colour))
        across += need
    return Strip(size * LEADING * 1.04, tuple(inks))


def words_alone(line: Line) -> str:
    """The words, for bookmarks."""
    return printable(plain(line))
