"""What was set aside: from whom, why, and what to do; judging it again by the rules."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services import quarantine
from mda5_crf.services.session import Session
from mda5_crf.sync.rejudging import judge_again
from mda5_crf.text import message
from mda5_crf.ui.language import speak
from mda5_crf.ui.trace_base import TracePage

_HEADS = ("what", "from", "when", "why", "do")


class AsidePage(TracePage):
    """See the module text. What is chosen is said in whole above the list."""

    title = message("ui.act_aside")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._found: dict[str, quarantine.Aside] = {}
        heads = [message(f"quarantine.head_{one}") for one in _HEADS]
        self.aside = self.table(message("ui.act_aside"), heads)
        self.aside.currentItemChanged.connect(lambda *_: self._say())
        self.again = self.press(message("quarantine.again"), self._judge)
        self.finish()

    def refresh(self) -> None:
        """Read the list anew; the chosen record stays chosen."""
        zone = self.session.zone
        self._found = {one.record: one for one in quarantine.listed(self.session)}
        self.fill(
            self.aside,
            [
                (
                    one.record,
                    (
                        speak(one.what), speak(one.author),
                        f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}" if one.at else "–",
                        speak(one.reason), speak(one.remedy_words),
                    ),
                    False,
                )
                for one in self._found.values()
            ],
        )  # fmt: skip
        self.again.setEnabled(bool(self._found))
        self._say()

    def _say(self) -> None:
        one = self._found.get(self.chosen(self.aside))
        if one is None:
            self.tell(None if self._found else message("quarantine.none"))
        else:
            self.tell(
                message("quarantine.chosen", reason=one.reason, words=one.remedy_words, record=one.record)
            )

    def _judge(self) -> None:
        try:
            found = judge_again(self.session)
        except CrfError as problem:
            self.told.emit(problem)
            return
        self.refresh()
        self.take_focus()
        self.said.emit(message("quarantine.judged", released=len(found.released), staying=found.staying))
        if found.released:
            self.changed.emit()

    def take_focus(self) -> None:
        """To the list."""
        self.aside.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped and self._found:
            self.refresh()
