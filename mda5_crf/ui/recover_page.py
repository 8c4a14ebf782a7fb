"""The way into a vault that nobody can open any more: two recovery sheets admit one new keeper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mda5_crf.ui.account_form import AccountForm
from mda5_crf.ui.language import say
from mda5_crf.ui.theme import em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.worker import Progress

ROLES = ("investigator", "data_manager")
_LINES = 2


class RecoverPage(AccountForm):
    """See the module text. :meth:`clear` empties every field."""

    def __init__(self, parent: QWidget, vault: str) -> None:
        super().__init__(parent, "recovery.recover_title", width=64)
        self._words = self.said_below_title(1)
        self.vault = self.folder("ui.vault_folder")
        self.vault.setText(vault)
        self.sheets = [self._sheet("recovery.sheet_one"), self._sheet("recovery.sheet_other")]
        self.person_lines(ROLES)
        self.why = self.line("recovery.why", words=True)
        self.why.returnPressed.connect(self.admit)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.admit_button = self.press("recovery.admit", self.admit)
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
        if not self.complete():
            return
        from mda5_crf.services.recovery import NewKeeper, recover

        folder = Path(self.vault.text().strip())
        words = [sheet.toPlainText() for sheet in self.sheets]
        keeper = NewKeeper(
            self.user.text().strip(),
            self.person.text().strip(),
            self.chosen_role,
            self.password.text(),
            self.why.text(),
        )

        def work(_progress: Progress) -> Session:
            return recover(folder, words, keeper)

        self.begin(work)

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
