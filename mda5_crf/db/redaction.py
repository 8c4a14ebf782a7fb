"""Redactions: two persons take back the content of records. What such a record says, and who may say it.

    content     {records [ids], reason {code, text}, still_contains [texts], proposed {person, sig},
                confirmed {person, sig}}
    sig         base64 of Ed25519 by the person's sign key over context "redact" and
                canon{vault, study, records [[device, seq, hash] …], reason}

``vault`` is the vault of the chain that the redaction stands in; ``records`` are in the order of the
content's, each with the hash of its line, which outlives the content. ``still_contains`` names what this
program cannot reach (printed pages, sticks, old backups) and who sees to it; the record's author answers
for that list alone, so it may be written when the confirmation has been given.

One person proposes (data entry, investigator or data manager), another confirms (investigator or data
manager). Both signatures must be by sign keys that counted at the redaction's place in its chain. The
fold asks for the shape, receivers and ``verify`` for :func:`fault`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.crypto import KeyRefused, SigningKey, base64_text, canon, unbase64
from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.trust import Trust
from mda5_crf.text import Text, message

CONTEXT: Final = "redact"
PROPOSERS: Final = frozenset({"data_entry", "investigator", "data_manager"})
CONFIRMERS: Final = frozenset({"investigator", "data_manager"})
# What other records are proved by: emptied, everything after it would be unproved too.
_PROOFS: Final = frozenset(
    {"device", "certificate", "user", "definition", "bundle", "peer", "redaction"}
    | {"amendment", "site-approval", "revocation"}
)
_FIELDS: Final = frozenset({"records", "reason", "still_contains", "proposed", "confirmed"})
_SIGNATURE_BYTES: Final = 64


class RedactionRefused(ValueError):
    """Content that is no redaction. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's signature."""

    person: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Redaction:
    """What a ``redaction`` record says."""

    records: tuple[tuple[str, int], ...]
    reason: Mapping[str, str]
    still_contains: tuple[str, ...]
    proposed: Consent
    confirmed: Consent

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Redaction:
        """Read a content strictly. Raises RedactionRefused; one person twice is no redaction either."""
        if set(content) != _FIELDS:
            raise RedactionRefused("fields")
        reason, rest = content["reason"], content["still_contains"]
        if not _texts(reason, {"code", "text"}) or not reason["code"]:
            raise RedactionRefused("reason")
        if not isinstance(rest, list) or not all(isinstance(one, str) for one in rest):
            raise RedactionRefused("still contains")
        proposed, confirmed = _consent(content["proposed"]), _consent(content["confirmed"])
        if proposed.person == confirmed.person:
            raise RedactionRefused("one person")
        return cls(_places(content["records"]), dict(reason), tuple(rest), proposed, confirmed)


def signed_part(
    vault: str, study: str, records: Sequence[tuple[str, int, str]], reason: Mapping[str, str]
) -> bytes:
    """What both persons sign; ``records`` are (device, number, hash)."""
    named = [list(one) for one in records]
    return canon({"vault": vault, "study": study, "records": named, "reason": dict(reason)})


def consent(person: str, key: SigningKey, signed: bytes) -> dict[str, str]:
    """One person's part of the content: the signature over :func:`signed_part` by the person's sign key."""
    return {"person": person, "sig": base64_text(key.sign(CONTEXT, signed))}


def fault(record: AuditRecord, trust: Trust, find: Callable[[str, int], AuditRecord | None]) -> Text | None:
    """Why the redaction ``record`` may not stand, or None; the same answer at the ward and at the centre.

    ``find`` gives a record of the journal. What names a record that is not here cannot be checked and
    may not stand: nothing is emptied on the word of somebody who may not have seen it.
    """
    try:
        redaction = Redaction.read(record.data)
        day = clock.local(record.at, record.zone).date().isoformat()
    except (RedactionRefused, IndexError, OverflowError, ValueError):
        return message("record.redaction_shape")
    named = []
    for device, seq in redaction.records:
        found = find(device, seq)
        if found is None or found.study != record.study:
            return message("record.redaction_unknown", record=f"{device}:{seq}")
        if found.kind in _PROOFS:
            return message("record.redaction_proof", record=found.id)
        named.append((device, seq, found.hash))
    vault = trust.vault_of(record.device)
    signed = signed_part(vault, record.study, named, redaction.reason)
    acts = (("propose", redaction.proposed, PROPOSERS), ("confirm", redaction.confirmed, CONFIRMERS))
    for act, given, entitled in acts:
        held = trust.roles(record.device, given.person, record.clock, day)
        if not trust.signed(given.person, record.device, record.clock, CONTEXT, signed, given.signature):
            return message("record.redaction_unsigned", act=message(f"record.act_{act}"))
        if entitled.isdisjoint(held):
            return message("record.redaction_not_entitled", act=message(f"record.act_{act}"))
    return None


def pending(record: AuditRecord, trust: Trust, find: Callable[[str, int], AuditRecord | None]) -> bool:
    """Whether the redaction ``record`` names something that has not come here yet: nobody can judge it.

    Two persons who may redact must say so, and its own chain is here up to itself: what it names of that
    chain and is not here was never written.
    """
    try:
        redaction = Redaction.read(record.data)
        day = clock.local(record.at, record.zone).date().isoformat()
    except (RedactionRefused, IndexError, OverflowError, ValueError):
        return False
    missing = [device for device, seq in redaction.records if find(device, seq) is None]
    acts = ((redaction.proposed, PROPOSERS), (redaction.confirmed, CONFIRMERS))
    return (
        bool(missing)
        and record.device not in missing
        and not any(e.isdisjoint(trust.roles(record.device, c.person, record.clock, day)) for c, e in acts)
    )


def _texts(value: object, names: set[str]) -> bool:
    """Whether ``value`` is an object of exactly these texts."""
    return (
        isinstance(value, Mapping)
        and set(value) == names
        and all(isinstance(text, str) for text in value.values())
    )


def _consent(value: object) -> Consent:
    if not _texts(value, {"person", "sig"}) or not value["person"]:  # type: ignore[index]
        raise RedactionRefused("consent")
    assert isinstance(value, Mapping)
    try:
        signature = unbase64(value["sig"])
    except KeyRefused:
        raise RedactionRefused("signature") from None
    if len(signature) != _SIGNATURE_BYTES:
        raise RedactionRefused("signature")
    return Consent(value["person"], signature)


def _places(named: object) -> tuple[tuple[str, int], ...]:
    """The records named: at least one, each once and in the one spelling an id has."""
    if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
        raise RedactionRefused("records")
    places = []
    for one in named:
        place = split_id(one)
        if place is None or f"{place[0]}:{place[1]}" != one:
            raise RedactionRefused("records")
        places.append(place)
    if len(set(places)) != len(places):
        raise RedactionRefused("records")
    return tuple(places)
