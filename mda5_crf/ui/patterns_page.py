"""Patterns in the data: participants by score, why in plain words, and a proposal for source verification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.patternpaper import sample_of, write
from mda5_crf.services.access import Action
from mda5_crf.services.patternmodel import Looked, Seen
from mda5_crf.services.patterns import patterns
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.trace_base import TracePage
from mda5_crf.ui.worker import Job

_HEADS = ("rank", "participant", "score", "reasons")
_REASONS = ("pattern", "numbers")


class PatternsPage(TracePage):
    """See the module text."""

    title = message("patterns.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.seen: Seen | None = None
        self._job: Job | None = None
        self._known: dict[str, Looked] = {}
        self.cases = self.table(
            message("patterns.title"), [message(f"patterns.head_{one}") for one in _HEADS]
        )
        self.obeys: Mapping[str, Callable[[], object]] = {"read_again": self._look}
        self.cases.currentItemChanged.connect(lambda *_: self._chosen())
        heads = [message(f"patterns.head_{one}") for one in _REASONS]
        self.reasons = self.table(message("patterns.head_reasons"), heads)
        self.open = self.press(message("patterns.open"), self._open)
        self.again = self.press(message("patterns.again"), self._look)
        self.save = self.press(message("patterns.save"), self._save)
        self.finish()

    def refresh(self) -> None:
        """Look when the page is shown; what was seen stays until then."""
        self._look()

    def _look(self) -> None:
        if self._job is not None or self.stopped:
            return
        self.tell(message("patterns.reading"))
        work = self.session
        self._job = Job(self, lambda progress: patterns(work, progress=progress), self._done, self._failed)
        Tasks.of(self).watch(self._job, message("patterns.reading"))
        self._mirror()

    def _done(self, seen: Seen) -> None:
        self._job, self.seen = None, seen
        self._show()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.tell(message("patterns.about") if self.seen is None else self._about(self.seen))
        self.told.emit(problem)
        self._mirror()

    def _show(self) -> None:
        seen = self.seen
        if seen is None:
            return
        self._known = {one.identity: one for one in seen.cases}
        self.fill(self.cases, [(one.identity, _cells(one), False) for one in seen.cases])
        self.tell(self._about(seen))
        self._chosen()

    @staticmethod
    def _about(seen: Seen) -> Text:
        if not seen.cases:
            return message("patterns.nobody")
        chance = message("patterns.by_chance", tried=seen.tried, cases=len(seen.cases), count=seen.by_chance)
        # How the proposal was made stands in the PDF: the page would have no room for its list.
        about, sample, chosen = message("patterns.about"), message("patterns.sample"), sample_of(seen)[0]
        english = f"{about.en} {chance.en} {sample.en}: {chosen.en}."
        return Text(english, f"{about.zh}{chance.zh}{sample.zh}：{chosen.zh}。")

    def _chosen(self) -> None:
        one = self._known.get(self.chosen(self.cases))
        rows = [] if one is None else one.reasons
        self.fill(self.reasons, [(r.pattern, (speak(message(r.title)), speak(r.words)), False) for r in rows])
        self._mirror()

    def _mirror(self) -> None:
        self.open.setEnabled(bool(self._known))
        self.again.setEnabled(self._job is None)
        self.save.setEnabled(self.seen is not None and self._job is None)
        self.save.setVisible(self.session.may(Action.PRINT))

    # -- acts

    def _open(self) -> None:
        identity = self.chosen(self.cases)
        if identity:
            self.place_wanted.emit(ItemKey(identity))

    def _save(self) -> None:
        def do(typed: Mapping[str, str], _second: tuple[str, str]) -> Text:
            file = Path(typed["file"])
            assert self.seen is not None  # else the button is dead
            write(self.session, self.seen, file)
            return message("patterns.saved", file=file.name)

        offered = str(Path.home() / f"patterns-{self.session.today.isoformat()}.pdf")
        kinds = message("patterns.file_type")
        asks = (Ask("file", message("patterns.ask_file"), Kind.SAVE, first=offered, wide=True, files=kinds),)
        self.ask(Act(message("patterns.save"), message("patterns.save_about"), asks), do)

    def stop(self) -> None:
        """Nobody is logged in any more: the looking ends first."""
        if self._job is not None:
            self._job.stop()
            self._job.wait()
            self._job = None
        super().stop()

    def take_focus(self) -> None:
        """To the panel where one is open, else to the list."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            self.cases.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped:
            self._show()


def _cells(one: Looked) -> tuple[str, ...]:
    names = [message(reason.title) for reason in one.reasons]
    said = Text(", ".join(n.en for n in names), "、".join(n.zh for n in names))
    words = said if names else message("patterns.nothing")
    return str(one.rank), one.subjid, f"{one.score:.1f}", speak(words)
