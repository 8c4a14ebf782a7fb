"""What the checks propose as protocol deviations of the participant: a page of the side panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.access import Action
from mda5_crf.services.deviations import OPEN, TAKEN, Proposal
from mda5_crf.text import Text, both, message
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.places import event_words, form_words, joined
from mda5_crf.ui.spoken import Spoken, button, name, pale_choice
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_GLYPHS = {OPEN: Glyph.WARNING, TAKEN: Glyph.CONFIRMED}


class DeviationList(Spoken, QWidget):
    """What waits stands first; what is settled stays below it, with what became of it."""

    wanted = Signal(object)
    """Proposal whose place somebody wants to see."""
    take_wanted = Signal(object)
    """Proposal that is to be taken over into the log."""
    dismiss_wanted = Signal(object)
    """Proposal that is no deviation."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self.proposals: tuple[Proposal, ...] = ()
        self._problem: Text | None = None
        self.list = QListWidget(self)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pale_choice(self.list)
        self.list.itemActivated.connect(self._activated)
        self.list.itemClicked.connect(self._activated)
        self.list.currentRowChanged.connect(lambda _row: self._allow())
        self.take = button(self)
        self.take.clicked.connect(lambda: self._ask(self.take_wanted))
        self.dismiss = button(self)
        self.dismiss.clicked.connect(lambda: self._ask(self.dismiss_wanted))
        self._complaint = MessageLabel(self)
        self._complaint.hide()
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.list, 1)
        for widget in (self.take, self.dismiss, self._complaint):
            self._box.addWidget(widget)
        self.retranslate()
        self.rescale()

    def show_proposals(self, proposals: Sequence[Proposal]) -> None:
        """Show these; the one that was chosen stays so while it waits, else it is the turn of the first."""
        chosen = self.chosen()
        waiting = {one.id for one in proposals if one.state == OPEN}
        self.proposals = tuple(sorted(proposals, key=lambda one: one.state != OPEN))
        self.complain(None)
        self._fill(chosen.id if chosen is not None and chosen.id in waiting else "")

    def chosen(self) -> Proposal | None:
        """The proposal that is chosen in the list."""
        row = self.list.currentRow()
        return self.proposals[row] if 0 <= row < len(self.proposals) else None

    def complain(self, problem: CrfError | Text | None) -> None:
        """Say below the list why something was not done; None for nothing."""
        self._problem = problem.text if isinstance(problem, CrfError) else problem
        self._complaint.setVisible(self._problem is not None)
        self._complaint.say(self.complaint, Tone.ERROR)

    @property
    def complaint(self) -> str:
        """What is said below the list, "" for nothing."""
        return speak(self._problem) if self._problem is not None else ""

    def _fill(self, chosen: str) -> None:
        # Not row by row through every row: the buttons follow once, at the end.
        self.list.blockSignals(True)
        self.list.clear()
        for one in self.proposals:
            self.list.addItem(QListWidgetItem(icon(_GLYPHS.get(one.state, Glyph.DASH)), self._line(one)))
        if not self.proposals:
            self.list.addItem(QListWidgetItem(say("deviations.none")))
        rows = [place for place, one in enumerate(self.proposals) if one.id == chosen]
        self.list.setCurrentRow(rows[0] if rows else 0)
        self.list.blockSignals(False)
        self._allow()

    def _line(self, one: Proposal) -> str:
        parts = [event_words(self._session, one.place), form_words(self._session, one.place)]
        if one.date is not None:
            parts.append(both(one.date.isoformat()))
        state = message(f"deviations.state_{one.state}")
        words = message(
            "deviations.item", check=one.check, state=state, text=one.message, place=joined(*parts)
        )
        return speak(words)

    def _allow(self) -> None:
        one = self.chosen()
        may = one is not None and one.state == OPEN and self._session.may(Action.ENTER)
        for widget in (self.take, self.dismiss):
            if widget.hasFocus() and not may:
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            widget.setEnabled(may)

    def _ask(self, wanted: object) -> None:
        one = self.chosen()
        if one is not None:
            self.complain(None)
            wanted.emit(one)  # type: ignore[attr-defined]  # a bound Signal

    def _activated(self, _item: QListWidgetItem) -> None:
        one = self.chosen()
        if one is not None:
            self.wanted.emit(one)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard; the list takes its own."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def take_focus(self) -> None:
        """To the list."""
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def buttons(self) -> tuple[QPushButton, ...]:
        """Both, in their order."""
        return self.take, self.dismiss

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self.list, say("deviations.title"))
        for made, code in ((self.take, "deviations.take"), (self.dismiss, "deviations.dismiss")):
            made.setText(say(code))
            name(made, say(code).rstrip(" …"))
        self._complaint.say(self.complaint, Tone.ERROR)
        chosen = self.chosen()
        self._fill(chosen.id if chosen is not None else "")

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit // 2, unit // 2, unit // 2, unit // 2)
