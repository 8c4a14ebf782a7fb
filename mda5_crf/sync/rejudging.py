"""Judging again what was set aside, by the rules of the door: at each take, after an upgrade, when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mda5_crf import __version__
from mda5_crf.db import read, rejudge
from mda5_crf.db.intake import Intake
from mda5_crf.db.records import Draft
from mda5_crf.db.rejudge import Again
from mda5_crf.db.tx import Tx
from mda5_crf.services import redacting
from mda5_crf.services.access import Action
from mda5_crf.sync.judging import Judge
from mda5_crf.sync.registry import Registry

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NAMED: Final = 80
"""So many records one record of the journal names, each with the reason it was set aside for."""
MOST_AT_TAKE: Final = 2000
"""So many records set aside are judged again at each take; each costs about half a millisecond."""
_JUDGED_BY: Final = "aside_judged_by"
TAKE, OPENING, ASKED = "take", "opening", "asked"


def judge_again(session: Session, cause: str = ASKED) -> Again:
    """Ask of everything set aside whether it may stand now; what may is folded and said in the journal.

    One transaction. Raises PermissionDenied, StoreError.
    """
    session.require(Action.BUNDLE)
    if not read.aside(session.vault.store):
        return Again()
    with session.vault.journal.begin() as tx:
        found, drafts = within(session, tx, Registry.read(session), cause)
        session.vault.journal.write(tx, drafts, session.now())
        if found.released:
            redacting.apply(session, tx)
    if found.released:
        session.refresh()
        redacting.clean(session)
    return found


def within(session: Session, tx: Tx, registry: Registry, cause: str) -> tuple[Again, list[Draft]]:
    """The same inside a transaction that somebody else began, and the drafts that say what came of it."""
    journal = session.vault.journal

    def begin() -> Intake:
        judge = Judge(tx, registry, session.study.hash, session.study.subject_pattern)
        return journal.intake(tx, 0, judge, authorities=registry.authorities())

    found = rejudge.judge_again(tx, begin, lambda intake: journal.end_intake(intake, ()))
    return found, [_said(found, start, cause) for start in range(0, len(found.released), NAMED)]


def at_take(session: Session, tx: Tx, registry: Registry) -> tuple[frozenset[str], list[Draft]]:
    """The same at the end of a take: what stands now, and the drafts. Not where much is set aside: who looks
    after it asks for it.
    """
    if rejudge.how_many(tx) > MOST_AT_TAKE:
        return frozenset(), []
    found, drafts = within(session, tx, registry, TAKE)
    return frozenset(one for one, _ in found.released), drafts


def after_upgrade(session: Session) -> Again:
    """At opening: judge again when this version of the program has not judged yet what is set aside here.

    Nothing for who takes no bundles: the next one who does will. Raises StoreError.
    """
    store = session.vault.store
    if not session.may(Action.BUNDLE) or not read.aside(store):
        return Again()
    if store.meta(_JUDGED_BY) == __version__.encode("ascii"):
        return Again()
    found = judge_again(session, OPENING)
    with store.transaction() as tx:
        store.set_meta(tx, _JUDGED_BY, __version__.encode("ascii"))
    return found


def _said(found: Again, start: int, cause: str) -> Draft:
    part = found.released[start : start + NAMED]
    content: dict[str, Any] = {
        "cause": cause, "program": __version__, "records": [one for one, _ in part],
        "reasons": [{"en": why.en, "zh": why.zh} for _, why in part],
    }  # fmt: skip
    return Draft("released", "", content)
