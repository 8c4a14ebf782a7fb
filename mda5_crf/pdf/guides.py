"""A guide on paper: contents with page numbers, chapters with bookmarks, pictures of the window.

The same texts and pictures give the same bytes: nothing of the day is in it. The quick card has neither
contents nor more than two pages; its type is as large as that allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mda5_crf.guides.blocks import Block, Guide, Heading
from mda5_crf.guides.shelf import CARD, CARD_PAGES
from mda5_crf.pdf.contents import Entry, contents
from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.fonts import printable
from mda5_crf.pdf.frame import Facts, Frame
from mda5_crf.pdf.guideline import heading
from mda5_crf.pdf.guiderows import Maker
from mda5_crf.pdf.ink import Goal
from mda5_crf.pdf.layout import UPRIGHT_WIDTH, Page, Row, paginate
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import shapeless
from mda5_crf.pdf.png import Png
from mda5_crf.pdf.spans import words_alone
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import both, message

CARD_SIZES: Final = (10.5, 6.5, 0.25)
"""Largest and smallest size of type of the card in points, and the step between sizes that are tried."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands around the text: program and trial at the head, the version at the foot."""

    head: str
    foot: str


def draw_guide(guide: Guide, about: About, pictures: Mapping[str, Png]) -> Printed:
    """The guide as A4 pages. ``pictures``: file name → picture, of those that are there.

    Raises ValueError for a quick card that does not fit on two pages in a size that can be read.
    """
    voice = Voice(guide.language)
    facts = Facts(
        study=about.head, form=both(guide.title), code="", subjid="", site="", event="", event_date="",
        version=about.foot, printed="", band=False, coded=False,
    )  # fmt: skip
    frame = Frame(facts, voice, wide=False)
    pages = _card(guide, frame, pictures) if guide.name == CARD else _book(guide, frame, voice, pictures)
    leaves = [_leaf(page, frame, number, len(pages)) for number, page in enumerate(pages, start=1)]
    title = printable(guide.title)
    data = render(leaves, title=title, subject=printable(about.head), author="MDA5-CRF", locale=voice.locale)
    return Printed(data, len(leaves), shapeless(ink for leaf in leaves for ink in leaf.inks))


def _body(guide: Guide) -> list[Block]:
    """All but the title, which stands at the head of every page."""
    return [one for one in guide.blocks if not (isinstance(one, Heading) and one.level == 1)]


def _pages(rows: list[Row], frame: Frame) -> list[Page]:
    return paginate(rows, (frame.area.height, frame.area.height))


def _book(guide: Guide, frame: Frame, voice: Voice, pictures: Mapping[str, Png]) -> list[Page]:
    maker = Maker(guide, pictures, UPRIGHT_WIDTH)
    body = _pages(maker.rows(_body(guide)), frame)
    named = message("guides.contents")
    entries = [
        Entry(one.level - 1, words_alone(one.line), one.anchor) for one in guide.headings if one.level > 1
    ]

    def listed(pages: Mapping[str, int]) -> list[Page]:
        above = heading(voice, named, (0, voice.say(named)))
        return _pages([above, *contents(entries, pages)], frame)

    # As many pages whatever the numbers are, so they can be counted before they are known.
    before = len(listed({}))
    found = {
        goal: before + number
        for number, page in enumerate(body, start=1)
        for _, row in page.rows
        for goal in _goals(row)
    }
    return [*listed(found), *body]


def _goals(row: Row) -> list[str]:
    return [
        ink.name for cell in row.cells for strip in cell.strips for ink in strip.inks if isinstance(ink, Goal)
    ]


def _card(guide: Guide, frame: Frame, pictures: Mapping[str, Png]) -> list[Page]:
    """The largest type in which it is no more than two pages."""
    size, least, step = CARD_SIZES
    while size >= least:
        pages = _pages(Maker(guide, pictures, UPRIGHT_WIDTH, size).rows(_body(guide)), frame)
        if len(pages) <= CARD_PAGES:
            return pages
        size -= step
    raise ValueError(f"{guide.name}.{guide.language} does not fit on {CARD_PAGES} pages")


def _leaf(page: Page, frame: Frame, number: int, total: int) -> Leaf:
    inks = frame.inks(number, total, number, total)
    marks = []
    for top, row in page.rows:
        inks.extend(row.inks(frame.area.left, frame.area.top + top))
        if row.bookmark is not None:
            marks.append((*row.bookmark, frame.area.top + top))
    return Leaf(False, inks, marks)
