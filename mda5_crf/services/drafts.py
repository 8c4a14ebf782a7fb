"""Half-typed text and the place of the person at the keyboard: they wait in the vault, and are no records.

A draft is kept when somebody rests or the window is locked, and goes with the commit of its item, in the same
transaction. The place is written with every commit and kept when the session ends by anything but a log-out
(a crash, a kill, the idle lock): then the next session of that person begins there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import whole_text
from mda5_crf.db import drafts as table
from mda5_crf.db.clock import stamp
from mda5_crf.db.records import Draft
from mda5_crf.db.tx import Tx
from mda5_crf.itemkey import ItemKey

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

TYPED: Final = "typed"
"""In a record: when the answer was typed, where that was long before it was stored."""
WAITED: Final = timedelta(minutes=1)
"""What waited longer as half-typed text says so."""


class TypedInto(StrEnum):
    """What text was typed into."""

    FIELD = "field"
    SECOND = "second"
    """A field of a form in its second, blind entry: never put into the ordinary form."""
    REASON = "reason"
    """The reason for a change of the item; ``unit`` is the code chosen."""
    QUERY = "query"
    """A question about the item or form."""
    ANSWER = "answer"
    """The answer to a query; ``unit`` is its id."""
    WORDS = "words"
    """Anything else; ``key`` says only where."""


@dataclass(frozen=True, slots=True)
class HalfTyped:
    """Text that was typed and not committed. ``key`` is the path of an item or form, or a word for WORDS.

    ``cursor`` is where the cursor stood, as the window counts; ``base`` the answer that stood committed when
    this was typed: another one there now says that somebody changed it meanwhile.
    """

    kind: TypedInto
    key: str
    text: str = field(repr=False)
    unit: str = ""
    cursor: int = 0
    base: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: a form (None = not on a form), the item with the keyboard, and how it looks."""

    form: ItemKey | None = None
    item: ItemKey | None = None
    look: Mapping[str, str | int] = field(default_factory=dict, repr=False)


class DraftBook:
    """The drafts and the place of one session's person."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: frozenset[table.DraftRow] | None = None
        """What lies in the vault, None when that is not known."""
        self._place: table.PlaceRow | None = None
        self._placed: table.PlaceRow | None = None
        self._followed = False
        self.ending = False
        """The next record is an ordinary log-out: the place goes."""

    @property
    def _who(self) -> str:
        return self._session.person.id

    def _at(self) -> str:
        return stamp(self._session.now(), self._session.vault.meta.zone)[0]

    # -- asked by the window

    def all(self) -> tuple[HalfTyped, ...]:
        """All that waits for the person. What a redaction took back meanwhile is dropped first."""
        store = self._session.vault.store
        with store.read() as tx:
            found = table.drafts(tx, self._who)
        if found:
            with store.transaction() as tx:
                table.purge_redacted(tx)
                found = table.drafts(tx, self._who)
        self._known = frozenset(found)
        kinds = set(TypedInto)
        return tuple(
            HalfTyped(TypedInto(row.kind), row.key, row.text, row.unit, row.cursor, row.base)
            for row in found
            if row.kind in kinds
        )

    def keep(self, drafts: Iterable[HalfTyped], place: Place | None) -> bool:
        """Make ``drafts`` all that waits, and note the place; False when that is how it lay there already."""
        rows = _rows(drafts)
        if place is not None:
            self.note(place)
        same = self._known == frozenset(rows)
        if same and self._place == self._placed:
            return False
        with self._session.vault.store.transaction() as tx:
            if not same:
                table.put_drafts(tx, self._who, rows, self._at())
            self._put_place(tx)
        self._known, self._placed = frozenset(rows), self._place
        return True

    def note(self, place: Place) -> None:
        """Remember the place; the next commit writes it."""
        self._followed = True
        form = place.form.path() if place.form is not None else ""
        item = place.item.path() if place.item is not None else ""
        self._place = table.PlaceRow(form, item, dict(place.look))

    def move(self, item: ItemKey) -> None:
        """The keyboard is in ``item`` now; how the place looks is noted at the next rest."""
        if self._place is not None:
            self._place = replace(self._place, form=item.form_key().path(), item=item.path())

    def last_place(self) -> Place | None:
        """Where the last session of the person ended without a log-out; None after a log-out."""
        self._followed = True
        with self._session.vault.store.read() as tx:
            row = table.place(tx, self._who)
        if row is None:
            return None
        form, item = (ItemKey.parse(path) if path else None for path in (row.form, row.item))
        return Place(form, item, row.look)

    # -- asked by the session, around every transaction that writes records

    def dated(self, tx: Tx, drafts: Sequence[Draft]) -> list[Draft]:
        """Inside the transaction: what waited as half-typed text before it was committed says since when."""
        if self._known is not None and not self._known:
            return list(drafts)
        latest = stamp(self._session.now() - WAITED, self._session.vault.meta.zone)[0]
        said = []
        for draft in drafts:
            kind = _ANSWERS.get(draft.kind)
            at = "" if kind is None else table.typed_at(tx, self._who, kind.value, draft.key)
            waited = bool(at) and at <= latest
            said.append(replace(draft, content={**draft.content, TYPED: at}) if waited else draft)
        return said

    def write(self, tx: Tx, drafts: Sequence[Draft]) -> None:
        """Inside the transaction: what is committed is no draft any more; the place goes along."""
        known, self._known = self._known, None  # known again once the transaction is through
        if known is None:
            known = frozenset(table.drafts(tx, self._who))
        gone = {(_ANSWERS[draft.kind].value, draft.key) for draft in drafts if draft.kind in _ANSWERS}
        for row in known:
            if (row.kind, row.key) in gone:
                table.drop_draft(tx, self._who, row.kind, row.key)
        self._left = frozenset(row for row in known if (row.kind, row.key) not in gone)
        if any(draft.kind == "redaction" for draft in drafts) and table.purge_redacted(tx):
            self._left = None
        if self.ending and self._followed:
            table.drop_place(tx, self._who)
        elif not self.ending:
            self._put_place(tx)

    def written(self) -> None:
        """The transaction is through."""
        self._known, self._placed = self._left, self._place

    _left: frozenset[table.DraftRow] | None = None

    def _put_place(self, tx: Tx) -> None:
        if self._place is not None and self._place != self._placed:
            table.put_place(tx, self._who, self._place, self._at())


_ANSWERS = {"value": TypedInto.FIELD, "missing": TypedInto.FIELD, "second": TypedInto.SECOND}


def _rows(drafts: Iterable[HalfTyped]) -> list[table.DraftRow]:
    """One row for each place, the last one told wins."""
    by_place = {
        (one.kind, one.key): table.DraftRow(
            one.kind.value, one.key, whole_text(one.text), one.unit, one.cursor, whole_text(one.base)
        )
        for one in drafts
    }
    return [by_place[place] for place in sorted(by_place)]
