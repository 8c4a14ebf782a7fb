"""The acts of freezing and locking: who may, what has to be done before, and what the record says.

Steps have an order: complete, sign where the definition asks for it, lock; forms before the participant, the
study last. What stands in the way is listed in words; open queries alone may be passed over with a reason.
Locks come from the coordinating centre; a ward that exchanges with none gives its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import base64_text
from mda5_crf.db import clock, esign, lockacts, read
from mda5_crf.db.lockacts import FROZEN, LOCKED, THAWED, UNLOCKED
from mda5_crf.db.read_locks import LockRow
from mda5_crf.db.records import Draft
from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codings, endorsing
from mda5_crf.services.access import Action
from mda5_crf.services.changes import EventNode, FormNode
from mda5_crf.services.locking import OPEN, Held
from mda5_crf.study.model import Mark
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ALL: Final = "*"
_DONE: Final = frozenset({"complete", "not_done"})
_UNTOUCHED: Final = frozenset({"not_started", "closed", "computed"})
_RIGHTS: Final = {
    FROZEN: Action.FREEZE, THAWED: Action.FREEZE, LOCKED: Action.LOCK, UNLOCKED: Action.LOCK,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way at ``key``. ``passable``: a reason is enough to go on all the same."""

    key: ItemKey
    text: Text
    passable: bool = False


def signed_before_lock(session: Session, form: str) -> bool:
    """Whether a form has to be signed before it is locked.

    Setting ``sign_before_lock`` of the definition: the forms, ``*`` (all, also without the setting) or ``-``.
    """
    wanted = session.study.settings.get("sign_before_lock", ALL)
    return wanted.strip() == ALL or form in wanted.split()


def obstacles(session: Session, key: ItemKey, state: str) -> tuple[Obstacle, ...]:
    """What stands in the way of freezing or locking a form, visit, participant or (empty key) the study."""
    return tuple(_of_study(session, state) if not key.subject else _below(session, key, state))


def act(
    session: Session, key: ItemKey, state: str, reason: str = "", second: tuple[str, str] | None = None
) -> Held:
    """Freeze, thaw, lock or unlock. ``second``: log-in and password of who agrees to an unlocking.

    Raises PermissionDenied, InputRefused (what stands in the way, in words), LoginRefused, StoreError.
    """
    session.require(_RIGHTS[state])
    _require_here(session, key)
    if key.subject and session.lock_book.held(ItemKey()).holds:
        raise InputRefused("locks.study_first")
    held, reason = session.lock_book.held(key), reason.strip()
    if state in (FROZEN, LOCKED):
        _require_new(session, state, held)
        left = obstacles(session, key, state)
        stuck = next((one for one in left if not one.passable or not reason), None)
        if stuck is not None:
            raise InputRefused("locks.obstacle", what=place_words(session, stuck.key), why=stuck.text)
    else:
        _require_held(state, held)
        if not reason:
            raise InputRefused("locks.reason_needed")
    now = session.now()
    content: dict[str, Any] = {"state": state}
    if reason:
        content["reason"] = reason
    if state in (FROZEN, LOCKED):
        content["seen"] = session.vault.journal.vector()
        if not key.subject:
            content["counts"] = dict(counts(session))
    if state == UNLOCKED:
        content["second"] = _agreed(
            session, key, reason, second, clock.stamp(now, session.vault.journal.zone)[0]
        )
    session.append([Draft("lock", key.path(), content)], at=now)
    return session.lock_book.held(key)


def counts(session: Session) -> Mapping[str, int]:
    """How much the data set holds: what its final lock confirms."""
    found = read.counts(session.vault.store)
    return {
        "participants": found.subjects, "values": found.entries, "records": found.records,
        "queries": found.open_queries, "conflicts": found.conflicts,
    }  # fmt: skip


def place_words(session: Session, key: ItemKey) -> Text:
    """``01-003 · Week 12 · Vital signs`` in both languages; of the empty key "the study"."""
    if not key.subject:
        return message("locks.scope_study")
    return endorsing.place_words(session, key, subject=True)


def scope_place(session: Session, act: LockRow) -> Text:
    """What an act is about: ``01-003 · Week 12 · Vital signs``; its path where that is not known here."""
    try:
        return place_words(session, ItemKey.parse(act.scope) if act.scope else ItemKey())
    except (CrfError, KeyError):
        return both(act.scope)


def held_words(session: Session, key: ItemKey) -> Text | None:
    """Who froze or locked a form and when, without advice: for paper. None where it is open."""
    held = session.lock_book.held(key)
    if not held.holds:
        return None
    return message(f"locks.printed_{held.state}", **session.lock_book.told_of(held))


# -- inside --------------------------------------------------------------------------------------------


def _agreed(
    session: Session, key: ItemKey, reason: str, second: tuple[str, str] | None, at: str
) -> dict[str, str]:
    if second is None or not second[0]:
        raise InputRefused("locks.second_needed")
    vault = session.vault
    certificate = vault.register().of_login(second[0])
    if certificate is not None and lockacts.SECONDS.isdisjoint(certificate.all_roles):
        raise InputRefused("locks.second_role")
    signed = lockacts.signed_part(
        vault.meta.vault, vault.meta.study, key.path(), reason, session.person.id, at
    )
    person, signature = vault.second_signs(second, lockacts.CONTEXT, signed)
    return {"person": person, "sig": base64_text(signature)}


def _require_here(session: Session, key: ItemKey) -> None:
    """Locks come from the centre, where there is one; a site gives them to its own participants."""
    if session.is_centre:
        return
    peers = read.peers(session.vault.store, session.device)
    if any(one.site == "00" and one.state == "approved" for one in peers):
        raise InputRefused("locks.centre_locks")
    if key.subject:
        site = session.cache(key.subject).data.site
        if site != session.site:
            raise InputRefused("entry.other_site_read_only", site=site)


def _require_new(session: Session, state: str, held: Held) -> None:
    if held.state == state or (state == FROZEN and held.state == LOCKED):
        raise InputRefused(f"locks.already_{held.state}", **session.lock_book.told_of(held))


def _require_held(state: str, held: Held) -> None:
    if held.by is None or held.state == OPEN or (state == THAWED and held.state != FROZEN):
        raise InputRefused("locks.nothing_frozen" if state == THAWED else "locks.nothing_locked")


def _of_study(session: Session, state: str) -> Iterator[Obstacle]:
    book = session.lock_book
    listed = session.subjects()
    if not listed:
        yield Obstacle(ItemKey(), message("locks.nobody"))
    for subject in listed:
        key = ItemKey(subject.identity)
        held = book.held(key, whole=True)
        if held.state == LOCKED or (state == FROZEN and held.holds):
            continue
        yield Obstacle(key, message(f"locks.subject_not_{state}"))


def _below(session: Session, key: ItemKey, state: str) -> Iterator[Obstacle]:
    judged = _waiting(session, key.subject) if state == LOCKED else {}
    uncoded = codings.waiting(session, key.subject) if state == LOCKED else {}
    nodes = [node for node in session.tree(key.subject) if not key.event or node.key == key.event_key()]
    forms = [form for node in nodes for form in node.forms if not key.form or form.key == key.form_key()]
    if key.form and not forms:
        yield Obstacle(key, message("locks.no_form"))
    begun = False
    for form in forms:
        begun |= form.status not in _UNTOUCHED
        yield from _of_form(session, form, state, judged, asked=bool(key.form))
        if form.key in uncoded:
            count = uncoded[form.key]
            yield Obstacle(form.key, message("coding.lock_uncoded", count=count), passable=True)
    if not key.form:
        yield from _of_visits(session, nodes)
        if not begun:
            yield Obstacle(key, message("locks.nothing_begun"))


def _of_visits(session: Session, nodes: list[EventNode]) -> Iterator[Obstacle]:
    for node in nodes:
        cache = session.cache(node.key.subject)
        open_here = sum(query.is_open and query.key == node.key for query in cache.queries.values())
        if open_here:
            yield Obstacle(node.key, message("locks.open_queries", count=open_here), passable=True)


def _of_form(
    session: Session, form: FormNode, state: str, judged: Mapping[ItemKey, int], *, asked: bool
) -> Iterator[Obstacle]:
    data = session.cache(form.key.subject).data
    if form.status == "computed" or (form.adds and form.mark is Mark.OPTIONAL and not asked):
        return
    recorded = data.statuses.get(form.key, "")
    if recorded not in _DONE:
        missing = form.mark is Mark.REQUIRED and form.expected and state == LOCKED
        if asked or form.status not in _UNTOUCHED or (missing and form.status == "not_started"):
            yield Obstacle(form.key, message("locks.not_complete"))
        return
    if state == LOCKED and recorded == "complete":
        signed = form.key in (data.signatures or ())
        if not signed and signed_before_lock(session, form.key.form):
            yield Obstacle(form.key, message("locks.not_signed"))
        elif judged.get(form.key):
            yield Obstacle(form.key, message("locks.not_endorsed", count=judged[form.key]))
    if state == LOCKED and form.queries:
        yield Obstacle(form.key, message("locks.open_queries", count=form.queries), passable=True)


def _waiting(session: Session, subject: str) -> dict[ItemKey, int]:
    found: dict[ItemKey, int] = {}
    for one in endorsing.waiting(session, subject):
        found[one.key.form_key()] = found.get(one.key.form_key(), 0) + 1
    return found


def history(session: Session, key: ItemKey) -> tuple[Text, ...]:
    """What was frozen, locked and opened at ``key`` and above or below it, newest first, in words."""
    book = session.lock_book
    acts = [*book.acts(), *(book.acts(key.subject) if key.subject else ())]
    path = key.path()
    wanted = [one for one in acts if one.covers(path) or esign.within(one.scope, path) or not path]
    words = []
    for one in sorted(wanted, key=lambda one: one.at)[::-1]:
        line = message(f"locks.line_{one.state}", what=scope_place(session, one), **book.told(one))
        if one.second:
            line = message("locks.line_second", line=line, name=both(book.name(one.second)))
        if one.reason:
            line = message("locks.line_reason", line=line, reason=both(one.reason))
        words.append(line)
    return tuple(words)
