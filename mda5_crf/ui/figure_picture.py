"""A picture of the study's figures on screen: the very inks that the PDF prints, drawn as large as the type.

Grey, with forms instead of colours; what it shows stands as numbers in the tables beside it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mda5_crf.pdf.figurepicture import drawn
from mda5_crf.pdf.ink import TINY, Strip
from mda5_crf.pdf.voice import Voice
from mda5_crf.services.figuremodel import Picture
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.leaf_painter import paint_inks
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import em

_SMALL: Final = 0.86
"""The smallest words of a picture, as a part of the window's type."""
_LEAST: Final = 32
"""A low window makes no picture narrower than that, in em."""
_MARGIN: Final = 0.5
"""White around the drawing, in em."""


class PictureView(Spoken, QWidget):
    """See the module text. ``most``: no wider than so many em."""

    def __init__(self, parent: QWidget, picture: Picture, most: float) -> None:
        super().__init__(parent)
        self.picture = picture
        self._most = most
        self._tallest = 0
        self._strip: Strip | None = None
        self._across = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.retranslate()
        self.rescale()

    @property
    def tallest(self) -> int:
        """Pixels that the drawing should not be higher than, as far as its words allow; 0 for any."""
        return self._tallest

    @tallest.setter
    def tallest(self, high: int) -> None:
        if high != self._tallest and not self.picture.panels:  # boxes need the room for their words
            self._tallest = high
            self.updateGeometry()
            self.update()

    @property
    def scale(self) -> float:
        """Pixels for a point of paper."""
        return em(self) * _SMALL / TINY

    def _laid(self, wide: int) -> Strip:
        """The drawing for ``wide`` pixels."""
        margin = round(_MARGIN * em(self))
        most = self._most * em(self)
        if self._tallest > 0:
            most = min(most, max(self._tallest / self.picture.tall, _LEAST * em(self)))
        across = max(min(float(wide), most) - 2 * margin, 60.0) / self.scale
        if self._strip is None or abs(across - self._across) > 0.01:
            self._strip, self._across = drawn(self.picture, Voice(language()), across), across
        return self._strip

    def hasHeightForWidth(self) -> bool:
        """It has."""
        return True

    def heightForWidth(self, wide: int) -> int:
        """As high as the drawing for that width."""
        return round(self._laid(wide).height * self.scale + 2 * _MARGIN * em(self))

    def sizeHint(self) -> QSize:
        """For the width it has."""
        wide = self.width() or round(self._most * em(self))
        return QSize(wide, self.heightForWidth(wide))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """White paper, and the inks of the PDF."""
        strip = self._laid(self.width())
        margin = round(_MARGIN * em(self))
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        painter.translate(margin, margin)
        painter.scale(self.scale, self.scale)
        paint_inks(painter, strip.inks)
        painter.end()

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("figureview.picture_name", title=speak(self.picture.title)))
        self._strip = None
        self.updateGeometry()
        self.update()

    def rescale(self) -> None:
        """Distances from the type size."""
        self._strip = None
        self.updateGeometry()
        self.update()
