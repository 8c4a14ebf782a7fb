"""Answers that only an investigator can give, and that somebody else has entered.

Which they are stands in the definition (``investigator = true``). Pure, so that what is endorsed can be taken
out by whoever knows of endorsements.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from mda5_crf.db.views import EntryRow
from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Item

WasInvestigator = Callable[[str, datetime], bool]
"""Whether a person (id) held the role of an investigator at a moment (UTC)."""


def is_judgement(item: Item) -> bool:
    """Whether an investigator has to answer, or to endorse the answer."""
    return item.investigator and not item.computed


def waiting(
    item_at: Callable[[ItemKey], Item | None],
    entries: Iterable[EntryRow],
    was_investigator: WasInvestigator,
    endorsed: Collection[ItemKey] = (),
) -> tuple[ItemKey, ...]:
    """The answers among ``entries`` that wait for an investigator, in their order.

    An answer waits when its last author was no investigator on that day and it is not ``endorsed``. An item
    that is empty, or marked missing, waits for nobody; neither does one that ``item_at`` does not know.
    """
    found = []
    for entry in entries:
        item = item_at(entry.key)
        if item is None or not is_judgement(item) or not entry.text or entry.key in endorsed:
            continue
        if not was_investigator(entry.person, entry.at):
            found.append(entry.key)
    return tuple(found)
