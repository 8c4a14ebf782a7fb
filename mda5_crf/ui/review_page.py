"""A file that came back, line by line: what would become of each, and taking what is ticked.

The file is read in a thread, and its content in a process of its own; meanwhile nothing else may be entered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.review_table import ReviewRow, ReviewTable
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_LONGEST = 500
_REASON = 8
"""Share of the line below the table that the reason takes."""


class ReviewPage(OfficePage):
    """See the module text. ``widths``: ems of the columns of the table."""

    takes_files = True
    presses = True
    widths: tuple[float, ...] = ()

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._job: Job | None = None
        self._words: Text | None = None
        self._tone = Tone.QUIET
        self.choose = button(self)
        self.choose.clicked.connect(self.ask_for_file)
        self.summary = MessageLabel(self)
        self.table = ReviewTable(self, self.widths)
        self.table.moved.connect(lambda _: self._detail())
        self.table.lines.ticked.connect(self._ticked)
        self.detail = MessageLabel(self)
        self.everything = QCheckBox(self)
        self.everything.setMinimumHeight(24)
        self.everything.clicked.connect(self._all)
        self._why = QLabel(self)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(_LONGEST)
        self.reason.setMinimumHeight(24)
        self.reason.textChanged.connect(lambda _: self._ticked())
        self._why.setBuddy(self.reason)
        self.go = button(self)
        self.go.clicked.connect(self.accept)
        self.top = QHBoxLayout()
        self.top.addWidget(self.choose)
        self._bottom = QHBoxLayout()
        for widget in (self.everything, self._why, self.reason):
            self._bottom.addWidget(widget, _REASON if widget is self.reason else 0)
        self._bottom.addStretch(1)
        self._bottom.addWidget(self.go)
        self._box = QVBoxLayout(self)

    def lay_out(self, *between: QWidget) -> None:
        """Put everything in its place; ``between``: above the table."""
        self._box.addLayout(self.top)
        self._box.addWidget(self.summary)
        for widget in between:
            self._box.addWidget(widget)
        self._box.addWidget(self.table, 1)
        self._box.addWidget(self.detail)
        self._box.addLayout(self._bottom)

    # -- what a page of this sort says

    def heads(self) -> Sequence[Text]:
        """The headings of the table."""
        raise NotImplementedError

    def review_rows(self) -> Sequence[ReviewRow]:
        """The lines of what was read; none before."""
        raise NotImplementedError

    def read(self, file: Path) -> object:
        """Read a file; runs in a thread."""
        raise NotImplementedError

    def was_read(self, found: Any) -> None:  # noqa: ANN401 - what ``read`` gave
        """Take what was read."""
        raise NotImplementedError

    def needs_reason(self, chosen: Sequence[ReviewRow]) -> bool:
        """Whether taking these needs a reason."""
        raise NotImplementedError

    def write(self, chosen: Sequence[ReviewRow], reason: str) -> Text:
        """Take these lines; returns what was done. Raises CrfError."""
        raise NotImplementedError

    def detail_of(self, row: ReviewRow) -> Text | None:
        """What is said below the table of the chosen line."""
        return row.why

    # -- the file

    def ask_for_file(self) -> None:
        """Ask for a file and read it."""
        chosen, _ = QFileDialog.getOpenFileName(self, say("labs.choose"), "", say("labs.files"))
        if chosen:
            self.take(Path(chosen))

    def take(self, file: Path) -> None:
        """Read a file that was chosen or dropped."""
        self.start(lambda: self.read(file))

    def start(self, work: Callable[[], object]) -> None:
        """Do ``work`` in a thread, then show what it gave."""
        if self._job is not None:
            return
        self._allow(working=True)
        self._job = Job(self, lambda _progress: work(), self._answered, self._failed)
        Tasks.of(self).watch(self._job, message("labs.task"))

    def _answered(self, found: object) -> None:
        self._job = None
        self._allow(working=False)
        self.was_read(found)
        self.show_rows()
        self.table.setFocus()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self._allow(working=False)
        self.tell(problem.text, Tone.ERROR)
        self.choose.setFocus()

    def _allow(self, *, working: bool) -> None:
        self.setEnabled(not working)
        self.busy.emit(working)

    # -- the lines

    def show_rows(self) -> None:
        """Show the lines anew."""
        self.table.show_rows(self.heads(), self.review_rows())
        self._ticked()
        self._detail()

    @property
    def chosen_rows(self) -> list[ReviewRow]:
        """The lines that are ticked."""
        return [row for row in self.table.lines.rows if row.taken]

    def _all(self) -> None:
        rows = self.table.lines.rows
        self.table.lines.tick(range(len(rows)), on=self.everything.isChecked())

    def _ticked(self) -> None:
        rows, chosen = self.table.lines.rows, self.chosen_rows
        takeable = [row for row in rows if row.takeable]
        self.everything.setEnabled(bool(takeable))
        self.everything.setChecked(bool(takeable) and len(chosen) == len(takeable))
        wanted = self.needs_reason(chosen)
        for widget in (self._why, self.reason):
            widget.setVisible(wanted)
        self.go.setText(say("labs.take", count=len(chosen)))
        self.go.setEnabled(bool(chosen) and (not wanted or bool(self.reason.text().strip())))

    def _detail(self) -> None:
        row = self.table.current
        words = self.detail_of(row) if row is not None else None
        self.detail.say(speak(words) if words is not None else "", Tone.QUIET)
        name(self.detail, self.detail.text())

    def accept(self) -> None:
        """Take what is ticked."""
        chosen = self.chosen_rows
        if not chosen or not self.go.isEnabled():
            return
        try:
            done = self.write(chosen, self.reason.text().strip())
        except CrfError as problem:
            self.tell(problem.text, Tone.ERROR)
            return
        self.reason.clear()
        self.said.emit(done)
        self.changed.emit()
        self.refresh()
        self.tell(done, Tone.QUIET)
        self.table.setFocus()

    def tell(self, words: Text, tone: Tone) -> None:
        """Say something above the table."""
        self._words, self._tone = words, tone
        self.summary.say(speak(words), tone)
        name(self.summary, self.summary.text())

    # -- the page

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The reason."""
        return {"reason": self.reason}

    def take_focus(self) -> None:
        """To the lines, or to the button for a file."""
        (self.table if self.table.lines.rows else self.choose).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        """Not while a file is being read."""
        return self._job is None

    def stop(self) -> None:
        """Nobody is logged in any more: nothing of a participant stays here."""
        if self._job is not None:
            self._job.stop()
        self.table.lines.show((), ())

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.choose.setText(say("labs.choose"))
        self.everything.setText(say("labs.all"))
        self._why.setText(say("labs.why"))
        name(self.reason, say("labs.why"))
        name(self.table, say("labs.lines"))
        self.table.respoken()
        if self._words is not None:
            self.tell(self._words, self._tone)
        self._ticked()
        self._detail()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._box.setSpacing(unit // 2)
        self.table.rescale()
