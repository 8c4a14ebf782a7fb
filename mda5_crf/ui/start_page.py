"""The page without a vault: the last vaults, another folder, a stick, a new vault, a bundle.

Light on purpose: on a PC's first start it is the first window. Whatever touches a drive runs in a thread:
a sleeping disk or a dead network drive must not hold the window.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.settings import forget_vault, known_vaults
from mda5_crf.text import Text, message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.plain_form import PlainForm

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from mda5_crf.services.vaultsearch import Found
    from mda5_crf.sync.outside import Outside
    from mda5_crf.ui.vault_list import VaultList
    from mda5_crf.ui.worker import Job, Progress

REQUEST_SUFFIX = ".mda5join"
_SETTLED = 50
"""Milliseconds after the page is shown until drives are asked: the window is painted first."""


class StartPage(PlainForm):
    """See the module text."""

    chosen = Signal(str)
    """Folder of a vault that is there: its log-in."""
    refused = Signal(object)
    """Text or CrfError: the sentence to show."""
    told = Signal(object)
    """Text: something worth saying that is no error."""
    new_vault = Signal()
    demonstration = Signal()
    language_wanted = Signal()
    back = Signal()
    restore_wanted = Signal()
    """Only a copy is left: the page that makes a vault of it."""
    bundle_chosen = Signal(object)
    """Paths (a sequence) to take after the log-in."""
    join_wanted = Signal()
    """Somebody has an invitation."""
    selfcheck_wanted = Signal()
    """Somebody wants to know whether this installation works, before any vault is there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "start.title", width=56)
        self.list: VaultList | None = None
        self._found: tuple[str, ...] = ()
        self._away: frozenset[str] = frozenset()
        self._job: Job | None = None
        self._looking: Job | None = None
        self._hint: QLabel | None = None
        self._bundle: Text | None = None
        self._bundle_words: QLabel | None = None
        self.vault = self.folder("ui.vault_folder")
        self.vault.returnPressed.connect(self.open_typed)
        self.language = self.press("ui.switch_language", self.language_wanted.emit)
        self.foot.addStretch(1)
        self.back_button = self.press("ui.back", self.back.emit)
        self.back_button.hide()
        self.open_button = self.press("ui.open", self.open_typed)
        ways = QHBoxLayout()
        self.stick_button = self.press("start.from_stick", self.search, where=ways)
        self.new_button = self.press("ui.new_vault", self.new_vault.emit, where=ways)
        self.join_button = self.press("pcs.join_start", self.join_wanted.emit, where=ways)
        more = QHBoxLayout()
        self.bundle_button = self.press("start.take_bundle", self.choose_bundle, where=more)
        self.restore_button = self.press("backup.start_restore", self.restore_wanted.emit, where=more)
        self.demo_button = self.press("ui.demonstration", self.demonstration.emit, where=more)
        self.box.addLayout(ways)
        self.box.addLayout(more)
        last = QHBoxLayout()
        self.check_button = self.press("ui.act_selfcheck", self.selfcheck_wanted.emit, where=last)
        self.box.addLayout(last)
        self.reload()
        self.retranslate()
        self.rescale()

    # -- what is shown ---------------------------------------------------------------------------------

    def reload(self) -> None:
        """Show what this PC remembers now, then what was found."""
        known = known_vaults()
        if not known and not self._found and self.list is None:
            return
        from mda5_crf.ui.vault_list import Line

        lines = [Line(folder, title, folder not in self._away) for folder, title in known]
        names = dict(known)
        lines += [Line(folder, found=True) for folder in self._found if folder not in names]
        shown = self._listed()
        shown.show_lines(lines)
        shown.setVisible(bool(lines))
        assert self._hint is not None
        self._hint.setVisible(bool(lines))

    def _listed(self) -> VaultList:
        """The list; made when there is something to show."""
        if self.list is None:
            from mda5_crf.ui.vault_list import VaultList

            self.list = VaultList(self._card)
            self.list.chosen.connect(self.open)
            self.list.forgotten.connect(self.forget)
            self._hint = QLabel(self._card)
            self._hint.setTextFormat(Qt.TextFormat.PlainText)
            self._hint.setWordWrap(True)
            self.box.insertWidget(1, self.list)
            self.box.insertWidget(2, self._hint)
            QWidget.setTabOrder(self.list, self.vault)
            self.retranslate()
        return self.list

    def may_go_back(self, *, possible: bool) -> None:
        """Whether there is a log-in page to go back to."""
        self.back_button.setVisible(possible)

    def take_focus(self) -> None:
        """To the list of vaults; where there is none, to the folder."""
        if self.list is not None and self.list.lines:
            self.list.setFocus()
        else:
            self.vault.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask, once the page is there, which of the remembered vaults are."""
        super().showEvent(event)
        if known_vaults():
            QTimer.singleShot(_SETTLED, self, self._ask)

    def _ask(self) -> None:
        from mda5_crf.ui.worker import Job

        if self._looking is not None:
            return
        folders = [folder for folder, _ in known_vaults()]

        def work(_progress: Progress) -> frozenset[str]:
            from mda5_crf.services.vaultsearch import is_there

            return frozenset(folder for folder in folders if not is_there(folder))

        self._looking = Job(self, work, self._asked, self._not_asked)

    def _asked(self, away: frozenset[str]) -> None:
        self._looking = None
        self._away = away
        self.reload()

    def _not_asked(self, _problem: CrfError) -> None:
        self._looking = None

    # -- what can be done ------------------------------------------------------------------------------

    def open_typed(self) -> None:
        """The folder that was typed or pasted."""
        typed = self.vault.text().strip().strip('"')
        if not typed:
            self.vault.setFocus()
            self.refused.emit(message("ui.fill_in", field=message("ui.vault_folder")))
            return
        self.open(typed)

    def open(self, folder: str) -> None:
        """Look whether a log-in can be tried in ``folder``, then ask for it."""

        def work(_progress: Progress) -> str:
            from mda5_crf.services.vaultsearch import check_vault
            from mda5_crf.services.where import where_of

            where = where_of(folder)
            where = where.expanduser() if isinstance(where, Path) else where
            check_vault(where)
            return str(where)

        self._start(work, self._opened, self._not_opened)

    def _opened(self, folder: object) -> None:
        self._ended()
        self.chosen.emit(str(folder))

    def _not_opened(self, problem: CrfError) -> None:
        self._ended()
        self.refused.emit(problem)
        self._ask()  # a stick may have gone since the list was made

    def forget(self, folder: str) -> None:
        """Take a vault off the list; the vault itself stays where it is."""
        if not forget_vault(folder):
            self.refused.emit(message("start.cannot_remember"))
        self.reload()
        self.told.emit(message("start.forgotten", folder=folder))
        self.take_focus()

    def search(self) -> None:
        """Look for vaults on sticks."""

        def work(progress: Progress) -> Found:
            from mda5_crf.services import vaultsearch

            return vaultsearch.search(vaultsearch.drives(), progress)

        if self._start(work, self._searched, self._not_searched):
            from mda5_crf.ui.progress import Tasks

            assert self._job is not None
            Tasks.of(self).watch(self._job, message("start.task_search"))
            self.told.emit(message("start.searching"))

    def _searched(self, found: object) -> None:
        self._ended()
        vaults: tuple[Path, ...] = found.vaults  # type: ignore[attr-defined]
        self._found = tuple(map(str, vaults))
        self.reload()
        if not vaults:
            code = "start.none_found" if found.drives else "start.no_stick"  # type: ignore[attr-defined]
            self.refused.emit(message(code))
            return
        code = "start.found" if found.complete else "start.found_some"  # type: ignore[attr-defined]
        self.told.emit(message(code, count=len(vaults)))
        assert self.list is not None
        self.list.go_to(self._found[0])
        self.list.setFocus()

    def _not_searched(self, problem: CrfError) -> None:
        self._ended()
        self.refused.emit(problem)

    def choose_bundle(self) -> None:
        """Ask for bundle files."""
        from PySide6.QtWidgets import QFileDialog

        files, _ = QFileDialog.getOpenFileNames(self, say("start.take_bundle"), "", say("ui.bundle_files"))
        if files:
            self.note_bundle(*map(Path, files))

    def note_bundle(self, *files: Path) -> None:
        """Say what is written on the outside of a bundle, and keep it for after the log-in; so with several.

        A folder of bundles, or a request of a PC that joins, waits in the same way.
        """

        def work(_progress: Progress) -> tuple[tuple[Path, ...], Text]:
            from mda5_crf.sync.outside import is_bundle, read_outside

            (file, *others) = files
            if others or file.is_dir():
                return files, message("start.files_waiting", count=len(files))
            if file.suffix == REQUEST_SUFFIX and not is_bundle(file):
                return files, message("start.request_waits", file=file.name)
            return files, about_bundle(file, read_outside(file))

        self._start(work, self._noted, self._not_noted)

    def _noted(self, read: object) -> None:
        self._ended()
        files: tuple[Path, ...]
        words: Text
        files, words = read  # type: ignore[misc]  # what _start handed on from the work
        self.bundle_chosen.emit(files)
        self._bundle = message("start.bundle_waits", file=files[0].name)
        if len(files) > 1:
            self._bundle = message("start.files_wait", count=len(files))
        if self._bundle_words is None:
            self._bundle_words = QLabel(self._card)
            self._bundle_words.setTextFormat(Qt.TextFormat.PlainText)
            self._bundle_words.setWordWrap(True)
            self.box.insertWidget(self.box.count() - 1, self._bundle_words)
        self.retranslate()
        self.told.emit(words)
        self.take_focus()

    def _not_noted(self, problem: CrfError) -> None:
        self._ended()
        self.refused.emit(problem)

    def forget_bundle(self) -> None:
        """The bundle was handed on."""
        self._bundle = None
        if self._bundle_words is not None:
            self._bundle_words.hide()

    def _start(self, work: object, done: object, failed: object) -> bool:
        assert callable(work)
        assert callable(done)
        assert callable(failed)
        if self._job is not None:
            return False
        from mda5_crf.ui.worker import Job

        self.set_busy(True)
        self.language.setEnabled(True)
        self._job = Job(self, work, done, failed)
        return True

    def _ended(self) -> None:
        self._job = None
        self.set_busy(False)

    # -- language and size -----------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self.language.setAccessibleName("中文 / English")
        if self._hint is not None:
            self._hint.setText(say("start.list_hint"))
        if self._bundle is not None and self._bundle_words is not None:
            self._bundle_words.setText(speak(self._bundle))
            self._bundle_words.show()


def about_bundle(file: Path, outside: Outside) -> Text:
    """What the outside of a bundle says, in words; the ids of PCs by their first characters."""
    return message(
        "start.bundle_outside",
        file=file.name,
        number=outside.number,
        sender=outside.sender[:8],
        receiver=outside.receiver[:8],
        made=outside.made.astimezone().strftime("%Y-%m-%d %H:%M"),
        size=max(outside.size // 1024, 1),
    )
