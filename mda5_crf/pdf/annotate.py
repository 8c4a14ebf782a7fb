"""Annotations of a form by the SDTM Metadata Submission Guidelines 2.0: read, coloured, drawn as page text.

An annotation of the definition reads ``LBORRES / LBORRESU when LBTESTCD = CK`` or ``TBIMG in SUPPIS`` or
``[NOT SUBMITTED]``. In a table what all cells of a column share stands in its heading, what all cells
of a row share beside its label, and the rest in the cell: together they say the whole annotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, width
from mda5_crf.pdf.ink import SMALL, TEXT, TINY, Box, Ink, Shape, Strip, words
from mda5_crf.pdf.lines import wrap
from mda5_crf.pdf.voice import Voice
from mda5_crf.study import sdtm
from mda5_crf.study.model import Form, Item
from mda5_crf.study.sdtm import NOT_SUBMITTED
from mda5_crf.text import message

# The guideline's sequence of four that stay apart for people who see colours otherwise; the letters of the
# data set stand in the text too.
COLOURS: Final = ("#bfffff", "#ffff96", "#96ff96", "#ffbe9b")
NEUTRAL: Final = "#e6e6e6"
FRAME: Final = "#404040"
_AIR = 2.0


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation taken apart. ``head`` as it is written before ``when``; ``domains`` it belongs to."""

    head: str
    conditions: tuple[str, ...]
    domains: tuple[str, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """What can be shared with neighbours: the head, and each condition."""
        return (self.head, *self.conditions)


def read(text: str, form: Form) -> Annotation:
    """Take an annotation of ``form`` apart. A form of analysis data alone has no data set."""
    found = sdtm.read(text)
    domains = dict.fromkeys(sdtm.domain_of(one, form.domain) for one in found.targets)
    domains.pop("", None)
    return Annotation(found.head, found.conditions, tuple(domains))


class Notes:
    """The annotations of one form, and how they are drawn."""

    def __init__(self, form: Form, voice: Voice) -> None:
        self.voice = voice
        self._read = {
            item.name: read(item.sdtm, form) for group in form.groups for item in group.items if item.sdtm
        }
        found = dict.fromkeys(domain for one in self._read.values() for domain in one.domains)
        own = [form.domain] if form.domain in found else []
        self.domains = tuple(dict.fromkeys([*own, *found]))
        self.colours: Mapping[str, str] = dict(zip(self.domains, COLOURS, strict=False))

    def banner(self, room: float) -> list[Strip]:
        """The data sets of the form in their colours, bold; dashed when nothing of it is submitted."""
        if not self.domains:
            return [_boxed([NOT_SUBMITTED], room, "", SMALL, bold=True)]
        inks: list[Ink] = []
        across = down = 0.0
        high = SMALL * LEADING + 2 * _AIR
        for code in self.domains:
            name = self.voice.say(message("acrf.domain_line", code=code, name=message(f"acrf.domain_{code}")))
            need = width(name, BOLD, SMALL) + 3 * _AIR
            if across and across + need > room:
                across, down = 0.0, down + high + 2.0
            inks.append(Box(across, down, need, high, FRAME, self.colours.get(code, NEUTRAL)))
            inks.append(words(across + 1.5 * _AIR, down + _AIR + SMALL * ASCENT, name, size=SMALL, bold=True))
            across += need + 4.0
        return [Strip(down + high + 3.0, tuple(inks))]

    def item(self, item: Item, room: float) -> list[Strip]:
        """The whole annotation of a question."""
        one = self._read.get(item.name)
        return [self._drawn([one], one.tokens, room, SMALL)] if one is not None else []

    def column(self, items: Sequence[Item], room: float) -> list[Strip]:
        """What all annotations of a column share."""
        read_ones = self._of(items)
        shared = _shared(read_ones)
        return [self._drawn(read_ones, shared, room, TINY)] if shared else []

    def row(self, items: Sequence[Item], columns: Sequence[Sequence[Item]], room: float) -> list[Strip]:
        """What all annotations of a row share and their columns do not say."""
        left = self._row_tokens(items, columns)
        return [self._drawn(self._of(items), left, room, SMALL)] if left else []

    def cell(
        self,
        item: Item,
        column: Sequence[Item],
        row: Sequence[Item],
        columns: Sequence[Sequence[Item]],
        room: float,
    ) -> list[Strip]:
        """What neither the heading nor the label says of this cell."""
        one = self._read.get(item.name)
        if one is None:
            return []
        said = {*_shared(self._of(column)), *self._row_tokens(row, columns)}
        left = [token for token in one.tokens if token not in said]
        return [self._drawn([one], left, room, TINY)] if left else []

    def _row_tokens(self, items: Sequence[Item], columns: Sequence[Sequence[Item]]) -> list[str]:
        by_column = {token for column in columns for token in _shared(self._of(column))}
        return [token for token in _shared(self._of(items)) if token not in by_column]

    def _of(self, items: Iterable[Item]) -> list[Annotation]:
        return [self._read[item.name] for item in items if item.name in self._read]

    def _drawn(self, ones: Sequence[Annotation], tokens: Sequence[str], room: float, size: float) -> Strip:
        """A box with a part of annotations: heads before ``when``, conditions after it."""
        heads = [token for token in tokens if any(token == one.head for one in ones)]
        conditions = [token for token in tokens if token not in heads]
        told = " ".join([*heads, *(["when", " and ".join(conditions)] if conditions else [])])
        domains = {domain for one in ones for domain in one.domains}
        submitted = any(one.head != NOT_SUBMITTED for one in ones)
        colour = self.colours.get(next(iter(domains)), NEUTRAL) if len(domains) == 1 else NEUTRAL
        texts = wrap(told, REGULAR, size, max(room - 3 * _AIR, size))
        return _boxed(texts, room, colour if submitted else "", size)


def _shared(ones: Sequence[Annotation]) -> list[str]:
    """The tokens of the first annotation that all of them have."""
    if not ones:
        return []
    return [token for token in ones[0].tokens if all(token in one.tokens for one in ones)]


def _boxed(texts: Sequence[str], room: float, fill: str, size: float, *, bold: bool = False) -> Strip:
    """Lines in a box as wide as they need; without ``fill`` white with a dashed frame."""
    face = BOLD if bold else REGULAR
    across = min(max(width(text, face, size) for text in texts) + 3 * _AIR, room)
    lead = size * LEADING
    high = len(texts) * lead + _AIR
    inks: list[Ink] = []
    if fill:
        inks.append(Box(0.0, 1.0, across, high, FRAME, fill))
    else:
        corners = ((0.0, 1.0), (across, 1.0), (across, 1.0 + high), (0.0, 1.0 + high))
        inks.append(Shape(corners, FRAME, "#ffffff", 0.5, closed=True, dash=(2.0, 1.5)))
    for index, text in enumerate(texts):
        base = 1.0 + _AIR / 2 + index * lead + size * (ASCENT + 0.09)
        inks.append(words(1.5 * _AIR, base, text, size=size, bold=bold, colour=TEXT))
    return Strip(high + 2.0, tuple(inks))
