"""Line listings: one form of all participants row by row, filtered, with the columns that are wanted.

Enter opens the form or log row. What is on screen can be saved: as PDF, as workbook or CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QWidget,
)

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.jobs.studyfigures import LISTING, listing_pages, record, write_listing
from mda5_crf.jobs.written import write
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import printed
from mda5_crf.services.access import Action
from mda5_crf.services.linelistings import (
    LineListing,
    line_listing,
    read_where,
    split_where,
    with_columns,
)
from mda5_crf.study.model import ItemType
from mda5_crf.text import message
from mda5_crf.ui.file_strip import FileStrip, documents
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.listing_model import ListingModel, ListingTable
from mda5_crf.ui.printing import TONGUES, PdfStrip
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import button, name, tip
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.trace_base import TracePage
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.services.session import Session

_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_SHEETS: Final = (".xlsx", ".csv")
_LIKELY: Final = "AE"
"""The form that is offered first, where the study has it: adverse events are what is listed most."""


class SheetStrip(FileStrip):
    """Asks where a workbook or CSV goes, and in which language its words are."""

    def __init__(self, parent: QWidget, file: Path, save: Callable[[Tongue, Path], None]) -> None:
        self._save = save
        super().__init__(
            parent, file, message("figureview.save_title"), TONGUES, message("ui.pdf_language"),
            message("figureview.save_sheet"), message("figureview.sheet_files"), message("exchange.warning"),
        )  # fmt: skip

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on; a file with another ending is no sheet."""
        if file.suffix.lower() not in _SHEETS:
            self.complain(message("figureview.sheet_kind", file=file.name))
            self.file.setFocus()
            return
        self._save(TONGUES[self._tongues.index(tongue)], file)


class ListingPage(TracePage):
    """See the module text."""

    title = message("figureview.listing")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.strip: FileStrip | None = None
        self.whole: LineListing | None = None
        """With all columns; what is on screen is :attr:`shown`."""
        self._job: Job | None = None
        self._folder = documents()
        self.form = QComboBox(self)
        self.form.setMinimumHeight(24)
        self.form.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.form.setMinimumContentsLength(14)
        self.where = QLineEdit(self)
        self.where.setMinimumHeight(24)
        self.where.setClearButtonEnabled(False)
        self._labels = [(self._label(self.form), "form"), (self._label(self.where), "where")]
        self.go, self.pick = button(self), button(self)
        self.pick.setCheckable(True)
        self.model = ListingModel(self)
        self.rows = ListingTable(self, self.model)
        self.columns = QListWidget(self)
        self.columns.hide()
        self._lay_out()
        self.open = self.press(message("figureview.open"), self.open_row)
        self.sheet = self.press(message("figureview.save_sheet"), self.ask_sheet)
        self.save = self.press(message("figureview.print"), self.ask_print)
        self._fill_forms()
        self.form.currentIndexChanged.connect(lambda _index: self._form_chosen())
        self.where.returnPressed.connect(self.look)
        self.go.clicked.connect(self.look)
        self.pick.toggled.connect(self._pick_columns)
        self.columns.itemChanged.connect(lambda _item: self._narrow())
        self.rows.entered.connect(self.open_row)
        self.obeys: Mapping[str, Callable[[], object]] = {
            "read_again": self.look,
            "print_form": self.ask_print,
        }
        self.finish()
        self._form_chosen()

    def _label(self, of: QWidget) -> QLabel:
        made = QLabel(self)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setBuddy(of)
        return made

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        for (label, _), box in zip(self._labels, (self.form, self.where), strict=True):
            self._row.addWidget(label)
            self._row.addWidget(box, 1)
        self._row.addWidget(self.go)
        self._row.addWidget(self.pick)
        self.top.addLayout(self._row)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.addWidget(self.rows)
        self.split.addWidget(self.columns)
        self.split.setStretchFactor(0, 1)
        self.split.setChildrenCollapsible(False)
        self.box.addWidget(self.split, 1)

    def _fill_forms(self) -> None:
        forms = self.session.versions.words.forms
        for oid in forms:
            self.form.addItem("", oid)
        place = self.form.findData(_LIKELY)
        self.form.setCurrentIndex(max(place, 0))

    # -- what is listed --------------------------------------------------------------------------------

    @property
    def oid(self) -> str:
        """The form that is chosen."""
        return str(self.form.currentData())

    @property
    def shown(self) -> LineListing | None:
        """The rows with the columns that are ticked, as on screen."""
        return self.model.found

    def refresh(self) -> None:
        """What was listed stays until it is listed again."""
        self._mirror()

    def _form_chosen(self) -> None:
        """Another form has other columns; nothing of the one before stays on screen."""
        items = self.session.versions.words.forms[self.oid].items.values()
        self.columns.blockSignals(True)
        self.columns.clear()
        for item in items:
            if item.type is not ItemType.LABEL:
                line = QListWidgetItem()
                line.setData(_ROLE, (item.name, item.label))
                line.setFlags(line.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                line.setCheckState(Qt.CheckState.Checked)
                self.columns.addItem(line)
        self.columns.blockSignals(False)
        self.whole = None
        self.model.show(None)
        self.tell(message("figureview.choose_form"))
        self.retranslate()
        self._mirror()

    def look(self) -> None:
        """List what is asked for."""
        if self._job is not None or self.stopped:
            return
        try:
            where = read_where(self.session, self.oid, split_where(self.where.text()))
        except InputRefused as problem:
            self.tell(problem.text, Tone.ERROR)
            self.where.setFocus()
            return
        if self.go.hasFocus():
            self.where.setFocus()  # before Qt gives the keyboard of a dead button to the next one
        work, oid = self.session, self.oid
        doing = message("figureview.listing_reading", form=oid)
        self.tell(doing)
        self._job = Job(
            self, lambda progress: line_listing(work, oid, where, progress), self._done, self._failed
        )
        Tasks.of(self).watch(self._job, doing)
        self._mirror()

    def _done(self, found: LineListing) -> None:
        self._job = None
        if found.form.oid != self.oid:  # another form was chosen meanwhile
            self._mirror()
            return
        self.whole = found
        self._narrow()
        if found.lines and (self.where.hasFocus() or self.form.hasFocus()):
            self.rows.setFocus()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.tell(message("figureview.choose_form"))
        self.told.emit(problem)
        self._mirror()

    def _ticked(self) -> set[str]:
        lines = (self.columns.item(row) for row in range(self.columns.count()))
        return {line.data(_ROLE)[0] for line in lines if line.checkState() == Qt.CheckState.Checked}

    def _narrow(self) -> None:
        """The columns that are ticked, and how many rows there are."""
        if self.whole is not None:
            self.model.show(with_columns(self.whole, self._ticked()))
            said = self.whole.said()
            self.tell(said if self.whole.lines else message("figureview.no_rows", said=said))
        self._mirror()

    def _pick_columns(self, shown: bool) -> None:
        self.columns.setVisible(shown)
        (self.columns if shown else self.pick).setFocus()

    def _mirror(self) -> None:
        there = self.shown is not None and bool(self.shown.lines) and self._job is None
        self.go.setEnabled(self._job is None)
        self.form.setEnabled(self._job is None)
        for made, needed in ((self.open, None), (self.sheet, Action.EXPORT), (self.save, Action.PRINT)):
            made.setEnabled(there)
            made.setVisible(needed is None or self.session.may(needed))

    def open_row(self) -> None:
        """To the form or log row in hand."""
        line = self.rows.line
        if line is not None:
            self.place_wanted.emit(line.key)

    # -- files -----------------------------------------------------------------------------------------

    def ask_sheet(self) -> None:
        """Ask where the workbook or CSV goes."""
        if self.sheet.isVisible() and self._may_ask():
            self._show(SheetStrip(self, self._offered(".xlsx"), self._save_sheet))

    def ask_print(self) -> None:
        """Ask where the PDF goes; both languages unless another is chosen."""
        if self.session.may(Action.PRINT) and self._may_ask():
            strip = PdfStrip(self, self._offered("-both.pdf"), message("figureview.save_title"), self._print)
            strip.tongue.setCurrentIndex(TONGUES.index("both"))
            self._show(strip)

    def _may_ask(self) -> bool:
        if self.shown is not None and not self.shown.items:
            self.tell(message("figureview.no_columns"), Tone.ERROR)
            return False
        return self.strip is None and self.open.isEnabled()

    def _offered(self, ending: str) -> Path:
        day = self.session.today.isoformat()
        return self._folder / f"{self.session.study.oid}-{self.oid}-{day}{ending}".lower()

    def _show(self, strip: FileStrip) -> None:
        self.strip = strip
        strip.closed.connect(self._strip_closed)
        self.box.addWidget(strip)
        strip.show()
        strip.take_focus()

    def _save_sheet(self, tongue: Tongue, file: Path) -> None:
        assert self.shown is not None  # else nothing was asked
        assert self.strip is not None
        try:
            made = write_listing(self.session, self.shown, file, tongue)
        except CrfError as problem:
            self.strip.complain(problem)
            return
        self._folder = file.absolute().parent
        rows = len(self.shown.lines)
        self._strip_closed()
        self.said.emit(message("figureview.saved_sheet", file=made.file, rows=rows))

    def _print(self, tongue: Tongue, file: Path) -> None:
        assert self.shown is not None  # else nothing was asked
        try:
            pages = listing_pages(self.session, self.shown, tongue)
        except CrfError as problem:
            if self.strip is not None:
                self.strip.complain(problem)
            return

        def draw(progress: Progress) -> Printed:
            laid = pages()
            return printed(laid, lambda done: progress(done, len(laid.leaves)))

        def done(made: Printed) -> None:
            self._job = None
            self._mirror()
            try:
                record(self.session, LISTING, made)
                write(file, made.data)
            except CrfError as problem:
                self.told.emit(problem)
                return
            self.said.emit(message("figureview.printed", file=file.name, pages=made.pages))

        def failed(problem: CrfError) -> None:
            self._job = None
            self._mirror()
            self.told.emit(problem)

        self._folder = file.absolute().parent
        self._job = Job(self, draw, done, failed)
        Tasks.of(self).watch(self._job, message("start.task_pdf", file=file.name))
        self._strip_closed()
        self._mirror()

    def _strip_closed(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            self.box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
            self.take_focus()

    # -- the page --------------------------------------------------------------------------------------

    @property
    def chosen_now(self) -> str:
        """The form; the filter is typed words and waits as such."""
        return self.oid

    def choose_again(self, about: str) -> None:
        """The same form."""
        place = self.form.findData(about)
        if place >= 0:
            self.form.setCurrentIndex(place)

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The filter."""
        return {"where": self.where, **super().half_typed()}

    def leave(self) -> bool:
        """A question about a file is put away."""
        self._strip_closed()
        return super().leave()

    def stop(self) -> None:
        """Nobody is logged in any more: listing and drawing end first."""
        if self._job is not None:
            self._job.stop()
            self._job.wait()
            self._job = None
        super().stop()

    def take_focus(self) -> None:
        """To the rows where there are some, else to what chooses them."""
        if self.strip is not None:
            self.strip.take_focus()
        elif self.model.rowCount():
            self.rows.setFocus()
        else:
            self.form.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        forms = self.session.versions.words.forms
        for place in range(self.form.count()):
            form = forms[str(self.form.itemData(place))]
            self.form.setItemText(place, f"{form.oid} {speak(form.name)}")
        for label, code in self._labels:
            label.setText(say(f"figureview.{code}"))
            name(label.buddy(), label.text())
        example = next((item.name for item in forms[self.oid].items.values() if item.codelist), "SUBJECT")
        self.form.setToolTip(self.form.currentText())
        self.where.setPlaceholderText(say("figureview.where_hint", example=f"{example}=Y"))
        self.where.setToolTip(self.where.placeholderText())
        for made, code in ((self.go, "list"), (self.pick, "columns")):
            made.setText(say(f"figureview.{code}"))
            name(made, made.text().rstrip(" …"))
        name(self.rows, say("figureview.listing"))
        name(self.columns, say("figureview.columns_name"))
        self.columns.blockSignals(True)
        for row in range(self.columns.count()):
            line = self.columns.item(row)
            code, label_words = line.data(_ROLE)
            words = f"{code} {speak(label_words)}"
            line.setText(words)
            line.setToolTip(tip(words))
        self.columns.blockSignals(False)

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        unit = em(self)
        self._row.setSpacing(unit // 2)
        self.columns.setMinimumWidth(14 * unit)
        self.rows.setMinimumWidth(14 * unit)
