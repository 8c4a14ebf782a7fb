"""What is frozen and locked, from the study down to the form, and the acts: freeze, lock, open again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTreeWidgetItem, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lockclash, lockwork
from mda5_crf.services.access import Action, Role, can, role_name
from mda5_crf.services.locking import Held
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.icons import Glyph, icon, status_icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.record_tree import ROLE, RecordTree
from mda5_crf.ui.second_person import SecondPerson
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job, Progress

_SHARES: Final = (44, 16, 16, 24)
_HEADS: Final = ("what", "state", "held", "by")
_ACTS: Final = (
    ("freeze", "frozen", Action.FREEZE), ("thaw", "thawed", Action.FREEZE), ("lock", "locked", Action.LOCK),
    ("unlock", "unlocked", Action.LOCK),
)  # fmt: skip
_MOST: Final = 3
"""Lines of what stands in the way, or of the history, that are shown at once."""


class LocksPage(OfficePage):
    """Arrows move, digits press the buttons, Enter opens. A participant's visits are read when unfolded."""

    title = message("locks.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._job: Job | None = None
        self.tree = RecordTree(self, _SHARES)
        self.tree.itemExpanded.connect(self._unfold)
        self.tree.currentItemChanged.connect(lambda *_: self._look())
        self.tree.entered.connect(self.open_chosen)
        self.tree.digit.connect(self._digit)
        self.details = MessageLabel(self)
        self.reason = QLineEdit(self)
        self._reason_label = QLabel(self)
        self._reason_label.setTextFormat(Qt.TextFormat.PlainText)
        self._reason_label.setBuddy(self.reason)
        self.buttons = {act: button(self) for act, _, _ in _ACTS}
        self.second = SecondPerson(self, message("locks.second_why"))
        self.second.hide()
        self.second.accepted.connect(lambda: self.act("unlock"))
        self._row = QHBoxLayout()
        self._row.addWidget(self._reason_label)
        self._row.addWidget(self.reason, 1)
        for act, _, right in _ACTS:
            made = self.buttons[act]
            made.clicked.connect(lambda _=False, one=act: self.act(one))
            made.setVisible(session.may(right))
            self._row.addWidget(made)
        may = session.may(Action.FREEZE)
        self.reason.setVisible(may)
        self._reason_label.setVisible(may)
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.tree, 1)
        self.box.addWidget(self.details)
        self.box.addLayout(self._row)
        self.box.addWidget(self.second)
        self.retranslate()
        self.rescale()

    # -- what is shown

    def refresh(self) -> None:
        """Read anew; what was chosen and unfolded stays so."""
        chosen = self.chosen
        if self.came_from is not None and self.tree.topLevelItemCount() == 0:
            chosen = self.came_from.form_key() if self.came_from.form else self.came_from
        self.tree.blockSignals(True)
        self.tree.clear()
        root = self.tree.line(self.tree, self._cells(ItemKey(), say("locks.study"), ""), ItemKey())
        self._mark(root, ItemKey())
        for subject in self.session.subjects():
            key = ItemKey(subject.identity)
            item = self.tree.line(root, self._cells(key, subject.subjid, ""), key)
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self._mark(item, key)
        root.setExpanded(True)
        self.tree.setCurrentItem(self._find(root, chosen) or root)
        self.tree.blockSignals(False)
        self._look()

    def _find(self, root: QTreeWidgetItem, key: ItemKey | None) -> QTreeWidgetItem | None:
        if key is None or not key.subject:
            return None
        for item in self.tree.below(root):
            if item.data(0, ROLE) != ItemKey(key.subject):
                continue
            if not key.event:
                return item
            self._unfold(item)
            item.setExpanded(True)
            visits = self.tree.below(item)
            lines = visits + [form for visit in visits for form in self.tree.below(visit)]
            return next((one for one in lines if one.data(0, ROLE) == key), item)
        return None

    def _unfold(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, ROLE)
        if not key.subject or key.event or item.childCount():
            return
        for node in self.session.tree(key.subject):
            words = speak(lockwork.place_words(self.session, node.key)).partition(" · ")[2]
            visit = self.tree.line(item, self._cells(node.key, words, node.status), node.key)
            self._mark(visit, node.key)
            for form in node.forms:
                if form.status in ("closed", "computed") or form.adds:
                    continue
                words = speak(lockwork.place_words(self.session, form.key)).rpartition(" · ")[2]
                line = self.tree.line(visit, self._cells(form.key, words, form.status), form.key)
                self._mark(line, form.key, form.status)
            visit.setExpanded(True)

    def _cells(self, key: ItemKey, words: str, status: str) -> list[str]:
        held = self.session.held(key)
        by = ""
        if held.by is not None and (held.holds or held.late):
            told = self.session.lock_book.told(held.by)
            by = f"{speak(told['name'])}, {speak(told['at'])}"
        state = speak(state_words(held)) if held.holds or held.late else ""
        return [words, say(f"entry.status_{status}") if status else "", state, by]

    def _mark(self, item: QTreeWidgetItem, key: ItemKey, status: str = "") -> None:
        held = self.session.held(key)
        if held.late:
            item.setIcon(0, icon(Glyph.WARNING))
        elif held.holds:
            item.setIcon(0, icon(Glyph.LOCKED))
        elif status:
            item.setIcon(0, status_icon(status))

    @property
    def chosen(self) -> ItemKey | None:
        """What the line with the keyboard is about; the empty key is the study."""
        about = self.tree.about()
        return about if isinstance(about, ItemKey) else None

    def _look(self) -> None:
        """What can be done with the line, and what stands in the way or was done before."""
        key = self.chosen
        if key is None:
            return
        held = self.session.held(key)
        able = {
            "freeze": not held.holds, "thaw": held.state == "frozen", "lock": held.state != "locked",
            "unlock": held.holds,
        }  # fmt: skip
        for act, possible in able.items():
            self.buttons[act].setEnabled(possible and self._job is None)
        if not able["unlock"]:
            self.second.hide()
        lines, tone = self._details(key, held)
        self.details.setVisible(bool(lines))
        self.details.say("\n".join(speak(line) for line in lines), tone)
        name(self.details, self.details.text())
        QTimer.singleShot(0, self.tree, self.tree.keep_in_sight)

    def _details(self, key: ItemKey, held: Held) -> tuple[list[Text], Tone]:
        late = self._refused(key)
        if late:
            return late, Tone.SOFT
        history = list(self.session.lock_history(key)[:_MOST])
        if held.state == "locked" or not self.session.may(Action.LOCK):
            whose = [] if self.session.may(Action.FREEZE) else [message("locks.for_others", **_whose())]
            return [*whose, *history], Tone.QUIET
        left = self.session.lock_obstacles(key, "locked")
        if not left:
            return [message("locks.nothing_in_the_way"), *history], Tone.QUIET
        told = [
            message("locks.obstacle", what=lockwork.place_words(self.session, one.key), why=one.text)
            for one in left[:_MOST]
        ]
        if len(left) > _MOST:
            told.append(message("locks.and_more", count=len(left) - _MOST))
        return [*history[:1], message("locks.in_the_way"), *told], Tone.QUIET

    def _refused(self, key: ItemKey) -> list[Text]:
        """Locks that were refused at the place chosen; with the study chosen, all there are."""
        if key.subject:
            found = list(lockclash.of_place(self.session, key))
            return [lockclash.with_next(self.session, one) for one in found[:_MOST]]
        found = [one for many in lockclash.standing(self.session).values() for one in many]
        if not found:
            return []
        told = [lockclash.sentence(self.session, one) for one in found[:_MOST]]
        if len(found) > _MOST:
            told.append(message("locks.and_more", count=len(found) - _MOST))
        return [lockclash.heading(len(found)), *told, lockclash.next_step(self.session)]

    # -- what is done

    def _digit(self, number: int) -> None:
        shown = [self.buttons[act] for act, _, right in _ACTS if self.session.may(right)]
        if number <= len(shown):
            shown[number - 1].click()

    def act(self, which: str) -> None:
        """Do it with the line chosen. Unlocking asks for the second person first."""
        key = self.chosen
        if key is None or self._job is not None:
            return
        state = next(state for act, state, _ in _ACTS if act == which)
        reason, second = self.reason.text(), None
        if which in ("thaw", "unlock") and not reason.strip():
            self.told.emit(message("locks.reason_needed"))
            self.reason.setFocus()
            return
        if which == "unlock":
            if self.second.isHidden():
                self.second.show()
                self.details.hide()
                self.second.take_focus()
                return
            missing = self.second.missing()
            if missing is not None:
                self.said.emit(missing)
                return
            second = self.second.credentials()

        def work(_progress: Progress) -> Held:
            return self.session.set_lock(key, state, reason, second)

        def done(held: Held) -> None:
            self._busy(on=False)
            self.second.clear()
            self.second.hide()
            self.reason.clear()
            self.refresh()
            self.take_focus()
            self.changed.emit()
            self.said.emit(self._done(key, state, held))

        def failed(problem: CrfError) -> None:
            self._busy(on=False)
            self._look()
            self.told.emit(problem)
            if second is None:
                self.take_focus()
            else:
                self.second.refuse(problem)

        self._busy(on=True)
        self._job = Job(self, work, done, failed)

    def _done(self, key: ItemKey, state: str, held: Held) -> Text:
        words = message(f"locks.done_{state}", what=lockwork.place_words(self.session, key))
        if state == "locked" and held.by is not None and held.by.counts is not None:
            more = message("locks.confirmed", **held.by.counts)
            return Text(f"{words.en} {more.en}", f"{words.zh}{more.zh}")
        return words

    def _busy(self, *, on: bool) -> None:
        if not on:
            self._job = None
        self.busy.emit(on)
        self.second.set_busy(on)

    def open_chosen(self) -> None:
        """To the form or visit; a participant is unfolded or put away."""
        item, key = self.tree.currentItem(), self.chosen
        if key is not None and key.event:
            self.place_wanted.emit(key)
        elif item is not None:
            item.setExpanded(not item.isExpanded())

    # -- leaving, words, size

    def take_focus(self) -> None:
        """To the list."""
        self.tree.setFocus()

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """The reason."""
        return {"reason": self.reason}

    def leave(self) -> bool:
        """Not while something is being recorded; a password is forgotten."""
        if self._job is not None:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more: no password stays in a line."""
        self.second.clear()
        self.second.hide()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.tree.setHeaderLabels([say(f"locks.column_{one}") for one in _HEADS])
        name(self.tree, speak(self.title))
        self._reason_label.setText(say("locks.reason"))
        name(self.reason, say("locks.reason"))
        shown = [act for act, _, right in _ACTS if self.session.may(right)]
        for number, act in enumerate(shown, start=1):
            self.buttons[act].setText(f"{number} {say(f'locks.{act}')}")
            name(self.buttons[act], say(f"locks.{act}").rstrip(" …"))
        if self.tree.topLevelItemCount():
            self.refresh()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self.box.setSpacing(unit // 2)
        self._row.setSpacing(unit // 2)
        self.tree.fit()


def _whose() -> dict[str, Text]:
    """Who freezes and who locks, by the table of rights."""
    found = {}
    for act, right in (("freeze", Action.FREEZE), ("lock", Action.LOCK)):
        roles = [role_name(role) for role in Role if can((role,), right)]
        found[act] = Text(", ".join(one.en for one in roles), "、".join(one.zh for one in roles))
    return found


def state_words(held: Held) -> Text:
    """How a place stands; nothing where it is open and nothing ever clashed."""
    if held.late:
        return message("locks.state_late")
    return message(f"locks.state_{held.state}")
