"""Queries on paper: the question, room for the answer, and a code that brings the answer back.

One query a sheet, so that each can go to whom it concerns. What is long continues on a second page; the lines
to write on, name, signature and date, and the code stand together at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.filled import stamp
from mda5_crf.pdf.frame import Facts, Frame
from mda5_crf.pdf.ink import (
    BAND,
    HAIRLINE,
    SECOND,
    SMALL,
    TEXT,
    TINY,
    Box,
    Ink,
    Rule,
    Strip,
    gap,
    lines,
    moved,
    stacked,
    words,
)
from mda5_crf.pdf.layout import MM
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.qr import picture
from mda5_crf.pdf.signing import HEIGHT as SIGNING_HEIGHT
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.text import Text, message

_CODE_SIZE = 15.0
_PICTURE = 24 * MM
_LINE = 22.0  # from one line to write on to the next
_FEWEST_LINES = 5
_MOST_LINES = 14
_PAD = 6.0


@dataclass(frozen=True, slots=True)
class QuerySheet:
    """One query as it is printed. Dates are ISO; ``picture`` is what the code's picture holds.

    ``rows``: captions and what stands beside them (form, item, value then, check, who asked and when).
    ``visit`` is printed; ``event`` says the same in both languages and goes into the hash.
    """

    number: str
    subjid: str
    site: str
    event: str
    event_date: str
    rows: tuple[tuple[Text, Text], ...]
    question: Text
    said: tuple[Text, ...]
    code: str
    picture: str
    visit: Text


def words_of(sheet: QuerySheet) -> str:
    """Everything on the sheet that says something, for the hash in its code."""
    parts = [sheet.number, sheet.subjid, sheet.site, sheet.event, sheet.event_date]
    for caption, said in sheet.rows:
        parts += [caption.en, caption.zh, said.en, said.zh]
    for text in (sheet.question, *sheet.said):
        parts += [text.en, text.zh]
    return "\n".join(parts)


def draw_queries(
    sheets: Sequence[QuerySheet],
    language: Tongue,
    *,
    study: Text,
    printed_by: str,
    made: datetime,
    demo: bool,
) -> Printed:
    """The sheets as one document. ``made`` stands in the foot and must have a zone."""
    voice = Voice(language)
    at = " ".join(part for part in (voice.tell("printed"), stamp(made), printed_by) if part)
    pages: list[tuple[QuerySheet, Frame, list[list[Ink]]]] = []
    for sheet in sheets:
        facts = Facts(
            study=voice.say(study),
            form=message("queryform.title", number=sheet.number),
            code="",
            subjid=sheet.subjid,
            site=sheet.site,
            event=voice.say(sheet.visit),
            event_date=sheet.event_date,
            version=voice.say(message("queryform.once")),
            printed=at,
            demo=voice.tell("demo") if demo else "",
            filled=True,
            watermark=(voice.tell("demo"),) if demo else (),
        )
        frame = Frame(facts, voice, wide=False)
        pages.append((sheet, frame, _sheet(sheet, voice, frame)))
    total = sum(len(own) for _, _, own in pages)
    leaves: list[Leaf] = []
    for sheet, frame, own in pages:
        for place, inks in enumerate(own):
            head = frame.inks(len(leaves) + 1, total, place + 1, len(own))
            title = f"{voice.say(frame.facts.form)} {sheet.subjid}"
            marks = [(0, title, frame.area.top)] if not place else []
            leaves.append(Leaf(False, [*head, *inks], marks, frame.facts.watermark))
    title = voice.say(message("queryform.document"))
    data = render(leaves, title=title, subject=voice.say(study), author="MDA5-CRF", locale=voice.locale)
    return Printed(data, len(leaves), ())


def _sheet(sheet: QuerySheet, voice: Voice, frame: Frame) -> list[list[Ink]]:
    """The ink of the pages of one query."""
    area = frame.area
    above = [*_facts(sheet, voice, area.width), *_question(sheet, voice, area.width)]
    foot = _code(sheet, voice, area.width)
    least = stacked(foot) + SIGNING_HEIGHT + _FEWEST_LINES * _LINE + 30.0
    pages: list[list[Ink]] = [[]]
    down = 0.0
    for strip in above:
        if down + strip.height > area.height:
            pages.append([])
            down = 0.0
        pages[-1] += [moved(ink, area.left, area.top + down) for ink in strip.inks]
        down += strip.height
    if down + least > area.height:
        pages.append([])
        down = 0.0
    spare = area.height - down - least
    count = min(_FEWEST_LINES + int(spare // _LINE), _MOST_LINES)
    for strip in (*_answer(voice, area.width, count), *foot):
        pages[-1] += [moved(ink, area.left, area.top + down) for ink in strip.inks]
        down += strip.height
    return pages


def _facts(sheet: QuerySheet, voice: Voice, across: float) -> list[Strip]:
    made: list[Strip] = []
    for caption, said in sheet.rows:
        left = voice.lines(caption, across * 0.26, size=SMALL, colour=SECOND)
        right = voice.lines(said, across * 0.74 - 4.0)
        high = max(stacked(left), stacked(right)) + 3.0
        inks = [*_down(left, 0.0, 0.0), *_down(right, across * 0.26, 0.0)]
        made.append(Strip(high, (*inks, Rule(0.0, high - 1.0, across, high - 1.0, HAIRLINE, 0.4))))
    return [*made, gap(6.0)]


def _question(sheet: QuerySheet, voice: Voice, across: float) -> list[Strip]:
    made = [_heading(voice, message("queryform.question"), across)]
    for line in voice.lines(sheet.question, across - 2 * _PAD, size=10.5):
        made.append(line._replace(inks=tuple(moved(ink, _PAD, 0.0) for ink in line.inks)))
    for text in sheet.said:
        made.append(gap(4.0))
        for line in voice.lines(text, across - 2 * _PAD, size=SMALL, colour=SECOND):
            made.append(line._replace(inks=tuple(moved(ink, _PAD, 0.0) for ink in line.inks)))
    return [*made, gap(8.0)]


def _heading(voice: Voice, text: Text, across: float) -> Strip:
    (line, *_) = lines(voice.say(text, "  "), across - 2 * _PAD, bold=True)
    high = line.height + 6.0
    return Strip(
        high + 4.0, (Box(0.0, 0.0, across, high, "", BAND), *(moved(ink, _PAD, 3.0) for ink in line.inks))
    )


def _answer(voice: Voice, across: float, count: int) -> list[Strip]:
    """Lines to write on; below them who wrote it, the signature and the date."""
    made = [_heading(voice, message("queryform.answer"), across)]
    made += [Strip(_LINE, (Rule(0.0, _LINE - 1.0, across, _LINE - 1.0, HAIRLINE, 0.6),))] * count
    inks: list[Ink] = []
    start = 0.0
    for code, share in (("written_by", 0.4), ("signature", 0.36), ("date", 0.24)):
        caption = voice.say(message(f"queryform.{code}"))
        inks.append(Box(start, 8.0, share * across, SIGNING_HEIGHT, SECOND, ""))
        inks.append(words(start + 3.0, 8.0 + TINY + 1.5, caption, size=TINY, colour=SECOND))
        start += share * across
    return [*made, Strip(SIGNING_HEIGHT + 16.0, tuple(inks))]


def _code(sheet: QuerySheet, voice: Voice, across: float) -> list[Strip]:
    """The picture at the left, the code and what to do with it at the right."""
    left = _PICTURE + 10.0
    said = voice.lines(message("queryform.how"), across - left, size=SMALL, colour=SECOND)
    code = words(left, _CODE_SIZE + 2.0, sheet.code, size=_CODE_SIZE, bold=True, colour=TEXT)
    inks = [picture(sheet.picture, 0.0, 0.0, _PICTURE), code, *_down(said, left, _CODE_SIZE + 8.0)]
    return [Strip(max(_PICTURE, _CODE_SIZE + 8.0 + stacked(said)) + 2.0, tuple(inks))]


def _down(strips: Sequence[Strip], left: float, top: float) -> list[Ink]:
    made: list[Ink] = []
    for strip in strips:
        made += [moved(ink, left, top) for ink in strip.inks]
        top += strip.height
    return made
