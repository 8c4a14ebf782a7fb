"""What an electronic signature asks for: what it means, who signs, and the password. Above the action bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.text import Text, both, message
from mda5_crf.ui.inputs import Deaf, Step
from mda5_crf.ui.inputs.choice import ChoiceInput
from mda5_crf.ui.language import say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone, em, paint_focus

if TYPE_CHECKING:
    from mda5_crf.services.signing import SigningOffer


class _Meanings(ChoiceInput):
    """The sentences a person may sign; Esc belongs to the strip."""

    @property
    def dirty(self) -> bool:
        return False


class SignStrip(Deaf, Strip):
    """Meaning, log-in when it is due, password: Enter goes on and signs, Esc puts it away.

    A meaning stands chosen only where there is but one: whoever signs says what. A refusal is said here and
    all that was entered stays.
    """

    wanted = Signal(str, str, str)
    """Meaning, log-in ("" when not asked for) and password."""

    def __init__(self, parent: QWidget, place: Text, offer: SigningOffer) -> None:
        super().__init__(parent)
        self.busy = False
        self._single = bool(offer.key.form) and len(offer.forms) < 2
        title = self.label(message("signing.title", place=place, name=both(offer.name)))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setWordWrap(True)
        self.row.setStretchFactor(title, 1)
        self._covers = MessageLabel(self)
        codes = tuple(CodeValue(code, text, rank) for rank, (code, text) in enumerate(offer.meanings))
        self.meaning = _Meanings(self, CodeList("MEANINGS", codes, by_code={c.code: c for c in codes}))
        self.meaning.listener = self
        if len(codes) == 1:
            self.meaning.show_saved(codes[0].code)
        self._fields = QHBoxLayout()
        self.login = self._line("ui.user") if offer.needs_login else None
        self.password = self._line("ui.password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.ok = self.press(message("signing.sign"))
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self._state = QLabel(self)
        for widget in (self.ok, self.cancel, self._state):
            self._fields.addWidget(widget)
        self._fields.addStretch(1)
        self.box.insertWidget(1, self._covers)
        self.box.insertWidget(2, self.meaning)
        self.box.insertLayout(3, self._fields)
        if self.login is not None:
            self.login.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.accept)
        self.retranslate()
        self.rescale()

    def _line(self, code: str) -> QLineEdit:
        """A line for what is typed letter by letter: no input method gets between."""
        made = QLineEdit(self)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        made.setMinimumHeight(24)
        label = self.label(message(code), made)
        self.row.removeWidget(label)
        self._fields.addWidget(label)
        self._fields.addWidget(made, 2)
        return made

    def take_focus(self) -> None:
        """To the meanings, or past them where there is but one."""
        if not self.meaning.entered().text:
            self.meaning.focus_target().setFocus(Qt.FocusReason.TabFocusReason)
        else:
            (self.login or self.password).setFocus(Qt.FocusReason.TabFocusReason)

    def accept(self) -> None:
        """Hand on what stands here, or say what is missing."""
        if self.busy:
            return
        lines = [("ui.user", self.login), ("ui.password", self.password)]
        empty = next(((code, line) for code, line in lines if line is not None and not line.text()), None)
        if not self.meaning.entered().text:
            self.complain(message("signing.choose_meaning"))
            self.meaning.focus_target().setFocus(Qt.FocusReason.OtherFocusReason)
        elif empty is not None:
            assert empty[1] is not None
            self.complain(message("ui.fill_in", field=message(empty[0])))
            empty[1].setFocus()
        else:
            login = self.login.text() if self.login is not None else ""
            self.wanted.emit(self.meaning.entered().text, login, self.password.text())

    def set_busy(self, busy: bool) -> None:
        """While the key is derived nothing can be changed or put away."""
        self.busy = busy
        self.ok.setEnabled(not busy)
        self.cancel.setEnabled(not busy)
        self.meaning.set_locked(busy)
        for line in (self.login, self.password):
            if line is not None:
                line.setReadOnly(busy)
        self._state.setText(say("signing.signing") if busy else "")

    def refuse(self, problem: CrfError) -> None:
        """Say why nothing was signed; the keyboard goes to what is to be typed anew."""
        self.complain(problem)
        wrong_name = self.login is not None and problem.code == "signing.login_differs"
        line = self.login if wrong_name and self.login is not None else self.password
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.selectAll()

    def close_strip(self) -> None:
        """Put it away, unless a signature is being made."""
        if not self.busy:
            self.password.clear()
            super().close_strip()

    # -- listener of the meanings

    def input_focused(self) -> None:
        """One of them has the keyboard: draw its frame."""
        self.update()

    def input_left(self) -> None:
        """None of them has it any more."""
        self.update()

    def input_step(self, step: Step) -> bool:
        """Enter goes on; Tab is Qt's."""
        if step is not Step.ENTER:
            return False
        (self.login or self.password).setFocus(Qt.FocusReason.TabFocusReason)
        return True

    # -- words and size

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._covers.say(say("signing.covers" if self._single else "signing.covers_more"), Tone.QUIET)
        self.meaning.retranslate()
        self.meaning.set_names(say("signing.meaning"), "")
        if self.busy:
            self._state.setText(say("signing.signing"))
        self._fit()

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        self._fields.setSpacing(em(self) // 2)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The meanings wrap for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        margins = self.box.contentsMargins()
        inside = max(self.width() - margins.left() - margins.right(), 1)
        self.meaning.setFixedHeight(self.meaning.height_for(inside))

    def paintEvent(self, event: QPaintEvent) -> None:
        """As every strip, and the focus frame around a meaning."""
        super().paintEvent(event)
        painter = QPainter(self)
        for option in self.meaning.options():
            if option.hasFocus():
                paint_focus(painter, QRect(option.mapTo(self, QPoint(0, 0)), option.size()))
        painter.end()
