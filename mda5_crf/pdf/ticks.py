"""Answers of a codelist as boxes to tick."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, width
from mda5_crf.pdf.ink import BODY, FAINT, TEXT, Ink, Strip, words
from mda5_crf.pdf.lines import longest_word, wrap
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import CodeValue

EMPTY, TICKED = "☐", "☑"
BETWEEN = 9.0  # points between two options on a line
DEEP = 8  # options below each other: from here on the columns are evened out, and long captions wrap
SLACK = 0.01  # so that a caption as wide as its column is not wrapped by a rounding error


def caption(value: CodeValue, voice: Voice) -> str:
    """``F Female 女``; a code that its own text repeats (ASIAN Asian, 5 5 mg) is said once."""
    parts = voice.parts(value.text)
    return " ".join(parts) if parts and repeats(value.code, parts[0]) else " ".join((value.code, *parts))


def repeats(code: str, text: str) -> bool:
    """True when ``text`` is the code itself, or opens with it as a word (``5 mg``, ``5毫克``)."""
    said, plain = text.replace("\u00b5", "u").replace("\u03bc", "u").casefold(), code.casefold()
    after = said[len(plain) : len(plain) + 1]
    return said.startswith(plain) and (not after or after == " " or after > "\u2e7f")


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
    if depth >= DEEP:
        columns, depth = _even([text for _, text in captions], room, size) or (columns, depth)
    starts = [sum(columns[:index]) + BETWEEN * index for index in range(len(columns))]
    strips: list[Strip] = []
    for row in range(depth):
        here = captions[row::depth]
        placed = [(starts[index], columns[index], *entry) for index, entry in enumerate(here)]
        strips.extend(_line(placed, chosen, size, faint, box))
    return strips  # of one column: a strip a line; of several: a strip a row of options


def _columns(wide: Sequence[float], room: float) -> tuple[list[float], int]:
    """The widths of as many columns as fit, and how many options stand in each; read downwards."""
    for depth in range(1, len(wide)):
        columns = [max(wide[start : start + depth]) for start in range(0, len(wide), depth)]
        if sum(columns) + BETWEEN * (len(columns) - 1) <= room:
            return columns, depth
    return [min(max(wide), room)], len(wide)


def _even(texts: Sequence[str], room: float, size: float) -> tuple[list[float], int] | None:
    """Equal columns in which few captions wrap, and how many options stand in each; None: no gain."""
    box = box_width(size)
    best, found = len(texts), None
    for count in range(2, 6):
        each = (room - BETWEEN * (count - 1)) / count
        if each < longest_word(" ".join(texts), BOLD, size) + box:
            break
        depth = -(-len(texts) // count)
        tall = [len(wrap(text, BOLD, size, max(each - box, size))) for text in texts]
        height = sum(max(tall[row::depth]) for row in range(depth))
        if height < best:
            best, found = height, ([each] * -(-len(texts) // depth), depth)
    return found


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
    deepest = max(len(lines) for _, _, lines in wrapped)
    inks: list[list[Ink]] = [[] for _ in range(deepest)]
    together = len(wrapped) > 1  # then a caption is drawn as a whole before the next: a search finds it
    for start, code, lines in wrapped:
        ticked = code in chosen
        mark = words(start, baseline, TICKED if ticked else EMPTY, size=size, colour=colour)
        inks[0].append(mark)
        for level, line in enumerate(lines):
            down = baseline + (level * height if together else 0.0)
            said = words(start + box, down, line, size=size, bold=ticked, colour=colour)
            inks[0 if together else level].append(said)
    if together:
        return [Strip(height * deepest, tuple(inks[0]))]
    return [Strip(height, tuple(level)) for level in inks]
