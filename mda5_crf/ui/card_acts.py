"""Morning cards, window calendar, matrix and the report of a serious event, from the window.

Asks where to, reads between two keystrokes, draws in a thread, records, writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import Cancelled, CrfError, InputRefused
from mda5_crf.text import Text, message
from mda5_crf.ui.file_strip import FileStrip
from mda5_crf.ui.language import say
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.jobs.daysheets import SheetOrder
    from mda5_crf.pdf.morning import Card
    from mda5_crf.pdf.paper import Printed
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea


@dataclass(frozen=True, slots=True)
class _Product:
    """An order that was read: how it is drawn, and how it is recorded."""

    draw: Callable[[Progress], Printed]
    record: Callable[[Printed], None]


class CardStrip(FileStrip):
    """Enter asks for the file."""

    wanted = Signal(str, object)
    """Language ("en", "zh", "both") and Path."""

    def __init__(self, parent: QWidget, file: Path, title: Text) -> None:
        super().__init__(
            parent, file, title, TONGUES, message("ui.pdf_language"), message("ui.save_pdf"),
            message("ui.pdf_files"), message("ui.pdf_clear_warning"),
        )  # fmt: skip

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on."""
        self.wanted.emit(tongue, file)


class CardActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        self._reading = QTimer(self)
        self._reading.setInterval(0)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()
        self.table: dict[str, Callable[[], object]] = {
            "morning_cards": self.morning,
            "print_calendar": self.calendar,
            "print_matrix": self.matrix,
            "sae_report": self.report,
        }

    # -- what is asked for

    def morning(self) -> None:
        """Cards of everybody due today."""
        day = self._work.session.today.isoformat()
        self._ask(f"morning-{day}", message("cards.file_morning"), self._read_cards)

    def calendar(self) -> None:
        """The calendar of the participant on screen; on any other page, of the site."""
        page = self._work.page
        subject = page.entry.key.subject if page is not None else ""
        number = self._work.session.subjid(subject) if subject else "site"
        self._ask(f"calendar-{number}", message("cards.file_calendar"), partial(self._calendar, subject))

    def matrix(self) -> None:
        """All participants by visits."""
        self._ask("matrix", message("cards.file_matrix"), self._matrix)

    def report(self) -> None:
        """The report of the row that has the keyboard; with one report on the form, that one."""
        page = self._work.page
        if page is None:
            return
        number = report_on(page)
        if number is None:
            raise InputRefused("cards.choose_report")
        subject = page.entry.key.subject
        stem = f"{self._work.session.subjid(subject)}-sae-{number}"
        self._ask(stem, message("cards.file_report"), partial(self._report, subject, number))

    def _ask(self, stem: str, title: Text, then: Callable[[Tongue, Path], None]) -> None:
        """Where to; what stands uncommitted is committed first, so that it is on the page."""
        if not self._work.leave():
            return
        strip = CardStrip(self._work, self._folder / f"{stem}.pdf", title)
        strip.wanted.connect(lambda tongue, file: self._begin(then, cast("Tongue", tongue), file))
        self._work.show_strip(strip)

    def _begin(self, then: Callable[[Tongue, Path], None], tongue: Tongue, file: Path) -> None:
        strip = self._work.strip
        try:
            then(tongue, file)
        except CrfError as problem:
            if strip is not None:
                strip.complain(problem)
            return
        self._folder = file.parent
        if strip is not None:
            strip.close_strip()

    # -- reading

    def _read_cards(self, tongue: Tongue, file: Path) -> None:
        """One participant at a time, so that no key waits for all of them."""
        from mda5_crf.jobs import daycards

        session = self._work.session
        day = session.today
        known = daycards.known_now(session)
        waiting = daycards.near(session, day)
        cards: dict[str, Card | None] = {}
        if not waiting:
            daycards.order_of(session, {}, day, tongue, known)  # says that nobody is due
        total = len(waiting)

        def step() -> None:
            try:
                if waiting:
                    subject = waiting.pop(0)
                    cards[subject] = daycards.card_of(session, subject, day, named=False)
                    self._work.bar.show_said(say("cards.reading", done=total - len(waiting), total=total))
                    return
                self._stop()
                order = daycards.order_of(session, cards, day, tongue, known)
            except CrfError as problem:
                self._stop()
                self._work.bar.show_said("")
                self._window.tell(problem)
                return
            self._draw(
                _Product(partial(daycards.draw, order), partial(daycards.record, session, order)), file
            )

        self._stop()
        self._reading = QTimer(self)
        self._reading.timeout.connect(step)
        self._reading.start(0)

    def _stop(self) -> None:
        self._reading.stop()

    def _calendar(self, subject: str, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs import daysheets

        session = self._work.session
        self._sheets(daysheets.gather_calendar(session, [subject] if subject else [], tongue), file)

    def _matrix(self, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs import daysheets

        self._sheets(daysheets.gather_matrix(self._work.session, tongue), file)

    def _sheets(self, order: SheetOrder, file: Path) -> None:
        from mda5_crf.jobs import daysheets

        record = partial(daysheets.record, self._work.session, order)
        self._draw(_Product(partial(daysheets.draw, order), record), file)

    def _report(self, subject: str, number: int, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs import saereports

        session = self._work.session
        order = saereports.gather(session, subject, number, tongue)
        record = partial(saereports.record, session, order)
        self._draw(_Product(lambda _progress: saereports.draw(order), record), file)

    # -- drawing

    def _draw(self, product: _Product, file: Path) -> None:
        from mda5_crf.jobs.casebooks import write

        def done(printed: Printed) -> None:
            if job.cancelled:  # after the last page, before anything was written
                self._window.tell(Cancelled())
                return
            try:
                product.record(printed)
                write(file, printed.data)
            except CrfError as problem:
                self._window.tell(problem)
                return
            self._work.bar.show_said("")
            self._window.tell(message("ui.pdf_written", file=file), error=False)

        job = Job(self, product.draw, done, self._window.tell)
        Tasks.of(self._work).watch(job, message("start.task_pdf", file=file.name))
        self._work.bar.show_said(say("ui.writing", file=file.name))


def is_report(page: FormPage) -> bool:
    """Whether a form is the log of reports of serious events."""
    from mda5_crf.jobs.printplan import choice_of

    return choice_of(page.session.study).get("report", {}).get("form") == page.entry.key.form


def report_on(page: FormPage) -> int | None:
    """Which report is meant on a form: of the focused row, else the only one; None where none is."""
    from mda5_crf.jobs.saereports import reports

    focused = page.focused_key
    rows = reports(page.session, page.entry.key.subject) if is_report(page) else []
    named = [
        row.number for row in rows if focused is not None and row.key.group_repeat == focused.group_repeat
    ]
    if named:
        return named[0]
    return rows[0].number if len(rows) == 1 else None
