"""Ctrl+Shift+E for a monitor: the answer with the keyboard is verified; once more offers the whole form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.sdv import CHANGED, VERIFIED, SdvCount, SdvMark
from mda5_crf.study.model import Sdv
from mda5_crf.study.state import ItemState
from mda5_crf.text import Text, message
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.marking import CALM, Marking
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import SOFT, Tone

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.work_pages import WorkArea


def with_sdv(page: FormPage, item: ItemState, found: Marking) -> Marking:
    """The marking of an item, with what is known of its source where nothing else has to be said."""
    if page.entry.blind or item.item.computed or found.loud or found.needs_attention:
        return found
    mark = page.session.sdv_mark(item.key)
    if mark is None:
        return found
    if mark.state == CHANGED:
        return Marking(Glyph.NOTE, SOFT, words_of(page.session, mark), Tone.SOFT, loud=True)
    shown = found.words
    said = words_of(page.session, mark)
    if shown is not None:
        said = Text(f"{shown.en} · {said.en}", f"{shown.zh} · {said.zh}")
    return Marking(
        Glyph.TICK if found is CALM or found.glyph in (None, Glyph.LOCK) else found.glyph, "", said
    )


def words_of(session: Session, mark: SdvMark) -> Text:
    """Who verified it, and when."""
    day = mark.at.astimezone(session.zone).date().isoformat()
    code = "sdv.verified_by" if mark.state == VERIFIED else "sdv.changed_since"
    return message(code, name=mark.person, day=day)


def progress(count: SdvCount) -> Text:
    """How far a form is verified."""
    if count.level is Sdv.NONE:
        return message("sdv.progress_none")
    code = "sdv.progress_changed" if count.changed else "sdv.progress"
    return message(code, done=count.done, wanted=count.wanted, changed=count.changed)


def allow(allowed: set[str], page: FormPage) -> None:
    """What of queries and verification the person may begin on this form."""
    if page.session.may(Action.VERIFY) and not page.entry.blind:
        allowed.add("verify_source")
    if not page.session.may(Action.RAISE_QUERY):
        allowed.discard("query")


def verify_here(work: WorkArea) -> None:
    """Do it for the item with the keyboard. Raises CrfError: what is refused is said across the window."""
    page = work.page
    if page is None:
        return
    key = page.focused_key
    session = work.session
    mark = session.sdv_mark(key) if key is not None and key.item else None
    if key is None or not key.item or (mark is not None and mark.state == VERIFIED):
        work.show_strip(SdvStrip(work, session, page.entry.key, key))
        return
    session.verify_source([key])
    _told(work, 1)


def _told(work: WorkArea, made: int) -> None:
    page = work.page
    if page is None:
        return
    count = progress(work.session.sdv(page.entry.key))
    code = "sdv.done_one" if made == 1 else "sdv.done_many"
    done = message(code, count=made)
    work.forms_changed()
    work.bar.show_words(Text(f"{done.en}. {count.en}", f"{done.zh}。{count.zh}"))


class SdvStrip(Strip):
    """The rest of the form at once, or the mark of this item taken back with its reason."""

    def __init__(self, work: WorkArea, session: Session, form: ItemKey, item: ItemKey | None) -> None:
        super().__init__(work)
        self._work, self._session, self._form, self._item = work, session, form, item
        self.label(progress(session.sdv(form)))
        left = left_of(session, form)
        code = "sdv.rest_one" if left == 1 else "sdv.rest_many"
        self.rest = self.press(message(code, count=left))
        self.rest.setEnabled(left > 0)
        self.rest.clicked.connect(self.verify_rest)
        self.reason: QLineEdit | None = None
        mark = session.sdv_mark(item) if item is not None and item.item else None
        if mark is not None:
            self.reason = QLineEdit(self)
            self.reason.setMinimumHeight(24)
            self.label(message("sdv.back_reason"), self.reason)
            self.row.addWidget(self.reason, 1)
            self.back = self.press(message("sdv.take_back"))
            self.back.clicked.connect(self.take_back)
            self.reason.returnPressed.connect(self.take_back)
        else:
            self.row.addStretch(1)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To what is most likely wanted."""
        target: QWidget = self.rest if self.rest.isEnabled() else self.reason or self.cancel
        target.setFocus()

    def verify_rest(self) -> None:
        """Every answer of the form that is not verified."""
        try:
            made = self._session.verify_source([self._form])
        except CrfError as problem:
            self.complain(problem)
            return
        self.close_strip()
        _told(self._work, made)
        self._back()

    def take_back(self) -> None:
        """The mark of this item, with the reason."""
        assert self.reason is not None  # there is a button only with it
        assert self._item is not None
        try:
            self._session.withdraw_verification(self._item, self.reason.text())
        except CrfError as problem:
            self.complain(problem)
            return
        self.close_strip()
        self._work.forms_changed()
        self._back()

    def _back(self) -> None:
        """The keyboard to the item it came from."""
        if self._work.page is not None and self._item is not None:
            self._work.page.go_to(self._item)


def left_of(session: Session, form: ItemKey) -> int:
    """How many answers of the form are not verified, whatever its level."""
    from mda5_crf.services.sdv import answered_items

    found = answered_items(session.study_for(form).forms[form.form], session.cache(form.subject), form)
    marks = (session.sdv_mark(item) for item in found)
    return sum(mark is None or mark.state != VERIFIED for mark in marks)
