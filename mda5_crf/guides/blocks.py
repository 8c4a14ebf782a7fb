"""What a guide is made of: blocks of spans. Nothing here knows of files, paper or windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from mda5_crf.text import Language


class Style(StrEnum):
    """How a piece of a line is set. ``KEY``: a key, or the place of a command in the menus."""

    PLAIN = "plain"
    BOLD = "bold"
    CODE = "code"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line, never markup."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]
"""The pieces of a paragraph, of one entry of a list, of one cell."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1 is the title of the guide, 2 a chapter, 3 a part of one. ``anchor``: its name, for ever."""

    level: int
    anchor: str
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of one level, numbered from ``start`` or with points. A picture between two steps parts them."""

    numbered: bool
    lines: tuple[Line, ...]
    start: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A heading row and rows of as many cells."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines as they are typed at a terminal."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A box around what must not be overlooked: one line a paragraph."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The window in the language of the guide: a scene, its text size in percent, what is to be seen."""

    scene: str
    size: int
    caption: Line


Block = Heading | Paragraph | Entries | Table | Code | Warned | Picture


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide in one language."""

    name: str
    language: Language
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        """The words of its first heading, else its name."""
        return next((plain(one.line) for one in self.headings), self.name)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Its headings in order."""
        return tuple(one for one in self.blocks if isinstance(one, Heading))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Its pictures in order."""
        return tuple(one for one in self.blocks if isinstance(one, Picture))


def plain(line: Line) -> str:
    """The words alone."""
    return "".join(span.text for span in line)


def lines_of(block: Block) -> Iterator[Line]:
    """Every line of a block, in reading order; a line of code is one span."""
    match block:
        case Heading(line=line) | Paragraph(line=line) | Picture(caption=line):
            yield line
        case Entries(lines=lines) | Warned(lines=lines):
            yield from lines
        case Table(head=head, rows=rows):
            yield from head
            for row in rows:
                yield from row
        case Code(lines=typed):
            yield from ((Span(one, Style.CODE),) for one in typed)


def words_of(blocks: Iterable[Block]) -> str:
    """All words of blocks, a line each."""
    return "\n".join(plain(line) for block in blocks for line in lines_of(block))


def structure(guide: Guide) -> list[str]:
    """What must be the same in both languages: headings with anchors, and the kinds and sizes between."""
    return [_shape(block) for block in guide.blocks]


def _shape(block: Block) -> str:
    match block:
        case Heading(level=level, anchor=anchor):
            return f"{'#' * level} {anchor}"
        case Entries(numbered=numbered, lines=lines, start=start):
            return f"{f'{start}.' if numbered else '-'} {len(lines)}"
        case Table(head=head, rows=rows):
            return f"| {len(head)} × {len(rows)}"
        case Code(lines=typed):
            return f"``` {len(typed)}"
        case Picture(scene=scene, size=size):
            return f"! {scene}/{size}"
        case Warned():
            return ">"
        case Paragraph():
            return "paragraph"
