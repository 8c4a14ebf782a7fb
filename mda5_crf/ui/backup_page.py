"""Copies of this vault: where they lie, how old and how whole they are; making, checking and practising."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.services import backupdue, backups, restoring, whereabouts
from mda5_crf.services.access import Action
from mda5_crf.services.backups import Copy, Plan
from mda5_crf.settings import remember
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, ActPanel, Ask, Kind
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.spoken import button, name, pale_choice
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job, Progress

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

HEADS: Final = ("made_here", "age", "where", "why", "records", "size", "state")
ACTS: Final = ("make", "check", "drill", "restore", "restore_file", "place", "guide", "moved", "copied")
_MIB: Final = 1024 * 1024


class CopyTable(QTreeWidget):
    """Arrows move; Tab leaves it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setColumnCount(len(HEADS))
        pale_choice(self)


class BackupPage(OfficePage):
    """See the module text. One piece of work at a time; entry goes on beside it."""

    title = message("backup.title")
    presses = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.copies: tuple[Copy, ...] = ()
        self._lines: tuple[Text, ...] = ()
        self._bad = False
        self._job: Job | None = None
        self._stopped = False
        self.panel: ActPanel | None = None
        self.facts = MessageLabel(self)
        self.table = CopyTable(self)
        self.result = MessageLabel(self)
        self._desk = QWidget(self)
        self._grid = QGridLayout(self._desk)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, QPushButton] = {}
        for place, what in enumerate(ACTS):
            made = self.buttons[what] = button(self._desk)
            act: Callable[[], None] = getattr(self, what)
            made.clicked.connect(lambda _=False, act=act: act())
            self._grid.addWidget(made, *divmod(place, 5))
        self._place = QVBoxLayout()
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.facts)
        self._box.addWidget(self.table, 1)
        self._box.addWidget(self._desk)
        self._box.addLayout(self._place)
        self._box.addWidget(self.result)
        self.result.hide()
        self.retranslate()
        self.rescale()

    # -- what is shown

    def refresh(self) -> None:
        """Look at both places anew; the same copy stays chosen."""
        chosen = self.chosen
        self.copies = backups.copies(self.session)
        self.table.clear()
        for copy in self.copies:
            item = QTreeWidgetItem(self._cells(copy))
            for column in (4, 5):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, str(copy.path))
            self.table.addTopLevelItem(item)
        places = [copy.path for copy in self.copies]
        if self.copies:
            row = places.index(chosen.path) if chosen is not None and chosen.path in places else 0
            found = self.table.topLevelItem(row)
            assert found is not None
            self.table.setCurrentItem(found)
        self._say()
        self._allow()

    def _cells(self, copy: Copy) -> list[str]:
        return [
            copy.made.astimezone(self.session.zone).strftime("%Y-%m-%d %H:%M"),
            self._age(copy),
            say(f"backup.where_{copy.where}"),
            speak(backups.why(copy)),
            str(copy.records or "–"),
            f"{copy.size / _MIB:.1f}",
            speak(backups.state_words(copy)),
        ]

    def _age(self, copy: Copy) -> str:
        """In days, of a young one in hours; nobody needs minutes."""
        seconds = max((self.session.trusted_now() - copy.made).total_seconds(), 0)
        hours = int(seconds // 3600)
        return (
            say("backup.age_days", days=hours // 24) if hours >= 48 else say("backup.age_hours", hours=hours)
        )

    def _say(self) -> None:
        near = backupdue.exposure(self.session)
        far = backupdue.exposure(self.session, elsewhere=True)
        plan = backups.plan_of(self.session)
        words = [
            backupdue.exposure_words(near),
            backupdue.exposure_words(far, elsewhere=True),
            message("backup.place_set", place=plan.place) if plan.place else message("backup.place_unset"),
        ]
        self.facts.say(" ".join(speak(one) for one in words), Tone.QUIET)
        name(self.facts, self.facts.text())
        self.result.setVisible(bool(self._lines))
        self.result.say("\n".join(speak(one) for one in self._lines), Tone.ERROR if self._bad else Tone.QUIET)
        name(self.result, self.result.text())

    def tell(self, *lines: Text, bad: bool = False) -> None:
        """What came of the last act, below the list."""
        self._lines, self._bad = lines, bad
        self._say()

    @property
    def chosen(self) -> Copy | None:
        """The copy that is chosen in the list."""
        item = self.table.currentItem()
        row = -1 if item is None else self.table.indexOfTopLevelItem(item)
        return self.copies[row] if 0 <= row < len(self.copies) else None

    def _allow(self) -> None:
        idle = self._job is None
        may = self.session.may(Action.RESTORE)
        for what in ("make", "place"):
            self.buttons[what].setEnabled(idle)
        for what in ("check", "drill"):
            self.buttons[what].setEnabled(idle and bool(self.copies))
        self.buttons["restore"].setEnabled(idle and may and bool(self.copies))
        self.buttons["restore_file"].setEnabled(idle and may)
        for what in ("moved", "copied"):
            self.buttons[what].setVisible(self.session.elsewhere)
        self.buttons["copied"].setEnabled(self.session.may(Action.RESTORE))

    # -- acts

    def make(self) -> None:
        """A copy now."""
        session = self.session
        self._start(
            lambda progress: backups.make(session, backups.HAND, progress), self._made, "backup.task_make"
        )

    def _made(self, copy: Copy) -> None:
        about = backups.log(self.session)[0][2]
        state = message(f"backup.second_{about['second']}")
        self.tell(
            message("backup.made", name=copy.name, records=copy.records),
            message("backup.made_second", state=state),
            bad=about["second"] in ("failed", "absent"),
        )
        self.changed.emit()

    def check(self) -> None:
        """Read all of the chosen copy."""
        session, copy = self.session, self.chosen
        if copy is not None:
            self._start(lambda _progress: backups.check(session, copy), self._checked, "backup.task_check")

    def _checked(self, wrong: tuple[Text, ...]) -> None:
        copy = self.chosen
        place = copy.name if copy is not None else ""
        if wrong:
            self.tell(*(message("backup.check_bad", name=place, what=one) for one in wrong), bad=True)
        else:
            self.tell(message("backup.check_good", name=place))

    def drill(self) -> None:
        """Ask for the own password, then practise with the chosen copy."""
        self._ask(
            Act(
                message("backup.act_drill"),
                message("backup.drill_about"),
                (Ask("own", message("backup.own_password"), Kind.SECRET),),
                do=message("backup.act_drill"),
            ),
            self._drill,
        )

    def _drill(self, typed: dict[str, str], _second: tuple[str, str]) -> None:
        from mda5_crf.jobs.drill import run

        session, copy, password = self.session, self.chosen, typed["own"]
        path = None if copy is None else copy.path
        self._put_away()
        self._start(
            lambda progress: run(session, password, path, progress), self._drilled, "backup.task_drill"
        )

    def _drilled(self, result: Any) -> None:  # noqa: ANN401 - of a module that is imported when it is asked for
        self.tell(*result.lines(), bad=not result.passed)
        self.changed.emit()

    def restore(self) -> None:
        """Look at the chosen copy, then ask for what restoring it takes."""
        if self.chosen is not None:
            self._look_at(self.chosen.path)

    def restore_file(self) -> None:
        """The same with a copy from anywhere: a stick, a disk of another PC."""
        chosen = QFileDialog.getExistingDirectory(self, say("backup.act_restore_file").rstrip(" …"))
        if chosen:
            self._look_at(Path(chosen))

    def _look_at(self, path: Path) -> None:
        session = self.session
        self._start(lambda _progress: restoring.look(session, path), self._looked, "backup.task_look")

    def _looked(self, found: restoring.Found) -> None:
        said = restoring.words(found, self.session)
        if found.foreign:
            self.tell(*said, bad=True)
            return
        about = (*said, message("backup.restore_about"))
        lines = Text("\n".join(one.en for one in about), "\n".join(one.zh for one in about))
        folder = self.session.vault.folder
        first = folder.with_name(f"{folder.stem}-{self.session.today:%Y%m%d}{folder.suffix}")
        self._ask(
            Act(
                message("backup.restore_title", name=found.copy.name),
                lines,
                (
                    Ask("target", message("backup.restore_target"), Kind.WORDS, str(first)),
                    Ask("own", message("backup.own_password"), Kind.SECRET),
                ),
                second=message("backup.restore_second_why"),
                do=message("backup.restore_do"),
            ),
            lambda typed, second: self._restore(found.copy.path, typed, second),
        )
        panel = self.panel
        assert panel is not None
        browse = panel.press(message("ui.browse"))
        browse.clicked.connect(lambda: self._browse_target(panel, first.name))
        panel.retranslate()

    def _browse_target(self, panel: ActPanel, name_: str) -> None:
        line = panel.line("target")
        chosen = QFileDialog.getExistingDirectory(
            self, say("ui.choose_folder"), str(self.session.vault.folder.parent)
        )
        if chosen:
            line.setText(str(Path(chosen) / name_))  # type: ignore[union-attr]

    def _restore(self, copy: Path, typed: dict[str, str], second: tuple[str, str]) -> None:
        session, own, target = self.session, typed["own"], Path(typed["target"].strip()).absolute()
        restoring.check_target(session, target)
        panel = self.panel
        if panel is not None:
            panel.setEnabled(False)  # what was typed stays for who mistyped one of it
        self._start(
            lambda progress: restoring.restore_beside(session, copy, target, own, second, progress),
            self._restored,
            "backup.task_restore",
        )

    def _restored(self, done: restoring.Restored) -> None:
        self._put_away()
        remember(last_vault=done.folder, vault_name=self.session.vault_name)
        self.tell(
            message("backup.restored_at", place=str(done.folder)),
            *restoring.lines(done),
            message("backup.restored_next"),
            bad=bool(done.troubles or done.forked),
        )
        self.take_focus()

    def place(self) -> None:
        """Ask for the second place and the hours between copies."""
        plan = backups.plan_of(self.session)
        self._ask(
            Act(
                message("backup.act_place"),
                message("backup.place_about"),
                (
                    Ask("place", message("backup.place"), Kind.WORDS, plan.place, needed=False),
                    Ask("hours", message("backup.hours"), Kind.LINE, str(plan.hours)),
                    Ask("days", message("backup.days"), Kind.LINE, str(plan.days)),
                ),
                do=message("backup.act_set"),
            ),
            self._set_place,
        )
        panel = self.panel
        assert panel is not None
        browse = panel.press(message("ui.browse"))
        browse.clicked.connect(lambda: self._browse(panel))
        panel.retranslate()

    def _browse(self, panel: ActPanel) -> None:
        line = panel.line("place")
        chosen = QFileDialog.getExistingDirectory(self, say("ui.choose_folder"), line.text())  # type: ignore[union-attr]
        if chosen:
            line.setText(chosen)  # type: ignore[union-attr]

    def _set_place(self, typed: dict[str, str], _second: tuple[str, str]) -> None:
        words = typed["place"].strip()
        hours, days = typed["hours"].strip(), typed["days"].strip()
        whole = [int(one) if one.isascii() and one.isdigit() and len(one) < 6 else 0 for one in (hours, days)]
        backups.set_plan(self.session, Plan(whole[0], whole[1], str(Path(words).absolute()) if words else ""))
        self._put_away()
        plan = backups.plan_of(self.session)
        far = plan.place and not backups.same_disk(self.session, Path(plan.place))
        said = message("backup.place_set", place=plan.place) if plan.place else message("backup.place_unset")
        self.tell(said, *(() if far or not plan.place else (message("backup.place_same_disk"),)))
        self.refresh()
        self.changed.emit()

    def guide(self) -> None:
        """What to do when the vault is lost, as text."""
        self.tell(*(message(f"backup.guide_{number}") for number in range(1, 6)))

    def moved(self) -> None:
        """The folder was moved."""
        try:
            whereabouts.settle_here(self.session)
        except CrfError as problem:
            self.tell(problem.text, bad=True)
            return
        self.tell(message("backup.moved_noted"))
        self.refresh()
        self.take_focus()

    def copied(self) -> None:
        """The folder is a copy: two persons make it a device of its own."""
        self._ask(
            Act(
                message("backup.act_copied"),
                message("backup.copied_about"),
                second=message("backup.copied_second"),
                do=message("backup.act_copied"),
            ),
            self._copied,
        )

    def _copied(self, _typed: dict[str, str], second: tuple[str, str]) -> None:
        device = restoring.declare_copy(self.session, second)
        whereabouts.settle_here(self.session)
        self._put_away()
        self.tell(message("backup.copied_noted", device=device))
        self.refresh()
        self.changed.emit()

    # -- the panel and the work

    def _ask(self, act: Act, do: Callable[[dict[str, str], tuple[str, str]], None]) -> None:
        self._put_away()
        panel = self.panel = ActPanel(self, act)

        def run(typed: dict[str, str]) -> None:
            try:
                do(typed, panel.second())
            except CrfError as problem:
                panel.refuse(problem)
                if panel.second_person is not None:
                    panel.second_person.refuse(problem)

        panel.wanted.connect(run)
        panel.closed.connect(self._put_away)
        self._place.addWidget(panel)
        self._desk.hide()
        self.result.hide()
        panel.take_focus()

    def _put_away(self) -> None:
        panel, self.panel = self.panel, None
        self._desk.show()
        if panel is not None:
            panel.forget()
            self._place.removeWidget(panel)
            panel.hide()
            panel.deleteLater()
            self.take_focus()

    def _start(self, work: Callable[[Progress], Any], done: Callable[[Any], None], what: str) -> None:
        if self._job is not None:
            return
        self.tell()
        if any(one.hasFocus() for one in self.buttons.values()):
            self.table.setFocus()  # before Qt gives the keyboard of a dead button to the next one
        self._job = Job(self, work, lambda result: self._over(done, result), self._failed)
        Tasks.of(self).watch(self._job, message(what))
        self._allow()

    def _over(self, done: Callable[[Any], None], result: Any) -> None:  # noqa: ANN401 - as the work gives it
        self._job = None
        self.refresh()
        done(result)

    def _failed(self, problem: CrfError) -> None:
        self._job = None
        self.refresh()
        panel = self.panel
        if panel is not None and not panel.isEnabled():
            panel.setEnabled(True)
            panel.refuse(problem, "own")
            return
        self.tell(problem.text, bad=not isinstance(problem, Cancelled))

    # -- the page

    def take_focus(self) -> None:
        """To the panel where one is open, else to the list, or to the button that makes the first copy."""
        if self.panel is not None:
            self.panel.take_focus()
        elif self.copies:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.buttons["make"].setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        """What an unfinished act asks for is forgotten; work in the background goes on."""
        self._put_away()
        return True

    def stop(self) -> None:
        """Nobody is logged in any more: work ends at its next step, and the vault is not asked again."""
        self._stopped = True
        if self._job is not None:
            self._job.stop()

    def retranslate(self) -> None:
        """Speak the window's language."""
        name(self.table, say("backup.title"))
        self.table.setHeaderLabels([say(f"backup.head_{head}") for head in HEADS])
        for what, made in self.buttons.items():
            made.setText(say(f"backup.act_{what}"))
            name(made, say(f"backup.act_{what}").rstrip(" …"))
        if not self._stopped:
            self.refresh()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._grid.setHorizontalSpacing(unit // 2)
        self._grid.setVerticalSpacing(unit // 3)
        header = self.table.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
