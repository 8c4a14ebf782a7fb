"""Checks that the centre softens, raises or switches off: deciding it, and the definition as it then holds.

An overlay applies from its first day to whatever is evaluated from then on. Nothing that was recorded
changes: an answer that was confirmed stays confirmed, and a query that was raised stays raised. Where its
check is switched off, its finding is gone, so the query resolves itself with the next entry for that
participant; where the check only speaks more softly, the finding still holds, so the question stays to be
answered or closed by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mda5_crf.crypto import base64_text
from mda5_crf.db import overlays as acts
from mda5_crf.db import read
from mda5_crf.db.overlays import OverlayRow
from mda5_crf.db.records import Draft
from mda5_crf.db.storebase import AnyStore
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services.access import Action, Role
from mda5_crf.services.wrongplace import consented
from mda5_crf.study import overlay as rules
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.overlay import Overlay, fingerprint
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = ["Line", "fingerprint", "listed", "on_day", "set_overlay", "standing", "withdraw"]

WAITS, HOLDS, OVER, WITHDRAWN, STRANGE = "waits", "holds", "over", "withdrawn", "strange"


@dataclass(frozen=True, slots=True)
class Line:
    """An overlay as people read it. ``state``: waits, holds, over, withdrawn, strange (changes nothing)."""

    id: str
    check: str
    action: str
    start: date
    until: date | None
    reason: Text
    state: str
    state_words: Text
    person: str
    second: str

    @property
    def words(self) -> Text:
        """One line of a list."""
        return message(
            "overlay.line", id=self.id, check=self.check, action=rules.severity_words(self.action),
            days=rules.days_words(self.start, self.until), state=self.state_words, reason=self.reason,
            person=self.person, second=self.second,
        )  # fmt: skip


def standing(store: AnyStore, today: date | None = None) -> tuple[Overlay, ...]:
    """The overlays that were not withdrawn, oldest first; those in force on ``today`` when a day is given."""
    return tuple(
        one
        for one in map(_overlay, acts.overlays(store))
        if one is not None and (today is None or one.holds(today))
    )


def on_day(store: AnyStore, study: Study, today: date) -> tuple[Study, date | None]:
    """``study`` as it holds on ``today`` (the same object where no overlay changes it), and the next day on
    which other overlays are in force; None when there is none.
    """
    known = standing(store)
    if not known:
        return study, None
    days = [day for one in known for day in (one.start, one.until and one.until + timedelta(days=1)) if day]
    return rules.apply(study, known, today), min((day for day in days if day > today), default=None)


def listed(session: Session) -> tuple[Line, ...]:
    """Every overlay ever set, oldest first. Whoever may read may know why a check is silent."""
    session.require(Action.READ)
    names = {person.person: person.name for person in read.persons(session.vault.store)}
    return tuple(_line(session, row, names) for row in acts.overlays(session.vault.store))


def set_overlay(
    session: Session,
    check: str,
    action: str,
    start: date,
    until: date | None,
    reason: Text,
    *,
    own_password: str,
    second: tuple[str, str],
) -> Line:
    """Have ``check`` ask for ``action`` from ``start`` on, at every site as soon as it hears of it.

    ``own_password`` opens the sign key of the person at the keyboard, ``second`` is (log-in, password) of
    another. Raises PermissionDenied, InputRefused (what may not be changed, in words), LoginRefused,
    StoreError.
    """
    _require(session, reason, second)
    study = session.definition
    why = rules.refused(study, check, action)
    if why is not None:
        raise InputRefused("overlay.said", words=why)
    stated = rules.targets(study)[check].severity
    if action == stated and not any(one.check == check for one in standing(session.vault.store)):
        raise InputRefused("overlay.same", check=check, action=rules.severity_words(action))
    if start < session.today:
        raise InputRefused("overlay.past", today=session.today.isoformat())
    if until is not None and until < start:
        raise InputRefused("overlay.days_order")
    content = {
        "act": acts.SET, "check": check, "action": action, "from": start.isoformat(),
        "until": "" if until is None else until.isoformat(), "reason": _said(reason),
        "tried": _tried(session, check, action),
    }  # fmt: skip
    return _write(session, content, own_password, second)


def withdraw(
    session: Session, overlay: str, reason: Text, *, own_password: str, second: tuple[str, str]
) -> Line:
    """End the overlay of that id: its check asks again for what the definition says. Raises as above."""
    _require(session, reason, second)
    if not any(one.id == overlay for one in standing(session.vault.store)):
        raise InputRefused("overlay.not_there", id=overlay)
    content = {"act": acts.WITHDRAWN, "overlay": overlay, "reason": _said(reason)}
    return _write(session, content, own_password, second, overlay)


# -- inside ----------------------------------------------------------------------------------------------


def _require(session: Session, reason: Text, second: tuple[str, str]) -> None:
    session.require(Action.CHANGE_DEFINITION)
    if not session.is_centre:
        raise InputRefused("overlay.centre_only")
    if Role.DATA_MANAGER not in session.person.roles:
        raise PermissionDenied("overlay.pair")
    if not reason.en.strip() or not reason.zh.strip():
        raise InputRefused("overlay.reason_needed")
    if not second[0]:
        raise InputRefused("overlay.second_needed")


def _said(reason: Text) -> dict[str, str]:
    return {"en": reason.en.strip(), "zh": reason.zh.strip()}


def _tried(session: Session, check: str, action: str) -> list[str]:
    """The definitions known here under which it may be done: a form may still be pinned to an older one."""
    found = [session.definition.hash]
    for hash_ in read.definitions(session.vault.store):
        source = None if hash_ in found else read.definition_source(session.vault.store, hash_)
        if source is not None and rules.refused(load_source(source), check, action) is None:
            found.append(hash_)
    return sorted(found)


def _write(
    session: Session, content: dict[str, Any], password: str, second: tuple[str, str], about: str = ""
) -> Line:
    vault = session.vault
    signed = acts.signed_part(vault.meta.vault, vault.meta.study, session.person.id, content)
    content["sig"] = base64_text(vault.sign(acts.CONTEXT, signed, password))
    (record, *_) = session.append([consented(session, Draft("overlay", "", content), second)])
    session.lists_changed()
    return next(one for one in listed(session) if one.id == (about or record.id))


def _overlay(row: OverlayRow) -> Overlay | None:
    if row.ended or row.act.start is None:
        return None
    act = row.act
    return Overlay(row.id, act.check, act.action, row.act.start, act.until, act.reason)


def _line(session: Session, row: OverlayRow, names: dict[str, str]) -> Line:
    act = row.act
    assert act.start is not None  # only what was set is a row
    state, words = _state(session, row, act.start)
    return Line(
        row.id, act.check, act.action, act.start, act.until, act.reason, state, words,
        names.get(row.person, row.person), names.get(row.second, row.second),
    )  # fmt: skip


def _state(session: Session, row: OverlayRow, start: date) -> tuple[str, Text]:
    if row.ended:
        return WITHDRAWN, message("overlay.state_withdrawn", reason=row.end_reason or "")
    why = rules.refused(session.definition, row.act.check, row.act.action)
    if why is not None:
        return STRANGE, message("overlay.state_strange", why=why)
    until = row.act.until
    state = WAITS if session.today < start else OVER if until and until < session.today else HOLDS
    return state, message(f"overlay.state_{state}")
