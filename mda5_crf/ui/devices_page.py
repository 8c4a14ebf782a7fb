"""The PCs of the study: who exchanges, who is invited, who was revoked; every act by one key.

At the centre PCs are invited, approved and revoked for the study, two persons together. At a ward the page
shows the centre and the site's PCs, and ends an exchange for this vault alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from mda5_crf.errors import CrfError, LoginRefused
from mda5_crf.services import loginclash
from mda5_crf.sync import pclist, revocation
from mda5_crf.sync.cards import words_of
from mda5_crf.sync.devices import own_card
from mda5_crf.sync.pclist import ENDED, LISTED, OWN, REVOKED, Pc
from mda5_crf.text import Text, both, message
from mda5_crf.ui.devices_acts import ACTS, DeviceAct, Done, Step, look_at
from mda5_crf.ui.language import speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.read_aloud import ReadAloudStrip
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.trace_base import Row, TracePage

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.ui.act_panel import ActPanel

_HEADS: Final = ("pc", "site", "state", "heard", "sent", "list")
_IN_ROW: Final = 4
_FEW: Final = 2
"""Lines of the list while something is asked: large type leaves no room for more."""
_FIELD_OF: Final = {"joining.word": "heard", "card_differs": "heard", "site_form": "site", "name_": "name",
                    "reason_": "reason", "file_": "file"}  # fmt: skip
"""Part of the code of a refusal → the line in which it is mended."""


class DevicesPage(TracePage):
    """See the module text. Digits press the buttons; a dropped request or card is looked at."""

    title = message("pcs.title")
    takes_files = True
    presses = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.found: dict[str, Pc] = {}
        self.strip: ReadAloudStrip | None = None
        self._grid = QGridLayout()
        self._bar.addLayout(self._grid, 1)
        self.list = self.table(message("pcs.title"), [message(f"pcs.head_{one}") for one in _HEADS], 3)
        self.list.installEventFilter(self)
        self.list.currentItemChanged.connect(lambda *_: self._look())
        self.details = MessageLabel(self)
        self.box.addWidget(self.details)
        self.acts: dict[str, DeviceAct] = {act.name: act for act in ACTS if act.possible(session)}
        self.buttons: dict[str, QPushButton] = {}
        for place, act in enumerate(self.acts.values()):
            made = self.buttons[act.name] = self.press(act.title, self._starter(act))
            self._grid.addWidget(made, *divmod(place, _IN_ROW))
        self.finish()

    def _starter(self, act: DeviceAct) -> Callable[[], None]:
        return lambda: self.start(act.name)

    # -- what is shown

    def refresh(self) -> None:
        """Read anew; the same line stays chosen."""
        self.found = {one.key: one for one in pclist.pcs(self.session)}
        self.fill(self.list, [self._row(one) for one in self.found.values()])
        self._notices()
        self._look()

    def _row(self, one: Pc) -> Row:
        heard = message("pcs.passage", at=one.heard, number=one.taken) if one.taken else _NONE
        sent = message("pcs.passage", at=one.sent, number=one.made) if one.made else _NONE
        known = _NONE
        if one.knows:
            code = "list_behind" if one.behind else "list_known"
            known = message(f"pcs.{code}", number=one.knows, of=one.knows_of[:10])
        cells = [both(one.name), both(one.site), one.words, heard, sent, known]
        return one.key, [speak(cell) for cell in cells], one.state in (REVOKED, LISTED, ENDED)

    def _notices(self) -> None:
        said = list(dict.fromkeys(one.words for one in loginclash.standing(self.session)))
        heard = revocation.heard(self.session).words
        if heard is not None:
            said.insert(0, heard)
        words = Text(" ".join(one.en for one in said), "".join(one.zh for one in said))
        self.tell(words if said else None, Tone.SOFT)

    @property
    def pc(self) -> Pc | None:
        """The line with the keyboard."""
        return self.found.get(self.chosen(self.list))

    def _look(self) -> None:
        """What is to be said of the line chosen, and what can be done with it."""
        one = self.pc
        for act_name, made in self.buttons.items():
            states = self.acts[act_name].states
            made.setEnabled(not states or (one is not None and one.state in states))
        self.details.say("\n".join(speak(line) for line in self._sentences(one)), Tone.QUIET)
        name(self.details, self.details.text())

    def _sentences(self, one: Pc | None) -> list[Text]:
        if one is None:
            return []
        if one.offer is not None:
            until = one.offer.expires.astimezone(self.session.zone).strftime("%Y-%m-%d %H:%M")
            return [message("pcs.about_offer", name=one.name, state=one.offer.words, until=until)]
        said = []
        if one.state == OWN:
            said.append(message("pcs.about_own", words=words_of(own_card(self.session).digest())))
            if not any(other.peer is not None for other in self.found.values()):
                said.append(message("pcs.alone_centre" if self.session.is_centre else "pcs.alone_ward"))
        elif one.entry is not None:
            facts = {"name": one.name, "reason": one.entry.reason, "last": str(one.entry.last)}
            said.append(message("pcs.about_listed", **facts))
        elif one.peer is not None:
            said.append(message("pcs.about_peer", words=one.peer.fingerprint))
        if one.behind:
            facts = {"name": one.name, "number": str(one.knows), "of": one.knows_of[:10]}
            said.append(message("pcs.about_behind", **facts))
        return said

    def choose(self, called: str) -> None:
        """Put the line with the keyboard on the PC of that name."""
        for place in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(place)
            if item is not None and item.text(0) == called:
                self.list.setCurrentItem(item)

    # -- what is done

    def start(self, act_name: str) -> None:
        """Ask for what an act needs."""
        if self.buttons[act_name].isEnabled():
            self._ask(self.acts[act_name].ask(self.session, self.pc))

    def take(self, file: Path) -> None:
        """A request or a card was dropped: look at it."""
        try:
            done = look_at(self.session, file)
        except CrfError as problem:
            self.told.emit(problem)
            return
        self._go_on(done)

    def _ask(self, step: Step) -> None:
        self._put_words_away()

        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            done = step.do(typed, second)
            QTimer.singleShot(0, self, lambda: self._go_on(done))
            return done.said

        self.ask(step.act, do)

    def _go_on(self, done: Done) -> None:
        """What is asked next, or read aloud."""
        if self.stopped:
            return
        self.said.emit(done.said)
        if done.then is not None:
            self._ask(done.then)
        elif done.aloud is not None:
            self._put_words_away()
            aloud = done.aloud
            self.strip = ReadAloudStrip(self, aloud.title, aloud.about, aloud.words, aloud.numbers)
            self.strip.closed.connect(self._words_read)
            self._place.addWidget(self.strip)
            self._make_room()
            self.strip.take_focus()

    def _words_read(self) -> None:
        self._put_words_away()
        self.take_focus()

    def _put_words_away(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            strip.words.clear()
            strip.hide()
            self._place.removeWidget(strip)
            strip.deleteLater()
        self._make_room()

    def refuse(self, panel: ActPanel, problem: CrfError) -> None:
        """The keyboard to the line in which it is mended; what was typed stays."""
        super().refuse(panel, problem)
        if problem.code.startswith("joining.words_last"):
            self.refresh()
        place = next((line for part, line in _FIELD_OF.items() if part in problem.code), "")
        if not place and isinstance(problem, LoginRefused) and panel.second_person is None:
            place = "own"
        if place:
            panel.refuse(problem, place)

    def _make_room(self) -> None:
        super()._make_room()
        asking = self.panel is not None or self.strip is not None
        if asking:
            self.list.setMinimumHeight(_FEW * self.fontMetrics().height())
        self._desk.setVisible(not asking)
        self.details.setVisible(not asking and bool(self.details.text()))
        self.notice.setVisible(not asking and bool(self.notice.text()))

    # -- keys, leaving, words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Digits in the list press the buttons below it."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            typed = event.text()
            if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(self.buttons):
                list(self.buttons.values())[int(typed) - 1].click()
                return True
        return super().eventFilter(watched, event)

    def take_focus(self) -> None:
        """To the panel or the words where there are some, else to the list."""
        if self.panel is not None:
            self.panel.take_focus()
        elif self.strip is not None:
            self.strip.take_focus()
        else:
            self.list.setFocus()

    def leave(self) -> bool:
        """Words that were read do not stay on screen."""
        self._put_words_away()
        return super().leave()

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._put_words_away()
        super().stop()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for place, made in enumerate(self.buttons.values(), start=1):
            made.setText(f"{place}  {made.text()}")
        if self.found and not self.stopped:
            self.refresh()
            self._make_room()

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        self._grid.setSpacing(em(self) // 3)


_NONE: Final = both("–")
