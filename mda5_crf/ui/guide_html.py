"""A guide as rich text of the window. Every word of it is escaped; nothing in it leads out of the program."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html import escape
from typing import Final

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

_CODE: Final = "background-color:#eceff1"
SCHEME: Final = "picture:"
"""Before the name of a picture; the browser resolves nothing else."""


def as_html(guide: Guide, pictures: Collection[str], *, width: int, tinted: bool) -> str:
    """The whole guide. ``pictures``: names of those that are there, shown ``width`` pixels wide at most;
    ``tinted``: with pale grounds, not under high contrast.
    """
    return "".join(_block(block, guide, pictures, width, tinted) for block in guide.blocks)


def _block(block: Block, guide: Guide, pictures: Collection[str], width: int, tinted: bool) -> str:
    match block:
        case Heading(level=level, anchor=anchor, line=line):
            return f'<h{level}><a name="{escape(anchor)}"></a>{_line(line, tinted)}</h{level}>'
        case Paragraph(line=line):
            return f"<p>{_line(line, tinted)}</p>"
        case Entries(numbered=numbered, lines=lines, start=start):
            tag = f'ol start="{start}"' if numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{_line(one, tinted)}</li>' for one in lines)}</{tag[:2]}>"
        case Table():
            return "".join(_table(block, tinted))
        case Code(lines=typed):
            ground = ' bgcolor="#eceff1"' if tinted else ""
            words = "<br>".join(escape(one).replace(" ", "&nbsp;") for one in typed)
            return f'<table width="100%" cellpadding="6"{ground}><tr><td>{words}</td></tr></table>'
        case Warned(lines=lines):
            ground = ' bgcolor="#fff4d6"' if tinted else ""
            words = "".join(f"<p>{_line(one, tinted)}</p>" for one in lines)
            mark = '<td width="24" align="center"><b>!</b></td>'
            return f'<table width="100%" cellpadding="4"{ground}><tr>{mark}<td>{words}</td></tr></table>'
        case Picture(caption=caption):
            name = picture_name(block, guide.language)
            if name not in pictures:
                return ""
            shown = f'<img src="{SCHEME}{escape(name)}" width="{width}">'
            return f"<p>{shown}<br><small>{_line(caption, tinted)}</small></p>"


def _table(block: Table, tinted: bool) -> Iterator[str]:
    ground = ' bgcolor="#eceff1"' if tinted else ""
    yield '<table width="100%" border="1" cellspacing="0" cellpadding="4">'
    heads = [f'<th align="left">{_line(cell, tinted)}</th>' for cell in block.head]
    yield f"<tr{ground}>{''.join(heads)}</tr>"
    for row in block.rows:
        yield f"<tr>{''.join(f'<td>{_line(cell, tinted)}</td>' for cell in row)}</tr>"
    yield "</table>"


def _line(line: Line, tinted: bool) -> str:
    made = []
    for span in line:
        words = escape(span.text)
        if span.style in (Style.BOLD, Style.KEY):
            words = f"<b>{words}</b>"
        elif span.style is Style.CODE:
            words = f'<span style="{_CODE}">{words}</span>' if tinted else words
        made.append(words)
    return "".join(made)
