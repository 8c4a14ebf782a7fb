"""Below the list of queries: words for the chosen ones, what to do with them, the code of a paper query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.services.paperqueries import Paper

ACTS = ("answer", "close", "reopen", "cancel")


class QueryAnswer(Spoken, QWidget):
    """Asks for acts by signals; whoever does them says here what was refused, and what was typed stays."""

    wanted = Signal(str)
    """One of ACTS."""
    code_entered = Signal(str)
    """A code as typed, or the content of its picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words, self.code, self.writer, self.day = (self._line() for _ in range(4))
        self.code.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.day.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.buttons = {act: button(self) for act in ACTS}
        self.look_up = button(self)
        self._labels = {which: QLabel(self) for which in ("words", "code", "writer", "day")}
        for which, line in zip(self._labels, (self.words, self.code, self.writer, self.day), strict=True):
            self._labels[which].setTextFormat(Qt.TextFormat.PlainText)
            self._labels[which].setBuddy(line)
        self.paper: Paper | None = None
        """The paper whose answer is being typed."""
        self._said: tuple[Text, Tone] | None = None
        self._complaint = MessageLabel(self)
        self._complaint.hide()
        self._lay_out()
        self.words.returnPressed.connect(lambda: self.wanted.emit("answer"))
        for act, made in self.buttons.items():
            made.clicked.connect(lambda _checked=False, act=act: self.wanted.emit(act))
        self.code.returnPressed.connect(self._enter_code)
        self.look_up.clicked.connect(self._enter_code)
        self.code.textChanged.connect(self._code_changed)
        self.writer.returnPressed.connect(self.day.setFocus)
        self.day.returnPressed.connect(self.words.setFocus)
        self.take_paper(None)
        self.retranslate()
        self.rescale()

    def _line(self) -> QLineEdit:
        made = QLineEdit(self)
        made.setMinimumHeight(24)
        return made

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.addWidget(self._labels["code"], 0, 0)
        paper = QHBoxLayout()
        paper.addWidget(self.code, 3)
        paper.addWidget(self.look_up)
        for which, line, share in (("writer", self.writer, 2), ("day", self.day, 1)):
            paper.addWidget(self._labels[which])
            paper.addWidget(line, share)
        self._paper_row = paper
        self._grid.addLayout(paper, 0, 1)
        self._grid.addWidget(self._labels["words"], 1, 0)
        acts = QHBoxLayout()
        acts.addWidget(self.words, 1)
        for made in self.buttons.values():
            acts.addWidget(made)
        self._acts_row = acts
        self._grid.addLayout(acts, 1, 1)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addLayout(self._grid)
        self._box.addWidget(self._complaint)

    # -- what is shown

    def allow(self, acts: set[str]) -> None:
        """Only these are possible with what is chosen."""
        for act, made in self.buttons.items():
            made.setEnabled(act in acts)
        self.words.setEnabled(bool(acts))

    def take_paper(self, paper: Paper | None) -> None:
        """Ask for what is written on this paper, or no more."""
        self.paper = paper
        for which, line in (("writer", self.writer), ("day", self.day)):
            self._labels[which].setVisible(paper is not None)
            line.setVisible(paper is not None)
            if paper is None:
                line.clear()

    def say(self, problem: CrfError | Text | None, tone: Tone = Tone.ERROR) -> None:
        """What was refused, or what is done now; None for nothing."""
        text = problem.text if isinstance(problem, CrfError) else problem
        self._said = (text, tone) if text is not None else None
        self._complaint.setVisible(self._said is not None)
        if self._said is not None:
            self._complaint.say(speak(self._said[0]), tone)

    @property
    def complaint(self) -> str:
        """What stands below the lines."""
        return speak(self._said[0]) if self._said is not None else ""

    def done(self) -> None:
        """The words were taken."""
        self.words.clear()
        self.code.clear()
        self.take_paper(None)
        self.say(None)

    def _enter_code(self) -> None:
        if self.code.text().strip():
            self.code_entered.emit(self.code.text())

    def _code_changed(self) -> None:
        if self.paper is not None:
            self.take_paper(None)
            self.say(None)

    # -- words and sizes

    def retranslate(self) -> None:
        """Speak the window's language."""
        for which, line in zip(self._labels, (self.words, self.code, self.writer, self.day), strict=True):
            self._labels[which].setText(say(f"queries.line_{which}"))
            name(line, say(f"queries.line_{which}"))
        for act, made in self.buttons.items():
            made.setText(say(f"queries.do_{act}"))
            name(made, made.text().replace("&", ""))
        self.look_up.setText(say("queries.find_code"))
        name(self.look_up, say("queries.find_code_name"))
        self.day.setPlaceholderText(say("queries.day_hint"))
        if self._said is not None:
            self._complaint.say(speak(self._said[0]), self._said[1])

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._grid.setHorizontalSpacing(unit // 2)
        self._grid.setVerticalSpacing(unit // 3)
        for row in (self._paper_row, self._acts_row):
            row.setSpacing(unit // 3)
