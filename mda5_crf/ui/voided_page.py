"""What was voided, to be read: which places, by whom and why, what stood there. Nothing can be changed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mda5_crf.services import voided
from mda5_crf.services.session import Session
from mda5_crf.text import message
from mda5_crf.ui.language import speak
from mda5_crf.ui.trace_base import TracePage

_VOIDS = ("place", "when", "who", "why", "moved", "state")
_STOOD = ("item", "value", "by", "entered")


class VoidedPage(TracePage):
    """See the module text. Up and Down choose a place; below stand its answers, struck through."""

    title = message("ui.act_voided")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.voids = self.table(message("trace.voids"), [message(f"trace.head_{one}") for one in _VOIDS], 2)
        self.stood = self.table(message("trace.stood"), [message(f"trace.head_{one}") for one in _STOOD], 3)
        self.voids.currentItemChanged.connect(lambda *_: self._show())
        self.finish()

    def refresh(self) -> None:
        """Read the list anew; the chosen place stays chosen."""
        zone = self.session.zone
        found = self.session.voids()
        self.fill(
            self.voids,
            [
                (
                    one.record,
                    (
                        speak(one.place), f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
                        f"{one.person}, {one.second}", speak(one.reason),
                        speak(one.moved_to) if one.moved_to else "",
                        speak(message("trace.restored" if one.restored else "trace.is_void")),
                    ),
                    not one.restored,
                )
                for one in found
            ],
        )  # fmt: skip
        self.tell(message("trace.read_only" if found else "trace.none"))
        self._show()

    def show_void(self, record: str) -> None:
        """Choose the void with that record."""
        for row in range(self.voids.topLevelItemCount()):
            item = self.voids.topLevelItem(row)
            if item is not None and self.value(item) == record:
                self.voids.setCurrentItem(item)
                self.voids.scrollToItem(item)

    def _show(self) -> None:
        record = self.chosen(self.voids)
        rows = voided.stood(self.session, record) if record else ()
        void = speak(message("trace.is_void"))
        self.fill(
            self.stood,
            [
                (str(number), (speak(one.label), f"{speak(one.value)} ({void})", one.person, one.at), True)
                for number, one in enumerate(rows)
            ],
        )

    def take_focus(self) -> None:
        """To the list."""
        self.voids.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped and self.voids.topLevelItemCount():
            self.refresh()
