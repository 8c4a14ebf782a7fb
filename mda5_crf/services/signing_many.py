"""Signing many forms by one act: what can be signed now, and why the rest cannot.

One act signs one list of manifests, a signature record for each (:mod:`mda5_crf.db.esign`); each falls by
itself when what it covers changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.signing_forms import COMPLETE, require_signable
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form, visit or participant. ``obstacle``: why it cannot be signed; ``signed``: it is already.

    ``meanings``: codes it may be signed with. ``answers``: how many transcribed answers it would endorse.
    """

    key: ItemKey
    subjid: str
    place: Text
    meanings: tuple[str, ...]
    obstacle: Text | None
    signed: bool
    answers: int = 0

    @property
    def possible(self) -> bool:
        """Whether it can be signed and is not."""
        return self.obstacle is None and not self.signed


def candidates(session: Session, subject: str | None = None) -> tuple[Candidate, ...]:
    """Participants, their visits and forms in which anything was begun, in order."""
    session.require(Action.READ)
    found: list[Candidate] = []
    for one in session.subjects():
        if subject in (None, one.identity) and one.site == session.site:
            found += _of_subject(session, one.identity)
    return tuple(found)


def _of_subject(session: Session, subject: str) -> list[Candidate]:
    waiting: dict[ItemKey, int] = {}
    for judgement in session.judgements(subject):
        form = judgement.key.form_key()
        waiting[form] = waiting.get(form, 0) + 1
    signed, statuses = (
        session.cache(subject).data.signatures or frozenset(),
        session.cache(subject).data.statuses,
    )
    below: list[Candidate] = []
    for node in session.tree(subject):
        forms = [form for form in node.forms if form.status not in ("not_started", "closed", "computed")]
        if not forms:
            continue
        parts = [_candidate(session, form.key, waiting, signed=form.key in signed) for form in forms]
        done = [form.key for form in forms if statuses.get(form.key) == COMPLETE]
        below.append(_candidate(session, node.key, waiting, signed=bool(done) and set(done) <= signed))
        below += [part for part in parts if part is not None]
    if not below:
        return []
    whole = {form for form, status in statuses.items() if status == COMPLETE}
    first = _candidate(session, ItemKey(subject), waiting, signed=bool(whole) and whole <= signed)
    return [first, *below]


def _candidate(session: Session, key: ItemKey, waiting: dict[ItemKey, int], *, signed: bool) -> Candidate:
    obstacle = None
    try:
        require_signable(session, key)
    except (InputRefused, PermissionDenied) as refused:
        obstacle = refused.text
    inside = [count for form, count in waiting.items() if form[: len(_prefix(key))] == _prefix(key)]
    place = place_words(session, key) if key.event else message("signing.casebook")
    return Candidate(
        key,
        session.subjid(key.subject),
        place,
        session.signature_book.meanings(key),
        obstacle,
        signed,
        sum(inside),
    )


def _prefix(key: ItemKey) -> tuple[str, ...]:
    return tuple(key[:5]) if key.form else tuple(key[:3]) if key.event else tuple(key[:1])
