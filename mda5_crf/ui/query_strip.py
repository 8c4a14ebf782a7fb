"""Ctrl+M: a question about the item with the keyboard, or about its form, visit or participant."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strips import AskStrip

LEVELS = ("item", "form", "visit", "participant")


class QueryStrip(AskStrip):
    """``about`` is the item or form of the keyboard; the choice says how far around it the question goes."""

    def __init__(
        self, parent: QWidget, question: Text, key: ItemKey, ask: Callable[[ItemKey, str], object]
    ) -> None:
        self.level: QComboBox | None = None
        super().__init__(parent, question, message("ui.query_raise"), lambda words: ask(self.place(), words))
        self.about = key
        self.level = QComboBox(self)
        self.level.setMinimumHeight(24)
        for level in LEVELS if key.item else LEVELS[1:]:
            self.level.addItem("", level)
        self.row.insertWidget(1, self.level)
        QWidget.setTabOrder(self.level, self.line)
        self.retranslate()

    def place(self) -> ItemKey:
        """What the question is about."""
        assert self.about is not None
        assert self.level is not None  # both given at once
        places = {
            "item": self.about,
            "form": self.about.form_key(),
            "visit": self.about.event_key(),
            "participant": ItemKey(self.about.subject),
        }
        return places[self.level.currentData()]

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if self.level is not None:
            for place in range(self.level.count()):
                self.level.setItemText(place, say(f"queries.about_{self.level.itemData(place)}"))
            name(self.level, say("queries.about_name"))
