"""Checks that the centre changed: the list for everybody, and at the centre what it takes to change one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtWidgets import QWidget

from mda5_crf.errors import InputRefused
from mda5_crf.services import overlays
from mda5_crf.services.access import Role
from mda5_crf.services.session import Session
from mda5_crf.study.overlay import ACTIONS, about, caution, days_words, severity_words
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.trace_base import TracePage

_HEADS = ("check", "action", "days", "state", "reason", "who")


class OverlaysPage(TracePage):
    """See the module text."""

    title = message("overlay.in_force")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._lines: dict[str, overlays.Line] = {}
        heads = [message(f"overlay.head_{one}") for one in _HEADS]
        self.lines = self.table(message("overlay.in_force"), heads)
        self.lines.currentItemChanged.connect(lambda *_: self._mirror())
        self.change = self.press(message("overlay.change"), self._change)
        self.end = self.press(message("overlay.withdraw"), self._withdraw)
        self.finish()

    def refresh(self) -> None:
        """Read the list anew."""
        self._lines = {one.id: one for one in overlays.listed(self.session)}
        self.fill(
            self.lines,
            [
                (
                    one.id,
                    (
                        one.check, speak(severity_words(one.action)), speak(days_words(one.start, one.until)),
                        speak(one.state_words), speak(one.reason), f"{one.person}, {one.second}",
                    ),
                    one.state in (overlays.WITHDRAWN, overlays.OVER),
                )
                for one in reversed(self._lines.values())
            ],
        )  # fmt: skip
        self._mirror()

    def _mirror(self) -> None:
        mine = self.session.is_centre and Role.DATA_MANAGER in self.session.person.roles
        one = self._lines.get(self.chosen(self.lines))
        words = None if one is None else about(self.session.definition, one.check)
        self.tell(message("overlay.none") if one is None else words or message("overlay.about"))
        self.change.setVisible(mine)
        self.end.setVisible(mine)
        self.end.setEnabled(one is not None and one.state != overlays.WITHDRAWN)

    def _change(self) -> None:
        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            check = typed["check"].strip()
            line = overlays.set_overlay(
                self.session, check, typed["action"], _day(typed["start"]),
                _day(typed["until"]) if typed["until"].strip() else None, Text(typed["en"], typed["zh"]),
                own_password=typed["own"], second=second,
            )  # fmt: skip
            warned = caution(self.session.definition, check, line.action)
            words = message(
                "overlay.set_done", check=check, action=severity_words(line.action), id=line.id,
                days=days_words(line.start, line.until),
            )  # fmt: skip
            return words if warned is None else Text(f"{words.en} {warned.en}", f"{words.zh}{warned.zh}")

        asks = (
            Ask("check", message("overlay.ask_check")),
            Ask(
                "action", message("overlay.ask_action"), Kind.CHOICE, "warning",
                [(action, severity_words(action)) for action in ACTIONS],
            ),
            Ask("start", message("overlay.ask_from"), first=self.session.today.isoformat()),
            Ask("until", message("overlay.ask_until"), needed=False),
            Ask("en", message("overlay.ask_en"), Kind.WORDS, wide=True),
            Ask("zh", message("overlay.ask_zh"), Kind.WORDS, wide=True),
            Ask("own", message("redact.own"), Kind.SECRET),
        )  # fmt: skip
        self._ask(message("overlay.change"), message("overlay.change_about"), asks, do)

    def _withdraw(self) -> None:
        one = self._lines[self.chosen(self.lines)]

        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            overlays.withdraw(
                self.session, one.id, Text(typed["en"], typed["zh"]), own_password=typed["own"], second=second
            )
            return message("overlay.withdrawn_done", check=one.check)

        asks = (
            Ask("en", message("overlay.ask_en"), Kind.WORDS, wide=True),
            Ask("zh", message("overlay.ask_zh"), Kind.WORDS, wide=True),
            Ask("own", message("redact.own"), Kind.SECRET),
        )
        self._ask(message("overlay.withdraw"), one.words, asks, do)

    def _ask(
        self,
        title: Text,
        about: Text,
        asks: tuple[Ask, ...],
        do: Callable[[Mapping[str, str], tuple[str, str]], Text],
    ) -> None:
        self.ask(Act(title, about, asks, second=message("overlay.second_why")), do)

    def take_focus(self) -> None:
        """To the panel where one is open, else to the list."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            self.lines.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped and self._lines:
            self.refresh()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputRefused("overlay.day_form", text=text.strip()) from None
