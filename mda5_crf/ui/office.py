"""Pages beside the forms: accounts, audit trail, queries, locks, backups. One at a time, Esc leads back.

A page is made when it is first asked for and kept until the log-out. It knows the session and nothing of
the window; what it wants opened or said it asks for by signal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text
from mda5_crf.ui.spoken import Spoken

if TYPE_CHECKING:
    from pathlib import Path

    from mda5_crf.services.session import Session
    from mda5_crf.ui.work_pages import WorkArea


class OfficePage(Spoken, QWidget):
    """What every such page has. ``title`` stands in the context bar; ``refresh`` is called each time it is
    shown.
    """

    title: Text
    left = Signal()
    """Esc: back to where one was."""
    place_wanted = Signal(object)
    """ItemKey of a visit, form or item to be opened."""
    query_wanted = Signal(str)
    """Id of a query to be shown beside the form that was opened."""
    command_wanted = Signal(str)
    """A command of the window: another page, the matrix."""
    said = Signal(object)
    """Text for the action bar: what was done."""
    told = Signal(object)
    """Text or CrfError for the banner: what could not be done."""
    changed = Signal()
    """Something was recorded that forms and matrix may speak of."""
    busy = Signal(bool)
    """Something is being signed or recorded: nothing else may be entered or closed meanwhile."""
    takes_files: bool = False
    """Whether files dropped on the window while it is shown are for ``take(path)`` of this page."""
    takes_bundles: bool = False
    """Whether bundles dropped meanwhile are for ``take_files(*paths)`` of this page."""
    presses: bool = False
    """Whether Enter presses the button that has the keyboard."""
    obeys: Mapping[str, Callable[[], object]] = MappingProxyType({})
    """Commands of the window that mean something of the page's own while it is on screen: Ctrl+P in a preview
    prints what it shows."""
    came_from: ItemKey | None = None
    """Where one comes from: the form or item that was on screen, None from the matrix."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self.session = session

    def refresh(self) -> None:
        """Read anew what is shown; what is chosen stays chosen."""

    def take_focus(self) -> None:
        """The keyboard to where work is."""
        raise NotImplementedError

    def leave(self) -> bool:
        """Whether the page may be left now; False when something typed has to wait (it says why)."""
        return True

    def half_typed(self) -> Mapping[str, QLineEdit]:
        """Boxes whose words wait in the vault at a lock, by a name of the page's own; none unless it says so.

        Never a box for a password, for a name of the identification list or for words of a recovery sheet.
        """
        return {}

    @property
    def chosen_now(self) -> str:
        """What the words are about, as :meth:`choose_again` understands it; "" for nothing."""
        return ""

    def choose_again(self, about: str) -> None:
        """Choose what :attr:`chosen_now` said."""

    def bring_back(self, words: Mapping[str, str]) -> Collection[str]:
        """Put words of :meth:`half_typed` back; the names of those that found their box again."""
        boxes = self.half_typed()
        for name, box in boxes.items():
            if name in words:
                box.setText(words[name])
                box.setFocus(Qt.FocusReason.OtherFocusReason)
        return boxes.keys() & words.keys()

    def take(self, file: Path) -> None:
        """A file was dropped, see ``takes_files``."""

    def take_files(self, *files: Path) -> None:
        """Bundles were dropped, see ``takes_bundles``."""

    def stop(self) -> None:
        """Nobody is logged in any more."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back; Enter as ``presses`` says."""
        chosen, key = self.focusWidget(), event.key()
        if key == Qt.Key.Key_Escape and not event.modifiers():
            self.left.emit()
        elif (
            self.presses and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(chosen, QPushButton)
        ):
            chosen.click()
        else:
            super().keyPressEvent(event)


class Maker(Protocol):
    """Makes a page; a class of ours is one."""

    def __call__(self, parent: QWidget, session: Session) -> OfficePage:
        """The page."""


def _coding() -> Maker:
    from mda5_crf.ui.coding_page import CodingPage

    return CodingPage


def _import_data() -> Maker:
    from mda5_crf.ui.import_page import ImportPage

    return ImportPage


def _lab_sheet() -> Maker:
    from mda5_crf.ui.labs_page import LabsPage

    return LabsPage


def _audit() -> Maker:
    from mda5_crf.ui.audit_page import AuditPage

    return AuditPage


def _people() -> Maker:
    from mda5_crf.ui.people_page import PeoplePage

    return PeoplePage


def _queries() -> Maker:
    from mda5_crf.ui.queries_page import QueriesPage

    return QueriesPage


def _conflicts() -> Maker:
    from mda5_crf.ui.conflicts_page import ConflictsPage

    return ConflictsPage


def _backups() -> Maker:
    from mda5_crf.ui.backup_page import BackupPage

    return BackupPage


def _judgement() -> Maker:
    from mda5_crf.ui.endorse_page import JudgementPage

    return JudgementPage


def _sign_more() -> Maker:
    from mda5_crf.ui.sign_more_page import SignMorePage

    return SignMorePage


def _locks() -> Maker:
    from mda5_crf.ui.locks_page import LocksPage

    return LocksPage


def _recovery() -> Maker:
    from mda5_crf.ui.recovery_page import RecoveryPage

    return RecoveryPage


def _identities() -> Maker:
    from mda5_crf.ui.identities_page import IdentitiesPage

    return IdentitiesPage


def _wrong_place() -> Maker:
    from mda5_crf.ui.wrong_place_page import WrongPlacePage

    return WrongPlacePage


def _voided() -> Maker:
    from mda5_crf.ui.voided_page import VoidedPage

    return VoidedPage


def _redact() -> Maker:
    from mda5_crf.ui.redact_page import RedactPage

    return RedactPage


def _correct_clock() -> Maker:
    from mda5_crf.ui.clock_page import ClockPage

    return ClockPage


def _preview() -> Maker:
    from mda5_crf.ui.preview_page import PreviewPage

    return PreviewPage


def _preview_visit() -> Maker:
    from mda5_crf.ui.preview_page import VisitPage

    return VisitPage


def _documents() -> Maker:
    from mda5_crf.ui.preview_page import DocumentsPage

    return DocumentsPage


def _print_many() -> Maker:
    from mda5_crf.ui.print_many_page import PrintManyPage

    return PrintManyPage


def _check_page() -> Maker:
    from mda5_crf.ui.check_page import CheckPage

    return CheckPage


def _mailbag() -> Maker:
    from mda5_crf.ui.mailbag_page import MailbagPage

    return MailbagPage


def _aside() -> Maker:
    from mda5_crf.ui.aside_page import AsidePage

    return AsidePage


def _devices() -> Maker:
    from mda5_crf.ui.devices_page import DevicesPage

    return DevicesPage


def _joining() -> Maker:
    from mda5_crf.ui.joining_page import JoiningPage

    return JoiningPage


def _overlays() -> Maker:
    from mda5_crf.ui.overlays_page import OverlaysPage

    return OverlaysPage


def _definition() -> Maker:
    from mda5_crf.ui.definition_page import DefinitionPage

    return DefinitionPage


def _figures() -> Maker:
    from mda5_crf.ui.figures_page import FiguresPage

    return FiguresPage


def _listing() -> Maker:
    from mda5_crf.ui.listing_page import ListingPage

    return ListingPage


def _patterns() -> Maker:
    from mda5_crf.ui.patterns_page import PatternsPage

    return PatternsPage


def _selfcheck() -> Maker:
    from mda5_crf.ui.selfcheck_page import SelfcheckPage

    return SelfcheckPage


PAGES: dict[str, Callable[[], Maker]] = {
    "figures": _figures,
    "listing": _listing,
    "patterns": _patterns,
    "selfcheck": _selfcheck,
    "mailbag": _mailbag,
    "aside": _aside,
    "devices": _devices,
    "joining": _joining,
    "overlays": _overlays,
    "definition": _definition,
    "print_form": _preview,
    "print_visit": _preview_visit,
    "print_many": _print_many,
    "documents": _documents,
    "check_page": _check_page,
    "wrong_place": _wrong_place,
    "voided": _voided,
    "redact": _redact,
    "correct_clock": _correct_clock,
    "identities": _identities,
    "recovery": _recovery,
    "sign_more": _sign_more,
    "judgement": _judgement,
    "locks": _locks,
    "backups": _backups,
    "queries": _queries,
    "conflicts": _conflicts,
    "audit": _audit,
    "people": _people,
    "coding": _coding,
    "import_data": _import_data,
    "lab_sheet": _lab_sheet,
}
"""Command → the page it opens; the module is imported with the first use."""
HOME: Final = "people"
"""Where somebody begins who may read nothing of participants."""


class Office(QObject):
    """The pages of one log-in, and which one is on screen."""

    def __init__(self, work: WorkArea) -> None:
        super().__init__(work)
        self._work = work
        self._made: dict[str, OfficePage] = {}
        self._back: ItemKey | None = None

    @property
    def command(self) -> str:
        """The command of the page on screen, "" for none."""
        page = self.page
        return next((command for command, made in self._made.items() if made is page), "")

    @property
    def back(self) -> ItemKey | None:
        """Where one was before the page on screen, None on the matrix."""
        return self._back

    @property
    def page(self) -> OfficePage | None:
        """The page on screen, or None."""
        shown = self._work.centre.currentWidget()
        return cast("OfficePage", shown) if shown in self._made.values() else None

    @property
    def obeyed(self) -> Collection[str]:
        """The commands that mean something of its own to the page on screen."""
        return () if self.page is None else self.page.obeys.keys()

    def answer(self, command: str) -> bool:
        """Have the page on screen do ``command`` when it means something of its own there. False if not."""
        act = None if self.page is None else self.page.obeys.get(command)
        if act is not None:
            act()
        return act is not None

    def open(self, command: str) -> OfficePage | None:
        """Show the page of ``command``. None when something typed has to wait first."""
        work = self._work
        if not work.leave():
            return None
        if self.page is None:
            self._back = work.page.focused_key or work.page.entry.key if work.page is not None else None
        page = self._made.get(command)
        if page is None:
            page = self._made[command] = PAGES[command]()(work.centre, work.session)
            work.centre.addWidget(page)
            page.left.connect(self.close)
            page.place_wanted.connect(work.open_task)
            page.query_wanted.connect(work.acts.show_query)
            page.command_wanted.connect(work.acts.run)
            page.said.connect(work.bar.show_words)
            page.told.connect(work.tell)
            page.changed.connect(work.session_changed)
            page.busy.connect(work.set_busy)
        page.came_from = self._back
        work.show_aside(page)
        page.refresh()
        page.take_focus()
        return page

    def close(self) -> None:
        """Back to where one was before."""
        if self.page is None or not self.page.leave():
            return
        back, self._back = self._back, None
        if back is None or not self._work.open_task(back):
            self._work.show_matrix()

    def stop(self) -> None:
        """Nobody is logged in any more."""
        for page in self._made.values():
            page.stop()
