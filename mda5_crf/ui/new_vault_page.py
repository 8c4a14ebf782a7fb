"""Making a vault for a site, with its first person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mda5_crf.ui.account_form import AccountForm
from mda5_crf.ui.language import say

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Progress

ROLES = ("investigator", "data_entry", "data_manager", "administrator")
"""Who can be the first person of a vault. Further people are admitted by an investigator or data manager; an
administrator admits the first of these."""


class NewVaultPage(AccountForm):
    """See the module text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "ui.make_vault", width=52)
        self.vault = self.folder("ui.new_vault_folder")
        self.site = self.line("ui.site_number")
        self.name = self.line("ui.vault_name", words=True)
        self.person_lines(ROLES)
        self.role.currentIndexChanged.connect(self._say)
        self._words = self.said_below_title(2)
        self.suggest_button = self.press("ui.suggest_password", self.suggest)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.create_button = self.press("ui.create", self.make)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the folder."""
        self.vault.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._say()

    def _say(self) -> None:
        """Below the lines: a drawn password, and what a founder of this role cannot do."""
        self._words.setText(self.words())
        self._words.setVisible(bool(self._words.text()))

    def make(self) -> None:
        """Make the vault in the background."""
        if not self.complete():
            return
        folder, password = Path(self.vault.text().strip()), self.password.text()
        site, name = self.site.text().strip(), self.name.text().strip()
        user, person, role = self.user.text().strip(), self.person.text().strip(), self.chosen_role

        def work(_progress: Progress) -> Session:
            from mda5_crf.services.session import create

            return create(
                folder, site=site, name=name, login=user, person=person, role=role, password=password
            )

        self.begin(work)

    def words(self) -> str:
        """The password as it is shown to be written down, and a warning of a role that admits nobody."""
        said = self.offered
        if self.chosen_role == "data_entry":
            said.append(say("people.founder_alone"))
        return "\n".join(said)
