"""Conflicts (Ctrl+K): answers that two PCs gave to one item, side by side; a person decides by the keyboard.

Arrows choose a conflict, Enter or a digit goes to the decision, Enter there decides and the next one comes
up. Where the person may not decide, the site can be asked. Below the conflicts stands what may have been
entered twice: Enter opens it, and what to do is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QSplitter, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.services import conflict_acts, conflicts
from mda5_crf.services.changes import Reason
from mda5_crf.services.conflict_doubles import Double, doubles
from mda5_crf.services.conflicts import Compare, Conflict
from mda5_crf.study.model import ItemType
from mda5_crf.study.state import Finding
from mda5_crf.text import Text, message
from mda5_crf.ui.answers import linked
from mda5_crf.ui.conflict_columns import CompareTable
from mda5_crf.ui.conflict_strip import ConflictStrip
from mda5_crf.ui.inputs import Entered, FieldInput, make_input
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.record_tree import RecordTree
from mda5_crf.ui.second_strip import DEAF_FOR
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_SHARES: Final = (78, 22)


class ConflictsPage(OfficePage):
    """See the module text. ``deaf``: milliseconds in which keys are dropped once a conflict came up."""

    title = message("conflicts.title")
    deaf = DEAF_FOR

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.conflicts: tuple[Conflict, ...] = ()
        self.doubles: tuple[Double, ...] = ()
        self.compare: Compare | None = None
        self.strip: ConflictStrip | None = None
        self.tree = RecordTree(self, _SHARES)
        self.tree.currentItemChanged.connect(lambda *_: self._look())
        self.tree.entered.connect(self.begin)
        self.tree.spaced.connect(self.begin)
        self.tree.digit.connect(self._digit)
        self.place = MessageLabel(self)
        self.table = CompareTable(self)
        self.notes = MessageLabel(self)
        self.question = QLineEdit(self)
        self.question.returnPressed.connect(self.ask)
        self.asks, self.opens = button(self), button(self)
        self.asks.clicked.connect(self.ask)
        self.opens.clicked.connect(self.open_place)
        self._lay_out()
        self.retranslate()
        self.rescale()

    def _lay_out(self) -> None:
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.question, 1)
        self._foot.addWidget(self.asks)
        left = QWidget(self)
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.addWidget(self.tree, 1)
        self._left.addWidget(self.opens)
        side = QWidget(self)
        self._right = QVBoxLayout(side)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._right.addWidget(self.place)
        self._right.addWidget(self.table, 1)
        self._right.addWidget(self.notes)
        self._right.addLayout(self._foot)
        self._rest = QWidget(side)
        self._right.addWidget(self._rest, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._scroll = QScrollArea(self)  # with large type the decision is higher than a small window
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(side)
        self._split.addWidget(left)
        self._split.addWidget(self._scroll)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 8)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([300, 800])
        self._box = QVBoxLayout(self)
        self._box.addWidget(self._split)

    # -- what is shown

    @property
    def chosen(self) -> Conflict | Double | None:
        """What the line with the keyboard is about, None on a heading."""
        about = self.tree.about()
        return about if isinstance(about, Conflict | Double) else None

    def refresh(self) -> None:
        """Read anew; what was chosen stays chosen, else what one comes from, else the first."""
        wanted = self.came_from if self.came_from is not None and self.came_from.item else None
        before = self.chosen
        self.conflicts = conflicts.listed(self.session)
        self.doubles = doubles(self.session)
        keys = [one.key for one in self.conflicts]
        if wanted in keys:
            self._fill(keys.index(wanted))
        elif isinstance(before, Conflict) and before.key in keys:
            self._fill(keys.index(before.key))
        else:
            self._fill(0)

    def _fill(self, place: int) -> None:
        """List everything; the line with the keyboard is the conflict at ``place`` or the last one."""
        self.tree.blockSignals(True)
        self.tree.clear()
        lines = []
        tops = {}
        for one in self.conflicts:
            if one.key.subject not in tops:
                count = sum(other.key.subject == one.key.subject for other in self.conflicts)
                words = say("conflicts.heading", subject=one.subjid, count=count)
                top = tops[one.key.subject] = self.tree.line(self.tree, [words], None)
                top.setFirstColumnSpanned(True)
            where = say("conflicts.line", item=one.label, place=one.place)
            age = say("conflicts.days", days=one.days)
            lines.append(self.tree.line(tops[one.key.subject], [where, age], one))
        if self.doubles:
            words = say("conflicts.doubles_heading", count=len(self.doubles))
            top = self.tree.line(self.tree, [words], None)
            top.setFirstColumnSpanned(True)
            for double in self.doubles:
                said = say("conflicts.double_line", subject=double.subjid, says=double.says)
                lines.append(self.tree.line(top, [said, ""], double))
        for top in self.tree.tops():
            top.setExpanded(True)
        if lines:
            self.tree.setCurrentItem(lines[min(place, len(lines) - 1)])
        self.tree.blockSignals(False)
        self._look()

    def _look(self) -> None:
        """Show what was chosen."""
        self._drop_strip()
        self.compare = None
        about = self.chosen
        if isinstance(about, Conflict):
            try:
                self.compare = conflicts.compare(self.session, about)
            except InputRefused as problem:  # settled or joined by another answer since the list was read
                self.told.emit(problem)
                self.refresh()
                return
            if self.compare.refusal is None:
                self._ask_for_decision(self.compare.conflict)
        self.table.show_compare(self.compare)
        self._say()

    def _say(self) -> None:
        about, compare = self.chosen, self.compare
        asks = compare is not None and compare.asks
        self.table.setVisible(compare is not None)
        self._rest.setVisible(compare is None)
        self.question.setVisible(asks)
        self.asks.setVisible(asks)
        self.opens.setEnabled(about is not None)
        if isinstance(about, Conflict):
            place = say("conflicts.place", subject=about.subjid, place=about.place, item=about.label)
        elif about is not None:
            place = say("conflicts.double_line", subject=about.subjid, says=about.says)
        else:
            place = say(
                "conflicts.nothing" if not self.conflicts and not self.doubles else "conflicts.choose"
            )
        self.place.say(place, Tone.QUIET)
        self._strong(self.place)
        told = self._notes()
        self.notes.say(
            "\n".join(speak(one) for one in told), Tone.SOFT if compare is not None else Tone.QUIET
        )
        self.notes.setVisible(bool(told))

    def _notes(self) -> list[Text]:
        """What has to be known before somebody decides, or how a double is mended."""
        about, compare = self.chosen, self.compare
        if isinstance(about, Double):
            return [about.proposal]
        if compare is None:
            return []
        told = [compare.refusal] if compare.refusal is not None else []
        if compare.conflict.struck:
            told.append(message("conflicts.struck"))
        told += compare.signatures
        told += [message("conflicts.asked", text=query.text) for query in compare.queries]
        return told

    @staticmethod
    def _strong(label: QWidget) -> None:
        font = label.font()
        font.setBold(True)
        label.setFont(font)

    # -- deciding

    def _ask_for_decision(self, conflict: Conflict) -> None:
        reasons = list(self.session.study_for(conflict.key.form_key()).reasons.items())
        self.strip = ConflictStrip(
            self, conflict, lambda parent: self._input(parent, conflict), reasons,
            self.decide, self.take_focus_list, lambda typed: self._judge(conflict, typed), self.deaf,
        )  # fmt: skip
        self.strip.complained.connect(self._show_complaint)
        self._right.insertWidget(3, self.strip)

    def _show_complaint(self) -> None:
        if self.strip is not None:
            self._right.activate()
            self._scroll.ensureWidgetVisible(self.strip.error)

    def _input(self, parent: QWidget, conflict: Conflict) -> FieldInput:
        """The field of the form, empty."""
        session, item = self.session, conflict.item
        assert item is not None  # else the compare refuses
        lines = linked(session, item, conflict.key.subject) if item.type is ItemType.LINK else None
        study = session.study_for(conflict.key)
        made = make_input(
            parent, study, item, session.today, lines, lambda: session.now().astimezone(session.zone)
        )
        assert made is not None  # a label has no answers
        return made

    def _judge(self, conflict: Conflict, typed: Entered) -> Sequence[Finding]:
        return conflict_acts.would_say(self.session, conflict, typed.text, self._unit(conflict, typed))

    @staticmethod
    def _unit(conflict: Conflict, typed: Entered) -> str | None:
        own = conflict.item.unit if conflict.item is not None else None
        return typed.unit if typed.unit and typed.unit != own else None

    def decide(self, side: int, typed: Entered, reason: Reason) -> None:
        """Write the decision; the next conflict comes up. What is refused is said where it was decided."""
        compare = self.compare
        if compare is None or self.strip is None:
            return
        conflict, place = compare.conflict, self._place_of(compare.conflict)
        try:
            if side:
                conflict_acts.take(self.session, conflict, side, reason)
            else:
                unit = self._unit(conflict, typed)
                conflict_acts.decide(self.session, conflict, typed.text, reason, unit)
        except CrfError as problem:
            if problem.code != "conflicts.changed":
                self.strip.complain(problem.text)
                return
            self.told.emit(problem)
            self.session.refresh()
            self.refresh()
            self.take_focus()
            return
        self.conflicts = conflicts.listed(self.session)
        self._fill(place)
        self.said.emit(conflict_acts.told(conflict, len(self.conflicts)))
        self.changed.emit()
        self.take_focus()

    def _place_of(self, conflict: Conflict) -> int:
        return next((at for at, one in enumerate(self.conflicts) if one.key == conflict.key), 0)

    def ask(self) -> None:
        """Ask the site, in one's own words or in plain ones."""
        if self.compare is None or not self.compare.asks:
            return
        try:
            conflict_acts.ask(self.session, self.compare.conflict, self.question.text())
        except CrfError as problem:
            self.told.emit(problem)
            return
        self.question.clear()
        self.said.emit(message("conflicts.asked_now", item=self.compare.conflict.label))
        self.changed.emit()
        self._look()
        self.take_focus_list()

    # -- keyboard

    def begin(self) -> None:
        """Enter on a line: to the decision, or to the question; a double is opened."""
        if self.strip is not None:
            self.strip.take_focus()
        elif self.compare is not None and self.compare.asks:
            self.question.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.open_place()

    def _digit(self, number: int) -> None:
        if self.strip is not None:
            self.strip.choose(number)

    def open_place(self) -> None:
        """To the item in its form, or to the second of what may be a double."""
        about = self.chosen
        if isinstance(about, Conflict):
            self.place_wanted.emit(about.key)
        elif about is not None:
            self.place_wanted.emit(about.second)

    def take_focus(self) -> None:
        """To the decision, where there is one; else to the list."""
        if self.strip is not None:
            self.strip.take_focus()
        else:
            self.take_focus_list()

    def take_focus_list(self) -> None:
        """To the list; where nothing is listed the page itself hears Esc."""
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_strip(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            if strip.isAncestorOf(strip.window().focusWidget() or self):
                self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            self._right.removeWidget(strip)
            strip.setVisible(False)
            strip.deleteLater()

    # -- what waits at a lock

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The words of the reason, or the question to the site."""
        if self.strip is not None:
            return {"words": self.strip.words}
        return {"question": self.question} if self.question.isVisible() else {}

    @property
    def chosen_now(self) -> str:
        """The item of the conflict chosen."""
        return self.chosen.key.path() if isinstance(self.chosen, Conflict) else ""

    def choose_again(self, about: str) -> None:
        """Choose the conflict of that item, if it is still open."""
        for place, one in enumerate(self.conflicts):
            if one.key.path() == about:
                self._fill(place)

    # -- words and size

    def retranslate(self) -> None:
        """Speak the window's language; what was chosen and typed stays."""
        self.tree.setHeaderLabels([say("conflicts.column_item"), say("conflicts.column_age")])
        name(self.tree, speak(self.title))
        name(self.question, say("conflicts.ask_name"))
        self.question.setPlaceholderText(say("conflicts.ask_name"))
        for widget, code in ((self.asks, "ask"), (self.opens, "open")):
            widget.setText(say(f"conflicts.{code}"))
            name(widget, widget.text())
        self.table.retranslate()
        if self.strip is not None:
            self.strip.retranslate()
        self._relist()
        self._say()

    def _relist(self) -> None:
        """The lines in the window's language; nothing is read and nothing chosen anew."""
        for top in self.tree.tops():
            below = self.tree.below(top)
            about = self.tree.about(below[0]) if below else None
            if isinstance(about, Conflict):
                top.setText(0, say("conflicts.heading", subject=about.subjid, count=len(below)))
            else:
                top.setText(0, say("conflicts.doubles_heading", count=len(below)))
            for item in below:
                about = self.tree.about(item)
                if isinstance(about, Conflict):
                    item.setText(0, say("conflicts.line", item=about.label, place=about.place))
                    item.setText(1, say("conflicts.days", days=about.days))
                elif isinstance(about, Double):
                    item.setText(0, say("conflicts.double_line", subject=about.subjid, says=about.says))

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._left.setSpacing(unit // 2)
        self._right.setSpacing(unit // 2)
        self._foot.setSpacing(unit // 2)
        self.tree.fit()
        self.table.setMinimumHeight(2 * unit)  # the decision goes before; what does not fit is scrolled to
        self.table.fit()
