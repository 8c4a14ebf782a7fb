"""Log-in and password of a second person, who stands at the same keyboard: part of a strip or a page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.language import speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import Tone, em


class SecondPerson(Spoken, QWidget):
    """Two lines and what they are for. Whoever uses it hands :meth:`credentials` to an act of services.

    Input methods are off in both lines. Enter goes from log-in to password, and from there on to
    whoever listens to :attr:`accepted`. :meth:`clear` it as soon as the act is done or put away.
    """

    accepted = Signal()
    """Enter in the password, with both lines filled."""

    def __init__(self, parent: QWidget, why: Text | None = None) -> None:
        """``why`` says in one sentence what the second person answers for; there is one for any act."""
        super().__init__(parent)
        self._why = why or message("people.second_why")
        self._words = MessageLabel(self)
        self.login, self._login_label = self._line()
        self.password, self._password_label = self._line()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.login.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self._accept)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._row = QHBoxLayout()
        for label, line in ((self._login_label, self.login), (self._password_label, self.password)):
            self._row.addWidget(label)
            self._row.addWidget(line, 1)
        self._box.addWidget(self._words)
        self._box.addLayout(self._row)
        self.setFocusProxy(self.login)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.retranslate()
        self.rescale()

    def _line(self) -> tuple[QLineEdit, QLabel]:
        made = QLineEdit(self)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        made.setMinimumHeight(24)
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(made)
        return made, label

    def credentials(self) -> tuple[str, str]:
        """Log-in and password as typed: the ``second`` of an act."""
        return self.login.text().strip(), self.password.text()

    def missing(self) -> Text | None:
        """What is still to be filled in, with the keyboard put there; None when both lines are."""
        lines = ((self.login, "people.second_login"), (self.password, "people.second_password"))
        for line, code in lines:
            if not line.text().strip():
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                return message("ui.fill_in", field=message(code))
        return None

    def take_focus(self) -> None:
        """To the first line in which nothing stands."""
        line = self.password if self.login.text() else self.login
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, problem: CrfError) -> None:
        """After a refusal of the second person: the keyboard to what is to be typed anew. It says nothing."""
        line = self.login if problem.code == "store.second_same" else self.password
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.selectAll()

    def set_busy(self, busy: bool) -> None:
        """While the key is derived nothing can be changed."""
        self.login.setReadOnly(busy)
        self.password.setReadOnly(busy)

    def clear(self) -> None:
        """Forget what was typed."""
        self.login.clear()
        self.password.clear()

    def _accept(self) -> None:
        if self.missing() is None:
            self.accepted.emit()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._words.say(speak(self._why), Tone.QUIET)
        for label, line, code in (
            (self._login_label, self.login, "people.second_login"),
            (self._password_label, self.password, "people.second_password"),
        ):
            label.setText(speak(message(code)))
            name(line, speak(message(code)))

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setSpacing(unit // 3)
        self._row.setSpacing(unit // 2)
        for line in (self.login, self.password):
            line.setMinimumWidth(10 * unit)
