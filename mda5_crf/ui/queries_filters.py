"""What of the list of queries is shown: whose turn, state, participant, visit, age, who asked, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mda5_crf.services.queries import CONFLICT, MANUAL, SYSTEM
from mda5_crf.services.queryboard import STATES, WAITING, QueryFilter, QueryLine, overdue_days
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_WHOSE = ("", "mine", "theirs")
_SOURCES = ("", MANUAL, SYSTEM, CONFLICT)


class QueryFilters(Spoken, QWidget):
    """Two lines of choices; nothing is remembered beyond the log-in."""

    changed = Signal()

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self.whose, self.state, self.subject = QComboBox(self), QComboBox(self), QComboBox(self)
        self.visit, self.age, self.source = QComboBox(self), QComboBox(self), QComboBox(self)
        self.search, self.check = QLineEdit(self), QLineEdit(self)
        for code in _WHOSE:
            self.whose.addItem("", code)
        for code in (WAITING, "", *STATES):
            self.state.addItem("", code)
        for days in (0, 7, overdue_days(session) + 1):
            self.age.addItem("", days)
        for code in _SOURCES:
            self.source.addItem("", code)
        self.subject.addItem("", "")
        self.visit.addItem("", "")
        for event in sorted(session.study.events.values(), key=lambda one: one.rank):
            self.visit.addItem("", event.oid)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for box in (self.whose, self.state, self.subject, self.visit):
            upper.addWidget(box, 1)
        for box in (self.age, self.source):
            lower.addWidget(box, 1)
        lower.addWidget(self.check, 1)
        lower.addWidget(self.search, 2)
        self._rows = (upper, lower)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addLayout(upper)
        self._box.addLayout(lower)
        for box in self.boxes():
            box.setMinimumContentsLength(6)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumHeight(24)
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        for line in (self.search, self.check):
            line.setMinimumHeight(24)
            line.setClearButtonEnabled(True)
            line.textChanged.connect(lambda _text: self.changed.emit())
        self.retranslate()
        self.rescale()

    def boxes(self) -> tuple[QComboBox, ...]:
        """The choices, in their order."""
        return self.whose, self.state, self.subject, self.visit, self.age, self.source

    def fill(self, lines: tuple[QueryLine, ...]) -> None:
        """The participants that have queries, with how many wait."""
        chosen = self.subject.currentData() or ""
        self.subject.blockSignals(True)
        while self.subject.count() > 1:
            self.subject.removeItem(1)
        for number in sorted({line.subjid for line in lines} | ({chosen} - {""})):
            self.subject.addItem(number, number)
        self.subject.setCurrentIndex(max(self.subject.findData(chosen), 0))
        self.subject.blockSignals(False)

    def wanted(self) -> QueryFilter:
        """What the choices say."""
        return QueryFilter(
            whose=self.whose.currentData(), state=self.state.currentData(),
            subject=self.subject.currentData(), event=self.visit.currentData(),
            older=self.age.currentData(), source=self.source.currentData(), check=self.check.text().strip(),
            words=self.search.text(),
        )  # fmt: skip

    def everything(self) -> None:
        """Leave nothing out, so that any query can be shown."""
        for box in self.boxes():
            box.setCurrentIndex(box.findData(0 if box is self.age else ""))
        self.search.clear()
        self.check.clear()

    def retranslate(self) -> None:
        """Speak the window's language."""
        for place, code in enumerate(("all", "mine", "theirs")):
            self.whose.setItemText(place, say(f"queries.whose_{code}"))
        self.state.setItemText(0, say("queries.state_waiting"))
        self.state.setItemText(1, say("queries.state_any"))
        for place, code in enumerate(STATES, 2):
            self.state.setItemText(place, say(f"entry.state_{code}"))
        self.subject.setItemText(0, say("queries.any_subject"))
        self.visit.setItemText(0, say("queries.any_event"))
        for place in range(1, self.visit.count()):
            self.visit.setItemText(place, speak(self._session.study.events[self.visit.itemData(place)].name))
        self.age.setItemText(0, say("queries.any_age"))
        for place in (1, 2):
            self.age.setItemText(place, say("queries.older", days=self.age.itemData(place)))
        for place, code in enumerate(("any", MANUAL, SYSTEM, CONFLICT)):
            self.source.setItemText(place, say(f"queries.source_{code}"))
        for box, code in zip(
            self.boxes(), ("whose", "state", "subject", "event", "age", "source"), strict=True
        ):
            name(box, say(f"queries.filter_{code}"))
        for line, code in ((self.search, "search"), (self.check, "check")):
            line.setPlaceholderText(say(f"queries.filter_{code}"))
            name(line, say(f"queries.filter_{code}"))

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setSpacing(unit // 3)
        for row in self._rows:
            row.setSpacing(unit // 3)
