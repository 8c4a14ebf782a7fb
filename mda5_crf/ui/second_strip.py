"""Two readings that differ, side by side: which is right. Also of rows that only one of the entries has.

Keys chosen by number, Enter accepts, Esc leaves the difference open. Keys that come at once after it opened
were meant for the next question and are dropped: a quick typist must not decide anything unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.services.changes import Reason
from mda5_crf.text import Text
from mda5_crf.ui.language import say
from mda5_crf.ui.reason_strip import OTHER, ReasonStrip
from mda5_crf.ui.stack import Shown

FIRST, SECOND = "FIRST", "SECOND"
DEAF_FOR: Final = 600
"""Milliseconds after opening in which keys other than Esc are dropped."""
_WORDS = {"entry.reason_text_required": "second.type_value", "form.reason_choose": "second.choose"}


class DifferenceStrip(ReasonStrip):
    """``choices`` are codes with their words; the line takes the right value for OTHER, else a note."""

    def __init__(
        self,
        parent: QWidget,
        question: Text,
        choices: Mapping[str, Text],
        accepted: Callable[[Reason], None],
        cancelled: Callable[[], None],
        deaf: int = DEAF_FOR,
    ) -> None:
        self._deaf = deaf
        self._since = QElapsedTimer()
        super().__init__(parent, question, choices, None, accepted, cancelled, back="second.later")
        self.takes_value = OTHER in choices
        self.retranslate()
        self._since.start()
        assert self.choice is not None
        for widget in (*self.choice.focus_widgets(), self.words, self.ok, self.back):
            widget.installEventFilter(self)

    takes_value = False

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        label = say("second.value_or_note" if self.takes_value else "second.note")
        self.words.setPlaceholderText(label)
        self.words.setAccessibleName(f"{label}: {self.question.text()}")

    def complain(self, code: str) -> None:
        """Say what is missing, in the words of double entry."""
        super().complain(_WORDS.get(code, code))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drop what was typed before anybody can have seen the strip."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt)
            and self._since.elapsed() < self._deaf
        ):
            return True
        return super().eventFilter(watched, event)


class StripPlace(Shown, QWidget):
    """Where a strip about a row stands that has no field on the page: on top, under the summary."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._strip: ReasonStrip | None = None
        self.set_shown(False)

    def put(self, strip: ReasonStrip) -> None:
        """Show ``strip`` here."""
        self._strip = strip
        strip.setParent(self)
        strip.setGeometry(0, 0, self.width(), strip.height_for(max(self.width(), 1)))
        strip.show()
        self.set_shown(True)

    def clear(self) -> None:
        """Nothing any more; who made the strip deletes it."""
        self._strip = None
        self.set_shown(False)

    def height_for(self, width: int) -> int:
        """Of the strip."""
        return self._strip.height_for(width) if self._strip is not None else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All of it is the strip."""
        if self._strip is not None:
            self._strip.setGeometry(self.rect())
