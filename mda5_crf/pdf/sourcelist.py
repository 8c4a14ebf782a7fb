"""The source data list of a study, form by form and item by item, with lines for the investigator to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.filled import stamp
from mda5_crf.pdf.fonts import REGULAR, width
from mda5_crf.pdf.ink import (
    BAND,
    HAIRLINE,
    SECOND,
    SMALL,
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
from mda5_crf.pdf.layout import body
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.signing import HEIGHT as SIGNING_HEIGHT
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Form, Item, ItemType, Sdv, Study
from mda5_crf.study.sources import source_of
from mda5_crf.text import both, message

_SHARES = (("item", 0.24), ("question", 0.42), ("source", 0.34))
_TITLE = 14.0
_PAD = 3.0


def draw_sources(study: Study, language: Tongue, *, made: datetime, demo: bool = False) -> Printed:
    """The list as a document, upright A4. ``made`` stands in the foot and must have a zone."""
    voice = Voice(language)
    area = body(wide=False)
    foot = 4.0 * TINY
    room = area.height - foot
    pages: list[list[Strip]] = [[]]
    starts: list[tuple[int, float, str]] = []
    for strip in _head(study, voice, area.width):
        _put(pages, room, strip)
    for form in study.forms.values():
        rows = [_row(study, voice, item, area.width) for item in _items(form)]
        if rows:
            heading = _heading(study, voice, form, area.width)
            if stacked(pages[-1]) + heading.height + rows[0].height > room:
                pages.append([])
            starts.append((len(pages) - 1, stacked(pages[-1]), f"{form.oid} {voice.say(form.name)}"))
            _put(pages, room, heading)
            for row in rows:
                _put(pages, room, row)
            _put(pages, room, gap(6.0))
    _put(pages, room, _signing(voice, area.width))
    name = voice.say(message("sourcelist.title"))
    version = voice.say(
        message("sourcelist.version", study=study.oid, version=study.version, hash=study.hash[:12])
    )
    leaves = []
    for number, strips in enumerate(pages):
        inks: list[Ink] = []
        down = area.top
        for strip in strips:
            inks += [moved(ink, area.left, down) for ink in strip.inks]
            down += strip.height
        base = area.top + area.height - 2.0
        page = voice.tell("page", page=number + 1, pages=len(pages))
        told = f"{voice.tell('printed')} {stamp(made)}"
        inks.append(words(area.left, base - 1.4 * TINY, version, size=TINY, colour=SECOND))
        inks.append(words(area.left, base, told, size=TINY, colour=SECOND))
        edge = area.left + area.width - width(page, REGULAR, TINY)
        inks.append(words(edge, base, page, size=TINY, colour=SECOND))
        marks = [(0, title, area.top + top) for place, top, title in starts if place == number]
        leaves.append(Leaf(False, inks, marks, (voice.tell("demo"),) if demo else ()))
    data = render(leaves, title=name, subject=voice.say(study.name), author="MDA5-CRF", locale=voice.locale)
    return Printed(data, len(leaves), ())


def _items(form: Form) -> list[Item]:
    return [item for group in form.groups for item in group.items if item.type is not ItemType.LABEL]


def _put(pages: list[list[Strip]], room: float, strip: Strip) -> None:
    if pages[-1] and stacked(pages[-1]) + strip.height > room:
        pages.append([])
    pages[-1].append(strip)


def _head(study: Study, voice: Voice, across: float) -> list[Strip]:
    title = voice.lines(message("sourcelist.title"), across, size=_TITLE, bold=True)
    about = voice.lines(message("sourcelist.about"), across, size=SMALL, colour=SECOND)
    return [*lines(voice.say(study.name), across, size=SMALL, colour=SECOND), *title, *about, gap(8.0)]


def _heading(study: Study, voice: Voice, form: Form, across: float) -> Strip:
    level = form.sdv or Sdv(study.settings.get("sdv") or Sdv.ALL)
    said = message("sourcelist.form_line", form=both(form.oid), level=message(f"sdv.level_{level}"))
    name = lines(f"{form.oid} {voice.say(form.name)}", across - 2 * _PAD, bold=True)
    told = lines(voice.say(said, "  "), across - 2 * _PAD, size=TINY, colour=SECOND)
    captions: list[Ink] = []
    start, base = 0.0, stacked(name) + stacked(told) + 6.0 + TINY
    for code, share in _SHARES:
        caption = voice.say(message(f"sourcelist.column_{code}"))
        captions.append(words(start * across + _PAD, base, caption, size=TINY, colour=SECOND))
        start += share
    high = base + 4.0
    band = Box(0.0, 0.0, across, high - 1.0, "", BAND)
    return Strip(high, (band, *_down(name, _PAD, 2.0), *_down(told, _PAD, 2.0 + stacked(name)), *captions))


def _row(study: Study, voice: Voice, item: Item, across: float) -> Strip:
    source = source_of(study, item) or message("sourcelist.unknown")
    if item.key:
        source = message("sourcelist.key", source=source)
    cells = (both(item.name), item.label, source)
    inks: list[Ink] = []
    start, high = 0.0, 0.0
    for (_, share), said in zip(_SHARES, cells, strict=True):
        strips = voice.lines(said, share * across - 2 * _PAD, size=SMALL)
        inks += _down(strips, start * across + _PAD, 1.5)
        high = max(high, stacked(strips))
        start += share
    high += 3.0
    return Strip(high, (*inks, Rule(0.0, high, across, high, HAIRLINE, 0.4)))


def _signing(voice: Voice, across: float) -> Strip:
    inks: list[Ink] = []
    start = 0.0
    for code, share in (("confirmed_by", 0.4), ("signature", 0.36), ("date", 0.24)):
        caption = voice.say(message(f"sourcelist.{code}"))
        inks.append(Box(start, 8.0, share * across, SIGNING_HEIGHT, SECOND, ""))
        inks.append(words(start + _PAD, 8.0 + TINY + 1.5, caption, size=TINY, colour=SECOND))
        start += share * across
    return Strip(SIGNING_HEIGHT + 12.0, tuple(inks))


def _down(strips: Sequence[Strip], left: float, top: float) -> list[Ink]:
    made: list[Ink] = []
    for strip in strips:
        made += [moved(ink, left, top) for ink in strip.inks]
        top += strip.height
    return made
