"""How a form stands, drawn: the signs of the window as shapes. A letter says the same beside each.

Shape and letter carry the meaning; nothing is lost in grey.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from mda5_crf.pdf.ink import QUERY, SECOND, TEXT, Box, Ink, Rule, Shape

LETTERS: Mapping[str, str] = {
    "not_started": "N",
    "in_progress": "P",
    "complete": "C",
    "verified": "V",
    "signed": "S",
    "frozen": "F",
    "locked": "L",
    "not_done": "D",
    "incomplete": "I",
    "closed": "X",
    "computed": "A",
}
"""The letter of each status; 'A' is worked out automatically."""
OPEN = "query"
_CORNERS = 20


def sign(status: str, x: float, y: float, size: float) -> list[Ink]:
    """The sign of a status in a square of ``size`` points whose upper left corner is ``x``, ``y``."""
    middle, half = (x + size / 2, y + size / 2), size / 2

    def corner(across: float, down: float) -> tuple[float, float]:
        return middle[0] + across * half, middle[1] + down * half

    if status == OPEN:
        return [_shape([corner(0, -0.9), corner(0.95, 0.8), corner(-0.95, 0.8)], fill=QUERY)]
    if status in ("complete", "verified"):
        return [_shape(_circle(middle, 0.85 * half), fill=TEXT)]
    if status == "signed":
        diamond = [corner(0, -1), corner(1, 0), corner(0, 1), corner(-1, 0)]
        tick = (corner(-0.4, 0.0), corner(-0.1, 0.3), corner(0.42, -0.3))
        return [_shape(diamond, fill=TEXT), Shape(tick, "#ffffff", "", 0.9, closed=False)]
    if status in ("frozen", "locked"):
        box = Box(x + 0.1 * size, y + 0.1 * size, 0.8 * size, 0.8 * size, TEXT, TEXT)
        hole = Box(x + 0.32 * size, y + 0.46 * size, 0.36 * size, 0.26 * size, "", "#ffffff")
        return [box, hole]
    if status == "not_done":
        return [Box(x, y + 0.4 * size, size, 0.2 * size, "", SECOND)]
    if status == "computed":
        sigma = (corner(0.7, -0.6), corner(0.7, -0.85), corner(-0.7, -0.85), corner(0.1, 0))
        rest = (corner(-0.7, 0.85), corner(0.7, 0.85), corner(0.7, 0.6))
        return [Shape((*sigma, *rest), SECOND, "", 0.9, closed=False)]
    ring = _shape(_circle(middle, 0.8 * half), stroke=SECOND)
    if status in ("in_progress", "incomplete"):
        left = [point for point in _circle(middle, 0.8 * half) if point[0] <= middle[0] + 0.01]
        return [ring, _shape(left, fill=TEXT)]
    if status == "closed":
        (left_x, left_y), (right_x, right_y) = corner(-0.55, 0.55), corner(0.55, -0.55)
        return [ring, Rule(left_x, left_y, right_x, right_y, SECOND, 0.8)]
    return [ring]


def _circle(middle: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    """Corners of what looks like a circle, from the top to the left."""
    steps = [math.pi / 2 + 2 * math.pi * number / _CORNERS for number in range(_CORNERS)]
    return [
        (round(middle[0] + radius * math.cos(step), 3), round(middle[1] - radius * math.sin(step), 3))
        for step in steps
    ]


def _shape(points: list[tuple[float, float]], *, fill: str = "", stroke: str = "") -> Shape:
    return Shape(tuple(points), stroke, fill, 0.9, closed=True)
