"""The running clocks of serious events, and what is wrong with the PC's clock: above every page, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.services.access import Action
from mda5_crf.services.saeclock import AWARENESS, sentence
from mda5_crf.text import Text, message
from mda5_crf.ui.icons import Glyph, pixmap
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.summary import LinkButton
from mda5_crf.ui.theme import BAR, ERROR, SOFT, Tone, em, icon_size, ink

if TYPE_CHECKING:
    from mda5_crf.services.saeclock import SaeClock
    from mda5_crf.services.session import Session

EVERY = 30_000
"""Milliseconds between two looks at the clocks."""


class ClockStrip(Spoken, QWidget):
    """Hidden while nothing runs. The most urgent clock speaks, and says how many more there are."""

    wanted = Signal(object)
    """ItemKey of the row somebody wants to go to."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self.clocks: tuple[SaeClock, ...] = ()
        self._warning: Text | None = None
        self._at = -1
        self.go = LinkButton(self, lambda _widget: None)
        self.go.clicked.connect(self.follow)
        self.warning = MessageLabel(self)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.hide()

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._timer.stop()
        self.clocks, self._warning = (), None
        self.retranslate()

    def refresh(self) -> None:
        """Look at the clocks; both calls are answered from memory unless something was written."""
        self._warning = self._session.check_clock()
        clocks = self._session.sae_clocks() if self._session.may(Action.READ) else ()
        self.clocks = tuple(clock for clock in clocks if clock.running)
        self.retranslate()

    def follow(self) -> None:
        """Go to the most urgent event; asked again, to the next, round and round."""
        if self.clocks:
            self._at = (self._at + 1) % len(self.clocks)
            self.wanted.emit(self.clocks[self._at].key)

    @property
    def words(self) -> str:
        """What is said of the clocks, "" for nothing."""
        return self.go.text() if self.clocks else ""

    @property
    def overdue(self) -> bool:
        """Whether the time of the most urgent is up."""
        return bool(self.clocks) and self.clocks[0].overdue

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("ui.clocks_name"))
        self.go.setVisible(bool(self.clocks))
        if self.clocks:
            first = self.clocks[0]
            words: Text = sentence(self._session, first)
            if first.basis != AWARENESS:
                words = message("ui.clock_basis", words=words, basis=message(f"clock.basis_{first.basis}"))
            if len(self.clocks) > 1:
                words = message("ui.clock_more", words=words, count=len(self.clocks) - 1)
            self.go.setText(speak(words))
            name(self.go, say("ui.clock_go", words=words))
        self.warning.say(speak(self._warning) if self._warning is not None else "", Tone.ERROR)
        self.warning.setVisible(self._warning is not None)
        name(self.warning, self.warning.text())
        self._lay(self.width())
        self.setVisible(bool(self.clocks) or self._warning is not None)
        self.update()

    # -- geometry

    def rescale(self) -> None:
        """Distances from the type size."""
        self._lay(self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width."""
        self._lay(self.width())

    def _lay(self, width: int) -> None:
        unit = em(self)
        left, y = BAR + unit * 2 + icon_size(self), unit // 3
        inside = max(width - left - unit, 1)
        if self.clocks:
            high = self.go.height_for(inside)
            self.go.setGeometry(left - unit // 2, y, inside, high)
            y += high
        if self.warning.text():
            high = self.warning.height_for(inside)
            self.warning.setGeometry(left - unit // 4, y, inside, high)
            y += high
        self.setFixedHeight(y + unit // 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground, a bar and a mark: red when a time is up or the PC's clock is wrong, amber before."""
        bad = self.overdue or self._warning is not None
        tone = Tone.ERROR if bad else Tone.SOFT
        painter = QPainter(self)
        painter.fillRect(self.rect(), tone.tint if tone.tint is not None else self.palette().base())
        painter.fillRect(0, 0, BAR, self.height(), ink(ERROR if bad else SOFT))
        size = icon_size(self)
        glyph = Glyph.CROSS if bad else Glyph.WARNING
        painter.drawPixmap(BAR + em(self), em(self) * 2 // 3, pixmap(glyph, size, self.devicePixelRatioF()))
        painter.end()
