"""The line that says what stands between this PC and the centre: it waits for it, was revoked, hears nothing.

Asked when the window is there, and again when something was taken or recorded: no key waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import StoreError
from mda5_crf.services.access import Action
from mda5_crf.sync import joining, revocation
from mda5_crf.text import Text, message
from mda5_crf.ui.warning_line import WarningLine

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

WAIT: Final = 300
"""Milliseconds until it is asked."""
JOINING: Final = "joining"
DEVICES: Final = "devices"


class JoinWatch(WarningLine):
    """See the module text."""

    page_wanted = Signal(str)
    """The command of the page that leads on."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        self._command = JOINING
        self._beside = ""
        super().__init__(parent, "ui.act_joining")
        self._session = session
        self.wanted.connect(lambda: self.page_wanted.emit(self._command))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.refresh)

    def later(self) -> None:
        """Look when nobody waits for it."""
        self._timer.start()

    def beside(self, command: str) -> None:
        """``command`` of the page on screen: the one that is about the same says it itself."""
        self._beside = command
        self._show()

    def _show(self) -> None:
        self.setVisible(self._warning is not None and self._beside != self._command)

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._show()

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._timer.stop()

    def refresh(self) -> None:
        """Say what is to be said now."""
        if self._session.is_centre:
            return
        try:
            words, self._command = self._look()
        except StoreError:  # the stick with the vault was pulled out: whatever is entered next says so
            words = None
        self.warn(words, f"ui.act_{self._command}")
        able = self._session.may(Action.JOIN if self._command == JOINING else Action.BUNDLE)
        self.go.setVisible(able)

    def _look(self) -> tuple[Text | None, str]:
        asked = joining.state(self._session)
        if asked is not None and asked.waits:
            return message("pcs.watch_waits", name=asked.name), JOINING
        if asked is not None and asked.state == "refused":
            return message("pcs.watch_refused", name=asked.name), JOINING
        return revocation.heard(self._session).words, DEVICES
