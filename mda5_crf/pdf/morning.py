"""The morning card: one page a participant for the day of a visit.

What must stand on it (window, values, forms, boxes to write in) keeps its place; lists that may be long give
way, the least urgent first, until the page holds everything, and each says how many of its lines it left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mda5_crf.pdf import ticks, writein
from mda5_crf.pdf.cardinks import HEADING, arrow, bullets, headed, label_line, shortened, side_by_side
from mda5_crf.pdf.fonts import BOLD, REGULAR, width
from mda5_crf.pdf.frame import Frame
from mda5_crf.pdf.ink import (
    BODY,
    HAIRLINE,
    SECOND,
    SMALL,
    TINY,
    Ink,
    Rule,
    Strip,
    gap,
    lines,
    moved,
    stacked,
    words,
)
from mda5_crf.pdf.layout import PAD_X, PAD_Y, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.parts import Laid, Part, Stamp, assemble, framed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Item
from mda5_crf.text import Text, message

_NOTE = 19.0  # from one line for notes to the next
_FEWEST_NOTES = 2
_LONGEST = 2  # lines of one entry of a list
_LISTS = ("missing", "queries", "drugs", "safety", "values", "forms")
"""What may give way, the least urgent first."""
_STEPS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (1, 2, {}),
    (1, 2, dict.fromkeys(_LISTS[:4], 4)),
    (1, 3, {}),
    (1, 3, dict.fromkeys(_LISTS[:4], 2) | {"values": 8}),
    (1, 3, dict.fromkeys(_LISTS[:5], 1)),
    (1, 3, dict.fromkeys(_LISTS, 0)),
)
"""Steps to a card that fits: lines of a name, columns of forms, and how short each list may get."""


@dataclass(frozen=True, slots=True)
class LastValue:
    """A value that matters. ``trend``: -1, 0, 1 against the value before; None where there is no such.

    ``change``: the difference in words. ``outside``: beyond what is usual for this very result.
    """

    label: Text
    value: Text
    day: str
    trend: int | None = None
    change: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class TickForm:
    """A form due: its address (``VS/W12``), its name, and what is to be known of it; ``done`` is ticked."""

    code: str
    name: Text
    status: Text | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Room for a result of today: where it is typed (``VS/W12``) and the item."""

    place: str
    item: Item


@dataclass(frozen=True, slots=True)
class Card:
    """Everything on one card. ``date``: of a visit that has begun, else "". ``window``: what is to be known
    of the visit and the day, the most important first.
    """

    subjid: str
    site: str
    visit: str
    visit_name: Text
    date: str
    window: Sequence[Text]
    safety: Sequence[Text] = ()
    values: Sequence[LastValue] = ()
    drugs: Sequence[Text] = ()
    queries: Sequence[Text] = ()
    missing: Sequence[Text] = ()
    forms: Sequence[TickForm] = ()
    samples: Sequence[tuple[str, Text]] = ()
    sample_place: str = ""
    boxes: Sequence[Box] = ()
    alarm: bool = False
    """A clock of a serious event runs."""


@dataclass(frozen=True, slots=True)
class _Room:
    """How many entries each list may have, lines the name of a form or value, and columns of forms."""

    most: dict[str, int] = field(default_factory=dict)
    name_lines: int = 2
    columns: int = 2


def lay_cards(
    cards: Sequence[Card],
    language: Tongue,
    head: Letterhead,
    *,
    proof: Stamp | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Laid:
    """One page a card. Raises ValueError without cards."""
    voice = Voice(language)
    parts = []
    for number, card in enumerate(cards, start=1):
        parts.append(_part(card, voice, head))
        progress(number, len(cards))
    return assemble(parts, voice, message("cards.morning_many"), head.study, stamp=proof)


def _part(card: Card, voice: Voice, head: Letterhead) -> Part:
    facts = head.facts(
        voice,
        message("cards.morning"),
        f"CARD/{card.visit}",
        subjid=card.subjid,
        site=card.site,
        event=voice.say(card.visit_name),
        event_date=card.date,
    )
    frames = framed(facts, voice)
    title = f"{card.subjid} {voice.say(card.visit_name)}"
    return Part(facts, frames, fitted(card, voice, frames[0]), ((0, title),), goal=f"card-{card.subjid}")


def fitted(card: Card, voice: Voice, frame: Frame) -> list[Row]:
    """The rows of a card, never higher than the page."""
    free = frame.area.height - _FEWEST_NOTES * _NOTE - HEADING - 2 * PAD_Y
    sections = _Sections(card, voice)
    room = _Room({name: len(getattr(card, name)) for name in _LISTS})
    for name_lines, columns, least in _STEPS:
        if sections.height(room) > free:
            room = _Room(room.most, name_lines, columns)
        for name, fewest in least.items():
            while (over := sections.height(room) - free) > 0 and room.most[name] > fewest:
                most = room.most[name]
                entry = sections.row(name, room).height / most  # on average; not too many at once
                less = max(1, min(most - fewest, int(0.6 * over / entry)))
                room = _Room({**room.most, name: most - less}, name_lines, columns)
    spare = frame.area.height - sections.height(room)
    return [*sections.rows(room), _notes(voice, spare)]


class _Sections:
    """The sections of a card, each laid once for the room it has."""

    def __init__(self, card: Card, voice: Voice) -> None:
        self._card, self._voice = card, voice
        self._made: dict[tuple[str, int, int, int], Row] = {}
        fixed = {"window": True, "samples": bool(card.samples), "boxes": bool(card.boxes)}
        always = ("values", "drugs", "queries", "missing")
        self._names = [
            name
            for name in ("window", "safety", *always, "forms", "samples", "boxes")
            if fixed.get(name, name in always or bool(getattr(card, name, ())))
        ]

    def rows(self, room: _Room) -> list[Row]:
        """All of them, in the order of the page."""
        return [self.row(name, room) for name in self._names]

    def height(self, room: _Room) -> float:
        """How high they are together."""
        return sum(row.height for row in self.rows(room))

    def row(self, name: str, room: _Room) -> Row:
        """One of them."""
        key = (name, room.most.get(name, 0), room.name_lines, room.columns)
        if key not in self._made:
            self._made[key] = _one(_section(self._card, self._voice, name, room, UPRIGHT_WIDTH - 2 * PAD_X))
        return self._made[key]


def _section(card: Card, voice: Voice, name: str, room: _Room, full: float) -> list[Strip]:
    if name == "window":
        return _window(card, voice, full)
    if name == "values":
        return headed(voice, message("cards.values"), _values(card, voice, room, full), full)
    if name == "forms":
        return headed(voice, message("cards.forms"), _forms(card, voice, room, full), full)
    if name == "samples":
        return headed(voice, message("cards.samples"), _samples(card, voice, full), full)
    if name == "boxes":
        return headed(voice, message("cards.write"), _boxes(card, voice, full), full)
    texts: Sequence[Text] = getattr(card, name)
    strips = bullets(voice, texts, room.most[name], full, _LONGEST)
    if name == "drugs":
        return headed(voice, message("cards.drugs"), strips or _none(voice, "no_drugs", full), full)
    if name == "safety":
        return headed(voice, message("cards.safety_clock" if card.alarm else "cards.safety"), strips, full)
    return headed(voice, message(f"cards.{name}", count=len(texts)), strips, full)


def _one(strips: Sequence[Strip]) -> Row:
    return Row((Cell(0.0, UPRIGHT_WIDTH, tuple(strips)),), edge="grid")


def _none(voice: Voice, code: str, room: float) -> list[Strip]:
    return voice.lines(message(f"cards.{code}"), room, size=SMALL, colour=SECOND)


def _window(card: Card, voice: Voice, room: float) -> list[Strip]:
    """The first two lines large, what is left as one paragraph a language."""
    made = [strip for text in card.window[:2] for strip in voice.lines(text, room, bold=True)]
    for language in voice.languages:
        said = " ".join(text.in_(language) for text in card.window[2:])
        made += shortened(said, room, 4) if said else []
    return made


def _values(card: Card, voice: Voice, room: _Room, across: float) -> list[Strip]:
    """Two columns, read down the first one."""
    if not card.values:
        return _none(voice, "no_values", across)
    each = across / 2
    shown = [
        _value(value, voice, each - 8.0, room.name_lines) for value in card.values[: room.most["values"]]
    ]
    made = side_by_side(shown, 2, each)
    left = len(card.values) - len(shown)
    if left:
        made += voice.lines(message("cards.more", count=left), across, size=SMALL, colour=SECOND)
    return made


def _value(value: LastValue, voice: Voice, room: float, most: int) -> Strip:
    """Name, value, arrow with the change, day."""
    name, said, change, day = (share * room for share in (0.0, 0.4, 0.69, 0.85))
    names = shortened(voice.say(value.label), said - 3.0, most)
    result = voice.parts(value.value)[0] + (" !" if value.outside else "")
    size = SMALL if width(result, BOLD, SMALL) <= change - said - 2.0 else TINY
    inks: list[Ink] = [
        *label_line(result, said, change - said - 2.0, size=size, bold=size == SMALL),
        *label_line(value.day, day, room - day, size=TINY),
    ]
    if value.trend is not None:
        inks += arrow(value.trend, change, 1.5)
        inks += label_line(value.change, change + 9.0, day - change - 10.0, size=TINY)
    down = 0.0
    for strip in names:
        inks += [moved(ink, name, down) for ink in strip.inks]
        down += strip.height
    line = max(down, SMALL * 1.25) + 1.5
    inks.append(Rule(0.0, line - 0.6, room, line - 0.6, HAIRLINE, 0.3))
    return Strip(line, tuple(inks))


def _forms(card: Card, voice: Voice, room: _Room, across: float) -> list[Strip]:
    """Forms to tick off in columns."""
    each = across / room.columns
    shown = card.forms[: room.most["forms"]]
    made = side_by_side(
        [_form(form, voice, each - 8.0, room.name_lines) for form in shown], room.columns, each
    )
    left = len(card.forms) - len(shown)
    if left:
        made += voice.lines(message("cards.more", count=left), across, size=SMALL, colour=SECOND)
    return made


def _form(form: TickForm, voice: Voice, room: float, most: int) -> Strip:
    box = ticks.box_width(BODY)
    mark = ticks.TICKED if form.done else ticks.EMPTY
    inks: list[Ink] = [words(0.0, BODY * 0.97, mark, size=BODY)]
    code = width(form.code, REGULAR, SMALL) + 5.0
    inks.append(words(box, BODY * 0.97, form.code, size=SMALL, colour=SECOND))
    said = voice.say(form.name) + (f" ({voice.say(form.status)})" if form.status is not None else "")
    down = 0.0
    for strip in shortened(said, room - box - code, most):
        inks += [moved(ink, box + code, down + 0.6) for ink in strip.inks]
        down += strip.height
    return Strip(max(down, BODY * 1.25) + 1.0, tuple(inks))


def _samples(card: Card, voice: Voice, room: float) -> list[Strip]:
    captions = [(code, f"{voice.say(text)} ______") for code, text in card.samples]
    place = voice.say(message("cards.samples_at", place=card.sample_place))
    return [*ticks.options(captions, (), room, size=BODY), *lines(place, room, size=TINY, colour=SECOND)]


def _boxes(card: Card, voice: Voice, room: float) -> list[Strip]:
    """Combs in columns; above each what it asks, below where it is typed."""
    columns = 4
    each = room / columns
    made: list[Strip] = []
    for start in range(0, len(card.boxes), columns):
        inks: list[Ink] = []
        tallest = 0.0
        for place, box in enumerate(card.boxes[start : start + columns]):
            strips = _box(box, voice, each - 8.0)
            down = 0.0
            for strip in strips:
                inks += [moved(ink, place * each, down) for ink in strip.inks]
                down += strip.height
            tallest = max(tallest, down)
        made.append(Strip(tallest + 2.0, tuple(inks)))
    return made


def _box(box: Box, voice: Voice, room: float) -> list[Strip]:
    item = box.item
    comb = writein.shape(item)
    if comb is None:
        wide = writein.box_width(item, room)
        inks: tuple[Ink, ...] = writein.frame(wide)
    else:
        wide, inks = writein.comb(comb)
    unit = words(wide + 4.0, 11.0, item.unit, size=SMALL) if item.unit else None
    caption = shortened(voice.say(item.label), room, 1)
    code = shortened(f"{box.place} {item.name}", room, 1, size=TINY, colour=SECOND)
    field = Strip(writein.TALL + 1.5, (*inks, unit) if unit is not None else inks)
    return [*caption, gap(1.5), field, *code]


def _notes(voice: Voice, spare: float) -> Row:
    """What room is left, ruled to write on."""
    room = UPRIGHT_WIDTH - 2 * PAD_X
    title = headed(voice, message("cards.notes"), [], room)
    count = max(int((spare - stacked(title) - 2 * PAD_Y) / _NOTE), 0)
    ruled = [Strip(_NOTE, (Rule(0.0, _NOTE - 2.0, room, _NOTE - 2.0, HAIRLINE, 0.6),))] * count
    return Row((Cell(0.0, UPRIGHT_WIDTH, (*title, *ruled, gap(0.1))),), edge="")
