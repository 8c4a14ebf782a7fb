"""A copy becomes a vault again where no vault opens: the PC is lost, a stick is left. Two persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.text import Text, message
from mda5_crf.ui.language import speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.plain_form import PlainForm
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.services.restoring import Outside, Restored
    from mda5_crf.ui.worker import Job, Progress


class RestorePage(PlainForm):
    """See the module text. :meth:`clear` forgets the passwords; what was found of a copy stays in sight."""

    restored = Signal(str)
    """The new folder: its log-in is wanted."""
    refused = Signal(object)
    """Text or CrfError: what could not be done."""
    back = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "backup.start_title", width=64)
        self._about = MessageLabel(self)
        self._found = MessageLabel(self)
        self._said: tuple[Text, ...] = ()
        self._tone = Tone.QUIET
        self._done: Restored | None = None
        self._looked_at = ""
        self._offered = ""
        self.box.insertWidget(1, self._about)
        self.copy = self.folder("backup.start_copy")
        self.copy.editingFinished.connect(self.look)
        self.target = self.folder("backup.restore_target")
        self.user = self.line("ui.user")
        self.password = self.line("ui.password", secret=True)
        self.second = self.line("people.second_login")
        self.second_password = self.line("people.second_password", secret=True)
        self.second_password.returnPressed.connect(self.restore)
        self.box.insertWidget(3, self._found)
        self._found.hide()
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.restore_button = self.press("backup.restore_do", self.restore)
        self.open_button = self.press("backup.start_open", self._open)
        self.open_button.hide()
        self._job: Job | None = None
        self.retranslate()
        self.rescale()

    @property
    def busy(self) -> bool:
        """Whether a copy is being looked at or restored."""
        return self._job is not None

    @property
    def words(self) -> str:
        """What stands below the lines."""
        return self._found.text()

    def take_focus(self) -> None:
        """To the folder of the copy; to the way on when all is done."""
        (self.copy if self._done is None else self.open_button).setFocus()

    def clear(self) -> None:
        """Passwords do not stay."""
        for line in (self.password, self.second_password):
            line.clear()

    # -- the copy

    def look(self) -> None:
        """Say what is written on the outside of the copy, once a folder is named; nothing of it is proved."""
        typed = self.copy.text().strip().strip('"')
        if not typed or typed == self._looked_at or self.busy:
            return
        self._looked_at = typed
        place = Path(typed).expanduser()

        def work(_progress: Progress) -> Outside:
            from mda5_crf.services.restoring import outside

            return outside(place)

        self._start(work, self._seen, self._not_seen)

    def _seen(self, found: Outside) -> None:
        self._ended()
        if not self.target.text() or self.target.text() == self._offered:
            self._offered = str(Path.home() / f"restored-{found.made:%Y%m%d}.mda5")
            self.target.setText(self._offered)
        self._looked_at = str(found.path)
        self.copy.setText(self._looked_at)
        self.tell(*found.words())

    def _not_seen(self, problem: CrfError) -> None:
        self._ended()
        self._looked_at = ""
        self.tell(problem.text, tone=Tone.ERROR)

    def _choose_folder(self, line: QLineEdit) -> None:
        super()._choose_folder(line)
        if line is self.copy:
            self.look()

    # -- restoring

    def restore(self) -> None:
        """Restore in the background; a refusal keeps every field as it is."""
        if self.busy or self._done is not None:
            return
        lacking = self.missing()
        if lacking is not None:
            lacking[0].setFocus()
            self.refused.emit(lacking[1])
            return
        copy = Path(self.copy.text().strip().strip('"')).expanduser()
        target = Path(self.target.text().strip().strip('"')).expanduser().absolute()
        who = self.user.text().strip(), self.password.text()
        second = self.second.text().strip(), self.second_password.text()

        def work(progress: Progress) -> Restored:
            from mda5_crf.services.restoring import restore

            return restore(copy.parent if copy.is_file() else copy, target, who, second, progress=progress)

        from mda5_crf.ui.progress import Tasks

        self._start(work, self._restored, self._failed)
        assert self._job is not None
        Tasks.of(self).watch(self._job, message("backup.task_restore"))

    def _restored(self, done: Restored) -> None:
        from mda5_crf.services.restoring import lines

        self._ended()
        self._done = done
        self.clear()
        bad = bool(done.troubles or done.forked)
        self.tell(
            message("backup.restored_at", place=str(done.folder)),
            *lines(done),
            message("backup.start_next"),
            tone=Tone.ERROR if bad else Tone.QUIET,
        )
        self.restore_button.hide()
        self.open_button.show()
        self.take_focus()

    def _failed(self, problem: CrfError) -> None:
        self._ended()
        if isinstance(problem, Cancelled):
            self.tell(problem.text)
        else:
            self.refused.emit(problem)

    def _open(self) -> None:
        assert self._done is not None
        self.restored.emit(str(self._done.folder))

    # -- the page

    def tell(self, *lines: Text, tone: Tone = Tone.QUIET) -> None:
        """Say something below the lines."""
        self._said, self._tone = lines, tone
        self._found.say("\n".join(speak(one) for one in lines), tone)
        name(self._found, self._found.text())
        self._found.setVisible(bool(lines))

    def _start(self, work: object, done: object, failed: object) -> None:
        from mda5_crf.ui.worker import Job

        assert callable(work)
        assert callable(done)
        assert callable(failed)
        self.set_busy(True)
        self._job = Job(self, work, done, failed)

    def _ended(self) -> None:
        self._job = None
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While work goes on no line can be changed."""
        super().set_busy(busy)
        self.back_button.setEnabled(True)
        for line in (
            self.copy, self.target, self.user, self.password, self.second, self.second_password,
        ):  # fmt: skip
            line.setReadOnly(busy)

    def stop(self) -> None:
        """The page goes: work ends at its next step and leaves nothing."""
        if self._job is not None:
            self._job.stop()
            self._job = None
        self.clear()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self._about.say(speak(message("backup.start_about")), Tone.QUIET)
        self.tell(*self._said, tone=self._tone)

    def rescale(self) -> None:
        """Lines high enough for large type."""
        super().rescale()
        high = max(24, self.fontMetrics().height() + em(self) // 2)
        for _, line, _ in self._labels:
            line.setMinimumHeight(high)
