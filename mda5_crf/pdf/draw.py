"""Laid-out pages become PDF bytes. The only module that draws with reportlab.

The file has no date and no random part: the same pages give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from mda5_crf.pdf.fonts import BOLD, REGULAR, register, runs, width
from mda5_crf.pdf.ink import WATERMARK, Box, Goal, Ink, Jump, Rule, Shape, Squares, Words
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
    painter = _Painter(canvas)
    for number, leaf in enumerate(leaves):
        painter.leaf(number, leaf)
        drawn(number + 1)
    for level, entry, goal in outline:
        canvas.addOutlineEntry(entry, goal, level=level, closed=level > 0)
    canvas.showOutline()
    canvas.save()
    return out.getvalue()


class _Painter:
    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
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
        for ink in leaf.inks:
            if isinstance(ink, Words):
                self._words(ink)
            elif isinstance(ink, Box):
                self._box(ink)
            elif isinstance(ink, Rule):
                self._rule(ink)
            elif isinstance(ink, Shape):
                self._shape(ink)
            elif isinstance(ink, Squares):
                self._squares(ink)
            elif isinstance(ink, Goal):
                canvas.bookmarkHorizontal(ink.name, 0, self.height - ink.y)
            else:
                self._jump(ink)
        canvas.showPage()

    def _words(self, ink: Words) -> None:
        canvas, across = self.canvas, ink.x
        if not ink.text:
            return
        canvas.setFillColor(self.colour(ink.colour))
        for text, face in runs(ink.text, ink.face):
            canvas.setFont(face, ink.size)
            canvas.drawString(across, self.height - ink.y, text)
            across += width(text, face, ink.size)

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
        """One filled path: neighbours in a row as one rectangle, so that no hairline parts them."""
        canvas = self.canvas
        canvas.setFillColor(self.colour("#000000"))
        path = canvas.beginPath()
        for down, row in enumerate(ink.rows):
            for run in re.finditer("1+", row):
                path.rect(
                    ink.x + run.start() * ink.side,
                    self.height - ink.y - (down + 1) * ink.side,
                    len(run[0]) * ink.side,
                    ink.side,
                )
        canvas.drawPath(path, stroke=0, fill=1)

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
