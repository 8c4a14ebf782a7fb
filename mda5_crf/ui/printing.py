"""PDF of a form or a visit: where to, in which language, and the warning that it is not encrypted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from mda5_crf.errors import Cancelled, CrfError, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.text import message
from mda5_crf.ui.language import language, say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone
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


class PrintStrip(Strip):
    """Enter asks for the file."""

    wanted = Signal(object, str, object)
    """ItemKey, language ("en", "zh", "both") and Path."""

    def __init__(self, parent: QWidget, session: Session, key: ItemKey, folder: Path) -> None:
        super().__init__(parent)
        self._key = key
        label = session.event_label(key).replace("#", "-")
        form = session.form_label(key.form_key()).replace("#", "-")
        stem = "-".join(part for part in (session.subjid(key.subject), label, form) if part)
        self.file = QLineEdit(str(folder / f"{stem}.pdf"), self)
        self.file.setMinimumHeight(24)
        self.file.returnPressed.connect(self.accept)
        self.label(message("ui.pdf_of_form" if key.form else "ui.pdf_of_visit"), self.file)
        self.row.addWidget(self.file, 1)
        self.browse = self.press(message("ui.browse"))
        self.browse.clicked.connect(self._choose)
        self.tongue = QComboBox(self)
        for tongue in TONGUES:
            self.tongue.addItem("", tongue)
        self.tongue.setCurrentIndex(TONGUES.index(language()))
        self.row.addWidget(self.tongue)
        self.ok = self.press(message("ui.save_pdf"))
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self._warning = MessageLabel(self)
        self.box.addWidget(self._warning)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the file."""
        self.file.setFocus()
        self.file.setCursorPosition(len(self.file.text()))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, say("ui.save_pdf"), self.file.text(), say("ui.pdf_files")
        )
        if chosen:
            self.file.setText(chosen)

    def accept(self) -> None:
        """Hand the wish on when the folder is there."""
        file = Path(self.file.text().strip())
        if not self.file.text().strip() or file.is_dir() or not file.absolute().parent.is_dir():
            self.complain(message("ui.no_such_folder"))
            self.file.setFocus()
            return
        self.wanted.emit(self._key, TONGUES[self.tongue.currentIndex()], file)

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for place, tongue in enumerate(TONGUES):
            self.tongue.setItemText(place, say(f"ui.tongue_{tongue}"))
        name(self.tongue, say("ui.pdf_language"))
        self._warning.say(say("ui.pdf_clear_warning"), Tone.SOFT)
