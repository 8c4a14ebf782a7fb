"""Bundles from the window: make one for another PC; look at one that came, then take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.worker import Job, Progress


class Maker(QObject):
    """Writes a bundle in the background; entry goes on, and the strip that asked may be put away."""

    made = Signal(str)
    """Path of the bundle."""
    failed = Signal(object)
    """CrfError: nothing was written."""

    def __init__(self, parent: QObject, session: Session, tasks: Tasks) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self._job: Job | None = None

    @property
    def running(self) -> bool:
        """Whether one is being made: numbers follow each other, so it is one at a time."""
        return self._job is not None

    def start(self, peer: str, folder: Path) -> None:
        """Make the next bundle for ``peer`` (device id) in ``folder``."""
        session = self._session

        def work(progress: Progress) -> str:
            from mda5_crf.sync.bundles import make

            return str(make(session, peer, folder, progress=progress))

        self._job = Job(self, work, self._done, self._failed)
        self._tasks.watch(self._job, message("start.task_make"))

    def _done(self, file: str) -> None:
        self._job = None
        self.made.emit(file)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.failed.emit(problem)


class MakeStrip(Strip):
    """For which PC, into which folder; written in the background."""

    def __init__(self, parent: QWidget, session: Session, maker: Maker) -> None:
        super().__init__(parent)
        from mda5_crf.sync.devices import peers

        self._maker = maker
        maker.made.connect(self.close_strip)
        maker.failed.connect(self._failed)
        self.peer = QComboBox(self)
        self.peer.setMinimumHeight(24)
        for peer in peers(session):
            self.peer.addItem(f"{peer.name} ({peer.site})", peer.device)
        self.label(message("ui.bundle_to"), self.peer)
        self.row.addWidget(self.peer)
        self.folder = QLineEdit(str(session.vault.folder / "outbox"), self)
        self.folder.setMinimumHeight(24)
        self.folder.returnPressed.connect(self.accept)
        self.label(message("ui.bundle_folder"), self.folder)
        self.row.addWidget(self.folder, 1)
        self.browse = self.press(message("ui.browse"))
        self.browse.clicked.connect(self._choose)
        self.ok = self.press(message("ui.make"))
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.retranslate()
        self.rescale()
        if not self.peer.count():
            self.complain(message("ui.no_peer"))
            self.ok.setEnabled(False)

    def take_focus(self) -> None:
        """To the list of PCs."""
        self.peer.setFocus()

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, say("ui.choose_folder"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def accept(self) -> None:
        """Make it; the strip stays until it is made, unless it is put away."""
        if self._maker.running or not self.peer.count():
            return
        self.ok.setEnabled(False)
        self._maker.start(str(self.peer.currentData()), Path(self.folder.text().strip()))

    def _failed(self, problem: CrfError) -> None:
        self.ok.setEnabled(True)
        self.complain(problem)


class TakeStrip(Strip):
    """First what the bundle would bring, line by line; then, on a second key, it is taken."""

    working = Signal(bool)
    """True while records come in: nothing may be entered then."""
    taken = Signal(object)
    """Sequence of Text: what came."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._planned = ""
        self._lines: Sequence[Text] = ()
        self.file = QLineEdit(self)
        self.file.setMinimumHeight(24)
        self.file.returnPressed.connect(self.accept)
        self.file.textChanged.connect(self._changed)
        self.label(message("ui.bundle_file"), self.file)
        self.row.addWidget(self.file, 1)
        self.browse = self.press(message("ui.browse"))
        self.browse.clicked.connect(self._choose)
        self.look = self.press(message("ui.look"))
        self.look.clicked.connect(self.plan)
        self.ok = self.press(message("ui.take"))
        self.ok.clicked.connect(self.accept)
        self.ok.setEnabled(False)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self._plan = MessageLabel(self)
        self._plan.hide()
        self.box.addWidget(self._plan)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the file."""
        self.file.setFocus()

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, say("ui.act_take_bundle"), self.file.text(), say("ui.bundle_files")
        )
        if chosen:
            self.offer(Path(chosen))

    def offer(self, file: Path) -> None:
        """Look at ``file`` at once and wait for the word: nothing is taken yet."""
        self.file.setText(str(file))
        self.plan()

    def _changed(self, words: str) -> None:
        self.ok.setEnabled(bool(words) and words == self._planned)

    def accept(self) -> None:
        """Take the bundle that was looked at; look first when it was not."""
        if not self._planned or self.file.text() != self._planned:
            self.plan()
            return
        session, file = self._session, Path(self.file.text())

        def work(progress: Progress) -> object:
            from mda5_crf.sync.bundles import take

            return take(session, file, progress)

        if self._start(work, self._took, message("start.task_take")):
            self.working.emit(True)

    def plan(self) -> None:
        """Show what it would bring; nothing is written."""
        if not self.file.text().strip():
            self.complain(message("ui.fill_in", field=message("ui.bundle_file")))
            self.file.setFocus()
            return
        session, file = self._session, Path(self.file.text())

        def work(progress: Progress) -> object:
            from mda5_crf.sync.bundles import plan

            return plan(session, file, progress)

        self._start(work, self._looked, message("start.task_look"))

    def _start(self, work: Callable[[Progress], object], done: Callable[[object], None], what: Text) -> bool:
        """Do it in the background unless something is being done; whether it was begun."""
        if self._job is not None:
            return False
        self.look.setEnabled(False)
        self.file.setReadOnly(True)  # what was read is what stands here
        self._job = Job(self, work, done, self._failed)
        Tasks.of(self).watch(self._job, what)
        return True

    def _looked(self, report: object) -> None:
        self._ended()
        self._planned = self.file.text()
        self._lines = (*report.lines(), message("ui.take_question"))  # type: ignore[attr-defined]
        self._plan.setVisible(True)
        self._changed(self.file.text())
        self.retranslate()
        self.ok.setFocus()

    def _took(self, report: object) -> None:
        self._ended()
        self.working.emit(False)
        self.taken.emit(tuple(report.lines()))  # type: ignore[attr-defined]
        self.close_strip()

    def _ended(self) -> None:
        self._job = None
        self.look.setEnabled(True)
        self.file.setReadOnly(False)

    def _failed(self, problem: CrfError) -> None:
        self._ended()
        self.working.emit(False)
        self.complain(problem)

    def close_strip(self) -> None:
        """Put it away; a bundle that is coming in is cancelled first, and the strip says how that went."""
        if self._job is not None:
            self._job.cancel()
            return
        super().close_strip()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if self._lines:
            self._plan.say("\n".join(say_text for say_text in map(_words, self._lines)), Tone.QUIET)
        name(self.look, say("ui.look"))


def _words(text: Text) -> str:
    from mda5_crf.ui.language import speak

    return speak(text)
