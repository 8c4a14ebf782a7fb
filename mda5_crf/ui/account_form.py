"""What pages before the log-in share: somebody chooses log-in, name, role and password, and is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say
from mda5_crf.ui.plain_form import PlainForm

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit

    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Job, Progress


class AccountForm(PlainForm):
    """A card whose last button makes or opens a vault in the background; a refusal keeps every field.

    Subclasses put :meth:`person_lines` among their lines, and their work into :meth:`begin`.
    """

    opened = Signal(object)
    """Session of the person who is in now."""
    refused = Signal(object)
    """Text or CrfError: what could not be done."""
    back = Signal()

    def __init__(self, parent: QWidget, title: str, width: int) -> None:
        super().__init__(parent, title, width)
        self._job: Job | None = None
        self._offer = ""

    # -- parts

    def said_below_title(self, place: int) -> QLabel:
        """Words of the page's own, at ``place`` of the card."""
        made = QLabel(self)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setWordWrap(True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.box.insertWidget(place, made)
        return made

    def person_lines(self, roles: Sequence[str]) -> None:
        """Log-in, printed name, role, and the password twice."""
        self.user = self.line("ui.user")
        self.person = self.line("ui.person_name", words=True)
        self.role = self.choice("ui.role", [(role, f"access.role_{role}") for role in roles])
        self.password = self.line("ui.password", secret=True)
        self.again = self.line("ui.password_again", secret=True)

    @property
    def chosen_role(self) -> str:
        """The role that stands in the list."""
        return str(self.role.currentData()[0])

    @property
    def offered(self) -> list[str]:
        """A password that was drawn, in a sentence to be written down; nothing where none was."""
        return [say("ui.suggested", password=self._offer)] if self._offer else []

    def suggest(self) -> None:
        """Draw a password, show it in words to be written down, and fill it in."""
        from mda5_crf.services.people import propose_password

        self._offer = propose_password()
        self.password.setText(self._offer)
        self.again.setText(self._offer)
        self.retranslate()

    # -- doing it

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self._job is not None

    def refuse_at(self, line: QLineEdit, why: Text) -> None:
        """Say why, with the keyboard where it is mended."""
        line.setFocus()
        line.selectAll()
        self.refused.emit(why)

    def complete(self) -> bool:
        """Whether every line is filled and the password is the same twice; else it is said where not."""
        if self.busy:
            return False
        lacking = self.missing()
        if lacking is not None:
            self.refuse_at(*lacking)
            return False
        if self.password.text() != self.again.text():
            self.refuse_at(self.again, message("ui.passwords_differ"))
            return False
        return True

    def begin(self, work: Callable[[Progress], Session]) -> None:
        """Do ``work`` in the background; whoever comes out of it is in."""
        from mda5_crf.ui.worker import Job

        self.set_busy(True)
        self._job = Job(self, work, self._done, self._failed)

    def _done(self, session: Session) -> None:
        self._job = None
        self.set_busy(False)
        self.forget()
        self.opened.emit(session)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.set_busy(False)
        self.refused.emit(problem)

    def forget(self) -> None:
        """No password stays."""
        self.password.clear()
        self.again.clear()
        self._offer = ""
        self.retranslate()
