"""The first page: which vault, who, and the password. Light on purpose: it is there before the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.ui.language import say
from mda5_crf.ui.plain_form import PlainForm

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Job, Progress


class LoginPage(PlainForm):
    """See the module text. The password is forgotten as soon as the vault is open."""

    opened = Signal(object)
    """Session: the person is in."""
    refused = Signal(object)
    """Text or CrfError: the sentence to show."""
    new_vault = Signal()
    demonstration = Signal()
    recovery = Signal()
    """Nobody can log in: two recovery sheets are at hand."""
    others = Signal()
    """Somebody wants another vault than this one."""

    def __init__(self, parent: QWidget, vault: str) -> None:
        super().__init__(parent, "ui.open_vault")
        self.vault = self.folder("ui.vault_folder")
        self.vault.setText(vault)
        self.user = self.line("ui.user")
        self.password = self.line("ui.password", secret=True)
        for line in (self.vault, self.user, self.password):
            line.returnPressed.connect(self.open)
        self._state = QLabel(self)
        self.foot.addWidget(self._state, 1)
        self.open_button = self.press("ui.open", self.open)
        self.open_button.setDefault(True)
        others = QHBoxLayout()
        self.others_button = self.press("start.other_vaults", self.others.emit, where=others)
        self.new_button = self.press("ui.new_vault", self.new_vault.emit, where=others)
        self.demo_button = self.press("ui.demonstration", self.demonstration.emit, where=others)
        self.recovery_button = self.press("recovery.open_with", self.recovery.emit, where=others)
        others.addStretch(1)
        self.box.addLayout(others)
        self._job: Job | None = None
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the first field in which nothing stands."""
        empty = [line for line in (self.vault, self.user, self.password) if not line.text()]
        (empty or [self.password])[0].setFocus()

    def open(self) -> None:
        """Unlock the vault in the background; a refusal keeps every field as it is."""
        if self._job is not None:
            return
        lacking = self.missing()
        if lacking is not None:
            lacking[0].setFocus()
            self.refused.emit(lacking[1])
            return
        from mda5_crf.ui.worker import Job

        where, user, password = self.vault.text().strip(), self.user.text().strip(), self.password.text()

        def work(_progress: Progress) -> Session:
            from mda5_crf.services.session import Session
            from mda5_crf.services.where import where_of

            return Session.open(where_of(where), user, password)

        self._busy(True)
        self._job = Job(self, work, self._opened, self._failed)

    def _busy(self, busy: bool) -> None:
        self.set_busy(busy)
        self._state.setText(say("ui.opening") if busy else "")

    def _opened(self, session: Session) -> None:
        self._job = None
        self._busy(False)
        self.password.clear()
        self.opened.emit(session)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self._busy(False)
        self.password.setFocus()
        self.password.selectAll()
        self.refused.emit(problem)
