"""Making a vault for a site, with its first person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import message
from mda5_crf.ui.language import say
from mda5_crf.ui.plain_form import PlainForm

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Job, Progress

ROLES = ("investigator", "data_entry", "data_manager", "administrator")
"""Who can be the first person of a vault. Further people are admitted by an investigator or data manager; an
administrator admits the first of these."""


class NewVaultPage(PlainForm):
    """See the module text."""

    opened = Signal(object)
    """Session of the new vault."""
    refused = Signal(object)
    back = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "ui.make_vault", width=52)
        self.vault = self.folder("ui.new_vault_folder")
        self.site = self.line("ui.site_number")
        self.name = self.line("ui.vault_name", words=True)
        self.user = self.line("ui.user")
        self.person = self.line("ui.person_name", words=True)
        self.role = self.choice("ui.role", [(r, f"access.role_{r}") for r in ROLES])
        self.role.currentIndexChanged.connect(self._say)
        self.password = self.line("ui.password", secret=True)
        self.again = self.line("ui.password_again", secret=True)
        self._offer: str = ""
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.box.insertWidget(2, self._words)
        self.suggest_button = self.press("ui.suggest_password", self.suggest)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.create_button = self.press("ui.create", self.make)
        self._job: Job | None = None
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the folder."""
        self.vault.setFocus()

    def suggest(self) -> None:
        """Draw a password, show it in words to be written down, and fill it in."""
        from mda5_crf.services.people import propose_password

        self._offer = propose_password()
        self.password.setText(self._offer)
        self.again.setText(self._offer)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._say()

    def _say(self) -> None:
        """Below the title: a drawn password, and what a founder of this role cannot do."""
        self._words.setText(self.words())
        self._words.setVisible(bool(self._words.text()))

    def make(self) -> None:
        """Make the vault in the background; a refusal keeps every field as it is."""
        if self._job is not None:
            return
        lacking = self.missing()
        if lacking is not None:
            lacking[0].setFocus()
            self.refused.emit(lacking[1])
            return
        if self.password.text() != self.again.text():
            self.again.setFocus()
            self.again.selectAll()
            self.refused.emit(message("ui.passwords_differ"))
            return
        from mda5_crf.ui.worker import Job

        folder, password = Path(self.vault.text().strip()), self.password.text()
        site, name = self.site.text().strip(), self.name.text().strip()
        user, person, role = (
            self.user.text().strip(),
            self.person.text().strip(),
            str(self.role.currentData()[0]),
        )

        def work(_progress: Progress) -> Session:
            from mda5_crf.services.session import create

            return create(
                folder, site=site, name=name, login=user, person=person, role=role, password=password
            )

        self.set_busy(True)
        self._job = Job(self, work, self._created, self._failed)

    def _created(self, session: Session) -> None:
        self._job = None
        self.set_busy(False)
        self.password.clear()
        self.again.clear()
        self._offer = ""
        self.retranslate()
        self.opened.emit(session)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.set_busy(False)
        self.refused.emit(problem)

    def words(self) -> str:
        """The password as it is shown to be written down, and a warning of a role that admits nobody."""
        said = [say("ui.suggested", password=self._offer)] if self._offer else []
        if self.role.currentData()[0] == "data_entry":
            said.append(say("people.founder_alone"))
        return "\n".join(said)
