"""F1 and the Help menu: guidance for the item that has the keyboard, else the guide's chapter of the page.

Light on purpose: the guides are read when somebody asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QScrollArea

if TYPE_CHECKING:
    from collections.abc import Collection

    from mda5_crf.ui.help_page import HelpPage
    from mda5_crf.ui.main_window import MainWindow
    from mda5_crf.ui.work_pages import WorkArea


class Helping(QObject):
    """See the module text. Lives as long as the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.page: HelpPage | None = None

    def ask(self) -> None:
        """F1. The first shows the guidance of an item; the second, or one without an item, the guide."""
        work = self._work
        form = None if work is None or work.busy else work.page
        if work is None or form is None or form.focused_key is None or self._guidance_shown(work):
            self.show()
        else:
            form.show_guidance()

    def show(self) -> None:
        """The guide's chapter of what is on screen, in a window of its own that stops nothing."""
        from mda5_crf.ui.help_map import place_of
        from mda5_crf.ui.help_page import HelpPage

        if self.page is None:
            self.page = HelpPage(self._window)
        self.page.open_at(place_of(self.here(), self._roles), self._roles)

    def here(self) -> str:
        """The row of the table for what is on screen, "" for a page without one."""
        from mda5_crf.ui.help_map import SHELL

        work = self._work
        if work is None:
            page = self._window.pages.currentWidget()
            page = page.widget() if isinstance(page, QScrollArea) else page
            return SHELL.get(type(page).__name__, "")
        if work.office.page is not None:
            return work.office.command
        if work.page is not None:
            return "second_entry" if work.page.entry.blind else "form"
        focused = QApplication.focusWidget()
        in_list = focused is not None and work.matrix.work.isAncestorOf(focused)
        return "work_list" if in_list else "matrix"

    @property
    def _work(self) -> WorkArea | None:
        return None if self._window.locked else self._window.work

    @property
    def _roles(self) -> Collection[str]:
        work = self._work
        return work.session.person.roles if work is not None else ()

    @staticmethod
    def _guidance_shown(work: WorkArea) -> bool:
        """Whether the keyboard is in the guidance already."""
        from mda5_crf.ui.side_panel import GUIDANCE

        focused = QApplication.focusWidget()
        there = focused is not None and work.side.isAncestorOf(focused)
        return there and work.side.currentIndex() == GUIDANCE
