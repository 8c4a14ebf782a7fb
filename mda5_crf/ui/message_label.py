"""The one line under an input: plain text, wrapped, in the colour of what it says."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from mda5_crf.ui.theme import Tone, em, tone_palette


class MessageLabel(QLabel):
    """Plain text only: a message may carry characters somebody typed, and no markup may come of them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._tone: Tone | None = None

    def say(self, words: str, tone: Tone) -> None:
        """Show ``words`` in ``tone``."""
        self.setText(words)
        if tone is not self._tone:
            self._tone = tone
            self.setPalette(tone_palette(self, tone))
            self.setAutoFillBackground(tone.tint is not None)
        pad = em(self) // 4
        self.setContentsMargins(pad, 0, pad, 0)

    @property
    def tone(self) -> Tone | None:
        """The tone of what is said."""
        return self._tone

    def height_for(self, width: int) -> int:
        """Pixels the words need at ``width`` pixels."""
        pad = em(self) // 4
        inside = QRect(0, 0, max(width - 2 * pad, 1), 100_000)
        flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)
        return self.fontMetrics().boundingRect(inside, flags, self.text()).height() + pad // 2
