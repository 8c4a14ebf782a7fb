"""Documents with contents: the pages of their parts, and words that lead to them.

The length of the contents decides the pages of all that follows and does not depend on their numbers, so they
are laid out twice: once to count their pages, once with the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mda5_crf.pdf.fonts import ASCENT, LEADING, REGULAR, width
from mda5_crf.pdf.ink import BODY, LINK, Ink, Jump, Strip, lines, words
from mda5_crf.pdf.layout import PAD_X, Cell, Row, paginate
from mda5_crf.pdf.parts import Part


def first_pages(parts: Sequence[Part]) -> dict[str, int]:
    """For the goal of each part the number of its first page, from 1."""
    found: dict[str, int] = {}
    page = 1
    for part in parts:
        if part.goal:
            found[part.goal] = page
        page += len(paginate(part.rows, (part.frames[0].area.height, part.frames[1].area.height)))
    return found


def listed(
    contents: Part,
    after: Sequence[Part],
    rows: Callable[[Mapping[str, int]], Sequence[Row]],
    before: Sequence[Part] = (),
) -> list[Part]:
    """All parts; below the rows of ``contents`` what ``rows`` makes of the page of each goal."""
    draft = replace(contents, rows=[*contents.rows, *rows({})])
    pages = first_pages([*before, draft, *after])
    return [*before, replace(contents, rows=[*contents.rows, *rows(pages)]), *after]


def links(title: str, goals: Sequence[tuple[str, str]], across: float) -> Row:
    """A title at the left, beside it words that lead to goals: (word, goal), as many lines as they need."""
    column = 0.3 * across
    room = across - column - 2 * PAD_X
    lead = BODY * LEADING
    strips: list[Strip] = []
    inks: list[Ink] = []
    start = 0.0
    for word, goal in goals:
        need = width(word, REGULAR, BODY)
        if start and start + need > room:
            strips.append(Strip(lead, tuple(inks)))
            inks, start = [], 0.0
        inks.append(words(start, BODY * (ASCENT + 0.09), word, colour=LINK))
        inks.append(Jump(start, 0.0, need, lead, goal))
        start += need + 8.0
    strips.append(Strip(lead, tuple(inks)))
    named = Cell(0.0, column, tuple(lines(title, column - 2 * PAD_X, indent=10.0)))
    return Row((named, Cell(column, across - column, tuple(strips))))
