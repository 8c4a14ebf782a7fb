"""Reference limits on offer: said once results wait for them, filled in by one key (F7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.errors import CrfError
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.referencelists import panel_of
from mda5_crf.text import message
from mda5_crf.ui.language import say

if TYPE_CHECKING:
    from mda5_crf.services.limits import LimitOffer
    from mda5_crf.ui.form_page import FormPage


class Limits:
    """What the page does with ``EntrySession.offer_limits``; forms without limits are never asked."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self._revision: object = None
        self._offers: tuple[LimitOffer, ...] = ()
        panel = panel_of(page.session.study)
        self.possible = panel is not None and panel.laboratory in page.entry.form.items

    def offers(self) -> tuple[LimitOffer, ...]:
        """What would be filled in now; looked up once for each change of the participant's data."""
        page = self._page
        if not self.possible or page.entry.readonly is not None:
            return ()
        revision = page.session.data(page.entry.key.subject).revision
        if revision != self._revision:
            self._offers, self._revision = page.entry.offer_limits(), revision
        return self._offers

    def hint(self) -> str:
        """For the line about the focused item; "" when nothing is on offer."""
        offers = self.offers()
        return say("form.limits_on_offer", count=len(offers)) if offers else ""

    def take(self) -> bool:
        """Fill in all that are on offer, as they stand now, and say how many."""
        page = self._page
        if not page.commits.commit_all():
            return False
        try:
            offers = self.offers()
        except CrfError as problem:
            page.refused(None, problem)
            return False
        if not offers:
            page.announce(say("form.limits_none"))
            return False

        def do(reason: Reason | None) -> Changes:
            changes = page.entry.take_limits(reason, offers)
            page.announce(say("form.limits_taken", count=len(offers)))
            return changes

        return page.commits.act(page.focused, message("form.reason_limits", count=len(offers)), do)
