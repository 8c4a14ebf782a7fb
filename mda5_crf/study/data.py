"""Everything entered for one participant, in memory. Services build and change it, the engine reads it.

Change it only through its methods: they forget what the engine has computed from what changes.
"""

from __future__ import annotations

from typing import Any, Protocol

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.values import Entry

__all__ = ["Entry", "SubjectData"]


class Memo(Protocol):
    """What the engine remembers about one participant under one definition."""

    def forget_item(self, key: ItemKey) -> None:
        """An entry changed."""

    def forget_form(self, form: ItemKey) -> None:
        """The rows of a form instance changed."""

    def forget_all(self) -> None:
        """Events or repeats of forms came or went."""


class SubjectData:
    """The entries of ONE participant, with the rows, repeats, confirmations and statuses recorded.

    ``rows`` maps a group's key (without ``group_repeat``) to the identities of its live rows in order
    of creation; ``form_repeats`` likewise a form's key (without ``form_repeat``). ``event_repeats``
    maps an event OID to its instances ("" for an event that does not repeat). ``statuses`` holds
    ``complete``, ``incomplete`` or ``not_done`` as recorded. ``revision`` rises with every change.
    """

    __slots__ = (
        "__weakref__",
        "_by_form",
        "confirmations",
        "entries",
        "event_repeats",
        "form_repeats",
        "memos",
        "revision",
        "rows",
        "site",
        "statuses",
        "subject",
        "subjid",
    )

    def __init__(self, subject: str, subjid: str, site: str) -> None:
        self.subject = subject
        self.subjid = subjid
        self.site = site
        self.entries: dict[ItemKey, Entry] = {}
        self.rows: dict[ItemKey, list[str]] = {}
        self.form_repeats: dict[ItemKey, list[str]] = {}
        self.event_repeats: dict[str, list[str]] = {}
        self.confirmations: dict[tuple[ItemKey, str], str] = {}
        self.statuses: dict[ItemKey, str] = {}
        self.revision = 0
        self.memos: dict[Any, Memo] = {}
        self._by_form: dict[ItemKey, int] = {}

    def put(self, key: ItemKey, entry: Entry | None) -> None:
        """Set or (None) remove the entry of an item."""
        had = key in self.entries
        if entry is None:
            if not had:
                return
            del self.entries[key]
        else:
            self.entries[key] = entry
        change = (entry is not None) - had
        if change:
            form = key.form_key()
            self._by_form[form] = self._by_form.get(form, 0) + change
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_item(key)

    def get(self, key: ItemKey) -> Entry | None:
        """The entry of an item; None when nothing was entered."""
        return self.entries.get(key)

    def has_entries(self, form: ItemKey) -> bool:
        """True when anything is entered in a form instance."""
        return self._by_form.get(form, 0) > 0

    def add_row(self, group: ItemKey, identity: str, struck: bool = False) -> None:
        """Add a row to the group ``group`` (a key without ``group_repeat``); a struck one does not count."""
        if not struck:
            self.rows.setdefault(group, []).append(identity)
        self._rows_changed(group)

    def strike_row(self, group: ItemKey, identity: str) -> None:
        """Take a row out of the live ones. Its entries stay."""
        if identity in self.rows.get(group, ()):
            self.rows[group].remove(identity)
        self._rows_changed(group)

    def restore_row(self, group: ItemKey, identity: str, position: int | None = None) -> None:
        """Bring a struck row back, at its place among the live ones (default: last)."""
        live = self.rows.setdefault(group, [])
        if identity not in live:
            live.insert(len(live) if position is None else position, identity)
        self._rows_changed(group)

    def add_event(self, event: str, identity: str = "") -> None:
        """Add an instance of an event."""
        self.event_repeats.setdefault(event, []).append(identity)
        self._all_changed()

    def strike_event(self, event: str, identity: str) -> None:
        """Take an instance of an event out."""
        if identity in self.event_repeats.get(event, ()):
            self.event_repeats[event].remove(identity)
        self._all_changed()

    def add_form(self, form: ItemKey, identity: str) -> None:
        """Add an instance of a repeating form; ``form`` has no ``form_repeat``."""
        self.form_repeats.setdefault(form, []).append(identity)
        self._all_changed()

    def strike_form(self, form: ItemKey, identity: str) -> None:
        """Take an instance of a repeating form out."""
        if identity in self.form_repeats.get(form, ()):
            self.form_repeats[form].remove(identity)
        self._all_changed()

    def confirm(self, key: ItemKey, check: str, text: str) -> None:
        """Record that somebody confirmed finding ``check`` of an item for the value ``text``."""
        self.confirmations[key, check] = text
        self.revision += 1

    def set_status(self, form: ItemKey, status: str) -> None:
        """Record the status of a form instance."""
        self.statuses[form] = status
        self.revision += 1

    def _rows_changed(self, group: ItemKey) -> None:
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_form(group.form_key())

    def _all_changed(self) -> None:
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_all()
