"""A few labelled lines that one act asks for, below a page's list: Enter goes on, Esc puts it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from mda5_crf.errors import CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.second_person import SecondPerson
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone, em


class Kind(Enum):
    """What a line takes."""

    LINE = "line"  # letter by letter, no input method
    WORDS = "words"
    SECRET = "dots"  # noqa: S105 - how the line looks, no secret
    CHOICE = "choice"
    OWN = "own"  # a list that takes other words too
    CHECK = "check"
    OPEN = "open"  # the path of a file that is there, or is to be: with the system's own dialog beside it
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Ask:
    """One line: its name in the answer, its title, and what stands in it at first.

    ``choices`` are (value, words) of a list; ``needed`` lines may not stay empty; a ``wide`` one has a row of
    its own, for what must be read whole. ``files``: what the dialog of OPEN and SAVE offers.
    """

    name: str
    title: Text
    kind: Kind = Kind.LINE
    first: str = ""
    choices: Sequence[tuple[str, Text]] = ()
    needed: bool = True
    wide: bool = False
    files: Text | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a panel asks for: a title, a sentence below it, the lines, whether a second person confirms."""

    title: Text
    about: Text
    asks: Sequence[Ask] = field(default_factory=tuple)
    second: Text | None = None
    do: Text = field(default_factory=lambda: message("people.do"))


class ActPanel(Strip):
    """See the module text. What was typed stays after a refusal; :meth:`forget` empties it."""

    wanted = Signal(object)
    """Mapping: name → text as typed ("1" for a ticked box), and :meth:`second` when one was asked for."""

    def __init__(self, parent: QWidget, act: Act) -> None:
        super().__init__(parent)
        self.act = act
        title = self.label(act.title)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setWordWrap(True)
        self.row.setStretchFactor(title, 1)
        self._about = MessageLabel(self)
        self._grid = QGridLayout()
        self._fields: dict[str, QLineEdit | QComboBox | QCheckBox] = {}
        self._labels: list[tuple[QLabel, QWidget, Text]] = []
        self._browse: dict[str, QPushButton] = {}
        place = 0
        for ask in act.asks:
            place += place % 2 if ask.wide else 0
            self._add(place, ask)
            place += 2 if ask.wide else 1
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self.box.insertWidget(1, self._about)
        self.box.insertLayout(2, self._grid)
        self.second_person: SecondPerson | None = None
        if act.second is not None:
            self.second_person = SecondPerson(self, act.second)
            self.second_person.accepted.connect(self.accept)
            self.box.insertWidget(3, self.second_person)
        self.ok = self.press(act.do)
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.retranslate()
        self.rescale()
        # The buttons stand in the first row, but the keyboard meets them after the lines.
        order: list[QWidget] = []
        for name_, widget in self._fields.items():
            order += [widget, *([self._browse[name_]] if name_ in self._browse else [])]
        if self.second_person is not None:
            order += [self.second_person.login, self.second_person.password]
        order += [self.ok, self.cancel]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _add(self, place: int, ask: Ask) -> None:
        made: QLineEdit | QComboBox | QCheckBox
        if ask.kind in (Kind.CHOICE, Kind.OWN):
            made = QComboBox(self)
            made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            made.setMinimumContentsLength(12)
            made.setEditable(ask.kind is Kind.OWN)
            for value, words in ask.choices:
                made.addItem(speak(words), (value, words))
            found = [value for value, _ in ask.choices]
            made.setCurrentIndex(found.index(ask.first) if ask.first in found else 0)
        elif ask.kind is Kind.CHECK:
            made = QCheckBox(self)
            made.setChecked(ask.first == "1")
        else:
            made = QLineEdit(ask.first, self)
            made.setCursorPosition(0)
            if ask.kind is Kind.SECRET:
                made.setEchoMode(QLineEdit.EchoMode.Password)
            if ask.kind not in (Kind.WORDS, Kind.OPEN, Kind.SAVE):
                made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
            made.returnPressed.connect(lambda: self._next(made))
        made.setMinimumHeight(24)
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(made)
        self._labels.append((label, made, ask.title))
        self._fields[ask.name] = made
        line, column = divmod(place, 2)
        self._grid.addWidget(label, line, 2 * column)
        if ask.kind not in (Kind.OPEN, Kind.SAVE):
            self._grid.addWidget(made, line, 2 * column + 1, 1, 3 if ask.wide else 1)
            return
        row = QHBoxLayout()
        row.addWidget(made, 1)
        row.addWidget(self._browser(ask))
        self._grid.addLayout(row, line, 2 * column + 1, 1, 3 if ask.wide else 1)

    def _browser(self, ask: Ask) -> QPushButton:
        """The button beside a line for a file."""
        made = self._browse[ask.name] = button(self)

        def choose() -> None:
            line = self._fields[ask.name]
            assert isinstance(line, QLineEdit)
            way = QFileDialog.getSaveFileName if ask.kind is Kind.SAVE else QFileDialog.getOpenFileName
            kinds = speak(ask.files) if ask.files is not None else ""
            chosen, _ = way(self, speak(ask.title), line.text(), kinds)
            if chosen:
                line.setText(chosen)

        made.clicked.connect(lambda _=False: choose())
        return made

    def _next(self, line: QWidget) -> None:
        """Enter: to the next line, from the last one do it."""
        order = [*self._fields.values()]
        place = order.index(line)  # type: ignore[arg-type]
        if place + 1 < len(order):
            order[place + 1].setFocus(Qt.FocusReason.TabFocusReason)
        elif self.second_person is not None:
            self.second_person.take_focus()
        else:
            self.accept()

    def line(self, name_: str) -> QLineEdit | QComboBox | QCheckBox:
        """The widget of one line."""
        return self._fields[name_]

    def typed(self) -> Mapping[str, str]:
        """What stands in the lines."""
        return {name_: _text_of(widget) for name_, widget in self._fields.items()}

    def half_typed(self) -> dict[str, QLineEdit]:
        """The lines in which somebody wrote words: what waits at a lock. Never one for letters only."""
        return {
            ask.name: line
            for ask in self.act.asks
            if ask.kind is Kind.WORDS and isinstance(line := self._fields[ask.name], QLineEdit)
            if line.isModified()
        }

    def second(self) -> tuple[str, str]:
        """Log-in and password of the second person; empty where none is asked for."""
        return ("", "") if self.second_person is None else self.second_person.credentials()

    def take_focus(self) -> None:
        """To the first line in which nothing stands, else to the first."""
        fields = [*self._fields.values()]
        empty = [one for one in fields if isinstance(one, QLineEdit) and not one.text()]
        target = next(iter([*empty, *fields, self.ok]))
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def accept(self) -> None:
        """Hand on what stands here, or say what is missing."""
        for ask in self.act.asks:
            widget = self._fields[ask.name]
            if ask.needed and not _text_of(widget).strip():
                self.complain(message("ui.fill_in", field=ask.title))
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        missing = self.second_person.missing() if self.second_person is not None else None
        if missing is not None:
            self.complain(missing)
            return
        self.wanted.emit(self.typed())

    def refuse(self, problem: CrfError | Text, at: str = "") -> None:
        """Say why it was not done; the keyboard to ``at``."""
        self.complain(problem)
        widget = self._fields.get(at)
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(widget, QLineEdit):
                widget.selectAll()

    def forget(self) -> None:
        """Passwords do not stay in memory longer than they must."""
        for widget in self._fields.values():
            if isinstance(widget, QLineEdit):
                widget.clear()
        if self.second_person is not None:
            self.second_person.clear()

    def close_strip(self) -> None:
        """Put it away and forget what was typed."""
        self.forget()
        super().close_strip()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._about.say(speak(self.act.about), Tone.QUIET)
        for ask in self.act.asks:
            if ask.name in self._browse:
                self._browse[ask.name].setText(say("ui.browse"))
                name(self._browse[ask.name], say("ui.browse_for", field=ask.title))
        for label, widget, title in self._labels:
            label.setText(speak(title))
            name(widget, speak(title))
            if isinstance(widget, QComboBox):
                for index in range(widget.count()):
                    widget.setItemText(index, speak(widget.itemData(index)[1]))

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        unit = em(self)
        self._grid.setHorizontalSpacing(unit // 2)
        self._grid.setVerticalSpacing(unit // 3)
        for widget in self._fields.values():
            widget.setMinimumHeight(max(24, self.fontMetrics().height() + unit // 3))


def _text_of(widget: QLineEdit | QComboBox | QCheckBox) -> str:
    if isinstance(widget, QCheckBox):
        return "1" if widget.isChecked() else ""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if widget.isEditable() and widget.currentText() != widget.itemText(widget.currentIndex()):
        return widget.currentText()
    chosen = widget.currentData()
    return str(chosen[0]) if chosen else widget.currentText()
