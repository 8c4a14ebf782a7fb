"""What the page of the audit trail asks for below its table: a file for the export, a remark, counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.text import LANGUAGES, message
from mda5_crf.ui.file_strip import FileStrip
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.services.auditpatterns import Patterns
    from mda5_crf.ui.audit_page import AuditPage


class _Whole(Protocol):
    """A file that is written under a name of its own and not yet in its place."""

    @property
    def part(self) -> Path: ...


Made = TypeVar("Made", bound=_Whole)
_FORMATS = {"csv": ".csv", "odm": ".xml"}
_LONGEST = 30
"""Lines of counts shown; the command line lists all."""


class ExportStrip(FileStrip):
    """Writes what passes the filters, oldest first, as CSV or ODM; entry goes on meanwhile."""

    def __init__(self, parent: QWidget, page: AuditPage) -> None:
        self._page = page
        self.format: QComboBox | None = None
        super().__init__(
            parent,
            page.folder / f"audit-{page.session.site}-{page.session.today.isoformat()}.csv",
            message("audit.export_to"),
            LANGUAGES,
            message("audit.export_language"),
            message("audit.export_now"),
            message("audit.csv_files"),
            message("audit.export_warning"),
        )
        self.format = QComboBox(self)
        self.format.setMinimumHeight(24)
        for kind in _FORMATS:
            self.format.addItem("", kind)
        self.format.currentIndexChanged.connect(self._renamed)
        self.row.insertWidget(self.row.indexOf(self.tongue), self.format)
        self.setTabOrder(self.browse, self.format)
        self.setTabOrder(self.format, self.tongue)
        self.retranslate()
        self.rescale()

    def _renamed(self) -> None:
        """The file's name ends as its format does, where it ended as the other one."""
        assert self.format is not None
        ending = _FORMATS[self.format.currentData()]
        file = Path(self.file.text())
        if file.suffix in _FORMATS.values():
            self.file.setText(str(file.with_suffix(ending)))

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if self.format is None:
            return
        for place, kind in enumerate(_FORMATS):
            self.format.setItemText(place, say(f"audit.format_{kind}"))
        name(self.format, say("audit.format"))

    def write(self, file: Path, tongue: str) -> None:
        """Write it in the background; the record and the file's name come at the end."""
        from mda5_crf.jobs import exports
        from mda5_crf.services import auditcsv

        assert self.format is not None
        session, spoken = self._page.session, next(t for t in LANGUAGES if t == tongue)
        wanted = self._page.model.wanted
        if self.format.currentData() == "odm":

            def finish_odm(written: exports.Written) -> tuple[int, str]:
                exports.finish(session, written, spoken)
                return written.records, written.sha256

            self._begin(file, partial(exports.write_trail, session, file, wanted, spoken), finish_odm)
        else:

            def finish_csv(exported: auditcsv.Exported) -> tuple[int, str]:
                auditcsv.finish(session, exported)
                return exported.lines, exported.sha256

            self._begin(file, partial(auditcsv.write, session, file, wanted, spoken), finish_csv)

    def _begin(
        self, file: Path, work: Callable[[Progress], Made], finish: Callable[[Made], tuple[int, str]]
    ) -> None:
        """``finish`` records the export and lets the file appear; it gives its lines and its SHA-256."""
        page = self._page

        def done(made: Made) -> None:
            if job.cancelled:  # after the last line, before anything was recorded
                made.part.unlink(missing_ok=True)
                page.told.emit(Cancelled())
                return
            try:
                lines, digest = finish(made)
            except CrfError as problem:
                page.told.emit(problem)
                return
            page.said.emit(message("audit.written", lines=lines, file=file.name, sha256=digest[:16]))
            page.changed.emit()

        page.folder = file.absolute().parent
        job = Job(page, work, done, page.told.emit)
        Tasks.of(page).watch(job, message("audit.exporting", file=file.name))
        self.close_strip()


class ReviewStrip(Strip):
    """Records that the trail was reviewed up to now, through the filters that stand."""

    def __init__(self, parent: QWidget, page: AuditPage) -> None:
        super().__init__(parent)
        self._page = page
        self.remark = QLineEdit(self)
        self.remark.setMinimumHeight(24)
        self.remark.returnPressed.connect(self.accept)
        self.label(message("audit.remark"), self.remark)
        self.row.addWidget(self.remark, 1)
        self.ok = self.press(message("audit.record_review"))
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self._last = MessageLabel(self)
        self.box.addWidget(self._last)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the remark."""
        self.remark.setFocus()

    def accept(self) -> None:
        """Record it; a refusal is said and the remark stays."""
        page = self._page
        try:
            page.session.audit.review(self.remark.text(), page.model.wanted, len(page.model.lines))
        except CrfError as problem:
            self.complain(problem)
            return
        page.said.emit(message("audit.reviewed"))
        page.changed.emit()
        self.close_strip()
        page.refresh()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        session = self._page.session
        found = session.audit.reviews()
        if not found:
            self._last.say(say("audit.no_review"), Tone.QUIET)
            return
        when = found[0].at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
        words = say("audit.last_review", time=when, name=found[0].name, remark=found[0].remark)
        self._last.say(words, Tone.QUIET)


class Counting(QObject):
    """Counts for the analysis of patterns, made in a thread: items that change most, people, late entries."""

    ready = Signal()
    """The words are there, or could not be made."""

    def __init__(self, page: AuditPage) -> None:
        super().__init__(page)
        self.found: Patterns | None = None
        self.problem: CrfError | None = None
        session, wanted = page.session, page.model.wanted

        def work(progress: Progress) -> Patterns:
            from mda5_crf.services.auditpatterns import patterns

            return patterns(session, wanted, progress=progress)

        self._job = Job(self, work, self._done, self._failed)
        Tasks.of(page).watch(self._job, message("audit.counting"))

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._job.stop()

    def _done(self, found: Patterns) -> None:
        self.found = found
        self.ready.emit()

    def _failed(self, problem: CrfError) -> None:
        self.problem = problem
        self.ready.emit()

    def words(self) -> str:
        """The counts as lines, in the window's language."""
        if self.problem is not None:
            return speak(self.problem.text)
        found = self.found
        if found is None:
            return say("audit.counting")
        lines = [say("audit.counted", entries=found.entries, late=found.late, days=found.days), ""]
        for person in found.people:
            facts = {"entries": person.entries, "changes": person.changes, "late": person.late}
            lines.append(
                say(
                    "audit.count_person", name=person.name, role=person.roles, weekend=person.weekend, **facts
                )
            )
        lines += ["", say("audit.most_changed")]
        for item in [one for one in found.items if one.changes][:_LONGEST]:
            facts = {"entries": item.entries, "changes": item.changes, "prompted": item.prompted}
            lines.append(say("audit.count_item", item=item.oid, label=item.label, **facts))
        lines += [
            "",
            *(say("audit.count_reason", reason=words, count=count) for words, count in found.reasons),
        ]
        return "\n".join(lines)
