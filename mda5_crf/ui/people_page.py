"""Accounts and delegation of this vault: who may do what from when to when; every act by one key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError, InputRefused, LoginRefused
from mda5_crf.services.access import Action, role_name
from mda5_crf.services.accounts import Account, DutySheet, duty_name, span
from mda5_crf.services.session import Session
from mda5_crf.text import Text, both, message
from mda5_crf.ui.act_panel import ActPanel
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.people_acts import ACTS, PeopleAct
from mda5_crf.ui.spoken import button, name, pale_choice, tip
from mda5_crf.ui.theme import Tone, em

HEADS: Final = ("login", "name", "today", "days", "state", "last", "failures")
HISTORY, PRINT = "history", "print"
_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_BUTTONS_IN_ROW: Final = 5
_DIGITS: Final = 9
_SHARES: Final = (7, 11, 18, 16, 13, 12, 5)
_LINES, _FEW = 4, 2
"""Lines of the list that are always seen: as it is, and while something is asked below it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list: an account, a sheet of duties, or both under one code."""

    code: str
    account: Account | None
    sheet: DutySheet | None


class PeopleTable(QTreeWidget):
    """Arrows move, digits start an act, Enter shows the history of whom the line is about."""

    digit = Signal(int)
    entered = Signal()

    def fit(self) -> None:
        """Columns by their shares of the room there is; tips say what was cut."""
        for column, share in enumerate(_SHARES[:-1]):
            self.setColumnWidth(column, self.viewport().width() * share // sum(_SHARES))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns go with the width."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        text = event.text()
        if text.isascii() and text.isdigit() and text != "0":
            self.digit.emit(int(text))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class PeoplePage(OfficePage):
    """See the module text."""

    title = message("people.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._lines: tuple[Line, ...] = ()
        self._done: Text | None = None
        self._notices: tuple[Text, ...] = ()
        self.panel: ActPanel | None = None
        self.notice = MessageLabel(self)
        self.table = PeopleTable(self)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAllColumnsShowFocus(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setColumnCount(len(HEADS))
        pale_choice(self.table)
        self.table.digit.connect(self._digit)
        self.table.entered.connect(self.show_history)
        self.table.currentItemChanged.connect(lambda *_: self._look())
        self.log = QTreeWidget(self)
        self.log.setRootIsDecorated(False)
        self.log.setColumnCount(4)
        self.log.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.log.setWordWrap(True)
        pale_choice(self.log)
        self.log.hide()
        self.buttons: dict[str, QPushButton] = {}
        self._keys: list[str] = []
        self._desk = QWidget(self)
        self._grid = QGridLayout(self._desk)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._make_buttons()
        self._place = QVBoxLayout()
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.notice)
        self.box.addWidget(self.table, 3)
        self.box.addWidget(self._desk)
        self.box.addWidget(self.log, 2)
        self.box.addLayout(self._place)
        self.retranslate()
        self.rescale()

    def _make_buttons(self) -> None:
        first = self.session.admits_first()
        allowed = [
            one for one in ACTS
            if one.right is None or self.session.may(one.right) or (first and one.name == "add")
        ]  # fmt: skip
        for act in allowed:
            self._button(act.name).clicked.connect(lambda _=False, one=act: self.start(one))
        self._button(HISTORY).clicked.connect(self.show_history)

    def _button(self, what: str) -> QPushButton:
        made = button(self._desk)
        place = len(self._keys)
        self._keys.append(what)
        self.buttons[what] = made
        self._grid.addWidget(made, *divmod(place, _BUTTONS_IN_ROW))
        return made

    # -- what is shown

    def refresh(self) -> None:
        """Read anew; the same person stays chosen."""
        chosen = self.chosen
        wanted = chosen.code if chosen is not None else self.session.person.login
        sheets = {one.code: one for one in self.session.duty_sheets()}
        lines = [Line(one.login, one, sheets.pop(one.login, None)) for one in self.session.accounts()]
        lines += [Line(code, None, sheet) for code, sheet in sheets.items()]
        self._lines = tuple(lines)
        self._notices = self.session.account_notices()
        self.table.clear()
        for line in lines:
            item = QTreeWidgetItem(self._cells(line))
            item.setData(0, _ROLE, line.code)
            for column, text in enumerate(self._cells(line)):
                item.setToolTip(column, tip(text))
            if line.account is not None and not line.account.active:
                for column in range(len(HEADS)):
                    item.setForeground(column, self.palette().placeholderText())
            self.table.addTopLevelItem(item)
            if line.code == wanted:
                self.table.setCurrentItem(item)
        self._say()
        self._look()

    def _cells(self, line: Line) -> list[str]:
        account, sheet = line.account, line.sheet
        today = self.session.today.isoformat()
        now: list[Text] = []
        days: list[str] = []
        for task in account.tasks if account else ():
            if task.holds(today):
                now.append(role_name(task.role))
            if not task.end or task.end >= today:
                days.append(speak(span(task.start, task.end)))
        for duty in sheet.duties if sheet else ():
            if duty.start <= today and (not duty.end or today <= duty.end):
                now.append(duty_name(duty.duty))
        if sheet and not account:
            days = [speak(span(duty.start, duty.end)) for duty in sheet.duties]
        if account is not None and account.principal:
            now = [message("people.role_principal"), *now[1:]]
        return [
            line.code,
            account.name if account else sheet.name if sheet else "",
            say("people.comma").join(speak(text) for text in now) or say("people.none_today"),
            say("people.comma").join(dict.fromkeys(days)),
            speak(self._state(account)),
            self._when(account.last_login) if account else "",
            str(account.failures) if account and account.failures else "",
        ]

    @staticmethod
    def _state(account: Account | None) -> Text:
        if account is None:
            return message("people.state_none")
        if not account.active:
            return message("people.state_ended")
        if account.given:
            return message("people.state_given")
        return message("people.state_active" if account.holds_key else "people.state_keyless")

    def _when(self, at: datetime | None) -> str:
        return (
            say("people.never") if at is None else at.astimezone(self.session.zone).strftime("%Y-%m-%d %H:%M")
        )

    def _say(self) -> None:
        words = [self._done] if self._done is not None else list(self._notices)
        self.notice.setVisible(bool(words))
        tone = Tone.QUIET if self._done is not None else Tone.SOFT
        self.notice.say(" ".join(speak(one) for one in words), tone)
        name(self.notice, self.notice.text())

    @property
    def chosen(self) -> Line | None:
        """The line that has the keyboard."""
        item = self.table.currentItem()
        code = None if item is None else item.data(0, _ROLE)
        return next((line for line in self._lines if line.code == code), None)

    def _look(self) -> None:
        """What can be done with whom is chosen. Services refuse all the same."""
        line = self.chosen
        account = line.account if line is not None else None
        if "add" in self.buttons:
            may = self.session.may(Action.MANAGE_USERS) or self.session.admits_first()
            self.buttons["add"].setEnabled(may)
        for act in ACTS:
            if act.name in self.buttons and act.chosen:
                able = account is not None and account.active and account.id != self.session.person.id
                if act.name == "hand_over":
                    able = (
                        able
                        and account is not None
                        and account.roles == ("administrator",)
                        and account.holds_key
                    )
                self.buttons[act.name].setEnabled(able)
        if self.log.isVisible():
            self._fill_log()

    # -- what is done

    def _digit(self, number: int) -> None:
        if number <= len(self._keys):
            self.buttons[self._keys[number - 1]].click()

    def start(self, act: PeopleAct) -> None:
        """Ask for what ``act`` needs."""
        line = self.chosen
        self._close_panel()
        self.log.hide()
        self._done = None
        self._say()
        asked = act.ask(self.session, line.account if line else None, line.code if line else "")
        panel = self.panel = ActPanel(self, asked)
        panel.closed.connect(self._put_away)
        panel.wanted.connect(lambda typed: self._run(act, line.account if line else None, typed))
        self._place.addWidget(panel)
        self._make_room()
        QTimer.singleShot(0, self.table, lambda: self.table.scrollTo(self.table.currentIndex()))
        panel.take_focus()

    def _run(self, act: PeopleAct, account: Account | None, typed: dict[str, str]) -> None:
        panel = self.panel
        assert panel is not None
        second = panel.second()
        panel.setEnabled(False)
        self.said.emit(message("people.working"))

        def work() -> None:
            # In the window's thread: a renewal of the key closes the database, and nothing may ask it then.
            try:
                words = act.run(self.session, account, typed, second)
            except CrfError as problem:
                panel.setEnabled(True)
                self._refuse(panel, problem)
                return
            self._done = words
            self._close_panel()
            self.refresh()
            self.table.setFocus()
            self.said.emit(words if act.name not in ("add", "reset") else act.title)
            self.changed.emit()

        QTimer.singleShot(0, self, work)

    def _refuse(self, panel: ActPanel, problem: CrfError) -> None:
        self.said.emit(both(""))
        if problem.code in ("store.second_same", "people.second_denied", "store.login_refused"):
            panel.refuse(problem)
            if panel.second_person is not None:
                panel.second_person.refuse(problem)
            return
        at = "own" if isinstance(problem, LoginRefused) else ""
        if isinstance(problem, InputRefused):
            at = next((field for part, field in _FIELD_OF.items() if part in problem.code), "")
        panel.refuse(problem, at)

    def show_history(self) -> None:
        """Every change of whom the line is about, newest first."""
        self._close_panel()
        self.log.setVisible(not self.log.isVisible() or not self.log.hasFocus())
        if self.log.isVisible():
            self._fill_log()
            self.log.setFocus()

    def _fill_log(self) -> None:
        line = self.chosen
        self.log.clear()
        try:
            events = self.session.account_history(line.code if line else "")
        except CrfError as problem:
            self.told.emit(problem)
            return
        for event in reversed(events):
            cells = [self._when(event.at), event.whom, speak(event.what), event.by]
            item = QTreeWidgetItem(cells)
            item.setToolTip(2, tip(cells[2]))
            self.log.addTopLevelItem(item)
            if self.log.currentItem() is None:
                self.log.setCurrentItem(item)

    # -- leaving

    def take_focus(self) -> None:
        """To the panel where one is open, else to the list."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            self.table.setFocus()

    def leave(self) -> bool:
        """What an unfinished act asks for is forgotten."""
        self._done = None
        self._close_panel()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more: no password stays in a line."""
        self._done = None
        self.notice.clear()
        self._close_panel()

    def _close_panel(self) -> None:
        panel, self.panel = self.panel, None
        self._make_room()
        if panel is not None:
            panel.forget()
            panel.hide()
            self._place.removeWidget(panel)
            panel.deleteLater()

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The words in the panel; they are offered, since the panel itself is gone after a lock."""
        return {} if self.panel is None else self.panel.half_typed()

    def _make_room(self) -> None:
        """While something is asked, little else: large type leaves no room for more."""
        busy = self.panel is not None
        self._desk.setVisible(not busy)
        self.notice.setVisible(bool(self.notice.text()) and not busy)
        self.table.setMinimumHeight((_FEW if busy else _LINES) * self.fontMetrics().height())

    def _put_away(self) -> None:
        self._close_panel()
        self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the history away first."""
        if event.key() == Qt.Key.Key_Escape and self.log.isVisible():
            self.log.hide()
            self.table.setFocus()
            return
        super().keyPressEvent(event)

    # -- words and size

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.table.setHeaderLabels([say(f"people.head_{head}") for head in HEADS])
        self.log.setHeaderLabels([say(f"people.head_{head}") for head in ("when", "whom", "what", "by")])
        name(self.table, say("people.title"))
        name(self.log, say("people.act_history"))
        for place, what in enumerate(self._keys):
            words = say(f"people.act_{what}")
            # The history has no digit of its own: Enter shows it.
            self.buttons[what].setText(f"{place + 1}  {words}" if place < _DIGITS else words)
            name(self.buttons[what], words)
        if self._lines:
            self.refresh()
        self._say()

    def rescale(self) -> None:
        """Distances and widths from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self.box.setSpacing(unit // 2)
        self._grid.setSpacing(unit // 3)
        self.table.fit()
        for column, width in enumerate((11, 14, 30, 14)):
            self.log.setColumnWidth(column, width * unit)
        self.log.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.log.header().setStretchLastSection(False)
        self._make_room()
        for made in self.buttons.values():
            made.setMinimumHeight(max(24, self.fontMetrics().height() + unit // 2))


_FIELD_OF: Final = {
    "login_": "login", "name": "name", "role": "role", "password_": "password", "new_differ": "again",
    "day": "start", "task_past": "start", "end_past": "end", "of_duty": "duty", "code": "code",
}  # fmt: skip
