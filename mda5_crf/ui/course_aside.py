"""What stands beside the focused question: the last value in words, and its course as a small drawing.

It takes only room that is left between the unit (or the quiet words) and the state icon, in one line; where
there is too little, first the drawing goes, then the words, which then stand in the status line.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintDevice, QPainter, QPixmap

from mda5_crf.services.course import Course
from mda5_crf.services.coursedrawing import drawing
from mda5_crf.ui.course_drawing import paint
from mda5_crf.ui.course_words import beside
from mda5_crf.ui.language import speak
from mda5_crf.ui.theme import SECONDARY, ink

WIDE, HIGH = 8.0, 1.6
"""Size of the drawing in em."""
_FEWEST = 2
"""One value is no course: fewer are not drawn."""


class CourseAside:
    """Made for one focused question, thrown away when the keyboard moves on."""

    def __init__(self, course: Course, placed: Callable[[], None]) -> None:
        """``placed`` is called when the room may have changed: what fits has to be asked again."""
        self.course = course
        self.placed = placed
        self._drawing = drawing(course)
        self._made: tuple[tuple[QSize, float], QPixmap] | None = None

    @property
    def words(self) -> str:
        """What it says, in the window's language."""
        told = beside(self.course)
        return "" if told is None else speak(told)

    def parts(self, room: QRect, metrics: QFontMetrics, unit: int) -> tuple[QRect, QRect]:
        """Where words and drawing go in ``room``; empty for what does not fit. ``unit`` is the em."""
        wide = metrics.horizontalAdvance(self.words)
        if not wide or wide > room.width():
            return QRect(), QRect()
        words = QRect(room.left(), room.top(), wide, room.height())
        size = (round(WIDE * unit), round(HIGH * unit))
        left = words.right() + unit
        fits = left + size[0] <= room.right() and len(self._drawing.spots) >= _FEWEST
        drawn = QRect(left, room.center().y() - size[1] // 2, *size) if fits else QRect()
        return words, drawn

    def paint(self, painter: QPainter, room: QRect, unit: int) -> None:
        """Draw what fits into ``room``."""
        words, drawn = self.parts(room, painter.fontMetrics(), unit)
        if not words.isEmpty():
            painter.setPen(ink(SECONDARY))
            painter.drawText(
                words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.words
            )
        if not drawn.isEmpty():
            painter.drawPixmap(drawn.topLeft(), self._picture(drawn.size(), unit, painter.device()))

    def _picture(self, size: QSize, unit: int, on: QPaintDevice) -> QPixmap:
        """The drawing, painted once: the row is painted at every move of the cursor's neighbours."""
        ratio = on.devicePixelRatioF()
        made = (size, ratio)
        if self._made is None or self._made[0] != made:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            paint(painter, QRectF(0, 0, size.width(), size.height()), self._drawing, unit / 6)
            painter.end()
            self._made = (made, picture)
        return self._made[1]
