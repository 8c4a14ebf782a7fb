"""How a course is painted on screen. Where things lie says :mod:`mda5_crf.services.coursedrawing`.

Shapes say what colours say: a dot is a value, a diamond the value of this form, a ring a value known only as
``<5``, a dashed line a limit, a pale band what is usual (with high contrast: its two edges, dotted).
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from mda5_crf.services.coursedrawing import Drawing, Spot
from mda5_crf.ui.theme import ACCENT, FILL, SECONDARY, SOFT, high_contrast, ink


def paint(painter: QPainter, box: QRectF, found: Drawing, dot: float) -> list[QPointF]:
    """Draw into ``box``; ``dot`` is the radius of a value. Returns where the values are."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inside = box.adjusted(1.6 * dot, 1.6 * dot, -1.6 * dot, -1.6 * dot)

    def height(y: float) -> float:
        return inside.bottom() - y * inside.height()

    if found.band is not None:
        _paint_band(painter, box, height(found.band[1]), height(found.band[0]))
    painter.setPen(QPen(ink(SOFT), 1, Qt.PenStyle.DashLine))
    for y, _ in found.lines:
        painter.drawLine(QPointF(box.left(), height(y)), QPointF(box.right(), height(y)))
    places = [QPointF(inside.left() + spot.x * inside.width(), height(spot.y)) for spot in found.spots]
    painter.setPen(QPen(ink(SECONDARY), max(dot / 2, 1)))
    for (one, start), (two, end) in pairwise(zip(found.spots, places, strict=True)):
        if not (one.ring or two.ring):
            painter.drawLine(start, end)
    for spot, at in zip(found.spots, places, strict=True):
        _paint_spot(painter, spot, at, dot)
    painter.restore()
    return places


def _paint_band(painter: QPainter, box: QRectF, top: float, bottom: float) -> None:
    if high_contrast():
        painter.setPen(QPen(ink(SECONDARY), 1, Qt.PenStyle.DotLine))
        for y in (top, bottom):
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    else:
        painter.fillRect(QRectF(box.left(), top, box.width(), bottom - top), QColor(FILL))


def _paint_spot(painter: QPainter, spot: Spot, at: QPointF, dot: float) -> None:
    colour = ink(ACCENT) if spot.point.here else ink(SECONDARY)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(QBrush() if spot.ring else QBrush(colour))
    if spot.point.here:
        size = 1.5 * dot
        corners = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))
    else:
        painter.drawEllipse(at, dot, dot)
