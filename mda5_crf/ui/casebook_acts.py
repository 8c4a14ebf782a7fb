"""The casebook of the participant on screen: asks where to, reads, draws in a thread, writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.services.session import Session
from mda5_crf.text import message
from mda5_crf.ui.file_strip import FileStrip
from mda5_crf.ui.language import say
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.jobs.casebooks import Order
    from mda5_crf.pdf import Printed, Tongue
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea


class CasebookStrip(FileStrip):
    """Enter asks for the file."""

    wanted = Signal(str, str, object)
    """Participant (identity), language ("en", "zh", "both") and Path."""

    def __init__(self, parent: QWidget, session: Session, subject: str, file: Path) -> None:
        self._subject = subject
        super().__init__(
            parent,
            file,
            message("casebook.title_of", participant=session.subjid(subject)),
            TONGUES,
            message("ui.pdf_language"),
            message("casebook.save"),
            message("ui.pdf_files"),
            message("ui.pdf_clear_warning"),
        )

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on."""
        self.wanted.emit(self._subject, tongue, file)


class CasebookActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()

    def ask(self) -> None:
        """Where to; what stands uncommitted is committed first, so that it is in the book."""
        from mda5_crf.jobs.casebooks import Wish, name_of

        page, session = self._work.page, self._work.session
        if page is None or not self._work.leave():
            return
        subject = page.entry.key.subject
        strip = CasebookStrip(self._work, session, subject, self._folder / name_of(session, subject, Wish()))
        strip.wanted.connect(self._print)
        self._work.show_strip(strip)

    def _print(self, subject: str, tongue: str, file: Path) -> None:
        from mda5_crf.jobs.casebooks import Wish, draw, gather

        strip, session = self._work.strip, self._work.session
        try:
            order = gather(session, subject, Wish(cast("Tongue", tongue)))
        except CrfError as problem:
            if strip is not None:
                strip.complain(problem)
            return

        def work(progress: Progress) -> Printed:
            return draw(order, progress)

        def done(printed: Printed) -> None:
            if job.cancelled:  # after the last page, before anything was written
                self._window.tell(Cancelled())
                return
            self._written(order, printed, file)

        job = Job(self, work, done, self._window.tell)
        Tasks.of(self._work).watch(job, message("start.task_pdf", file=file.name))
        self._folder = file.parent
        if strip is not None:
            strip.close_strip()
        self._work.bar.show_said(say("ui.writing", file=file.name))

    def _written(self, order: Order, printed: Printed, file: Path) -> None:
        from mda5_crf.jobs.casebooks import record, write

        try:
            record(self._work.session, order, printed)
            write(file, printed.data)
        except CrfError as problem:
            self._window.tell(problem)
            return
        self._work.bar.show_said("")
        self._window.tell(message("ui.pdf_written", file=file), error=False)
