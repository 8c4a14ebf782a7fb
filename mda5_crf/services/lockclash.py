"""Locks that do not hold where newer data lie: what a bundle brought that whoever locked had not seen.

Derived from the records that are there, so that ward and centre say the same as soon as they know the same;
it is the answer that goes back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mda5_crf.db import read_locks
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.locking import FROZEN, LOCKED, Held
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Clashes = Mapping[str, frozenset[ItemKey]]
"""By participant: where something lies that the act which should hold there had not seen."""


def standing(session: Session) -> Clashes:
    """All there are now. One look at the table where nothing was ever frozen or locked."""
    acts = read_locks.everything(session.vault.store)
    subjects = {act.scope.partition("/")[0] for act in acts if act.scope}
    if any(not act.scope for act in acts):
        subjects |= {one.identity for one in session.subjects()}
    known = {one.identity for one in session.subjects()}
    found = {subject: frozenset(_late(session, subject)) for subject in subjects & known}
    return {subject: keys for subject, keys in found.items() if keys}


def _late(session: Session, subject: str) -> set[ItemKey]:
    book = session.lock_book
    scopes = {act.scope for act in (*book.acts(), *book.acts(subject)) if act.state in (FROZEN, LOCKED)}
    found: set[ItemKey] = set()
    for scope in scopes:
        key = ItemKey.parse(scope) if scope else ItemKey(subject)
        below = book.held(key, whole=True)
        for one in below.late:
            place = one.form_key() if one.form else one
            found |= set(book.held(place).late) or ({one} if not one.form else set())
    return found


def told(session: Session, before: Clashes) -> tuple[Text, ...]:
    """What is new since ``before``, a sentence for each participant."""
    notes = []
    for subject, keys in standing(session).items():
        fresh = sorted(keys - before.get(subject, frozenset()))
        if fresh:
            words = where(session, fresh)
            notes.append(message("locks.late_bundle", subject=both(session.subjid(subject)), items=words))
    return tuple(notes)


def where(session: Session, keys: list[ItemKey] | tuple[ItemKey, ...]) -> Text:
    """The first of ``keys`` in words, and how many more there are."""
    first = keys[0]
    words = place_words(session, first)
    form = session.study.forms.get(first.form)
    item = None if form is None else form.items.get(first.item)
    if item is not None:
        words = message("signing.place", where=words, item=item.label)
    return words if len(keys) == 1 else message("locks.more", first=words, count=len(keys) - 1)


def late_words(session: Session, held: Held) -> Text | None:
    """Why a lock does not hold at a place, or None."""
    if not held.late or held.by is None:
        return None
    told_by = session.lock_book.told(held.by)
    return message("locks.late", items=where(session, held.late), **told_by)
