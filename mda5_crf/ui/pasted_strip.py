"""After rows were pasted: what was done, on to the first of them, or strike them all out in one act."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mda5_crf.text import Text, message
from mda5_crf.ui.strip import Strip


class PastedStrip(Strip):
    """``closed``: on to the rows; ``struck``: they were wrong."""

    struck = Signal()

    def __init__(self, parent: QWidget, words: Text, rows: int) -> None:
        super().__init__(parent)
        said = self.label(words)
        said.setWordWrap(True)
        self.row.setStretchFactor(said, 1)
        self.go = self.press(message("paste.go_on"))
        self.go.clicked.connect(self.close_strip)
        self.strike = self.press(
            message("paste.strike_these" if rows > 1 else "paste.strike_this", count=rows)
        )
        self.strike.clicked.connect(self.struck.emit)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the way on; nothing is struck by Enter alone."""
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)
