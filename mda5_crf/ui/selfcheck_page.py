"""The check of this installation in the window: begin, follow, read, save the signed evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.jobs import checkpaper, selfcheck
from mda5_crf.jobs.checkmodel import Evidence, sign
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.progress import ProgressLine, Tasks
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.trace_base import TracePage
from mda5_crf.ui.worker import Job

_HEADS = ("check", "result", "requirements")


class SelfcheckPage(TracePage):
    """See the module text."""

    title = message("selfcheck.title")

    def __init__(self, parent: QWidget, session: Session | None) -> None:
        """``session`` None: before the log-in; nothing of a vault is looked at, and no PC signs."""
        super().__init__(parent, cast("Session", session))
        self._of = session
        self.evidence: Evidence | None = None
        self._job: Job | None = None
        self.checks = self.table(
            message("selfcheck.title"), [message(f"selfcheck.head_{one}") for one in _HEADS]
        )
        self.obeys: Mapping[str, Callable[[], object]] = {"read_again": self._start}
        self.checks.currentItemChanged.connect(lambda *_: self._chosen())
        self.found = self.table(message("selfcheck.head_found"), [message("selfcheck.head_found")])
        self.start = self.press(message("selfcheck.start"), self._start)
        self.save = self.press(message("selfcheck.save"), self._save)
        self.progress: ProgressLine | None = None
        if session is None:
            self.back = self.press(message("ui.back"), self.left.emit)
            self.progress = ProgressLine(self)
            self.box.addWidget(self.progress)
        self.finish()

    def refresh(self) -> None:
        """What was found stays until it is checked again."""
        self._show()

    def _start(self) -> None:
        if self._job is not None:
            return
        if self.start.hasFocus():
            self.checks.setFocus()  # before Qt gives the keyboard of a dead button to the next one
        session = self._of
        names = [str(one) for one in QPrinterInfo.availablePrinterNames()]
        self._job = Job(
            self, lambda progress: selfcheck.run(session, progress, printers=names), self._done, self._failed
        )
        Tasks.of(self).watch(self._job, message("selfcheck.running"))
        self._mirror()

    def _done(self, evidence: Evidence) -> None:
        self._job = None
        self.show_evidence(evidence)
        self.said.emit(evidence.verdict)

    def show_evidence(self, evidence: Evidence) -> None:
        """Show what a run found."""
        self.evidence = evidence
        self._show()

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.told.emit(problem)
        self._mirror()

    def _show(self) -> None:
        evidence = self.evidence
        if evidence is None:
            self.tell(message("selfcheck.about"))
        else:
            lines = zip(evidence.checks, checkpaper.lines_of(evidence), strict=True)
            self.fill(
                self.checks,
                [
                    (one.name, (speak(line.title), speak(line.result), ", ".join(line.requirements)), False)
                    for one, line in lines
                ],
            )
            self.tell(evidence.verdict, Tone.QUIET if evidence.good else Tone.ERROR)
        self._chosen()

    def _chosen(self) -> None:
        checks = () if self.evidence is None else self.evidence.checks
        one = next((check for check in checks if check.name == self.chosen(self.checks)), None)
        lines = () if one is None else one.found.lines
        self.fill(self.found, [(str(number), (speak(line),), False) for number, line in enumerate(lines)])
        self._mirror()

    def _mirror(self) -> None:
        self.start.setEnabled(self._job is None)
        self.save.setEnabled(self.evidence is not None and self._job is None)

    def _save(self) -> None:
        def do(typed: Mapping[str, str], _second: tuple[str, str]) -> Text:
            file, evidence = Path(typed["file"]), self.evidence
            assert evidence is not None  # else the button is dead
            beside = checkpaper.write(evidence, sign(evidence, self._of), file)
            return message("selfcheck.saved", pdf=file.name, json=beside.name)

        day = (datetime.now().astimezone().date() if self._of is None else self._of.today).isoformat()
        offered = str(Path.home() / f"MDA5-CRF-selfcheck-{day}.pdf")
        kinds = message("selfcheck.file_type")
        asks = (Ask("file", message("selfcheck.ask_file"), Kind.SAVE, first=offered, wide=True, files=kinds),)
        about = message("selfcheck.save_about" if self._of is not None else "selfcheck.save_about_unsigned")
        self.ask(Act(message("selfcheck.save"), about, asks), do)

    def stop(self) -> None:
        """Nobody is logged in any more: the checking ends first."""
        if self._job is not None:
            self._job.stop()
            self._job.wait()
            self._job = None
        super().stop()

    def take_focus(self) -> None:
        """To the panel where one is open, else to the button that begins."""
        if self.panel is not None:
            self.panel.take_focus()
        elif self.evidence is None and self.start.isEnabled():
            self.start.setFocus()
        else:
            self.checks.setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if not self.stopped:
            self._show()
