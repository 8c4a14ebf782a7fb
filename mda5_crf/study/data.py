"""Everything entered for one participant, in memory. Services build and change it, the engine reads it.

Change it only through its methods: they forget what the engine has computed from what changes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.references import References
from mda5_crf.study.values import Entry

__all__ = ["Entry", "SubjectData"]


class Memo(Protocol):
    """What the engine remembers about one participant under one definition."""

    def forget_item(self, key: ItemKey, began: bool) -> None:
        """An entry changed; ``began``: it was the first of its form, or the last to go."""

    def forget_form(self, form: ItemKey) -> None:
        """The rows of a form instance changed."""

    def forget_all(self) -> None:
        """Events or repeats of forms came or went."""

    def forget_topic(self, topic: str) -> None:
        """Something beside the entries changed: :data:`SIGNATURES`, :data:`QUERIES`, :data:`REFERENCES`."""


SIGNATURES, QUERIES, REFERENCES = "#signatures", "#queries", "#references"


class SubjectData:
    """The entries of ONE participant, with the rows, repeats, confirmations and statuses recorded.

    ``rows`` maps a group's key (without ``group_repeat``) to the identities of its live rows in order
    of creation; ``form_repeats`` likewise a form's key (without ``form_repeat``). ``event_repeats``
    maps an event OID to its instances ("" for an event that does not repeat). ``statuses`` holds
    ``complete``, ``incomplete`` or ``not_done`` as recorded. ``revision`` rises with every change.

    ``lines`` maps a place to everything ever made there, struck or not, in order of creation: a group's
    key to its rows, a form's key to its repeats, an event's key to its instances. The number people use
    (``AE#3``, ``HRCT#2``, ``UNS#2``) is the place in that list, so striking one renumbers no other.

    ``verified``: forms whose answers were held against the source, as far as the definition wants it.
    ``held``: forms that are frozen or locked; it is shown as their status and no rule asks for it.
    What checks may ask beside the entries, None where it is not known: ``signatures``, the keys of the
    form instances whose signature counts; ``open_queries``, how many are open; ``references``, the lists
    of the site.
    """

    __slots__ = (
        "__weakref__",
        "_by_form",
        "_open_queries",
        "_references",
        "_signatures",
        "confirmations",
        "entries",
        "event_repeats",
        "form_repeats",
        "held",
        "lines",
        "memos",
        "revision",
        "rows",
        "site",
        "statuses",
        "subject",
        "subjid",
        "verified",
    )

    def __init__(self, subject: str, subjid: str, site: str) -> None:
        self.subject = subject
        self.subjid = subjid
        self.site = site
        self.entries: dict[ItemKey, Entry] = {}
        self.rows: dict[ItemKey, list[str]] = {}
        self.lines: dict[ItemKey, list[str]] = {}
        self.form_repeats: dict[ItemKey, list[str]] = {}
        self.event_repeats: dict[str, list[str]] = {}
        self.confirmations: dict[tuple[ItemKey, str], str] = {}
        self.statuses: dict[ItemKey, str] = {}
        self.held: Mapping[ItemKey, str] = {}
        self.verified: Container[ItemKey] = ()
        self.revision = 0
        self.memos: dict[Any, Memo] = {}
        self._by_form: dict[ItemKey, int] = {}
        self._signatures: AbstractSet[ItemKey] | None = None
        self._open_queries: int | None = None
        self._references: References | None = None

    @property
    def signatures(self) -> AbstractSet[ItemKey] | None:
        """The form instances whose signature counts; None = not known."""
        return self._signatures

    @signatures.setter
    def signatures(self, forms: Iterable[ItemKey] | None) -> None:
        known = None if forms is None else frozenset(forms)
        if known != self._signatures:
            self._signatures = known
            self._topic_changed(SIGNATURES)

    @property
    def open_queries(self) -> int | None:
        """How many queries of the participant are open; None = not known."""
        return self._open_queries

    @open_queries.setter
    def open_queries(self, count: int | None) -> None:
        if count != self._open_queries:
            self._open_queries = count
            self._topic_changed(QUERIES)

    @property
    def references(self) -> References | None:
        """The lists of the site; None = not known."""
        return self._references

    @references.setter
    def references(self, lists: References | None) -> None:
        if lists != self._references:
            self._references = lists
            self._topic_changed(REFERENCES)

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
        began = False
        if change:
            form = key.form_key()
            count = self._by_form[form] = self._by_form.get(form, 0) + change
            began = count == max(change, 0)
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_item(key, began)

    def get(self, key: ItemKey) -> Entry | None:
        """The entry of an item; None when nothing was entered."""
        return self.entries.get(key)

    def has_entries(self, form: ItemKey) -> bool:
        """True when anything is entered in a form instance."""
        return self._by_form.get(form, 0) > 0

    def line_of(self, place: ItemKey, identity: str) -> int | None:
        """The number people use for a row, repeat or instance, from 1, struck or not; None for no such one.

        ``place`` is the key of its group, form or event, without the identity itself.
        """
        made = self.lines.get(place, ())
        return made.index(identity) + 1 if identity in made else None

    def add_row(self, group: ItemKey, identity: str, struck: bool = False) -> None:
        """Add a row to the group ``group`` (a key without ``group_repeat``), or bring a struck one back at
        its place. ``struck``: it does not count.
        """
        self._add(self.rows.setdefault(group, []), group, identity, struck)
        self._rows_changed(group)

    def strike_row(self, group: ItemKey, identity: str) -> None:
        """Take a row out of the live ones. Its entries and its number stay."""
        if identity in self.rows.get(group, ()):
            self.rows[group].remove(identity)
        self._rows_changed(group)

    def drop_row(self, group: ItemKey, identity: str) -> None:
        """Take back a row that was added and never stored: its number is free again."""
        self.strike_row(group, identity)
        if identity in self.lines.get(group, ()):
            self.lines[group].remove(identity)

    def add_event(self, event: str, identity: str = "", struck: bool = False) -> None:
        """Add an instance of an event; a struck one does not count."""
        place = ItemKey(self.subject, event)
        self._add(self.event_repeats.setdefault(event, []), place, identity, struck)
        self._all_changed()

    def strike_event(self, event: str, identity: str) -> None:
        """Take an instance of an event out. Its number stays."""
        if identity in self.event_repeats.get(event, ()):
            self.event_repeats[event].remove(identity)
        self._all_changed()

    def add_form(self, form: ItemKey, identity: str, struck: bool = False) -> None:
        """Add an instance of a repeating form (``form`` has no ``form_repeat``); a struck one is not live."""
        self._add(self.form_repeats.setdefault(form, []), form, identity, struck)
        self._all_changed()

    def strike_form(self, form: ItemKey, identity: str) -> None:
        """Take an instance of a repeating form out. Its number stays."""
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
        for memo in self.memos.values():
            memo.forget_form(form.form_key())

    def _add(self, live: list[str], place: ItemKey, identity: str, struck: bool) -> None:
        """A new one comes last; one that was struck comes back where it was."""
        made = self.lines.setdefault(place, [])
        if identity not in made:
            made.append(identity)
            if not struck:
                live.append(identity)
        elif not struck and identity not in live:
            live[:] = [one for one in made if one == identity or one in live]

    def _rows_changed(self, group: ItemKey) -> None:
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_form(group.form_key())

    def _topic_changed(self, topic: str) -> None:
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_topic(topic)

    def _all_changed(self) -> None:
        self.revision += 1
        for memo in self.memos.values():
            memo.forget_all()
