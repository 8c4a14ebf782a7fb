"""What was entered at the wrong place: voided, or moved to the right one, with a reason and by two persons.

Nothing disappears. What is void counts nowhere (status, schedule, checks, scores, work list) and stays
readable with all its history. A move is one transaction: the values are entered at the right place, each with
the record it comes from, and the wrong place becomes void. Which place stays void for good, and which waits
for the right values, is said in :mod:`mda5_crf.db.fold_void`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mda5_crf.db import consents, read, voids
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import backups, movement, people
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Reason
from mda5_crf.services.entrycore import reason_content
from mda5_crf.services.movement import Carried, Copy
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Plan:
    """What a void or a move will do. ``carried``: item by item what stands there and where it goes (nowhere
    when voided). ``notes`` are to be known before; ``obstacle`` says why it cannot be done, or None.
    """

    source: ItemKey
    target: ItemKey | None
    place: Text
    goal: Text | None
    carried: tuple[Carried, ...]
    notes: tuple[Text, ...]
    obstacle: Text | None


@dataclass(frozen=True, slots=True)
class VoidInfo:
    """A void as shown. ``restored``: it counts again."""

    key: ItemKey
    record: str
    place: Text
    person: str
    second: str
    at: datetime
    reason: Text
    moved_to: Text | None
    restored: bool


# -- what will happen ----------------------------------------------------------------------------------


def plan_void(session: Session, key: ItemKey) -> Plan:
    """What becomes void at ``key``: a participant, visit, form or row. Nothing is written."""
    session.require(Action.READ)
    place, found = _place(key), movement.standing(session, key)
    obstacle = _obstacle(session, place, found)
    if obstacle is None and not found and place.event and not voids.is_own(place):
        obstacle = message("trace.nothing_there", place=words(session, place))
    carried = tuple(Carried(one.key, None, one.label, one.value, None) for one in found)
    return Plan(place, None, words(session, place), None, carried, notes(session, place), obstacle)


def plan_move(session: Session, source: ItemKey, target: ItemKey) -> Plan:
    """What becomes of each answer when ``source`` is moved to ``target``, a place of the same kind.

    A form goes to a visit or a form's place there, a visit to a visit, a row to a form of the same log. Of
    what repeats, the target names no repeat: a new one is made.
    """
    session.require(Action.READ)
    place, found = _place(source), movement.standing(session, source)
    goal = movement.goal(session, place, target)
    carried = movement.carried(session, place, goal, found)
    obstacle = _obstacle(session, place, found) or movement.obstacle(session, place, goal, found)
    if obstacle is None and not any(one.to is not None for one in carried):
        obstacle = message("trace.nothing_there", place=words(session, place))
    if obstacle is None:
        obstacle = held_at(session, [goal, *(one.to for one in carried if one.to is not None)])
    said = (*notes(session, place), message("trace.note_complete_again"))
    return Plan(place, goal, words(session, place), words(session, goal), carried, said, obstacle)


def _place(key: ItemKey) -> ItemKey:
    """The row, form, visit or participant that ``key`` names or lies in."""
    return key.row_key() if key.group_repeat else key.form_key() if key.form else key._replace(item="")


def _obstacle(session: Session, place: ItemKey, found: Sequence[movement.Stands]) -> Text | None:
    data = session.cache(place.subject).data
    if data.site != session.site:
        return message("entry.other_site_read_only", site=data.site)
    past = voids.listed(session.vault.store, place.subject)
    if voids.is_own(place) and any(one.key == place and not one.ended for one in past):
        return message("trace.void_already", place=words(session, place))
    if place.group_repeat and place.group_repeat not in data.rows.get(place._replace(group_repeat=""), ()):
        return message("trace.void_already", place=words(session, place))
    return held_at(session, [place, *(one.key for one in found)])


def held_at(session: Session, keys: Iterable[ItemKey]) -> Text | None:
    """Why something frozen or locked at ``keys`` forbids it; None when nothing does."""
    book = session.lock_book
    for form in dict.fromkeys(key.form_key() if key.form else key for key in keys):
        held = book.held(form)
        if held.holds:
            return message("trace.held", place=words(session, form), why=book.words(held))
    return None


def notes(session: Session, place: ItemKey) -> tuple[Text, ...]:
    """What ends with a place: signatures over it, open queries, a participant's number."""
    said = []
    scope = place.path()
    signed = session.signature_book.counting(scope)
    said += [message("trace.note_signature", name=row.name, place=words(session, row.key)) for row in signed]
    asked = [
        one for one in session.cache(place.subject).queries.values()
        if one.is_open and (one.key.path() == scope or one.key.path().startswith(f"{scope}/"))
    ]  # fmt: skip
    if asked:
        said.append(message("trace.note_queries", count=len(asked)))
    if not place.event:
        said.append(message("trace.note_number", subject=session.subjid(place.subject)))
    return tuple(said)


# -- doing it ------------------------------------------------------------------------------------------


def void(session: Session, key: ItemKey, reason: Reason, second: tuple[str, str]) -> str:
    """Void what stands at ``key``; returns the id of the record.

    ``second`` is (log-in, password) of another person. Raises PermissionDenied, InputRefused, LoginRefused,
    StoreError; after any of them nothing has changed.
    """
    session.require(Action.WRONG_PLACE)
    plan = plan_void(session, key)
    _go(plan)
    content = {
        "state": "void",
        "upto": known_chains(session),
        "moved_to": "",
        "reason": reason_of(session, reason),
    }
    draft = consented(session, Draft("void", plan.source.path(), content), second)
    if not plan.source.event:
        backups.before(session, "move")
    records = session.append([draft])
    session.refresh()
    return records[0].id


def unvoid(session: Session, key: ItemKey, reason: Reason, second: tuple[str, str]) -> str:
    """Let what was voided at ``key`` count again. Raises as :func:`void`; what was moved stays there."""
    session.require(Action.WRONG_PLACE)
    place = _place(key)
    standing = [
        one for one in voids.listed(session.vault.store, place.subject) if one.key == place and not one.ended
    ]
    if not standing:
        raise InputRefused("trace.not_void", place=words(session, place))
    found = movement.standing(session, place)
    if found and not voids.is_own(place):
        raise InputRefused("trace.not_empty", place=words(session, place), what=movement.some(found))
    held = held_at(session, [place])
    if held is not None:
        raise InputRefused("trace.said", words=held)
    content = {"voids": [one.record for one in standing], "reason": reason_of(session, reason)}
    records = session.append([consented(session, Draft("unvoid", place.path(), content), second)])
    session.refresh()
    return records[0].id


def move(
    session: Session, plan: Plan, reason: Reason, second: tuple[str, str]
) -> tuple[ItemKey, tuple[str, ...]]:
    """Do what ``plan`` says, in one transaction; returns where it is now, and the ids of the records.

    Raises as :func:`void`, and InputRefused when something has changed since the plan was made.
    """
    session.require(Action.WRONG_PLACE)
    if plan.target is None:
        raise ValueError("a plan to void")
    fresh = plan_move(session, plan.source, plan.target)
    _go(fresh)
    if fresh != plan:
        raise InputRefused("trace.plan_old")
    assert fresh.target is not None
    said = reason_of(session, reason)
    content = {
        "state": "void",
        "upto": known_chains(session),
        "moved_to": fresh.target.path(),
        "reason": said,
    }
    draft = consented(session, Draft("void", fresh.source.path(), content), second)
    backups.before(session, "move")
    copy = Copy(session, fresh.source, fresh.target, fresh.carried, said)
    records = session.append([draft, *copy.first()], then=copy.rounds())
    session.refresh()
    return copy.arrived(), tuple(record.id for record in records)


def renumber(session: Session, subject: str, number: str, reason: Reason) -> str:
    """Give a participant another number; the old one stays used. Raises PermissionDenied, InputRefused,
    StoreError.
    """
    session.require(Action.ENROL)
    data = session.cache(subject).data
    wanted = unicodedata.normalize("NFKC", number).strip()
    if data.site != session.site:
        raise InputRefused("entry.other_site_read_only", site=data.site)
    if not re.fullmatch(session.study.subject_pattern, wanted, re.ASCII):
        raise InputRefused("entry.subject_pattern", subject=wanted, example=session.next_subjid())
    if wanted[:2] != session.site:
        raise InputRefused("entry.subject_other_site", subject=wanted, other=wanted[:2], site=session.site)
    if wanted in used_numbers(session):
        raise InputRefused("entry.subject_exists", subject=wanted, next=session.next_subjid())
    content = {"renumber": wanted, "reason": reason_of(session, reason)}
    records = session.append([Draft("subject", subject, content)])
    session.refresh()
    return records[0].id


def used_numbers(session: Session) -> frozenset[str]:
    """Every number that any participant ever had here, voided and former ones too: none is given twice."""
    store = session.vault.store
    used = {row.subjid for row in read.subjects(store)}
    for record in session.vault.journal.records(kinds=("subject",), standing=True):
        content = record.data
        used |= {str(content[name]) for name in ("subjid", "renumber") if content.get(name)}
    return frozenset(used)


# -- what was voided -----------------------------------------------------------------------------------


def listed(session: Session, subject: str = "") -> tuple[VoidInfo, ...]:
    """All voids of a participant or of everybody, the newest first, ended ones too."""
    session.require(Action.READ)
    names = {person.person: person.name for person in read.persons(session.vault.store)}
    found = []
    for row in voids.listed(session.vault.store, subject):
        record = session.vault.journal.get(row.record)
        content: dict[str, Any] = {} if record is None else record.data
        second = content.get("second")
        other = str(second.get("person", "")) if isinstance(second, dict) else ""
        target = words(session, ItemKey.parse(row.moved_to)) if row.moved_to else None
        found.append(
            VoidInfo(
                row.key, row.record, words(session, row.key), names.get(row.person, row.person),
                names.get(other, other), row.at, reason_words(session, content.get("reason")), target,
                bool(row.ended),
            )
        )  # fmt: skip
    return tuple(reversed(found))


def reason_words(session: Session, reason: object) -> Text:
    """A reason of a record, in words."""
    if not isinstance(reason, dict):
        return both("")
    code, typed = str(reason.get("code", "")), str(reason.get("text", ""))
    known = session.study.reasons.get(code, both(code))
    return Text(f"{known.en}: {typed}", f"{known.zh}：{typed}") if typed else known


def words(session: Session, key: ItemKey) -> Text:
    """A place as people say it: ``01-007 W12 VS``."""
    if not any(row.identity == key.subject for row in read.subjects(session.vault.store)):
        return both("?")
    number = session.subjid(key.subject)
    labels = (session.event_label(key) if key.event else "", session.form_label(key))
    return both(" ".join(filter(None, (number, *labels))))


# -- inside --------------------------------------------------------------------------------------------


def consented(session: Session, draft: Draft, second: tuple[str, str]) -> Draft:
    """``draft`` with the consent of a second person, who may do it with the one at the keyboard.

    Raises InputRefused, PermissionDenied (the two may not do this together), LoginRefused, StoreError.
    """
    vault = session.vault
    about = consents.signed_part(
        vault.meta.vault, vault.meta.study, draft.kind, draft.key, session.person.id, draft.content
    )
    login = second[0]
    roles = next((frozenset(p.roles) for p in people.own(session) if p.login == login), frozenset())
    person, signature = vault.second_signs(second, consents.CONTEXT, about)
    if not consents.entitled(draft.kind, frozenset(session.person.roles), roles):
        code = "clock" if draft.kind == "clock" else "void"
        if draft.kind in ("overlay", "amendment"):
            raise PermissionDenied("overlay.pair" if draft.kind == "overlay" else "amend.pair")
        raise PermissionDenied(f"trace.pair_{code}")
    content = {**draft.content, consents.SECOND: consents.part(person, signature)}
    return Draft(draft.kind, draft.key, content)


def _go(plan: Plan) -> None:
    if plan.obstacle is not None:
        raise InputRefused("trace.said", words=plan.obstacle)


def known_chains(session: Session) -> dict[str, int]:
    """How far each chain is known here, for a void."""
    return session.vault.journal.vector()


def reason_of(session: Session, reason: Reason) -> dict[str, str]:
    """The reason as a record holds it. Raises InputRefused."""
    reasons = session.study.reasons
    if reason.code not in reasons:
        raise InputRefused("entry.unknown_reason", reason=reason.code, known=", ".join(reasons))
    if reason.code == "OTHER" and not reason.text.strip():
        raise InputRefused("entry.reason_text_required")
    return reason_content(reason)
