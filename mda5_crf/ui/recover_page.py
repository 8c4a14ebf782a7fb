"""The way into a vault that nobody can open any more: two recovery sheets admit one new keeper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.text import message
from mda5_crf.ui.language import say
from mda5_crf.ui.plain_form import PlainForm
from mda5_crf.ui.theme import em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Job, Progress

ROLES = ("investigator", "data_manager")
_LINES = 2


class RecoverPage(PlainForm):
    """See the module text. :meth:`clear` empties every field."""

    opened = Signal(object)
    """Session of the new keeper."""
    refused = Signal(object)
    """Text or CrfError: what could not be done."""
    back = Signal()

    def __init__(self, parent: QWidget, vault: str) -> None:
        super().__init__(parent, "recovery.recover_title", width=64)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self.box.insertWidget(1, self._words)
        self.vault = self.folder("ui.vault_folder")
        self.vault.setText(vault)
        self.sheets = [self._sheet("recovery.sheet_one"), self._sheet("recovery.sheet_other")]
        self.user = self.line("ui.user")
        self.person = self.line("ui.person_name", words=True)
        self.role = self.choice("ui.role", [(role, f"access.role_{role}") for role in ROLES])
        self.password = self.line("ui.password", secret=True)
        self.again = self.line("ui.password_again", secret=True)
        self.why = self.line("recovery.why", words=True)
        self.why.returnPressed.connect(self.admit)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.admit_button = self.press("recovery.admit", self.admit)
        self._job: Job | None = None
        self.retranslate()
        self.rescale()

    def _sheet(self, code: str) -> QPlainTextEdit:
        made = QPlainTextEdit(self)
        made.setTabChangesFocus(True)
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.field(code, made)
        return made

    def take_focus(self) -> None:
        """To the first sheet, or the folder."""
        (self.sheets[0] if self.vault.text() else self.vault).setFocus()

    def clear(self) -> None:
        """Nothing that was typed stays."""
        for sheet in self.sheets:
            sheet.clear()
        for line in (self.user, self.person, self.password, self.again, self.why):
            line.clear()

    def admit(self) -> None:
        """Admit the keeper in the background; a refusal keeps every field as it is."""
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
        from mda5_crf.services.recovery import NewKeeper, recover
        from mda5_crf.ui.worker import Job

        folder = Path(self.vault.text().strip())
        words = [sheet.toPlainText() for sheet in self.sheets]
        keeper = NewKeeper(
            self.user.text().strip(),
            self.person.text().strip(),
            str(self.role.currentData()[0]),
            self.password.text(),
            self.why.text(),
        )

        def work(_progress: Progress) -> Session:
            return recover(folder, words, keeper)

        self.set_busy(True)
        self._job = Job(self, work, self._admitted, self._failed)

    def _admitted(self, session: Session) -> None:
        self._job = None
        self.set_busy(False)
        self.opened.emit(session)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.set_busy(False)
        self.refused.emit(problem)

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._words.setText(say("recovery.recover_words"))

    def rescale(self) -> None:
        """Two lines for the words of a sheet."""
        super().rescale()
        high = max(24, self.fontMetrics().height() + em(self) // 2)
        for line in (self.vault, self.user, self.person, self.role, self.password, self.again, self.why):
            line.setMinimumHeight(high)
        for sheet in self.sheets:
            sheet.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + em(self))
