"""Documents of many participants, one after the other: read between two keystrokes, laid out and drawn in a
thread, recorded, then written into a folder or put on one job of the printer.

One that is refused stops no other. Cancelled, what is finished stays. One participant's pages are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.jobs.written import write
from mda5_crf.pdf.parts import printed
from mda5_crf.text import Text, message
from mda5_crf.ui.press import Press, PrintRun
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.jobs.papers import Paper
    from mda5_crf.pdf.paper import Printed
    from mda5_crf.pdf.parts import Laid

_STEPS = 1000
"""Steps of progress of one participant."""


class Out(Protocol):
    """Where documents go."""

    def put(
        self, batch: Batch, paper: Paper, laid: Laid, made: Printed, then: Callable[[Text, bool], None]
    ) -> None:
        """Let one go; ``then`` is told in words what became of it, and whether it is whole.

        Raises CrfError: nothing more can go there.
        """

    def end(self) -> None:
        """No more will come."""


class FolderOut:
    """A file for each in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()

    def put(
        self, _batch: Batch, paper: Paper, _laid: Laid, made: Printed, then: Callable[[Text, bool], None]
    ) -> None:
        """Whole or not at all."""
        name, number = f"{paper.stem}.pdf", 1
        while name.casefold() in self._names:  # two participants under one number, from two PCs
            number += 1
            name = f"{paper.stem}-{number}.pdf"
        write(self._folder / name, made.data)
        self._names.add(name.casefold())
        one = made.pages == 1
        done = message("printmany.file_done_one", file=name) if one else None
        then(done or message("printmany.file_done", file=name, pages=made.pages), True)

    def end(self) -> None:
        """Every file is closed already."""


class PressOut:
    """All on one job of a printer."""

    def __init__(self, press: Press) -> None:
        self._press = press

    def put(
        self, batch: Batch, _paper: Paper, laid: Laid, _made: Printed, then: Callable[[Text, bool], None]
    ) -> None:
        """Leaf by leaf; cancelled in the middle, it is said how many there are."""
        total = len(laid.leaves)

        def failed(problem: CrfError) -> None:
            if not isinstance(problem, Cancelled):
                batch.fail(problem)
            then(message("printmany.press_part", put=run.put, pages=total), False)

        def done(_count: int) -> None:
            then(message("printmany.press_done", pages=total), True)

        run = PrintRun(batch, self._press, laid.leaves, done, failed)
        batch.runs(run)

    def end(self) -> None:
        """The job goes to the printer, with all pages that were put on it."""
        self._press.end()


class Batch(Job):
    """See the module text. As a job it is watched, cancelled, and waited for at a lock."""

    went = Signal(str, object)
    """Participant (identity) and Text: how it stands with this one."""

    def __init__(
        self,
        parent: QObject,
        subjects: Sequence[str],
        read: Callable[[str], Paper],
        out: Out,
        over: Callable[[CrfError | None], None],
        hold: Callable[[], bool],
    ) -> None:
        """``over`` is called at the end, with what ended it early. ``hold``: whether to stop before the next
        one: the window was locked.
        """
        QObject.__init__(self, parent)  # no thread of its own: each document has one
        self.done_ones: list[str] = []
        self.refused: list[str] = []
        self.left = list(subjects)
        self._total = len(subjects)
        self._read, self._out, self._finished, self._hold = read, out, over, hold
        self._stop = self._cancel = self._ended = False
        self._problem: CrfError | None = None
        self._last: tuple[Paper, Laid, Printed] | None = None
        self._inner: Job | None = None
        self._later()

    def cancel(self) -> None:
        """End it at the next step of the document in work."""
        self._cancel = True
        if self._inner is not None:
            self._inner.cancel()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._stop = True
        if self._inner is not None:
            self._inner.stop()
        self._out.end()

    def wait(self) -> None:
        """Until the thread of the document in work has ended."""
        if self._inner is not None:
            self._inner.wait()

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return not self._ended

    def fail(self, problem: CrfError) -> None:
        """Nothing more can leave: the rest is not begun."""
        self._problem = problem

    def runs(self, inner: Job) -> None:
        """What is being done for one participant."""
        self._inner = inner
        inner.progressed.connect(self._stepped)

    def _later(self) -> None:
        QTimer.singleShot(0, self, self._next)

    def _stepped(self, done: int, total: int) -> None:
        before = self._total - len(self.left) - 1
        self.progressed.emit(max(before, 0) * _STEPS + _STEPS * done // max(total, 1), self._total * _STEPS)

    def _next(self) -> None:
        self._inner = None
        if self._stop or self._ended:
            return
        if self._hold():
            self._cancel = True
        if not self.left or self._cancel or self._problem is not None:
            self._close()
            return
        subject = self.left.pop(0)
        self.went.emit(subject, message("printmany.works"))
        try:
            paper = self._read(subject)
        except CrfError as problem:
            self._refuse(subject, problem)
            return
        last, self._last = self._last, None

        def work(progress: Progress) -> tuple[Laid, Printed]:
            if last is not None and last[0] is paper:  # the same for everybody
                return last[1], last[2]
            laid = paper.lay(lambda done, total: progress(done, 2 * max(total, 1)))
            pages = len(laid.leaves)
            return laid, printed(laid, lambda drawn: progress(pages + drawn, 2 * pages))

        def done(made: Any) -> None:  # noqa: ANN401 - what a job hands on has no type
            self._made(subject, paper, *made)

        self.runs(Job(self, work, done, lambda problem: self._refuse(subject, problem)))

    def _made(self, subject: str, paper: Paper, laid: Laid, made: Printed) -> None:
        if self._cancel:  # after its last page, before anything left
            self._refuse(subject, Cancelled())
            return
        self._last = (paper, laid, made)

        def then(words: Text, whole: bool) -> None:
            (self.done_ones if whole else self.refused).append(subject)
            self.went.emit(subject, words)
            self._later()

        try:
            if paper.record is not None:
                paper.record(made)
            self._out.put(self, paper, laid, made, then)
        except CrfError as problem:
            self.fail(problem)
            self._refuse(subject, problem)

    def _refuse(self, subject: str, problem: CrfError) -> None:
        if isinstance(problem, Cancelled):
            self.left.insert(0, subject)
        else:
            self.refused.append(subject)
            self.went.emit(subject, message("printmany.refused", why=problem.text))
        self._later()

    def _close(self) -> None:
        self._ended = True
        self._last = None
        for subject in self.left:
            self.went.emit(subject, message("printmany.not_begun"))
        problem = self._problem
        try:
            self._out.end()
        finally:
            self.ended.emit()
            self.deleteLater()
        self._finished(problem)
