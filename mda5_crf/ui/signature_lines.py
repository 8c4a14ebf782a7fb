"""On the form: who signed it, with which meaning and when; of a void signature what is other than signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.services.signing import worth_telling
from mda5_crf.text import message
from mda5_crf.ui.icons import Glyph, pixmap
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import name
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import Tone, em, icon_size

if TYPE_CHECKING:
    from mda5_crf.services.signing import SignatureInfo

_TONES = {"valid": Tone.QUIET, "void": Tone.SOFT}


class SignatureLines(Shown, QWidget):
    """Hidden while nothing is signed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._told: tuple[SignatureInfo, ...] = ()
        self._lines: list[MessageLabel] = []
        self.set_shown(False)

    def tell(self, signatures: Sequence[SignatureInfo]) -> bool:
        """Show these, newest first; True when that changed something."""
        told = worth_telling(signatures)
        if told == self._told:
            return False
        for old in self._lines:
            old.hide()
            old.deleteLater()
        self._told = told
        self._lines = [MessageLabel(self) for _ in told]
        for line in self._lines:
            line.show()
        self.set_shown(bool(told))
        self.retranslate()
        return True

    @property
    def words(self) -> str:
        """What is said, "" for nothing."""
        return "\n".join(line.text() for line in self._lines)

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("signing.signatures"))
        for one, line in zip(self._told, self._lines, strict=True):
            words = message("signing.line", state=one.text, meaning=one.meaning_text)
            parts = [speak(words), *(speak(note) for note in one.notes)]
            line.say("\n".join(parts), _TONES.get(one.state, Tone.ERROR))
            name(line, line.text())
        self._lay(self.width(), place=True)
        self.update()

    # -- geometry

    def height_for(self, width: int) -> int:
        """Its lines."""
        return self._lay(width, place=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the lines."""
        self._lay(self.width(), place=True)

    def _lay(self, width: int, *, place: bool) -> int:
        left = icon_size(self) + em(self) // 2
        y = em(self) // 2
        for line in self._lines:
            high = line.height_for(width - left)
            if place:
                line.setGeometry(QRect(left, y, width - left, high))
            y += high
        return y

    def paintEvent(self, event: QPaintEvent) -> None:
        """A mark before each line: signed, or what is to be looked at."""
        painter = QPainter(self)
        size = icon_size(self)
        for one, line in zip(self._told, self._lines, strict=True):
            glyph = Glyph.SIGNED if one.counts else Glyph.WARNING if one.state == "void" else Glyph.CROSS
            painter.drawPixmap(0, line.y(), pixmap(glyph, size, self.devicePixelRatioF()))
        painter.end()
