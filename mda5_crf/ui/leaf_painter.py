"""A laid-out page drawn with QPainter: on screen, for the preview, on a printer. The same inks as in the PDF.

One unit of the painter is one point (1/72 inch), the origin the left upper corner of the sheet; who draws
larger scales the painter before. Glyphs come from the shipped fonts by number and stand where the layout has
measured them: no other font, hinting or kerning of the system has a say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QGlyphRun, QPainter, QPainterPath, QPen, QRawFont

from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.fonts import BOLD, FILES, font_folder, runs, width
from mda5_crf.pdf.ink import WATERMARK, Box, Ink, Rule, Shape, Squares, Words
from mda5_crf.pdf.layout import page_size

BOX_LINE = 0.5
"""Width of the edge of a box, as in the PDF."""


def paint(painter: QPainter, leaf: Leaf) -> None:
    """Draw ``leaf``. The sheet itself is not painted: paper is white already. State comes back as it was."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing, on=True)
    if leaf.watermark:
        _watermark(painter, leaf)
    paint_inks(painter, leaf.inks)
    painter.restore()


def paint_inks(painter: QPainter, inks: Iterable[Ink]) -> None:
    """Draw inks alone: a picture on a page of the window. State comes back as it was."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing, on=True)
    for ink in inks:
        if isinstance(ink, Words):
            _words(painter, ink)
        elif isinstance(ink, Box):
            _box(painter, ink)
        elif isinstance(ink, Rule):
            painter.setPen(_pen(ink.colour, ink.thick))
            painter.drawLine(QPointF(ink.x1, ink.y1), QPointF(ink.x2, ink.y2))
        elif isinstance(ink, Shape):
            _shape(painter, ink)
        elif isinstance(ink, Squares):
            _squares(painter, ink)
    painter.restore()


def size_of(leaf: Leaf) -> tuple[float, float]:
    """Width and height of the sheet in points."""
    return page_size(leaf.wide)


@lru_cache(maxsize=64)
def _face(face: str, size: float) -> QRawFont:
    return QRawFont(str(font_folder() / FILES[face]), size, QFont.HintingPreference.PreferNoHinting)


@lru_cache(maxsize=256)
def _colour(value: str) -> QColor:
    return QColor(value)


def _pen(colour: str, thick: float) -> QPen:
    """Ends are cut off square and corners are pointed, as in the PDF."""
    pen = QPen(_colour(colour), thick)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _words(painter: QPainter, ink: Words) -> None:
    painter.setPen(_colour(ink.colour))
    across = ink.x
    for text, face in runs(ink.text, ink.face):
        _run(painter, text, face, ink.size, across, ink.y)
        across += width(text, face, ink.size)


def _run(painter: QPainter, text: str, face: str, size: float, x: float, y: float) -> None:
    raw = _face(face, size)
    glyphs = raw.glyphIndexesForString(text)
    places, across = [], 0.0
    for char in text:
        places.append(QPointF(across, 0.0))
        across += width(char, face, size)
    if len(glyphs) != len(places):  # a character above the first plane counts twice in Qt's strings
        places = _measured(raw, glyphs)
    run = QGlyphRun()
    run.setRawFont(raw)
    run.setGlyphIndexes(glyphs)
    run.setPositions(places)
    painter.drawGlyphRun(QPointF(x, y), run)


def _measured(raw: QRawFont, glyphs: list[int]) -> list[QPointF]:
    places, across = [], 0.0
    for advance in raw.advancesForGlyphIndexes(glyphs):
        places.append(QPointF(across, 0.0))
        across += advance.x()
    return places


def _box(painter: QPainter, ink: Box) -> None:
    painter.setPen(_pen(ink.stroke, BOX_LINE) if ink.stroke else Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(_colour(ink.fill)) if ink.fill else Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(ink.x, ink.y, ink.w, ink.h))


def _shape(painter: QPainter, ink: Shape) -> None:
    path = QPainterPath(QPointF(*ink.points[0]))
    for point in ink.points[1:]:
        path.lineTo(QPointF(*point))
    if ink.closed:
        path.closeSubpath()
    pen = _pen(ink.stroke, ink.thick) if ink.stroke else QPen(Qt.PenStyle.NoPen)
    if ink.stroke and ink.dash:
        pen.setDashPattern([length / ink.thick for length in ink.dash])
    painter.setPen(pen)
    painter.setBrush(QBrush(_colour(ink.fill)) if ink.fill else QBrush(Qt.BrushStyle.NoBrush))
    painter.drawPath(path)


def _squares(painter: QPainter, ink: Squares) -> None:
    """One path, so that nothing shines through between neighbours."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for down, row in enumerate(ink.rows):
        for run in re.finditer("1+", row):
            path.addRect(
                ink.x + run.start() * ink.side, ink.y + down * ink.side, len(run[0]) * ink.side, ink.side
            )
    painter.fillPath(path, QBrush(Qt.GlobalColor.black))


def _watermark(painter: QPainter, leaf: Leaf) -> None:
    """Large pale words across the sheet, below everything else, where the PDF has them."""
    wide, high = size_of(leaf)
    painter.save()
    painter.setPen(_colour(WATERMARK))
    painter.translate(wide / 2, high / 2)
    painter.rotate(-45)
    longest = min(wide, high) * 1.05
    sizes = [min(48.0, 100.0 * longest / max(width(text, BOLD, 100.0), 1.0)) for text in leaf.watermark]
    up = sum(sizes) * 1.3 / 2
    for text, points in zip(leaf.watermark, sizes, strict=True):
        up -= points * 1.3
        across = -width(text, BOLD, points) / 2
        for piece, face in runs(text, BOLD):
            _run(painter, piece, face, points, across, -(up + points * 0.3))
            across += width(piece, face, points)
    painter.restore()
