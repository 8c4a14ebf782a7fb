"""Pages of many participants at once: who, what, in which language; into a folder, or as a printer's one job.

At the end the list says what became of each; it can be copied, or saved as a PDF.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.jobs import daycards
from mda5_crf.jobs.papers import BLANK_BOOK, CALENDAR, CARDS, OF_MANY, VISIT, list_of, moment_typed, of_many
from mda5_crf.text import Text, both, message
from mda5_crf.ui import press
from mda5_crf.ui.batch import Batch, FolderOut, Out, PressOut
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.paper_page import SaveStrip
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.strips import AskStrip
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.jobs.papers import Paper
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.services.session import Session
    from mda5_crf.ui.strip import Strip

Box = TypeVar("Box", bound=QWidget)

_LEFT = 25
"""Width of the column with the choices, in em."""
_WHO = Qt.ItemDataRole.UserRole
ALL, DUE, NOBODY, OWN = "all", "due", "none", "own"


class PrintManyPage(OfficePage):
    """See the module text."""

    title = message("printmany.title")
    presses = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.ask_printer: Callable[[QWidget, int], Any] = press.ask_printer
        """Asks for a printer; what a test puts here is asked instead of the system."""
        self.batch: Batch | None = None
        self.strip: Strip | None = None
        self.results: dict[str, Text] = {}
        """How it stands with each participant of the last batch, by identity."""
        self._problem: Text | None = None
        self._summary: Text | None = None
        self._numbers: dict[str, str] = {}
        self.folder = documents()
        self._titles: list[tuple[QLabel, str, QWidget]] = []
        self._form = QFormLayout()
        self.what = self._row(QComboBox(self), "preview.what")
        self.visit = self._row(QComboBox(self), "printmany.visit")
        self.tongue = self._row(QComboBox(self), "preview.language")
        self.as_of = self._row(QLineEdit(self), "preview.as_of")
        self.who = self._row(QComboBox(self), "printmany.who")
        self.words = MessageLabel(self)
        self.list = QListWidget(self)
        self.count = QLabel(self)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.save, self.print, self.copy, self.save_list = (button(self) for _ in range(4))
        self._fill_boxes()
        self._lay_out()
        self.what.currentIndexChanged.connect(self._chosen)
        self.who.currentIndexChanged.connect(self._tick)
        self.list.itemChanged.connect(self._ticked)
        for made, act in (
            (self.save, self.ask_folder), (self.print, self.send), (self.copy, self.copy_list),
            (self.save_list, self.ask_list),
        ):  # fmt: skip
            made.clicked.connect(act)
        self.obeys: Mapping[str, Callable[[], object]] = {
            "print_form": self.send,
            "save_now": self.ask_folder,
        }
        self.retranslate()
        self.rescale()
        self._chosen()

    # -- making

    def _row(self, box: Box, title: str) -> Box:
        box.setMinimumHeight(24)
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(box)
        self._titles.append((label, title, box))
        self._form.addRow(label, box)
        return box

    def _fill_boxes(self) -> None:
        study = self.session.study
        for what in OF_MANY:
            self.what.addItem("", what)
        for event in study.events.values():
            if not event.repeating and study.forms_of(event.oid):
                self.visit.addItem("", event.oid)
        for tongue in TONGUES:
            self.tongue.addItem("", tongue)
        self.tongue.setCurrentIndex(TONGUES.index(language()))
        sites = sorted({one.site for one in self.session.subjects()})
        for who in (NOBODY, ALL, DUE, *(sites if len(sites) > 1 else ()), OWN):
            self.who.addItem("", who)
        for box in (self.what, self.visit, self.tongue, self.who):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _lay_out(self) -> None:
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._left = QWidget(self)
        self._choices = QScrollArea(self._left)
        self._choices.setWidgetResizable(True)
        self._choices.setFrameShape(QFrame.Shape.NoFrame)
        self._choices.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choices.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(self._choices)
        column = QVBoxLayout(inside)
        column.addLayout(self._form)
        column.addStretch(1)
        self._choices.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save, 1)
        buttons.addWidget(self.print, 1)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._choices, 1)
        left.addWidget(self.words)
        left.addLayout(buttons)
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        foot.addWidget(self.copy)
        foot.addWidget(self.save_list)
        right = QVBoxLayout()
        right.addWidget(self.list, 1)
        right.addLayout(foot)
        middle = QHBoxLayout()
        middle.addWidget(self._left)
        middle.addLayout(right, 1)
        self._box = QVBoxLayout(self)
        self._box.addLayout(middle, 1)
        order: list[QWidget] = [box for _, _, box in self._titles]
        order += [self.list, self.save, self.print, self.copy, self.save_list]
        for one, other in pairwise(order):
            self.setTabOrder(one, other)

    # -- who

    def refresh(self) -> None:
        """Shown again: who was enrolled meanwhile is in the list; ticks and results stay."""
        ticked = set(self.ticked())
        self.list.blockSignals(True)
        self.list.clear()
        self._numbers = {one.identity: one.subjid for one in self.session.subjects()}
        for identity in self._numbers:
            item = QListWidgetItem()
            item.setData(_WHO, identity)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if identity in ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._say()

    def _items(self) -> list[QListWidgetItem]:
        return [item for row in range(self.list.count()) if (item := self.list.item(row)) is not None]

    def ticked(self) -> list[str]:
        """Who is ticked, in the order of the list."""
        return [item.data(_WHO) for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def _tick(self) -> None:
        who = str(self.who.currentData())
        if who == OWN:
            return
        sites = {one.identity: one.site for one in self.session.subjects()}
        due = set(daycards.near(self.session, self.session.today)) if who == DUE else set()
        self.list.blockSignals(True)
        for item in self._items():
            identity = item.data(_WHO)
            on = who == ALL or identity in due or sites.get(identity) == who
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self._say()

    def _ticked(self, _item: QListWidgetItem) -> None:
        self.who.blockSignals(True)
        self.who.setCurrentIndex(self.who.findData(OWN))
        self.who.blockSignals(False)
        self._say()

    def _chosen(self) -> None:
        what = str(self.what.currentData())
        self.visit.setEnabled(what == VISIT)
        self.as_of.setEnabled(what not in (CARDS, BLANK_BOOK, CALENDAR))
        self._say()

    # -- doing

    def ask_folder(self) -> None:
        """Which folder the files go into."""
        if self._may_begin():
            strip = AskStrip(
                self, message("printmany.folder"), message("printmany.save_go"), self._save_into,
                text=str(self.folder), words=False,
            )  # fmt: skip
            browse = strip.press(message("ui.browse"))
            browse.clicked.connect(lambda: self._browse(strip))
            strip.retranslate()
            self._show_strip(strip)

    def _browse(self, strip: AskStrip) -> None:
        chosen = QFileDialog.getExistingDirectory(self, say("ui.choose_folder"), strip.line.text())
        if chosen and isValid(strip):
            strip.line.setText(chosen)

    def _save_into(self, text: str) -> None:
        folder = Path(text.strip())
        if not text.strip() or not folder.is_dir():
            raise InputRefused("casebook.no_folder", folder=text.strip())
        self.folder = folder
        one = str(self.what.currentData()) == BLANK_BOOK
        self._begin(FolderOut(folder), [""] if one else self.ticked())

    def send(self) -> None:
        """Ask for a printer, and put everything on one job."""
        if not self._may_begin():
            return
        try:
            printer = self.ask_printer(self.window(), 0)
            if printer is not None and isValid(self) and not self._held():
                self._begin(PressOut(press.Press(printer)), self.ticked())
        except CrfError as problem:
            self.told.emit(problem)

    def _may_begin(self) -> bool:
        if self.batch is not None:
            return False
        self._problem = None if self.ticked() else message("printmany.nobody")
        self._say()
        return self._problem is None

    def _begin(self, out: Out, subjects: list[str]) -> None:
        session, what = self.session, str(self.what.currentData())
        tongue, event = cast("Tongue", self.tongue.currentData()), str(self.visit.currentData() or "")
        moment = moment_typed(session, self.as_of.text()) if self.as_of.isEnabled() else None
        blank = of_many(session, "", what, tongue) if what == BLANK_BOOK else None

        def read(subject: str) -> Paper:
            return blank or of_many(session, subject, what, tongue, event=event, as_of=moment)

        self.results = {subject: message("printmany.waits") for subject in subjects}
        self._summary = None
        self.batch = Batch(self, subjects, read, out, self._over, self._held)
        self.batch.went.connect(self._went)
        Tasks.of(self).watch(self.batch, message("printmany.task", count=len(subjects)))
        self._say()

    def _held(self) -> bool:
        """Whether the window was locked: then the rest is not begun, so that the keys can be dropped."""
        return bool(getattr(self.window(), "locked", False))

    def _went(self, subject: str, words: Text) -> None:
        self.results[subject] = words
        self._say()

    def _over(self, problem: CrfError | None) -> None:
        batch, self.batch = self.batch, None
        if batch is None:
            return
        counts = {"done": len(batch.done_ones), "refused": len(batch.refused)}
        if batch.left:
            self._summary = message("printmany.stopped", left=len(batch.left), **counts)
        else:
            self._summary = message("printmany.ended", **counts)
        self._say()
        self.said.emit(self._summary)
        if problem is not None:
            self.told.emit(problem)

    # -- the list at the end

    def lines(self) -> list[tuple[Text, Text]]:
        """Participant and what became of it, in the order in which they were printed."""
        blank = message("printmany.blank_line")
        return [(both(self._numbers[w]) if w else blank, words) for w, words in self.results.items()]

    def copy_list(self) -> None:
        """The list as text, for a letter or a table."""
        QGuiApplication.clipboard().setText(
            "\n".join(f"{speak(number)}\t{speak(words)}" for number, words in self.lines())
        )
        self.said.emit(message("printmany.copied"))

    def ask_list(self) -> None:
        """Where the list goes as a PDF."""
        file = self.folder / f"printed-{self.session.today.isoformat()}.pdf"
        self._show_strip(SaveStrip(self, file, self._save_list, message("ui.pdf_clear_warning")))

    def _save_list(self, file: Path) -> None:
        from mda5_crf.jobs.written import write
        from mda5_crf.pdf.parts import printed

        try:
            paper = list_of(self.session, self.lines(), cast("Tongue", self.tongue.currentData()))
            made = printed(paper.lay(lambda _done, _total: None))
            if paper.record is not None:
                paper.record(made)
            write(file, made.data)
        except CrfError as problem:
            if self.strip is not None:
                self.strip.complain(problem)
            return
        self._strip_closed()
        self.said.emit(message("ui.pdf_written", file=file))

    # -- strips

    def _show_strip(self, strip: Strip) -> None:
        self._put_away()
        self.strip = strip
        strip.closed.connect(self._strip_closed)
        self._box.addWidget(strip)
        strip.show()
        strip.take_focus()

    def _put_away(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            self._box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def _strip_closed(self) -> None:
        self._put_away()
        self.take_focus()

    # -- the page

    def take_focus(self) -> None:
        """To the list."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self) -> None:
        """Nobody is logged in any more."""
        if self.batch is not None:
            self.batch.stop()
        self.list.clear()
        self.results.clear()
        self._numbers.clear()

    def _say(self) -> None:
        self.list.blockSignals(True)
        for item in self._items():
            number = both(self._numbers.get(item.data(_WHO), ""))
            words = self.results.get(item.data(_WHO))
            shown = number if words is None else message("printmany.line", subject=number, words=words)
            item.setText(speak(shown))
            item.setToolTip(speak(shown) if words is not None else "")
        self.list.blockSignals(False)
        self.count.setText(say("printmany.ticked", count=len(self.ticked()), total=self.list.count()))
        idle = self.batch is None
        if not idle and any(made.hasFocus() for made in (self.save, self.print, self.copy, self.save_list)):
            self.take_focus()  # before Qt gives the keyboard of a dead button to whatever comes next
        for made in (self.save, self.print):
            made.setEnabled(idle)
        for made in (self.copy, self.save_list):
            made.setEnabled(idle and bool(self.results))
        if self._problem is not None:
            self.words.say(speak(self._problem), Tone.ERROR)
        elif self._summary is not None:
            self.words.say(speak(self._summary), Tone.QUIET)
        else:
            self.words.say(say("preview.warning"), Tone.SOFT)
        self.words.setMinimumHeight(self.words.height_for(_LEFT * em(self)))
        name(self.words, self.words.text())

    def retranslate(self) -> None:
        """Speak the window's language."""
        for label, title, box in self._titles:
            label.setText(say(title))
            name(box, say(title))
        name(self.who, say("printmany.who_name"))
        name(self.as_of, say("preview.as_of_name"))
        self.as_of.setPlaceholderText(say("preview.as_of_hint"))
        for place in range(self.what.count()):
            self.what.setItemText(place, say(f"printmany.what_{self.what.itemData(place)}"))
        for place in range(self.visit.count()):
            event = str(self.visit.itemData(place))
            words = speak(self.session.study.events[event].name)
            self.visit.setItemText(place, say("printmany.visit_named", event=event, name=words))
        for place, tongue in enumerate(TONGUES):
            self.tongue.setItemText(place, say(f"ui.tongue_{tongue}"))
        for place in range(self.who.count()):
            who = str(self.who.itemData(place))
            known = who in (ALL, DUE, NOBODY, OWN)
            words = say(f"printmany.who_{who}") if known else say("printmany.who_site", site=who)
            self.who.setItemText(place, words)
        for made, key in (
            (self.save, "save"), (self.print, "print"), (self.copy, "copy"), (self.save_list, "save_list"),
        ):  # fmt: skip
            made.setText(say(f"printmany.{key}"))
            name(made, say(f"printmany.{key}").rstrip(" …"))
        name(self.list, say("printmany.list_name"))
        name(self._choices, say("preview.controls"))
        self._say()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._left.setFixedWidth(_LEFT * unit)
        self._form.setVerticalSpacing(unit // 2)
        self._say()
