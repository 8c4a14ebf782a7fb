"""The ways into the work: which page comes first, the start page, and what is dropped on the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from mda5_crf.errors import CrfError
from mda5_crf.settings import remember
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mda5_crf.services.session import Session
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.office import OfficePage
    from mda5_crf.ui.start_page import StartPage


_AFTER = 20
"""Milliseconds after the first paint until files can be dropped: nobody is faster, and the start is."""


class Doors(QObject):
    """See the module text. Made with the window, before it is painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.start: StartPage | None = None
        self.waiting: tuple[Path, ...] = ()
        """What is looked at after the log-in: bundles, a folder of them, or a request."""
        window.login.others.connect(self.show_start)
        window.login.recovery.connect(self.show_recovery)
        window.first_painted.connect(lambda: QTimer.singleShot(_AFTER, self, self._listen))

    def begin(self) -> None:
        """The first page: the log-in of the last vault, or the start page where there is none."""
        if self._log_in_possible():
            self._window.login.take_focus()
        else:
            self.show_start()

    def _log_in_possible(self) -> bool:
        folder = self._window.login.vault.text()
        if ":/" in folder.replace("\\", "/")[2:]:  # no drive: whoever understands addresses is heavy
            from mda5_crf.services.where import is_address

            # A server is asked when somebody logs in: a network that is away must not hold the window.
            if is_address(folder):
                return True
        try:
            return bool(folder) and Path(folder).is_dir()
        except (OSError, ValueError):
            return False

    def show_start(self) -> None:
        """The page without a vault."""
        from mda5_crf.ui.start_page import StartPage

        window = self._window
        if self.start is None:
            self.start = page = StartPage(window.pages)
            window.pages.addWidget(page)
            page.chosen.connect(self.show_log_in)
            page.back.connect(lambda: self.show_log_in(""))
            page.refused.connect(window.tell)
            page.told.connect(lambda words: window.tell(words, error=False))
            page.new_vault.connect(window.login.new_vault)
            page.demonstration.connect(window.login.demonstration)
            page.language_wanted.connect(window.switch_language)
            page.bundle_chosen.connect(self._wait)
            page.restore_wanted.connect(self.show_restore)
            page.join_wanted.connect(self.show_join)
            page.selfcheck_wanted.connect(self.show_selfcheck)
        self.start.may_go_back(possible=bool(window.login.vault.text()))
        self.start.reload()
        window.banner.clear()
        window.pages.setCurrentWidget(self.start)
        self.start.take_focus()

    def show_recovery(self) -> None:
        """The page on which two recovery sheets open a vault; made anew each time, so that nothing stays."""
        from mda5_crf.ui.recover_page import RecoverPage

        window = self._window
        page = RecoverPage(window.pages, window.login.vault.text())
        frame = self._framed(page)
        page.refused.connect(window.tell)

        def leave() -> None:
            page.clear()
            window.pages.removeWidget(frame)
            frame.deleteLater()

        def back() -> None:
            self.show_log_in("")
            leave()

        def enter(session: Session) -> None:
            window.enter(session)
            leave()

        page.back.connect(back)
        page.opened.connect(enter)
        page.take_focus()

    def show_join(self, file: Path | None = None) -> None:
        """The page on which an invitation becomes a vault; made anew each time, so that nothing stays."""
        from mda5_crf.ui.join_page import JoinPage

        window = self._window
        page = JoinPage(window.pages)
        frame = self._framed(page)
        page.refused.connect(window.tell)

        def leave() -> None:
            page.forget()
            window.pages.removeWidget(frame)
            frame.deleteLater()

        def back() -> None:
            self.show_start()
            leave()

        def enter(session: Session) -> None:
            window.enter(session)
            self._show_waiting(page.unwritten, page.target)
            leave()

        page.back.connect(back)
        page.opened.connect(enter)
        if file is not None:
            page.offer(file)
        page.take_focus()

    def _show_waiting(self, problem: CrfError | None, request: Path) -> None:
        """A PC that has just asked: what is to be done next, and where its request lies."""
        from mda5_crf.ui.joining_page import JoiningPage

        work = self._window.work
        page = work.office.open("joining") if work is not None else None
        if isinstance(page, JoiningPage):
            if problem is not None:
                page.offer_problem(problem)
            else:
                page.written(request)

    def show_restore(self) -> None:
        """The page on which a copy becomes a vault, where none opens; made anew each time."""
        from mda5_crf.ui.restore_page import RestorePage

        window = self._window
        page = RestorePage(window.pages)
        frame = self._framed(page)
        page.refused.connect(window.tell)

        def leave() -> None:
            page.stop()
            window.pages.removeWidget(frame)
            frame.deleteLater()

        def back() -> None:
            self.show_start()
            leave()

        def log_in(folder: str) -> None:
            self.show_log_in(folder)
            leave()

        page.back.connect(back)
        page.restored.connect(log_in)
        page.take_focus()

    def show_selfcheck(self) -> None:
        """The check of this installation, where nobody is in; made anew each time."""
        from mda5_crf.ui.selfcheck_page import SelfcheckPage

        window = self._window
        page = SelfcheckPage(window.pages, None)
        frame = self._framed(page)
        page.told.connect(window.tell)
        page.said.connect(lambda words: window.tell(words, error=False) if words.en else None)

        def back() -> None:
            page.stop()
            self.show_start()
            window.pages.removeWidget(frame)
            frame.deleteLater()

        page.left.connect(back)
        page.refresh()
        page.take_focus()

    def _framed(self, page: QWidget) -> QWidget:
        """``page`` on screen; it scrolls: twelve lines in large type are higher than a small one."""
        from PySide6.QtWidgets import QScrollArea

        window = self._window
        frame = QScrollArea(window.pages)
        frame.setWidgetResizable(True)
        frame.setFrameShape(QScrollArea.Shape.NoFrame)
        frame.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        frame.setWidget(page)
        window.pages.addWidget(frame)
        window.banner.clear()
        window.pages.setCurrentWidget(frame)
        return frame

    def show_log_in(self, folder: str) -> None:
        """The log-in, of ``folder`` unless that is "": then of the vault that stands there."""
        window = self._window
        if folder:
            if folder != window.login.vault.text():
                window.login.password.clear()
            window.login.vault.setText(folder)
        window.banner.clear()
        window.pages.setCurrentWidget(window.login)
        window.login.take_focus()

    def entered(self, session: Session) -> None:
        """Somebody is in: remember the vault, and look at the bundle that waited for this."""
        remember(last_vault=session.vault.place.word, vault_name=session.vault_name)
        files, self.waiting = self.waiting, ()
        if self.start is not None:
            self.start.forget_bundle()
        if files:
            self._hand_on(files)

    def _hand_on(self, files: tuple[Path, ...]) -> None:
        """Files to the page or strip that looks at them; somebody is in."""
        from mda5_crf.ui.dropping import Kind, kind_of

        work = self._window.work
        kind = kind_of(files[0]) if len(files) == 1 else Kind.BUNDLE
        if work is None:
            return
        if kind is Kind.INVITATION:
            self._take_at("joining", files[0], message("pcs.drop_centre"), centre=False)
        elif kind is Kind.REQUEST:
            wrong = message("pcs.drop_request_where", file=files[0].name)
            self._take_at("devices", files[0], wrong, centre=True)
        else:
            work.acts.take_bundle(*files)

    def _take_at(self, command: str, file: Path, wrong: Text, *, centre: bool) -> None:
        """Have a page look at a file of a joining; ``wrong`` is said where it means nothing."""
        work = self._window.work
        if work is None:
            return
        if work.session.is_centre is not centre:
            self._window.tell(wrong)
            return
        try:
            page = work.office.open(command)
            if page is not None:
                page.take(file)
        except CrfError as problem:  # whoever is in may not do it
            self._window.tell(problem)

    # -- dragged files ---------------------------------------------------------------------------------

    def _listen(self) -> None:
        from mda5_crf.ui.dropping import Dropping

        dropping = Dropping(self._window)
        dropping.bundles.connect(lambda files: self.take(*files))
        dropping.joining.connect(self.take)
        dropping.vault.connect(self.open)
        dropping.refused.connect(self._window.tell)
        dropping.takes_files = lambda: self._page_for_files() is not None
        dropping.file.connect(self._take_file)

    def _page_for_files(self) -> OfficePage | None:
        """The page on screen that takes files, while nothing else is going on."""
        work = self._window.work
        if work is None or work.busy or self._window.locked:
            return None
        page = work.office.page
        return page if page is not None and page.takes_files else None

    def _take_file(self, file: Path) -> None:
        page = self._page_for_files()
        if page is not None:
            page.take(file)

    def _wait(self, files: tuple[Path, ...]) -> None:
        self.waiting = files

    def take(self, *files: Path) -> None:
        """Files were dropped, or one was named at the start: look at them now, or after the log-in."""
        from mda5_crf.ui.dropping import Kind, kind_of

        work = self._window.work
        if self._refuse_locked():
            return
        if work is not None and work.busy:
            self._window.tell(message("start.drop_busy"))
        elif work is not None:
            self._window.banner.clear()
            self._hand_on(files)
        elif len(files) == 1 and kind_of(files[0]) is Kind.INVITATION:
            self.show_join(files[0])
        else:
            self.show_start()
            assert self.start is not None
            self.start.note_bundle(*files)

    def _refuse_locked(self) -> bool:
        if self._window.locked:  # said at once: what the window tells otherwise waits for the password
            self._window.banner.tell(message("start.drop_locked"))
        return self._window.locked

    def open(self, folder: Path) -> None:
        """A vault's folder was dropped: its log-in, where nobody is in."""
        if self._refuse_locked():
            return
        if self._window.work is not None:
            self._window.tell(message("start.drop_log_out"))
            return
        self.show_start()
        assert self.start is not None
        self.start.open(str(folder))
