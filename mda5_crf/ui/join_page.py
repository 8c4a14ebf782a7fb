"""Joining a study with an invitation: what it says, who is the first person here, where the answer goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.account_form import AccountForm
from mda5_crf.ui.language import speak

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.join_files import Invited
    from mda5_crf.ui.worker import Job, Progress

ROLES: Final = ("investigator", "administrator")
"""Who can be the first person of a ward's PC: its principal investigator, or who sets it up for one."""


class JoinPage(AccountForm):
    """See the module text. Nothing is made before the last button, and nothing that was typed is lost."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "pcs.join_title", width=60)
        self.unwritten: CrfError | None = None
        """Why the request is not where it should be, though the vault is there."""
        self._says: Text | None = None
        self._looked_at = ""
        self._looking: Job | None = None
        self.invitation = self.file("pcs.invitation_file", "pcs.invitation_kinds")
        self.invitation.editingFinished.connect(self.look)
        self._words = self.said_below_title(1)
        self.vault = self.folder("ui.new_vault_folder")
        self.person_lines(ROLES)
        self.request = self.file("pcs.request_file", "pcs.request_kinds", save=True)
        self.request.returnPressed.connect(self.make)
        self.suggest_button = self.press("ui.suggest_password", self.suggest)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.join_button = self.press("pcs.join_do", self.make)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the invitation; once that was read, to what is to be filled in."""
        line = self.user if self._says is not None else self.invitation
        line.setFocus()

    # -- the invitation

    def offer(self, file: Path) -> None:
        """Look at a file that was dropped or named at the start."""
        self.invitation.setText(str(file))
        self.look()

    def look(self) -> None:
        """Read what the invitation says, unless it was read already; nothing is made of it."""
        named = self.invitation.text().strip().strip('"')
        if not named or named == self._looked_at or self._looking is not None or self.busy:
            return
        from mda5_crf.ui.worker import Job

        self._looked_at = named

        def work(_progress: Progress) -> Invited:
            from mda5_crf.ui.join_files import read_invited

            return read_invited(Path(named).expanduser())

        self.join_button.setEnabled(False)
        self._looking = Job(self, work, self._looked, self._not_looked)

    @property
    def looking(self) -> bool:
        """Whether the file is being read."""
        return self._looking is not None

    def _looked(self, found: Invited) -> None:
        self._end_look()
        self._says = found.words
        if not self.vault.text().strip():
            self.vault.setText(str(Path.home() / f"site-{found.invitation.site}.mda5"))
        if not self.request.text().strip():
            self.request.setText(str(Path(self._looked_at).expanduser().parent / found.file_name))
        self.retranslate()
        if self.invitation.hasFocus():
            self.user.setFocus()

    def _not_looked(self, problem: CrfError) -> None:
        self._end_look()
        self._says = None
        self._looked_at = ""  # it may be there the next time
        self.retranslate()
        self.refuse_at(self.invitation, problem.text)

    def _end_look(self) -> None:
        self._looking = None
        self.join_button.setEnabled(True)

    # -- joining

    @property
    def target(self) -> Path:
        """Where the request goes."""
        return Path(self.request.text().strip()).expanduser()

    def make(self) -> None:
        """Make the vault and write the request, in the background."""
        if self.looking or not self.complete():
            return
        file = Path(self.invitation.text().strip().strip('"')).expanduser()
        folder, target = Path(self.vault.text().strip()), self.target
        user, person, role = self.user.text().strip(), self.person.text().strip(), self.chosen_role
        password = self.password.text()
        self.unwritten = None

        def work(_progress: Progress) -> Session:
            from mda5_crf.sync import joining
            from mda5_crf.ui.join_files import read_invited, write_small

            data = read_invited(file).data
            session = joining.join(folder, data, login=user, person=person, role=role, password=password)
            asked = joining.state(session)
            assert asked is not None  # it has just asked
            try:
                write_small(target, asked.request)
            except CrfError as problem:  # the vault is there: the next page writes it elsewhere
                self.unwritten = problem
            return session

        self.begin(work)

    # -- words

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        said = [speak(self._says if self._says is not None else message("pcs.join_about")), *self.offered]
        self._words.setText("\n".join(said))
