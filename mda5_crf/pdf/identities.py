"""The site's two lists with names on paper: subject identification codes, and screening and enrolment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.ink import BAND, SECOND, SMALL, TINY, Ink, Rule, lines, moved, stacked, words
from mda5_crf.pdf.layout import PAD_X, Area, Cell, Row, body, paginate
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, message

_TITLE = 14.0
_LEAST = 20.0
_SIGN = 40.0
_FOOT = 16.0


@dataclass(frozen=True, slots=True, repr=False)
class ListOnPaper:
    """What one of the lists says: headings with their share of the width, and rows of texts."""

    title: Text
    headings: Sequence[tuple[Text, float]]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Colophon:
    """Where and by whom: study, site, printed by, printed at (with a zone), demonstration."""

    study: str
    site: str
    by: str
    at: datetime
    demo: bool = False


def draw_list(listed: ListOnPaper, language: Tongue, colophon: Colophon) -> Printed:
    """The list on A4 pages on their side, with room for the investigator's signature at its end."""
    voice = Voice(language)
    whole = body(wide=True)
    above = [
        *voice.lines(listed.title, whole.width, size=_TITLE, bold=True),
        *voice.lines(
            message("identities.paper_facts", study=colophon.study, site=colophon.site),
            whole.width,
            size=SMALL,
        ),
        *voice.lines(message("identities.paper_stays"), whole.width, size=SMALL, colour=SECOND),
    ]
    head = stacked(above) + 6.0
    area = body(wide=True, head=head, foot=_FOOT)
    rows = [*_table(listed, voice, area.width), _signature(voice, area.width)]
    pages = paginate(rows, (area.height, area.height))
    watermark = voice.parts(message("pdf.demo")) if colophon.demo else ()
    leaves = []
    for number, page in enumerate(pages, start=1):
        inks: list[Ink] = []
        down = whole.top
        for strip in above:
            inks += [moved(ink, whole.left, down) for ink in strip.inks]
            down += strip.height
        for top, row in page.rows:
            inks.extend(row.inks(area.left, area.top + top))
        inks += _foot(voice, colophon, area, number, len(pages))
        leaves.append(Leaf(wide=True, inks=inks, watermark=watermark))
    title = voice.say(listed.title)
    data = render(leaves, title=title, subject=title, author="MDA5-CRF", locale=voice.locale)
    return Printed(data, len(leaves), ())


def _table(listed: ListOnPaper, voice: Voice, across: float) -> list[Row]:
    total = sum(share for _, share in listed.headings)
    widths = [across * share / total for _, share in listed.headings]
    starts = [sum(widths[:place]) for place in range(len(widths))]
    heading = Row(
        tuple(
            Cell(start, wide, tuple(voice.lines(text, wide - 2 * PAD_X, size=SMALL, bold=True)), BAND)
            for (text, _), start, wide in zip(listed.headings, starts, widths, strict=True)
        ),
        edge="grid",
        keep=True,
        wide=True,
    )
    made = [heading]
    for row in listed.rows:
        cells = tuple(
            Cell(start, wide, tuple(lines(text, wide - 2 * PAD_X, size=SMALL)))
            for text, start, wide in zip(row, starts, widths, strict=True)
        )
        made.append(Row(cells, least=_LEAST, edge="grid", wide=True, repeat=(heading,)))
    return made


def _signature(voice: Voice, across: float) -> Row:
    room = across / 2
    strips = voice.lines(message("identities.paper_signature"), room - 2 * PAD_X, size=SMALL, colour=SECOND)
    return Row((Cell(across - room, room, tuple(strips), across=True),), least=_SIGN, wide=True)


def _foot(voice: Voice, colophon: Colophon, area: Area, page: int, pages: int) -> list[Ink]:
    base = area.top + area.height + _FOOT - 4.0
    text = message(
        "identities.paper_foot",
        at=colophon.at.strftime("%Y-%m-%d %H:%M %z"),
        by=colophon.by,
        page=page,
        pages=pages,
    )
    rule = Rule(area.left, base - TINY - 3.0, area.left + area.width, base - TINY - 3.0, BAND, 0.5)
    return [rule, words(area.left, base, voice.say(text, "  "), size=TINY, colour=SECOND)]
