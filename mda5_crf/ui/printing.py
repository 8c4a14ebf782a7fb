"""Pages that a command of the window puts into a file: where to, drawn in a thread, recorded, written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.file_strip import FileStrip, documents
from mda5_crf.ui.language import say
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.pdf import Printed, Tongue
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")
"""The languages in which pages are printed."""


class PdfStrip(FileStrip):
    """Asks where pages go; ``save`` is handed language and file. ``act``: words of the button."""

    def __init__(
        self,
        parent: QWidget,
        file: Path,
        title: Text,
        save: Callable[[Tongue, Path], None],
        *,
        act: Text | None = None,
        warning: Text | None = None,
    ) -> None:
        self._save = save
        super().__init__(
            parent, file, title, TONGUES, message("ui.pdf_language"), act or message("ui.save_pdf"),
            message("ui.pdf_files"), warning or message("ui.pdf_clear_warning"),
        )  # fmt: skip
        self.tongue.currentIndexChanged.connect(self._retongued)

    def _retongued(self) -> None:
        """An offered name that says the language follows the choice."""
        file = Path(self.file.text().strip())
        name, _, tongue = file.stem.rpartition("-")
        if name and tongue in self._tongues:
            self.file.setText(str(file.with_name(f"{name}-{self.tongue.currentData()}{file.suffix}")))

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on."""
        self._save(cast("Tongue", tongue), file)


class PdfActs(QObject):
    """Commands of the work area, each of which puts pages into a file."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        self._folder = documents()

    def _ask(
        self, name: str, title: Text, then: Callable[[Tongue, Path], None], act: Text | None = None
    ) -> None:
        """Where to; what stands uncommitted is committed first, so that it is on the page."""
        if self._work.leave():
            self._work.show_strip(
                PdfStrip(
                    self._work,
                    self._folder / name,
                    title,
                    lambda tongue, file: self._begin(lambda: then(tongue, file), file),
                    act=act,
                )
            )

    def _begin(self, then: Callable[[], None], file: Path) -> None:
        """Read, and begin to draw; what is refused is said in the strip, which stays."""
        strip = self._work.strip
        try:
            then()
        except CrfError as problem:
            if strip is not None:
                strip.complain(problem)
            return
        self._folder = file.parent
        if strip is not None:
            strip.close_strip()

    def _draw(
        self,
        draw: Callable[[Progress], Printed],
        file: Path,
        record: Callable[[Printed], None] = lambda _printed: None,
    ) -> None:
        """Draw in a thread; then ``record``, and only then write. Cancelled, neither is done."""
        from mda5_crf.jobs.written import write

        def done(printed: Printed) -> None:
            if job.cancelled:  # after the last page, before anything was written
                self._window.tell(Cancelled())
                return
            try:
                record(printed)
                write(file, printed.data)
            except CrfError as problem:
                self._window.tell(problem)
                return
            self._work.bar.show_said("")
            self._window.tell(message("ui.pdf_written", file=file), error=False)

        job = Job(self, draw, done, self._window.tell)
        Tasks.of(self._work).watch(job, message("start.task_pdf", file=file.name))
        self._work.bar.show_said(say("ui.writing", file=file.name))
