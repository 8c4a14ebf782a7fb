"""Data of another system: choose its file, see in words what it would bring, accept it.

The file is read in a process of its own, the preview is the import itself, undone. While either runs nothing
else may be entered; the progress line can cancel it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.jobs import importing
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.trace_base import TracePage
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.services.importkinds import Report
    from mda5_crf.services.session import Session

_SHOWN: Final = 2000
"""Answers not taken that are listed; the rest is counted."""
_HEADS: Final = ("participant", "place", "why")


class ImportPage(TracePage):
    """See the module text."""

    title = message("odmdata.title")
    takes_files = True
    presses = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._job: Job | None = None
        self.file: Path | None = None
        self.report: Report | None = None
        self.taken = False
        self.words = self.table(message("odmdata.what_comes"), [message("odmdata.what_comes")])
        self.passed = self.table(
            message("odmdata.not_taken"), [message(f"odmdata.head_{one}") for one in _HEADS], stretch=2
        )
        self.choose = self.press(message("odmdata.choose"), self.ask_for_file)
        self.accept = self.press(message("odmdata.accept"), self.take_in)
        self.accept.setEnabled(False)
        self.finish()
        self.tell(message("odmdata.how"))

    def refresh(self) -> None:
        """Show what was read last."""
        report = self.report
        lines = [] if report is None else importing.lines_of(report, dry=not self.taken)
        self.fill(self.words, [(str(at), (speak(line),), False) for at, line in enumerate(lines)])
        left = [] if report is None else report.left_told[:_SHOWN]
        rows = [(str(at), (one.subject, one.where, speak(one.why)), False) for at, one in enumerate(left)]
        self.fill(self.passed, rows)
        self.accept.setEnabled(report is not None and not report.nothing and not self.taken)

    def ask_for_file(self) -> None:
        """Ask for a file and show what it would bring."""
        chosen, _ = QFileDialog.getOpenFileName(self, say("odmdata.choose"), "", say("odmdata.files"))
        if chosen:
            self.take(Path(chosen))

    def take(self, file: Path) -> None:
        """A file was chosen or dropped: what would it bring?"""
        self._start(lambda progress: importing.preview(self.session, file, progress), self._seen(file))

    def take_in(self) -> None:
        """Accept what was shown."""
        file = self.file
        if file is not None and self.accept.isEnabled():
            self._start(lambda progress: importing.take(self.session, file, progress), self._done)

    def _start(self, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        if self._job is not None:
            return
        self._allow(working=True)
        self._job = Job(self, work, done, self._failed)
        Tasks.of(self).watch(self._job, message("odmdata.task"))

    def _seen(self, file: Path) -> Callable[[Any], None]:
        def seen(report: Report) -> None:
            self._over()
            self.file, self.report, self.taken = file, report, False
            self.refresh()
            nothing = report.nothing
            self.tell(message("odmdata.said_nothing" if nothing else "odmdata.look"))
            (self.choose if nothing else self.accept).setFocus(Qt.FocusReason.OtherFocusReason)

        return seen

    def _done(self, report: Report) -> None:
        self._over()
        self.report, self.taken = report, True
        self.refresh()
        told: Text = importing.lines_of(report, dry=False)[-1]
        self.tell(told)
        self.said.emit(told)
        self.changed.emit()
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, problem: CrfError) -> None:
        self._over()
        self.tell(problem.text, Tone.ERROR)
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _over(self) -> None:
        self._job = None
        self._allow(working=False)

    def _allow(self, *, working: bool) -> None:
        self.setEnabled(not working)
        self.busy.emit(working)

    def take_focus(self) -> None:
        """To the button for a file."""
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        """Not while a file is being read."""
        return self._job is None

    def stop(self) -> None:
        """Nobody is logged in any more: nothing of a participant stays here."""
        if self._job is not None:
            self._job.stop()
        self.report = self.file = None
        super().stop()
        self.words.clear()
        self.passed.clear()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped and self.report is not None:
            self.refresh()
