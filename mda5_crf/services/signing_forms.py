"""What can be signed: the forms that a signature covers, and what stops it.

Complete comes before signed: of a visit everything that is expected, of a participant everything that was
begun (later visits may still be to come: a casebook is signed at milestones, not once).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import EventNode
from mda5_crf.services.endorsing import place_words
from mda5_crf.study.model import Mark

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

COMPLETE: Final = "complete"


def require_signer(session: Session) -> None:
    """Whether the person at the keyboard may sign anything at all. Raises PermissionDenied."""
    session.require(Action.SIGN)
    session.require_own_password()


def require_signable(session: Session, key: ItemKey) -> tuple[ItemKey, ...]:
    """The forms that a signature of ``key`` covers. Raises PermissionDenied, InputRefused."""
    require_signer(session)
    return covered(session, key)


def covered(session: Session, key: ItemKey, nodes: Sequence[EventNode] | None = None) -> tuple[ItemKey, ...]:
    """As :func:`require_signable`, for whoever may sign. ``nodes``: the participant's visits, when known.

    Raises InputRefused.
    """
    site = session.cache(key.subject).data.site
    if site != session.site:
        raise InputRefused("signing.other_site", site=site)
    session.lock_book.require_words(key)
    if not key.event:
        forms = _of_participant(session, key, session.tree(key.subject) if nodes is None else nodes)
    elif not key.form:
        known = session.tree(key.subject) if nodes is None else nodes
        node = next((node for node in known if node.key == key), None)
        forms = _of_visit(session, node)
        if not forms:
            raise InputRefused("signing.nothing_complete", event=session.event_label(key))
    else:
        forms = _of_form(session, key)
    for one in forms:
        _require_settled(session, one)
    return forms


def _of_form(session: Session, key: ItemKey) -> tuple[ItemKey, ...]:
    form = session.study_for(key).forms.get(key.form)
    if form is None:
        raise InputRefused("entry.unknown_form", form=key.form, known=", ".join(session.study.forms))
    if form.repeating and not key.form_repeat:
        raise InputRefused("entry.repeat_needed", form=form.name)
    if all(item.computed for item in form.items.values()):
        raise InputRefused("signing.computed", form=form.name)
    if session.cache(key.subject).data.statuses.get(key) != COMPLETE:
        raise _refusal(session, "signing.not_complete", key)
    return (key,)


def _of_visit(session: Session, node: EventNode | None, *, begun: bool = False) -> tuple[ItemKey, ...]:
    """The complete forms of a visit. ``begun``: a visit nobody has begun has none and stops nothing."""
    if node is None or (begun and node.status in ("not_started", "closed", "not_done")):
        return ()
    statuses = session.cache(node.key.subject).data.statuses
    forms = []
    for form in node.forms:
        missing = form.status == "not_started" and form.mark is Mark.REQUIRED and form.expected
        if form.status == "in_progress" or missing:
            raise _refusal(session, "signing.not_complete", form.key)
        if statuses.get(form.key) == COMPLETE:
            forms.append(form.key)
    return tuple(forms)


def _of_participant(session: Session, key: ItemKey, nodes: Sequence[EventNode]) -> tuple[ItemKey, ...]:
    forms = tuple(form for node in nodes for form in _of_visit(session, node, begun=True))
    if not forms:
        raise InputRefused("signing.nothing_complete", event=session.subjid(key.subject))
    return forms


def _require_settled(session: Session, form: ItemKey) -> None:
    """Nothing on the form still waits for its person: the rule of completion, asked again."""
    state = session.state(form)
    cache = session.cache(form.subject)
    asked = {(query.check, query.key) for query in cache.queries.values() if query.is_open}
    for finding in state.findings:
        places = {(finding.check, key) for key in finding.items}
        if finding.blocks and not finding.confirmed and asked.isdisjoint(places):
            raise _refusal(session, "signing.open_finding", form, finding=finding.message)
    split = next((one for one in state.items.values() if one.value.conflict), None)
    if split is not None:
        raise _refusal(session, "signing.conflict", form, item=split.item.label)


def _refusal(session: Session, code: str, form: ItemKey, **params: object) -> CrfError:
    return InputRefused(code, place=place_words(session, form), **params)
