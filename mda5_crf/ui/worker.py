"""Work that takes long: a thread that ends with its job, and an answer in the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.ui.mistakes import noted

Progress = Callable[[int, int], None]
"""How much is done, and of how much (0 = nobody knows). Raises Cancelled when somebody cancelled."""


class _Stopped(BaseException):
    """The window is being closed; nobody waits for the job. Passes through whatever the work catches."""


class Job(QObject):
    """Runs ``work(progress)`` in a thread, then ``done(result)`` or ``failed(problem)`` in the window's.

    A mistake of ours inside the work is noted and told like any failure: who started the job must hear
    that it ended, or a page would stay busy for ever. Cancelled work fails with Cancelled.
    """

    progressed = Signal(int, int)
    """What the work said through ``progress``."""
    ended = Signal()
    """The work is over, whatever came of it; sent before ``done`` or ``failed`` is called."""
    _over = Signal()

    def __init__(
        self,
        parent: QObject,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[CrfError], None],
    ) -> None:
        super().__init__(parent)
        self._done = done
        self._failed = failed
        self._stop = False
        self._cancel = False
        self._told = Event()
        self._over.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        pool = ThreadPoolExecutor(1, thread_name_prefix="mda5-job")
        self._future: Future[Any] = pool.submit(work, self._progress)
        self._future.add_done_callback(self._tell)
        pool.shutdown(wait=False)

    def stop(self) -> None:
        """End the work at its next step; neither ``done`` nor ``failed`` is called."""
        self._stop = True

    def cancel(self) -> None:
        """End the work at its next step; ``failed`` is called with Cancelled, unless it was too late."""
        self._cancel = True

    def wait(self) -> None:
        """Until the thread has ended; after :meth:`stop`, when what it works on is about to be closed."""
        wait([self._future])

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to cancel."""
        return self._cancel

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return not self._future.done()

    def _progress(self, done: int, total: int) -> None:
        if self._stop or not isValid(self):
            raise _Stopped
        if self._cancel:
            raise Cancelled
        self.progressed.emit(done, total)

    def _tell(self, _future: Future[Any]) -> None:
        try:
            if isValid(self):
                self._over.emit()
        finally:
            self._told.set()

    def _finish(self) -> None:
        # The thread may still be inside the emit that brought us here; without us it would fall into nothing.
        self._told.wait()
        self.deleteLater()
        self.ended.emit()
        if self._stop:
            return
        try:
            result = self._future.result()
        except CrfError as problem:
            self._failed(problem)
            return
        except Exception as mistake:  # noqa: BLE001 - whatever it was, the page must come back to life
            self._failed(noted(type(mistake), mistake.__traceback__))
            return
        self._done(result)
