"""What the data show: parts at the left, their pictures and tables at the right, the PDF of all of it.

Read in a thread, once, and again when somebody asks (F5): the tables say of which moment they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.studyfigures import FIGURES, figures_pages, record
from mda5_crf.jobs.written import write
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import printed
from mda5_crf.services.access import Action
from mda5_crf.services.figuremodel import COURSE, Figures, Grid, Section
from mda5_crf.services.studyfigures import study_figures
from mda5_crf.text import Text, message
from mda5_crf.ui.figures_view import Block, FiguresView
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.printing import TONGUES, PdfStrip
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import Spoken, name, pale_choice, tip
from mda5_crf.ui.theme import em
from mda5_crf.ui.trace_base import TracePage
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.services.session import Session

_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_ALL: Final = ""
_LEFT: Final = 17
"""Width of the list of parts, in em."""


class PartList(Spoken, QTreeWidget):
    """The parts, and what each is made of. Enter leads to the tables."""

    entered = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pale_choice(self)
        self._titles: list[tuple[QTreeWidgetItem, Text]] = []

    def show_sections(self, sections: list[tuple[str, Text, list[tuple[str, Text]]]]) -> None:
        """Name, title and pieces of each; what was chosen stays chosen."""
        chosen = self.chosen
        self.blockSignals(True)
        self.clear()
        self._titles = []
        for section, title, pieces in sections:
            top = self._line(None, (section, _ALL), title)
            for piece, words in pieces:
                self._line(top, (section, piece), words)
            top.setExpanded(section == chosen[0])
        self.blockSignals(False)
        found = [item for item, _ in self._titles if item.data(0, _ROLE) == chosen]
        if self._titles:
            self.setCurrentItem(found[0] if found else self._titles[0][0])
        self.retranslate()

    def _line(self, above: QTreeWidgetItem | None, value: tuple[str, str], title: Text) -> QTreeWidgetItem:
        item = QTreeWidgetItem([speak(title)])
        item.setData(0, _ROLE, value)
        if above is None:
            self.addTopLevelItem(item)
        else:
            above.addChild(item)
        self._titles.append((item, title))
        return item

    @property
    def chosen(self) -> tuple[str, str]:
        """Section and piece of the line in hand; the piece "" for all of it."""
        item = self.currentItem()
        if item is None:
            return "", _ALL
        section, piece = item.data(0, _ROLE)
        return str(section), str(piece)

    def choose(self, section: str, piece: str = _ALL) -> None:
        """Go to a line; nothing happens when it is not there."""
        for item, _ in self._titles:
            if tuple(item.data(0, _ROLE)) == (section, piece):
                self.setCurrentItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter: to what is shown. Esc is the page's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self, say("figureview.parts"))
        for item, title in self._titles:
            item.setText(0, speak(title))
            item.setToolTip(0, tip(speak(title)))


class FiguresPage(TracePage):
    """See the module text."""

    title = message("figures.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.figures: Figures | None = None
        self.strip: PdfStrip | None = None
        self._job: Job | None = None
        self._press: Job | None = None
        self._heads: object = None
        self._wanted = ""
        self._folder = documents()
        self.parts = PartList(self)
        self.who = QComboBox(self)
        self.who.setMinimumHeight(24)
        self.who.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.who.setMinimumContentsLength(10)
        self._who_label = QLabel(self)
        self._who_label.setTextFormat(Qt.TextFormat.PlainText)
        self._who_label.setBuddy(self.who)
        self.view = FiguresView(self)
        self._lay_out()
        self.parts.currentItemChanged.connect(lambda *_: self._chosen())
        self.parts.entered.connect(self.into_view)
        self.who.currentIndexChanged.connect(lambda _index: self._show_part())
        self.view.row_wanted.connect(self._open)
        self.again = self.press(message("figureview.again"), self.look)
        self.matrix = self.press(message("figureview.matrix"), lambda: self.command_wanted.emit("matrix"))
        self.save = self.press(message("figureview.print"), self.ask_print)
        self.obeys: Mapping[str, Callable[[], object]] = {
            "read_again": self.look,
            "print_form": self.ask_print,
        }
        self.finish()

    def _lay_out(self) -> None:
        right = QWidget(self)
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._chooser = QWidget(right)
        row = QHBoxLayout(self._chooser)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._who_label)
        row.addWidget(self.who)
        row.addStretch(1)
        self._right.addWidget(self._chooser)
        self._right.addWidget(self.view, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.addWidget(self.parts)
        self.split.addWidget(right)
        self.split.setStretchFactor(1, 1)
        self.split.setChildrenCollapsible(False)
        self.box.addWidget(self.split, 1)

    # -- reading ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read when the page is opened for the first time; later it says when something is newer."""
        if self.figures is None:
            self.look()
        else:
            self._tell_moment()
            self._mirror()

    def look(self) -> None:
        """Read anew."""
        if self._job is not None or self.stopped:
            return
        if self.again.hasFocus():  # before Qt gives the keyboard of a dead button to the next one
            (self.parts if self.split.isVisible() else self.matrix).setFocus()
        self.tell(message("figureview.reading"))
        work = self.session
        self._heads = work.vault.journal.heads()
        self._job = Job(
            self, lambda progress: study_figures(work, progress=progress), self._done, self._failed
        )
        Tasks.of(self).watch(self._job, message("figureview.reading"))
        self._mirror()

    def _done(self, figures: Figures) -> None:
        self._job, self.figures = None, figures
        self._fill()
        self._tell_moment()
        self._mirror()
        if self.matrix.hasFocus():  # it stood there while there was nothing to choose
            self.take_focus()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        if self.figures is None:
            self.tell(message("figureview.cancelled") if isinstance(problem, Cancelled) else problem.text)
        else:
            self._heads = None  # what is shown is older than the reading that failed
            self._tell_moment()
        self.told.emit(problem)
        self._mirror()

    def _tell_moment(self) -> None:
        figures = self.figures
        if figures is None:
            return
        if not figures.participants:
            self.tell(message("figureview.empty"))
            return
        notes = list(figures.notes)
        if self._heads != self.session.vault.journal.heads():
            notes.insert(0, message("figureview.stale"))
        self.tell(Text(" ".join(one.en for one in notes), "".join(one.zh for one in notes)))

    def _mirror(self) -> None:
        there = self.figures is not None and self.figures.participants > 0
        self.split.setVisible(there)
        self.again.setEnabled(self._job is None)
        self.matrix.setEnabled(self.session.may(Action.READ))
        self.save.setEnabled(there and self._job is None and self._press is None)
        self.save.setVisible(self.session.may(Action.PRINT))

    # -- what is shown ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        assert self.figures is not None
        sections = [
            (one.name, one.title, _pieces(one))
            for one in self.figures.sections
            if not one.name.startswith(COURSE)
        ]
        subjects = [
            one.name.removeprefix(COURSE) for one in self.figures.sections if one.name.startswith(COURSE)
        ]
        chosen = self.who.currentText()
        self.who.blockSignals(True)
        self.who.clear()
        self.who.addItems(subjects)
        self.who.setCurrentIndex(max(self.who.findText(chosen), 0))
        self.who.blockSignals(False)
        self.parts.show_sections([*sections, (COURSE, message("figureview.course"), [])])
        if self._wanted.count("|") == 2:
            section, piece, subject = self._wanted.split("|")
            self._wanted = ""
            self.who.setCurrentIndex(max(self.who.findText(subject), 0))
            self.parts.choose(section, piece)
        self._show_part()

    def _chosen(self) -> None:
        section, _ = self.parts.chosen
        for place in range(self.parts.topLevelItemCount()):
            top = self.parts.topLevelItem(place)
            if top is not None:  # one is open at a time: the list stays short
                top.setExpanded(top.data(0, _ROLE)[0] == section)
        self._show_part()

    def _show_part(self) -> None:
        figures = self.figures
        if figures is None:
            return
        name_, piece = self.parts.chosen
        self._chooser.setVisible(name_ == COURSE)
        if name_ == COURSE:
            name_ = f"{COURSE}{self.who.currentText()}"
            if not self.who.count():
                self.view.show_blocks(message("figureview.course"), [message("figureview.no_course")])
                return
        section = next((one for one in figures.sections if one.name == name_), None)
        if section is not None:
            self.view.show_blocks(section.title, blocks(section, piece))

    def choose(self, section: str, piece: str = _ALL) -> None:
        """Show a part, or one piece of it."""
        self.parts.choose(section, piece)

    def show_course(self, subjid: str) -> None:
        """The course of a participant; nothing happens when there is none."""
        place = self.who.findText(subjid)
        if place >= 0:
            self.who.setCurrentIndex(place)
            self.parts.choose(COURSE)

    def into_view(self) -> None:
        """The keyboard to the first table, or to the page that scrolls."""
        if self._chooser.isVisible() and self.who.isVisible():
            self.who.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.view.tables:
            self.view.tables[0].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def _open(self, grid: Grid, row: int) -> None:
        """To whom a row is about, and to the visit that it names."""
        cells = [cell.en for cell in grid.rows[row]]
        known = {one.subjid: one.identity for one in self.session.subjects()}
        if grid.columns[0] == message("figures.participant") and cells[0] in known:
            event = cells[1] if len(cells) > 1 and cells[1] in self.session.study.events else ""
            self.place_wanted.emit(ItemKey(known[cells[0]], event))

    @property
    def chosen_now(self) -> str:
        """The part on screen, and whose course."""
        return "|".join((*self.parts.chosen, self.who.currentText()))

    def choose_again(self, about: str) -> None:
        """The same part, as soon as it was read."""
        self._wanted = about
        if self.figures is not None:
            self._fill()

    # -- print -----------------------------------------------------------------------------------------

    def ask_print(self) -> None:
        """Ask where the PDF goes; both languages unless another is chosen."""
        if not self.session.may(Action.PRINT) or not self.save.isEnabled() or self.strip is not None:
            return
        day = self.session.today.isoformat()
        file = self._folder / f"{self.session.study.oid}-figures-{day}-both.pdf".lower()
        self.strip = strip = PdfStrip(self, file, message("figureview.print_title"), self._print)
        strip.tongue.setCurrentIndex(TONGUES.index("both"))
        strip.closed.connect(self._strip_closed)
        self.box.addWidget(strip)
        strip.show()
        strip.take_focus()

    def _print(self, tongue: Tongue, file: Path) -> None:
        assert self.figures is not None  # else the button is dead
        try:
            pages = figures_pages(self.session, self.figures, tongue)
        except CrfError as problem:
            if self.strip is not None:
                self.strip.complain(problem)
            return

        def draw(progress: Progress) -> Printed:
            laid = pages()
            return printed(laid, lambda done: progress(done, len(laid.leaves)))

        def done(made: Printed) -> None:
            self._press = None
            self._mirror()
            try:
                record(self.session, FIGURES, made)
                write(file, made.data)
            except CrfError as problem:
                self.told.emit(problem)
                return
            self.said.emit(message("figureview.printed", file=file.name, pages=made.pages))

        self._folder = file.absolute().parent
        self._press = Job(self, draw, done, self._not_printed)
        Tasks.of(self).watch(self._press, message("start.task_pdf", file=file.name))
        self._strip_closed()
        self._mirror()

    def _not_printed(self, problem: CrfError) -> None:
        self._press = None
        self._mirror()
        self.told.emit(problem)

    def _strip_closed(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            self.box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
            self.take_focus()

    # -- the page --------------------------------------------------------------------------------------

    def leave(self) -> bool:
        """A question about a file is put away."""
        self._strip_closed()
        return super().leave()

    def stop(self) -> None:
        """Nobody is logged in any more: reading and drawing end first."""
        for job in (self._job, self._press):
            if job is not None:
                job.stop()
                job.wait()
        self._job = self._press = None
        super().stop()

    def take_focus(self) -> None:
        """To the list of parts; while there is none, to the button that reads."""
        if self.strip is not None:
            self.strip.take_focus()
        elif self.split.isVisible():
            self.parts.setFocus()
        elif self.again.isEnabled():
            self.again.setFocus()
        else:
            self.matrix.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._who_label.setText(say("figureview.whose"))
        name(self.who, say("figureview.whose"))

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        unit = em(self)
        self.parts.setMinimumWidth(10 * unit)
        self.parts.setIndentation(unit)
        self.split.setSizes([_LEFT * unit, max(self.width() - _LEFT * unit, 20 * unit)])


def _pieces(section: Section) -> list[tuple[str, Text]]:
    """What can be chosen alone; nothing where there is one thing only."""
    found = {grid.name: grid.title for grid in section.grids}
    for picture in section.pictures:
        found.setdefault(picture.name, picture.title)
    return list(found.items()) if len(found) > 1 else []


def blocks(section: Section, piece: str = _ALL) -> list[Block]:
    """What of a part is shown, in order: each picture before the table of its name, those without one first.

    Of a participant the tables come first, and pictures stand in pairs.
    """
    grids = [one for one in section.grids if piece in (_ALL, one.name)]
    pictures = [one for one in section.pictures if piece in (_ALL, one.name)]
    found: list[Block] = list(section.notes)
    if section.name.startswith(COURSE):
        return [*found, *grids, *([tuple(pictures)] if pictures else [])]
    own = {grid.name for grid in grids}
    found += [(one,) for one in pictures if one.name not in own]
    for grid in grids:
        found += [(one,) for one in pictures if one.name == grid.name]
        found.append(grid)
    return found or [message("figures.nothing")]
