"""One sentence across the window: what failed and what to do, or what was done. Never a pop-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mda5_crf.text import Text
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import ACCENT, BAR, ERROR, Tone, em, ink

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Banner(Spoken, QWidget):
    """Hidden until :meth:`tell`; stays until somebody closes it or another sentence comes."""

    closed = Signal()
    """Somebody closed it: the keyboard goes back to where work is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text: Text | None = None
        self.error = False
        self._words = MessageLabel(self)
        self._close = button(self)
        self._close.clicked.connect(self._put_away)
        layout = QHBoxLayout(self)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._close)
        self.rescale()
        self.hide()

    def tell(self, text: Text, *, error: bool = True) -> None:
        """Show ``text``; a screen reader says it at once."""
        self.text, self.error = text, error
        self.retranslate()
        self.show()
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # not before the first paint

        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self, speak(text))
            if error:
                event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    def clear(self) -> None:
        """Put the sentence away."""
        self.text = None
        self.hide()

    def _put_away(self) -> None:
        self.clear()
        self.closed.emit()

    @property
    def words(self) -> str:
        """What is shown, "" for nothing."""
        return speak(self.text) if self.text is not None else ""

    def retranslate(self) -> None:
        """Say it in the window's language."""
        self._words.say(self.words, Tone.ERROR if self.error else Tone.QUIET)
        self._close.setText(say("ui.close"))
        name(self._close, say("ui.close_message"))
        self.update()

    def rescale(self) -> None:
        """Distances from the type size."""
        layout = self.layout()
        if layout is not None:
            unit = em(self)
            layout.setContentsMargins(unit, unit // 3, unit // 2, unit // 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground of its own and a bar at the left."""
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        tint = Tone.ERROR.tint if self.error else None
        painter.fillRect(self.rect(), tint if tint is not None else self.palette().base())
        painter.fillRect(0, 0, BAR, self.height(), ink(ERROR if self.error else ACCENT))
        painter.end()
