"""Dates and times in one text field; the calendar comes only when called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QVBoxLayout, QWidget

from mda5_crf.study.moments import read_datetime
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.language import language, say

Now = Callable[[], datetime]
"""Gives the moment on the clock of the site."""
PLUS = ("+", "＋")
ISO_DAY = "2026-08-23"


class DateInput(LineInput):
    """Accepts what people write (20260823, 2026/8/23, 2026年8月23日, 2026-08) and shows ISO after commit.

    ``today`` is the site's date, not the PC's: it is what ``+`` writes.
    """

    def __init__(self, parent: QWidget, today: date, ems: float = 8, *, table: bool = False) -> None:
        super().__init__(parent, ems, table=table)
        self._today = today

    def _own_key(self, event: QKeyEvent) -> bool:
        if event.text() in PLUS and not self.locked:
            self.setText(self._today.isoformat())
            self.selectAll()
            return True
        return super()._own_key(event)

    def open_choices(self) -> bool:
        """The calendar, at the date that stands here or today."""
        if self.locked:
            return False
        CalendarPopup(self, self._today).popup()
        return True


class CalendarPopup(QWidget):
    """A calendar under a date input. Enter or a click takes the day, Esc leaves things as they were."""

    def __init__(self, owner: DateInput, today: date) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._owner = owner
        self.calendar = QCalendarWidget(self)
        self.calendar.setAccessibleName(say("form.calendar"))
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        if language() == "zh":
            self.calendar.setHorizontalHeaderFormat(
                QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames
            )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.calendar)
        there = QDate.fromString(owner.text().strip(), Qt.DateFormat.ISODate)
        self.calendar.setSelectedDate(there if there.isValid() else QDate(today.year, today.month, today.day))
        self.calendar.activated.connect(self._take)
        self.calendar.clicked.connect(self._take)

    def popup(self) -> None:
        """Show under the input."""
        self.move(self._owner.mapToGlobal(QPoint(0, self._owner.height())))
        self.show()
        self.calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _take(self, day: QDate) -> None:
        self._owner.setText(day.toString(Qt.DateFormat.ISODate))
        self.close()
        self._owner.setFocus(Qt.FocusReason.PopupFocusReason)
        self._owner.selectAll()


class TimeInput(LineInput):
    """Hours and minutes, ``0930`` or ``09:30``; ``+`` writes the time it is at the site."""

    def __init__(
        self, parent: QWidget, ems: float = 5, *, table: bool = False, now: Now | None = None
    ) -> None:
        super().__init__(parent, ems, table=table)
        self._now = now

    def _own_key(self, event: QKeyEvent) -> bool:
        if event.text() in PLUS and not self.locked and self._now is not None:
            self.setText(f"{self._now():%H:%M}")
            self.selectAll()
            return True
        return super()._own_key(event)


class DateTimeInput(DateInput):
    """A date with its time. ``+`` writes today; pressed again behind a date, the time it is at the site."""

    def __init__(
        self, parent: QWidget, today: date, ems: float = 12, *, table: bool = False, now: Now | None = None
    ) -> None:
        super().__init__(parent, today, ems, table=table)
        self._now = now

    def _own_key(self, event: QKeyEvent) -> bool:
        if event.text() in PLUS and not self.locked:
            day = self.text().strip()
            if self._now is not None and isinstance(read_datetime(day), date) and len(day) == len(ISO_DAY):
                self.setText(f"{day} {self._now():%H:%M}")
                self.selectAll()
            else:
                # The cursor waits behind the day: the time is typed there, or comes with the next +.
                self.setText(f"{self._today.isoformat()} ")
            return True
        return super()._own_key(event)
