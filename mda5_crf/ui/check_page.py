"""Is a printed page genuine? Type its code, or choose or drop a picture or a PDF file; the answer in words,
and beside it the page as it must be.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.jobs.checking import Checked, Verdict, check_code, check_file, lines_of
from mda5_crf.text import message
from mda5_crf.ui.icons import Glyph, pixmap
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.leaf_view import LeafView
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em, icon_size
from mda5_crf.ui.worker import Job

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_SIGNS: Final = {
    Verdict.GENUINE: (Glyph.COMPLETE, Tone.QUIET),
    Verdict.SUPERSEDED: (Glyph.WARNING, Tone.SOFT),
    Verdict.ALTERED: (Glyph.CROSS, Tone.ERROR),
    Verdict.UNKNOWN: (Glyph.QUERY, Tone.ERROR),
    Verdict.ELSEWHERE: (Glyph.CONFIRMED, Tone.SOFT),
}
_LEFT = 24
"""Width of the column with the answer, in em."""
_LONGEST = 64


class CheckPage(OfficePage):
    """See the module text. While a file is read in its own process nothing else may be entered."""

    title = message("checkpage.title")
    takes_files = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.checked: Checked | None = None
        self._refused: CrfError | None = None
        self._job: Job | None = None
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.code = QLineEdit(self)
        self.code.setMaxLength(_LONGEST)
        self.code.setMinimumHeight(24)
        self.code.returnPressed.connect(self.check)
        self._label.setBuddy(self.code)
        self.go = button(self)
        self.go.clicked.connect(self.check)
        self.browse = button(self)
        self.browse.clicked.connect(self.choose)
        self.sign = QLabel(self)
        self.sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.verdict = MessageLabel(self)
        self.rest = MessageLabel(self)
        self.pages = QComboBox(self)
        self.pages.setMinimumHeight(24)
        self.pages.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.pages.currentIndexChanged.connect(self._show_page)
        self.leaf = LeafView(self)
        self._lay_out()
        self.retranslate()
        self.rescale()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._label)
        top.addWidget(self.code, 1)
        top.addWidget(self.go)
        top.addWidget(self.browse)
        self._said = QScrollArea(self)
        self._said.setWidgetResizable(True)
        self._said.setFrameShape(QScrollArea.Shape.NoFrame)
        inside = QWidget(self._said)
        head = QHBoxLayout()
        head.addWidget(self.sign)
        head.addWidget(self.verdict, 1)
        words = QVBoxLayout(inside)
        words.setContentsMargins(0, 0, 0, 0)
        words.addLayout(head)
        words.addWidget(self.rest)
        words.addStretch(1)
        self._said.setWidget(inside)
        self._left = QWidget(self)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._said, 1)
        left.addWidget(self.pages)
        middle = QHBoxLayout()
        middle.addWidget(self._left)
        middle.addWidget(self.leaf, 1)
        box = QVBoxLayout(self)
        box.addLayout(top)
        box.addLayout(middle, 1)

    # -- asking

    def check(self) -> None:
        """Check the code that was typed."""
        typed, session = self.code.text(), self.session
        self._start(lambda: check_code(session, typed))

    def choose(self) -> None:
        """Ask for a file and check it."""
        chosen, _ = QFileDialog.getOpenFileName(self, say("checkpage.choose"), "", say("checkpage.files"))
        if chosen:
            self.take(Path(chosen))

    def take(self, file: Path) -> None:
        """Check a file that was chosen or dropped."""
        session = self.session
        self._start(lambda: check_file(session, file))

    def _start(self, work: Callable[[], Checked]) -> None:
        if self._job is not None:
            return
        self._allow(working=True)
        self._job = Job(self, lambda _progress: work(), self._answered, self._failed)
        Tasks.of(self).watch(self._job, message("checkpage.task"))

    def _answered(self, checked: Checked) -> None:
        self._job = None
        self._allow(working=False)
        self.checked, self._refused = checked, None
        self._fill()
        (self.leaf if checked.pages else self.code).setFocus()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self._allow(working=False)
        self.checked, self._refused = None, problem
        self._fill()
        self.code.setFocus()
        if isinstance(problem, InputRefused):
            self.code.selectAll()

    def _allow(self, *, working: bool) -> None:
        for widget in (self.code, self.go, self.browse):
            widget.setEnabled(not working)
        self.busy.emit(working)

    # -- answering

    def _fill(self) -> None:
        checked = self.checked
        self.pages.blockSignals(True)
        self.pages.clear()
        for page in checked.pages if checked is not None else ():
            words = message("checkpage.page_choice", page=page.number, place=page.place or page.code)
            self.pages.addItem(speak(words))
        self.pages.blockSignals(False)
        self.pages.setVisible(self.pages.count() > 1)
        if checked is not None and checked.pages:
            worst = [n for n, page in enumerate(checked.pages) if page.number in checked.differs] or [
                n for n, page in enumerate(checked.pages) if page.verdict is not Verdict.GENUINE
            ]
            self.pages.setCurrentIndex(worst[0] if worst else 0)
        self._say()
        self._show_page()

    def _show_page(self) -> None:
        checked, index = self.checked, self.pages.currentIndex()
        page = checked.pages[index] if checked is not None and 0 <= index < len(checked.pages) else None
        leaf = page.leaf if page is not None else None
        self.leaf.show_leaf(leaf, "\n".join(lines_of(leaf)) if leaf is not None else "")
        self._say()

    def _say(self) -> None:
        checked, size = self.checked, round(icon_size(self) * 1.5)
        if checked is None:
            problem = self._refused
            words = speak(problem.text) if problem is not None else say("checkpage.how")
            self.verdict.say(words, Tone.ERROR if problem is not None else Tone.QUIET)
            self.rest.say("", Tone.QUIET)
            self.sign.clear()
        else:
            glyph, tone = _SIGNS[checked.verdict]
            self.sign.setPixmap(pixmap(glyph, size, self.devicePixelRatioF()))
            self.verdict.say(speak(checked.words[0]), tone)
            lines = [*checked.words[1:], *checked.differences]
            index = self.pages.currentIndex()
            if len(checked.pages) > 1 and 0 <= index < len(checked.pages):
                page = checked.pages[index]
                told = {"page": page.number, "place": page.place, "code": page.code, "words": page.words}
                altered = checked.verdict is Verdict.ALTERED
                lines.append(
                    message("checkpage.page_beside", **told)
                    if altered
                    else message("checkpage.page_line", **told)
                )
            self.rest.say("\n\n".join(speak(one) for one in lines), Tone.QUIET)
        name(self.verdict, self.verdict.text())
        name(self.rest, self.rest.text())

    # -- the page

    def take_focus(self) -> None:
        """To the code."""
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)
        self.code.selectAll()

    def leave(self) -> bool:
        """Not while a file is being read."""
        return self._job is None

    def stop(self) -> None:
        """Nobody is logged in any more: nothing of a participant stays here."""
        if self._job is not None:
            self._job.stop()
        self.checked = None
        self.leaf.show_leaf(None, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard."""
        chosen = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen in (self.go, self.browse):
            (self.check if chosen is self.go else self.choose)()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._label.setText(say("checkpage.code"))
        self.go.setText(say("checkpage.check"))
        self.browse.setText(say("checkpage.choose"))
        name(self.code, say("checkpage.code"))
        name(self.pages, say("checkpage.choose_page"))
        name(self.leaf, say("checkpage.genuine_page"))
        name(self._said, say("checkpage.answer"))
        self._fill()

    def rescale(self) -> None:
        """Distances from the type size."""
        self._left.setFixedWidth(_LEFT * em(self))
        self.leaf.rescale()
        self._say()
