"""Answers of a codelist as boxes to tick."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, width
from mda5_crf.pdf.ink import BODY, FAINT, TEXT, Ink, Strip, words
from mda5_crf.pdf.lines import wrap
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import CodeValue

EMPTY, TICKED = "☐", "☑"
BETWEEN = 9.0  # points between two options on a line
SLACK = 0.01  # so that a caption as wide as its column is not wrapped by a rounding error


def caption(value: CodeValue, voice: Voice) -> str:
    """``F Female 女``; a code that its own text repeats (ASIAN Asian) is said once."""
    parts = voice.parts(value.text)
    repeated = bool(parts) and parts[0].casefold() == value.code.casefold()
    return " ".join(parts) if repeated else " ".join((value.code, *parts))


def box_width(size: float) -> float:
    """Room a tick box takes before its caption."""
    return width(EMPTY, REGULAR, size) + 2.0


def natural(text: str, size: float) -> float:
    """Width of one option on a single line, ticked (bold) or not."""
    return max(width(text, REGULAR, size), width(text, BOLD, size)) + box_width(size) + SLACK


def options(
    captions: Sequence[tuple[str, str]],
    chosen: Collection[str],
    room: float,
    *,
    size: float = BODY,
    faint: bool = False,
) -> list[Strip]:
    """Boxes with captions, given as (code, caption), set in columns within ``room`` points.

    The chosen ones are ticked and bold; positions do not depend on what is chosen, so a filled page
    matches the blank one. ``faint`` greys all of them (not applicable).
    """
    if not captions:
        return []
    box = box_width(size)
    wide = [natural(text, size) for _, text in captions]
    columns, depth = _columns(wide, room)
    starts = [sum(columns[:index]) + BETWEEN * index for index in range(len(columns))]
    strips: list[Strip] = []
    for row in range(depth):
        here = captions[row::depth]
        placed = [(starts[index], columns[index], *entry) for index, entry in enumerate(here)]
        strips.extend(_line(placed, chosen, size, faint, box))
    return strips


def _columns(wide: Sequence[float], room: float) -> tuple[list[float], int]:
    """The widths of as many columns as fit, and how many options stand in each; read downwards."""
    for depth in range(1, len(wide)):
        columns = [max(wide[start : start + depth]) for start in range(0, len(wide), depth)]
        if sum(columns) + BETWEEN * (len(columns) - 1) <= room:
            return columns, depth
    return [min(max(wide), room)], len(wide)


def _line(
    placed: Sequence[tuple[float, float, str, str]],
    chosen: Collection[str],
    size: float,
    faint: bool,
    box: float,
) -> list[Strip]:
    """One line of options (start, column width, code, caption); a long caption goes on below, indented."""
    wrapped = [
        (start, code, wrap(text, BOLD, size, max(column - box, size))) for start, column, code, text in placed
    ]
    height = size * LEADING + 1.5
    baseline = size * (ASCENT + 0.12)
    colour = FAINT if faint else TEXT
    strips: list[Strip] = []
    for level in range(max(len(lines) for _, _, lines in wrapped)):
        inks: list[Ink] = []
        for start, code, lines in wrapped:
            if level >= len(lines):
                continue
            ticked = code in chosen
            if level == 0:
                inks.append(words(start, baseline, TICKED if ticked else EMPTY, size=size, colour=colour))
            inks.append(words(start + box, baseline, lines[level], size=size, bold=ticked, colour=colour))
        strips.append(Strip(height, tuple(inks)))
    return strips
