"""Who opened which form: noted in memory, written together with the next record.

Looking costs no write of its own: the notes go along in the transaction of the next act, at the latest of the
log-out or the lock. Once per form and sitting. What was only looked at before a power cut is lost with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mda5_crf.db.records import Draft

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey

VIEW: Final = "view"


class ViewBook:
    """The forms opened in one sitting."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._waiting: list[Draft] = []
        self._going: list[Draft] = []

    def note(self, form: ItemKey, *, second: bool = False) -> None:
        """A form was opened for looking or entry; ``second``: blind, so that no first value was seen."""
        path = form.form_key().path()
        name = f"{path} {second}"
        if form.form and form.subject and name not in self._seen:
            self._seen.add(name)
            self._waiting.append(Draft(VIEW, path, {"as": "second"} if second else {}))

    def take(self) -> list[Draft]:
        """What waits, for the transaction that begins now."""
        self._going = list(self._waiting)
        return self._going

    def written(self) -> None:
        """The transaction is through."""
        del self._waiting[: len(self._going)]
        self._going = []
