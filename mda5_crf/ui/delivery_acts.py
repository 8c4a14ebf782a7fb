"""Where the form on screen is (here only, in a bundle, confirmed), beside its status and in the tree's tips.

Asked when the hands rest: no key waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from mda5_crf.errors import StoreError
from mda5_crf.services.access import Action
from mda5_crf.sync.delivery import delivery

if TYPE_CHECKING:
    from mda5_crf.ui.work_pages import WorkArea

WAIT = 400
"""Milliseconds without a change before it is asked."""


class DeliveryActs(QObject):
    """See the module text."""

    def __init__(self, work: WorkArea) -> None:
        super().__init__(work)
        self._work = work
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.refresh)

    def later(self) -> None:
        """Look when nothing has been entered for a moment."""
        self._timer.start()

    def stop(self) -> None:
        """Nobody is logged in any more."""
        self._timer.stop()

    def refresh(self) -> None:
        """Ask and show it; a second entry, which is blind, says nothing of the first."""
        work, page = self._work, self._work.page
        if work.busy or not work.session.may(Action.READ):
            return
        if page is None or page.entry.blind:
            work.context.show_where(None)
            return
        known = delivery(work.session)
        try:
            work.context.show_where(known.of_form(work.session, page.entry.key))
            work.tree.show_where(known.of_forms(work.session, [form.key for form in work.tree.forms()]))
        except StoreError:
            # The stick with the vault was pulled out: whatever is entered next says so.
            work.context.show_where(None)
