"""Head and foot of every page: whose page it is, what it is, and by what it can be found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mda5_crf.pdf.fonts import ASCENT, BOLD, REGULAR, width
from mda5_crf.pdf.ink import (
    BODY,
    ERROR,
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
from mda5_crf.pdf.layout import Area, body
from mda5_crf.pdf.lines import wrap
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text

NAME = 13.0  # size of the form's name
FIELD = 26.0  # height of the band with participant, site, visit and date
AIR = 6.0
STAMP = 54.0  # side of the square at the upper right in which the proof of a page stands


@dataclass(frozen=True, slots=True)
class Facts:
    """What head and foot of one form's pages say. An empty ``subjid`` or ``site`` leaves room to write.

    ``remarks`` are lines under the band (status, note). ``legend`` stands above the foot: codes, and marks;
    the room of the marks is kept free on blank pages, so that filled ones have the same places. ``stamped``
    keeps a square at the upper right free for the proof of the page, on blank pages too. ``band``: the fields
    of participant, site, visit and date stand below the title. ``banner``: strips below that, on every page.
    ``coded``: ``code`` is one that people know, a form's; else the title stands for it in the foot.
    """

    study: str
    form: Text
    code: str
    subjid: str
    site: str
    event: str
    event_date: str
    version: str
    printed: str
    head: str = ""
    remarks: tuple[str, ...] = ()
    legend: tuple[str, str] = ("", "")
    filled: bool = False
    stamped: bool = False
    band: bool = True
    banner: tuple[Strip, ...] = ()
    demo: str = ""
    watermark: tuple[str, ...] = ()
    coded: bool = True


_SHARES = (("participant", 0.24), ("site", 0.16), ("event", 0.38), ("event_date", 0.22))


@dataclass(frozen=True, slots=True)
class Frame:
    """Head and foot of one form at one orientation, and the body area between them."""

    facts: Facts
    voice: Voice
    wide: bool
    area: Area = field(init=False)
    above: tuple[Strip, ...] = field(init=False)
    below: tuple[Strip, ...] = field(init=False)

    def __post_init__(self) -> None:
        across = body(self.wide).width
        beside = across - (STAMP + AIR if self.facts.stamped else 0.0)
        above = [*self._title(beside), gap(3.0)]
        if self.facts.band:
            above.append(self._band(beside))
        if self.facts.stamped:
            above.append(gap(max(STAMP + 2.0 - stacked(above), 0.0)))
        above += [*self._remarks(across), *self.facts.banner]
        below = self._legend(across)
        head = sum(strip.height for strip in above) + AIR
        foot = sum(strip.height for strip in below) + 2 * TINY * 1.35 + AIR
        object.__setattr__(self, "above", tuple(above))
        object.__setattr__(self, "below", below)
        object.__setattr__(self, "area", body(self.wide, head, foot))

    @property
    def stamp_corner(self) -> tuple[float, float]:
        """Left and top of the square for the proof, in points on the paper; its side is ``STAMP``."""
        free = body(self.wide)
        return free.left + free.width - STAMP, free.top

    def _title(self, across: float) -> list[Strip]:
        facts, voice = self.facts, self.voice
        demo = width(facts.demo, BOLD, NAME) + 12.0 if facts.demo else 0.0
        study = lines(facts.study, across - demo, size=SMALL, colour=SECOND)
        shown = facts.code if facts.coded else ""
        code = width(shown, REGULAR, SMALL) + 10.0
        name = voice.lines(facts.form, across - code - demo, size=NAME, bold=True)
        base = NAME * (ASCENT + 0.09)
        extra: list[Ink] = [words(across - code + 10.0, base, shown, size=SMALL, colour=SECOND)]
        strips = [*study, name[0]._replace(inks=(*name[0].inks, *extra)), *name[1:]]
        if facts.demo:
            mark = words(across - demo + 12.0, NAME * ASCENT, facts.demo, size=NAME, bold=True, colour=ERROR)
            strips[0] = strips[0]._replace(inks=(*strips[0].inks, mark))
        return strips

    def _band(self, across: float) -> Strip:
        """Four fields side by side, the caption small above what is in it."""
        facts = self.facts
        values = (facts.subjid, facts.site, facts.event, facts.event_date)
        inks: list[Ink] = []
        start, tallest = 0.0, FIELD
        for (caption, share), value in zip(_SHARES, values, strict=True):
            room = share * across - 6.0
            small = words(start + 3.0, TINY + 1.0, self.voice.tell(caption), size=TINY, colour=SECOND)
            inks.append(small)
            texts = wrap(value, BOLD, BODY, room) if value else ()
            for index, line in enumerate(texts):
                inks.append(words(start + 3.0, TINY + 13.0 + index * 11.0, line, bold=True))
            tallest = max(tallest, TINY + 13.0 + max(len(texts) - 1, 0) * 11.0 + 5.0)
            start += share * across
        frames: list[Ink] = []
        start = 0.0
        for _, share in _SHARES:
            frames.append(Box(start, 0.0, share * across, tallest, SECOND, ""))
            start += share * across
        return Strip(tallest + 2.0, (*frames, *inks))

    def _remarks(self, across: float) -> list[Strip]:
        return [
            strip
            for remark in self.facts.remarks
            for strip in lines(remark, across, size=SMALL, colour=SECOND)
        ]

    def _legend(self, across: float) -> tuple[Strip, ...]:
        codes, marks = (lines(line, across, size=TINY, colour=SECOND) for line in self.facts.legend)
        return (*codes, *(marks if self.facts.filled else [gap(strip.height) for strip in marks]))

    def inks(self, page: int, pages: int, sheet: int, sheets: int) -> list[Ink]:
        """Head and foot of one page, at their places on the paper."""
        area, facts = self.area, self.facts
        made: list[Ink] = []
        down = body(self.wide).top
        for strip in self.above:
            made += _at(strip, area.left, down)
            down += strip.height
        down = area.top + area.height + AIR
        made.append(Rule(area.left, down - 2.0, area.left + area.width, down - 2.0, HAIRLINE, 0.5))
        for strip in self.below:
            made += _at(strip, area.left, down)
            down += strip.height
        upper = (facts.version, self._place(sheet, sheets))
        lower = (facts.printed, self.voice.tell("page", page=page, pages=pages))
        for (left, right), middle in ((upper, ""), (lower, facts.head)):
            down += TINY * 1.35
            made += self._foot_line(area, down - TINY * 0.35, left, middle, right)
        return made

    def _place(self, sheet: int, sheets: int) -> str:
        """Which part of the document this is and which of its pages: ``AE/LOG  1/2``.

        A title gives way when it does not fit beside the version.
        """
        facts = self.facts
        if facts.coded and facts.code:
            return f"{facts.code}  {sheet}/{sheets}"
        said = f"{self.voice.say(facts.form)}  {sheet}/{sheets}"
        need = width(facts.version, REGULAR, TINY) + width(said, REGULAR, TINY) + 12.0
        return said if need <= self.area.width else f"{sheet}/{sheets}"

    def code_room(self, sheet: int, sheets: int) -> tuple[float, float, float]:
        """Left, length and baseline of what is free in the foot between version and place."""
        area, facts = self.area, self.facts
        start = area.left + width(facts.version, REGULAR, TINY)
        end = area.left + area.width - width(self._place(sheet, sheets), REGULAR, TINY)
        base = area.top + area.height + AIR + stacked(self.below) + TINY
        return start, end - start, base

    @staticmethod
    def _foot_line(area: Area, base: float, left: str, middle: str, right: str) -> list[Ink]:
        """Left, middle and right of a line; the middle gives way when it does not fit between."""
        edge = area.left + area.width - width(right, REGULAR, TINY)
        made: list[Ink] = [
            words(area.left, base, left, size=TINY, colour=SECOND),
            words(edge, base, right, size=TINY, colour=TEXT),
        ]
        free = edge - area.left - width(left, REGULAR, TINY)
        need = width(middle, REGULAR, TINY)
        if middle and need + 12.0 <= free:
            start = area.left + width(left, REGULAR, TINY) + (free - need) / 2
            made.append(words(start, base, middle, size=TINY, colour=SECOND))
        return made


def _at(strip: Strip, left: float, top: float) -> Sequence[Ink]:
    return [moved(ink, left, top) for ink in strip.inks]
