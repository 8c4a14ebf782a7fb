"""Input methods: finish a composition before a commit, and lose nothing of it.

While somebody composes, ``text()`` lacks what is being composed and no change signal comes. Before any
commit the input method is asked to finish; where it does not (none is connected), the composed characters
are taken as they stand.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QWidget


class Composition:
    """What is being composed in one input. Feed it every QInputMethodEvent of that input."""

    __slots__ = ("preedit",)

    def __init__(self) -> None:
        self.preedit = ""

    @property
    def active(self) -> bool:
        """Whether somebody is composing now: keys belong to the input method."""
        return bool(self.preedit)

    def follow(self, event: QInputMethodEvent) -> None:
        """Note what ``event`` leaves in composition."""
        self.preedit = event.preeditString()

    def finish(self, widget: QWidget) -> None:
        """End the composition in ``widget``; its characters become ordinary text."""
        if not self.preedit:
            return
        method = QGuiApplication.inputMethod()
        method.commit()
        if self.preedit:
            # No input method answered. Keep the characters rather than drop them.
            event = QInputMethodEvent()
            event.setCommitString(self.preedit)
            QCoreApplication.sendEvent(widget, event)
            self.preedit = ""
            method.reset()
