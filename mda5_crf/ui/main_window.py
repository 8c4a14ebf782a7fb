"""The one window: log-in, then the work. Light on purpose: the work's modules come with the log-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mda5_crf import __version__
from mda5_crf.errors import CrfError, StoreError
from mda5_crf.settings import load_settings, remember
from mda5_crf.text import Text, message
from mda5_crf.ui.actions import ALWAYS, WHILE_LOCKED
from mda5_crf.ui.banner import Banner
from mda5_crf.ui.commands import Commands
from mda5_crf.ui.doors import Doors
from mda5_crf.ui.help_acts import Helping
from mda5_crf.ui.language import language, say
from mda5_crf.ui.login_page import LoginPage
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.start import other_language, speak_now
from mda5_crf.ui.theme import SCALES, set_text_size

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from mda5_crf.services.session import Session
    from mda5_crf.ui.demo_page import DemoPage
    from mda5_crf.ui.locking import Locking
    from mda5_crf.ui.new_vault_page import NewVaultPage
    from mda5_crf.ui.work_pages import WorkArea

DESIGN_SIZE = (1093, 614)
"""A 1366 × 768 ward screen at 125 % Windows scaling, in logical pixels."""


class MainWindow(QMainWindow):
    """See the module text. ``work`` is the area behind the log-in, None while nobody is logged in."""

    first_painted = Signal()
    logged_in = Signal()

    def __init__(self, vault: str = "") -> None:
        super().__init__()
        self.work: WorkArea | None = None
        self.locking: Locking | None = None
        """Comes with the first log-in."""
        self._painted = False
        self._leaving = False
        self._passing = False
        self._size = load_settings().text_size
        centre = QWidget(self)
        self.banner = Banner(centre)
        self.banner.closed.connect(self._take_focus)
        self.pages = QStackedWidget(centre)
        self.login = LoginPage(self.pages, vault)
        self.pages.addWidget(self.login)
        self.helping = Helping(self)
        self._new_vault: NewVaultPage | None = None
        self._demo: DemoPage | None = None
        self._language = button(self.login)
        self._language.clicked.connect(self.switch_language)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.pages, 1)
        self.setCentralWidget(centre)
        corner = QHBoxLayout()
        corner.addStretch(1)
        corner.addWidget(self._language)
        self.login.layout().insertLayout(0, corner)  # type: ignore[union-attr]
        self.commands = Commands(self, self.run)
        self.commands.allow(ALWAYS)
        self.login.opened.connect(self.enter)
        self.login.refused.connect(self.tell)
        self.login.new_vault.connect(self._show_new_vault)
        self.login.demonstration.connect(self._show_demo)
        self.doors = Doors(self)
        self.resize(*DESIGN_SIZE)
        self.setMinimumSize(640, 400)
        self.retranslate()
        self.doors.begin()

    # -- words -----------------------------------------------------------------------------------------

    def tell(self, what: Text | CrfError, *, error: bool = True, passing: bool = False) -> None:
        """One sentence across the window; what was typed stays where it is.

        ``passing``: it goes by itself as soon as something can be stored again.
        """
        if self.locking is not None and self.locking.locked:
            self.locking.hold(what.text if isinstance(what, CrfError) else what)
            return
        self._passing = passing
        self.banner.tell(what.text if isinstance(what, CrfError) else what, error=error)

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.commands.retranslate()
        self._language.setText(say("ui.switch_language"))
        name(self._language, "中文 / English")
        self.name_window()

    def name_window(self) -> None:
        """The title bar repeats whose data are on screen."""
        if self.work is None or self.locked:
            self.setWindowTitle(say("ui.program"))
        elif self.work.subjid:
            self.setWindowTitle(say("ui.title", subject=self.work.subjid, vault=self.work.session.vault_name))
        else:
            self.setWindowTitle(say("ui.title_vault", vault=self.work.session.vault_name))

    def switch_language(self) -> None:
        """中文 or English, at once, and from the next start on."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        speak_now(app, other_language())
        remember(language=language())

    def scale(self, step: int) -> None:
        """Text one step larger (+1) or smaller (-1), or normal (0); remembered."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        nearest = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - self._size))
        place = SCALES.index(100) if step == 0 else min(max(nearest + step, 0), len(SCALES) - 1)
        self._size = SCALES[place]
        set_text_size(app, self._size)
        remember(text_size=self._size)

    # -- commands --------------------------------------------------------------------------------------

    def run(self, command: str) -> None:
        """Do the command of that name."""
        acts: dict[str, Callable[[], object]] = {
            "language": self.switch_language,
            "text_larger": lambda: self.scale(1),
            "text_smaller": lambda: self.scale(-1),
            "text_normal": lambda: self.scale(0),
            "key_card": self._show_keys,
            "guidance": self.helping.ask,
            "guides": self.helping.show,
            "about": lambda: self.tell(message("ui.program_about", version=__version__), error=False),
            "log_out": self.close_session,
            "lock": lambda: self.lock("lock"),
        }
        if self.locked and command not in WHILE_LOCKED:
            return
        aside = self.work.office if self.work is not None and not self.locked else None
        if command in acts and (aside is None or not aside.answer(command)):
            acts[command]()
        elif command in acts:
            return
        elif self.work is not None:
            self.work.run(command)

    @property
    def locked(self) -> bool:
        """Whether the window is locked: nothing is entered, taken or shown until a password is given."""
        return self.locking is not None and self.locking.locked

    def lock(self, reason: str) -> None:
        """Lock the window; ``reason`` is "idle" or "lock". Nothing happens while nobody is in."""
        if self.locking is not None:
            self.locking.lock(reason)

    def _show_keys(self) -> None:
        from mda5_crf.ui.key_card import KeyCard

        KeyCard(self).show()

    # -- before the log-in -----------------------------------------------------------------------------

    def _show_new_vault(self) -> None:
        from mda5_crf.ui.new_vault_page import NewVaultPage

        if self._new_vault is None:
            self._new_vault = page = NewVaultPage(self.pages)
            self.pages.addWidget(page)
            page.opened.connect(self.enter)
            page.refused.connect(self.tell)
            page.back.connect(self._show_login)
        self.banner.clear()
        self.pages.setCurrentWidget(self._new_vault)
        self._new_vault.take_focus()

    def _show_demo(self) -> None:
        from mda5_crf.ui.demo_page import DemoPage

        if self._demo is None:
            self._demo = page = DemoPage(self.pages)
            self.pages.addWidget(page)
            page.made.connect(self._demo_made)
            page.refused.connect(self.tell)
            page.back.connect(self._show_login)
        self.banner.clear()
        self.pages.setCurrentWidget(self._demo)
        self._demo.take_focus()

    def _show_login(self) -> None:
        if not self.login.vault.text():
            self.doors.show_start()
            return
        self.pages.setCurrentWidget(self.login)
        self.login.take_focus()

    def show_login(self, vault: Path | str, login: str) -> None:
        """To the log-in of a vault after the window was locked; ``login`` "" for somebody else."""
        self.login.vault.setText(str(vault))
        self.login.user.setText(login)
        self.commands.allow(ALWAYS)
        self.name_window()
        self._show_login()

    def _demo_made(self, vault: str, user: str, password: str) -> None:
        self.login.vault.setText(vault)
        self.login.user.setText(user)
        self.login.password.setText(password)
        if self.work is None:
            self.pages.setCurrentWidget(self.login)
            self.login.open_button.setFocus()
        self.tell(message("ui.demo_ready", login=user, password=password), error=False)

    # -- session ---------------------------------------------------------------------------------------

    def enter(self, session: Session) -> None:
        """Somebody is in: show the matrix, and what the vault has to say."""
        from mda5_crf.sync.rejudging import after_upgrade
        from mda5_crf.ui.locking import Locking
        from mda5_crf.ui.work_pages import WorkArea

        self.commands.guard()
        try:
            released = after_upgrade(session).released
        except StoreError:
            released = []  # a disk that takes nothing is met with words at the first entry
        if self.locking is None:
            self.locking = Locking(self)
        self.login.vault.setText(session.vault.place.word)
        self.work = WorkArea(self, session)
        self.pages.addWidget(self.work)
        self.pages.setCurrentWidget(self.work)
        self.banner.clear()
        notices = (*session.vault.notices, *session.account_notices())
        if released:
            notices += (message("quarantine.after_upgrade", count=len(released)),)
        if notices:
            self.tell(Text(" ".join(n.en for n in notices), "".join(n.zh for n in notices)))
        self.work.begin()
        self.locking.entered(self.work)
        self.name_window()
        self.doors.entered(session)
        self.logged_in.emit()

    def close_session(self) -> bool:
        """Log out. What could not be stored keeps everything as it is, once; a second call gives it up."""
        if self.work is None:
            return True
        if not self.work.leave() and not self._leaving:
            self._leaving = True
            self.tell(message("ui.still_uncommitted"), passing=True)
            return False
        self.log_out()
        return True

    def log_out(self) -> None:
        """Close the session and show the log-in; nothing happens when nobody is in."""
        self._leaving = False
        if self.work is None:
            return
        if self.locking is not None:
            self.locking.ended()
        self.drop_work()
        self.commands.allow(ALWAYS)
        self.banner.clear()
        self.name_window()
        self._show_login()

    def drop_work(self, reason: str = "") -> None:
        """Close the session and destroy all that shows it. ``reason`` as in ``Session.close``."""
        work, self.work = self.work, None
        if work is not None:
            work.end(reason)
            self.pages.removeWidget(work)
            work.hide()
            work.deleteLater()

    def stay(self) -> None:
        """Work went on: the next attempt to close asks anew, and a sentence about storing goes."""
        self._leaving = False
        if self._passing:
            self.banner.clear()

    def _take_focus(self) -> None:
        if self.work is not None:
            self.work.take_focus()
        else:
            page = self.pages.currentWidget()
            if page is self.login:
                self.login.take_focus()

    # -- Qt --------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Commit the focused field first; what cannot be stored keeps the window open once."""
        if not self.close_session():
            event.ignore()
            return
        if self._demo is not None:
            self._demo.stop()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A new language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "commands"):
            self.retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is there."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)
