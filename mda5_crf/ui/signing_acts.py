"""Signing from the window: whether it can be done now, the strip that asks, and the thread that signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mda5_crf.errors import CrfError
from mda5_crf.services.access import Action
from mda5_crf.text import both, message
from mda5_crf.ui.language import speak
from mda5_crf.ui.places import event_words, form_words, whole_place
from mda5_crf.ui.sign_strip import SignStrip
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.services.signing import SignatureInfo
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea

COMMAND = "sign"


class SigningActs(QObject):
    """Only who may sign sees the command; when it cannot be given now it says why."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        self._commands = window.commands
        self._may = work.session.may(Action.SIGN)
        self._job: Job | None = None
        self.possible = False
        """Whether the form on screen can be signed now."""
        window.commands.show(COMMAND, self._may)

    def refresh(self) -> None:
        """Say on the form what is signed, and offer the command or the reason why not."""
        page = self._work.page
        if page is not None:
            page.show_signatures(self._work.session.signatures(page.entry.key))
        obstacle = None
        if self._may and page is not None:
            obstacle = self._work.session.signing_offer(page.entry.key).obstacle
        self.possible = self._may and page is not None and obstacle is None
        self._commands.explain(COMMAND, obstacle, possible=self.possible)

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._commands.explain(COMMAND, None, possible=False)

    def ask(self) -> None:
        """Open the strip; what stands uncommitted is committed first, so that it is what is signed."""
        work, page = self._work, self._work.page
        if page is None or not self._may or not work.leave():
            return
        offer = work.session.signing_offer(page.entry.key)
        if offer.obstacle is not None:
            self.refresh()
            self._window.tell(offer.obstacle, passing=True)
            return
        strip = SignStrip(work, whole_place(work.session, page.entry.key), offer)
        strip.wanted.connect(lambda *typed: self._sign(page, strip, *typed))
        work.show_strip(strip)

    def _sign(self, page: FormPage, strip: SignStrip, meaning: str, login: str, password: str) -> None:
        work, key = self._work, page.entry.key
        if self._job is not None:
            return
        if not work.leave():
            strip.complain(message("signing.uncommitted"))
            return

        def sign(_progress: Progress) -> SignatureInfo:
            return work.session.sign(key, meaning, password, login)

        def done(info: SignatureInfo) -> None:
            self._set_busy(strip, busy=False)
            strip.close_strip()
            self._signed(page, info)

        def failed(problem: CrfError) -> None:
            self._set_busy(strip, busy=False)
            strip.refuse(problem)

        self._set_busy(strip, busy=True)
        self._job = Job(self, sign, done, failed)

    def _set_busy(self, strip: SignStrip, *, busy: bool) -> None:
        if not busy:
            self._job = None
        self._work.set_busy(busy)
        strip.set_busy(busy)

    def _signed(self, page: FormPage, info: SignatureInfo) -> None:
        """Other forms may have asked for this signature, so all are looked at anew."""
        work, session = self._work, self._work.session
        work.forms_changed()
        work.bar.show_saved(session.now())
        words = message(
            "signing.signed",
            subject=both(session.subjid(info.key.subject)),
            event=event_words(session, info.key),
            form=form_words(session, info.key),
            meaning=info.meaning_text,
        )
        page.announce(speak(words))
