"""Brings earlier values to the focused question: beside it, or into the status line, and into the side panel.

Nothing of this happens while a key is handled: a timer of length zero waits until the keyboard rests, and
between two commits nothing is read at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.course import Course, course, has_course
from mda5_crf.ui.course_aside import CourseAside
from mda5_crf.ui.course_words import beside, description
from mda5_crf.ui.field_row import FieldRow
from mda5_crf.ui.language import speak

if TYPE_CHECKING:
    from mda5_crf.ui.field import Field
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.work_pages import WorkArea


class CourseActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea) -> None:
        super().__init__(work)
        self._work = work
        self._row: FieldRow | None = None
        self._field: Field | None = None
        self._page: FormPage | None = None
        self._course: Course | None = None
        self._beside = False
        self._line = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.show_now)

    def listen(self, page: FormPage) -> None:
        """Follow the keyboard on a page that was just made."""
        page.item_focused.connect(self._moved)
        page.changed.connect(lambda _changes: self._timer.start())

    def _moved(self, key: ItemKey) -> None:
        if self._field is None or self._field.key != key:
            self._let_go()
        self._timer.start()

    def _let_go(self) -> None:
        """The question that had the keyboard shows nothing any more."""
        row, field, page = self._row, self._field, self._page
        self._row = self._field = self._page = self._course = None
        self._beside = False
        if row is not None and isValid(row):
            row.show_course(None)
        if field is not None and field.aside is not None and page is not None and isValid(page):
            field.aside = None
            if page.fields.get(field.key) is field:  # a row of a log may be gone
                page.set_marking(field, field.marking)

    def show_now(self) -> None:
        """Show what there is of the focused question."""
        page = self._work.page
        field = page.focused if page is not None else None
        self._let_go()
        # In a second entry the present value is what was entered first: nothing of it may be seen.
        if page is None or field is None or page.entry.blind:
            self._say()
            return
        if not has_course(field.item, field.key.group_repeat):
            self._say()
            return
        try:
            found = course(self._work.session, field.key)
        except CrfError:  # what may not be read now is no reason to disturb entry
            return
        self._field, self._page = field, page
        if found.last is not None:
            self._course = found
            field.aside = description(found)
            page.set_marking(field, field.marking)
            if isinstance(field.host, FieldRow):
                self._row = field.host
                self._beside = field.host.show_course(CourseAside(found, self._timer.start))
        self._say()

    def described(self, words: str) -> str:
        """The line about the focused item ``words``, with the last value unless that stands beside it."""
        self._line = words
        told = beside(self._course) if self._course is not None and not self._beside else None
        return words if told is None else " · ".join(part for part in (speak(told), words) if part)

    def _say(self) -> None:
        if self._work.page is not None and self._line:
            self._work.status.say(self.described(self._line))
