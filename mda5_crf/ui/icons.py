"""Our own drawings, by name. SVG, drawn once for each size and pixel ratio."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mda5_crf.settings import resource


class Glyph(StrEnum):
    """The drawings in ``resources/icons``: states of a form, of a field, and what can be done."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    OPEN_QUERY = "open_query"
    SIGNED = "signed"
    LOCKED = "locked"
    NOT_DONE = "not_done"
    CONFLICT = "conflict"
    CROSS = "cross"
    WARNING = "warning"
    CONFIRMED = "confirmed"
    QUERY = "query"
    TICK = "tick"
    SIGMA = "sigma"
    DASH = "dash"
    RING = "ring"
    LOCK = "lock"
    NOTE = "note"
    LIST = "list"
    CLOSED = "closed"
    ADD = "add"
    HERE = "here"
    STICK = "stick"


STATUS_GLYPHS: dict[str, Glyph] = {
    "not_started": Glyph.NOT_STARTED,
    "in_progress": Glyph.IN_PROGRESS,
    "complete": Glyph.COMPLETE,
    "verified": Glyph.COMPLETE,
    "query": Glyph.OPEN_QUERY,
    "signed": Glyph.SIGNED,
    "frozen": Glyph.LOCKED,
    "locked": Glyph.LOCKED,
    "not_done": Glyph.NOT_DONE,
    "conflict": Glyph.CONFLICT,
    "computed": Glyph.SIGMA,
    "closed": Glyph.CLOSED,
    "void": Glyph.CROSS,
    "add": Glyph.ADD,
}
"""The glyph of a form status (services' words)."""


@lru_cache(maxsize=64)
def _renderer(name: str) -> QSvgRenderer:
    path = resource("icons", f"{name}.svg")
    return QSvgRenderer(QByteArray(path.read_bytes()) if path.is_file() else QByteArray())


@lru_cache(maxsize=256)
def _drawn(name: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def pixmap(glyph: Glyph, size: int, ratio: float = 1.0) -> QPixmap:
    """``glyph`` in a square of ``size`` logical pixels, sharp at device pixel ratio ``ratio``."""
    return _drawn(glyph.value, size, ratio)


def icon(glyph: Glyph, size: int = 16) -> QIcon:
    """``glyph`` as an icon, at single, half-again and double resolution."""
    made = QIcon()
    for ratio in (1.0, 1.5, 2.0):
        made.addPixmap(pixmap(glyph, size, ratio))
    return made


def status_icon(status: str, size: int = 16) -> QIcon:
    """The icon of a form status; an unknown status looks not started."""
    return icon(STATUS_GLYPHS.get(status, Glyph.NOT_STARTED), size)
