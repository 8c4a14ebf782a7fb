"""Who confirmed an unusual value, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.state import ItemState
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


class Confirmations:
    """Looks the confirmation up in the history once for each value, not on every refresh."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[ItemKey, str], Text | None] = {}

    def words(self, state: ItemState) -> Text | None:
        """The words “Confirmed by Li, 14:05”; None when nothing of ``state`` is confirmed."""
        if not any(finding.confirmed for finding in state.findings):
            return None
        place = (state.key, state.value.identity)
        if place not in self._known:
            self._known[place] = self._look_up(state.key)
        return self._known[place]

    def _look_up(self, key: ItemKey) -> Text | None:
        lines = [line for line in self._session.history(key) if line.kind == "confirm"]
        if not lines:
            return None
        when = lines[-1].at.astimezone(self._session.zone)
        form = "%H:%M" if when.date() == self._session.today else "%Y-%m-%d %H:%M"
        return message("form.confirmed_by", person=lines[-1].person, time=when.strftime(form))
