"""Redaction with trace: personal data that were typed by mistake, taken back by two persons.

One person proposes and signs, another confirms and signs; then the content of the named records is emptied in
this vault (:mod:`mda5_crf.db.emptying`) and the record of it travels: every PC that takes it empties its copy
too. The chain still verifies, signatures over it stay valid, history shows that something was there, whose
it was and why it is gone. What cannot be reached (paper, sticks, copies elsewhere) is listed in the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import base64_text, random_id
from mda5_crf.db import emptying, proposals, read, redaction
from mda5_crf.db.backup import back_up
from mda5_crf.db.intake import load_trust
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tx
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import access, backups, peers, people
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Reason
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

# Nothing follows from what these say but the answer itself, which is then empty.
_PLAIN: Final = frozenset({"value", "missing", "confirm", "row", "second"})
# Their content is a state, which has to stand: it is said again, without the words.
_SAID_AGAIN: Final = frozenset({"query", "strike", "status"})
_SHORTEST: Final = 2
PRIVACY: Final = "PRIVACY"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A redaction that one person proposed. ``records``: ids; ``left``: what still contains it, and who sees
    to that; ``own``: proposed by the person at the keyboard, who cannot confirm it.
    """

    id: str
    records: tuple[str, ...]
    reason: str
    left: tuple[str, ...]
    person: str
    at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redaction that stands. ``emptied``: nothing of it is in this vault any more."""

    record: str
    records: tuple[str, ...]
    reason: str
    left: tuple[str, ...]
    proposed: str
    confirmed: str
    at: datetime
    emptied: bool


# -- looking -------------------------------------------------------------------------------------------


def related(session: Session, record: str) -> tuple[str, ...]:
    """Other records of this vault in which the text of ``record`` occurs too: ids, oldest first."""
    session.require(Action.READ)
    typed = _typed(_record(session, record))
    if len(typed) < _SHORTEST:
        return ()
    found = session.vault.journal.records(standing=True)
    return tuple(
        one.id for one in found if one.id != record and any(typed in text for text in _texts(one.data))
    )


def reaches(session: Session, records: Sequence[str]) -> tuple[Text, ...]:
    """What was made since of which this program cannot take it back: pages, files, bundles, one line each."""
    session.require(Action.READ)
    named = [_record(session, one) for one in records]
    since = min(one.at for one in named)
    subjects = {one.key.partition("/")[0] for one in named}
    zone, found = session.zone, []
    for row in read.passages(session.vault.store):
        if f"{row.at:%Y-%m-%dT%H:%M}" < since[:16] or (row.key and row.key.partition("/")[0] not in subjects):
            continue
        day = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}"
        if row.kind == "bundle" and row.content.get("direction") == "out":
            peer = str(row.content.get("peer", ""))
            found.append(
                message("redact.in_bundle", number=row.content.get("number", ""), peer=peer[:8], at=day)
            )
        elif row.kind in ("print", "export"):
            found.append(message(f"redact.in_{row.kind}", at=day))
    second = second_place(session)
    if second is not None:
        found.append(second)
    found.append(message("redact.in_copies"))
    return tuple(dict.fromkeys(found))


def second_place(session: Session) -> Text | None:
    """What becomes of the copies at the second place; None when none is set."""
    folder = backups.second_folder(session)
    if folder is None:
        return None
    return message("redact.second_rebuilt" if folder.parent.is_dir() else "redact.second_away")


def proposed(session: Session) -> tuple[Proposal, ...]:
    """The redactions that wait for a second person, oldest first."""
    session.require(Action.READ)
    names = _names(session)
    return tuple(
        Proposal(
            one.id, one.records, _reason_line(one.reason), one.left, names.get(one.person, one.person),
            one.at, one.person == session.person.id,
        )
        for one in proposals.listed(session.vault.store)
    )  # fmt: skip


def listed(session: Session) -> tuple[Redacted, ...]:
    """The redactions that stand, oldest first."""
    session.require(Action.READ)
    names, found = _names(session), []
    with session.vault.store.read() as tx:
        full = emptying.named_and_full(tx)
    for record in session.vault.journal.records(kinds=("redaction",), standing=True):
        said = redaction.Redaction.read(record.data)
        ids = tuple(f"{device}:{seq}" for device, seq in said.records)
        people = [names.get(one.person, one.person) for one in (said.proposed, said.confirmed)]
        found.append(
            Redacted(
                record.id, ids, _reason_line(said.reason), said.still_contains, people[0], people[1],
                record.when, full.isdisjoint(said.records),
            )
        )  # fmt: skip
    return tuple(found)


def described(session: Session, record: str) -> Text:
    """Where a record stands, and what it says, for who is to decide."""
    found = _record(session, record)
    key = ItemKey.parse(found.key) if found.key else ItemKey()
    labels = [
        session.subjid(key.subject) if key.subject else "",
        session.event_label(key) if key.event else "",
    ]
    labels += [session.form_label(key), key.item]
    said = (
        "; ".join(_texts(found.data)) if found.content is not None else message("trace.history_redacted").en
    )
    return both(" ".join(filter(None, labels)) + f": {said}")


# -- acts ----------------------------------------------------------------------------------------------


def propose(
    session: Session, records: Sequence[str], reason: Reason, left: Sequence[str], password: str
) -> str:
    """Propose that the content of ``records`` (ids) be emptied; returns the proposal's id.

    ``left``: what still contains it, with who sees to that. ``password`` opens the person's sign key.
    Raises PermissionDenied, InputRefused, LoginRefused, StoreError.
    """
    session.require(Action.REDACT)
    named = _redactable(session, records)
    said = _reason(reason)
    signature = session.vault.sign(redaction.CONTEXT, _signed(session, named, said), password)
    waits = proposals.Proposed(
        random_id(8), tuple(one.id for one in named), said, tuple(left), session.person.id,
        base64_text(signature), session.now(),
    )  # fmt: skip
    proposals.put(session.vault.store, waits)
    return waits.id


def withdraw(session: Session, proposal: str) -> None:
    """Take a proposal back, or refuse it: nothing was emptied yet."""
    session.require(Action.REDACT)
    proposals.drop(session.vault.store, _waiting(session, proposal).id)


def may_confirm(session: Session) -> bool:
    """Whether the person at the keyboard is one of those whose word empties a record."""
    return not redaction.CONFIRMERS.isdisjoint(session.person.roles)


def confirm(session: Session, proposal: str, password: str) -> str:
    """Confirm the proposal of another person; the content is emptied. Returns the id of the record.

    Raises PermissionDenied, InputRefused, LoginRefused, and StoreError; once it is recorded a StoreError
    says what is left to clean, which is done when the vault is next opened.
    """
    session.require(Action.REDACT)
    waits = _waiting(session, proposal)
    if waits.person == session.person.id:
        raise InputRefused("store.second_same")
    if not may_confirm(session):
        raise PermissionDenied("redact.confirmers")
    named = _redactable(session, waits.records)
    signature = session.vault.sign(redaction.CONTEXT, _signed(session, named, waits.reason), password)
    consents = (
        {"person": waits.person, "sig": waits.signature},
        {"person": session.person.id, "sig": base64_text(signature)},
    )
    return _write(session, named, waits.reason, waits.left, consents)


def redact(
    session: Session,
    records: Sequence[str],
    reason: Reason,
    left: Sequence[str],
    password: str,
    second: tuple[str, str],
) -> str:
    """Propose and confirm in one sitting: ``second`` is (log-in, password) of who confirms.

    Raises as :func:`confirm`.
    """
    session.require(Action.REDACT)
    named, said = _redactable(session, records), _reason(reason)
    roles = next((p.roles for p in people.own(session) if p.login == second[0]), ())
    signed = _signed(session, named, said)
    own = session.vault.sign(redaction.CONTEXT, signed, password)
    person, other = session.vault.second_signs(second, redaction.CONTEXT, signed)
    if redaction.CONFIRMERS.isdisjoint(roles):
        raise PermissionDenied("redact.confirmers")
    consents = (
        {"person": session.person.id, "sig": base64_text(own)},
        {"person": person, "sig": base64_text(other)},
    )
    return _write(session, named, said, tuple(left), consents)


def apply(session: Session, tx: Tx) -> tuple[str, ...]:
    """Empty what lawful redactions name, in the transaction that brought them in."""
    return emptying.empty(session.vault.store, tx, lambda: _trust(session, tx))


def clean(session: Session) -> None:
    """Take what was emptied out of log, outbox and backups. Raises StoreError."""
    store = session.vault.store
    if not emptying.unclean(store):
        return

    made: list[Path] = []

    def fresh() -> Path:
        name = f"redact_{session.now():%Y%m%dT%H%M%S%f}_{random_id(2)}"
        made.append(back_up(store, session.vault.folder, name))
        return made[0]

    emptying.clean(store, session.vault.folder, fresh)
    backups.after_redaction(session, made[0])


def finish(session: Session) -> Text | None:
    """At the opening: go on with what a kill, a full disk or a restored copy left. What could not be done."""
    store = session.vault.store
    try:
        with store.read() as tx:
            waiting = bool(emptying.named_and_full(tx))
        if waiting:
            with store.transaction() as tx:
                apply(session, tx)
        clean(session)
    except StoreError as error:
        return error.text
    return None


# -- inside --------------------------------------------------------------------------------------------


def _write(
    session: Session,
    named: Sequence[AuditRecord],
    reason: Mapping[str, str],
    left: Sequence[str],
    signed: tuple[Mapping[str, str], Mapping[str, str]],
) -> str:
    away = second_place(session)
    if away is not None and away == message("redact.second_away"):
        left = tuple(dict.fromkeys((*left, f"{away.en} / {away.zh}")))  # whether or not anybody named it
    content = {
        "records": [one.id for one in named], "reason": dict(reason), "still_contains": list(left),
        "proposed": dict(signed[0]), "confirmed": dict(signed[1]),
    }  # fmt: skip
    drafts = [Draft("redaction", "", content), *_said_again(session, named)]
    records = session.append(drafts, also=lambda tx: apply(session, tx))
    session.refresh()
    clean(session)
    return records[0].id


def _said_again(session: Session, named: Sequence[AuditRecord]) -> list[Draft]:
    """The states that redacted records said, without their words. Raises PermissionDenied for a state
    that the person may not say.
    """
    drafts, ids = [], {one.id for one in named}
    for record in named:
        content = _state(session, record, ids)
        if content is None:
            continue
        if access.judge(record.kind, content, session.person.roles) is not None:
            raise PermissionDenied("redact.state_right")
        drafts.append(Draft(record.kind, record.key, content, (record.id,) if record.kind == "query" else ()))
    return drafts


def _state(session: Session, record: AuditRecord, ids: set[str]) -> dict[str, Any] | None:
    if record.kind == "query":
        number = record.data.get("query")
        rows = read.queries(session.vault.store, record.key.partition("/")[0])
        row = next((one for one in rows if one.id == number and one.key.path() == record.key), None)
        if row is None:
            return None
        gone = "redacted\n已涂除"
        said = [one for one in session.vault.journal.records(record.key, kinds=("query",), standing=True)
                if one.id not in ids and one.data.get("query") == number]  # fmt: skip
        text = next((str(one.data["text"]) for one in said if one.data.get("text")), gone)
        answer = next((str(one.data["answer"]) for one in reversed(said) if one.data.get("answer")), "")
        return {
            "query": row.id, "state": row.state, "source": row.source, "check": row.check, "text": text,
            "answer": answer or (gone if row.answer else ""),
        }  # fmt: skip
    if record.kind not in _SAID_AGAIN:
        return None
    same = list(session.vault.journal.records(record.key, kinds=(record.kind,), standing=True))
    same = [one for one in same if one.key == record.key]
    if not same or same[-1].id != record.id:
        return None
    name = "state" if record.kind == "strike" else "status"
    reason = record.data.get("reason")
    code = str(reason.get("code", "")) if isinstance(reason, dict) else ""
    return {name: record.data[name], **({"reason": {"code": code}} if code else {})}


def _redactable(session: Session, records: Sequence[str]) -> tuple[AuditRecord, ...]:
    """The records by id, each once. Raises InputRefused for what cannot be redacted, in words."""
    named = [_record(session, one) for one in dict.fromkeys(records)]
    if not named:
        raise InputRefused("redact.none")
    sites = {device.id: device.site for device in read.devices(session.vault.store)}
    for one in named:
        if one.withheld or one.content is None:
            raise InputRefused("redact.gone", record=one.id)
        if sites.get(one.device) != session.site:
            raise InputRefused("redact.other_site", record=one.id)
        if one.kind not in _PLAIN | _SAID_AGAIN:
            raise InputRefused("redact.kind", record=one.id)
    return tuple(named)


def _record(session: Session, record: str) -> AuditRecord:
    found = session.vault.journal.get(record)
    if found is None:
        raise InputRefused("redact.unknown", record=record)
    return found


def _waiting(session: Session, proposal: str) -> proposals.Proposed:
    for one in proposals.listed(session.vault.store):
        if one.id == proposal:
            return one
    raise InputRefused("redact.no_proposal", proposal=proposal)


def _signed(session: Session, named: Sequence[AuditRecord], reason: Mapping[str, str]) -> bytes:
    meta = session.vault.meta
    return redaction.signed_part(meta.vault, meta.study, [(o.device, o.seq, o.hash) for o in named], reason)


def _reason(reason: Reason) -> dict[str, str]:
    if not reason.text.strip():
        raise InputRefused("redact.why")
    return {"code": reason.code or PRIVACY, "text": reason.text.strip()}


def _reason_line(reason: Mapping[str, str]) -> str:
    return f"{reason['code']}: {reason['text']}" if reason.get("text") else str(reason["code"])


def _names(session: Session) -> dict[str, str]:
    return {person.person: person.name for person in read.persons(session.vault.store)}


def _trust(session: Session, tx: Tx) -> Trust:
    return load_trust(tx, peers.authorities(session.vault))


def _typed(record: AuditRecord) -> str:
    """The words that somebody typed into a record: the longest of its texts."""
    data = record.data
    for name in ("text", "answer", "note"):
        if isinstance(data.get(name), str) and data[name].strip():
            return str(data[name]).strip()
    reason = data.get("reason")
    return str(reason.get("text", "")).strip() if isinstance(reason, dict) else ""


def _texts(value: object) -> list[str]:
    """All texts in a content."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, Sequence):
        return [text for inner in value for text in _texts(inner)]
    return []
