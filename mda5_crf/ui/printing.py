"""PDF of a form or a visit: where to, in which language, and the warning that it is not encrypted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import Cancelled, CrfError, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.text import message
from mda5_crf.ui.file_strip import FileStrip
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.pdf import Printed, Tongue

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")


class Printer(QObject):
    """Draws in a thread what was gathered in the window's; entry goes on meanwhile."""

    written = Signal(str)
    """Path of the file that was written."""
    failed = Signal(object)
    """CrfError: nothing was written."""

    def __init__(self, parent: QObject, session: Session, tasks: Tasks) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks

    def start(self, key: ItemKey, tongue: Tongue, file: Path) -> None:
        """Print the form (or, without a form in ``key``, the visit) to ``file``.

        A ``key`` without a visit prints every form begun. Raises CrfError at once, or sends ``failed`` later:
        Cancelled when somebody cancelled; then there is no file and no record of a print.
        """
        from mda5_crf.jobs.pages import draw, gather

        # Of a repeating form the reading that is on screen: HRCT#2, not all of them.
        forms = [self._session.form_label(key.form_key())] if key.form else None
        order = gather(self._session, key.subject, key.event, forms, tongue, repeat=key.event_repeat)

        def work(progress: Progress) -> Printed:
            return draw(order, progress)

        def done(printed: Printed) -> None:
            from mda5_crf.jobs.pages import record

            if job.cancelled:  # after the last page, before anything was written
                self.failed.emit(Cancelled())
                return
            try:
                record(self._session, order, printed)
                _write(file, printed.data)
            except CrfError as problem:
                self.failed.emit(problem)
                return
            self.written.emit(str(file))

        job = Job(self, work, done, self.failed.emit)
        self._tasks.watch(job, message("start.task_pdf", file=file.name))


def _write(file: Path, data: bytes) -> None:
    """Straight to its place: nothing in clear is left in a folder for temporary files."""
    try:
        file.write_bytes(data)
    except OSError as problem:
        raise StoreError("ui.cannot_write", file=file.name) from problem


class PrintStrip(FileStrip):
    """Enter asks for the file."""

    wanted = Signal(object, str, object)
    """ItemKey, language ("en", "zh", "both") and Path."""

    def __init__(self, parent: QWidget, session: Session, key: ItemKey, folder: Path) -> None:
        label = session.event_label(key).replace("#", "-")
        form = session.form_label(key.form_key()).replace("#", "-")
        stem = "-".join(part for part in (session.subjid(key.subject), label, form) if part)
        self._key = key
        super().__init__(
            parent,
            folder / f"{stem}.pdf",
            message("ui.pdf_of_form" if key.form else "ui.pdf_of_visit"),
            TONGUES,
            message("ui.pdf_language"),
            message("ui.save_pdf"),
            message("ui.pdf_files"),
            message("ui.pdf_clear_warning"),
        )

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on."""
        self.wanted.emit(self._key, tongue, file)
