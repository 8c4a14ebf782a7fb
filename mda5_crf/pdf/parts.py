"""Parts of a document: rows under one head and foot. Every product of this package is a list of them.

A part becomes pages of its own; :func:`assemble` numbers the pages of all parts through, so that the printed
number is the page of the file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.fonts import printable
from mda5_crf.pdf.frame import Facts, Frame
from mda5_crf.pdf.ink import Goal, Ink, Words
from mda5_crf.pdf.layout import Page, Row, paginate
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Study
from mda5_crf.text import Text, message

_CODE = re.compile(r"□U\+([0-9A-F]{4,6})")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one head and foot.

    ``frames`` upright and wide. ``bookmarks``: level from 0 and title, at its first page, above those of its
    rows. ``goal`` is a name under which links and the second outline find the first page, "" for none.
    """

    facts: Facts
    frames: tuple[Frame, Frame]
    rows: Sequence[Row]
    bookmarks: tuple[tuple[int, str], ...]
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """A document before it is drawn: its pages, and what its properties say.

    ``outline``: further bookmarks after those of the pages: level from 0, title, name of a goal.
    """

    leaves: Sequence[Leaf]
    title: str
    subject: str
    locale: str
    outline: Sequence[tuple[int, str, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a part as a stamp sees it: ``number`` and ``total`` in the document, ``sheet`` and
    ``sheets`` within the part, all from 1; ``inks`` is what stands on it, head and foot included.
    """

    part: Part
    page: Page
    number: int
    total: int
    sheet: int
    sheets: int
    inks: Sequence[Ink]


Stamp = Callable[[Sheet], Sequence[Ink]]
"""What is put on a finished page besides: its proof. Inks at their places on the paper."""


def framed(facts: Facts, voice: Voice) -> tuple[Frame, Frame]:
    """Head and foot upright and wide."""
    return Frame(facts, voice, False), Frame(facts, voice, True)


def assemble(
    parts: Sequence[Part],
    voice: Voice,
    what: Text,
    study: Study,
    *,
    outline: Sequence[tuple[int, str, str]] = (),
    stamp: Stamp | None = None,
) -> Laid:
    """Pages of all parts, numbered through. ``what`` names the document. Raises ValueError without parts."""
    if not parts:
        raise ValueError("no form to print")
    laid = []
    for part in parts:
        laid.append((part, paginate(part.rows, (part.frames[0].area.height, part.frames[1].area.height))))
    total = sum(len(pages) for _, pages in laid)
    leaves: list[Leaf] = []
    for part, pages in laid:
        for sheet, page in enumerate(pages, start=1):
            frame = part.frames[page.wide]
            inks = frame.inks(len(leaves) + 1, total, sheet, len(pages))
            marks = [(level, name, 0.0) for level, name in part.bookmarks] if sheet == 1 else []
            if sheet == 1 and part.goal:
                inks.append(Goal(0.0, 0.0, part.goal))
            for top, row in page.rows:
                inks.extend(row.inks(frame.area.left, frame.area.top + top))
                if row.bookmark is not None:
                    marks.append((*row.bookmark, frame.area.top + top))
            if stamp is not None:
                inks.extend(stamp(Sheet(part, page, len(leaves) + 1, total, sheet, len(pages), inks)))
            leaves.append(Leaf(page.wide, inks, marks, part.facts.watermark))
    title = message("pdf.document_title", study=study.oid, what=what)
    return Laid(leaves, voice.say(title), voice.say(study.protocol), voice.locale, tuple(outline))


def printed(laid: Laid, drawn: Callable[[int], None] = lambda _leaves: None) -> Printed:
    """The pages drawn; ``drawn`` is told after each how many there are."""
    data = render(
        laid.leaves,
        title=printable(laid.title),
        subject=printable(laid.subject),
        author="MDA5-CRF",
        locale=laid.locale,
        outline=laid.outline,
        drawn=drawn,
    )
    return Printed(data, len(laid.leaves), shapeless(ink for leaf in laid.leaves for ink in leaf.inks))


def shapeless(inks: Iterable[Ink]) -> tuple[str, ...]:
    """The characters that were printed as their code, each once, in the order of the pages."""
    found: dict[str, None] = {}
    for ink in inks:
        if isinstance(ink, Words) and "□U+" in ink.text:
            found |= dict.fromkeys(_character(code) for code in _CODE.findall(ink.text))
    return tuple(found)


def _character(code: str) -> str:
    """The character of a printed code. A digit that follows it in the text may look like its last."""
    value = int(code, 16)
    return chr(value if value <= sys.maxunicode else int(code[:-1], 16))
