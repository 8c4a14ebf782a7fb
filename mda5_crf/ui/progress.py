"""Long work in the action bar: what runs, how far it is, and a button that cancels it. Entry goes on.

Whoever starts a :class:`Job` has it watched: ``Tasks.of(widget).watch(job, what)``. One is shown at a time,
the oldest first; short work is over before anything is shown.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget
from shiboken6 import isValid

from mda5_crf.text import Text
from mda5_crf.ui.language import language, say
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.spoken import Spoken, button, name
from mda5_crf.ui.theme import em
from mda5_crf.ui.worker import Job

PATIENCE = 400
"""Milliseconds after which work counts as long."""


_FINE = 1000
"""From so many steps on they are no things that anybody counts: per cent are said."""


class Task(QObject):
    """One piece of work that is watched."""

    changed = Signal()

    def __init__(self, parent: QObject, job: Job, what: Text) -> None:
        super().__init__(parent)
        self.what = what
        self.done, self.total = 0, 0
        self._job = job
        # To methods of this object, not to functions: they are then called in the window's thread.
        job.progressed.connect(self._progressed)
        job.ended.connect(self._over)
        job.destroyed.connect(self._over)  # its page went before it ended
        self.over = False

    @property
    def cancelling(self) -> bool:
        """Somebody cancelled; the work ends at its next step."""
        return not self.over and self._job.cancelled

    def cancel(self) -> None:
        """End it; nothing is left half done."""
        if not self.over:
            self._job.cancel()
            self.changed.emit()

    def end(self) -> None:
        """Stop it and wait for its thread: what it works on is about to be closed. Nobody is told."""
        if not self.over and isValid(self._job):
            self._job.stop()
            self._job.wait()

    def _progressed(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self.changed.emit()

    def _over(self) -> None:
        if not self.over:
            self.over = True
            self.changed.emit()


class Tasks(QObject):
    """All long work of one window, in the order it was begun."""

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.running: list[Task] = []

    @staticmethod
    def of(widget: QWidget) -> Tasks:
        """Those of the window that ``widget`` stands in."""
        window = widget.window()
        found = window.findChild(Tasks, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return found if isinstance(found, Tasks) else Tasks(window)

    def watch(self, job: Job, what: Text) -> Task:
        """Show ``job`` until it ends."""
        task = Task(self, job, what)
        self.running.append(task)
        task.changed.connect(self._changed)
        self.changed.emit()
        return task

    def end(self) -> None:
        """Before a session is closed: nothing goes on reading it."""
        for task in list(self.running):
            task.end()

    def _changed(self) -> None:
        for task in [task for task in self.running if task.over]:
            self.running.remove(task)
            task.deleteLater()
        self.changed.emit()


class ProgressLine(Spoken, QWidget):
    """See the module text. Takes no room while nothing runs."""

    left = Signal()
    """What was cancelled or ended had the keyboard: it goes back to where work is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks = Tasks.of(parent)
        self.words = Line(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.cancel = button(self)
        self.cancel.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PATIENCE)
        self._wait.timeout.connect(self._show)
        self._tasks.changed.connect(self._look)
        self.rescale()
        self.hide()
        self._look()

    @property
    def task(self) -> Task | None:
        """What is shown: the work that was begun first."""
        return self._tasks.running[0] if self._tasks.running else None

    def take_focus(self) -> None:
        """To the button."""
        self.cancel.setFocus(Qt.FocusReason.TabFocusReason)

    def _look(self) -> None:
        if self.task is None:
            self._wait.stop()
            if self.cancel.hasFocus():
                self.left.emit()
            self.hide()
        elif self.isHidden() and not self._wait.isActive():
            self._wait.start()
        self.retranslate()

    def _show(self) -> None:
        self.setVisible(self.task is not None)

    def _cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def retranslate(self) -> None:
        """Say what runs, in the window's language."""
        task = self.task
        if task is None:
            return
        if task.cancelling:
            words = say("start.task_cancelling", what=task.what)
        elif task.total >= _FINE:
            words = say("start.task_percent", what=task.what, percent=100 * task.done // task.total)
        elif task.total:
            words = say("start.task_counted", what=task.what, done=task.done, total=task.total)
        else:
            words = task.what.in_(language())
        more = len(self._tasks.running) - 1
        self.words.say(say("start.task_more", words=words, count=more) if more else words)
        self.bar.setRange(0, max(task.total, 1))
        self.bar.setValue(task.done)
        name(self.bar, say("start.progress_name"))
        self.cancel.setText(say("ui.cancel"))
        if task.cancelling and self.cancel.hasFocus():
            self.left.emit()  # before Qt gives the keyboard of a dead button to whatever comes next
        self.cancel.setEnabled(not task.cancelling)
        name(self.cancel, say("start.cancel_task", what=task.what))

    def rescale(self) -> None:
        """Room for a name and a bar."""
        unit = em(self)
        self.words.setMinimumWidth(12 * unit)
        self.bar.setFixedSize(8 * unit, max(unit, 8))
