"""Colours, sizes and the palette. No style sheets: Fusion, QPalette, and painting in the rows.

Every pair that carries words or meaning is listed in ``PAIRS`` with the contrast it needs, and a test
computes each by the WCAG formula. All distances are multiples of :func:`em`, so that text from 90 to
175 % scales the whole window.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget

WHITE = "#ffffff"
PAGE = "#f0f4f5"
TEXT = "#212b32"
SECONDARY = "#4c6272"
ACCENT = "#005eb8"
ERROR = "#b3201a"
ERROR_TINT = "#fdecea"
SOFT = "#7a4d00"
SOFT_TINT = "#fff4d6"
QUERY = "#5b2d8e"
QUERY_TINT = "#f1eafa"
COMPLETE = "#007f3b"
NOT_STARTED = "#768692"
FILL = "#eceff1"
FOCUS = "#ffeb3b"
HAIRLINE = "#d8dde0"

BAR = 4
"""Width of the state bar: the one distance in pixels."""

SCALES = (90, 100, 110, 125, 150, 175)
"""Text sizes in per cent, in the order Ctrl+plus steps through them."""

BASE_POINTS = 10.0

PAIRS: tuple[tuple[str, str, float], ...] = (
    (TEXT, WHITE, 4.5),
    (TEXT, PAGE, 4.5),
    (TEXT, FILL, 4.5),
    (TEXT, ERROR_TINT, 4.5),
    (TEXT, SOFT_TINT, 4.5),
    (TEXT, QUERY_TINT, 4.5),
    (SECONDARY, WHITE, 4.5),
    (SECONDARY, PAGE, 4.5),
    (SECONDARY, FILL, 4.5),
    (ACCENT, WHITE, 4.5),
    (ACCENT, PAGE, 4.5),
    (ACCENT, ERROR_TINT, 4.5),
    (ACCENT, QUERY_TINT, 4.5),
    (WHITE, ACCENT, 4.5),
    (ERROR, WHITE, 4.5),
    (ERROR, PAGE, 4.5),
    (ERROR, ERROR_TINT, 4.5),
    (SOFT, WHITE, 4.5),
    (SOFT, SOFT_TINT, 4.5),
    (SOFT, PAGE, 4.5),
    (QUERY, WHITE, 4.5),
    (QUERY, QUERY_TINT, 4.5),
    (QUERY, PAGE, 4.5),
    (COMPLETE, WHITE, 4.5),
    (COMPLETE, PAGE, 4.5),
    (NOT_STARTED, WHITE, 3.0),
    (NOT_STARTED, PAGE, 3.0),
    (TEXT, FOCUS, 3.0),
)
"""(foreground, background, contrast needed): 4.5 for words, 3.0 for marks and edges."""


class Tone(Enum):
    """The voice of a message: its colour and the tint behind it."""

    ERROR = (ERROR, ERROR_TINT)
    SOFT = (SOFT, SOFT_TINT)
    QUERY = (QUERY, QUERY_TINT)
    QUIET = (SECONDARY, "")

    @property
    def ink(self) -> QColor:
        """Colour of the words; the system's text colour under high contrast."""
        return (
            QGuiApplication.palette().color(QPalette.ColorRole.Text)
            if high_contrast()
            else QColor(self.value[0])
        )

    @property
    def tint(self) -> QColor | None:
        """Colour behind the words, None for none."""
        return QColor(self.value[1]) if self.value[1] and not high_contrast() else None


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def high_contrast() -> bool:
    """Whether the system asks for high contrast: then its own palette stays."""
    hints = QGuiApplication.styleHints()  # kept: without it PySide forgets the object it hands out
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def palette() -> QPalette:
    """The light palette of the program."""
    roles = QPalette.ColorRole
    made = QPalette()
    for role, colour in (
        (roles.Window, PAGE),
        (roles.WindowText, TEXT),
        (roles.Base, WHITE),
        (roles.AlternateBase, PAGE),
        (roles.Text, TEXT),
        (roles.Button, PAGE),
        (roles.ButtonText, TEXT),
        (roles.BrightText, WHITE),
        (roles.Highlight, ACCENT),
        (roles.HighlightedText, WHITE),
        (roles.Accent, ACCENT),
        (roles.Link, ACCENT),
        (roles.LinkVisited, ACCENT),
        (roles.PlaceholderText, SECONDARY),
        (roles.ToolTipBase, WHITE),
        (roles.ToolTipText, TEXT),
        (roles.Mid, SECONDARY),
        (roles.Dark, SECONDARY),
    ):
        made.setColor(role, QColor(colour))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(SECONDARY))
    made.setColor(QPalette.ColorGroup.Inactive, roles.Highlight, QColor(ACCENT))
    made.setColor(QPalette.ColorGroup.Inactive, roles.HighlightedText, QColor(WHITE))
    return made


def set_text_size(app: QApplication, percent: int, family: str = "") -> None:
    """Text at ``percent`` (clamped to 90–175) of normal; every open window follows at once."""
    font = QFont(app.font())
    if family:
        font.setFamily(family)
    font.setPointSizeF(BASE_POINTS * min(max(percent, SCALES[0]), SCALES[-1]) / 100)
    app.setFont(font)


def em(widget: QWidget) -> int:
    """The type size of ``widget`` in pixels: the unit of all distances."""
    return QFontInfo(widget.font()).pixelSize()


def icon_size(widget: QWidget) -> int:
    """The side of a state icon beside text of ``widget``: 16 pixels at normal size."""
    return round(em(widget) * 1.23)


def ink(colour: str) -> QColor:
    """``colour``, or the system's text colour under high contrast."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Text) if high_contrast() else QColor(colour)


def paper(widget: QWidget) -> None:
    """Make ``widget`` a white page: words on it draw with Text or WindowText, so both are set."""
    if high_contrast():
        widget.setBackgroundRole(QPalette.ColorRole.Base)
    else:
        own = widget.palette()
        own.setColor(QPalette.ColorRole.Window, QColor(WHITE))
        own.setColor(QPalette.ColorRole.WindowText, QColor(TEXT))
        own.setColor(QPalette.ColorRole.Text, QColor(TEXT))
        widget.setPalette(own)
    widget.setAutoFillBackground(True)


def tone_palette(widget: QWidget, tone: Tone) -> QPalette:
    """The palette of a message of ``tone`` in ``widget``."""
    own = QPalette(widget.palette())
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        own.setColor(role, tone.ink)
    if tone.tint is not None:
        own.setColor(QPalette.ColorRole.Window, tone.tint)
    return own


def paint_focus(painter: QPainter, rect: QRect) -> None:
    """The focus frame around ``rect``: a 2 px dark edge, and 2 px of yellow outside it."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not high_contrast():
        painter.setPen(QPen(QColor(FOCUS), 2))
        painter.drawRect(rect.adjusted(-3, -3, 2, 2))
    painter.setPen(QPen(ink(TEXT), 2))
    painter.drawRect(rect.adjusted(-1, -1, 0, 0))
    painter.restore()
