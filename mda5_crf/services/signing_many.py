"""Signing many forms by one act: what can be signed now, and why the rest cannot.

One act signs one list of manifests, a signature record for each (:mod:`mda5_crf.db.esign`); each falls by
itself when what it covers changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import EventNode
from mda5_crf.services.endorsing import place_words
from mda5_crf.services.lines import lines_of
from mda5_crf.services.signing_forms import COMPLETE, covered, require_signer
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
    never = _never(session)
    found: list[Candidate] = []
    for one in session.subjects():
        if subject in (None, one.identity) and one.site == session.site:
            found += _of_subject(session, one.identity, never)
    return tuple(found)


def _never(session: Session) -> Text | None:
    """Why the person at the keyboard can sign nothing at all."""
    try:
        require_signer(session)
    except PermissionDenied as refused:
        return refused.text
    return None


def _of_subject(session: Session, subject: str, never: Text | None) -> list[Candidate]:
    waiting: dict[ItemKey, int] = {}
    for judgement in session.judgements(subject) if _some_wait(session, subject) else ():
        form = judgement.key.form_key()
        waiting[form] = waiting.get(form, 0) + 1
    data = session.cache(subject).data
    signed, statuses = data.signatures or frozenset(), data.statuses
    nodes = session.tree(subject)
    make = _Maker(session, nodes, waiting, never)
    below: list[Candidate] = []
    for node in nodes:
        forms = [form for form in node.forms if form.status not in ("not_started", "closed", "computed")]
        if not forms:
            continue
        done = [form.key for form in forms if statuses.get(form.key) == COMPLETE]
        below.append(make.candidate(node.key, signed=bool(done) and set(done) <= signed))
        below += [make.candidate(form.key, signed=form.key in signed) for form in forms]
    if not below:
        return []
    whole = {form for form, status in statuses.items() if status == COMPLETE}
    return [make.candidate(ItemKey(subject), signed=bool(whole) and whole <= signed), *below]


def _some_wait(session: Session, subject: str) -> bool:
    """Whether answers of the participant wait for an investigator; what nobody knows is looked up."""
    line = next((line for one, line in lines_of(session).known() if one.identity == subject), None)
    return line is None or bool(line["judgement"])


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the candidates of one participant; what is the same for all of them is asked once."""

    session: Session
    nodes: Sequence[EventNode]
    waiting: Mapping[ItemKey, int]
    never: Text | None

    def candidate(self, key: ItemKey, *, signed: bool) -> Candidate:
        session, obstacle = self.session, self.never
        if obstacle is None:
            try:
                covered(session, key, self.nodes)
            except InputRefused as refused:
                obstacle = refused.text
        inside = [count for form, count in self.waiting.items() if form[: len(_prefix(key))] == _prefix(key)]
        place = place_words(session, key) if key.event else message("signing.casebook")
        meanings = session.signature_book.meanings(key)
        return Candidate(key, session.subjid(key.subject), place, meanings, obstacle, signed, sum(inside))


def _prefix(key: ItemKey) -> tuple[str, ...]:
    return tuple(key[:5]) if key.form else tuple(key[:3]) if key.event else tuple(key[:1])
