"""Laid-out pages become PDF bytes. The only module that draws with reportlab.

The file has no date and no random part: the same pages give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from mda5_crf.pdf.fonts import BOLD, REGULAR, register, runs, width
from mda5_crf.pdf.image import draw_image
from mda5_crf.pdf.ink import WATERMARK, Box, Goal, Image, Ink, Jump, Rule, Shape, Squares, Words
from mda5_crf.pdf.layout import page_size

rl_config.useA85 = 0  # binary streams: smaller files, a tenth less time


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page ready to draw. ``bookmarks``: level from 0, title, y from the top edge."""

    wide: bool
    inks: Sequence[Ink]
    bookmarks: Sequence[tuple[int, str, float]] = ()
    watermark: Sequence[str] = ()


def render(
    leaves: Sequence[Leaf],
    *,
    title: str,
    subject: str,
    author: str,
    locale: str,
    outline: Sequence[tuple[int, str, str]] = (),
    drawn: Callable[[int], None] = lambda _leaves: None,
) -> bytes:
    """The document as bytes, made in memory. ``drawn`` is told the number of pages after each.

    ``outline``: further bookmarks below those of the pages: level from 0, title, name of a goal.
    """
    register()
    out = io.BytesIO()
    canvas = Canvas(
        out, pageCompression=1, invariant=1, initialFontName=REGULAR, initialFontSize=9, lang=locale
    )
    canvas.setTitle(title)
    canvas.setSubject(subject)
    canvas.setAuthor(author)
    canvas.setCreator("MDA5-CRF")
    canvas.setProducer("MDA5-CRF")
    # reportlab knows a bookmark by its place alone: two of the same place need a name each.
    aliases: dict[str, list[str]] = {}
    for place, (_, _, goal) in enumerate(outline):
        aliases.setdefault(goal, []).append(f"o{place}")
    painter = _Painter(canvas, aliases)
    for number, leaf in enumerate(leaves):
        painter.leaf(number, leaf)
        drawn(number + 1)
    for place, (level, entry, _) in enumerate(outline):
        canvas.addOutlineEntry(entry, f"o{place}", level=level, closed=level > 0)
    canvas.showOutline()
    canvas.save()
    return out.getvalue()


class _Painter:
    def __init__(self, canvas: Canvas, aliases: Mapping[str, Sequence[str]]) -> None:
        self.canvas = canvas
        self.aliases = aliases
        self.height = 0.0
        self.colours: dict[str, object] = {}

    def colour(self, value: str) -> object:
        if value not in self.colours:
            self.colours[value] = HexColor(value)
        return self.colours[value]

    def leaf(self, number: int, leaf: Leaf) -> None:
        canvas = self.canvas
        size = page_size(leaf.wide)
        self.height = size[1]
        canvas.setPageSize(size)
        for index, (level, title, down) in enumerate(leaf.bookmarks):
            key = f"p{number}b{index}"
            canvas.bookmarkHorizontal(key, 0, self.height - down)
            canvas.addOutlineEntry(title, key, level=level, closed=level > 0)
        if leaf.watermark:
            self._watermark(leaf.watermark, size)
        for kind, found in groupby(leaf.inks, type):
            if kind is Words:
                self._words(found)
            else:
                for ink in found:
                    self._ink(ink)
        canvas.showPage()

    def _ink(self, ink: Ink) -> None:
        """Anything but words."""
        if isinstance(ink, Box):
            self._box(ink)
        elif isinstance(ink, Rule):
            self._rule(ink)
        elif isinstance(ink, Shape):
            self._shape(ink)
        elif isinstance(ink, Squares):
            self._squares(ink)
        elif isinstance(ink, Goal):
            for name in (ink.name, *self.aliases.get(ink.name, ())):
                self.canvas.bookmarkHorizontal(name, 0, self.height - ink.y)
        elif isinstance(ink, Jump):
            self._jump(ink)
        elif isinstance(ink, Image):
            draw_image(self.canvas, ink, self.height)

    def _words(self, found: Iterator[Ink]) -> None:
        """Neighbours in one text object: colour and face are said where they change."""
        text = self.canvas.beginText()
        colour, font = "", ("", 0.0)
        for ink in found:
            assert isinstance(ink, Words)
            across, up = ink.x, self.height - ink.y
            if ink.colour != colour:
                colour = ink.colour
                text.setFillColor(self.colour(colour))
            for piece, face in runs(ink.text, ink.face):
                if (face, ink.size) != font:
                    font = (face, ink.size)
                    text.setFont(face, ink.size)
                text.setTextOrigin(across, up)
                text.textOut(piece)
                across += width(piece, face, ink.size)
        self.canvas.drawText(text)

    def _box(self, ink: Box) -> None:
        canvas = self.canvas
        if ink.fill:
            canvas.setFillColor(self.colour(ink.fill))
        if ink.stroke:
            canvas.setStrokeColor(self.colour(ink.stroke))
            canvas.setLineWidth(0.5)
        canvas.rect(
            ink.x,
            self.height - ink.y - ink.h,
            ink.w,
            ink.h,
            stroke=int(bool(ink.stroke)),
            fill=int(bool(ink.fill)),
        )

    def _rule(self, ink: Rule) -> None:
        canvas = self.canvas
        canvas.setStrokeColor(self.colour(ink.colour))
        canvas.setLineWidth(ink.thick)
        canvas.line(ink.x1, self.height - ink.y1, ink.x2, self.height - ink.y2)

    def _shape(self, ink: Shape) -> None:
        canvas = self.canvas
        canvas.saveState()  # for the dashes
        path = canvas.beginPath()
        path.moveTo(ink.points[0][0], self.height - ink.points[0][1])
        for x, y in ink.points[1:]:
            path.lineTo(x, self.height - y)
        if ink.closed:
            path.close()
        if ink.fill:
            canvas.setFillColor(self.colour(ink.fill))
        if ink.stroke:
            canvas.setStrokeColor(self.colour(ink.stroke))
            canvas.setLineWidth(ink.thick)
            canvas.setDash(list(ink.dash))
        canvas.drawPath(path, stroke=int(bool(ink.stroke)), fill=int(bool(ink.fill)))
        canvas.restoreState()

    def _squares(self, ink: Squares) -> None:
        """One filled path: neighbours in a row as one rectangle, so that no hairline parts them.

        The grid is scaled to squares of one unit, so that the path is whole numbers, the same for the same
        rows: reportlab's own rectangles, with their fractions, took as long as the words of a page.
        """
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(self.colour("#000000"))
        canvas.translate(ink.x, self.height - ink.y - len(ink.rows) * ink.side)
        canvas.scale(ink.side, ink.side)
        code = [
            f"{run.start()} {up} {len(run[0])} 1 re"
            for up, row in enumerate(reversed(ink.rows))
            for run in re.finditer("1+", row)
        ]
        canvas.drawPath(PDFPathObject(code), stroke=0, fill=1)
        canvas.restoreState()

    def _jump(self, ink: Jump) -> None:
        top = self.height - ink.y
        self.canvas.linkRect(
            "", ink.goal, (ink.x, top - ink.h, ink.x + ink.w, top), thickness=0, Border="[0 0 0]"
        )

    def _watermark(self, texts: Sequence[str], size: tuple[float, float]) -> None:
        """Large pale words across the page, below everything else."""
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(self.colour(WATERMARK))
        canvas.translate(size[0] / 2, size[1] / 2)
        canvas.rotate(45)
        longest = min(size) * 1.05  # set at 45°, this and two lines stay on the paper
        sizes = [min(48.0, 100.0 * longest / max(width(text, BOLD, 100.0), 1.0)) for text in texts]
        down = sum(sizes) * 1.3 / 2
        for text, points in zip(texts, sizes, strict=True):
            down -= points * 1.3
            across = -width(text, BOLD, points) / 2
            for piece, face in runs(text, BOLD):
                canvas.setFont(face, points)
                canvas.drawString(across, down + points * 0.3, piece)
                across += width(piece, face, points)
        canvas.restoreState()
