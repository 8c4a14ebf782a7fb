"""Copies by schedule, and the line above every page that warns when none lies on another disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services import backups
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import BAR, SOFT, Tone, em, ink
from mda5_crf.ui.worker import Job

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

FIRST: Final = 60_000
"""Milliseconds after the log-in until the first look whether a copy is due: nobody waits for it then."""
EVERY: Final = 600_000
"""Milliseconds between two looks."""


class BackupWatch(Spoken, QWidget):
    """Hidden while nothing has to be said. Makes copies in the background; entry goes on."""

    wanted = Signal()
    """Somebody wants to see the copies."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._warning: Text | None = None
        self._job: Job | None = None
        self.words = Line(self)
        self.go = button(self)
        self.go.clicked.connect(self.wanted)
        layout = self._row = QHBoxLayout(self)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.go)
        self._timer = QTimer(self)
        self._timer.setInterval(FIRST)
        self._timer.timeout.connect(self.look)
        self.retranslate()
        self.rescale()
        self.hide()

    def begin(self) -> None:
        """Somebody logged in."""
        self.refresh()
        self._timer.start(FIRST)

    def refresh(self) -> None:
        """Say what is to be said of the copies now."""
        try:
            self._warning = backups.warning(self._session)
        except CrfError:
            self._warning = None  # a disk that cannot be read is said where somebody works
        if self._session.elsewhere:
            self._warning = message("backup.warn_elsewhere")
        self.retranslate()

    def look(self) -> None:
        """Make a copy when one is due."""
        self._timer.setInterval(EVERY)
        session = self._session
        if self._job is None and not self._busy() and backups.due(session):
            self._job = Job(
                self,
                lambda progress: backups.make(session, backups.AUTO, progress),
                lambda _copy: self._over(),
                lambda _problem: self._over(),
            )
            Tasks.of(self).watch(self._job, message("backup.task_make"))

    def _busy(self) -> bool:
        """Something else long runs: the copy waits for the next look."""
        return bool(Tasks.of(self).running)

    def _over(self) -> None:
        self._job = None
        self.refresh()

    @property
    def running(self) -> bool:
        """Whether a copy is being made."""
        return self._job is not None

    def end(self, reason: str) -> None:
        """Before the session is closed: no copy goes on, and at an ordinary log-out one is made when due."""
        self._timer.stop()
        if self._job is not None:
            self._job.stop()
            self._job.wait()
            self._job = None
        try:
            if not reason and backups.due(self._session):
                backups.make(self._session, backups.AUTO)
        except CrfError:
            # What was entered is safe; that the copy is old is said at the next log-in.
            pass

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.words.say(speak(self._warning) if self._warning is not None else "")
        name(self.words, self.words.text())
        self.go.setText(say("ui.act_backups"))
        name(self.go, say("ui.act_backups"))
        self.setVisible(self._warning is not None)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._row.setContentsMargins(BAR + unit, unit // 4, unit // 2, unit // 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An amber ground and a bar at the left."""
        painter = QPainter(self)
        tint = Tone.SOFT.tint
        painter.fillRect(self.rect(), tint if tint is not None else self.palette().base())
        painter.fillRect(0, 0, BAR, self.height(), ink(SOFT))
        painter.end()
