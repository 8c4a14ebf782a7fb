"""Data out of the window: ODM, or datasets in six formats and two shapes, in clear or in a carrier.

Read and written in a thread; entry goes on, and whoever cancels leaves nothing.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.services.session import Session
from mda5_crf.text import Language, Text, message
from mda5_crf.ui.file_strip import FileStrip, documents
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.exchange.fitting import Tongue
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea

ODM: Final = ("odm", "odm2", "odm-transactional", "odm-archive")
FORMATS: Final = ("csv", "xlsx", "xpt", "sav", "dta", "dataset-json", *ODM)
SHAPES: Final = ("forms", "sdtm")
_OPEN: Final = ("sav", "dta", *ODM)
"""What can be written in clear only."""


class Chosen(NamedTuple):
    """What is to be written. ``subject`` and ``peer``: "" for everybody, and for in clear."""

    format: str
    shape: str
    subject: str
    peer: str
    tongue: str
    file: Path


class ExportStrip(FileStrip):
    """Format, shape, whose, for whom, language, file."""

    replaces = False
    wanted = Signal(object)
    """A :class:`Chosen`."""

    def __init__(self, parent: QWidget, session: Session, subject: str, folder: Path) -> None:
        from mda5_crf.sync.carrier import SUFFIX
        from mda5_crf.sync.devices import peers

        self._suffix, self._session = SUFFIX, session
        self._whose: list[tuple[str, Text]] = [("", message("archive.window_all"))]
        if subject:
            title = message("archive.window_one", participant=session.subjid(subject))
            self._whose.append((subject, title))
        self._how: list[tuple[str, Text]] = [("", message("archive.window_clear"))]
        self._how += [
            (one.device, message("archive.window_carrier", name=f"{one.name} ({one.site})"))
            for one in peers(session)
        ]
        self.format, self.shape, self.whose, self.how = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        for box, offered in (
            (self.format, FORMATS),
            (self.shape, SHAPES),
            (self.whose, [w[0] for w in self._whose]),
            (self.how, [h[0] for h in self._how]),
        ):
            box.setMinimumHeight(24)
            for one in offered:
                box.addItem("", one)
        super().__init__(
            parent,
            folder / self._offered(),
            message("datasets.window_title"),
            TONGUES,
            message("datasets.window_language"),
            message("datasets.window_act"),
            message("datasets.window_kinds"),
            message("exchange.warning"),
        )
        choices = QHBoxLayout()  # a row of their own: the file keeps its room at any type size
        boxes = (self.format, self.shape, self.whose, self.how, self.tongue)
        for box in boxes:
            choices.addWidget(box)
        choices.addStretch(1)
        self.box.insertLayout(1, choices)
        for first, second in pairwise((self.file, self.browse, *boxes, self.ok, self.cancel)):
            self.setTabOrder(first, second)
        for box in (self.format, self.shape, self.how):
            box.currentIndexChanged.connect(self._renamed)
        self._shown()
        self.retranslate()

    def _offered(self) -> str:
        """The file name that goes with the choice."""
        kind, shape = self.format.currentData() or FORMATS[0], self.shape.currentData() or SHAPES[0]
        middle = kind if kind in ODM else f"{shape}-{kind}"
        ending = ".xml" if kind in ODM else ".xlsx" if kind == "xlsx" else ".zip"
        if self.how.currentData():
            ending = self._suffix
        return f"{self._session.study.oid}-{self._session.site}-{middle}{ending}".lower()

    def _shown(self) -> None:
        """What can be chosen with this format."""
        kind = self.format.currentData()
        self.shape.setVisible(kind not in ODM)
        self.tongue.setVisible(True)
        closed = kind not in _OPEN and len(self._how) > 1
        if not closed:
            self.how.setCurrentIndex(0)
        self.how.setVisible(closed)

    def _renamed(self) -> None:
        """The offered name follows the choice; a name of somebody's own keeps all but its ending."""
        self._shown()
        offered = self._offered()
        file = Path(self.file.text().strip())
        stem = f"{self._session.study.oid}-{self._session.site}-".lower()
        own = not file.name.startswith(stem)
        self.file.setText(str(file.with_suffix(Path(offered).suffix) if own else file.with_name(offered)))
        self.retranslate()

    def write(self, file: Path, tongue: str) -> None:
        """Hand the wish on, unless something stands there."""
        if file.exists():
            self.complain(InputRefused("datasets.exists", name=file.name))
            self.file.setFocus()
            return
        kind, shape, whose, how = (
            str(box.currentData()) for box in (self.format, self.shape, self.whose, self.how)
        )
        self.wanted.emit(Chosen(kind, shape, whose, how, tongue, file))

    def retranslate(self) -> None:
        """Speak the window's language; data in clear are warned of in red."""
        super().retranslate()
        for place, one in enumerate(FORMATS):
            self.format.setItemText(place, say(f"datasets.format_{one.replace('-', '_')}"))
        for place, one in enumerate(SHAPES):
            self.shape.setItemText(place, say(f"datasets.shape_{one}"))
        for box, titles in ((self.whose, self._whose), (self.how, self._how)):
            for place, (_, title) in enumerate(titles):
                box.setItemText(place, speak(title))
        name(self.format, say("datasets.window_format"))
        name(self.shape, say("datasets.window_shape"))
        name(self.whose, say("datasets.window_whose"))
        name(self.how, say("archive.window_how"))
        if self.how.currentData():
            self.warning.say(say("datasets.window_safe"), Tone.SOFT)
        else:
            self.warning.say(say("exchange.warning"), Tone.ERROR)


class ExportActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea, window: MainWindow) -> None:
        super().__init__(work)
        self._work = work
        self._window = window
        self._job: Job | None = None
        self._folder = documents()

    def ask(self) -> None:
        """What and where to; what stands uncommitted is committed first, so that it goes out too."""
        if not self._work.leave():
            return
        page = self._work.page
        subject = page.entry.key.subject if page is not None else ""
        strip = ExportStrip(self._work, self._work.session, subject, self._folder)
        strip.wanted.connect(self._begin)
        self._work.show_strip(strip)

    def _begin(self, chosen: Chosen) -> None:
        strip, session = self._work.strip, self._work.session
        if self._job is not None:  # one at a time
            if strip is not None:
                strip.complain(message("datasets.window_busy"))
            return

        def work(progress: Progress) -> tuple[Text, ...]:
            return _written(session, chosen, progress)

        self._job = Job(self, work, self._done, self._failed)
        Tasks.of(self._work).watch(self._job, message("datasets.window_task", name=chosen.file.name))
        self._folder = chosen.file.parent
        if strip is not None:
            strip.close_strip()
        self._work.bar.show_said(say("ui.writing", file=chosen.file.name))

    def _done(self, lines: tuple[Text, ...]) -> None:
        self._job = None
        self._work.bar.show_said("")
        told = Text("\n".join(one.en for one in lines), "\n".join(one.zh for one in lines))
        self._window.tell(told, error=False)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self._work.bar.show_said("")
        self._window.tell(problem)


def _written(session: Session, chosen: Chosen, progress: Progress) -> tuple[Text, ...]:
    """Write it; returns what is to be said. Raises CrfError."""
    from mda5_crf.jobs import datasets, exports

    subjects = (chosen.subject,) if chosen.subject else ()
    if chosen.format in ODM:
        language = "zh" if chosen.tongue == "zh" else "en"
        made = exports.write_odm(
            session,
            chosen.file,
            chosen.format,
            subjects,
            cast("Language", language),
            progress=progress,
        )
        exports.finish(session, made)
        return made.lines()
    wish = datasets.Wish(chosen.format, chosen.shape, cast("Tongue", chosen.tongue), subjects)
    if chosen.peer:
        return datasets.export_in_carrier(session, chosen.file, wish, chosen.peer, progress).lines()
    return datasets.export(session, chosen.file, wish, progress).lines()
