"""Recovery sheets: how the set stands, and the ceremony in which a new one is made, step by step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError
from mda5_crf.services import recovery
from mda5_crf.services.access import Action
from mda5_crf.services.recovery import SHEETS, Ceremony
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.recovery_sheet import SheetView, print_sheet, printers
from mda5_crf.ui.second_person import SecondPerson
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em

STATE, PEOPLE, ALONE, SHEET, TYPE, FINISH = range(6)
_LINES: Final = 4


class RecoveryPage(OfficePage):
    """See the module text. Whoever leaves it, or locks, takes the words off the screen."""

    title = message("recovery.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.ceremony: Ceremony | None = None
        self._buttons: list[tuple[QPushButton, str]] = []
        self._labels: list[tuple[QLabel, QWidget, str, dict[str, object]]] = []
        self._problem: Text | None = None
        self.words = MessageLabel(self)
        self.complaint = MessageLabel(self)
        self.steps = QStackedWidget(self)
        for make in (self._state, self._people, self._alone, self._sheet, self._type, self._finish):
            self.steps.addWidget(make())
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.words)
        self.box.addWidget(self.steps, 1)
        self.box.addWidget(self.complaint)
        self.retranslate()
        self.rescale()

    # -- the steps

    def _state(self) -> QWidget:
        page = QWidget(self)
        box = QVBoxLayout(page)
        row = QHBoxLayout()
        self.make_button = self._press(page, "recovery.make", self.begin_people, row)
        row.addStretch(1)
        box.addLayout(row)
        box.addStretch(1)
        return page

    def _people(self) -> QWidget:
        page = QWidget(self)
        form = QFormLayout()
        self.holders = [self._line(page, form, "recovery.holder", number=n + 1) for n in range(SHEETS)]
        self.own = self._line(page, form, "recovery.own_password", secret=True)
        self.second = SecondPerson(page, message("recovery.second_why"))
        self.second.accepted.connect(self.begin)
        box = QVBoxLayout(page)
        box.addLayout(form)
        box.addWidget(self.second)
        self._foot(page, box, ("recovery.begin", self.begin))
        for line, following in itertools.pairwise((*self.holders, self.own)):
            line.returnPressed.connect(following.setFocus)
        self.own.returnPressed.connect(self.second.take_focus)
        return self._scrolled(page)

    def _alone(self) -> QWidget:
        page = QWidget(self)
        box = QVBoxLayout(page)
        (self.show_button,) = self._foot(page, box, ("recovery.show", self.show_sheet))
        return page

    def _sheet(self) -> QWidget:
        page = QWidget(self)
        box = QVBoxLayout(page)
        self.view = SheetView(page)
        box.addWidget(self.view)
        row = QHBoxLayout()
        self.printer = QComboBox(page)
        self.printer.setMinimumHeight(24)
        row.addWidget(self.printer, 1)
        self.print_button = self._press(page, "recovery.print", self.print, row)
        self.print_note = MessageLabel(page)
        box.addLayout(row)
        box.addWidget(self.print_note)
        (self.copied_button,) = self._foot(page, box, ("recovery.copied_all", self.ask_back))
        return self._scrolled(page)

    def _type(self) -> QWidget:
        page = QWidget(self)
        box = QVBoxLayout(page)
        self.typed = QPlainTextEdit(page)
        self.typed.setTabChangesFocus(True)
        self.typed.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        box.addWidget(self.typed)
        self._foot(page, box, ("recovery.compare", self.compare), ("recovery.show_again", self.show_sheet))
        return page

    def _finish(self) -> QWidget:
        page = QWidget(self)
        form = QFormLayout()
        self.own_again = self._line(page, form, "recovery.own_password", secret=True)
        self.own_again.returnPressed.connect(self.finish)
        box = QVBoxLayout(page)
        box.addLayout(form)
        self._foot(page, box, ("recovery.finish", self.finish))
        return page

    # -- parts of them

    def _line(
        self, page: QWidget, form: QFormLayout, code: str, *, secret: bool = False, **facts: object
    ) -> QLineEdit:
        made = QLineEdit(page)
        made.setMinimumHeight(24)
        if secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
            made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        label = QLabel(page)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(made)
        self._labels.append((label, made, code, facts))
        form.addRow(label, made)
        return made

    def _press(self, page: QWidget, code: str, act: Callable[[], None], row: QHBoxLayout) -> QPushButton:
        made = button(page)
        made.clicked.connect(lambda _=False: act())
        self._buttons.append((made, code))
        row.addWidget(made)
        return made

    def _foot(
        self, page: QWidget, box: QVBoxLayout, *acts: tuple[str, Callable[[], None]]
    ) -> list[QPushButton]:
        row = QHBoxLayout()
        made = [self._press(page, code, act, row) for code, act in acts]
        self._press(page, "recovery.cancel", self.cancel, row)
        row.addStretch(1)
        box.addLayout(row)
        box.addStretch(1)
        return made

    def _scrolled(self, page: QWidget) -> QWidget:
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area

    # -- what is done

    def begin_people(self) -> None:
        """Ask who holds the sheets and who makes them."""
        self._to(PEOPLE)

    def begin(self) -> None:
        """Draw the key; a refusal keeps what was typed."""
        lacking = next((line for line in (*self.holders, self.own) if not line.text().strip()), None)
        if lacking is not None:
            lacking.setFocus()
            self._complain(message("recovery.fill_in"))
            return
        problem = self.second.missing()
        if problem is not None:
            self._complain(problem)
            return
        try:
            self.ceremony = Ceremony(
                self.session,
                [line.text() for line in self.holders],
                own_password=self.own.text(),
                second=self.second.credentials(),
            )
        except CrfError as refused:
            self._complain(refused.text)
            return
        self.own.clear()
        self.second.clear()
        self._to(ALONE)

    def show_sheet(self) -> None:
        """The words, for their holder alone."""
        if self.ceremony is None:
            return
        self.view.show_page(self.ceremony.sheet())
        self.printer.clear()
        self.printer.addItems(printers())
        for widget in (self.printer, self.print_button):
            widget.setEnabled(self.printer.count() > 0)
        self._to(SHEET)

    def print(self) -> None:
        """Straight to the printer: no file is written."""
        if self.ceremony is not None and not print_sheet(self.ceremony.sheet(), self.printer.currentText()):
            self._complain(message("recovery.print_failed"))

    def ask_back(self) -> None:
        """Take the words off the screen and have them typed from the paper."""
        self.view.clear()
        self.typed.clear()
        self._to(TYPE)

    def compare(self) -> None:
        """Compare what was typed; the next sheet, or the end."""
        if self.ceremony is None:
            return
        try:
            self.ceremony.type_back(self.typed.toPlainText())
        except CrfError as refused:
            self._complain(refused.text)
            self.typed.setFocus()
            return
        self.typed.clear()
        self._to(ALONE if self.ceremony.due <= SHEETS else FINISH)

    def finish(self) -> None:
        """Put the set in force."""
        if self.ceremony is None:
            return
        try:
            number = self.ceremony.finish(own_password=self.own_again.text())
        except CrfError as refused:
            self.own_again.selectAll()
            self.own_again.setFocus()
            self._complain(refused.text)
            return
        self.cancel()
        self.said.emit(message("recovery.made", set=number))

    def cancel(self) -> None:
        """Forget everything of this ceremony."""
        if self.ceremony is not None:
            self.ceremony.cancel()
            self.ceremony = None
        self._wipe()
        for line in self.holders:
            line.clear()
        self._to(STATE)

    def _wipe(self) -> None:
        self.view.clear()
        self.typed.clear()
        for line in (self.own, self.own_again):
            line.clear()
        self.second.clear()

    def _to(self, step: int) -> None:
        self._problem = None
        self.steps.setCurrentIndex(step)
        self.retranslate()
        self.take_focus()

    def _complain(self, problem: Text) -> None:
        self._problem = problem
        self.retranslate()

    # -- the page

    def refresh(self) -> None:
        """Read the state anew."""
        self.retranslate()

    def take_focus(self) -> None:
        """To where this step goes on."""
        places: dict[int, QWidget] = {
            STATE: self.make_button, PEOPLE: self.holders[0], ALONE: self.show_button,
            SHEET: self.copied_button, TYPE: self.typed, FINISH: self.own_again,
        }  # fmt: skip
        place = places[self.steps.currentIndex()]
        (place if place.isEnabled() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        """A ceremony that goes on is ended by its own button, not by a stray key."""
        if self.ceremony is not None:
            self._complain(message("recovery.going_on"))
            return False
        self._wipe()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more: key and words are forgotten."""
        if self.ceremony is not None:
            self.ceremony.cancel()
            self.ceremony = None
        self._wipe()

    def hideEvent(self, event: QHideEvent) -> None:
        """No words behind another page."""
        self.view.clear()
        if self.steps.currentIndex() == SHEET:
            self.steps.setCurrentIndex(ALONE)
        super().hideEvent(event)

    # -- language and size

    def _said(self) -> tuple[Text, ...]:
        step, ceremony = self.steps.currentIndex(), self.ceremony
        if step == STATE or (ceremony is None and step != PEOPLE):
            others = () if self.session.may(Action.MANAGE_USERS) else (message("recovery.who_makes"),)
            return (*recovery.state(self.session).lines(self.session.zone), *others)
        if ceremony is None:
            return (message("recovery.people_words"),)
        if step == FINISH:
            return (message("recovery.finish_words", set=ceremony.number),)
        holder = ceremony.holders[ceremony.due - 1]
        code = {ALONE: "alone_words", SHEET: "sheet_words", TYPE: "type_words"}[step]
        return (message(f"recovery.{code}", number=ceremony.due, holder=holder),)

    def retranslate(self) -> None:
        """Speak the window's language."""
        said = "\n".join(speak(line) for line in self._said())
        self.words.say(said, Tone.QUIET)
        name(self, f"{speak(self.title)}: {said}")
        self.complaint.setVisible(self._problem is not None)
        self.complaint.say(speak(self._problem) if self._problem is not None else "", Tone.ERROR)
        self.make_button.setEnabled(self.session.may(Action.MANAGE_USERS))
        for made, code in self._buttons:
            made.setText(say(code))
            name(made, say(code).rstrip(" …"))
        for label, widget, code, facts in self._labels:
            label.setText(speak(message(code, **facts)))
            name(widget, speak(message(code, **facts)))
        name(self.typed, say("recovery.typed_words"))
        name(self.printer, say("recovery.printer"))
        self.print_note.say(
            say("recovery.print_note" if self.printer.count() else "recovery.no_printer"), Tone.QUIET
        )

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit, unit, unit)
        self.box.setSpacing(unit)
        self.typed.setFixedHeight(_LINES * self.fontMetrics().height() + 2 * unit)
        self.steps.setMaximumWidth(70 * unit)
        high = max(24, self.fontMetrics().height() + unit // 2)
        for widget in (*(made for made, _ in self._buttons), *(line for _, line, _, _ in self._labels)):
            widget.setMinimumHeight(high)
