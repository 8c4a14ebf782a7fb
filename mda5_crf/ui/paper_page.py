"""Pages as they will be printed: looked through, searched, saved as a PDF or sent to a printer.

What is shown is what is printed: one document is read and laid out once, and the screen, the file and the
printer are given its leaves. The record of the print, with the SHA-256 of the PDF of these leaves, is made
before any of them leaves. Hidden, the page keeps nothing of a participant.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QWidget,
)
from shiboken6 import isValid

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui import press
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.leafing import LEFT, LeafingPage
from mda5_crf.ui.printing import PdfStrip
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.jobs.papers import Paper
    from mda5_crf.pdf.draw import Leaf
    from mda5_crf.pdf.paper import Printed
    from mda5_crf.pdf.parts import Laid
    from mda5_crf.services.session import Session

_LOOK = 2000
"""Milliseconds between two looks whether something was recorded since the pages were made."""


class SaveStrip(PdfStrip):
    """Where to; the language was chosen before."""

    def __init__(self, parent: QWidget, file: Path, save: Callable[[Path], None], warning: Text) -> None:
        super().__init__(
            parent, file, message("preview.save_title"), lambda _tongue, chosen: save(chosen), warning=warning
        )
        self.tongue.hide()


class PaperPage(LeafingPage):
    """See the module text. Subclasses offer what there is in ``what`` and :meth:`read` it."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.ask_printer: Callable[[QWidget, int], Any] = press.ask_printer
        """Asks for a printer; what a test puts here is asked instead of the system."""
        self.paper: Paper | None = None
        self.laid: Laid | None = None
        self.strip: SaveStrip | None = None
        self._printed: Printed | None = None
        self._job: Job | None = None
        """Lays out."""
        self._leaving: Job | None = None
        """Saves or prints; goes on when the page is out of sight."""
        self._problem: Text | None = None
        self._stale = False
        self.folder = documents()
        self._look = QTimer(self)
        self._look.setInterval(_LOOK)
        self._look.timeout.connect(self.look)
        for box in (self.what, self.tongue):
            box.currentIndexChanged.connect(self.show_again)
        self.save.clicked.connect(self.ask_file)
        self.print.clicked.connect(self.send)
        self.again.clicked.connect(self.show_again)
        self.obeys = {**self.moves, "print_form": self.send, "save_now": self.ask_file}
        self.retranslate()
        self.rescale()

    def read(self) -> Paper:
        """What is chosen. Raises CrfError: why it cannot be printed."""
        raise NotImplementedError

    # -- laying out

    def refresh(self) -> None:
        """Shown again: what is chosen is read anew."""
        self.show_again()
        self._look.start()

    def show_again(self) -> None:
        """Read what is chosen as it stands now, and lay it out; the page that was in sight comes back."""
        self._drop_job()
        place, self._problem, self._stale = self.view.page, None, False
        same = self.paper
        self._release()
        try:
            self.paper = paper = self.read()
        except CrfError as problem:
            self._problem = problem.text
            self._say()
            return
        place = place if same is not None and same.stem == paper.stem else 0

        def done(laid: Laid) -> None:
            self._job = None
            self.laid = laid
            self.view.show_leaves(laid.leaves)
            self.view.go_to(place)
            self._search()
            self._say()

        self._job = Job(self, paper.lay, done, self._failed)
        Tasks.of(self).watch(self._job, message("preview.task"))
        self._say()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self._problem = problem.text
        self._say()

    def _drop_job(self) -> None:
        job, self._job = self._job, None
        if job is not None and isValid(job):
            job.stop()

    def _release(self) -> None:
        self.close_strip()
        self.paper = self.laid = self._printed = None
        self.view.show_leaves(())

    def look(self) -> bool:
        """Whether the pages are still what the vault says; if not, it is said."""
        from mda5_crf.jobs.papers import changed_since

        if not self._stale and self.paper is not None and changed_since(self.session, self.paper):
            self._stale = True
            self._say()
        return not self._stale

    @property
    def ready(self) -> bool:
        """Whether there is something to print, and nothing else is being done."""
        return self.laid is not None and self._job is None and self._leaving is None

    # -- saving and printing

    def ask_file(self) -> None:
        """Where the PDF goes."""
        if not self.ready or self.paper is None or not self.look():
            return
        self.close_strip()
        blank = self.paper.record is None
        warning = message("preview.warning_blank" if blank else "ui.pdf_clear_warning")
        self.strip = SaveStrip(self, self.folder / f"{self.paper.stem}.pdf", self._save_as, warning)
        self.strip.closed.connect(self._strip_closed)
        self._box.addWidget(self.strip)
        self.strip.show()
        self.strip.take_focus()

    def _save_as(self, file: Path) -> None:
        from mda5_crf.jobs.written import write

        def leave(printed: Printed) -> None:
            write(file, printed.data)
            self.said.emit(message("ui.pdf_written", file=file))

        self.folder = file.absolute().parent
        self.close_strip()
        self.take_focus()
        self._give(leave, message("start.task_pdf", file=file.name))

    def send(self) -> None:
        """Ask for a printer and send the pages to it."""
        laid = self.laid
        if not self.ready or laid is None or not self.look():
            return
        try:
            printer = self.ask_printer(self.window(), len(laid.leaves))
        except CrfError as problem:
            self.told.emit(problem)
            return
        # While the dialog was open the window may have been locked, and the leaves given up.
        if printer is None or not isValid(self) or self.laid is not laid or not self.look():
            return
        wanted = [laid.leaves[page] for page in press.chosen(printer, len(laid.leaves))]

        def leave(_printed: Printed) -> None:
            self._run(press.Press(printer), wanted)

        self._give(leave, message("preview.task_print"))

    def _give(self, leave: Callable[[Printed], None], task: Text) -> None:
        """Draw the PDF of the leaves, record it, then let it leave; nothing leaves without its record."""
        from mda5_crf.pdf.parts import printed

        laid, paper = self.laid, self.paper
        assert laid is not None, "ready"
        assert paper is not None, "ready"
        known, total = self._printed, len(laid.leaves)

        def work(progress: Progress) -> Printed:
            return known if known is not None else printed(laid, lambda drawn: progress(drawn, total))

        def done(made: Printed) -> None:
            self._leaving = None
            self._printed = made if self.laid is laid else None
            self._say()
            if job.cancelled:  # after the last page, before anything left
                self.told.emit(Cancelled())
                return
            try:
                if paper.record is not None:
                    paper.record(made)
                leave(made)
            except CrfError as problem:
                self.told.emit(problem)

        job = Job(self, work, done, self._not_given)
        self._leaving = job
        Tasks.of(self).watch(job, task)
        self._say()

    def _run(self, open_press: press.Press, leaves: list[Leaf]) -> None:
        def done(count: int) -> None:
            open_press.end()
            said = message("preview.printed_one") if count == 1 else message("preview.printed", count=count)
            self._not_given(None, said)

        def failed(problem: CrfError) -> None:
            open_press.abort()
            self._not_given(problem)

        self._leaving = press.PrintRun(self, open_press, leaves, done, failed)
        Tasks.of(self).watch(self._leaving, message("preview.task_print"))
        self._say()

    def _not_given(self, problem: CrfError | None, said: Text | None = None) -> None:
        self._leaving = None
        self._say()
        if problem is not None:
            self.told.emit(problem)
        elif said is not None:
            self.said.emit(said)

    def close_strip(self) -> None:
        """Put the question for the file away."""
        strip, self.strip = self.strip, None
        if strip is not None:
            self._box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def _strip_closed(self) -> None:
        self.close_strip()
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- the page

    def stop(self) -> None:
        """Nobody is logged in any more: nothing of a participant stays here."""
        self._look.stop()
        self._drop_job()
        if self._leaving is not None and isValid(self._leaving):
            self._leaving.stop()
        self._release()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing is kept; what is being saved or printed goes on."""
        super().hideEvent(event)
        if not event.spontaneous() and isValid(self.view):
            self._look.stop()
            self._drop_job()
            self._release()

    def _say(self) -> None:
        """What can be done now, and why not."""
        if not self.ready and (self.save.hasFocus() or self.print.hasFocus()):
            self.take_focus()  # before Qt gives the keyboard of a dead button to whatever comes next
        self.save.setEnabled(self.ready)
        self.print.setEnabled(self.ready)
        focused = self.again.hasFocus()
        self.again.setVisible(self._stale)
        if focused and not self._stale:
            self.take_focus()
        if self._problem is not None:
            self.words.say(speak(self._problem), Tone.ERROR)
        elif self._stale:
            self.words.say(say("preview.changed"), Tone.ERROR)
        elif self.laid is None and self._job is not None:
            self.words.say(say("preview.laying"), Tone.QUIET)
        elif self.paper is not None and self.paper.record is None:
            self.words.say(say("preview.warning_blank"), Tone.QUIET)
        else:
            self.words.say(say("preview.warning"), Tone.SOFT)
        self.words.setMinimumHeight(self.words.height_for(LEFT * em(self)))
        name(self.words, self.words.text())

    def retranslate(self) -> None:
        """Speak the window's language; the pages keep theirs."""
        super().retranslate()
        self._say()

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        self._say()
