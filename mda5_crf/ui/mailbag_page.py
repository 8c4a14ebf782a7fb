"""The mailbag: how it stands with each PC, every file that went, came or was refused, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.pdf.confirmation import in_groups
from mda5_crf.services.access import Action
from mda5_crf.services.session import Session
from mda5_crf.sync.delivery import unsent_forms
from mda5_crf.sync.gaps import Standing, standings
from mda5_crf.sync.ledger import IN, OUT, Entry, ledger
from mda5_crf.sync.report import in_ranges
from mda5_crf.text import Text, both, message
from mda5_crf.ui.file_strip import FileStrip, documents
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.progress import Tasks
from mda5_crf.ui.record_tree import RecordTree
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.syncing import Maker, MakeStrip, TakeStrip
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.worker import Job, Progress

_PEER_SHARES: Final = (24, 8, 16, 16, 18, 18)
_FILE_SHARES: Final = (17, 11, 7, 22, 27, 16)
_PEER_HEADS: Final = ("peer", "site", "here", "on_the_way", "confirmed", "missing")
_FILE_HEADS: Final = ("when", "way", "number", "peer", "state", "proof")
_ACTS: Final = ("make", "again", "take", "cover", "ledger")
_MOST: Final = 4
"""Sentences about a PC that are shown at once."""
_GLYPHS: Final = {OUT: Glyph.STICK, IN: Glyph.HERE}


class MailbagPage(OfficePage):
    """Arrows move in both lists, Tab goes from one to the other, digits press the buttons."""

    title = message("mailbag.title")
    takes_bundles = True

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self.strip: Strip | None = None
        self.stands: tuple[Standing, ...] = ()
        self.entries: list[Entry] = []
        self.folder = documents()
        self._printing: Job | None = None
        self._told: Sequence[Text] = ()
        self._maker = Maker(self, session, Tasks.of(self))
        self._maker.made.connect(self._made)
        self._maker.covered.connect(lambda file: self.said.emit(message("mailbag.cover_written", file=file)))
        self._maker.failed.connect(self._not_made)
        self._peers_label, self._files_label = QLabel(self), QLabel(self)
        self.peers = RecordTree(self, _PEER_SHARES)
        self.files = RecordTree(self, _FILE_SHARES)
        self._peers_label.setBuddy(self.peers)
        self._files_label.setBuddy(self.files)
        for tree in (self.peers, self.files):
            tree.setRootIsDecorated(False)
            tree.digit.connect(self._digit)
            tree.currentItemChanged.connect(lambda *_: self._chosen())
        self.files.entered.connect(lambda: self.act("cover"))
        self.peers.entered.connect(lambda: self.act("make"))
        self.details = MessageLabel(self)
        self.buttons = {act: button(self) for act in _ACTS}
        for act, made in self.buttons.items():
            made.clicked.connect(lambda _=False, one=act: self.act(one))
        self.obeys = {"make_bundle": lambda: self.act("make"), "take_bundle": lambda: self.act("take")}
        self._lay_out()
        self.retranslate()
        self.rescale()

    def _lay_out(self) -> None:
        self._above, self._below = above, below = QWidget(self), QWidget(self)
        self._halves = [QVBoxLayout(above), QVBoxLayout(below)]
        for box, widgets in (
            (self._halves[0], (self._peers_label, self.peers, self.details)),
            (self._halves[1], (self._files_label, self.files)),
        ):
            box.setContentsMargins(0, 0, 0, 0)
            for widget in widgets:
                box.addWidget(widget, 1 if isinstance(widget, RecordTree) else 0)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.addWidget(above)
        self._split.addWidget(below)
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 3)
        self._foot = QWidget(self)
        self._row = QHBoxLayout(self._foot)
        self._row.setContentsMargins(0, 0, 0, 0)
        for act in _ACTS:
            self._row.addWidget(self.buttons[act])
        self._row.addStretch(1)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self._split, 1)
        self._box.addWidget(self._foot)

    # -- what is shown

    def refresh(self) -> None:
        """Read anew; the lines chosen stay chosen."""
        self.stands, self.entries = standings(self.session), list(reversed(ledger(self.session)))
        self._fill()

    def _fill(self) -> None:
        peer, entry = self.chosen_peer, self.chosen_entry
        for tree in (self.peers, self.files):
            tree.blockSignals(True)
            tree.clear()
        for stand in self.stands:
            item = self.peers.line(self.peers, [speak(one) for one in self._peer_cells(stand)], stand)
            if stand.lost:
                item.setIcon(5, icon(Glyph.WARNING))
            if peer is None or stand.device == peer.device:
                self.peers.setCurrentItem(item)
                peer = stand
        for one in self.entries:
            line = self.files.line(self.files, self._file_cells(one), one)
            line.setIcon(1, icon(_GLYPHS.get(one.direction, Glyph.CROSS)))
            if one.confirmed:
                line.setIcon(4, icon(Glyph.TICK))
            if entry is None or (one.direction, one.device, one.number, one.sha256) == _place(entry):
                self.files.setCurrentItem(line)
                entry = one
        for tree in (self.peers, self.files):
            tree.blockSignals(False)
        self._look()

    def _peer_cells(self, stand: Standing) -> list[Text]:
        forms = unsent_forms(self.session, stand.device) if stand.approved else 0
        here = message("mailbag.forms_one" if forms == 1 else "mailbag.forms", count=forms)
        waiting = tuple(one.number for one in stand.on_the_way)
        way = message("mailbag.numbers", numbers=in_ranges(waiting)) if waiting else _NONE
        confirmed = message("mailbag.upto", number=stand.confirmed) if stand.confirmed else _NONE
        lost, found = [one.number for one in stand.lost], [one.number for one in stand.gaps if one.since]
        missing = _NONE
        if lost:
            missing = message("mailbag.numbers", numbers=in_ranges(tuple(lost)))
        elif found:
            missing = message("mailbag.carried", numbers=in_ranges(tuple(found)))
        label = both(stand.name) if stand.approved else message("mailbag.ended", name=stand.name)
        return [label, both(stand.site), here if forms else _NONE, way, confirmed, missing]

    @staticmethod
    def _file_cells(entry: Entry) -> list[str]:
        return [
            entry.at, say(f"mailbag.way_{entry.direction}"), str(entry.number or "–"), entry.peer,
            speak(entry.state), entry.sha256[:12],
        ]  # fmt: skip

    @property
    def chosen_peer(self) -> Standing | None:
        """The PC of the line with the keyboard, None where there is none."""
        about = self.peers.about()
        return about if isinstance(about, Standing) else None

    @property
    def chosen_entry(self) -> Entry | None:
        """The file of the line with the keyboard, None where there is none."""
        about = self.files.about()
        return about if isinstance(about, Entry) else None

    def _chosen(self) -> None:
        self._told = ()
        self._look()

    def _look(self) -> None:
        """What is to be said of the lines chosen, and what can be done."""
        stand, entry = self.chosen_peer, self.chosen_entry
        able = any(one.approved for one in self.stands)
        printing = self.session.may(Action.PRINT)
        for act, possible in (
            ("make", able), ("again", able), ("take", able), ("ledger", printing),
            ("cover", printing and entry is not None and entry.direction == OUT),
        ):  # fmt: skip
            self.buttons[act].setEnabled(possible)
        lines, tone = self._sentences(stand)
        if self._told:
            lines, tone = _shortened(self._told, 2 * _MOST), Tone.QUIET
        elif self.files.hasFocus() and entry is not None:
            lines, tone = [message("mailbag.whole_hash", sha256=in_groups(entry.sha256))], Tone.QUIET
        self.details.say("\n".join(speak(line) for line in lines), tone)
        name(self.details, self.details.text())
        QTimer.singleShot(0, self.peers, self.peers.keep_in_sight)

    def _sentences(self, stand: Standing | None) -> tuple[list[Text], Tone]:
        if stand is None:
            return [message("mailbag.ledger_nobody")], Tone.QUIET
        told = [one.sentence for one in stand.lost]
        told += [one.sentence for one in stand.on_the_way]
        told += [one.sentence for one in stand.gaps if one.since]
        if stand.heard:
            told.append(message("mailbag.heard", peer=stand.name, number=stand.taken, at=stand.heard))
        else:
            told.append(message("mailbag.never_heard", peer=stand.name))
        return _shortened(told, _MOST), Tone.SOFT if stand.lost else Tone.QUIET

    # -- what is done

    def _digit(self, number: int) -> None:
        if number <= len(_ACTS):
            self.buttons[_ACTS[number - 1]].click()

    def act(self, which: str) -> None:
        """Ask for what the act needs, above the buttons; a strip that is there is put away first."""
        if self._printing is not None or not self.buttons[which].isEnabled():
            return
        if not self._put_away():
            return
        stand, entry = self.chosen_peer, self.chosen_entry
        device = stand.device if stand is not None else ""
        if which in ("make", "again"):
            self._show(MakeStrip(self, self.session, self._maker, device, again=which == "again"))
        elif which == "take":
            strip = TakeStrip(self, self.session)
            strip.working.connect(self.busy.emit)
            strip.taken.connect(self._taken)
            strip.noted.connect(self.refresh)
            self._show(strip)
        elif which == "cover" and entry is not None:
            session, peer, number = self.session, entry.device, entry.number

            def cover(tongue: str) -> bytes:
                from mda5_crf.jobs.mailbag import print_cover

                return print_cover(session, peer, number, tongue).data  # type: ignore[arg-type]

            self._show(SheetStrip(self, self.folder / f"cover-{number:04d}.pdf", cover, self._print))
        elif which == "ledger":
            session = self.session

            def whole(tongue: str) -> bytes:
                from mda5_crf.jobs.mailbag import print_ledger

                return print_ledger(session, tongue).data  # type: ignore[arg-type]

            self._show(SheetStrip(self, self.folder / "ledger.pdf", whole, self._print))

    def take_files(self, *files: Path) -> None:
        """Look at files or a folder, as if they were named in the strip."""
        self.act("take")
        if isinstance(self.strip, TakeStrip):
            self.strip.offer(*files)

    def _print(self, strip: SheetStrip, file: Path, make: Callable[[], bytes]) -> None:
        def work(_progress: Progress) -> None:
            from mda5_crf.jobs.written import write

            write(file, make())

        def done(_: object) -> None:
            self._printing = None
            self.folder = file.absolute().parent
            self._put_away()
            self.said.emit(message("mailbag.sheet_written", file=file.name))
            self.refresh()

        def failed(problem: CrfError) -> None:
            self._printing = None
            strip.complain(problem)

        if self._printing is None:
            self._printing = Job(self, work, done, failed)

    def _made(self, file: str) -> None:
        self.refresh()
        self.said.emit(message("mailbag.made", file=Path(file).name))

    def _not_made(self, problem: CrfError) -> None:
        if not isinstance(self.strip, MakeStrip):  # else it says so itself
            self.told.emit(problem)

    def _taken(self, lines: Sequence[Text]) -> None:
        self.session.refresh()
        self.changed.emit()
        self._told = lines

    # -- the strip

    def _show(self, strip: Strip) -> None:
        self.strip = strip
        strip.closed.connect(self._strip_closed)
        # At large type there is not room for everything: what the strip is about stays.
        files = isinstance(strip, SheetStrip)
        self._above.setVisible(not files)
        self._below.setVisible(files)
        self._foot.hide()
        self._box.addWidget(strip)
        strip.show()
        strip.take_focus()

    def _put_away(self) -> bool:
        """Whether no strip is left: one that takes a bundle stays until that has ended."""
        if self.strip is not None:
            self.strip.close_strip()
        return self.strip is None

    def _strip_closed(self) -> None:
        strip, self.strip = self.strip, None
        if strip is not None:
            self._box.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
            for part in (self._above, self._below, self._foot):
                part.show()
            self.refresh()
            self.take_focus()

    # -- leaving, words, size

    def take_focus(self) -> None:
        """To the PCs; to the files where no PC is registered."""
        if self.strip is not None:
            self.strip.take_focus()
        else:
            (self.peers if self.stands else self.buttons["ledger"]).setFocus()

    def leave(self) -> bool:
        """Not while something is being taken or printed."""
        return self._printing is None and self._put_away()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.peers.setHeaderLabels([say(f"mailbag.column_{one}") for one in _PEER_HEADS])
        self.files.setHeaderLabels([say(f"mailbag.column_{one}") for one in _FILE_HEADS])
        for label, tree, code in (
            (self._peers_label, self.peers, "ledger_peers"), (self._files_label, self.files, "ledger_files"),
        ):  # fmt: skip
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setText(say(f"mailbag.{code}"))
            name(tree, say(f"mailbag.{code}"))
        for number, act in enumerate(_ACTS, start=1):
            self.buttons[act].setText(f"{number} {say(f'mailbag.act_{act}')}")
            name(self.buttons[act], say(f"mailbag.act_{act}").rstrip(" …"))
        if self.stands or self.entries:
            self._fill()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit // 2, unit, unit // 2)
        self._box.setSpacing(unit // 2)
        self._row.setSpacing(unit // 2)
        for box in self._halves:
            box.setSpacing(unit // 3)
        for tree in (self.peers, self.files):
            tree.setMinimumHeight(5 * self.fontMetrics().height() // 2 + unit // 2)
            tree.fit()


class SheetStrip(FileStrip):
    """Where a sheet goes, and in which language."""

    def __init__(
        self,
        page: QWidget,
        file: Path,
        make: Callable[[str], bytes],
        write: Callable[[SheetStrip, Path, Callable[[], bytes]], None],
    ) -> None:
        self._make, self._write = make, write
        super().__init__(
            page, file, message("mailbag.sheet_file"), TONGUES, message("mailbag.sheet_language"),
            message("mailbag.sheet_write"), message("mailbag.sheet_kinds"), message("mailbag.sheet_note"),
        )  # fmt: skip
        self.tongue.setCurrentIndex(TONGUES.index("both"))  # who receives it may read the other one

    def write(self, file: Path, tongue: str) -> None:
        """Have it printed in the background."""
        self._write(self, file, lambda: self._make(tongue))


_NONE: Final = both("–")


def _shortened(lines: Sequence[Text], most: int) -> list[Text]:
    left = len(lines) - most
    return list(lines) if left <= 0 else [*lines[:most], message("locks.and_more", count=left)]


def _place(entry: Entry) -> tuple[str, str, int, str]:
    return entry.direction, entry.device, entry.number, entry.sha256
