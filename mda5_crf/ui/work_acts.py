"""The commands of the window while somebody works: each is one entry of a table, with what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import QueryInfo
from mda5_crf.settings import remember
from mda5_crf.text import Text, both, message
from mda5_crf.ui.archive_acts import ArchiveActs
from mda5_crf.ui.blank_acts import BlankActs
from mda5_crf.ui.card_acts import CardActs
from mda5_crf.ui.export_acts import ExportActs
from mda5_crf.ui.inputs import advance
from mda5_crf.ui.language import say
from mda5_crf.ui.office import PAGES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.query_strip import QueryStrip
from mda5_crf.ui.sdv_acts import verify_here
from mda5_crf.ui.side_panel import COURSE, QUERIES
from mda5_crf.ui.strips import AddVisitStrip, AskStrip, GoToStrip
from mda5_crf.ui.syncing import Maker, MakeStrip, TakeStrip

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea

OF_FORM: dict[str, str] = {
    "complete": "complete",
    "next_attention": "next_attention",
    "previous_attention": "previous_attention",
    "first_item": "first_item",
    "last_item": "last_item",
    "confirm": "confirm",
    "missing": "missing_menu",
    "zero_row": "zero_row",
    "rest": "rest",
    "paste_rows": "paste_rows",
    "add_row": "add_row",
    "strike_row": "strike_row",
    "next_row": "next_row",
    "previous_row": "previous_row",
    "show_struck": "show_struck",
    "take_limits": "take_limits",
    "query": "ask_query",
    "history": "show_history",
    "save_now": "save_now",
}
"""Command → method of FormPage."""


class WorkActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        window.commands.actions["auto_advance"].setChecked(advance.is_on())
        window.commands.actions["show_voided"].setChecked(work.matrix.shows_voided)
        self._maker = Maker(self, work.session, Tasks.of(work))
        self._maker.made.connect(self._made)
        self._maker.covered.connect(lambda file: self._window.tell(_covered(file), error=False))
        self._maker.failed.connect(self._not_made)
        work.matrix.work.conflict_wanted.connect(self.show_conflict)
        self.table: dict[str, Callable[[], object]] = {
            "matrix": work.show_matrix,
            "work_list": work.show_work_list,
            "read_again": self.read_again,
            "enrol": self.enrol,
            "find_subject": self.find_subject,
            "auto_advance": self.auto_advance,
            "show_voided": self.show_voided,
            "add_visit": self.add_visit,
            "add_form": self.add_form,
            "sae_clock": work.clocks.follow,
            "deviations": work.deviations.show,
            "sign": work.signing.ask,
            "second_entry": work.second.toggle,
            "verify_source": lambda: verify_here(work),
            **CardActs(work, window).table,
            "print_blank": BlankActs(work, window).ask,
            "archive": ArchiveActs(work, window).ask,
            "export": ExportActs(work, window).ask,
            "previous_form": lambda: self.step_form(-1),
            "next_form": lambda: self.step_form(1),
            "go_to": self.go_to,
            "make_bundle": self.make_bundle,
            "take_bundle": self.take_bundle,
            "course": lambda: work.open_side(COURSE),
            "side_panel": self.toggle_side,
            "next_pane": lambda: self.step_pane(1),
            "previous_pane": lambda: self.step_pane(-1),
        }

    def run(self, command: str) -> None:
        """Do it; what is refused is one sentence across the window. Nothing while records come in."""
        if self._work.busy and command not in ("next_pane", "previous_pane"):  # the way to the Cancel button
            return
        try:
            if self._work.office.answer(command):
                return
            if command in PAGES:
                self._work.office.open(command)
            elif command in self.table:
                self.table[command]()
            elif self._work.page is not None:
                getattr(self._work.page, OF_FORM[command])()
        except CrfError as problem:
            self._window.tell(problem)

    def read_again(self) -> None:
        """Read the page beside the forms anew."""
        if self._work.office.page is not None:
            self._work.office.page.refresh()

    # -- participants and visits -----------------------------------------------------------------------

    def enrol(self) -> None:
        """Ask for the number (the next free one is offered) above the action bar, on the matrix."""
        work = self._work
        if work.page is not None and not work.show_matrix():
            return
        number = work.session.next_subjid()
        strip = AskStrip(
            work,
            message("ui.enrol_number"),
            message("ui.enrol_button"),
            self._enrol,
            text=number,
            words=False,
        )
        work.show_strip(strip)

    def _enrol(self, number: str) -> None:
        summary = self._work.session.enrol(number)
        matrix = self._work.matrix
        matrix.search.clear()
        matrix.filter.setCurrentIndex(0)
        matrix.refresh()
        matrix.choose(summary.identity, matrix.model.events[0])
        self._work.bar.show_said(say("ui.enrolled", subject=summary.subjid))

    def find_subject(self) -> None:
        """To the search of the matrix."""
        if self._work.page is None or self._work.show_matrix():
            self._work.matrix.to_search()

    def add_visit(self) -> None:
        """Ask which repeating visit is added."""
        work = self._work
        study = work.session.study
        visits = [(e.oid, e.name) for e in study.events.values() if e.repeating and study.forms_of(e.oid)]
        question = message("ui.add_visit_to", subject=both(work.subjid))
        work.show_strip(AddVisitStrip(work, question, visits, self._add_visit))

    def _add_visit(self, event: str) -> None:
        work = self._work
        key = work.session.add_event(work.subject, event)
        work.close_strip()
        work.open_visit(key)

    def add_form(self, place: ItemKey | None = None) -> None:
        """Add one more of a repeating form, of the one on screen unless ``place`` says which, and open it."""
        work = self._work
        key = place if place is not None else work.page.entry.key if work.page is not None else None
        if key is None or not work.leave():
            return
        try:
            made = work.session.add_form(key.event_key(), key.form)
        except CrfError as problem:
            self._window.tell(problem)
            return
        work.open_form(made)

    def auto_advance(self) -> None:
        """Switch whether coded digits go on by themselves; this PC remembers it."""
        advance.switch(not advance.is_on())
        self._window.commands.actions["auto_advance"].setChecked(advance.is_on())
        self._work.bar.show_said(say("offers.advance_on" if advance.is_on() else "offers.advance_off"))

    def show_voided(self) -> None:
        """Switch whether matrix and tree show what is void too; this PC remembers it."""
        shown = not self._work.matrix.shows_voided
        remember(show_voided=shown)
        self._work.show_voided(shown)
        self._window.commands.actions["show_voided"].setChecked(shown)
        self._work.bar.show_said(say("ui.voided_shown" if shown else "ui.voided_hidden"))

    # -- moving ----------------------------------------------------------------------------------------

    def step_form(self, step: int) -> None:
        """The form before or behind this one, across visits."""
        work = self._work
        page = work.page
        keys = work.tree.steps()
        if page is None or page.entry.key not in keys:
            return
        place = keys.index(page.entry.key) + step
        if 0 <= place < len(keys):
            work.open_form(keys[place])
        else:
            work.bar.show_said(say("ui.last_form" if step > 0 else "ui.first_form"))

    def go_to(self) -> None:
        """Search among the items of this form."""
        page = self._work.page
        if page is not None:
            self._work.show_strip(GoToStrip(self._work, page.find_items, page.go_to))

    def toggle_side(self) -> None:
        """F3: open the side panel at the queries, or put it away."""
        work = self._work
        if work.panes.side_shown:
            work.panes.show_side(False)
            work.take_focus()
        else:
            work.open_side(QUERIES)

    def step_pane(self, step: int) -> None:
        """F6: tree, work, side panel, strip, buttons, round and round."""
        work = self._work
        panes: list[tuple[QWidget, Callable[[], None]]] = []
        if work.tree.isVisible():
            panes.append((work.tree, lambda: work.tree.setFocus(Qt.FocusReason.TabFocusReason)))
        if work.page is None:
            panes.append((work.matrix.work, work.matrix.to_tasks))
        panes.append((work.centre, work.take_focus))
        if work.side.isVisible():
            panes.append((work.side, lambda: work.side.open_at(work.side.currentIndex())))
        if work.strip is not None:
            panes.append((work.strip, work.strip.take_focus))
        if work.bar.progress.isVisible():
            panes.append((work.bar.progress, work.bar.progress.take_focus))
        button = next((b for b in work.bar.buttons.values() if b.isEnabled()), None)
        if button is not None:
            panes.append((work.bar, lambda: button.setFocus(Qt.FocusReason.TabFocusReason)))
        panes = [pane for pane in panes if pane[0].isEnabled()]  # work rests while records come in
        focused = QApplication.focusWidget()
        here = next(
            (i for i, (w, _) in enumerate(panes) if focused is not None and w.isAncestorOf(focused)), 0
        )
        if focused is work.tree:
            here = 0
        panes[(here + step) % len(panes)][1]()

    # -- queries ---------------------------------------------------------------------------------------

    def ask_query(self, key: ItemKey) -> None:
        """Ctrl+M: write a question about an item."""
        page = self._work.page
        if page is None:
            return
        label = page.entry.form.items[key.item].label if key.item else page.entry.form.name
        question = message("ui.query_title", item=label)
        strip = QueryStrip(self._work, question, key, lambda place, words: self._raise(page, place, words))
        self._work.show_strip(strip)

    def queries_above(self, page: FormPage) -> tuple[QueryInfo, ...]:
        """The queries of the visit and the participant of a form; none beside a second entry."""
        return () if page.entry.blind else self._work.session.queries_above(page.entry.key)

    def show_query(self, query: str) -> None:
        """The side panel at one query, with the keyboard in it."""
        if self._work.page is not None and self._work.side.choose(query):
            self._work.open_side(QUERIES)

    def show_conflict(self, key: ItemKey) -> None:
        """The page of conflicts at one item."""
        page = self._work.office.open("conflicts")
        if page is not None:
            page.choose_again(key.path())
            page.take_focus()

    def _raise(self, page: FormPage, key: ItemKey, words: str) -> None:
        self._work.session.raise_query(key, words)
        self._work.queries_changed()
        page.announce(say("ui.query_raised"))

    # -- bundles ---------------------------------------------------------------------------------------

    def make_bundle(self) -> None:
        """Ask for which PC."""
        if not self._work.leave():
            return
        self._work.show_strip(MakeStrip(self._work, self._work.session, self._maker))

    def _made(self, file: str) -> None:
        self._window.tell(message("ui.pdf_written", file=file), error=False)

    def _not_made(self, problem: CrfError) -> None:
        if not isinstance(self._work.strip, MakeStrip):  # else it says so itself
            self._window.tell(problem)

    def take_bundle(self, *files: Path) -> None:
        """Ask for files, or look at ``files`` at once and wait for the word; in the mailbag if it is open."""
        page = self._work.office.page
        if files and page is not None and page.takes_bundles:
            page.take_files(*files)
            return
        if not self._work.leave():
            return
        strip = TakeStrip(self._work, self._work.session)
        strip.working.connect(self._work.set_busy)
        strip.taken.connect(self._taken)
        self._work.show_strip(strip)
        if files:
            strip.offer(*files)

    def _taken(self, lines: Sequence[Text]) -> None:
        work = self._work
        key = work.page.entry.key if work.page is not None else None
        work.session.refresh()
        work.forms.forget()
        if key is not None:
            work.open_form(key)
        else:
            work.matrix.refresh()
        words = Text(" ".join(t.en for t in lines), "".join(t.zh for t in lines))
        self._window.tell(words, error=False)


def _covered(file: str) -> Text:
    return message("mailbag.made_with_cover", file=Path(file).with_suffix(".mda5b"), sheet=Path(file).name)
