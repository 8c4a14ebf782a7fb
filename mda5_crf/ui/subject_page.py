"""One participant's forms: the one on screen, and the last few, which keep focus and place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes
from mda5_crf.services.session import Session
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.language import say
from mda5_crf.ui.second_page import SecondPage
from mda5_crf.ui.spoken import Spoken

KEPT = 6
"""Pages kept built; the one not seen for longest goes first."""


class SubjectPage(Spoken, QWidget):
    """Never shows two participants: another one's pages are dropped first."""

    page_made = Signal(object)
    """FormPage that was just built, for the window to listen to."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._pages: dict[ItemKey, FormPage] = {}
        self._stale: set[ItemKey] = set()
        self.second = False
        """Whether forms are opened for their second, blind entry."""
        self.stack = QStackedWidget(self)
        self._nothing = QLabel(self.stack)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack.addWidget(self._nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self.retranslate()

    @property
    def page(self) -> FormPage | None:
        """The form on screen, None for none."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, FormPage) else None

    def pages(self) -> tuple[FormPage, ...]:
        """All pages that are built, the one on screen among them."""
        return tuple(self._pages.values())

    def leave(self) -> bool:
        """Commit what stands uncommitted; False when something has to wait (it stays on its page)."""
        waiting = [page for page in self._pages.values() if page.uncommitted or page is self.page]
        done = [page.leave_page() for page in waiting]  # every one of them, also behind one that has to wait
        return all(done)

    def show_form(self, key: ItemKey) -> FormPage:
        """Show the form ``key``; the keyboard is given to it by :meth:`FormPage.open_page`."""
        kept = self._pages.get(key)
        if kept is not None and kept.entry.form is not kept.study.forms[key.form]:
            self._drop(key)  # it goes by another version now: other questions, another page
        page = self._pages.pop(key, None)
        if page is None:
            page = self._make(key)
            self.stack.addWidget(page)
            self.page_made.emit(page)
        elif key in self._stale:
            page.refresh()
        self._stale.discard(key)
        self._pages[key] = page  # last in order = seen last
        for old in list(self._pages)[:-KEPT]:
            self._drop(old)
        self.stack.setCurrentWidget(page)
        return page

    def _make(self, key: ItemKey) -> FormPage:
        if self.second:
            return SecondPage(self._session.second(key), self.stack)
        return FormPage(self._session, self._session.entry(key), self.stack)

    def set_second(self, second: bool) -> None:
        """Open forms for second entry from now on, or as usual. No page of the other kind stays behind:
        whoever is blind must not find what was entered first in a page that is merely out of sight.
        """
        if second != self.second:
            self.forget()
            self.second = second

    def others_changed(self, changes: Changes) -> None:
        """Something became durable: every other page is evaluated anew when it is shown."""
        self._stale.update(key for key in self._pages if key != changes.form)

    def all_changed(self) -> None:
        """Something changed that no page knows of: all are evaluated anew, the one on screen now."""
        self._stale.update(self._pages)
        if self.page is not None:
            self._stale.discard(self.page.entry.key)
            self.page.refresh()

    def forget(self) -> None:
        """Drop all pages: another participant comes, or a bundle brought new records."""
        self.stack.setCurrentWidget(self._nothing)
        for key in list(self._pages):
            self._drop(key)
        self._stale.clear()

    def _drop(self, key: ItemKey) -> None:
        page = self._pages[key]
        if page.uncommitted and not page.leave_page():
            return  # what could not be stored is kept as long as anybody may still save it
        del self._pages[key]
        self.stack.removeWidget(page)
        page.hide()
        page.deleteLater()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self._nothing.setText(say("ui.choose_form"))
