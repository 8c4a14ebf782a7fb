"""Blank forms from the window: the form on screen, its visit, the whole casebook, or each form once.

They hold nothing of a participant: no warning, no record of a print. Drawn in a thread.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.text import message
from mda5_crf.ui.file_strip import FileStrip
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.pdf.paper import Printed
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea

FORM, VISIT, BOOK, UNIQUE = "form", "visit", "book", "unique"


class BlankStrip(FileStrip):
    """What, where to, in which language. Without a form on screen the whole casebook alone is offered."""

    wanted = Signal(str, str, object)
    """Which of the four, language ("en", "zh", "both") and Path."""

    def __init__(self, parent: QWidget, folder: Path, key: ItemKey | None) -> None:
        self._offered = (FORM, VISIT, BOOK, UNIQUE) if key is not None else (BOOK, UNIQUE)
        self._stems = {
            FORM: f"blank-{key.event}-{key.form}" if key is not None else "",
            VISIT: f"blank-{key.event}" if key is not None else "",
            BOOK: "blank-casebook",
            UNIQUE: "blank-forms",
        }
        self.what = QComboBox()
        self.what.setMinimumHeight(24)
        for one in self._offered:
            self.what.addItem("", one)
        super().__init__(
            parent,
            folder / self._named(),
            message("blankbook.window_title"),
            TONGUES,
            message("ui.pdf_language"),
            message("ui.save_pdf"),
            message("ui.pdf_files"),
            message("blankbook.window_note"),
        )
        self.row.insertWidget(self.row.indexOf(self.tongue), self.what)
        self.setTabOrder(self.browse, self.what)
        self.setTabOrder(self.what, self.tongue)
        self.what.currentIndexChanged.connect(self._renamed)

    def _named(self) -> str:
        return f"{self._stems[str(self.what.currentData())]}.pdf".lower()

    def _renamed(self) -> None:
        """The offered name follows the choice; a name of somebody's own stays."""
        file = Path(self.file.text().strip())
        if file.name in {f"{stem}.pdf".lower() for stem in self._stems.values()}:
            self.file.setText(str(file.with_name(self._named())))

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on."""
        self.wanted.emit(str(self.what.currentData()), tongue, file)

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for place, one in enumerate(self._offered):
            self.what.setItemText(place, say(f"blankbook.window_{one}"))
        name(self.what, speak(message("blankbook.window_what")))


class BlankActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()

    def ask(self) -> None:
        """What, where to, and in which language."""
        if not self._work.leave():
            return
        page = self._work.page
        key = page.entry.key if page is not None else None
        strip = BlankStrip(self._work, self._folder, key)
        strip.wanted.connect(lambda what, tongue, file: self._draw(key, what, cast("Tongue", tongue), file))
        self._work.show_strip(strip)

    def _draw(self, key: ItemKey | None, what: str, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs.casebooks import write
        from mda5_crf.jobs.pages import blank_pages

        study, demo = self._work.session.study, self._work.session.demo
        event = key.event if key is not None and what in (FORM, VISIT) else None
        forms = [key.form] if key is not None and what == FORM else None

        def work(progress: Progress) -> Printed:
            made = datetime.now(UTC)
            unique = what == UNIQUE
            return blank_pages(
                study, event, forms, tongue, demo=demo, made=made, unique=unique, progress=progress
            )

        def done(printed: Printed) -> None:
            if job.cancelled:  # after the last page, before anything was written
                self._window.tell(Cancelled())
                return
            try:
                write(file, printed.data)
            except CrfError as problem:
                self._window.tell(problem)
                return
            self._work.bar.show_said("")
            self._window.tell(message("ui.pdf_written", file=file), error=False)

        self._folder = file.parent
        if self._work.strip is not None:
            self._work.strip.close_strip()
        job = Job(self, work, done, self._window.tell)
        Tasks.of(self._work).watch(job, message("start.task_pdf", file=file.name))
        self._work.bar.show_said(say("ui.writing", file=file.name))
