"""Locks the window when nobody is at it, and opens it again for whoever gives a password.

Locking is a log-out of the vault with the window kept: what stands half-typed goes into the vault, the
session closes and with it the keys, and every widget that shows a participant is destroyed. Opening is a
log-in.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget

from mda5_crf.errors import CrfError, StoreError
from mda5_crf.settings import load_settings
from mda5_crf.text import Text
from mda5_crf.ui.actions import WHILE_LOCKED
from mda5_crf.ui.clipboard import ClipboardGuard
from mda5_crf.ui.idle import Idle
from mda5_crf.ui.keeping import Kept
from mda5_crf.ui.lock_page import Locked, LockPage, Opener
from mda5_crf.ui.worker import Job

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea

_LOOK = 100
"""Milliseconds between two looks whether work from before has ended."""


class Locking(QObject):
    """See the module text. Lives as long as the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.page: LockPage | None = None
        self.open_session: Opener = _open
        self.clipboard = ClipboardGuard(self)
        self.idle = Idle(self)
        self.idle.passed.connect(lambda: self.lock("idle"))
        self.idle.typed.connect(self._typed)
        self._held: dict[tuple[str, str], Kept] = {}
        """What the vault could not take, by folder and log-in: for that person's next log-in here."""
        self._said: Text | None = None
        self._reason = ""
        self._look = QTimer(self)
        self._look.setInterval(_LOOK)
        self._look.timeout.connect(self._finish)

    @property
    def locked(self) -> bool:
        """Whether the window is locked: nothing is entered, taken or shown."""
        return self.page is not None

    # -- somebody is in

    def entered(self, work: WorkArea) -> None:
        """Somebody logged in: watch the hands, and put back what waited."""
        session = work.session
        self.idle.start(load_settings().idle_minutes * 60)
        held = self._held.pop((session.vault.place.word, session.person.login), None)
        try:
            work.keeper.begin(held)
        except StoreError as problem:
            self._window.tell(problem)

    def _typed(self) -> None:
        if self._window.work is not None and not self.locked:
            self._window.work.keeper.typed()

    def ended(self) -> None:
        """Somebody logged out."""
        self.idle.stop()
        self.clipboard.clear()

    # -- locking

    def lock(self, reason: str, tries: int = 20) -> None:
        """Lock now. ``reason`` goes into the journal: "idle" or "lock" (somebody pressed the key)."""
        work = self._window.work
        if work is None or self.locked:
            return
        self.idle.stop()
        if QApplication.activeModalWidget() is not None and tries:
            # A dialog of the system's waits inside one of our methods: let that one return first.
            _close_others(self._window)
            QTimer.singleShot(0, self, lambda: self.lock(reason, tries - 1))
            return
        self._reason = reason
        who = work.session
        work.keeper.finish_compositions()
        work.keeper.deafen()
        kept = work.keeper.look()
        self._cover(Locked(who.vault.place.word, who.person.login, who.person.name, who.vault_name))
        assert self.page is not None
        try:
            who.keep_drafts(kept.drafts, kept.place)
        except StoreError as problem:
            self._held[who.vault.place.word, who.person.login] = kept
            if kept.drafts:
                self.page.set_trouble(problem.text)
        self._finish()

    def _cover(self, who: Locked) -> None:
        """Nothing of a participant is to be seen from here on."""
        window = self._window
        _close_others(window)
        self.page = page = LockPage(window.pages, who, self.open_session)
        page.opened.connect(self._opened)
        page.refused.connect(self._refused)
        page.another.connect(lambda: self._leave(keep_login=False))
        page.left.connect(lambda: self._leave(keep_login=True))
        window.pages.addWidget(page)
        window.pages.setCurrentWidget(page)
        window.banner.clear()
        window.commands.allow(WHILE_LOCKED)
        window.name_window()
        self.clipboard.clear()
        page.take_focus()

    def _finish(self) -> None:
        """Drop the keys, unless work from before still needs them; it ends first."""
        work, page = self._window.work, self.page
        if work is None or page is None:
            self._look.stop()
            return
        if work.busy or work.findChildren(Job):
            page.set_working(True)
            self._look.start()
            return
        self._look.stop()
        self._window.drop_work(self._reason)
        self._window.commands.allow(WHILE_LOCKED)
        page.set_working(False)
        page.take_focus()
        # What was shown hangs together in rings, which only the collector opens.
        QTimer.singleShot(0, self, _collect)

    # -- opening

    def _opened(self, session: Session) -> None:
        said, who = self._said, self.page.who if self.page is not None else None
        self._uncover()
        self._window.enter(session)
        if said is not None and who is not None and who.login == session.person.login:
            self._window.tell(said, error=False)

    def _leave(self, *, keep_login: bool) -> None:
        """To the log-in: for somebody else, or because the person does not come back."""
        page, window = self.page, self._window
        if page is None or window.work is not None:
            return
        who = page.who
        self._uncover()
        window.show_login(who.folder, who.login if keep_login else "")

    def _uncover(self) -> None:
        page, self.page, self._said = self.page, None, None
        if page is not None:
            self._window.pages.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._window.banner.clear()

    def hold(self, what: Text) -> None:
        """What work from before has to say waits for the person."""
        self._said = what

    def _refused(self, what: Text | CrfError) -> None:
        self._window.banner.tell(what.text if isinstance(what, CrfError) else what)


def _open(folder: Path | str, login: str, password: str) -> Session:
    from mda5_crf.services.session import Session

    return Session.open(folder, login, password)


def _close_others(window: QWidget) -> None:
    """Lists, calendars, menus, cards and the system's dialogs: whatever else of us is on the screen."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        if not popup.close():
            break
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible():
            if isinstance(other, QDialog):
                other.reject()
            other.close()


def _collect() -> None:
    gc.collect()
