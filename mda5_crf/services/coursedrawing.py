"""A course as a drawing: where values, limits and the usual band lie, in fractions of the drawing.

No Qt here: the window paints it, the casebook prints it, at the same places.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mda5_crf.services.course import Course, Point
from mda5_crf.study.dates import earliest
from mda5_crf.study.operand import Interval

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
