"""Input methods: finish a composition before a commit, and lose nothing of it.

While somebody composes, ``text()`` lacks what is being composed and no change signal comes. Before any
commit the input method is asked to finish; where it does not (none is connected), the composed characters
are taken as they stand.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid


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


class Compositions(QObject):
    """Follows the widget that has the keyboard, so that plain line and text edits lose no composition either.

    Inputs of forms do this themselves. In every other editor Enter belongs to the input method while it
    composes, and what is composed becomes text before the keyboard goes elsewhere.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._at: QWidget | None = None
        self._composition = Composition()
        app.focusChanged.connect(self._moved)
        self._moved(None, app.focusWidget())

    def finish(self, widget: QWidget) -> None:
        """End the composition in ``widget``, if it is the one that has the keyboard."""
        if widget is self._at:
            self._composition.finish(widget)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._at is not None and isValid(self._at):
            self._at.removeEventFilter(self)
        self._composition = Composition()
        self._at = new if isinstance(new, QLineEdit | QPlainTextEdit) and not _follows_itself(new) else None
        if self._at is not None:
            self._at.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note compositions; keep Enter for the input method; finish before the keyboard leaves."""
        if isinstance(event, QInputMethodEvent):
            self._composition.follow(event)
        elif event.type() == QEvent.Type.FocusOut and isinstance(watched, QWidget):
            self.finish(watched)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._composition.active and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return False


def _follows_itself(widget: QWidget) -> bool:
    return isinstance(getattr(widget, "composition", None), Composition)


_watching: list[Compositions] = []


def watch(app: QApplication) -> None:
    """From now on no editor of ``app`` loses a composition. Called once, before or after the first window."""
    _watching[:] = [Compositions(app)]


def settle(widget: QWidget | None) -> None:
    """End what is being composed in ``widget``, in whatever kind of editor; its characters become text.

    Before anything that takes the keyboard away by force (a lock, a close). Harmless for any other widget.
    """
    if widget is None or not isValid(widget):
        return
    own = getattr(widget, "composition", None)
    if isinstance(own, Composition):
        own.finish(widget)
        return
    for one in _watching:
        if isValid(one):
            one.finish(widget)
