"""The archive from the window: whose, where to, in which language, in clear or in a carrier for a known PC.

Read and written in a thread; entry goes on, and whoever cancels leaves nothing.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.file_strip import FileStrip, documents
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.jobs.archives import Archived
    from mda5_crf.pdf import Tongue
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea


class ArchiveStrip(FileStrip):
    """Whose (of the participant on screen, or of all), file, for whom, language."""

    replaces = False
    wanted = Signal(str, str, str, object)
    """Participant (identity, "" = all), PC (device id, "" = in clear), language and Path."""

    def __init__(self, parent: QWidget, session: Session, subject: str, folder: Path) -> None:
        from mda5_crf.jobs.archives import offered_name
        from mda5_crf.sync.carrier import SUFFIX
        from mda5_crf.sync.devices import peers

        self._suffix = SUFFIX
        self._whose: list[tuple[str, Text, str]] = []
        if subject:
            number = session.subjid(subject)
            title = message("archive.window_one", participant=number)
            self._whose.append((subject, title, offered_name(session, number)))
        self._whose.append(("", message("archive.window_all"), offered_name(session)))
        self._how: list[tuple[str, Text]] = [("", message("archive.window_clear"))]
        self._how += [
            (one.device, message("archive.window_carrier", name=f"{one.name} ({one.site})"))
            for one in peers(session)
        ]
        self.whose, self.how = QComboBox(), QComboBox()
        for box, offered in (
            (self.whose, [w[0] for w in self._whose]),
            (self.how, [h[0] for h in self._how]),
        ):
            box.setMinimumHeight(24)
            for one in offered:
                box.addItem("", one)
        super().__init__(
            parent,
            folder / self._whose[0][2],
            message("archive.window_title"),
            TONGUES,
            message("archive.window_language"),
            message("archive.window_act"),
            message("archive.window_kinds"),
            message("archive.warning"),
        )
        choices = QHBoxLayout()  # a row of their own: the file keeps its room at any type size
        for box in (self.whose, self.how, self.tongue):
            choices.addWidget(box)
        choices.addStretch(1)
        self.box.insertLayout(1, choices)
        order = (self.file, self.browse, self.whose, self.how, self.tongue, self.ok, self.cancel)
        for first, second in pairwise(order):
            self.setTabOrder(first, second)
        self.how.setVisible(len(self._how) > 1)
        self.whose.currentIndexChanged.connect(self._renamed)
        self.how.currentIndexChanged.connect(self._renamed)
        self.retranslate()

    def _names(self) -> set[str]:
        plain = {offered for _, _, offered in self._whose}
        return plain | {str(Path(one).with_suffix(self._suffix)) for one in plain}

    def _renamed(self) -> None:
        """The offered name follows the choice; a name of somebody's own keeps all but its ending."""
        file = Path(self.file.text().strip())
        if file.name in self._names():
            file = file.with_name(self._whose[self.whose.currentIndex()][2])
        if self.how.currentData():
            file = file.with_suffix(self._suffix)
        elif file.suffix == self._suffix:
            file = file.with_suffix(".zip")
        self.file.setText(str(file))
        self.retranslate()

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on, unless something stands there."""
        if file.exists():
            self.complain(InputRefused("archive.exists", name=file.name))
            self.file.setFocus()
            return
        self.wanted.emit(str(self.whose.currentData()), str(self.how.currentData()), tongue, file)

    def retranslate(self) -> None:
        """Speak the window's language; data in clear are warned of in red."""
        super().retranslate()
        for place, (_, title, _) in enumerate(self._whose):
            self.whose.setItemText(place, speak(title))
        for place, (_, title) in enumerate(self._how):
            self.how.setItemText(place, speak(title))
        name(self.whose, say("archive.window_whose"))
        name(self.how, say("archive.window_how"))
        if self.how.currentData():
            self.warning.say(say("archive.window_safe"), Tone.SOFT)
        else:
            self.warning.say(say("archive.warning"), Tone.ERROR)


class ArchiveActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        self._job: Job | None = None
        self._folder = documents()

    def ask(self) -> None:
        """Whose and where to; what stands uncommitted is committed first, so that it is in the archive."""
        if not self._work.leave():
            return
        page = self._work.page
        subject = page.entry.key.subject if page is not None else ""
        strip = ArchiveStrip(self._work, self._work.session, subject, self._folder)
        strip.wanted.connect(self._begin)
        self._work.show_strip(strip)

    def _begin(self, subject: str, peer: str, tongue: str, target: Path) -> None:
        strip, session = self._work.strip, self._work.session
        if self._job is not None:  # one at a time
            if strip is not None:
                strip.complain(message("archive.window_busy"))
            return

        def work(progress: Progress) -> Archived:
            from mda5_crf.jobs.archives import Order, archive, archive_in_carrier

            order = Order((subject,) if subject else (), cast("Tongue", tongue))
            if peer:
                return archive_in_carrier(session, target, order, peer, progress)
            return archive(session, target, order, progress)

        self._job = Job(self, work, self._done, self._failed)
        Tasks.of(self._work).watch(self._job, message("archive.window_task", name=target.name))
        self._folder = target.parent
        if strip is not None:
            strip.close_strip()
        self._work.bar.show_said(say("ui.writing", file=target.name))

    def _done(self, made: Archived) -> None:
        self._job = None
        self._work.bar.show_said("")
        lines = made.lines()
        told = Text("\n".join(one.en for one in lines), "\n".join(one.zh for one in lines))
        self._window.tell(told, error=False)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self._work.bar.show_said("")
        self._window.tell(problem)
