"""Waiting for the centre: send the request, read four words aloud, type the four that are read back.

There until both sides have compared their words, and again after each start. A PC whose joining ended after
wrong words, or that never asked, answers an invitation here with the vault that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError, LoginRefused
from mda5_crf.services.access import Action
from mda5_crf.sync import joining
from mda5_crf.sync.joinfiles import REQUEST_SUFFIX
from mda5_crf.sync.joining import Joining
from mda5_crf.sync.phrase import Half, phrase_of
from mda5_crf.text import Text, both, message
from mda5_crf.ui.file_strip import documents
from mda5_crf.ui.join_files import read_invited, write_small
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.read_aloud import ReadAloud
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em, paper
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from mda5_crf.services.session import Session

_BROWSE: Final = "browse "
_WIDEST: Final = 70
"""Ems that the card takes at most."""


class JoiningPage(OfficePage):
    """See the module text. Enter goes on from line to line, and behind the last one it is done."""

    title = message("pcs.joining_title")
    takes_files = True
    presses = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.asked: Joining | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # there is nothing to type once it has joined
        self._answer: tuple[Text, Tone] | None = None
        self._titles: list[tuple[QLabel, QLineEdit | ReadAloud, str]] = []
        self._presses: list[tuple[QPushButton, str]] = []
        self._working: Job | None = None
        self._card = QWidget()
        paper(self._card)
        self._box = QVBoxLayout(self._card)
        self.state = MessageLabel(self._card)
        self._box.addWidget(self.state)
        self._frames = [QWidget(self._card) for _ in range(4)]
        self.send, self.call, self.type, self.ask = map(self._part, self._frames)
        self._make_send()
        self._make_call()
        self._make_type()
        self._make_ask()
        self.answer = MessageLabel(self._card)
        self._box.insertWidget(self._box.indexOf(self._frames[-1]), self.answer)
        self._box.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._scroll.setWidget(self._card)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self._scroll)
        self.retranslate()
        self.rescale()

    # -- parts

    def _part(self, frame: QWidget) -> QVBoxLayout:
        made = QVBoxLayout(frame)
        made.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(frame)
        return made

    def _make_send(self) -> None:
        row = QHBoxLayout()
        self.request = self._line(self.send, row, "request_to")
        self.request.returnPressed.connect(self.write_request)
        self._browse(row, self.request, "request_to", self._choose_request)
        self.write_button = self._press(row, "request_write", self.write_request)

    def _make_call(self) -> None:
        self.words = ReadAloud(self._card, "pcs.read_to_centre")
        self._title(self.call, self.words, "read_to_centre")
        self.call.addWidget(self.words)

    def _make_type(self) -> None:
        row = QHBoxLayout()
        self.heard = self._line(self.type, row, "heard_from_centre")
        self.own = QLineEdit(self._card)
        self.own.setEchoMode(QLineEdit.EchoMode.Password)
        self.own.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        label = QLabel(self._card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(self.own)
        self._titles.append((label, self.own, "own_password"))
        row.addWidget(label)
        row.addWidget(self.own)
        row.setStretch(0, 2)
        row.setStretch(2, 1)
        self.heard.returnPressed.connect(self.own.setFocus)
        self.own.returnPressed.connect(self.confirm)
        self.confirm_button = self._press(row, "confirm", self.confirm)

    def _make_ask(self) -> None:
        row = QHBoxLayout()
        self.invitation = self._line(self.ask, row, "new_invitation")
        self.invitation.returnPressed.connect(self.answer_invitation)
        self._browse(row, self.invitation, "new_invitation", self._choose_invitation)
        self.ask_button = self._press(row, "answer_it", self.answer_invitation)

    def _line(self, part: QVBoxLayout, row: QHBoxLayout, code: str) -> QLineEdit:
        made = QLineEdit(self._card)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self._title(part, made, code)
        row.addWidget(made, 1)
        part.addLayout(row)
        return made

    def _title(self, part: QVBoxLayout, widget: QLineEdit | ReadAloud, code: str) -> None:
        label = MessageLabel(self._card)
        label.setBuddy(widget)
        self._titles.append((label, widget, code))
        part.addWidget(label)

    def _press(self, row: QHBoxLayout, code: str, do: Callable[[], None]) -> QPushButton:
        made = button(self._card)
        made.clicked.connect(lambda _=False: do())
        self._presses.append((made, code))
        row.addWidget(made)
        return made

    def _browse(self, row: QHBoxLayout, line: QLineEdit, code: str, do: Callable[[], None]) -> None:
        self._press(row, f"{_BROWSE}{code}", do)
        QWidget.setTabOrder(line, self._presses[-1][0])

    # -- what is shown

    def refresh(self) -> None:
        """How far it is now."""
        self.session.require(Action.JOIN)
        self.asked = joining.state(self.session)
        waits = self.asked is not None and self.asked.waits
        joined = self.asked is not None and self.asked.state == "joined"
        for frame, shown in zip(self._frames, (waits, waits, waits, not joined), strict=True):
            frame.setVisible(shown)
        may = self.session.may(Action.DEVICES)
        for widget in (self.heard, self.own, self.confirm_button):
            widget.setEnabled(may)
        if waits and not self.request.text():
            self.request.setText(str(documents() / f"MDA5_join_site_{self.session.site}{REQUEST_SUFFIX}"))
        if waits:
            self._show_words()
        else:
            self.words.clear()
        self.retranslate()

    def _show_words(self) -> None:
        """The four words, which cost a third of a second the first time."""
        asked = self.asked
        assert asked is not None
        one, other = asked.invitation, asked.sha256

        def work(_progress: Progress) -> Half:
            return phrase_of(one, other).first

        def done(half: Half) -> None:
            self._working = None
            self.words.show_words(half.words, half.digits)

        def failed(problem: CrfError) -> None:
            self._working = None
            self._say(problem.text, Tone.ERROR)

        if self._working is None and not self.words.words:
            self._working = Job(self, work, done, failed)

    @property
    def reading(self) -> bool:
        """Whether the words are being worked out."""
        return self._working is not None

    @property
    def may_ask(self) -> bool:
        """Whether an invitation can be answered."""
        return self.asked is None or self.asked.state != "joined"

    def _state(self) -> Text:
        asked, session = self.asked, self.session
        if asked is None:
            return message("pcs.joining_not_asked", name=session.vault_name, site=session.site)
        facts = {"name": session.vault_name, "site": session.site, "centre": asked.name}
        if asked.state == "joined":
            return message("pcs.joining_joined", **facts)
        if asked.state == "refused":
            return message("pcs.joining_refused", **facts)
        until = asked.expires.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
        code = "joining_waits" if session.may(Action.DEVICES) else "joining_waits_for"
        return message(f"pcs.{code}", until=until, **facts)

    def _say(self, words: Text | None, tone: Tone = Tone.QUIET) -> None:
        self._answer = None if words is None else (words, tone)
        self.retranslate()
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """The answer, and above it what has the keyboard."""
        if self._answer is not None:
            QTimer.singleShot(0, self.answer, lambda: self._scroll.ensureWidgetVisible(self.answer))

    # -- what is done

    def offer_problem(self, problem: CrfError) -> None:
        """The request could not be written where it was wanted: it is written from here."""
        self._say(problem.text, Tone.ERROR)
        self.request.setFocus()

    def written(self, file: Path) -> None:
        """The request lies there."""
        self.request.setText(str(file))
        self._say(message("pcs.request_written", file=file.name))
        self.words.setFocus()

    def write_request(self) -> None:
        """Write the request, once more if need be: it is always the same file."""
        if self.asked is None:
            return
        file = Path(self.request.text().strip()).expanduser()
        try:
            write_small(file, self.asked.request)
        except CrfError as problem:
            self._refuse(self.request, problem)
            return
        self.written(file)

    def confirm(self) -> None:
        """Believe the centre, when these are its words."""
        for line, code in ((self.heard, "heard_from_centre"), (self.own, "own_password")):
            if not line.text().strip():
                line.setFocus()
                self._say(message("ui.fill_in", field=message(f"pcs.{code}_short")), Tone.ERROR)
                return
        self.confirm_button.setEnabled(False)
        self._say(message("people.working"))

        def work() -> None:
            # In the window's thread: it writes, and nothing may be entered meanwhile.
            try:
                peer = joining.confirm(self.session, self.heard.text(), own_password=self.own.text())
            except CrfError as problem:
                self.confirm_button.setEnabled(True)
                self.refresh()
                wrong = isinstance(problem, LoginRefused)
                ended = self.asked is not None and not self.asked.waits
                self._refuse(self.invitation if ended else self.own if wrong else self.heard, problem)
                return
            self.own.clear()
            self.heard.clear()
            self.refresh()
            self._say(message("pcs.confirmed", centre=peer.name))
            self.said.emit(message("pcs.confirmed_short", centre=peer.name))
            self.changed.emit()
            self.setFocus()

        QTimer.singleShot(0, self, work)

    def answer_invitation(self) -> None:
        """Answer another invitation with this vault."""
        named = self.invitation.text().strip().strip('"')
        if not named:
            self.invitation.setFocus()
            self._say(message("ui.fill_in", field=message("pcs.new_invitation_short")), Tone.ERROR)
            return
        file = Path(named).expanduser()
        try:
            invited = read_invited(file)
            joining.ask(self.session, invited.data)
        except CrfError as problem:
            self._refuse(self.invitation, problem)
            return
        self.invitation.clear()
        self.words.clear()
        self.request.setText(str(file.parent / invited.file_name))
        self.refresh()
        self._say(message("pcs.asked", centre=invited.invitation.card.name))
        self.changed.emit()
        self.request.setFocus()

    def take(self, file: Path) -> None:
        """A file was dropped: an invitation, or it says that it is none."""
        if self.may_ask:
            self.invitation.setText(str(file))
            self.answer_invitation()
        else:
            self.told.emit(message("pcs.drop_joined"))

    def _refuse(self, line: QLineEdit, problem: CrfError) -> None:
        line.setFocus()
        line.selectAll()
        self._say(problem.text, Tone.ERROR)

    def _choose_request(self) -> None:
        kinds = say("pcs.request_kinds")
        chosen, _ = QFileDialog.getSaveFileName(self, say("ui.choose_file"), self.request.text(), kinds)
        if chosen:
            self.request.setText(chosen)

    def _choose_invitation(self) -> None:
        kinds = say("pcs.invitation_kinds")
        chosen, _ = QFileDialog.getOpenFileName(self, say("ui.choose_file"), "", kinds)
        if chosen:
            self.invitation.setText(chosen)

    # -- leaving, words, size

    def take_focus(self) -> None:
        """To what is to be done next."""
        if self.asked is not None and self.asked.waits:
            (self.words if self._answer is not None else self.request).setFocus()
        elif self.may_ask:
            self.invitation.setFocus()
        else:
            self.setFocus()

    def leave(self) -> bool:
        """A password does not stay; the words are asked for again."""
        self.own.clear()
        self._answer = None
        return True

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self.own.clear()
        self.heard.clear()
        self.words.clear()
        if self._working is not None:
            self._working.stop()

    def retranslate(self) -> None:
        """Speak the window's language."""
        centre = self.asked.name if self.asked is not None else ""
        for label, widget, code in self._titles:
            words = say(f"pcs.{code}", centre=centre)
            if isinstance(label, MessageLabel):
                label.say(words, Tone.QUIET)
            else:
                label.setText(words)
            if isinstance(widget, QLineEdit):
                name(widget, say(f"pcs.{code}_short"))
        for made, code in self._presses:
            browses = code.startswith(_BROWSE)
            made.setText(say("ui.browse") if browses else say(f"pcs.{code}"))
            field = message(f"pcs.{code.removeprefix(_BROWSE)}_short") if browses else both("")
            name(made, say("ui.browse_for", field=field) if browses else made.text())
        self.state.say(speak(self._state()), Tone.QUIET)
        name(self, self.state.text())
        self.answer.setVisible(self._answer is not None)
        if self._answer is not None:
            self.answer.say(speak(self._answer[0]), self._answer[1])

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._outer.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._box.setContentsMargins(2 * unit, unit, 2 * unit, unit)
        self._box.setSpacing(unit)
        for part in (self.send, self.call, self.type, self.ask):
            part.setSpacing(unit // 3)
        self._card.setMaximumWidth(_WIDEST * unit)
        high = max(24, self.fontMetrics().height() + unit // 2)
        for _, widget, _ in self._titles:
            if isinstance(widget, QLineEdit):
                widget.setMinimumHeight(high)
        for made, _ in self._presses:
            made.setMinimumHeight(high)
        self._keep_in_sight()
