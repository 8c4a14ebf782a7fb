"""A guide as plain Markdown, its names and keys filled in: to be read on a web page or at a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mda5_crf.guides.blocks import (
    Block,
    Code,
    Entries,
    Guide,
    Heading,
    Line,
    Paragraph,
    Picture,
    Style,
    Table,
    Warned,
)
from mda5_crf.guides.shelf import picture_name

_AROUND = {Style.PLAIN: "", Style.BOLD: "**", Style.CODE: "`", Style.KEY: "**"}


def as_markdown(guide: Guide, pictures: Collection[str] = (), folder: str = "images") -> str:
    """The text. ``pictures``: file names that lie in ``folder``; others are left out."""
    parts = []
    for block in guide.blocks:
        if isinstance(block, Picture):
            file = picture_name(block, guide.language)
            if file not in pictures:
                continue
            parts.append(f"![{_line(block.caption)}]({folder}/{file})")
        else:
            parts.append("\n".join(_block(block)))
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> Iterator[str]:  # noqa: C901 - one case a kind of block
    match block:
        case Heading(level=level, line=line, anchor=anchor):
            yield f'<a id="{anchor}"></a>'
            yield ""
            yield f"{'#' * level} {_line(line)}"
        case Paragraph(line=line):
            yield _line(line)
        case Entries(numbered=numbered, lines=lines, start=start):
            for number, line in enumerate(lines, start=start):
                yield f"{number}. {_line(line)}" if numbered else f"- {_line(line)}"
        case Table(head=head, rows=rows):
            for place, row in enumerate([head, *rows]):
                yield f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in row)} |"
                if not place:
                    yield "|" + "---|" * len(head)
        case Code(lines=typed):
            yield "```"
            yield from typed
            yield "```"
        case Warned(lines=lines):
            for place, line in enumerate(lines):
                if place:
                    yield ">"
                yield f"> {_line(line)}"
        case Picture():
            return


def _line(line: Line) -> str:
    made = []
    for span in line:
        around = _AROUND[span.style]
        words = span.text.replace("<", "&lt;") if span.style is not Style.CODE else span.text
        made.append(f"{around}{words}{around}")
    return "".join(made)
