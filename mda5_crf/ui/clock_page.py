"""The PC's clock: what it shows, what is odd, what was recorded of it; two persons declare it right."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from mda5_crf.services.access import Action
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.trace_base import TracePage

_HEADS = ("when", "what", "wall", "latest", "who", "why")
_MINUTES = "%Y-%m-%d %H:%M"


class ClockPage(TracePage):
    """See the module text."""

    title = message("clock.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.notes = self.table(message("clock.notes"), [message(f"clock.head_{one}") for one in _HEADS])
        self.right = self.press(message("clock.right"), self._correct)
        self.right.setEnabled(session.may(Action.CORRECT_CLOCK))
        self.finish()

    def refresh(self) -> None:
        """Look at the clock now."""
        state, zone = self.session.clock_state(), self.session.zone
        said = [message("clock.now", wall=f"{state.wall:{_MINUTES}}", zone=state.zone)]
        if state.warning is not None:
            said.append(state.warning)
        if state.later:
            said.append(message("clock.later", count=state.later))
        words = Text(" ".join(one.en for one in said), "".join(one.zh for one in said))
        self.tell(words, Tone.ERROR if state.warning is not None else Tone.QUIET)
        self.fill(
            self.notes,
            [
                (
                    str(number),
                    (
                        f"{note.at.astimezone(zone):{_MINUTES}}", speak(note.words),
                        f"{note.wall.astimezone(zone):{_MINUTES}}",
                        f"{note.latest.astimezone(zone):{_MINUTES}}",
                        ", ".join(filter(None, (note.person, note.second))), note.reason,
                    ),
                    False,
                )
                for number, note in enumerate(state.notes)
            ],
        )  # fmt: skip

    def _correct(self) -> None:
        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            self.session.correct_clock(typed["text"], second)
            return message("clock.done")

        asks = (Ask("text", message("clock.why"), Kind.WORDS),)
        self.ask(
            Act(message("clock.right"), message("clock.about"), asks, second=message("clock.second_why")), do
        )

    def take_focus(self) -> None:
        """To the panel where one is open, else to what can be done."""
        if self.panel is not None:
            self.panel.take_focus()
        elif self.right.isEnabled():
            self.right.setFocus()
        else:
            self.notes.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped and self.notes.topLevelItemCount():
            self.refresh()
