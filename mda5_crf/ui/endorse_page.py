"""Answers that an investigator decides and somebody else entered: stand for them, or open one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QTreeWidgetItem, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.access import Action
from mda5_crf.services.endorsing import Waiting
from mda5_crf.services.session import Session
from mda5_crf.text import message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.record_tree import RecordTree
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em

_SHARES = (26, 28, 20, 12, 14)
_HEADS = ("where", "item", "value", "person", "origin")


class JudgementPage(OfficePage):
    """Grouped by participant. Space endorses what is chosen (on a number: all of that participant)."""

    title = message("endorse.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._listed: tuple[Waiting, ...] = ()
        self._may = session.may(Action.ENDORSE)
        self.words = MessageLabel(self)
        self.who = QComboBox(self)
        self.who.currentIndexChanged.connect(lambda _: self._fill())
        self.tree = RecordTree(self, _SHARES)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.spaced.connect(self.endorse_chosen)
        self.tree.entered.connect(self.open_chosen)
        self.one, self.all, self.opens = (button(self) for _ in range(3))
        self.one.clicked.connect(self.endorse_chosen)
        self.all.clicked.connect(self.endorse_all)
        self.opens.clicked.connect(self.open_chosen)
        self._row = QHBoxLayout()
        for widget in (self.one, self.all, self.opens):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.who)
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.words)
        self.box.addWidget(self.tree, 1)
        self.box.addLayout(self._row)
        self.one.setVisible(self._may)
        self.all.setVisible(self._may)
        self.retranslate()
        self.rescale()

    # -- what is shown

    @property
    def shown(self) -> tuple[Waiting, ...]:
        """The answers on screen: of the participant chosen, or of all."""
        wanted = self.who.currentData()
        return tuple(one for one in self._listed if not wanted or one.key.subject == wanted)

    def refresh(self) -> None:
        """Read anew; the participant chosen stays chosen as long as something waits."""
        self._listed = self.session.judgements()
        wanted = self.who.currentData()
        self.who.blockSignals(True)
        self.who.clear()
        self.who.addItem(say("endorse.everybody"), "")
        for subject, number in dict.fromkeys((one.key.subject, one.subjid) for one in self._listed):
            self.who.addItem(number, subject)
        self.who.setCurrentIndex(max(self.who.findData(wanted), 0))
        self.who.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        self.tree.clear()
        shown = self.shown
        groups: dict[str, list[Waiting]] = {}
        for one in shown:
            groups.setdefault(one.subjid, []).append(one)
        for subjid, waiting in groups.items():
            words = say("endorse.heading", subject=subjid, count=len(waiting))
            top = self.tree.line(self.tree, [words], tuple(waiting))
            top.setFirstColumnSpanned(True)
            for one in waiting:
                self.tree.line(top, self._cells(one), one)
            top.setExpanded(True)
        for first in self.tree.tops()[:1]:
            self.tree.setCurrentItem(self.tree.below(first)[0])
        for widget in (self.one, self.all, self.opens):
            widget.setEnabled(bool(shown))
        self._say()

    def _cells(self, one: Waiting) -> list[str]:
        at = one.at.astimezone(self.session.zone)
        how = say(
            "endorse.origin_at", origin=message(f"endorse.origin_{one.origin}"), at=f"{at:%Y-%m-%d %H:%M}"
        )
        return [speak(one.place), speak(one.label), speak(one.value), one.person, how]

    def _say(self) -> None:
        code = "nothing" if not self.shown else "about" if self._may else "about_others"
        self.words.say(say(f"endorse.{code}"), Tone.QUIET)
        self.all.setText(say("endorse.all", count=len(self.shown)))
        name(self.all, self.all.text())

    # -- what is done

    def chosen(self) -> tuple[Waiting, ...]:
        """The answers chosen; a heading stands for all of its participant."""
        items: Sequence[QTreeWidgetItem] = self.tree.selectedItems() or [
            item for item in (self.tree.currentItem(),) if item is not None
        ]
        found: dict[Waiting, None] = {}
        for item in items:
            about = self.tree.about(item)
            if isinstance(about, Waiting):
                found[about] = None
            elif isinstance(about, tuple):
                found |= dict.fromkeys(about)
        return tuple(found)

    def endorse_chosen(self) -> None:
        """Stand for what is chosen, as it is shown."""
        self._endorse(self.chosen())

    def endorse_all(self) -> None:
        """Stand for everything on screen, as it is shown."""
        self._endorse(self.shown)

    def _endorse(self, listed: tuple[Waiting, ...]) -> None:
        if not listed:
            return
        try:
            count = self.session.endorse(listed)
        except CrfError as problem:
            self.refresh()
            self.told.emit(problem)
            return
        self.refresh()
        self.take_focus()
        self.said.emit(message("endorse.done_one" if count == 1 else "endorse.done_many", count=count))
        self.changed.emit()

    def open_chosen(self) -> None:
        """To the field; on a heading its lines are shown or put away."""
        item, about = self.tree.currentItem(), self.tree.about()
        if isinstance(about, Waiting):
            self.place_wanted.emit(about.key)
        elif item is not None:
            item.setExpanded(not item.isExpanded())

    # -- words and size

    def take_focus(self) -> None:
        """To the list, or where there is nothing to the participants."""
        (self.tree if self.shown else self.who).setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.tree.setHeaderLabels([say(f"endorse.column_{one}") for one in _HEADS])
        name(self.tree, speak(self.title))
        name(self.who, say("endorse.subject"))
        for widget, code in ((self.one, "one"), (self.opens, "open")):
            widget.setText(say(f"endorse.{code}"))
            name(widget, say(f"endorse.{code}"))
        if self.who.count():
            self.who.setItemText(0, say("endorse.everybody"))
        self._fill()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self.box.setSpacing(unit // 2)
        self._row.setSpacing(unit // 2)
        self.tree.fit()
