"""Making the demonstration from the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import message
from mda5_crf.ui.language import say
from mda5_crf.ui.plain_form import PlainForm
from mda5_crf.ui.progress import ProgressLine, Tasks

if TYPE_CHECKING:
    from mda5_crf.ui.worker import Job, Progress

SUBJECTS = 15
SEED = 4966884


class DemoPage(PlainForm):
    """A folder, a button, how far it is, and a way to cancel it."""

    made = Signal(str, str, str)
    """Vault folder, log-in and password of the finished demonstration."""
    refused = Signal(object)
    back = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "ui.make_demo")
        self.where = self.folder("ui.demo_folder")
        self.where.setText(str(Path.home() / "MDA5-CRF-demo"))
        self.where.returnPressed.connect(self.start)
        self._about = QLabel(self)
        self._about.setWordWrap(True)
        self.box.insertWidget(1, self._about)
        self.state = ProgressLine(self)
        self.foot.addWidget(self.state, 1)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.make_button = self.press("ui.make", self.start)
        self.subjects = SUBJECTS
        self._job: Job | None = None
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the folder."""
        self.where.setFocus()

    def start(self) -> None:
        """Build it in the background; the progress is shown and nothing waits for it."""
        if self._job is not None:
            return
        lacking = self.missing()
        if lacking is not None:
            self.refused.emit(lacking[1])
            return
        from mda5_crf.ui.worker import Job

        folder, count = Path(self.where.text().strip()).absolute(), self.subjects

        def work(progress: Progress) -> tuple[str, str, str]:
            from mda5_crf.jobs.demonstration import PASSWORD, build

            build(folder, count, SEED, progress)
            return str(folder / "ward.mda5"), "wang", PASSWORD

        self.set_busy(True)
        self.back_button.setEnabled(True)  # it goes on wherever one goes
        self._job = Job(self, work, self._built, self._failed)
        Tasks.of(self).watch(self._job, message("start.task_demo"))

    def stop(self) -> None:
        """The window is being closed."""
        if self._job is not None:
            self._job.stop()

    def _built(self, made: tuple[str, str, str]) -> None:
        self._job = None
        self.set_busy(False)
        self.made.emit(*made)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.set_busy(False)
        self.refused.emit(problem)

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._about.setText(say("ui.demo_about"))
