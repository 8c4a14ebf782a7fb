"""What was saved last, long work, and the three steps from here: previous form, next form, complete."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from mda5_crf.text import Text, message
from mda5_crf.ui.actions import by_name
from mda5_crf.ui.key_card import keys_of
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.progress import ProgressLine
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import em

BUTTONS = ("previous_form", "next_form", "complete")


class ActionBar(Spoken, QWidget):
    """See the module text. The buttons are the menu's actions once more."""

    def __init__(self, parent: QWidget, actions: dict[str, QAction], zone: ZoneInfo) -> None:
        super().__init__(parent)
        self._actions = actions
        self._zone = zone
        self._words: Text = message("ui.nothing_saved")
        self._said = ""
        self._said_in = language()
        self.saved = Line(self)
        self.buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.addWidget(self.saved, 1)
        self.progress = ProgressLine(self)
        layout.addWidget(self.progress, 1)
        for command in BUTTONS:
            made = button(self)
            made.clicked.connect(actions[command].trigger)
            actions[command].enabledChanged.connect(made.setEnabled)
            made.setEnabled(actions[command].isEnabled())
            layout.addWidget(made)
            self.buttons[command] = made
        self.retranslate()
        self.rescale()

    def show_saved(self, at: datetime) -> None:
        """Something is durable since ``at``."""
        self._words = message("ui.saved_at", time=at.astimezone(self._zone).strftime("%H:%M:%S"))
        self._said = ""
        self.retranslate()

    def show_words(self, words: Text) -> None:
        """Something else that is worth a line here: who logged in last, a file that is being written."""
        self._words, self._said = words, ""
        self.retranslate()

    def show_said(self, words: str) -> None:
        """What was just said to a screen reader stands here until something else is said or saved."""
        self._said, self._said_in = words, language()
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the window's language. What was said in passing in the other one has had its time."""
        if self._said_in != language():
            self._said = ""
        self.saved.say(" · ".join(part for part in (speak(self._words), self._said) if part))
        for command, made in self.buttons.items():
            words = speak(by_name(command).title)
            key = keys_of(by_name(command))
            made.setText(say("ui.button_key", act=words, key=key) if command == "complete" else words)
            made.setToolTip(key)
            name(made, words)

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(unit, unit // 4, unit // 2, unit // 4)
            layout.setSpacing(unit // 2)
