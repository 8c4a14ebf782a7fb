"""Bundles from the window: make one for another PC; look at one that came, then take it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from mda5_crf.errors import BundleError, CrfError
from mda5_crf.services import freetext
from mda5_crf.services.access import Action
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job, Progress

_BETWEEN: Final = "; "
_MOST_LINES: Final = 10
"""Lines of a report that are in sight at once."""


class Maker(QObject):
    """Writes a bundle in the background; entry goes on, and the strip that asked may be put away."""

    made = Signal(str)
    """Path of the bundle."""
    covered = Signal(str)
    """Path of the cover sheet that was written beside it."""
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

    def start(
        self,
        peer: str,
        folder: Path,
        *,
        everything: bool = False,
        cover: bool = False,
        password: str = "",
        anyway: bool = False,
    ) -> None:
        """Make the next bundle for ``peer`` (device id) in ``folder``; with all again, and with its sheet.

        With the own ``password`` the names of the identification list are looked for in what would travel;
        ``anyway``: somebody has seen what was found and sends it.
        """
        session = self._session

        def work(progress: Progress) -> tuple[str, str, CrfError | None]:
            from mda5_crf.sync.bundles import make

            rows, compared = freetext.known_to(session, password)
            names = rows if compared else None
            file = Path(make(session, peer, folder, everything, progress, names=names, anyway=anyway))
            if not cover:
                return str(file), "", None
            from mda5_crf.jobs.mailbag import write_cover

            try:
                return str(file), str(write_cover(session, peer, file)), None
            except CrfError as problem:  # the bundle is there all the same
                return str(file), "", problem

        self._job = Job(self, work, self._done, self._failed)
        self._tasks.watch(self._job, message("start.task_make"))

    def _done(self, result: tuple[str, str, CrfError | None]) -> None:
        file, sheet, problem = result
        self._job = None
        self.made.emit(file)
        if sheet:
            self.covered.emit(sheet)
        if problem is not None:
            self.failed.emit(problem)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.failed.emit(problem)


class MakeStrip(Strip):
    """For which PC, into which folder; written in the background.

    ``again``: everything is sent once more, which does no harm; ``peer``: the PC that is offered first.
    """

    def __init__(
        self, parent: QWidget, session: Session, maker: Maker, peer: str = "", *, again: bool = False
    ) -> None:
        super().__init__(parent)
        from mda5_crf.sync.devices import peers

        self._maker = maker
        maker.made.connect(self.close_strip)
        maker.failed.connect(self._failed)
        self.peer = QComboBox(self)
        self.peer.setMinimumHeight(24)
        for one in peers(session):
            self.peer.addItem(f"{one.name} ({one.site})", one.device)
        if peer:
            self.peer.setCurrentIndex(max(self.peer.findData(peer), 0))
        self.label(message("ui.bundle_to"), self.peer)
        self.row.addWidget(self.peer)
        self.folder = QLineEdit(str(session.vault.folder / "outbox"), self)
        self.folder.setMinimumHeight(24)
        self.folder.returnPressed.connect(self._entered)
        self.label(message("ui.bundle_folder"), self.folder)
        self.row.addWidget(self.folder, 1)
        self.browse = self.press(message("ui.browse"))
        self.browse.clicked.connect(self._choose)
        self.ok = self.press(message("ui.make"))
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.cover, self.everything = QCheckBox(self), QCheckBox(self)
        self.cover.setChecked(session.may(Action.PRINT))
        self.cover.setEnabled(session.may(Action.PRINT))
        self.everything.setChecked(again)
        self._choices = QHBoxLayout()  # a row of their own: the folder keeps its room at any type size
        self._choices.addWidget(self.cover)
        self._choices.addWidget(self.everything)
        self._choices.addStretch(1)
        self.box.insertLayout(1, self._choices)
        self._harmless = MessageLabel(self)
        self._lay_names(session)
        order = (
            self.peer, self.folder, self.browse, self.cover, self.everything, self.password, self._scroll,
            self.ok, self.cancel,
        )  # fmt: skip
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)
        self.retranslate()
        self.rescale()
        if not self.peer.count():
            self.complain(message("ui.no_peer"))
            self.ok.setEnabled(False)

    def _lay_names(self, session: Session) -> None:
        """The password with which names are looked for, and what was found; below the choices."""
        self.password = QLineEdit(self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.password.returnPressed.connect(self._entered)
        self._secret = QLabel(self)
        self._secret.setTextFormat(Qt.TextFormat.PlainText)
        self._secret.setBuddy(self.password)
        self._holds = freetext.holds_list(session)
        for part in (self._secret, self.password):
            part.setVisible(self._holds)
        self._names = QHBoxLayout()
        self._names.addWidget(self._secret)
        self._names.addWidget(self.password, 1)
        self.box.insertLayout(2, self._names)
        self.box.insertWidget(3, self._harmless)
        self._warning = MessageLabel(self)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._warning)
        self._scroll.hide()
        self.box.insertWidget(4, self._scroll)
        self._asked: tuple[str, tuple[Text, ...]] | None = None
        self.peer.currentIndexChanged.connect(lambda _: self._ask_anew())
        self.password.textChanged.connect(lambda _: self._ask_anew())
        self.everything.toggled.connect(lambda _: self._ask_anew())

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
        again, cover = self.everything.isChecked(), self.cover.isChecked()
        folder, peer = Path(self.folder.text().strip()), str(self.peer.currentData())
        anyway = self._asked is not None and self._asked[0] == peer
        self._maker.start(
            peer, folder, everything=again, cover=cover, password=self.password.text(), anyway=anyway
        )

    def _failed(self, problem: CrfError) -> None:
        self.ok.setEnabled(True)
        if isinstance(problem, freetext.PersonNamed):
            self._asked = str(self.peer.currentData()), (*problem.lines(), message("freetext.anyway_window"))
            self.retranslate()
            self.rescale()
            self._scroll.setFocus()  # Enter in a line must not confirm what nobody has read
        else:
            self.complain(problem)

    def _entered(self) -> None:
        """Enter in a line makes it; what was found is confirmed by its button alone."""
        if self._asked is None:
            self.accept()
        else:
            self._scroll.setFocus()  # the same Enter reaches the strip, and would press a button with focus

    def _ask_anew(self) -> None:
        """Another receiver, more records, other names: what was shown was about something else."""
        self._asked = None
        self.retranslate()
        self.rescale()

    def close_strip(self) -> None:
        """Put it away; a password is forgotten."""
        self.password.clear()
        super().close_strip()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for box, code in ((self.cover, "with_cover"), (self.everything, "everything")):
            box.setText(say(f"mailbag.{code}"))
            name(box, say(f"mailbag.{code}"))
        self._harmless.setVisible(self.everything.isChecked())
        self._harmless.say(say("mailbag.everything_harmless"), Tone.QUIET)
        self._secret.setText(say("freetext.password"))
        self.password.setToolTip(say("freetext.password_why"))
        name(self.password, say("freetext.password"))
        self.ok.setText(say("ui.make" if self._asked is None else "freetext.anyway"))
        name(self.ok, self.ok.text())
        self._scroll.setVisible(self._asked is not None)
        name(self._scroll, say("freetext.warning_name"))
        if self._asked is not None:
            self._warning.say("\n".join(map(speak, self._asked[1])), Tone.SOFT)

    def rescale(self) -> None:
        """Distances from the type size; a long warning scrolls."""
        super().rescale()
        self._choices.setSpacing(em(self))
        self._names.setSpacing(em(self) // 2)
        line, shown = self.fontMetrics().lineSpacing(), len(self._asked[1]) if self._asked is not None else 0
        self._scroll.setMinimumHeight(line * min(shown + 1, 5) + em(self))
        self._scroll.setMaximumHeight(line * min(max(shown + 2, 4), _MOST_LINES) + em(self))


class TakeStrip(Strip):
    """First what the files would bring, line by line; then, on a second key, they are taken.

    One file, several (with ";" between them), or the folder in which they lie.
    """

    working = Signal(bool)
    """True while records come in: nothing may be entered then."""
    taken = Signal(object)
    """Sequence of Text: what came."""
    noted = Signal()
    """A file that was refused stands in the ledger now."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._planned = ""
        self._refused: tuple[Path, BundleError] | None = None
        self._lines: Sequence[Text] = ()
        self._worth = False
        self._offered: tuple[str, tuple[Path, ...]] = ("", ())
        self.file = QLineEdit(self)
        self.file.setMinimumHeight(24)
        self.file.returnPressed.connect(self.accept)
        self.file.textChanged.connect(self._changed)
        self.label(message("ui.bundle_file"), self.file)
        self.row.addWidget(self.file, 1)
        self.browse = self.press(message("ui.browse"))
        self.browse.clicked.connect(self._choose)
        self.folder = self.press(message("mailbag.folder"))
        self.folder.clicked.connect(self._choose_folder)
        self.look = self.press(message("ui.look"))
        self.look.clicked.connect(self.plan)
        self.ok = self.press(message("ui.take"))
        self.ok.clicked.connect(self.accept)
        self.ok.setEnabled(False)
        self.note = self.press(message("mailbag.note_refusal"))
        self.note.clicked.connect(self.note_refusal)
        self.note.hide()
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self._plan = MessageLabel(self)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._plan)
        self._scroll.hide()
        self.box.addWidget(self._scroll)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the file."""
        self.file.setFocus()

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(
            self, say("ui.act_take_bundle"), self.file.text(), say("ui.bundle_files")
        )
        if chosen:
            self.offer(*map(Path, chosen))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, say("ui.choose_folder"), self.file.text())
        if chosen:
            self.offer(Path(chosen))

    def offer(self, *files: Path) -> None:
        """Look at ``files`` at once and wait for the word: nothing is taken yet."""
        words = _BETWEEN.join(map(str, files))
        self._offered = (words, files)
        self.file.setText(words)
        self.plan()

    @property
    def paths(self) -> list[Path]:
        """The files or folders that are named."""
        if self.file.text() == self._offered[0]:
            return list(self._offered[1])  # a name may hold what stands between names
        words = self.file.text().strip()
        if _BETWEEN.strip() in words and not Path(words).exists():
            return [Path(part.strip()) for part in words.split(_BETWEEN.strip()) if part.strip()]
        return [Path(words)]

    def _changed(self, words: str) -> None:
        self.ok.setEnabled(bool(words) and words == self._planned and self._worth)
        self.note.hide()

    def accept(self) -> None:
        """Take what was looked at; look first when it was not."""
        if not self._planned or self.file.text() != self._planned or not self._worth:
            self.plan()
            return
        session, paths = self._session, self.paths

        def work(progress: Progress) -> _Told:
            return _told(session, paths, progress, write=True)

        if self._start(work, self._took, message("start.task_take")):
            self.working.emit(True)

    def plan(self) -> None:
        """Show what it would bring; nothing is written."""
        if not self.file.text().strip():
            self.complain(message("ui.fill_in", field=message("ui.bundle_file")))
            self.file.setFocus()
            return
        session, paths = self._session, self.paths

        def work(progress: Progress) -> _Told:
            return _told(session, paths, progress, write=False)

        self._start(work, self._looked, message("start.task_look"))

    def note_refusal(self) -> None:
        """Have the ledger say that the file which was looked at is refused."""
        if self._refused is None or self._job is not None:
            return
        session, (file, problem) = self._session, self._refused

        def work(_progress: Progress) -> bool:
            from mda5_crf.sync.receiving import note_refusal

            return note_refusal(session, file, problem)

        self._start(work, self._was_noted, message("mailbag.note_refusal"))

    def _was_noted(self, new: object) -> None:
        self._ended()
        self.note.hide()
        self.complain(message("mailbag.refusal_noted" if new else "mailbag.refusal_known"))
        self.noted.emit()

    def _start(self, work: Callable[[Progress], object], done: Callable[[object], None], what: Text) -> bool:
        """Do it in the background unless something is being done; whether it was begun."""
        if self._job is not None:
            return False
        self.look.setEnabled(False)
        self.file.setReadOnly(True)  # what was read is what stands here
        self._job = Job(self, work, done, self._failed)
        Tasks.of(self).watch(self._job, what)
        return True

    def _looked(self, told: object) -> None:
        assert isinstance(told, _Told)
        self._ended()
        self._planned, self._worth = self.file.text(), told.worth
        question = message("ui.take_question" if told.single else "mailbag.take_all_question")
        self._lines = (*told.lines, question if told.worth else message("mailbag.nothing_to_take"))
        self._scroll.setVisible(True)
        self._changed(self.file.text())
        self.retranslate()
        self.rescale()
        (self.ok if told.worth else self.file).setFocus()

    def _took(self, told: object) -> None:
        assert isinstance(told, _Told)
        self._ended()
        self.working.emit(False)
        self.taken.emit(told.lines)
        self.close_strip()

    def _ended(self) -> None:
        self._job = None
        self.look.setEnabled(True)
        self.file.setReadOnly(False)

    def _failed(self, problem: CrfError) -> None:
        self._ended()
        self.working.emit(False)
        self._refused = None
        if isinstance(problem, BundleError):
            self._refused = self.paths[0], problem
        self.note.setVisible(self._refused is not None)
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
            self._plan.say("\n".join(map(speak, self._lines)), Tone.QUIET)
        name(self.look, say("ui.look"))
        name(self._scroll, say("mailbag.would_bring"))

    def rescale(self) -> None:
        """Distances from the type size; a long report scrolls."""
        super().rescale()
        line = self.fontMetrics().lineSpacing()
        self._scroll.setMinimumHeight(line * 3 + em(self))
        self._scroll.setMaximumHeight(line * min(max(len(self._lines) + 1, 3), _MOST_LINES) + em(self))


@dataclass(frozen=True, slots=True)
class _Told:
    """What files bring, in sentences; ``worth``: whether taking them does anything; ``single``: one file."""

    lines: tuple[Text, ...]
    worth: bool
    single: bool


def _told(session: Session, paths: Sequence[Path], progress: Progress, *, write: bool) -> _Told:
    """What files bring, or would bring. Raises BundleError for a single one that is refused."""
    from mda5_crf.sync.receiving import receive, summary

    came = receive(session, paths, progress, write=write)
    if len(paths) == 1 and not paths[0].is_dir():
        if came[0].problem is not None:
            raise came[0].problem
        return _Told(() if came[0].report is None else tuple(came[0].report.lines()), True, True)
    told = list(summary(came, write=write))
    for one in came:
        if one.taken and one.report is not None:
            told += one.report.lines()
    return _Told(tuple(told), any(one.taken or one.problem is not None for one in came), False)
