"""Notices that nobody is at the keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_LONGEST_WAIT = 60_000
"""Milliseconds between two looks: a PC that slept is noticed within a minute, or at the first key."""

_HANDS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    }
)
_TYPED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonRelease,
    }
)


class Idle(QObject):
    """Sends ``passed`` once when neither key nor mouse was used for ``seconds``, and ``typed`` at each use.

    Time is measured twice, by a clock that only runs forward and by the wall clock, and the longer of the
    two counts: a clock set back lengthens no wait, and hours of sleep, which the first may not see, count.

    It sits on the window that is in front, where the system's events arrive, and on the widget that has the
    keyboard; on the application it would be called for every event of every widget, and opening a form would
    take twice as long.
    """

    passed = Signal()
    typed = Signal()

    def __init__(
        self,
        parent: QObject,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._steady, self._wall = steady, wall
        self._seconds = 0.0
        self._last = (0.0, 0.0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.look)
        self._watching = False
        self._seats: list[QObject | None] = [None, None]
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusWindowChanged.connect(self._window_changed)
        app.focusChanged.connect(self._focus_changed)

    def start(self, seconds: float) -> None:
        """Watch from now on. ``seconds`` > 0."""
        self._seconds = seconds
        self._note()
        self._watching = True
        self._sit(0, QGuiApplication.focusWindow())
        self._sit(1, QApplication.focusWidget())
        self._wait(seconds)

    def stop(self) -> None:
        """Watch no more."""
        self._watching = False
        self._sit(0, None)
        self._sit(1, None)
        self._timer.stop()

    def _window_changed(self, window: QWindow | None) -> None:
        self._sit(0, window)

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._sit(1, new)

    def _sit(self, place: int, new: QObject | None) -> None:
        old = self._seats[place]
        if old is not None and isValid(old):
            old.removeEventFilter(self)
        self._seats[place] = new if self._watching else None
        if new is not None and self._watching:
            new.installEventFilter(self)

    @property
    def watching(self) -> bool:
        """Whether it watches now."""
        return self._watching

    def look(self) -> bool:
        """Send ``passed`` when it is time; True then."""
        left = self._seconds - self._rested()
        if left > 0:
            self._wait(left)
            return False
        self.stop()
        self.passed.emit()
        return True

    def _wait(self, seconds: float) -> None:
        self._timer.start(max(1, min(int(seconds * 1000) + 1, _LONGEST_WAIT)))

    def _note(self) -> None:
        self._last = (self._steady(), self._wall())

    def _rested(self) -> float:
        steady, wall = self._last
        return max(self._steady() - steady, self._wall() - wall)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody is there. The first key after too long a rest locks, and goes nowhere else."""
        kind = event.type()
        if kind in _HANDS:
            if self._rested() >= self._seconds and self.look():
                return True
            self._note()
        if kind in _TYPED:
            self.typed.emit()
        return False
