"""Signing more than one form: choose visits, forms or whole casebooks, then one meaning and one password."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QTreeWidgetItem, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.session import Session
from mda5_crf.services.signing import SignatureInfo, SigningOffer, meaning_text
from mda5_crf.services.signing_many import Candidate
from mda5_crf.text import Text, message
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.record_tree import RecordTree
from mda5_crf.ui.sign_strip import SignStrip
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job, Progress

_SHARES = (46, 54)
_STEP: Final = 0.05
"""Seconds for which participants are read at once: each is evaluated whole, which takes its time."""


class SignMorePage(OfficePage):
    """Space chooses a line, Enter goes on to the strip that asks for meaning and password."""

    title = message("signing.more_title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._subject = ""
        self._listed: tuple[Candidate, ...] = ()
        self._left: list[str] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read)
        self._job: Job | None = None
        self.strip: SignStrip | None = None
        self.words = MessageLabel(self)
        self.tree = RecordTree(self, _SHARES)
        self.tree.spaced.connect(self.toggle)
        self.tree.entered.connect(self.ask)
        self.tree.itemChanged.connect(lambda *_: self._say())
        self.every = QCheckBox(self)
        self.every.toggled.connect(lambda _: self.refresh())
        self.sign, self.forms, self.none = (button(self) for _ in range(3))
        self.sign.clicked.connect(self.ask)
        self.forms.clicked.connect(self.choose_all)
        self.none.clicked.connect(self.choose_none)
        self._row = QHBoxLayout()
        for widget in (self.sign, self.forms, self.none, self.every):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._place = QVBoxLayout()
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.words)
        self.box.addWidget(self.tree, 1)
        self.box.addLayout(self._row)
        self.box.addLayout(self._place)
        self.retranslate()
        self.rescale()

    # -- what is shown

    def refresh(self) -> None:
        """Read anew: of the participant one comes from, or of all."""
        if self.came_from is not None and self.came_from.subject:
            self._subject = self.came_from.subject
        self.every.setVisible(bool(self._subject))
        wanted = self._subject if self._subject and not self.every.isChecked() else None
        self._left = [
            one.identity
            for one in self.session.subjects()
            if wanted in (None, one.identity) and one.site == self.session.site
        ]
        self._listed = ()
        self._fill()
        self._read()

    def _read(self) -> None:
        """Some participants more; the rest follows when the window has nothing else to do."""
        until = time.monotonic() + _STEP
        while self._left:
            found = self.session.sign_candidates(self._left.pop(0))
            self._listed += found
            self._add(found)
            if time.monotonic() > until:
                break
        if self._left:
            self._timer.start()
        self._say()

    def _fill(self) -> None:
        self.tree.blockSignals(True)
        self.tree.clear()
        self.tree.blockSignals(False)
        self._add(self._listed)
        self._say()

    def _add(self, found: tuple[Candidate, ...]) -> None:
        self.tree.blockSignals(True)
        top: QTreeWidgetItem | None = None
        visit: QTreeWidgetItem | None = None
        for one in found:
            if not one.key.event:
                top = self._line(None, one)
                top.setExpanded(True)
            elif not one.key.form:
                visit = self._line(top, one)
                visit.setExpanded(True)
            else:
                self._line(visit, one)
        if self.tree.currentItem() is None and top is not None:
            self.tree.setCurrentItem(self.tree.tops()[0])
        self.tree.blockSignals(False)

    def _line(self, parent: QTreeWidgetItem | None, one: Candidate) -> QTreeWidgetItem:
        place = one.place
        if one.key.form:
            place = Text(place.en.partition(" · ")[2], place.zh.partition(" · ")[2])
        elif not one.key.event:
            place = message("signing.more_subject", subject=one.subjid, place=one.place)
        said = message("signing.more_signed") if one.signed else one.obstacle or message("signing.more_ready")
        if one.possible and one.answers:
            said = message("signing.more_answers", words=said, count=one.answers)
        item = self.tree.line(parent or self.tree, [speak(place), speak(said)], one)
        if one.possible:
            item.setCheckState(0, Qt.CheckState.Unchecked)
        else:
            item.setIcon(0, icon(Glyph.SIGNED if one.signed else Glyph.NOT_STARTED))
            for column in range(len(_SHARES)):
                item.setForeground(column, self.palette().placeholderText())
        return item

    def _items(self) -> list[QTreeWidgetItem]:
        tops = self.tree.tops()
        visits = [visit for top in tops for visit in (top, *self.tree.below(top))]
        return [
            item
            for visit in visits
            for item in (visit, *(self.tree.below(visit) if visit not in tops else ()))
        ]

    def chosen(self) -> tuple[Candidate, ...]:
        """What is ticked, in order."""
        ticked = [item for item in self._items() if item.checkState(0) is Qt.CheckState.Checked]
        return tuple(one for item in ticked if isinstance(one := self.tree.about(item), Candidate))

    def _say(self) -> None:
        possible = sum(one.possible for one in self._listed)
        code = "more_reading" if self._left else "more_about" if possible else "more_none"
        self.words.say(say(f"signing.{code}"), Tone.QUIET)
        count = len(self.chosen())
        self.sign.setText(say("signing.more_sign", count=count))
        name(self.sign, self.sign.text())
        self.sign.setEnabled(bool(count))
        self.forms.setEnabled(bool(possible) and not self._left)
        self.none.setEnabled(bool(count))

    # -- choosing

    def toggle(self) -> None:
        """Tick the line, or take the tick away."""
        item, about = self.tree.currentItem(), self.tree.about()
        if item is None or not isinstance(about, Candidate):
            return
        if not about.possible:
            self.said.emit(about.obstacle or message("signing.more_signed"))
            return
        on = item.checkState(0) is Qt.CheckState.Checked
        item.setCheckState(0, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def choose_all(self) -> None:
        """Tick every form that can be signed with the meaning of the first; neither visits nor casebooks."""
        ready = [one for one in self._listed if one.possible and one.key.form]
        usual = ready[-1].meanings if ready else ()
        for item in self._items():
            about = self.tree.about(item)
            if isinstance(about, Candidate) and about in ready and about.meanings == usual:
                item.setCheckState(0, Qt.CheckState.Checked)

    def choose_none(self) -> None:
        """Take all ticks away."""
        for item in self._items():
            if item.checkState(0) is Qt.CheckState.Checked:
                item.setCheckState(0, Qt.CheckState.Unchecked)

    # -- signing

    def ask(self) -> None:
        """Open the strip for what is ticked; without a tick the line with the keyboard is meant."""
        if not self.chosen():
            self.toggle()
        chosen = self.chosen()
        if not chosen:
            return
        meanings = [one for one in chosen[0].meanings if all(one in other.meanings for other in chosen)]
        if not meanings:
            self.told.emit(message("signing.more_mixed"))
            return
        self._close()
        book = self.session.signature_book
        offer = SigningOffer(
            chosen[0].key, self.session.person.name, tuple((one, meaning_text(one)) for one in meanings),
            book.needs_login, tuple(one.key for one in chosen), None,
        )  # fmt: skip
        place = chosen[0].place if len(chosen) == 1 else message("signing.more_count", count=len(chosen))
        strip = self.strip = SignStrip(
            self, message("signing.more_of", place=place, subject=self._whom(chosen)), offer
        )
        strip.closed.connect(self._put_away)
        strip.wanted.connect(self._sign)
        self._place.addWidget(strip)
        self.words.hide()
        strip.show()
        strip.take_focus()

    @staticmethod
    def _whom(chosen: tuple[Candidate, ...]) -> str:
        numbers = list(dict.fromkeys(one.subjid for one in chosen))
        return numbers[0] if len(numbers) == 1 else f"{numbers[0]} … {numbers[-1]}"

    def _sign(self, meaning: str, login: str, password: str) -> None:
        strip = self.strip
        if strip is None or self._job is not None:
            return
        keys = [one.key for one in self.chosen()]

        def sign(_progress: Progress) -> tuple[SignatureInfo, ...]:
            return self.session.sign_many(keys, meaning, password, login)

        def done(made: tuple[SignatureInfo, ...]) -> None:
            self._busy(on=False)
            self._close()
            self.refresh()
            self.take_focus()
            self.changed.emit()
            self.said.emit(message("signing.more_done", count=len(made), meaning=made[0].meaning_text))

        def failed(problem: CrfError) -> None:
            self._busy(on=False)
            strip.refuse(problem)

        self._busy(on=True)
        self._job = Job(self, sign, done, failed)

    def _busy(self, *, on: bool) -> None:
        if not on:
            self._job = None
        self.busy.emit(on)
        if self.strip is not None:
            self.strip.set_busy(on)

    def _put_away(self) -> None:
        self._close()
        self.take_focus()

    def _close(self) -> None:
        strip, self.strip = self.strip, None
        self.words.show()
        if strip is not None:
            strip.password.clear()
            self._place.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    # -- leaving, words, size

    def take_focus(self) -> None:
        """To the strip where it is open, else to the list."""
        if self.strip is not None:
            self.strip.take_focus()
        else:
            self.tree.setFocus()

    def leave(self) -> bool:
        """Not while a signature is made; what was typed is forgotten."""
        if self._job is not None:
            return False
        self._timer.stop()
        self._close()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more: no password stays in a line."""
        self._timer.stop()
        self._close()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.tree.setHeaderLabels([say("signing.more_what"), say("signing.more_state")])
        name(self.tree, speak(self.title))
        self.every.setText(say("signing.more_every"))
        for widget, code in ((self.forms, "more_all"), (self.none, "more_clear")):
            widget.setText(say(f"signing.{code}"))
            name(widget, say(f"signing.{code}"))
        ticked = {one.key for one in self.chosen()}
        self._fill()
        for item in self._items():
            about = self.tree.about(item)
            if isinstance(about, Candidate) and about.key in ticked:
                item.setCheckState(0, Qt.CheckState.Checked)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self.box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self.box.setSpacing(unit // 2)
        self._row.setSpacing(unit // 2)
        self.tree.fit()
