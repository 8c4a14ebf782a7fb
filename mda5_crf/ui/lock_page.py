"""The page over everything while the window is locked: who, the password, or somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text
from mda5_crf.ui.language import say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.plain_form import PlainForm
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Opener = Callable[[Path | str, str, str], "Session"]
"""Folder or address, log-in, password → the session. Raises CrfError."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Who was at the keyboard, and where the data lie. Nothing of a participant."""

    folder: Path | str
    login: str
    person: str
    vault: str


class LockPage(PlainForm):
    """See the module text. The same words as the log-in for the same failures."""

    opened = Signal(object)
    """Session: the person is back."""
    refused = Signal(object)
    """Text or CrfError: the sentence to show."""
    another = Signal()
    """Somebody else wants to log in."""
    left = Signal()
    """The person does not come back."""

    def __init__(self, parent: QWidget, who: Locked, open_session: Opener) -> None:
        super().__init__(parent, "lock.title")
        self.who = who
        self._open_session = open_session
        self._job: Job | None = None
        self._working = False
        self._trouble: Text | None = None
        self._who = QLabel(self)
        self._who.setTextFormat(Qt.TextFormat.PlainText)
        self._words = MessageLabel(self)
        self._state = MessageLabel(self)
        self.box.insertWidget(1, self._who)
        self.box.insertWidget(2, self._words)
        self.password = self.line("ui.password", secret=True)
        self.password.returnPressed.connect(self.open)
        self.open_button = self.press("lock.open", self.open)
        self.open_button.setDefault(True)
        others = QHBoxLayout()
        self.another_button = self.press("lock.another", self.another.emit, where=others)
        self.log_out_button = self.press("lock.log_out", self.left.emit, where=others)
        others.addStretch(1)
        self.foot.addStretch(1)
        self.box.addLayout(others)
        self.box.addWidget(self._state)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the password."""
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_working(self, working: bool) -> None:
        """While work from before goes on nothing can be opened: the keys are still in its hands."""
        self._working = working
        self.set_busy(working)
        self._tell()

    def set_trouble(self, trouble: Text | None) -> None:
        """Say why what was being typed does not wait in the vault."""
        self._trouble = trouble
        self.retranslate()

    def open(self) -> None:
        """Unlock in the background; a refusal leaves the page as it is."""
        if self._job is not None or self._working:
            return
        lacking = self.missing()
        if lacking is not None:
            self.refused.emit(lacking[1])
            return
        who, password, opener = self.who, self.password.text(), self._open_session

        def work(_progress: Progress) -> Session:
            return opener(who.folder, who.login, password)

        self.set_busy(True)
        self._state.say(say("ui.opening"), Tone.QUIET)
        self._job = Job(self, work, self._opened, self._failed)

    def _opened(self, session: Session) -> None:
        self._job = None
        self.password.clear()
        self.opened.emit(session)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.set_busy(False)
        self._tell()
        self.password.setFocus()
        self.password.selectAll()
        self.refused.emit(problem)

    def _tell(self) -> None:
        self._state.say(say("lock.working") if self._working else "", Tone.QUIET)
        self._state.setVisible(self._working)
        self._fit()

    def _fit(self) -> None:
        """The card asks its lines for one height, whatever its width; so they are told theirs."""
        super()._fit()
        if not hasattr(self, "_state"):
            return  # the base class lays out before our own lines are there
        margins = self.box.contentsMargins()
        inside = self._card.width() - margins.left() - margins.right()
        for words in (self._words, self._state):
            words.setFixedHeight(words.height_for(inside))

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        self._fit()  # the margins are known now

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._who.setText(say("lock.who", person=self.who.person, vault=self.who.vault))
        if self._trouble is None:
            self._words.say(say("lock.waits"), Tone.QUIET)
        else:
            self._words.say(say("lock.kept_here", words=self._trouble), Tone.ERROR)
        self._tell()
