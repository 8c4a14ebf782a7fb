"""A course as a drawing: where things lie, in fractions of the drawing, and how they are painted.

Shapes say what colours say: a dot is a value, a diamond the value of this form, a ring a value known only as
``<5``, a dashed line a limit, a pale band what is usual (with high contrast: its two edges, dotted).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from mda5_crf.services.course import Course, Point
from mda5_crf.study.dates import earliest
from mda5_crf.study.operand import Interval
from mda5_crf.ui.theme import ACCENT, FILL, SECONDARY, SOFT, high_contrast, ink

_REACH, _BAND_REACH = Decimal(3), Decimal(1)
"""A limit (an end of the band) that lies farther from the values than they spread, so many times over, is not
drawn: it would press them into a line.
"""
_LEAST = Decimal("0.02")
"""Values that hardly differ are drawn as if they spread over this part of their size: noise is no trend."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One value: ``x`` and ``y`` from 0 to 1, ``y`` upwards. ``ring``: known only as an interval."""

    x: float
    y: float
    point: Point
    ring: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """See the module text. ``lines`` are the heights of the limits in sight with their values."""

    spots: tuple[Spot, ...] = ()
    lines: tuple[tuple[float, Decimal], ...] = ()
    band: tuple[float, float] | None = None
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(1)


def drawing(course: Course) -> Drawing:
    """Where the values of ``course`` lie. The scale comes from the values; near limits widen it."""
    points = [(point, _height(point)) for point in course.drawn]
    seen = [(point, height) for point, height in points if height is not None]
    if not seen:
        return Drawing()
    heights = [height for _, height in seen]
    low, high = min(heights), max(heights)
    spread = max(high - low, max(abs(low), abs(high)) * _LEAST) or Decimal(1)
    limits = [line.at for line in course.thresholds]
    ends = [end for end in course.band or () if end is not None]
    near = [
        at
        for found, reach in ((limits, spread * _REACH), (ends, spread * _BAND_REACH))
        for at in found
        if low - reach <= at <= high + reach
    ]
    low, high = min([low, *near]), max([high, *near])
    if high == low:
        low, high = low - spread / 2, high + spread / 2
    span = high - low

    def at(value: Decimal) -> float:
        return float((value - low) / span)

    across = _across([point for point, _ in seen])
    spots = tuple(
        Spot(x, at(height), point, isinstance(point.data, Interval))
        for x, (point, height) in zip(across, seen, strict=True)
    )
    lines = tuple((at(line), line) for line in limits if low <= line <= high)
    return Drawing(spots, lines, _band(course, at), low, high)


def _height(point: Point) -> Decimal | None:
    """The number, or the known edge of an interval."""
    if isinstance(point.data, Interval):
        return point.data.high if point.data.low is None else point.data.low
    return point.data


def _across(points: list[Point]) -> list[float]:
    """Places in time; one after the other where a date is not known."""
    days = [earliest(point.day) if point.day is not None else None for point in points]
    dated: list[date] = [day for day in days if day is not None]
    count = len(points)
    if count == 1:
        return [0.5]
    if len(dated) < count or dated[0] == dated[-1]:
        return [number / (count - 1) for number in range(count)]
    whole = (dated[-1] - dated[0]).days
    return [(day - dated[0]).days / whole for day in dated]


def _band(course: Course, at: object) -> tuple[float, float] | None:
    assert callable(at)
    if course.band is None:
        return None
    low, high = course.band
    bottom = 0.0 if low is None else min(max(at(low), 0.0), 1.0)
    top = 1.0 if high is None else min(max(at(high), 0.0), 1.0)
    return (bottom, top) if bottom < top else None


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
