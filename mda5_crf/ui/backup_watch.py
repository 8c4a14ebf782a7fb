"""Copies by schedule, and the line above every page that warns when none lies on another disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services import backupdue, backups
from mda5_crf.text import message
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.warning_line import WarningLine
from mda5_crf.ui.worker import Job

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

FIRST: Final = 60_000
"""Milliseconds after the log-in until the first look whether a copy is due: nobody waits for it then."""
EVERY: Final = 600_000
"""Milliseconds between two looks."""


class BackupWatch(WarningLine):
    """Makes copies in the background; entry goes on."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, "ui.act_backups")
        self._session = session
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FIRST)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Somebody logged in."""
        self.refresh()
        self._timer.start(FIRST)

    def refresh(self) -> None:
        """Say what is to be said of the copies now."""
        try:
            warning = backupdue.warning(self._session)
        except CrfError:
            warning = None  # a disk that cannot be read is said where somebody works
        if self._session.elsewhere:
            warning = message("backup.warn_elsewhere")
        self.warn(warning)

    def look(self) -> None:
        """Make a copy when one is due."""
        self._timer.setInterval(EVERY)
        session = self._session
        if self._job is None and not self._busy() and backupdue.due(session):
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
            if not reason and backupdue.due(self._session):
                backups.make(self._session, backups.AUTO)
        except CrfError:
            # What was entered is safe; that the copy is old is said at the next log-in.
            pass
