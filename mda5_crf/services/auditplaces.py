"""Where a record belongs, as people say it: participant, visit, form with its number, line, item in its
words.

For lists of many participants: nothing of a participant is evaluated or kept but who made which repeat.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from mda5_crf.db import read
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.storebase import AnyStore
from mda5_crf.itemkey import ItemKey
from mda5_crf.study import links
from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.text import Text, both

_NOWHERE: Final = both("")


@dataclass(slots=True)
class _Made:
    """The repeats of one participant: identity → its number; rows of a log in order, and those that count."""

    numbers: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """``key`` "" and everything empty for what is about the vault itself. ``label``: the item's question, or
    the name of form or visit.
    """

    subject: str = ""
    subjid: str = ""
    site: str = ""
    event: str = ""
    form: str = ""
    row: str = ""
    item: str = ""
    label: Text = _NOWHERE
    key: ItemKey | None = None


class Places:
    """What is read of the vault to say where things are; made anew when something was written."""

    def __init__(self, store: AnyStore, study: Study) -> None:
        self._store = store
        self._study = study
        self._subjects = {one.identity: one for one in read.subjects(store)}
        self._made: dict[str, _Made] = {}

    def site_of(self, subject: str) -> str:
        """The site whose participant it is, "" for nobody known here."""
        found = self._subjects.get(subject)
        return "" if found is None else found.site

    def number_of(self, subject: str) -> str:
        """The participant's number, "" for nobody known here."""
        found = self._subjects.get(subject)
        return "" if found is None else found.subjid

    def line_of(self, subject: str, identity: str) -> int | None:
        """The number people use for a repeat or a row of a participant; None for no such one."""
        return self._of(subject).numbers.get(identity)

    def place(self, record: AuditRecord) -> Place:
        """Where a record belongs."""
        if record.kind == "subject" and not record.key:
            return self._at(ItemKey(record.id))
        try:
            key = ItemKey.parse(record.key)
        except ValueError:
            return Place()
        if not key.subject:
            return Place()
        if record.kind in ("row", "second-row") and not key.group_repeat:
            key = key._replace(group_repeat=record.id)
        elif record.kind == "form":
            key = key._replace(form=str(record.data.get("form", "")), form_repeat=record.id)
        elif record.kind == "event":
            key = ItemKey(key.subject, str(record.data.get("event", "")), record.id)
        return self._at(key)

    def item(self, key: ItemKey) -> Item | None:
        """The question of an item in the definition in force."""
        form = self._study.forms.get(key.form)
        return None if form is None else form.items.get(key.item)

    def said(self, key: ItemKey, typed: str, unit: str = "") -> Text:
        """An answer as people read it: a code with its words, a link by its lines, a number with its unit."""
        item = self.item(key)
        if item is None or not typed:
            return both(f"{typed} {unit}".strip())
        if item.type is ItemType.LINK:
            made = self._of(key.subject)
            return links.in_words(links.show(typed, made.rows.get(item.to or "", []), made.live))
        code = None if item.codelist is None else self._study.codelists[item.codelist].by_code.get(typed)
        if code is None:
            return both(f"{typed} {unit or item.unit or ''}".strip())
        same = code.text.en == typed
        return code.text if same else Text(f"{typed} {code.text.en}", f"{typed} {code.text.zh}")

    def _at(self, key: ItemKey) -> Place:
        known = self._subjects.get(key.subject)
        made = self._of(key.subject)
        event, form, row = (
            _numbered(key.event, made.numbers.get(key.event_repeat)),
            _numbered(key.form, made.numbers.get(key.form_repeat)),
            str(made.numbers.get(key.group_repeat, "")),
        )
        return Place(
            key.subject, known.subjid if known else "", known.site if known else "", event, form, row,
            key.item, self._label(key), key,
        )  # fmt: skip

    def _label(self, key: ItemKey) -> Text:
        item, form = self.item(key), self._study.forms.get(key.form)
        if item is not None:
            return item.label
        if form is not None:
            return form.name
        event = self._study.events.get(key.event)
        return _NOWHERE if event is None or key.form else event.name

    def _of(self, subject: str) -> _Made:
        made = self._made.get(subject)
        if made is None:
            made = self._made[subject] = _Made()
            counts: dict[tuple[str, str, str], int] = {}
            for one in read.instances(self._store, subject):
                kind = (one.level, one.parent.path(), one.name if one.level != "row" else "")
                counts[kind] = made.numbers[one.identity] = counts.get(kind, 0) + 1
                if one.level == "row":
                    made.rows.setdefault(one.parent.form, []).append(one.identity)
                    if not one.struck:
                        made.live.add(one.identity)
        return made


def _numbered(name: str, number: int | None) -> str:
    return name if number is None else f"{name}#{number}"
