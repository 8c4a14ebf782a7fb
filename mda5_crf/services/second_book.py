"""How the two entries of a form compare now: derived from both, never stored.

A comparison stands as long as the records it was made with stand. A correction of the first value asks for
another comparison by itself; a row of a log is compared with the row that says the same, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mda5_crf.db import read, read_second
from mda5_crf.db.read_second import Resolution, Second, SecondValue
from mda5_crf.db.views import EntryRow
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.second_facts import Fact, compared, fact
from mda5_crf.services.second_rows import Match, match, weights
from mda5_crf.study.model import Form, Item, ItemGroup
from mda5_crf.study.values import Entry

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


Reading = EntryRow | SecondValue
"""What stands in an item of one of the two entries, with who entered it and when."""


class Standing(StrEnum):
    """How an item stands. ONCE: only the first time. AGAIN: the first value was changed since it was
    compared. SAME_PERSON: both by one person, which counts as once. SINGLE: in a row of the second entry
    without partner.
    """

    ONCE = "once"
    AGREES = "agrees"
    DIFFERS = "differs"
    AGAIN = "again"
    RESOLVED = "resolved"
    SAME_PERSON = "same_person"
    SINGLE = "single"


class Stage(StrEnum):
    """How the double entry of a form stands."""

    NONE = "none"
    IN_PROGRESS = "in_progress"
    AGREED = "agreed"
    OPEN = "open"


OPEN = frozenset({Standing.DIFFERS, Standing.AGAIN})
DONE = frozenset({Standing.AGREES, Standing.RESOLVED})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One item. ``key`` is its place in the second entry, ``place`` that of the record; they differ in rows
    of logs. A row without partner has an empty ``place``.
    """

    key: ItemKey
    place: ItemKey
    standing: Standing
    first: EntryRow | None
    second: SecondValue | None
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class FormSecond:
    """A whole form. ``rows``: the matched rows by group; ``overlooked``: first rows that a person said are
    right although the second entry does not have them.
    """

    form: ItemKey
    items: Mapping[ItemKey, Comparison]
    rows: Mapping[str, Match]
    begun: bool
    overlooked: frozenset[str] = frozenset()
    resolutions: tuple[Resolution, ...] = field(default=())

    def listed(self, *standings: Standing) -> list[Comparison]:
        """The comparisons that stand so, in order of the form."""
        return [one for one in self.items.values() if one.standing in standings]

    @property
    def agreed(self) -> int:
        """How many items agree."""
        return len(self.listed(Standing.AGREES))

    @property
    def resolved(self) -> int:
        """How many differences were resolved."""
        return len(self.listed(Standing.RESOLVED))

    @property
    def differing(self) -> list[Comparison]:
        """The open differences between items."""
        return self.listed(*OPEN)

    def only_first(self) -> Iterator[tuple[str, str]]:
        """Rows that stand only in the first entry: group and identity."""
        for group, found in self.rows.items():
            yield from ((group, row) for row in found.only_first if row not in self.overlooked)

    def only_second(self) -> Iterator[tuple[str, str]]:
        """Rows that stand only in the second entry."""
        for group, found in self.rows.items():
            yield from ((group, row) for row in found.only_second)

    def ties(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Rows of the second entry that may belong to several: group, row, the first rows."""
        for group, found in self.rows.items():
            yield from ((group, row, possible) for row, possible in found.ties.items())

    @property
    def open(self) -> int:
        """How many differences wait for a person: of items, single second rows and undecided rows."""
        return len(self.differing) + len(list(self.only_second())) + len(list(self.ties()))

    @property
    def once(self) -> int:
        """How many items were not entered by two persons; and rows that the second entry lacks so far."""
        return len(self.listed(Standing.ONCE, Standing.SAME_PERSON)) + len(list(self.only_first()))

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if not self.begun:
            return Stage.NONE
        if self.open:
            return Stage.OPEN
        return Stage.IN_PROGRESS if self.once else Stage.AGREED


def form_second(session: Session, form: ItemKey) -> FormSecond:
    """The comparison of one form. ``session`` is the ordinary one, which sees the record."""
    return _Comparing(session, form.form_key()).made()


def stages(session: Session, subject: str) -> dict[ItemKey, FormSecond]:
    """The forms of a participant in which double entry was begun."""
    found = read_second.second(session.vault.store, ItemKey(subject))
    forms = {key.form_key() for key, value in found.values.items() if not value.blank}
    forms |= {row.key.form_key() for row in found.rows}
    known = session.study.forms
    return {form: form_second(session, form) for form in sorted(forms) if form.form in known}


class _Comparing:
    """One form being compared."""

    def __init__(self, session: Session, form: ItemKey) -> None:
        self._session = session
        self._key = form
        self._study = session.study_for(form)
        self._form: Form = self._study.forms[form.form]
        self._first = {row.key: row for row in read.form_entries(session.vault.store, form)}
        self._found: Second = read_second.second(session.vault.store, form)
        self._live = session.cache(form.subject).data.rows
        self._resolved: dict[ItemKey, list[Resolution]] = {}
        for one in self._found.resolutions:
            self._resolved.setdefault(one.key, []).append(one)

    def made(self) -> FormSecond:
        """All of it."""
        items: dict[ItemKey, Comparison] = {}
        rows: dict[str, Match] = {}
        relevant = {key for key, one in self._session.state(self._key).items.items() if one.relevant}
        for group in self._form.groups:
            asked = [item for item in group.items if compared(item)]
            if group.repeating:
                rows[group.name] = self._rows(group, asked, items)
                continue
            for item in asked:
                key = self._key._replace(group=group.name, item=item.name)
                one = self._compare(item, key, key)
                if one is not None and (one.standing is not Standing.ONCE or key in relevant):
                    items[key] = one
        overlooked = frozenset(
            key.group_repeat
            for key, said in self._resolved.items()
            if not key.item and said[-1].choice == "first" and not said[-1].second
        )
        return FormSecond(
            self._key, items, rows, not self._found.nothing, overlooked, self._found.resolutions
        )

    # -- rows

    def _rows(self, group: ItemGroup, asked: list[Item], items: dict[ItemKey, Comparison]) -> Match:
        place = self._key._replace(group=group.name)
        first = {
            row: self._says(place._replace(group_repeat=row), asked, second=False)
            for row in self._live.get(place, ())
        }
        seconds = [row for row in self._found.rows if row.key.group == group.name and not row.struck]
        second = {
            row.identity: self._says(place._replace(group_repeat=row.identity), asked, second=True)
            for row in seconds
        }
        # A row that says nothing is none: it was added and left, on either side.
        first = {row: says for row, says in first.items() if says}
        second = {row: says for row, says in second.items() if says}
        named = [(row.paired, row.identity) for row in seconds if row.paired]
        found = match(first, second, weights(asked), named)
        partner = {two: one for one, two in found.pairs}
        for row in second:
            for item in asked:
                key = place._replace(group_repeat=row, item=item.name)
                if row in partner:
                    one = self._compare(item, key, key._replace(group_repeat=partner[row]), row=True)
                    if one is not None:
                        items[key] = one
                elif key in self._found.values and not self._found.values[key].blank:
                    items[key] = Comparison(key, ItemKey(), Standing.SINGLE, None, self._found.values[key])
        return found

    def _says(self, row: ItemKey, asked: list[Item], *, second: bool) -> dict[str, Fact]:
        found = {}
        for item in asked:
            key = row._replace(item=item.name)
            said = self._second_fact(item, key) if second else self._first_fact(item, key)
            if said is not None:
                found[item.name] = said
        return found

    # -- items

    def _compare(self, item: Item, key: ItemKey, place: ItemKey, *, row: bool = False) -> Comparison | None:
        first, second = self._first.get(place), self._found.values.get(key)
        one, two = self._first_fact(item, place), self._second_fact(item, key)
        if two is None or second is None:
            return None if one is None else Comparison(key, place, Standing.ONCE, first, second)
        heads = frozenset(first.heads) if first is not None else frozenset()
        said = [r for r in self._resolved.get(place, ()) if r.second == second.record]
        if said and frozenset(said[-1].stands) == heads:
            return Comparison(key, place, Standing.RESOLVED, first, second, said[-1])
        if said or (not row and frozenset(second.of) != heads):
            # Somebody corrected the first value since. Equal or not is not said before it was read again.
            return Comparison(key, place, Standing.AGAIN, first, second)
        if one == two and not (first is not None and first.conflict):
            by_one = first is not None and first.person == second.person
            added = self._resolved.get(key.row_key(), ()) if row else ()
            if by_one and added and added[-1].stands == (place.group_repeat,):
                # The whole row was taken over from the second entry by a person's decision.
                return Comparison(key, place, Standing.RESOLVED, first, second, added[-1])
            return Comparison(key, place, Standing.SAME_PERSON if by_one else Standing.AGREES, first, second)
        return Comparison(key, place, Standing.DIFFERS, first, second)

    def _first_fact(self, item: Item, key: ItemKey) -> Fact | None:
        row = self._first.get(key)
        shared = None
        if item.unit_from is not None:
            other = self._first.get(key._replace(item=item.unit_from))
            shared = other.unit if other is not None else None
        return self._fact(item, None if row is None else entry_of(row), shared)

    def _second_fact(self, item: Item, key: ItemKey) -> Fact | None:
        value = self._found.values.get(key)
        shared = None
        if item.unit_from is not None:
            other = self._found.values.get(key._replace(item=item.unit_from))
            shared = other.unit if other is not None else None
        return self._fact(item, None if value is None else entry_of(value), shared)

    def _fact(self, item: Item, entry: Entry | None, shared: str | None) -> Fact | None:
        codes = self._study.codelists[item.codelist] if item.codelist else None
        return fact(item, entry, codes, shared or None)


def entry_of(said: Reading) -> Entry:
    """What was entered, as the engine reads it."""
    return Entry(said.text, said.unit or None, said.missing or None, said.record)
