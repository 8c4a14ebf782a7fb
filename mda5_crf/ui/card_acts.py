"""Casebook, morning cards, window calendar, matrix and the report of a serious event, from the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.text import message
from mda5_crf.ui.language import language, say
from mda5_crf.ui.printing import PdfActs

if TYPE_CHECKING:
    from mda5_crf.jobs.daysheets import SheetOrder
    from mda5_crf.pdf.morning import Card
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea


class CardActs(PdfActs):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work, window)
        self._reading = QTimer(self)
        self._reading.setInterval(0)
        self.table: dict[str, Callable[[], object]] = {
            "casebook": self.casebook,
            "morning_cards": self.morning,
            "print_calendar": self.calendar,
            "print_matrix": self.matrix,
            "sae_report": self.report,
        }

    # -- what is asked for

    def casebook(self) -> None:
        """Everything of the participant on screen."""
        from mda5_crf.jobs.casebooks import Wish, name_of

        page, session = self._work.page, self._work.session
        if page is None:
            return
        subject = page.entry.key.subject
        title = message("casebook.title_of", participant=session.subjid(subject))
        then = partial(self._casebook, subject)
        self._ask(name_of(session, subject, Wish(language())), title, then, message("casebook.save"))

    def morning(self) -> None:
        """Cards of everybody due today."""
        day = self._work.session.today.isoformat()
        self._ask(f"morning-{day}.pdf", message("cards.file_morning"), self._read_cards)

    def calendar(self) -> None:
        """The calendar of the participant on screen; on any other page, of the site."""
        page = self._work.page
        subject = page.entry.key.subject if page is not None else ""
        number = self._work.session.subjid(subject) if subject else "site"
        then = partial(self._calendar, subject)
        self._ask(f"calendar-{number}.pdf", message("cards.file_calendar"), then)

    def matrix(self) -> None:
        """All participants by visits."""
        self._ask("matrix.pdf", message("cards.file_matrix"), self._matrix)

    def report(self) -> None:
        """The report of the row that has the keyboard; with one report on the form, that one."""
        page = self._work.page
        if page is None:
            return
        number = report_on(page)
        if number is None:
            raise InputRefused("cards.choose_report")
        subject = page.entry.key.subject
        file = f"{self._work.session.subjid(subject)}-sae-{number}.pdf"
        self._ask(file, message("cards.file_report"), partial(self._report, subject, number))

    # -- reading, between two keystrokes

    def _casebook(self, subject: str, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs import casebooks

        session = self._work.session
        order = casebooks.gather(session, subject, casebooks.Wish(tongue))
        self._draw(partial(casebooks.draw, order), file, partial(casebooks.record, session, order))

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
            self._draw(partial(daycards.draw, order), file, partial(daycards.record, session, order))

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
        self._draw(partial(daysheets.draw, order), file, record)

    def _report(self, subject: str, number: int, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs import saereports

        session = self._work.session
        order = saereports.gather(session, subject, number, tongue)
        record = partial(saereports.record, session, order)
        self._draw(lambda _progress: saereports.draw(order), file, record)


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
